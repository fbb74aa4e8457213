/*
 * Most members that others need are held by a reference. Some are held by nothing but a name: a check's breaker and pool until
 * a set of checks takes them over, the pipeline of a fallback that stands in none, the template of keyed instances, the levels
 * that a pool was made with.
 */
#include <string.h>

#include "registry/members.h"

int32_t sw_field_names(const sw_field *field)
{
    return field->type == SEAWALL_FIELD_TEXT ? sw_member_kind_named((sw_span){field->key, strlen(field->key)}) : -1;
}

int32_t sw_named_by_field(const sw_field *field, const sw_member_config *config, const char **name)
{
    int32_t kind = sw_field_names(field);

    *name = (const char *)config + field->offset;
    return kind >= 0 && (*name)[0] != '\0' ? kind : -1;
}

static void mark(seawall_registry *registry, int32_t kind, const char *name)
{
    sw_entry *entry = kind >= 0 ? sw_entry_find(registry, kind, name) : NULL;

    if (entry != NULL)
        entry->named = true;
}

static void mark_link(seawall_registry *registry, const sw_entry *entry)
{
    const sw_link *link = &sw_member_kinds[entry->kind].link;
    sw_policy_item instance;
    int32_t kind = -1;

    if (entry->link == NULL)
        return;
    if (link->form == SEAWALL_LINK_MEMBER)
        mark(registry, link->kind, entry->link);
    else if (link->form == SEAWALL_LINK_INSTANCE && sw_instance_item(entry->link, &instance, &kind) == NULL)
        mark(registry, kind, instance.name[0] != '\0' ? instance.name : entry->name);
}

void sw_mark_named(seawall_registry *registry, sw_entry *entry)
{
    const sw_config_kind *kind = sw_member_kinds[entry->kind].config;
    sw_member_config config;
    int32_t i;

    mark_link(registry, entry);
    (void)sw_entry_config(entry, &config);
    for (i = 0; i < kind->count; i++) {
        const char *name;
        int32_t of = sw_named_by_field(&kind->fields[i], &config, &name);

        mark(registry, of, name);
    }
    for (i = 0; i < SEAWALL_PRIORITY_COUNT && entry->kind == SW_MEMBER_THREAD_POOL; i++)
        mark(registry, SW_MEMBER_PRIORITY_LEVEL, seawall_priority_name(i));
}

void sw_mark_all_named(seawall_registry *registry)
{
    sw_entry *entry;

    for (entry = sw_entry_first(registry); entry != NULL; entry = sw_entry_next(entry))
        entry->named = false;
    for (entry = sw_entry_first(registry); entry != NULL; entry = sw_entry_next(entry)) {
        if (sw_entry_is_listed(entry))
            sw_mark_named(registry, entry);
    }
}
