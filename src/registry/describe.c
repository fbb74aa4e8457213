/* What is in a registry, what it was made from, and where that comes from. */
#include <string.h>

#include <seawall/loader.h>

#include "base/field_value.h"
#include "base/secret.h"
#include "base/writer.h"
#include "registry/members.h"

int32_t seawall_registry_count(seawall_registry *registry)
{
    int32_t count;

    if (registry == NULL)
        return 0;
    sw_registry_lock(registry);
    count = registry->members;
    sw_mutex_unlock(&registry->lock);
    return count;
}

static sw_entry *listed_at(seawall_registry *registry, int32_t index)
{
    sw_entry *entry;

    for (entry = sw_entry_first(registry); entry != NULL; entry = sw_entry_next(entry)) {
        if (sw_entry_is_listed(entry) && index-- == 0)
            return entry;
    }
    return NULL;
}

seawall_status seawall_registry_member(seawall_registry *registry, int32_t index, seawall_member *member)
{
    seawall_member full = {.size = sizeof(full)};
    sw_entry *entry;

    if (registry == NULL || member == NULL || index < 0)
        return SEAWALL_INVALID;
    sw_registry_lock(registry);
    entry = listed_at(registry, index);
    if (entry != NULL) {
        full.kind = sw_member_kinds[entry->kind].config->name;
        memcpy(full.name, entry->name, sizeof(entry->name));
        full.retiring = entry->retiring;
    }
    sw_mutex_unlock(&registry->lock);
    return entry != NULL ? SW_GIVE(full, name, member) : SEAWALL_INVALID;
}

/*
 * The first character of a path, which may be any bytes, as a file may hold it: ? for what it may not. Answers how many bytes of
 * the path it takes.
 */
static size_t take_plain(sw_span path, sw_span *shown)
{
    size_t one = sw_utf8_character(path.start, path.length);
    bool plain = one > 0 && sw_plain_length((sw_span){path.start, one}) == one;

    *shown = plain ? (sw_span){path.start, one} : (sw_span){"?", 1};
    return one > 0 ? one : 1;
}

/* As much of it as `most` bytes hold. */
static void write_path(sw_writer *to, const char *path, size_t most)
{
    sw_span rest = {path, strlen(path)}, shown;

    while (rest.length > 0) {
        size_t taken = take_plain(rest, &shown);

        if (shown.length > most)
            return;
        sw_write_bytes(to, shown.start, shown.length);
        most -= shown.length;
        rest.start += taken;
        rest.length -= taken;
    }
}

static void give_origin(const sw_origin *from, seawall_origin *origin)
{
    sw_writer file = {origin->file, sizeof(origin->file), 0};

    origin->kind = from->kind;
    origin->line = from->line;
    origin->of_kind = from->of_kind;
    write_path(&file, from->file != NULL ? from->file : "", sizeof(origin->file) - 1);
    sw_write_end(&file);
}

static void write_quoted(sw_writer *to, const char *text)
{
    sw_write(to, "\"");
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\')
            sw_write(to, "\\");
        sw_write_bytes(to, text, 1);
    }
    sw_write(to, "\"");
}

/* As seawall_config_set reads it, but for secrets, or as a file's line, where texts have quotes. */
static void write_field(const sw_member_config *config, const sw_field *field, bool line, sw_writer *to)
{
    char value[SW_TEXT_SIZE], shown[SW_SHOWN_SIZE];

    (void)sw_value_print(field, sw_value_load(field, config), value);
    sw_secret_show(field, value, shown);
    if (line && field->type == SEAWALL_FIELD_TEXT)
        write_quoted(to, shown);
    else
        sw_write(to, shown);
}

/* The value of a key, and its origin; NULL if the kind has no such key. */
static const sw_origin *write_value(sw_entry *entry, const char *key, sw_writer *to)
{
    const sw_member_kind *kind = &sw_member_kinds[entry->kind];
    const sw_field *field = sw_field_named(kind->config, key);
    sw_member_config config;

    if (field != NULL) {
        (void)sw_entry_config(entry, &config);
        write_field(&config, field, false, to);
        return &entry->origins[field - kind->config->fields];
    }
    if (kind->link.key == NULL || strcmp(key, kind->link.key) != 0)
        return NULL;
    sw_write(to, entry->link != NULL ? entry->link : "");
    return &entry->origins[kind->config->count];
}

