/*
 * The inside of a registry. Entries hang in a trie of hashes that only grows: whoever looks something up follows pointers that
 * never change once they are set, and takes no lock. An entry is for a name, for ever; its object comes and goes.
 */
#ifndef SW_REGISTRY_MEMBERS_H
#define SW_REGISTRY_MEMBERS_H

#include "base/atomic.h"
#include "port/port.h"
#include "registry/member_kind.h"
#include "registry/policy_list.h"
#include "registry/stream.h"

/* Where a value comes from. */
typedef struct sw_origin {
    seawall_origin_kind kind;
    int32_t line;
    bool of_kind;
    const char *file; /* lives as long as the registry; NULL: none */
} sw_origin;

/* What somebody said of a name, or of a kind. */
typedef struct sw_setting {
    struct sw_setting *next;
    const char *key; /* of the field's or link's row */
    sw_origin origin;
    bool pending; /* of a load that is not through */
    size_t bytes;
    char value[];
} sw_setting;

struct sw_level_change; /* level.h */

/* What an object is made from. */
typedef struct sw_made {
    sw_member_config config; /* as it was merged; SEAWALL_AUTO is still that */
    sw_origin *origins;      /* of each field, then of the link */
    char *link;              /* what the link names; NULL: nothing */
    size_t link_bytes;
    sw_atomic_u64 *words;    /* where the entry is to keep the config; NULL: it has room already */
} sw_made;

/* What the caller brought who made an object, to merge it again. */
typedef struct sw_given {
    size_t bytes;
    const void *config;   /* as large as its kind's; NULL: none */
    const char *policies; /* NULL: none */
    _Alignas(uint64_t) char room[];
} sw_given;

/* Who made it. */
typedef enum sw_maker {
    SW_MADE_BY_CALL,
    SW_MADE_BY_SECTION, /* of a file */
    SW_MADE_BY_NEED     /* of something in a file */
} sw_maker;

typedef struct sw_entry {
    sw_atomic_u64 child[4]; /* sw_entry * */
    sw_atomic_u64 next;     /* sw_entry *, in the order of their names' coming */
    uint64_t hash;
    int32_t kind;
    char name[SEAWALL_NAME_SIZE_MAX + 1];
    /*
     * SW_LISTED 1 | fork generation 13 | how many look at the object just now 18. Nobody may begin to without SW_LISTED: then
     * there is no object, or it is being made. Who looked in another process did so in the parent of a fork, and never leaves.
     */
    sw_atomic_u32 uses;
    /* Constant while `uses` is not 0. */
    void *object;
    char *link; /* what the link names; NULL: nothing */
    size_t link_bytes;
    sw_source *source; /* of its events; NULL: there are none */
    /* The config: read by anybody who looks at the object, written under the lock; meanwhile the version is odd. */
    sw_atomic_u32 version;
    sw_atomic_u64 *words;
    /* Under the lock. */
    sw_origin *origins;
    sw_given *given; /* or NULL */
    sw_setting *settings;
    sw_maker maker;
    uint64_t reload;  /* the last one that had a section of it */
    bool retiring;    /* no file names it any longer: it goes when nobody uses it */
    bool named;       /* by an object that there is, or was when somebody last looked */
    bool is_template; /* of keyed instances that there are, or were: made anew, it has something to say to them */
    int32_t height;   /* of a pipeline: it is the first of so many that stand in for one another */
    struct sw_entry *prepared; /* the one that was made before, in a change that is not through */
    struct sw_retune *retune;  /* what a reload that goes on makes of it */
    bool in_change;
    bool building; /* a pipeline that is on its way: needed again, it would contain itself */
} sw_entry;

#define SW_LISTED 0x80000000u
#define SW_LOOKERS 0x0003FFFFu
#define SW_LOOKERS_PROCESS 0x7FFC0000u

struct seawall_registry {
    const seawall_platform *platform;
    int32_t max_members;
    uint64_t seed;
    uint64_t number;      /* what a set of checks knows it by, which may outlive it */
    sw_atomic_u32 checks; /* changes with whatever is known of checks and endpoints, under the lock */
    sw_stream *stream; /* of events; NULL: there are none */
    sw_atomic_u64 root; /* sw_entry * */
    sw_mutex lock;      /* sw_registry_lock; for whoever changes anything, and guards the rest */
    uint32_t process;   /* whose change it is that goes on */
    sw_setting *kind_settings[SW_MEMBER_KINDS];
    sw_atomic_u64 first; /* sw_entry * */
    sw_entry *last;
    sw_atomic_u64 new_root; /* sw_entry *: names that are new in the change that goes on, in a trie of their own, */
    sw_atomic_u64 new_first; /* and in their order */
    sw_entry *new_last;
    int32_t entries; /* names, new ones included */
    int32_t members; /* of these, with an object */
    sw_entry *change; /* what was made by the change that goes on, the last one first */
    int32_t depth;    /* of pipelines within pipelines, while they are built */
    sw_maker maker;   /* whom what is being made is due to */
    int32_t retiring; /* how many do */
    uint64_t reload;  /* how many there have been */
    bool reloading;   /* until the last one has told all that it did */
    bool renewing;    /* settings of files that are not pending do not count */
    struct sw_file_name *files;
    struct sw_file_name *file_root;
};

