/* Calls on pools that nobody waits in, and the attendant that drives them when their time has come. */
#include "pipeline/pooled.h"

#include "time/deadline.h"

/* Where the attendant sleeps: any place that is the same for all. */
static sw_parking_place *place_of(const struct sw_pooled_calls *calls)
{
    return sw_parking_place_of(calls);
}

/* Drives one of them, unless the place is another call's by now. Answers when to come again. */
static seawall_time attend_to(sw_pooled_call *call)
{
    seawall_time due = SEAWALL_FOREVER;

    sw_pooled_enter(call);
    while (call->in_use && sw_load_relaxed_u32(&call->attended) != 0 && !call->x->finished) {
        call->alarm = INT64_MIN;
        sw_pooled_drive(call);
        if (call->x->finished || !sw_watch(call->x))
            continue;
        due = sw_pooled_due(call);
        call->alarm = due;
        break;
    }
    sw_pooled_leave(call);
    return due;
}

static void attend(void *user)
{
    struct sw_pooled_calls *calls = user;
    sw_parking_place *place = place_of(calls);

    for (;;) {
        /* Read before anybody is asked: a wake from here on is not slept through. */
        uint32_t ticket = sw_parking_ticket(place);
        seawall_time soonest = SEAWALL_FOREVER, due;
        int32_t i;

        if (sw_load_u32(&calls->attending) == 0)
            return;
        for (i = 0; i < calls->count; i++) {
            sw_pooled_call *call = sw_pooled_at(calls, i);

            if (sw_load_u32(&call->attended) == 0)
                continue;
            due = attend_to(call);
            soonest = due < soonest ? due : soonest;
        }
        sw_park(place, ticket, soonest, calls->pipeline->platform);
    }
}

/* The first future starts it. */
static seawall_status hire(struct sw_pooled_calls *calls)
{
    static const sw_worker_settings settings = {"seawall-calls", 262144, 0};
    seawall_status status = SEAWALL_OK;

    sw_mutex_lock(&calls->lock);
    if (calls->process != sw_port_fork_generation())
        sw_pooled_adopt(calls);
    if (sw_load_u32(&calls->attending) == 0) {
        sw_store_u32(&calls->attending, 1);
        status = sw_worker_start(&calls->attendant, &settings, attend, calls);
        if (status != SEAWALL_OK)
            sw_store_u32(&calls->attending, 0);
    }
    sw_mutex_unlock(&calls->lock);
    return status;
}

void sw_pooled_dismiss(struct sw_pooled_calls *calls)
{
    if (sw_load_u32(&calls->attending) == 0)
        return;
    sw_store_u32(&calls->attending, 0);
    sw_parking_ring((uintptr_t)place_of(calls), (void *)(uintptr_t)calls->pipeline->platform);
    sw_worker_join(&calls->attendant);
}

/* Begins its call, with the lock held, which the attendant will see to. */
static seawall_status begin(const seawall_pipeline *pipeline, seawall_call_options *options, seawall_operation_fn operation,
                            void *arg, sw_pooled_call **call)
{
    seawall_status status;

    if (pipeline->calls == NULL)
        return SEAWALL_UNSUPPORTED;
    status = hire(pipeline->calls);
    if (status != SEAWALL_OK)
        return status;
    options->deadline = sw_deadline_inherit(pipeline->platform, options->deadline);
    return sw_pooled_begin(pipeline, options, place_of(pipeline->calls), operation, arg, call);
}

seawall_status seawall_future_start(const seawall_pipeline *pipeline, const seawall_call_options *options,
                                    seawall_operation_fn operation, void *arg, const seawall_waker *waker,
                                    seawall_future *future)
{
    seawall_call_options full;
    sw_pooled_call *call;
    seawall_status status;

    if (pipeline == NULL || operation == NULL || future == NULL || sw_call_options_take(pipeline, options, &full) != SEAWALL_OK)
        return SEAWALL_INVALID;
    status = begin(pipeline, &full, operation, arg, &call);
    if (status != SEAWALL_OK) {
        sw_call_drained(&full, arg);
        return status;
    }
    if (waker != NULL)
        call->told_by = *waker;
    sw_store_u32(&call->attended, 1);
    *future = (uint64_t)call->generation << 32 | (uint32_t)(sw_pooled_index(call) + 1);
    sw_pooled_drive(call);
    /* The attendant has not looked at it yet: from its first look on it knows when to come again. */
    if (!call->x->finished)
        sw_parking_ring((uintptr_t)call->place, (void *)(uintptr_t)pipeline->platform);
    sw_pooled_leave(call);
    return SEAWALL_OK;
}

