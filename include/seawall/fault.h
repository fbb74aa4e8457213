/**
 * @file fault.h
 * @brief How an operation failed, in the words that policies and configurations share.
 */
#ifndef SEAWALL_FAULT_H
#define SEAWALL_FAULT_H

#include <seawall/status.h>
#include <seawall/time.h>

SEAWALL_BEGIN_DECLS

/** One of the SEAWALL_FAULT_... values below. */
typedef int32_t seawall_fault;

/**
 * The fault kinds. Their spelling in configurations is the name in lower case without the prefix.
 * "Counts": held against a dependency by a breaker's default set. "Retried", "gives up": in a retry's default sets.
 */
enum {
    SEAWALL_FAULT_NONE = 0,                 /**< Success. */
    SEAWALL_FAULT_IGNORED = 1,              /**< Counts neither way; gives a probe's slot back. Not retried. */
    SEAWALL_FAULT_CONNECTION_TIMEOUT = 2,   /**< Counts, retried. */
    SEAWALL_FAULT_SERVICE_UNAVAILABLE = 3,  /**< Counts, retried. */
    SEAWALL_FAULT_RATE_LIMIT_EXCEEDED = 4,  /**< Does not count; retried, after the server's own delay if it gave one. */
    SEAWALL_FAULT_TIMEOUT = 5,              /**< Counts; not retried, for the work may have been done. */
    SEAWALL_FAULT_INTERNAL = 6,             /**< Counts; not retried. */
    SEAWALL_FAULT_OTHER = 7,                /**< What nothing else matches. Counts; not retried. */
    SEAWALL_FAULT_AUTHENTICATION_FAILED = 8, /**< Does not count; gives up. */
    SEAWALL_FAULT_AUTHORIZATION_DENIED = 9, /**< Does not count; gives up. */
    SEAWALL_FAULT_INVALID_REQUEST = 10,     /**< Does not count; gives up. */
    SEAWALL_FAULT_NOT_FOUND = 11,           /**< Does not count; not retried. */
    SEAWALL_FAULT_CONFLICT = 12,            /**< Does not count; not retried. */
    SEAWALL_FAULT_LOCAL_RESOURCES = 13,     /**< Ours, not theirs: does not count; not retried. */
    SEAWALL_FAULT_COUNT = 14                /**< How many there are; not a kind. */
};

/** A set of fault kinds: bit `1 << kind`. */
typedef uint32_t seawall_fault_set;

/** The set of one kind. */
#define SEAWALL_FAULT_BIT(kind) (SEAWALL_CAST(seawall_fault_set, 1) << (kind))

/** What a breaker counts by default: see the table at the kinds. */
#define SEAWALL_FAULTS_COUNTED                                                                               \
    (SEAWALL_FAULT_BIT(SEAWALL_FAULT_CONNECTION_TIMEOUT) | SEAWALL_FAULT_BIT(SEAWALL_FAULT_SERVICE_UNAVAILABLE) | \
     SEAWALL_FAULT_BIT(SEAWALL_FAULT_TIMEOUT) | SEAWALL_FAULT_BIT(SEAWALL_FAULT_INTERNAL) |                  \
     SEAWALL_FAULT_BIT(SEAWALL_FAULT_OTHER))
/** What a retry repeats by default. */
#define SEAWALL_FAULTS_RETRYABLE                                                                             \
    (SEAWALL_FAULT_BIT(SEAWALL_FAULT_CONNECTION_TIMEOUT) | SEAWALL_FAULT_BIT(SEAWALL_FAULT_SERVICE_UNAVAILABLE) | \
     SEAWALL_FAULT_BIT(SEAWALL_FAULT_RATE_LIMIT_EXCEEDED))
/** What makes a retry, and a hedge, give up at once by default. */
#define SEAWALL_FAULTS_NON_RETRYABLE                                                                         \
    (SEAWALL_FAULT_BIT(SEAWALL_FAULT_AUTHENTICATION_FAILED) |                                                \
     SEAWALL_FAULT_BIT(SEAWALL_FAULT_AUTHORIZATION_DENIED) | SEAWALL_FAULT_BIT(SEAWALL_FAULT_INVALID_REQUEST))
/** Every kind that may stand in a configured set: all but none and ignored. */
#define SEAWALL_FAULTS_ALL ((SEAWALL_FAULT_BIT(SEAWALL_FAULT_COUNT) - 1) & ~SEAWALL_CAST(seawall_fault_set, 3))

