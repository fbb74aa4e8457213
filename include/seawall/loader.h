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
    const char *text;    /**< All of it: `seawall.conf:3: [circuit_breaker "database"] failure_treshold: unknown key; did you ...` */
} seawall_problem;

/** Told of each mistake in order of its discovery: first all of form, then all of content. On the calling thread, during the call. */
typedef void (*seawall_problem_fn)(const seawall_problem *problem, void *user);

/** How files are read. */
typedef struct seawall_loader_config {
    uint32_t size;             /**< sizeof(seawall_loader_config) */
    uint32_t reserved;         /**< 0 */
    seawall_problem_fn report; /**< Told of every mistake; NULL (default): nobody, and the error has the first. */
    void *report_user;         /**< Handed to it. */
} seawall_loader_config;

/** Every default. */
#define SEAWALL_LOADER_CONFIG_INIT { sizeof(seawall_loader_config), 0, NULL, NULL }

/** The same as #SEAWALL_LOADER_CONFIG_INIT, for a caller whose struct has `size` bytes. #SEAWALL_INVALID for NULL or an impossible size. Any thread. */
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

SEAWALL_END_DECLS

#endif
