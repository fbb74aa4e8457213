/* New rules for a breaker in use: which may change, what stays, and what becomes of what has begun. */
#include "breaker_fixture.h"

#include <string.h>

#include "support.h"

static fixture f;
static seawall_breaker_config config;

static void begin(void)
{
    config = fixture_config();
    fixture_open(&f, NULL);
}

static void end(void)
{
    fixture_close(&f);
}

static void again(void)
{
    fixture_close(&f);
    fixture_open(&f, &config);
}

static void reconfigure(void)
{
    seawall_error error;

    ck_assert_msg(seawall_breaker_reconfigure(f.breaker, &config, &error) == SEAWALL_OK, "%s", error.message);
}

static void expect_refusal(const char *message)
{
    seawall_breaker_snapshot was = look(&f), is;
    seawall_error error;

    ck_assert_int_eq(seawall_breaker_reconfigure(f.breaker, &config, &error), SEAWALL_INVALID);
    ck_assert_str_eq(error.message, message);
    ck_assert(strncmp(error.message, error.key, strlen(error.key)) == 0);
    is = look(&f);
    ck_assert_mem_eq(&was, &is, sizeof is);
}

/* What the table says of each field is so. */
START_TEST(the_live_fields_change_and_no_other)
{
    static const struct {
        const char *key, *text;
    } others[] = {
        {"failure_threshold", "7"},    {"recovery_timeout", "3s"},    {"half_open_max_calls", "5"}, {"half_open_concurrent", "2"},
        {"successes_to_close", "2"},   {"failures_to_reopen", "2"},   {"probe_timeout", "7s"},      {"counted_faults", "timeout"},
        {"half_open_max_duration", "1s"}, {"half_open_then", "closed"},
        {"ignore_cuts_below", "1ms"},  {"recovery_multiplier", "2"},  {"recovery_max", "1h"},       {"recovery_jitter", "0.5"},
        {"failure_rate", "50%"},       {"slow_call_rate", "50%"},     {"slow_call_duration", "1s"}, {"minimum_calls", "7"},
        {"window", "time"},            {"window_calls", "7"},         {"window_duration", "7s"},    {"window_buckets", "7"},
    };
    static const char *const fixed[] = {"half_open_concurrent", "window", "window_calls", "window_duration", "window_buckets"};
    const int32_t count = seawall_config_field_count("circuit_breaker");
    int32_t i;
    size_t j;

    for (i = 0; i < count; i++) {
        seawall_field field = {.size = sizeof field};
        seawall_error error;

        ck_assert_int_eq(seawall_config_field("circuit_breaker", i, &field), SEAWALL_OK);
        for (j = 0; j < sizeof others / sizeof others[0] && strcmp(others[j].key, field.key) != 0; j++)
            continue;
        ck_assert_msg(j < sizeof others / sizeof others[0], "%s has no other value here", field.key);
        config = fixture_config();
        ck_assert_int_eq(seawall_config_set("circuit_breaker", &config, field.key, others[j].text, NULL), SEAWALL_OK);
        ck_assert_msg(seawall_breaker_reconfigure(f.breaker, &config, &error) == (field.live ? SEAWALL_OK : SEAWALL_INVALID),
                      "%s", field.key);
        for (j = 0; j < sizeof fixed / sizeof fixed[0] && strcmp(fixed[j], field.key) != 0; j++)
            continue;
        ck_assert_int_eq(field.live, j == sizeof fixed / sizeof fixed[0]);
    }
}
END_TEST

static seawall_breaker_verdict nothing_counts(const seawall_result *result, void *user)
{
    (void)result;
    (void)user;
    return SEAWALL_BREAKER_IGNORED;
}

