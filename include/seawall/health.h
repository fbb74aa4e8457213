/**
 * @file health.h
 * @brief Health: checks by name, run on schedule, added up for liveness, readiness and startup.
 *
 * Three endpoints are built in, and each check says which it informs:
 * - live: is this process beyond help but a restart? Nothing of the outside counts here: no dependency, no breaker. It is well
 *   until a live check fails.
 * - ready: may work come in? It fails while the start is not over, while a required check of it is not passing (one that has
 *   not been run yet is not), and for good once the process drains.
 * - startup: is the start over? It passes as soon as every required startup check passes at the same time, and never goes back.
 *
 * A check that is not required only lowers the grade to warn, which HTTP answers like pass.
 *
 * Checks are driven by a timer service (seawall_health_start), and then functions run on workers; or by a host's loop
 * (seawall_health_poll_at), and then on the host's thread. Network tests need no worker but for the resolution of a name.
 * Reading waits for no check: there is always a last result.
 *
 * Any thread may call anything here but seawall_health_destroy at any time. Everything takes a short lock. In the child of a
 * fork it is not started, and runs that went on in the parent have been forgotten; start it there, or poll it.
 */
#ifndef SEAWALL_HEALTH_H
#define SEAWALL_HEALTH_H

#include <seawall/health_check.h>
#include <seawall/timer.h>

SEAWALL_BEGIN_DECLS

/** A set of checks. */
typedef struct seawall_health seawall_health;

/** The longest name of a check, in bytes; any bytes but NUL. */
#define SEAWALL_HEALTH_NAME_SIZE_MAX 63

/** Settings of a set of checks; the kind "health" of configurations. None may change live. */
typedef struct seawall_health_config {
    uint32_t size;      /**< sizeof(seawall_health_config) */
    int32_t max_checks; /**< Checks at the same time. 1 to 100000, default 1024. */
    int32_t workers;    /**< Threads that run functions. 1 to 64, default 2; started when there is work. */
    /**
     * Further threads, while others are held up by functions. 0 to 1000, default 16. If all are, a function that is due waits
     * for a thread until its time is over, and has failed then: "no worker".
     */
    int32_t max_stuck;
    int32_t stack_size; /**< Bytes of each thread's stack. 64 KiB to 1 GiB, default 256 KiB. */
    uint32_t reserved;  /**< 0 */
} seawall_health_config;

/** Every default. */
#define SEAWALL_HEALTH_CONFIG_INIT { sizeof(seawall_health_config), 1024, 2, 16, 262144, 0 }

/**
 * The same as #SEAWALL_HEALTH_CONFIG_INIT, for a caller whose struct has `size` bytes. #SEAWALL_INVALID for NULL or an
 * impossible size. Any thread.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_health_config_init(seawall_health_config *config, size_t size);

/** Creates a set without checks: one allocation. Parameters and answers as seawall_timers_create's. */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_health_create(const seawall_health_config *config,
                                                                    const seawall_platform *platform, seawall_health **health,
                                                                    seawall_error *error);

/**
 * Stops and destroys the set; NULL is allowed. Waits for functions that are running, but for those that are stuck: their
 * threads, and the memory that they use, end with them. Not from inside a check's function or a listener.
 */
SEAWALL_API void seawall_health_destroy(seawall_health *health);

/** @name Endpoints
 * @{ */
/** What checks are added up to. */
typedef int32_t seawall_health_endpoint;
/** The values of seawall_health_endpoint. */
enum {
    SEAWALL_HEALTH_LIVE = 0,    /**< "/health/live" */
    SEAWALL_HEALTH_READY = 1,   /**< "/health/ready" */
    SEAWALL_HEALTH_STARTUP = 2, /**< "/health/startup" */
    SEAWALL_HEALTH_WHOLE = 3    /**< "/health": every check there is; as bad as the worse of live and ready. To be read only. */
};

