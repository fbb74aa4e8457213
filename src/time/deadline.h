/* The deadline in force on a thread, which calls made on it inherit. */
#ifndef SW_TIME_DEADLINE_H
#define SW_TIME_DEADLINE_H

#include <seawall/deadline.h>

/* The earlier of `deadline` and what this thread inherits on the platform. */
seawall_time sw_deadline_inherit(const seawall_platform *platform, seawall_time deadline);

/* seawall_deadline_enter and _leave for who has checked; to leave a scope leaves those that were entered in it. */
void sw_deadline_enter(const seawall_platform *platform, seawall_time deadline, seawall_deadline_scope *scope);
void sw_deadline_leave(const seawall_deadline_scope *scope);

#endif
