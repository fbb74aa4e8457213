/*
 * Wakes across threads: callers contend for the permits of one gate and wait without a time, so that a wake that is lost is a
 * call that hangs. Meddlers ring everybody's waker for nothing.
 */
#include <check.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"
#include "toy.h"

#define CALLERS 4

static seawall_pipeline *pipeline;
static toy gate;
static atomic_int inside, most, failed;
static atomic_bool over;

static seawall_fault operation(seawall_attempt *attempt, void *arg)
{
    unsigned *dice = arg;
    int now = atomic_fetch_add(&inside, 1) + 1;
    int seen = atomic_load(&most);

    (void)attempt;
    while (now > seen && !atomic_compare_exchange_weak(&most, &seen, now))
        ;
    *dice = *dice * 1664525u + 1013904223u;
    if (*dice >> 30 == 0)
        sched_yield();
    atomic_fetch_sub(&inside, 1);
    return SEAWALL_FAULT_NONE;
}

static int64_t rounds(void)
{
    return sw_test_count(5000, 50000);
}

static void *call(void *arg)
{
    unsigned dice = (unsigned)(uintptr_t)arg;
    int64_t i;

    for (i = 0; i < rounds(); i++) {
        if (seawall_call(pipeline, operation, &dice, NULL) != SEAWALL_OK)
            atomic_fetch_add(&failed, 1);
    }
    return NULL;
}

/* Whoever waits is woken for nothing, again and again. */
static void *meddle(void *arg)
{
    (void)arg;
    while (!atomic_load(&over)) {
        seawall_waker waker = {0};

        pthread_mutex_lock(&gate.lock);
        if (gate.last != NULL)
            waker = gate.last->waker;
        pthread_mutex_unlock(&gate.lock);
        if (waker.wake != NULL)
            waker.wake(waker.cookie, waker.user);
        sched_yield();
    }
    return NULL;
}

START_TEST(no_wake_is_lost)
{
    pthread_t callers[CALLERS], meddler;
    const seawall_policy *policy = &gate.policy;
    uintptr_t i;

    toy_init(&gate, &(toy_config){.kind = TOY_GATE, .count = _i, .waiting = CALLERS, .delay = SEAWALL_FOREVER}, NULL);
    ck_assert_int_eq(seawall_pipeline_create(NULL, &policy, 1, NULL, &pipeline, NULL), SEAWALL_OK);
    ck_assert_int_eq(pthread_create(&meddler, NULL, meddle, NULL), 0);
    for (i = 0; i < CALLERS; i++)
        ck_assert_int_eq(pthread_create(&callers[i], NULL, call, (void *)(i + 1)), 0);
    for (i = 0; i < CALLERS; i++)
        ck_assert_int_eq(pthread_join(callers[i], NULL), 0);
    atomic_store(&over, true);
    ck_assert_int_eq(pthread_join(meddler, NULL), 0);
    seawall_pipeline_destroy(pipeline);
    ck_assert_int_eq(atomic_load(&failed), 0);
    ck_assert_int_le(atomic_load(&most), _i);
    ck_assert_int_eq(gate.begun, CALLERS * rounds());
    ck_assert_ptr_null(toy_at_rest(&gate));
    toy_fini(&gate);
}
END_TEST

/* Executions on this thread; their permits come from another one, which only ever calls the waker. */
#define FLIGHT 16

static atomic_uint rung[FLIGHT];
static atomic_int ringing;

static void mark(uint64_t cookie, void *user)
{
    (void)user;
    atomic_fetch_add(&rung[cookie], 1);
    atomic_store(&ringing, 1);
}

START_TEST(a_loop_is_woken_by_other_threads)
{
    const toy_config config = {.kind = TOY_GATE, .count = 1, .waiting = FLIGHT + CALLERS, .delay = SEAWALL_FOREVER};
    const seawall_policy *policy = &gate.policy;
    seawall_execution *flight[FLIGHT];
    pthread_t callers[CALLERS];
    int done = 0, going[FLIGHT] = {0};
    size_t size;
    unsigned char *storage;
    uintptr_t i;

    toy_init(&gate, &config, NULL);
    ck_assert_int_eq(seawall_pipeline_create(NULL, &policy, 1, NULL, &pipeline, NULL), SEAWALL_OK);
    size = seawall_execution_size(pipeline);
    storage = aligned_alloc(SEAWALL_EXECUTION_ALIGNMENT, size * FLIGHT);
    ck_assert_ptr_nonnull(storage);
    for (i = 0; i < FLIGHT; i++) {
        seawall_waker waker = {mark, i, NULL};

        ck_assert_int_eq(seawall_execution_init(storage + i * size, size, pipeline, &waker, &flight[i]), SEAWALL_OK);
    }
    for (i = 0; i < CALLERS; i++)
        ck_assert_int_eq(pthread_create(&callers[i], NULL, call, (void *)(i + 1)), 0);
    while (done < rounds()) {
        int waiting = 0;

        for (i = 0; i < FLIGHT; i++) {
            seawall_result result = {.fault = SEAWALL_FAULT_NONE};
            seawall_step step;

            if (!going[i]) {
                ck_assert_int_eq(seawall_execution_begin_at(flight[i], 0, SEAWALL_FOREVER), SEAWALL_OK);
                going[i] = 1;
            } else if (atomic_exchange(&rung[i], 0) == 0) {
                waiting++;
                continue;
            }
            ck_assert_int_eq(seawall_execution_next_at(flight[i], 0, &step), SEAWALL_OK);
            if (step.kind == SEAWALL_STEP_WAIT) {
                waiting++;
                continue;
            }
            ck_assert_int_eq(step.kind, SEAWALL_STEP_START);
            ck_assert_int_eq(seawall_execution_report_at(flight[i], step.id, &result, 0), SEAWALL_OK);
            going[i] = 0;
            done++;
        }
        /* With everybody waiting, only a wake goes on from here. */
        while (waiting == FLIGHT && atomic_exchange(&ringing, 0) == 0)
            sched_yield();
    }
    for (i = 0; i < FLIGHT; i++) {
        if (going[i])
            ck_assert_int_eq(seawall_execution_cancel_at(flight[i], 0), SEAWALL_OK);
        ck_assert_int_eq(seawall_execution_fini(flight[i]), SEAWALL_OK);
    }
    for (i = 0; i < CALLERS; i++)
        ck_assert_int_eq(pthread_join(callers[i], NULL), 0);
    free(storage);
    seawall_pipeline_destroy(pipeline);
    ck_assert_ptr_null(toy_at_rest(&gate));
    toy_fini(&gate);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("stress/waker");
    TCase *tests = tcase_create("waker");
    SRunner *runner = srunner_create(suite);
    int failures;

    suite_add_tcase(suite, tests);
    tcase_set_timeout(tests, 300);
    tcase_add_loop_test(tests, no_wake_is_lost, 1, 4);
    tcase_add_test(tests, a_loop_is_woken_by_other_threads);
    srunner_run_all(runner, CK_ENV);
    failures = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
