/* From defaults, settings and a caller's config to what an object is made from, field by field. */
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/field_value.h"
#include "registry/level.h"

/* Whether the config says something else in this field than the library's default. */
static bool sets(const sw_config_kind *kind, const sw_field *field, const void *config)
{
    return !sw_value_same(sw_value_load(field, config), sw_value_load(field, kind->defaults));
}

static int32_t index_of(const sw_config_kind *kind, const char *key)
{
    const sw_field *field = sw_field_named(kind, key);

    return field != NULL ? (int32_t)(field - kind->fields) : kind->count; /* the link's origin stands behind the fields' */
}

/* Whether a reload that goes on will do away with it. */
static bool is_passing(const seawall_registry *registry, const sw_setting *setting)
{
    return registry->renewing && !setting->pending && setting->origin.kind != SEAWALL_ORIGIN_CALL;
}

/* Fields that the caller sets are stronger than settings of the kind, and weaker than those of the name. */
static seawall_status lay(const seawall_registry *registry, const sw_config_kind *kind, const sw_setting *setting, bool weak,
                          sw_made *made, seawall_error *error)
{
    for (; setting != NULL; setting = setting->next) {
        int32_t index = index_of(kind, setting->key);
        seawall_status status;

        if (index == kind->count || is_passing(registry, setting) ||
            (weak && made->origins[index].kind == SEAWALL_ORIGIN_CALL && !made->origins[index].of_kind))
            continue;
        status = sw_config_set(kind, &made->config, setting->key, setting->value, error);
        if (status != SEAWALL_OK)
            return status;
        made->origins[index] = setting->origin;
    }
    return SEAWALL_OK;
}

