/* A registry in the child of a fork. */
#include "registry/members.h"

/*
 * A thread of the parent may have been in the middle of anything: of making objects, of taking one out, of a load or a reload.
 * What is listed is whole, and stays. What is not listed may be half made or half gone: it is lost memory, and made anew when
 * somebody asks for it. Of a load that was on its way, settings may hold or not; the next reload makes them whole.
 */

/* A setting is on its list or not, at any instant. */
static void drop_half(seawall_registry *registry, sw_entry *entry)
{
    sw_settings_drop_pending(registry, &entry->settings);
    entry->in_change = entry->building = false;
    entry->prepared = NULL;
    if (sw_load_u32(&entry->version) % 2 != 0) /* each field is the old or the new one */
        (void)sw_add_u32(&entry->version, 1);
    if (sw_entry_is_listed(entry))
        return;
    entry->object = NULL;
    entry->link = NULL;
    entry->link_bytes = 0;
    entry->source = NULL;
    entry->words = NULL;
    entry->origins = NULL;
    entry->given = NULL;
    entry->retiring = false;
}

static void adopt(seawall_registry *registry)
{
    sw_entry *entry;
    int32_t kind;

    registry->change = NULL;
    sw_store_u64(&registry->new_root, 0);
    sw_store_u64(&registry->new_first, 0);
    registry->new_last = NULL;
    registry->depth = 0;
    registry->reloading = registry->renewing = false;
    registry->entries = registry->members = registry->retiring = 0;
    for (kind = 0; kind < SW_MEMBER_KINDS; kind++)
        sw_settings_drop_pending(registry, &registry->kind_settings[kind]);
    for (entry = sw_entry_first(registry); entry != NULL; entry = sw_entry_next(entry)) {
        drop_half(registry, entry);
        registry->last = entry;
        registry->entries++;
        registry->members += sw_entry_is_listed(entry);
        registry->retiring += entry->retiring;
    }
}

void sw_registry_lock(seawall_registry *registry)
{
    uint32_t process;

    sw_mutex_lock(&registry->lock);
    process = sw_port_fork_generation();
    if (registry->process == process)
        return;
    adopt(registry);
    registry->process = process;
}
