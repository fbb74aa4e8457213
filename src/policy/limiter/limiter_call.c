/* Permits of a rate limiter: taken, reserved, waited for, given back. */
#include "policy/limiter/limiter_object.h"
#include "sync/parking.h"

/* Where a permit keeps the word after it was given, and what it moved the word by. */
#define AFTER 0
#define COST 1

/* What is less common stands in functions of its own, so that the usual way gets by with the registers it is called with. */
#define ALWAYS inline __attribute__((always_inline))
#define RARE __attribute__((noinline))

static int64_t load(seawall_limiter *limiter)
{
    return (int64_t)sw_load_acquire_u64(&limiter->block.word);
}

/* True if it was `word` and is `next` now. */
static bool replace(seawall_limiter *limiter, int64_t word, int64_t next)
{
    uint64_t expected = (uint64_t)word;

    return sw_cas_u64(&limiter->block.word, &expected, (uint64_t)next);
}

/* Whether the rules of a word that was there hold still, so that what was read of them are its rules. */
static bool holds(seawall_limiter *limiter, int64_t word)
{
    return ((load(limiter) ^ word) & SW_LIMITER_TAG_MASK) == 0;
}

int64_t sw_limiter_look(seawall_limiter *limiter, seawall_time now, sw_limiter_rules *rules)
{
    for (;;) {
        int64_t word = load(limiter);

        sw_limiter_read(limiter, word, rules);
        if (!holds(limiter, word))
            continue;
        if (sw_limiter_reaches(rules, now))
            return word;
        sw_limiter_move(limiter, now);
    }
}

static inline void give_out(const seawall_limiter *limiter, int64_t after, int64_t cost, seawall_permit *permit)
{
    if (permit == NULL)
        return;
    permit->opaque[AFTER] = (uint64_t)after;
    permit->opaque[COST] = (uint64_t)cost;
    permit->opaque[SW_LIMITER_KEY] = limiter->key;
    permit->opaque[3] = 0;
}

/* What a request comes to by a look at the word and those of its rules that are needed. */
typedef struct glance {
    int64_t word, after;
    int64_t cost;
    int64_t latest; /* below this must the word be */
    uint32_t shift;
} glance;

/*
 * False for what is not common. If the rules are being rewritten meanwhile, all of it may be wrong, and the word has another tag.
 * Who asks for one permit need not compare it with the burst.
 */
static ALWAYS bool look(seawall_limiter *limiter, int32_t n, seawall_time now, glance *seen)
{
    int64_t word = load(limiter);
    sw_atomic_u64 *rules = sw_limiter_rules_of(limiter, word);
    uint64_t passed = (uint64_t)now + sw_load_acquire_u64(&rules[SW_LIMITER_BASE]);
    uint64_t reach = sw_load_acquire_u64(&rules[SW_LIMITER_REACH]);
    uint64_t interval, cost;
    int64_t full;

    if (passed >= reach || (n != 1 && (uint32_t)n - 1 >= sw_load_acquire_u64(&rules[SW_LIMITER_BURST])))
        return false;
    passed <<= sw_limiter_shift(reach);
    full = (int64_t)(passed + sw_load_acquire_u64(&rules[SW_LIMITER_FULL]));
    interval = sw_load_acquire_u64(&rules[SW_LIMITER_INTERVAL]);
    cost = interval * (uint32_t)n;
    seen->word = word;
    seen->latest = (int64_t)(passed + interval - cost);
    seen->cost = (int64_t)cost;
    seen->after = (int64_t)((uint64_t)(word > full ? word : full) + cost);
    seen->shift = sw_limiter_shift(reach);
    return true;
}

/* What nearly every request of a limiter in good health comes to: they are there. Not counted yet. */
static ALWAYS bool take_now(seawall_limiter *limiter, int32_t n, seawall_time now, seawall_permit *permit)
{
    glance seen;

    if (!look(limiter, n, now, &seen) || seen.word >= seen.latest || !replace(limiter, seen.word, seen.after))
        return false;
    give_out(limiter, seen.after, seen.cost, permit);
    return true;
}

