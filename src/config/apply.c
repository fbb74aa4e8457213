/* Settings first, which wait until the load is through, then the objects, then everything at once. */
#include "config/apply.h"

#include <string.h>

#include "base/error.h"
#include "base/field_value.h"
#include "registry/members.h"
#include "registry/retune.h"

/* Nothing is told while the lock is held: whoever listens may call back in. */
typedef struct apply {
    const sw_document *document;
    seawall_registry *registry;
    bool again;              /* objects may exist */
    const sw_section *wrong; /* the section that was in the way */
    seawall_error error;
} apply;

static seawall_status find_list(apply *a, const sw_section *section, sw_setting ***list)
{
    seawall_status status = SEAWALL_OK;
    sw_entry *entry;

    *list = &a->registry->kind_settings[section->member_kind];
    if (section->name == NULL)
        return SEAWALL_OK;
    entry = sw_entry_need(a->registry, section->member_kind, section->name, &status, &a->error);
    if (entry == NULL)
        return status;
    *list = &entry->settings;
    if (a->again)
        entry->reload = a->registry->reload;
    else if (sw_entry_is_listed(entry))
        return sw_error(&a->error, SEAWALL_INVALID, section->kind, "an object of this name exists, and stays as it is");
    return SEAWALL_OK;
}

static seawall_status no_memory(apply *a)
{
    return sw_error(&a->error, SEAWALL_NO_MEMORY, "loader", "loader: no memory");
}

/* The key as the tables have it, which outlives the file. */
static const char *lasting_key(const sw_section *section, const char *key)
{
    const sw_member_kind *kind = &sw_member_kinds[section->member_kind];
    const sw_field *field = sw_field_named(kind->config, key);

    return field != NULL ? field->key : kind->link.key;
}

static seawall_status put_settings(apply *a, const sw_section *section)
{
    sw_setting **list;
    const sw_item *item;
    seawall_status status = find_list(a, section, &list);

    for (item = sw_document_first(a->document, section); status == SEAWALL_OK && item != NULL;
         item = sw_document_next(a->document, item)) {
        const sw_text_file *file = sw_array_at(&a->document->files, (size_t)item->file);
        sw_origin origin = {file->variable ? SEAWALL_ORIGIN_ENVIRONMENT : SEAWALL_ORIGIN_FILE, item->line, section->name == NULL,
                            sw_registry_keep_file(a->registry, file->path)};

        if (origin.file == NULL ||
            !sw_setting_put(a->registry, list, lasting_key(section, item->key), item->value, &origin, true))
            status = no_memory(a);
    }
    return status;
}

static seawall_status make(apply *a, const sw_section *section)
{
    sw_entry *entry = section->name != NULL ? sw_entry_find_any(a->registry, section->member_kind, section->name) : NULL;

    if (entry == NULL)
        return SEAWALL_OK;
    if (!sw_entry_is_listed(entry)) /* whom one that there is was made by changes when all of it holds */
        entry->maker = SW_MADE_BY_SECTION;
    return sw_change_make(a->registry, entry, NULL, NULL, &a->error);
}

static seawall_status for_each(apply *a, seawall_status (*what)(apply *, const sw_section *))
{
    seawall_status status = SEAWALL_OK;
    size_t i;

    for (i = 0; i < a->document->sections.count && status == SEAWALL_OK; i++) {
        a->wrong = sw_document_section(a->document, i);
        status = what(a, a->wrong);
    }
    return status;
}

/* Also of an entry that exists: nothing of it is pending then. New names of a failed load are gone already, with theirs. */
static void end_settings(apply *a, void (*end)(const seawall_registry *registry, sw_setting **list))
{
    size_t i;

    for (i = 0; i < a->document->sections.count; i++) {
        const sw_section *section = sw_document_section(a->document, i);
        sw_entry *entry = section->name != NULL ? sw_entry_find_any(a->registry, section->member_kind, section->name) : NULL;

        if (section->name == NULL)
            end(a->registry, &a->registry->kind_settings[section->member_kind]);
        else if (entry != NULL)
            end(a->registry, &entry->settings);
    }
}

