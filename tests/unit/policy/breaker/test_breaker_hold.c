/* Held open by its listeners: which word that is, and orders that come from other threads meanwhile. */
#include <pthread.h>

#include "breaker_fixture.h"
#include "policy/breaker/breaker_hold.h"
#include "policy/breaker/breaker_state.h"

#define ROUNDS 20000

static fixture f;

static void heard(const seawall_breaker_transition *transition, void *user)
{
    (void)sw_breaker_hold_on(f.breaker, transition, heard, user);
}

static int holder[2];

static void begin(void)
{
    const seawall_breaker_config config = fixture_config();
    int i;

    fixture_open(&f, &config);
    for (i = 0; i < 2; i++)
        ck_assert_int_eq(seawall_breaker_add_listener(f.breaker, heard, &holder[i]), SEAWALL_OK);
}

static void end(void)
{
    int i;

    for (i = 0; i < 2; i++) {
        sw_breaker_let_go(f.breaker, heard, &holder[i]);
        ck_assert_int_eq(seawall_breaker_remove_listener(f.breaker, heard, &holder[i]), SEAWALL_OK);
    }
    fixture_close(&f);
}

static bool held(void)
{
    return sw_breaker_is_held(sw_load_u64(&f.breaker->word));
}

START_TEST(a_hold_has_no_end)
{
    sw_breaker_hold(f.breaker, heard, &holder[0]);
    ck_assert(held());
    ck_assert(look(&f).remaining == SEAWALL_FOREVER);
    advance(&f, SEAWALL_SECONDS(600000000)); /* nineteen years */
    expect_state(&f, SEAWALL_BREAKER_FORCED_OPEN);
    ck_assert(refused(&f) == SEAWALL_FOREVER);
    sw_breaker_let_go(f.breaker, heard, &holder[0]);
    expect_state(&f, SEAWALL_BREAKER_HALF_OPEN); /* at once, and not with the next tick */
}
END_TEST

START_TEST(whoever_has_let_go_may_do_it_again)
{
    uint64_t epoch;

    sw_breaker_hold(f.breaker, heard, &holder[0]);
    sw_breaker_hold(f.breaker, heard, &holder[0]);
    ck_assert_uint_eq(look(&f).epoch, 1);
    sw_breaker_let_go(f.breaker, heard, &holder[1]); /* who never held it */
    ck_assert(held());
    sw_breaker_let_go(f.breaker, heard, &holder[0]);
    epoch = look(&f).epoch;
    sw_breaker_let_go(f.breaker, heard, &holder[0]);
    ck_assert_uint_eq(look(&f).epoch, epoch);
    sw_breaker_hold(f.breaker, heard, &epoch); /* who is no listener */
    ck_assert(!held());
}
END_TEST

/* A place that was left without letting go holds nothing for who takes it. */
START_TEST(a_place_is_taken_over_without_its_hold)
{
    sw_breaker_hold(f.breaker, heard, &holder[1]);
    ck_assert_int_eq(seawall_breaker_remove_listener(f.breaker, heard, &holder[1]), SEAWALL_OK);
    ck_assert_int_eq(seawall_breaker_add_listener(f.breaker, heard, &holder[1]), SEAWALL_OK);
    sw_breaker_let_go(f.breaker, heard, &holder[0]);
    expect_state(&f, SEAWALL_BREAKER_HALF_OPEN);
}
END_TEST

/* Told before the holder of the end of a timed order; closes it. */
static void closes(const seawall_breaker_transition *transition, void *user)
{
    (void)user;
    if (transition->to == SEAWALL_BREAKER_HALF_OPEN)
        (void)seawall_breaker_close(f.breaker);
}

