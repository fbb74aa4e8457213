/* The blocking driver: an execution in this thread's stack, the operation called on this thread. */
#include <seawall/call.h>

#include "base/field.h"
#include "pipeline/attempt.h"
#include "pipeline/pooled.h"
#include "sync/parking.h"
#include "time/deadline.h"
#include "time/timer_service.h"

/* Calls made meanwhile on this thread inherit the attempt's deadline. Without one, what they inherit is in force already. */
static seawall_result run_under_deadline(seawall_execution *x, seawall_attempt *attempt, seawall_operation_fn operation,
                                         void *arg)
{
    seawall_deadline_scope scope;
    seawall_result result;

    if (attempt->deadline == SEAWALL_FOREVER)
        return sw_attempt_run(x, attempt, operation, arg);
    sw_deadline_enter(x->pipeline->platform, attempt->deadline, &scope);
    result = sw_attempt_run(x, attempt, operation, arg);
    sw_deadline_leave(&scope);
    return result;
}

/* At one instant an attempt's end comes before a deadline, unless the deadline is what interrupted it. */
static void run_attempt(seawall_execution *x, sw_node *node, seawall_operation_fn operation, void *arg)
{
    sw_attempt_room room;
    seawall_attempt attempt = {.node = node, .room = &room, .deadline = node->deadline, .number = node->attempts};
    seawall_result result;
    seawall_time interrupted = SW_TIME_NOT_GIVEN, limit;

    attempt.alternative = sw_level_of(x, node)->chain;
    result = run_under_deadline(x, &attempt, operation, arg);
    if (attempt.asked)
        interrupted = sw_attempt_clear(&attempt);
    sw_heed(x);
    if (x->timers > 0 || x->deadline != SEAWALL_FOREVER) {
        limit = sw_time(x) - 1;
        sw_timers(x, limit > interrupted ? limit : interrupted);
    }
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
        } else if (!x->finished && sw_watch(x)) {
            sw_park(place, ticket, sw_next_due(x), platform);
            x->turn.now = SW_TIME_UNREAD;
        }
    }
    if (x->watching)
        sw_unwatch(x);
}

/* The policy that this driver cannot do with, or -1. */
static int32_t in_the_way(const seawall_pipeline *pipeline)
{
    if (pipeline->side_by_side >= 0)
        return pipeline->side_by_side;
    return pipeline->interrupts >= 0 && !sw_timers_elsewhere(pipeline->timers) ? pipeline->interrupts : -1;
}

static seawall_status unsupported(int32_t policy, seawall_report *report)
{
    seawall_report full = SEAWALL_REPORT_INIT;

    full.status = SEAWALL_UNSUPPORTED;
    full.policy = policy;
    if (report != NULL && SW_GIVE(full, late, report) != SEAWALL_OK)
        return SEAWALL_INVALID;
    return SEAWALL_UNSUPPORTED;
}

static const seawall_call_options no_options = SEAWALL_CALL_OPTIONS_INIT;

/* On pools. Out of line: the frame of a call on this thread is large. */
__attribute__((noinline)) static seawall_status pooled_call(const seawall_pipeline *pipeline, const seawall_call_options *options,
                                                            seawall_operation_fn operation, void *arg, seawall_report *report)
{
    seawall_call_options full = *options;

    if (operation == NULL || !sw_report_fits(report))
        return SEAWALL_INVALID;
    full.deadline = sw_deadline_inherit(pipeline->platform, full.deadline);
    return sw_pooled_run(pipeline, &full, operation, arg, report);
}

__attribute__((noinline)) static seawall_status pooled_call_until(const seawall_pipeline *pipeline, seawall_time deadline,
                                                                  seawall_operation_fn operation, void *arg,
                                                                  seawall_report *report)
{
    const seawall_call_options options = {sizeof(options), 0, deadline, NULL, SEAWALL_PRIORITY_NORMAL, 0, NULL, NULL};

    return pooled_call(pipeline, &options, operation, arg, report);
}

