/*
 * How a half-open round ends other than by its probes: by its time, or by rules that are newer than its last count.
 *
 * Nobody is woken when its time is over. Who comes later first does what would have been done at that moment, and then looks
 * again: it may be that what began then is over as well.
 */
#include "policy/breaker/breaker_state.h"

seawall_time sw_breaker_round_ends(sw_breaker_visit *visit, uint64_t epoch)
{
    seawall_duration most = sw_breaker_rules_of(visit)->half_open_max_duration;
    seawall_time began;

    if (most == 0)
        return SEAWALL_FOREVER;
    switch (sw_breaker_began(visit->breaker, epoch, &began)) {
    case SW_FOUND:
        return seawall_time_add(began, most);
    case SW_NO_LONGER: /* who began it stayed behind in the parent of a fork, and the time with him */
        return sw_breaker_now(visit);
    default:
        return SEAWALL_FOREVER; /* it is just being written down */
    }
}

static bool end_by_time(sw_breaker_visit *visit, uint64_t epoch)
{
    sw_breaker_visit then = *visit;
    uint64_t word;

    then.now = sw_breaker_round_ends(visit, epoch);
    if (then.now == SEAWALL_FOREVER || then.now > sw_breaker_now(visit))
        return false;
    then.timed = true;
    /* Leases that ended no later than the round come first. */
    (void)sw_breaker_expire(&then, epoch);
    word = sw_load_u64(&visit->breaker->word);
    while (sw_breaker_is_round(word, epoch)) {
        sw_breaker_next next;

        sw_breaker_on_time(sw_breaker_rules_of(&then), word, then.now, &next);
        if (sw_breaker_move(&then, &word, &next))
            break;
    }
    visit->moved = then.moved;
    return true;
}

static bool end_by_rules(sw_breaker_visit *visit, uint64_t epoch)
{
    uint64_t word = sw_load_u64(&visit->breaker->word);

    while (sw_breaker_is_round(word, epoch)) {
        sw_breaker_next next;

        sw_breaker_judge(sw_breaker_rules_of(visit), word, sw_breaker_now(visit), &next);
        if (next.word == word)
            return false;
        if (sw_breaker_move(visit, &word, &next))
            return true;
    }
    return true;
}

bool sw_breaker_end_round(sw_breaker_visit *visit, uint64_t epoch)
{
    return !sw_breaker_is_round(sw_load_u64(&visit->breaker->word), epoch) || end_by_time(visit, epoch) ||
           end_by_rules(visit, epoch);
}
