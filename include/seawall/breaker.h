/**
 * @file breaker.h
 * @brief Circuit breaker: after repeated failures of a dependency, refuse calls for a while, then probe it.
 *
 * Closed, it lets every call through. After `failure_threshold` consecutive failures it opens and refuses. When
 * `recovery_timeout` has passed it is half-open: the next calls are probes, at most `half_open_max_calls` in one round.
 * Enough successes close it, enough failures open it anew. Every probe is a lease: a caller that never reports
 * loses it after `probe_timeout`, which counts as a failure.
 *
 * It may also open by rates: the share of failures (`failure_rate`), or of slow calls (`slow_call_rate`), among the last
 * `window_calls` outcomes or those of the last `window_duration`. Every rule that is set may open it, each by itself; if several
 * would at once, the consecutive one is told, then the failure rate. How these windows count:
 *
 * - They begin anew each time it closes. With fewer than `minimum_calls` outcomes in it a window decides nothing; the call that
 *   completes the minimum may open it, a success too, whichever thread makes it.
 * - What was ignored is not in them, nor what was reported stale.
 * - The last outcomes are exact. A window of time goes by buckets: it forgets one at a time, and looks back by
 *   `window_duration` less what is still to come of the newest.
 * - Successes read no clock. Those between two moments at which somebody knew the time (a failure, a slow call, a snapshot, a
 *   poll) are spread evenly over the time between them, and at each such moment the rules are asked. So a snapshot may
 *   find that it has to open: old successes have left the window, and the failures have not.
 * - One thread at a time counts what is no quick success. Others that come meanwhile leave theirs to it and go on: nobody
 *   waits, and what was left counts before that thread returns.
 *
 * The half-open knobs say different things, and every combination of them has a verdict:
 *
 * - `half_open_max_calls`: probes in one round, however long it lasts. An ignored or cancelled one is given back and does not
 *   count.
 * - `half_open_concurrent`: how many of them may be under way at once. More than half_open_max_calls means just as many.
 * - `failures_to_reopen`: so many failures, expired leases included, open it anew at once.
 * - `successes_to_close`: so many successes close it at once; they need not be in a row.
 * - A round that has used up its calls without either opens it anew.
 * - `half_open_max_duration`: a round that has lasted for so long is over, whatever is still under way: it opens it anew, or
 *   closes it if `half_open_then` says so. No timer is needed: whoever comes later, be it with a call, a probe's report, a
 *   snapshot or a poll, finds the breaker as if somebody had come at that very moment.
 * - Who is refused meanwhile is told when the next lease ends, or the round if that is earlier. What is reported after the
 *   round is stale.
 *
 * Opened again and again, it stays open for longer: each opening that follows a round of probes, or a closed spell shorter than
 * the last opening, multiplies `recovery_timeout` by `recovery_multiplier`, up to `recovery_max`; a closed spell at least as long
 * as the last opening starts from the beginning. `recovery_jitter` spreads it, so that the probes of many processes do not come
 * together.
 *
 * An operator can take it out of play: disabled, it lets every call through and records nothing; metrics-only, it lets every call
 * through and records as if closed. Neither ends by itself; close, reset and force_open end both.
 *
 * Times are kept in ticks of 2^20 ns, rounded up: it probes up to 1.05 ms late, never early. They reach 18 years from its
 * creation: later, it is open no longer than until the next call, and no lease ends.
 */
#ifndef SEAWALL_BREAKER_H
#define SEAWALL_BREAKER_H

#include <seawall/permit.h>
#include <seawall/policy.h>

SEAWALL_BEGIN_DECLS

/** A circuit breaker. Every function on it may be called from any thread unless it says otherwise. */
typedef struct seawall_breaker seawall_breaker;

/** What a predicate says of a call that has failed. */
typedef int32_t seawall_breaker_verdict;
/** The values of seawall_breaker_verdict. Any other number counts as the first. */
enum {
    SEAWALL_BREAKER_BY_KIND = 0, /**< No opinion: `counted_faults` decides. */
    SEAWALL_BREAKER_FAILURE = 1, /**< It counts as a failure. */
    SEAWALL_BREAKER_SUCCESS = 2, /**< The dependency is well: it counts as a success. */
    SEAWALL_BREAKER_IGNORED = 3  /**< It counts neither way. */
};

