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

/* To whom names are told, and what names them. */
typedef struct visit {
    seawall_registry *registry;
    const sw_entry *entry;
    sw_entry_fn fn;
    void *user;
} visit;

static void visit_one(const visit *v, int32_t kind, const char *name)
{
    sw_entry *entry = kind >= 0 ? sw_entry_find(v->registry, kind, name) : NULL;

    if (entry != NULL)
        v->fn(entry, v->user);
}

static void visit_item(const visit *v, int32_t kind, const sw_policy_item *item)
{
    visit_one(v, kind, item->name[0] != '\0' ? item->name : v->entry->name);
}

static void visit_link(const visit *v, const char *text)
{
    const sw_link *link = &sw_member_kinds[v->entry->kind].link;
    sw_policy_item instance;
    int32_t kind = -1;

    if (link->form == SEAWALL_LINK_MEMBER)
        visit_one(v, link->kind, text);
    else if (link->form == SEAWALL_LINK_INSTANCE && sw_instance_item(text, &instance, &kind) == NULL)
        visit_item(v, kind, &instance);
}

void sw_entry_names(seawall_registry *registry, const sw_entry *entry, const char *link, const sw_member_config *config,
                    sw_entry_fn fn, void *user)
{
    const sw_config_kind *kind = sw_member_kinds[entry->kind].config;
    const visit v = {registry, entry, fn, user};
    int32_t i;

    if (link != NULL)
        visit_link(&v, link);
    for (i = 0; i < kind->count; i++) {
        const char *name;
        int32_t of = sw_named_by_field(&kind->fields[i], config, &name);

        visit_one(&v, of, name);
    }
    for (i = 0; i < SEAWALL_PRIORITY_COUNT && entry->kind == SW_MEMBER_THREAD_POOL; i++)
        visit_one(&v, SW_MEMBER_PRIORITY_LEVEL, seawall_priority_name(i));
}

static void visit_policies(const visit *v, const char *list)
{
    sw_span rest = {list, strlen(list)};
    sw_policy_item item;
    bool last = false;

    while (!last && sw_policy_list_next(&rest, &item, &last) == NULL) {
        int32_t word = sw_policy_word_named(item.word);

        visit_item(v, word >= 0 ? sw_policy_words[word].kind : -1, &item);
    }
}

void sw_entry_needs(seawall_registry *registry, const sw_entry *entry, const char *link, const sw_member_config *config,
                    sw_entry_fn fn, void *user)
{
    const visit v = {registry, entry, fn, user};

    sw_entry_names(registry, entry, link, config, fn, user);
    if (entry->kind == SW_MEMBER_PIPELINE && link != NULL)
        visit_policies(&v, link);
}

static void mark(sw_entry *entry, void *user)
{
    (void)user;
    entry->named = true;
}

void sw_mark_named(seawall_registry *registry, sw_entry *entry)
{
    sw_member_config config;

    (void)sw_entry_config(entry, &config);
    sw_entry_names(registry, entry, entry->link, &config, mark, NULL);
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
