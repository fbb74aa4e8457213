/*
 * Listeners come and go while threads order and report: whoever is removed is not called again, callbacks come one at a time and
 * in order, and a callback may add, remove and order itself.
 */
#include <check.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/atomic.h"
#include "support.h"

#define THREADS 4

typedef struct ear {
    sw_atomic_u32 open; /* 1: may be called */
    uint64_t last;
} ear;

typedef struct crowd {
    seawall_breaker *breaker;
    ear ears[THREADS];
    ear passing; /* comes and goes inside callbacks */
    sw_atomic_u32 calling;
    sw_atomic_u64 heard;
    int64_t rounds;
} crowd;

static void must(bool holds, const char *what)
{
    if (!holds) {
        fprintf(stderr, "broken: %s\n", what);
        abort();
    }
}

static crowd c;

static void pass_by(const seawall_breaker_transition *transition, void *user)
{
    (void)transition;
    must(user == &c.passing, "a listener keeps its user");
}

static void hear(const seawall_breaker_transition *transition, void *user)
{
    ear *e = user;

    must(sw_exchange_u32(&c.calling, 1) == 0, "one callback at a time");
    must(sw_load_u32(&e->open) == 1, "who was removed is not called");
    must(transition->sequence > e->last, "in order");
    e->last = transition->sequence;
    if (transition->sequence % 5 == 0 && seawall_breaker_add_listener(c.breaker, pass_by, &c.passing) == SEAWALL_OK)
        must(seawall_breaker_remove_listener(c.breaker, pass_by, &c.passing) == SEAWALL_OK, "inside, removing does not wait");
    if (transition->sequence % 64 == 0)
        (void)seawall_breaker_reset(c.breaker);
    (void)sw_add_u64(&c.heard, 1);
    if (transition->sequence % 16 == 0)
        sched_yield();
    must(sw_load_u32(&e->open) == 1, "removing waits for the callback");
    (void)sw_exchange_u32(&c.calling, 0);
}

static void order(int64_t i)
{
    seawall_permit permit = SEAWALL_PERMIT_INIT;

    switch (i % 4) {
    case 0:
        (void)seawall_breaker_force_open(c.breaker, SEAWALL_FOREVER);
        break;
    case 1:
        (void)seawall_breaker_close(c.breaker);
        break;
    default:
        if (seawall_breaker_try_acquire(c.breaker, &permit, NULL) == SEAWALL_OK)
            (void)seawall_breaker_report(c.breaker, &permit, SEAWALL_FAULT_INTERNAL);
        break;
    }
}

static void come_and_go(int index, void *arg)
{
    ear *mine = &c.ears[index];
    int64_t i;

    (void)arg;
    for (i = 0; i < c.rounds; i++) {
        sw_store_u32(&mine->open, 1);
        must(seawall_breaker_add_listener(c.breaker, hear, mine) == SEAWALL_OK, "there is room");
        order(i + index);
        order(i + index + 1);
        must(seawall_breaker_remove_listener(c.breaker, hear, mine) == SEAWALL_OK, "who was added can be removed");
        sw_store_u32(&mine->open, 0);
    }
}

START_TEST(listeners_come_and_go)
{
    seawall_breaker_config config = SEAWALL_BREAKER_CONFIG_INIT;
    sw_test_threads threads;
    uint64_t heard;
    ear late = {.last = 0};

    config.failure_threshold = 1;
    config.recovery_timeout = SEAWALL_MILLISECONDS(1);
    c.rounds = sw_test_count(10000, 300000);
    ck_assert_int_eq(seawall_breaker_create(&config, NULL, &c.breaker, NULL), SEAWALL_OK);
    sw_test_start(&threads, THREADS, come_and_go, NULL);
    sw_test_join(&threads);
    /* Delivery is not stuck. */
    heard = sw_load_u64(&c.heard);
    sw_store_u32(&late.open, 1);
    ck_assert_int_eq(seawall_breaker_add_listener(c.breaker, hear, &late), SEAWALL_OK);
    ck_assert_int_eq(seawall_breaker_close(c.breaker), SEAWALL_OK);
    ck_assert_uint_gt(sw_load_u64(&c.heard), heard);
    seawall_breaker_destroy(c.breaker);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("stress/breaker_listeners");
    TCase *tests = tcase_create("listeners");
    SRunner *runner = srunner_create(suite);
    int failed;

    suite_add_tcase(suite, tests);
    tcase_set_timeout(tests, 300);
    tcase_add_test(tests, listeners_come_and_go);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