static seawall_status guarded_call(const seawall_pipeline *pipeline, seawall_operation_fn operation, void *arg,
                                   seawall_report *report, seawall_time deadline, seawall_cancel *cancel)
{
    _Alignas(SEAWALL_EXECUTION_ALIGNMENT) unsigned char storage[SEAWALL_EXECUTION_SIZE_MAX];
    seawall_execution *x = (seawall_execution *)(void *)storage;
    int32_t policy;

    if (pipeline == NULL || operation == NULL || !sw_report_fits(report))
        return SEAWALL_INVALID;
    if (pipeline->demanding && pipeline->calls != NULL)
        return pooled_call_until(pipeline, deadline, operation, arg, report);
    if (pipeline->demanding && (policy = in_the_way(pipeline)) >= 0)
        return unsupported(policy, report);
    deadline = sw_deadline_inherit(pipeline->platform, deadline);
    sw_execution_prepare(x, pipeline);
    x->waker.wake = sw_parking_ring;
    x->waker.cookie = (uintptr_t)sw_parking_place_of(x);
    x->waker.user = (void *)pipeline->platform;
    x->user = arg;
    x->cancel = cancel;
    x->turn.latest = SW_TIME_UNREAD + 1;
    x->turn.now = SW_TIME_UNREAD;
    if (report != NULL)
        (void)sw_time(x);
    if (pipeline->plain && deadline == SEAWALL_FOREVER && cancel == NULL) {
        sw_plain_run(x, operation, arg);
    } else {
        sw_execution_free_nodes(x);
        sw_execution_begin(x, deadline);
    }
    if (!x->finished)
        drive(x, operation, arg);
    if (report != NULL)
        (void)sw_execution_tell(x, report);
    return x->outcome.status;
}

seawall_status seawall_call_until(const seawall_pipeline *pipeline, seawall_time deadline, seawall_operation_fn operation,
                                  void *arg, seawall_report *report)
{
    return guarded_call(pipeline, operation, arg, report, deadline, NULL);
}

seawall_status seawall_call(const seawall_pipeline *pipeline, seawall_operation_fn operation, void *arg, seawall_report *report)
{
    return guarded_call(pipeline, operation, arg, report, SEAWALL_FOREVER, NULL);
}

static const sw_config_kind options_kind = {
    .name = "call_options",
    .size = sizeof(seawall_call_options),
    .oldest = SW_UP_TO(seawall_call_options, cancel),
    .defaults = &no_options,
};

seawall_status seawall_call_options_init(seawall_call_options *options, size_t size)
{
    return sw_config_init(&options_kind, options, size);
}

seawall_status sw_call_options_take(const seawall_pipeline *pipeline, const seawall_call_options *options,
                                    seawall_call_options *full)
{
    seawall_status status = sw_config_take(&options_kind, options, full, NULL);

    if (status != SEAWALL_OK)
        return status;
    if (pipeline == NULL || (full->cancel != NULL && full->cancel->platform != pipeline->platform))
        return SEAWALL_INVALID;
    if (full->drained != NULL && full->drained_mark != NULL)
        return SEAWALL_INVALID;
    return full->priority >= 0 && full->priority < SEAWALL_PRIORITY_COUNT ? SEAWALL_OK : SEAWALL_INVALID;
}

seawall_status seawall_call_with(const seawall_pipeline *pipeline, const seawall_call_options *options,
                                 seawall_operation_fn operation, void *arg, seawall_report *report)
{
    seawall_call_options full;
    seawall_status status = sw_call_options_take(pipeline, options, &full);

    if (status != SEAWALL_OK)
        return status;
    if (operation == NULL || !sw_report_fits(report))
        return SEAWALL_INVALID;
    if (pipeline->calls != NULL)
        return pooled_call(pipeline, &full, operation, arg, report);
    status = guarded_call(pipeline, operation, arg, report, full.deadline, full.cancel);
    sw_call_drained(&full, arg);
    return status;
}
