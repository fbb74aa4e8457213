/* Making objects, and what they need, so that all of it comes or nothing. */
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "registry/level.h"
#include "registry/members.h"
#include "time/platform.h"

/* Policies on their way into a pipeline, which need their names until it has copied them. */
typedef struct parts {
    seawall_policy policies[SEAWALL_PIPELINE_POLICIES_MAX];
    const seawall_policy *order[SEAWALL_PIPELINE_POLICIES_MAX];
    char labels[SEAWALL_PIPELINE_POLICIES_MAX][SW_POLICY_LABEL_SIZE];
    int32_t count;
    int32_t height; /* of the highest pipeline that stands in */
} parts;

static bool is_there(sw_entry *entry)
{
    return entry->in_change || sw_entry_is_listed(entry);
}

seawall_status sw_change_need(seawall_registry *registry, int32_t kind, const char *name, sw_entry **entry, seawall_error *error)
{
    seawall_status status = SEAWALL_OK;

    *entry = sw_entry_need(registry, kind, name, &status, error);
    if (*entry == NULL)
        return status;
    if (!is_there(*entry))
        (*entry)->maker = registry->maker == SW_MADE_BY_CALL ? SW_MADE_BY_CALL : SW_MADE_BY_NEED;
    return sw_change_make(registry, *entry, NULL, NULL, error);
}

static seawall_status wrong_policies(const sw_entry *entry, const char *what, seawall_error *error)
{
    return sw_error(error, SEAWALL_INVALID, "pipeline.policies", "pipeline.policies of \"%s\": %s", entry->name, what);
}

static seawall_status too_many(const sw_entry *entry, seawall_error *error)
{
    return sw_error(error, SEAWALL_INVALID, "pipeline.policies",
                    "pipeline.policies of \"%s\": more than %d pipelines stand in for one another", entry->name,
                    SW_PIPELINE_DEPTH_MAX);
}

/* A fallback that names a pipeline brings it along. */
static seawall_status fill(seawall_registry *registry, int32_t word, sw_entry *member, const char *label, parts *all,
                           seawall_error *error)
{
    seawall_policy *policy = &all->policies[all->count - 1];
    sw_entry *alternative;
    seawall_status status;

    if (sw_policy_words[word].kind != SW_MEMBER_FALLBACK || member->link == NULL)
        return sw_policy_words[word].fill(member->object, label, policy);
    status = sw_change_need(registry, SW_MEMBER_PIPELINE, member->link, &alternative, error);
    if (status != SEAWALL_OK)
        return status;
    all->height = alternative->height > all->height ? alternative->height : all->height;
    status = seawall_fallback_pipeline_policy(member->object, label, alternative->object, policy);
    return status == SEAWALL_OK ? status
                                : sw_error(error, status, "fallback.pipeline",
                                           "fallback.pipeline: \"%s\" has a function, and names a pipeline too", member->name);
}

static seawall_status add_policy(seawall_registry *registry, const sw_entry *entry, const sw_policy_item *item, parts *all,
                                 seawall_error *error)
{
    int32_t word = sw_policy_word_named(item->word);
    seawall_policy *policy = &all->policies[all->count];
    char *label = all->labels[all->count];
    char quoted[SW_TEXT_SIZE];
    sw_entry *member;
    seawall_status status;

    if (word < 0) {
        (void)sw_quote(item->word, quoted);
        return sw_error(error, SEAWALL_INVALID, "pipeline.policies", "pipeline.policies of \"%s\": %s is no policy", entry->name,
                        quoted);
    }
    status = sw_change_need(registry, sw_policy_words[word].kind, item->name[0] != '\0' ? item->name : entry->name, &member,
                            error);
    if (status != SEAWALL_OK)
        return status;
    sw_policy_label(word, item->name, label);
    *policy = (seawall_policy)SEAWALL_POLICY_INIT;
    all->order[all->count++] = policy;
    return fill(registry, word, member, label, all, error);
}

static seawall_status add_policies(seawall_registry *registry, const sw_entry *entry, const char *list, parts *all,
                                   seawall_error *error)
{
    sw_span rest = {list, strlen(list)};
    seawall_status status = SEAWALL_OK;
    bool last = false;

    while (!last && status == SEAWALL_OK) {
        sw_policy_item item;
        const char *wrong = sw_policy_list_next(&rest, &item, &last);

        if (wrong == NULL && all->count == SEAWALL_PIPELINE_POLICIES_MAX)
            wrong = "more than 32 policies";
        if (wrong != NULL)
            return wrong_policies(entry, wrong, error);
        status = add_policy(registry, entry, &item, all, error);
    }
    return status;
}

