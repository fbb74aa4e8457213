/* The settings of a chaos policy. */
#include <math.h>

#include "policy/chaos/chaos_config.h"

#include "base/error.h"
#include "base/text.h"

static const seawall_chaos_config defaults = SEAWALL_CHAOS_CONFIG_INIT;

static const sw_field fields[] = {
    {SW_FIELD_SWITCH(seawall_chaos_config, enabled, "Whether it begins switched on."), .live = true},
    {SW_FIELD_RATE(seawall_chaos_config, fault_rate, "How many runs end with a fault instead of their own end."), .live = true},
    {SW_FIELD_FAULTS(seawall_chaos_config, faults, "With which: one of these, each as likely."), .live = true},
    {SW_FIELD_COUNT(seawall_chaos_config, code, "", 0, INT32_MAX, "The code of injected ends."), .live = true},
    {SW_FIELD_RATE(seawall_chaos_config, latency_rate, "How many runs are held up before they begin."), .live = true},
    {SW_FIELD_DURATION(seawall_chaos_config, latency, 0, SW_TEN_YEARS, "For how long at least."), .live = true},
    {SW_FIELD_DURATION(seawall_chaos_config, max_latency, 0, SW_TEN_YEARS,
                       "For how long at most, at least latency; auto is latency exactly."),
     .automatic = true, .live = true},
    {SW_FIELD_RATE(seawall_chaos_config, outcome_rate, "How many runs come to outcome; decided before the others."),
     .live = true},
    {SW_FIELD_CHOICE(seawall_chaos_config, outcome, "success, open, full, limited", "What they come to."), .live = true},
    {SW_FIELD_DURATION(seawall_chaos_config, retry_after, 0, SW_TEN_YEARS,
                       "Not before: told with injected faults and refusals; 0: nothing."), .live = true},
};

static seawall_status check_latency(const void *given, seawall_error *error)
{
    const seawall_chaos_config *config = given;

    if (config->max_latency != SEAWALL_AUTO && config->max_latency < config->latency) {
        char most[SW_TEXT_SIZE], least[SW_TEXT_SIZE];

        (void)sw_print_duration(config->max_latency, most);
        (void)sw_print_duration(config->latency, least);
        return sw_error(error, SEAWALL_INVALID, "chaos.max_latency", "chaos.max_latency: %s is below latency, %s", most, least);
    }
    return SEAWALL_OK;
}

static seawall_status check_faults(const void *given, seawall_error *error)
{
    const seawall_chaos_config *config = given;

    if (config->faults == 0 && config->fault_rate > 0)
        return sw_error(error, SEAWALL_INVALID, "chaos.faults", "chaos.faults: none leaves no fault for fault_rate");
    return SEAWALL_OK;
}

static const sw_rule rules[] = {
    {check_latency, "max_latency, latency"},
    {check_faults, "faults, fault_rate"},
};

const sw_config_kind sw_chaos_config_kind = {
    .name = "chaos",
    .size = sizeof(seawall_chaos_config),
    .oldest = SW_UP_TO(seawall_chaos_config, retry_after),
    .defaults = &defaults,
    .fields = fields,
    .count = sizeof(fields) / sizeof(fields[0]),
    .rules = rules,
    .rule_count = sizeof(rules) / sizeof(rules[0]),
};

seawall_status seawall_chaos_config_init(seawall_chaos_config *config, size_t size)
{
    return sw_config_init(&sw_chaos_config_kind, config, size);
}

static uint64_t whole(double rate)
{
    return (uint64_t)llround(rate * (double)SW_CHAOS_WHOLE);
}

sw_chaos_rules sw_chaos_rules_from(const seawall_chaos_config *config)
{
    return (sw_chaos_rules){
        .fault_rate = whole(config->fault_rate),
        .latency_rate = whole(config->latency_rate),
        .outcome_rate = whole(config->outcome_rate),
        .faults = config->faults,
        .code = config->code,
        .outcome = config->outcome,
        .latency = config->latency,
        .spread = config->max_latency != SEAWALL_AUTO ? config->max_latency - config->latency : 0,
        .retry_after = config->retry_after,
    };
}
