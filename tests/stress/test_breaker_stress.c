/*
 * Many threads on one breaker, on a clock that they move themselves, through a storm of failures, lost and ignored
 * probes and orders. When the dust has settled the books must agree, and a healthy dependency must be let back in.
 * The interleaving is the machine's; the seed of what each thread wants to do is printed and can be given in SEAWALL_SEED.
 */
#include <check.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <seawall/seawall.h>

#include "base/atomic.h"

#define THREADS_MAX 16
#define EPOCHS 65536
#define SIGHTS 2000
#define TICK ((seawall_duration)1 << 20)

typedef struct storm {
    seawall_platform platform;
    sw_atomic_u64 clock;
    seawall_breaker *breaker;
    seawall_breaker_config config;
    bool orders;  /* operators meddle */
    bool losses;  /* probes get lost, leases are short */
    bool hasty;   /* time flies: whoever is held up for a moment wakes up in another round */
    int64_t calls; /* of each thread */
    /* By epoch: probes given out less those taken back, and those under way. */
    sw_atomic_u32 probes[EPOCHS];
    sw_atomic_u32 under_way[EPOCHS];
    /* Written by the listener alone; `heard` is read by all. */
    seawall_breaker_transition log[EPOCHS];
    sw_atomic_u32 heard;
    sw_atomic_u32 inside;
    pthread_barrier_t start;
} storm;

typedef struct worker {
    storm *storm;
    pthread_t thread;
    uint64_t random;
    seawall_permit slow; /* of a call that takes its time */
    int64_t granted, refused, successes, failures, ignored, stale, lost, sighted;
    seawall_breaker_snapshot sights[SIGHTS];
} worker;

static storm the_storm;
static worker workers[THREADS_MAX];

static uint64_t random_next(worker *w)
{
    uint64_t x = w->random += UINT64_C(0x9e3779b97f4a7c15);

    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return x ^ x >> 31;
}

static int32_t below(worker *w, int32_t n)
{
    return (int32_t)(random_next(w) % (uint64_t)n);
}

static seawall_time storm_now(void *user)
{
    storm *s = user;

    return (seawall_time)sw_load_u64(&s->clock);
}

/* check's own assertions are not for many threads. */
static void must(bool holds, const char *what)
{
    if (!holds) {
        fprintf(stderr, "broken: %s\n", what);
        abort();
    }
}

static void heard(const seawall_breaker_transition *transition, void *user)
{
    storm *s = user;
    uint32_t count = sw_load_u32(&s->heard);

    must(sw_exchange_u32(&s->inside, 1) == 0, "one callback at a time");
    must(transition->sequence == (uint64_t)count + 1, "sequence numbers without gaps and in order");
    must(count == 0 || s->log[count].to == transition->from, "each transition begins where the last one ended");
    must(count + 1 < EPOCHS, "room for the log");
    s->log[count + 1] = *transition;
    sw_store_u32(&s->heard, count + 1);
    (void)sw_exchange_u32(&s->inside, 0);
}

static uint64_t epoch_of(const seawall_permit *permit)
{
    return permit->opaque[0] >> 39 & 0x3fffff;
}

static bool is_probe(const seawall_permit *permit)
{
    return (permit->opaque[2] >> 16 & 0xffff) != 0;
}

/* Nobody hurries on while the listener lags behind: it would miss something, as documented. */
static bool keeps_up(worker *w)
{
    seawall_breaker_snapshot s = SEAWALL_BREAKER_SNAPSHOT_INIT;

    must(seawall_breaker_get_snapshot(w->storm->breaker, &s) == SEAWALL_OK, "a snapshot");
    if (w->sighted < SIGHTS)
        w->sights[w->sighted++] = s;
    return s.epoch < (uint64_t)sw_load_u32(&w->storm->heard) + 16;
}

static void pass_time(worker *w)
{
    if (keeps_up(w))
        (void)sw_add_u64(&w->storm->clock, (uint64_t)below(w, w->storm->hasty ? 4000000 : 2000000));
}

static void meddle(worker *w)
{
    seawall_breaker *breaker = w->storm->breaker;
    seawall_time next;

    if (!w->storm->orders || !keeps_up(w))
        return;
    switch (below(w, 5)) {
    case 0:
        (void)seawall_breaker_force_open(breaker, storm_now(w->storm) + below(w, 3000000));
        break;
    case 1:
        (void)seawall_breaker_metrics_only(breaker);
        break;
    case 2:
        must(seawall_breaker_poll_at(breaker, storm_now(w->storm), &next) == SEAWALL_OK, "polled");
        break;
    default:
        (void)seawall_breaker_close(breaker);
        break;
    }
}

