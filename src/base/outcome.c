/* What an outcome means to those who keep score, and the names of reasons and causes. */
#include <seawall/outcome.h>

#include "base/name.h"

bool seawall_outcome_counts(const seawall_outcome *outcome)
{
    if (outcome == NULL || outcome->attempts < 1)
        return false;
    return outcome->status == SEAWALL_OK || outcome->status == SEAWALL_FAILED || outcome->status == SEAWALL_TIMED_OUT;
}

static const char *const reasons[] = {
    [SEAWALL_REASON_NONE] = "none",
    [SEAWALL_REASON_ATTEMPTS] = "attempts",
    [SEAWALL_REASON_DEADLINE] = "deadline",
    [SEAWALL_REASON_NOT_RETRYABLE] = "not_retryable",
    [SEAWALL_REASON_REFUSED] = "refused",
    [SEAWALL_REASON_CANCELLED] = "cancelled",
    [SEAWALL_REASON_FELL_BACK] = "fell_back",
    [SEAWALL_REASON_FALLBACK_FAILED] = "fallback_failed",
    [SEAWALL_REASON_BUDGET] = "budget",
};

const char *seawall_reason_name(seawall_reason reason)
{
    return SW_NAME(reasons, reason);
}

static const char *const causes[] = {
    [SEAWALL_CAUSE_DEADLINE] = "deadline",
    [SEAWALL_CAUSE_CANCELLATION] = "cancellation",
};

const char *seawall_cause_name(seawall_cause cause)
{
    return SW_NAME(causes, cause);
}
