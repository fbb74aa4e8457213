/**
 * @file policy.h
 * @brief What a policy is: two verbs, enter and leave, and perhaps two more, tick and drop.
 *
 * Every policy, the library's own included, is written against this page alone and knows no other policy. A
 * pipeline is an ordered list of policies, outermost first, around an operation. One pass of a policy around one
 * inner run is a frame: zeroed storage of the size that the policy declares.
 *
 * Every frame whose `enter` did not refuse ends exactly once: by `leave` answering pass or replace, by `tick`
 * answering cut, or by `drop`.
 *
 * The verbs are called on the thread that drives the execution, one at a time for one execution and concurrently
 * for different ones. They must not block and must not drive the execution they are called from (which answers
 * #SEAWALL_BUSY). Inside a verb the turn is valid and never
 * NULL, and its functions want no other; keep no pointer to it.
 */
#ifndef SEAWALL_POLICY_H
#define SEAWALL_POLICY_H

#include <seawall/event.h>
#include <seawall/outcome.h>
#include <seawall/platform.h>

SEAWALL_BEGIN_DECLS

/** The machine's question to a policy, and where its answer's details go. */
typedef struct seawall_turn seawall_turn;

/** An immutable chain of policies (pipeline.h). */
typedef struct seawall_pipeline seawall_pipeline;

/** A verb's answer. */
typedef int32_t seawall_answer;
/**
 * The values of seawall_answer. An answer that the verb does not know counts as its first one, or as a refusal with
 * #SEAWALL_INVALID.
 */
enum {
    SEAWALL_PROCEED = 10, /**< enter: run what is inside. May be joined with seawall_turn_tick_at and seawall_turn_shorten. */
    SEAWALL_WAIT = 11,    /**< enter: ask again when the waker was called, or at the time given. See seawall_turn_wait. */
    SEAWALL_REFUSE = 12,  /**< enter: no. The frame never was. See seawall_turn_refuse. */

    SEAWALL_PASS = 20,    /**< leave: hand the outcome on, unchanged. Inner runs still going on are cancelled. */
    SEAWALL_REPLACE = 21, /**< leave: hand it on; I changed it. */
    /** leave: one more inner run at the time given. While others run it counts as hold. See seawall_turn_again. */
    SEAWALL_AGAIN = 22,
    SEAWALL_HOLD = 23,    /**< leave: not yet, others still run. With none it counts as pass. */
    /** leave: run my alternative pipeline; its end comes to my leave again, marked as diverted. A second one counts as pass. */
    SEAWALL_DIVERT = 24,

    SEAWALL_KEEP = 30,       /**< tick: go on. May be joined with seawall_turn_tick_at. */
    SEAWALL_FORK = 31,       /**< tick: start one more inner run beside those going on. */
    SEAWALL_CUT_JOIN = 32,   /**< tick: this is the outcome; ask the attempts below to stop, and wait for them. */
    /** tick: this is the outcome, at once; the attempts below become late. Needs #SEAWALL_POLICY_DETACHES. */
    SEAWALL_CUT_DETACH = 33
};

/** The answer's name in lower case ("proceed"), "unknown" for anything else. A static string. Any thread; never blocks. */
SEAWALL_API const char *seawall_answer_name(seawall_answer answer);

/**
 * How to tell the host that something an execution waits for has come. It belongs to the host's thread or loop,
 * never to the execution, so that calling it late is harmless.
 */
typedef struct seawall_waker {
    /**
     * Marks and signals, nothing else. Any thread, also from inside any seawall_execution_* call. NULL: nobody needs waking. A
     * stale or doubled call is allowed and means "look again". Poll: seawall_execution_next_at.
     */
    void (*wake)(uint64_t cookie, void *user);
    uint64_t cookie; /**< The host's name for the execution: say, an index and a generation. */
    void *user;      /**< The loop. */
} seawall_waker;

/**
 * May the inside run? Asked until it no longer answers wait, and perhaps long before its time: whenever the execution looks
 * around, as for somebody else's waker, and by the blocking driver at once. So who waits for an instant keeps it in its frame,
 * and proceeds by the clock (seawall_turn_now), not because it is asked once more. On the thread that drives the execution, as
 * every verb.
 * @return #SEAWALL_PROCEED, #SEAWALL_WAIT or #SEAWALL_REFUSE.
 */
typedef seawall_answer (*seawall_enter_fn)(void *frame, seawall_turn *turn, void *self);

