/* Follows the lists of policies, and the fallbacks in them to further pipelines. */
#include "config/chain.h"

#include <string.h>

#include "registry/members.h"

typedef struct chains {
    sw_document *document;
    seawall_registry *registry; /* where all of it is to go; NULL: nowhere */
    const sw_member_config *defaults;
    sw_problems *problems;
} chains;

/* A pipeline that there would be; without a section of its own it is made of the defaults. */
typedef struct walk {
    const char *name;
    const char *list;
    sw_place place; /* where its list stands, or what needs it */
    int32_t depth;  /* how many lead here */
    sw_chain sum;
} walk;

static const char *word_of(int32_t kind)
{
    return sw_member_kinds[kind].config->name;
}

/* The item of the section, which may be missing, else that of the kind's defaults. */
static const sw_item *link_of(const chains *c, int32_t kind, const sw_section *section)
{
    const char *key = sw_member_kinds[kind].link.key;
    const sw_item *item = section != NULL ? sw_document_item(c->document, section, key) : NULL;
    const sw_section *common = sw_document_find(c->document, word_of(kind), NULL);

    return item == NULL && common != NULL ? sw_document_item(c->document, common, key) : item;
}

static void quote(const char *name, char quoted[SW_TEXT_SIZE])
{
    (void)sw_quote((sw_span){name, strlen(name)}, quoted);
}

/* What has no section may be the program's own. Where there is no registry, it may always be. */
static bool is_brought(const chains *c, int32_t kind, const char *name)
{
    bool brought;

    if (c->registry == NULL || c->document->torn)
        return true;
    sw_registry_lock(c->registry);
    brought = c->registry->kind_settings[kind] != NULL || sw_entry_find(c->registry, kind, name) != NULL;
    sw_mutex_unlock(&c->registry->lock);
    return brought;
}

/* Else it is made of the defaults, unless these lack something. */
static bool can_be_default(const chains *c, const sw_place *place, int32_t kind, const char *name)
{
    const sw_section *common = sw_document_find(c->document, word_of(kind), NULL);
    char quoted[SW_TEXT_SIZE];
    sw_member_config full;
    seawall_error error;

    if (common != NULL && common->wrong) /* it may be for that */
        return false;
    if (sw_config_take(sw_member_kinds[kind].config, &c->defaults[kind], &full, &error) == SEAWALL_OK)
        return true;
    quote(name, quoted);
    sw_problem(c->problems, place, "there is no section [%s %s], and %s", word_of(kind), quoted, error.message);
    return false;
}

static bool look_at(const chains *c, walk *it);

/* Answers whether it is right; what is wrong has been told. */
static bool look_at_section(const chains *c, sw_section *section, int32_t depth)
{
    const sw_item *own = sw_document_item(c->document, section, sw_member_kinds[SW_MEMBER_PIPELINE].link.key);
    const sw_item *list = link_of(c, SW_MEMBER_PIPELINE, section);
    walk it = {section->name, list != NULL ? list->value : NULL, sw_document_place(c->document, section, own), depth, {0}};
    bool right;

    if (section->chain.height != 0)
        return section->chain.height > 0;
    it.place.key = sw_member_kinds[SW_MEMBER_PIPELINE].link.key;
    section->chain.walking = true;
    right = !section->wrong && list != NULL && look_at(c, &it);
    section->chain = it.sum;
    section->chain.height = right ? it.sum.height : -1;
    return right;
}

/* The pipeline that a fallback names stands in for this one. */
static bool follow(const chains *c, walk *it, const sw_section *fallback, const char *name)
{
    const sw_item *link = link_of(c, SW_MEMBER_FALLBACK, fallback);
    sw_section *next = link != NULL ? sw_document_find(c->document, word_of(SW_MEMBER_PIPELINE), link->value) : NULL;
    char by[SW_TEXT_SIZE], to[SW_TEXT_SIZE];

    if (link == NULL || next == NULL)
        return link == NULL; /* what is not there has been told */
    if (next->chain.walking) {
        quote(name, by);
        quote(next->name, to);
        sw_problem(c->problems, &it->place, "fallback %s leads back to pipeline %s, which would stand in for itself", by, to);
        return false;
    }
    if ((next->chain.height == 0 && it->depth == SW_PIPELINE_DEPTH_MAX) ||
        (look_at_section(c, next, it->depth + 1) && next->chain.height == SW_PIPELINE_DEPTH_MAX)) {
        sw_problem(c->problems, &it->place, "more than %d pipelines stand in for one another", SW_PIPELINE_DEPTH_MAX);
        return false;
    }
    if (next->chain.height >= it->sum.height)
        it->sum.height = next->chain.height + 1;
    it->sum.policies += next->chain.policies;
    return next->chain.height > 0;
}

