/* Changes: written down in order, told one at a time under no lock, kept for those who ask. */
#include <string.h>

#include "base/field.h"
#include "health/health_object.h"

void sw_health_note(seawall_health *health, const sw_health_entry *entry, seawall_health_endpoint endpoint,
                    seawall_health_status from, seawall_health_status to, const char *message, seawall_time now)
{
    uint64_t sequence = health->sequence + 1;
    seawall_health_event *event = &health->events[sequence % (SW_HEALTH_EVENTS + 1)];

    *event = (seawall_health_event){.size = sizeof(*event), .endpoint = endpoint, .sequence = sequence, .now = now, .from = from,
                                    .to = to};
    if (entry != NULL)
        memcpy(event->name, entry->name, sizeof(event->name));
    (void)strncat(event->message, message, sizeof(event->message) - 1);
    sw_order_stores();
    health->sequence = sequence;
}

/* The first one after `after` that is still there; NULL: there is none. */
static const seawall_health_event *first_after(const seawall_health *health, uint64_t after)
{
    if (after >= health->sequence)
        return NULL;
    if (health->sequence - after > SW_HEALTH_EVENTS)
        after = health->sequence - SW_HEALTH_EVENTS;
    return &health->events[(after + 1) % (SW_HEALTH_EVENTS + 1)];
}

/* Under the lock, which it lets go for the call. */
static void tell(seawall_health *health, int32_t place, const seawall_health_event *event)
{
    sw_health_listener listener = health->listeners[place];

    if (listener.call == NULL || listener.after >= event->sequence)
        return;
    health->listening = place;
    health->listener_thread = sw_port_thread_self();
    sw_mutex_unlock(&health->lock);
    listener.call(event, listener.user);
    sw_mutex_lock(&health->lock);
    health->listening = -1;
    sw_health_ring_ended(health);
}

void sw_health_tell(seawall_health *health)
{
    const seawall_health_event *next = NULL;
    int32_t place;

    sw_mutex_lock(&health->lock);
    if (health->telling) { /* whoever does goes on until nothing is left */
        sw_mutex_unlock(&health->lock);
        return;
    }
    health->telling = true;
    while (health->unmet || (next = first_after(health, health->told)) != NULL) {
        seawall_health_event event;

        if (health->unmet) {
            sw_health_meet(health);
            continue;
        }
        event = *next;
        health->told = event.sequence;
        for (place = 0; place < SEAWALL_HEALTH_LISTENERS_MAX; place++)
            tell(health, place, &event);
    }
    health->telling = false;
    sw_mutex_unlock(&health->lock);
}

static int32_t place_of(const seawall_health *health, seawall_health_listener_fn listener, const void *user)
{
    int32_t place;

    for (place = 0; place < SEAWALL_HEALTH_LISTENERS_MAX; place++) {
        const sw_health_listener *there = &health->listeners[place];

        if (there->call == listener && (listener == NULL || there->user == user))
            return place;
    }
    return -1;
}

seawall_status seawall_health_add_listener(seawall_health *health, seawall_health_listener_fn listener, void *user)
{
    int32_t place;

    if (health == NULL || listener == NULL)
        return SEAWALL_INVALID;
    sw_health_enter(health);
    sw_mutex_lock(&health->lock);
    place = place_of(health, NULL, NULL);
    if (place >= 0) {
        health->listeners[place].user = user;
        health->listeners[place].after = health->sequence;
        sw_order_stores(); /* a child that is forked now has all of it, or nothing */
        health->listeners[place].call = listener;
    }
    sw_mutex_unlock(&health->lock);
    return place >= 0 ? SEAWALL_OK : SEAWALL_FULL;
}

seawall_status seawall_health_remove_listener(seawall_health *health, seawall_health_listener_fn listener, void *user)
{
    int32_t place;

    if (health == NULL || listener == NULL)
        return SEAWALL_INVALID;
    sw_health_enter(health);
    sw_mutex_lock(&health->lock);
    place = place_of(health, listener, user);
    if (place >= 0)
        health->listeners[place].call = NULL;
    while (place >= 0 && health->listening == place && health->listener_thread != sw_port_thread_self()) {
        uint32_t ticket = sw_load_u32(&health->ended);

        sw_mutex_unlock(&health->lock);
        health->platform->park(sw_health_word(&health->ended), ticket, SEAWALL_FOREVER, health->platform->clock_user);
        sw_mutex_lock(&health->lock);
    }
    sw_mutex_unlock(&health->lock);
    return place >= 0 ? SEAWALL_OK : SEAWALL_INVALID;
}

seawall_status seawall_health_next_event(seawall_health *health, uint64_t after, seawall_health_event *event)
{
    const seawall_health_event *next;
    seawall_health_event full;

    if (health == NULL || event == NULL)
        return SEAWALL_INVALID;
    sw_health_enter(health);
    sw_mutex_lock(&health->lock);
    next = first_after(health, after);
    if (next != NULL)
        full = *next;
    sw_mutex_unlock(&health->lock);
    return next != NULL ? sw_struct_give(&full, sizeof(full), sizeof(full), event) : SEAWALL_STALE;
}