START_TEST(what_was_ordered_since_a_time_was_over_stands)
{
    seawall_permit permit;

    ck_assert_int_eq(seawall_breaker_remove_listener(f.breaker, heard, &holder[0]), SEAWALL_OK);
    ck_assert_int_eq(seawall_breaker_add_listener(f.breaker, closes, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_breaker_force_open(f.breaker, START + SEAWALL_SECONDS(1)), SEAWALL_OK);
    sw_breaker_hold(f.breaker, heard, &holder[1]);
    advance(&f, SEAWALL_SECONDS(2));
    permit = acquire(&f);
    expect_state(&f, SEAWALL_BREAKER_CLOSED);
    ck_assert_int_eq(report(&f, &permit, SEAWALL_FAULT_NONE), SEAWALL_STALE);
    ck_assert_int_eq(seawall_breaker_remove_listener(f.breaker, closes, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_breaker_add_listener(f.breaker, heard, &holder[0]), SEAWALL_OK);
}
END_TEST

static void *holds(void *user)
{
    int i;

    for (i = 0; i < ROUNDS; i++) {
        sw_breaker_hold(f.breaker, heard, user);
        sw_breaker_let_go(f.breaker, heard, user);
    }
    sw_breaker_hold(f.breaker, heard, user);
    return NULL;
}

/* Each of them must stand until this thread gives the next one, whatever the holders do. */
static void *orders(void *user)
{
    int i;

    (void)user;
    for (i = 0; i < ROUNDS; i++) {
        uint64_t word;

        if (i % 3 == 0)
            (void)seawall_breaker_force_open(f.breaker, SEAWALL_FOREVER);
        else if (i % 3 == 1)
            (void)seawall_breaker_disable(f.breaker);
        else
            (void)seawall_breaker_metrics_only(f.breaker);
        word = sw_load_u64(&f.breaker->word);
        ck_assert_int_eq(sw_breaker_state_of(word), i % 3 == 0   ? SEAWALL_BREAKER_FORCED_OPEN
                                                    : i % 3 == 1 ? SEAWALL_BREAKER_DISABLED
                                                                 : SEAWALL_BREAKER_METRICS_ONLY);
        ck_assert(!sw_breaker_is_held(word));
        (void)seawall_breaker_close(f.breaker);
    }
    return NULL;
}

START_TEST(orders_stand_whoever_holds_meanwhile)
{
    pthread_t thread[3];
    int i;

    for (i = 0; i < 3; i++)
        ck_assert_int_eq(pthread_create(&thread[i], NULL, i < 2 ? holds : orders, i < 2 ? &holder[i] : NULL), 0);
    for (i = 0; i < 3; i++)
        ck_assert_int_eq(pthread_join(thread[i], NULL), 0);
    sw_breaker_hold(f.breaker, heard, &holder[0]); /* the last order may have come after both */
    ck_assert(held());
    sw_breaker_let_go(f.breaker, heard, &holder[0]);
    ck_assert(held());
    sw_breaker_let_go(f.breaker, heard, &holder[1]);
    ck_assert(!held());
    expect_state(&f, SEAWALL_BREAKER_HALF_OPEN);
}
END_TEST

START_TEST(what_two_hold_is_never_let_go_by_one)
{
    pthread_t thread;
    int i;

    sw_breaker_hold(f.breaker, heard, &holder[0]);
    ck_assert_int_eq(pthread_create(&thread, NULL, holds, &holder[1]), 0);
    for (i = 0; i < ROUNDS; i++)
        ck_assert(held());
    ck_assert_int_eq(pthread_join(thread, NULL), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("breaker hold");
    TCase *tests = tcase_create("hold");

    tcase_add_checked_fixture(tests, begin, end);
    tcase_set_timeout(tests, 300); /* the sanitizers take their time */
    tcase_add_test(tests, a_hold_has_no_end);
    tcase_add_test(tests, whoever_has_let_go_may_do_it_again);
    tcase_add_test(tests, a_place_is_taken_over_without_its_hold);
    tcase_add_test(tests, what_was_ordered_since_a_time_was_over_stands);
    tcase_add_test(tests, orders_stand_whoever_holds_meanwhile);
    tcase_add_test(tests, what_two_hold_is_never_let_go_by_one);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
