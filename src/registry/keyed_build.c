/* The template of keyed instances, from the registry. */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "policy/pool/pool_config.h"
#include "policy/pool/pool_object.h"
#include "registry/keyed_object.h"
#include "registry/level.h"
#include "time/platform.h"

static seawall_status wrong(const seawall_keyed *keyed, const char *what, seawall_error *error)
{
    return sw_error(error, SEAWALL_INVALID, "keyed.instance", "keyed.instance of \"%s\": %s", keyed->name, what);
}

static seawall_status no_memory(seawall_error *error)
{
    return sw_error(error, SEAWALL_NO_MEMORY, "keyed", "keyed: no memory");
}

static seawall_status fill_part(seawall_registry *registry, seawall_keyed *keyed, sw_keyed_part *part, seawall_error *error)
{
    sw_entry *entry, *alternative;
    sw_part_rules rules;
    seawall_status status = sw_change_need(registry, part->kind, part->name, &entry, error);

    if (status != SEAWALL_OK)
        return status;
    part->words = sw_allocate(keyed->platform, sw_keyed_part_bytes(part), _Alignof(sw_atomic_u64));
    if (part->words == NULL)
        return no_memory(error);
    part->object = entry->object;
    sw_member_kinds[part->kind].retain(part->object);
    (void)sw_entry_config(entry, &rules.config);
    if (part->kind == SW_MEMBER_THREAD_POOL)
        sw_pool_levels(part->object, rules.levels);
    sw_keyed_part_set(part, &rules);
    if (part->kind != SW_MEMBER_FALLBACK || entry->link == NULL || part->word < 0)
        return SEAWALL_OK;
    status = sw_change_need(registry, SW_MEMBER_PIPELINE, entry->link, &alternative, error);
    if (status != SEAWALL_OK)
        return status;
    part->alternative = alternative->object;
    sw_member_kinds[SW_MEMBER_PIPELINE].retain(part->alternative);
    return SEAWALL_OK;
}

static bool make_room(seawall_keyed *keyed, int32_t parts)
{
    keyed->parts = sw_allocate(keyed->platform, (size_t)parts * sizeof(sw_keyed_part), _Alignof(sw_keyed_part));
    keyed->part_count = keyed->parts != NULL ? parts : 0;
    return keyed->parts != NULL;
}

/* The template pipeline's list, which was judged when it was made. */
static seawall_status fill_from_list(seawall_registry *registry, seawall_keyed *keyed, const sw_entry *entry,
                                     seawall_error *error)
{
    sw_span rest = {entry->link, strlen(entry->link)};
    sw_policy_item items[SEAWALL_PIPELINE_POLICIES_MAX];
    seawall_status status = SEAWALL_OK;
    int32_t count = 0, i;
    bool last = false;

    while (!last && count < SEAWALL_PIPELINE_POLICIES_MAX) {
        if (sw_policy_list_next(&rest, &items[count++], &last) != NULL)
            return wrong(keyed, "its list of policies is wrong", error);
    }
    if (!make_room(keyed, count))
        return no_memory(error);
    for (i = 0; i < count && status == SEAWALL_OK; i++) {
        sw_keyed_part *part = &keyed->parts[i];
        int32_t word = sw_policy_word_named(items[i].word);

        part->word = word;
        part->kind = sw_policy_words[word].kind;
        part->own = items[i].name[0] == '\0';
        (void)snprintf(part->name, sizeof(part->name), "%s", part->own ? entry->name : items[i].name);
        sw_policy_label(word, items[i].name, part->label);
        status = fill_part(registry, keyed, part, error);
    }
    return status;
}

static seawall_status fill_from(seawall_registry *registry, seawall_keyed *keyed, const char *name, seawall_error *error)
{
    sw_entry *entry;
    sw_member_config config;
    seawall_status status;

    if (keyed->kind != SW_MEMBER_PIPELINE) {
        if (!make_room(keyed, 1))
            return no_memory(error);
        keyed->parts[0].kind = keyed->kind;
        keyed->parts[0].word = -1;
        keyed->parts[0].own = true;
        (void)snprintf(keyed->parts[0].name, sizeof(keyed->parts[0].name), "%s", name);
        return fill_part(registry, keyed, &keyed->parts[0], error);
    }
    status = sw_change_need(registry, SW_MEMBER_PIPELINE, name, &entry, error);
    if (status != SEAWALL_OK)
        return status;
    (void)sw_entry_config(entry, &config);
    keyed->pipeline = config.pipeline;
    return fill_from_list(registry, keyed, entry, error);
}

