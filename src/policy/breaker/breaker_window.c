/*
 * The window that the rules on rates look at, and who counts in it.
 *
 * Every outcome is counted on its thread's stripe; quick successes nowhere else. After anything else, a failure or a slow call,
 * its thread asks for a count:
 *
 *   keeper  again 1 | who counts 31
 *
 * Who asks while nobody counts becomes the keeper: the window is his alone, until what all stripes had when somebody last asked
 * is in it. The others go on at once. The keeper is told by the fork generation of his process, so that a child knows what its
 * parent's threads will never finish.
 *
 * Below the minimum a success may be what completes it. So the keeper sets WATCH in the word, and looks at the stripes once more;
 * who has a success adds to his stripe, and looks at the word once more. Whichever comes later sees the other.
 *
 * Who makes a transition reads the stripes before it, while they stand still: outcomes count in the epoch of their permits. When
 * it is made he writes down what he read, and asks for a count: until then nobody could. Who was too late to make it writes
 * nothing; the epoch may long have begun, and what it has counted would be missing. An outcome whose thread stops between its
 * look at the word and its stripe for a whole open period, for a few instructions' sake, counts in the next window.
 */
#include "policy/breaker/breaker_state.h"

__extension__ typedef unsigned __int128 wide;

#define AGAIN (UINT32_C(1) << 31)
#define TAG_SHIFT 42 /* the epoch in the words that say where a window begins */
#define BEGUN_MASK ((UINT64_C(1) << TAG_SHIFT) - 1)

/* Whoever looks waits for a keeper that has lost the CPU, but not for ever. */
#define PATIENCE 10000000

static uint32_t this_keeper(void)
{
    return sw_port_fork_generation() & ~AGAIN;
}

void sw_breaker_collect(seawall_breaker *breaker, sw_breaker_counts *counts)
{
    uint32_t i, j;

    *counts = (sw_breaker_counts){{0}};
    for (i = 0; i < SW_BREAKER_STRIPES; i++) {
        for (j = 0; j < SW_BREAKER_WINDOWED; j++)
            counts->of[j] += sw_load_u64(&breaker->stripes[i].count[j]);
    }
}

/* The later one stays: of a newer epoch, or of the same with more to say. */
static void write_begun(sw_atomic_u64 *place, uint64_t epoch, uint64_t value)
{
    uint64_t found = sw_load_u64(place), begun = epoch << TAG_SHIFT | (value & BEGUN_MASK);

    while (!sw_breaker_overtaken(epoch, found >> TAG_SHIFT) && !(found >> TAG_SHIFT == epoch && found > begun) &&
           !sw_cas_u64(place, &found, begun))
        continue;
}

void sw_breaker_window_begin(seawall_breaker *breaker, uint64_t epoch, seawall_time now, const sw_breaker_counts *counts)
{
    uint32_t i;

    for (i = 0; i < SW_BREAKER_WINDOWED; i++)
        write_begun(&breaker->begun[i], epoch, counts->of[i]);
    write_begun(&breaker->begun[SW_BREAKER_WINDOWED], epoch, sw_breaker_tick(breaker->base, now));
}

void sw_breaker_window_begin_anew(sw_breaker_visit *visit)
{
    uint64_t epoch = sw_breaker_epoch_of(sw_load_u64(&visit->breaker->word));
    sw_breaker_counts counts;

    sw_breaker_collect(visit->breaker, &counts);
    sw_breaker_window_begin(visit->breaker, epoch, sw_breaker_now(visit), &counts);
}

size_t sw_breaker_window_size(const seawall_breaker_config *config)
{
    return config->window == SEAWALL_BREAKER_WINDOW_TIME ? (size_t)config->window_buckets * sizeof(sw_window_totals)
                                                         : (size_t)config->window_calls * sizeof(uint64_t);
}

void sw_breaker_window_init(seawall_breaker *breaker, const seawall_breaker_config *config, void *memory, seawall_time now)
{
    sw_breaker_window *window = &breaker->window;

    window->by_time = config->window == SEAWALL_BREAKER_WINDOW_TIME;
    if (window->by_time)
        sw_window_time_init(&window->of.time, memory, (uint32_t)config->window_buckets, config->window_duration, now, 0);
    else
        sw_window_count_init(&window->of.count, memory, (uint32_t)config->window_calls, 0);
    sw_breaker_window_begin(breaker, 0, now, &(sw_breaker_counts){{0}});
}

