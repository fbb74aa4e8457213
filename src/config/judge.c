/* Judging a document by the tables: the same that judge structs. */
#include "config/judge.h"

#include <stdio.h>
#include <string.h>

#include "base/fault.h"
#include "base/field_value.h"
#include "config/chain.h"
#include "config/nearest.h"
#include "config/pace.h"
#include "config/scan.h"
#include "config/whole.h"
#include "registry/policy_list.h"

typedef struct judge {
    sw_document *document;
    sw_problems *problems;
    sw_wholes wholes;
} judge;

static bool is_link(const sw_member_kind *kind, const char *key)
{
    return kind->link.key != NULL && strcmp(kind->link.key, key) == 0;
}

static sw_span span_of(const char *text)
{
    return (sw_span){text, strlen(text)};
}

static void unknown_kind(judge *j, const sw_section *section)
{
    sw_place place = sw_document_place(j->document, section, NULL);
    const char *known[SW_MEMBER_KINDS];
    char hint[SW_HINT_SIZE];
    int32_t i;

    for (i = 0; i < SW_MEMBER_KINDS; i++)
        known[i] = sw_member_kinds[i].config->name;
    sw_nearest_of(span_of(section->kind), known, SW_MEMBER_KINDS, hint);
    sw_problem(j->problems, &place, "unknown kind%s", hint);
}

#define KEYS_MAX 64

static void unknown_key(judge *j, const sw_section *section, const sw_item *item)
{
    const sw_member_kind *kind = &sw_member_kinds[section->member_kind];
    sw_place place = sw_document_place(j->document, section, item);
    const char *known[KEYS_MAX];
    char hint[SW_HINT_SIZE];
    size_t count = 0;

    while (count < (size_t)kind->config->count && count < KEYS_MAX - 1) {
        known[count] = kind->config->fields[count].key;
        count++;
    }
    if (kind->link.key != NULL)
        known[count++] = kind->link.key;
    sw_nearest_of(span_of(item->key), known, count, hint);
    sw_problem(j->problems, &place, "unknown key%s", hint);
}

static void unknown_policy(judge *j, const sw_place *place, sw_span word)
{
    const char *known[KEYS_MAX];
    char quoted[SW_TEXT_SIZE], hint[SW_HINT_SIZE];
    int32_t i;

    for (i = 0; i < sw_policy_word_count; i++)
        known[i] = sw_policy_words[i].word;
    (void)sw_quote(word, quoted);
    sw_nearest_of(word, known, (size_t)sw_policy_word_count, hint);
    sw_problem(j->problems, place, "%s is no policy%s", quoted, hint);
}

/* Takes the quotes off every item of a list and joins them again. Answers what is wrong, or NULL. */
static const char *unquote(char *value, bool may_be_many)
{
    char *list = value, *to = value, *item;
    bool last = false;

    if (strchr(value, '"') == NULL)
        return NULL;
    while (!last) {
        size_t length;

        if (!sw_scan_list_item(&list, &item, &last))
            return "text beside quotes";
        if (!last && !may_be_many)
            return "one text is wanted, not a list";
        length = strlen(item);
        memmove(to, item, length);
        to += length;
        if (!last)
            *to++ = ',';
    }
    *to = '\0';
    return NULL;
}

/* The nearest word to what is wrong in a value that is made of words. */
static void hint_value(const sw_field *field, const char *value, char hint[SW_HINT_SIZE])
{
    sw_span wrong = sw_trim(value), rest;
    sw_nearest nearest;
    seawall_fault_set set;
    seawall_fault i;

    hint[0] = '\0';
    if (field->type == SEAWALL_FIELD_FAULTS && sw_parse_faults(wrong, &set, &wrong) == SW_TEXT_MALFORMED) {
        nearest = sw_nearest_begin(wrong);
        for (i = 0; i < SEAWALL_FAULT_COUNT; i++) {
            if ((SEAWALL_FAULT_BIT(i) & SEAWALL_FAULTS_ALL) != 0)
                sw_nearest_look(&nearest, span_of(sw_fault_table[i].name));
        }
        sw_nearest_tell(&nearest, hint);
    } else if (field->type == SEAWALL_FIELD_CHOICE) {
        nearest = sw_nearest_begin(wrong);
        for (rest = sw_trim(field->choices); rest.length > 0;)
            sw_nearest_look(&nearest, sw_next_item(&rest));
        sw_nearest_tell(&nearest, hint);
    }
}