/** The verdict's name in lower case ("by_kind"), "unknown" for anything else. A static string. Any thread; never blocks. */
SEAWALL_API const char *seawall_breaker_verdict_name(seawall_breaker_verdict verdict);

/**
 * A predicate: does this fault count? Asked once per report of a fault, not of a success or of #SEAWALL_FAULT_IGNORED. Called on
 * the thread that reports or drives the execution, concurrently, under no lock (on pools: see seawall_listener_fn); it must not
 * block.
 *
 * @param result the fault and, in a pipeline, the operation's own code and the server's own delay; else 0. Valid during the call.
 */
typedef seawall_breaker_verdict (*seawall_breaker_predicate_fn)(const seawall_result *result, void *user);

/** What becomes of a half-open round whose time is over. */
typedef int32_t seawall_breaker_then;
/** The values of seawall_breaker_then. */
enum {
    SEAWALL_BREAKER_THEN_OPEN = 0,  /**< It opens anew. */
    SEAWALL_BREAKER_THEN_CLOSED = 1 /**< It closes. */
};

/** What the rates are taken over. */
typedef int32_t seawall_breaker_window;
/** The values of seawall_breaker_window. */
enum {
    SEAWALL_BREAKER_WINDOW_COUNT = 0, /**< The last `window_calls` outcomes. */
    SEAWALL_BREAKER_WINDOW_TIME = 1   /**< Those of the last `window_duration`. */
};

/** Settings of a breaker; the kind "circuit_breaker" of configurations. What may change live: see seawall_breaker_reconfigure. */
typedef struct seawall_breaker_config {
    uint32_t size;                      /**< sizeof(seawall_breaker_config) */
    int32_t failure_threshold;          /**< Consecutive failures that open it; 0: never by this rule. 0 to 65535, default 5. */
    seawall_duration recovery_timeout;  /**< How long it stays open. 1 ms to 10 years, default 30 s. */
    int32_t half_open_max_calls;        /**< Probes in one half-open round. 1 to 1000, default 3. */
    /**
     * Probes at the same time; #SEAWALL_AUTO (default): half_open_max_calls, as it was at creation. Each takes 8 bytes. 1 to
     * 1000.
     */
    int32_t half_open_concurrent;
    int32_t successes_to_close;         /**< #SEAWALL_AUTO (default): half_open_max_calls. 1 to half_open_max_calls. */
    int32_t failures_to_reopen;         /**< 1 to half_open_max_calls, default 1. */
    /**
     * How long a probe may take to report; then it counts as failed, whatever it says later. #SEAWALL_AUTO (default):
     * recovery_timeout; in a pipeline at least until one second after the deadline in force where the breaker stands, if there is
     * one. A dependency that is well but slower than that never closes the breaker: for use alone, for calls without a deadline,
     * and where only a timeout inside the breaker sets one, set this to more than the longest call takes, what it may wait for in
     * queues inside the breaker included. 1 ms to 10 years.
     */
    seawall_duration probe_timeout;
    /** How long a half-open round may last. 0 (default): as long as it takes; 1 ms to 10 years. */
    seawall_duration half_open_max_duration;
    /** Kinds that count as failures, default #SEAWALL_FAULTS_COUNTED; the others count neither way. */
    seawall_fault_set counted_faults;
    /** What becomes of a round that lasts for half_open_max_duration. Default #SEAWALL_BREAKER_THEN_OPEN. */
    seawall_breaker_then half_open_then;
    /**
     * In a pipeline: a run cut by a deadline less than this after the first attempt inside the breaker had started counts neither
     * way, however long that attempt takes to end and whatever it waited for before. Where a policy of yours cuts without having
     * set a deadline: after the breaker let it through, until it ended. Default 0: every cut counts; any other costs a clock read
     * per call. 0 to 10 years.
     */
    seawall_duration ignore_cuts_below;
    double recovery_multiplier;         /**< How much longer each opening in a row is than the one before. 1 (default) to 1000. */
    /**
     * What it grows to, jitter aside. Less than recovery_timeout is refused, unless recovery_multiplier is 1. 1 ms to 10 years,
     * default 10 min.
     */
    seawall_duration recovery_max;
    double recovery_jitter;             /**< Up to this share of the time is added at random. 0 (default) to 1. */
    seawall_breaker_predicate_fn predicate; /**< NULL (default): `counted_faults` alone decides. */
    void *predicate_user;               /**< Handed to the predicate; must live as long as the breaker. */
    /** Share of failures in the window that opens it; 0 (default): never by this rule. 0 to 1, rounded down to steps of 1e-9. */
    double failure_rate;
    /**
     * The same of slow calls, failed or not. A slow probe then counts as a failed one. Any but 0, the default, costs two clock
     * reads per call.
     */
    double slow_call_rate;
    /**
     * What takes longer is slow: from acquire to the report; in a pipeline from the start of the first attempt inside the breaker
     * to the end of the run or to the deadline that cut it, so that waiting before, in queues of ours, counts for nobody. What a
     * retry inside the breaker waits between attempts counts. 1 us to 10 years, default 60 s.
     */
    seawall_duration slow_call_duration;
    seawall_breaker_window window;      /**< Default #SEAWALL_BREAKER_WINDOW_COUNT. */
    /** Outcomes in a window by count, 8 bytes each whether a rate is set or not: it may be later. 1 to 65536, default 100. */
    int32_t window_calls;
    seawall_duration window_duration;   /**< How far a window by time looks back. 1 ms to 10 years, default 60 s. */
    int32_t window_buckets;             /**< In so many parts, of 24 bytes each. 1 to 1000, default 10. */
    /** With fewer outcomes a window decides nothing; by count, above window_calls means as many. 1 to 1000000, default 100. */
    int32_t minimum_calls;
} seawall_breaker_config;

