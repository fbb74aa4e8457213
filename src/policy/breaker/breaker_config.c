/* The settings of a breaker. */
#include "policy/breaker/breaker_config.h"

#include <seawall/breaker.h>

#include "base/error.h"
#include "base/text.h"
#include "stat/window_count.h"

#define FIELD(name) .key = #name, .offset = offsetof(seawall_breaker_config, name)
#define TEN_YEARS SEAWALL_SECONDS(315360000)
#define PROBES_MAX 1000

static const sw_field fields[] = {
    {FIELD(failure_threshold), .type = SEAWALL_FIELD_COUNT, .unit = "calls", .least = 0, .most = 65535,
     .text = "Consecutive failures that open it; 0: never by this rule.", .live = true},
    {FIELD(recovery_timeout), .type = SEAWALL_FIELD_DURATION, .unit = "ns", .least = SEAWALL_MILLISECONDS(1), .most = TEN_YEARS,
     .text = "How long it stays open before it probes.", .live = true},
    {FIELD(half_open_max_calls), .type = SEAWALL_FIELD_COUNT, .unit = "calls", .least = 1, .most = PROBES_MAX,
     .text = "Probes in one half-open round.", .live = true},
    {FIELD(half_open_concurrent), .type = SEAWALL_FIELD_COUNT, .automatic = true, .unit = "calls", .least = 1, .most = PROBES_MAX,
     .text = "Probes at the same time; auto: half_open_max_calls, as it was when the breaker was made."},
    {FIELD(successes_to_close), .type = SEAWALL_FIELD_COUNT, .automatic = true, .unit = "calls", .least = 1, .most = PROBES_MAX,
     .text = "Successes of a round that close it, at most half_open_max_calls; auto: half_open_max_calls.", .live = true},
    {FIELD(failures_to_reopen), .type = SEAWALL_FIELD_COUNT, .unit = "calls", .least = 1, .most = PROBES_MAX,
     .text = "Failures of a round that open it anew, at most half_open_max_calls.", .live = true},
    {FIELD(probe_timeout), .type = SEAWALL_FIELD_DURATION, .automatic = true, .unit = "ns", .least = SEAWALL_MILLISECONDS(1),
     .most = TEN_YEARS,
     .text = "How long a probe may take to report; then it counts as failed. auto: recovery_timeout, or a later deadline.",
     .live = true},
    {SW_FIELD_DURATION(seawall_breaker_config, half_open_max_duration, SEAWALL_MILLISECONDS(1), SW_TEN_YEARS,
                       "How long a half-open round may last; 0: as long as it takes."),
     .zero = true, .live = true},
    {SW_FIELD_CHOICE(seawall_breaker_config, half_open_then, "open, closed",
                     "What becomes of a round that lasts for half_open_max_duration."),
     .live = true},
    {FIELD(counted_faults), .type = SEAWALL_FIELD_FAULTS, .unit = "",
     .text = "Fault kinds that count as failures; the others count neither way.", .live = true},
    {FIELD(ignore_cuts_below), .type = SEAWALL_FIELD_DURATION, .unit = "ns", .least = 0, .most = TEN_YEARS,
     .text = "A call cut by a deadline after less than this counts neither way.", .live = true},
    {SW_FIELD_MULTIPLIER(seawall_breaker_config, recovery_multiplier, 1, 1000,
                         "How much longer each opening in a row is than the one before."),
     .live = true},
    {SW_FIELD_DURATION(seawall_breaker_config, recovery_max, SEAWALL_MILLISECONDS(1), SW_TEN_YEARS,
                       "What recovery_timeout grows to. Below recovery_timeout: refused, unless recovery_multiplier is 1."),
     .live = true},
    {SW_FIELD_RATE(seawall_breaker_config, recovery_jitter, "Up to this share of the time is added at random."), .live = true},
    {SW_FIELD_RATE(seawall_breaker_config, failure_rate, "Share of failures in the window that opens it; 0: never by this rule."),
     .live = true},
    {SW_FIELD_RATE(seawall_breaker_config, slow_call_rate,
                   "Share of slow calls in the window that opens it; 0: never by this rule, and no call is timed."),
     .live = true},
    {SW_FIELD_DURATION(seawall_breaker_config, slow_call_duration, SEAWALL_MICROSECONDS(1), SW_TEN_YEARS,
                       "A call that takes longer is slow."),
     .live = true},
    {SW_FIELD_CHOICE(seawall_breaker_config, window, "count, time",
                     "Whether rates are taken over the last window_calls outcomes or the last window_duration.")},
    {SW_FIELD_COUNT(seawall_breaker_config, window_calls, "calls", 1, SW_WINDOW_COUNT_MAX, "Outcomes in a window by count.")},
    {SW_FIELD_DURATION(seawall_breaker_config, window_duration, SEAWALL_MILLISECONDS(1), SW_TEN_YEARS,
                       "How far a window by time looks back.")},
    {SW_FIELD_COUNT(seawall_breaker_config, window_buckets, "", 1, 1000, "Parts of a window by time; it forgets one at a time.")},
    {SW_FIELD_COUNT(seawall_breaker_config, minimum_calls, "calls", 1, 1000000,
                    "With fewer outcomes a window decides nothing; by count never more than window_calls."),
     .live = true},
};