static void judge_field(judge *j, const sw_section *section, const sw_item *item, const sw_field *field)
{
    const sw_config_kind *kind = sw_member_kinds[section->member_kind].config;
    sw_place place = sw_document_place(j->document, section, item);
    char hint[SW_HINT_SIZE];
    seawall_error error;
    sw_value value;

    if (item->torn) {
        sw_problem(j->problems, &place, "%s", item->torn);
    } else if (sw_value_parse(kind, field, item->value, &value, &error) != SEAWALL_OK ||
               sw_value_check(kind, field, value, &error) != SEAWALL_OK) {
        hint_value(field, item->value, hint);
        sw_problem(j->problems, &place, "%s%s", sw_without_path(&error), hint);
    }
}

/* Sections among which the nearest name is sought: enough for a hint, however many there are. */
#define LOOK_MAX 10000

/* Where one is named by a list or a key, it must stand somewhere. */
static void not_there(judge *j, const sw_place *place, int32_t kind, const char *name)
{
    const char *word = sw_member_kinds[kind].config->name;
    sw_nearest nearest = sw_nearest_begin(span_of(name));
    char quoted[SW_TEXT_SIZE], hint[SW_HINT_SIZE];
    size_t i, looked = 0;

    if (j->document->torn) /* it may stand where nobody could read it */
        return;
    for (i = 0; i < j->document->sections.count && i < LOOK_MAX && looked < 100; i++) {
        const sw_section *section = sw_document_section(j->document, i);

        if (section->name != NULL && section->member_kind == kind) {
            sw_nearest_look(&nearest, span_of(section->name));
            looked++;
        }
    }
    (void)sw_quote(span_of(name), quoted);
    sw_nearest_tell(&nearest, hint);
    sw_problem(j->problems, place, "there is no section [%s %s]%s", word, quoted, hint);
}

static void judge_policies(judge *j, const sw_section *section, const sw_item *item)
{
    sw_place place = sw_document_place(j->document, section, item);
    sw_span rest = span_of(item->value);
    bool last = false;
    int32_t count;

    for (count = 1; !last; count++) {
        sw_policy_item policy;
        const char *wrong = sw_policy_list_next(&rest, &policy, &last);
        int32_t word;

        if (wrong == NULL && count > SEAWALL_PIPELINE_POLICIES_MAX)
            wrong = "more than 32 policies";
        if (wrong != NULL) {
            sw_problem(j->problems, &place, "%s", wrong);
            return;
        }
        word = sw_policy_word_named(policy.word);
        if (word < 0) {
            unknown_policy(j, &place, policy.word);
        } else if (policy.name[0] != '\0' &&
                   sw_document_find(j->document, sw_member_kinds[sw_policy_words[word].kind].config->name, policy.name) == NULL) {
            not_there(j, &place, sw_policy_words[word].kind, policy.name);
        }
    }
}

static void judge_member(judge *j, const sw_section *section, const sw_item *item, int32_t kind)
{
    sw_place place = sw_document_place(j->document, section, item);
    char *list = item->value, *name;
    bool last = false;

    if (!sw_scan_list_item(&list, &name, &last) || !last)
        sw_problem(j->problems, &place, "not one name");
    else if (sw_document_find(j->document, sw_member_kinds[kind].config->name, name) == NULL)
        not_there(j, &place, kind, name);
    else if (name != item->value)
        memmove(item->value, name, strlen(name) + 1);
}

