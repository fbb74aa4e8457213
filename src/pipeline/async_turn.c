/* How asynchronous calls go on: on the thread that drives the timer service, and nowhere else. */
#include "pipeline/async_parts.h"
#include "time/platform.h"

static sw_mail *take_mail(seawall_async *async)
{
    sw_mail *mail;

    sw_mutex_lock(&async->lock);
    mail = async->guarded.first;
    async->guarded.first = async->guarded.last = NULL;
    sw_mutex_unlock(&async->lock);
    return mail;
}

static int32_t index_of(seawall_run run)
{
    return (int32_t)(run & ((1u << SW_RUN_INDEX_BITS) - 1));
}

/* The group has as many places as there are for calls, and the pipeline was measured when the call was started. */
static void begin(seawall_async *async, sw_async_call *call, seawall_time now)
{
    if (seawall_group_begin_at(async->group, call->pipeline, now, call->deadline, call->user, &call->run) == SEAWALL_OK)
        async->call[index_of(call->run)].host_of = (int32_t)(call - async->call);
}

static void call_off(seawall_async *async, sw_async_call *call, seawall_time now)
{
    sw_mutex_lock(&async->lock);
    call->cancelling = false;
    if (call->run == 0)
        sw_async_over(async, call);
    sw_mutex_unlock(&async->lock);
    if (call->run != 0)
        (void)seawall_group_cancel_at(async->group, call->run, now);
}

static void end(seawall_async *async, sw_async_live *live, seawall_time now)
{
    seawall_run run = async->call[(live - async->attempts) / async->each].run;

    live->in_use = false;
    if (live->disowned)
        (void)seawall_group_disown_at(async->group, run, live->id, now);
    else
        (void)seawall_group_report_at(async->group, run, live->id, &live->result, now);
}

/* Where a mail lies may be used again as soon as it was heeded. */
static void heed(seawall_async *async, const sw_mail *mail, seawall_time now)
{
    while (mail != NULL) {
        const sw_mail *next = mail->next;

        if (mail->kind == SW_MAIL_BEGIN)
            begin(async, &async->call[mail->index], now);
        else if (mail->kind == SW_MAIL_CANCEL)
            call_off(async, &async->call[mail->index], now);
        else
            end(async, &async->attempts[mail->index], now);
        mail = next;
    }
}

/* A place for one more attempt: the pipeline has room for no more of them than there are. */
static sw_async_live *free_live(seawall_async *async, const sw_async_call *call)
{
    sw_async_live *live = &async->attempts[(call - async->call) * async->each];

    while (live->in_use)
        live++;
    return live;
}

static void start(seawall_async *async, sw_async_call *call, const seawall_step *step)
{
    sw_async_live *live = free_live(async, call);
    uint64_t generation;

    live->in_use = true;
    live->id = step->id;
    sw_mutex_lock(&async->lock);
    generation = ++live->generation;
    sw_mutex_unlock(&async->lock);
    live->attempt = (seawall_async_attempt){.id = generation << 32 | (uint64_t)(live - async->attempts),
                                            .call = sw_async_name_of(async, call),
                                            .number = step->number,
                                            .route = step->route,
                                            .alternative = step->alternative,
                                            .deadline = step->deadline};
    call->operation.begin(&live->attempt, call->user);
}

/* One that was reported meanwhile need not be told. */
static void stop(seawall_async *async, sw_async_call *call, uint64_t id)
{
    sw_async_live *live = &async->attempts[(call - async->call) * async->each];
    bool reported;

    while (!live->in_use || live->id != id)
        live++;
    sw_mutex_lock(&async->lock);
    reported = live->generation % 2 == 0;
    sw_mutex_unlock(&async->lock);
    if (!reported && call->operation.stop != NULL)
        call->operation.stop(&live->attempt, call->user);
}

static void finished(seawall_async *async, sw_async_call *call)
{
    seawall_report report = SEAWALL_REPORT_INIT;

    (void)!seawall_group_report(async->group, call->run, &report);
    if (call->operation.done != NULL) {
        call->operation.done(sw_async_name_of(async, call), &report, call->user);
        return;
    }
    sw_mutex_lock(&async->lock);
    call->report = report;
    call->finished = true;
    sw_mutex_unlock(&async->lock);
    sw_async_ring(async);
}

/* The place may be somebody else's before its last function has returned: what that needs is kept here. */
static void drained(seawall_async *async, sw_async_call *call)
{
    seawall_async_drained_fn function = call->operation.drained;
    seawall_async_call name = sw_async_name_of(async, call);
    uint32_t process = sw_port_fork_generation();
    void *user = call->user;

    seawall_pipeline_destroy((seawall_pipeline *)(uintptr_t)call->pipeline);
    sw_mutex_lock(&async->lock);
    call->run = 0;
    if (call->operation.done != NULL)
        call->named = false;
    if (!call->cancelling)
        sw_async_over(async, call);
    sw_mutex_unlock(&async->lock);
    if (function != NULL)
        function(name, user);
    if (sw_port_fork_generation() != process)
        return;
    sw_mutex_lock(&async->lock);
    async->guarded.live--;
    sw_mutex_unlock(&async->lock);
    sw_async_ring(async);
}

static void step(seawall_async *async, const seawall_group_step *next)
{
    sw_async_call *call = &async->call[async->call[index_of(next->run)].host_of];

    switch (next->step.kind) {
    case SEAWALL_STEP_START:
        start(async, call, &next->step);
        break;
    case SEAWALL_STEP_CANCEL:
        stop(async, call, next->step.id);
        break;
    case SEAWALL_STEP_FINISHED:
        finished(async, call);
        break;
    default:
        drained(async, call);
        break;
    }
}

/* Functions of the user's take time, and may fork: the clock is read again after each. */
seawall_time sw_async_take_turn(sw_resident *resident, seawall_time now)
{
    seawall_async *async = (seawall_async *)(void *)((unsigned char *)resident - offsetof(seawall_async, resident));
    uint32_t process = sw_port_fork_generation();
    seawall_group_step next;

    heed(async, take_mail(async), now);
    while (seawall_group_next_at(async->group, now, &next) == SEAWALL_OK && next.step.kind != SEAWALL_STEP_WAIT) {
        step(async, &next);
        if (sw_port_fork_generation() != process)
            return now;
        now = sw_now(async->platform);
    }
    resident->due = next.step.until;
    return now;
}
