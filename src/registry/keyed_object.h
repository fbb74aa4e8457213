/*
 * Keyed instances in memory, and what their files offer each other.
 *
 *   keyed_table.c  instances by key, and by how long ago somebody asked for them
 *   keyed_fork.c   what the child of a fork makes of them
 *   keyed_make.c   one instance, made from what the template says
 *   keyed_build.c  the template, from the registry
 *   keyed.c        its life, and asking for keys
 */
#ifndef SW_REGISTRY_KEYED_OBJECT_H
#define SW_REGISTRY_KEYED_OBJECT_H

#include <seawall/keyed.h>

#include "registry/level.h"
#include "registry/members.h"

/* One object of an instance, or one that all share. */
typedef struct sw_keyed_part {
    int32_t kind;
    int32_t word; /* of the list of policies; -1: it is the instance itself */
    bool own;     /* each instance has one of its own */
    void *object; /* the template's, or what all share: a reference */
    seawall_pipeline *alternative; /* of a fallback, a reference; or NULL */
    char name[SEAWALL_NAME_SIZE_MAX + 1];
    char label[SW_POLICY_LABEL_SIZE]; /* in the pipeline */
    /* What an own one is made from, as rules in two places (base/twin.h): written under the registry's lock, read by anybody. */
    sw_atomic_u32 version;
    sw_atomic_u64 *words;
} sw_keyed_part;

/* What an own part is made from. */
typedef struct sw_part_rules {
    sw_member_config config;
    seawall_priority_level_config levels[SEAWALL_PRIORITY_COUNT]; /* of a pool, whose config says nothing of them */
} sw_part_rules;

typedef struct sw_instance {
    struct sw_instance *next[2]; /* of the same bucket, for either side */
    struct sw_instance *newer, *older;
    uint64_t hash;
    seawall_time used;
    uint64_t version; /* of the template that it has been told */
    void *object;
    sw_source *source; /* of its events; NULL: there are none */
    size_t bytes;
    char *key;
    void *parts[]; /* an own one for each part that is, else NULL */
} sw_instance;

/* Which instances there are: whole at any instant, for the child of a fork. Bigger ones are chained on the other side. */
typedef struct sw_buckets {
    size_t bytes;
    size_t mask; /* a power of two less one, at least max_instances less one */
    int side;
    sw_instance *first[];
} sw_buckets;

struct seawall_keyed {
    const seawall_platform *platform;
    char name[SEAWALL_NAME_SIZE_MAX + 1];
    sw_source *source; /* of their events: a reference; NULL: there are none */
    int32_t kind; /* of the instances */
    seawall_pipeline_config pipeline;
    int32_t part_count;
    sw_keyed_part *parts;
    sw_atomic_u64 version; /* grows when what a part is made from changes */
    sw_atomic_u32 references;
    uint64_t seed;
    sw_mutex lock; /* sw_keyed_lock; guards the rest */
    uint32_t process; /* whose order and numbers these are */
    seawall_keyed_config config;
    sw_buckets *buckets;
    sw_instance *newest, *oldest;
    int32_t instances; /* those included that are on their way */
    int64_t created, evicted, expired, refused;
};

/* --- keyed_table.c: under the lock --- */

uint64_t sw_keyed_hash(const seawall_keyed *keyed, const char *key);
sw_instance *sw_keyed_find(const seawall_keyed *keyed, uint64_t hash, const char *key);
/* As the newest. Its place was counted before. */
void sw_keyed_insert(seawall_keyed *keyed, sw_instance *instance);
/* Puts into the stream that it is gone; sw_instance_free tells it. */
void sw_keyed_take_out(seawall_keyed *keyed, sw_instance *instance, seawall_time now);
void sw_keyed_touch(seawall_keyed *keyed, sw_instance *instance, seawall_time now);
/* The oldest that has expired, or the oldest at all, and that nobody holds: taken out. NULL if there is none. */
sw_instance *sw_keyed_take_expired(seawall_keyed *keyed, seawall_time now);
sw_instance *sw_keyed_take_oldest(seawall_keyed *keyed, seawall_time now);
bool sw_instance_is_held(const seawall_keyed *keyed, const sw_instance *instance);
/* Bigger buckets in the place of those there are, which it answers. */
sw_buckets *sw_keyed_rehash(seawall_keyed *keyed, sw_buckets *bigger);

/* --- keyed_fork.c --- */

/* In the child of a fork the first one to take the lock sets right what a thread of the parent was in the middle of. */
void sw_keyed_lock(seawall_keyed *keyed);

/* --- keyed_make.c: the lock is not held --- */

seawall_status sw_instance_make(seawall_keyed *keyed, const char *key, uint64_t hash, sw_instance **instance,
                                seawall_error *error);
void sw_instance_free(seawall_keyed *keyed, sw_instance *instance);
/* Tells it what the template says now. `parts` are its own ones. */
void sw_instance_retune(seawall_keyed *keyed, void *const *parts);
/* What a config points to is the part's own, or in `rules`. */
void sw_keyed_part_rules(sw_keyed_part *part, sw_part_rules *rules);
void sw_keyed_part_set(sw_keyed_part *part, const sw_part_rules *rules);
/* Of the two places together. */
size_t sw_keyed_part_bytes(const sw_keyed_part *part);

/* --- keyed_config.c --- */

/* As many as that may take; NULL if there is no memory. */
sw_buckets *sw_keyed_buckets(const seawall_platform *platform, const seawall_keyed_config *config);

#endif
