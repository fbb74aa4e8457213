/**
 * @file registry.h
 * @brief Objects by name: each is made once, from the defaults of its kind and what is said of its name.
 *
 * A registry holds breakers, retries, retry budgets, timeouts, rate limiters, bulkheads, thread pools with their priority
 * levels, hedges, fallbacks, chaos policies, pipelines, keyed instances, and the settings of health checks. A kind is spelled as
 * in configuration files ("circuit_breaker"), and the same name may stand for an object of each kind.
 *
 * What an object is made from, the later of these over the earlier, field by field:
 * 1. the library's defaults;
 * 2. settings of the kind: seawall_registry_set without a name, a `[kind]` section of a file;
 * 3. the config that the first caller brings: those of its fields that are not the library's default, and every pointer in it;
 * 4. settings of the name: seawall_registry_set with it, a `[kind "name"]` section.
 *
 * Of settings of the same field at the same level a variable of the environment counts more than a file, and a file more than
 * seawall_registry_set, whichever came first: an operator's word over the program's. What a call has set is in force again once
 * no file says it.
 *
 * An object that somebody uses outlives its removal and the registry itself: what a registry hands out is a reference of the
 * caller's own, given up with the object's destroy function. Objects are made, and given up, in the order in which they need
 * one another; events of what was made together come in no promised order.
 *
 * Any thread may call anything here but seawall_registry_destroy at any time. Asking for an object that exists takes no lock,
 * reads no clock and allocates nothing; everything else may wait for a short lock. In the child of a fork everything goes on:
 * what another thread of the parent was making, or taking out, is not there and can be made, and what it was loading may be there
 * in part, until the next reload.
 */
#ifndef SEAWALL_REGISTRY_H
#define SEAWALL_REGISTRY_H

#include <seawall/breaker.h>
#include <seawall/bulkhead.h>
#include <seawall/chaos.h>
#include <seawall/fallback.h>
#include <seawall/health.h>
#include <seawall/hedge.h>
#include <seawall/limiter.h>
#include <seawall/pipeline.h>
#include <seawall/pool.h>
#include <seawall/retry.h>
#include <seawall/retry_budget.h>
#include <seawall/timeout.h>

SEAWALL_BEGIN_DECLS

/** The longest name of an object, in bytes. Names are UTF-8 without control characters. */
#define SEAWALL_NAME_SIZE_MAX 63

/** A registry. */
typedef struct seawall_registry seawall_registry;

/** Settings of a registry. */
typedef struct seawall_registry_config {
    uint32_t size;       /**< sizeof(seawall_registry_config) */
    int32_t max_members; /**< Names that it remembers, those of removed objects included. 1 to 10000000, default 100000. */
    /** Events that may wait to be taken, see registry_events.h; rounded up to a power of two. 0 (none, default) to 1000000. */
    int32_t event_capacity;
    int32_t reserved;    /**< 0 */
} seawall_registry_config;

/** Every default. */
#define SEAWALL_REGISTRY_CONFIG_INIT { sizeof(seawall_registry_config), 100000, 0, 0 }

/**
 * The same as #SEAWALL_REGISTRY_CONFIG_INIT, for a caller whose struct has `size` bytes. #SEAWALL_INVALID for NULL or an
 * impossible size. Any thread.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_registry_config_init(seawall_registry_config *config, size_t size);

/** Creates an empty registry, all of whose objects have this platform. Parameters and answers as seawall_breaker_create's. */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_registry_create(const seawall_registry_config *config,
                                                                      const seawall_platform *platform,
                                                                      seawall_registry **registry, seawall_error *error);

/** Gives up every object and the registry; NULL is allowed. No other call on it may be under way. */
SEAWALL_API void seawall_registry_destroy(seawall_registry *registry);

/** What became of a request for an object. */
typedef int32_t seawall_registry_answer;
/** The values of seawall_registry_answer. */
enum {
    SEAWALL_REGISTRY_CREATED = 0, /**< It was made. */
    SEAWALL_REGISTRY_EXISTS = 1,  /**< It existed, and has what was asked for. */
    /** It existed, and a field or pointer that the config sets is another there. It stays as it is. */
    SEAWALL_REGISTRY_DIFFERS = 2
};

