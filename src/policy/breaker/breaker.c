/* The life of a breaker: one block of memory, counted references. */
#include <math.h>

#include "base/error.h"
#include "base/owner.h"
#include "policy/breaker/breaker_config.h"
#include "policy/breaker/breaker_state.h"

_Thread_local size_t sw_breaker_own_stripe;

size_t sw_breaker_take_stripe(void)
{
    size_t stripe = sw_port_thread_number() % SW_BREAKER_STRIPES;

    return sw_breaker_own_stripe = offsetof(seawall_breaker, stripes) + stripe * sizeof(sw_breaker_stripe);
}

static int32_t derived(int32_t value, int32_t otherwise)
{
    return value == SEAWALL_AUTO ? otherwise : value;
}

static void rules_from(const seawall_breaker_config *config, seawall_time now, sw_breaker_rules *rules)
{
    int32_t most = config->half_open_max_calls;
    int32_t concurrent = derived(config->half_open_concurrent, most);

    *rules = (sw_breaker_rules){
        .base = now,
        .recovery =
            {
                .base = config->recovery_timeout,
                /* Without a multiplier it never grows, and the check lets any maximum pass. */
                .cap = config->recovery_multiplier > 1 ? config->recovery_max : config->recovery_timeout,
                .multiplier = config->recovery_multiplier,
            },
        .recovery_jitter = (uint32_t)llround(config->recovery_jitter * UINT32_MAX),
        .recovery_varies = config->recovery_multiplier > 1 || config->recovery_jitter > 0,
        .probe_timeout = config->probe_timeout == SEAWALL_AUTO ? config->recovery_timeout : config->probe_timeout,
        .failure_threshold = config->failure_threshold,
        .max_calls = most,
        .concurrent = concurrent < most ? concurrent : most,
        .successes_to_close = derived(config->successes_to_close, most),
        .failures_to_reopen = config->failures_to_reopen,
    };
}

static seawall_breaker *breaker_new(const sw_breaker_rules *rules, const seawall_platform *platform)
{
    size_t size = sizeof(seawall_breaker) + (size_t)rules->concurrent * sizeof(sw_atomic_u64);
    seawall_breaker *breaker = sw_allocate(platform, size, SW_CACHE_LINE);

    if (breaker == NULL)
        return NULL;
    breaker->size = size;
    breaker->platform = platform;
    breaker->rules = *rules;
    return breaker;
}

seawall_status seawall_breaker_create(const seawall_breaker_config *config, const seawall_platform *platform,
                                      seawall_breaker **breaker, seawall_error *error)
{
    const seawall_platform *home = sw_platform_resolve(platform, error);
    seawall_breaker_config full;
    sw_breaker_rules rules;
    seawall_breaker *made;
    seawall_status status;

    if (home == NULL)
        return SEAWALL_INVALID;
    if (breaker == NULL)
        return sw_error(error, SEAWALL_INVALID, "", "there is no place for the breaker: NULL");
    status = sw_config_take(&sw_breaker_config_kind, config, &full, error);
    if (status != SEAWALL_OK)
        return status;
    rules_from(&full, sw_now(home), &rules);
    made = breaker_new(&rules, home);
    if (made == NULL)
        return sw_error(error, SEAWALL_NO_MEMORY, "", "no memory for a circuit breaker");
    made->key = sw_new_owner() << 32 | 1;
    made->counted_faults = full.counted_faults;
    made->ignore_cuts_below = full.ignore_cuts_below;
    made->predicate = full.predicate;
    made->predicate_user = full.predicate_user;
    made->guarded.running = -1;
    sw_mutex_init(&made->lock);
    sw_store_u32(&made->references, 1);
    sw_store_u64(&made->word, sw_breaker_word(SEAWALL_BREAKER_CLOSED, 0, 0));
    sw_breaker_history_init(made, rules.base);
    *breaker = made;
    return SEAWALL_OK;
}

void sw_breaker_retain(seawall_breaker *breaker)
{
    (void)sw_add_u32(&breaker->references, 1);
}

void seawall_breaker_destroy(seawall_breaker *breaker)
{
    if (breaker == NULL || sw_sub_u32(&breaker->references, 1) != 1)
        return;
    sw_mutex_fini(&breaker->lock);
    sw_release(breaker->platform, breaker, breaker->size);
}
