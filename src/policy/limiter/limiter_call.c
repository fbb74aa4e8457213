/* Permits of a rate limiter: taken, reserved, waited for, given back. */
#include "policy/limiter/limiter_object.h"
#include "sync/parking.h"

/* Where a permit keeps the word after it was given, and what it moved the word by. */
#define AFTER 0
#define COST 1

static bool unchanged(seawall_limiter *limiter, uint64_t *word)
{
    uint64_t seen = *word;

    *word = sw_load_acquire_u64(&limiter->block.word);
    return (*word & SW_LIMITER_TAG_MASK) == (seen & SW_LIMITER_TAG_MASK);
}

uint64_t sw_limiter_look(seawall_limiter *limiter, seawall_time now, sw_limiter_rules *rules)
{
    uint64_t word = sw_load_acquire_u64(&limiter->block.word);

    for (;;) {
        do {
            sw_limiter_read(limiter, word, rules);
        } while (!unchanged(limiter, &word));
        if (sw_limiter_reaches(rules, now))
            return word;
        sw_limiter_move(limiter, now);
        word = sw_load_acquire_u64(&limiter->block.word);
    }
}

static inline void give_out(const seawall_limiter *limiter, uint64_t after, uint64_t cost, seawall_permit *permit)
{
    if (permit == NULL)
        return;
    permit->opaque[AFTER] = after;
    permit->opaque[COST] = cost;
    permit->opaque[SW_LIMITER_KEY] = limiter->key;
    permit->opaque[3] = 0;
}

/*
 * What nearly every request of a limiter in good health comes to: they are there. Only what is needed is read of the rules. If they are
 * being rewritten meanwhile, the word has another tag, and is not changed.
 */
static inline bool take_now(seawall_limiter *limiter, int32_t n, seawall_time now, seawall_permit *permit)
{
    uint64_t word = sw_load_acquire_u64(&limiter->block.word);
    sw_limiter_slot *slot = &limiter->block.slot[word & 1];
    uint64_t passed = (uint64_t)now - sw_load_acquire_u64(&slot->base);
    uint32_t shift = sw_load_acquire_u32(&slot->shift) & 63;
    uint64_t cost = sw_load_acquire_u64(&slot->interval) * (uint32_t)n;
    uint64_t full;

    if ((uint32_t)n - 1 >= sw_load_acquire_u32(&slot->burst) || passed >= SW_LIMITER_SPAN >> shift)
        return false;
    passed = passed << shift | (word & SW_LIMITER_TAG_MASK);
    full = (word > passed ? word : passed) + cost;
    if (full - passed > sw_load_acquire_u64(&slot->tolerance) || !sw_cas_u64(&limiter->block.word, &word, full))
        return false;
    give_out(limiter, full, cost, permit);
    return true;
}

static seawall_status take(seawall_limiter *limiter, int32_t n, seawall_duration max_wait, seawall_time now,
                           seawall_permit *permit, seawall_duration *wait)
{
    sw_limiter_rules rules;
    sw_limiter_claim claim;
    uint64_t word;

    do {
        word = sw_limiter_look(limiter, now, &rules);
        if (n < 1 || n > rules.burst)
            return SEAWALL_INVALID;
        sw_limiter_claim_at(&rules, word, now, n, &claim);
        if (claim.wait > 0 && (claim.wait > max_wait || claim.wait == SEAWALL_FOREVER || !claim.possible)) {
            sw_limiter_count(limiter, SW_LIMITER_REFUSED, 1);
            *wait = claim.wait;
            return SEAWALL_LIMITED;
        }
    } while (!sw_cas_u64(&limiter->block.word, &word, claim.word));
    give_out(limiter, claim.word, rules.interval * (uint32_t)n, permit);
    sw_limiter_count(limiter, SW_LIMITER_GRANTED, (uint64_t)n);
    *wait = claim.wait;
    return SEAWALL_OK;
}

seawall_status sw_limiter_take(seawall_limiter *limiter, int32_t n, seawall_duration max_wait, seawall_time now,
                               seawall_permit *permit, seawall_duration *wait)
{
    if (!take_now(limiter, n, now, permit))
        return take(limiter, n, max_wait, now, permit, wait);
    *wait = 0;
    return sw_limiter_granted(limiter, n);
}

