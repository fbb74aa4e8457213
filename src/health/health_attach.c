/* What is connected with checks. */
#include "health/health_attach.h"

#include "health/health_object.h"

void sw_health_attachment_drop(sw_health_attachment *attachment)
{
    if (attachment != NULL && sw_sub_u32(&attachment->references, 1) == 1)
        attachment->gone(attachment);
}

void sw_health_tell_attached(seawall_health *health, const char *name, seawall_health_status to)
{
    sw_health_entry *entry = sw_health_find(health, name);
    sw_health_attachment *attachment = entry != NULL ? entry->attachment : NULL;

    if (attachment == NULL)
        return;
    (void)sw_add_u32(&attachment->references, 1);
    sw_mutex_unlock(&health->lock);
    attachment->changed(attachment, to);
    sw_health_attachment_drop(attachment);
    sw_mutex_lock(&health->lock);
}

/* By whoever tells, so that it comes in order with the changes. */
void sw_health_meet(seawall_health *health)
{
    size_t i;

    health->unmet = false;
    for (i = 0; i < health->entries.count; i++) {
        sw_health_entry *entry = sw_health_entry_at(health, i);

        if (entry->attachment != NULL && !entry->attachment->met) {
            entry->attachment->met = true;
            sw_health_tell_attached(health, entry->name, entry->state.status);
        }
    }
}

bool sw_health_attach(seawall_health *health, const char *name, sw_health_attachment *attachment)
{
    sw_health_attachment *before = NULL;
    sw_health_entry *entry;

    sw_health_enter(health);
    sw_mutex_lock(&health->lock);
    entry = sw_health_find(health, name);
    if (entry != NULL) {
        before = entry->attachment;
        entry->attachment = attachment;
        health->unmet = true;
    }
    sw_mutex_unlock(&health->lock);
    sw_health_attachment_drop(before);
    sw_health_tell(health);
    return entry != NULL;
}
