/*
 * The threads that run functions: `workers` of them, and up to `max_stuck` more while others are held up. A function never
 * waits for another one, as long as there may be one more thread.
 */
#include "health/health_object.h"

#include "time/platform.h"

void sw_health_queue(sw_health_entry *entry)
{
    seawall_health *health = entry->health;

    entry->at = SW_HEALTH_WAITING;
    entry->next = NULL;
    if (health->last_waiting != NULL)
        health->last_waiting->next = entry;
    else
        health->first_waiting = entry;
    health->last_waiting = entry;
    health->waiting++;
}

void sw_health_unqueue(sw_health_entry *entry)
{
    seawall_health *health = entry->health;
    sw_health_entry *before = NULL, *one;

    for (one = health->first_waiting; one != entry; one = one->next)
        before = one;
    if (before != NULL)
        before->next = entry->next;
    else
        health->first_waiting = entry->next;
    if (health->last_waiting == entry)
        health->last_waiting = before;
    health->waiting--;
}

static void ring(seawall_health *health)
{
    (void)sw_add_u32(&health->bell, 1);
    health->platform->wake(sw_health_word(&health->bell), health->platform->clock_user);
}

/* Under the lock, which it lets go meanwhile. */
static void serve(sw_health_worker *worker, sw_health_entry *entry)
{
    seawall_health *health = worker->health;
    sw_health_entry *graves = NULL;
    seawall_health_status status = SEAWALL_HEALTH_UNKNOWN;
    uint32_t process = sw_port_fork_generation();
    seawall_time now;

    sw_health_unqueue(entry);
    entry->at = SW_HEALTH_ON_THREAD;
    entry->thread = sw_port_thread_self();
    worker->entry = entry;
    sw_mutex_unlock(&health->lock);
    if (entry->net != NULL)
        sw_health_net_resolve(entry);
    else
        status = entry->binding.function(&entry->run, entry->binding.user);
    if (!sw_health_take_back(health, process))
        return;
    now = sw_health_now(health, sw_now(health->platform));
    worker->entry = NULL;
    if (entry->net != NULL)
        sw_health_net_resolved(entry, now, &graves);
    else
        sw_health_returned(entry, status, now, &graves);
    sw_mutex_unlock(&health->lock);
    sw_health_bury(graves);
    sw_health_ring_ended(health);
    sw_health_tell(health);
    sw_mutex_lock(&health->lock);
}

/* The bell is looked at under the lock: what is queued from then on rings after that. */
static void rest(seawall_health *health)
{
    uint32_t ticket = sw_load_u32(&health->bell);

    health->idle++;
    sw_mutex_unlock(&health->lock);
    health->platform->park(sw_health_word(&health->bell), ticket, SEAWALL_FOREVER, health->platform->clock_user);
    sw_mutex_lock(&health->lock);
    health->idle--;
}

static void work(void *user)
{
    sw_health_worker *worker = user;
    seawall_health *health = worker->health;
    uint32_t process = sw_port_fork_generation(); /* a function may fork, and return in the child, too */

    sw_mutex_lock(&health->lock);
    health->starting--;
    worker->self = sw_port_thread_self();
    while (!health->stopping && !worker->leaving && sw_port_fork_generation() == process) {
        if (health->first_waiting != NULL)
            serve(worker, health->first_waiting);
        else if (health->idle < health->config.workers)
            rest(health);
        else
            break; /* it was one of the further ones, and nobody is held up any more */
    }
    if (sw_port_fork_generation() == process) { /* else this is no worker of the child's set */
        worker->self = 0;
        health->threads -= !worker->leaving;
    }
    sw_mutex_unlock(&health->lock);
}

/* The very last that a thread does that was left alone. */
static void let_go(void *user)
{
    sw_health_worker *worker = user;
    seawall_health *health = worker->health;

    sw_mutex_lock(&health->lock);
    worker->used = worker->leaving = false;
    health->threads--;
    sw_mutex_unlock(&health->lock);
    sw_health_let_go(health);
}

