/*
 * Many threads on one window: nothing is lost or counted twice, and the outcome that completes the minimum opens the breaker,
 * whichever thread has it.
 */
#include <check.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <seawall/seawall.h>

#include "base/atomic.h"
#include "suite.h"
#include "support.h"

#define MS(n) SEAWALL_MILLISECONDS(n)
#define THREADS_MAX 16

static struct {
    seawall_platform platform;
    seawall_breaker *breaker;
    uint64_t seed;
    sw_atomic_u64 clock;
    int threads;
    int64_t calls; /* of each thread; or rounds */
    pthread_barrier_t gate;
    seawall_permit permits[THREADS_MAX];
    struct {
        _Alignas(64) int64_t failures, slow;
    } did[THREADS_MAX];
} s;

static seawall_time storm_now(void *user)
{
    (void)user;
    return (seawall_time)sw_load_u64(&s.clock);
}

/* check's own assertions are not for many threads. */
static void must(bool holds, const char *what)
{
    if (!holds) {
        (void)fprintf(stderr, "broken: %s\n", what);
        abort();
    }
}

static void begin(const seawall_breaker_config *config, int threads, int64_t calls)
{
    memset(&s, 0, sizeof s);
    s.threads = threads;
    s.seed = sw_test_seed();
    s.calls = calls;
    sw_store_u64(&s.clock, SEAWALL_SECONDS(5));
    ck_assert_int_eq(seawall_platform_init(&s.platform, sizeof s.platform), SEAWALL_OK);
    s.platform.now = storm_now;
    ck_assert_int_eq(seawall_breaker_create(config, &s.platform, &s.breaker, NULL), SEAWALL_OK);
}

static void look(seawall_breaker_snapshot *is)
{
    *is = (seawall_breaker_snapshot)SEAWALL_BREAKER_SNAPSHOT_INIT;
    must(seawall_breaker_get_snapshot(s.breaker, is) == SEAWALL_OK, "a snapshot");
}

/* --- totals --- */

static void mixed_calls(int index, void *arg)
{
    uint64_t state = s.seed + (uint64_t)index;
    int64_t i;

    (void)arg;
    for (i = 0; i < s.calls; i++) {
        uint64_t dice = sw_test_next(&state) % 16;
        seawall_time now = storm_now(NULL);
        bool fails = dice % 4 == 0, slow = dice < 2;
        seawall_permit permit;

        must(seawall_breaker_try_acquire_at(s.breaker, now, &permit, NULL) == SEAWALL_OK, "let through");
        must(seawall_breaker_report_at(s.breaker, &permit, fails ? SEAWALL_FAULT_INTERNAL : SEAWALL_FAULT_NONE,
                                       slow ? now + MS(2) : now) == SEAWALL_OK,
             "counted");
        s.did[index].failures += fails;
        s.did[index].slow += slow;
        if (dice == 15)
            (void)sw_add_u64(&s.clock, 1000);
        if (sw_test_next(&state) % 64 == 0) {
            seawall_breaker_snapshot is;

            look(&is);
            must(is.window_failures <= is.window_calls && is.window_slow_calls <= is.window_calls, "no more than all");
            must(is.window_calls <= s.calls * s.threads, "nothing twice");
        }
    }
}

static const struct {
    int threads;
    seawall_breaker_window window;
} rows[] = {{2, SEAWALL_BREAKER_WINDOW_COUNT}, {4, SEAWALL_BREAKER_WINDOW_COUNT}, {16, SEAWALL_BREAKER_WINDOW_COUNT},
            {2, SEAWALL_BREAKER_WINDOW_TIME},  {4, SEAWALL_BREAKER_WINDOW_TIME},  {16, SEAWALL_BREAKER_WINDOW_TIME}};

START_TEST(the_window_holds_what_the_threads_did)
{
    seawall_breaker_config config = SEAWALL_BREAKER_CONFIG_INIT;
    sw_test_threads threads;
    seawall_breaker_snapshot is;
    int64_t failures = 0, slow = 0;
    int i;

    config.failure_threshold = 0;
    config.failure_rate = config.slow_call_rate = 1;
    config.slow_call_duration = MS(1);
    config.window = rows[_i].window;
    config.window_calls = 65536;
    config.window_duration = SEAWALL_SECONDS(3600);
    config.minimum_calls = 1000000;
    begin(&config, rows[_i].threads, sw_test_count(16000, 64000) / rows[_i].threads);
    sw_test_start(&threads, s.threads, mixed_calls, NULL);
    sw_test_join(&threads);
    for (i = 0; i < s.threads; i++) {
        failures += s.did[i].failures;
        slow += s.did[i].slow;
    }
    look(&is);
    ck_assert_int_eq(is.window_calls, s.calls * s.threads);
    ck_assert_int_eq(is.window_failures, failures);
    ck_assert_int_eq(is.window_slow_calls, slow);
    ck_assert_int_eq(is.failures, failures);
    ck_assert_int_eq(is.successes, s.calls * s.threads - failures);
    seawall_breaker_destroy(s.breaker);
}
END_TEST

/* --- the minimum --- */

/* Everybody has a permit; then all report at once, every other one a failure. */
static void one_of_the_minimum(int index, void *arg)
{
    bool fails = (index + (arg != NULL)) % 2 == 0;
    int64_t i;

    for (i = 0; i < s.calls; i++) {
        seawall_breaker_snapshot is;

        must(seawall_breaker_try_acquire(s.breaker, &s.permits[index], NULL) == SEAWALL_OK, "let through");
        (void)pthread_barrier_wait(&s.gate);
        must(seawall_breaker_report(s.breaker, &s.permits[index],
                                    fails ? SEAWALL_FAULT_INTERNAL : SEAWALL_FAULT_NONE) == SEAWALL_OK,
             "counted");
        (void)pthread_barrier_wait(&s.gate);
        if (index == 0) {
            seawall_permit permit;

            /* Not by a snapshot, which would look at the window itself. */
            must(seawall_breaker_try_acquire(s.breaker, &permit, NULL) == SEAWALL_OPEN, "whoever completes the minimum opens it");
            look(&is);
            must(is.last_rule == SEAWALL_BREAKER_RULE_FAILURE_RATE && is.last_value == 500000, "and says why");
            must(seawall_breaker_close(s.breaker) == SEAWALL_OK, "closed");
        }
        (void)pthread_barrier_wait(&s.gate);
    }
}

START_TEST(whoever_completes_the_minimum_opens_it)
{
    seawall_breaker_config config = SEAWALL_BREAKER_CONFIG_INIT;
    sw_test_threads threads;

    config.failure_threshold = 0;
    config.failure_rate = 0.5;
    config.window = rows[_i].window;
    config.minimum_calls = rows[_i].threads;
    begin(&config, rows[_i].threads, sw_test_count(1500, 30000) / rows[_i].threads);
    ck_assert_int_eq(pthread_barrier_init(&s.gate, NULL, (unsigned)s.threads), 0);
    sw_test_start(&threads, s.threads, one_of_the_minimum, NULL);
    sw_test_join(&threads);
    ck_assert_int_eq(pthread_barrier_destroy(&s.gate), 0);
    seawall_breaker_destroy(s.breaker);
}
END_TEST

int main(void)
{
    TCase *windows = tcase_create("windows");

    tcase_set_timeout(windows, 300);
    tcase_add_loop_test(windows, the_window_holds_what_the_threads_did, 0, sizeof rows / sizeof rows[0]);
    tcase_add_loop_test(windows, whoever_completes_the_minimum_opens_it, 0, sizeof rows / sizeof rows[0]);
    return sw_test_run("breaker_windows", windows);
}
