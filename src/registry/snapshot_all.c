/* What all objects look like. */
#include <string.h>

#include "registry/measures.h"
#include "registry/members.h"
#include "time/platform.h"

static bool is_retiring(seawall_registry *registry, const sw_entry *entry)
{
    bool retiring;

    sw_registry_lock(registry);
    retiring = entry->retiring;
    sw_mutex_unlock(&registry->lock);
    return retiring;
}

seawall_status seawall_registry_snapshot(seawall_registry *registry, seawall_snapshot_fn tell, void *user)
{
    sw_entry *entry;
    seawall_time now;

    if (registry == NULL || tell == NULL)
        return SEAWALL_INVALID;
    now = sw_now(registry->platform);
    for (entry = sw_entry_first(registry); entry != NULL; entry = sw_entry_next(entry)) {
        seawall_member member = {.size = sizeof(member), .kind = sw_member_kinds[entry->kind].config->name};
        void *object = sw_entry_keep(registry, entry);
        sw_snapshot snapshot;
        bool has;

        if (object == NULL)
            continue;
        memcpy(member.name, entry->name, sizeof(entry->name));
        member.retiring = is_retiring(registry, entry);
        has = sw_snapshot_take(entry->kind, object, now, &snapshot);
        tell(&member, has ? &snapshot : NULL, user);
        sw_member_kinds[entry->kind].destroy(object);
    }
    return SEAWALL_OK;
}
