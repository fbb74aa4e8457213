#include "breaker_fixture.h"

#include <stdlib.h>

seawall_breaker_config fixture_config(void)
{
    seawall_breaker_config config = SEAWALL_BREAKER_CONFIG_INIT;

    config.failure_threshold = 3;
    config.recovery_timeout = SEAWALL_SECONDS(1);
    config.probe_timeout = SEAWALL_MILLISECONDS(500);
    return config;
}

void fixture_open(fixture *f, const seawall_breaker_config *config)
{
    const seawall_breaker_config usual = fixture_config();
    seawall_error error;

    ck_assert_int_eq(seawall_platform_init(&f->platform, sizeof f->platform), SEAWALL_OK);
    ck_assert_int_eq(seawall_manual_clock_create(START, true, &f->clock, NULL), SEAWALL_OK);
    seawall_manual_clock_install(f->clock, &f->platform);
    ck_assert_msg(seawall_breaker_create(config != NULL ? config : &usual, &f->platform, &f->breaker, &error) == SEAWALL_OK, "%s",
                  error.message);
}

void fixture_close(fixture *f)
{
    seawall_breaker_destroy(f->breaker);
    seawall_manual_clock_destroy(f->clock);
}

seawall_permit acquire(fixture *f)
{
    seawall_permit permit = SEAWALL_PERMIT_INIT;

    ck_assert_int_eq(seawall_breaker_try_acquire(f->breaker, &permit, NULL), SEAWALL_OK);
    ck_assert(permit.opaque[2] != 0);
    return permit;
}

seawall_duration refused(fixture *f)
{
    const seawall_permit untouched = {{1, 2, 3, 4}};
    seawall_permit permit = untouched;
    seawall_duration wait = -1;

    ck_assert_int_eq(seawall_breaker_try_acquire(f->breaker, &permit, &wait), SEAWALL_OPEN);
    ck_assert_mem_eq(&permit, &untouched, sizeof permit);
    ck_assert_int_gt(wait, 0);
    return wait;
}

seawall_status report(fixture *f, seawall_permit *permit, seawall_fault fault)
{
    return seawall_breaker_report(f->breaker, permit, fault);
}

void call(fixture *f, seawall_fault fault)
{
    seawall_permit permit = acquire(f);

    ck_assert_int_eq(report(f, &permit, fault), SEAWALL_OK);
    ck_assert_int_eq(report(f, &permit, fault), SEAWALL_INVALID); /* it is cleared */
}

void fail_times(fixture *f, int times)
{
    while (times-- > 0)
        call(f, SEAWALL_FAULT_INTERNAL);
}

void advance(fixture *f, seawall_duration by)
{
    seawall_manual_clock_advance(f->clock, by);
}

void half_open(fixture *f, int threshold)
{
    fail_times(f, threshold);
    expect_state(f, SEAWALL_BREAKER_OPEN);
    advance(f, look(f).remaining);
    expect_state(f, SEAWALL_BREAKER_HALF_OPEN);
}

seawall_breaker_snapshot look(fixture *f)
{
    seawall_breaker_snapshot snapshot = SEAWALL_BREAKER_SNAPSHOT_INIT;

    ck_assert_int_eq(seawall_breaker_get_snapshot(f->breaker, &snapshot), SEAWALL_OK);
    return snapshot;
}

void expect_state(fixture *f, seawall_breaker_state state)
{
    ck_assert_str_eq(seawall_breaker_state_name(look(f).state), seawall_breaker_state_name(state));
}

void slow_call(fixture *f, seawall_duration lasts, seawall_fault fault)
{
    seawall_permit permit = acquire(f);

    advance(f, lasts);
    ck_assert_int_eq(report(f, &permit, fault), SEAWALL_OK);
}

void calls(fixture *f, const char *story)
{
    for (; *story != '\0'; story++)
        call(f, *story == 's' ? SEAWALL_FAULT_NONE : *story == 'f' ? SEAWALL_FAULT_INTERNAL : SEAWALL_FAULT_NOT_FOUND);
}

void many(fixture *f, int times, const char *story)
{
    while (times-- > 0)
        calls(f, story);
}

void expect_window(fixture *f, int64_t outcomes, int64_t failures, double rate)
{
    seawall_breaker_snapshot s = look(f);

    ck_assert_int_eq(s.window_calls, outcomes);
    ck_assert_int_eq(s.window_failures, failures);
    ck_assert_msg(s.failure_rate >= rate - 1e-12 && s.failure_rate <= rate + 1e-12, "%g is not %g", s.failure_rate, rate);
}

void expect_trip(fixture *f, seawall_breaker_rule rule, int32_t value, int32_t limit)
{
    seawall_breaker_snapshot s = look(f);

    expect_state(f, SEAWALL_BREAKER_OPEN);
    ck_assert_int_eq(s.last_rule, rule);
    ck_assert_int_eq(s.last_value, value);
    ck_assert_int_eq(s.last_limit, limit);
    ck_assert(s.window_calls == 0 && s.failure_rate <= -1 && s.slow_call_rate <= -1);
}

int run_suite(Suite *suite)
{
    SRunner *runner = srunner_create(suite);
    int failed;

    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