/** The set of one kind, as #SEAWALL_FAULT_BIT; empty for a kind that does not exist. Any thread; never blocks. */
SEAWALL_API seawall_fault_set seawall_fault_bit(seawall_fault fault);

/** The kind's spelling ("service_unavailable"), "unknown" for anything else. A static string. Any thread; never blocks. */
SEAWALL_API const char *seawall_fault_name(seawall_fault fault);

/**
 * The kind spelled `name`, NUL-terminated, exact.
 * @return #SEAWALL_OK; #SEAWALL_INVALID for an unknown spelling or NULL, `*fault` untouched.
 * Any thread; never blocks.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_fault_from_name(const char *name, seawall_fault *fault);

/** A part of an operation: in which an error came up, or how long it may take (timeout.h). */
typedef int32_t seawall_phase;
/** The values of seawall_phase. Any other counts as #SEAWALL_PHASE_REQUEST. */
enum {
    SEAWALL_PHASE_CONNECT = 0, /**< Until the connection stands: nothing can have been done yet. */
    SEAWALL_PHASE_REQUEST = 1, /**< Any later time; as a limit, the whole. */
    SEAWALL_PHASE_READ = 2,    /**< Waiting for bytes. */
    SEAWALL_PHASE_WRITE = 3    /**< Waiting until bytes are taken. */
};

/** The phase's name in lower case ("connect"), "unknown" for anything else. A static string. Any thread; never blocks. */
SEAWALL_API const char *seawall_phase_name(seawall_phase phase);

/**
 * The fault kind of an `errno` value; 0 is success. EINTR and ECANCELED are #SEAWALL_FAULT_IGNORED.
 * Any thread; never blocks; async-signal-safe.
 */
SEAWALL_API seawall_fault seawall_fault_from_errno(int32_t error, seawall_phase phase);

/**
 * The fault kind of a getaddrinfo(3) result (EAI_*); 0 is success. For EAI_SYSTEM pass errno on yourself. Any thread; never
 * blocks.
 */
SEAWALL_API seawall_fault seawall_fault_from_eai(int32_t error);

/**
 * The fault kind of an HTTP status: 100 to 399 are successes; 600 and more, and less than 100, are "other".
 * Any thread; never blocks.
 */
SEAWALL_API seawall_fault seawall_fault_from_http_status(int32_t status);

/**
 * The fault kind of a gRPC status code; 0 is success, 1 (cancelled) is #SEAWALL_FAULT_IGNORED. Codes of which the fault
 * table says nothing are told as the HTTP status that gRPC itself gives for them: 12 (unimplemented) as 501, 9 and 11 as 400.
 * Any thread; never blocks.
 */
SEAWALL_API seawall_fault seawall_fault_from_grpc_status(int32_t code);

/**
 * The fault kind of a libcurl result (CURLcode, by its number: Seawall does not link libcurl); 0 is success, for which the
 * HTTP status has the next word. 28, a timeout, is told by the phase: it was in the connect phase if
 * CURLINFO_CONNECT_TIME_T is 0. What ended at a callback of the caller's own (42) is #SEAWALL_FAULT_IGNORED.
 * Any thread; never blocks.
 */
SEAWALL_API seawall_fault seawall_fault_from_curl_code(int32_t code, seawall_phase phase);

/**
 * The delay that a `Retry-After` header's value in seconds asks for ("120"; blanks around it are allowed),
 * saturating at #SEAWALL_FOREVER.
 * @return #SEAWALL_OK; #SEAWALL_INVALID for anything else (NULL, empty, signs, fractions), `*delay` untouched.
 * Any thread; never blocks; independent of the locale.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_retry_after_parse(const char *value, seawall_duration *delay);

/**
 * The same for a value that may also be a date, in any of HTTP's three forms ("Sun, 06 Nov 1994 08:49:37 GMT"). A date that
 * has passed asks for no delay. The name of the day is not held against the date; a year of two digits is at most
 * 50 years ahead.
 *
 * @param unix_now seconds since 1970, as time(2) gives them: the only place where the wall clock matters. The delay itself is
 *        counted on the monotonic clock.
 * @return #SEAWALL_OK; #SEAWALL_INVALID for anything else, or a date that does not exist: `*delay` untouched.
 * Any thread; never blocks; independent of the locale.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_retry_after_parse_at(const char *value, int64_t unix_now,
                                                                           seawall_duration *delay);

SEAWALL_END_DECLS

#endif