/** Its name in lower case ("ready"), "unknown" for anything else. A static string. Any thread; never blocks. */
SEAWALL_API const char *seawall_health_endpoint_name(seawall_health_endpoint endpoint);

/**
 * Settings of an endpoint, for the checks that feed it and say nothing else; the kind "health_endpoint" of configurations. A
 * check in several takes the shortest times and the smallest threshold. #SEAWALL_AUTO, the default of each, is the value that
 * is built in: for live 10 s, 5 s and 3, for ready 5 s, 3 s and 2, for startup 30 s, 10 s and 5.
 */
typedef struct seawall_health_endpoint_config {
    uint32_t size;             /**< sizeof(seawall_health_endpoint_config) */
    int32_t failure_threshold; /**< Failed runs in a row that make a check fail. 1 to 1000. */
    seawall_duration interval; /**< From the beginning of one run to that of the next. 1 ms to 10 years. */
    seawall_duration timeout;  /**< How long a run may take; not above the interval. 1 ms to 10 years. */
} seawall_health_endpoint_config;

/** Every default. */
#define SEAWALL_HEALTH_ENDPOINT_CONFIG_INIT { sizeof(seawall_health_endpoint_config), SEAWALL_AUTO, SEAWALL_AUTO, SEAWALL_AUTO }

/**
 * The same as #SEAWALL_HEALTH_ENDPOINT_CONFIG_INIT, for a caller whose struct has `size` bytes. #SEAWALL_INVALID for NULL or an
 * impossible size. Any thread.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_health_endpoint_config_init(seawall_health_endpoint_config *config,
                                                                                  size_t size);

/**
 * Changes an endpoint's settings, and with them those of every check that takes them from it; results stay. All or nothing.
 * @param config NULL for what is built in.
 * @param error filled when the call fails; may be NULL.
 * @return #SEAWALL_OK; #SEAWALL_INVALID: NULL, no such endpoint, or a check's own timeout would be above its interval then.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_health_set_endpoint(seawall_health *health,
                                                                          seawall_health_endpoint endpoint,
                                                                          const seawall_health_endpoint_config *config,
                                                                          seawall_error *error);
/** @} */

/** @name Checks
 * @{ */
/**
 * Adds a check. It is due after its initial delay.
 * @param name 1 to #SEAWALL_HEALTH_NAME_SIZE_MAX bytes; copied.
 * @param config NULL for every default; copied.
 * @param binding the program's function or heartbeat. NULL: a network test of its target; without a target a named slot, whose
 *        status is unknown, and says so, until seawall_health_bind. If a network test has a binding, its target must be "".
 * @param error filled when the call fails; may be NULL.
 * @return #SEAWALL_OK; #SEAWALL_INVALID (the error names field, value and bound; or the name is taken); #SEAWALL_FULL:
 *         max_checks; #SEAWALL_NO_MEMORY. `release` is called only after #SEAWALL_OK.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_health_register(seawall_health *health, const char *name,
                                                                      const seawall_health_check_config *config,
                                                                      const seawall_health_binding *binding,
                                                                      seawall_error *error);

/**
 * Puts a new check in the place of the one of this name, which has to exist: no result of the old one stays, and a run of it
 * that goes on is forgotten. Does not wait for that run; `release` of the old one comes when it is over. Answers as
 * seawall_health_register's.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_health_replace(seawall_health *health, const char *name,
                                                                     const seawall_health_check_config *config,
                                                                     const seawall_health_binding *binding, seawall_error *error);

/** Gives the check of this name, a slot or not, this function or heartbeat; its settings stay. Else as seawall_health_replace. */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_health_bind(seawall_health *health, const char *name,
                                                                  const seawall_health_binding *binding, seawall_error *error);

