/* A rate limiter under new rules, and what it looks like. */
#include "base/error.h"
#include "base/field.h"
#include "policy/limiter/limiter_config.h"
#include "policy/limiter/limiter_object.h"

/* The word under new rules, which it fills in but for what it is given. */
typedef int64_t (*change_fn)(const sw_limiter_rules *rules, int64_t word, seawall_time now, seawall_time until,
                             sw_limiter_rules *next);

static int64_t convert(const sw_limiter_rules *rules, int64_t word, seawall_time now, seawall_time until,
                       sw_limiter_rules *next)
{
    (void)until;
    return sw_limiter_convert(rules, word, now, next);
}

static int64_t refill(const sw_limiter_rules *rules, int64_t word, seawall_time now, seawall_time until,
                      sw_limiter_rules *next)
{
    (void)until;
    return sw_limiter_refill(rules, word, now, next);
}

/* Under the lock nobody else changes rules: only the word's own time moves on. */
static void change(seawall_limiter *limiter, change_fn how, seawall_time now, seawall_time until, sw_limiter_rules *next)
{
    uint64_t word = sw_load_acquire_u64(&limiter->block.word);
    sw_limiter_rules rules;
    int64_t changed;

    sw_limiter_read(limiter, (int64_t)word, &rules);
    do {
        changed = how(&rules, (int64_t)word, now, until, next);
        sw_limiter_write(limiter, changed, next);
    } while (!sw_cas_u64(&limiter->block.word, &word, (uint64_t)changed));
}

void sw_limiter_move(seawall_limiter *limiter, seawall_time now)
{
    sw_limiter_rules rules;

    sw_mutex_lock(&limiter->lock);
    sw_limiter_read(limiter, (int64_t)sw_load_acquire_u64(&limiter->block.word), &rules);
    if (!sw_limiter_reaches(&rules, now))
        change(limiter, convert, now, 0, &rules);
    sw_mutex_unlock(&limiter->lock);
}

static void change_locked(seawall_limiter *limiter, change_fn how, seawall_time until, sw_limiter_rules *next)
{
    sw_mutex_lock(&limiter->lock);
    change(limiter, how, sw_now(limiter->platform), until, next);
    sw_mutex_unlock(&limiter->lock);
}

seawall_status seawall_limiter_drain_until(seawall_limiter *limiter, seawall_time until)
{
    sw_limiter_rules next;

    if (limiter == NULL)
        return SEAWALL_INVALID;
    change_locked(limiter, sw_limiter_drain, until, &next);
    return SEAWALL_OK;
}

seawall_status seawall_limiter_reset(seawall_limiter *limiter)
{
    sw_limiter_rules next;

    if (limiter == NULL)
        return SEAWALL_INVALID;
    change_locked(limiter, refill, 0, &next);
    return SEAWALL_OK;
}

seawall_status seawall_limiter_reconfigure(seawall_limiter *limiter, const seawall_limiter_config *config,
                                           seawall_error *error)
{
    seawall_limiter_config full;
    sw_limiter_rules next;
    seawall_status status;

    if (limiter == NULL)
        return sw_error(error, SEAWALL_INVALID, "rate_limiter", "rate_limiter: there is none to reconfigure (NULL)");
    status = sw_config_take(&sw_limiter_config_kind, config, &full, error);
    if (status != SEAWALL_OK)
        return status;
    if (full.burst == SEAWALL_AUTO)
        full.burst = sw_limiter_burst(full.rate, full.period);
    next = sw_limiter_rules_from(full.rate, full.period, full.burst, 0);
    change_locked(limiter, convert, 0, &next);
    sw_store_relaxed_u64(&limiter->max_wait, (uint64_t)full.max_wait);
    return SEAWALL_OK;
}

static int64_t sum(seawall_limiter *limiter, enum sw_limiter_counter counter)
{
    sw_atomic_u64 *stripe = limiter->stripes;
    uint64_t total = 0;
    int i;

    for (i = 0; i < SW_LIMITER_STRIPES; i++, stripe += SW_LIMITER_STRIPE)
        total += sw_load_relaxed_u64(&stripe[SW_LIMITER_OWN + counter]) +
                 sw_load_relaxed_u64(&stripe[SW_LIMITER_SHARED + counter]);
    return (int64_t)total;
}

static const seawall_limiter_snapshot empty_snapshot = SEAWALL_LIMITER_SNAPSHOT_INIT;

static const sw_config_kind snapshot_kind = {
    .name = "snapshot",
    .size = sizeof(seawall_limiter_snapshot),
    .oldest = SW_UP_TO(seawall_limiter_snapshot, lost),
    .defaults = &empty_snapshot,
};

seawall_status seawall_limiter_snapshot_init(seawall_limiter_snapshot *snapshot, size_t size)
{
    return sw_config_init(&snapshot_kind, snapshot, size);
}

seawall_status seawall_limiter_get_snapshot_at(seawall_limiter *limiter, seawall_time now, seawall_limiter_snapshot *snapshot)
{
    seawall_limiter_snapshot full = {0};
    sw_limiter_claim claim;
    sw_limiter_rules rules;
    int64_t word;

    if (limiter == NULL || snapshot == NULL)
        return SEAWALL_INVALID;
    word = sw_limiter_look(limiter, now, &rules);
    sw_limiter_claim_at(&rules, word, now, 1, &claim);
    full.rate = rules.rate;
    full.period = rules.period;
    full.burst = rules.burst;
    full.available = claim.wait == 0 ? sw_limiter_available(&rules, word, now) : 0;
    full.wait = claim.wait;
    full.max_wait = (seawall_duration)sw_load_relaxed_u64(&limiter->max_wait);
    full.waiting = (int32_t)sw_load_relaxed_u32(&limiter->waiting);
    full.granted = sum(limiter, SW_LIMITER_GRANTED);
    full.refused = sum(limiter, SW_LIMITER_REFUSED);
    full.waited = (int64_t)sw_load_relaxed_u64(&limiter->waited);
    full.refunded = (int64_t)sw_load_relaxed_u64(&limiter->refunded);
    full.lost = (int64_t)sw_load_relaxed_u64(&limiter->lost);
    return SW_GIVE(full, lost, snapshot);
}

seawall_status seawall_limiter_get_snapshot(seawall_limiter *limiter, seawall_limiter_snapshot *snapshot)
{
    return limiter != NULL ? seawall_limiter_get_snapshot_at(limiter, sw_now(limiter->platform), snapshot) : SEAWALL_INVALID;
}