/* --- entries.c --- */

/* NULL if there is no such name. No lock. */
sw_entry *sw_entry_find(seawall_registry *registry, int32_t kind, const char *name);
/* All entries in the order of their names' coming; NULL: there are no more. No lock. */
sw_entry *sw_entry_first(seawall_registry *registry);
sw_entry *sw_entry_next(sw_entry *entry);
/*
 * Under the lock. NULL with `error` filled. A name that there was not is new: nobody else finds it before sw_names_keep, so that
 * sw_names_drop can undo it. Every change ends with one of these.
 */
sw_entry *sw_entry_need(seawall_registry *registry, int32_t kind, const char *name, seawall_status *status, seawall_error *error);
void sw_names_keep(seawall_registry *registry);
void sw_names_drop(seawall_registry *registry);
/* Under the lock. As find, and first, but also of names that are new; these alone. */
sw_entry *sw_entry_find_any(seawall_registry *registry, int32_t kind, const char *name);
sw_entry *sw_entry_first_new(seawall_registry *registry);
/* Whether there is an object, which stays until sw_entry_leave. No lock. */
bool sw_entry_enter(sw_entry *entry);
void sw_entry_leave(seawall_registry *registry, sw_entry *entry);
/* A reference to the object, NULL if there is none. No lock. */
void *sw_entry_keep(seawall_registry *registry, sw_entry *entry);
/* Makes what was prepared visible; takes it away again. Under the lock. */
void sw_entry_list(seawall_registry *registry, sw_entry *entry);
void sw_entry_unlist(seawall_registry *registry, sw_entry *entry);
/* Waits until nobody looks at what was unlisted. Under the lock. */
void sw_entry_settle(sw_entry *entry);
/* The object is gone, or given up by somebody else: what it was made from goes. */
void sw_entry_forget(const seawall_registry *registry, sw_entry *entry);
/* Gives up what the entry has made: object, origins, link. */
void sw_entry_clear(const seawall_registry *registry, sw_entry *entry);
/* Takes over what was made, and leaves nothing in `made`. */
void sw_entry_fill(sw_entry *entry, void *object, sw_made *made);
/* What it was made from: under the lock, or while one looks at it. False: it is being written. Under the lock it never is. */
bool sw_entry_config(sw_entry *entry, sw_member_config *config);
void sw_entry_set_config(sw_entry *entry, const sw_member_config *config);
/* Under the lock: what the entry is made from is another, or it is there no longer. */
void sw_entry_turns(seawall_registry *registry, const sw_entry *entry);

/* That many words hold a config of the kind. */
static inline size_t sw_config_words(int32_t kind)
{
    return (sw_member_kinds[kind].config->size + sizeof(uint64_t) - 1) / sizeof(uint64_t);
}

static inline bool sw_entry_is_listed(sw_entry *entry)
{
    return (sw_load_u32(&entry->uses) & SW_LISTED) != 0;
}

/* --- fork.c --- */

/* In the child of a fork the first one to take the lock does away with what a thread of the parent was in the middle of. */
void sw_registry_lock(seawall_registry *registry);

/* --- settings.c --- */

/*
 * Under the lock. A setting of the same key that is as pending is replaced, a call's by a call's, a file's by a file's. Of two
 * the file's counts. Answers whether memory sufficed.
 */
bool sw_setting_put(const seawall_registry *registry, sw_setting **list, const char *key, const char *value,
                    const sw_origin *origin, bool pending);
/* Of a failed load: gone. Of one that is through: settings like others, in the place of older ones. */
void sw_settings_drop_pending(const seawall_registry *registry, sw_setting **list);
void sw_settings_keep_pending(const seawall_registry *registry, sw_setting **list);
/* Of a reload: those of files that are not pending are gone. */
void sw_settings_drop_passing(const seawall_registry *registry, sw_setting **list);
void sw_settings_free(const seawall_registry *registry, sw_setting **list);
/* The text, kept for the registry's life. NULL if there is no memory. */
const char *sw_registry_keep_file(seawall_registry *registry, const char *file);
void sw_registry_free_files(seawall_registry *registry);

/* --- merge.c --- */

/*
 * What the entry would be made from. `given` is the caller's config or NULL, `policies` the caller's list or NULL. Under the
 * lock.
 */
