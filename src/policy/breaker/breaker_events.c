/*
 * Telling listeners of transitions: in order, one at a time, under no lock.
 *
 * Whoever makes a transition draws a ticket afterwards. The first ticket makes its holder deliver, until no ticket is
 * left; everybody else leaves his to him. A transition made by a listener only adds a ticket, so nothing recurses.
 */
#include "policy/breaker/breaker_state.h"

#define TICKET_MASK UINT64_C(0xffffffff)

/* The following three under the lock. */
static bool is_taken(seawall_breaker *breaker, int32_t place)
{
    return (sw_load_acquire_u32(&breaker->listening) >> place & 1u) != 0;
}

static void set_taken(seawall_breaker *breaker, int32_t place, bool taken)
{
    uint32_t others = sw_load_acquire_u32(&breaker->listening) & ~(UINT32_C(1) << place);

    sw_store_release_u32(&breaker->listening, others | (uint32_t)taken << place);
}

int32_t sw_breaker_place_of(seawall_breaker *breaker, seawall_breaker_listener_fn listener, const void *user)
{
    int32_t place;

    for (place = 0; place < SEAWALL_BREAKER_LISTENERS_MAX; place++) {
        const sw_breaker_listener *there = &breaker->guarded.listener[place];
        bool taken = is_taken(breaker, place);

        if (listener == NULL ? !taken : taken && there->call == listener && there->user == user)
            return place;
    }
    return -1;
}

/* Calls one listener, unless it is gone or came after the transition. */
static void tell(seawall_breaker *breaker, int32_t place, const seawall_breaker_transition *transition)
{
    sw_breaker_listener listener;
    bool told, awaited;

    sw_mutex_lock(&breaker->lock);
    listener = breaker->guarded.listener[place];
    told = is_taken(breaker, place) && listener.after < transition->sequence;
    if (told) {
        breaker->guarded.running = place;
        breaker->guarded.thread = sw_port_thread_self();
        breaker->guarded.process = sw_port_fork_generation();
    }
    sw_mutex_unlock(&breaker->lock);
    if (!told)
        return;
    listener.call(transition, listener.user);
    sw_mutex_lock(&breaker->lock);
    breaker->guarded.running = -1;
    awaited = breaker->guarded.waiting > 0;
    (void)sw_add_u32(&breaker->returned, 1);
    sw_mutex_unlock(&breaker->lock);
    if (awaited)
        breaker->platform->wake((const uint32_t *)(const void *)&breaker->returned, breaker->platform->clock_user);
}

/* The number of the last transition made: the low bits stand in the word, the others cannot be far off. */
static uint64_t last_sequence(seawall_breaker *breaker)
{
    uint64_t delivered = sw_load_u64(&breaker->delivered);

    return delivered + ((sw_breaker_epoch_of(sw_load_u64(&breaker->word)) - delivered) & SW_EPOCH_MASK);
}

/* The next to be told: what lies so far back that its place in the history is another's is passed over. */
static uint64_t next_sequence(seawall_breaker *breaker)
{
    uint64_t last = last_sequence(breaker);
    uint64_t next = sw_load_u64(&breaker->delivered) + 1;

    return next + SW_BREAKER_HISTORY > last ? next : last + 1 - SW_BREAKER_HISTORY;
}

/* The transition of this number; that of a parent, which never comes, is over. */
static sw_breaker_found recall(seawall_breaker *breaker, seawall_breaker_transition *transition)
{
    uint64_t epoch = transition->sequence & SW_EPOCH_MASK;
    sw_breaker_found found = sw_breaker_recall(&breaker->history[epoch % SW_BREAKER_HISTORY], epoch, transition);

    if (found != SW_NOT_YET || transition->sequence > last_sequence(breaker))
        return found;
    return sw_breaker_is_lost(breaker, epoch) ? SW_NO_LONGER : SW_NOT_YET;
}

/* All that is written down without a gap. What is overwritten while it is looked for is passed over. */
static void deliver(seawall_breaker *breaker)
{
    for (;;) {
        seawall_breaker_transition transition = {.sequence = next_sequence(breaker)};
        sw_breaker_found found = recall(breaker, &transition);
        int32_t place;

        if (found == SW_NOT_YET)
            return;
        sw_store_u64(&breaker->delivered, transition.sequence);
        for (place = 0; found == SW_FOUND && place < SEAWALL_BREAKER_LISTENERS_MAX; place++)
            tell(breaker, place, &transition);
    }
}

