/* Telling what a reload came to. */
#include <stdio.h>
#include <string.h>

#include "base/field_value.h"
#include "registry/retune.h"

#define LINE_SIZE (4 * SW_TEXT_SIZE + SEAWALL_ERROR_MESSAGE_SIZE)

typedef struct teller {
    const sw_retune *it;
    seawall_change_fn tell;
    void *user;
} teller;

static void tell(const teller *t, seawall_change_kind what, const char *key, const char *from, const char *to, const char *how)
{
    char name[SW_TEXT_SIZE], line[LINE_SIZE];
    seawall_change change = {
        .size = sizeof(change),
        .what = what,
        .kind = sw_member_kinds[t->it->entry->kind].config->name,
        .name = t->it->entry->name,
        .key = key,
        .from = from,
        .to = to,
        .text = line,
    };

    (void)sw_quote((sw_span){change.name, strlen(change.name)}, name);
    if (key[0] != '\0')
        (void)snprintf(line, sizeof(line), "[%s %s] %s: %s -> %s%s", change.kind, name, key, from, to, how);
    else
        (void)snprintf(line, sizeof(line), "[%s %s]: %s", change.kind, name, how);
    t->tell(&change, t->user);
}

/* Why a field is left that could change. */
static const char *reason_of(const teller *t, const sw_field *field)
{
    const sw_retune_fields *fields = t->it->fields;
    char path[SEAWALL_ERROR_KEY_SIZE];
    int32_t i;

    sw_field_path(sw_member_kinds[t->it->entry->kind].config, field->key, path);
    for (i = 0; i < SW_RETUNE_UNFIT_MAX; i++) {
        if (strcmp(fields->unfit[i].key, path) == 0)
            return fields->unfit[i].message;
    }
    return fields->refusal.message;
}

/* A field that is to be something else: it is, or why not. */
static void tell_field(const teller *t, const sw_field *field)
{
    const sw_retune_fields *fields = t->it->fields;
    sw_value before = sw_value_load(field, &fields->before), wanted = sw_value_load(field, &fields->wanted);
    char from[SW_TEXT_SIZE], to[SW_TEXT_SIZE], why[SEAWALL_ERROR_MESSAGE_SIZE + 32];

    if (sw_value_same(before, wanted))
        return;
    (void)sw_value_print(field, before, from);
    (void)sw_value_print(field, wanted, to);
    if (field->secret) {
        memcpy(from, "***", 4);
        memcpy(to, "***", 4);
    }
    if (sw_value_same(sw_value_load(field, &fields->after), wanted)) {
        tell(t, SEAWALL_CHANGE_APPLIED, field->key, from, to, "");
        return;
    }
    if (!field->live || sw_member_kinds[t->it->entry->kind].reconfigure == NULL)
        (void)snprintf(why, sizeof(why), ", left: it cannot change while in use");
    else
        (void)snprintf(why, sizeof(why), ", left: %s", reason_of(t, field));
    tell(t, SEAWALL_CHANGE_LEFT, field->key, from, to, why);
}

static void tell_fields(const teller *t)
{
    const sw_member_kind *kind = &sw_member_kinds[t->it->entry->kind];
    const char *was = t->it->link != NULL ? t->it->link : "", *is = t->it->made.link != NULL ? t->it->made.link : "";
    int32_t i;

    for (i = 0; t->it->fields != NULL && i < kind->config->count; i++)
        tell_field(t, &kind->config->fields[i]);
    if (t->it->relinked)
        tell(t, SEAWALL_CHANGE_LEFT, kind->link.key, was, is, ", left: it cannot change while in use");
}

static bool is_there(seawall_registry *registry, sw_entry *entry)
{
    bool there;

    sw_registry_lock(registry);
    there = sw_entry_is_listed(entry);
    sw_mutex_unlock(&registry->lock);
    return there;
}

void sw_retune_tell(seawall_registry *registry, const sw_retune *list, seawall_change_fn fn, void *user)
{
    for (; list != NULL && fn != NULL; list = list->next) {
        const teller t = {list, fn, user};

        if (list->what == SEAWALL_CHANGE_CREATED)
            tell(&t, SEAWALL_CHANGE_CREATED, "", "", "", "made");
        else if (list->what == SEAWALL_CHANGE_APPLIED && is_there(registry, list->entry))
            tell_fields(&t);
        else if (list->what == SEAWALL_CHANGE_APPLIED)
            continue; /* nothing needs it any longer */
        else if (!is_there(registry, list->entry))
            tell(&t, SEAWALL_CHANGE_RETIRED, "", "", "", "named no longer, gone");
        else if (!list->retires_already)
            tell(&t, SEAWALL_CHANGE_RETIRING, "", "", "", "named no longer, goes when nobody uses it");
    }
}
