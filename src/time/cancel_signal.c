/* Questions that cost one load, the descriptor, and what a signal handler may do. */
#include <errno.h>

#include "time/cancel_token.h"

bool seawall_cancel_is_cancelled(const seawall_cancel *cancel)
{
    return cancel != NULL && sw_cancel_state(cancel) != 0;
}

seawall_cause seawall_cancel_cause(const seawall_cancel *cancel)
{
    return cancel != NULL ? (seawall_cause)(sw_cancel_state(cancel) & SW_CANCEL_CAUSE) : 0;
}

/* Marks, then looks for the descriptor; whoever makes it looks for the mark after that. A child of a fork has none of it yet. */
seawall_status seawall_cancel_trigger_from_signal(seawall_cancel *cancel)
{
    uint32_t state = 0, event;
    int before = errno;

    if (cancel == NULL)
        return SEAWALL_INVALID;
    if (!sw_cas_u32(&cancel->state, &state, SEAWALL_CAUSE_CANCELLATION | SW_CANCEL_UNDELIVERED))
        return SEAWALL_OK;
    if (sw_load_acquire_u32(&cancel->process) != sw_port_fork_generation())
        return SEAWALL_OK;
    event = sw_load_u32(&cancel->event);
    if (event != 0)
        sw_port_event_ring((int32_t)event - 1);
    if (cancel->timers != NULL)
        sw_timers_knock(cancel->timers);
    errno = before;
    return SEAWALL_OK;
}

seawall_status seawall_cancel_descriptor(seawall_cancel *cancel, int32_t *descriptor)
{
    uint32_t event;

    if (cancel == NULL || descriptor == NULL)
        return SEAWALL_INVALID;
    sw_cancel_enter(cancel);
    sw_mutex_lock(&cancel->lock);
    event = sw_load_u32(&cancel->event);
    if (event == 0) {
        event = (uint32_t)(sw_port_event_open() + 1);
        sw_store_u32(&cancel->event, event);
        if (event != 0 && sw_load_u32(&cancel->state) != 0)
            sw_port_event_ring((int32_t)event - 1);
    }
    sw_mutex_unlock(&cancel->lock);
    if (event == 0)
        return SEAWALL_NO_RESOURCES;
    *descriptor = (int32_t)event - 1;
    return SEAWALL_OK;
}
