/* The names of field types. */
#include <seawall/config.h>

#include "base/name.h"

static const char *const types[] = {
    [SEAWALL_FIELD_COUNT] = "count",
    [SEAWALL_FIELD_DURATION] = "duration",
    [SEAWALL_FIELD_RATE] = "rate",
    [SEAWALL_FIELD_MULTIPLIER] = "multiplier",
    [SEAWALL_FIELD_FAULTS] = "faults",
    [SEAWALL_FIELD_CHOICE] = "choice",
    [SEAWALL_FIELD_SWITCH] = "switch",
    [SEAWALL_FIELD_TEXT] = "text",
};

const char *seawall_field_type_name(seawall_field_type type)
{
    return SW_NAME(types, type);
}
