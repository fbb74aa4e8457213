/**
 * @file health_check.h
 * @brief One health check: what it looks at, how often, and when its verdict turns.
 *
 * A check is run every `interval`, each run for `timeout` at most. Its verdict turns to fail with `failure_threshold` failed
 * runs in a row and back with `success_threshold` good ones, so that one lost packet takes no service down.
 *
 * A function that is still running when its time is over has failed, and the check is *stuck*: it is not run anew before that
 * function has returned, each interval until then counts as one more failure, and no other check waits for it.
 */
#ifndef SEAWALL_HEALTH_CHECK_H
#define SEAWALL_HEALTH_CHECK_H

#include <seawall/platform.h>

SEAWALL_BEGIN_DECLS

/** How something is. */
typedef int32_t seawall_health_status;
/** The values of seawall_health_status, the better ones first. */
enum {
    SEAWALL_HEALTH_UNKNOWN = 0, /**< Nobody has looked yet, or there is nothing to look with. */
    SEAWALL_HEALTH_PASS = 1,    /**< Well. */
    SEAWALL_HEALTH_WARN = 2,    /**< It works, but somebody should look: as good as pass for thresholds. */
    SEAWALL_HEALTH_FAIL = 3     /**< Not well. */
};

/** What a function returns whose result will be reported later; see seawall_health_report. */
#define SEAWALL_HEALTH_LATER 100

/** The status in lower case, "unknown" for anything else as well. A static string. Any thread; never blocks. */
SEAWALL_API const char *seawall_health_status_name(seawall_health_status status);

/** What a check looks at. */
typedef int32_t seawall_health_test;
/** The values of seawall_health_test. */
enum {
    SEAWALL_HEALTH_FUNCTION = 0,        /**< A function of the program, which may block: it is run on a worker. */
    SEAWALL_HEALTH_CONNECTION_TEST = 1, /**< A connection to `target` can be made. */
    SEAWALL_HEALTH_PING_TEST = 2,       /**< What is sent to `target` is answered as expected. */
    SEAWALL_HEALTH_ENDPOINT_TEST = 3,   /**< A GET of the URL `target` is answered with an accepted status. */
    SEAWALL_HEALTH_HEARTBEAT = 4,       /**< A seawall_heartbeat that was fed within `max_silence`. */
    SEAWALL_HEALTH_SOURCE = 5           /**< A quick function that only reads; for breakers and pools see health_source.h. */
};

/** What a ping test says. */
typedef int32_t seawall_health_ping;
/** The values of seawall_health_ping. */
enum {
    SEAWALL_HEALTH_PING_REDIS = 0,     /**< PING; a Redis server answers PONG, or asks for a password, which will do. */
    SEAWALL_HEALTH_PING_MEMCACHED = 1, /**< version; a memcached server answers VERSION. */
    SEAWALL_HEALTH_PING_OWN = 2        /**< `send` and `expect`. */
};

/**
 * Settings of a check; the kind "health_check" of configurations. #SEAWALL_AUTO in interval, timeout and failure_threshold is:
 * the shortest, the shortest and the smallest of the endpoints that the check feeds; of none, 10 s, 5 s and 3.
 */
typedef struct seawall_health_check_config {
    uint32_t size;              /**< sizeof(seawall_health_check_config) */
    seawall_health_test check;  /**< What it looks at. Default #SEAWALL_HEALTH_FUNCTION. */
    seawall_duration interval;  /**< From the beginning of one run to that of the next. 1 ms to 10 years, default auto. */
    seawall_duration timeout;   /**< How long a run may take; not above the interval. 1 ms to 10 years, default auto. */
    seawall_duration initial_delay; /**< How long after its registration it is first run. 0 (default) to 10 years. */
    /** Heartbeat only: how long it may go without being fed. 1 ms to 10 years, default 30 s. */
    seawall_duration max_silence;
    /** Up to this share of the interval is taken off each, so that checks do not align. 0 to 1, default 0.1. */
    double jitter;
    int32_t failure_threshold;  /**< Failed runs in a row that make it fail. 1 to 1000, default auto. */
    int32_t success_threshold;  /**< Good runs in a row that make it pass. 1 to 1000, default 1. */
    int32_t live;               /**< 1: it informs liveness. Refused for dependencies: network tests, sources. Default 0. */
    int32_t ready;              /**< 1 (default): it informs readiness. */
    int32_t startup;            /**< 1: the start is not over before it passes. Default 0. */
    int32_t required;           /**< 1 (default): the endpoint fails with it; 0: it only lowers the grade to warn. */
    /** 1: the circuit breaker that a registry connects with it is held open while it fails. Default 0. */
    int32_t hold_breaker;
    seawall_health_ping ping;   /**< Ping test: what is said. Default #SEAWALL_HEALTH_PING_REDIS. */
    int32_t response_limit;     /**< Endpoint test: bytes that are read at most. 1024 to 16777216, default 65536. */
    uint32_t reserved;          /**< 0 */
    /**
     * Network tests: "host:port", "[v6]:port", "unix:/path"; for an endpoint test "http://host:port/path". "" (default): a
     * named slot for a function of the program. User and password in it are never shown.
     */
    char target[256];
    /** Ping test of one's own: what is sent; escapes \\r \\n \\t \\0 \\\\ \\xHH. Default: nothing. */
    char send[128];
    /** Ping test of one's own: what the answer begins with, escapes alike. Default: any byte will do. */
    char expect[128];
    char statuses[64];          /**< Endpoint test: accepted statuses. Default "200-399". */
    char body[128];             /**< Endpoint test: what the body must contain, escapes alike. Default "": anything. */
    char tags[128];             /**< Words for whoever reads the JSON, separated by commas. Default none. */
    char thread_pool[64];       /**< Source: the pool of this name that a registry lets it read. Default none. */
} seawall_health_check_config;

