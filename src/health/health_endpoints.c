/* Changing what the checks of an endpoint go by. */
#include <string.h>

#include "base/error.h"
#include "base/field.h"
#include "health/health_config.h"
#include "health/health_object.h"

/* Every check by the endpoint's new settings: once to see whether all can be, once to do it. */
static seawall_status derive(seawall_health *health, const seawall_health_endpoint_config endpoints[SW_HEALTH_ENDPOINTS],
                             bool for_good, seawall_error *error)
{
    size_t i;

    for (i = 0; i < health->entries.count; i++) {
        sw_health_entry *entry = sw_health_entry_at(health, i);
        sw_health_rules rules;
        seawall_status status = sw_health_rules_from(&entry->config, endpoints, &rules, error);

        if (status != SEAWALL_OK)
            return status;
        if (!for_good)
            continue;
        entry->rules = rules; /* which endpoints it feeds has not changed, so neither have the tallies */
        sw_health_obey(&entry->state, &rules);
        sw_health_reschedule(entry);
    }
    return SEAWALL_OK;
}

seawall_status seawall_health_set_endpoint(seawall_health *health, seawall_health_endpoint endpoint,
                                           const seawall_health_endpoint_config *config, seawall_error *error)
{
    seawall_health_endpoint_config full, endpoints[SW_HEALTH_ENDPOINTS];
    seawall_status status = sw_config_take(&sw_health_endpoint_config_kind, config, &full, error);

    if (status != SEAWALL_OK)
        return status;
    if (health == NULL || endpoint < SEAWALL_HEALTH_LIVE || endpoint > SEAWALL_HEALTH_STARTUP)
        return sw_error(error, SEAWALL_INVALID, "health_endpoint", "health_endpoint: there is none to reconfigure");
    sw_health_enter(health);
    sw_mutex_lock(&health->lock);
    memcpy(endpoints, health->endpoints, sizeof(endpoints));
    endpoints[endpoint] = full;
    status = derive(health, endpoints, false, error);
    if (status == SEAWALL_OK)
        status = derive(health, endpoints, true, error);
    if (status == SEAWALL_OK) {
        memcpy(health->endpoints, endpoints, sizeof(endpoints));
        health->sides[endpoint] = (sw_health_side){.own = full};
    }
    sw_mutex_unlock(&health->lock);
    return status;
}
