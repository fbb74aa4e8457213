/* The sections and items of a file, and which names they have taken. */
#include "config/document.h"

#include <string.h>

#include "base/hash.h"
#include "registry/member_kind.h"
#include "time/platform.h"

/* A name that is taken: of a section, or of a key in a section. */
typedef struct sw_name_slot {
    uint64_t hash; /* 0: free */
    size_t section;
    const char *key; /* NULL: the section itself */
    int32_t line;
} sw_name_slot;

#define FIRST_SLOTS 64

void sw_document_init(sw_document *document, const seawall_platform *platform)
{
    *document = (sw_document){.platform = platform, .seed = sw_random(platform)};
}

void sw_document_fini(sw_document *document)
{
    size_t i;

    for (i = 0; i < document->files.count; i++) {
        sw_text_file *file = sw_array_at(&document->files, i);

        sw_release(document->platform, file->text, file->room);
    }
    sw_array_free(&document->files, document->platform);
    sw_array_free(&document->sections, document->platform);
    sw_array_free(&document->items, document->platform);
    sw_array_free(&document->names, document->platform);
}

sw_section *sw_document_section(const sw_document *document, size_t index)
{
    return sw_array_at(&document->sections, index);
}

static sw_item *item_at(const sw_document *document, size_t index_and_1)
{
    return index_and_1 > 0 ? sw_array_at(&document->items, index_and_1 - 1) : NULL;
}

sw_item *sw_document_first(const sw_document *document, const sw_section *section)
{
    return item_at(document, section->first);
}

sw_item *sw_document_next(const sw_document *document, const sw_item *item)
{
    return item_at(document, item->next);
}

sw_item *sw_document_item(const sw_document *document, const sw_section *section, const char *key)
{
    sw_item *item = sw_document_first(document, section);

    while (item != NULL && strcmp(item->key, key) != 0)
        item = sw_document_next(document, item);
    return item;
}

size_t sw_document_add(sw_document *document, sw_section *section, const char *key, char *value, int32_t file, int32_t line)
{
    sw_item *item = sw_array_add(&document->items, sizeof(*item), document->platform);

    if (item == NULL)
        return SIZE_MAX;
    *item = (sw_item){key, value, line, file, 0, false};
    if (section->last > 0)
        item_at(document, section->last)->next = document->items.count;
    else
        section->first = document->items.count;
    section->last = document->items.count;
    return document->items.count - 1;
}

bool sw_document_override(sw_document *document, sw_section *section, const char *key, char *value)
{
    int32_t file = (int32_t)document->files.count - 1;
    sw_item *item = sw_document_item(document, section, key);

    if (item == NULL)
        return sw_document_add(document, section, key, value, file, 0) != SIZE_MAX;
    item->value = value;
    item->file = file;
    item->line = 0;
    return true;
}

sw_section *sw_document_add_defaults(sw_document *document, int32_t kind)
{
    sw_section *section = sw_array_add(&document->sections, sizeof(*section), document->platform);
    int32_t before;

    if (section == NULL)
        return NULL;
    section->kind = sw_member_kinds[kind].config->name;
    section->file = (int32_t)document->files.count - 1;
    section->member_kind = kind;
    return sw_document_claim(document, document->sections.count - 1, NULL, &before) ? section : NULL;
}

sw_place sw_document_place(const sw_document *document, const sw_section *section, const sw_item *item)
{
    const sw_text_file *file = sw_array_at(&document->files, (size_t)(item != NULL ? item->file : section->file));

    return (sw_place){
        .file = file->path,
        .line = item != NULL ? item->line : section->line,
        .kind = section->kind,
        .name = section->name,
        .key = item != NULL ? item->key : NULL,
    };
}

/* What is to be found: a section by kind and name, or a key by its section. */
typedef struct wanted {
    const char *kind;
    const char *name;
    const char *key; /* NULL: the section itself */
    size_t section;  /* with a key */
} wanted;

static uint64_t hash_of(const sw_document *document, const wanted *what)
{
    uint64_t hash = what->key != NULL
                        ? sw_hash_text(document->seed + what->section + 1, what->key)
                        : sw_hash_text(sw_hash_text(document->seed, what->kind), what->name != NULL ? what->name : "");

    return hash != 0 ? hash : 1;
}

static bool is_wanted(const sw_document *document, const sw_name_slot *slot, const wanted *what)
{
    const sw_section *section = sw_document_section(document, slot->section);

    if (what->key != NULL)
        return slot->key != NULL && slot->section == what->section && strcmp(slot->key, what->key) == 0;
    if (slot->key != NULL || strcmp(section->kind, what->kind) != 0)
        return false;
    return section->name == NULL || what->name == NULL ? section->name == what->name : strcmp(section->name, what->name) == 0;
}

/* The slot that has this name, or the free one where it belongs. At least one is free. */
static sw_name_slot *find(const sw_document *document, uint64_t hash, const wanted *what)
{
    size_t mask = document->names.count - 1, i;

    for (i = hash & mask;; i = (i + 1) & mask) {
        sw_name_slot *slot = sw_array_at(&document->names, i);

        if (slot->hash == 0 || (slot->hash == hash && is_wanted(document, slot, what)))
            return slot;
    }
}

static void move(const sw_array *bigger, const sw_name_slot *from)
{
    size_t i = from->hash & (bigger->count - 1);
    sw_name_slot *slot = sw_array_at(bigger, i);

    while (slot->hash != 0) {
        i = (i + 1) & (bigger->count - 1);
        slot = sw_array_at(bigger, i);
    }
    *slot = *from;
}

/* Twice as many slots as names at least. */
static bool make_room(sw_document *document)
{
    size_t count = document->names.count > 0 ? 2 * document->names.count : FIRST_SLOTS;
    sw_array bigger = {NULL, count, count, sizeof(sw_name_slot)};
    size_t i;

    if (2 * (document->named + 1) <= document->names.count)
        return true;
    bigger.items = sw_allocate(document->platform, count * sizeof(sw_name_slot), _Alignof(sw_name_slot));
    if (bigger.items == NULL)
        return false;
    for (i = 0; i < document->names.count; i++) {
        sw_name_slot *slot = sw_array_at(&document->names, i);

        if (slot->hash != 0)
            move(&bigger, slot);
    }
    sw_array_free(&document->names, document->platform);
    document->names = bigger;
    return true;
}

bool sw_document_claim(sw_document *document, size_t section, const sw_item *item, int32_t *before)
{
    const sw_section *it = sw_document_section(document, section);
    wanted what = {it->kind, it->name, item != NULL ? item->key : NULL, section};
    uint64_t hash = hash_of(document, &what);
    sw_name_slot *slot;

    if (!make_room(document))
        return false;
    slot = find(document, hash, &what);
    *before = slot->hash != 0 ? slot->line : 0;
    if (slot->hash == 0) {
        *slot = (sw_name_slot){hash, section, what.key, item != NULL ? item->line : it->line};
        document->named++;
    }
    return true;
}

sw_section *sw_document_find(const sw_document *document, const char *kind, const char *name)
{
    wanted what = {kind, name, NULL, 0};
    const sw_name_slot *slot;

    if (document->names.count == 0)
        return NULL;
    slot = find(document, hash_of(document, &what), &what);
    return slot->hash != 0 ? sw_document_section(document, slot->section) : NULL;
}
