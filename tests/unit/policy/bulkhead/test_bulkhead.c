/* The bulkhead as an object: permits, refusals, waiting alone, changes while in use. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "bulkhead_fixture.h"
#include "suite.h"

static const seawall_permit none = SEAWALL_PERMIT_INIT;

static bool same(const seawall_permit *a, const seawall_permit *b)
{
    return memcmp(a, b, sizeof(*a)) == 0;
}

START_TEST(so_many_and_no_more)
{
    seawall_permit permit[3], other = none;
    fixture f;
    int i;

    fixture_init(&f, 3, 0, 0, false);
    for (i = 0; i < 3; i++)
        permit[i] = fixture_take(&f);
    ck_assert_int_eq(seawall_bulkhead_try_acquire(f.bulkhead, &other), SEAWALL_FULL);
    ck_assert_int_eq(seawall_bulkhead_acquire_until(f.bulkhead, SEAWALL_FOREVER, &other), SEAWALL_FULL);
    ck_assert(same(&other, &none));
    ck_assert_int_eq(seawall_bulkhead_release(f.bulkhead, &permit[1]), SEAWALL_OK);
    ck_assert(same(&permit[1], &none));
    permit[1] = fixture_take(&f);
    for (i = 0; i < 3; i++)
        ck_assert_int_eq(seawall_bulkhead_release_at(f.bulkhead, &permit[i], 0), SEAWALL_OK);
    ck_assert_int_eq(fixture_snapshot(&f).in_use, 0);
    ck_assert_int_eq(fixture_snapshot(&f).granted, 4);
    ck_assert_int_eq(fixture_snapshot(&f).refused_full, 2);
    ck_assert_int_eq(f.clock_reads, 0);
    fixture_fini(&f);
}
END_TEST

START_TEST(a_permit_is_released_once)
{
    seawall_permit permit, copy, cleared = none;
    fixture f;

    fixture_init(&f, 2, 0, 0, false);
    permit = fixture_take(&f);
    copy = permit;
    ck_assert_int_eq(seawall_bulkhead_release(f.bulkhead, &permit), SEAWALL_OK);
    ck_assert_int_eq(seawall_bulkhead_release(f.bulkhead, &permit), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_bulkhead_release_at(f.bulkhead, &cleared, 0), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_bulkhead_release(f.bulkhead, &copy), SEAWALL_INVALID); /* none is out */
    ck_assert(!same(&copy, &none));
    ck_assert_int_eq(fixture_snapshot(&f).in_use, 0);
    (void)fixture_take(&f);
    (void)fixture_take(&f);
    ck_assert_int_eq(seawall_bulkhead_try_acquire(f.bulkhead, &permit), SEAWALL_FULL); /* the limit has not grown */
    fixture_fini(&f);
}
END_TEST

