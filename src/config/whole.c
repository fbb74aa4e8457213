/* Objects as they would be. A line that is wrong is told elsewhere and left out; what depends on it is not judged. */
#include "config/whole.h"

#include <string.h>

#include "base/field_value.h"
#include "registry/members.h"

/* One section. */
typedef struct whole {
    sw_wholes *all;
    const sw_section *section;
    const sw_config_kind *kind;
    const sw_lines *lines;
    uint64_t before; /* as in sw_wholes */
} whole;

static const sw_config_kind *kind_of(const sw_section *section)
{
    return sw_member_kinds[section->member_kind].config;
}

static bool is_link(const sw_section *section, const char *key)
{
    const char *link = sw_member_kinds[section->member_kind].link.key;

    return link != NULL && strcmp(link, key) == 0;
}

/* Lays what a section says over a config, and over what is known of it. */
static void lay(const sw_document *document, const sw_section *section, sw_member_config *config, sw_lines *lines)
{
    const sw_config_kind *kind = kind_of(section);
    uint64_t right = 0;
    const sw_item *item;

    if (section->torn)
        lines->unknown = UINT64_MAX;
    memset(lines->items, 0, (size_t)kind->count * sizeof(lines->items[0]));
    for (item = sw_document_first(document, section); item != NULL; item = sw_document_next(document, item)) {
        const sw_field *field = sw_field_named(kind, item->key);
        uint64_t bit = field != NULL ? (uint64_t)1 << (field - kind->fields) : 0;

        if (field != NULL)
            lines->items[field - kind->fields] = item;
        if (field == NULL)
            lines->unknown |= is_link(section, item->key) ? 0 : UINT64_MAX;
        else if (!item->torn && sw_config_set(kind, config, item->key, item->value, NULL) == SEAWALL_OK)
            right |= bit;
        else
            lines->unknown |= bit;
    }
    lines->unknown &= ~right;
}

static uint64_t link_bit(int32_t kind)
{
    return (uint64_t)1 << sw_member_kinds[kind].config->count;
}

static uint64_t lay_registry(const sw_wholes *wholes, int32_t kind, const char *name, sw_member_config *config)
{
    return wholes->registry != NULL ? sw_registry_lay(wholes->registry, wholes->again, kind, name, config) : 0;
}

/* Or may say it. */
static bool says_link(const sw_wholes *wholes, const sw_section *section)
{
    return section->torn || sw_document_item(wholes->document, section, sw_member_kinds[section->member_kind].link.key) != NULL;
}

void sw_wholes_init(sw_wholes *wholes, sw_document *document, seawall_registry *registry, bool again, sw_problems *problems)
{
    size_t i;

    wholes->document = document;
    wholes->problems = problems;
    wholes->registry = registry;
    wholes->again = again;
    for (i = 0; i < SW_MEMBER_KINDS; i++) {
        memcpy(&wholes->defaults[i], sw_member_kinds[i].config->defaults, sw_member_kinds[i].config->size);
        wholes->before[i] = lay_registry(wholes, (int32_t)i, NULL, &wholes->defaults[i]);
        wholes->common[i] = NULL;
        wholes->lines[i].unknown = 0;
        wholes->told[i] = 0;
        wholes->objects[i] = false;
    }
    for (i = 0; i < document->sections.count; i++) {
        sw_section *section = sw_document_section(document, i);
        int32_t kind = section->member_kind;

        if (kind >= 0 && section->name != NULL) {
            wholes->objects[kind] = true;
        } else if (kind >= 0) {
            wholes->common[kind] = section;
            if (sw_member_kinds[kind].link.key != NULL && says_link(wholes, section))
                wholes->before[kind] |= link_bit(kind);
            lay(document, section, &wholes->defaults[kind], &wholes->lines[kind]);
        }
    }
}

const char *sw_without_path(const seawall_error *error)
{
    size_t length = strlen(error->key);

    if (strncmp(error->message, error->key, length) == 0 && strncmp(error->message + length, ": ", 2) == 0)
        return error->message + length + 2;
    return error->message;
}

/* Where the defaults say what the section does not. */
static void tell_inherited(const whole *it, const sw_place *place, const sw_item *item, const char *message)
{
    const sw_text_file *file = sw_array_at(&it->all->document->files, (size_t)item->file);

    if (file->variable)
        sw_problem(it->all->problems, place, "set by %s, and %s", file->path, message);
    else if (file->path == place->file)
        sw_problem(it->all->problems, place, "set in line %d, and %s", (int)item->line, message);
    else
        sw_problem(it->all->problems, place, "set in line %d of %s, and %s", (int)item->line, file->path, message);
}

static void tell(const whole *it, const seawall_error *error)
{
    const char *dot = strchr(error->key, '.'), *key = dot != NULL ? dot + 1 : NULL, *message = sw_without_path(error);
    const sw_field *field = key != NULL ? sw_field_named(it->kind, key) : NULL;
    const sw_item *item = field != NULL ? it->lines->items[field - it->kind->fields] : NULL;
    const sw_lines *common = it->all->common[it->section->member_kind] != NULL ? &it->all->lines[it->section->member_kind] : NULL;
    const sw_item *inherited = field != NULL && common != NULL ? common->items[field - it->kind->fields] : NULL;
    bool elsewhere = field != NULL && (it->before >> (field - it->kind->fields) & 1) != 0;
    sw_place place = sw_document_place(it->all->document, it->section, item);

    place.key = key;
    if (item != NULL)
        sw_problem(it->all->problems, &place, "%s", message);
    else if (inherited != NULL)
        tell_inherited(it, &place, inherited, message);
    else
        sw_problem(it->all->problems, &place, "%s, and %s", elsewhere ? "set elsewhere" : "not set", message);
}

