/* Network tests of the library's own: a check's run on the loop that all of them share. */
#include <string.h>

#include "base/error.h"
#include "health/health_config.h"
#include "health/health_object.h"
#include "health/net_loop.h"
#include "time/platform.h"

typedef struct sw_health_net {
    sw_net_check *check;
    sw_net_run run;
    sw_net_addresses addresses; /* of this run; whoever resolves has them to itself */
    sw_net_result why;          /* there are none */
    seawall_fault fault;
} sw_health_net;

static void done(sw_net_run *run, const sw_net_result *result, void *user)
{
    sw_health_entry *entry = user, *graves = NULL;
    seawall_health *health = entry->health;
    seawall_health_status status = result->fault == SEAWALL_FAULT_NONE      ? SEAWALL_HEALTH_PASS
                                   : result->fault == SEAWALL_FAULT_IGNORED ? SEAWALL_HEALTH_UNKNOWN
                                                                            : SEAWALL_HEALTH_FAIL;

    (void)run;
    sw_mutex_lock(&health->lock);
    sw_health_finish_run(entry, status, result->message, sw_health_now(health, sw_now(health->platform)), &graves);
    sw_mutex_unlock(&health->lock);
    sw_health_bury(graves);
    sw_health_tell(health);
}

seawall_status sw_health_net_need(seawall_health *health, seawall_error *error)
{
    sw_net_loop *made, *there;
    seawall_status status;

    sw_mutex_lock(&health->lock);
    there = health->loop;
    sw_mutex_unlock(&health->lock);
    if (there != NULL)
        return SEAWALL_OK;
    status = sw_net_loop_create(health->platform, &made, error);
    if (status != SEAWALL_OK)
        return status;
    sw_mutex_lock(&health->lock);
    if (health->loop == NULL) {
        health->loop = made;
        made = NULL;
    }
    sw_mutex_unlock(&health->lock);
    sw_net_loop_destroy(made); /* somebody was faster */
    return SEAWALL_OK;
}

seawall_status sw_health_net_create(sw_health_entry *entry, seawall_error *error)
{
    const seawall_platform *platform = entry->health->platform;
    const sw_net_settings settings = sw_health_net_settings(&entry->config);
    sw_health_net *net = sw_allocate(platform, sizeof(*net), _Alignof(sw_health_net));
    seawall_status status;

    if (net == NULL)
        return sw_error(error, SEAWALL_NO_MEMORY, "health_check", "health_check: no memory");
    status = sw_net_check_create(&settings, platform, &net->check, error);
    if (status == SEAWALL_OK)
        status = sw_health_net_need(entry->health, error);
    if (status != SEAWALL_OK) {
        sw_net_check_destroy(net->check);
        sw_release(platform, net, sizeof(*net));
        return status;
    }
    sw_net_run_init(&net->run, net->check, done, entry);
    entry->net = net;
    return SEAWALL_OK;
}

void sw_health_net_destroy(sw_health_entry *entry)
{
    if (entry->net == NULL)
        return;
    sw_net_check_destroy(entry->net->check);
    sw_release(entry->health->platform, entry->net, sizeof(*entry->net));
}

bool sw_health_net_needs_name(const sw_health_entry *entry)
{
    return sw_net_check_needs_name(entry->net->check);
}

const char *sw_health_net_target(const sw_health_entry *entry)
{
    return entry->net != NULL ? sw_net_check_target(entry->net->check) : NULL;
}

void sw_health_net_resolve(sw_health_entry *entry)
{
    sw_health_net *net = entry->net;

    net->fault = sw_net_resolve(net->check, &net->addresses, &net->why);
}

void sw_health_net_resolved(sw_health_entry *entry, seawall_time now, sw_health_entry **graves)
{
    sw_health_net *net = entry->net;

    if (net->fault == SEAWALL_FAULT_NONE && entry->listed && entry->state.phase == SW_HEALTH_RUNNING) {
        entry->at = SW_HEALTH_ON_NET;
        sw_net_loop_begin_at(entry->health->loop, &net->run, &net->addresses, now, entry->state.deadline);
        sw_health_reschedule(entry);
    } else {
        sw_health_finish_run(entry, SEAWALL_HEALTH_FAIL, net->fault != SEAWALL_FAULT_NONE ? net->why.message : "", now, graves);
    }
}

void sw_health_net_begin(sw_health_entry *entry, seawall_time now)
{
    sw_net_loop_begin_at(entry->health->loop, &entry->net->run, NULL, now, entry->state.deadline);
}

bool sw_health_net_cancel(sw_health_entry *entry)
{
    return sw_net_loop_cancel(entry->health->loop, &entry->net->run);
}

void sw_health_net_start(seawall_health *health)
{
    bool wanted;

    sw_mutex_lock(&health->lock);
    wanted = health->loop != NULL && health->driver == SW_HEALTH_TIMERS && !health->stopping &&
             !sw_net_thread_is_started(&health->net);
    sw_mutex_unlock(&health->lock);
    /* The driver alone starts it; if the system gives no thread now, it may with the next round. */
    if (wanted)
        (void)sw_net_thread_start(&health->net, health->loop, health->platform, health->config.stack_size);
}

void sw_health_net_stop(seawall_health *health)
{
    sw_net_thread_stop(&health->net);
}

/* Read under the lock; once there, it stays. */
static sw_net_loop *loop_of(seawall_health *health)
{
    sw_net_loop *loop;

    sw_mutex_lock(&health->lock);
    loop = health->loop;
    sw_mutex_unlock(&health->lock);
    return loop;
}

void sw_health_net_turn(seawall_health *health, seawall_time now)
{
    sw_net_loop *loop = loop_of(health);

    if (loop != NULL)
        sw_net_loop_turn_at(loop, now);
}

seawall_time sw_health_net_next(seawall_health *health)
{
    sw_net_loop *loop = loop_of(health);

    return loop != NULL ? sw_net_loop_next(loop) : SEAWALL_FOREVER;
}

seawall_status sw_health_net_descriptor(seawall_health *health, int32_t *descriptor)
{
    return sw_net_loop_descriptor(loop_of(health), descriptor);
}

void sw_health_net_ring(seawall_health *health)
{
    if (health->loop != NULL)
        sw_net_loop_wake(health->loop);
}

void sw_health_net_close(seawall_health *health)
{
    sw_net_loop_destroy(health->loop);
    health->loop = NULL;
}
