/* How files are read: the settings. */
#ifndef SW_CONFIG_LOADER_H
#define SW_CONFIG_LOADER_H

#include "base/field.h"

extern const sw_config_kind sw_loader_config_kind;

#endif
