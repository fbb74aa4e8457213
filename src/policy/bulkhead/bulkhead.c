/* The bulkhead as an object, and its use without a pipeline. */
#include "policy/bulkhead/bulkhead_object.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/field.h"
#include "base/owner.h"
#include "policy/bulkhead/bulkhead_config.h"
#include "sync/parking.h"
#include "time/platform.h"

/* The word of a permit that says whose it is. Breakers keep theirs there too, and end them differently. */
#define KEY 2
#define KEY_END 2

static sw_permits_rules rules_from(const seawall_bulkhead_config *config)
{
    return (sw_permits_rules){config->max_concurrent, config->max_waiting, config->max_wait};
}

seawall_status seawall_bulkhead_create(const seawall_bulkhead_config *config, const seawall_platform *platform,
                                       seawall_bulkhead **bulkhead, seawall_error *error)
{
    seawall_bulkhead_config full;
    sw_permits_rules rules;
    seawall_bulkhead *made;
    seawall_status status = sw_config_take(&sw_bulkhead_config_kind, config, &full, error);

    if (status != SEAWALL_OK)
        return status;
    if (bulkhead == NULL)
        return sw_error(error, SEAWALL_INVALID, "bulkhead", "bulkhead: no place for the new object (NULL)");
    platform = sw_platform_resolve(platform, error);
    if (platform == NULL)
        return SEAWALL_INVALID;
    made = sw_allocate(platform, sizeof(*made), _Alignof(seawall_bulkhead));
    if (made == NULL)
        return sw_error(error, SEAWALL_NO_MEMORY, "bulkhead", "bulkhead: no memory");
    rules = rules_from(&full);
    sw_permits_init(&made->permits, &rules);
    made->key = sw_new_owner() << 32 | KEY_END;
    made->platform = platform;
    sw_store_relaxed_u32(&made->references, 1);
    *bulkhead = made;
    return SEAWALL_OK;
}

void seawall_bulkhead_destroy(seawall_bulkhead *bulkhead)
{
    if (bulkhead == NULL || sw_sub_u32(&bulkhead->references, 1) != 1)
        return;
    sw_release(bulkhead->platform, bulkhead, sizeof(*bulkhead));
}

/* What is rare stands in functions of its own, so that the usual ways get by with the registers they are called with. */
#define RARE __attribute__((noinline))

static RARE seawall_status noted(seawall_bulkhead *bulkhead, uint64_t before)
{
    sw_permits_note(&bulkhead->permits, before);
    return SEAWALL_OK;
}

static void fill(const seawall_bulkhead *bulkhead, seawall_permit *permit)
{
    *permit = (seawall_permit){.opaque = {[KEY] = bulkhead->key}};
}

static inline seawall_status give_out(seawall_bulkhead *bulkhead, seawall_permit *permit, uint64_t before)
{
    fill(bulkhead, permit);
    return sw_permits_notable(&bulkhead->permits, before) ? noted(bulkhead, before) : SEAWALL_OK;
}

static RARE seawall_status refuse(seawall_bulkhead *bulkhead)
{
    sw_permits_refuse(&bulkhead->permits);
    return SEAWALL_FULL;
}

/* There was none. */
static RARE seawall_status try_again(seawall_bulkhead *bulkhead, seawall_permit *permit)
{
    if (!sw_permits_retake(&bulkhead->permits))
        return refuse(bulkhead);
    fill(bulkhead, permit);
    return SEAWALL_OK;
}

seawall_status seawall_bulkhead_try_acquire(seawall_bulkhead *bulkhead, seawall_permit *permit)
{
    uint64_t before;

    if (bulkhead == NULL || permit == NULL)
        return SEAWALL_INVALID;
    return sw_permits_take(&bulkhead->permits, &before) ? give_out(bulkhead, permit, before) : try_again(bulkhead, permit);
}

/* Sleeps until the waiter has a permit or its time is over. */
static bool await(seawall_bulkhead *bulkhead, sw_waiter *waiter, sw_parking_place *place, sw_permits_refusal *why)
{
    for (;;) {
        uint32_t ticket = sw_parking_ticket(place);

        if (!sw_permits_look(&bulkhead->permits, waiter, sw_now(bulkhead->platform), why))
            return false;
        if (sw_waiter_stands(waiter) == SW_WAITER_GRANTED)
            return true;
        sw_park(place, ticket, waiter->until, bulkhead->platform);
    }
}

static RARE seawall_status wait_until(seawall_bulkhead *bulkhead, seawall_time deadline, seawall_permit *permit)
{
    sw_waiter waiter = {0};
    sw_parking_place *place = sw_parking_place_of(&waiter);
    const seawall_waker waker = {sw_parking_ring, (uintptr_t)place, (void *)(uintptr_t)bulkhead->platform};
    sw_permits_refusal why;

    if (sw_permits_retake(&bulkhead->permits)) {
        fill(bulkhead, permit);
        return SEAWALL_OK;
    }
    if (!sw_permits_place(&bulkhead->permits))
        return refuse(bulkhead);
    if (sw_permits_queue(&bulkhead->permits, &waiter, &waker, deadline, sw_now(bulkhead->platform), &why) &&
        await(bulkhead, &waiter, place, &why)) {
        fill(bulkhead, permit);
        return SEAWALL_OK;
    }
    return why == SW_PERMITS_TIMED_OUT && waiter.until == deadline ? SEAWALL_TIMED_OUT : SEAWALL_FULL;
}

