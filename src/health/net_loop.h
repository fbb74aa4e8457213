/*
 * The loop that all network checks share: begin a run, be told its end. It has no thread and no clock: a host waits for its
 * descriptor, and for the time that it names, and lets it turn; net_thread.h is such a host.
 *
 * Any thread may call anything here, but only one at a time may turn. What is guarded by the lock are calls of the system that do
 * not wait, those of one run at a time.
 *
 * In the child of a fork the descriptors are the parent's: the child forgets them, and all runs that were under way. They are
 * never told there, and may be begun anew, with descriptors of their own.
 */
#ifndef SW_HEALTH_NET_LOOP_H
#define SW_HEALTH_NET_LOOP_H

#include "health/net_run.h"

typedef struct sw_net_loop sw_net_loop;

/* Opens no descriptor yet. SEAWALL_OK, SEAWALL_NO_MEMORY. */
seawall_status sw_net_loop_create(const seawall_platform *platform, sw_net_loop **loop, seawall_error *error);
/* No run may be under way, and nobody turning. NULL is allowed. */
void sw_net_loop_destroy(sw_net_loop *loop);

/*
 * Makes an idle run in the caller's memory, which nobody may move. It holds nothing while it is idle, and may be left then; it is
 * idle at first, after a cancel that answered true, and as soon as `done` has been called, also within.
 */
void sw_net_run_init(sw_net_run *run, const sw_net_check *check, sw_net_done_fn done, void *user);

/*
 * Begins an idle run; the next turn goes on with it. Cannot fail: every failure is told by `done`.
 * `addresses`: from sw_net_resolve, copied; NULL if the check needs no name.
 */
void sw_net_loop_begin_at(sw_net_loop *loop, sw_net_run *run, const sw_net_addresses *addresses, seawall_time now,
                          seawall_time deadline);

/* True: it was under way, is idle now, and `done` will not be told. False: it is idle, or being told right now. */
bool sw_net_loop_cancel(sw_net_loop *loop, sw_net_run *run);

/* One descriptor, readable while there is something to do. SEAWALL_OK; SEAWALL_NO_RESOURCES. Nobody but the loop closes it. */
seawall_status sw_net_loop_descriptor(sw_net_loop *loop, int32_t *descriptor);

/* When to turn at the latest; sometimes early, never late. SEAWALL_FOREVER if only the descriptor can bring something. */
seawall_time sw_net_loop_next(sw_net_loop *loop);

/*
 * Does what is there to do and tells who has ended. Never waits. What has come counts before what is late: a reply that is there
 * when its time is over is heard.
 */
void sw_net_loop_turn_at(sw_net_loop *loop, seawall_time now);

/*
 * For a host with nothing else to do: waits until there is something, at most so long. May return early. If the system gives no
 * descriptor, it waits for a tenth of a second at most, but nothing wakes it.
 */
void sw_net_loop_wait(sw_net_loop *loop, seawall_duration most);
/* Ends the present wait, or the next. Any thread. */
void sw_net_loop_wake(sw_net_loop *loop);

#endif
