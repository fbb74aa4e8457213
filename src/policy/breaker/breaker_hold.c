/* Who holds a breaker open, and how it comes to be so. */
#include "policy/breaker/breaker_hold.h"

#include "policy/breaker/breaker_state.h"

/* Under the lock: a bit for each of those who hold it. */
static uint32_t holders(seawall_breaker *breaker)
{
    return breaker->guarded.holders & sw_load_acquire_u32(&breaker->listening);
}

/* The bit of a listener; 0: it is none. */
static uint32_t bit_of(seawall_breaker *breaker, seawall_breaker_listener_fn listener, const void *user)
{
    int32_t place = sw_breaker_place_of(breaker, listener, user);

    return place >= 0 ? UINT32_C(1) << place : 0;
}

/* Whether it goes by its own rules. */
static bool is_in_play(sw_breaker_visit *visit, uint64_t word)
{
    return !sw_breaker_is_out_of_play(word) && (sw_breaker_state_of(word) != SEAWALL_BREAKER_FORCED_OPEN ||
                                                sw_breaker_due(visit->breaker->base, word, sw_breaker_now(visit)));
}

static void force(sw_breaker_visit *visit)
{
    uint64_t word = sw_load_u64(&visit->breaker->word);
    sw_breaker_next next;

    while (is_in_play(visit, word)) {
        sw_breaker_hold_open(word, &next);
        if (sw_breaker_move(visit, &word, &next))
            return;
    }
}

static void release(sw_breaker_visit *visit)
{
    uint64_t word = sw_load_u64(&visit->breaker->word);
    sw_breaker_next next;

    while (sw_breaker_is_held(word)) {
        sw_breaker_release(word, &next);
        if (sw_breaker_move(visit, &word, &next))
            return;
    }
}

/* Read before the lock is taken. */
static sw_breaker_visit visit_of(seawall_breaker *breaker)
{
    return (sw_breaker_visit){.breaker = breaker, .now = sw_now(breaker->platform), .timed = true};
}

void sw_breaker_hold(seawall_breaker *breaker, seawall_breaker_listener_fn listener, void *user)
{
    sw_breaker_visit visit = visit_of(breaker);

    sw_mutex_lock(&breaker->lock);
    breaker->guarded.holders |= bit_of(breaker, listener, user);
    if (holders(breaker) != 0)
        force(&visit);
    sw_mutex_unlock(&breaker->lock);
    sw_breaker_leave(&visit);
}

void sw_breaker_let_go(seawall_breaker *breaker, seawall_breaker_listener_fn listener, void *user)
{
    sw_breaker_visit visit = visit_of(breaker);

    sw_mutex_lock(&breaker->lock);
    breaker->guarded.holders &= ~bit_of(breaker, listener, user);
    if (holders(breaker) == 0)
        release(&visit);
    sw_mutex_unlock(&breaker->lock);
    sw_breaker_leave(&visit);
}

/* Half-open still, and in the very round that followed. */
static void force_again(sw_breaker_visit *visit, uint64_t epoch)
{
    uint64_t word = sw_load_u64(&visit->breaker->word);
    sw_breaker_next next;

    while (sw_breaker_is_round(word, epoch)) {
        sw_breaker_hold_open(word, &next);
        if (sw_breaker_move(visit, &word, &next))
            return;
    }
}

bool sw_breaker_hold_on(seawall_breaker *breaker, const seawall_breaker_transition *transition,
                        seawall_breaker_listener_fn listener, void *user)
{
    sw_breaker_visit visit = visit_of(breaker);
    bool held;

    sw_mutex_lock(&breaker->lock);
    held = (holders(breaker) & bit_of(breaker, listener, user)) != 0;
    if (held && transition->from == SEAWALL_BREAKER_FORCED_OPEN)
        force_again(&visit, transition->sequence & SW_EPOCH_MASK);
    sw_mutex_unlock(&breaker->lock);
    sw_breaker_leave(&visit);
    return held;
}
