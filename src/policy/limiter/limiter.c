/* The life of a rate limiter: one block of memory, counted references. */
#include "base/error.h"
#include "base/owner.h"
#include "policy/limiter/limiter_config.h"
#include "policy/limiter/limiter_object.h"
#include "port/thread_number.h"

void sw_limiter_read(seawall_limiter *limiter, uint64_t word, sw_limiter_rules *rules)
{
    sw_limiter_slot *slot = &limiter->block.slot[word & 1];

    rules->base = (seawall_time)sw_load_acquire_u64(&slot->base);
    rules->interval = sw_load_acquire_u64(&slot->interval);
    rules->tolerance = sw_load_acquire_u64(&slot->tolerance);
    rules->shift = sw_load_acquire_u32(&slot->shift);
    rules->burst = (int32_t)sw_load_acquire_u32(&slot->burst);
    rules->rate = (int32_t)sw_load_acquire_u32(&slot->rate);
    rules->period = (seawall_duration)sw_load_acquire_u64(&slot->period);
}

/* Stored with release, so that who reads any of it finds the word's tag past the one these rules replace. */
void sw_limiter_write(seawall_limiter *limiter, uint64_t word, const sw_limiter_rules *rules)
{
    sw_limiter_slot *slot = &limiter->block.slot[word & 1];

    sw_store_release_u64(&slot->base, (uint64_t)rules->base);
    sw_store_release_u64(&slot->interval, rules->interval);
    sw_store_release_u64(&slot->tolerance, rules->tolerance);
    sw_store_release_u32(&slot->shift, rules->shift);
    sw_store_release_u32(&slot->burst, (uint32_t)rules->burst);
    sw_store_release_u32(&slot->rate, (uint32_t)rules->rate);
    sw_store_release_u64(&slot->period, (uint64_t)rules->period);
}

static inline void count(seawall_limiter *limiter, enum sw_limiter_counter counter, uint64_t by)
{
    uint32_t number = sw_port_thread_number_inline();
    uint64_t self = (uint64_t)number + 1;
    sw_limiter_stripe *stripe = &limiter->stripes[number % SW_LIMITER_STRIPES];
    uint64_t owner = sw_load_relaxed_u64(&stripe->owner);

    if (owner == self || (owner == 0 && sw_cas_u64(&stripe->owner, &owner, self)))
        sw_store_relaxed_u64(&stripe->own[counter], sw_load_relaxed_u64(&stripe->own[counter]) + by);
    else
        (void)sw_add_u64(&stripe->shared[counter], by);
}

/* Both are functions of their own for the sake of the thread number: see port/thread_number.h. */
__attribute__((noinline)) void sw_limiter_count(seawall_limiter *limiter, enum sw_limiter_counter counter, uint64_t by)
{
    count(limiter, counter, by);
}

__attribute__((noinline)) seawall_status sw_limiter_granted(seawall_limiter *limiter, int32_t n)
{
    count(limiter, SW_LIMITER_GRANTED, (uint64_t)n);
    return SEAWALL_OK;
}

static void init(seawall_limiter *made, const seawall_limiter_config *config, seawall_time now)
{
    int32_t burst = config->burst != SEAWALL_AUTO ? config->burst : sw_limiter_burst(config->rate, config->period);
    sw_limiter_rules rules = sw_limiter_rules_from(config->rate, config->period, burst, now);

    sw_limiter_write(made, 0, &rules);
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
    sw_mutex_fini(&limiter->lock);
    sw_release(limiter->platform, limiter, sizeof(*limiter));
}
