/* The rate limiter alone, on the manual clock. */
#include "suite.h"
#include "support.h"

#define MS(n) SEAWALL_MILLISECONDS(n)

static sw_test_platform test;
static seawall_limiter *limiter;

/* 10 a second, burst 2. */
static void setup(void)
{
    seawall_limiter_config config = SEAWALL_LIMITER_CONFIG_INIT;

    sw_test_platform_init(&test, true);
    config.rate = 10;
    config.burst = 2;
    ck_assert_int_eq(seawall_limiter_create(&config, &test.platform, &limiter, NULL), SEAWALL_OK);
}

static void teardown(void)
{
    seawall_limiter_destroy(limiter);
    sw_test_platform_fini(&test);
}

static seawall_limiter_snapshot look(void)
{
    seawall_limiter_snapshot snapshot = SEAWALL_LIMITER_SNAPSHOT_INIT;

    ck_assert_int_eq(seawall_limiter_get_snapshot(limiter, &snapshot), SEAWALL_OK);
    return snapshot;
}

static seawall_duration wait_for(int32_t n)
{
    seawall_duration wait = -7;

    ck_assert_int_eq(seawall_limiter_peek(limiter, n, &wait), SEAWALL_OK);
    return wait;
}

START_TEST(trying)
{
    seawall_duration after = -7;
    seawall_permit permit = {{1, 2, 3, 4}}, before = permit;

    ck_assert_int_eq(seawall_limiter_try_acquire(limiter, 2, NULL, &after), SEAWALL_OK);
    ck_assert_int_eq(after, -7);
    ck_assert_int_eq(seawall_limiter_try_acquire(limiter, 1, &permit, &after), SEAWALL_LIMITED);
    ck_assert_int_eq(after, MS(100));
    ck_assert_int_eq(seawall_limiter_try_acquire(limiter, 3, &permit, &after), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_limiter_try_acquire(limiter, 0, &permit, &after), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_limiter_try_acquire(limiter, INT32_MIN, &permit, &after), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_limiter_try_acquire(NULL, 1, &permit, &after), SEAWALL_INVALID);
    ck_assert_int_eq(after, MS(100));
    ck_assert_uint_eq(permit.opaque[1], before.opaque[1]);
    seawall_manual_clock_advance(test.clock, MS(100));
    ck_assert_int_eq(seawall_limiter_try_acquire(limiter, 1, &permit, &after), SEAWALL_OK);
    ck_assert_int_eq(look().granted, 3);
    ck_assert_int_eq(look().refused, 1);
}
END_TEST

