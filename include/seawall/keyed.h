/**
 * @file keyed.h
 * @brief One object for each key: per tenant, host or API key, as many as memory is to be spent on.
 *
 * An instance is made when its key first comes, by the settings of one member of the registry, its template: a policy, a retry
 * budget or a pipeline. In a pipeline, each key has its own of the policies that the template's list names by their kind alone;
 * those that it names by kind and name are shared by all keys.
 *
 * There are never more than `max_instances`. When one more comes, the one that nobody has asked for the longest goes, with its
 * state; one that somebody still holds a reference to never does. If all are held, the new key is refused, by name. One that
 * nobody has asked for `idle_expiry` long goes as well: as soon as somebody asks for any key, or seawall_keyed_expire is called.
 *
 * So hold a reference for the length of a call, and ask again for the next. Asking is a short lock and a clock reading; a new key
 * is a few allocations besides. A refusal looks at every instance.
 */
#ifndef SEAWALL_KEYED_H
#define SEAWALL_KEYED_H

#include <seawall/registry.h>

SEAWALL_BEGIN_DECLS

/** The longest key, in bytes. Any bytes but NUL. */
#define SEAWALL_KEY_SIZE_MAX 255

/** Settings of keyed instances; the kind "keyed" of configurations. Every field may change live, by a reload. */
typedef struct seawall_keyed_config {
    uint32_t size;                /**< sizeof(seawall_keyed_config) */
    int32_t max_instances;        /**< Instances at the same time. 1 to 1000000, default 1000. */
    seawall_duration idle_expiry; /**< One that nobody asks for that long goes. 1 ms to forever, default 10 min. */
} seawall_keyed_config;

/** Every default. */
#define SEAWALL_KEYED_CONFIG_INIT { sizeof(seawall_keyed_config), 1000, SEAWALL_SECONDS(600) }

/**
 * The same as #SEAWALL_KEYED_CONFIG_INIT, for a caller whose struct has `size` bytes. #SEAWALL_INVALID for NULL or an impossible
 * size. Any thread.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_keyed_config_init(seawall_keyed_config *config, size_t size);

/** Instances by key. Any number of threads may use it. */
typedef struct seawall_keyed seawall_keyed;

/**
 * The keyed instances of this name, made if there are none; as the functions of registry.h.
 * @param instance the template, as in a file: `circuit_breaker "tenant"`, `pipeline "tenant"`; a bare kind means the one that has
 *        this name. NULL: what the settings say; without any, it is refused. It is made if it is not there; its own state is
 *        nobody's.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_registry_keyed(seawall_registry *registry, const char *name,
                                                                     const seawall_keyed_config *config, const char *instance,
                                                                     seawall_keyed **object, seawall_registry_answer *answer,
                                                                     seawall_error *error);

/** Gives up the caller's reference; NULL is allowed. Instances that somebody holds go on. */
SEAWALL_API void seawall_keyed_destroy(seawall_keyed *keyed);

/** @name Instances by key
 * The instance of this key, made if there is none, with the settings that the template has now, as far as they change live. While
 * two threads tell it of two changes, it may have those of the older one for an instant. What
 * the template points to, as a budget or a function, stays as it was when the keyed instances were made, though it was made anew.
 *
 * @param key 1 to #SEAWALL_KEY_SIZE_MAX bytes.
 * @param object a reference of the caller's own: give it up with the object's destroy function.
 * @param error filled when the call fails; may be NULL.
 * @return #SEAWALL_OK; #SEAWALL_INVALID: NULL, such a key, or instances of another kind; #SEAWALL_FULL: all are in use;
 *         #SEAWALL_NO_MEMORY; #SEAWALL_NO_RESOURCES: a pipeline with a pool of its own, and the system gave too few threads.
 * @{ */
/** A circuit breaker. */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_keyed_breaker(seawall_keyed *keyed, const char *key,
                                                                    seawall_breaker **object, seawall_error *error);
/** A retry. */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_keyed_retry(seawall_keyed *keyed, const char *key,
                                                                  seawall_retry **object, seawall_error *error);
/** A retry budget. */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status
seawall_keyed_retry_budget(seawall_keyed *keyed, const char *key, seawall_retry_budget **object, seawall_error *error);
/** A timeout. */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_keyed_timeout(seawall_keyed *keyed, const char *key,
                                                                    seawall_timeout **object, seawall_error *error);
/** A rate limiter. */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_keyed_limiter(seawall_keyed *keyed, const char *key,
                                                                    seawall_limiter **object, seawall_error *error);
/** A bulkhead. */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_keyed_bulkhead(seawall_keyed *keyed, const char *key,
                                                                     seawall_bulkhead **object, seawall_error *error);
/** A hedge. */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_keyed_hedge(seawall_keyed *keyed, const char *key,
                                                                  seawall_hedge **object, seawall_error *error);
/** A fallback. */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_keyed_fallback(seawall_keyed *keyed, const char *key,
                                                                     seawall_fallback **object, seawall_error *error);
/** A chaos policy. */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_keyed_chaos(seawall_keyed *keyed, const char *key,
                                                                  seawall_chaos **object, seawall_error *error);
/** A pipeline. */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_keyed_pipeline(seawall_keyed *keyed, const char *key,
                                                                     seawall_pipeline **object, seawall_error *error);
/** @} */

/** Forgets the instance of this key; who holds it goes on. #SEAWALL_OK; #SEAWALL_INVALID if there is none. */
SEAWALL_API seawall_status seawall_keyed_remove(seawall_keyed *keyed, const char *key);

/**
 * Gives up every instance that has been idle too long and that nobody holds.
 * @return when to call again: when the next one will have been; #SEAWALL_FOREVER if there is none. NULL is allowed.
 */
SEAWALL_API seawall_time seawall_keyed_expire(seawall_keyed *keyed);

/** What keyed instances look like. */
typedef struct seawall_keyed_snapshot {
    uint32_t size;         /**< Set to sizeof(seawall_keyed_snapshot) before the call. */
    int32_t instances;     /**< There are now. */
    int32_t max_instances; /**< There may be. */
    int32_t reserved;      /**< 0 */
    int64_t created;       /**< Ever made. */
    int64_t evicted;       /**< Of these, how many had to go for others. */
    int64_t expired;       /**< How many went because nobody asked for them. */
    int64_t refused;       /**< Keys for which there was no place. */
} seawall_keyed_snapshot;

/** An empty snapshot with its size. */
#define SEAWALL_KEYED_SNAPSHOT_INIT { sizeof(seawall_keyed_snapshot), 0, 0, 0, 0, 0, 0, 0 }

/** The same as #SEAWALL_KEYED_SNAPSHOT_INIT, for a caller whose struct has `size` bytes. */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_keyed_snapshot_init(seawall_keyed_snapshot *snapshot, size_t size);

/** Looks at it: a short lock. #SEAWALL_OK; #SEAWALL_INVALID for NULL or an impossible size. Any thread. */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_keyed_get_snapshot(seawall_keyed *keyed, seawall_keyed_snapshot *snapshot);

SEAWALL_END_DECLS

#endif
