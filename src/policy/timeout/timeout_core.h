/* What a timeout decides. Pure: the time is an argument. */
#ifndef SW_POLICY_TIMEOUT_CORE_H
#define SW_POLICY_TIMEOUT_CORE_H

#include <seawall/time.h>

/* The deadline of what begins at `now` with `limit` left, under `outer`: the earlier of both. A limit of forever adds none. */
seawall_time sw_timeout_deadline(seawall_duration limit, seawall_time now, seawall_time outer);

#endif
