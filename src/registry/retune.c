/* What a reload changes of the objects that there are. */
#include "registry/retune.h"

#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/field_value.h"
#include "policy/pool/pool_config.h"
#include "registry/keyed_config.h"
#include "registry/level.h"

static const sw_config_kind *config_of(const sw_retune *it)
{
    return sw_member_kinds[it->entry->kind].config;
}

static bool differs(const sw_field *field, const void *a, const void *b)
{
    return !sw_value_same(sw_value_load(field, a), sw_value_load(field, b));
}

static void leave(const sw_config_kind *kind, sw_retune_fields *fields, const char *path)
{
    char its[SEAWALL_ERROR_KEY_SIZE];
    int32_t i;

    for (i = 0; i < kind->count; i++) {
        sw_field_path(kind, kind->fields[i].key, its);
        if (strcmp(its, path) == 0)
            sw_value_store(&kind->fields[i], sw_value_load(&kind->fields[i], &fields->before), &fields->after);
    }
}

/* Each for a reason of its own. */
static void leave_what_does_not_fit(const sw_member_kind *kind, const void *object, sw_retune_fields *fields)
{
    int32_t i;

    for (i = 0; i < SW_RETUNE_UNFIT_MAX && kind->fits(object, &fields->after, &fields->unfit[i]) != SEAWALL_OK; i++)
        leave(kind->config, fields, fields->unfit[i].key);
}

/* Fields that cannot change stay; if the others do not go with these, all of them do. */
static void leave_what_must_stay(const sw_member_kind *kind, const void *object, sw_retune_fields *fields)
{
    sw_member_config full;
    int32_t i;

    fields->after = fields->wanted;
    for (i = 0; i < kind->config->count; i++) {
        const sw_field *field = &kind->config->fields[i];

        if (kind->reconfigure == NULL || !field->live)
            sw_value_store(field, sw_value_load(field, &fields->before), &fields->after);
    }
    if (kind->fits != NULL)
        leave_what_does_not_fit(kind, object, fields);
    if (sw_fields_differ(kind->config, &fields->before, &fields->after) &&
        sw_config_take(kind->config, &fields->after, &full, &fields->refusal) != SEAWALL_OK)
        fields->after = fields->before;
}

/* The entry's own may be gone by the time that it is told. */
static bool compare_links(const seawall_registry *registry, sw_retune *it)
{
    const char *now = it->entry->link;

    it->relinked = !sw_link_agrees(it->entry, it->made.link);
    if (!it->relinked || now == NULL)
        return true;
    it->link = sw_allocate(registry->platform, it->entry->link_bytes, 1);
    if (it->link == NULL)
        return false;
    it->link_bytes = it->entry->link_bytes;
    memcpy(it->link, now, it->link_bytes);
    return true;
}

static bool compare_fields(const seawall_registry *registry, sw_retune *it)
{
    const sw_member_kind *kind = &sw_member_kinds[it->entry->kind];
    sw_member_config before;

    (void)sw_entry_config(it->entry, &before);
    if (!sw_fields_differ(kind->config, &before, &it->made.config))
        return true;
    it->fields = sw_allocate(registry->platform, sizeof(*it->fields), _Alignof(sw_retune_fields));
    if (it->fields == NULL)
        return false;
    it->fields->before = before;
    it->fields->wanted = it->made.config;
    sw_pointers_keep(kind->config, &before, &it->fields->wanted);
    leave_what_must_stay(kind, it->entry->object, it->fields);
    if (sw_fields_differ(kind->config, &before, &it->fields->after)) {
        it->object = it->entry->object;
        kind->retain(it->object);
    }
    /* What takes memory is done as long as all of it can be left. */
    return it->object == NULL || it->entry->kind != SW_MEMBER_KEYED || sw_keyed_make_room(it->object, &it->fields->after.keyed);
}

static seawall_status prepare_fields(seawall_registry *registry, sw_retune *it, seawall_error *error)
{
    const sw_given *given = it->entry->given;
    seawall_status status = sw_entry_merge(registry, it->entry, given != NULL ? given->config : NULL,
                                           given != NULL ? given->policies : NULL, &it->made, error);

    if (status != SEAWALL_OK)
        return status;
    return compare_fields(registry, it) && compare_links(registry, it)
               ? SEAWALL_OK
               : sw_error(error, SEAWALL_NO_MEMORY, "registry", "registry: no memory");
}

