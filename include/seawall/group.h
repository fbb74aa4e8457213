/**
 * @file group.h
 * @brief Many executions on one thread: what a host with an event loop would write around them, written once.
 *
 * A group holds the runs of one loop. Wherever something has happened to a run, the group asks it what to do next, and
 * hands that on; when nothing is left to do, it says until when, over all of them:
 *
 *     begin_at, report_at, cancel_at ... then next_at until it says WAIT -> poll the descriptor and the sockets until then -> ...
 *
 * Nothing is allocated after the creation. A group belongs to one thread at a time: none of these functions may run while another
 * one runs on the same group, and none may be called from inside a verb or a listener of its runs (#SEAWALL_BUSY), but for
 * report and count. Only its wakers are for any thread, and for any time, even after the group was destroyed.
 *
 * In a forked child a group is what it was: the runs go on there as well, if the child drives it, so give each process groups of
 * its own. The parent is not woken by the child's runs, nor the child by the parent's: the child asks for a descriptor of its
 * own.
 */
#ifndef SEAWALL_GROUP_H
#define SEAWALL_GROUP_H

#include <seawall/execution.h>

SEAWALL_BEGIN_DECLS

/** A group of runs. */
typedef struct seawall_group seawall_group;

/** One run of a group: an opaque number, never 0, and stale once #SEAWALL_STEP_DRAINED was told. */
typedef uint64_t seawall_run;

/** The most runs of one group. */
#define SEAWALL_GROUP_RUNS_MAX 1000000

/**
 * Says that the group wants to be asked: called when something that a run waits for has come, on the thread that brought it, and
 * once until seawall_group_next_at has been called. It is called under a lock, so that it never comes after
 * seawall_group_destroy has returned: it may signal the loop and nothing else, and must call no function of the library. Poll:
 * seawall_group_next_at, seawall_group_descriptor.
 */
typedef void (*seawall_group_wake_fn)(void *user);

/** Settings of a group. */
typedef struct seawall_group_config {
    uint32_t size;              /**< sizeof(seawall_group_config) */
    int32_t capacity;           /**< Runs at the same time: 1 to #SEAWALL_GROUP_RUNS_MAX, default 1024. */
    seawall_group_wake_fn wake; /**< How the loop is told; NULL (default): by the descriptor alone. */
    void *wake_user;            /**< Handed to `wake`. */
} seawall_group_config;

/** Every default. */
#define SEAWALL_GROUP_CONFIG_INIT { sizeof(seawall_group_config), 1024, NULL, NULL }

/**
 * The same as #SEAWALL_GROUP_CONFIG_INIT, for a caller whose struct has `size` bytes. #SEAWALL_INVALID for NULL or an impossible
 * size. Any thread.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_group_config_init(seawall_group_config *config, size_t size);

/**
 * Creates a group in one allocation: for each run what an execution of `pipeline` needs, and 80 bytes.
 * @param config NULL for every default.
 * @param pipeline the one that needs the most room of those that will run; the group keeps no reference to it.
 * @param platform where memory comes from; NULL: the default.
 * @param error filled when the call fails; may be NULL.
 * @return #SEAWALL_OK; #SEAWALL_INVALID; #SEAWALL_NO_MEMORY.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_group_create(const seawall_group_config *config,
                                                                   const seawall_pipeline *pipeline,
                                                                   const seawall_platform *platform, seawall_group **group,
                                                                   seawall_error *error);

/**
 * Destroys it and closes its descriptor. Wakers that come later find nothing.
 * @return #SEAWALL_OK, also for NULL; #SEAWALL_BUSY while a run is not drained, or from inside one: nothing was changed.
 */
SEAWALL_API seawall_status seawall_group_destroy(seawall_group *group);

/**
 * Begins a run. Constant cost, no allocation.
 * @param deadline #SEAWALL_FOREVER for none.
 * @param user given back with everything that the run wants; what seawall_turn_user answers, too.
 * @param run its name; may be NULL. Written on #SEAWALL_OK only.
 * @return #SEAWALL_OK; #SEAWALL_FULL: `capacity` runs are not drained; #SEAWALL_TOO_SMALL: the pipeline needs more room than the
 *         one the group was created with; #SEAWALL_UNSUPPORTED: its attempts run on a pool; #SEAWALL_BUSY; #SEAWALL_INVALID for
 *         NULL.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_group_begin_at(seawall_group *group, const seawall_pipeline *pipeline,
                                                                     seawall_time now, seawall_time deadline, void *user,
                                                                     seawall_run *run);

/** One thing to do. */
typedef struct seawall_group_step {
    seawall_run run;   /**< Whose it is; 0 for #SEAWALL_STEP_WAIT. */
    void *user;        /**< As it was begun with; NULL for #SEAWALL_STEP_WAIT. */
    seawall_step step; /**< What. #SEAWALL_STEP_WAIT says when to ask again at the latest, over all runs. */
} seawall_group_step;

/**
 * What to do next. Ask until it says wait: it may be slept only then, until the time given, a wake, or whatever else the host
 * waits for. Runs to which something has happened come in the order in which it did, each until it has nothing more to do; then
 * those whose time has come, the earliest first. Costs what the runs that are asked cost, and a logarithm of their number for
 * each time that changes; runs to which nothing happens cost nothing.
 * @return #SEAWALL_OK; #SEAWALL_BUSY; #SEAWALL_INVALID for NULL.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_group_next_at(seawall_group *group, seawall_time now,
                                                                    seawall_group_step *step);

/**
 * Attempt `id` of this run has ended; ask for what follows.
 * @return as seawall_execution_report_at; #SEAWALL_STALE: the run is drained.
 */
SEAWALL_API seawall_status seawall_group_report_at(seawall_group *group, seawall_run run, uint64_t id,
                                                   const seawall_result *result, seawall_time now);

/**
 * Nobody will ever know how attempt `id` of this run ended. As seawall_execution_disown_at; #SEAWALL_STALE: the run is drained.
 */
SEAWALL_API seawall_status seawall_group_disown_at(seawall_group *group, seawall_run run, uint64_t id, seawall_time now);

/** Calls a run off; ask for what follows. As seawall_execution_cancel_at; #SEAWALL_STALE: the run is drained. */
SEAWALL_API seawall_status seawall_group_cancel_at(seawall_group *group, seawall_run run, seawall_time now);

/** Calls all runs off: how a loop that is to end begins. #SEAWALL_OK; #SEAWALL_BUSY; #SEAWALL_INVALID for NULL. */
SEAWALL_API seawall_status seawall_group_cancel_all_at(seawall_group *group, seawall_time now);

/**
 * How a run went, from #SEAWALL_STEP_FINISHED until #SEAWALL_STEP_DRAINED is told.
 * @return as seawall_execution_report; #SEAWALL_STALE: the run is drained.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_group_report(const seawall_group *group, seawall_run run,
                                                                   seawall_report *report);

/**
 * A descriptor for poll(2) and the like, readable when the group wants to be asked. It is made by the first call and closes with
 * the group; seawall_group_next_at empties it. Never read or close it.
 * @return #SEAWALL_OK; #SEAWALL_NO_RESOURCES: the system gave none; #SEAWALL_BUSY; #SEAWALL_INVALID for NULL.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_group_descriptor(seawall_group *group, int32_t *descriptor);

/** How many runs are not drained. 0 for NULL. */
SEAWALL_API int32_t seawall_group_count(const seawall_group *group);

SEAWALL_END_DECLS

#endif
