/* From defaults, settings and a caller's config to what an object is made from, field by field. */
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/field_value.h"
#include "registry/members.h"

static bool same_value(sw_value a, sw_value b)
{
    return a.whole == b.whole && !(a.number < b.number) && !(a.number > b.number);
}

/* Whether the config says something else in this field than the library's default. */
static bool sets(const sw_config_kind *kind, const sw_field *field, const void *config)
{
    return !same_value(sw_value_load(field, config), sw_value_load(field, kind->defaults));
}

static int32_t index_of(const sw_config_kind *kind, const char *key)
{
    const sw_field *field = sw_field_named(kind, key);

    return field != NULL ? (int32_t)(field - kind->fields) : kind->count; /* the link's origin stands behind the fields' */
}

/* Fields that the caller sets are stronger than settings of the kind, and weaker than those of the name. */
static seawall_status lay(sw_entry *entry, const sw_setting *setting, bool weak, seawall_error *error)
{
    const sw_config_kind *kind = sw_member_kinds[entry->kind].config;

    for (; setting != NULL; setting = setting->next) {
        int32_t index = index_of(kind, setting->key);
        seawall_status status;

        if (index == kind->count || (weak && entry->origins[index].kind == SEAWALL_ORIGIN_CALL && !entry->origins[index].of_kind))
            continue;
        status = sw_config_set(kind, &entry->config, setting->key, setting->value, error);
        if (status != SEAWALL_OK)
            return status;
        entry->origins[index] = setting->origin;
    }
    return SEAWALL_OK;
}

static const sw_setting *last_of(const sw_setting *setting, const char *key)
{
    const sw_setting *found = NULL;

    for (; setting != NULL; setting = setting->next) {
        if (key != NULL && strcmp(setting->key, key) == 0)
            found = setting; /* a pending one stands behind the one that it is to replace */
    }
    return found;
}

static bool has_pointer(const sw_member_kind *kind, const void *config)
{
    void *pointer = NULL;

    if (kind->link.key != NULL && kind->link.offset >= 0)
        memcpy(&pointer, (const char *)config + kind->link.offset, sizeof(pointer));
    return pointer != NULL;
}

static seawall_status keep_link(const seawall_registry *registry, sw_entry *entry, const char *text, seawall_error *error)
{
    entry->link = sw_allocate(registry->platform, strlen(text) + 1, 1);
    if (entry->link == NULL)
        return sw_error(error, SEAWALL_NO_MEMORY, "registry", "registry: no memory");
    entry->link_bytes = strlen(text) + 1;
    memcpy(entry->link, text, entry->link_bytes);
    return SEAWALL_OK;
}

/* What the link names: the name's setting, else what the caller brings, else the kind's setting. */
static seawall_status merge_link(const seawall_registry *registry, sw_entry *entry, const char *policies, seawall_error *error)
{
    const sw_member_kind *kind = &sw_member_kinds[entry->kind];
    sw_origin *origin = &entry->origins[kind->config->count];
    const sw_setting *own = last_of(entry->settings, kind->link.key);
    const sw_setting *common = last_of(registry->kind_settings[entry->kind], kind->link.key);

    if (own == NULL && (policies != NULL || has_pointer(kind, &entry->config))) {
        *origin = (sw_origin){SEAWALL_ORIGIN_CALL, 0, false, NULL};
        return policies != NULL ? keep_link(registry, entry, policies, error) : SEAWALL_OK;
    }
    if (own == NULL)
        own = common;
    if (own == NULL)
        return SEAWALL_OK;
    *origin = own->origin;
    return keep_link(registry, entry, own->value, error);
}

static seawall_status merge(const seawall_registry *registry, sw_entry *entry, const void *given, const char *policies,
                            seawall_error *error)
{
    const sw_config_kind *kind = sw_member_kinds[entry->kind].config;
    sw_member_config full;
    seawall_status status = SEAWALL_OK;
    int32_t i;

    if (given != NULL)
        status = sw_config_take(kind, given, &full, error);
    if (status != SEAWALL_OK)
        return status;
    memcpy(&entry->config, given != NULL ? &full : kind->defaults, kind->size);
    for (i = 0; given != NULL && i < kind->count; i++) {
        if (sets(kind, &kind->fields[i], &full))
            entry->origins[i].kind = SEAWALL_ORIGIN_CALL;
    }
    status = lay(entry, registry->kind_settings[entry->kind], true, error);
    if (status == SEAWALL_OK)
        status = lay(entry, entry->settings, false, error);
    if (status == SEAWALL_OK)
        status = merge_link(registry, entry, policies, error);
    return status; /* what must hold between fields, whoever makes the object checks */
}

seawall_status sw_entry_merge(seawall_registry *registry, sw_entry *entry, const void *given, const char *policies,
                              seawall_error *error)
{
    size_t bytes = ((size_t)sw_member_kinds[entry->kind].config->count + 1) * sizeof(sw_origin);
    seawall_status status;

    entry->origins = sw_allocate(registry->platform, bytes, _Alignof(sw_origin));
    if (entry->origins == NULL)
        return sw_error(error, SEAWALL_NO_MEMORY, "registry", "registry: no memory");
    status = merge(registry, entry, given, policies, error);
    if (status != SEAWALL_OK)
        sw_entry_clear(registry, entry);
    return status;
}

/* Whether some field lies in these eight bytes, or the size does. */
static bool is_of_a_field(const sw_config_kind *kind, size_t at)
{
    int32_t i;

    for (i = 0; i < kind->count; i++) {
        if (kind->fields[i].offset / 8 == at / 8)
            return true;
    }
    return at < 8;
}

bool sw_entry_agrees(const sw_entry *entry, const void *given, const char *policies)
{
    const sw_config_kind *kind = sw_member_kinds[entry->kind].config;
    const char *said = given, *has = (const char *)&entry->config;
    static const char nothing[8];
    int32_t i;
    size_t at;

    if (policies != NULL && (entry->link == NULL || strcmp(policies, entry->link) != 0))
        return false;
    for (i = 0; given != NULL && i < kind->count; i++) {
        if (sets(kind, &kind->fields[i], given) &&
            !same_value(sw_value_load(&kind->fields[i], given), sw_value_load(&kind->fields[i], has)))
            return false;
    }
    /* What is left are pointers. */
    for (at = 8; given != NULL && at + 8 <= kind->size; at += 8) {
        if (!is_of_a_field(kind, at) && memcmp(said + at, nothing, 8) != 0 && memcmp(said + at, has + at, 8) != 0)
            return false;
    }
    return true;
}