/**
 * Changes a check's settings while it is in use, all or nothing: results and a run that goes on stay. `check`, `target` and
 * what belongs to it cannot change: see seawall_health_replace.
 * @param config NULL for every default.
 * @return #SEAWALL_OK; #SEAWALL_INVALID: no such check, or the error names the field.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_health_reconfigure(seawall_health *health, const char *name,
                                                                         const seawall_health_check_config *config,
                                                                         seawall_error *error);

/**
 * Removes a check, and waits until a run of it is over and `release` has been called; from inside its function it does not
 * wait, and `release` is called when that has returned.
 * @return #SEAWALL_OK; #SEAWALL_INVALID if there is no such check.
 */
SEAWALL_API seawall_status seawall_health_unregister(seawall_health *health, const char *name);

/** The same, and waits until `deadline` at most. #SEAWALL_TIMED_OUT: it has been removed, but its run goes on. */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_health_unregister_until(seawall_health *health, const char *name,
                                                                              seawall_time deadline);

/** Makes a check due at once. #SEAWALL_OK; #SEAWALL_BUSY: a run of it goes on; #SEAWALL_INVALID: no such check, or a slot. */
SEAWALL_API seawall_status seawall_health_check_now(seawall_health *health, const char *name);

/**
 * Reports the result of a run whose function returns #SEAWALL_HEALTH_LATER, from inside the function at the earliest: then it is
 * kept until that has returned. If it returns anything else, that counts.
 * @param status as a function's, but not later.
 * @param message NULL for none; any bytes, cut after #SEAWALL_HEALTH_MESSAGE_SIZE - 1.
 * @return #SEAWALL_OK; #SEAWALL_STALE: its time is over, and it has failed, or it was reported before; #SEAWALL_INVALID for
 *        NULL.
 */
SEAWALL_API seawall_status seawall_health_report(seawall_health *health, uint64_t ticket, seawall_health_status status,
                                                 const char *message);
/** @} */

/** @name Driving
 * @{ */
/**
 * Lets a timer service drive the checks, and workers run their functions.
 * @param timers must outlive the set, or its stop; on the same platform. It may be started, or driven by a host.
 * @return #SEAWALL_OK; #SEAWALL_BUSY: it was started before, or a host polls it at this moment;
 *         #SEAWALL_INVALID: NULL, or another platform. It takes no place among the timers.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_health_start(seawall_health *health, seawall_timers *timers,
                                                                   seawall_error *error);

/**
 * Stops driving; checks stay with their last results. Waits as seawall_health_destroy does. #SEAWALL_OK; #SEAWALL_INVALID:
 * NULL, or not started; #SEAWALL_BUSY: from inside a function or a listener.
 */
SEAWALL_API seawall_status seawall_health_stop(seawall_health *health);

/**
 * For a host that drives the checks without a thread: does what is due at `now`. Functions are called on this thread, and block
 * it as long as they take; those that return #SEAWALL_HEALTH_LATER do not, and network tests do not but for the resolution of a
 * name: write addresses as numbers there.
 * @param now the set's time is never earlier again than one that was given here.
 * @param next when to call again at the latest; #SEAWALL_FOREVER if there is nothing to do. Another thread may make it earlier,
 *        and so may a socket: see seawall_health_descriptor.
 * @return #SEAWALL_OK; #SEAWALL_BUSY: it is started, or polled on another thread or further out; #SEAWALL_INVALID for NULL.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_health_poll_at(seawall_health *health, seawall_time now,
                                                                     seawall_time *next);

/**
 * For a host that drives the checks from poll(2) and the like: a descriptor that becomes readable when there is something to do
 * before the time that seawall_health_poll_at has said. Made by the first call; belongs to the set. Never read or close it.
 * @return #SEAWALL_OK; #SEAWALL_NO_RESOURCES: the system gave none; #SEAWALL_NO_MEMORY; #SEAWALL_INVALID for NULL.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_health_descriptor(seawall_health *health, int32_t *descriptor);

/** Readiness is off from now on and for good: call it before shutting down. Liveness stays. #SEAWALL_INVALID for NULL. */
SEAWALL_API seawall_status seawall_health_drain(seawall_health *health);
/** @} */

/** @name Reading
 * @{ */