/* What has a section, or is the program's. */
static bool stays_by_itself(const seawall_registry *registry, const sw_entry *entry)
{
    return entry->in_change || entry->maker == SW_MADE_BY_CALL || entry->reload == registry->reload;
}

static seawall_change_kind fate_of(const seawall_registry *registry, const sw_entry *entry)
{
    if (entry->in_change)
        return SEAWALL_CHANGE_CREATED;
    return entry->maker == SW_MADE_BY_NEED || stays_by_itself(registry, entry) ? SEAWALL_CHANGE_APPLIED : SEAWALL_CHANGE_RETIRING;
}

/* It needs others in turn: it waits until these are looked at, as they may be many in a row. */
static void need(sw_entry *entry, void *user)
{
    sw_retune *it = entry->retune, **waiting = user;

    if (it == NULL || it->needed)
        return;
    it->needed = true;
    it->waiting = *waiting;
    *waiting = it;
}

/* From `entry` on. `*list` is the end of the list. */
static seawall_status list_from(seawall_registry *registry, sw_entry *entry, sw_retune ***list, sw_retune **waiting,
                                seawall_error *error)
{
    for (; entry != NULL; entry = sw_entry_next(entry)) {
        sw_retune *it;

        entry->retune = NULL;
        if (!entry->in_change && !sw_entry_is_listed(entry))
            continue;
        it = sw_allocate(registry->platform, sizeof(*it), _Alignof(sw_retune));
        if (it == NULL)
            return sw_error(error, SEAWALL_NO_MEMORY, "registry", "registry: no memory");
        it->entry = entry;
        it->what = fate_of(registry, entry);
        it->retires_already = entry->retiring;
        entry->retune = it;
        **list = it;
        *list = &it->next;
        if (stays_by_itself(registry, entry))
            need(entry, waiting);
    }
    return SEAWALL_OK;
}

static seawall_status list_all(seawall_registry *registry, sw_retune **list, sw_retune **waiting, seawall_error *error)
{
    seawall_status status = list_from(registry, sw_entry_first(registry), &list, waiting, error);

    return status == SEAWALL_OK ? list_from(registry, sw_entry_first_new(registry), &list, waiting, error) : status;
}

/* What it was made with it goes on to use, whatever is named in its place: it needs that and nothing else. */
static void need_others(seawall_registry *registry, const sw_retune *it, const sw_member_config *config, sw_retune **waiting)
{
    sw_entry_needs(registry, it->entry, it->entry->link, config, need, waiting);
}

/* What is needed by what stays has no section to go with: it goes by what is said of its kind. */
static seawall_status follow(seawall_registry *registry, sw_retune *it, sw_retune **waiting, seawall_error *error)
{
    sw_member_config config;
    seawall_status status;

    if (it->what == SEAWALL_CHANGE_CREATED) {
        (void)sw_entry_config(it->entry, &config);
        need_others(registry, it, &config, waiting);
        return SEAWALL_OK;
    }
    it->what = SEAWALL_CHANGE_APPLIED;
    status = prepare_fields(registry, it, error);
    if (status == SEAWALL_OK)
        need_others(registry, it, it->fields != NULL ? &it->fields->after : &it->made.config, waiting);
    return status;
}

seawall_status sw_retune_prepare(seawall_registry *registry, sw_retune **list, seawall_error *error)
{
    sw_retune *waiting = NULL, *it;
    seawall_status status = list_all(registry, list, &waiting, error);

    while (status == SEAWALL_OK && (it = waiting) != NULL) {
        waiting = it->waiting;
        status = follow(registry, it, &waiting, error);
    }
    for (it = *list; it != NULL; it = it->next) {
        it->entry->retune = NULL;
        if (status == SEAWALL_OK && it->what == SEAWALL_CHANGE_APPLIED && !it->needed)
            status = prepare_fields(registry, it, error);
    }
    return status;
}

