/*
 * Asynchronous calls from many threads: some start calls, others report the attempts that the timer service's thread begins, and
 * call calls off meanwhile. Each call is told to have finished once and drained once, each attempt is reported once, and after
 * the dust has settled nobody holds a permit.
 */
#include <check.h>
#include <sched.h>
#include <stdatomic.h>

#include "suite.h"
#include "support.h"

#define STARTERS 3
#define ENDERS 3
#define CALLS_AT_ONCE 64
#define MAILS 4096

/* Attempts on their way to those who end them: a ring under a lock. */
static struct {
    pthread_mutex_t lock;
    uint64_t id[MAILS];
    uint32_t head, tail;
} begun = {.lock = PTHREAD_MUTEX_INITIALIZER};

static seawall_async *async;
static seawall_pipeline *pipeline;
static seawall_bulkhead *bulkhead;
static atomic_int starters, started, finished, drained, wrong, taken;

static void hand_over(const seawall_async_attempt *attempt, void *user)
{
    (void)user;
    if (attempt->id % 16 == 3) { /* some end here and now */
        if (seawall_async_disown(async, attempt->id) != SEAWALL_OK)
            atomic_fetch_add(&wrong, 1);
        return;
    }
    pthread_mutex_lock(&begun.lock);
    if (begun.head - begun.tail == MAILS)
        atomic_fetch_add(&wrong, 1);
    begun.id[begun.head++ % MAILS] = attempt->id;
    pthread_mutex_unlock(&begun.lock);
}

static bool next_begun(uint64_t *id)
{
    bool there;

    pthread_mutex_lock(&begun.lock);
    there = begun.head != begun.tail;
    if (there)
        *id = begun.id[begun.tail++ % MAILS];
    pthread_mutex_unlock(&begun.lock);
    return there;
}

static void ignore(const seawall_async_attempt *attempt, void *user)
{
    (void)attempt;
    (void)user;
}

static void count_finished(seawall_async_call call, const seawall_report *report, void *user)
{
    (void)call;
    (void)user;
    if (report->size != sizeof(*report))
        atomic_fetch_add(&wrong, 1);
    atomic_fetch_add(&finished, 1);
}

static void count_drained(seawall_async_call call, void *user)
{
    (void)call;
    (void)user;
    atomic_fetch_add(&drained, 1);
}

static int64_t calls_of_each(void)
{
    return sw_test_count(2000, 20000);
}

/* Every other call is one whose result is waited for. */
static void start_calls(uint64_t dice)
{
    seawall_async_operation told = {sizeof(told), 0, hand_over, ignore, count_finished, count_drained};
    seawall_async_operation kept = {sizeof(kept), 0, hand_over, NULL, NULL, count_drained};
    int64_t i;

    for (i = 0; i < calls_of_each(); i++) {
        bool wait = sw_test_next(&dice) % 2 == 0;
        seawall_report report = SEAWALL_REPORT_INIT;
        seawall_async_call call;
        seawall_time deadline = SEAWALL_FOREVER;

        if (sw_test_next(&dice) % 8 == 0)
            deadline = seawall_platform_now(NULL) + SEAWALL_MICROSECONDS(50);
        while (seawall_async_start(async, pipeline, deadline, wait ? &kept : &told, NULL, &call) == SEAWALL_FULL)
            sched_yield();
        atomic_fetch_add(&started, 1);
        if (sw_test_next(&dice) % 4 == 0)
            (void)seawall_async_cancel(async, call);
        if (!wait)
            continue;
        if (seawall_async_take_until(async, call, SEAWALL_FOREVER, &report) != SEAWALL_OK)
            atomic_fetch_add(&wrong, 1);
        atomic_fetch_add(&taken, 1);
    }
    atomic_fetch_sub(&starters, 1);
}

static void end_attempts(uint64_t dice)
{
    while (atomic_load(&starters) > 0 || seawall_async_count(async) > 0) {
        seawall_result result = {.fault = SEAWALL_FAULT_NONE};
        uint64_t id;

        if (!next_begun(&id)) {
            sched_yield();
            continue;
        }
        if (sw_test_next(&dice) % 4 == 0)
            result.fault = SEAWALL_FAULT_SERVICE_UNAVAILABLE;
        if (seawall_async_report(async, id, &result) != SEAWALL_OK || seawall_async_report(async, id, &result) != SEAWALL_STALE)
            atomic_fetch_add(&wrong, 1);
    }
}

static void body(int index, void *arg)
{
    uint64_t dice = *(const uint64_t *)arg + (uint64_t)index;

    if (index < STARTERS)
        start_calls(dice);
    else
        end_attempts(dice);
}

