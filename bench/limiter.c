/* The rate limiter: a grant, a refusal, and two and four threads on one limiter. */
#include "floors.h"
#include "harness.h"
#include "subjects.h"

static void floor_grant(void *state, uint64_t count)
{
    while (count-- > 0)
        (void)floor_limiter_grant(state);
}

static void floor_refusal(void *state, uint64_t count)
{
    while (count-- > 0)
        (void)floor_limiter_refuse(state);
}

static void rival_grant(void *state, uint64_t count)
{
    while (count-- > 0)
        (void)rival_limiter_take(state);
}

int main(int argc, char **argv)
{
    static subjects s;
    static floor_limiter floor;
    static rival_limiter rival;
    const bench_side granted = {"try_acquire", subject_limiter, &s};
    const bench_side refused = {"used up, refusal", subject_limiter_refusal, &s};
    const bench_side mutex = {"rival: a mutex and a bucket", rival_grant, &rival};
    const bench_side least = {"a clock read and a CAS", floor_grant, &floor};
    const bench_side look = {"a clock read and a load", floor_refusal, &floor};
    int answer = bench_open(argc, argv, "limiter");

    if (answer != 0)
        return answer;
    if (subjects_create(&s, NULL) != SEAWALL_OK)
        return 1;
    rival_limiter_init(&rival);
    bench_pair(granted, least, (bench_goal){1.25, 0});
    bench_pair(refused, look, (bench_goal){1.25, 0});
    bench_pair(granted, mutex, BENCH_NO_GOAL);
    bench_threads(granted, BENCH_NO_GOAL);
    bench_threads(least, BENCH_NO_GOAL);
    bench_threads(mutex, BENCH_NO_GOAL);
    bench_crowd(granted);
    bench_crowd(least);
    bench_crowd(mutex);
    answer = bench_close(s.wrong);
    subjects_destroy(&s);
    return answer;
}