static const sw_setting *last_of(const seawall_registry *registry, const sw_setting *setting, const char *key)
{
    const sw_setting *found = NULL;

    for (; setting != NULL; setting = setting->next) {
        if (key != NULL && strcmp(setting->key, key) == 0 && !is_passing(registry, setting))
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

static seawall_status keep_link(const seawall_registry *registry, sw_made *made, const char *text, seawall_error *error)
{
    made->link = sw_allocate(registry->platform, strlen(text) + 1, 1);
    if (made->link == NULL)
        return sw_error(error, SEAWALL_NO_MEMORY, "registry", "registry: no memory");
    made->link_bytes = strlen(text) + 1;
    memcpy(made->link, text, made->link_bytes);
    return SEAWALL_OK;
}

/* What the link names: the name's setting, else what the caller brings, else the kind's setting. */
static seawall_status merge_link(const seawall_registry *registry, const sw_entry *entry, const char *policies, sw_made *made,
                                 seawall_error *error)
{
    const sw_member_kind *kind = &sw_member_kinds[entry->kind];
    sw_origin *origin = &made->origins[kind->config->count];
    const sw_setting *own = last_of(registry, entry->settings, kind->link.key);
    const sw_setting *common = last_of(registry, registry->kind_settings[entry->kind], kind->link.key);

    if (own == NULL && (policies != NULL || has_pointer(kind, &made->config))) {
        *origin = (sw_origin){SEAWALL_ORIGIN_CALL, 0, false, NULL};
        return policies != NULL ? keep_link(registry, made, policies, error) : SEAWALL_OK;
    }
    if (own == NULL)
        own = common;
    if (own == NULL)
        return SEAWALL_OK;
    *origin = own->origin;
    return keep_link(registry, made, own->value, error);
}

/* Priority levels differ from the start. */
static const void *defaults_of(const sw_entry *entry)
{
    if (entry->kind == SW_MEMBER_PRIORITY_LEVEL)
        return sw_level_built_in(entry->name);
    return sw_member_kinds[entry->kind].config->defaults;
}

static seawall_status merge(const seawall_registry *registry, const sw_entry *entry, const void *given, const char *policies,
                            sw_made *made, seawall_error *error)
{
    const sw_config_kind *kind = sw_member_kinds[entry->kind].config;
    sw_member_config full;
    seawall_status status = SEAWALL_OK;
    int32_t i;

    if (given != NULL)
        status = sw_config_take(kind, given, &full, error);
    if (status != SEAWALL_OK)
        return status;
    memcpy(&made->config, given != NULL ? &full : defaults_of(entry), kind->size);
    for (i = 0; given != NULL && i < kind->count; i++) {
        if (sets(kind, &kind->fields[i], &full))
            made->origins[i].kind = SEAWALL_ORIGIN_CALL;
    }
    status = lay(registry, kind, registry->kind_settings[entry->kind], true, made, error);
    if (status == SEAWALL_OK)
        status = lay(registry, kind, entry->settings, false, made, error);
    if (status == SEAWALL_OK)
        status = merge_link(registry, entry, policies, made, error);
    return status; /* what must hold between fields, whoever makes the object checks */
}

void sw_made_free(const seawall_registry *registry, int32_t kind, sw_made *made)
{
    sw_release(registry->platform, made->origins, ((size_t)sw_member_kinds[kind].config->count + 1) * sizeof(sw_origin));
    sw_release(registry->platform, made->link, made->link_bytes);
    sw_release(registry->platform, made->words, sw_config_words(kind) * sizeof(sw_atomic_u64));
    made->origins = NULL;
    made->link = NULL;
    made->words = NULL;
}

seawall_status sw_entry_merge(seawall_registry *registry, sw_entry *entry, const void *given, const char *policies, sw_made *made,
                              seawall_error *error)
{
    size_t bytes = ((size_t)sw_member_kinds[entry->kind].config->count + 1) * sizeof(sw_origin);
    seawall_status status;

    memset(made, 0, sizeof(*made));
    made->origins = sw_allocate(registry->platform, bytes, _Alignof(sw_origin));
    if (made->origins == NULL)
        return sw_error(error, SEAWALL_NO_MEMORY, "registry", "registry: no memory");
    status = merge(registry, entry, given, policies, made, error);
    if (status != SEAWALL_OK)
        sw_made_free(registry, entry->kind, made);
    return status;
}

static uint64_t lay_settings(const sw_config_kind *kind, const sw_setting *setting, bool again, sw_member_config *config)
{
    uint64_t set = 0;

    for (; setting != NULL; setting = setting->next) {
        int32_t index = index_of(kind, setting->key);

        if (setting->pending || (again && setting->origin.kind != SEAWALL_ORIGIN_CALL))
            continue;
        if (index == kind->count || sw_config_set(kind, config, setting->key, setting->value, NULL) == SEAWALL_OK)
            set |= (uint64_t)1 << index;
    }
    return set;
}

/* What the maker of an object that there is brought. */
static uint64_t lay_given(const sw_member_kind *kind, const sw_given *given, sw_member_config *config)
{
    const sw_config_kind *of = kind->config;
    uint64_t set = 0;
    int32_t i;

    if (given == NULL)
        return 0;
    for (i = 0; given->config != NULL && i < of->count; i++) {
        if (!sets(of, &of->fields[i], given->config))
            continue;
        sw_value_store(&of->fields[i], sw_value_load(&of->fields[i], given->config), config);
        set |= (uint64_t)1 << i;
    }
    if (given->policies != NULL || (given->config != NULL && has_pointer(kind, given->config)))
        set |= (uint64_t)1 << of->count;
    return set;
}

uint64_t sw_registry_lay(seawall_registry *registry, bool again, int32_t kind, const char *name, sw_member_config *config)
{
    const sw_member_kind *of = &sw_member_kinds[kind];
    const sw_entry *entry = name != NULL ? sw_entry_find(registry, kind, name) : NULL;
    uint64_t set = 0;

    if (name != NULL && entry == NULL)
        return 0;
    sw_registry_lock(registry);
    if (name == NULL)
        set = lay_settings(of->config, registry->kind_settings[kind], again, config);
    else
        set = lay_given(of, entry->given, config) | lay_settings(of->config, entry->settings, again, config);
    sw_mutex_unlock(&registry->lock);
    return set;
}

/* Whether some field lies in these eight bytes, or the size does. */
static bool is_of_a_field(const sw_config_kind *kind, size_t at)
{
    int32_t i;

    for (i = 0; i < kind->count; i++) {
        const sw_field *field = &kind->fields[i];

        if (field->offset < at + 8 && field->offset + sw_field_width(field) > at)
            return true;
    }
    return at < 8;
}

void sw_pointers_keep(const sw_config_kind *kind, const void *from, void *to)
{
    int32_t i;

    for (i = 0; i < kind->pointer_count; i++) {
        uint32_t at = kind->pointers[i].offset;

        memcpy((char *)to + at, (const char *)from + at, sizeof(void *));
    }
}

bool sw_fields_differ(const sw_config_kind *kind, const void *a, const void *b)
{
    int32_t i;

    for (i = 0; i < kind->count; i++) {
        if (!sw_value_same(sw_value_load(&kind->fields[i], a), sw_value_load(&kind->fields[i], b)))
            return true;
    }
    return false;
}

bool sw_link_agrees(const sw_entry *entry, const char *link)
{
    const char *has = entry->link;

    if (has == NULL || link == NULL)
        return has == link;
    return sw_member_kinds[entry->kind].link.form == SEAWALL_LINK_MEMBER ? strcmp(has, link) == 0
                                                                         : sw_policy_lists_agree(has, link);
}

bool sw_entry_agrees(const sw_entry *entry, const sw_member_config *config, const void *given, const char *policies)
{
    const sw_config_kind *kind = sw_member_kinds[entry->kind].config;
    const char *said = given, *has = (const char *)config;
    static const char nothing[8];
    int32_t i;
    size_t at;

    if (policies != NULL && !sw_link_agrees(entry, policies))
        return false;
    for (i = 0; given != NULL && i < kind->count; i++) {
        if (sets(kind, &kind->fields[i], given) &&
            !sw_value_same(sw_value_load(&kind->fields[i], given), sw_value_load(&kind->fields[i], has)))
            return false;
    }
    /* What is left are pointers. */
    for (at = 8; given != NULL && at + 8 <= kind->size; at += 8) {
        if (!is_of_a_field(kind, at) && memcmp(said + at, nothing, 8) != 0 && memcmp(said + at, has + at, 8) != 0)
            return false;
    }
    return true;
}
