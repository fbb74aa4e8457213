/* Whether a document means something: kinds, keys, values, what must hold between them, and that what is named is there. */
#ifndef SW_CONFIG_JUDGE_H
#define SW_CONFIG_JUDGE_H

#include "config/document.h"
#include "registry/member_kind.h"

/* Gives each section its kind. */
void sw_find_kinds(sw_document *document);

/*
 * Once kinds are found: tells every problem. Takes the quotes off the values of fields and of single names, in the document.
 * `registry` is where it is to go, NULL for nowhere; `again` is a reload, by which it takes the place of other files.
 */
void sw_judge(sw_document *document, seawall_registry *registry, bool again, sw_problems *problems);

#endif