seawall_status sw_entry_merge(seawall_registry *registry, sw_entry *entry, const void *given, const char *policies, sw_made *made,
                              seawall_error *error);
void sw_made_free(const seawall_registry *registry, int32_t kind, sw_made *made);
/* What no field is, `to` has as `from` does. */
void sw_pointers_keep(const sw_config_kind *kind, const void *from, void *to);
/*
 * Lays over a config what is said of a kind, or of a name unless that is NULL, before a file is put in: by a reload (`again`) in
 * the place of all other files. Answers the rows that were set, a bit each, and behind them the link. Takes the lock.
 */
uint64_t sw_registry_lay(seawall_registry *registry, bool again, int32_t kind, const char *name, sw_member_config *config);
/* Whether some field is another. */
bool sw_fields_differ(const sw_config_kind *kind, const void *a, const void *b);
/* Whether this link, or none if it is NULL, names what the entry's own does, however it is written. While the object is there. */
bool sw_link_agrees(const sw_entry *entry, const char *link);
/* Whether what the caller sets is what the entry has, of which `has` is the config. While the object is there. */
bool sw_entry_agrees(const sw_entry *entry, const sw_member_config *has, const void *given, const char *policies);

/* --- named.c: objects that are held on to by nothing but their names --- */

/* The kind of what a field's text names; -1: it is no name. */
int32_t sw_field_names(const sw_field *field);
/* The same of the text in a config, which may be empty: -1. */
int32_t sw_named_by_field(const sw_field *field, const sw_member_config *config, const char **name);
/*
 * Whatever there is that the entry names if this is its link and this its config; what it needs are the members of a pipeline's
 * list as well.
 */
typedef void (*sw_entry_fn)(sw_entry *entry, void *user);
void sw_entry_names(seawall_registry *registry, const sw_entry *entry, const char *link, const sw_member_config *config,
                    sw_entry_fn fn, void *user);
void sw_entry_needs(seawall_registry *registry, const sw_entry *entry, const char *link, const sw_member_config *config,
                    sw_entry_fn fn, void *user);
/* Under the lock. What the entry names is named from now on; then: what some entry names is, and nothing else. */
void sw_mark_named(seawall_registry *registry, sw_entry *entry);
void sw_mark_all_named(seawall_registry *registry);

/* --- keyed_build.c --- */
seawall_status sw_keyed_build(seawall_registry *registry, const sw_entry *entry, const sw_made *made, sw_source *source,
                              void **object, seawall_error *error);
/* Under the lock. What those of this entry are made from is a template from now on. */
void sw_keyed_mark_templates(seawall_registry *registry, sw_entry *entry);
/*
 * Under the lock. Takes over what the templates of all keyed instances have become, and priority levels, unless that is NULL. As
 * much work as there are objects.
 */
void sw_keyed_refresh_all(seawall_registry *registry, const struct sw_level_change *levels);

/* --- change.c: all or nothing. Under the lock. --- */

/* The member of this name, made if it is not there. */
seawall_status sw_change_need(seawall_registry *registry, int32_t kind, const char *name, sw_entry **entry, seawall_error *error);

/* Makes the object, and all that it needs, unless it is there. */
seawall_status sw_change_make(seawall_registry *registry, sw_entry *entry, const void *given, const char *policies,
                              seawall_error *error);
/* Everything that was made is listed, or everything is given up again, the last one first, and new names with it. */
void sw_change_commit(seawall_registry *registry);
void sw_change_abandon(seawall_registry *registry);

/* --- events.c --- */

/* Tells the listener what there is to tell. The lock is not held. */
void sw_registry_tell(seawall_registry *registry);

/* --- retire.c: objects that nobody names any longer --- */

/* Objects that were taken out of the registry under the lock, to be given up when it is not held. */
typedef struct sw_leaving {
    int32_t kind;
    void *object;
    sw_source *source;
    bool strands; /* what it needed may go now */
} sw_leaving;

/* The lock is not held: waits for listeners that are being told by the object. */
void sw_leaving_end(const sw_leaving *leaving);

/* Under the lock. Nobody finds it any longer. */
void sw_entry_take_out(seawall_registry *registry, sw_entry *entry, sw_leaving *leaving);
/* Under the lock. From now on it goes when nobody uses it; stays after all. */
void sw_entry_retire(seawall_registry *registry, sw_entry *entry);
void sw_entry_recall(seawall_registry *registry, sw_entry *entry);
/*
 * Gives up what retires and is not in use, and what was only made because something in a file needed it, and nothing does any
 * longer; unless `all`, nothing is done while nothing retires. The lock is not held.
 */
void sw_registry_sweep(seawall_registry *registry, bool all);

#endif
