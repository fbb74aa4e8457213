/**
 * @file version.h
 * @brief Which library is this?
 */
#ifndef SEAWALL_VERSION_H
#define SEAWALL_VERSION_H

#include <seawall/api.h>

SEAWALL_BEGIN_DECLS

/** The version these headers belong to. @{ */
#define SEAWALL_VERSION_MAJOR 0
#define SEAWALL_VERSION_MINOR 1
#define SEAWALL_VERSION_PATCH 0
/** @} */

/**
 * The version of the library that is running, as major x 1,000,000 + minor x 1,000 + patch.
 * Any thread; never blocks.
 */
SEAWALL_API int32_t seawall_version(void);

/** The same as text, for example "0.1.0": a static string. Any thread; never blocks. */
SEAWALL_API const char *seawall_version_string(void);

SEAWALL_END_DECLS

#endif
