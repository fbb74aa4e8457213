/* The attempts of a blocking driver: the operation called on this thread. */
#ifndef SW_PIPELINE_ATTEMPT_H
#define SW_PIPELINE_ATTEMPT_H

#include <seawall/call.h>

#include "pipeline/machine.h"

/* What an attempt needs whose operation asks for its token; untouched until then. */
typedef struct sw_attempt_room {
    seawall_cancel token;
    seawall_timer timer; /* 0: none */
} sw_attempt_room;

struct seawall_attempt {
    const seawall_execution *x;
    const sw_node *node; /* NULL: on the plain way */
    sw_attempt_room *room;
    seawall_time deadline;
    int64_t code;
    seawall_duration retry_after;
    int32_t number;
    int32_t alternative;
    bool asked;  /* the token is made */
    bool pooled; /* it runs on a pool: the call may be over before it is */
};

/* attempt.c: the operation has returned. Answers at which deadline it was interrupted, or SW_TIME_NOT_GIVEN. */
seawall_time sw_attempt_clear(seawall_attempt *attempt);

static inline seawall_result sw_attempt_result(seawall_attempt *attempt, seawall_operation_fn operation, void *arg)
{
    seawall_result result = {0};

    result.fault = operation(attempt, arg);
    if (result.fault < SEAWALL_FAULT_NONE || result.fault >= SEAWALL_FAULT_COUNT)
        result.fault = SEAWALL_FAULT_OTHER;
    result.code = attempt->code;
    result.retry_after = attempt->retry_after;
    return result;
}

/* Calls the operation, which takes its time: the time is not known any more. */
static inline seawall_result sw_attempt_run(seawall_execution *x, seawall_attempt *attempt, seawall_operation_fn operation,
                                            void *arg)
{
    seawall_result result;

    attempt->x = x;
    attempt->asked = false;
    attempt->code = 0;
    attempt->retry_after = 0;
    result = sw_attempt_result(attempt, operation, arg);
    x->turn.now = SW_TIME_UNREAD;
    return result;
}

/* call.c: options of a call through this pipeline. */
seawall_status sw_call_options_take(const seawall_pipeline *pipeline, const seawall_call_options *options,
                                    seawall_call_options *full);

/* Nothing of a call runs any more, or ever did. */
static inline void sw_say_drained(void (*drained)(void *arg), uint32_t *mark, void *arg)
{
    if (drained != NULL)
        drained(arg);
    if (mark != NULL)
        sw_store_release_u32((sw_atomic_u32 *)(void *)mark, 1);
}

static inline void sw_call_drained(const seawall_call_options *options, void *arg)
{
    sw_say_drained(options->drained, options->drained_mark, arg);
}

/* plain.c: a run without a deadline; where x is not finished afterwards, the machine goes on. */
void sw_plain_run(seawall_execution *x, seawall_operation_fn operation, void *arg);

#endif
