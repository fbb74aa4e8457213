/* A thread that drives the loop of network checks. */
#include "health/net_thread.h"

#include "port/port.h"
#include "time/platform.h"

static void work(void *user)
{
    sw_net_thread *thread = user;

    sw_store_u64(&thread->self, (uint64_t)sw_port_thread_self());
    while (sw_load_u32(&thread->stopping) == 0) {
        seawall_time next = sw_net_loop_next(thread->loop);

        sw_net_loop_wait(thread->loop, seawall_time_until(next, sw_now(thread->platform)));
        sw_net_loop_turn_at(thread->loop, sw_now(thread->platform));
    }
    sw_store_u64(&thread->self, 0);
}

bool sw_net_thread_is_this(sw_net_thread *thread)
{
    return sw_load_u64(&thread->self) == (uint64_t)sw_port_thread_self();
}

seawall_status sw_net_thread_start(sw_net_thread *thread, sw_net_loop *loop, const seawall_platform *platform, int32_t stack_size)
{
    const sw_worker_settings settings = {.name = "seawall-checks", .stack_size = stack_size};
    int32_t descriptor; /* without one the thread could not wait */
    seawall_status status = sw_net_loop_descriptor(loop, &descriptor);

    if (status != SEAWALL_OK)
        return status;
    thread->loop = loop;
    thread->platform = platform;
    sw_store_u32(&thread->stopping, 0);
    return sw_worker_start(&thread->worker, &settings, work, thread);
}

void sw_net_thread_stop(sw_net_thread *thread)
{
    if (!sw_net_thread_is_started(thread))
        return;
    sw_store_u32(&thread->stopping, 1);
    sw_net_loop_wake(thread->loop);
    sw_worker_join(&thread->worker);
}