/* What stays as it was comes from where it came from. */
static void commit_fields(seawall_registry *registry, sw_retune *it)
{
    const sw_config_kind *kind = config_of(it);
    sw_origin *before = it->entry->origins;
    int32_t i;

    for (i = 0; i < kind->count; i++) {
        if (it->fields != NULL && differs(&kind->fields[i], &it->fields->wanted, &it->fields->after))
            it->made.origins[i] = before[i];
    }
    if (it->relinked)
        it->made.origins[kind->count] = before[kind->count];
    it->entry->origins = it->made.origins;
    it->made.origins = before; /* if it refuses */
    if (it->object == NULL)
        return;
    sw_entry_set_config(it->entry, &it->fields->after);
    sw_entry_turns(registry, it->entry);
}

/* What was only needed before may have a section now, or the other way round. */
static void commit_maker(const seawall_registry *registry, sw_entry *entry)
{
    if (entry->maker != SW_MADE_BY_CALL)
        entry->maker = entry->reload == registry->reload ? SW_MADE_BY_SECTION : SW_MADE_BY_NEED;
}

static void commit_all(seawall_registry *registry, sw_retune *list)
{
    for (; list != NULL; list = list->next) {
        if (list->what == SEAWALL_CHANGE_RETIRING)
            sw_entry_retire(registry, list->entry);
        else
            sw_entry_recall(registry, list->entry);
        if (list->what != SEAWALL_CHANGE_APPLIED)
            continue;
        commit_maker(registry, list->entry);
        commit_fields(registry, list);
    }
}

/* NULL if no priority level changes. */
static const sw_level_change *level_change(const sw_retune *list, sw_level_change *change)
{
    bool any = false;

    memset(change, 0, sizeof(*change));
    for (; list != NULL; list = list->next) {
        int32_t i = list->entry->kind == SW_MEMBER_PRIORITY_LEVEL ? sw_priority_named(list->entry->name) : -1;

        if (i < 0 || list->object == NULL)
            continue;
        change->from[i] = list->fields->before.level;
        change->to[i] = list->fields->after.level;
        any = true;
    }
    return any ? change : NULL;
}

void sw_retune_commit(seawall_registry *registry, sw_retune *list)
{
    sw_level_change change;
    const sw_level_change *levels = level_change(list, &change);

    commit_all(registry, list);
    if (levels != NULL)
        sw_level_spread(registry, levels);
    sw_keyed_refresh_all(registry, levels);
}

static void drop_object(sw_retune *it)
{
    if (it->object != NULL)
        sw_member_kinds[it->entry->kind].destroy(it->object);
    it->object = NULL;
}

/* What should have changed is described as before: it comes from where it came from. */
static void take_back(seawall_registry *registry, sw_retune *it)
{
    const sw_config_kind *kind = config_of(it);
    int32_t i;

    for (i = 0; i < kind->count; i++) {
        if (differs(&kind->fields[i], &it->fields->before, &it->fields->wanted))
            it->entry->origins[i] = it->made.origins[i];
    }
    sw_entry_set_config(it->entry, &it->fields->before);
    sw_entry_turns(registry, it->entry);
}

/* It was checked before: who refuses now has no memory, or has been given other settings by somebody else meanwhile. */
static void apply_one(seawall_registry *registry, sw_retune *it)
{
    const sw_member_kind *kind = &sw_member_kinds[it->entry->kind];

    if (kind->reconfigure(it->object, &it->fields->after, &it->fields->refusal) == SEAWALL_OK)
        return;
    it->fields->after = it->fields->before;
    sw_registry_lock(registry);
    if (it->entry->object == it->object)
        take_back(registry, it);
    sw_mutex_unlock(&registry->lock);
}

void sw_retune_apply(seawall_registry *registry, sw_retune *list)
{
    for (; list != NULL; list = list->next) {
        if (list->object != NULL)
            apply_one(registry, list);
        drop_object(list); /* or nothing would ever be unused */
    }
}

void sw_retune_free(seawall_registry *registry, sw_retune *list)
{
    while (list != NULL) {
        sw_retune *gone = list;

        list = gone->next;
        drop_object(gone);
        if (gone->what != SEAWALL_CHANGE_CREATED) /* else the name itself may be gone, and nothing was merged */
            sw_made_free(registry, gone->entry->kind, &gone->made);
        sw_release(registry->platform, gone->link, gone->link_bytes);
        sw_release(registry->platform, gone->fields, sizeof(*gone->fields));
        sw_release(registry->platform, gone, sizeof(*gone));
    }
}
