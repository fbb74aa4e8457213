/*
 * A configuration file as it is written: sections with their keys and values, and where each stands. Nothing here knows what a
 * key means. The texts are NUL-terminated pieces of the file's own text.
 */
#ifndef SW_CONFIG_DOCUMENT_H
#define SW_CONFIG_DOCUMENT_H

#include "base/grow.h"
#include "config/problem.h"

typedef struct sw_item {
    const char *key;
    char *value; /* quotes and all, until the judge takes them off */
    int32_t line;
    int32_t file;
    size_t next; /* the index, plus 1, of the section's next one; 0: it is the last */
    const char *torn; /* what the judge finds wrong with its quotes; NULL: nothing */
} sw_item;

/* What a pipeline comes to, with those that stand in for it. */
typedef struct sw_chain {
    int32_t height;   /* of how many it is the first; 0: nobody has looked yet, -1: it is wrong */
    int32_t policies; /* in all of them */
    bool walking;     /* somebody looks just now */
} sw_chain;

typedef struct sw_section {
    const char *kind;
    const char *name; /* NULL: the defaults of the kind */
    int32_t line;
    int32_t file;
    size_t first; /* of its items: the index, plus 1; 0: there are none */
    size_t last;
    int32_t member_kind; /* what the judge makes of `kind`: an index of sw_member_kinds, or -1 */
    bool wrong;          /* something in it was told */
    bool torn;           /* it says more than could be read */
    sw_chain chain;      /* of a pipeline */
} sw_section;

/* One file's text; `text` has one byte more than `size`, and `room` in all. */
typedef struct sw_text_file {
    char *text;
    size_t size;
    size_t room;
    const char *path;
    bool variable; /* of the environment: the path is its name */
} sw_text_file;

typedef struct sw_document {
    const seawall_platform *platform;
    sw_array files;    /* of sw_text_file */
    sw_array sections; /* of sw_section */
    sw_array items;    /* of sw_item */
    sw_array names;    /* of sw_name_slot: what stands where, to find what stands twice */
    size_t named;
    uint64_t seed;
    bool torn;         /* there are more sections than could be read */
} sw_document;

void sw_document_init(sw_document *document, const seawall_platform *platform);
void sw_document_fini(sw_document *document);

sw_section *sw_document_section(const sw_document *document, size_t index);

/* The items of a section, one after the other; NULL behind the last. */
sw_item *sw_document_first(const sw_document *document, const sw_section *section);
sw_item *sw_document_next(const sw_document *document, const sw_item *item);
/* The one of this key; NULL if there is none. Takes as long as there are items. */
sw_item *sw_document_item(const sw_document *document, const sw_section *section, const char *key);

/* One more item at the end of a section: its index, or SIZE_MAX if there is no memory. */
size_t sw_document_add(sw_document *document, sw_section *section, const char *key, char *value, int32_t file, int32_t line);
/* What the last file says of a key, whether or not the section has it; false: no memory. */
bool sw_document_override(sw_document *document, sw_section *section, const char *key, char *value);
/* A section for the defaults of a kind that has none. It belongs to the last file. NULL: no memory. Moves the other sections. */
sw_section *sw_document_add_defaults(sw_document *document, int32_t kind);

/* Where a section, and an item of it unless that is NULL, stands. */
sw_place sw_document_place(const sw_document *document, const sw_section *section, const sw_item *item);

/*
 * Remembers that a section, or with `item` a key of it, stands here. Answers whether memory sufficed; `*before` is the line of an
 * earlier one of the same name, or 0.
 */
bool sw_document_claim(sw_document *document, size_t section, const sw_item *item, int32_t *before);

/* The section of this kind and name, NULL for the kind's defaults; NULL if there is none. */
sw_section *sw_document_find(const sw_document *document, const char *kind, const char *name);

#endif
