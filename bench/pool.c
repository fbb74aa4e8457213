/*
 * Thread pools of two workers: what a tiny job costs its one producer, and how long one takes there and back, with workers that
 * are still awake and with workers that sleep. Beside a pool of the bench's own, GLib's, libuv's and oneTBB's, as
 * far as they are there.
 */
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "harness.h"
#include "pool_peers.h"
#include "results.h"

#define PEERS_MAX 5
#define BLOCK 1000 /* jobs that are one operation: waiting for their end is spread over them */
#define REST 2000  /* some 3 us */
#define LOOKS 20
#define SLEEPING_TRIPS 301
#define UNTIL_ASLEEP_NS 300000

typedef struct subject {
    const pool_peer *peer;
    void *state;
    uint64_t wrong;
} subject;

static const pool_peer *const peers[] = {&pool_peer_seawall, &pool_peer_own, BENCH_POOL_PEERS};

#define PEERS (sizeof(peers) / sizeof(peers[0]))

static uint64_t ended;

uint64_t pool_peer_ended(void)
{
    return __atomic_load_n(&ended, __ATOMIC_ACQUIRE);
}

void pool_peer_job(void)
{
    (void)__atomic_add_fetch(&ended, 1, __ATOMIC_ACQ_REL);
}

/* Each look at the count takes its line from the workers, who would pay for it: 0.1 us a job. */
static void rest(void)
{
    volatile int32_t i;

    for (i = 0; i < REST; i++) {
    }
}

static void await(subject *s, uint64_t count)
{
    uint32_t looks = 0;

    while (pool_peer_ended() < count) {
        if (s->peer->attend != NULL)
            s->peer->attend(s->state);
        rest();
        if (++looks % LOOKS == 0)
            (void)sched_yield();
    }
}

static void jobs(void *state, uint64_t count)
{
    subject *s = state;
    uint64_t submitted = pool_peer_ended();
    int i;

    while (count-- > 0) {
        for (i = 0; i < BLOCK; i++)
            s->wrong += !s->peer->submit(s->state);
        submitted += BLOCK;
        await(s, submitted);
    }
}

static void trips(void *state, uint64_t count)
{
    subject *s = state;

    while (count-- > 0)
        s->wrong += !s->peer->round_trip(s->state);
}

static double now_ns(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/* All in turn, trip by trip: only the trip is timed. */
static void sleeping_trips(subject *subjects)
{
    static double ns[PEERS_MAX][SLEEPING_TRIPS];
    size_t i, k;

    for (i = 0; i < SLEEPING_TRIPS; i++) {
        for (k = 0; k < PEERS; k++) {
            const struct timespec asleep = {0, UNTIL_ASLEEP_NS};
            double before;

            (void)nanosleep(&asleep, NULL);
            before = now_ns();
            trips(&subjects[k], 1);
            ns[k][i] = now_ns() - before;
        }
    }
    for (k = 0; k < PEERS; k++) {
        bench_spread spread = bench_spread_of(ns[k], SLEEPING_TRIPS);

        printf("round trip, workers asleep, %s: %.0f ns [%.0f, %.0f]\n", peers[k]->name, spread.median, spread.p10, spread.p90);
    }
}

/* Since it was asked last. */
static void print_wakes(subject *seawall, const char *of)
{
    static int64_t jobs_before, wakes_before;
    int64_t jobs_now, wakes_now;

    if (!pool_peer_counts(seawall->state, &jobs_now, &wakes_now)) {
        seawall->wrong++;
        return;
    }
    printf("%s, Seawall: %lld wakes of workers in %lld jobs, %.4f each\n", of, (long long)(wakes_now - wakes_before),
           (long long)(jobs_now - jobs_before), (double)(wakes_now - wakes_before) / (double)(jobs_now - jobs_before));
    jobs_before = jobs_now;
    wakes_before = wakes_now;
}

/* Each loop has one peer that it is to be within some ratio of. */
static void pair(subject *subjects, const char *what, bench_loop loop, const char *rival, bench_goal goal)
{
    size_t k;

    for (k = 1; k < PEERS; k++)
        bench_pair((bench_side){what, loop, &subjects[0]}, (bench_side){peers[k]->name, loop, &subjects[k]},
                   strcmp(peers[k]->name, rival) == 0 ? goal : BENCH_NO_GOAL);
    print_wakes(&subjects[0], what);
}

int main(int argc, char **argv)
{
    static subject subjects[PEERS_MAX];
    uint64_t wrong = 0;
    size_t k;
    int answer = bench_open(argc, argv, "pool");

    if (answer != 0)
        return answer;
    for (k = 0; k < PEERS; k++) {
        subjects[k] = (subject){peers[k], peers[k]->create(), 0};
        if (subjects[k].state == NULL) {
            (void)fprintf(stderr, "%s: no pool\n", peers[k]->name);
            return 1;
        }
    }
    pair(subjects, "1,000 tiny jobs, 2 workers", jobs, "libuv uv_queue_work", (bench_goal){0.4, 0});
    pair(subjects, "round trip, one after another", trips, "oneTBB", (bench_goal){1, 0});
    sleeping_trips(subjects);
    print_wakes(&subjects[0], "round trip, workers asleep");
    if (BENCH_POOL_ABSENT[0] != '\0')
        printf("skipped, as not there when this was built: %s\n", BENCH_POOL_ABSENT);
    for (k = 0; k < PEERS; k++) {
        peers[k]->destroy(subjects[k].state);
        wrong += subjects[k].wrong;
    }
    return bench_close(wrong);
}