seawall_status seawall_registry_describe(seawall_registry *registry, const char *kind, const char *name, const char *key,
                                         char *text, size_t size, size_t *needed, seawall_origin *origin)
{
    int32_t index = kind != NULL ? sw_member_kind_named((sw_span){kind, strlen(kind)}) : -1;
    seawall_origin full = {.size = sizeof(full)};
    sw_writer count = {NULL, 0, 0}, to = {text, size, 0};
    const sw_origin *found = NULL;
    sw_entry *entry;

    if (registry == NULL || index < 0 || name == NULL || key == NULL || (text == NULL && size > 0))
        return SEAWALL_INVALID;
    if (origin != NULL && (origin->size == 0 || origin->size > SW_STRUCT_SIZE_MAX || origin->size < sizeof(full)))
        return SEAWALL_INVALID;
    sw_registry_lock(registry);
    entry = sw_entry_find(registry, index, name);
    if (entry != NULL && sw_entry_is_listed(entry))
        found = write_value(entry, key, &count);
    if (found != NULL && count.length < size)
        (void)write_value(entry, key, &to);
    if (found != NULL)
        give_origin(found, &full);
    sw_mutex_unlock(&registry->lock);
    if (found == NULL)
        return SEAWALL_INVALID;
    if (needed != NULL)
        *needed = count.length + 1;
    if (count.length >= size)
        return SEAWALL_TOO_SMALL;
    sw_write_end(&to);
    return origin != NULL ? SW_GIVE(full, file, origin) : SEAWALL_OK;
}

static void write_origin(sw_writer *to, const sw_origin *origin)
{
    static const char *const words[] = {"default", "call", "file", "environment"};

    sw_write(to, "  # ");
    if (origin->file == NULL)
        sw_write(to, words[origin->kind]);
    else
        write_path(to, origin->file, SIZE_MAX);
    if (origin->line > 0) {
        sw_write(to, ":");
        sw_write_integer(to, origin->line);
    }
}

/* A line with its comment that nobody would read goes without. */
static void end_line(sw_writer *to, size_t start, const sw_origin *origin)
{
    sw_writer comment = {NULL, 0, 0};

    write_origin(&comment, origin);
    if (to->length - start + comment.length <= SEAWALL_LINE_SIZE_MAX)
        write_origin(to, origin);
    sw_write(to, "\n");
}

static void write_entry(sw_writer *to, sw_entry *entry)
{
    const sw_member_kind *kind = &sw_member_kinds[entry->kind];
    sw_member_config config;
    size_t start;
    int32_t i;

    (void)sw_entry_config(entry, &config);
    sw_write(to, "[");
    sw_write(to, kind->config->name);
    sw_write(to, " ");
    write_quoted(to, entry->name);
    sw_write(to, "]\n");
    for (i = 0; i < kind->config->count; i++) {
        start = to->length;
        sw_write(to, kind->config->fields[i].key);
        sw_write(to, " = ");
        write_field(&config, &kind->config->fields[i], true, to);
        end_line(to, start, &entry->origins[i]);
    }
    if (entry->link != NULL) {
        start = to->length;
        sw_write(to, kind->link.key);
        sw_write(to, " = ");
        if (kind->link.form == SEAWALL_LINK_MEMBER)
            write_quoted(to, entry->link);
        else
            sw_write(to, entry->link);
        end_line(to, start, &entry->origins[kind->config->count]);
    }
    sw_write(to, "\n");
}

static void write_all(seawall_registry *registry, sw_writer *to)
{
    sw_entry *entry;

    for (entry = sw_entry_first(registry); entry != NULL; entry = sw_entry_next(entry)) {
        if (sw_entry_is_listed(entry))
            write_entry(to, entry);
    }
}

seawall_status seawall_registry_print(seawall_registry *registry, char *text, size_t size, size_t *needed)
{
    sw_writer count = {NULL, 0, 0}, to = {text, size, 0};

    if (registry == NULL || (text == NULL && size > 0))
        return SEAWALL_INVALID;
    sw_registry_lock(registry);
    write_all(registry, &count);
    if (count.length < size)
        write_all(registry, &to);
    sw_mutex_unlock(&registry->lock);
    if (needed != NULL)
        *needed = count.length + 1;
    if (count.length >= size)
        return SEAWALL_TOO_SMALL;
    sw_write_end(&to);
    return SEAWALL_OK;
}
