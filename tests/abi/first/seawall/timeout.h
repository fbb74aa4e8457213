/**
 * @file timeout.h
 * @brief Timeout: a limit on how long what is inside may take.
 *
 * At the deadline the attempt is asked to stop (it sees its deadline, and a host is told to cancel it) and is waited for; the
 * result is #SEAWALL_TIMED_OUT whatever it then says. Nested limits combine to the shortest. The mode says what is done about an
 * operation that is blocked meanwhile.
 *
 * The limits of phases (connection, read, write) cut nothing. They are what the operation is told when it asks how long a phase
 * may take (seawall_attempt_phase_remaining, call.h), never more than what is left of the deadline.
 */
#ifndef SEAWALL_TIMEOUT_H
#define SEAWALL_TIMEOUT_H

#include <seawall/policy.h>

SEAWALL_BEGIN_DECLS

/** What a timeout does at its deadline. */
typedef int32_t seawall_timeout_mode;
/** The values of seawall_timeout_mode. */
enum {
    SEAWALL_TIMEOUT_COOPERATIVE = 0, /**< Asks and waits. Who is blocked in a call that knows no deadline stays blocked. */
    /**
     * Interrupts: under seawall_call the attempt's token (seawall_attempt_token) is cancelled at the deadline, and a hook that
     * the operation added unblocks it, with shutdown(fd) for instance. It takes a timer service whose thread runs, which the
     * pipeline's config names; without one seawall_call answers #SEAWALL_UNSUPPORTED before anything is entered. The service is
     * asked only by an attempt that asks for its token. A host that drives executions is told to cancel, as ever, and interrupts
     * by itself.
     */
    SEAWALL_TIMEOUT_HARD = 1,
    /** Leaves the attempt to itself, on a pool's thread. It comes with pools: until then create refuses it by name. */
    SEAWALL_TIMEOUT_ABANDON = 2
};

/** Settings of a timeout; the kind "timeout" of configurations. */
typedef struct seawall_timeout_config {
    uint32_t size;                    /**< sizeof(seawall_timeout_config) */
    seawall_timeout_mode mode;        /**< Default #SEAWALL_TIMEOUT_COOPERATIVE. */
    seawall_duration request_timeout; /**< For the whole of what is inside the policy. 1 us to forever (off), default 30 s. */
    /** For each attempt: see seawall_timeout_attempt_policy. 0 (off, default), or 1 us to forever. */
    seawall_duration attempt_timeout;
    /** For an attempt to connect, #SEAWALL_PHASE_CONNECT. 1 us to forever (off), default 5 s. */
    seawall_duration connection_timeout;
    /** For each wait for bytes, #SEAWALL_PHASE_READ. 1 us to forever (off), default 10 s. */
    seawall_duration read_timeout;
    /** For each wait until bytes are taken, #SEAWALL_PHASE_WRITE. 1 us to forever (off), default 10 s. */
    seawall_duration write_timeout;
} seawall_timeout_config;

/** Every default. */
#define SEAWALL_TIMEOUT_CONFIG_INIT                                                                                    \
    { sizeof(seawall_timeout_config), SEAWALL_TIMEOUT_COOPERATIVE, SEAWALL_SECONDS(30), 0, SEAWALL_SECONDS(5),         \
      SEAWALL_SECONDS(10), SEAWALL_SECONDS(10) }

/**
 * The same as #SEAWALL_TIMEOUT_CONFIG_INIT, for a caller whose struct has `size` bytes. #SEAWALL_INVALID for NULL or an
 * impossible size. Any thread.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_timeout_config_init(seawall_timeout_config *config, size_t size);

/** A timeout. Immutable; any number of threads may use it. */
typedef struct seawall_timeout seawall_timeout;

/** Creates a timeout. Parameters and answers as seawall_breaker_create's. */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_timeout_create(const seawall_timeout_config *config,
                                                                     const seawall_platform *platform,
                                                                     seawall_timeout **timeout, seawall_error *error);

/** Gives up the caller's reference; NULL is allowed. Pipelines keep their own. */
SEAWALL_API void seawall_timeout_destroy(seawall_timeout *timeout);

/**
 * Used alone: the deadline of a request that begins at `now` under `outer`, the earlier of both. `outer` is #SEAWALL_FOREVER if
 * there is none. NULL answers `outer`. Never blocks.
 */
SEAWALL_API seawall_time seawall_timeout_deadline(const seawall_timeout *timeout, seawall_time now, seawall_time outer);

/**
 * Used alone: the deadline of a phase that begins at `now` under `outer`, the earlier of both. For #SEAWALL_PHASE_REQUEST it is
 * seawall_timeout_deadline. NULL answers `outer`. Never blocks.
 */
SEAWALL_API seawall_time seawall_timeout_phase_deadline(const seawall_timeout *timeout, seawall_phase phase, seawall_time now,
                                                        seawall_time outer);

/**
 * Fills in the policy that limits the whole of what is inside it to request_timeout, and its phases; usually outermost. See
 * seawall_breaker_policy.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_timeout_policy(seawall_timeout *timeout, const char *name,
                                                                     seawall_policy *policy);

/**
 * Fills in the policy that limits each run inside it to attempt_timeout, and its phases; put it inside the retry. With
 * attempt_timeout off it limits phases only.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_timeout_attempt_policy(seawall_timeout *timeout, const char *name,
                                                                             seawall_policy *policy);

SEAWALL_END_DECLS

#endif
