/*
 * The wheel on one thread, and the service from any: beside a slab with a ring (the least) and a heap under a mutex (the rival),
 * with few and with a million timers pending.
 */
#include <stdio.h>
#include <stdlib.h>

#include "floors.h"
#include "harness.h"
#include "rival_timers.h"
#include "subjects.h"

#define TICK SEAWALL_MILLISECONDS(1)
#define SPREAD 60000 /* ticks */
#define LATER SEAWALL_SECONDS(30)

/* As many timers as this in each of the three, at random times. */
typedef struct crowd {
    uint32_t pending;
    uint64_t dice, wrong;
    seawall_time now, rival_now, moved_to;
    seawall_wheel *wheel;
    seawall_timer *timers;
    rival_timers *rival;
    uint32_t *rivals;
    floor_timers floor;
} crowd;

static uint64_t draw(crowd *c)
{
    c->dice = c->dice * 6364136223846793005u + 1442695040888963407u;
    return c->dice >> 33;
}

static seawall_duration some_time(crowd *c)
{
    return (seawall_duration)(draw(c) % SPREAD) * TICK + TICK;
}

static void expect(crowd *c, bool right)
{
    c->wrong += !right;
}

static bool fill(crowd *c)
{
    uint32_t i;

    for (i = 0; i < c->pending; i++) {
        seawall_time at = c->now + some_time(c);

        if (seawall_wheel_arm(c->wheel, at, i, &c->timers[i]) != SEAWALL_OK)
            return false;
        c->rivals[i] = rival_timers_arm(c->rival, at);
        (void)floor_timers_arm(&c->floor, at);
    }
    return true;
}

static bool crowd_create(crowd *c, uint32_t pending)
{
    uint32_t i;

    *c = (crowd){.pending = pending, .dice = 42, .now = 0};
    c->timers = calloc(pending, sizeof(*c->timers));
    c->rivals = calloc(pending, sizeof(*c->rivals));
    c->floor.nodes = calloc((size_t)pending + 3, sizeof(*c->floor.nodes));
    c->rival = rival_timers_create(pending + 1);
    if (c->timers == NULL || c->rivals == NULL || c->floor.nodes == NULL || c->rival == NULL)
        return false;
    for (i = 1; i <= pending + 1; i++)
        c->floor.nodes[i].next = i + 1;
    c->floor.spare = 1;
    if (seawall_wheel_create((int32_t)pending + 1, TICK, 0, NULL, &c->wheel, NULL) != SEAWALL_OK)
        return false;
    c->moved_to = 2 * SPREAD * TICK;
    return fill(c);
}

static void crowd_destroy(crowd *c)
{
    seawall_wheel_destroy(c->wheel);
    rival_timers_destroy(c->rival);
    free(c->timers);
    free(c->rivals);
    free(c->floor.nodes);
}

static void wheel_arm_cancel(void *state, uint64_t count)
{
    crowd *c = state;

    while (count-- > 0) {
        seawall_timer timer = 0;

        expect(c, seawall_wheel_arm(c->wheel, c->now + LATER, 0, &timer) == SEAWALL_OK);
        expect(c, seawall_wheel_cancel(c->wheel, timer) == SEAWALL_OK);
    }
}

static void rival_arm_cancel(void *state, uint64_t count)
{
    crowd *c = state;

    while (count-- > 0)
        expect(c, rival_timers_cancel(c->rival, rival_timers_arm(c->rival, c->now + LATER)) != 0);
}

static void floor_arm_cancel(void *state, uint64_t count)
{
    crowd *c = state;

    while (count-- > 0)
        expect(c, floor_timers_cancel(&c->floor, floor_timers_arm(&c->floor, c->now + LATER)) != 0);
}

/* Any of them, ever further out. */
static void begin_moving(crowd *c)
{
    seawall_time latest = (c->now > c->rival_now ? c->now : c->rival_now) + 2 * SPREAD * TICK;

    c->moved_to = c->moved_to > latest ? c->moved_to : latest;
}

