/* From the text of a file to sections and items. */
#include "config/read.h"

#include <string.h>

#include "config/scan.h"

/* Where the reading is. */
typedef struct reader {
    sw_document *document;
    sw_problems *problems;
    sw_include *include;
    const char *path;
    int32_t file;
    int32_t line;
    bool inside;  /* a section */
    bool skipped; /* a section that is wrong: nothing is said of what stands in it */
} reader;

static void complain(const reader *r, const char *key, const char *what)
{
    sw_place place = {.file = r->path, .line = r->line, .key = key};

    if (r->inside && !r->skipped) {
        const sw_section *section = sw_document_section(r->document, r->document->sections.count - 1);

        place.kind = section->kind;
        place.name = section->name;
    }
    sw_problem(r->problems, &place, "%s", what);
}

static const char *name_is_wrong(const char *name)
{
    if (name == NULL)
        return NULL;
    if (name[0] == '\0')
        return "the name is empty";
    if (strlen(name) > SEAWALL_NAME_SIZE_MAX)
        return "the name is longer than 63 bytes";
    /* The line is UTF-8, and may have tabs; no call takes a name with one. */
    return strchr(name, '\t') != NULL ? "the name has a control character" : NULL;
}

/* What depends on what cannot be read is not judged: there may be one more section, or the one that this is in says more. */
static void unread(const reader *r)
{
    if (!r->inside || r->skipped)
        r->document->torn = true;
    else
        sw_document_section(r->document, r->document->sections.count - 1)->torn = true;
}

static seawall_status begin_section(reader *r, const sw_line *line)
{
    sw_section *section;
    const char *wrong = name_is_wrong(line->value);
    int32_t before = 0;

    if (wrong != NULL) {
        complain(r, NULL, wrong);
        unread(r);
        return SEAWALL_OK;
    }
    section = sw_array_add(&r->document->sections, sizeof(*section), r->document->platform);
    if (section == NULL)
        return SEAWALL_NO_MEMORY;
    *section = (sw_section){.kind = line->key, .name = line->value, .line = r->line, .file = r->file, .member_kind = -1};
    if (!sw_document_claim(r->document, r->document->sections.count - 1, NULL, &before))
        return SEAWALL_NO_MEMORY;
    if (before > 0) {
        sw_place place = sw_document_place(r->document, section, NULL);
        sw_section *earlier = sw_document_find(r->document, section->kind, section->name);
        sw_place first = sw_document_place(r->document, earlier, NULL);

        earlier->torn = true;
        if (first.file == place.file)
            sw_problem(r->problems, &place, "this section stands in line %d already", (int)before);
        else
            sw_problem(r->problems, &place, "this section stands in line %d of %s already", (int)before, first.file);
        r->document->sections.count--;
    }
    r->skipped = before > 0;
    return SEAWALL_OK;
}

/* What stands before the first section may be the name of another file. */
static seawall_status take_top(reader *r, const sw_line *line)
{
    char *list = line->value, *name;
    int64_t before = r->problems->count;
    seawall_status status = SEAWALL_OK;
    bool last = false;

    if (strcmp(line->key, "include") != 0)
        complain(r, line->key, "a key before the first section");
    else if (r->include == NULL)
        complain(r, line->key, "including other files is not switched on");
    else if (!sw_scan_list_item(&list, &name, &last) || !last || name[0] == '\0' || name[0] == '.' || strchr(name, '/') != NULL)
        complain(r, line->key, "a file is included by its bare name, from the same directory");
    else
        status = r->include->read(r->include, r->path, r->line, name);
    if (r->problems->count > before)
        unread(r);
    return status;
}

static seawall_status add_item(reader *r, const sw_line *line)
{
    const sw_item candidate = {.key = line->key, .line = r->line, .file = r->file};
    size_t index = r->document->sections.count - 1;
    sw_section *section;
    int32_t before = 0;
    sw_place place;

    if (!r->inside)
        return take_top(r, line);
    if (r->skipped)
        return SEAWALL_OK;
    if (!sw_document_claim(r->document, index, &candidate, &before))
        return SEAWALL_NO_MEMORY;
    section = sw_document_section(r->document, index);
    if (before == 0)
        return sw_document_add(r->document, section, line->key, line->value, r->file, r->line) != SIZE_MAX ? SEAWALL_OK
                                                                                                           : SEAWALL_NO_MEMORY;
    place = sw_document_place(r->document, section, &candidate);
    sw_problem(r->problems, &place, "this key stands in line %d already", (int)before);
    return SEAWALL_OK;
}

static void wrong_byte(const reader *r, unsigned byte)
{
    sw_place place = {.file = r->path, .line = r->line};

    if (byte == 0)
        sw_problem(r->problems, &place, "%s", "a NUL byte");
    else if (byte < 0x20 || byte == 0x7F)
        sw_problem(r->problems, &place, "the control character 0x%02x", byte);
    else
        sw_problem(r->problems, &place, "the byte 0x%02x is no UTF-8", byte);
}

/* A header ends the section before it, even one that cannot be read: then what follows belongs to nobody. */
static void leave_section(reader *r, const char *start, const char *end)
{
    while (start < end && (*start == ' ' || *start == '\t'))
        start++;
    if (start < end && *start == '[') {
        r->inside = true;
        r->skipped = true;
    }
}

static seawall_status take_line(reader *r, char *start, char *end)
{
    unsigned byte;
    sw_line line;

    if (end > start && end[-1] == '\r')
        end--;
    leave_section(r, start, end);
    if (end - start > SEAWALL_LINE_SIZE_MAX) {
        complain(r, NULL, "the line is longer than 4096 bytes");
        unread(r);
        return SEAWALL_OK;
    }
    if (!sw_scan_bytes(start, end, &byte)) {
        wrong_byte(r, byte);
        unread(r);
        return SEAWALL_OK;
    }
    line = sw_scan_line(start, end);
    switch (line.kind) {
    case SW_LINE_SECTION:
        return begin_section(r, &line);
    case SW_LINE_ITEM:
        return add_item(r, &line);
    case SW_LINE_WRONG:
        complain(r, line.key, line.wrong);
        unread(r);
        break;
    case SW_LINE_EMPTY:
        break;
    }
    return SEAWALL_OK;
}

/* Takes the file over in any case. */
static seawall_status keep(sw_document *document, const sw_text_file *file)
{
    sw_text_file *kept = sw_array_add(&document->files, sizeof(*kept), document->platform);

    if (kept == NULL) {
        sw_release(document->platform, file->text, file->room);
        return SEAWALL_NO_MEMORY;
    }
    *kept = *file;
    return SEAWALL_OK;
}

seawall_status sw_document_read(sw_document *document, const sw_text_file *file, sw_include *include, sw_problems *problems)
{
    char *text = file->text, *stop = file->text + file->size, *end;
    seawall_status status = keep(document, file);
    reader r = {document, problems, include, file->path, (int32_t)document->files.count - 1, 0, false, false};

    if (status == SEAWALL_OK && file->size >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0)
        text += 3;
    for (; status == SEAWALL_OK && text < stop && !sw_problems_full(problems); text = end + 1) {
        end = memchr(text, '\n', (size_t)(stop - text));
        if (end == NULL)
            end = stop;
        r.line++;
        status = take_line(&r, text, end);
    }
    return status;
}