/**
 * One inner run has ended with `outcome`, which may be changed in place if the answer is #SEAWALL_REPLACE. On the thread that
 * drives the execution.
 * @return #SEAWALL_PASS, #SEAWALL_REPLACE, #SEAWALL_AGAIN, #SEAWALL_HOLD or #SEAWALL_DIVERT.
 */
typedef seawall_answer (*seawall_leave_fn)(void *frame, seawall_turn *turn, seawall_outcome *outcome, void *self);

/**
 * The instant that was asked for has come, and inner runs still go on. For a cut, `outcome` holds
 * #SEAWALL_TIMED_OUT with #SEAWALL_FAULT_TIMEOUT and may be changed. On the thread that drives the execution.
 * @return #SEAWALL_KEEP, #SEAWALL_FORK, #SEAWALL_CUT_JOIN or #SEAWALL_CUT_DETACH.
 */
typedef seawall_answer (*seawall_tick_fn)(void *frame, seawall_turn *turn, seawall_outcome *outcome, void *self);

/**
 * The frame ends with nobody left to decide for: it was cut while waiting, asleep or running, or it is a loser that came in
 * late. `outcome` has the attempts started below and says timed out or cancelled, by the cause. Mandatory for a policy that
 * holds something while its enter answered wait, or takes something in leave; without it the machine calls leave and ignores the
 * answer. On the thread that drives the execution. No poll: a verb.
 */
typedef void (*seawall_drop_fn)(void *frame, seawall_turn *turn, const seawall_outcome *outcome, void *self);

/**
 * Takes or gives back one reference to the object behind a policy. Any thread. No poll: it keeps the object of who makes the
 * policy.
 */
typedef void (*seawall_reference_fn)(void *self);

/** Its tick may answer #SEAWALL_CUT_DETACH. Where attempts run on no pool the blocking driver refuses such a policy by name. */
#define SEAWALL_POLICY_DETACHES 1u

/**
 * What is inside is not only asked to stop at its deadline but interrupted: under the blocking driver the attempt's token
 * (call.h) is cancelled then, which needs a pipeline with a timer service whose thread runs. Other drivers' hosts interrupt what
 * they are told to cancel.
 */
#define SEAWALL_POLICY_INTERRUPTS 2u

/** The largest frame a policy may ask for, in bytes. Frames are aligned for any type. */
#define SEAWALL_FRAME_SIZE_MAX 192

/**
 * A policy, as it is handed to a pipeline, which copies it. The library's own objects fill one in
 * (seawall_breaker_policy and so on); write your own by filling one yourself.
 */
typedef struct seawall_policy {
    uint32_t size;                       /**< sizeof(seawall_policy) */
    uint32_t flags;                      /**< 0, or #SEAWALL_POLICY_DETACHES and #SEAWALL_POLICY_INTERRUPTS as they apply. */
    const char *name;                    /**< Copied by the pipeline; at most 63 bytes count. NULL: "policy". */
    const seawall_platform *platform;    /**< The object's platform; NULL: it has none and fits any. */
    uint32_t frame_size;                 /**< 0 to #SEAWALL_FRAME_SIZE_MAX */
    int32_t width;                       /**< How many inner runs may go on at once: 1 to 16. */
    seawall_enter_fn enter;              /**< Required. */
    seawall_leave_fn leave;              /**< Required. */
    seawall_tick_fn tick;                /**< NULL: it is never ticked. */
    seawall_drop_fn drop;                /**< NULL: see seawall_drop_fn. */
    seawall_reference_fn retain;         /**< Called once per pipeline that keeps the policy; NULL: nothing to count. */
    seawall_reference_fn release;        /**< Called when that pipeline is gone. */
    const seawall_pipeline *alternative; /**< For #SEAWALL_DIVERT; kept alive by the pipeline. NULL: diverting counts as pass. */
    void *self;                          /**< The object, handed to every verb. */
    /** What an attempt inside may take to connect: see seawall_attempt_phase_remaining. 0 or #SEAWALL_FOREVER: no limit. */
    seawall_duration connection_timeout;
    seawall_duration read_timeout;       /**< The same for each wait for bytes, */
    seawall_duration write_timeout;      /**< and for each wait until bytes are taken. */
    struct seawall_pool *pool;           /**< Where attempts inside run: see seawall_pool_policy. NULL: nowhere else. */
} seawall_policy;

/** A policy with every member zero but the size, width 1. */
#define SEAWALL_POLICY_INIT                                                                                  \
    { sizeof(seawall_policy), 0, NULL, NULL, 0, 1, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, 0, NULL }

