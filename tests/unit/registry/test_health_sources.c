/* Checks that read a breaker or a pool: real ones, opened, filled, held up, and well again. */
#include <check.h>
#include <sched.h>
#include <stdatomic.h>
#include <string.h>

#include "suite.h"
#include "support.h"

#define S SEAWALL_SECONDS
#define PASS SEAWALL_HEALTH_PASS
#define WARN SEAWALL_HEALTH_WARN
#define FAIL SEAWALL_HEALTH_FAIL

static sw_test_platform test;
static seawall_health *health;
static seawall_breaker *breaker;
static seawall_pool *pool;
static seawall_error error;

/* Jobs stay until the gate is open. */
static atomic_int begun, gate, ended;

static void begin(void)
{
    sw_test_platform_init(&test, false);
    ck_assert_int_eq(seawall_health_create(NULL, &test.platform, &health, NULL), SEAWALL_OK);
    breaker = NULL;
    pool = NULL;
    begun = gate = ended = 0;
}

/* Checks keep their own references, so the order says that, too. */
static void end(void)
{
    seawall_breaker_destroy(breaker);
    seawall_pool_destroy(pool);
    seawall_health_destroy(health);
    sw_test_platform_fini(&test);
}

static void poll_for(seawall_duration how_long)
{
    seawall_time until = seawall_manual_clock_now(test.clock) + how_long, next;

    for (;;) {
        ck_assert_int_eq(seawall_health_poll_at(health, seawall_manual_clock_now(test.clock), &next), SEAWALL_OK);
        if (next > until)
            break;
        if (next > seawall_manual_clock_now(test.clock))
            seawall_manual_clock_set(test.clock, next);
    }
    seawall_manual_clock_set(test.clock, until);
}

static void looks(const char *name, seawall_health_status status, const char *message)
{
    seawall_health_check_snapshot seen = SEAWALL_HEALTH_CHECK_SNAPSHOT_INIT;

    ck_assert_int_eq(seawall_health_get_check(health, name, &seen), SEAWALL_OK);
    ck_assert_int_eq(seen.status, status);
    ck_assert_str_eq(seen.message, message);
}

static int32_t ready(void)
{
    seawall_health_snapshot seen = SEAWALL_HEALTH_SNAPSHOT_INIT;

    ck_assert_int_eq(seawall_health_get_snapshot(health, SEAWALL_HEALTH_READY, &seen), SEAWALL_OK);
    return seen.http_status;
}

static seawall_health_check_config at_once(void)
{
    seawall_health_check_config config = SEAWALL_HEALTH_CHECK_CONFIG_INIT;

    config.interval = S(5);
    config.timeout = S(1);
    config.jitter = 0;
    config.failure_threshold = 1;
    return config;
}

/* --- breakers --- */