START_TEST(all_or_nothing)
{
    seawall_error error;

    fail_times(&f, 2);
    config.failure_threshold = 1000;
    config.half_open_concurrent = 2;
    expect_refusal("circuit_breaker.half_open_concurrent: cannot change from auto to 2 while in use");
    config.half_open_concurrent = SEAWALL_AUTO;
    config.predicate = nothing_counts;
    expect_refusal("circuit_breaker.predicate: cannot change while in use");
    config.predicate = NULL;
    config.predicate_user = &f;
    expect_refusal("circuit_breaker.predicate_user: cannot change while in use");
    config.predicate_user = NULL;
    config.recovery_timeout = 0;
    expect_refusal("circuit_breaker.recovery_timeout: 0ns is below 1ms");
    config.recovery_timeout = SEAWALL_SECONDS(9);
    config.successes_to_close = 4;
    expect_refusal("circuit_breaker.successes_to_close: 4 is above half_open_max_calls, which is 3");
    ck_assert_int_eq(seawall_breaker_reconfigure(NULL, &config, &error), SEAWALL_INVALID);
    ck_assert_str_eq(error.key, "circuit_breaker");
    ck_assert_int_eq(seawall_breaker_reconfigure(NULL, &config, NULL), SEAWALL_INVALID);
    /* The old rules hold, and for one second. */
    fail_times(&f, 1);
    ck_assert_int_lt(refused(&f), SEAWALL_SECONDS(1) + LATE);
}
END_TEST

START_TEST(what_was_counted_and_given_stays)
{
    seawall_breaker_snapshot was, is;
    seawall_permit permit = acquire(&f);

    call(&f, SEAWALL_FAULT_NONE);
    call(&f, SEAWALL_FAULT_IGNORED);
    fail_times(&f, 2);
    advance(&f, MS(5));
    was = look(&f);
    config.failure_threshold = 10;
    reconfigure();
    is = look(&f);
    ck_assert_mem_eq(&was, &is, sizeof is);
    fail_times(&f, 1);
    ck_assert_int_eq(look(&f).consecutive_failures, 3);
    ck_assert_int_eq(report(&f, &permit, SEAWALL_FAULT_NONE), SEAWALL_OK);
    ck_assert_int_eq(look(&f).consecutive_failures, 0);
    ck_assert_int_eq(look(&f).successes, 2);
}
END_TEST

START_TEST(a_lower_threshold_waits_for_the_next_failure)
{
    config.failure_threshold = 10;
    reconfigure();
    fail_times(&f, 5);
    config.failure_threshold = 4;
    reconfigure();
    expect_state(&f, SEAWALL_BREAKER_CLOSED);
    ck_assert_int_eq(look(&f).consecutive_failures, 5);
    fail_times(&f, 1);
    expect_state(&f, SEAWALL_BREAKER_OPEN);
    ck_assert_int_eq(look(&f).last_value, 6);
    ck_assert_int_eq(look(&f).last_limit, 4);
}
END_TEST

START_TEST(no_threshold_for_a_while)
{
    fail_times(&f, 2);
    config.failure_threshold = 0;
    reconfigure();
    ck_assert_int_eq(look(&f).consecutive_failures, 0);
    fail_times(&f, 100);
    expect_state(&f, SEAWALL_BREAKER_CLOSED);
    config.failure_threshold = 3;
    reconfigure();
    fail_times(&f, 2);
    expect_state(&f, SEAWALL_BREAKER_CLOSED);
    fail_times(&f, 1);
    expect_state(&f, SEAWALL_BREAKER_OPEN);
}
END_TEST

START_TEST(an_opening_keeps_its_end)
{
    fail_times(&f, 3);
    config.recovery_timeout = SEAWALL_SECONDS(60);
    config.recovery_multiplier = 2;
    reconfigure();
    ck_assert_int_lt(refused(&f), SEAWALL_SECONDS(1) + LATE);
    advance(&f, look(&f).remaining);
    fail_times(&f, 1);
    ck_assert_int_ge(refused(&f), SEAWALL_SECONDS(120));
    ck_assert_int_lt(refused(&f), SEAWALL_SECONDS(120) + LATE);
    ck_assert_int_eq(look(&f).reopenings, 1);
}
END_TEST

