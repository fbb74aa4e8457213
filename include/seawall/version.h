/**
 * @file version.h
 * @brief Which library is this, what does it have, and does it serve this program?
 */
#ifndef SEAWALL_VERSION_H
#define SEAWALL_VERSION_H

#include <seawall/status.h>

SEAWALL_BEGIN_DECLS

/** The version these headers belong to. @{ */
#define SEAWALL_VERSION_MAJOR 0
#define SEAWALL_VERSION_MINOR 1
#define SEAWALL_VERSION_PATCH 0
/** @} */

/** The same as one number, for seawall_version_check. */
#define SEAWALL_VERSION (SEAWALL_VERSION_MAJOR * 1000000 + SEAWALL_VERSION_MINOR * 1000 + SEAWALL_VERSION_PATCH)

/**
 * The version of the library that is running, as major x 1,000,000 + minor x 1,000 + patch.
 * Any thread; never blocks.
 */
SEAWALL_API int32_t seawall_version(void);

/** The same as text, for example "0.1.0": a static string. Any thread; never blocks. */
SEAWALL_API const char *seawall_version_string(void);

/**
 * Does this library serve a program that was built with the headers of another version? From 1.0 on a library serves every
 * version of its major number up to its own; before that, of its minor number. The dynamic linker compares soname and symbols;
 * this call is for who loads the library by hand, a plug-in or a binding, to make once before any other.
 *
 * @param built_with #SEAWALL_VERSION of the headers.
 * @param error filled when the answer is no, in one sentence; may be NULL.
 * @return #SEAWALL_OK; #SEAWALL_UNSUPPORTED. Any thread; never blocks.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_version_check(int32_t built_with, seawall_error *error);

/** A part of the library that may have been left out when it was built. */
typedef int32_t seawall_feature;
/** The values of seawall_feature. The functions of a part that was left out are there and answer #SEAWALL_UNSUPPORTED. */
enum {
    SEAWALL_FEATURE_LOADER = 1 /**< Configuration files (loader.h). */
};

/** Whether the library has this part; false also for one that it does not know. Any thread; never blocks. */
SEAWALL_API bool seawall_has_feature(seawall_feature feature);

/** The part's name in lower case ("loader"), "unknown" for anything else. A static string. Any thread; never blocks. */
SEAWALL_API const char *seawall_feature_name(seawall_feature feature);

SEAWALL_END_DECLS

#endif
