/* A call whose attempts run on pools, and whose caller waits for it: it drives what the workers do not. */
#include "pipeline/pooled.h"

#include "base/field.h"

/* Under no lock, on the caller's thread, who keeps the token: what a signal handler left is delivered. */
static void deliver(const seawall_call_options *options)
{
    if (options->cancel != NULL)
        sw_cancel_enter(options->cancel);
}

seawall_status sw_pooled_begin(const seawall_pipeline *pipeline, const seawall_call_options *options, sw_parking_place *place,
                               seawall_operation_fn operation, void *arg, sw_pooled_call **taken)
{
    sw_pooled_call *call;
    seawall_execution *x;

    deliver(options);
    call = sw_pooled_take(pipeline->calls);
    if (call == NULL) {
        sw_pool_turn_away(pipeline->level[pipeline->pools].own_pool);
        return SEAWALL_FULL;
    }
    call->in_use = true;
    call->held = true;
    call->told = false;
    call->alarm = INT64_MIN; /* whoever begins it looks at it before he sleeps */
    call->blocked = call->shut = NULL;
    call->operation = operation;
    call->arg = arg;
    call->priority = options->priority;
    call->drained = options->drained;
    call->drained_mark = options->drained_mark;
    call->told_by = (seawall_waker){0};
    call->place = place;
    x = call->x;
    sw_execution_prepare(x, pipeline);
    x->waker = (seawall_waker){sw_parking_ring, (uintptr_t)place, (void *)(uintptr_t)pipeline->platform};
    x->user = arg;
    x->cancel = options->cancel;
    x->turn.latest = SW_TIME_UNREAD + 1;
    x->turn.now = SW_TIME_UNREAD;
    (void)sw_time(x);
    sw_execution_free_nodes(x);
    sw_execution_begin(x, options->deadline);
    *taken = call;
    return SEAWALL_OK;
}

seawall_pool *sw_pooled_own_pool(const sw_pooled_call *call)
{
    const seawall_pipeline *pipeline = call->calls->pipeline;
    seawall_pool *pool = sw_pool_of_thread();
    int32_t i;

    for (i = pipeline->policies; pool != NULL && i < pipeline->levels; i++) {
        if (pipeline->level[i].pool == pool)
            return pool;
    }
    return NULL;
}

/*
 * Under the lock, given back meanwhile. A worker that will wait for its own pool says so before anything is offered there, and
 * for as long as the call is not finished: so one is always left to begin what waits in the queue. If none would be, that
 * pool has no place for the call.
 */
static void reserve(sw_pooled_call *call)
{
    seawall_pool *pool = call->blocked == NULL ? sw_pooled_own_pool(call) : NULL;
    bool may;

    if (pool == NULL)
        return;
    sw_pooled_unlock(call);
    may = sw_pool_block(pool);
    sw_pooled_enter(call);
    call->shut = may ? NULL : pool;
    if (may && call->x->finished)
        sw_pool_unblock(pool);
    else if (may)
        call->blocked = pool;
}

/* How often to look before sleeping. */
#define LOOKS 100

static void sleep_at(sw_parking_place *place, uint32_t ticket, seawall_time until, const seawall_platform *platform)
{
    int32_t i;

    for (i = 0; i < LOOKS; i++) {
        if (sw_parking_ticket(place) != ticket)
            return;
        sw_pause();
    }
    sw_park(place, ticket, until, platform);
}

static void await(sw_pooled_call *call, const seawall_call_options *options)
{
    seawall_execution *x = call->x;

    for (;;) {
        /* Read before anybody is asked: a wake from here on is not slept through. */
        uint32_t ticket = sw_parking_ticket(call->place);
        seawall_time due;

        call->alarm = INT64_MIN;
        reserve(call);
        sw_pooled_drive(call);
        if (x->finished)
            return;
        if (!sw_watch(x))
            continue;
        due = sw_pooled_due(call);
        call->alarm = due;
        sw_pooled_unlock(call);
        deliver(options);
        sleep_at(call->place, ticket, due, call->calls->pipeline->platform);
        sw_pooled_enter(call);
    }
}

static seawall_status no_place(const seawall_pipeline *pipeline, seawall_report *report)
{
    seawall_report full = SEAWALL_REPORT_INIT;

    full.status = SEAWALL_FULL;
    full.policy = pipeline->pools;
    if (report != NULL && sw_struct_give(&full, sizeof(full), sizeof(full), report) != SEAWALL_OK)
        return SEAWALL_INVALID;
    return SEAWALL_FULL;
}

seawall_status sw_pooled_run(const seawall_pipeline *pipeline, const seawall_call_options *options,
                             seawall_operation_fn operation, void *arg, seawall_report *report)
{
    sw_parking_place *place = sw_parking_place_of(&place);
    sw_pooled_call *call;
    seawall_status status = sw_pooled_begin(pipeline, options, place, operation, arg, &call);

    if (status != SEAWALL_OK) {
        status = no_place(pipeline, report);
        sw_call_drained(options, arg);
        return status;
    }
    await(call, options);
    status = call->x->outcome.status;
    if (report != NULL)
        (void)sw_execution_tell(call->x, report);
    call->held = false;
    sw_pooled_leave(call);
    deliver(options);
    return status;
}
