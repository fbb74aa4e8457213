/* The settings of a pipeline: the kind "pipeline". */
#ifndef SW_PIPELINE_PIPELINE_CONFIG_H
#define SW_PIPELINE_PIPELINE_CONFIG_H

#include "base/field.h"

extern const sw_config_kind sw_pipeline_config_kind;

#endif