seawall_status seawall_bulkhead_acquire_until(seawall_bulkhead *bulkhead, seawall_time deadline, seawall_permit *permit)
{
    uint64_t before;

    if (bulkhead == NULL || permit == NULL)
        return SEAWALL_INVALID;
    if (sw_permits_take(&bulkhead->permits, &before))
        return give_out(bulkhead, permit, before);
    return wait_until(bulkhead, deadline, permit);
}

/* Others wait for what came back, or there was nothing that could come back. `now` NULL: to be read. */
static RARE seawall_status settle(seawall_bulkhead *bulkhead, seawall_permit *permit, uint64_t before, const seawall_time *now)
{
    bool serve;
    bool out = sw_permits_settle(&bulkhead->permits, before, &serve);

    if (out)
        *permit = (seawall_permit)SEAWALL_PERMIT_INIT;
    if (serve)
        sw_permits_serve(&bulkhead->permits, now != NULL ? *now : sw_now(bulkhead->platform));
    return out ? SEAWALL_OK : SEAWALL_INVALID;
}

static RARE seawall_status settle_at(seawall_bulkhead *bulkhead, seawall_permit *permit, uint64_t before, seawall_time now)
{
    return settle(bulkhead, permit, before, &now);
}

static inline bool is_ours(const seawall_bulkhead *bulkhead, const seawall_permit *permit)
{
    return bulkhead != NULL && permit != NULL && permit->opaque[KEY] == bulkhead->key;
}

seawall_status seawall_bulkhead_release(seawall_bulkhead *bulkhead, seawall_permit *permit)
{
    uint64_t before;

    if (!is_ours(bulkhead, permit))
        return SEAWALL_INVALID;
    before = sw_permits_put(&bulkhead->permits);
    if (!sw_permits_settled(before))
        return settle(bulkhead, permit, before, NULL);
    *permit = (seawall_permit)SEAWALL_PERMIT_INIT;
    return SEAWALL_OK;
}

seawall_status seawall_bulkhead_release_at(seawall_bulkhead *bulkhead, seawall_permit *permit, seawall_time now)
{
    uint64_t before;

    if (!is_ours(bulkhead, permit))
        return SEAWALL_INVALID;
    before = sw_permits_put(&bulkhead->permits);
    if (!sw_permits_settled(before))
        return settle_at(bulkhead, permit, before, now);
    *permit = (seawall_permit)SEAWALL_PERMIT_INIT;
    return SEAWALL_OK;
}

seawall_status seawall_bulkhead_resize(seawall_bulkhead *bulkhead, int32_t max_concurrent)
{
    bool serve;

    if (bulkhead == NULL || max_concurrent < 1 || max_concurrent > SW_PERMITS_MAX)
        return SEAWALL_INVALID;
    sw_permits_resize(&bulkhead->permits, max_concurrent, &serve);
    if (serve)
        sw_permits_serve(&bulkhead->permits, sw_now(bulkhead->platform));
    return SEAWALL_OK;
}

seawall_status seawall_bulkhead_reconfigure(seawall_bulkhead *bulkhead, const seawall_bulkhead_config *config,
                                            seawall_error *error)
{
    seawall_bulkhead_config full;
    sw_permits_rules rules;
    seawall_status status;
    bool serve;

    if (bulkhead == NULL)
        return sw_error(error, SEAWALL_INVALID, "bulkhead", "bulkhead: there is none to reconfigure (NULL)");
    status = sw_config_take(&sw_bulkhead_config_kind, config, &full, error);
    if (status != SEAWALL_OK)
        return status;
    rules = rules_from(&full);
    sw_permits_reconfigure(&bulkhead->permits, &rules, &serve);
    if (serve)
        sw_permits_serve(&bulkhead->permits, sw_now(bulkhead->platform));
    return SEAWALL_OK;
}

static const seawall_bulkhead_snapshot empty_snapshot = SEAWALL_BULKHEAD_SNAPSHOT_INIT;

static const sw_config_kind snapshot_kind = {
    .name = "snapshot",
    .size = sizeof(seawall_bulkhead_snapshot),
    .oldest = SW_UP_TO(seawall_bulkhead_snapshot, refused_cancelled),
    .defaults = &empty_snapshot,
};

seawall_status seawall_bulkhead_snapshot_init(seawall_bulkhead_snapshot *snapshot, size_t size)
{
    return sw_config_init(&snapshot_kind, snapshot, size);
}

seawall_status seawall_bulkhead_get_snapshot(seawall_bulkhead *bulkhead, seawall_bulkhead_snapshot *snapshot)
{
    seawall_bulkhead_snapshot full = {0};
    sw_permits_view view;

    if (bulkhead == NULL || snapshot == NULL)
        return SEAWALL_INVALID;
    sw_permits_see(&bulkhead->permits, &view);
    full.max_concurrent = view.rules.limit;
    full.in_use = view.in_use;
    full.over_limit = view.in_use > view.rules.limit ? view.in_use - view.rules.limit : 0;
    full.most_in_use = view.most_in_use;
    full.max_waiting = view.rules.max_waiting;
    full.waiting = view.waiting;
    full.most_waiting = view.most_waiting;
    full.max_wait = view.rules.max_wait;
    full.granted = view.granted;
    full.waited = view.waited;
    full.refused_full = view.refused[SW_PERMITS_FULL];
    full.refused_timed_out = view.refused[SW_PERMITS_TIMED_OUT];
    full.refused_cancelled = view.refused[SW_PERMITS_CANCELLED];
    return SW_GIVE(full, refused_cancelled, snapshot);
}
