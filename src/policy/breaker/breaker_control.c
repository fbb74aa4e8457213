/* What an operator may order: open, close, stand aside, start afresh; and what is due by itself. */
#include "policy/breaker/breaker_state.h"

seawall_status seawall_breaker_force_open(seawall_breaker *breaker, seawall_time until)
{
    sw_breaker_visit visit = {.breaker = breaker};
    sw_breaker_next next;
    uint64_t word;

    if (breaker == NULL)
        return SEAWALL_INVALID;
    word = sw_load_u64(&breaker->word);
    do {
        sw_breaker_force(breaker->base, word, until, &next);
    } while (!sw_breaker_move(&visit, &word, &next));
    sw_breaker_leave(&visit);
    return SEAWALL_OK;
}

/* Into a state with the payload of closed, whatever it is in. */
static void shut_as(sw_breaker_visit *visit, seawall_breaker_state state, bool forget)
{
    uint64_t word = sw_load_u64(&visit->breaker->word);
    sw_breaker_next next;

    do {
        sw_breaker_shut(word, state, forget, &next);
    } while (!sw_breaker_move(visit, &word, &next));
}

static seawall_status order(seawall_breaker *breaker, seawall_breaker_state state)
{
    sw_breaker_visit visit = {.breaker = breaker};

    if (breaker == NULL)
        return SEAWALL_INVALID;
    shut_as(&visit, state, false);
    sw_breaker_leave(&visit);
    return SEAWALL_OK;
}

seawall_status seawall_breaker_close(seawall_breaker *breaker)
{
    return order(breaker, SEAWALL_BREAKER_CLOSED);
}

seawall_status seawall_breaker_disable(seawall_breaker *breaker)
{
    return order(breaker, SEAWALL_BREAKER_DISABLED);
}

seawall_status seawall_breaker_metrics_only(seawall_breaker *breaker)
{
    return order(breaker, SEAWALL_BREAKER_METRICS_ONLY);
}

seawall_time sw_breaker_attend(sw_breaker_visit *visit)
{
    seawall_breaker *breaker = visit->breaker;

    for (;;) {
        uint64_t word = sw_load_u64(&breaker->word);

        if (sw_breaker_due(breaker->base, word, sw_breaker_now(visit))) {
            sw_breaker_next next;

            sw_breaker_probe(word, &next);
            (void)sw_breaker_move(visit, &word, &next);
        } else if (sw_breaker_is_open(word)) {
            return sw_breaker_tick_time(breaker->base, word & SW_PAYLOAD_MASK);
        } else if (sw_breaker_state_of(word) == SEAWALL_BREAKER_HALF_OPEN) {
            uint64_t epoch = sw_breaker_epoch_of(word);
            seawall_time lease, round;

            if (sw_breaker_end_round(visit, epoch))
                continue;
            round = sw_breaker_round_ends(visit, epoch);
            lease = sw_breaker_expire(visit, epoch);
            if (sw_breaker_epoch_of(sw_load_u64(&breaker->word)) == epoch)
                return lease < round ? lease : round;
        } else {
            sw_breaker_window_count(visit);
            if (sw_load_u64(&breaker->word) >> SW_PAYLOAD_BITS == word >> SW_PAYLOAD_BITS)
                return SEAWALL_FOREVER;
        }
    }
}

seawall_status seawall_breaker_poll_at(seawall_breaker *breaker, seawall_time now, seawall_time *next)
{
    sw_breaker_visit visit = {.breaker = breaker, .now = now, .timed = true};

    if (breaker == NULL || next == NULL)
        return SEAWALL_INVALID;
    *next = sw_breaker_attend(&visit);
    sw_breaker_leave(&visit);
    return SEAWALL_OK;
}

/* The counters only grow, so that of two resets at the same time the later sum is the one to keep. */
static void forget_count(seawall_breaker *breaker, enum sw_breaker_counter counter)
{
    uint64_t total = sw_breaker_total(breaker, counter);
    uint64_t forgotten = sw_load_u64(&breaker->forgotten[counter]);

    while (forgotten < total && !sw_cas_u64(&breaker->forgotten[counter], &forgotten, total))
        continue;
}

seawall_status seawall_breaker_reset(seawall_breaker *breaker)
{
    sw_breaker_visit visit = {.breaker = breaker};
    int i;

    if (breaker == NULL)
        return SEAWALL_INVALID;
    shut_as(&visit, SEAWALL_BREAKER_CLOSED, true);
    for (i = 0; i < SW_BREAKER_COUNTERS; i++)
        forget_count(breaker, (enum sw_breaker_counter)i);
    sw_breaker_leave(&visit);
    return SEAWALL_OK;
}
