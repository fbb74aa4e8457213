/* The settings of keyed instances: the kind "keyed". */
#ifndef SW_REGISTRY_KEYED_CONFIG_H
#define SW_REGISTRY_KEYED_CONFIG_H

#include <seawall/keyed.h>

#include "base/atomic.h"
#include "base/field.h"

extern const sw_config_kind sw_keyed_config_kind;

/* Room for as many as that may take, which nobody notices; it never gets less. Answers whether memory sufficed. */
bool sw_keyed_make_room(seawall_keyed *keyed, const seawall_keyed_config *config);
/* While it is in use. Makes room if there is not enough: also #SEAWALL_NO_MEMORY. */
seawall_status sw_keyed_reconfigure(seawall_keyed *keyed, const seawall_keyed_config *config, seawall_error *error);
sw_atomic_u32 *sw_keyed_references(seawall_keyed *keyed);

#endif