static void make_pipeline(void)
{
    seawall_bulkhead_config room = SEAWALL_BULKHEAD_CONFIG_INIT;
    seawall_retry_config retry = SEAWALL_RETRY_CONFIG_INIT;
    seawall_policy policies[2] = {SEAWALL_POLICY_INIT, SEAWALL_POLICY_INIT};
    const seawall_policy *list[] = {&policies[0], &policies[1]};
    seawall_retry *again = NULL;

    room.max_concurrent = 8;
    room.max_waiting = 1000;
    room.max_wait = SEAWALL_FOREVER;
    retry.base_delay = SEAWALL_MICROSECONDS(20);
    ck_assert_int_eq(seawall_retry_create(&retry, NULL, &again, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_bulkhead_create(&room, NULL, &bulkhead, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_retry_policy(again, "again", &policies[0]), SEAWALL_OK);
    ck_assert_int_eq(seawall_bulkhead_policy(bulkhead, "room", &policies[1]), SEAWALL_OK);
    ck_assert_int_eq(seawall_pipeline_create(NULL, list, 2, NULL, &pipeline, NULL), SEAWALL_OK);
    seawall_retry_destroy(again);
}

START_TEST(nothing_is_lost)
{
    seawall_bulkhead_snapshot s = SEAWALL_BULKHEAD_SNAPSHOT_INIT;
    seawall_async_config config = SEAWALL_ASYNC_CONFIG_INIT;
    seawall_timers *timers = NULL;
    uint64_t seed = sw_test_seed();
    sw_test_threads threads;

    make_pipeline();
    config.capacity = CALLS_AT_ONCE;
    ck_assert_int_eq(seawall_timers_create(NULL, NULL, &timers, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_timers_start(timers, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_async_create(&config, pipeline, timers, &async, NULL), SEAWALL_OK);
    atomic_store(&starters, STARTERS);
    sw_test_start(&threads, STARTERS + ENDERS, body, &seed);
    sw_test_join(&threads);
    ck_assert_int_eq(seawall_async_drain_until(async, SEAWALL_FOREVER), SEAWALL_OK);
    ck_assert_int_eq(seawall_async_destroy(async), SEAWALL_OK);
    ck_assert_int_eq(wrong, 0);
    ck_assert_int_eq(started, STARTERS * calls_of_each());
    ck_assert_int_eq(finished + taken, started);
    ck_assert_int_eq(drained, started);
    ck_assert_int_eq(seawall_bulkhead_get_snapshot(bulkhead, &s), SEAWALL_OK);
    ck_assert_int_eq(s.in_use, 0);
    ck_assert_int_eq(s.waiting, 0);
    seawall_timers_destroy(timers);
    seawall_pipeline_destroy(pipeline);
    seawall_bulkhead_destroy(bulkhead);
}
END_TEST

/* Objects come and go on a service whose thread is busy with them; each is destroyed as soon as nothing of it is left. */
static seawall_timers *shared;

static void end_now(const seawall_async_attempt *attempt, void *user)
{
    const seawall_result good = {.fault = SEAWALL_FAULT_NONE};

    if (seawall_async_report(user, attempt->id, &good) != SEAWALL_OK)
        atomic_fetch_add(&wrong, 1);
}

static void come_and_go(int index, void *arg)
{
    seawall_async_operation operation = {sizeof(operation), 0, end_now, NULL, NULL, NULL};
    seawall_async_config config = SEAWALL_ASYNC_CONFIG_INIT;
    int64_t i;

    (void)index;
    (void)arg;
    config.capacity = 4;
    for (i = 0; i < calls_of_each() / 2; i++) {
        seawall_report report = SEAWALL_REPORT_INIT;
        seawall_async *mine = NULL;
        seawall_async_call call;

        if (seawall_async_create(&config, pipeline, shared, &mine, NULL) != SEAWALL_OK ||
            seawall_async_start(mine, pipeline, SEAWALL_FOREVER, &operation, mine, &call) != SEAWALL_OK ||
            seawall_async_take_until(mine, call, SEAWALL_FOREVER, &report) != SEAWALL_OK ||
            seawall_async_drain_until(mine, SEAWALL_FOREVER) != SEAWALL_OK || seawall_async_destroy(mine) != SEAWALL_OK)
            atomic_fetch_add(&wrong, 1);
    }
}

START_TEST(objects_come_and_go)
{
    sw_test_threads threads;

    make_pipeline();
    ck_assert_int_eq(seawall_timers_create(NULL, NULL, &shared, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_timers_start(shared, NULL), SEAWALL_OK);
    sw_test_start(&threads, 4, come_and_go, NULL);
    sw_test_join(&threads);
    ck_assert_int_eq(wrong, 0);
    seawall_timers_destroy(shared);
    seawall_pipeline_destroy(pipeline);
    seawall_bulkhead_destroy(bulkhead);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("async");

    tcase_set_timeout(tests, 300);
    tcase_add_test(tests, nothing_is_lost);
    tcase_add_test(tests, objects_come_and_go);
    return sw_test_run("async_stress", tests);
}
