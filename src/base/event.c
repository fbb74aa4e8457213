/* The names of events. */
#include <seawall/event.h>

#include "base/name.h"

static const char *const names[] = {
    [SEAWALL_EVENT_RETRY_SCHEDULED] = "retry_scheduled",
    [SEAWALL_EVENT_RETRY_GAVE_UP] = "retry_gave_up",
    [SEAWALL_EVENT_TIMED_OUT] = "timed_out",
    [SEAWALL_EVENT_REFUSED] = "refused",
    [SEAWALL_EVENT_DROPPED] = "dropped",
    [SEAWALL_EVENT_STARVED] = "starved",
    [SEAWALL_EVENT_FELL_BACK] = "fell_back",
    [SEAWALL_EVENT_FALLBACK_FAILED] = "fallback_failed",
    [SEAWALL_EVENT_HEDGE_STARTED] = "hedge_started",
    [SEAWALL_EVENT_HEDGE_WON] = "hedge_won",
    [SEAWALL_EVENT_HEDGE_LOST] = "hedge_lost",
    [SEAWALL_EVENT_INJECTED] = "injected",
};

const char *seawall_event_name(seawall_event_kind kind)
{
    return SW_NAME(names, kind);
}