/* A text whose key is a kind names one of these. */
static void judge_named(judge *j, const sw_section *section, const sw_item *item, const sw_field *field)
{
    int32_t kind = field->type == SEAWALL_FIELD_TEXT ? sw_member_kind_named(span_of(item->key)) : -1;
    sw_place place = sw_document_place(j->document, section, item);

    if (kind >= 0 && item->value[0] != '\0' &&
        sw_document_find(j->document, sw_member_kinds[kind].config->name, item->value) == NULL)
        not_there(j, &place, kind, item->value);
}

/* What each key gets one of: the kind is to be one of those, and what is named to have a section. */
static void judge_instance(judge *j, const sw_section *section, const sw_item *item)
{
    sw_place place = sw_document_place(j->document, section, item);
    sw_policy_item instance;
    int32_t kind = -1;
    const char *wrong = sw_instance_item(item->value, &instance, &kind);

    if (wrong != NULL)
        sw_problem(j->problems, &place, "%s", wrong);
    else if (instance.name[0] != '\0' &&
             sw_document_find(j->document, sw_member_kinds[kind].config->name, instance.name) == NULL)
        not_there(j, &place, kind, instance.name);
}

static void judge_item(judge *j, const sw_section *section, const sw_item *item)
{
    const sw_member_kind *kind = &sw_member_kinds[section->member_kind];
    const sw_field *field = sw_field_named(kind->config, item->key);

    if (field != NULL) {
        judge_field(j, section, item, field);
        judge_named(j, section, item, field);
    } else if (!is_link(kind, item->key)) {
        unknown_key(j, section, item);
    } else if (kind->link.form == SEAWALL_LINK_POLICIES) {
        judge_policies(j, section, item);
    } else if (kind->link.form == SEAWALL_LINK_INSTANCE) {
        judge_instance(j, section, item);
    } else {
        judge_member(j, section, item, kind->link.kind);
    }
}

/* Values of fields lose their quotes before anything is judged: defaults may stand behind what uses them. */
static void unquote_fields(sw_document *document, const sw_section *section)
{
    sw_item *item;

    for (item = sw_document_first(document, section); item != NULL; item = sw_document_next(document, item)) {
        const sw_field *field = sw_field_named(sw_member_kinds[section->member_kind].config, item->key);

        if (field != NULL)
            item->torn = unquote(item->value, field->type != SEAWALL_FIELD_TEXT || field->many);
    }
}

static void judge_section(judge *j, sw_section *section)
{
    const sw_member_kind *kind = &sw_member_kinds[section->member_kind];
    int64_t before = j->problems->count;
    const sw_item *item;

    if (section->name != NULL && !sw_member_kind_allows(section->member_kind, section->name)) {
        sw_place place = sw_document_place(j->document, section, NULL);

        sw_problem(j->problems, &place, "the name is not one of %s", kind->names);
    }
    item = sw_document_first(j->document, section);
    for (; item != NULL && !sw_problems_full(j->problems); item = sw_document_next(j->document, item))
        judge_item(j, section, item);
    sw_judge_whole(&j->wholes, section);
    section->wrong = section->wrong || section->torn || j->problems->count > before;
}

void sw_find_kinds(sw_document *document)
{
    size_t i;

    for (i = 0; i < document->sections.count; i++) {
        sw_section *section = sw_document_section(document, i);

        section->member_kind = sw_member_kind_named(span_of(section->kind));
    }
}

void sw_judge(sw_document *document, seawall_registry *registry, bool again, sw_problems *problems)
{
    judge j;
    size_t i;

    j.document = document;
    j.problems = problems;
    for (i = 0; i < document->sections.count; i++) {
        sw_section *section = sw_document_section(document, i);

        if (section->member_kind >= 0)
            unquote_fields(document, section);
    }
    sw_wholes_init(&j.wholes, document, registry, again, problems);
    for (i = 0; i < document->sections.count && !sw_problems_full(problems); i++) {
        sw_section *section = sw_document_section(document, i);

        if (section->member_kind < 0)
            unknown_kind(&j, section);
        else
            judge_section(&j, section);
    }
    if (!sw_problems_full(problems))
        sw_judge_paces(&j.wholes);
    if (!sw_problems_full(problems))
        sw_judge_chains(document, j.wholes.defaults, registry, problems);
}