START_TEST(a_probe_keeps_its_lease)
{
    seawall_permit first, second;

    half_open(&f, 3);
    first = acquire(&f);
    config.probe_timeout = MS(2000);
    reconfigure();
    second = acquire(&f);
    advance(&f, MS(499));
    ck_assert_int_eq(report(&f, &second, SEAWALL_FAULT_NONE), SEAWALL_OK);
    second = acquire(&f);
    advance(&f, MS(1) + LATE);
    ck_assert_int_eq(report(&f, &first, SEAWALL_FAULT_NONE), SEAWALL_STALE);
    expect_state(&f, SEAWALL_BREAKER_OPEN);
    ck_assert_int_eq(look(&f).expired, 1);
    ck_assert_int_eq(report(&f, &second, SEAWALL_FAULT_NONE), SEAWALL_STALE);
}
END_TEST

/* A round of 5, in which 2 probes have succeeded, 1 has failed, and 1 is out; then other numbers: calls, successes, failures. */
static const struct {
    int32_t calls, successes, failures;
    seawall_breaker_state state;
    int32_t value, limit;
} rounds[] = {
    {5, 5, 2, SEAWALL_BREAKER_HALF_OPEN, 0, 0}, {5, 2, 2, SEAWALL_BREAKER_CLOSED, 0, 0},
    {5, 1, 2, SEAWALL_BREAKER_CLOSED, 0, 0},    {5, 5, 1, SEAWALL_BREAKER_OPEN, 1, 1},
    {5, 2, 1, SEAWALL_BREAKER_OPEN, 1, 1},      {4, 3, 2, SEAWALL_BREAKER_HALF_OPEN, 0, 0},
    {3, 3, 2, SEAWALL_BREAKER_OPEN, 1, 2},      {3, 2, 2, SEAWALL_BREAKER_CLOSED, 0, 0},
    {2, 2, 2, SEAWALL_BREAKER_CLOSED, 0, 0},    {1, 1, 1, SEAWALL_BREAKER_OPEN, 1, 1},
    {9, 9, 9, SEAWALL_BREAKER_HALF_OPEN, 0, 0},
};

START_TEST(a_round_is_decided_by_the_new_numbers)
{
    seawall_permit out;
    bool over = rounds[_i].state != SEAWALL_BREAKER_HALF_OPEN;

    config.half_open_max_calls = 5;
    config.successes_to_close = 5;
    config.failures_to_reopen = 2;
    again();
    half_open(&f, 3);
    out = acquire(&f);
    call(&f, SEAWALL_FAULT_NONE);
    call(&f, SEAWALL_FAULT_NONE);
    fail_times(&f, 1);
    config.half_open_max_calls = rounds[_i].calls;
    config.successes_to_close = rounds[_i].successes;
    config.failures_to_reopen = rounds[_i].failures;
    reconfigure();
    expect_state(&f, rounds[_i].state);
    if (rounds[_i].state == SEAWALL_BREAKER_OPEN) {
        ck_assert_int_eq(look(&f).last_value, rounds[_i].value);
        ck_assert_int_eq(look(&f).last_limit, rounds[_i].limit);
        ck_assert_int_eq(look(&f).last_rule, SEAWALL_BREAKER_RULE_PROBES);
    }
    ck_assert_int_eq(look(&f).probes, over ? 0 : 1);
    ck_assert_int_eq(report(&f, &out, SEAWALL_FAULT_NONE), over ? SEAWALL_STALE : SEAWALL_OK);
}
END_TEST

/* Four are out when only two are allowed: no more are given, and the four count. */
START_TEST(probes_beyond_a_lower_number_still_count)
{
    seawall_permit out[4];
    int i;

    config.half_open_max_calls = 5;
    again();
    half_open(&f, 3);
    for (i = 0; i < 4; i++)
        out[i] = acquire(&f);
    config.half_open_max_calls = 2;
    reconfigure();
    expect_state(&f, SEAWALL_BREAKER_HALF_OPEN);
    (void)refused(&f);
    ck_assert_int_eq(report(&f, &out[3], SEAWALL_FAULT_IGNORED), SEAWALL_OK);
    (void)refused(&f);
    ck_assert_int_eq(report(&f, &out[2], SEAWALL_FAULT_NONE), SEAWALL_OK);
    expect_state(&f, SEAWALL_BREAKER_HALF_OPEN);
    ck_assert_int_eq(report(&f, &out[1], SEAWALL_FAULT_NONE), SEAWALL_OK);
    expect_state(&f, SEAWALL_BREAKER_CLOSED);
    ck_assert_int_eq(report(&f, &out[0], SEAWALL_FAULT_NONE), SEAWALL_STALE);
}
END_TEST

