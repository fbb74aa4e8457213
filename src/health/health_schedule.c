/* What is due: runs begin, runs end, time runs out. */
#include <string.h>

#include "health/health_attach.h"
#include "health/health_object.h"
#include "time/platform.h"

static void copy_message(char to[SEAWALL_HEALTH_MESSAGE_SIZE], const char *message)
{
    to[0] = '\0';
    (void)strncat(to, message, SEAWALL_HEALTH_MESSAGE_SIZE - 1);
}

static void keep_message(sw_health_entry *entry, const char *message)
{
    copy_message(entry->message, message);
}

/* A test that the loop ends by itself has no time here. */
seawall_time sw_health_next_of(const sw_health_entry *entry)
{
    if (entry->at == SW_HEALTH_ON_NET)
        return SEAWALL_FOREVER;
    return sw_health_next(&entry->state);
}

void sw_health_reschedule(sw_health_entry *entry)
{
    if (!entry->listed)
        return;
    sw_health_heap_move(&entry->health->heap, &entry->place, sw_health_next_of(entry));
    sw_health_wake_driver(entry->health, entry->place.at);
}

void sw_health_regrade(seawall_health *health, const char *message, seawall_time now)
{
    /* What comes of another one after it. */
    static const seawall_health_endpoint order[] = {SEAWALL_HEALTH_STARTUP, SEAWALL_HEALTH_LIVE, SEAWALL_HEALTH_READY,
                                                    SEAWALL_HEALTH_WHOLE};
    size_t place;

    for (place = 0; place < sizeof(order) / sizeof(order[0]); place++) {
        seawall_health_endpoint i = order[place];
        seawall_health_status before = health->grades[i], grade = sw_health_grade(&health->sum, i);

        if (grade == before)
            continue;
        health->grades[i] = grade;
        health->grade_since[i] = now;
        if (i != SEAWALL_HEALTH_WHOLE)
            sw_health_note(health, NULL, i, before, grade, message, now);
    }
    if (sw_health_ends_start(&health->sum)) /* a round is to find that; nobody else may have a reason for one */
        sw_health_wake_driver(health, now);
}

/* Between the two the check may be changed in every way that counts. */
static void count_out(sw_health_entry *entry)
{
    if (entry->listed)
        sw_health_count(entry->health->sum.tallies, &entry->state, &entry->rules, -1);
}

void sw_health_changed(sw_health_entry *entry, bool verdict, seawall_health_status before, seawall_time now)
{
    seawall_health *health = entry->health;

    if (!entry->listed)
        return;
    sw_health_count(health->sum.tallies, &entry->state, &entry->rules, 1);
    if (verdict) {
        health->unmet = true;
        sw_health_note(health, entry, -1, before, entry->state.status, entry->message, now);
    }
    sw_health_regrade(health, entry->message, now);
    sw_health_reschedule(entry);
}

/* A run begins: a reference, a ticket. */
static void start_run(sw_health_entry *entry, sw_health_at at, seawall_time now)
{
    seawall_health *health = entry->health;

    sw_health_begin(&entry->state, &entry->rules, health->platform->random(health->platform->random_user), now);
    entry->at = at;
    entry->thread = sw_port_thread_self();
    entry->references++;
    entry->run.ticket = ++health->tickets;
    entry->run.deadline = entry->state.deadline;
    entry->run.message[0] = '\0';
    entry->early = SW_HEALTH_NOT_REPORTED;
    entry->again = false;
}

/* The loop knows better what came in time: what has come counts, though nobody may have had the time to hear it. */
static bool ends_late(const sw_health_entry *entry, seawall_time now)
{
    return entry->at != SW_HEALTH_ON_NET && sw_health_is_late(&entry->state, now);
}

void sw_health_finish_run(sw_health_entry *entry, seawall_health_status status, const char *message, seawall_time now,
                          sw_health_entry **graves)
{
    seawall_health_status before = entry->state.status;
    bool stuck = entry->state.phase == SW_HEALTH_STUCK, late = ends_late(entry, now), verdict;

    count_out(entry);
    verdict = sw_health_end(&entry->state, &entry->rules, late ? SEAWALL_HEALTH_FAIL : status, now);
    if (entry->again)
        entry->state.due = now;
    if (!stuck)
        keep_message(entry, late ? "timed out: it ended too late" : message);
    entry->at = SW_HEALTH_NOWHERE;
    sw_health_changed(entry, verdict, before, now);
    sw_health_drop(entry, graves);
    if (!entry->listed)
        sw_health_ring_ended(entry->health);
}

static bool is_status(seawall_health_status status)
{
    return status >= SEAWALL_HEALTH_UNKNOWN && status <= SEAWALL_HEALTH_FAIL;
}

