/* Variables and the fields that they stand for. */
#include "config/environment.h"

#include <string.h>

#include "base/field_value.h"
#include "base/hash.h"
#include "config/nearest.h"
#include "config/scan.h"
#include "registry/member_kind.h"

static const char prefix[] = "SEAWALL__";

/* The sections of a document by their names in capitals. */
typedef struct capitals {
    sw_document *document;
    uint64_t *slots; /* index of a section, plus 1; 0: free */
    size_t count;    /* a power of 2, more than twice the sections */
} capitals;

static char capital(char c)
{
    if (c >= 'a' && c <= 'z')
        return (char)(c - 'a' + 'A');
    if ((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))
        return c;
    return '_';
}

/* Whether the name reads like this in a variable. */
static bool reads(const char *name, sw_span in_capitals)
{
    size_t i;

    for (i = 0; i < in_capitals.length && name[i] != '\0'; i++) {
        if (capital(name[i]) != in_capitals.start[i])
            return false;
    }
    return i == in_capitals.length && name[i] == '\0';
}

static size_t home_of(const capitals *all, int32_t kind, sw_span name)
{
    char text[SEAWALL_NAME_SIZE_MAX + 1];
    size_t i;

    for (i = 0; i < name.length && i < SEAWALL_NAME_SIZE_MAX; i++)
        text[i] = capital(name.start[i]);
    text[i] = '\0';
    return (size_t)sw_hash_text(all->document->seed + (uint64_t)kind, text) & (all->count - 1);
}

static sw_section *section_at(const capitals *all, size_t slot)
{
    return sw_document_section(all->document, (size_t)all->slots[slot] - 1);
}

/* The slot of the section whose name reads like this, or the free one where it belongs. */
static size_t find(const capitals *all, int32_t kind, sw_span in_capitals)
{
    size_t slot = home_of(all, kind, in_capitals);

    while (all->slots[slot] != 0 &&
           !(section_at(all, slot)->member_kind == kind && reads(section_at(all, slot)->name, in_capitals)))
        slot = (slot + 1) & (all->count - 1);
    return slot;
}

static void collide(const capitals *all, const sw_section *section, const sw_section *before, sw_problems *problems)
{
    sw_place place = sw_document_place(all->document, section, NULL), other = sw_document_place(all->document, before, NULL);
    bool elsewhere = other.file != place.file;
    char quoted[SW_TEXT_SIZE];

    (void)sw_quote((sw_span){before->name, strlen(before->name)}, quoted);
    sw_problem(problems, &place, "in a variable of the environment the name reads like that of [%s %s] in line %d%s%s",
               before->kind, quoted, (int)before->line, elsewhere ? " of " : "", elsewhere ? other.file : "");
}

static void take_section(capitals *all, size_t index, sw_problems *problems)
{
    const sw_section *section = sw_document_section(all->document, index);
    char name[SEAWALL_NAME_SIZE_MAX + 1];
    size_t slot, i;

    if (section->name == NULL || section->member_kind < 0)
        return;
    for (i = 0; section->name[i] != '\0'; i++)
        name[i] = capital(section->name[i]);
    slot = find(all, section->member_kind, (sw_span){name, i});
    if (all->slots[slot] == 0)
        all->slots[slot] = index + 1;
    else
        collide(all, section, section_at(all, slot), problems);
}

static int32_t kind_of(sw_span *rest)
{
    int32_t i;

    for (i = 0; i < SW_MEMBER_KINDS; i++) {
        size_t length = strlen(sw_member_kinds[i].config->name);

        if (rest->length > length + 2 && reads(sw_member_kinds[i].config->name, (sw_span){rest->start, length}) &&
            memcmp(rest->start + length, "__", 2) == 0) {
            rest->start += length + 2;
            rest->length -= length + 2;
            return i;
        }
    }
    return -1;
}

/* The key that the text ends with, and what stands before it and two underscores. */
static const char *key_of(const sw_member_kind *kind, sw_span *rest)
{
    int32_t i;

    for (i = 0; i <= kind->config->count; i++) {
        const char *key = i < kind->config->count ? kind->config->fields[i].key : kind->link.key;
        size_t length = key != NULL ? strlen(key) : 0;
        sw_span tail = {rest->start + rest->length - length, length};

        if (key == NULL || rest->length < length || !reads(key, tail))
            continue;
        if (rest->length == length || (rest->length > length + 2 && memcmp(tail.start - 2, "__", 2) == 0)) {
            rest->length -= rest->length == length ? length : length + 2;
            return key;
        }
    }
    return NULL;
}

/* Which section a variable means; NULL with the problem told, or with `*no_memory`. */
static sw_section *section_of(const capitals *all, int32_t kind, sw_span name, const sw_place *place, sw_problems *problems,
                              bool *no_memory)
{
    const char *word = sw_member_kinds[kind].config->name;
    char quoted[SW_TEXT_SIZE];
    sw_section *section;
    size_t slot;

    if (name.length == 0) {
        section = sw_document_find(all->document, word, NULL);
        if (section == NULL)
            section = sw_document_add_defaults(all->document, kind);
        *no_memory = section == NULL;
        return section;
    }
    slot = name.length <= SEAWALL_NAME_SIZE_MAX ? find(all, kind, name) : 0;
    if (name.length <= SEAWALL_NAME_SIZE_MAX && all->slots[slot] != 0)
        return section_at(all, slot);
    if (all->document->torn) /* it may stand where nobody could read it */
        return NULL;
    (void)sw_quote(name, quoted);
    sw_problem(problems, place, "no section [%s \"...\"] has a name that reads %s", word, quoted);
    return NULL;
}