/* What a counter had when the window began, from what it has now. */
static uint64_t count_at(uint64_t begun, uint64_t now)
{
    return now - ((now - begun) & BEGUN_MASK);
}

/* False: it is not there as a whole. */
static bool read_begun(seawall_breaker *breaker, uint64_t epoch, uint64_t begun[SW_BREAKER_WINDOWED + 1])
{
    uint32_t i;

    for (i = 0; i <= SW_BREAKER_WINDOWED; i++) {
        begun[i] = sw_load_u64(&breaker->begun[i]);
        if (begun[i] >> TAG_SHIFT != epoch)
            return false;
    }
    return true;
}

/* Whether the window is that of `epoch`, or can be made so. */
static bool open_window(sw_breaker_visit *visit, uint64_t epoch, const sw_breaker_counts *counts)
{
    seawall_breaker *breaker = visit->breaker;
    sw_breaker_window *window = &breaker->window;
    uint32_t number = sw_breaker_rules_of(visit)->window, i;
    uint64_t begun[SW_BREAKER_WINDOWED + 1];

    if (window->number == number && window->epoch == epoch)
        return true;
    if ((int32_t)(number - window->number) < 0)
        return false; /* our rules are older than what is in it */
    if (!read_begun(breaker, epoch, begun)) {
        if (!sw_breaker_is_lost(breaker, epoch))
            return false; /* who has made the transition is about to write, and then asks; or it is over */
        sw_breaker_window_begin(breaker, epoch, sw_breaker_now(visit), counts);
        if (!read_begun(breaker, epoch, begun))
            return false;
    }
    window->number = number;
    window->epoch = epoch;
    for (i = 0; i < SW_BREAKER_WINDOWED; i++)
        window->seen.of[i] = count_at(begun[i], counts->of[i]);
    if (window->by_time)
        sw_window_time_clear(&window->of.time, sw_breaker_tick_time(breaker->base, begun[SW_BREAKER_WINDOWED] & BEGUN_MASK),
                             window->seen.of[SW_SUCCESSES]);
    else
        sw_window_count_clear(&window->of.count, window->seen.of[SW_SUCCESSES]);
    return true;
}

/* One outcome, after so many quick successes. */
static void note(sw_breaker_visit *visit, uint64_t successes, bool failed, bool slow)
{
    sw_breaker_window *window = &visit->breaker->window;

    if (window->by_time)
        sw_window_time_note(&window->of.time, sw_breaker_now(visit), successes, failed, slow);
    else
        sw_window_count_note(&window->of.count, successes, failed, slow);
}

/*
 * What is not in it yet. If that is more than one thing, nobody knows the order any more: a keeper may have lost the CPU while
 * thousands of calls went on. Then they are spread evenly, between the successes and among each other: as one lump they would
 * be most of what a window by count holds.
 */
static void note_all(sw_breaker_visit *visit, const sw_breaker_counts *counts)
{
    sw_breaker_window *window = &visit->breaker->window;
    sw_breaker_counts *seen = &window->seen;
    uint64_t fresh[SW_BREAKER_WINDOWED], all = 0, number, i;
    int64_t due[SW_BREAKER_WINDOWED] = {0}; /* all of them together: 0 after each round */

    for (i = 0; i < SW_BREAKER_WINDOWED; i++) {
        fresh[i] = counts->of[i] > seen->of[i] ? counts->of[i] - seen->of[i] : 0;
        all += i != SW_SUCCESSES ? fresh[i] : 0;
    }
    for (number = 1; number <= all; number++) {
        uint64_t next = SW_SUCCESSES + 1, before = (uint64_t)((wide)fresh[SW_SUCCESSES] * number / all);

        for (i = SW_SUCCESSES + 1; i < SW_BREAKER_WINDOWED; i++) {
            due[i] += (int64_t)fresh[i];
            next = due[i] > due[next] ? i : next;
        }
        due[next] -= (int64_t)all;
        note(visit, window->by_time ? counts->of[SW_SUCCESSES] : seen->of[SW_SUCCESSES] + before, next != SW_SLOW_SUCCESSES,
             next != SW_FAILURES);
    }
    for (i = 0; i < SW_BREAKER_WINDOWED; i++)
        seen->of[i] += fresh[i];
}