void sw_health_returned(sw_health_entry *entry, seawall_health_status status, seawall_time now, sw_health_entry **graves)
{
    entry->run.message[sizeof(entry->run.message) - 1] = '\0';
    if (status == SEAWALL_HEALTH_LATER && entry->early != SW_HEALTH_NOT_REPORTED) {
        sw_health_finish_run(entry, entry->early, entry->early_message, now, graves);
        return;
    }
    if (status == SEAWALL_HEALTH_LATER && entry->state.phase == SW_HEALTH_RUNNING && !ends_late(entry, now) && entry->listed) {
        entry->at = SW_HEALTH_ABROAD;
        return;
    }
    if (!is_status(status))
        sw_health_finish_run(entry, SEAWALL_HEALTH_FAIL, "the function returned no status that there is", now, graves);
    else
        sw_health_finish_run(entry, status, entry->run.message, now, graves);
}

/* A run's time is over. What holds a thread is stuck; anything else has never begun, or is given up. */
static void expire(sw_health_entry *entry, seawall_time now, sw_health_entry **graves)
{
    seawall_health_status before = entry->state.status;
    bool holds = entry->at == SW_HEALTH_ON_THREAD, verdict;
    sw_health_at at = entry->at;

    count_out(entry);
    verdict = sw_health_expire(&entry->state, &entry->rules, holds, now);
    if (at == SW_HEALTH_WAITING)
        sw_health_unqueue(entry);
    keep_message(entry, at == SW_HEALTH_WAITING  ? "no worker"
                        : at == SW_HEALTH_ABROAD ? "timed out: nothing was reported"
                                                 : "timed out: it is stuck");
    if (!holds)
        entry->at = SW_HEALTH_NOWHERE;
    sw_health_changed(entry, verdict, before, now);
    if (!holds)
        sw_health_drop(entry, graves);
}

/* Whether it was fed since the last look, or at least not so long ago. */
static void look_at_heartbeat(sw_health_entry *entry, seawall_time now, sw_health_entry **graves)
{
    bool fed = sw_exchange_u32(&entry->binding.heartbeat->fed, 0) != 0;

    if (fed)
        entry->fed = now;
    if (seawall_time_until(now, entry->fed) < entry->config.max_silence)
        sw_health_finish_run(entry, SEAWALL_HEALTH_PASS, "", now, graves);
    else
        sw_health_finish_run(entry, SEAWALL_HEALTH_FAIL, "it was not fed in time", now, graves);
}

bool sw_health_take_back(seawall_health *health, uint32_t process)
{
    sw_health_enter(health);
    sw_mutex_lock(&health->lock);
    return sw_port_fork_generation() == process;
}

/* Calls its function on this thread; the lock is let go meanwhile. */
static void call(sw_health_entry *entry, sw_health_entry **graves)
{
    seawall_health *health = entry->health;
    uint32_t process = sw_port_fork_generation();
    seawall_health_status status;

    sw_mutex_unlock(&health->lock);
    status = entry->binding.function(&entry->run, entry->binding.user);
    if (sw_health_take_back(health, process))
        sw_health_returned(entry, status, sw_health_now(health, sw_now(health->platform)), graves);
}

static void resolve(sw_health_entry *entry, sw_health_entry **graves)
{
    seawall_health *health = entry->health;

    sw_mutex_unlock(&health->lock);
    sw_health_net_resolve(entry);
    sw_mutex_lock(&health->lock);
    sw_health_net_resolved(entry, sw_health_now(health, sw_now(health->platform)), graves);
}

/* Begins the run of a check that is idle and due. */
static void run(sw_health_entry *entry, seawall_time now, bool inline_functions, sw_health_entry **graves)
{
    seawall_health *health = entry->health;
    bool network = entry->net != NULL, named = network && sw_health_net_needs_name(entry);

    if (network && !named) {
        start_run(entry, SW_HEALTH_ON_NET, now);
        sw_health_net_begin(entry, now);
        sw_health_reschedule(entry);
        return;
    }
    now = sw_health_now(health, sw_now(health->platform)); /* its end is read from there, and the round may be old by now */
    start_run(entry, SW_HEALTH_ON_THREAD, now);
    if (entry->config.check == SEAWALL_HEALTH_HEARTBEAT) {
        look_at_heartbeat(entry, now, graves);
        return;
    }
    sw_health_reschedule(entry);
    if (entry->config.check != SEAWALL_HEALTH_SOURCE && !inline_functions)
        sw_health_queue(entry);
    else if (named)
        resolve(entry, graves);
    else
        call(entry, graves);
}

/* One entry whose time has come. Under the lock, which it may let go. */
static void serve(sw_health_entry *entry, seawall_time now, bool inline_functions, sw_health_entry **graves)
{
    seawall_health *health = entry->health;

    now = sw_health_now(health, now); /* which others of the round may have taken */
    if (entry->state.phase != SW_HEALTH_IDLE) {
        expire(entry, now, graves);
    } else if (sw_health_rests(&health->sum, &entry->rules)) {
        entry->state.due = SEAWALL_FOREVER;
        sw_health_reschedule(entry);
    } else {
        run(entry, now, inline_functions, graves);
    }
}

