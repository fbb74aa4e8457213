/* The bulkhead: a permit taken and given back with nobody waiting, a refusal, and two and four threads on one bulkhead. */
#include "floors.h"
#include "harness.h"
#include "subjects.h"

static void floor_permit(void *state, uint64_t count)
{
    floor_bulkhead *bulkhead = state;

    while (count-- > 0) {
        (void)floor_bulkhead_acquire(bulkhead);
        (void)floor_bulkhead_release(bulkhead);
    }
}

static void floor_full(void *state, uint64_t count)
{
    floor_bulkhead *bulkhead = state;

    while (count-- > 0)
        (void)floor_bulkhead_acquire(bulkhead);
}

static void rival_permit(void *state, uint64_t count)
{
    rival_bulkhead *bulkhead = state;

    while (count-- > 0) {
        if (rival_bulkhead_acquire(bulkhead) == 0)
            (void)rival_bulkhead_release(bulkhead);
    }
}

int main(int argc, char **argv)
{
    static subjects s;
    static floor_bulkhead floor = {.in_use = 0};
    static floor_bulkhead full = {.in_use = 0};
    static rival_bulkhead rival;
    const bench_side taken = {"try_acquire + release", subject_bulkhead, &s};
    const bench_side until = {"acquire_until + release_at", subject_bulkhead_until, &s};
    const bench_side refused = {"full, refusal", subject_bulkhead_refusal, &s};
    const bench_side mutex = {"rival: a mutex and a condition", rival_permit, &rival};
    const bench_side least = {"2 calls, 2 adds", floor_permit, &floor};
    const bench_side one_add = {"a call and an add", floor_full, &full};
    int answer = bench_open(argc, argv, "bulkhead");

    if (answer != 0)
        return answer;
    if (subjects_create(&s, NULL) != SEAWALL_OK)
        return 1;
    rival_bulkhead_init(&rival, 25);
    bench_pair(taken, least, (bench_goal){1.3, 0});
    bench_pair(until, least, (bench_goal){1.3, 0});
    bench_pair(taken, mutex, BENCH_NO_GOAL);
    bench_pair(refused, one_add, BENCH_NO_GOAL);
    bench_pair((bench_side){"call through a pipeline of it", subject_call_bulkhead, &s}, least, BENCH_NO_GOAL);
    bench_threads(taken, BENCH_NO_GOAL);
    bench_threads(least, BENCH_NO_GOAL);
    bench_threads(mutex, BENCH_NO_GOAL);
    bench_crowd(taken);
    bench_crowd(least);
    bench_crowd(mutex);
    answer = bench_close(s.wrong);
    subjects_destroy(&s);
    return answer;
}
