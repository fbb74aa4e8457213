/* The retry as an object, and its use without a pipeline. */
#include "policy/retry/retry_object.h"
#include "base/alloc.h"
#include "base/error.h"
#include "policy/retry/retry_config.h"
#include "sync/budget.h"
#include "time/platform.h"

/* At creation, or under the lock. */
static void put_rules(seawall_retry *retry, const seawall_retry_config *full)
{
    sw_retry_rules rules = sw_retry_rules_from(full);
    bool clock = full->max_elapsed != SEAWALL_FOREVER || full->minimum_remaining > 0;

    SW_TWIN_WRITE(&retry->rules, &rules);
    sw_store_u32(&retry->prepares, full->budget != NULL || clock);
    retry->config = *full;
}

seawall_status seawall_retry_create(const seawall_retry_config *config, const seawall_platform *platform, seawall_retry **retry,
                                    seawall_error *error)
{
    seawall_retry_config full;
    seawall_retry *made;
    seawall_status status = sw_config_take(&sw_retry_config_kind, config, &full, error);

    if (status != SEAWALL_OK)
        return status;
    if (retry == NULL)
        return sw_error(error, SEAWALL_INVALID, "retry", "retry: no place for the new object (NULL)");
    platform = sw_platform_resolve(platform, error);
    if (platform == NULL)
        return SEAWALL_INVALID;
    if (full.budget != NULL && full.budget->platform != platform)
        return sw_error(error, SEAWALL_INVALID, "retry.budget", "retry.budget: its platform is not the retry's");
    made = sw_allocate(platform, sizeof(*made), _Alignof(seawall_retry));
    if (made == NULL)
        return sw_error(error, SEAWALL_NO_MEMORY, "retry", "retry: no memory");
    made->budget = full.budget;
    sw_mutex_init(&made->lock);
    put_rules(made, &full);
    made->random = (sw_random_source){platform->random, platform->random_user};
    made->platform = platform;
    if (full.budget != NULL)
        sw_budget_retain(full.budget);
    sw_store_relaxed_u32(&made->references, 1);
    *retry = made;
    return SEAWALL_OK;
}

void seawall_retry_destroy(seawall_retry *retry)
{
    if (retry == NULL || sw_sub_u32(&retry->references, 1) != 1)
        return;
    seawall_retry_budget_destroy(retry->budget);
    sw_release(retry->platform, retry, sizeof(*retry));
}

seawall_status seawall_retry_reconfigure(seawall_retry *retry, const seawall_retry_config *config, seawall_error *error)
{
    seawall_retry_config full;
    seawall_status status;

    if (retry == NULL)
        return sw_error(error, SEAWALL_INVALID, "retry", "retry: there is none to reconfigure (NULL)");
    sw_mutex_lock(&retry->lock);
    status = sw_config_retake(&sw_retry_config_kind, &retry->config, config, &full, error);
    if (status == SEAWALL_OK)
        put_rules(retry, &full);
    sw_mutex_unlock(&retry->lock);
    return status;
}

seawall_status seawall_retry_delay(const seawall_retry *retry, int64_t attempt, seawall_duration previous,
                                   seawall_duration *delay)
{
    sw_retry_rules rules;

    if (retry == NULL || delay == NULL || attempt < 1 || previous < 0)
        return SEAWALL_INVALID;
    sw_retry_rules_read(retry, &rules);
    *delay = sw_backoff_delay(&rules.backoff, attempt, previous, &retry->random);
    return SEAWALL_OK;
}

/* What nearly every call comes to. The rest is kept apart, so that this gets by with the registers it is called with. */
static bool succeeded(const seawall_retry *retry, seawall_retry_run *run, const seawall_result *result, bool *again)
{
    if (result->fault != SEAWALL_FAULT_NONE || run->attempts < 0 || run->attempts == INT32_MAX || retry->budget != NULL)
        return false;
    run->attempts++;
    *again = false;
    return true;
}

/* `told`: the time, or NULL: the clock is read if it is needed. */
static __attribute__((noinline)) seawall_status decided(const seawall_retry *retry, seawall_retry_run *run,
                                                        const seawall_result *result, seawall_time deadline,
                                                        const seawall_time *told, bool *again)
{
    seawall_time now = 0;
    sw_retry_rules rules;
    bool look;

    if (run->attempts < 0 || result->fault < 0 || result->fault >= SEAWALL_FAULT_COUNT)
        return SEAWALL_INVALID;
    look = run->attempts == 0 && sw_budget_begin(retry->budget);
    if (look || result->fault != SEAWALL_FAULT_NONE)
        now = told != NULL ? *told : sw_now(retry->platform);
    if (look)
        sw_budget_look(retry->budget, now);
    run->charge = 0; /* the attempt that it was for has been made */
    if (result->fault == SEAWALL_FAULT_NONE) {
        seawall_retry_budget_end(retry->budget, result->fault);
        run->attempts += run->attempts < INT32_MAX;
        *again = false;
        return SEAWALL_OK;
    }
    sw_retry_rules_read(retry, &rules);
    if (sw_retry_judge(&rules, run, result) == SEAWALL_REASON_NONE)
        (void)sw_retry_schedule(&rules, run, sw_retry_wish(&rules, result->retry_after), deadline, now, &retry->random);
    *again = run->reason == SEAWALL_REASON_NONE;
    return *again ? SEAWALL_OK : SEAWALL_FAILED;
}

seawall_status seawall_retry_next(const seawall_retry *retry, seawall_retry_run *run, const seawall_result *result,
                                  seawall_time deadline, bool *again)
{
    if (retry == NULL || run == NULL || result == NULL || again == NULL)
        return SEAWALL_INVALID;
    if (succeeded(retry, run, result, again))
        return SEAWALL_OK;
    return decided(retry, run, result, deadline, NULL, again);
}

seawall_status seawall_retry_next_at(const seawall_retry *retry, seawall_retry_run *run, const seawall_result *result,
                                     seawall_time deadline, seawall_time now, bool *again)
{
    if (retry == NULL || run == NULL || result == NULL || again == NULL)
        return SEAWALL_INVALID;
    if (succeeded(retry, run, result, again))
        return SEAWALL_OK;
    return decided(retry, run, result, deadline, &now, again);
}

void seawall_retry_abandon(const seawall_retry *retry, seawall_retry_run *run)
{
    if (retry != NULL && run != NULL)
        seawall_retry_budget_refund(retry->budget, &run->charge);
}