/** Every default. */
#define SEAWALL_BREAKER_CONFIG_INIT                                                                          \
    { sizeof(seawall_breaker_config), 5, SEAWALL_SECONDS(30), 3, SEAWALL_AUTO, SEAWALL_AUTO, 1, SEAWALL_AUTO, \
      0, SEAWALL_FAULTS_COUNTED, SEAWALL_BREAKER_THEN_OPEN, 0, 1.0, SEAWALL_SECONDS(600), 0.0, NULL, NULL, 0.0, \
      0.0, SEAWALL_SECONDS(60), SEAWALL_BREAKER_WINDOW_COUNT, 100, SEAWALL_SECONDS(60), 10, 100 }

/**
 * The same as #SEAWALL_BREAKER_CONFIG_INIT, for a caller whose struct has `size` bytes. #SEAWALL_INVALID for NULL or an
 * impossible size. Any thread.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_breaker_config_init(seawall_breaker_config *config, size_t size);

/** The state of a breaker. */
typedef int32_t seawall_breaker_state;
/** The values of seawall_breaker_state. */
enum {
    SEAWALL_BREAKER_CLOSED = 0,     /**< Lets every call through. */
    SEAWALL_BREAKER_OPEN = 1,       /**< Refuses until its time has come. */
    SEAWALL_BREAKER_HALF_OPEN = 2,  /**< Lets probes through. */
    SEAWALL_BREAKER_FORCED_OPEN = 3, /**< Refuses because somebody said so. */
    SEAWALL_BREAKER_DISABLED = 4,    /**< Lets every call through and records nothing, because somebody said so. */
    SEAWALL_BREAKER_METRICS_ONLY = 5 /**< Lets every call through and records as if closed, because somebody said so. */
};

/** The state's name in lower case ("half_open"), "unknown" for anything else. A static string. */
SEAWALL_API const char *seawall_breaker_state_name(seawall_breaker_state state);

/**
 * Creates a closed breaker.
 * @param config NULL for every default.
 * @param platform NULL for the default.
 * @param error filled when the call fails; may be NULL.
 * @return #SEAWALL_OK; #SEAWALL_INVALID (the error names field, value and bound); #SEAWALL_NO_MEMORY.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_breaker_create(const seawall_breaker_config *config,
                                                                     const seawall_platform *platform,
                                                                     seawall_breaker **breaker, seawall_error *error);

/**
 * Gives up the caller's reference; NULL is allowed. Pipelines keep their own. Its permits become worthless. A listener may still
 * be running on another thread: remove listeners first if that matters.
 */
SEAWALL_API void seawall_breaker_destroy(seawall_breaker *breaker);

