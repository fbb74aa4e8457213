/* The version that this library was built as. */
#include <seawall/version.h>

#define SPELLED(number) #number
#define SPELL(number) SPELLED(number)

int32_t seawall_version(void)
{
    return SEAWALL_VERSION_MAJOR * 1000000 + SEAWALL_VERSION_MINOR * 1000 + SEAWALL_VERSION_PATCH;
}

const char *seawall_version_string(void)
{
    return SPELL(SEAWALL_VERSION_MAJOR) "." SPELL(SEAWALL_VERSION_MINOR) "." SPELL(SEAWALL_VERSION_PATCH);
}
