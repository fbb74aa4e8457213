/*
 * Wakes against deadlines and cancellations: permits are granted by foreign threads at the moment at which those who wait give
 * up. No permit may be lost, nobody may hang, and a wake may come when its execution's memory has long been given back.
 */
#include <check.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"
#include "toy.h"

#define CALLERS 4

static seawall_pipeline *outer, *inner;
static toy gate, second;
static atomic_int wrong, passed, late;

static seawall_fault work(seawall_attempt *attempt, void *arg)
{
    uint64_t *dice = arg;

    (void)attempt;
    if (sw_test_next(dice) % 4 == 0)
        sched_yield();
    return SEAWALL_FAULT_NONE;
}

/* A guarded call inside a guarded call, on the same thread. */
static seawall_fault call_inside(seawall_attempt *attempt, void *arg)
{
    seawall_status status = seawall_call_until(inner, seawall_attempt_deadline(attempt), work, arg, NULL);

    if (status != SEAWALL_OK && status != SEAWALL_TIMED_OUT)
        atomic_fetch_add(&wrong, 1);
    return status == SEAWALL_OK ? SEAWALL_FAULT_NONE : SEAWALL_FAULT_TIMEOUT;
}

static void call_in_a_hurry(int index, void *arg)
{
    uint64_t dice = *(const uint64_t *)arg + (uint64_t)index;
    int64_t i, count = sw_test_count(3000, 40000);

    for (i = 0; i < count; i++) {
        seawall_time deadline = seawall_time_add(seawall_platform_now(NULL), (seawall_duration)(sw_test_next(&dice) % 40000));
        seawall_status status = seawall_call_until(outer, deadline, call_inside, &dice, NULL);

        if (status == SEAWALL_OK)
            atomic_fetch_add(&passed, 1);
        else if (status == SEAWALL_TIMED_OUT || status == SEAWALL_FAILED)
            atomic_fetch_add(&late, 1);
        else
            atomic_fetch_add(&wrong, 1);
    }
}

static seawall_pipeline *guarded_by(toy *t)
{
    const seawall_policy *policy = &t->policy;
    seawall_pipeline *pipeline = NULL;

    toy_init(t, &(toy_config){.kind = TOY_GATE, .count = 1, .waiting = CALLERS + 1, .delay = SEAWALL_FOREVER}, NULL);
    ck_assert_int_eq(seawall_pipeline_create(NULL, &policy, 1, NULL, &pipeline, NULL), SEAWALL_OK);
    return pipeline;
}

static void gate_rests(toy *t)
{
    ck_assert_int_eq(t->held, 0);
    ck_assert_int_eq(t->queued, 0);
    ck_assert_ptr_null(toy_at_rest(t));
    toy_fini(t);
}

START_TEST(who_gives_up_swallows_no_permit)
{
    uint64_t seed = sw_test_seed();
    sw_test_threads threads;

    outer = guarded_by(&gate);
    inner = guarded_by(&second);
    sw_test_start(&threads, CALLERS, call_in_a_hurry, &seed);
    sw_test_join(&threads);
    ck_assert_int_eq(atomic_load(&wrong), 0);
    ck_assert_int_gt(atomic_load(&passed), 0);
    ck_assert_int_gt(atomic_load(&late), 0);
    seawall_pipeline_destroy(outer);
    seawall_pipeline_destroy(inner);
    gate_rests(&gate);
    gate_rests(&second);
}
END_TEST

/* The host's name for an execution that may be gone: nothing but its number is touched. */
static atomic_uint rung;

static void mark(uint64_t cookie, void *user)
{
    (void)cookie;
    (void)user;
    atomic_fetch_add(&rung, 1);
}

/* An execution of its own for every round, cancelled at any moment, in memory that is given back at once. */
static void come_and_cancel(int index, void *arg)
{
    const seawall_waker waker = {mark, (uint64_t)index, NULL};
    uint64_t dice = *(const uint64_t *)arg + (uint64_t)index;
    size_t size = seawall_execution_size(outer);
    int64_t i, count = sw_test_count(3000, 40000);

    for (i = 0; i < count; i++) {
        void *storage = aligned_alloc(SEAWALL_EXECUTION_ALIGNMENT, size);
        uint64_t looks = sw_test_next(&dice) % 6;
        seawall_result result = {.fault = SEAWALL_FAULT_NONE};
        seawall_execution *x;
        seawall_step step = {0};

        if (storage == NULL || seawall_execution_init(storage, size, outer, &waker, &x) != SEAWALL_OK ||
            seawall_execution_begin_at(x, 0, SEAWALL_FOREVER) != SEAWALL_OK)
            abort();
        while (looks-- > 0 && step.kind != SEAWALL_STEP_START) {
            if (seawall_execution_next_at(x, 0, &step) != SEAWALL_OK)
                abort();
            sched_yield();
        }
        if (step.kind == SEAWALL_STEP_START && sw_test_next(&dice) % 2 == 0)
            (void)seawall_execution_report_at(x, step.id, &result, 0);
        else if (seawall_execution_cancel_at(x, 0) != SEAWALL_OK)
            abort();
        else if (step.kind == SEAWALL_STEP_START)
            (void)seawall_execution_disown_at(x, step.id, 0);
        if (seawall_execution_fini(x) != SEAWALL_OK)
            atomic_fetch_add(&wrong, 1);
        free(storage);
    }
}

START_TEST(who_is_cancelled_swallows_no_permit)
{
    uint64_t seed = sw_test_seed();
    sw_test_threads threads;

    outer = guarded_by(&gate);
    sw_test_start(&threads, CALLERS, come_and_cancel, &seed);
    sw_test_join(&threads);
    ck_assert_int_eq(atomic_load(&wrong), 0);
    ck_assert_uint_gt(atomic_load(&rung), 0);
    seawall_pipeline_destroy(outer);
    gate_rests(&gate);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("stress/waker_deadlines");
    TCase *tests = tcase_create("deadlines");
    SRunner *runner = srunner_create(suite);
    int failed;

    suite_add_tcase(suite, tests);
    tcase_set_timeout(tests, 300);
    tcase_add_test(tests, who_gives_up_swallows_no_permit);
    tcase_add_test(tests, who_is_cancelled_swallows_no_permit);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
