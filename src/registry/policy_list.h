/* Lists of policies as text: `timeout "slow", retry, circuit_breaker "database"`, outermost first. */
#ifndef SW_REGISTRY_POLICY_LIST_H
#define SW_REGISTRY_POLICY_LIST_H

#include <seawall/registry.h>

#include "base/text.h"

/* Pipelines that stand in for one another. Each costs some kilobytes of stack while it is made. */
#define SW_PIPELINE_DEPTH_MAX 8

typedef struct sw_policy_item {
    sw_span word;                         /* as written; it may be unknown */
    char name[SEAWALL_NAME_SIZE_MAX + 1]; /* "": none is written; the pipeline's own is meant */
} sw_policy_item;

/* Cuts one off the list; `*last` if none follows. Answers what is wrong with its form, NULL if nothing is. */
const char *sw_policy_list_next(sw_span *list, sw_policy_item *item, bool *last);

/* Whether both are made of the same items, whatever blanks stand between these. What is no list agrees with itself alone. */
bool sw_policy_lists_agree(const char *a, const char *b);

/* A single item, of a kind that there can be one of for each key. Answers what is wrong with it, NULL if nothing is. */
const char *sw_instance_item(const char *text, sw_policy_item *item, int32_t *kind);

#endif
