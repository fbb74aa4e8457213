/*
 * Who had waited in seawall_pool_run_until or seawall_pool_drain_until until the deadline did not count as waiting any more, but
 * had still to give the job up, or to stop the pool: a destroy that waited for it freed the pool before.
 */
#include "unit/policy/pool/pool_fixture.h"

#include "policy/pool/pool_object.h"
#include "thread_refusal.h"

#include "one_test.h"

static staying held;
static _Thread_local bool is_inside; /* it is the visitor's thread, */
static sw_atomic_u32 departures;     /* how often it has told who destroys that something has changed */
static int32_t abandoned, watchers;  /* as it was at the first of them */
static int32_t visitors_at_start;
static void (*wake)(const uint32_t *word, void *user);

/* Under the pool's lock, if it is for who destroys. */
static void look_and_wake(const uint32_t *word, void *user)
{
    bool is_for_watchers = word == (const uint32_t *)(const void *)&f.pool->changed;

    if (is_inside && is_for_watchers && sw_add_u32(&departures, 1) == 0) {
        abandoned = f.pool->locked.core.abandoned;
        watchers = f.pool->locked.watchers;
    }
    wake(word, user);
}

static void *run_for_a_second(void *arg)
{
    seawall_time deadline = SW_TEST_START + SEAWALL_SECONDS(1);

    (void)arg;
    is_inside = true;
    ck_assert_int_eq(seawall_pool_run_until(f.pool, NULL, sw_test_stay, &held, deadline, NULL), SEAWALL_TIMED_OUT);
    return NULL;
}

static void *drain_for_a_second(void *arg)
{
    seawall_time deadline = SW_TEST_START + SEAWALL_SECONDS(1);

    (void)arg;
    is_inside = true;
    ck_assert_int_eq(seawall_pool_drain_until(f.pool, deadline), SEAWALL_TIMED_OUT);
    return NULL;
}

static void *destroy(void *arg)
{
    (void)arg;
    seawall_pool_destroy(f.pool);
    return NULL;
}

/* A destroy waits for both visitor and job; then the visitor's time comes. */
static void leave_before_the_end(void *(*visit)(void *arg))
{
    seawall_pool_config config = sw_test_pool_config(1, 1, 1);
    pthread_t visitor, destroyer;

    held = (staying){0};
    sw_store_u32(&departures, 0);
    sw_test_platform_init(&f.base, false);
    wake = f.base.platform.wake;
    f.base.platform.wake = look_and_wake;
    ck_assert_int_eq(seawall_pool_create(&config, &f.base.platform, &f.pool, NULL), SEAWALL_OK);
    sw_test_await_parked(1);
    if (visit == drain_for_a_second)
        ck_assert_int_eq(seawall_pool_submit(f.pool, NULL, sw_test_stay, &held, NULL), SEAWALL_OK);
    ck_assert_int_eq(pthread_create(&visitor, NULL, visit, NULL), 0);
    sw_test_await_begun(&held);
    sw_test_await_parked(1);
    ck_assert_int_eq(pthread_create(&destroyer, NULL, destroy, NULL), 0);
    sw_test_await_parked(2);
    seawall_manual_clock_advance(f.base.clock, SEAWALL_SECONDS(1));
    ck_assert_int_eq(pthread_join(visitor, NULL), 0);
    sw_test_let_go(&held);
    ck_assert_int_eq(pthread_join(destroyer, NULL), 0);
    sw_test_platform_fini(&f.base);
}

static void look_at_visitors(void)
{
    sw_pool_enter(f.pool);
    visitors_at_start = f.pool->locked.visitors;
    sw_pool_leave(f.pool);
}

START_TEST(who_visits_counts_until_the_last)
{
    seawall_pool_config config = sw_test_pool_config(0, 1, 1);

    leave_before_the_end(run_for_a_second);
    ck_assert_int_eq(abandoned, 1); /* it had given the job up before it left */
    leave_before_the_end(drain_for_a_second);
    ck_assert_int_eq(watchers, 2); /* it and who destroys: it has yet to stop the pool */

    sw_test_pool_begin(&config);
    sw_test_refuse_threads(0, 1);
    sw_test_at_next_refusal(look_at_visitors);
    ck_assert_int_eq(seawall_pool_run_until(f.pool, NULL, sw_test_echo, NULL, SEAWALL_FOREVER, NULL), SEAWALL_NO_RESOURCES);
    ck_assert_int_eq(visitors_at_start, 1); /* while it submits */
    ck_assert_int_eq(f.pool->locked.visitors, 0);
    sw_test_pool_end();
}
END_TEST

int main(void)
{
    return one_test("regress/destroyed_behind_a_visitor", who_visits_counts_until_the_last);
}
