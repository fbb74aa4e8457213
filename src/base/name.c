#include "base/name.h"

const char *sw_name_at(const char *const *names, size_t count, int32_t value)
{
    if (value < 0 || (size_t)value >= count || names[value] == NULL)
        return "unknown";
    return names[value];
}
