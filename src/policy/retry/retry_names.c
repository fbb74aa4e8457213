/* The names of verdicts. */
#include <seawall/retry.h>

#include "base/name.h"

static const char *const verdicts[] = {
    [SEAWALL_RETRY_BY_KIND] = "by_kind",
    [SEAWALL_RETRY_REPEAT] = "repeat",
    [SEAWALL_RETRY_STOP] = "stop",
};

const char *seawall_retry_verdict_name(seawall_retry_verdict verdict)
{
    return SW_NAME(verdicts, verdict);
}
