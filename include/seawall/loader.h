/**
 * @file loader.h
 * @brief Configuration files: what a struct can say, a file can say, with the same fields, units and checks.
 *
 * A file is UTF-8 text of sections and of `key = value` lines.
 * - `[kind]` holds the defaults of a kind, `[kind "name"]` the fields in which one object differs from them.
 * - `#` or `;` at the start of a line, or after white space, begins a comment.
 * - A value is read as seawall_config_set reads it; it may stand in quotes, and so may each item of a list. Within quotes a
 *   backslash stands before a quote or a backslash that is meant itself, and nothing begins a comment.
 * - Lines end with LF or CRLF; a byte order mark before the first is passed over.
 *
 * Every mistake is told in one pass, with its place, what was found, what is allowed, and for an unknown word the nearest known
 * one; what depends on a line that is wrong is judged once that is right. Fields that must go together are judged in each object
 * of the file, in the defaults of a kind if there is none; a health check's timeout with the intervals of the endpoints that it
 * feeds, which are built in unless a section says others. A section or a key that stands twice is a mistake. Reading takes time
 * and memory in proportion to the file.
 *
 * A line `include = "other.conf"` before the first section of a file, if that is switched on, reads another file of the same
 * directory, by its bare name and through no symbolic link, up to 8 deep; a text in memory includes nothing.
 *
 * A variable of the environment, if a program hands them over, says what a field is to be, whatever the file says:
 * `SEAWALL__CIRCUIT_BREAKER__DATABASE__FAILURE_THRESHOLD=9`, or for the defaults of a kind `SEAWALL__RETRY__MAX_ATTEMPTS=4`.
 * Its value is read as in a file, but that no comment begins in it.
 * Names are in capitals, and every other byte than a letter or a digit is one underscore; two sections of a kind whose names then
 * read alike are a mistake, and so is a variable that begins with SEAWALL__ and means nothing.
 *
 * What a file says of objects that exist is brought into force by seawall_registry_reload_file, while they are in use.
 *
 * In a library that was built without the loader these functions answer #SEAWALL_UNSUPPORTED.
 */
#ifndef SEAWALL_LOADER_H
#define SEAWALL_LOADER_H

#include <seawall/registry.h>

SEAWALL_BEGIN_DECLS

/** The longest file that is read, in bytes; what it includes counts with it. */
#define SEAWALL_FILE_SIZE_MAX 16777216
/** The longest line, in bytes. */
#define SEAWALL_LINE_SIZE_MAX 4096
/** After this many mistakes in one file the rest is not looked at: who is told of so many may have more. */
#define SEAWALL_PROBLEMS_MAX 1000

/** One mistake. Valid during the callback. The texts are single lines without control characters. */
typedef struct seawall_problem {
    uint32_t size;       /**< sizeof(seawall_problem) */
    int32_t line;        /**< From 1; 0 where the file as a whole is to blame. */
    const char *file;    /**< As it was named to the loader. */
    const char *section; /**< `[circuit_breaker "database"]`, or "". */
    const char *key;     /**< "failure_treshold", or "". */
    const char *message; /**< "unknown key; did you mean failure_threshold?" */
    /** All of it: `seawall.conf:3: [circuit_breaker "database"] failure_treshold: unknown key; did you ...` */
    const char *text;
} seawall_problem;

/**
 * Told of each mistake in order of its discovery: first all of form, then all of content. On the calling thread, during the
 * call. No poll: all is told before the call returns.
 */
typedef void (*seawall_problem_fn)(const seawall_problem *problem, void *user);

/** What a reload did. */
typedef int32_t seawall_change_kind;
/** The values of seawall_change_kind. */
enum {
    SEAWALL_CHANGE_CREATED = 0,  /**< The object is new. */
    SEAWALL_CHANGE_APPLIED = 1,  /**< The field has another value, in force from now on. */
    SEAWALL_CHANGE_LEFT = 2,     /**< The field should have another value, but keeps the one it has; `text` says why. */
    SEAWALL_CHANGE_RETIRING = 3, /**< The object is named no longer, but in use; it goes when it is not. */
    SEAWALL_CHANGE_RETIRED = 4   /**< The object was named no longer, and is gone. */
};

/** The change's name in lower case ("applied"), "unknown" for anything else. A static string. Any thread; never blocks. */
SEAWALL_API const char *seawall_change_name(seawall_change_kind kind);

/** One change by a reload. Valid during the callback. */
typedef struct seawall_change {
    uint32_t size;            /**< sizeof(seawall_change) */
    seawall_change_kind what; /**< What. */
    const char *kind;         /**< "circuit_breaker" */
    const char *name;         /**< "database" */
    const char *key;          /**< "failure_threshold"; "" where the whole object is meant. */
    const char *from;         /**< The field's value before, as a file would say it; else "". */
    const char *to;           /**< The value that it has now, or should have; else "". */
    const char *text;         /**< All of it: `[circuit_breaker "database"] failure_threshold: 2 -> 4` */
} seawall_change;

/**
 * Told of each change once all of them are in force, on the calling thread, under no lock, during the call. No poll: all is told
 * before the call returns.
 */
typedef void (*seawall_change_fn)(const seawall_change *change, void *user);

