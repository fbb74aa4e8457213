/* Making objects, and what they need, so that all of it comes or nothing. */
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "registry/members.h"

/* Pipelines that stand in for one another; each costs some kilobytes of stack. */
#define DEPTH_MAX 8
#define LABEL_SIZE (SEAWALL_NAME_SIZE_MAX + 40)

/* One policy on its way into a pipeline. */
typedef struct parts {
    seawall_policy policies[SEAWALL_PIPELINE_POLICIES_MAX];
    const seawall_policy *order[SEAWALL_PIPELINE_POLICIES_MAX];
    int32_t count;
} parts;

static bool is_there(sw_entry *entry)
{
    return entry->in_change || (sw_load_u32(&entry->uses) & SW_LISTED) != 0;
}

static seawall_status need_object(seawall_registry *registry, int32_t kind, const char *name, sw_entry **entry,
                                  seawall_error *error)
{
    seawall_status status = SEAWALL_OK;

    *entry = sw_entry_need(registry, kind, name, &status, error);
    return *entry != NULL ? sw_change_make(registry, *entry, NULL, NULL, error) : status;
}

static seawall_status wrong_policies(const sw_entry *entry, const char *what, seawall_error *error)
{
    return sw_error(error, SEAWALL_INVALID, "pipeline.policies", "pipeline.policies of \"%s\": %s", entry->name, what);
}

/* A fallback that names a pipeline brings it along. */
static seawall_status fill(seawall_registry *registry, int32_t word, sw_entry *member, const char *label, seawall_policy *policy,
                           seawall_error *error)
{
    sw_entry *alternative;
    seawall_status status;

    if (sw_policy_words[word].kind != SW_MEMBER_FALLBACK || member->link == NULL)
        return sw_policy_words[word].fill(member->object, label, policy);
    status = need_object(registry, SW_MEMBER_PIPELINE, member->link, &alternative, error);
    if (status != SEAWALL_OK)
        return status;
    status = seawall_fallback_pipeline_policy(member->object, label, alternative->object, policy);
    return status == SEAWALL_OK ? status
                                : sw_error(error, status, "fallback.pipeline",
                                           "fallback.pipeline: \"%s\" has a function, and names a pipeline too", member->name);
}

static seawall_status add_policy(seawall_registry *registry, const sw_entry *entry, const sw_policy_item *item, parts *all,
                                 char label[LABEL_SIZE], seawall_error *error)
{
    int32_t word = sw_policy_word_named(item->word);
    seawall_policy *policy = &all->policies[all->count];
    char quoted[SW_TEXT_SIZE];
    sw_entry *member;
    seawall_status status;

    if (word < 0) {
        (void)sw_quote(item->word, quoted);
        return sw_error(error, SEAWALL_INVALID, "pipeline.policies", "pipeline.policies of \"%s\": %s is no policy", entry->name,
                        quoted);
    }
    status = need_object(registry, sw_policy_words[word].kind, item->name[0] != '\0' ? item->name : entry->name, &member, error);
    if (status != SEAWALL_OK)
        return status;
    if (item->name[0] != '\0')
        (void)snprintf(label, LABEL_SIZE, "%s \"%s\"", sw_policy_words[word].word, item->name);
    else
        (void)snprintf(label, LABEL_SIZE, "%s", sw_policy_words[word].word);
    *policy = (seawall_policy)SEAWALL_POLICY_INIT;
    all->order[all->count++] = policy;
    return fill(registry, word, member, label, policy, error);
}

/* Policies need their names until the pipeline has copied them. */
typedef char labels[SEAWALL_PIPELINE_POLICIES_MAX][LABEL_SIZE];

static seawall_status add_policies(seawall_registry *registry, const sw_entry *entry, parts *all, labels names,
                                   seawall_error *error)
{
    sw_span rest = {entry->link, strlen(entry->link)};
    seawall_status status = SEAWALL_OK;
    bool last = false;

    while (!last && status == SEAWALL_OK) {
        sw_policy_item item;
        const char *wrong = sw_policy_list_next(&rest, &item, &last);

        if (wrong == NULL && all->count == SEAWALL_PIPELINE_POLICIES_MAX)
            wrong = "more than 32 policies";
        if (wrong != NULL)
            return wrong_policies(entry, wrong, error);
        status = add_policy(registry, entry, &item, all, names[all->count], error);
    }
    return status;
}

static seawall_status build_pipeline(seawall_registry *registry, sw_entry *entry, seawall_error *error)
{
    parts all = {.count = 0};
    labels names;
    seawall_pipeline *pipeline;
    seawall_status status = add_policies(registry, entry, &all, names, error);

    if (status == SEAWALL_OK)
        status = seawall_pipeline_create(&entry->config.pipeline, all.order, all.count, registry->platform, &pipeline, error);
    if (status == SEAWALL_OK)
        entry->object = pipeline;
    return status;
}

static seawall_status make_pipeline(seawall_registry *registry, sw_entry *entry, seawall_error *error)
{
    seawall_status status;

    if (entry->link == NULL)
        return wrong_policies(entry, "none are named", error);
    if (registry->depth == DEPTH_MAX)
        return wrong_policies(entry, "more than 8 pipelines stand in for one another", error);
    registry->depth++;
    entry->building = true;
    status = build_pipeline(registry, entry, error);
    entry->building = false;
    registry->depth--;
    return status;
}

static seawall_status make_object(seawall_registry *registry, sw_entry *entry, seawall_error *error)
{
    const sw_member_kind *kind = &sw_member_kinds[entry->kind];
    sw_entry *linked;
    seawall_status status;

    if (entry->link != NULL && kind->link.offset >= 0) {
        status = need_object(registry, kind->link.kind, entry->link, &linked, error);
        if (status != SEAWALL_OK)
            return status;
        memcpy((char *)&entry->config + kind->link.offset, &linked->object, sizeof(linked->object));
    }
    return kind->create(&entry->config, registry->platform, &entry->object, error);
}

seawall_status sw_change_make(seawall_registry *registry, sw_entry *entry, const void *given, const char *policies,
                              seawall_error *error)
{
    seawall_status status;

    if (is_there(entry))
        return SEAWALL_OK;
    if (entry->building)
        return wrong_policies(entry, "the pipeline would stand in for itself", error);
    status = sw_entry_merge(registry, entry, given, policies, error);
    if (status != SEAWALL_OK)
        return status;
    status = entry->kind == SW_MEMBER_PIPELINE ? make_pipeline(registry, entry, error) : make_object(registry, entry, error);
    if (status != SEAWALL_OK) {
        sw_entry_clear(registry, entry);
        return status;
    }
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
    sw_entry *entry;

    while ((entry = take_newest(registry)) != NULL)
        sw_entry_list(registry, entry);
}

void sw_change_abandon(seawall_registry *registry)
{
    sw_entry *entry;

    while ((entry = take_newest(registry)) != NULL)
        sw_entry_clear(registry, entry);
}
