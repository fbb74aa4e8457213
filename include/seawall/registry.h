/**
 * @file registry.h
 * @brief Names of objects.
 */
#ifndef SEAWALL_REGISTRY_H
#define SEAWALL_REGISTRY_H

#include <seawall/platform.h>

SEAWALL_BEGIN_DECLS

/** The longest name of an object, in bytes. */
#define SEAWALL_NAME_SIZE_MAX 63

SEAWALL_END_DECLS

#endif