/**
 * The same as #SEAWALL_POLICY_INIT, for a caller whose struct has `size` bytes. #SEAWALL_INVALID for NULL or an impossible size.
 * Any thread.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_policy_init(seawall_policy *policy, size_t size);

/** @name What a verb is told
 * Inside a verb only. None blocks. @{ */
/** The time. Under the blocking driver the first call reads the clock, and a policy that does not ask does not pay. */
SEAWALL_API seawall_time seawall_turn_now(seawall_turn *turn);
/** The deadline in force for this frame, set further out; #SEAWALL_FOREVER if there is none. */
SEAWALL_API seawall_time seawall_turn_deadline(const seawall_turn *turn);
/** Inner runs of this frame that still go on; in leave, besides the one that ended. */
SEAWALL_API int32_t seawall_turn_inner(const seawall_turn *turn);
/** leave: which run of this frame ended: 0 the first, 1 the first extra one that its tick started, and so on. */
SEAWALL_API int32_t seawall_turn_run(const seawall_turn *turn);
/** leave: the attempts that the run which ended has started; its outcome has those of all runs of this frame. */
SEAWALL_API int32_t seawall_turn_run_attempts(const seawall_turn *turn);
/** tick: whether #SEAWALL_FORK would start a run now: there is a place for it at every level, and the width allows it. */
SEAWALL_API bool seawall_turn_can_fork(seawall_turn *turn);
/** leave: whether the run that ended was the alternative pipeline's. */
SEAWALL_API bool seawall_turn_diverted(const seawall_turn *turn);
/** drop: why. 0 in the other verbs. */
SEAWALL_API seawall_cause seawall_turn_cause(const seawall_turn *turn);
/**
 * leave and drop: how long attempts below had been running, from the start of the first of them until now; where a deadline has
 * cut the run, until it was cut, however much later the last one ends. -1 if none was started, the run was cut by no deadline, or
 * nobody knew when they started: under the blocking driver that is known if an attempt has a deadline, or some policy asked for
 * the time when it let the run in. Reads the clock where seawall_turn_now does.
 */
SEAWALL_API seawall_duration seawall_turn_ran(seawall_turn *turn);
/** The guarded call's own argument: `arg` of seawall_call, or what the host set with seawall_execution_set_user. */
SEAWALL_API void *seawall_turn_user(const seawall_turn *turn);
/** enter: the waker to keep, by value, when answering wait. */
SEAWALL_API void seawall_turn_waker(const seawall_turn *turn, seawall_waker *waker);
/** @} */

/** @name What a verb answers
 * Inside a verb only. None blocks. @{ */
/** enter, before proceed: what is inside has until `deadline` at most. It can only shorten. */
SEAWALL_API void seawall_turn_shorten(seawall_turn *turn, seawall_time deadline);
/**
 * enter with proceed, leave with hold, tick with keep or fork: call my tick at `at`. One instant is remembered, the last one
 * given; #SEAWALL_FOREVER, and an answer of again that does not count as hold, take it back. A time that is not after now means
 * one nanosecond later. A verb has one place for its instant: of this, seawall_turn_wait and seawall_turn_again the last call
 * counts.
 */
SEAWALL_API void seawall_turn_tick_at(seawall_turn *turn, seawall_time at);
/** `return seawall_turn_wait(turn, until);` A time that is not after now means one nanosecond later. See seawall_enter_fn. */
SEAWALL_API seawall_answer seawall_turn_wait(seawall_turn *turn, seawall_time until);
/** `return seawall_turn_refuse(turn, SEAWALL_FULL, wait);` #SEAWALL_OK and #SEAWALL_FAILED count as #SEAWALL_INVALID. */
SEAWALL_API seawall_answer seawall_turn_refuse(seawall_turn *turn, seawall_status status, seawall_duration retry_after);
/**
 * `return seawall_turn_again(turn, at);` After a run that started no attempt, a time not after now means one nanosecond later.
 * The bare answer means at once.
 */
SEAWALL_API seawall_answer seawall_turn_again(seawall_turn *turn, seawall_time at);
/** Tells the pipeline's listener, if there is one, of a decision. `delay`, `fault` and `reason` as the kind says. */
SEAWALL_API void seawall_turn_emit(seawall_turn *turn, seawall_event_kind kind, seawall_duration delay, seawall_fault fault,
                                   seawall_reason reason);
/** @} */

SEAWALL_END_DECLS

#endif
