/*
 * Many threads make blocking calls that wait for a permit, sleep between attempts, are blocked until their hook runs, and time
 * out hard, while others call them off: who is called off is told so and nobody else, everybody comes back, and nothing is left
 * behind.
 */
#include <check.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "suite.h"
#include "support.h"

#define THREADS 8

static struct {
    seawall_timers *timers;
    seawall_bulkhead *bulkhead;
    seawall_pipeline *pipeline;
    seawall_cancel *top;
    seawall_cancel *_Atomic own[THREADS]; /* each caller's, for as long as `holding` says */
    atomic_int holding[THREADS];          /* who looks at it at this moment */
    atomic_int going;
    int64_t calls;
    atomic_llong ended[SEAWALL_NO_RESOURCES + 1];
    atomic_int wrong;
    const char *_Atomic what;
    uint64_t seed;
} all;

static void expect(bool right, const char *what)
{
    if (right)
        return;
    atomic_store(&all.what, what);
    atomic_fetch_add(&all.wrong, 1);
}

static void unblock(void *user)
{
    atomic_fetch_add((atomic_int *)user, 1);
}

/* Fails, succeeds, or is blocked until somebody unblocks it. */
static seawall_fault operation(seawall_attempt *attempt, void *arg)
{
    seawall_cancel_hook hook = SEAWALL_CANCEL_HOOK_INIT;
    uint64_t dice = sw_test_next(arg);
    seawall_cancel *cancel;
    atomic_int unblocked = 0;
    seawall_status status;

    if ((dice & 3) == 0)
        return SEAWALL_FAULT_NONE;
    if ((dice & 3) == 1)
        return SEAWALL_FAULT_SERVICE_UNAVAILABLE;
    if (seawall_attempt_token(attempt, &cancel) != SEAWALL_OK) {
        expect(false, "no token");
        return SEAWALL_FAULT_OTHER;
    }
    if (seawall_cancel_add_hook(cancel, &hook, unblock, &unblocked) != SEAWALL_OK) {
        expect(seawall_attempt_cancelled(attempt), "no hook, and not cancelled");
        return SEAWALL_FAULT_OTHER;
    }
    while ((dice & 4) != 0 && atomic_load(&unblocked) == 0)
        (void)sched_yield();
    status = seawall_cancel_remove_hook(cancel, &hook);
    expect(atomic_load(&unblocked) == (status == SEAWALL_STALE), "a hook ran without having run");
    return SEAWALL_FAULT_NONE;
}

static void call(int index, uint64_t *random)
{
    seawall_cancel_config config = SEAWALL_CANCEL_CONFIG_INIT;
    seawall_call_options options = SEAWALL_CALL_OPTIONS_INIT;
    seawall_report report = SEAWALL_REPORT_INIT;

    config.parent = all.top;
    if (seawall_cancel_create(&config, NULL, &options.cancel, NULL) != SEAWALL_OK) {
        expect(false, "no token");
        return;
    }
    atomic_store(&all.own[index], options.cancel);
    if ((sw_test_next(random) & 7) == 0)
        options.deadline = seawall_platform_now(NULL) + SEAWALL_MICROSECONDS(500);
    report.status = seawall_call_with(all.pipeline, &options, operation, random, &report);
    expect(report.status != SEAWALL_CANCELLED || seawall_cancel_is_cancelled(options.cancel), "called off by nobody");
    expect((report.status == SEAWALL_TIMED_OUT) == (report.fault == SEAWALL_FAULT_TIMEOUT), "out of time without the fault");
    expect((report.status == SEAWALL_CANCELLED) == (report.reason == SEAWALL_REASON_CANCELLED), "called off without the reason");
    atomic_fetch_add(&all.ended[report.status], 1);
    atomic_store(&all.own[index], NULL);
    while (atomic_load(&all.holding[index]) != 0) /* somebody calls it off at this moment */
        (void)sched_yield();
    seawall_cancel_destroy(options.cancel);
}

static void work(int index, void *arg)
{
    uint64_t random = all.seed + (uint64_t)index;
    int64_t i;

    (void)arg;
    if (index < THREADS) {
        for (i = 0; i < all.calls; i++)
            call(index, &random);
        atomic_fetch_sub(&all.going, 1);
        return;
    }
    while (atomic_load(&all.going) != 0) {
        int other = (int)(sw_test_next(&random) >> 40) % THREADS;
        seawall_cancel *cancel;

        atomic_store(&all.holding[other], 1);
        cancel = atomic_load(&all.own[other]);
        if (cancel != NULL)
            (void)seawall_cancel_trigger(cancel);
        atomic_store(&all.holding[other], 0);
        for (i = (int64_t)(sw_test_next(&random) >> 56); i > 0; i--)
            (void)sched_yield();
    }
}

