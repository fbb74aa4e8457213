/* What a timeout decides. */
#include "policy/timeout/timeout_core.h"

seawall_time sw_timeout_deadline(seawall_duration limit, seawall_time now, seawall_time outer)
{
    seawall_time own = seawall_time_add(now, limit);

    return own < outer ? own : outer;
}
