/* The version that this library was built as, whom it serves, and what it was built with. */
#include <seawall/version.h>

#include "base/error.h"
#include "base/version.h"

#define SPELLED(number) #number
#define SPELL(number) SPELLED(number)

enum { PER_MINOR = 1000, PER_MAJOR = 1000000 };

int32_t seawall_version(void)
{
    return SEAWALL_VERSION;
}

const char *seawall_version_string(void)
{
    return SPELL(SEAWALL_VERSION_MAJOR) "." SPELL(SEAWALL_VERSION_MINOR) "." SPELL(SEAWALL_VERSION_PATCH);
}

bool sw_version_serves(int32_t library, int32_t program)
{
    /* What a series has in common: the major number, and before 1.0 the minor one, too. */
    int32_t rest = library < PER_MAJOR ? PER_MINOR : PER_MAJOR;

    return program >= 0 && program <= library && library / rest == program / rest;
}

seawall_status seawall_version_check(int32_t built_with, seawall_error *error)
{
    if (sw_version_serves(SEAWALL_VERSION, built_with))
        return SEAWALL_OK;
    return sw_error(error, SEAWALL_UNSUPPORTED, "version",
                    "version: this library, %s, does not serve what was built with %d.%d.%d", seawall_version_string(),
                    (int)(built_with / PER_MAJOR), (int)(built_with / PER_MINOR % PER_MINOR),
                    (int)(built_with % PER_MINOR));
}

#ifdef SW_WITHOUT_LOADER
#define WITH_LOADER false
#else
#define WITH_LOADER true
#endif

static const struct {
    const char *name;
    bool there;
} features[] = {
    [SEAWALL_FEATURE_LOADER] = {"loader", WITH_LOADER},
};

static bool is_known(seawall_feature feature)
{
    return feature >= 1 && feature < (seawall_feature)(sizeof(features) / sizeof(features[0]));
}

bool seawall_has_feature(seawall_feature feature)
{
    return is_known(feature) && features[feature].there;
}

const char *seawall_feature_name(seawall_feature feature)
{
    return is_known(feature) ? features[feature].name : "unknown";
}