START_TEST(giving_back)
{
    seawall_permit first, second, none = SEAWALL_PERMIT_INIT;

    ck_assert_int_eq(seawall_limiter_try_acquire(limiter, 1, &first, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_limiter_try_acquire(limiter, 1, &second, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_limiter_refund(limiter, &first), SEAWALL_STALE); /* one was given after it */
    ck_assert_int_eq(seawall_limiter_refund(limiter, &first), SEAWALL_INVALID);
    ck_assert_int_eq(look().available, 0);
    ck_assert_int_eq(seawall_limiter_refund(limiter, &second), SEAWALL_OK);
    ck_assert_int_eq(look().available, 1);
    ck_assert_int_eq(seawall_limiter_refund(limiter, &none), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_limiter_refund(limiter, NULL), SEAWALL_INVALID);
    ck_assert_int_eq(look().refunded, 1);
    ck_assert_int_eq(look().lost, 1);
}
END_TEST

START_TEST(reserving)
{
    seawall_permit permit;
    seawall_duration wait = -7;

    ck_assert_int_eq(seawall_limiter_reserve(limiter, 2, MS(500), &permit, &wait), SEAWALL_OK);
    ck_assert_int_eq(wait, 0);
    ck_assert_int_eq(seawall_limiter_reserve(limiter, 2, MS(199), &permit, &wait), SEAWALL_LIMITED);
    ck_assert_int_eq(wait, MS(200));
    ck_assert_int_eq(seawall_limiter_reserve(limiter, 2, MS(200), &permit, &wait), SEAWALL_OK);
    ck_assert_int_eq(wait, MS(200));
    ck_assert_int_eq(wait_for(1), MS(300));
    ck_assert_int_eq(seawall_limiter_refund(limiter, &permit), SEAWALL_OK);
    ck_assert_int_eq(wait_for(1), MS(100));
    ck_assert_int_eq(seawall_limiter_reserve(limiter, 1, 0, NULL, NULL), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_limiter_peek(limiter, 3, &wait), SEAWALL_INVALID);
}
END_TEST

START_TEST(waiting)
{
    seawall_time start = seawall_manual_clock_now(test.clock);
    seawall_duration after = -7;

    ck_assert_int_eq(seawall_limiter_try_acquire(limiter, 2, NULL, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_limiter_acquire_until(limiter, 1, start + MS(99), NULL, &after), SEAWALL_LIMITED);
    ck_assert_int_eq(after, MS(100));
    ck_assert_int_eq(seawall_manual_clock_now(test.clock), start); /* at once */
    ck_assert_int_eq(seawall_limiter_acquire_until(limiter, 1, start + MS(100), NULL, &after), SEAWALL_OK);
    ck_assert_int_eq(seawall_manual_clock_now(test.clock), start + MS(100));
    ck_assert_int_eq(seawall_limiter_acquire_until(limiter, 2, SEAWALL_FOREVER, NULL, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_manual_clock_now(test.clock), start + MS(300));
    ck_assert_int_eq(look().waited, 2);
    ck_assert_int_eq(look().waiting, 0);
}
END_TEST

START_TEST(draining)
{
    seawall_time start = seawall_manual_clock_now(test.clock);
    seawall_duration wait;

    ck_assert_int_eq(seawall_limiter_drain_until(limiter, start + MS(1000)), SEAWALL_OK);
    ck_assert_int_eq(wait_for(1), MS(1100));
    ck_assert_int_eq(look().available, 0);
    seawall_manual_clock_advance(test.clock, MS(1000));
    ck_assert_int_eq(wait_for(1), MS(100));
    ck_assert_int_eq(seawall_limiter_drain_until(limiter, SEAWALL_FOREVER), SEAWALL_OK);
    ck_assert_int_eq(seawall_limiter_reserve(limiter, 1, SEAWALL_FOREVER, NULL, &wait), SEAWALL_LIMITED);
    ck_assert_int_eq(wait, SEAWALL_FOREVER);
    ck_assert_int_eq(seawall_limiter_reset(limiter), SEAWALL_OK);
    ck_assert_int_eq(look().available, 2);
    ck_assert_int_eq(seawall_limiter_drain_until(NULL, 0), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_limiter_reset(NULL), SEAWALL_INVALID);
}
END_TEST

START_TEST(clocks_that_jump)
{
    seawall_time start = seawall_manual_clock_now(test.clock), year = SEAWALL_SECONDS(31536000);
    int i;

    for (i = 1; i <= 3; i++) { /* further than the word reckons with */
        ck_assert_int_eq(seawall_limiter_try_acquire(limiter, 2, NULL, NULL), SEAWALL_OK);
        ck_assert_int_eq(seawall_limiter_try_acquire(limiter, 1, NULL, NULL), SEAWALL_LIMITED);
        seawall_manual_clock_set(test.clock, start + i * year);
    }
    ck_assert_int_eq(seawall_limiter_try_acquire(limiter, 2, NULL, NULL), SEAWALL_OK);
    seawall_manual_clock_set(test.clock, start);
    ck_assert_int_eq(wait_for(1), 3 * year + MS(100)); /* the latest seen counts */
    seawall_manual_clock_set(test.clock, INT64_MIN);
    ck_assert_int_eq(seawall_limiter_try_acquire(limiter, 1, NULL, NULL), SEAWALL_LIMITED);
    ck_assert_int_eq(seawall_limiter_reset(limiter), SEAWALL_OK);
    ck_assert_int_eq(seawall_limiter_try_acquire(limiter, 2, NULL, NULL), SEAWALL_OK);
}
END_TEST

START_TEST(reconfiguring)
{
    seawall_limiter_config config = SEAWALL_LIMITER_CONFIG_INIT;
    seawall_permit permit;
    seawall_error error;

    ck_assert_int_eq(seawall_limiter_try_acquire(limiter, 1, &permit, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_limiter_reconfigure(limiter, &config, &error), SEAWALL_INVALID);
    ck_assert_str_eq(error.key, "rate_limiter.rate");
    ck_assert_int_eq(look().rate, 10);
    config.rate = 100;
    config.max_wait = MS(5);
    ck_assert_int_eq(seawall_limiter_reconfigure(limiter, &config, &error), SEAWALL_OK);
    ck_assert_int_eq(look().rate, 100);
    ck_assert_int_eq(look().burst, 100);
    ck_assert_int_eq(look().max_wait, MS(5));
    ck_assert_int_eq(look().available, 99);
    ck_assert_int_eq(seawall_limiter_refund(limiter, &permit), SEAWALL_STALE);
    ck_assert_int_eq(seawall_limiter_reconfigure(NULL, &config, &error), SEAWALL_INVALID);
}
END_TEST

typedef struct crowd {
    seawall_limiter *shared;
    int64_t granted[SW_TEST_THREADS_MAX];
    int64_t refused[SW_TEST_THREADS_MAX];
    int64_t asks;
} crowd;

static void ask_often(int index, void *arg)
{
    crowd *c = arg;
    int64_t i;

    for (i = 0; i < c->asks; i++) {
        seawall_status status = seawall_limiter_try_acquire(c->shared, 1 + (int32_t)(i % 3), NULL, NULL);

        if (status == SEAWALL_OK)
            c->granted[index] += 1 + i % 3;
        else
            c->refused[index]++;
        if (index == 0 && i % 64 == 0)
            seawall_manual_clock_advance(test.clock, SEAWALL_MICROSECONDS(1));
    }
}

static const int crowds[] = {2, 4, 16};

/* Never more than burst + rate x t, and the counts are what the threads saw. */
START_TEST(threads_share_it)
{
    static crowd c;
    seawall_limiter_config config = SEAWALL_LIMITER_CONFIG_INIT;
    seawall_time start = seawall_manual_clock_now(test.clock);
    seawall_limiter_snapshot snapshot = SEAWALL_LIMITER_SNAPSHOT_INIT;
    int64_t granted = 0, refused = 0, most;
    sw_test_threads threads;
    int i;

    config.rate = 10000000;
    config.burst = 50;
    c = (crowd){.asks = sw_test_count(4000, 100000)};
    ck_assert_int_eq(seawall_limiter_create(&config, &test.platform, &c.shared, NULL), SEAWALL_OK);
    sw_test_start(&threads, crowds[_i], ask_often, &c);
    sw_test_join(&threads);
    for (i = 0; i < crowds[_i]; i++) {
        granted += c.granted[i];
        refused += c.refused[i];
    }
    most = 50 + (seawall_manual_clock_now(test.clock) - start) / 100;
    ck_assert_int_le(granted, most);
    ck_assert_int_ge(granted, 50);
    ck_assert_int_eq(seawall_limiter_get_snapshot(c.shared, &snapshot), SEAWALL_OK);
    ck_assert_int_eq(snapshot.granted, granted);
    ck_assert_int_eq(snapshot.refused, refused);
    seawall_limiter_destroy(c.shared);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("rate limiter");

    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, trying);
    tcase_add_test(tests, giving_back);
    tcase_add_test(tests, reserving);
    tcase_add_test(tests, waiting);
    tcase_add_test(tests, draining);
    tcase_add_test(tests, clocks_that_jump);
    tcase_add_test(tests, reconfiguring);
    tcase_add_loop_test(tests, threads_share_it, 0, 3);
    return sw_test_run("rate limiter", tests);
}