/** Every default. */
#define SEAWALL_HEALTH_CHECK_CONFIG_INIT                                                                                         \
    {                                                                                                                            \
        sizeof(seawall_health_check_config), SEAWALL_HEALTH_FUNCTION, SEAWALL_AUTO, SEAWALL_AUTO, 0, SEAWALL_SECONDS(30), 0.1,   \
            SEAWALL_AUTO, 1, 0, 1, 0, 1, 0, SEAWALL_HEALTH_PING_REDIS, 65536, 0, "", "", "", "200-399", "", "", ""               \
    }

/**
 * The same as #SEAWALL_HEALTH_CHECK_CONFIG_INIT, for a caller whose struct has `size` bytes. #SEAWALL_INVALID for NULL or an
 * impossible size. Any thread.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_health_check_config_init(seawall_health_check_config *config, size_t size);

/** Bytes of a message about a run, its NUL included. */
#define SEAWALL_HEALTH_MESSAGE_SIZE 160

/** One run of a function. Belongs to the library; valid until the function returns. */
typedef struct seawall_health_run {
    uint32_t size;         /**< What the library knows of this struct. */
    uint32_t reserved;     /**< 0 */
    const char *name;      /**< Of the check. */
    uint64_t ticket;       /**< For seawall_health_report. */
    seawall_time deadline; /**< When its time is over. */
    /** For the function to fill: why it is so, NUL-terminated; any bytes. "" when it is called. */
    char message[SEAWALL_HEALTH_MESSAGE_SIZE];
} seawall_health_run;

/**
 * Looks whether something is well.
 *
 * For a #SEAWALL_HEALTH_SOURCE it is called on the thread that drives the checks, and must be quick: it reads. For any other
 * check it is called on a worker and may block; without workers (see seawall_health_poll_at) on the thread of the host. Under
 * no lock, never twice at the same time for one check. It may call anything here but seawall_health_destroy.
 *
 * @return #SEAWALL_HEALTH_PASS, _WARN, _FAIL or _UNKNOWN, which counts neither way; or #SEAWALL_HEALTH_LATER. Any other number
 *         counts as a failure.
 */
typedef seawall_health_status (*seawall_health_fn)(seawall_health_run *run, void *user);

/**
 * Called once, when nothing uses `user` any more: on whatever thread that came to be true, under no lock. No poll: what takes no
 * calls keeps `user` for as long as the set.
 */
typedef void (*seawall_health_release_fn)(void *user);

/** A heartbeat: what a worker loop feeds, and a check watches. */
typedef struct seawall_heartbeat seawall_heartbeat;

/** What a check of the program's own uses. */
typedef struct seawall_health_binding {
    uint32_t size;                     /**< sizeof(seawall_health_binding) */
    uint32_t reserved;                 /**< 0 */
    seawall_health_fn function;        /**< What is run. NULL for a heartbeat. */
    seawall_heartbeat *heartbeat;      /**< For #SEAWALL_HEALTH_HEARTBEAT; the check takes a reference. Else NULL. */
    seawall_health_release_fn release; /**< May be NULL. */
    void *user;                        /**< For both functions. */
} seawall_health_binding;

/** An empty binding with its size. */
#define SEAWALL_HEALTH_BINDING_INIT { sizeof(seawall_health_binding), 0, NULL, NULL, NULL, NULL }

/**
 * Creates a heartbeat that has not been fed: one allocation.
 * @param platform NULL for the default one.
 * @param error filled when the call fails; may be NULL.
 * @return #SEAWALL_OK; #SEAWALL_INVALID; #SEAWALL_NO_MEMORY.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_heartbeat_create(const seawall_platform *platform,
                                                                       seawall_heartbeat **heartbeat, seawall_error *error);

/** Gives up the caller's reference; NULL is allowed. Checks keep their own. Any thread. */
SEAWALL_API void seawall_heartbeat_destroy(seawall_heartbeat *heartbeat);

/**
 * Says "I am alive": one store, no clock, no lock. Any thread; never blocks. NULL is ignored.
 *
 * The check looks every `interval` whether it was fed since the last look. So no look fails before `max_silence` has passed
 * without food, and one does at the latest two intervals after that; the check fails after `failure_threshold` of them.
 */
SEAWALL_API void seawall_heartbeat_feed(seawall_heartbeat *heartbeat);

SEAWALL_END_DECLS

#endif