static void make(void)
{
    seawall_policy policy[] = {SEAWALL_POLICY_INIT, SEAWALL_POLICY_INIT, SEAWALL_POLICY_INIT};
    const seawall_policy *policies[] = {&policy[0], &policy[1], &policy[2]};
    seawall_pipeline_config config = SEAWALL_PIPELINE_CONFIG_INIT;
    seawall_bulkhead_config places = SEAWALL_BULKHEAD_CONFIG_INIT;
    seawall_timeout_config limits = SEAWALL_TIMEOUT_CONFIG_INIT;
    seawall_retry_config repeats = SEAWALL_RETRY_CONFIG_INIT;
    seawall_timeout *timeout;
    seawall_retry *retry;

    repeats.base_delay = SEAWALL_MICROSECONDS(50);
    limits.attempt_timeout = SEAWALL_MICROSECONDS(200);
    limits.mode = SEAWALL_TIMEOUT_HARD;
    places.max_concurrent = 2;
    places.max_waiting = THREADS;
    places.max_wait = SEAWALL_SECONDS(60);
    ck_assert_int_eq(seawall_timers_create(NULL, NULL, &all.timers, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_timers_start(all.timers, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_retry_create(&repeats, NULL, &retry, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_timeout_create(&limits, NULL, &timeout, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_bulkhead_create(&places, NULL, &all.bulkhead, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_bulkhead_policy(all.bulkhead, NULL, &policy[0]), SEAWALL_OK);
    ck_assert_int_eq(seawall_retry_policy(retry, NULL, &policy[1]), SEAWALL_OK);
    ck_assert_int_eq(seawall_timeout_attempt_policy(timeout, NULL, &policy[2]), SEAWALL_OK);
    config.timers = all.timers;
    ck_assert_int_eq(seawall_pipeline_create(&config, policies, 3, NULL, &all.pipeline, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_cancel_create(NULL, NULL, &all.top, NULL), SEAWALL_OK);
    seawall_retry_destroy(retry);
    seawall_timeout_destroy(timeout);
}

START_TEST(who_is_called_off_is_told_so_and_nobody_else)
{
    seawall_bulkhead_snapshot places = SEAWALL_BULKHEAD_SNAPSHOT_INIT;
    seawall_timers_snapshot pending = SEAWALL_TIMERS_SNAPSHOT_INIT;
    sw_test_threads threads;
    long long sum = 0;
    int i;

    memset(&all, 0, sizeof(all));
    make();
    all.seed = sw_test_seed();
    all.calls = sw_test_count(60, 2000);
    atomic_store(&all.going, THREADS);
    sw_test_start(&threads, THREADS + 1, work, NULL);
    sw_test_join(&threads);
    ck_assert_msg(atomic_load(&all.wrong) == 0, "%d mistakes; the last: %s", atomic_load(&all.wrong), atomic_load(&all.what));
    for (i = 0; i <= SEAWALL_NO_RESOURCES; i++)
        sum += atomic_load(&all.ended[i]);
    ck_assert_int_eq(sum, THREADS * all.calls);
    ck_assert_int_eq(seawall_bulkhead_get_snapshot(all.bulkhead, &places), SEAWALL_OK);
    ck_assert_int_eq(places.in_use, 0);
    ck_assert_int_eq(places.waiting, 0);
    ck_assert_int_eq(seawall_timers_get_snapshot(all.timers, &pending), SEAWALL_OK);
    ck_assert_int_eq(pending.armed, 0);
    printf("of %lld calls %lld succeeded, %lld were called off, %lld were out of time\n", sum,
           atomic_load(&all.ended[SEAWALL_OK]), atomic_load(&all.ended[SEAWALL_CANCELLED]),
           atomic_load(&all.ended[SEAWALL_TIMED_OUT]));
    seawall_pipeline_destroy(all.pipeline);
    seawall_bulkhead_destroy(all.bulkhead);
    seawall_timers_destroy(all.timers);
    seawall_cancel_destroy(all.top);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("cancel calls");

    tcase_add_test(tests, who_is_called_off_is_told_so_and_nobody_else);
    return sw_test_run("cancel calls", tests);
}
