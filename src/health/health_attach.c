/* What is connected with checks. */
#include "health/health_attach.h"

#include "health/health_object.h"

#define NOTHING (-1) /* that was told */

void sw_health_attachment_drop(sw_health_attachment *attachment)
{
    if (attachment != NULL && sw_sub_u32(&attachment->references, 1) == 1)
        attachment->gone(attachment);
}

sw_health_attachment *sw_health_detach(sw_health_entry *entry)
{
    sw_health_attachment *attachment = entry->attachment;

    entry->attachment = NULL;
    return attachment;
}

void sw_health_join(sw_health_entry *entry, sw_health_attachment *attachment)
{
    attachment->told = NOTHING;
    entry->attachment = attachment;
    entry->health->unmet = true;
}

/* Under the lock, which it lets go for the call; the check may be gone afterwards. */
static void tell(seawall_health *health, sw_health_attachment *attachment, seawall_health_status to)
{
    health->meeting_thread = sw_port_thread_self();
    (void)sw_add_u32(&attachment->references, 1);
    health->meeting = attachment;
    sw_mutex_unlock(&health->lock);
    attachment->changed(attachment, to);
    attachment->told = to;
    sw_mutex_lock(&health->lock);
    health->meeting = NULL;
    sw_mutex_unlock(&health->lock);
    sw_health_attachment_drop(attachment);
    sw_mutex_lock(&health->lock);
}

sw_health_attachment *sw_health_left_behind(seawall_health *health)
{
    sw_health_attachment *attachment = health->meeting;

    if (attachment == NULL || health->meeting_thread == sw_port_thread_self()) /* who forks while he tells goes on in the child */
        return NULL;
    health->meeting = NULL;
    attachment->told = NOTHING; /* nobody knows how far it had come */
    return attachment;
}

/* By whoever tells. As checks come and go during a call, it is asked again until nobody had to be told. */
void sw_health_meet(seawall_health *health)
{
    size_t i;

    health->unmet = false;
    for (i = 0; i < health->entries.count; i++) {
        const sw_health_entry *entry = sw_health_entry_at(health, i);

        if (entry->attachment != NULL && entry->attachment->told != entry->state.status) {
            tell(health, entry->attachment, entry->state.status);
            health->unmet = true;
        }
    }
}

bool sw_health_attach(seawall_health *health, const char *name, sw_health_attachment *attachment)
{
    sw_health_attachment *over = NULL;
    sw_health_entry *entry;

    sw_health_enter(health);
    sw_mutex_lock(&health->lock);
    entry = sw_health_find(health, name);
    if (entry != NULL && entry->attachment != NULL && entry->attachment->same(entry->attachment, attachment)) {
        over = attachment;
    } else if (entry != NULL) {
        over = sw_health_detach(entry);
        sw_health_join(entry, attachment);
        entry->attached_by = 0;
    }
    sw_mutex_unlock(&health->lock);
    sw_health_attachment_drop(over);
    sw_health_tell(health);
    return entry != NULL;
}