void sw_breaker_leave(const sw_breaker_visit *visit)
{
    seawall_breaker *breaker = visit->breaker;
    /* Tickets of the parent's threads are worth nothing in the child of a fork. */
    uint64_t process = (uint64_t)sw_port_fork_generation() << 32;
    uint64_t tickets, drawn;

    if (!visit->moved)
        return;
    tickets = sw_load_u64(&breaker->tickets);
    do {
        drawn = (tickets & ~TICKET_MASK) == process ? tickets + 1 : process + 1;
    } while (!sw_cas_u64(&breaker->tickets, &tickets, drawn));
    if ((drawn & TICKET_MASK) != 1)
        return;
    /* A listener may destroy the breaker. */
    sw_breaker_retain(breaker);
    do {
        deliver(breaker);
    } while (!sw_cas_u64(&breaker->tickets, &drawn, process));
    seawall_breaker_destroy(breaker);
}

bool seawall_breaker_next_transition(seawall_breaker *breaker, uint64_t after, seawall_breaker_transition *transition)
{
    uint64_t last, sequence;

    if (breaker == NULL || transition == NULL)
        return false;
    last = last_sequence(breaker);
    if (after >= last)
        return false;
    sequence = last - after > SW_BREAKER_HISTORY ? last + 1 - SW_BREAKER_HISTORY : after + 1;
    for (; sequence <= last; sequence++) {
        seawall_breaker_transition there = {.sequence = sequence};
        sw_breaker_found found = recall(breaker, &there);

        if (found == SW_FOUND) {
            *transition = there;
            return true;
        }
        /* It is just being written down; what comes after it must wait. */
        if (found == SW_NOT_YET)
            return false;
    }
    return false;
}

seawall_status seawall_breaker_add_listener(seawall_breaker *breaker, seawall_breaker_listener_fn listener, void *user)
{
    int32_t place;

    if (breaker == NULL || listener == NULL)
        return SEAWALL_INVALID;
    sw_mutex_lock(&breaker->lock);
    place = sw_breaker_place_of(breaker, NULL, NULL);
    if (place >= 0) {
        breaker->guarded.listener[place] = (sw_breaker_listener){listener, user, last_sequence(breaker)};
        breaker->guarded.holders &= ~(UINT32_C(1) << place); /* he who was there before may have left it */
        set_taken(breaker, place, true);
    }
    sw_mutex_unlock(&breaker->lock);
    return place >= 0 ? SEAWALL_OK : SEAWALL_FULL;
}

/* Whether the callback in `place` runs on another thread; one that stayed behind in the parent of a fork never returns. */
static bool runs_elsewhere(const seawall_breaker *breaker, int32_t place)
{
    return breaker->guarded.running == place && breaker->guarded.process == sw_port_fork_generation() &&
           breaker->guarded.thread != sw_port_thread_self();
}

seawall_status seawall_breaker_remove_listener(seawall_breaker *breaker, seawall_breaker_listener_fn listener, void *user)
{
    uint32_t returned;
    int32_t place;

    if (breaker == NULL || listener == NULL)
        return SEAWALL_INVALID;
    sw_mutex_lock(&breaker->lock);
    place = sw_breaker_place_of(breaker, listener, user);
    returned = sw_load_u32(&breaker->returned);
    if (place < 0) {
        sw_mutex_unlock(&breaker->lock);
        return SEAWALL_INVALID;
    }
    set_taken(breaker, place, false);
    breaker->guarded.waiting++;
    while (runs_elsewhere(breaker, place) && sw_load_u32(&breaker->returned) == returned) {
        sw_mutex_unlock(&breaker->lock);
        breaker->platform->park((const uint32_t *)(const void *)&breaker->returned, returned, SEAWALL_FOREVER,
                                breaker->platform->clock_user);
        sw_mutex_lock(&breaker->lock);
    }
    breaker->guarded.waiting--;
    sw_mutex_unlock(&breaker->lock);
    return SEAWALL_OK;
}