/* A place for a thread, those of threads that have ended included. Under the lock. */
static sw_health_worker *free_place(seawall_health *health)
{
    int32_t i;

    for (i = 0; i < health->config.workers + health->config.max_stuck; i++) {
        sw_health_worker *worker = &health->workers[i];

        if (worker->used && !worker->leaving && sw_worker_has_ended(&worker->thread)) {
            sw_worker_join(&worker->thread);
            worker->used = false;
        }
        if (!worker->used)
            return worker;
    }
    return NULL;
}

static bool start_one(seawall_health *health, sw_health_worker *worker)
{
    const sw_worker_settings settings = {.name = "seawall-health", .stack_size = health->config.stack_size};

    return sw_worker_start(&worker->thread, &settings, work, worker) == SEAWALL_OK;
}

void sw_health_staff(seawall_health *health)
{
    sw_health_worker *worker;
    bool wanted;

    sw_mutex_lock(&health->lock);
    wanted = health->driver == SW_HEALTH_TIMERS && health->waiting > 0;
    while (wanted && health->waiting > health->idle + health->starting && (worker = free_place(health)) != NULL) {
        worker->health = health;
        worker->used = true;
        health->threads++;
        health->starting++;
        sw_mutex_unlock(&health->lock);
        if (start_one(health, worker)) {
            sw_mutex_lock(&health->lock);
            continue;
        }
        sw_mutex_lock(&health->lock);
        worker->used = false;
        health->threads--;
        health->starting--;
        break;
    }
    sw_mutex_unlock(&health->lock);
    if (wanted)
        ring(health);
}

/* Runs that nobody has begun never were. Under the lock. */
static void withdraw(seawall_health *health, sw_health_entry **graves)
{
    while (health->first_waiting != NULL) {
        sw_health_entry *entry = health->first_waiting;

        sw_health_unqueue(entry);
        entry->at = SW_HEALTH_NOWHERE;
        entry->state.phase = SW_HEALTH_IDLE; /* idle or running are counted alike */
        entry->state.due = entry->state.began;
        sw_health_reschedule(entry);
        sw_health_drop(entry, graves);
    }
}

/* Waits until the thread is out of its function, or that function's time is over. Under the lock. */
static bool is_held_up(sw_health_worker *worker)
{
    seawall_health *health = worker->health;

    while (worker->entry != NULL && sw_now(health->platform) < worker->entry->run.deadline) {
        uint32_t ticket = sw_load_u32(&health->ended);
        seawall_time deadline = worker->entry->run.deadline;

        sw_mutex_unlock(&health->lock);
        health->platform->park(sw_health_word(&health->ended), ticket, deadline, health->platform->clock_user);
        sw_mutex_lock(&health->lock);
    }
    return worker->entry != NULL;
}

void sw_health_dismiss(seawall_health *health)
{
    sw_health_entry *graves = NULL;
    int32_t i;

    sw_mutex_lock(&health->lock);
    withdraw(health, &graves);
    sw_mutex_unlock(&health->lock);
    sw_health_bury(graves);
    ring(health);
    for (i = 0; i < health->config.workers + health->config.max_stuck; i++) {
        sw_health_worker *worker = &health->workers[i];
        bool ours, held;

        sw_mutex_lock(&health->lock);
        ours = worker->used && !worker->leaving;
        held = ours && is_held_up(worker);
        if (held) {
            worker->leaving = true;
            (void)sw_add_u32(&health->references, 1);
        }
        sw_mutex_unlock(&health->lock);
        if (held && sw_worker_abandon(&worker->thread, let_go, worker)) {
            let_go(worker); /* it has come back meanwhile */
        } else if (ours && !held) {
            sw_worker_join(&worker->thread);
            worker->used = false;
        }
    }
}