static seawall_status fill(seawall_registry *registry, seawall_keyed *keyed, const sw_made *made, seawall_error *error)
{
    sw_policy_item item;
    char name[SEAWALL_NAME_SIZE_MAX + 1];
    const char *mistake;

    if (made->link == NULL)
        return wrong(keyed, "none is named", error);
    mistake = sw_instance_item(made->link, &item, &keyed->kind);
    if (mistake != NULL)
        return wrong(keyed, mistake, error);
    (void)snprintf(name, sizeof(name), "%s", item.name[0] != '\0' ? item.name : keyed->name);
    keyed->config = made->config.keyed;
    keyed->buckets = sw_keyed_buckets(keyed->platform, &keyed->config);
    return keyed->buckets != NULL ? fill_from(registry, keyed, name, error) : no_memory(error);
}

seawall_status sw_keyed_build(seawall_registry *registry, const sw_entry *entry, const sw_made *made, sw_source *source,
                              void **object, seawall_error *error)
{
    seawall_keyed_config full;
    seawall_keyed *keyed;
    seawall_status status = sw_config_take(sw_member_kinds[SW_MEMBER_KEYED].config, &made->config.keyed, &full, error);

    if (status != SEAWALL_OK)
        return status;
    keyed = sw_allocate(registry->platform, sizeof(*keyed), _Alignof(seawall_keyed));
    if (keyed == NULL)
        return no_memory(error);
    keyed->platform = registry->platform;
    keyed->source = sw_source_retain(source);
    keyed->seed = sw_random(registry->platform);
    sw_mutex_init(&keyed->lock);
    keyed->process = sw_port_fork_generation();
    sw_store_relaxed_u32(&keyed->references, 1);
    (void)snprintf(keyed->name, sizeof(keyed->name), "%s", entry->name);
    status = fill(registry, keyed, made, error);
    if (status != SEAWALL_OK) {
        seawall_keyed_destroy(keyed);
        return status;
    }
    *object = keyed;
    return SEAWALL_OK;
}

void sw_keyed_mark_templates(seawall_registry *registry, sw_entry *entry)
{
    const seawall_keyed *keyed = entry->object;
    int32_t i;

    for (i = 0; i < keyed->part_count; i++) {
        sw_entry *part = keyed->parts[i].own ? sw_entry_find(registry, keyed->parts[i].kind, keyed->parts[i].name) : NULL;

        if (part != NULL)
            part->is_template = true;
    }
}

/*
 * What a config points to is kept by the object that is made from it, and of a template that was made anew we keep nothing. So
 * pointers stay as they were in the template that we have, as they do in any object in use.
 */
static bool refresh_part(seawall_registry *registry, sw_keyed_part *part, const sw_level_change *levels)
{
    const sw_config_kind *kind = sw_member_kinds[part->kind].config;
    sw_entry *entry = sw_entry_find(registry, part->kind, part->name);
    sw_part_rules rules;
    sw_member_config now;
    bool changed;

    if (!part->own || entry == NULL || !sw_entry_is_listed(entry))
        return false;
    sw_keyed_part_rules(part, &rules);
    (void)sw_entry_config(entry, &now);
    changed = sw_fields_differ(kind, &rules.config, &now);
    if (levels != NULL && part->kind == SW_MEMBER_THREAD_POOL && sw_level_is_shared(&now.pool))
        changed = sw_pool_levels_follow(rules.levels, levels->from, levels->to) || changed;
    if (!changed)
        return false;
    sw_pointers_keep(kind, &rules.config, &now);
    rules.config = now;
    sw_keyed_part_set(part, &rules);
    return true;
}

void sw_keyed_refresh_all(seawall_registry *registry, const sw_level_change *levels)
{
    sw_entry *entry;
    int32_t i;

    for (entry = sw_entry_first(registry); entry != NULL; entry = sw_entry_next(entry)) {
        seawall_keyed *keyed = entry->object;
        bool changed = false;

        if (entry->kind != SW_MEMBER_KEYED || !sw_entry_is_listed(entry))
            continue;
        for (i = 0; i < keyed->part_count; i++)
            changed = refresh_part(registry, &keyed->parts[i], levels) || changed;
        if (changed)
            (void)sw_add_u64(&keyed->version, 1);
    }
}