/* False: the window is not, or no longer, that of `epoch`. */
static bool count(sw_breaker_visit *visit, uint64_t epoch, sw_window_totals *totals)
{
    sw_breaker_window *window = &visit->breaker->window;
    sw_breaker_counts counts;

    sw_breaker_collect(visit->breaker, &counts);
    if (!open_window(visit, epoch, &counts))
        return false;
    note_all(visit, &counts);
    *totals = window->by_time
                  ? sw_window_time_totals(&window->of.time, sw_breaker_now(visit), counts.of[SW_SUCCESSES])
                  : sw_window_count_totals(&window->of.count, counts.of[SW_SUCCESSES]);
    return true;
}

/* Counts, does what the rules on rates say, and looks again after every change of the word. */
static void judge(sw_breaker_visit *visit, sw_breaker_sight *sight)
{
    uint64_t word = sw_load_u64(&visit->breaker->word);

    sight->epoch = sw_breaker_epoch_of(word);
    while (sw_breaker_records(word, sight->epoch) && count(visit, sight->epoch, &sight->totals)) {
        sw_breaker_next next;

        sw_breaker_on_window(sw_breaker_rules_of(visit), word, &sight->totals, sw_breaker_now(visit), &next);
        if (next.word == word)
            return;
        if (sw_breaker_move(visit, &word, &next))
            word = sw_load_u64(&visit->breaker->word);
    }
}

/* True: the caller is the keeper now. */
static bool ask(sw_breaker_visit *visit)
{
    sw_atomic_u32 *place = &visit->breaker->keeper;
    uint32_t found = sw_load_u32(place), keeper;

    do {
        keeper = found & ~AGAIN;
    } while (!sw_cas_u32(place, &found, keeper == this_keeper() ? found | AGAIN : this_keeper()));
    if (keeper == this_keeper())
        return false;
    if (keeper != 0) {
        /* That of a parent stayed behind in the middle of something: what he left is not to be trusted, and begins anew. */
        visit->breaker->window.epoch = ~UINT64_C(0);
        sw_breaker_window_begin_anew(visit);
    }
    return true;
}

/* False: somebody has asked meanwhile. */
static bool give_back(seawall_breaker *breaker)
{
    uint32_t found = this_keeper();

    if (sw_cas_u32(&breaker->keeper, &found, 0))
        return true;
    sw_store_u32(&breaker->keeper, this_keeper());
    return false;
}

/*
 * The keeper judges for others as well, and by the rules that are in force now: the visitor may have read his long ago, and who
 * has changed them meanwhile has asked, and gone on.
 */
static void keep(sw_breaker_visit *visitor, sw_breaker_sight *sight)
{
    do {
        sw_breaker_visit visit = *visitor;

        visit.ruled = false;
        judge(&visit, sight);
        visitor->moved |= visit.moved;
    } while (!give_back(visitor->breaker));
}

void sw_breaker_window_count(sw_breaker_visit *visit)
{
    sw_breaker_sight sight;

    if (sw_breaker_rules_of(visit)->window != 0 && ask(visit))
        keep(visit, &sight);
}

void sw_breaker_window_look(sw_breaker_visit *visit, sw_breaker_sight *sight)
{
    seawall_breaker *breaker = visit->breaker;
    int32_t tries;

    *sight = (sw_breaker_sight){0};
    if (sw_breaker_rules_of(visit)->window == 0)
        return;
    for (tries = 0; tries < PATIENCE; tries++) {
        if ((sw_load_u32(&breaker->keeper) & ~AGAIN) != this_keeper() && ask(visit)) {
            keep(visit, sight);
            return;
        }
    }
}

void sw_breaker_look_again(sw_breaker_visit *visit)
{
    if (sw_breaker_watches(sw_load_u64(&visit->breaker->word)))
        sw_breaker_window_count(visit);
    sw_breaker_leave(visit);
}