/* The call of this future with its lock held; NULL, and `*status` says why. */
static sw_pooled_call *find(const seawall_pipeline *pipeline, seawall_future future, seawall_status *status)
{
    struct sw_pooled_calls *calls = pipeline->calls;
    uint32_t place = (uint32_t)future;
    sw_pooled_call *call;

    *status = SEAWALL_STALE;
    if (calls == NULL || place == 0 || place > (uint32_t)calls->count || calls->process != sw_port_fork_generation())
        return NULL;
    call = sw_pooled_at(calls, (int32_t)place - 1);
    if (sw_pooled_inside(call) || !sw_pooled_enter_from_another(call)) {
        *status = SEAWALL_BUSY;
        return NULL;
    }
    if (call->in_use && call->held && sw_load_relaxed_u32(&call->attended) != 0 && call->generation == (uint32_t)(future >> 32))
        return call;
    sw_pooled_unlock(call);
    return NULL;
}

static bool takes(const seawall_pipeline *pipeline, const seawall_report *report)
{
    return pipeline != NULL && sw_report_fits(report);
}

/* With the lock, which it gives up: it has finished. */
static void hand_out(sw_pooled_call *call, seawall_report *report)
{
    if (report != NULL)
        (void)sw_execution_tell(call->x, report);
    call->held = false;
    sw_pooled_leave(call);
}

seawall_status seawall_future_poll(const seawall_pipeline *pipeline, seawall_future future, seawall_report *report)
{
    seawall_status status;
    sw_pooled_call *call;

    if (!takes(pipeline, report))
        return SEAWALL_INVALID;
    call = find(pipeline, future, &status);
    if (call == NULL)
        return status;
    if (!call->x->finished) {
        sw_pooled_leave(call);
        return SEAWALL_BUSY;
    }
    hand_out(call, report);
    return SEAWALL_OK;
}

static seawall_status look(const sw_pooled_call *call, seawall_time deadline)
{
    if (!call->held)
        return SEAWALL_STALE;
    if (call->x->finished)
        return SEAWALL_OK;
    return deadline != SEAWALL_FOREVER && deadline <= sw_now(call->calls->pipeline->platform) ? SEAWALL_TIMED_OUT : SEAWALL_BUSY;
}

/*
 * Under the lock, given back meanwhile. A worker of a pool that the call runs on says that it waits, or hears that it must not.
 */
static seawall_status await(sw_pooled_call *call, seawall_time deadline)
{
    const seawall_platform *platform = call->calls->pipeline->platform;
    seawall_pool *own = sw_pooled_own_pool(call);
    bool may = true, blocked = false;
    seawall_status status;

    call->visitors++;
    while ((status = look(call, deadline)) == SEAWALL_BUSY && may) {
        uint32_t ticket = sw_load_u32(&call->bell);

        sw_pooled_unlock(call);
        if (own == NULL || blocked)
            platform->park((const uint32_t *)(const void *)&call->bell, ticket, deadline, platform->clock_user);
        else
            may = blocked = sw_pool_block(own);
        sw_pooled_enter(call);
    }
    call->visitors--;
    if (blocked)
        sw_pool_unblock(own);
    return status;
}

seawall_status seawall_future_wait_until(const seawall_pipeline *pipeline, seawall_future future, seawall_time deadline,
                                         seawall_report *report)
{
    seawall_status status;
    sw_pooled_call *call;

    if (!takes(pipeline, report))
        return SEAWALL_INVALID;
    call = find(pipeline, future, &status);
    if (call == NULL)
        return status;
    status = await(call, deadline);
    if (status == SEAWALL_OK)
        hand_out(call, report);
    else
        sw_pooled_leave(call);
    return status;
}

static seawall_status call_off(const seawall_pipeline *pipeline, seawall_future future, bool held)
{
    seawall_status status;
    sw_pooled_call *call;

    if (pipeline == NULL)
        return SEAWALL_INVALID;
    call = find(pipeline, future, &status);
    if (call == NULL)
        return status;
    call->held = held;
    call->x->turn.now = SW_TIME_UNREAD;
    sw_heed(call->x);
    sw_call_off(call->x, sw_time(call->x));
    sw_pooled_drive(call);
    sw_pooled_leave(call);
    return SEAWALL_OK;
}

seawall_status seawall_future_cancel(const seawall_pipeline *pipeline, seawall_future future)
{
    return call_off(pipeline, future, true);
}

seawall_status seawall_future_forget(const seawall_pipeline *pipeline, seawall_future future)
{
    return call_off(pipeline, future, false);
}
