/* The names of rules and verdicts. */
#include <seawall/breaker.h>

#include "base/name.h"

static const char *const rules[] = {
    [SEAWALL_BREAKER_RULE_NONE] = "none",
    [SEAWALL_BREAKER_RULE_CONSECUTIVE] = "consecutive",
    [SEAWALL_BREAKER_RULE_PROBES] = "probes",
    [SEAWALL_BREAKER_RULE_FORCED] = "forced",
    [SEAWALL_BREAKER_RULE_HALF_OPEN_TIME] = "half_open_time",
    [SEAWALL_BREAKER_RULE_FAILURE_RATE] = "failure_rate",
    [SEAWALL_BREAKER_RULE_SLOW_CALL_RATE] = "slow_call_rate",
};

const char *seawall_breaker_rule_name(seawall_breaker_rule rule)
{
    return SW_NAME(rules, rule);
}

static const char *const verdicts[] = {
    [SEAWALL_BREAKER_BY_KIND] = "by_kind",
    [SEAWALL_BREAKER_FAILURE] = "failure",
    [SEAWALL_BREAKER_SUCCESS] = "success",
    [SEAWALL_BREAKER_IGNORED] = "ignored",
};

const char *seawall_breaker_verdict_name(seawall_breaker_verdict verdict)
{
    return SW_NAME(verdicts, verdict);
}