/**
 * May one call be made? Never blocks. Closed: no lock, no shared write, and no clock unless `slow_call_rate` is set.
 * @param permit written on #SEAWALL_OK only; report it once.
 * @param retry_after how long to wait, written on #SEAWALL_OPEN only; may be NULL. In half-open with every probe given
 *        out it is the time until the next lease ends, or the round; what a lease lasts if none ever ends; #SEAWALL_FOREVER when
 *        it is forced open without a time.
 * @return #SEAWALL_OK; #SEAWALL_OPEN; #SEAWALL_INVALID for NULL.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_breaker_try_acquire(seawall_breaker *breaker, seawall_permit *permit,
                                                                          seawall_duration *retry_after);

/**
 * The same at the time `now`, reading no clock. Times are those of the platform's clock, which create has read: what begins
 * before that lasts as if it began then. Whoever brings a clock of his own creates the breaker with a platform that has it.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_breaker_try_acquire_at(seawall_breaker *breaker, seawall_time now,
                                                                             seawall_permit *permit,
                                                                             seawall_duration *retry_after);

/**
 * Reports how the call went, and clears the permit. #SEAWALL_FAULT_NONE is a success; a kind in `counted_faults` a failure; any
 * other counts neither way and gives a probe's slot back. A predicate may know better. Never blocks. A success while closed: one
 * write to a line of its own, no clock; with `slow_call_rate` a clock read here and one in acquire.
 * @return #SEAWALL_OK; #SEAWALL_STALE if the breaker has changed its state since the permit was given (it is
 *         counted as stale and changes nothing else), or the probe's lease has ended (it counts as expired) or was
 *         already reported by a copy; #SEAWALL_INVALID for NULL, a cleared or foreign permit, or no such kind:
 *         nothing was changed, the permit included.
 */
SEAWALL_API seawall_status seawall_breaker_report(seawall_breaker *breaker, seawall_permit *permit, seawall_fault fault);

/** The same at the time `now`, reading no clock. */
SEAWALL_API seawall_status seawall_breaker_report_at(seawall_breaker *breaker, seawall_permit *permit, seawall_fault fault,
                                                     seawall_time now);

/**
 * Opens it now, until `until` (then half-open as after a trip) or for good with #SEAWALL_FOREVER. Permits given before are stale.
 * #SEAWALL_OK; #SEAWALL_INVALID for NULL.
 */
SEAWALL_API seawall_status seawall_breaker_force_open(seawall_breaker *breaker, seawall_time until);

/**
 * Closes it now, whatever its state; permits given before are stale, counters of calls go on. #SEAWALL_OK; #SEAWALL_INVALID for
 * NULL.
 */
SEAWALL_API seawall_status seawall_breaker_close(seawall_breaker *breaker);

/**
 * Lets every call through and records nothing, until somebody closes, resets or forces it. Permits given before are stale.
 * #SEAWALL_OK; #SEAWALL_INVALID for NULL.
 */
SEAWALL_API seawall_status seawall_breaker_disable(seawall_breaker *breaker);

/**
 * Lets every call through and counts, but never opens, until somebody closes, resets or forces it. Permits given before are
 * stale. #SEAWALL_OK; #SEAWALL_INVALID for NULL.
 */
SEAWALL_API seawall_status seawall_breaker_metrics_only(seawall_breaker *breaker);

/**
 * For hosts that want the change from open to half-open, and leases that have ended, announced on time and not with the next
 * call: does what is due at `now`, reading no clock. Never blocks.
 * @param next when to call again; #SEAWALL_FOREVER if nothing will be due by itself. Another thread may make it earlier.
 * @return #SEAWALL_OK; #SEAWALL_INVALID for NULL.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_breaker_poll_at(seawall_breaker *breaker, seawall_time now,
                                                                      seawall_time *next);

/**
 * Closes it and starts afresh: the streak, the last trip and every counter are gone, what is reported meanwhile perhaps too;
 * epoch and sequence numbers go on. #SEAWALL_OK; #SEAWALL_INVALID for NULL.
 */
SEAWALL_API seawall_status seawall_breaker_reset(seawall_breaker *breaker);