/** How files are read. */
typedef struct seawall_loader_config {
    uint32_t size;                  /**< sizeof(seawall_loader_config) */
    int32_t include;                /**< Whether a file may include others of its directory. 0 (default) or 1. */
    seawall_problem_fn report;      /**< Told of every mistake; NULL (default): nobody, and the error has the first. */
    void *report_user;              /**< Handed to it. */
    /**
     * "NAME=value", ended by NULL, such as `environ`: its variables that begin with SEAWALL__ override the file. NULL (default):
     * none.
     */
    const char *const *environment;
    seawall_change_fn change;       /**< Told of what a reload changes; NULL (default): nobody. */
    void *change_user;              /**< Handed to it. */
} seawall_loader_config;

/** Every default. */
#define SEAWALL_LOADER_CONFIG_INIT { sizeof(seawall_loader_config), 0, NULL, NULL, NULL, NULL, NULL }

/**
 * The same as #SEAWALL_LOADER_CONFIG_INIT, for a caller whose struct has `size` bytes. #SEAWALL_INVALID for NULL or an impossible
 * size. Any thread.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_loader_config_init(seawall_loader_config *config, size_t size);

/**
 * Checks a file and makes nothing of it. Blocks while the file is read. Any thread.
 *
 * @param path a regular file; a directory, a FIFO and the like are refused without waiting for anybody.
 * @param config NULL for every default.
 * @param platform whose memory it uses meanwhile; NULL for the default.
 * @param error filled when the call fails, with the first mistake; may be NULL.
 * @return #SEAWALL_OK; #SEAWALL_INVALID: mistakes, or a file that cannot be read; #SEAWALL_NO_MEMORY; #SEAWALL_UNSUPPORTED.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_loader_check_file(const char *path, const seawall_loader_config *config,
                                                                        const seawall_platform *platform, seawall_error *error);

/**
 * The same for a text in memory, which need not end with a NUL. Never blocks.
 * @param name what problems call it.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_loader_check_text(const char *text, size_t length, const char *name,
                                                                        const seawall_loader_config *config,
                                                                        const seawall_platform *platform, seawall_error *error);

/**
 * Loads a file into a registry: what it says becomes settings of kinds and names, and each `[kind "name"]` an object. All or
 * nothing: a mistake anywhere, a name that has an object already, or no memory, and the registry is as it was. Blocks while the
 * file is read; others who make objects meanwhile wait for a lock, those who ask for what exists do not.
 *
 * @param path, config, error as seawall_loader_check_file's.
 * @return #SEAWALL_OK; #SEAWALL_INVALID; #SEAWALL_FULL; #SEAWALL_NO_MEMORY; #SEAWALL_NO_RESOURCES: the system gave too few
 *         threads for a thread pool; #SEAWALL_UNSUPPORTED.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_registry_load_file(seawall_registry *registry, const char *path,
                                                                         const seawall_loader_config *config,
                                                                         seawall_error *error);

/** The same for a text in memory; see seawall_loader_check_text. */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_registry_load_text(seawall_registry *registry, const char *text,
                                                                         size_t length, const char *name,
                                                                         const seawall_loader_config *config,
                                                                         seawall_error *error);

/**
 * Loads a file into a registry whose objects are in use. It takes the place of everything that files and variables of the
 * environment said before; what was set by calls stays, below what the file says of the same field. All or nothing: if the file
 * has a mistake, or there is no memory, nothing changes, and the mistakes are told as ever. Else:
 * - what is new is made;
 * - every object has the fields that its settings say now, as far as these may change live (`live` of seawall_field): in place,
 *   by its reconfigure function, so that windows, states, permits and calls under way survive; a priority level that changes does
 *   so in every pool that has the registry's (pool.h);
 * - what cannot change, or does not go with what cannot, is told as #SEAWALL_CHANGE_LEFT, by name, and left;
 * - an object that a section of a file made, and that none names any longer, goes when nobody uses it: at once, at a later reload
 *   or removal, or by seawall_registry_sweep. Until then it is found and works as it did. If something that stays still uses it,
 *   it stays as well, and has the fields that are said of its kind: also where the file names another in its place, since that
 *   is left. What has no section and is there only because such an object needs it goes with the last one that does, at the same
 *   times.
 *
 * Calls under way wait for nothing; asking for an object that exists does neither, unless with a config that is compared
 * with one that is being written just then. The host decides when: on a signal (not in its handler), by an admin's command, when
 * the file changes. Takes as much time and memory as there are objects.
 *
 * @param path, config, error as seawall_loader_check_file's.
 * @return #SEAWALL_OK; #SEAWALL_INVALID; #SEAWALL_BUSY: another reload is under way, or this is called by one that tells what it
 *         did; #SEAWALL_FULL; #SEAWALL_NO_MEMORY; #SEAWALL_NO_RESOURCES: as for a load; #SEAWALL_UNSUPPORTED.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_registry_reload_file(seawall_registry *registry, const char *path,
                                                                           const seawall_loader_config *config,
                                                                           seawall_error *error);

/** The same for a text in memory; see seawall_loader_check_text. */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_registry_reload_text(seawall_registry *registry, const char *text,
                                                                           size_t length, const char *name,
                                                                           const seawall_loader_config *config,
                                                                           seawall_error *error);

SEAWALL_END_DECLS

#endif
