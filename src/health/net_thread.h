/* A thread that drives the loop of network checks, for programs without a loop of their own. */
#ifndef SW_HEALTH_NET_THREAD_H
#define SW_HEALTH_NET_THREAD_H

#include "health/net_loop.h"
#include "sync/worker.h"

/* Zeroed: there is no thread. Nobody but net_thread.c looks inside. */
typedef struct sw_net_thread {
    sw_worker worker;
    sw_net_loop *loop;
    const seawall_platform *platform;
    sw_atomic_u32 stopping;
    sw_atomic_u64 self; /* 0: it does not turn */
} sw_net_thread;

static inline bool sw_net_thread_is_started(const sw_net_thread *thread)
{
    return sw_worker_is_started(&thread->worker);
}

/* Whether the calling thread is this one. */
bool sw_net_thread_is_this(sw_net_thread *thread);

/*
 * From now on a thread lets the loop turn, by the platform's clock. SEAWALL_OK; SEAWALL_NO_RESOURCES: the system gave no
 * descriptor or no thread, and nothing has changed. `stack_size` is the worker's.
 */
seawall_status sw_net_thread_start(sw_net_thread *thread, sw_net_loop *loop, const seawall_platform *platform,
                                   int32_t stack_size);

/*
 * Waits until the thread has ended, and with it whatever `done` it was calling: never from inside one. Runs that are under way
 * stay so, until somebody turns again or cancels them. Nothing happens if there is no thread.
 */
void sw_net_thread_stop(sw_net_thread *thread);

#endif
