/* The circuit breaker: closed, failing now and then, refusing, looked at; on one thread and on two. */
#define _POSIX_C_SOURCE 200809L /* clock_gettime */
#include <time.h>

#include "floors.h"
#include "harness.h"
#include "subjects.h"

static void floor_success(void *state, uint64_t count)
{
    while (count-- > 0) {
        uint64_t permit;

        if (floor_breaker_acquire(state, &permit) == 0)
            (void)floor_breaker_report(state, &permit, 0);
    }
}

static int64_t floor_clock(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void floor_timed(void *state, uint64_t count)
{
    while (count-- > 0) {
        uint64_t permit;
        int64_t took = floor_clock();

        if (floor_breaker_acquire(state, &permit) == 0)
            (void)floor_breaker_report(state, &permit, floor_clock() - took < 0);
    }
}

static void floor_refusal_at(void *state, uint64_t count)
{
    while (count-- > 0) {
        int64_t retry_after;

        (void)floor_breaker_refuse_at(state, 1, &retry_after);
    }
}

static void floor_refusal(void *state, uint64_t count)
{
    while (count-- > 0) {
        int64_t retry_after;

        (void)floor_breaker_refuse(state, &retry_after);
    }
}

static void floor_snapshot(void *state, uint64_t count)
{
    static const uint64_t breaker[sizeof(seawall_breaker_snapshot) / sizeof(uint64_t)];
    uint64_t snapshot[sizeof(seawall_breaker_snapshot) / sizeof(uint64_t)];

    (void)state;
    while (count-- > 0)
        floor_copy(breaker, snapshot, sizeof(snapshot) / sizeof(uint64_t));
}

static void rival_success(void *state, uint64_t count)
{
    while (count-- > 0) {
        if (rival_breaker_acquire(state) == 0)
            (void)rival_breaker_report(state, 0);
    }
}

int main(int argc, char **argv)
{
    static subjects s;
    static floor_breaker closed = {.state = 0};
    static floor_breaker open = {.state = UINT64_C(1) << 62};
    static rival_breaker rival;
    const bench_side success_at = {"closed, acquire_at + success", subject_breaker_success_at, &s};
    const bench_side success = {"closed, acquire + success", subject_breaker_success, &s};
    const bench_side one = {"closed, 1 % failures", subject_breaker_1_percent, &s};
    const bench_side ten = {"closed, 10 % failures", subject_breaker_10_percent, &s};
    const bench_side mutex = {"rival: a mutex around a counter", rival_success, &rival};
    const bench_side least = {"2 calls, state load, add on an own line", floor_success, &closed};
    const bench_side look_at = {"a call and a load", floor_refusal_at, &open};
    const bench_side look = {"a call, a load and a clock read", floor_refusal, &open};
    const bench_side copy = {"a call that copies as much", floor_snapshot, NULL};
    const bench_side stamped = {"2 calls and 2 clock reads", floor_timed, &closed};
    const bench_side windows[] = {
        {"last 100, success", subject_rates_count, &s},
        {"last 100, 1 % failures", subject_rates_count_1_percent, &s},
        {"last 100, 10 % failures", subject_rates_count_10_percent, &s},
        {"60 s in 10 buckets, success", subject_rates_time, &s},
        {"60 s in 10 buckets, 1 % failures", subject_rates_time_1_percent, &s},
        {"60 s in 10 buckets, 10 % failures", subject_rates_time_10_percent, &s},
    };
    static const double of_two[] = {1.25, 1.6, 2.2};
    size_t i;
    int answer = bench_open(argc, argv, "breaker");

    if (answer != 0)
        return answer;
    if (subjects_create(&s, NULL) != SEAWALL_OK)
        return 1;
    rival_breaker_init(&rival, 5);
    bench_pair(success, least, (bench_goal){2, 9});
    bench_pair(success_at, least, (bench_goal){2, 9});
    bench_pair(success, mutex, BENCH_NO_GOAL);
    bench_pair(one, least, BENCH_NO_GOAL);
    bench_pair(ten, least, BENCH_NO_GOAL);
    for (i = 0; i < sizeof windows / sizeof windows[0]; i++)
        bench_pair(windows[i], least, i % 3 == 0 ? (bench_goal){2, 9} : BENCH_NO_GOAL);
    bench_pair((bench_side){"slow calls timed, success", subject_rates_slow, &s}, stamped, (bench_goal){1.25, 0});
    bench_pair((bench_side){"open, refusal", subject_breaker_refusal, &s}, look, (bench_goal){1.5, 0});
    bench_pair((bench_side){"open, refusal _at", subject_breaker_refusal_at, &s}, look_at, (bench_goal){1.5, 0});
    bench_pair((bench_side){"snapshot", subject_breaker_snapshot, &s}, copy, BENCH_NO_GOAL);
    bench_pair((bench_side){"snapshot _at", subject_breaker_snapshot_at, &s}, copy, BENCH_NO_GOAL);
    bench_threads(success, (bench_goal){1.25, 0});
    bench_threads(one, (bench_goal){1.6, 0});
    bench_threads(ten, (bench_goal){2.2, 0});
    for (i = 0; i < sizeof windows / sizeof windows[0]; i++)
        bench_threads(windows[i], (bench_goal){of_two[i % 3], 0});
    bench_threads(mutex, BENCH_NO_GOAL);
    bench_crowd(success);
    bench_crowd(one);
    bench_crowd(ten);
    for (i = 0; i < sizeof windows / sizeof windows[0]; i++)
        bench_crowd(windows[i]);
    bench_crowd(mutex);
    answer = bench_close(s.wrong);
    subjects_destroy(&s);
    return answer;
}