/** The answer's name in lower case ("created"), "unknown" for anything else. A static string. Any thread; never blocks. */
SEAWALL_API const char *seawall_registry_answer_name(seawall_registry_answer answer);

/** @name Objects by name
 * The object of this name, made if there is none.
 *
 * @param name 1 to #SEAWALL_NAME_SIZE_MAX bytes.
 * @param config NULL: what the registry knows of the name. Else see the beginning of this page.
 * @param object a reference of the caller's own: give it up with the object's destroy function.
 * @param answer may be NULL.
 * @param error filled when the call fails; may be NULL.
 * @return #SEAWALL_OK; #SEAWALL_INVALID; #SEAWALL_FULL: max_members; #SEAWALL_NO_MEMORY; #SEAWALL_NO_RESOURCES: a thread pool is
 *         made, and the system gave too few threads. Nothing is left behind on failure.
 * @{ */
/** A circuit breaker. */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_registry_breaker(seawall_registry *registry, const char *name,
                                                                       const seawall_breaker_config *config,
                                                                       seawall_breaker **object, seawall_registry_answer *answer,
                                                                       seawall_error *error);
/** A retry. */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_registry_retry(seawall_registry *registry, const char *name,
                                                                     const seawall_retry_config *config, seawall_retry **object,
                                                                     seawall_registry_answer *answer, seawall_error *error);
/** A retry budget. */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_registry_retry_budget(seawall_registry *registry, const char *name,
                                                                            const seawall_retry_budget_config *config,
                                                                            seawall_retry_budget **object,
                                                                            seawall_registry_answer *answer,
                                                                            seawall_error *error);
/** A timeout. */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_registry_timeout(seawall_registry *registry, const char *name,
                                                                       const seawall_timeout_config *config,
                                                                       seawall_timeout **object, seawall_registry_answer *answer,
                                                                       seawall_error *error);
/** A rate limiter. */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_registry_limiter(seawall_registry *registry, const char *name,
                                                                       const seawall_limiter_config *config,
                                                                       seawall_limiter **object, seawall_registry_answer *answer,
                                                                       seawall_error *error);
/** A bulkhead. */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_registry_bulkhead(seawall_registry *registry, const char *name,
                                                                        const seawall_bulkhead_config *config,
                                                                        seawall_bulkhead **object,
                                                                        seawall_registry_answer *answer, seawall_error *error);
/** A hedge. */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_registry_hedge(seawall_registry *registry, const char *name,
                                                                     const seawall_hedge_config *config, seawall_hedge **object,
                                                                     seawall_registry_answer *answer, seawall_error *error);
/** A fallback. */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_registry_fallback(seawall_registry *registry, const char *name,
                                                                        const seawall_fallback_config *config,
                                                                        seawall_fallback **object,
                                                                        seawall_registry_answer *answer, seawall_error *error);
/** A chaos policy. */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_registry_chaos(seawall_registry *registry, const char *name,
                                                                     const seawall_chaos_config *config, seawall_chaos **object,
                                                                     seawall_registry_answer *answer, seawall_error *error);
/** A thread pool. Where its config names no levels, it has those of the registry, which the kind "priority_level" sets. */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_registry_pool(seawall_registry *registry, const char *name,
                                                                    const seawall_pool_config *config, seawall_pool **object,
                                                                    seawall_registry_answer *answer, seawall_error *error);
/**
 * A pipeline. It differs if the list has other items; its config comes from settings alone.
 * @param policies as in a file, outermost first: `timeout, retry "slow", circuit_breaker`. A bare kind means the object that
 *        has the pipeline's own name. Objects that are not there yet are made. NULL: what the settings say; without any, it is
 *        refused.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_registry_pipeline(seawall_registry *registry, const char *name,
                                                                        const char *policies, seawall_pipeline **object,
                                                                        seawall_registry_answer *answer, seawall_error *error);
/** @} */