/** What a check looks like. All of one moment. */
typedef struct seawall_health_check_snapshot {
    uint32_t size;                /**< Set to sizeof(seawall_health_check_snapshot) before the call. */
    seawall_health_status status; /**< Its verdict. */
    seawall_health_status last;   /**< What the last run found. */
    int32_t running;              /**< 1 while a run goes on. */
    int32_t stuck;                /**< 1 while that run's time is over. */
    int32_t bound;                /**< 0: a slot that nothing is bound to. */
    int32_t consecutive_passes;   /**< Good runs in a row up to the last one. */
    int32_t consecutive_failures; /**< Failed ones. */
    int64_t runs;                 /**< Runs that have ended, all told; intervals that it was stuck for count as well. */
    int64_t failures;             /**< Of these, failed. */
    seawall_time since;           /**< When the verdict became what it is. */
    seawall_time last_run;        /**< When the last run ended; 0 if none has. */
    seawall_time last_ok;         /**< When a good one ended last; 0 if none has. */
    seawall_duration duration;    /**< How long the last run took. */
    seawall_duration interval;    /**< The setting in force. */
    seawall_duration timeout;     /**< The setting in force. */
    int32_t failure_threshold;    /**< The setting in force. */
    int32_t success_threshold;    /**< The setting in force. */
    int32_t endpoints;            /**< Bit 0: live, 1: ready, 2: startup. */
    int32_t required;             /**< The setting in force. */
    char name[64];                /**< Its name. */
    char message[SEAWALL_HEALTH_MESSAGE_SIZE]; /**< What the last run said. */
} seawall_health_check_snapshot;

/** An empty snapshot with its size. */
#define SEAWALL_HEALTH_CHECK_SNAPSHOT_INIT                                                                                       \
    { sizeof(seawall_health_check_snapshot), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, "", "" }

/** How many checks there are. 0 for NULL. */
SEAWALL_API int32_t seawall_health_count(seawall_health *health);

/** The check of this name. #SEAWALL_OK; #SEAWALL_INVALID: no such check, or an impossible size. */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_health_get_check(seawall_health *health, const char *name,
                                                                       seawall_health_check_snapshot *snapshot);

/** Check number `index`, in the order of registration; removing one moves the others up. Answers as the one before. */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_health_check_at(seawall_health *health, int32_t index,
                                                                      seawall_health_check_snapshot *snapshot);

/** What an endpoint, and the set, looks like. All of one moment. */
typedef struct seawall_health_snapshot {
    uint32_t size;                /**< Set to sizeof(seawall_health_snapshot) before the call. */
    seawall_health_status status; /**< The grade: pass, warn or fail. */
    int32_t http_status;          /**< What HTTP answers: 200 for pass and warn, else 503. */
    int32_t checks;               /**< Checks that inform the endpoint. */
    int32_t passing;              /**< Of these, with a verdict of pass or warn. */
    int32_t failing;              /**< Of these, with fail. */
    int32_t stuck;                /**< Of these, stuck. */
    int32_t draining;             /**< 1 after seawall_health_drain. */
    int32_t started;              /**< 1 once the start is over. */
    int32_t workers;              /**< Threads that run functions now, those that are held up included. */
    int32_t workers_stuck;        /**< Of these, held up by a function whose time is over. */
    int32_t waiting;              /**< Functions that are due and wait for a thread. */
    seawall_time since;           /**< When the grade became what it is. */
} seawall_health_snapshot;

/** An empty snapshot with its size. */
#define SEAWALL_HEALTH_SNAPSHOT_INIT { sizeof(seawall_health_snapshot), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }

/** Of one endpoint. #SEAWALL_OK; #SEAWALL_INVALID for NULL, no such endpoint or an impossible size. */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_health_get_snapshot(seawall_health *health,
                                                                          seawall_health_endpoint endpoint,
                                                                          seawall_health_snapshot *snapshot);

/** The media type of the JSON: "application/health+json". */
#define SEAWALL_HEALTH_MEDIA_TYPE "application/health+json"

