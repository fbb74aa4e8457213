/**
 * @file pipeline.h
 * @brief An ordered list of policies around an operation, outermost first.
 */
#ifndef SEAWALL_PIPELINE_H
#define SEAWALL_PIPELINE_H

#include <seawall/policy.h>
#include <seawall/timer.h>

SEAWALL_BEGIN_DECLS

/** The most policies one pipeline may have, those of alternatives included. */
#define SEAWALL_PIPELINE_POLICIES_MAX 32

/** Settings of a pipeline. */
typedef struct seawall_pipeline_config {
    uint32_t size;                /**< sizeof(seawall_pipeline_config) */
    /**
     * Places per level for runs that were cut but have not ended; #SEAWALL_AUTO (default): the product of all widths less 1, one
     * more if a policy detaches. None are made where no run can be late while others begin: every width 1, nothing detaches. 0 to
     * 1000.
     */
    int32_t late;
    seawall_listener_fn listener; /**< Told of decisions; NULL (default): nobody. */
    void *listener_user;          /**< Handed to the listener. */
    /**
     * By whom hard timeouts interrupt attempts of seawall_call; on the same platform, and must outlive the pipeline. NULL
     * (default): nobody.
     */
    seawall_timers *timers;
    /**
     * Where attempts run on a pool (seawall_pool_policy): calls that may be under way at the same time, those included whose
     * caller has gone while an abandoned attempt runs. 1 to 100000, or #SEAWALL_AUTO (default): twice as many as the first pool
     * has workers and places in its queue. Their memory is part of the pipeline. One more is refused with #SEAWALL_FULL before
     * anything is entered: the first pool counts it as `refused_full`, the report names that pool's policy, no listener is told.
     */
    int32_t calls;
    /**
     * Decisions that may wait to be taken, see seawall_pipeline_poll; rounded up to a power of two. 0 (none, default) to 1000000.
     */
    int32_t event_capacity;
} seawall_pipeline_config;

/** Every default. */
#define SEAWALL_PIPELINE_CONFIG_INIT { sizeof(seawall_pipeline_config), SEAWALL_AUTO, NULL, NULL, NULL, SEAWALL_AUTO, 0 }

/**
 * The same as #SEAWALL_PIPELINE_CONFIG_INIT, for a caller whose struct has `size` bytes. #SEAWALL_INVALID for NULL or an
 * impossible size. Any thread.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_pipeline_config_init(seawall_pipeline_config *config, size_t size);

/**
 * Creates a pipeline from `count` policies, outermost first. It copies them and keeps a reference to each object, so that
 * these may be destroyed before it. 0 policies are allowed. Immutable from here on; any number of threads may use it.
 *
 * @param config NULL for every default.
 * @param policies `count` pointers, only read during the call.
 * @param platform NULL for the default; every policy must have the same one, or none.
 * @param error filled when the call fails; may be NULL.
 * @return #SEAWALL_OK; #SEAWALL_INVALID (the error names the policy); #SEAWALL_NO_MEMORY.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status
seawall_pipeline_create(const seawall_pipeline_config *config, const seawall_policy *const *policies, int32_t count,
                        const seawall_platform *platform, seawall_pipeline **pipeline, seawall_error *error);

/**
 * Gives the pipeline up; NULL is allowed. No execution of it may be under way, unless another pipeline keeps it as its
 * alternative. Where attempts run on a pool it waits for those that were abandoned; and every future has to have been used up
 * before (future.h): for one that is forgotten about it would wait for ever.
 */
SEAWALL_API void seawall_pipeline_destroy(seawall_pipeline *pipeline);

/**
 * The limit that a phase of each attempt has, from the policies around it: the shortest; #SEAWALL_FOREVER if there is none, and
 * for #SEAWALL_PHASE_REQUEST, whose limit is the deadline. For hosts that drive executions: count it from the phase's begin, and
 * stop at the attempt's deadline if that is earlier.
 * @param alternative as the START step has it: 0 for the main chain; for a chain that there is not, the answer is
 *        #SEAWALL_FOREVER.
 * Any thread; never blocks.
 */
SEAWALL_API seawall_duration seawall_pipeline_phase_limit(const seawall_pipeline *pipeline, int32_t alternative,
                                                          seawall_phase phase);

/**
 * Takes up to `count` of the oldest decisions that wait, as an alternative to the listener, or besides it: for hosts that take no
 * call from the threads that drive. There is one order for all runs. What finds no room is dropped, and counted. Any thread;
 * never blocks. Making an event costs a few atomic operations more; without event_capacity, nothing. In the child of a fork none
 * wait.
 *
 * @param events room for `count` of them.
 * @param taken how many there were.
 * @param dropped how many have been dropped since the pipeline was created; may be NULL.
 * @return #SEAWALL_OK, also if there was none; #SEAWALL_INVALID for NULL or a negative count; #SEAWALL_UNSUPPORTED: the pipeline
 *         has no event_capacity.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_pipeline_poll(const seawall_pipeline *pipeline, seawall_event *events,
                                                                    int32_t count, int32_t *taken, int64_t *dropped);

/** How many policies it has, those of alternatives included. Any thread; never blocks. */
SEAWALL_API int32_t seawall_pipeline_policy_count(const seawall_pipeline *pipeline);

/**
 * Copies the name of the policy at `position` into `name`, NUL-terminated and cut to `size`.
 * @return #SEAWALL_OK; #SEAWALL_INVALID for NULL, size 0 or no such position. Any thread; never blocks.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_pipeline_policy_name(const seawall_pipeline *pipeline, int32_t position,
                                                                           char *name, size_t size);

SEAWALL_END_DECLS

#endif