/**
 * Changes settings while it is in use, all or nothing. State, epoch, streak, counters and permits stay; nobody is stopped. Takes
 * a short lock, reads the clock, allocates nothing: there is room for the rules in force and the next ones.
 *
 * Every field may change but `half_open_concurrent`, the window's kind, size and buckets, `predicate` and `predicate_user`:
 * these must be as they were at creation.
 * A call or report under way at the same time goes by the old rules or by the new ones, as a whole; whatever begins
 * afterwards goes by the new ones. What has begun before: an opening keeps its end, a probe its lease, a round the time it began,
 * and a streak what it has come to, so that a lower `failure_threshold` opens it with the next failure. A half-open round goes on
 * with what it has counted, and is decided at once if that is enough by the new rules; probes that are out beyond a lower
 * `half_open_max_calls` still count. A window keeps what is in it, and opens it at once if the new rules say so; one that
 * no rule asked for before begins now.
 * @param config NULL stands for every default, as with create.
 * @param error filled when the call fails; may be NULL.
 * @return #SEAWALL_OK; #SEAWALL_INVALID (the error names the field, and the value and bound or that it cannot change): nothing
 *        was changed.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_breaker_reconfigure(seawall_breaker *breaker,
                                                                          const seawall_breaker_config *config,
                                                                          seawall_error *error);

/** Which rule made it open. */
typedef int32_t seawall_breaker_rule;
/** The values of seawall_breaker_rule. */
enum {
    SEAWALL_BREAKER_RULE_NONE = 0,        /**< It never opened. */
    SEAWALL_BREAKER_RULE_CONSECUTIVE = 1, /**< `failure_threshold` failures in a row. */
    SEAWALL_BREAKER_RULE_PROBES = 2,      /**< `failures_to_reopen` failures among the probes, or a round that decided nothing. */
    SEAWALL_BREAKER_RULE_FORCED = 3,      /**< Somebody called force_open. */
    /** A round lasted for `half_open_max_duration`; the value is its successes, the limit `successes_to_close`. */
    SEAWALL_BREAKER_RULE_HALF_OPEN_TIME = 4,
    SEAWALL_BREAKER_RULE_FAILURE_RATE = 5,  /**< `failure_rate`; value and limit are millionths. */
    SEAWALL_BREAKER_RULE_SLOW_CALL_RATE = 6 /**< `slow_call_rate`; value and limit are millionths. */
};

/** The rule's name in lower case ("consecutive"), "unknown" for anything else. A static string. Any thread; never blocks. */
SEAWALL_API const char *seawall_breaker_rule_name(seawall_breaker_rule rule);

/**
 * What a breaker looks like. State, epoch, until and last trip belong to one moment, unless their writer was stopped in the
 * middle for long; counters are exact at rest.
 */
typedef struct seawall_breaker_snapshot {
    uint32_t size;                   /**< Set to sizeof(seawall_breaker_snapshot) before the call. */
    /**
     * As a caller would find it now: open whose time has come reads half-open. Until somebody comes the rest is still the
     * opening's, `remaining` is 0 and no probe is out.
     */
    seawall_breaker_state state;
    uint64_t epoch;                  /**< Grows by one with every transition, modulo 2^22. */
    seawall_time since;              /**< When this state began; the creation for the first. */
    /**
     * Open: how long still; #SEAWALL_FOREVER if for good. Half-open: how long the round may still last, if that is bounded. Else
     * 0.
     */
    seawall_duration remaining;
    int32_t consecutive_failures;    /**< Closed: the streak; 0 if `failure_threshold` is. */
    int32_t probes;                  /**< Half-open: probes given out and not reported. */
    int32_t probe_successes;         /**< Half-open: of this round. */
    int32_t probe_failures;          /**< Half-open: of this round. */
    int64_t successes;               /**< Reported successes, all told. */
    int64_t failures;                /**< Reported failures, all told. */
    int64_t ignored;                 /**< Reports that counted neither way. */
    int64_t refused;                 /**< Calls refused. */
    int64_t stale;                   /**< Reports from an earlier epoch. */
    int64_t expired;                 /**< Probes whose lease ended without a report. */
    int64_t opened;                  /**< How often it opened. */
    seawall_breaker_rule last_rule;  /**< What opened it last. */
    int32_t last_limit;              /**< The limit of that rule. */
    int32_t last_value;              /**< The value that met it. */
    /**
     * Openings in a row by which the last one has grown: 0 for the first. Not counted while neither multiplier nor jitter is set.
     */
    int32_t reopenings;
    seawall_time last_opened;        /**< When; 0 if never. It and its rule are forgotten three million transitions later. */
    /**
     * The window of a breaker that is closed or metrics-only and has a rule on rates, else 0: how many outcomes are in it, and
     * how many of them failed or were slow.
     */
    int64_t window_calls;
    int64_t window_failures;         /**< See window_calls. */
    int64_t window_slow_calls;       /**< See window_calls; 0 unless `slow_call_rate` is set. */
    double failure_rate;             /**< Of the window; -1 below `minimum_calls`, and without a rule on rates. */
    double slow_call_rate;           /**< Of the window; -1 below `minimum_calls`, and unless `slow_call_rate` is set. */
} seawall_breaker_snapshot;

