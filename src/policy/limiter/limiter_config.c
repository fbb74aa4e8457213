/* The settings of a rate limiter: their fields, and what must hold between them. */
#include <seawall/limiter.h>

#include "base/error.h"
#include "base/text.h"
#include "policy/limiter/limiter_config.h"
#include "policy/limiter/limiter_core.h"

#define MOST 1000000000

static const seawall_limiter_config defaults = SEAWALL_LIMITER_CONFIG_INIT;

static const sw_field fields[] = {
    {SW_FIELD_COUNT(seawall_limiter_config, rate, "permits", 1, MOST, "Permits per period; required."), .live = true},
    {SW_FIELD_DURATION(seawall_limiter_config, period, SEAWALL_MICROSECONDS(1), SW_LIMITER_YEAR,
                       "The time in which that many permits are given."), .live = true},
    {SW_FIELD_COUNT(seawall_limiter_config, burst, "permits", 1, MOST,
                    "The most permits at once after a pause; auto: what one second brings, at least 1."),
     .live = true, .automatic = true},
    {SW_FIELD_DURATION(seawall_limiter_config, max_wait, 0, SEAWALL_FOREVER,
                       "In a pipeline: how long a run may wait for its permit; 0: it is refused at once."), .live = true},
};

static seawall_status check_rate(const void *given, seawall_error *error)
{
    const seawall_limiter_config *config = given;
    char period[SW_TEXT_SIZE];

    (void)sw_print_duration(config->period, period);
    if (config->rate > config->period)
        return sw_error(error, SEAWALL_INVALID, "rate_limiter.rate",
                        "rate_limiter.rate: %d is above one per nanosecond of period, %s", (int)config->rate, period);
    return SEAWALL_OK;
}

static seawall_status check_burst(const void *given, seawall_error *error)
{
    const seawall_limiter_config *config = given;
    int32_t most = sw_limiter_burst_max(config->rate, config->period);
    char period[SW_TEXT_SIZE];

    (void)sw_print_duration(config->period, period);
    if (config->burst != SEAWALL_AUTO && config->burst > most)
        return sw_error(error, SEAWALL_INVALID, "rate_limiter.burst",
                        "rate_limiter.burst: %d is above %d, what a year brings at a rate of %d in a period of %s",
                        (int)config->burst, (int)most, (int)config->rate, period);
    return SEAWALL_OK;
}

static const sw_rule rules[] = {
    {check_rate, "rate, period"},
    {check_burst, "burst, rate, period"},
};

const sw_config_kind sw_limiter_config_kind = {
    .name = "rate_limiter",
    .size = sizeof(seawall_limiter_config),
    .oldest = SW_UP_TO(seawall_limiter_config, max_wait),
    .defaults = &defaults,
    .fields = fields,
    .count = sizeof(fields) / sizeof(fields[0]),
    .rules = rules,
    .rule_count = sizeof(rules) / sizeof(rules[0]),
};

seawall_status seawall_limiter_config_init(seawall_limiter_config *config, size_t size)
{
    return sw_config_init(&sw_limiter_config_kind, config, size);
}
