/* The blocking driver: an execution in this thread's stack, the operation called on this thread. */
#include <seawall/call.h>

#include "base/field.h"
#include "pipeline/attempt.h"
#include "sync/parking.h"

/* What an operation sees that was called without a pipeline. */
static const seawall_attempt unguarded = {.deadline = SEAWALL_FOREVER, .number = 1};

static const seawall_attempt *seen(const seawall_attempt *attempt)
{
    return attempt != NULL ? attempt : &unguarded;
}

int32_t seawall_attempt_number(const seawall_attempt *attempt)
{
    return seen(attempt)->number;
}

int32_t seawall_attempt_alternative(const seawall_attempt *attempt)
{
    return seen(attempt)->alternative;
}

seawall_time seawall_attempt_deadline(const seawall_attempt *attempt)
{
    return seen(attempt)->deadline;
}

seawall_duration seawall_attempt_remaining(const seawall_attempt *attempt)
{
    seawall_time deadline = seen(attempt)->deadline;

    return deadline == SEAWALL_FOREVER ? SEAWALL_FOREVER : seawall_time_until(deadline, seawall_platform_now(attempt->platform));
}

bool seawall_attempt_cancelled(const seawall_attempt *attempt)
{
    return seawall_attempt_remaining(attempt) == 0;
}

void seawall_attempt_set_code(seawall_attempt *attempt, int64_t code)
{
    if (attempt != NULL)
        attempt->code = code;
}

void seawall_attempt_set_retry_after(seawall_attempt *attempt, seawall_duration delay)
{
    if (attempt != NULL)
        attempt->retry_after = delay > 0 ? delay : 0;
}

static void run_attempt(seawall_execution *x, sw_node *node, seawall_operation_fn operation, void *arg)
{
    seawall_attempt attempt = {.deadline = node->deadline, .number = node->attempts};
    seawall_result result;

    attempt.alternative = sw_level_of(x, node)->chain;
    result = sw_attempt_run(x, &attempt, operation, arg);
    if (x->timers > 0 || x->deadline != SEAWALL_FOREVER)
        sw_timers(x, sw_time(x) - 1);
    sw_execution_ended(x, node, &result);
}

static void drive(seawall_execution *x, seawall_operation_fn operation, void *arg)
{
    const seawall_platform *platform = x->pipeline->platform;
    sw_parking_place *place = sw_parking_place_of(x);

    while (!x->finished) {
        /* Read before anybody is asked: a wake from here on is not slept through. */
        uint32_t ticket = sw_parking_ticket(place);
        sw_node *attempt = sw_execution_next(x);

        if (attempt != NULL) {
            run_attempt(x, attempt, operation, arg);
        } else if (!x->finished) {
            sw_park(place, ticket, sw_next_due(x), platform);
            x->turn.now = SW_TIME_UNREAD;
        }
    }
}

static seawall_status unsupported(const seawall_pipeline *pipeline, seawall_report *report)
{
    seawall_report full = SEAWALL_REPORT_INIT;

    full.status = SEAWALL_UNSUPPORTED;
    full.policy = pipeline->side_by_side;
    if (report != NULL && sw_struct_give(&full, sizeof(full), sizeof(full), report) != SEAWALL_OK)
        return SEAWALL_INVALID;
    return SEAWALL_UNSUPPORTED;
}

static seawall_status guarded_call(const seawall_pipeline *pipeline, seawall_operation_fn operation, void *arg,
                                   seawall_report *report, seawall_time deadline)
{
    _Alignas(SEAWALL_EXECUTION_ALIGNMENT) unsigned char storage[SEAWALL_EXECUTION_SIZE_MAX];
    seawall_execution *x = (seawall_execution *)(void *)storage;

    if (pipeline == NULL || operation == NULL || (report != NULL && report->size < sizeof(*report)))
        return SEAWALL_INVALID;
    if (pipeline->side_by_side >= 0)
        return unsupported(pipeline, report);
    sw_execution_prepare(x, pipeline);
    x->waker.wake = sw_parking_ring;
    x->waker.cookie = (uintptr_t)sw_parking_place_of(x);
    x->waker.user = (void *)pipeline->platform;
    x->user = arg;
    x->turn.latest = SW_TIME_UNREAD + 1;
    x->turn.now = SW_TIME_UNREAD;
    if (report != NULL)
        (void)sw_time(x);
    if (pipeline->plain && deadline == SEAWALL_FOREVER) {
        sw_plain_run(x, operation, arg);
    } else {
        sw_execution_free_nodes(x);
        sw_execution_begin(x, deadline);
    }
    drive(x, operation, arg);
    if (report != NULL)
        (void)sw_execution_tell(x, report);
    return x->outcome.status;
}

seawall_status seawall_call_until(const seawall_pipeline *pipeline, seawall_time deadline, seawall_operation_fn operation,
                                  void *arg, seawall_report *report)
{
    return guarded_call(pipeline, operation, arg, report, deadline);
}

seawall_status seawall_call(const seawall_pipeline *pipeline, seawall_operation_fn operation, void *arg, seawall_report *report)
{
    return guarded_call(pipeline, operation, arg, report, SEAWALL_FOREVER);
}