/**
 * An endpoint and its checks as JSON, after draft-inadarei-api-health-check-06: checks are keyed "name:measurement", a message
 * is told unless its check passes. Whatever names and messages hold, it is valid: a byte that is no UTF-8 comes as the four
 * characters "\\xff".
 * @param text may be NULL with size 0, to ask for the size.
 * @param needed the bytes needed, the NUL included; may be NULL.
 * @return #SEAWALL_OK; #SEAWALL_TOO_SMALL: only `*needed` was written; #SEAWALL_INVALID. Reads the clock twice.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_health_json(seawall_health *health, seawall_health_endpoint endpoint,
                                                                  char *text, size_t size, size_t *needed);

/**
 * The same as one line of text without a line break: "fail: database fail (connection refused), redis pass". Control characters
 * come like what is no UTF-8.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_health_line(seawall_health *health, seawall_health_endpoint endpoint,
                                                                  char *text, size_t size, size_t *needed);

/**
 * What to answer to a GET of this path: "/health/live", "/health/ready", "/health/startup" or "/health"; what follows a '?'
 * does not count. The body is seawall_health_json's.
 * @param http_status 200 or 503; written with #SEAWALL_OK and #SEAWALL_TOO_SMALL.
 * @return as seawall_health_json; #SEAWALL_INVALID: no such path, answer 404.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_health_respond(seawall_health *health, const char *path,
                                                                     int32_t *http_status, char *body, size_t size,
                                                                     size_t *needed);
/** @} */

/** @name Changes
 * @{ */
/** One change, of a check's verdict or of an endpoint's grade. */
typedef struct seawall_health_event {
    uint32_t size;                    /**< For seawall_health_next_event: set to sizeof(seawall_health_event) before the call. */
    seawall_health_endpoint endpoint; /**< The endpoint; -1: it is a check. */
    uint64_t sequence;                /**< 1 for the first change, then without gaps. */
    seawall_time now;                 /**< When. */
    seawall_health_status from;       /**< Before. */
    seawall_health_status to;         /**< After. */
    char name[64];                    /**< The check; "" for an endpoint. */
    char message[SEAWALL_HEALTH_MESSAGE_SIZE]; /**< What the deciding run of the check said. */
} seawall_health_event;

/** An empty event with its size. */
#define SEAWALL_HEALTH_EVENT_INIT { sizeof(seawall_health_event), 0, 0, 0, 0, 0, "", "" }

/**
 * Told of each change, in order, one at a time, on the thread that caused it or on another that is busy telling. Called under
 * no lock; it must return, and may call anything here but seawall_health_destroy and seawall_health_stop: a change that it
 * causes is told after it has returned. Be quick: other checks wait. A listener that falls more than 64 changes behind misses
 * the oldest; the gap shows it. Poll: seawall_health_next_event.
 */
typedef void (*seawall_health_listener_fn)(const seawall_health_event *event, void *user);

/** How many listeners a set can have. */
#define SEAWALL_HEALTH_LISTENERS_MAX 8

/** Adds a listener; it is told of changes from here on. #SEAWALL_OK; #SEAWALL_FULL; #SEAWALL_INVALID. */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_health_add_listener(seawall_health *health,
                                                                          seawall_health_listener_fn listener, void *user);

/**
 * Removes it (the same function and user). Waits for a running callback, except from inside that callback. #SEAWALL_OK;
 * #SEAWALL_INVALID if there is no such listener.
 */
SEAWALL_API seawall_status seawall_health_remove_listener(seawall_health *health, seawall_health_listener_fn listener,
                                                          void *user);

/**
 * For who would rather ask than be called: the first change after the one numbered `after`, of the last 64.
 * @return #SEAWALL_OK; #SEAWALL_STALE: there is none yet; #SEAWALL_INVALID for NULL or an impossible size.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_health_next_event(seawall_health *health, uint64_t after,
                                                                        seawall_health_event *event);
/** @} */

SEAWALL_END_DECLS

#endif