static seawall_status assemble(seawall_registry *registry, sw_entry *entry, const sw_made *made, sw_source *source, parts *all,
                               void **object, seawall_error *error)
{
    seawall_pipeline_config config = made->config.pipeline;
    seawall_pipeline *pipeline;
    seawall_status status = add_policies(registry, entry, made->link, all, error);

    if (source != NULL) {
        config.listener = sw_source_hear;
        config.listener_user = source;
    }
    entry->height = all->height + 1;
    if (status == SEAWALL_OK && entry->height > SW_PIPELINE_DEPTH_MAX)
        status = too_many(entry, error);
    if (status == SEAWALL_OK)
        status = seawall_pipeline_create(&config, all->order, all->count, registry->platform, &pipeline, error);
    if (status != SEAWALL_OK)
        return status;
    sw_source_follow_pipeline(source, pipeline);
    *object = pipeline;
    return SEAWALL_OK;
}

/* The parts are kilobytes, and eight pipelines may be on their way at once, each for the one before: more than a small stack. */
static seawall_status build_pipeline(seawall_registry *registry, sw_entry *entry, const sw_made *made, sw_source *source,
                                     void **object, seawall_error *error)
{
    parts *all = sw_allocate(registry->platform, sizeof(*all), _Alignof(parts));
    seawall_status status;

    if (all == NULL)
        return sw_error(error, SEAWALL_NO_MEMORY, "registry", "registry: no memory");
    status = assemble(registry, entry, made, source, all, object, error);
    sw_release(registry->platform, all, sizeof(*all));
    return status;
}

static seawall_status make_pipeline(seawall_registry *registry, sw_entry *entry, const sw_made *made, sw_source *source,
                                    void **object, seawall_error *error)
{
    seawall_status status;

    if (made->link == NULL)
        return wrong_policies(entry, "none are named", error);
    if (registry->depth == SW_PIPELINE_DEPTH_MAX)
        return too_many(entry, error);
    registry->depth++;
    entry->building = true;
    status = build_pipeline(registry, entry, made, source, object, error);
    entry->building = false;
    registry->depth--;
    return status;
}

static seawall_status make_pool(seawall_registry *registry, sw_made *made, void **object, seawall_error *error)
{
    seawall_priority_level_config levels[SEAWALL_PRIORITY_COUNT];
    seawall_pool_config config = made->config.pool;
    seawall_status status = sw_level_gather(registry, levels, error);

    config.levels = levels;
    return status == SEAWALL_OK ? sw_member_kinds[SW_MEMBER_THREAD_POOL].create(&config, registry->platform, object, error)
                                : status;
}

/* What is named has a section when all is printed, even if nothing points to it yet. */
static seawall_status need_named(seawall_registry *registry, const sw_entry *entry, const sw_member_config *config,
                                 seawall_error *error)
{
    const sw_config_kind *kind = sw_member_kinds[entry->kind].config;
    seawall_status status = SEAWALL_OK;
    sw_entry *named;
    int32_t i;

    for (i = 0; i < kind->count && status == SEAWALL_OK; i++) {
        const char *name;
        int32_t of = sw_named_by_field(&kind->fields[i], config, &name);

        if (of >= 0)
            status = sw_change_need(registry, of, name, &named, error);
    }
    return status;
}

static seawall_status make_object(seawall_registry *registry, const sw_entry *entry, sw_made *made, void **object,
                                  seawall_error *error)
{
    const sw_member_kind *kind = &sw_member_kinds[entry->kind];
    sw_entry *linked;
    seawall_status status = need_named(registry, entry, &made->config, error);

    if (status != SEAWALL_OK)
        return status;
    if (made->link != NULL) {
        status = sw_change_need(registry, kind->link.kind, made->link, &linked, error);
        if (status != SEAWALL_OK)
            return status;
        if (kind->link.offset >= 0)
            memcpy((char *)&made->config + kind->link.offset, &linked->object, sizeof(linked->object));
    }
    if (entry->kind == SW_MEMBER_THREAD_POOL && sw_level_is_shared(&made->config.pool))
        return make_pool(registry, made, object, error);
    return kind->create(&made->config, registry->platform, object, error);
}

