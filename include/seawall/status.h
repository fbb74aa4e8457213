/**
 * @file status.h
 * @brief What the library did: status values, and the error that explains a refused request.
 *
 * A status is the library's own answer. How the guarded operation itself ended is an outcome with a fault
 * kind (outcome.h, fault.h); the one status that stands for it is #SEAWALL_FAILED.
 */
#ifndef SEAWALL_STATUS_H
#define SEAWALL_STATUS_H

#include <seawall/api.h>

SEAWALL_BEGIN_DECLS

/** One of the SEAWALL_... values below. A fixed-width integer, so that every FFI agrees on its size. */
typedef int32_t seawall_status;

/** The values of seawall_status. New ones may be added; treat an unknown one by its category. */
enum {
    /** Done; for a guarded call: the operation succeeded. */
    SEAWALL_OK = 0,
    /** The operation was run and failed; the outcome's fault kind says how. */
    SEAWALL_FAILED = 1,

    /** Refused by an open circuit breaker. */
    SEAWALL_OPEN = 2,
    /** Refused: no place left (a bulkhead, a queue, a slab). */
    SEAWALL_FULL = 3,
    /** Refused by a rate limit. */
    SEAWALL_LIMITED = 4,

    /** Ended by a deadline. */
    SEAWALL_TIMED_OUT = 5,
    /** Ended by a cancellation. */
    SEAWALL_CANCELLED = 6,

    /** A value, a combination or a moment that the contract forbids. Nothing was changed. */
    SEAWALL_INVALID = 7,
    /**
     * What the permit or handle stood for is over: an earlier epoch of its breaker, counted as stale; a timer that has fired or
     * was cancelled. It decided nothing. Also where an event is asked for and there is none yet.
     */
    SEAWALL_STALE = 8,
    /** Still in use: an execution that is not drained, a call from inside a callback. Nothing was changed. */
    SEAWALL_BUSY = 9,
    /** The caller's storage is too small. Nothing was written but the needed size, where one is asked for. */
    SEAWALL_TOO_SMALL = 10,
    /**
     * This driver cannot run this pipeline, and the error or report names the policy; or it was left out: no histogram is kept,
     * no event, there is no loader, the library is of another version than asked for.
     */
    SEAWALL_UNSUPPORTED = 11,

    /** The allocator had no memory. Nothing was leaked or half-made. */
    SEAWALL_NO_MEMORY = 12,
    /** The system gave no thread or no descriptor. Nothing was leaked or half-made. */
    SEAWALL_NO_RESOURCES = 13
};

/** One of the SEAWALL_CATEGORY_... values. */
typedef int32_t seawall_category;

/** What kind of answer a status is, for code that must treat future statuses sensibly. */
enum {
    SEAWALL_CATEGORY_OK = 0,          /**< #SEAWALL_OK */
    SEAWALL_CATEGORY_FAILED = 1,      /**< The operation's own failure: #SEAWALL_FAILED. */
    SEAWALL_CATEGORY_REFUSED = 2,     /**< No attempt was let through: open, full, limited. */
    SEAWALL_CATEGORY_ENDED_EARLY = 3, /**< Timed out, cancelled. */
    SEAWALL_CATEGORY_MISUSE = 4,      /**< The caller's mistake: invalid, stale, busy, too small, unsupported. */
    SEAWALL_CATEGORY_ENVIRONMENT = 5  /**< The machine's fault: no memory, no resources. */
};

/**
 * The status as an identifier in lower case ("timed_out"), "unknown" for anything else.
 * A static string. Any thread; never blocks.
 */
SEAWALL_API const char *seawall_status_name(seawall_status status);

/** The status as a short sentence. A static string. Any thread; never blocks. */
SEAWALL_API const char *seawall_status_message(seawall_status status);

/** The category of a status; #SEAWALL_CATEGORY_MISUSE for a value this library does not know. Any thread; never blocks. */
SEAWALL_API seawall_category seawall_status_category(seawall_status status);

/** The category's name in lower case ("ended_early"), "unknown" for anything else. A static string. Any thread; never blocks. */
SEAWALL_API const char *seawall_category_name(seawall_category category);

/** Bytes of a key path in an error, its NUL included. */
#define SEAWALL_ERROR_KEY_SIZE 64
/** Bytes of a sentence in an error, its NUL included. */
#define SEAWALL_ERROR_MESSAGE_SIZE 256

/**
 * Why a create or load call was refused. The caller owns it, usually on its stack; it holds no pointer and needs
 * no clean-up. Written only when the call fails; both texts are single lines without control characters, always
 * NUL-terminated, cut if too long.
 */
typedef struct seawall_error {
    seawall_status status;                    /**< The status the call returned. */
    char key[SEAWALL_ERROR_KEY_SIZE];         /**< "circuit_breaker.failure_threshold", or "" where no field is to blame. */
    char message[SEAWALL_ERROR_MESSAGE_SIZE]; /**< "circuit_breaker.failure_threshold: -2 is below 0" */
} seawall_error;

SEAWALL_END_DECLS

#endif
