/* Variables of the environment that say what a field is to be: SEAWALL__CIRCUIT_BREAKER__DATABASE__FAILURE_THRESHOLD=9. */
#ifndef SW_CONFIG_ENVIRONMENT_H
#define SW_CONFIG_ENVIRONMENT_H

#include "config/document.h"

/*
 * Lays the variables over a document that was read; `variables` ends with NULL. #SEAWALL_OK whether or not there are problems;
 * #SEAWALL_NO_MEMORY.
 */
seawall_status sw_environment_lay(sw_document *document, const char *const *variables, sw_problems *problems);

#endif