/* More at a time only if so many were asked for at creation. */
START_TEST(a_longer_round_has_the_places_it_was_made_with)
{
    int i, pass;

    for (pass = 0; pass < 2; pass++) {
        config = fixture_config();
        config.half_open_concurrent = pass == 0 ? SEAWALL_AUTO : 8;
        again();
        half_open(&f, 3);
        config.half_open_max_calls = 20;
        reconfigure();
        for (i = 0; i < (pass == 0 ? 3 : 8); i++)
            (void)acquire(&f);
        (void)refused(&f);
    }
}
END_TEST

START_TEST(other_faults_count)
{
    call(&f, SEAWALL_FAULT_NOT_FOUND);
    ck_assert_int_eq(look(&f).ignored, 1);
    config.counted_faults = SEAWALL_FAULT_BIT(SEAWALL_FAULT_NOT_FOUND);
    reconfigure();
    call(&f, SEAWALL_FAULT_INTERNAL);
    ck_assert_int_eq(look(&f).ignored, 2);
    call(&f, SEAWALL_FAULT_NOT_FOUND);
    ck_assert_int_eq(look(&f).failures, 1);
}
END_TEST

START_TEST(the_same_again_changes_nothing)
{
    seawall_breaker_snapshot was = look(&f), is;
    int i;

    for (i = 0; i < 100; i++)
        reconfigure();
    is = look(&f);
    ck_assert_mem_eq(&was, &is, sizeof is);
    ck_assert_int_eq(seawall_breaker_reconfigure(f.breaker, NULL, NULL), SEAWALL_OK); /* the defaults */
    fail_times(&f, 4);
    expect_state(&f, SEAWALL_BREAKER_CLOSED);
    fail_times(&f, 1);
    expect_state(&f, SEAWALL_BREAKER_OPEN);
}
END_TEST

START_TEST(it_allocates_nothing)
{
    seawall_breaker *breaker;
    sw_test_platform test;

    sw_test_platform_init(&test, true);
    ck_assert_int_eq(seawall_breaker_create(&config, &test.platform, &breaker, NULL), SEAWALL_OK);
    sw_test_memory_fail(&test.memory, SW_TEST_FAIL_NEVER, 0);
    config.failure_threshold = 1;
    ck_assert_int_eq(seawall_breaker_reconfigure(breaker, &config, NULL), SEAWALL_OK);
    ck_assert_int_eq(test.memory.requests, 0);
    seawall_breaker_destroy(breaker);
    sw_test_platform_fini(&test);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("breaker_reconfigure");
    TCase *changes = tcase_create("changes");

    tcase_add_checked_fixture(changes, begin, end);
    tcase_add_test(changes, the_live_fields_change_and_no_other);
    tcase_add_test(changes, all_or_nothing);
    tcase_add_test(changes, what_was_counted_and_given_stays);
    tcase_add_test(changes, a_lower_threshold_waits_for_the_next_failure);
    tcase_add_test(changes, no_threshold_for_a_while);
    tcase_add_test(changes, an_opening_keeps_its_end);
    tcase_add_test(changes, a_probe_keeps_its_lease);
    tcase_add_loop_test(changes, a_round_is_decided_by_the_new_numbers, 0, sizeof rounds / sizeof rounds[0]);
    tcase_add_test(changes, probes_beyond_a_lower_number_still_count);
    tcase_add_test(changes, a_longer_round_has_the_places_it_was_made_with);
    tcase_add_test(changes, other_faults_count);
    tcase_add_test(changes, the_same_again_changes_nothing);
    tcase_add_test(changes, it_allocates_nothing);
    suite_add_tcase(suite, changes);
    return run_suite(suite);
}