static void report(worker *w, seawall_permit *permit)
{
    static const seawall_fault faults[] = {SEAWALL_FAULT_NONE, SEAWALL_FAULT_NONE, SEAWALL_FAULT_INTERNAL,
                                           SEAWALL_FAULT_NOT_FOUND};
    storm *s = w->storm;
    seawall_fault fault = faults[below(w, 4)];
    const seawall_permit before = *permit;
    seawall_status status = below(w, 2) == 0 ? seawall_breaker_report(s->breaker, permit, fault)
                                             : seawall_breaker_report_at(s->breaker, permit, fault, storm_now(s));

    must(permit->opaque[2] == 0, "a reported permit is cleared");
    must(seawall_breaker_report(s->breaker, permit, fault) == SEAWALL_INVALID, "a cleared permit is refused");
    if (status == SEAWALL_STALE) {
        w->stale++;
        return;
    }
    must(status == SEAWALL_OK, "a report is taken or stale");
    if (fault == SEAWALL_FAULT_NONE)
        w->successes++;
    else if (fault == SEAWALL_FAULT_INTERNAL)
        w->failures++;
    else
        w->ignored++;
    if (fault == SEAWALL_FAULT_NOT_FOUND && is_probe(&before))
        (void)sw_sub_u32(&s->probes[epoch_of(&before)], 1);
}

static void one_call(worker *w)
{
    storm *s = w->storm;
    seawall_permit permit;
    seawall_duration wait = -1;
    seawall_status status = seawall_breaker_try_acquire(s->breaker, &permit, &wait);
    uint64_t epoch;

    if (status == SEAWALL_OPEN) {
        must(wait > 0, "who is refused has to wait");
        w->refused++;
        return;
    }
    must(status == SEAWALL_OK, "granted or refused");
    w->granted++;
    epoch = epoch_of(&permit);
    must(epoch < EPOCHS, "room for the epochs");
    if (is_probe(&permit)) {
        uint32_t now;

        (void)sw_add_u32(&s->probes[epoch], 1);
        now = sw_add_u32(&s->under_way[epoch], 1) + 1;
        must(s->losses || now <= (uint32_t)s->config.half_open_concurrent, "no more probes at once than allowed");
        if (below(w, 4) == 0)
            pass_time(w);
        (void)sw_sub_u32(&s->under_way[epoch], 1);
        if (s->losses && below(w, 8) == 0) {
            w->lost++;
            return;
        }
    } else if (w->slow.opaque[2] == 0 && below(w, 8) == 0) {
        w->slow = permit;
        return;
    }
    report(w, &permit);
}

static void *work(void *user)
{
    worker *w = user;
    int64_t i;

    (void)pthread_barrier_wait(&w->storm->start);
    for (i = 0; i < w->storm->calls; i++) {
        one_call(w);
        if (w->slow.opaque[2] != 0 && below(w, 32) == 0)
            report(w, &w->slow);
        if (below(w, w->storm->hasty ? 3 : 32) == 0)
            pass_time(w);
        if (below(w, 500) == 0)
            meddle(w);
    }
    if (w->slow.opaque[2] != 0)
        report(w, &w->slow);
    return NULL;
}

