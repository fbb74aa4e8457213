#define _GNU_SOURCE /* so that -std=c11 hides no function of the system */
#include "record.h"

#include <sys/mman.h>

struct record *record_create(void)
{
    void *memory = mmap(NULL, sizeof(struct record), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    return memory == MAP_FAILED ? NULL : memory; /* all zero: nothing has happened yet */
}

void record_await_start(struct record *record)
{
    int64_t start;

    atomic_fetch_add(&record->ready, 1);
    while ((start = atomic_load(&record->start)) == 0)
        clock_sleep_until(clock_now() + MILLISECONDS(2));
    clock_sleep_until(start);
}

int64_t record_now(const struct record *record)
{
    int64_t start = atomic_load(&record->start);

    return start == 0 ? -1 : clock_now() - start;
}

static struct tick_record *tick_at(struct record *record, enum side_name side, int64_t at)
{
    int64_t tick = at < 0 ? 0 : at / RECORD_TICK;

    return &record->sides[side].ticks[tick < RECORD_TICKS ? tick : RECORD_TICKS - 1];
}

static bool sick_at(const struct plan *plan, int64_t at)
{
    return at >= weather_outage_begin(&plan->weather) && at < weather_outage_end(&plan->weather);
}

void record_attempt(struct record *record, enum side_name side, const struct plan *plan)
{
    int64_t at = record_now(record);

    atomic_fetch_add(&tick_at(record, side, at)->attempts, 1);
    if (sick_at(plan, at))
        atomic_fetch_add(&record->sides[side].attempts_sick, 1);
}

void record_received(struct record *record, enum side_name side, const struct plan *plan)
{
    int64_t at = record_now(record);

    atomic_fetch_add(&tick_at(record, side, at)->received, 1);
    if (sick_at(plan, at))
        atomic_fetch_add(&record->sides[side].received_sick, 1);
}

void record_backlog(struct record *record, enum side_name side, int backlog)
{
    struct tick_record *tick = tick_at(record, side, record_now(record));

    if (atomic_load(&tick->backlog) < backlog) /* an upstream has one thread: nobody else writes this */
        atomic_store(&tick->backlog, backlog);
}

void record_call(struct record *record, enum side_name side, int call, enum call_end end)
{
    struct call_record *slot = &record->sides[side].calls[call];

    atomic_store(&slot->ended_at, record_now(record));
    atomic_store(&slot->end, end);
}

void record_change(struct record *record, enum side_name side, int state)
{
    struct side_record *s = &record->sides[side];
    int count = atomic_load(&s->change_count);

    if (count == RECORD_CHANGES)
        return;
    s->changes[count] = (struct change_record){.at = record_now(record), .state = state};
    atomic_store(&s->change_count, count + 1);
}
