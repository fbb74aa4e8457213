/* The fallback as an object. */
#include "policy/fallback/fallback_object.h"
#include "base/alloc.h"
#include "base/error.h"
#include "policy/fallback/fallback_config.h"
#include "time/platform.h"

/* At creation, or under the lock. */
static void put_rules(seawall_fallback *fallback, const seawall_fallback_config *full)
{
    sw_fallback_rules rules = sw_fallback_rules_from(full);
    uint64_t word;

    memcpy(&word, &rules, sizeof(word));
    sw_store_release_u64(&fallback->rules, word);
    fallback->config = *full;
}

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
    sw_mutex_init(&made->lock);
    put_rules(made, &full);
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

seawall_status seawall_fallback_reconfigure(seawall_fallback *fallback, const seawall_fallback_config *config,
                                            seawall_error *error)
{
    seawall_fallback_config full;
    seawall_status status;

    if (fallback == NULL)
        return sw_error(error, SEAWALL_INVALID, "fallback", "fallback: there is none to reconfigure (NULL)");
    sw_mutex_lock(&fallback->lock);
    status = sw_config_retake(&sw_fallback_config_kind, &fallback->config, config, &full, error);
    if (status == SEAWALL_OK)
        put_rules(fallback, &full);
    sw_mutex_unlock(&fallback->lock);
    return status;
}

bool seawall_fallback_handles(const seawall_fallback *fallback, const seawall_outcome *outcome)
{
    sw_fallback_rules rules;

    if (fallback == NULL || outcome == NULL)
        return false;
    rules = sw_fallback_rules_of(fallback);
    return sw_fallback_handles(&rules, outcome);
}