/** An empty snapshot with its size. */
#define SEAWALL_BREAKER_SNAPSHOT_INIT                                                                        \
    { sizeof(seawall_breaker_snapshot), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }

/** The same as #SEAWALL_BREAKER_SNAPSHOT_INIT, for a caller whose struct has `size` bytes. Any thread. */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_breaker_snapshot_init(seawall_breaker_snapshot *snapshot, size_t size);

/**
 * Takes a snapshot; a half-open round whose time is over is ended first, and a window that says so opens it. No lock, but it
 * waits some milliseconds at most for a transition that is just being written down, or for who is just counting in the window;
 * reads the clock. #SEAWALL_OK; #SEAWALL_INVALID for NULL or an impossible size.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_breaker_get_snapshot(seawall_breaker *breaker,
                                                                           seawall_breaker_snapshot *snapshot);
/** The same at the time `now`, reading no clock. */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_breaker_get_snapshot_at(seawall_breaker *breaker, seawall_time now,
                                                                              seawall_breaker_snapshot *snapshot);

/** One transition: a new state, or the same one entered anew by an order. Valid during the callback. */
typedef struct seawall_breaker_transition {
    uint64_t sequence;          /**< 1 for the breaker's first transition, then without gaps. */
    seawall_breaker_state from; /**< Before. */
    seawall_breaker_state to;   /**< After. */
    seawall_time now;           /**< When. */
    seawall_breaker_rule rule;  /**< When it opened: why. */
    int32_t value;              /**< When it opened: the value that met the limit. */
    int32_t limit;              /**< When it opened: the limit. */
    int32_t reserved;           /**< 0 */
} seawall_breaker_transition;

/**
 * Told of each transition, in order of the sequence numbers, one at a time, on the thread that caused it or on another that is
 * busy delivering. Called under no lock, but for a call whose attempts run on pools, where it may call what seawall_listener_fn
 * says; it must return, and may else call anything, this breaker included: a transition that it causes is told after it has
 * returned. Be quick: the call that caused the transition waits. A listener that falls more than 64 transitions behind misses the
 * oldest of them; the gap in the numbers shows it. Poll: seawall_breaker_next_transition.
 */
typedef void (*seawall_breaker_listener_fn)(const seawall_breaker_transition *transition, void *user);

/** How many listeners a breaker can have. */
#define SEAWALL_BREAKER_LISTENERS_MAX 8

/** Adds a listener; it is told of transitions from here on. @return #SEAWALL_OK; #SEAWALL_FULL; #SEAWALL_INVALID. */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_breaker_add_listener(seawall_breaker *breaker,
                                                                           seawall_breaker_listener_fn listener, void *user);

/**
 * Removes it (the same function and user). Waits for a running callback, except from inside that callback; so two callbacks of
 * different breakers must not remove each other. @return #SEAWALL_OK; #SEAWALL_INVALID if there is no such listener.
 */
SEAWALL_API seawall_status seawall_breaker_remove_listener(seawall_breaker *breaker, seawall_breaker_listener_fn listener,
                                                           void *user);

/**
 * For hosts that would rather ask than be called: the first transition after number `after` (0: of all) that is still remembered,
 * which the last 64 are; a gap in the numbers shows that there were others. Ask until there is none, each time with the last
 * sequence number. Listeners are neither needed nor disturbed.
 * @return whether there was one; nothing is written if not, or for NULL. Any thread; never blocks, takes no lock, reads no clock.
 */
SEAWALL_API bool seawall_breaker_next_transition(seawall_breaker *breaker, uint64_t after,
                                                 seawall_breaker_transition *transition);

/**
 * Fills in the breaker's policy for a pipeline. Holds no reference by itself: the pipeline takes one.
 * @param name see seawall_policy.
 * @return #SEAWALL_OK; #SEAWALL_INVALID for NULL or a policy whose size is not set.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_breaker_policy(seawall_breaker *breaker, const char *name,
                                                                     seawall_policy *policy);

SEAWALL_END_DECLS

#endif
