/* The attempts of a blocking driver: the operation called on this thread. */
#ifndef SW_PIPELINE_ATTEMPT_H
#define SW_PIPELINE_ATTEMPT_H

#include <seawall/call.h>

#include "pipeline/machine.h"

struct seawall_attempt {
    const seawall_platform *platform;
    seawall_time deadline;
    int64_t code;
    seawall_duration retry_after;
    int32_t number;
    int32_t alternative;
};

/* Calls the operation, which takes its time: the time is not known any more. */
static inline seawall_result sw_attempt_run(seawall_execution *x, seawall_attempt *attempt, seawall_operation_fn operation,
                                            void *arg)
{
    seawall_result result = {0};

    attempt->platform = x->pipeline->platform;
    attempt->code = 0;
    attempt->retry_after = 0;
    result.fault = operation(attempt, arg);
    if (result.fault < SEAWALL_FAULT_NONE || result.fault >= SEAWALL_FAULT_COUNT)
        result.fault = SEAWALL_FAULT_OTHER;
    result.code = attempt->code;
    result.retry_after = attempt->retry_after;
    x->turn.now = SW_TIME_UNREAD;
    return result;
}

/* plain.c: a run without a deadline; where x is not finished afterwards, the machine goes on. */
void sw_plain_run(seawall_execution *x, seawall_operation_fn operation, void *arg);

#endif
