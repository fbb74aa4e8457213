/* Starting and joining a thread of the library's own. */
#include "sync/worker.h"

#include <string.h>

#include "port/port.h"

static void *run(void *arg)
{
    sw_worker *worker = arg;
    uint32_t process = sw_port_fork_generation();

    sw_port_name_thread(worker->name);
    sw_port_open_signals(worker->settings.signals);
    worker->work(worker->user);
    if (process != sw_port_fork_generation()) /* the work has forked, and this is the child */
        return NULL;
    if (sw_exchange_u32(&worker->ended, SW_WORKER_ENDED) == SW_WORKER_ABANDONED)
        worker->last(worker->last_user);
    return NULL;
}

/* 0, or what pthread_create says. */
static int create_thread(sw_worker *worker)
{
    pthread_attr_t attributes;
    sw_signals before;
    int trouble = pthread_attr_init(&attributes);

    if (trouble != 0)
        return trouble;
    trouble = pthread_attr_setstacksize(&attributes, (size_t)worker->settings.stack_size);
    if (trouble == 0) {
        sw_port_block_signals(&before);
        trouble = pthread_create(&worker->thread, &attributes, run, worker);
        sw_port_restore_signals(&before);
    }
    (void)pthread_attr_destroy(&attributes);
    return trouble;
}

seawall_status sw_worker_start(sw_worker *worker, const sw_worker_settings *settings, sw_worker_fn work, void *user)
{
    worker->settings = *settings;
    worker->work = work;
    worker->user = user;
    memset(worker->name, 0, sizeof(worker->name));
    strncpy(worker->name, settings->name, sizeof(worker->name) - 1);
    worker->settings.name = worker->name;
    worker->process = sw_port_fork_generation();
    sw_store_relaxed_u32(&worker->ended, 0);
    if (create_thread(worker) == 0)
        return SEAWALL_OK;
    worker->process = 0;
    return SEAWALL_NO_RESOURCES;
}

void sw_worker_join(sw_worker *worker)
{
    if (!sw_worker_is_started(worker))
        return;
    if (worker->process == sw_port_fork_generation())
        (void)pthread_join(worker->thread, NULL);
    worker->process = 0;
}

bool sw_worker_abandon(sw_worker *worker, sw_worker_fn last, void *user)
{
    worker->last = last;
    worker->last_user = user;
    (void)pthread_detach(worker->thread);
    return sw_exchange_u32(&worker->ended, SW_WORKER_ABANDONED) == SW_WORKER_ENDED;
}
