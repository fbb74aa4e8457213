/* The token as an object: making and ending it, and what becomes of it in the child of a fork. */
#include "base/alloc.h"
#include "base/error.h"
#include "base/field.h"
#include "time/cancel_token.h"
#include "time/platform.h"

static const seawall_cancel_config defaults = SEAWALL_CANCEL_CONFIG_INIT;

static const sw_config_kind cancel_kind = {
    .name = "cancel",
    .size = sizeof(seawall_cancel_config),
    .oldest = SW_UP_TO(seawall_cancel_config, timers),
    .defaults = &defaults,
};

seawall_status seawall_cancel_config_init(seawall_cancel_config *config, size_t size)
{
    return sw_config_init(&cancel_kind, config, size);
}

seawall_status sw_cancel_init(seawall_cancel *token, seawall_cancel *parent, const seawall_platform *platform)
{
    if (parent != NULL && parent->depth == SEAWALL_CANCEL_DEPTH_MAX)
        return SEAWALL_INVALID;
    *token = (seawall_cancel){.platform = platform, .parent = parent, .depth = parent != NULL ? parent->depth + 1 : 1};
    sw_mutex_init(&token->lock);
    token->guarded.holders = 1;
    sw_store_release_u32(&token->process, sw_port_fork_generation());
    if (parent != NULL)
        sw_cancel_link(token);
    return SEAWALL_OK;
}

/* A handler has marked it. Whoever wants the visit delivers from here on, so that the token stays. */
static bool wants_visit(sw_visitor *visitor)
{
    seawall_cancel *token = (seawall_cancel *)(void *)((unsigned char *)visitor - offsetof(seawall_cancel, visitor));
    bool wants;

    sw_mutex_lock(&token->lock);
    wants = sw_cancel_begin_settling(token);
    sw_mutex_unlock(&token->lock);
    return wants;
}

static void visit(sw_visitor *visitor)
{
    sw_cancel_deliver((seawall_cancel *)(void *)((unsigned char *)visitor - offsetof(seawall_cancel, visitor)));
}

static void enlist(seawall_cancel *token, seawall_timers *timers)
{
    token->timers = timers;
    token->visitor.wants = wants_visit;
    token->visitor.visit = visit;
    token->guarded.listed = true;
    sw_timers_enlist(timers, &token->visitor);
}

seawall_status seawall_cancel_create(const seawall_cancel_config *config, const seawall_platform *platform,
                                     seawall_cancel **cancel, seawall_error *error)
{
    seawall_cancel_config full;
    seawall_cancel *made;
    seawall_status status = sw_config_take(&cancel_kind, config, &full, error);

    if (status != SEAWALL_OK)
        return status;
    if (cancel == NULL)
        return sw_error(error, SEAWALL_INVALID, "cancel", "cancel: no place for the new object (NULL)");
    platform = platform == NULL && full.parent != NULL ? full.parent->platform : sw_platform_resolve(platform, error);
    if (platform == NULL)
        return SEAWALL_INVALID;
    if (full.parent != NULL && full.parent->platform != platform)
        return sw_error(error, SEAWALL_INVALID, "cancel.parent", "cancel.parent: it has another platform");
    made = sw_allocate(platform, sizeof(*made), _Alignof(seawall_cancel));
    if (made == NULL)
        return sw_error(error, SEAWALL_NO_MEMORY, "cancel", "cancel: no memory");
    if (sw_cancel_init(made, full.parent, platform) != SEAWALL_OK) {
        sw_release(platform, made, sizeof(*made));
        return sw_error(error, SEAWALL_INVALID, "cancel.parent", "cancel.parent: %u tokens from the top are the most",
                        SEAWALL_CANCEL_DEPTH_MAX);
    }
    if (full.timers != NULL)
        enlist(made, full.timers);
    *cancel = made;
    return SEAWALL_OK;
}

static void close_event(seawall_cancel *token)
{
    uint32_t event = sw_load_u32(&token->event);

    if (event != 0)
        sw_port_event_close((int32_t)event - 1);
}

static void take_out(seawall_cancel *token)
{
    if (token->parent != NULL) {
        sw_cancel_own(token->parent);
        (void)sw_cancel_remove(token->parent, &token->link);
    }
    close_event(token);
}

/* Whether the last one has let go, and nobody delivers who would do it then. */
static bool let_go(seawall_cancel *token)
{
    bool last;

    sw_mutex_lock(&token->lock);
    last = --token->guarded.holders == 0 && token->guarded.runner == 0;
    sw_mutex_unlock(&token->lock);
    return last;
}

void sw_cancel_bury(seawall_cancel *token)
{
    do {
        seawall_cancel *parent = token->parent;

        take_out(token);
        sw_release(token->platform, token, sizeof(*token));
        token = parent;
    } while (token != NULL && let_go(token));
}

static void delist(seawall_cancel *token)
{
    if (!token->guarded.listed)
        return;
    token->guarded.listed = false;
    sw_timers_delist(token->timers, &token->visitor);
}

void seawall_cancel_destroy(seawall_cancel *cancel)
{
    if (cancel == NULL)
        return;
    sw_cancel_own(cancel);
    delist(cancel);
    sw_cancel_drop_hooks(cancel);
    if (let_go(cancel))
        sw_cancel_bury(cancel);
}

void sw_cancel_fini(seawall_cancel *token)
{
    seawall_cancel *parent = token->parent;

    sw_cancel_own(token);
    sw_cancel_drop_hooks(token);
    take_out(token);
    if (parent != NULL && let_go(parent))
        sw_cancel_bury(parent);
}

/* What ran in the parent does not run here, and memory of its threads may serve another purpose by now: no list is looked at. */
static void forget(seawall_cancel *token)
{
    uint32_t state = sw_load_u32(&token->state);

    if ((state & SW_CANCEL_UNDELIVERED) != 0) { /* else it is left alone: a handler of this process may mark it meanwhile */
        sw_store_u64(&token->at, (uint64_t)sw_now(token->platform));
        sw_store_u32(&token->state, state & SW_CANCEL_CAUSE);
    }
    token->guarded.first = token->guarded.last = token->guarded.running = NULL;
    token->guarded.runner = 0;
    token->guarded.waiting = 0;
    token->guarded.listed = false;
    token->timers = NULL;
    token->link.token = NULL;
    sw_store_u32(&token->event, 0); /* not closed: its number may mean something else by now */
}

void sw_cancel_adopt(seawall_cancel *token)
{
    uint32_t process = sw_port_fork_generation();

    sw_mutex_lock(&token->lock);
    if (sw_load_u32(&token->process) != process) {
        forget(token);
        sw_store_release_u32(&token->process, process);
    }
    sw_mutex_unlock(&token->lock);
}