static seawall_status check_round(const char *key, int32_t value, int32_t most, seawall_error *error)
{
    if (value <= most)
        return SEAWALL_OK;
    return sw_error(error, SEAWALL_INVALID, key, "%s: %d is above half_open_max_calls, which is %d", key, (int)value, (int)most);
}

static seawall_status check_closing(const void *full, seawall_error *error)
{
    const seawall_breaker_config *config = full;

    return check_round("circuit_breaker.successes_to_close", config->successes_to_close, config->half_open_max_calls, error);
}

static seawall_status check_reopening(const void *full, seawall_error *error)
{
    const seawall_breaker_config *config = full;

    return check_round("circuit_breaker.failures_to_reopen", config->failures_to_reopen, config->half_open_max_calls, error);
}

/* What never grows needs no maximum. */
static seawall_status check_growth(const void *full, seawall_error *error)
{
    const seawall_breaker_config *config = full;
    char most[SW_TEXT_SIZE], first[SW_TEXT_SIZE];

    if (config->recovery_multiplier <= 1 || config->recovery_max >= config->recovery_timeout)
        return SEAWALL_OK;
    (void)sw_print_duration(config->recovery_max, most);
    (void)sw_print_duration(config->recovery_timeout, first);
    return sw_error(error, SEAWALL_INVALID, "circuit_breaker.recovery_max",
                    "circuit_breaker.recovery_max: %s is below recovery_timeout, which is %s, and recovery_multiplier is above 1",
                    most, first);
}

static const sw_rule rules[] = {
    {check_closing, "successes_to_close, half_open_max_calls"},
    {check_reopening, "failures_to_reopen, half_open_max_calls"},
    {check_growth, "recovery_max, recovery_timeout, recovery_multiplier"},
};

static const seawall_breaker_config defaults = SEAWALL_BREAKER_CONFIG_INIT;

static const sw_pointer pointers[] = {
    {"predicate", offsetof(seawall_breaker_config, predicate)},
    {"predicate_user", offsetof(seawall_breaker_config, predicate_user)},
};

const sw_config_kind sw_breaker_config_kind = {
    .name = "circuit_breaker",
    .size = sizeof(seawall_breaker_config),
    .oldest = SW_UP_TO(seawall_breaker_config, predicate_user),
    .defaults = &defaults,
    .fields = fields,
    .count = sizeof fields / sizeof fields[0],
    .pointers = pointers,
    .pointer_count = sizeof(pointers) / sizeof(pointers[0]),
    .rules = rules,
    .rule_count = sizeof(rules) / sizeof(rules[0]),
};

seawall_status seawall_breaker_config_init(seawall_breaker_config *config, size_t size)
{
    return sw_config_init(&sw_breaker_config_kind, config, size);
}