/* Some kinds are made of others. */
static seawall_status make_whole(seawall_registry *registry, sw_entry *entry, sw_made *made, sw_source *source, void **object,
                                 seawall_error *error)
{
    seawall_status status;

    if (entry->kind == SW_MEMBER_PIPELINE)
        return make_pipeline(registry, entry, made, source, object, error);
    if (entry->kind == SW_MEMBER_KEYED)
        return sw_keyed_build(registry, entry, made, source, object, error);
    status = make_object(registry, entry, made, object, error);
    if (status == SEAWALL_OK && entry->kind == SW_MEMBER_CIRCUIT_BREAKER)
        (void)!sw_source_follow_breaker(source, *object); /* a new one has room for a listener */
    return status;
}

/* Where its events are to come from. Answers whether memory sufficed. */
static bool make_source(const seawall_registry *registry, const sw_entry *entry, sw_source **source)
{
    *source = NULL;
    if (registry->stream == NULL)
        return true;
    *source = sw_source_create(registry->stream, sw_member_kinds[entry->kind].config->name, entry->name);
    return *source != NULL;
}

/* For a reload, which merges it anew. */
static seawall_status keep_given(const seawall_registry *registry, sw_entry *entry, const void *config, const char *policies,
                                 seawall_error *error)
{
    size_t size = config != NULL ? sw_member_kinds[entry->kind].config->size : 0;
    size_t length = policies != NULL ? strlen(policies) + 1 : 0, bytes = sizeof(sw_given) + size + length;
    sw_given *given;

    if (config == NULL && policies == NULL)
        return SEAWALL_OK;
    given = sw_allocate(registry->platform, bytes, _Alignof(sw_given));
    if (given == NULL)
        return sw_error(error, SEAWALL_NO_MEMORY, "registry", "registry: no memory");
    given->bytes = bytes;
    if (config != NULL)
        given->config = memcpy(given->room, config, size);
    if (policies != NULL)
        given->policies = memcpy(given->room + size, policies, length);
    entry->given = given;
    return SEAWALL_OK;
}

seawall_status sw_change_make(seawall_registry *registry, sw_entry *entry, const void *given, const char *policies,
                              seawall_error *error)
{
    sw_source *source = NULL;
    void *object = NULL;
    sw_made made;
    seawall_status status;

    if (is_there(entry))
        return SEAWALL_OK;
    if (entry->building)
        return wrong_policies(entry, "the pipeline would stand in for itself", error);
    status = sw_entry_merge(registry, entry, given, policies, &made, error);
    if (status != SEAWALL_OK)
        return status;
    status = keep_given(registry, entry, given, policies, error);
    made.words = sw_allocate(registry->platform, sw_config_words(entry->kind) * sizeof(sw_atomic_u64), _Alignof(sw_atomic_u64));
    if (status == SEAWALL_OK && (made.words == NULL || !make_source(registry, entry, &source)))
        status = sw_error(error, SEAWALL_NO_MEMORY, "registry", "registry: no memory");
    if (status == SEAWALL_OK)
        status = make_whole(registry, entry, &made, source, &object, error);
    if (status != SEAWALL_OK) {
        sw_made_free(registry, entry->kind, &made);
        sw_source_release(source);
        sw_entry_forget(registry, entry);
        return status;
    }
    sw_entry_fill(entry, object, &made);
    entry->source = source;
    entry->prepared = registry->change;
    entry->in_change = true;
    registry->change = entry;
    return SEAWALL_OK;
}

static sw_entry *take_newest(seawall_registry *registry)
{
    sw_entry *entry = registry->change;

    if (entry != NULL) {
        registry->change = entry->prepared;
        entry->prepared = NULL;
        entry->in_change = false;
    }
    return entry;
}

void sw_change_commit(seawall_registry *registry)
{
    bool template_made_anew = false;
    sw_entry *entry;

    sw_names_keep(registry);
    /* All of them, before anybody finds one: what it is made of may have something to tell as soon as it is used. */
    for (entry = registry->change; entry != NULL; entry = entry->prepared) {
        sw_source_begin(entry->source, sw_now(registry->platform));
        template_made_anew = template_made_anew || entry->is_template;
    }
    while ((entry = take_newest(registry)) != NULL) {
        if (entry->kind == SW_MEMBER_KEYED)
            sw_keyed_mark_templates(registry, entry);
        sw_entry_list(registry, entry);
        sw_mark_named(registry, entry);
    }
    if (template_made_anew)
        sw_keyed_refresh_all(registry, NULL);
}

void sw_change_abandon(seawall_registry *registry)
{
    sw_entry *entry;

    while ((entry = take_newest(registry)) != NULL)
        sw_entry_clear(registry, entry);
    sw_names_drop(registry);
}
