/* The life of a rate limiter: one block of memory, counted references. */
#include "base/error.h"
#include "base/owner.h"
#include "policy/limiter/limiter_config.h"
#include "policy/limiter/limiter_object.h"

void sw_limiter_read(seawall_limiter *limiter, int64_t word, sw_limiter_rules *rules)
{
    sw_atomic_u64 *words = sw_limiter_rules_of(limiter, word);

    rules->base = (seawall_time)-sw_load_acquire_u64(&words[SW_LIMITER_BASE]);
    rules->interval = (int64_t)sw_load_acquire_u64(&words[SW_LIMITER_INTERVAL]);
    rules->slack = -sw_limiter_level((int64_t)sw_load_acquire_u64(&words[SW_LIMITER_FULL]));
    rules->shift = sw_limiter_shift(sw_load_acquire_u64(&words[SW_LIMITER_REACH]));
    rules->burst = (int32_t)sw_load_acquire_u64(&words[SW_LIMITER_BURST]);
    rules->rate = (int32_t)sw_load_acquire_u64(&words[SW_LIMITER_RATE]);
    rules->period = (seawall_duration)sw_load_acquire_u64(&words[SW_LIMITER_PERIOD]);
}

/* Stored with release, so that who reads any of it finds the word's tag past the one these rules replace. */
void sw_limiter_write(seawall_limiter *limiter, int64_t word, const sw_limiter_rules *rules)
{
    const uint64_t words[SW_LIMITER_RULES] = {
        [SW_LIMITER_BASE] = -(uint64_t)rules->base,
        [SW_LIMITER_INTERVAL] = (uint64_t)rules->interval,
        [SW_LIMITER_FULL] = (uint64_t)(-rules->slack | (word & SW_LIMITER_TAG_MASK)),
        [SW_LIMITER_REACH] = sw_limiter_reach(rules->shift),
        [SW_LIMITER_BURST] = (uint64_t)rules->burst,
        [SW_LIMITER_RATE] = (uint64_t)rules->rate,
        [SW_LIMITER_PERIOD] = (uint64_t)rules->period,
    };
    int i;

    for (i = 0; i < SW_LIMITER_RULES; i++)
        sw_store_release_u64(&sw_limiter_rules_of(limiter, word)[i], words[i]);
}

seawall_status sw_limiter_count_apart(seawall_limiter *limiter, enum sw_limiter_counter counter, uint64_t by)
{
    uint64_t self = sw_port_thread_pointer(), nobody = 0;
    sw_atomic_u64 *stripe = sw_limiter_stripe_of(limiter, self);

    if (sw_load_relaxed_u64(&stripe[SW_LIMITER_OWNER]) == 0 && sw_cas_u64(&stripe[SW_LIMITER_OWNER], &nobody, self))
        sw_store_relaxed_u64(&stripe[SW_LIMITER_OWN + counter], by);
    else
        (void)sw_add_u64(&stripe[SW_LIMITER_SHARED + counter], by);
    return counter == SW_LIMITER_GRANTED ? SEAWALL_OK : SEAWALL_LIMITED;
}

static void init(seawall_limiter *made, const seawall_limiter_config *config, seawall_time now)
{
    int32_t burst = config->burst != SEAWALL_AUTO ? config->burst : sw_limiter_burst(config->rate, config->period);
    sw_limiter_rules rules = sw_limiter_rules_from(config->rate, config->period, burst, now);

    int64_t word = -rules.slack; /* full, with the first of tags */

    sw_limiter_write(made, word, &rules);
    sw_store_relaxed_u64(&made->block.word, (uint64_t)word);
    sw_store_relaxed_u64(&made->max_wait, (uint64_t)config->max_wait);
    sw_mutex_init(&made->lock);
    sw_store_relaxed_u32(&made->references, 1);
}

seawall_status seawall_limiter_create(const seawall_limiter_config *config, const seawall_platform *platform,
                                      seawall_limiter **limiter, seawall_error *error)
{
    seawall_limiter_config full;
    seawall_limiter *made;
    seawall_status status = sw_config_take(&sw_limiter_config_kind, config, &full, error);

    if (status != SEAWALL_OK)
        return status;
    if (limiter == NULL)
        return sw_error(error, SEAWALL_INVALID, "rate_limiter", "rate_limiter: no place for the new object (NULL)");
    platform = sw_platform_resolve(platform, error);
    if (platform == NULL)
        return SEAWALL_INVALID;
    made = sw_allocate(platform, sizeof(*made), _Alignof(seawall_limiter));
    if (made == NULL)
        return sw_error(error, SEAWALL_NO_MEMORY, "rate_limiter", "rate_limiter: no memory");
    made->platform = platform;
    made->key = sw_new_owner() << 32 | SW_LIMITER_KEY_END;
    init(made, &full, sw_now(platform));
    *limiter = made;
    return SEAWALL_OK;
}

void seawall_limiter_destroy(seawall_limiter *limiter)
{
    if (limiter == NULL || sw_sub_u32(&limiter->references, 1) != 1)
        return;
    sw_release(limiter->platform, limiter, sizeof(*limiter));
}
