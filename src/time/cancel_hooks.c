/* Hooks: adding them, taking them out, calling them. */
#include "time/cancel_token.h"
#include "time/platform.h"

_Static_assert(sizeof(sw_cancel_hook) <= sizeof(seawall_cancel_hook), "a hook fits into its room");

/* All of these are called under the lock. */
static void append(seawall_cancel *token, sw_cancel_hook *hook)
{
    hook->next = NULL;
    hook->previous = token->guarded.last;
    if (hook->previous != NULL)
        hook->previous->next = hook;
    else
        token->guarded.first = hook;
    token->guarded.last = hook;
    hook->token = token;
    hook->process = sw_load_relaxed_u32(&token->process);
}

static void unlink_hook(seawall_cancel *token, sw_cancel_hook *hook)
{
    if (hook->next != NULL)
        hook->next->previous = hook->previous;
    else
        token->guarded.last = hook->previous;
    if (hook->previous != NULL)
        hook->previous->next = hook->next;
    else
        token->guarded.first = hook->next;
    hook->token = NULL;
}

static bool in_list(const seawall_cancel *token, const sw_cancel_hook *hook)
{
    return hook->token == token && hook->process == sw_load_relaxed_u32((sw_atomic_u32 *)(uintptr_t)&token->process);
}

static bool inside(const seawall_cancel *token)
{
    return token->guarded.runner == sw_port_thread_self();
}

static void wait_for_news(seawall_cancel *token)
{
    uint32_t ticket = sw_load_u32(&token->ended);
    const seawall_platform *platform = token->platform;

    token->guarded.waiting++;
    sw_mutex_unlock(&token->lock);
    platform->park((const uint32_t *)(const void *)&token->ended, ticket, SEAWALL_FOREVER, platform->clock_user);
    sw_mutex_lock(&token->lock);
    token->guarded.waiting--;
}

static void tell_news(seawall_cancel *token)
{
    if (token->guarded.waiting == 0)
        return;
    (void)sw_add_u32(&token->ended, 1);
    token->platform->wake((const uint32_t *)(const void *)&token->ended, token->platform->clock_user);
}

/* The next hook, which runs from here on. */
static bool take(seawall_cancel *token, seawall_cancel_hook_fn *function, void **user)
{
    sw_cancel_hook *hook = token->guarded.first;

    if (hook == NULL)
        return false;
    *function = hook->function;
    *user = hook->user;
    unlink_hook(token, hook);
    token->guarded.running = hook;
    return true;
}

void sw_cancel_deliver(seawall_cancel *token)
{
    uint32_t process = sw_port_fork_generation(), event = sw_load_u32(&token->event);
    seawall_cancel_hook_fn function;
    bool last;
    void *user;

    if (event != 0)
        sw_port_event_ring((int32_t)event - 1);
    sw_mutex_lock(&token->lock);
    while (take(token, &function, &user)) {
        sw_mutex_unlock(&token->lock);
        function(user);
        if (sw_port_fork_generation() != process)
            return; /* a hook has forked, and this is the child, where nothing was begun */
        sw_mutex_lock(&token->lock);
        token->guarded.running = NULL;
        tell_news(token);
    }
    token->guarded.runner = 0;
    last = token->guarded.holders == 0;
    tell_news(token);
    sw_mutex_unlock(&token->lock);
    if (last)
        sw_cancel_bury(token);
}

bool sw_cancel_begin_settling(seawall_cancel *token)
{
    uint32_t state = sw_load_u32(&token->state);

    if ((state & SW_CANCEL_UNDELIVERED) == 0 || token->guarded.holders == 0)
        return false;
    sw_store_u64(&token->at, (uint64_t)sw_now(token->platform));
    sw_store_u32(&token->state, state & SW_CANCEL_CAUSE);
    token->guarded.runner = sw_port_thread_self();
    return true;
}

/* Under the lock. The time comes first: whoever sees the state and nothing undelivered may read it. */
static bool begin(seawall_cancel *token, uint32_t cause, seawall_time at)
{
    uint32_t state = 0;

    if (sw_load_u32(&token->state) == 0)
        sw_store_u64(&token->at, (uint64_t)at);
    if (!sw_cas_u32(&token->state, &state, cause))
        return sw_cancel_begin_settling(token); /* a handler was quicker */
    token->guarded.runner = sw_port_thread_self();
    return true;
}