static void wheel_rearm(void *state, uint64_t count)
{
    crowd *c = state;

    begin_moving(c);
    while (count-- > 0)
        expect(c, seawall_wheel_rearm(c->wheel, c->timers[draw(c) % c->pending], c->moved_to += 10) == SEAWALL_OK);
}

static void rival_rearm(void *state, uint64_t count)
{
    crowd *c = state;

    begin_moving(c);
    while (count-- > 0)
        expect(c, rival_timers_rearm(c->rival, c->rivals[draw(c) % c->pending], c->moved_to += 10) != 0);
}

static void floor_rearm(void *state, uint64_t count)
{
    crowd *c = state;

    begin_moving(c);
    while (count-- > 0)
        expect(c, floor_timers_rearm(&c->floor, 1 + (uint32_t)(draw(c) % c->pending), c->moved_to += 10) != 0);
}

/* From one due time to the next; each that fires is armed again, so that as many are pending for ever. */
static void wheel_fire(void *state, uint64_t count)
{
    crowd *c = state;

    while (count > 0) {
        seawall_expiry expiry;

        if (!seawall_wheel_take(c->wheel, &expiry)) {
            c->now = seawall_wheel_next_due(c->wheel);
            seawall_wheel_advance(c->wheel, c->now);
            continue;
        }
        expect(c, seawall_wheel_arm(c->wheel, c->now + some_time(c), expiry.cookie, &c->timers[expiry.cookie]) ==
                      SEAWALL_OK);
        count--;
    }
}

static void rival_fire(void *state, uint64_t count)
{
    crowd *c = state;

    while (count > 0) {
        if (rival_timers_take(c->rival, c->rival_now) == 0) {
            c->rival_now = rival_timers_next(c->rival);
            continue;
        }
        expect(c, rival_timers_arm(c->rival, c->rival_now + some_time(c)) != 0);
        count--;
    }
}

static void measure(crowd *c, const char *const names[3])
{
    const bench_side least = {"a slab and a ring", floor_arm_cancel, c}, store = {"a store into a slab", floor_rearm, c};

    bench_pair((bench_side){names[0], wheel_arm_cancel, c}, least, BENCH_NO_GOAL);
    bench_pair((bench_side){names[0], wheel_arm_cancel, c}, (bench_side){"rival: a heap, a mutex", rival_arm_cancel, c},
               BENCH_NO_GOAL);
    bench_pair((bench_side){names[2], wheel_fire, c}, (bench_side){"rival: a heap, a mutex", rival_fire, c}, BENCH_NO_GOAL);
    bench_pair((bench_side){names[1], wheel_rearm, c}, store, BENCH_NO_GOAL);
    bench_pair((bench_side){names[1], wheel_rearm, c}, (bench_side){"rival: a heap, a mutex", rival_rearm, c}, BENCH_NO_GOAL);
}

int main(int argc, char **argv)
{
    static const char *const few_names[] = {"wheel, arm + cancel, 1k", "wheel, move out, 1k", "wheel, fire + arm, 1k"};
    static const char *const many_names[] = {"wheel, arm + cancel, 1M", "wheel, move out, 1M", "wheel, fire + arm, 1M"};
    static subjects s;
    static crowd few, many;
    const bench_side service = {"service, arm + cancel", subject_timers_arm_cancel, &s};
    const bench_side rival = {"rival: a heap, a mutex", rival_arm_cancel, &few};
    int answer = bench_open(argc, argv, "timers");

    if (answer != 0)
        return answer;
    if (subjects_create(&s, NULL) != SEAWALL_OK)
        return 1;
    if (!crowd_create(&few, 1000) || !crowd_create(&many, 1000000)) {
        (void)fprintf(stderr, "no memory for a million timers\n");
        return 1;
    }
    bench_pair(service, rival, BENCH_NO_GOAL);
    bench_threads(service, BENCH_NO_GOAL);
    measure(&few, few_names);
    measure(&many, many_names);
    answer = bench_close(s.wrong + few.wrong + many.wrong);
    crowd_destroy(&few);
    crowd_destroy(&many);
    subjects_destroy(&s);
    return answer;
}