/**
 * Says what a field is to be in objects that are made from now on, where no file says it.
 * @param name NULL: of every object of the kind that says nothing else. An object of this name that exists already is left
 *        alone: #SEAWALL_BUSY.
 * @param key, value as in a file, and checked alike, but that a text or the name of a member stands without quotes. A list of
 *        policies, in which names have them, is checked when it is needed.
 * @return #SEAWALL_OK; #SEAWALL_INVALID; #SEAWALL_BUSY; #SEAWALL_FULL; #SEAWALL_NO_MEMORY.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_registry_set(seawall_registry *registry, const char *kind, const char *name,
                                                                   const char *key, const char *value, seawall_error *error);

/**
 * Takes every check and endpoint that has a section in files over into a set of checks, with what seawall_registry_set says of
 * them. A check that is there already gets these settings, and keeps its results and what is bound to it; others are registered,
 * and are named slots unless they have a target. To be called again after a reload. All or nothing, but for breakers and pools
 * that it has made: they stay. It is judged as it would be in the end, whatever the order of changes.
 *
 * What this registry put in and knows no longer goes: a check as by seawall_health_unregister, though a run that goes on is not
 * waited for, and `release` comes when that is over; an endpoint is as the program set it, or as it is built in. A check of the
 * registry's that was named anew, and looks at something else, takes the place of the old one as by seawall_health_replace. What
 * the program has registered, or put in a check's place, is its own: it is changed while it is named, refused if it looks at
 * something else, and stays. So does what was put in by a registry that is gone.
 *
 * A check whose `circuit_breaker` names one goes along with it: each transition of the breaker makes the check due at once, and
 * with `hold_breaker` the breaker is held open while the check fails, and let probe as soon as it does not, or is removed.
 * Several checks, also of several sets, may hold one breaker: the last of them lets it go. It is made if there is none.
 *
 * Orders go before checks. A breaker that somebody has forced open, disabled or made metrics-only is left as it is, whatever
 * its checks find; one that is ordered to be anything else while it is held is held no more, until a check fails anew. Only
 * where a forced opening ends as its time has come, the checks that fail by then hold it from there on.
 *
 * Any thread, several at once as well: afterwards the set has what the registry knew last. Takes short locks, and allocates.
 * @param health on the registry's platform; it may outlive the registry.
 * @param error filled when the call fails; may be NULL.
 * @return #SEAWALL_OK; #SEAWALL_INVALID: what a set of checks refuses; #SEAWALL_FULL: max_checks, max_members, or a breaker has
 *         no place for a listener; #SEAWALL_NO_MEMORY; #SEAWALL_NO_RESOURCES: for a pool that a source reads, and that is made,
 *         the system gave too few threads. Not from inside a check or a listener.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_registry_connect_health(seawall_registry *registry, seawall_health *health,
                                                                              seawall_error *error);

/**
 * Forgets the object and what it was made from; who uses it goes on. What was set for its name stays. What is there only because
 * it was needed by this, named by a file, goes along if nobody uses it, else at a later reload or seawall_registry_sweep.
 * #SEAWALL_OK; #SEAWALL_INVALID if there is none. Little work, but as much as there are objects if there is such a thing, or
 * anything that a reload has retired.
 */
SEAWALL_API seawall_status seawall_registry_remove(seawall_registry *registry, const char *kind, const char *name);

/**
 * Gives up what nobody uses any longer of what a reload has retired, and of what is there only because something that a file
 * named needed it and does not any longer, as a reload and a removal do too; and keyed instances that have been idle too long.
 * What the program has made by name stays. Any thread; as much work as there are objects. NULL is allowed.
 */
SEAWALL_API void seawall_registry_sweep(seawall_registry *registry);

