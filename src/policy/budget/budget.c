/* A retry budget as an object: its making, and the forms that read the clock. Retries and hedges share it. */
#include "base/error.h"
#include "policy/budget/budget_config.h"
#include "sync/budget.h"
#include "time/platform.h"

seawall_status seawall_retry_budget_create(const seawall_retry_budget_config *config, const seawall_platform *platform,
                                           seawall_retry_budget **budget, seawall_error *error)
{
    seawall_retry_budget_config full;
    seawall_retry_budget *made;
    sw_budget_rules rules;
    seawall_status status = sw_config_take(&sw_retry_budget_config_kind, config, &full, error);

    if (status != SEAWALL_OK)
        return status;
    if (budget == NULL)
        return sw_error(error, SEAWALL_INVALID, "retry_budget", "retry_budget: no place for the new object (NULL)");
    platform = sw_platform_resolve(platform, error);
    if (platform == NULL)
        return SEAWALL_INVALID;
    made = sw_allocate(platform, sizeof(*made), _Alignof(seawall_retry_budget));
    if (made == NULL)
        return sw_error(error, SEAWALL_NO_MEMORY, "retry_budget", "retry_budget: no memory");
    rules = sw_budget_rules_from(&full);
    sw_budget_init(made, &rules, platform, sw_now(platform));
    made->config = full;
    *budget = made;
    return SEAWALL_OK;
}

seawall_status seawall_retry_budget_reconfigure(seawall_retry_budget *budget, const seawall_retry_budget_config *config,
                                                seawall_error *error)
{
    seawall_retry_budget_config full;
    sw_budget_rules rules;
    seawall_status status;

    if (budget == NULL)
        return sw_error(error, SEAWALL_INVALID, "retry_budget", "retry_budget: there is none to reconfigure (NULL)");
    sw_mutex_lock(&budget->lock);
    status = sw_config_retake(&sw_retry_budget_config_kind, &budget->config, config, &full, error);
    if (status == SEAWALL_OK) {
        rules = sw_budget_rules_from(&full);
        sw_budget_change(budget, &rules);
        budget->config = full;
    }
    sw_mutex_unlock(&budget->lock);
    return status;
}

seawall_status seawall_retry_budget_try_charge(seawall_retry_budget *budget, seawall_retry_charge *charge)
{
    if (budget == NULL || charge == NULL)
        return SEAWALL_INVALID;
    return seawall_retry_budget_try_charge_at(budget, sw_now(budget->platform), charge);
}

seawall_status seawall_retry_budget_get_snapshot(seawall_retry_budget *budget, seawall_retry_budget_snapshot *snapshot)
{
    if (budget == NULL || snapshot == NULL)
        return SEAWALL_INVALID;
    return seawall_retry_budget_get_snapshot_at(budget, sw_now(budget->platform), snapshot);
}
