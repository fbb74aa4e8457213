/* What the manual clock offers inside the library. */
#ifndef SW_TIME_CLOCK_MANUAL_H
#define SW_TIME_CLOCK_MANUAL_H

#include <seawall/platform.h>

/* seawall_manual_clock_create with memory from `platform`, which must outlive the clock. */
seawall_status sw_manual_clock_create_in(const seawall_platform *platform, seawall_time start, bool auto_advance,
                                         seawall_manual_clock **clock, seawall_error *error);

#endif
