/* The settings of a retry: their fields, what must hold between them, and the rules they come down to. */
#include "policy/retry/retry_config.h"
#include "base/error.h"
#include "base/text.h"

static const seawall_retry_config defaults = SEAWALL_RETRY_CONFIG_INIT;

static const sw_field fields[] = {
    {SW_FIELD_COUNT(seawall_retry_config, max_attempts, "attempts", 1, INT32_MAX,
                    "Attempts in all, the first included."), .live = true},
    {SW_FIELD_DURATION(seawall_retry_config, base_delay, 0, SW_TEN_YEARS,
                       "The delay before the second attempt."), .live = true},
    {SW_FIELD_DURATION(seawall_retry_config, max_delay, 0, SW_TEN_YEARS,
                       "No delay of ours is longer; at least base_delay."), .live = true},
    {SW_FIELD_CHOICE(seawall_retry_config, backoff, "constant, linear, exponential",
                     "How the delay grows from one attempt to the next."), .live = true},
    {SW_FIELD_CHOICE(seawall_retry_config, jitter, "none, full, equal, decorrelated, proportional",
                     "How delays are spread at random."), .live = true},
    {SW_FIELD_MULTIPLIER(seawall_retry_config, backoff_multiplier, 1, 1000,
                         "Exponential backoff: each delay is the one before times this."), .live = true},
    {SW_FIELD_RATE(seawall_retry_config, jitter_factor,
                   "Proportional jitter: how far to both sides delays are spread."), .live = true},
    {SW_FIELD_FAULTS(seawall_retry_config, retryable_errors,
                     "Faults that are tried again."), .live = true},
    {SW_FIELD_FAULTS(seawall_retry_config, non_retryable_errors,
                     "Faults that give up at once; none of them may be retryable too."), .live = true},
    {SW_FIELD_DURATION(seawall_retry_config, max_retry_after, 0, SEAWALL_FOREVER,
                       "A server's own delay longer than this is cut to it; 0 ignores the server."), .live = true},
    {SW_FIELD_DURATION(seawall_retry_config, max_elapsed, SEAWALL_MICROSECONDS(1), SEAWALL_FOREVER,
                       "No attempt begins this long after the first one began, or later; inf is off."), .live = true},
    {SW_FIELD_DURATION(seawall_retry_config, minimum_remaining, 0, SW_TEN_YEARS,
                       "No attempt begins with less time than this until the deadline."), .live = true},
    {SW_FIELD_SWITCH(seawall_retry_config, retry_refusals,
                     "Whether a refusal inside is tried again, not before its hint."), .live = true},
};

static const sw_pointer pointers[] = {
    {"predicate", offsetof(seawall_retry_config, predicate)},
    {"predicate_user", offsetof(seawall_retry_config, predicate_user)},
    {"budget", offsetof(seawall_retry_config, budget)},
};

static seawall_status check_delays(const void *given, seawall_error *error)
{
    const seawall_retry_config *config = given;

    if (config->max_delay < config->base_delay) {
        char most[SW_TEXT_SIZE], base[SW_TEXT_SIZE];

        (void)sw_print_duration(config->max_delay, most);
        (void)sw_print_duration(config->base_delay, base);
        return sw_error(error, SEAWALL_INVALID, "retry.max_delay", "retry.max_delay: %s is below base_delay, %s", most, base);
    }
    return SEAWALL_OK;
}

static seawall_status check_errors(const void *given, seawall_error *error)
{
    const seawall_retry_config *config = given;
    seawall_fault_set both = config->retryable_errors & config->non_retryable_errors;

    if (both != 0) {
        char faults[SW_TEXT_SIZE];

        (void)sw_print_faults(both, faults);
        return sw_error(error, SEAWALL_INVALID, "retry.non_retryable_errors",
                        "retry.non_retryable_errors: %s cannot be in retryable_errors too", faults);
    }
    return SEAWALL_OK;
}

static const sw_rule rules[] = {
    {check_delays, "max_delay, base_delay"},
    {check_errors, "non_retryable_errors, retryable_errors"},
};

const sw_config_kind sw_retry_config_kind = {
    .name = "retry",
    .size = sizeof(seawall_retry_config),
    .oldest = SW_UP_TO(seawall_retry_config, budget),
    .defaults = &defaults,
    .fields = fields,
    .count = sizeof(fields) / sizeof(fields[0]),
    .pointers = pointers,
    .pointer_count = sizeof(pointers) / sizeof(pointers[0]),
    .rules = rules,
    .rule_count = sizeof(rules) / sizeof(rules[0]),
};

seawall_status seawall_retry_config_init(seawall_retry_config *config, size_t size)
{
    return sw_config_init(&sw_retry_config_kind, config, size);
}

static const sw_growth_fn growths[] = {
    [SEAWALL_BACKOFF_CONSTANT] = sw_growth_constant,
    [SEAWALL_BACKOFF_LINEAR] = sw_growth_linear,
    [SEAWALL_BACKOFF_EXPONENTIAL] = sw_growth_exponential,
};

static const sw_jitter_fn jitters[] = {
    [SEAWALL_JITTER_NONE] = sw_jitter_none,
    [SEAWALL_JITTER_FULL] = sw_jitter_full,
    [SEAWALL_JITTER_EQUAL] = sw_jitter_equal,
    [SEAWALL_JITTER_DECORRELATED] = sw_jitter_decorrelated,
    [SEAWALL_JITTER_PROPORTIONAL] = sw_jitter_proportional,
};

sw_retry_rules sw_retry_rules_from(const seawall_retry_config *config)
{
    return (sw_retry_rules){
        .max_attempts = config->max_attempts,
        .refusals = config->retry_refusals != 0,
        .retryable = config->retryable_errors,
        .final = config->non_retryable_errors,
        .max_retry_after = config->max_retry_after,
        .max_elapsed = config->max_elapsed,
        .minimum_remaining = config->minimum_remaining,
        .predicate = config->predicate,
        .predicate_user = config->predicate_user,
        .budget = config->budget,
        .backoff =
            {
                .growth = growths[config->backoff],
                .jitter = jitters[config->jitter],
                .base = config->base_delay,
                .cap = config->max_delay,
                .multiplier = config->backoff_multiplier,
                .spread = config->jitter_factor,
            },
    };
}