static void report(seawall_fault fault)
{
    seawall_permit permit;

    ck_assert_int_eq(seawall_breaker_try_acquire(breaker, &permit, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_breaker_report(breaker, &permit, fault), SEAWALL_OK);
}

static void make_breaker(const seawall_breaker_config *config)
{
    ck_assert_int_eq(seawall_breaker_create(config, &test.platform, &breaker, NULL), SEAWALL_OK);
}

static void watch_breaker(void)
{
    seawall_health_check_config config = at_once();

    ck_assert_msg(seawall_health_watch_breaker(health, "db", &config, breaker, &error) == SEAWALL_OK, "%s", error.message);
}

START_TEST(a_breaker_opens_is_probed_and_closes)
{
    seawall_breaker_config config = SEAWALL_BREAKER_CONFIG_INIT;

    config.failure_threshold = 2;
    config.half_open_max_calls = 2;
    config.recovery_timeout = S(60);
    make_breaker(&config);
    watch_breaker();
    poll_for(0);
    looks("db", PASS, "");
    ck_assert_int_eq(ready(), 200);
    report(SEAWALL_FAULT_TIMEOUT);
    report(SEAWALL_FAULT_TIMEOUT);
    poll_for(0); /* due at once, not in five seconds */
    looks("db", FAIL, "open for another 1m: consecutive, 2 where 2 is the limit");
    ck_assert_int_eq(ready(), 503);
    poll_for(S(50));
    looks("db", FAIL, "open for another 10s: consecutive, 2 where 2 is the limit");
    poll_for(S(15)); /* nobody has called meanwhile */
    looks("db", WARN, "half-open: it is being probed");
    ck_assert_int_eq(ready(), 200);
    report(SEAWALL_FAULT_NONE);
    report(SEAWALL_FAULT_NONE);
    poll_for(0);
    looks("db", PASS, "");
}
END_TEST

START_TEST(a_rate_is_told_in_percent)
{
    seawall_breaker_config config = SEAWALL_BREAKER_CONFIG_INIT;
    int i;

    config.failure_threshold = 0;
    config.failure_rate = 0.5;
    config.window_calls = config.minimum_calls = 8;
    make_breaker(&config);
    watch_breaker();
    for (i = 0; i < 8; i++)
        report(i % 8 < 3 ? SEAWALL_FAULT_NONE : SEAWALL_FAULT_TIMEOUT);
    poll_for(0);
    looks("db", FAIL, "open for another 30s: failure_rate, 62 % where 50 % is the limit");
}
END_TEST

START_TEST(what_somebody_ordered_is_told_as_that)
{
    make_breaker(NULL);
    watch_breaker();
    ck_assert_int_eq(seawall_breaker_force_open(breaker, SEAWALL_FOREVER), SEAWALL_OK);
    poll_for(0);
    looks("db", FAIL, "held open");
    ck_assert_int_eq(seawall_breaker_force_open(breaker, seawall_manual_clock_now(test.clock) + S(30)), SEAWALL_OK);
    poll_for(S(5));
    looks("db", FAIL, "held open for another 25s");
    ck_assert_int_eq(seawall_breaker_disable(breaker), SEAWALL_OK);
    poll_for(0);
    looks("db", PASS, "");
}
END_TEST

/* --- pools --- */

static int64_t stay(seawall_work *work, void *arg)
{
    (void)work;
    (void)arg;
    atomic_fetch_add(&begun, 1);
    while (!atomic_load(&gate))
        (void)sched_yield();
    return 0;
}

static void count_ended(const seawall_job_result *result, void *arg)
{
    (void)result;
    (void)arg;
    atomic_fetch_add(&ended, 1);
}

static void submit(int jobs, int until_begun)
{
    const seawall_job_options options = {sizeof(options), SEAWALL_PRIORITY_NORMAL, SEAWALL_FOREVER, count_ended};

    while (jobs-- > 0)
        ck_assert_int_eq(seawall_pool_submit(pool, &options, stay, NULL, NULL), SEAWALL_OK);
    while (atomic_load(&begun) < until_begun)
        (void)sched_yield();
}

static void let_all_go(int jobs)
{
    seawall_pool_snapshot seen = SEAWALL_POOL_SNAPSHOT_INIT;

    atomic_store(&gate, 1);
    while (atomic_load(&ended) < jobs)
        (void)sched_yield();
    do { /* a worker tells of its job's end before it is idle */
        ck_assert_int_eq(seawall_pool_get_snapshot(pool, &seen), SEAWALL_OK);
    } while (seen.busy > 0);
}

static void watch_pool(int32_t workers, int32_t places)
{
    seawall_health_check_config check = at_once();
    seawall_pool_config config = SEAWALL_POOL_CONFIG_INIT;

    config.core_size = config.max_size = workers;
    config.queue_size = places;
    config.stuck_after = S(60);
    ck_assert_int_eq(seawall_pool_create(&config, &test.platform, &pool, NULL), SEAWALL_OK);
    ck_assert_msg(seawall_health_watch_pool(health, "workers", &check, pool, &error) == SEAWALL_OK, "%s", error.message);
    poll_for(0);
    looks("workers", PASS, "");
}

START_TEST(a_pool_is_full_and_empties)
{
    watch_pool(1, 2);
    submit(1, 1);
    submit(1, 1);
    poll_for(S(5));
    looks("workers", PASS, ""); /* busy is not full */
    submit(1, 1);
    poll_for(S(5));
    looks("workers", FAIL, "saturated: 1 of 1 workers busy, 0 stuck, 2 of 2 places taken");
    ck_assert_int_eq(ready(), 503);
    let_all_go(3);
    poll_for(S(5));
    looks("workers", PASS, "");
    ck_assert_int_eq(ready(), 200);
}
END_TEST

START_TEST(workers_get_stuck_and_come_back)
{
    watch_pool(2, 9);
    submit(1, 1);
    poll_for(S(30));
    submit(2, 2);
    poll_for(S(25));
    looks("workers", PASS, "");
    poll_for(S(10)); /* the first job has gone on for 65 seconds */
    looks("workers", WARN, "stuck: 1 of 2 workers");
    ck_assert_int_eq(ready(), 200);
    poll_for(S(30));
    looks("workers", FAIL, "stuck: all 2 workers, 1 jobs wait");
    ck_assert_int_eq(ready(), 503);
    let_all_go(3);
    poll_for(S(5));
    looks("workers", PASS, "");
}
END_TEST

START_TEST(a_stopped_pool_has_failed)
{
    watch_pool(1, 1);
    ck_assert_int_eq(seawall_pool_stop(pool), SEAWALL_OK);
    poll_for(S(5));
    looks("workers", FAIL, "stopped: it takes no jobs");
}
END_TEST

/* --- what is refused --- */

static void refused(seawall_status status, const char *message)
{
    ck_assert_int_eq(status, SEAWALL_INVALID);
    ck_assert_str_eq(error.message, message);
}

START_TEST(what_cannot_be_is_refused)
{
    seawall_health_check_config config = at_once();
    seawall_breaker *other;

    make_breaker(NULL);
    refused(seawall_health_watch_breaker(health, "a", NULL, NULL, &error), "health_check: no breaker (NULL)");
    refused(seawall_health_watch_pool(health, "a", NULL, NULL, &error), "health_check: no pool (NULL)");
    refused(seawall_health_watch_breaker(NULL, "a", NULL, breaker, &error), "health_check: no set of checks (NULL)");
    refused(seawall_health_watch_breaker(health, NULL, NULL, breaker, &error), "health_check: a name is missing");
    config.live = 1;
    refused(seawall_health_watch_breaker(health, "a", &config, breaker, &error),
            "health_check.live: a source looks at a dependency or a policy, which informs readiness and never liveness");
    config.live = 0;
    config.hold_breaker = 1;
    refused(seawall_health_watch_breaker(health, "a", &config, breaker, &error),
            "health_check.hold_breaker: a source reads its circuit breaker, and would never see it let go");
    ck_assert_int_eq(seawall_breaker_create(NULL, NULL, &other, NULL), SEAWALL_OK);
    refused(seawall_health_watch_breaker(health, "a", NULL, other, &error),
            "health_check: what it reads is on another platform");
    seawall_breaker_destroy(other);
    watch_breaker();
    refused(seawall_health_watch_breaker(health, "db", NULL, breaker, &error),
            "health_check: there is one of this name already");
    ck_assert_int_eq(seawall_health_count(health), 1);
}
END_TEST

static seawall_status watch_both(const seawall_platform *platform, void *arg, seawall_error *why)
{
    seawall_pool_config small = SEAWALL_POOL_CONFIG_INIT;
    seawall_health *set = NULL;
    seawall_breaker *b = NULL;
    seawall_pool *p = NULL;
    seawall_status status = seawall_health_create(NULL, platform, &set, why);

    (void)arg;
    small.core_size = small.max_size = 1;
    if (status == SEAWALL_OK)
        status = seawall_breaker_create(NULL, platform, &b, why);
    if (status == SEAWALL_OK)
        status = seawall_pool_create(&small, platform, &p, why);
    if (status == SEAWALL_OK)
        status = seawall_health_watch_breaker(set, "b", NULL, b, why);
    if (status == SEAWALL_OK)
        status = seawall_health_watch_pool(set, "p", NULL, p, why);
    seawall_breaker_destroy(b);
    seawall_pool_destroy(p);
    seawall_health_destroy(set);
    return status;
}

START_TEST(no_memory_is_a_status)
{
    ck_assert_int_gt(sw_test_sweep(watch_both, NULL), 5);
}
END_TEST

/* --- from a file --- */

static seawall_registry *registry;

static seawall_status load(const char *text)
{
    return seawall_registry_load_text(registry, text, strlen(text), "t", NULL, &error);
}

static void connect_with(const char *text)
{
    ck_assert_int_eq(seawall_registry_create(NULL, &test.platform, &registry, NULL), SEAWALL_OK);
    ck_assert_msg(load(text) == SEAWALL_OK, "%s", error.message);
    ck_assert_msg(seawall_registry_connect_health(registry, health, &error) == SEAWALL_OK, "%s", error.message);
}

START_TEST(a_file_names_what_is_read)
{
    connect_with("[circuit_breaker \"db\"]\nfailure_threshold = 1\n"
                 "[thread_pool \"workers\"]\ncore_size = 1\nmax_size = 1\nqueue_size = 0\n"
                 "[health_check \"db\"]\ncheck = source\ncircuit_breaker = db\nfailure_threshold = 1\njitter = 0\n"
                 "[health_check \"workers\"]\ncheck = source\nthread_pool = workers\nfailure_threshold = 1\njitter = 0\n"
                 "[health_check \"own\"]\ncheck = source\nrequired = off\n");
    ck_assert_int_eq(seawall_registry_breaker(registry, "db", NULL, &breaker, NULL, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_registry_pool(registry, "workers", NULL, &pool, NULL, NULL), SEAWALL_OK);
    poll_for(S(5));
    looks("db", PASS, "");
    looks("workers", PASS, "");
    looks("own", SEAWALL_HEALTH_UNKNOWN, "no function is bound to it"); /* the program's to bind */
    report(SEAWALL_FAULT_TIMEOUT);
    submit(1, 1);
    poll_for(S(5));
    looks("db", FAIL, "open for another 25s: consecutive, 1 where 1 is the limit");
    looks("workers", FAIL, "saturated: 1 of 1 workers busy, 0 stuck, 0 of 0 places taken");
    /* Connected again, as after a reload: what is bound stays, and so does what was found. */
    ck_assert_int_eq(seawall_registry_connect_health(registry, health, &error), SEAWALL_OK);
    looks("workers", FAIL, "saturated: 1 of 1 workers busy, 0 stuck, 0 of 0 places taken");
    let_all_go(1);
    seawall_registry_destroy(registry); /* the set may outlive it */
    poll_for(S(60));
    looks("db", WARN, "half-open: it is being probed");
    looks("workers", PASS, "");
}
END_TEST

START_TEST(a_full_pool_holds_a_breaker_open)
{
    seawall_breaker_snapshot seen = SEAWALL_BREAKER_SNAPSHOT_INIT;

    connect_with("[circuit_breaker \"front\"]\n[thread_pool \"workers\"]\ncore_size = 1\nmax_size = 1\nqueue_size = 0\n"
                 "[health_check \"workers\"]\ncheck = source\nthread_pool = workers\nfailure_threshold = 1\njitter = 0\n"
                 "circuit_breaker = front\nhold_breaker = on\n");
    ck_assert_int_eq(seawall_registry_breaker(registry, "front", NULL, &breaker, NULL, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_registry_pool(registry, "workers", NULL, &pool, NULL, NULL), SEAWALL_OK);
    poll_for(S(5));
    submit(1, 1);
    poll_for(S(5));
    ck_assert_int_eq(seawall_breaker_get_snapshot(breaker, &seen), SEAWALL_OK);
    ck_assert_int_eq(seen.state, SEAWALL_BREAKER_FORCED_OPEN);
    let_all_go(1);
    poll_for(S(6));
    ck_assert_int_eq(seawall_breaker_get_snapshot(breaker, &seen), SEAWALL_OK);
    ck_assert_int_eq(seen.state, SEAWALL_BREAKER_HALF_OPEN);
    seawall_registry_destroy(registry);
}
END_TEST

START_TEST(a_file_with_nonsense_is_refused)
{
    ck_assert_int_eq(seawall_registry_create(NULL, &test.platform, &registry, NULL), SEAWALL_OK);
    refused(load("[health_check \"a\"]\nthread_pool = w\n[thread_pool \"w\"]\n"),
            "t:2: [health_check \"a\"] thread_pool: check is function, and only a source reads a pool");
    refused(load("[health_check \"a\"]\ncheck = source\nthread_pool = worker\n[thread_pool \"workers\"]\n"),
            "t:3: [health_check \"a\"] thread_pool: there is no section [thread_pool \"worker\"]; did you mean workers?");
    refused(load("[circuit_breaker \"db\"]\n[health_check \"a\"]\ncheck = source\ncircuit_breaker = db\nhold_breaker = on\n"),
            "t:5: [health_check \"a\"] hold_breaker: a source reads its circuit breaker, and would never see it let go");
    seawall_registry_destroy(registry);
}
END_TEST

static seawall_status connect_all(const seawall_platform *platform, void *arg, seawall_error *why)
{
    static const char *const text = "[thread_pool \"p\"]\ncore_size = 1\nmax_size = 1\n[circuit_breaker \"b\"]\n"
                                    "[health_check \"p\"]\ncheck = source\nthread_pool = p\n"
                                    "[health_check \"b\"]\ncheck = source\ncircuit_breaker = b\n";
    seawall_registry *all;
    seawall_health *set = NULL;
    seawall_status status = seawall_registry_create(NULL, platform, &all, why);

    (void)arg;
    if (status != SEAWALL_OK)
        return status;
    status = seawall_registry_load_text(all, text, strlen(text), "t", NULL, why);
    if (status == SEAWALL_OK)
        status = seawall_health_create(NULL, platform, &set, why);
    if (status == SEAWALL_OK) {
        status = seawall_registry_connect_health(all, set, why);
        ck_assert_int_eq(seawall_health_count(set), status == SEAWALL_OK ? 2 : 0);
    }
    seawall_health_destroy(set);
    seawall_registry_destroy(all);
    return status;
}

START_TEST(a_file_without_memory_is_a_status)
{
    ck_assert_int_gt(sw_test_sweep(connect_all, NULL), 10);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("health sources");

    tcase_add_checked_fixture(tests, begin, end);
    tcase_add_test(tests, a_breaker_opens_is_probed_and_closes);
    tcase_add_test(tests, a_rate_is_told_in_percent);
    tcase_add_test(tests, what_somebody_ordered_is_told_as_that);
    tcase_add_test(tests, a_pool_is_full_and_empties);
    tcase_add_test(tests, workers_get_stuck_and_come_back);
    tcase_add_test(tests, a_stopped_pool_has_failed);
    tcase_add_test(tests, what_cannot_be_is_refused);
    tcase_add_test(tests, no_memory_is_a_status);
    tcase_add_test(tests, a_file_names_what_is_read);
    tcase_add_test(tests, a_full_pool_holds_a_breaker_open);
    tcase_add_test(tests, a_file_with_nonsense_is_refused);
    tcase_add_test(tests, a_file_without_memory_is_a_status);
    return sw_test_run("health sources", tests);
}
