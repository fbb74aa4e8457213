/* What is connected with checks. */
#include "health/health_attach.h"

#include "health/health_object.h"

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

/* Under the lock, which it lets go for the call; the check may be gone afterwards. */
static void tell(seawall_health *health, sw_health_attachment *attachment, seawall_health_status to)
{
    (void)sw_add_u32(&attachment->references, 1);
    sw_mutex_unlock(&health->lock);
    attachment->changed(attachment, to);
    attachment->told = to;
    sw_health_attachment_drop(attachment);
    sw_mutex_lock(&health->lock);
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
        over = entry->attachment;
        attachment->told = -1; /* nothing yet */
        entry->attachment = attachment;
        health->unmet = true;
    }
    sw_mutex_unlock(&health->lock);
    sw_health_attachment_drop(over);
    sw_health_tell(health);
    return entry != NULL;
}