void sw_cancel_settle(seawall_cancel *token)
{
    bool begun;

    sw_mutex_lock(&token->lock);
    begun = sw_cancel_begin_settling(token);
    sw_mutex_unlock(&token->lock);
    if (begun)
        sw_cancel_deliver(token);
}

void sw_cancel_now(seawall_cancel *token, seawall_cause cause, seawall_time at)
{
    bool begun;

    sw_cancel_own(token);
    sw_mutex_lock(&token->lock);
    begun = token->guarded.holders > 0 && begin(token, (uint32_t)cause, at);
    sw_mutex_unlock(&token->lock);
    if (begun)
        sw_cancel_deliver(token);
}

seawall_status seawall_cancel_trigger(seawall_cancel *cancel)
{
    if (cancel == NULL)
        return SEAWALL_INVALID;
    sw_cancel_enter(cancel);
    if (sw_cancel_state(cancel) == 0)
        sw_cancel_now(cancel, SEAWALL_CAUSE_CANCELLATION, sw_now(cancel->platform));
    return SEAWALL_OK;
}

bool sw_cancel_add(seawall_cancel *token, sw_cancel_hook *hook, seawall_cancel_hook_fn function, void *user)
{
    bool added;

    sw_mutex_lock(&token->lock);
    added = sw_load_u32(&token->state) == 0;
    if (added) {
        hook->function = function;
        hook->user = user;
        append(token, hook);
    }
    sw_mutex_unlock(&token->lock);
    return added;
}

seawall_status sw_cancel_remove(seawall_cancel *token, sw_cancel_hook *hook)
{
    seawall_status status = SEAWALL_STALE;

    sw_mutex_lock(&token->lock);
    if (in_list(token, hook)) {
        unlink_hook(token, hook);
        status = SEAWALL_OK;
    } else if (token->guarded.running == hook && inside(token)) {
        status = SEAWALL_BUSY;
    } else {
        while (token->guarded.running == hook)
            wait_for_news(token);
    }
    sw_mutex_unlock(&token->lock);
    return status;
}

/* The parent, which is being delivered or has been, cancels a child. The child stays meanwhile: taking its link out waits. */
static void cancel_child(void *user)
{
    seawall_cancel *child = user, *parent = child->parent;
    seawall_cause cause = (seawall_cause)(sw_cancel_state(parent) & SW_CANCEL_CAUSE);

    sw_cancel_now(child, cause, (seawall_time)sw_load_acquire_u64(&parent->at));
}

void sw_cancel_link(seawall_cancel *token)
{
    seawall_cancel *parent = token->parent;

    sw_cancel_enter(parent);
    sw_mutex_lock(&parent->lock);
    parent->guarded.holders++;
    sw_mutex_unlock(&parent->lock);
    if (!sw_cancel_add(parent, &token->link, cancel_child, token)) {
        sw_cancel_enter(parent); /* a handler may have come in between */
        cancel_child(token);
    }
}

void sw_cancel_drop_hooks(seawall_cancel *token)
{
    sw_cancel_hook *hook, *next;

    sw_mutex_lock(&token->lock);
    for (hook = token->guarded.first; hook != NULL; hook = next) {
        next = hook->next;
        if (hook->function != cancel_child)
            unlink_hook(token, hook);
    }
    while (token->guarded.runner != 0 && !inside(token))
        wait_for_news(token);
    sw_mutex_unlock(&token->lock);
}

seawall_status seawall_cancel_add_hook(seawall_cancel *cancel, seawall_cancel_hook *hook, seawall_cancel_hook_fn function,
                                       void *user)
{
    sw_cancel_hook *room = (sw_cancel_hook *)(void *)hook;

    if (cancel == NULL || hook == NULL || function == NULL)
        return SEAWALL_INVALID;
    sw_cancel_enter(cancel);
    if (room->token != NULL && room->process == sw_port_fork_generation())
        return SEAWALL_BUSY;
    if (sw_cancel_add(cancel, room, function, user))
        return SEAWALL_OK;
    sw_cancel_enter(cancel); /* a handler may have come in between */
    return SEAWALL_CANCELLED;
}

seawall_status seawall_cancel_remove_hook(seawall_cancel *cancel, seawall_cancel_hook *hook)
{
    if (cancel == NULL || hook == NULL)
        return SEAWALL_INVALID;
    sw_cancel_enter(cancel);
    return sw_cancel_remove(cancel, (sw_cancel_hook *)(void *)hook);
}
