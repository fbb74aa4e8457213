/* What holds between fields, and what has no default: asked of each object as it would be. */
#ifndef SW_CONFIG_WHOLE_H
#define SW_CONFIG_WHOLE_H

#include "config/document.h"
#include "registry/member_kind.h"

/* Rows of a kind's table, for which there is a bit each. */
#define SW_FIELDS_MAX 63

/* What is said of a config, field by field. */
typedef struct sw_lines {
    uint64_t unknown;                    /* what was said of these is wrong, or may be what a key that is none was to say */
    const sw_item *items[SW_FIELDS_MAX]; /* NULL: nothing */
} sw_lines;

/* Some kinds are large, and files small: nothing is written that nobody reads. */
typedef struct sw_wholes {
    sw_document *document;
    sw_problems *problems;
    seawall_registry *registry;                 /* where it is to go; NULL: nowhere */
    bool again;                                 /* in the place of what files said before */
    sw_section *common[SW_MEMBER_KINDS];        /* the defaults' section; NULL: there is none */
    sw_member_config defaults[SW_MEMBER_KINDS]; /* the library's, the registry's, the file's */
    sw_lines lines[SW_MEMBER_KINDS];            /* of the defaults' section, if there is one */
    uint64_t told[SW_MEMBER_KINDS];             /* rules that the defaults break */
    uint64_t before[SW_MEMBER_KINDS]; /* fields that the registry sets, and behind them whether the defaults have a link */
    bool objects[SW_MEMBER_KINDS];    /* some section of the kind has a name */
} sw_wholes;

/* Once kinds are found and fields have no quotes. */
void sw_wholes_init(sw_wholes *wholes, sw_document *document, seawall_registry *registry, bool again, sw_problems *problems);

/* Tells what is wrong with this section as a whole; of defaults that objects of the file are made with, these tell. */
void sw_judge_whole(sw_wholes *wholes, const sw_section *section);

/* What the section makes. Answers the fields of which that is not known, as what is said of them is wrong: a bit each by rows. */
uint64_t sw_whole_config(const sw_wholes *wholes, const sw_section *section, sw_member_config *config);

/* A rule about sections with a name that looks at others as well. Its error is told where those of the kind's own rules are. */
typedef struct sw_further_rule {
    seawall_status (*check)(const sw_member_config *config, const void *user, seawall_error *error);
    const void *user;
    const char *fields; /* that it looks at, separated by commas */
} sw_further_rule;

void sw_judge_further(sw_wholes *wholes, const sw_section *section, const sw_further_rule *rule);

/* What an error says behind its "kind.key: ". */
const char *sw_without_path(const seawall_error *error);

#endif