/** One object of a registry. */
typedef struct seawall_member {
    uint32_t size;     /**< Set to sizeof(seawall_member) before the call. */
    int32_t retiring;  /**< 1: no file names it any longer, and it goes when nobody uses it; see seawall_registry_reload_file. */
    const char *kind;  /**< "circuit_breaker", a static string. */
    char name[64];     /**< Its name. */
} seawall_member;

/** How many objects there are. 0 for NULL. */
SEAWALL_API int32_t seawall_registry_count(seawall_registry *registry);

/**
 * Object number `index`, in the order in which their names first came; removing one moves the others up. Walks the list up to
 * there.
 * @return #SEAWALL_OK; #SEAWALL_INVALID for NULL, an impossible size or no such object.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_registry_member(seawall_registry *registry, int32_t index,
                                                                      seawall_member *member);

/**
 * One object and what it looks like, with a snapshot of its kind: seawall_breaker_snapshot for "circuit_breaker", and so on;
 * NULL for kinds that have none. Both are valid during the callback. On the calling thread, under no lock; it may call anything.
 * No poll: all is told before the call returns.
 */
typedef void (*seawall_snapshot_fn)(const seawall_member *member, const void *snapshot, void *user);

/**
 * Takes a snapshot of every object there is, all at one reading of the clock, pools at one of their own, in the order of
 * seawall_registry_member. An object that comes or goes meanwhile may be told or not. Any thread; allocates nothing.
 * #SEAWALL_OK; #SEAWALL_INVALID for NULL.
 */
SEAWALL_API seawall_status seawall_registry_snapshot(seawall_registry *registry, seawall_snapshot_fn tell, void *user);

/** Where a value comes from. */
typedef int32_t seawall_origin_kind;
/** The values of seawall_origin_kind. */
enum {
    SEAWALL_ORIGIN_DEFAULT = 0,    /**< The library's default. */
    SEAWALL_ORIGIN_CALL = 1,       /**< A config or seawall_registry_set. */
    SEAWALL_ORIGIN_FILE = 2,       /**< A line of a file. */
    SEAWALL_ORIGIN_ENVIRONMENT = 3 /**< A variable of the environment. */
};

/** An origin's name in lower case ("file"), "unknown" for anything else. A static string. Any thread; never blocks. */
SEAWALL_API const char *seawall_origin_name(seawall_origin_kind kind);

/** Where a value comes from. */
typedef struct seawall_origin {
    uint32_t size;            /**< Set to sizeof(seawall_origin) before the call. */
    seawall_origin_kind kind; /**< What sort of place. */
    int32_t line;             /**< Of a file; else 0. */
    int32_t of_kind;          /**< 1: it was said of every object of the kind; 0: of this one. */
    char file[256];           /**< The file, ? for what is no UTF-8, or the variable; cut if too long; else "". */
} seawall_origin;

/**
 * What an object was made from: one field, as seawall_config_set reads it, and where the value comes from. Derived values are
 * told as they were given ("auto"), and secrets as "***": of a check's target user, password and query, and what it sends.
 * @param key a field, or a link, as "policies", "instance" or "retry_budget": "" if none is named.
 * @param text may be NULL with size 0, to ask for the size.
 * @param needed the bytes needed, the NUL included; may be NULL.
 * @param origin may be NULL.
 * @return #SEAWALL_OK; #SEAWALL_TOO_SMALL: only `*needed` was written; #SEAWALL_INVALID if there is no such object or key.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_registry_describe(seawall_registry *registry, const char *kind,
                                                                        const char *name, const char *key, char *text,
                                                                        size_t size, size_t *needed, seawall_origin *origin);

/**
 * The configuration of every object as the text of a file: each field, and its origin in a comment. What is read from it is
 * equal, but secrets are hidden as by seawall_registry_describe, and stars in their place are refused: say them again, in the
 * environment for one. An object that was removed has no section, though a pipeline that uses it goes on and names it.
 * Parameters and answers as seawall_registry_describe's. Waits for writers, and lets them wait.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_registry_print(seawall_registry *registry, char *text, size_t size,
                                                                     size_t *needed);

SEAWALL_END_DECLS

#endif