static bool look_at_policy(const chains *c, walk *it, const sw_policy_item *policy)
{
    int32_t word = sw_policy_word_named(policy->word), kind = word >= 0 ? sw_policy_words[word].kind : -1;
    const char *name = policy->name[0] != '\0' ? policy->name : it->name;
    const sw_section *section = word >= 0 ? sw_document_find(c->document, word_of(kind), name) : NULL;

    if (word < 0 || (section == NULL && policy->name[0] != '\0'))
        return false;
    it->sum.policies++;
    if (section == NULL && is_brought(c, kind, name))
        return true;
    if (section == NULL && !can_be_default(c, &it->place, kind, name))
        return false;
    return kind != SW_MEMBER_FALLBACK || follow(c, it, section, name);
}

static bool look_at(const chains *c, walk *it)
{
    sw_span rest = {it->list, strlen(it->list)};
    bool last = false, right = true;
    int32_t count;

    it->sum.height = 1;
    for (count = 0; !last; count++) {
        sw_policy_item policy;

        if (count == SEAWALL_PIPELINE_POLICIES_MAX || sw_policy_list_next(&rest, &policy, &last) != NULL)
            return false;
        right = look_at_policy(c, it, &policy) && right;
    }
    if (right && it->sum.policies > SEAWALL_PIPELINE_POLICIES_MAX) {
        sw_problem(c->problems, &it->place, "%d policies, alternatives included, are above %d", (int)it->sum.policies,
                   SEAWALL_PIPELINE_POLICIES_MAX);
        return false;
    }
    return right;
}

/* What each key gets one of may have no section. */
static void look_at_instance(const chains *c, const sw_section *keyed)
{
    const sw_item *own = sw_document_item(c->document, keyed, sw_member_kinds[SW_MEMBER_KEYED].link.key);
    const sw_item *link = link_of(c, SW_MEMBER_KEYED, keyed);
    const sw_item *list = link_of(c, SW_MEMBER_PIPELINE, NULL);
    walk it = {keyed->name, list != NULL ? list->value : NULL, sw_document_place(c->document, keyed, own), 1, {0}};
    char quoted[SW_TEXT_SIZE];
    sw_policy_item instance;
    int32_t kind = -1;

    if (link == NULL || sw_instance_item(link->value, &instance, &kind) != NULL || instance.name[0] != '\0' ||
        sw_document_find(c->document, word_of(kind), keyed->name) != NULL || is_brought(c, kind, keyed->name))
        return;
    it.place.key = sw_member_kinds[SW_MEMBER_KEYED].link.key;
    if (kind != SW_MEMBER_PIPELINE) {
        (void)can_be_default(c, &it.place, kind, keyed->name);
    } else if (it.list != NULL) {
        (void)look_at(c, &it);
    } else {
        quote(keyed->name, quoted);
        sw_problem(c->problems, &it.place, "there is no section [pipeline %s], and policies is missing", quoted);
    }
}

void sw_judge_chains(sw_document *document, const sw_member_config *defaults, seawall_registry *registry, sw_problems *problems)
{
    const chains c = {document, registry, defaults, problems};
    size_t i;

    for (i = 0; i < document->sections.count && !sw_problems_full(problems); i++) {
        sw_section *section = sw_document_section(document, i);

        if (section->name == NULL)
            continue;
        if (section->member_kind == SW_MEMBER_PIPELINE)
            (void)look_at_section(&c, section, 1);
        else if (section->member_kind == SW_MEMBER_KEYED)
            look_at_instance(&c, section);
    }
}