/* Kept apart, so that the usual way saves no registers. */
static __attribute__((noinline)) seawall_status take_or_tell(seawall_limiter *limiter, int32_t n, seawall_time now,
                                                             seawall_permit *permit, seawall_duration *retry_after)
{
    seawall_duration wait;
    seawall_status status = take(limiter, n, 0, now, permit, &wait);

    if (status == SEAWALL_LIMITED && retry_after != NULL)
        *retry_after = wait;
    return status;
}

seawall_status seawall_limiter_try_acquire_at(seawall_limiter *limiter, int32_t n, seawall_time now, seawall_permit *permit,
                                              seawall_duration *retry_after)
{
    if (limiter == NULL)
        return SEAWALL_INVALID;
    return take_now(limiter, n, now, permit) ? sw_limiter_granted(limiter, n) : take_or_tell(limiter, n, now, permit, retry_after);
}

seawall_status seawall_limiter_try_acquire(seawall_limiter *limiter, int32_t n, seawall_permit *permit,
                                           seawall_duration *retry_after)
{
    if (limiter == NULL)
        return SEAWALL_INVALID;
    return seawall_limiter_try_acquire_at(limiter, n, sw_now(limiter->platform), permit, retry_after);
}

seawall_status seawall_limiter_reserve_at(seawall_limiter *limiter, int32_t n, seawall_duration max_wait, seawall_time now,
                                          seawall_permit *permit, seawall_duration *wait)
{
    if (limiter == NULL || wait == NULL)
        return SEAWALL_INVALID;
    return sw_limiter_take(limiter, n, max_wait, now, permit, wait);
}

seawall_status seawall_limiter_reserve(seawall_limiter *limiter, int32_t n, seawall_duration max_wait, seawall_permit *permit,
                                       seawall_duration *wait)
{
    if (limiter == NULL)
        return SEAWALL_INVALID;
    return seawall_limiter_reserve_at(limiter, n, max_wait, sw_now(limiter->platform), permit, wait);
}

static void sleep_until(seawall_limiter *limiter, seawall_time until)
{
    sw_parking_place *place = sw_parking_place_of(&until);

    (void)sw_add_u32(&limiter->waiting, 1);
    (void)sw_add_u64(&limiter->waited, 1);
    while (sw_now(limiter->platform) < until)
        sw_park(place, sw_parking_ticket(place), until, limiter->platform);
    (void)sw_sub_u32(&limiter->waiting, 1);
}

seawall_status seawall_limiter_acquire_until(seawall_limiter *limiter, int32_t n, seawall_time deadline,
                                             seawall_permit *permit, seawall_duration *retry_after)
{
    seawall_duration wait;
    seawall_status status;
    seawall_time now;

    if (limiter == NULL)
        return SEAWALL_INVALID;
    now = sw_now(limiter->platform);
    status = sw_limiter_take(limiter, n, seawall_time_until(deadline, now), now, permit, &wait);
    if (status == SEAWALL_LIMITED && retry_after != NULL)
        *retry_after = wait;
    if (status == SEAWALL_OK && wait > 0)
        sleep_until(limiter, seawall_time_add(now, wait));
    return status;
}

seawall_status seawall_limiter_refund(seawall_limiter *limiter, seawall_permit *permit)
{
    uint64_t word, cost;
    bool last;

    if (limiter == NULL || permit == NULL || permit->opaque[SW_LIMITER_KEY] != limiter->key)
        return SEAWALL_INVALID;
    word = permit->opaque[AFTER];
    cost = permit->opaque[COST];
    *permit = (seawall_permit)SEAWALL_PERMIT_INIT;
    last = sw_cas_u64(&limiter->block.word, &word, word - cost);
    (void)sw_add_u64(last ? &limiter->refunded : &limiter->lost, 1);
    return last ? SEAWALL_OK : SEAWALL_STALE;
}

seawall_status seawall_limiter_peek_at(seawall_limiter *limiter, int32_t n, seawall_time now, seawall_duration *wait)
{
    sw_limiter_rules rules;
    sw_limiter_claim claim;
    uint64_t word;

    if (limiter == NULL || wait == NULL)
        return SEAWALL_INVALID;
    word = sw_limiter_look(limiter, now, &rules);
    if (n < 1 || n > rules.burst)
        return SEAWALL_INVALID;
    sw_limiter_claim_at(&rules, word, now, n, &claim);
    *wait = claim.wait;
    return SEAWALL_OK;
}

seawall_status seawall_limiter_peek(seawall_limiter *limiter, int32_t n, seawall_duration *wait)
{
    return limiter != NULL ? seawall_limiter_peek_at(limiter, n, sw_now(limiter->platform), wait) : SEAWALL_INVALID;
}