static void storm_begin(storm *s, int64_t calls, bool orders, bool losses, bool hasty, bool rates)
{
    memset(s, 0, sizeof *s);
    s->orders = orders;
    s->losses = losses;
    s->hasty = hasty;
    s->calls = calls;
    sw_store_u64(&s->clock, SEAWALL_SECONDS(5));
    s->config = (seawall_breaker_config)SEAWALL_BREAKER_CONFIG_INIT;
    s->config.failure_threshold = 4;
    s->config.failure_rate = rates ? 0.4 : 0;
    s->config.window = hasty ? SEAWALL_BREAKER_WINDOW_TIME : SEAWALL_BREAKER_WINDOW_COUNT;
    s->config.window_duration = SEAWALL_MILLISECONDS(50);
    s->config.minimum_calls = 8;
    s->config.recovery_timeout = SEAWALL_MILLISECONDS(hasty ? 1 : 20);
    s->config.half_open_max_calls = 5;
    s->config.half_open_concurrent = 3;
    s->config.successes_to_close = 3;
    s->config.failures_to_reopen = 2;
    s->config.recovery_multiplier = 1.5;
    s->config.recovery_jitter = 0.2;
    s->config.recovery_max = SEAWALL_MILLISECONDS(hasty ? 2 : 60);
    s->config.probe_timeout = losses ? SEAWALL_MILLISECONDS(5) : SEAWALL_SECONDS(100000000);
    ck_assert_int_eq(seawall_platform_init(&s->platform, sizeof s->platform), SEAWALL_OK);
    s->platform.now = storm_now;
    s->platform.clock_user = s;
    ck_assert_int_eq(seawall_breaker_create(&s->config, &s->platform, &s->breaker, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_breaker_add_listener(s->breaker, heard, s), SEAWALL_OK);
}

static uint64_t seed(void)
{
    const char *given = getenv("SEAWALL_SEED");

    return given != NULL ? strtoull(given, NULL, 0) : UINT64_C(20261123);
}

static void run(storm *s, int threads)
{
    int i;

    ck_assert_int_eq(pthread_barrier_init(&s->start, NULL, (unsigned)threads), 0);
    for (i = 0; i < threads; i++) {
        memset(&workers[i], 0, sizeof workers[i]);
        workers[i].storm = s;
        workers[i].random = seed() + (uint64_t)i * UINT64_C(1000003);
        ck_assert_int_eq(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
    }
    for (i = 0; i < threads; i++)
        ck_assert_int_eq(pthread_join(workers[i].thread, NULL), 0);
    ck_assert_int_eq(pthread_barrier_destroy(&s->start), 0);
}

/* Whatever anybody saw was true at one moment. */
static void check_sight(const storm *s, const seawall_breaker_snapshot *sight)
{
    const seawall_breaker_transition *begun = &s->log[sight->epoch];
    uint64_t trip = sight->epoch;

    while (trip > 0 && s->log[trip].to != SEAWALL_BREAKER_OPEN && s->log[trip].to != SEAWALL_BREAKER_FORCED_OPEN)
        trip--;
    if (sight->epoch > 0) {
        ck_assert_int_eq(sight->since, begun->now);
        ck_assert(sight->state == begun->to ||
                  (sight->state == SEAWALL_BREAKER_HALF_OPEN &&
                   (begun->to == SEAWALL_BREAKER_OPEN || begun->to == SEAWALL_BREAKER_FORCED_OPEN)));
    }
    ck_assert_int_eq(sight->last_opened, trip > 0 ? s->log[trip].now : 0);
    ck_assert_int_eq(sight->last_rule, trip > 0 ? s->log[trip].rule : SEAWALL_BREAKER_RULE_NONE);
    ck_assert_int_eq(sight->last_value, trip > 0 ? s->log[trip].value : 0);
    ck_assert_int_le(sight->probes, s->config.half_open_max_calls);
    if (sight->state != SEAWALL_BREAKER_METRICS_ONLY)
        ck_assert_int_lt(sight->consecutive_failures, s->config.failure_threshold);
}

static void check_books(storm *s, int threads)
{
    seawall_breaker_snapshot end = SEAWALL_BREAKER_SNAPSHOT_INIT;
    worker sum = {0};
    int64_t opened = 0, j;
    uint32_t i;

    for (i = 0; i < (uint32_t)threads; i++) {
        worker *w = &workers[i];

        ck_assert_int_eq(w->granted, w->successes + w->failures + w->ignored + w->stale + w->lost);
        sum.successes += w->successes;
        sum.failures += w->failures;
        sum.ignored += w->ignored;
        sum.refused += w->refused;
        sum.stale += w->stale;
        sum.lost += w->lost;
        for (j = 0; j < w->sighted; j++)
            check_sight(s, &w->sights[j]);
    }
    ck_assert_int_eq(seawall_breaker_get_snapshot(s->breaker, &end), SEAWALL_OK);
    ck_assert_int_eq((int64_t)end.epoch, sw_load_u32(&s->heard));
    for (i = 1; i <= end.epoch; i++)
        opened += s->log[i].to == SEAWALL_BREAKER_OPEN || s->log[i].to == SEAWALL_BREAKER_FORCED_OPEN;
    ck_assert_int_eq(end.opened, opened);
    ck_assert_int_eq(end.successes, sum.successes);
    ck_assert_int_eq(end.failures, sum.failures);
    ck_assert_int_eq(end.ignored, sum.ignored);
    ck_assert_int_eq(end.refused, sum.refused);
    ck_assert_int_eq(end.stale, sum.stale);
    ck_assert_int_le(end.expired, sum.lost + sum.stale);
    ck_assert(s->losses || end.expired == 0);
    for (i = 0; i < EPOCHS; i++)
        ck_assert_int_le(sw_load_u32(&s->probes[i]), s->config.half_open_max_calls);
    /* It was a storm, not a breeze; how much of one is up to the machine. */
    ck_assert_int_gt(opened, 5);
    ck_assert_int_gt(sum.stale, 0);
}

/* All is well from here on: it must close within a lease, two of the longest recoveries and their rounding. */
static void check_healing(storm *s)
{
    const seawall_duration step = SEAWALL_MILLISECONDS(1);
    seawall_duration lease = s->losses ? s->config.probe_timeout : 0;
    seawall_duration longest = s->config.recovery_max + s->config.recovery_max / 5; /* jitter */
    seawall_time latest = storm_now(s) + lease + 2 * longest + 4 * TICK;
    seawall_breaker_snapshot is = SEAWALL_BREAKER_SNAPSHOT_INIT;

    for (;;) {
        seawall_permit permit;

        if (seawall_breaker_try_acquire(s->breaker, &permit, NULL) == SEAWALL_OK)
            ck_assert_int_eq(seawall_breaker_report(s->breaker, &permit, SEAWALL_FAULT_NONE), SEAWALL_OK);
        ck_assert_int_eq(seawall_breaker_get_snapshot(s->breaker, &is), SEAWALL_OK);
        if (is.state == SEAWALL_BREAKER_CLOSED || is.state == SEAWALL_BREAKER_METRICS_ONLY)
            return;
        if (is.probes == 0 && is.state == SEAWALL_BREAKER_HALF_OPEN)
            continue;
        (void)sw_add_u64(&s->clock, (uint64_t)step);
        ck_assert_int_le(storm_now(s), latest);
    }
}

static const struct {
    int threads;
    bool orders, losses, hasty, rates;
} rows[] = {
    {2, false, false, false, false}, {4, false, false, false, false}, {16, false, false, false, false},
    {2, true, true, false, false},   {4, true, true, false, true},    {16, true, true, false, true},
    {4, false, true, false, false},  {16, false, true, false, false}, {2, false, false, true, false},
    {4, false, false, true, true},   {16, false, false, true, true},  {16, true, true, true, true},
    {2, false, false, false, true},  {4, false, false, false, true},  {16, false, false, false, true},
};

START_TEST(the_books_agree)
{
    const bool deep = getenv("SEAWALL_TEST_DEEP") != NULL;
    int threads = rows[_i].threads;

    printf("SEAWALL_SEED=%" PRIu64 "\n", seed());
    fflush(stdout);
    storm_begin(&the_storm, (deep ? 400000 : 40000) / threads, rows[_i].orders, rows[_i].losses, rows[_i].hasty,
                rows[_i].rates);
    run(&the_storm, threads);
    check_books(&the_storm, threads);
    check_healing(&the_storm);
    seawall_breaker_destroy(the_storm.breaker);
}
END_TEST

/* Nothing is left undelivered when everybody has returned, however few transitions follow. */
static void *order_in_step(void *user)
{
    storm *s = user;
    int64_t i;

    for (i = 0; i < s->calls; i++) {
        (void)pthread_barrier_wait(&s->start);
        (void)seawall_breaker_close(s->breaker);
        (void)pthread_barrier_wait(&s->start);
        must(sw_load_u32(&s->heard) == (uint32_t)(3 * (i + 1)), "every transition is told before the last call returns");
    }
    return NULL;
}

START_TEST(nothing_is_left_undelivered)
{
    storm *s = &the_storm;
    int i;

    storm_begin(s, getenv("SEAWALL_TEST_DEEP") != NULL ? 20000 : 3000, false, false, false, false);
    ck_assert_int_eq(pthread_barrier_init(&s->start, NULL, 3), 0);
    for (i = 0; i < 3; i++)
        ck_assert_int_eq(pthread_create(&workers[i].thread, NULL, order_in_step, s), 0);
    for (i = 0; i < 3; i++)
        ck_assert_int_eq(pthread_join(workers[i].thread, NULL), 0);
    ck_assert_int_eq(pthread_barrier_destroy(&s->start), 0);
    seawall_breaker_destroy(s->breaker);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("breaker_stress");
    TCase *storms = tcase_create("storms");
    SRunner *runner;
    int failed;

    tcase_set_timeout(storms, 300);
    tcase_add_loop_test(storms, the_books_agree, 0, sizeof rows / sizeof rows[0]);
    tcase_add_test(storms, nothing_is_left_undelivered);
    suite_add_tcase(suite, storms);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