START_TEST(the_permits_of_others_are_refused)
{
    seawall_bulkhead *other;
    seawall_breaker *breaker;
    seawall_permit mine, theirs = none, breakers = none, before;
    fixture f;

    fixture_init(&f, 2, 0, 0, false);
    ck_assert_int_eq(seawall_bulkhead_create(NULL, &f.base.platform, &other, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_breaker_create(NULL, &f.base.platform, &breaker, NULL), SEAWALL_OK);
    mine = fixture_take(&f);
    ck_assert_int_eq(seawall_bulkhead_try_acquire(other, &theirs), SEAWALL_OK);
    ck_assert_int_eq(seawall_breaker_try_acquire_at(breaker, 0, &breakers, NULL), SEAWALL_OK);
    before = theirs;
    ck_assert_int_eq(seawall_bulkhead_release(f.bulkhead, &theirs), SEAWALL_INVALID);
    ck_assert(same(&theirs, &before));
    before = breakers;
    ck_assert_int_eq(seawall_bulkhead_release(f.bulkhead, &breakers), SEAWALL_INVALID);
    ck_assert(same(&breakers, &before));
    before = mine;
    ck_assert_int_eq(seawall_breaker_report_at(breaker, &mine, SEAWALL_FAULT_NONE, 0), SEAWALL_INVALID);
    ck_assert(same(&mine, &before));
    ck_assert_int_eq(fixture_snapshot(&f).in_use, 1);
    ck_assert_int_eq(seawall_bulkhead_release(f.bulkhead, &mine), SEAWALL_OK);
    ck_assert_int_eq(seawall_bulkhead_release(other, &theirs), SEAWALL_OK);
    seawall_bulkhead_destroy(other);
    seawall_breaker_destroy(breaker);
    fixture_fini(&f);
}
END_TEST

START_TEST(nothing_is_done_with_nothing)
{
    seawall_permit permit = none;
    seawall_bulkhead_snapshot snapshot = SEAWALL_BULKHEAD_SNAPSHOT_INIT;
    seawall_policy policy = SEAWALL_POLICY_INIT;
    seawall_error error = {0};
    fixture f;

    fixture_init(&f, 2, 0, 0, false);
    ck_assert_int_eq(seawall_bulkhead_try_acquire(NULL, &permit), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_bulkhead_try_acquire(f.bulkhead, NULL), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_bulkhead_acquire_until(NULL, 0, &permit), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_bulkhead_acquire_until(f.bulkhead, 0, NULL), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_bulkhead_release(NULL, &permit), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_bulkhead_release(f.bulkhead, NULL), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_bulkhead_release_at(NULL, &permit, 0), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_bulkhead_release_at(f.bulkhead, NULL, 0), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_bulkhead_resize(NULL, 1), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_bulkhead_reconfigure(NULL, NULL, &error), SEAWALL_INVALID);
    ck_assert_str_ne(error.message, "");
    ck_assert_int_eq(seawall_bulkhead_get_snapshot(NULL, &snapshot), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_bulkhead_get_snapshot(f.bulkhead, NULL), SEAWALL_INVALID);
    snapshot.size = 8;
    ck_assert_int_eq(seawall_bulkhead_get_snapshot(f.bulkhead, &snapshot), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_bulkhead_policy(NULL, "b", &policy), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_bulkhead_policy(f.bulkhead, "b", NULL), SEAWALL_INVALID);
    policy.size = 0;
    ck_assert_int_eq(seawall_bulkhead_policy(f.bulkhead, "b", &policy), SEAWALL_INVALID);
    seawall_bulkhead_destroy(NULL);
    ck_assert_int_eq(fixture_snapshot(&f).in_use, 0);
    ck_assert_int_eq(fixture_snapshot(&f).granted, 0);
    fixture_fini(&f);
}
END_TEST

/* Waiting alone in a full bulkhead; times from its beginning. */
static const struct {
    int32_t max_waiting;
    seawall_duration max_wait;
    seawall_time deadline;
    seawall_status status;
    seawall_duration waited;
    int64_t full, timed_out;
} waits[] = {
    {1, MS(5), SEAWALL_FOREVER, SEAWALL_FULL, MS(5), 0, 1},
    {1, MS(5), MS(6), SEAWALL_FULL, MS(5), 0, 1},
    {1, MS(5), MS(5), SEAWALL_TIMED_OUT, MS(5), 0, 1},
    {1, MS(5), MS(4), SEAWALL_TIMED_OUT, MS(4), 0, 1},
    {1, MS(5), 0, SEAWALL_TIMED_OUT, 0, 0, 1},
    {1, MS(5), -MS(1), SEAWALL_TIMED_OUT, 0, 0, 1},
    {1, SEAWALL_FOREVER, MS(7), SEAWALL_TIMED_OUT, MS(7), 0, 1},
    {1, SEAWALL_FOREVER - 1, SEAWALL_FOREVER - 1, SEAWALL_TIMED_OUT, SEAWALL_FOREVER - 1 - SW_TEST_START, 0, 1},
    {0, MS(5), MS(9), SEAWALL_FULL, 0, 1, 0},
    {1, 0, MS(9), SEAWALL_FULL, 0, 1, 0},
    {0, 0, -MS(9), SEAWALL_FULL, 0, 1, 0},
};

START_TEST(waiting_ends_in_time)
{
    seawall_permit permit = none;
    seawall_time deadline;
    fixture f;

    fixture_init(&f, 1, waits[_i].max_waiting, waits[_i].max_wait, false);
    deadline = seawall_time_add(SW_TEST_START, waits[_i].deadline);
    if (waits[_i].deadline == SEAWALL_FOREVER - 1)
        deadline = SEAWALL_FOREVER - 1;
    (void)fixture_take(&f);
    ck_assert_int_eq(seawall_bulkhead_acquire_until(f.bulkhead, deadline, &permit), waits[_i].status);
    ck_assert(same(&permit, &none));
    ck_assert_int_eq(seawall_manual_clock_now(f.base.clock) - SW_TEST_START, waits[_i].waited);
    ck_assert_int_eq(fixture_snapshot(&f).refused_full, waits[_i].full);
    ck_assert_int_eq(fixture_snapshot(&f).refused_timed_out, waits[_i].timed_out);
    ck_assert_int_eq(fixture_snapshot(&f).waiting, 0);
    ck_assert_int_eq(fixture_snapshot(&f).in_use, 1);
    fixture_fini(&f);
}
END_TEST

START_TEST(what_is_free_is_given_whatever_the_deadline)
{
    seawall_permit permit = none;
    fixture f;

    fixture_init(&f, 1, 0, 0, false);
    ck_assert_int_eq(seawall_bulkhead_acquire_until(f.bulkhead, INT64_MIN, &permit), SEAWALL_OK);
    ck_assert_int_eq(f.clock_reads, 0);
    ck_assert_int_eq(seawall_bulkhead_release(f.bulkhead, &permit), SEAWALL_OK);
    fixture_fini(&f);
}
END_TEST

START_TEST(fewer_permits_drain)
{
    seawall_permit permit[4];
    fixture f;
    int i;

    fixture_init(&f, 4, 0, 0, false);
    for (i = 0; i < 4; i++)
        permit[i] = fixture_take(&f);
    ck_assert_int_eq(seawall_bulkhead_resize(f.bulkhead, 2), SEAWALL_OK);
    ck_assert_int_eq(fixture_snapshot(&f).max_concurrent, 2);
    ck_assert_int_eq(fixture_snapshot(&f).over_limit, 2);
    for (i = 0; i < 3; i++) {
        seawall_permit more = none;

        ck_assert_int_eq(fixture_snapshot(&f).over_limit, i < 2 ? 2 - i : 0);
        ck_assert_int_eq(seawall_bulkhead_try_acquire(f.bulkhead, &more), SEAWALL_FULL);
        ck_assert_int_eq(seawall_bulkhead_release(f.bulkhead, &permit[i]), SEAWALL_OK);
    }
    permit[0] = fixture_take(&f);
    ck_assert_int_eq(fixture_snapshot(&f).in_use, 2);
    ck_assert_int_eq(fixture_snapshot(&f).most_in_use, 4);
    fixture_fini(&f);
}
END_TEST

START_TEST(impossible_changes_change_nothing)
{
    static const int32_t sizes[] = {0, -1, INT32_MIN, 1000001, INT32_MAX};
    seawall_bulkhead_config config = SEAWALL_BULKHEAD_CONFIG_INIT;
    seawall_bulkhead_snapshot before, after;
    seawall_error error = {0};
    fixture f;
    size_t i;

    fixture_init(&f, 7, 3, MS(2), false);
    before = fixture_snapshot(&f);
    for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
        ck_assert_int_eq(seawall_bulkhead_resize(f.bulkhead, sizes[i]), SEAWALL_INVALID);
    config.max_concurrent = 9;
    config.max_wait = -2;
    ck_assert_int_eq(seawall_bulkhead_reconfigure(f.bulkhead, &config, &error), SEAWALL_INVALID);
    ck_assert_str_eq(error.key, "bulkhead.max_wait");
    ck_assert_int_eq(seawall_bulkhead_reconfigure(f.bulkhead, &config, NULL), SEAWALL_INVALID);
    after = fixture_snapshot(&f);
    ck_assert_int_eq(memcmp(&before, &after, sizeof(before)), 0);
    fixture_fini(&f);
}
END_TEST

START_TEST(every_setting_changes_at_once)
{
    seawall_bulkhead_config config = SEAWALL_BULKHEAD_CONFIG_INIT;
    seawall_permit permit;
    fixture f;

    fixture_init(&f, 1, 0, 0, false);
    permit = fixture_take(&f);
    config.max_concurrent = 2;
    config.max_waiting = 5;
    config.max_wait = MS(3);
    ck_assert_int_eq(seawall_bulkhead_reconfigure(f.bulkhead, &config, NULL), SEAWALL_OK);
    ck_assert_int_eq(fixture_snapshot(&f).max_concurrent, 2);
    ck_assert_int_eq(fixture_snapshot(&f).max_waiting, 5);
    ck_assert_int_eq(fixture_snapshot(&f).max_wait, MS(3));
    (void)fixture_take(&f);
    ck_assert_int_eq(seawall_bulkhead_acquire_until(f.bulkhead, SEAWALL_FOREVER, &permit), SEAWALL_FULL);
    ck_assert_int_eq(seawall_manual_clock_now(f.base.clock), SW_TEST_START + MS(3));
    ck_assert_int_eq(seawall_bulkhead_reconfigure(f.bulkhead, NULL, NULL), SEAWALL_OK);
    ck_assert_int_eq(fixture_snapshot(&f).max_concurrent, 25);
    ck_assert_int_eq(fixture_snapshot(&f).max_waiting, 0);
    ck_assert_int_eq(fixture_snapshot(&f).max_wait, 0);
    ck_assert_int_eq(fixture_snapshot(&f).in_use, 2);
    fixture_fini(&f);
}
END_TEST

static seawall_status construct(const seawall_platform *platform, void *arg, seawall_error *error)
{
    seawall_bulkhead *bulkhead;
    seawall_status status = seawall_bulkhead_create(arg, platform, &bulkhead, error);

    if (status == SEAWALL_OK)
        seawall_bulkhead_destroy(bulkhead);
    return status;
}

START_TEST(creating_survives_a_lack_of_memory)
{
    ck_assert_int_eq(sw_test_sweep(construct, NULL), 1);
}
END_TEST

START_TEST(a_pipeline_keeps_its_bulkhead)
{
    seawall_policy policy = SEAWALL_POLICY_INIT;
    const seawall_policy *policies[] = {&policy};
    seawall_pipeline *pipeline;
    fixture f;

    fixture_init(&f, 1, 0, 0, false);
    ck_assert_int_eq(seawall_bulkhead_policy(f.bulkhead, "b", &policy), SEAWALL_OK);
    ck_assert_int_eq(seawall_pipeline_create(NULL, policies, 1, &f.base.platform, &pipeline, NULL), SEAWALL_OK);
    seawall_bulkhead_destroy(f.bulkhead);
    (void)fixture_take(&f);
    seawall_pipeline_destroy(pipeline);
    f.bulkhead = NULL;
    fixture_fini(&f);
}
END_TEST

typedef struct inheritance {
    fixture f;
    seawall_permit permit[2];
} inheritance;

static bool goes_on(void *arg)
{
    inheritance *of = arg;
    seawall_permit more = none;

    return seawall_bulkhead_try_acquire(of->f.bulkhead, &more) == SEAWALL_FULL &&
           seawall_bulkhead_acquire_until(of->f.bulkhead, SEAWALL_FOREVER, &more) == SEAWALL_FULL &&
           seawall_bulkhead_release(of->f.bulkhead, &of->permit[0]) == SEAWALL_OK &&
           seawall_bulkhead_try_acquire(of->f.bulkhead, &more) == SEAWALL_OK;
}

/* In a child what was out is out, and what it gives back can be had again. */
START_TEST(a_child_goes_on_with_what_it_inherits)
{
    seawall_permit more = none;
    inheritance of;

    fixture_init(&of.f, 2, 1, MS(1), false);
    of.permit[0] = fixture_take(&of.f);
    of.permit[1] = fixture_take(&of.f);
    ck_assert_int_eq(seawall_bulkhead_acquire_until(of.f.bulkhead, SEAWALL_FOREVER, &more), SEAWALL_FULL);
    sw_test_in_child(goes_on, &of);
    ck_assert_int_eq(fixture_snapshot(&of.f).in_use, 2);
    fixture_fini(&of.f);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("bulkhead");

    tcase_add_test(tests, so_many_and_no_more);
    tcase_add_test(tests, a_permit_is_released_once);
    tcase_add_test(tests, the_permits_of_others_are_refused);
    tcase_add_test(tests, nothing_is_done_with_nothing);
    tcase_add_loop_test(tests, waiting_ends_in_time, 0, (int)(sizeof(waits) / sizeof(waits[0])));
    tcase_add_test(tests, what_is_free_is_given_whatever_the_deadline);
    tcase_add_test(tests, fewer_permits_drain);
    tcase_add_test(tests, impossible_changes_change_nothing);
    tcase_add_test(tests, every_setting_changes_at_once);
    tcase_add_test(tests, creating_survives_a_lack_of_memory);
    tcase_add_test(tests, a_pipeline_keeps_its_bulkhead);
    tcase_add_test(tests, a_child_goes_on_with_what_it_inherits);
    return sw_test_run("bulkhead", tests);
}
