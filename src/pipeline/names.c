/* The names of what policies answer and of what a host is to do. */
#include <seawall/execution.h>

#include "base/name.h"

static const char *const answers[] = {
    [SEAWALL_PROCEED] = "proceed",
    [SEAWALL_WAIT] = "wait",
    [SEAWALL_REFUSE] = "refuse",
    [SEAWALL_PASS] = "pass",
    [SEAWALL_REPLACE] = "replace",
    [SEAWALL_AGAIN] = "again",
    [SEAWALL_HOLD] = "hold",
    [SEAWALL_DIVERT] = "divert",
    [SEAWALL_KEEP] = "keep",
    [SEAWALL_FORK] = "fork",
    [SEAWALL_CUT_JOIN] = "cut_join",
    [SEAWALL_CUT_DETACH] = "cut_detach",
};

const char *seawall_answer_name(seawall_answer answer)
{
    return SW_NAME(answers, answer);
}

static const char *const steps[] = {
    [SEAWALL_STEP_START] = "start",
    [SEAWALL_STEP_CANCEL] = "cancel",
    [SEAWALL_STEP_WAIT] = "wait",
    [SEAWALL_STEP_FINISHED] = "finished",
    [SEAWALL_STEP_DRAINED] = "drained",
};

const char *seawall_step_name(seawall_step_kind kind)
{
    return SW_NAME(steps, kind);
}
