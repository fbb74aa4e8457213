/* The settings of a retry budget. */
#include <math.h>

#include "policy/budget/budget_config.h"

#include "base/error.h"

static const seawall_retry_budget_config defaults = SEAWALL_RETRY_BUDGET_CONFIG_INIT;
static const seawall_retry_budget_config throttle = SEAWALL_RETRY_BUDGET_CONFIG_THROTTLE;

static const sw_field fields[] = {
    {SW_FIELD_RATE(seawall_retry_budget_config, ratio,
                   "Retries per call of the window."), .live = true},
    {SW_FIELD_COUNT(seawall_retry_budget_config, floor, "retries per second", 0, 1000000,
                    "Retries per second that are allowed besides the ratio."), .live = true},
    {SW_FIELD_DURATION(seawall_retry_budget_config, window, SEAWALL_SECONDS(1), SEAWALL_SECONDS(3600),
                       "The time that is looked at; 0 switches this rule off."),
     .zero = true},
    {SW_FIELD_COUNT(seawall_retry_budget_config, max_tokens, "tokens", 0, 1000,
                    "The throttle's purse: no retry while it is half empty; 0 switches this rule off."), .live = true},
    {SW_FIELD(seawall_retry_budget_config, token_ratio, "What a success puts into the purse."),
     .type = SEAWALL_FIELD_RATE, .minimum = 0.001, .maximum = 1, .live = true},
};

static seawall_status check(const void *given, seawall_error *error)
{
    const seawall_retry_budget_config *config = given;

    if (config->window == 0 && config->max_tokens == 0)
        return sw_error(error, SEAWALL_INVALID, "retry_budget.max_tokens",
                        "retry_budget.max_tokens: 0 and retry_budget.window: 0 leave no rule");
    return SEAWALL_OK;
}

static const sw_rule rules[] = {{check, "max_tokens, window"}};

const sw_config_kind sw_retry_budget_config_kind = {
    .name = "retry_budget",
    .size = sizeof(seawall_retry_budget_config),
    .oldest = SW_UP_TO(seawall_retry_budget_config, token_ratio),
    .defaults = &defaults,
    .fields = fields,
    .count = sizeof(fields) / sizeof(fields[0]),
    .rules = rules,
    .rule_count = sizeof(rules) / sizeof(rules[0]),
};

static const sw_config_kind throttle_kind = {
    .name = "retry_budget",
    .size = sizeof(seawall_retry_budget_config),
    .oldest = SW_UP_TO(seawall_retry_budget_config, token_ratio),
    .defaults = &throttle,
    .fields = fields,
    .count = sizeof(fields) / sizeof(fields[0]),
};

seawall_status seawall_retry_budget_config_init(seawall_retry_budget_config *config, size_t size)
{
    return sw_config_init(&sw_retry_budget_config_kind, config, size);
}

seawall_status seawall_retry_budget_config_init_throttle(seawall_retry_budget_config *config, size_t size)
{
    return sw_config_init(&throttle_kind, config, size);
}

sw_budget_rules sw_budget_rules_from(const seawall_retry_budget_config *config)
{
    return (sw_budget_rules){
        .step = config->window / SW_BUDGET_STEPS,
        .ratio = (uint64_t)llround(config->ratio * 1e6),
        .floor = (uint64_t)config->floor * (uint64_t)(config->window / 1000),
        .purse = (uint32_t)config->max_tokens * 1000,
        .reward = (uint32_t)llround(config->token_ratio * 1e3),
    };
}
