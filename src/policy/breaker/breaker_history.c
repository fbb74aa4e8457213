/*
 * What each transition was. Whoever wins a transition writes its record a moment later; readers see whether it is there.
 *
 * Every part of a record carries the epoch it belongs to, and an older epoch never overwrites a newer one. So a
 * writer that was held up for a whole lap of the history does no harm, and three parts of one epoch are one record.
 */
#include "policy/breaker/breaker_state.h"

#define PART_BITS 42
#define PART_MASK ((UINT64_C(1) << PART_BITS) - 1)

/* How far behind a writer or reader may be held up. Whatever is not that close ahead of it lies in the past. */
#define BEHIND_MAX 65536

bool sw_breaker_overtaken(uint64_t epoch, uint64_t found)
{
    uint64_t ahead = (found - epoch) & SW_EPOCH_MASK;

    return ahead != 0 && ahead < BEHIND_MAX;
}

/* now 64 | value 20 | limit 20 | from 3 | to 3 | rule 3 */
static void pack(const seawall_breaker_transition *transition, uint64_t part[3])
{
    uint64_t now = (uint64_t)transition->now;
    uint64_t rest = (uint64_t)(uint32_t)transition->limit << 9 | (uint64_t)transition->from << 6 |
                    (uint64_t)transition->to << 3 | (uint64_t)transition->rule;

    part[0] = now & PART_MASK;
    part[1] = now >> PART_BITS;
    part[2] = rest & PART_MASK;
    part[1] |= (uint64_t)(uint32_t)transition->value << (64 - PART_BITS) & PART_MASK;
}

static void unpack(const uint64_t part[3], seawall_breaker_transition *transition)
{
    const uint64_t high = (UINT64_C(1) << (64 - PART_BITS)) - 1;

    transition->now = (seawall_time)((part[0] & PART_MASK) | (part[1] & high) << PART_BITS);
    transition->value = (int32_t)((part[1] & PART_MASK) >> (64 - PART_BITS));
    transition->limit = (int32_t)((part[2] & PART_MASK) >> 9);
    transition->from = (seawall_breaker_state)(part[2] >> 6 & 7);
    transition->to = (seawall_breaker_state)(part[2] >> 3 & 7);
    transition->rule = (seawall_breaker_rule)(part[2] & 7);
}

void sw_breaker_write_down(sw_breaker_record *record, uint64_t epoch, const seawall_breaker_transition *transition)
{
    uint64_t part[3];
    int i;

    pack(transition, part);
    for (i = 0; i < 3; i++) {
        uint64_t found = sw_load_u64(&record->part[i]);

        while (!sw_breaker_overtaken(epoch, found >> PART_BITS) &&
               !sw_cas_u64(&record->part[i], &found, epoch << PART_BITS | part[i]))
            continue;
    }
}

sw_breaker_found sw_breaker_recall(sw_breaker_record *record, uint64_t epoch, seawall_breaker_transition *transition)
{
    uint64_t part[3];
    int i;

    for (i = 0; i < 3; i++) {
        uint64_t found;

        part[i] = sw_load_u64(&record->part[i]);
        found = part[i] >> PART_BITS;
        if (found != epoch)
            return sw_breaker_overtaken(epoch, found) ? SW_NO_LONGER : SW_NOT_YET;
    }
    unpack(part, transition);
    return SW_FOUND;
}

static sw_breaker_record *record_of(seawall_breaker *breaker, uint64_t epoch)
{
    return &breaker->history[epoch % SW_BREAKER_HISTORY];
}

#define CHILD (UINT64_C(1) << SW_EPOCH_BITS)

static uint64_t this_process(void)
{
    return (uint64_t)sw_port_fork_generation() << 32;
}

bool sw_breaker_is_lost(seawall_breaker *breaker, uint64_t epoch)
{
    uint64_t inherited = sw_load_u64(&breaker->inherited);

    if (inherited >> 32 != sw_port_fork_generation())
        return true; /* this process has made no transition yet */
    return (inherited & CHILD) != 0 && ((inherited - epoch) & SW_EPOCH_MASK) < SW_BREAKER_HISTORY;
}

/* Before a transition: the first one in a forked child remembers where its parent was. */
static void note_process(seawall_breaker *breaker)
{
    uint64_t inherited = sw_load_u64(&breaker->inherited);
    uint64_t process = this_process();

    if ((inherited & ~(CHILD | SW_EPOCH_MASK)) != process)
        (void)sw_cas_u64(&breaker->inherited, &inherited, process | CHILD | sw_breaker_epoch_of(sw_load_u64(&breaker->word)));
}