/* What has no default is asked of objects alone: each may yet bring its own. Answers what is not known then. */
static uint64_t judge_fields(const whole *it, const sw_member_config *config)
{
    uint64_t unknown = it->lines->unknown;
    seawall_error error;
    int32_t i;

    for (i = 0; i < it->kind->count; i++) {
        const sw_field *field = &it->kind->fields[i];
        uint64_t bit = (uint64_t)1 << i;

        if (sw_value_check(it->kind, field, sw_value_load(field, config), &error) == SEAWALL_OK)
            continue;
        if (it->section->name != NULL && (unknown & bit) == 0)
            tell(it, &error);
        unknown |= bit;
    }
    return unknown;
}

static uint64_t fields_of(const sw_config_kind *kind, const char *keys)
{
    sw_span rest = sw_trim(keys);
    uint64_t fields = 0;
    int32_t i;

    while (rest.length > 0) {
        sw_span key = sw_next_item(&rest);

        for (i = 0; i < kind->count; i++) {
            if (strlen(kind->fields[i].key) == key.length && memcmp(kind->fields[i].key, key.start, key.length) == 0)
                fields |= (uint64_t)1 << i;
        }
    }
    return fields;
}

/* Whether these fields are as the defaults have them, which are to blame then. */
static bool is_common(const whole *it, uint64_t fields, const sw_member_config *config)
{
    int32_t kind = it->section->member_kind, i;

    if (it->section->name == NULL || it->all->common[kind] == NULL || (it->all->lines[kind].unknown & fields) != 0)
        return false;
    for (i = 0; i < it->kind->count; i++) {
        const sw_field *field = &it->kind->fields[i];

        if ((fields >> i & 1) != 0 &&
            !sw_value_same(sw_value_load(field, config), sw_value_load(field, &it->all->defaults[kind])))
            return false;
    }
    return true;
}

/* Once, however many objects are made with them. */
static void tell_common(const whole *it, int32_t rule, const seawall_error *error)
{
    int32_t kind = it->section->member_kind;
    const whole common = {it->all, it->all->common[kind], it->kind, &it->all->lines[kind], it->all->before[kind]};
    uint64_t bit = (uint64_t)1 << rule;

    if ((it->all->told[kind] & bit) == 0)
        tell(&common, error);
    it->all->told[kind] |= bit;
    it->all->common[kind]->wrong = true;
}

/* A broken rule, number `rule` of its kind, for which the fields are to blame. */
static void tell_rule(const whole *it, int32_t rule, uint64_t fields, const sw_member_config *config, const seawall_error *error)
{
    if (is_common(it, fields, config))
        tell_common(it, rule, error);
    else
        tell(it, error);
}

static void judge_rules(const whole *it, const sw_member_config *config, uint64_t unknown)
{
    seawall_error error;
    int32_t i;

    for (i = 0; i < it->kind->rule_count; i++) {
        const sw_rule *rule = &it->kind->rules[i];
        uint64_t fields;

        if (rule->check(config, &error) == SEAWALL_OK)
            continue;
        fields = fields_of(it->kind, rule->fields);
        if ((fields & unknown) == 0)
            tell_rule(it, i, fields, config, &error);
    }
}

static void judge_link(const whole *it)
{
    const sw_link *link = &sw_member_kinds[it->section->member_kind].link;
    sw_place place = sw_document_place(it->all->document, it->section, NULL);

    if (sw_link_is_required(link) && (it->before & link_bit(it->section->member_kind)) == 0 && !says_link(it->all, it->section))
        sw_problem(it->all->problems, &place, "%s is missing", link->key);
}

/* What there would be of a section; with a name it has lines of its own. */
static whole make_whole(const sw_wholes *wholes, const sw_section *section, sw_member_config *config, sw_lines *lines)
{
    int32_t kind = section->member_kind;
    whole it = {NULL, section, kind_of(section), &wholes->lines[kind], wholes->before[kind]};

    memcpy(config, &wholes->defaults[kind], it.kind->size);
    if (section->name != NULL) {
        uint64_t before = lay_registry(wholes, kind, section->name, config);

        it.before |= before;
        lines->unknown = wholes->lines[kind].unknown & ~before;
        lay(wholes->document, section, config, lines);
        it.lines = lines;
    }
    return it;
}

void sw_judge_whole(sw_wholes *wholes, const sw_section *section)
{
    sw_member_config config;
    sw_lines lines;
    whole it;

    if (section->name == NULL && wholes->objects[section->member_kind])
        return;
    it = make_whole(wholes, section, &config, &lines);
    it.all = wholes;
    judge_rules(&it, &config, judge_fields(&it, &config));
    if (section->name != NULL)
        judge_link(&it);
}

uint64_t sw_whole_config(const sw_wholes *wholes, const sw_section *section, sw_member_config *config)
{
    sw_lines lines;

    return make_whole(wholes, section, config, &lines).lines->unknown;
}

void sw_judge_further(sw_wholes *wholes, const sw_section *section, const sw_further_rule *rule)
{
    seawall_error error;
    sw_member_config config;
    sw_lines lines;
    whole it = make_whole(wholes, section, &config, &lines);
    uint64_t fields = fields_of(it.kind, rule->fields);

    it.all = wholes;
    if ((it.lines->unknown & fields) == 0 && rule->check(&config, rule->user, &error) != SEAWALL_OK)
        tell_rule(&it, it.kind->rule_count, fields, &config, &error); /* behind those of the kind */
}