/* The next one that is due; NULL: none is. What is never due is not, whatever time it is. */
static sw_health_entry *due_by(const seawall_health *health, seawall_time now)
{
    seawall_time at = health->heap.count > 0 ? health->heap.places[0]->at : SEAWALL_FOREVER;

    return at <= now && at != SEAWALL_FOREVER ? (sw_health_entry *)(void *)health->heap.places[0] : NULL;
}

/* Each at most once: who is due again at once waits for the next round. */
void sw_health_round(seawall_health *health, seawall_time now, bool inline_functions)
{
    sw_health_entry *graves = NULL, *entry;
    uint32_t process = sw_port_fork_generation(); /* a function may fork: the child's round is another one */
    size_t most;

    sw_mutex_lock(&health->lock);
    now = sw_health_now(health, now);
    health->sleeps_until = SW_HEALTH_AWAKE;
    for (most = 2 * health->entries.count; most > 0 && (entry = due_by(health, now)) != NULL; most--) {
        serve(entry, now, inline_functions, &graves);
        if (sw_port_fork_generation() != process)
            break;
    }
    sw_health_settle(&health->sum);
    sw_health_regrade(health, "", sw_health_now(health, now));
    sw_mutex_unlock(&health->lock);
    sw_health_bury(graves);
    sw_health_staff(health);
    sw_health_tell(health);
}

/* Whether it may have looked before something changed that it looks at; what its own look has changed it has seen. */
static bool reads_on(const sw_health_entry *entry)
{
    return entry->config.check == SEAWALL_HEALTH_SOURCE && entry->thread != sw_port_thread_self();
}

static seawall_status make_due(seawall_health *health, const char *name, bool again)
{
    seawall_status status = SEAWALL_INVALID;
    sw_health_entry *entry;

    sw_health_enter(health);
    sw_mutex_lock(&health->lock);
    entry = sw_health_find(health, name);
    if (entry != NULL && entry->bound && entry->state.phase == SW_HEALTH_IDLE) {
        status = SEAWALL_OK;
        entry->state.due = sw_health_now(health, sw_now(health->platform));
        sw_health_reschedule(entry);
    } else if (entry != NULL && entry->bound) {
        status = SEAWALL_BUSY;
        entry->again |= again && reads_on(entry);
    }
    sw_mutex_unlock(&health->lock);
    return status;
}

seawall_status seawall_health_check_now(seawall_health *health, const char *name)
{
    return health != NULL && name != NULL ? make_due(health, name, false) : SEAWALL_INVALID;
}

void sw_health_look_again(seawall_health *health, const char *name)
{
    (void)make_due(health, name, true);
}

/* The run that may still be reported: its function has returned, or is about to, as others may be quicker than it. */
static sw_health_entry *with_ticket(const seawall_health *health, uint64_t ticket)
{
    size_t i;

    for (i = 0; i < health->entries.count; i++) {
        sw_health_entry *entry = sw_health_entry_at(health, i);
        bool called = entry->at == SW_HEALTH_ON_THREAD && entry->state.phase == SW_HEALTH_RUNNING;
        bool early = called && entry->binding.function != NULL;

        if (entry->run.ticket == ticket && (entry->at == SW_HEALTH_ABROAD || (early && entry->early == SW_HEALTH_NOT_REPORTED)))
            return entry;
    }
    return NULL;
}

/* Under the lock. False: its time is over. */
static bool take_report(sw_health_entry *entry, seawall_health_status status, const char *message, sw_health_entry **graves)
{
    seawall_time now = sw_health_now(entry->health, sw_now(entry->health->platform));
    bool late = ends_late(entry, now);

    if (entry->at == SW_HEALTH_ABROAD) {
        sw_health_finish_run(entry, status, message, now, graves);
    } else if (!late) { /* else the function will find out */
        entry->early = status;
        copy_message(entry->early_message, message);
    }
    return !late;
}

seawall_status seawall_health_report(seawall_health *health, uint64_t ticket, seawall_health_status status, const char *message)
{
    sw_health_entry *graves = NULL, *entry;
    bool in_time;

    if (health == NULL || !is_status(status))
        return SEAWALL_INVALID;
    sw_health_enter(health);
    sw_mutex_lock(&health->lock);
    entry = with_ticket(health, ticket);
    in_time = entry != NULL && take_report(entry, status, message != NULL ? message : "", &graves);
    sw_mutex_unlock(&health->lock);
    sw_health_bury(graves);
    sw_health_tell(health);
    return in_time ? SEAWALL_OK : SEAWALL_STALE;
}

seawall_status seawall_health_drain(seawall_health *health)
{
    if (health == NULL)
        return SEAWALL_INVALID;
    sw_health_enter(health);
    sw_mutex_lock(&health->lock);
    health->sum.draining = true;
    sw_health_regrade(health, "draining", sw_health_now(health, sw_now(health->platform)));
    sw_mutex_unlock(&health->lock);
    sw_health_tell(health);
    return SEAWALL_OK;
}