/* The nearest kind to what stands where one should. */
static void no_kind(sw_span rest, const sw_place *place, sw_problems *problems)
{
    const char *known[SW_MEMBER_KINDS], *end = strstr(rest.start, "__");
    sw_span word = {rest.start, end != NULL ? (size_t)(end - rest.start) : rest.length};
    char hint[SW_HINT_SIZE];
    int32_t i;

    for (i = 0; i < SW_MEMBER_KINDS; i++)
        known[i] = sw_member_kinds[i].config->name;
    sw_nearest_of(word, known, SW_MEMBER_KINDS, hint);
    sw_problem(problems, place, "no kind is meant: SEAWALL__KIND__KEY or SEAWALL__KIND__NAME__KEY%s", hint);
}

/* The nearest key to the last word. */
static void no_key(const sw_member_kind *kind, sw_span rest, const sw_place *place, sw_problems *problems)
{
    sw_span word = rest;
    sw_nearest nearest;
    char hint[SW_HINT_SIZE];
    int32_t i;

    for (; rest.length > 2; rest.start++, rest.length--) {
        if (memcmp(rest.start, "__", 2) == 0)
            word = (sw_span){rest.start + 2, rest.length - 2};
    }
    nearest = sw_nearest_begin(word);
    for (i = 0; i < kind->config->count; i++)
        sw_nearest_look(&nearest, (sw_span){kind->config->fields[i].key, strlen(kind->config->fields[i].key)});
    if (kind->link.key != NULL)
        sw_nearest_look(&nearest, (sw_span){kind->link.key, strlen(kind->link.key)});
    sw_nearest_tell(&nearest, hint);
    sw_problem(problems, place, "%s has no such key%s", kind->config->name, hint);
}

static seawall_status lay_one(const capitals *all, sw_text_file *file, char *value, sw_problems *problems)
{
    sw_span rest = {file->path + sizeof(prefix) - 1, strlen(file->path) - (sizeof(prefix) - 1)};
    sw_place place = {.file = file->path};
    int32_t kind = kind_of(&rest);
    const char *key = kind >= 0 ? key_of(&sw_member_kinds[kind], &rest) : NULL, *wrong;
    bool no_memory = false;
    sw_section *section;
    unsigned byte;

    while (*value == ' ' || *value == '\t')
        value++;
    if (key == NULL) {
        if (kind < 0)
            no_kind(rest, &place, problems);
        else
            no_key(&sw_member_kinds[kind], rest, &place, problems);
        return SEAWALL_OK;
    }
    section = section_of(all, kind, rest, &place, problems, &no_memory);
    if (section == NULL)
        return no_memory ? SEAWALL_NO_MEMORY : SEAWALL_OK;
    place.kind = section->kind;
    place.name = section->name;
    place.key = key;
    wrong = strlen(value) > SEAWALL_LINE_SIZE_MAX                       ? "the value is longer than 4096 bytes"
            : !sw_scan_bytes(value, value + strlen(value), &byte) ? "a byte that is no UTF-8, or a control character"
                                                                        : sw_scan_value(value, false);
    if (wrong != NULL) {
        sw_problem(problems, &place, "%s", wrong);
        return SEAWALL_OK;
    }
    return sw_document_override(all->document, section, key, value) ? SEAWALL_OK : SEAWALL_NO_MEMORY;
}

/* A variable is a file of one value, so that it has a place to be told by. */
static seawall_status take_variable(const capitals *all, const char *variable, sw_problems *problems)
{
    const seawall_platform *platform = all->document->platform;
    size_t room = strlen(variable) + 1, length = strcspn(variable, "=");
    sw_text_file *file = sw_array_add(&all->document->files, sizeof(*file), platform);
    sw_text_file copy;

    if (file == NULL)
        return SEAWALL_NO_MEMORY;
    file->text = sw_allocate(platform, room, 1);
    if (file->text == NULL)
        return SEAWALL_NO_MEMORY;
    memcpy(file->text, variable, room);
    file->text[length] = '\0';
    file->room = room;
    file->path = file->text;
    file->variable = true;
    copy = *file;
    return variable[length] == '=' ? lay_one(all, &copy, copy.text + length + 1, problems) : SEAWALL_OK;
}

seawall_status sw_environment_lay(sw_document *document, const char *const *variables, sw_problems *problems)
{
    capitals all = {document, NULL, 64};
    size_t sections = document->sections.count, i;
    seawall_status status = SEAWALL_OK;

    while (all.count <= 2 * sections)
        all.count *= 2;
    all.slots = sw_allocate(document->platform, all.count * sizeof(*all.slots), _Alignof(uint64_t));
    if (all.slots == NULL)
        return SEAWALL_NO_MEMORY;
    for (i = 0; i < sections; i++)
        take_section(&all, i, problems);
    for (; *variables != NULL && status == SEAWALL_OK; variables++) {
        if (strncmp(*variables, prefix, sizeof(prefix) - 1) == 0)
            status = take_variable(&all, *variables, problems);
    }
    sw_release(document->platform, all.slots, all.count * sizeof(*all.slots));
    return status;
}
