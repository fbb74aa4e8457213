/* The fallback as an object. */
#include "policy/fallback/fallback_object.h"
#include "base/alloc.h"
#include "base/error.h"
#include "policy/fallback/fallback_config.h"
#include "time/platform.h"

seawall_status seawall_fallback_create(const seawall_fallback_config *config, const seawall_platform *platform,
                                       seawall_fallback **fallback, seawall_error *error)
{
    seawall_fallback_config full;
    seawall_fallback *made;
    seawall_status status = sw_config_take(&sw_fallback_config_kind, config, &full, error);

    if (status != SEAWALL_OK)
        return status;
    if (fallback == NULL)
        return sw_error(error, SEAWALL_INVALID, "fallback", "fallback: no place for the new object (NULL)");
    platform = sw_platform_resolve(platform, error);
    if (platform == NULL)
        return SEAWALL_INVALID;
    made = sw_allocate(platform, sizeof(*made), _Alignof(seawall_fallback));
    if (made == NULL)
        return sw_error(error, SEAWALL_NO_MEMORY, "fallback", "fallback: no memory");
    made->rules = sw_fallback_rules_from(&full);
    made->function = full.function;
    made->function_user = full.function_user;
    made->platform = platform;
    sw_store_relaxed_u32(&made->references, 1);
    *fallback = made;
    return SEAWALL_OK;
}

void seawall_fallback_destroy(seawall_fallback *fallback)
{
    if (fallback != NULL && sw_sub_u32(&fallback->references, 1) == 1)
        sw_release(fallback->platform, fallback, sizeof(*fallback));
}

bool seawall_fallback_handles(const seawall_fallback *fallback, const seawall_outcome *outcome)
{
    return fallback != NULL && outcome != NULL && sw_fallback_handles(&fallback->rules, outcome);
}
