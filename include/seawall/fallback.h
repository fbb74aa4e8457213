/**
 * @file fallback.h
 * @brief Fallback: what to answer when the operation failed or was refused.
 *
 * What stands in is a constant, a function, or another pipeline around the same operation. The first fault stays in the
 * report, whose reason says that something stood in.
 */
#ifndef SEAWALL_FALLBACK_H
#define SEAWALL_FALLBACK_H

#include <seawall/policy.h>

SEAWALL_BEGIN_DECLS

/**
 * What stands in for a run that failed: usually it fills in, through `arg`, what the operation would have filled in. Called
 * on the thread that drives the execution, concurrently for different ones, under no lock (on pools: see seawall_listener_fn), at
 * most once per pass. It must not block and must not drive the execution it is called from; what takes time or may fail like
 * the operation belongs in an alternative pipeline.
 *
 * @param outcome what it stands in for; valid during the call.
 * @param code the code of the outcome that is handed on; the one of `outcome` until set.
 * @param arg the guarded call's own: what seawall_turn_user answers.
 * @param user from the configuration.
 * @return #SEAWALL_FAULT_NONE: it stands in, the run is a success. Any other kind: it failed, with that fault; a kind that does
 *         not exist counts as "other".
 */
typedef seawall_fault (*seawall_fallback_fn)(const seawall_outcome *outcome, int64_t *code, void *arg, void *user);

/**
 * Settings of a fallback; the kind "fallback" of configurations. A cancelled run is never stood in for. What may change live: see
 * seawall_fallback_reconfigure.
 */
typedef struct seawall_fallback_config {
    uint32_t size;                /**< sizeof(seawall_fallback_config) */
    seawall_fault_set errors;     /**< Faults of failed runs that are stood in for. Default: all. */
    int32_t on_timed_out;         /**< Whether runs that timed out are. 0 or 1 (default). */
    int32_t on_open;              /**< Whether refusals by an open breaker are. 0 or 1 (default). */
    int32_t on_full;              /**< Whether refusals for want of a place are. 0 or 1 (default). */
    int32_t on_limited;           /**< Whether refusals by a rate limit are. 0 or 1 (default). */
    seawall_fallback_fn function; /**< NULL (default): a constant success, or the alternative pipeline of the policy. */
    void *function_user;          /**< Handed to the function; must live as long as the fallback. */
} seawall_fallback_config;

/** Every default. */
#define SEAWALL_FALLBACK_CONFIG_INIT { sizeof(seawall_fallback_config), SEAWALL_FAULTS_ALL, 1, 1, 1, 1, NULL, NULL }

/**
 * The same as #SEAWALL_FALLBACK_CONFIG_INIT, for a caller whose struct has `size` bytes. #SEAWALL_INVALID for NULL or an
 * impossible size. Any thread.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_fallback_config_init(seawall_fallback_config *config, size_t size);

/** A fallback. Any number of threads may use it. */
typedef struct seawall_fallback seawall_fallback;

/** Creates a fallback. Parameters and answers as seawall_breaker_create's. */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_fallback_create(const seawall_fallback_config *config,
                                                                      const seawall_platform *platform,
                                                                      seawall_fallback **fallback, seawall_error *error);

/** Gives up the caller's reference; NULL is allowed. Pipelines keep their own. */
SEAWALL_API void seawall_fallback_destroy(seawall_fallback *fallback);

/**
 * Changes settings while it is in use, all or nothing. Every field may change but `function` and `function_user`, which must be
 * as they were at creation; runs that end from here on are judged by the new ones, as a whole. Takes a short lock, reads no
 * clock, allocates nothing; those who call wait for nobody.
 *
 * @param config NULL stands for every default, as with create.
 * @param error filled when the call fails; may be NULL.
 * @return #SEAWALL_OK; #SEAWALL_INVALID (the error names the field): nothing was changed.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_fallback_reconfigure(seawall_fallback *fallback,
                                                                           const seawall_fallback_config *config,
                                                                           seawall_error *error);

/**
 * Whether this fallback would stand in for such an outcome, for use without a pipeline. NULL answers no. Any thread; never
 * blocks.
 */
SEAWALL_API bool seawall_fallback_handles(const seawall_fallback *fallback, const seawall_outcome *outcome);

/**
 * Fills in the fallback's policy for a pipeline, as seawall_breaker_policy does: the function or the constant stands in for
 * what is inside. A success costs one comparison, no clock and no shared write.
 *
 * What was stood in for is a success with #SEAWALL_REASON_FELL_BACK. If the function failed, the outcome is #SEAWALL_FAILED with
 * its fault and #SEAWALL_REASON_FALLBACK_FAILED. Either way the first and last fault of the operation stay in the report.
 * Events: #SEAWALL_EVENT_FELL_BACK, #SEAWALL_EVENT_FALLBACK_FAILED.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_fallback_policy(seawall_fallback *fallback, const char *name,
                                                                      seawall_policy *policy);

/**
 * The same with a pipeline that stands in: the operation is run again under it, and can tell by seawall_attempt_alternative.
 * Its end is the end, however it went: a refusal by the alternative is reported as that refusal, with
 * #SEAWALL_REASON_FALLBACK_FAILED. It shares the deadline of what is outside the fallback.
 *
 * @param alternative kept alive by the pipelines that are built with this policy; alive until then.
 * @return as seawall_fallback_policy; #SEAWALL_INVALID also if the fallback has a function.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_fallback_pipeline_policy(seawall_fallback *fallback, const char *name,
                                                                               const seawall_pipeline *alternative,
                                                                               seawall_policy *policy);

SEAWALL_END_DECLS

#endif
