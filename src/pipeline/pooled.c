/* The places of calls on pools: made with the pipeline, taken by a call, given back when it has come to rest. */
#include "pipeline/pooled.h"

#include "base/alloc.h"
#include "base/error.h"

static _Thread_local sw_pooled_thread own_thread;

/* A function of its own, as port/thread_number.h says. */
__attribute__((noinline)) sw_pooled_thread *sw_pooled_own_thread(void)
{
    if (own_thread.process != sw_port_fork_generation())
        own_thread = (sw_pooled_thread){sw_port_fork_generation(), 0, NULL};
    return &own_thread;
}

static size_t rounded(size_t size)
{
    return (size + SW_CACHE_LINE - 1) / SW_CACHE_LINE * SW_CACHE_LINE;
}

/* A run has at most so many attempts in pools: those that it runs side by side, late ones, and one that is on its way out. */
static int32_t attempts_of(const seawall_pipeline *pipeline)
{
    int32_t count = 1, i;

    for (i = pipeline->policies; i < pipeline->levels; i++)
        count += (int32_t)pipeline->level[i].count;
    return count;
}

static void lay_out(struct sw_pooled_calls *calls)
{
    size_t attempts = rounded(sizeof(sw_pooled_call));
    size_t execution = rounded(attempts + (size_t)calls->attempts * sizeof(sw_pooled_attempt));
    int32_t i, n;

    for (i = calls->count - 1; i >= 0; i--) {
        sw_pooled_call *call = sw_pooled_at(calls, i);

        sw_mutex_init(&call->lock);
        call->calls = calls;
        call->attempt = (sw_pooled_attempt *)(void *)((unsigned char *)call + attempts);
        call->x = (seawall_execution *)(void *)((unsigned char *)call + execution);
        call->in_use = call->held = false;
        call->visitors = call->driving = 0;
        sw_store_relaxed_u32(&call->attended, 0);
        call->generation++;
        call->next = calls->free;
        calls->free = i;
        for (n = 0; n < calls->attempts; n++) {
            call->attempt[n].call = call;
            call->attempt[n].state = SW_POOLED_IDLE;
            call->attempt[n].pins = 0;
        }
    }
}

static int32_t enough_calls(const seawall_pool *pool)
{
    int32_t calls = 2 * sw_pool_capacity(pool);

    return calls < SW_POOLED_CALLS_MAX ? calls : SW_POOLED_CALLS_MAX;
}

seawall_status sw_pooled_create(seawall_pipeline *pipeline, int32_t count, seawall_error *error)
{
    int32_t calls = count != SEAWALL_AUTO ? count : enough_calls(pipeline->level[pipeline->pools].own_pool);
    int32_t attempts = attempts_of(pipeline);
    size_t head = rounded(sizeof(struct sw_pooled_calls));
    size_t stride = rounded(sizeof(sw_pooled_call)) + rounded((size_t)attempts * sizeof(sw_pooled_attempt)) +
                    rounded(pipeline->execution_size);
    size_t bytes = head + (size_t)calls * stride;
    struct sw_pooled_calls *made = sw_allocate(pipeline->platform, bytes, SW_CACHE_LINE);

    if (made == NULL)
        return sw_error(error, SEAWALL_NO_MEMORY, "pipeline.calls", "pipeline: no memory for %d calls", (int)calls);
    made->pipeline = pipeline;
    made->bytes = bytes;
    made->count = calls;
    made->attempts = attempts;
    made->stride = stride;
    made->first = (unsigned char *)made + head;
    made->free = -1;
    made->process = sw_port_fork_generation();
    sw_mutex_init(&made->lock);
    lay_out(made);
    pipeline->calls = made;
    return SEAWALL_OK;
}

void sw_pooled_adopt(struct sw_pooled_calls *calls)
{
    calls->process = sw_port_fork_generation();
    calls->free = -1;
    calls->used = 0;
    calls->attendant.process = 0;
    sw_store_u32(&calls->attending, 0);
    lay_out(calls);
}

sw_pooled_call *sw_pooled_take(struct sw_pooled_calls *calls)
{
    sw_pooled_call *call = NULL;

    sw_mutex_lock_spinning(&calls->lock);
    if (calls->process != sw_port_fork_generation())
        sw_pooled_adopt(calls);
    if (calls->free >= 0) {
        call = sw_pooled_at(calls, calls->free);
        calls->free = call->next;
        calls->used++;
    }
    sw_mutex_unlock(&calls->lock);
    if (call != NULL)
        sw_pooled_enter(call);
    return call;
}

static bool is_at_rest(const sw_pooled_call *call)
{
    int32_t i;

    if (!call->in_use || call->held || call->visitors > 0 || call->driving > 0 || !call->x->finished || call->x->live > 0)
        return false;
    for (i = 0; i < call->calls->attempts; i++) {
        if (call->attempt[i].state != SW_POOLED_IDLE || call->attempt[i].pins > 0)
            return false;
    }
    return true;
}

static const uint32_t *parked_on(struct sw_pooled_calls *calls)
{
    return (const uint32_t *)(const void *)&calls->emptied;
}

/* Under the lock, so that who waits cannot be gone before this is over. */
static void ring_empty(struct sw_pooled_calls *calls)
{
    const seawall_platform *platform = calls->pipeline->platform;

    (void)sw_add_u32(&calls->emptied, 1);
    platform->wake(parked_on(calls), platform->clock_user);
}

void sw_pooled_leave(sw_pooled_call *call)
{
    struct sw_pooled_calls *calls = call->calls;
    bool rests = is_at_rest(call);
    void (*drained)(void *arg) = call->drained;
    uint32_t *mark = call->drained_mark;
    void *arg = call->arg;

    if (rests) {
        sw_store_relaxed_u32(&call->attended, 0);
        call->in_use = false;
        call->generation++;
    }
    sw_pooled_unlock(call);
    if (!rests)
        return;
    sw_mutex_lock_spinning(&calls->lock);
    call->next = calls->free;
    calls->free = sw_pooled_index(call);
    calls->used--;
    if (calls->used == 0 && calls->awaited)
        ring_empty(calls);
    sw_mutex_unlock(&calls->lock);
    sw_say_drained(drained, mark, arg);
}

static void await_rest(struct sw_pooled_calls *calls)
{
    const seawall_platform *platform = calls->pipeline->platform;

    sw_mutex_lock(&calls->lock);
    if (calls->process != sw_port_fork_generation())
        sw_pooled_adopt(calls);
    calls->awaited = true;
    while (calls->used > 0) {
        uint32_t ticket = sw_load_u32(&calls->emptied);

        sw_mutex_unlock(&calls->lock);
        platform->park(parked_on(calls), ticket, SEAWALL_FOREVER, platform->clock_user);
        sw_mutex_lock(&calls->lock);
    }
    sw_mutex_unlock(&calls->lock);
}

void sw_pooled_destroy(seawall_pipeline *pipeline)
{
    struct sw_pooled_calls *calls = pipeline->calls;

    if (calls == NULL)
        return;
    await_rest(calls);
    sw_pooled_dismiss(calls);
    sw_release(pipeline->platform, calls, calls->bytes);
}
