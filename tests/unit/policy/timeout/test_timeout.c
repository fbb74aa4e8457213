/* The timeout as an object, used alone. */
#include <check.h>
#include <stdlib.h>

#include "../rehearsal.h"

static const struct {
    seawall_duration limit;
    seawall_time now, outer, deadline;
} rows[] = {
    {MS(30), MS(100), SEAWALL_FOREVER, MS(130)},
    {MS(30), MS(100), MS(131), MS(130)},
    {MS(30), MS(100), MS(130), MS(130)},
    {MS(30), MS(100), MS(129), MS(129)},
    {MS(30), MS(100), MS(1), MS(1)}, /* past already: so it stays */
    {MS(30), -MS(100), SEAWALL_FOREVER, -MS(70)},
    {MS(30), INT64_MIN, SEAWALL_FOREVER, INT64_MIN + MS(30)},
    {MS(30), INT64_MAX - 5, SEAWALL_FOREVER, SEAWALL_FOREVER},
    {MS(30), INT64_MAX - 5, INT64_MAX - 1, INT64_MAX - 1},
    {SEAWALL_FOREVER, MS(100), SEAWALL_FOREVER, SEAWALL_FOREVER},
    {SEAWALL_FOREVER, MS(100), MS(129), MS(129)},
    {SEAWALL_FOREVER, INT64_MIN, SEAWALL_FOREVER, SEAWALL_FOREVER},
    {SEAWALL_FOREVER - 1, MS(100), SEAWALL_FOREVER, SEAWALL_FOREVER},
    {SEAWALL_MICROSECONDS(1), 0, SEAWALL_FOREVER, 1000},
};

START_TEST(the_earlier_deadline_counts)
{
    seawall_timeout_config config = SEAWALL_TIMEOUT_CONFIG_INIT;
    seawall_timeout *timeout;
    rehearsal r;

    rehearsal_init(&r);
    config.request_timeout = rows[_i].limit;
    config.attempt_timeout = MS(1); /* has no say */
    ck_assert_int_eq(seawall_timeout_create(&config, &r.platform, &timeout, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_timeout_deadline(timeout, rows[_i].now, rows[_i].outer), rows[_i].deadline);
    ck_assert_int_eq(r.clock_reads, 0);
    seawall_timeout_destroy(timeout);
    ck_assert_int_eq(r.allocated, 0);
}
END_TEST

static const struct {
    seawall_phase phase;
    seawall_duration limit;
} phases[] = {
    {SEAWALL_PHASE_CONNECT, MS(5)}, {SEAWALL_PHASE_READ, MS(10)}, {SEAWALL_PHASE_WRITE, MS(20)},
    {SEAWALL_PHASE_REQUEST, MS(30)}, {-1, MS(30)}, {4, MS(30)},
};

START_TEST(a_phase_has_its_own_limit)
{
    seawall_timeout_config config = SEAWALL_TIMEOUT_CONFIG_INIT;
    seawall_phase phase = phases[_i].phase;
    seawall_duration limit = phases[_i].limit;
    seawall_timeout *timeout;
    rehearsal r;

    rehearsal_init(&r);
    config.request_timeout = MS(30);
    config.connection_timeout = MS(5);
    config.read_timeout = MS(10);
    config.write_timeout = MS(20);
    ck_assert_int_eq(seawall_timeout_create(&config, &r.platform, &timeout, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_timeout_phase_deadline(timeout, phase, MS(100), SEAWALL_FOREVER), MS(100) + limit);
    ck_assert_int_eq(seawall_timeout_phase_deadline(timeout, phase, MS(100), MS(100) + limit - 1), MS(100) + limit - 1);
    ck_assert_int_eq(seawall_timeout_phase_deadline(timeout, phase, INT64_MAX - 1, SEAWALL_FOREVER), SEAWALL_FOREVER);
    ck_assert_int_eq(r.clock_reads, 0);
    seawall_timeout_destroy(timeout);
}
END_TEST

START_TEST(no_timeout_changes_nothing)
{
    ck_assert_int_eq(seawall_timeout_phase_deadline(NULL, SEAWALL_PHASE_READ, MS(100), MS(5)), MS(5));
    ck_assert_int_eq(seawall_timeout_deadline(NULL, MS(100), MS(5)), MS(5));
    ck_assert_int_eq(seawall_timeout_deadline(NULL, MS(100), SEAWALL_FOREVER), SEAWALL_FOREVER);
    seawall_timeout_destroy(NULL);
}
END_TEST

START_TEST(a_policy_needs_a_timeout_and_a_place)
{
    seawall_policy policy = SEAWALL_POLICY_INIT;
    seawall_timeout *timeout;
    rehearsal r;

    rehearsal_init(&r);
    ck_assert_int_eq(seawall_timeout_create(NULL, &r.platform, &timeout, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_timeout_policy(NULL, "t", &policy), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_timeout_policy(timeout, "t", NULL), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_timeout_attempt_policy(NULL, "t", &policy), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_timeout_attempt_policy(timeout, "t", NULL), SEAWALL_INVALID);
    policy.size = 1;
    ck_assert_int_eq(seawall_timeout_policy(timeout, "t", &policy), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_timeout_attempt_policy(timeout, "t", &policy), SEAWALL_INVALID);
    ck_assert_ptr_null(policy.self);
    policy.size = sizeof(policy);
    ck_assert_int_eq(seawall_timeout_policy(timeout, "t", &policy), SEAWALL_OK);
    ck_assert_str_eq(policy.name, "t");
    ck_assert_ptr_eq(policy.self, timeout);
    ck_assert_ptr_eq(policy.platform, &r.platform);
    seawall_timeout_destroy(timeout);
    ck_assert_int_eq(r.allocated, 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("timeout");
    TCase *tests = tcase_create("timeout");
    SRunner *runner;
    int failed;

    tcase_add_loop_test(tests, the_earlier_deadline_counts, 0, (int)(sizeof(rows) / sizeof(rows[0])));
    tcase_add_loop_test(tests, a_phase_has_its_own_limit, 0, (int)(sizeof(phases) / sizeof(phases[0])));
    tcase_add_test(tests, no_timeout_changes_nothing);
    tcase_add_test(tests, a_policy_needs_a_timeout_and_a_place);
    suite_add_tcase(suite, tests);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
