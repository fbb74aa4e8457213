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
 * one. A section or a key that stands twice is a mistake. Reading takes time and memory in proportion to the file.
 *
 * A line `include = "other.conf"` before the first section of a file, if that is switched on, reads another file of the same
 * directory, by its bare name and through no symbolic link, up to 8 deep; a text in memory includes nothing.
 *
 * A variable of the environment, if a program hands them over, says what a field is to be, whatever the file says:
 * `SEAWALL__CIRCUIT_BREAKER__DATABASE__FAILURE_THRESHOLD=9`, or for the defaults of a kind `SEAWALL__RETRY__MAX_ATTEMPTS=4`.
 * Names are in capitals, and every other byte than a letter or a digit is one underscore; two sections of a kind whose names then
 * read alike are a mistake, and so is a variable that begins with SEAWALL__ and means nothing.
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
/** After this many mistakes in one file the rest is not read. */
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
 * Told of each mistake in order of its discovery: first all of form, then all of content. On the calling thread, during the call.
 */
typedef void (*seawall_problem_fn)(const seawall_problem *problem, void *user);

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
} seawall_loader_config;

/** Every default. */
#define SEAWALL_LOADER_CONFIG_INIT { sizeof(seawall_loader_config), 0, NULL, NULL, NULL }

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
 * @return #SEAWALL_OK; #SEAWALL_INVALID; #SEAWALL_FULL; #SEAWALL_NO_MEMORY; #SEAWALL_UNSUPPORTED.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_registry_load_file(seawall_registry *registry, const char *path,
                                                                         const seawall_loader_config *config,
                                                                         seawall_error *error);

/** The same for a text in memory; see seawall_loader_check_text. */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_registry_load_text(seawall_registry *registry, const char *text,
                                                                         size_t length, const char *name,
                                                                         const seawall_loader_config *config,
                                                                         seawall_error *error);

SEAWALL_END_DECLS

#endif
