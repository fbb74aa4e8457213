/* What an operator may order: open, close, start afresh. */
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
        sw_breaker_force(&breaker->rules, word, until, &next);
    } while (!sw_breaker_move(&visit, &word, &next));
    sw_breaker_leave(&visit);
    return SEAWALL_OK;
}

static void shut(sw_breaker_visit *visit, bool forget)
{
    uint64_t word = sw_load_u64(&visit->breaker->word);
    sw_breaker_next next;

    do {
        sw_breaker_shut(word, forget, &next);
    } while (!sw_breaker_move(visit, &word, &next));
}

seawall_status seawall_breaker_close(seawall_breaker *breaker)
{
    sw_breaker_visit visit = {.breaker = breaker};

    if (breaker == NULL)
        return SEAWALL_INVALID;
    shut(&visit, false);
    sw_breaker_leave(&visit);
    return SEAWALL_OK;
}

/* The counters only grow, so that of two resets at the same time the later sum is the one to keep. */
static void forget_count(seawall_breaker *breaker, enum sw_breaker_counter counter)
{
    uint64_t total = 0;
    uint64_t forgotten = sw_load_u64(&breaker->forgotten[counter]);
    uint32_t i;

    for (i = 0; i < SW_BREAKER_STRIPES; i++)
        total += sw_load_u64(&breaker->stripes[i].count[counter]);
    while (forgotten < total && !sw_cas_u64(&breaker->forgotten[counter], &forgotten, total))
        continue;
}

seawall_status seawall_breaker_reset(seawall_breaker *breaker)
{
    sw_breaker_visit visit = {.breaker = breaker};
    int i;

    if (breaker == NULL)
        return SEAWALL_INVALID;
    shut(&visit, true);
    for (i = 0; i < SW_BREAKER_COUNTERS; i++)
        forget_count(breaker, (enum sw_breaker_counter)i);
    sw_breaker_leave(&visit);
    return SEAWALL_OK;
}