/* Settings and objects, pending. */
static seawall_status prepare(apply *a)
{
    seawall_status status = for_each(a, put_settings);

    a->registry->maker = SW_MADE_BY_SECTION;
    return status == SEAWALL_OK ? for_each(a, make) : status;
}

/* What was in the way is told when the lock is not held. */
static seawall_status explain(const apply *a, seawall_status status, sw_problems *problems, seawall_error *error)
{
    sw_place place;

    if (status == SEAWALL_OK)
        return status;
    if (status != SEAWALL_INVALID)
        return sw_error(error, status, a->error.key, "%s", a->error.message);
    place = sw_document_place(a->document, a->wrong, NULL);
    sw_problem(problems, &place, "%s", a->error.message);
    return SEAWALL_OK;
}

seawall_status sw_apply(const sw_document *document, seawall_registry *registry, sw_problems *problems, seawall_error *error)
{
    apply a = {.document = document, .registry = registry};
    seawall_status status;

    sw_registry_lock(registry);
    status = prepare(&a);
    if (status == SEAWALL_OK)
        sw_change_commit(registry);
    else
        sw_change_abandon(registry);
    end_settings(&a, status == SEAWALL_OK ? sw_settings_keep_pending : sw_settings_drop_pending);
    sw_mutex_unlock(&registry->lock);
    sw_registry_tell(registry);
    return explain(&a, status, problems, error);
}

/* --- again --- */

/* What files said before and do not say now is gone, of all kinds and names. */
static void drop_passing(seawall_registry *registry)
{
    sw_entry *entry;
    int32_t kind;

    for (kind = 0; kind < SW_MEMBER_KINDS; kind++)
        sw_settings_drop_passing(registry, &registry->kind_settings[kind]);
    for (entry = sw_entry_first(registry); entry != NULL; entry = sw_entry_next(entry))
        sw_settings_drop_passing(registry, &entry->settings);
}

/* Under the lock: all or nothing. */
static seawall_status change_all(apply *a, sw_retune **list)
{
    seawall_registry *registry = a->registry;
    seawall_status status;

    registry->reload++;
    registry->renewing = true;
    status = prepare(a);
    if (status == SEAWALL_OK)
        status = sw_retune_prepare(registry, list, &a->error);
    registry->renewing = false;
    if (status != SEAWALL_OK) {
        sw_change_abandon(registry);
        end_settings(a, sw_settings_drop_pending);
        return status;
    }
    drop_passing(registry);
    end_settings(a, sw_settings_keep_pending);
    sw_change_commit(registry);
    sw_retune_commit(registry, *list);
    return status;
}

static bool begin(seawall_registry *registry)
{
    bool free;

    sw_registry_lock(registry);
    free = !registry->reloading;
    registry->reloading = true;
    sw_mutex_unlock(&registry->lock);
    return free;
}

static void end(seawall_registry *registry)
{
    sw_registry_lock(registry);
    registry->reloading = false;
    sw_mutex_unlock(&registry->lock);
}

seawall_status sw_apply_again(const sw_document *document, seawall_registry *registry, const seawall_loader_config *config,
                              sw_problems *problems, seawall_error *error)
{
    apply a = {.document = document, .registry = registry, .again = true};
    sw_retune *list = NULL;
    seawall_status status;

    if (!begin(registry))
        return sw_error(error, SEAWALL_BUSY, "registry", "registry: another reload is under way");
    sw_registry_lock(registry);
    status = change_all(&a, &list);
    sw_mutex_unlock(&registry->lock);
    if (status == SEAWALL_OK) {
        sw_registry_tell(registry);
        sw_retune_apply(registry, list);
        sw_registry_sweep(registry, true);
        sw_retune_tell(registry, list, config->change, config->change_user);
    }
    sw_retune_free(registry, list);
    end(registry);
    return explain(&a, status, problems, error);
}
