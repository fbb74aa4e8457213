#define _GNU_SOURCE /* CPU affinity */
#include "harness.h"

#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "results.h"

#define BATCHES 101
#define BATCHES_MAX 10001
#define BATCH_NS 400000 /* long against a clock read, short against the time between two disturbances */
#define WARM_UP_BATCHES 3

static struct {
    const char *program;
    const char *path;
    uint32_t batches;
    size_t cpu[2];
    int cpus;
    bench_undo undo; /* NULL: nothing is to be taken back */
    bench_row row[BENCH_ROWS_MAX];
    uint32_t rows;
    double values[5][BATCHES_MAX]; /* subject, floor, ratio, noise, cleaned */
} bench;

static double now_ns(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void clock_reads(void *state, uint64_t count)
{
    (void)state;
    while (count-- > 0)
        (void)now_ns();
}

static const bench_side stamps = {"clock reads", clock_reads, NULL};

static void pin(size_t cpu)
{
    cpu_set_t set;

    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    (void)sched_setaffinity(0, sizeof(set), &set);
}

static void find_cpus(void)
{
    cpu_set_t set;
    size_t cpu;

    CPU_ZERO(&set);
    (void)sched_getaffinity(0, sizeof(set), &set);
    for (cpu = 0; cpu < (size_t)CPU_SETSIZE && bench.cpus < 2; cpu++) {
        if (CPU_ISSET(cpu, &set))
            bench.cpu[bench.cpus++] = cpu;
    }
}

int bench_open(int argc, char **argv, const char *program)
{
    static char path[96];
    int i;

    (void)snprintf(path, sizeof(path), "bench-%s.json", program);
    bench.program = program;
    bench.path = path;
    bench.batches = BATCHES;
    for (i = 1; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--json") == 0)
            bench.path = argv[i + 1];
        else if (strcmp(argv[i], "--batches") == 0)
            bench.batches = (uint32_t)strtoul(argv[i + 1], NULL, 10);
        else
            break;
    }
    if (i < argc || bench.batches < 1 || bench.batches > BATCHES_MAX) {
        (void)fprintf(stderr, "usage: %s [--json FILE] [--batches 1..%d]\n", argv[0], BATCHES_MAX);
        return 2;
    }
    find_cpus();
    bench_print_head(program);
    return 0;
}

/* ns per operation of one batch. */
static double timed(const bench_side *side, uint64_t count)
{
    double took, before = now_ns();

    side->loop(side->state, count);
    took = now_ns() - before;
    if (bench.undo != NULL)
        bench.undo(side->state);
    return took / (double)count;
}

/*
 * How many operations make a batch; warms up at the same time. The thread is pinned only here: objects that were made before
 * have seen how many CPUs there are.
 */
static uint64_t batch_size(const bench_side *side)
{
    uint64_t count = 16;
    int i;

    pin(bench.cpu[0]);
    while (timed(side, count) * (double)count < BATCH_NS / 4)
        count *= 2;
    count = (uint64_t)(BATCH_NS / timed(side, count)) + 1;
    for (i = 0; i < WARM_UP_BATCHES; i++)
        (void)timed(side, count);
    return count;
}

static void add_row(const char *subject, const char *floor, bench_goal goal)
{
    bench_row *row = &bench.row[bench.rows];

    if (bench.rows == BENCH_ROWS_MAX) {
        (void)fprintf(stderr, "more than %d rows\n", BENCH_ROWS_MAX);
        exit(2);
    }
    bench.rows++;
    row->subject = subject;
    row->floor = floor;
    row->goal = goal;
    row->subject_ns = bench_spread_of(bench.values[0], bench.batches);
    row->floor_ns = bench_spread_of(bench.values[1], bench.batches);
    row->ratio = bench_spread_of(bench.values[2], bench.batches);
    row->noise = bench_spread_of(bench.values[3], bench.batches);
    row->cleaned = bench_spread_of(bench.values[4], bench.batches);
    bench_print_row(row);
}

static void keep(uint32_t i, double subject, double floor, double noise)
{
    bench.values[0][i] = subject;
    bench.values[1][i] = floor;
    bench.values[2][i] = subject / floor;
    bench.values[3][i] = noise;
    bench.values[4][i] = subject / floor / noise;
}

void bench_pair(bench_side subject, bench_side floor, bench_goal goal)
{
    uint64_t subject_count = batch_size(&subject);
    uint64_t floor_count = batch_size(&floor);
    uint32_t i;

    for (i = 0; i < bench.batches; i++) {
        double subject_ns, floor_ns;

        if (i % 2 == 0) {
            subject_ns = timed(&subject, subject_count);
            floor_ns = timed(&floor, floor_count);
        } else {
            floor_ns = timed(&floor, floor_count);
            subject_ns = timed(&subject, subject_count);
        }
        keep(i, subject_ns, floor_ns, 1);
    }
    add_row(subject.name, floor.name, goal);
}

void bench_pair_undone(bench_side subject, bench_side floor, bench_undo undo)
{
    bench.undo = undo;
    bench_pair(subject, floor, BENCH_NO_GOAL);
    bench.undo = NULL;
}

/*
 * The second thread: one for all rows, so that objects which tell threads apart by number see only two. It sleeps between
 * batches, so that it does not disturb those of one thread.
 */
static struct {
    pthread_t thread;
    bool begun;
    pthread_mutex_t lock;
    pthread_cond_t called;
    const bench_side *side; /* guarded by the lock: NULL while it sleeps */
    bool over;              /* guarded by the lock */
    uint64_t count;
    double ns;
    int ready, go, done;
} second = {.lock = PTHREAD_MUTEX_INITIALIZER, .called = PTHREAD_COND_INITIALIZER};

static void spin_until_set(int *flag)
{
    while (__atomic_load_n(flag, __ATOMIC_ACQUIRE) == 0) {
    }
}

static void set(int *flag, int value)
{
    __atomic_store_n(flag, value, __ATOMIC_RELEASE);
}

static void *second_main(void *arg)
{
    pin(bench.cpu[1]);
    for (;;) {
        const bench_side *side;

        (void)pthread_mutex_lock(&second.lock);
        while (second.side == NULL && !second.over)
            (void)pthread_cond_wait(&second.called, &second.lock);
        side = second.side;
        second.side = NULL;
        (void)pthread_mutex_unlock(&second.lock);
        if (side == NULL)
            return arg;
        set(&second.ready, 1);
        spin_until_set(&second.go);
        second.ns = timed(side, second.count);
        set(&second.done, 1);
    }
}

/* ns per operation as each of the two threads sees it: their mean. */
static double timed_on_two(const bench_side *side, uint64_t count)
{
    double first;

    set(&second.ready, 0);
    set(&second.go, 0);
    set(&second.done, 0);
    second.count = count;
    (void)pthread_mutex_lock(&second.lock);
    second.side = side;
    (void)pthread_cond_signal(&second.called);
    (void)pthread_mutex_unlock(&second.lock);
    spin_until_set(&second.ready);
    set(&second.go, 1);
    first = timed(side, count);
    spin_until_set(&second.done);
    return (first + second.ns) / 2;
}

static bool begin_second(void)
{
    if (!second.begun)
        second.begun = bench.cpus == 2 && pthread_create(&second.thread, NULL, second_main, NULL) == 0;
    return second.begun;
}

static void end_second(void)
{
    if (!second.begun)
        return;
    (void)pthread_mutex_lock(&second.lock);
    second.over = true;
    (void)pthread_cond_signal(&second.called);
    (void)pthread_mutex_unlock(&second.lock);
    (void)pthread_join(second.thread, NULL);
}

void bench_threads(bench_side subject, bench_goal goal)
{
    uint64_t count = batch_size(&subject);
    uint64_t stamps_count = batch_size(&stamps);
    uint32_t i;

    if (!begin_second()) {
        printf("%-52s skipped: it needs two CPUs and a second thread\n", subject.name);
        return;
    }
    for (i = 0; i < bench.batches; i++) {
        double one = timed(&subject, count);
        double two = timed_on_two(&subject, count);
        double stamps_one = timed(&stamps, stamps_count);
        double stamps_two = timed_on_two(&stamps, stamps_count);

        keep(i, two, one, stamps_two / stamps_one);
    }
    add_row(subject.name, "the same on one thread", goal);
}

#define CROWD 4

static struct {
    const bench_side *side;
    uint64_t count;
    pthread_barrier_t gate;
    double ns[CROWD];
} crowd;

static double cpu_ns(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static double cpu_timed(const bench_side *side, uint64_t count)
{
    double before = cpu_ns();

    side->loop(side->state, count);
    return (cpu_ns() - before) / (double)count;
}

static void *crowd_main(void *own)
{
    cpu_set_t set;
    int i;

    CPU_ZERO(&set);
    for (i = 0; i < bench.cpus; i++)
        CPU_SET(bench.cpu[i], &set);
    (void)sched_setaffinity(0, sizeof(set), &set);
    (void)pthread_barrier_wait(&crowd.gate);
    *(double *)own = cpu_timed(crowd.side, crowd.count);
    return NULL;
}

/* CPU time per operation, the mean of four threads. */
static double timed_on_four(const bench_side *side, uint64_t count)
{
    pthread_t threads[CROWD];
    double sum = 0;
    int i;

    crowd.side = side;
    crowd.count = count;
    (void)pthread_barrier_init(&crowd.gate, NULL, CROWD);
    for (i = 0; i < CROWD; i++) {
        if (pthread_create(&threads[i], NULL, crowd_main, &crowd.ns[i]) != 0)
            exit(2);
    }
    for (i = 0; i < CROWD; i++) {
        (void)pthread_join(threads[i], NULL);
        sum += crowd.ns[i];
    }
    (void)pthread_barrier_destroy(&crowd.gate);
    return sum / CROWD;
}

void bench_crowd(bench_side subject)
{
    uint64_t count = batch_size(&subject) * 10; /* long enough for the system to move threads about */
    uint32_t batches = bench.batches, i;

    bench.batches = (batches + 9) / 10;
    for (i = 0; i < bench.batches; i++) {
        double one = cpu_timed(&subject, count);

        keep(i, timed_on_four(&subject, count), one, 1);
    }
    add_row(subject.name, "four threads, CPU time, by one", BENCH_NO_GOAL);
    bench.batches = batches;
}

int bench_close(uint64_t wrong)
{
    end_second();
    if (wrong != 0)
        (void)fprintf(stderr, "%s: %llu answers were not what was to be measured\n", bench.program, (unsigned long long)wrong);
    return bench_write_json(bench.path, bench.program, bench.row, bench.rows) != 0 || wrong != 0;
}
