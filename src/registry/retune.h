/*
 * A reload, object by object: what each would be made from now, as far as it can change in use. First all of it is worked out,
 * which may fail; then all of it holds; then, when the lock is not held any longer, the objects are told, and whoever listens.
 */
#ifndef SW_REGISTRY_RETUNE_H
#define SW_REGISTRY_RETUNE_H

#include <seawall/loader.h>

#include "registry/members.h"

/* So many fields of an object may find no room in it. */
#define SW_RETUNE_UNFIT_MAX 2

/* The fields of an object of which some are to change. */
typedef struct sw_retune_fields {
    sw_member_config before;
    sw_member_config wanted; /* as the settings are now */
    sw_member_config after;  /* of these what it can be */
    seawall_error refusal;   /* why those are left that could change */
    seawall_error unfit[SW_RETUNE_UNFIT_MAX]; /* of those that find no room in the object: why, by their keys */
} sw_retune_fields;

/* What becomes of one object. */
typedef struct sw_retune {
    struct sw_retune *next;
    sw_entry *entry;
    seawall_change_kind what; /* of the object as a whole; SEAWALL_CHANGE_APPLIED: its fields */
    bool retires_already;     /* an earlier reload has told so */
    bool needed;              /* it stays by itself, or for something that stays */
    struct sw_retune *waiting; /* the next one of those whose needs are to be looked at */
    void *object;             /* a reference; NULL: it is not told of anything */
    sw_retune_fields *fields; /* NULL: none is to change */
    sw_made made;
    bool relinked; /* it should name something else, and cannot */
    char *link;    /* what it names then, a copy; or NULL */
    size_t link_bytes;
} sw_retune;

/* Under the lock, once everything new is made and pending: for each object there is. */
seawall_status sw_retune_prepare(seawall_registry *registry, sw_retune **list, seawall_error *error);
/* Under the lock. From here on nothing fails. */
void sw_retune_commit(seawall_registry *registry, sw_retune *list);
/* The lock is not held: listeners of what changes are called. */
void sw_retune_apply(seawall_registry *registry, sw_retune *list);
void sw_retune_tell(seawall_registry *registry, const sw_retune *list, seawall_change_fn tell, void *user);
void sw_retune_free(seawall_registry *registry, sw_retune *list);

#endif