static seawall_status take(seawall_limiter *limiter, int32_t n, seawall_duration max_wait, seawall_time now,
                           seawall_permit *permit, seawall_duration *wait)
{
    sw_limiter_rules rules;
    sw_limiter_claim claim;
    int64_t word;

    do {
        word = sw_limiter_look(limiter, now, &rules);
        if (n < 1 || n > rules.burst)
            return SEAWALL_INVALID;
        sw_limiter_claim_at(&rules, word, now, n, &claim);
        if (claim.wait > 0 && (claim.wait > max_wait || claim.wait == SEAWALL_FOREVER || !claim.possible)) {
            *wait = claim.wait;
            return sw_limiter_count(limiter, SW_LIMITER_REFUSED, 1);
        }
    } while (!replace(limiter, word, claim.word));
    give_out(limiter, claim.word, rules.interval * n, permit);
    *wait = claim.wait;
    return sw_limiter_count(limiter, SW_LIMITER_GRANTED, (uint64_t)n);
}

seawall_status sw_limiter_take(seawall_limiter *limiter, int32_t n, seawall_duration max_wait, seawall_time now,
                               seawall_permit *permit, seawall_duration *wait)
{
    if (!take_now(limiter, n, now, permit))
        return take(limiter, n, max_wait, now, permit, wait);
    *wait = 0;
    return sw_limiter_count(limiter, SW_LIMITER_GRANTED, (uint64_t)n);
}

static RARE seawall_status take_or_tell(seawall_limiter *limiter, int32_t n, seawall_time now, seawall_permit *permit,
                                        seawall_duration *retry_after)
{
    seawall_duration wait;
    seawall_status status = take(limiter, n, 0, now, permit, &wait);

    if (status == SEAWALL_LIMITED && retry_after != NULL)
        *retry_after = wait;
    return status;
}

/* What nearly every request comes to of a limiter that is used up: they are not there. */
static RARE seawall_status refuse(seawall_limiter *limiter, int32_t n, seawall_time now, seawall_permit *permit,
                                  seawall_duration *retry_after)
{
    glance seen;

    if (!look(limiter, n, now, &seen) || seen.word < seen.latest || !holds(limiter, seen.word))
        return take_or_tell(limiter, n, now, permit, retry_after);
    if (retry_after != NULL)
        *retry_after = sw_limiter_duration(sw_limiter_lack(seen.word, seen.latest), seen.shift);
    return sw_limiter_count(limiter, SW_LIMITER_REFUSED, 1);
}

static ALWAYS seawall_status try(seawall_limiter *limiter, int32_t n, seawall_time now, seawall_permit *permit,
                                 seawall_duration *retry_after)
{
    if (!take_now(limiter, n, now, permit))
        return refuse(limiter, n, now, permit, retry_after);
    return sw_limiter_count(limiter, SW_LIMITER_GRANTED, (uint64_t)n);
}

static RARE seawall_status try_some(seawall_limiter *limiter, int32_t n, seawall_time now, seawall_permit *permit,
                                    seawall_duration *retry_after)
{
    return try(limiter, n, now, permit, retry_after);
}

/* For one permit, which is what most ask for, the compiler makes a way of its own. */
static ALWAYS seawall_status try_any(seawall_limiter *limiter, int32_t n, seawall_time now, seawall_permit *permit,
                                     seawall_duration *retry_after)
{
    return n == 1 ? try(limiter, 1, now, permit, retry_after) : try_some(limiter, n, now, permit, retry_after);
}

seawall_status seawall_limiter_try_acquire_at(seawall_limiter *limiter, int32_t n, seawall_time now, seawall_permit *permit,
                                              seawall_duration *retry_after)
{
    return limiter != NULL ? try_any(limiter, n, now, permit, retry_after) : SEAWALL_INVALID;
}

seawall_status seawall_limiter_try_acquire(seawall_limiter *limiter, int32_t n, seawall_permit *permit,
                                           seawall_duration *retry_after)
{
    if (limiter == NULL)
        return SEAWALL_INVALID;
    return try_any(limiter, n, sw_now(limiter->platform), permit, retry_after);
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
    int64_t word, cost;
    bool last;

    if (limiter == NULL || permit == NULL || permit->opaque[SW_LIMITER_KEY] != limiter->key)
        return SEAWALL_INVALID;
    word = (int64_t)permit->opaque[AFTER];
    cost = (int64_t)permit->opaque[COST];
    *permit = (seawall_permit)SEAWALL_PERMIT_INIT;
    last = replace(limiter, word, word - cost);
    (void)sw_add_u64(last ? &limiter->refunded : &limiter->lost, 1);
    return last ? SEAWALL_OK : SEAWALL_STALE;
}

seawall_status seawall_limiter_peek_at(seawall_limiter *limiter, int32_t n, seawall_time now, seawall_duration *wait)
{
    sw_limiter_rules rules;
    sw_limiter_claim claim;
    int64_t word;

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
