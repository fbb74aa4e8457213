/* The settings of a hedge. */
#include <math.h>

#include "policy/hedge/hedge_config.h"
#include "stat/latency.h"

static const seawall_hedge_config defaults = SEAWALL_HEDGE_CONFIG_INIT;

static const sw_field fields[] = {
    {SW_FIELD_COUNT(seawall_hedge_config, max_hedges, "runs", 1, 15,
                    "Extra runs per pass.")},
    {SW_FIELD_DURATION(seawall_hedge_config, delay, 0, SW_TEN_YEARS,
                       "Until each extra run; auto is the quantile of recent latency."),
     .automatic = true, .live = true},
    {SW_FIELD_RATE(seawall_hedge_config, quantile,
                   "Of the latencies in the window."), .live = true},
    {SW_FIELD_DURATION(seawall_hedge_config, minimum_delay, 0, SW_TEN_YEARS,
                       "What the quantile is not below."), .live = true},
    {SW_FIELD_DURATION(seawall_hedge_config, window, SEAWALL_SECONDS(1), SEAWALL_SECONDS(3600),
                       "How long latencies and extra runs are remembered.")},
    {SW_FIELD_COUNT(seawall_hedge_config, minimum_samples, "successes", 1, 1000000,
                    "Successes in the window before the quantile is used; no hedge until then."), .live = true},
    {SW_FIELD_FAULTS(seawall_hedge_config, non_retryable_errors,
                     "Faults that end all runs at once."), .live = true},
    {SW_FIELD_RATE(seawall_hedge_config, budget,
                   "Extra runs per pass, in any window."), .live = true},
};

static const sw_pointer pointers[] = {
    {"retry_budget", offsetof(seawall_hedge_config, retry_budget)},
};

const sw_config_kind sw_hedge_config_kind = {
    .name = "hedge",
    .size = sizeof(seawall_hedge_config),
    .oldest = SW_UP_TO(seawall_hedge_config, retry_budget),
    .defaults = &defaults,
    .fields = fields,
    .count = sizeof(fields) / sizeof(fields[0]),
    .pointers = pointers,
    .pointer_count = sizeof(pointers) / sizeof(pointers[0]),
};

seawall_status seawall_hedge_config_init(seawall_hedge_config *config, size_t size)
{
    return sw_config_init(&sw_hedge_config_kind, config, size);
}

sw_hedge_rules sw_hedge_rules_from(const seawall_hedge_config *config)
{
    return (sw_hedge_rules){
        .delay = config->delay,
        .quantile = (uint32_t)lround(config->quantile * 1e6),
        .minimum_delay = config->minimum_delay,
        .look = config->window / 100,
        .minimum_samples = config->minimum_samples,
        .final = config->non_retryable_errors,
    };
}
