/* A judged document into a registry. */
#ifndef SW_CONFIG_APPLY_H
#define SW_CONFIG_APPLY_H

#include "config/document.h"

/*
 * All of it or nothing; tells what was in the way. #SEAWALL_OK also if something was, see the problems; #SEAWALL_NO_MEMORY;
 * #SEAWALL_FULL.
 */
seawall_status sw_apply(const sw_document *document, seawall_registry *registry, sw_problems *problems, seawall_error *error);

/* The same for a registry whose objects are in use: see seawall_registry_reload_file. Also #SEAWALL_BUSY. */
seawall_status sw_apply_again(const sw_document *document, seawall_registry *registry, const seawall_loader_config *config,
                              sw_problems *problems, seawall_error *error);

#endif