void sw_breaker_history_init(seawall_breaker *breaker, seawall_time now)
{
    const seawall_breaker_transition creation = {.now = now};
    uint64_t lap;
    int i;

    /* Every place looks as if a lap ago it had been written. */
    for (lap = 0; lap < SW_BREAKER_HISTORY; lap++) {
        for (i = 0; i < 3; i++)
            sw_store_u64(&breaker->history[lap].part[i], ((lap - SW_BREAKER_HISTORY) & SW_EPOCH_MASK) << PART_BITS);
    }
    sw_breaker_write_down(record_of(breaker, 0), 0, &creation);
    sw_store_u64(&breaker->inherited, this_process());
}

sw_breaker_found sw_breaker_began(seawall_breaker *breaker, uint64_t epoch, seawall_time *began)
{
    seawall_breaker_transition transition;
    sw_breaker_found found = sw_breaker_recall(record_of(breaker, epoch), epoch, &transition);

    if (found == SW_FOUND)
        *began = transition.now;
    else if (found == SW_NOT_YET && sw_breaker_is_lost(breaker, epoch))
        found = SW_NO_LONGER;
    return found;
}

/* An opening by a rule is written down here a moment after it was made; whoever comes before that finds none in a row. */
int32_t sw_breaker_reopenings(seawall_breaker *breaker, uint64_t trip)
{
    uint64_t grown = sw_load_u64(&breaker->grown);

    return grown >> 32 == trip ? (int32_t)(uint32_t)grown : 0;
}

/*
 * Whether it was closed for too short a time to have forgotten the last opening. An order in between ends the row: it
 * began a spell anew, and nobody knows how long it has been well.
 */
static bool relapses(sw_breaker_visit *visit, uint64_t word, seawall_time now, int32_t reopenings)
{
    uint64_t epoch = sw_breaker_epoch_of(word);
    seawall_breaker_transition closed;

    return sw_breaker_recall(record_of(visit->breaker, epoch), epoch, &closed) == SW_FOUND &&
           closed.from == SEAWALL_BREAKER_HALF_OPEN &&
           seawall_time_until(now, closed.now) < sw_breaker_recovery(sw_breaker_rules_of(visit), reopenings);
}

/* How many openings in a row come before the one that is to follow `word`. */
static int32_t openings_before(sw_breaker_visit *visit, uint64_t word, seawall_time now)
{
    uint64_t trip;
    int32_t before;

    if (!sw_breaker_trip_of(word, &trip))
        return 0;
    before = sw_breaker_reopenings(visit->breaker, trip);
    if (sw_breaker_state_of(word) != SEAWALL_BREAKER_HALF_OPEN && !relapses(visit, word, now, before))
        return 0;
    return before < INT32_MAX ? before + 1 : before;
}

bool sw_breaker_move(sw_breaker_visit *visit, uint64_t *word, const sw_breaker_next *next)
{
    seawall_breaker *breaker = visit->breaker;
    uint64_t left = sw_breaker_epoch_of(*word);
    uint64_t epoch = sw_breaker_epoch_of(next->word);
    uint64_t trip;
    sw_breaker_next to = *next;
    sw_breaker_counts counts;
    int32_t before = 0;
    bool records = epoch != left && sw_breaker_records(to.word, epoch);
    seawall_breaker_transition transition = {
        .from = sw_breaker_state_of(*word),
        .to = sw_breaker_state_of(next->word),
        .rule = next->rule,
        .value = next->value,
        .limit = next->limit,
    };

    if (epoch != left) {
        transition.now = sw_breaker_now(visit);
        note_process(breaker);
    }
    if (transition.to == SEAWALL_BREAKER_OPEN && sw_breaker_recovery_varies(sw_breaker_rules_of(visit))) {
        before = openings_before(visit, *word, transition.now);
        sw_breaker_prolong(sw_breaker_rules_of(visit), transition.now, before, sw_random(breaker->platform), &to);
    }
    if (records)
        sw_breaker_collect(breaker, &counts);
    if (!sw_cas_u64(&breaker->word, word, to.word))
        return false;
    if (epoch == left)
        return true;
    if (records)
        sw_breaker_window_begin(breaker, epoch, transition.now, &counts);
    if (transition.to == SEAWALL_BREAKER_OPEN)
        sw_store_u64(&breaker->grown, epoch << 32 | (uint32_t)before);
    /* Without a last opening its place is marked all the same, so that the next one is the newer. */
    (void)sw_breaker_trip_of(to.word, &trip);
    if (trip == epoch)
        sw_breaker_write_down(&breaker->trip, epoch, &transition);
    if (sw_breaker_is_open(to.word))
        sw_breaker_count(breaker, SW_OPENED);
    sw_breaker_write_down(record_of(breaker, epoch), epoch, &transition);
    if (transition.from == SEAWALL_BREAKER_HALF_OPEN)
        sw_breaker_clear_leases(breaker, left);
    visit->moved = true;
    if (records)
        sw_breaker_window_count(visit);
    return true;
}
