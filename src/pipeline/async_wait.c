/* Results that are taken, and who waits for them. Who waits sleeps on a place of nobody's, and looks again when that rings. */
#include "base/field.h"
#include "pipeline/async_parts.h"
#include "sync/parking.h"
#include "time/platform.h"

void sw_async_ring(seawall_async *async)
{
    if (sw_load_u32(&async->waiting) != 0)
        sw_parking_ring((uint64_t)(uintptr_t)sw_parking_place_of(async), (void *)(uintptr_t)async->platform);
}

/* SEAWALL_BUSY: not yet. */
typedef seawall_status (*look_fn)(seawall_async *async, seawall_async_call name, seawall_report *report);

static seawall_status look_at_report(seawall_async *async, seawall_async_call name, seawall_report *report)
{
    seawall_status status = SEAWALL_STALE;
    sw_async_call *call;

    sw_mutex_lock(&async->lock);
    call = sw_async_named(async, name);
    if (call != NULL && call->operation.done != NULL)
        status = SEAWALL_INVALID;
    else if (call != NULL)
        status = call->finished ? sw_struct_give(&call->report, sizeof(*report), sizeof(*report), report) : SEAWALL_BUSY;
    if (status == SEAWALL_OK)
        sw_async_unname(async, call);
    sw_mutex_unlock(&async->lock);
    return status;
}

static seawall_status look_at_count(seawall_async *async, seawall_async_call name, seawall_report *report)
{
    (void)name;
    (void)report;
    return seawall_async_count(async) > 0 ? SEAWALL_BUSY : SEAWALL_OK;
}

/* `waiting` says so before the last look: who changes anything looks at it after that. */
static seawall_status wait_until(seawall_async *async, look_fn look, seawall_async_call name, seawall_time until,
                                 seawall_report *report)
{
    sw_parking_place *place = sw_parking_place_of(async);
    seawall_status status;

    (void)sw_add_u32(&async->waiting, 1);
    for (;;) {
        uint32_t ticket = sw_parking_ticket(place);

        status = look(async, name, report);
        if (status != SEAWALL_BUSY || sw_timers_inside(async->timers))
            break;
        if (sw_now(async->platform) >= until) {
            status = SEAWALL_TIMED_OUT;
            break;
        }
        sw_park(place, ticket, until, async->platform);
    }
    (void)sw_sub_u32(&async->waiting, 1);
    return status;
}

seawall_status seawall_async_take(seawall_async *async, seawall_async_call call, seawall_report *report)
{
    if (async == NULL || report == NULL)
        return SEAWALL_INVALID;
    sw_async_enter(async);
    return look_at_report(async, call, report);
}

seawall_status seawall_async_take_until(seawall_async *async, seawall_async_call call, seawall_time until,
                                        seawall_report *report)
{
    if (async == NULL || report == NULL)
        return SEAWALL_INVALID;
    sw_async_enter(async);
    return wait_until(async, look_at_report, call, until, report);
}

seawall_status seawall_async_drain_until(seawall_async *async, seawall_time until)
{
    if (async == NULL)
        return SEAWALL_INVALID;
    sw_async_enter(async);
    return wait_until(async, look_at_count, 0, until, NULL);
}
