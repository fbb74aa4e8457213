/* How long it stays open the second time, and the third; and what counts as a failure when somebody knows better. */
#include "breaker_fixture.h"

static fixture f;

static void open_growing(double multiplier, seawall_duration most, double jitter)
{
    seawall_breaker_config config = fixture_config();

    config.recovery_multiplier = multiplier;
    config.recovery_max = most;
    config.recovery_jitter = jitter;
    fixture_open(&f, &config);
}

/* Open as it is, it must stay so for `lasts`, with `before` openings in a row before this one. */
static void expect_open_for(seawall_duration lasts, int32_t before)
{
    seawall_duration remaining = look(&f).remaining;

    expect_state(&f, SEAWALL_BREAKER_OPEN);
    ck_assert_msg(remaining >= lasts && remaining < lasts + LATE, "%lld", (long long)remaining);
    ck_assert_int_eq(look(&f).reopenings, before);
}

/* Waits until it probes, and fails a probe. */
static void reopen(void)
{
    advance(&f, look(&f).remaining);
    call(&f, SEAWALL_FAULT_INTERNAL);
}

static void close_by_probes(void)
{
    int i;

    advance(&f, look(&f).remaining);
    for (i = 0; i < 3; i++)
        call(&f, SEAWALL_FAULT_NONE);
    expect_state(&f, SEAWALL_BREAKER_CLOSED);
}

START_TEST(each_opening_in_a_row_is_longer_up_to_the_most)
{
    static const int64_t seconds[] = {1, 2, 4, 8, 10, 10, 10};
    int32_t i;

    open_growing(2, SEAWALL_SECONDS(10), 0);
    fail_times(&f, 3);
    for (i = 0; i < 7; i++) {
        expect_open_for(SEAWALL_SECONDS(seconds[i]), i);
        reopen();
    }
    fixture_close(&f);
}
END_TEST

START_TEST(a_healthy_spell_starts_from_the_beginning)
{
    open_growing(3, SEAWALL_SECONDS(1000), 0);
    fail_times(&f, 3);
    reopen();
    expect_open_for(SEAWALL_SECONDS(3), 1);
    close_by_probes();
    advance(&f, SEAWALL_SECONDS(3));
    fail_times(&f, 3);
    expect_open_for(SEAWALL_SECONDS(1), 0);
    /* Too short a spell is no recovery. */
    close_by_probes();
    advance(&f, SEAWALL_SECONDS(1) - 1);
    fail_times(&f, 3);
    expect_open_for(SEAWALL_SECONDS(3), 1);
    /* A needless order in a long spell is no relapse. */
    close_by_probes();
    advance(&f, SEAWALL_SECONDS(86400));
    ck_assert_int_eq(seawall_breaker_close(f.breaker), SEAWALL_OK);
    fail_times(&f, 3);
    expect_open_for(SEAWALL_SECONDS(1), 0);
    /* A reset forgets all. */
    ck_assert_int_eq(seawall_breaker_reset(f.breaker), SEAWALL_OK);
    fail_times(&f, 3);
    expect_open_for(SEAWALL_SECONDS(1), 0);
    fixture_close(&f);
}
END_TEST

START_TEST(what_was_forced_is_no_opening_in_a_row)
{
    open_growing(2, SEAWALL_SECONDS(1000), 0);
    fail_times(&f, 3);
    reopen();
    ck_assert_int_eq(seawall_breaker_force_open(f.breaker, 0), SEAWALL_OK);
    call(&f, SEAWALL_FAULT_INTERNAL);
    expect_open_for(SEAWALL_SECONDS(2), 1);
    fixture_close(&f);
}
END_TEST

START_TEST(without_growth_every_opening_is_the_same)
{
    open_growing(1, SEAWALL_SECONDS(10), 0);
    fail_times(&f, 3);
    expect_open_for(SEAWALL_SECONDS(1), 0);
    reopen();
    expect_open_for(SEAWALL_SECONDS(1), 0);
    fixture_close(&f);
    open_growing(1, MS(1), 0); /* nothing grows, and no maximum has a say */
    fail_times(&f, 3);
    expect_open_for(SEAWALL_SECONDS(1), 0);
    reopen();
    expect_open_for(SEAWALL_SECONDS(1), 0);
    fixture_close(&f);
}
END_TEST

START_TEST(jitter_adds_its_share_and_nothing_is_shorter)
{
    seawall_duration least = SEAWALL_FOREVER, most = 0;
    int i;

    open_growing(1, SEAWALL_SECONDS(10), 0.5);
    fail_times(&f, 3);
    for (i = 0; i < 500; i++) {
        seawall_duration remaining = look(&f).remaining;

        least = remaining < least ? remaining : least;
        most = remaining > most ? remaining : most;
        reopen();
    }
    ck_assert_int_ge(least, SEAWALL_SECONDS(1));
    ck_assert_int_lt(least, MS(1020));
    ck_assert_int_le(most, MS(1500) + LATE);
    ck_assert_int_gt(most, MS(1480));
    fixture_close(&f);
}
END_TEST

/* Ten years, times a thousand, with as much again at random: late, never early, never for ever. */
START_TEST(the_longest_times_do_not_overflow)
{
    seawall_breaker_config config = fixture_config();
    int i;

    config.recovery_timeout = config.recovery_max = SEAWALL_SECONDS(315360000);
    config.recovery_multiplier = 1000;
    config.recovery_jitter = 1;
    fixture_open(&f, &config);
    fail_times(&f, 3);
    for (i = 0; i < 3; i++) {
        ck_assert_int_ge(look(&f).remaining, i == 0 ? SEAWALL_SECONDS(315360000) : 0);
        ck_assert(look(&f).remaining < SEAWALL_FOREVER);
        advance(&f, look(&f).remaining);
        (void)acquire(&f);
        ck_assert_int_eq(seawall_breaker_close(f.breaker), SEAWALL_OK);
        fail_times(&f, 3);
    }
    fixture_close(&f);
}
END_TEST

typedef struct opinion {
    seawall_breaker_verdict says;
    int asked;
    seawall_result told;
} opinion;

static seawall_breaker_verdict judge(const seawall_result *result, void *user)
{
    opinion *o = user;

    o->asked++;
    o->told = *result;
    return o->says;
}

static const struct {
    seawall_breaker_verdict says;
    seawall_fault fault;
    int asked, failures, successes, ignored;
} rows[] = {
    {SEAWALL_BREAKER_BY_KIND, SEAWALL_FAULT_INTERNAL, 1, 1, 0, 0},
    {SEAWALL_BREAKER_BY_KIND, SEAWALL_FAULT_NOT_FOUND, 1, 0, 0, 1},
    {SEAWALL_BREAKER_FAILURE, SEAWALL_FAULT_NOT_FOUND, 1, 1, 0, 0},
    {SEAWALL_BREAKER_SUCCESS, SEAWALL_FAULT_INTERNAL, 1, 0, 1, 0},
    {SEAWALL_BREAKER_IGNORED, SEAWALL_FAULT_INTERNAL, 1, 0, 0, 1},
    {SEAWALL_BREAKER_FAILURE, SEAWALL_FAULT_IGNORED, 0, 0, 0, 1},
    {SEAWALL_BREAKER_FAILURE, SEAWALL_FAULT_NONE, 0, 0, 1, 0},
    {4, SEAWALL_FAULT_INTERNAL, 1, 1, 0, 0},
    {-1, SEAWALL_FAULT_NOT_FOUND, 1, 0, 0, 1},
};

START_TEST(a_predicate_may_know_better)
{
    seawall_breaker_config config = fixture_config();
    opinion o = {.says = rows[_i].says};

    config.predicate = judge;
    config.predicate_user = &o;
    fixture_open(&f, &config);
    call(&f, rows[_i].fault);
    ck_assert_int_eq(o.asked, rows[_i].asked);
    ck_assert_int_eq(o.told.fault, rows[_i].asked ? rows[_i].fault : 0);
    ck_assert_int_eq(look(&f).failures, rows[_i].failures);
    ck_assert_int_eq(look(&f).successes, rows[_i].successes);
    ck_assert_int_eq(look(&f).ignored, rows[_i].ignored);
    ck_assert_int_eq(look(&f).consecutive_failures, rows[_i].failures);
    fixture_close(&f);
}
END_TEST

static seawall_fault busy(seawall_attempt *attempt, void *arg)
{
    (void)arg;
    seawall_attempt_set_code(attempt, 429);
    seawall_attempt_set_retry_after(attempt, MS(7));
    return SEAWALL_FAULT_RATE_LIMIT_EXCEEDED;
}

START_TEST(in_a_pipeline_it_sees_code_and_delay)
{
    seawall_breaker_config config = fixture_config();
    opinion o = {.says = SEAWALL_BREAKER_FAILURE};
    seawall_policy policy = SEAWALL_POLICY_INIT;
    const seawall_policy *policies[] = {&policy};
    seawall_pipeline *pipeline;

    config.predicate = judge;
    config.predicate_user = &o;
    fixture_open(&f, &config);
    ck_assert_int_eq(seawall_breaker_policy(f.breaker, "breaker", &policy), SEAWALL_OK);
    ck_assert_int_eq(seawall_pipeline_create(NULL, policies, 1, &f.platform, &pipeline, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_call(pipeline, busy, NULL, NULL), SEAWALL_FAILED);
    ck_assert_int_eq(o.told.fault, SEAWALL_FAULT_RATE_LIMIT_EXCEEDED);
    ck_assert_int_eq(o.told.code, 429);
    ck_assert_int_eq(o.told.retry_after, MS(7));
    ck_assert_int_eq(look(&f).failures, 1);
    seawall_pipeline_destroy(pipeline);
    fixture_close(&f);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("breaker_growth");
    TCase *tests = tcase_create("growth");

    tcase_add_test(tests, each_opening_in_a_row_is_longer_up_to_the_most);
    tcase_add_test(tests, a_healthy_spell_starts_from_the_beginning);
    tcase_add_test(tests, what_was_forced_is_no_opening_in_a_row);
    tcase_add_test(tests, without_growth_every_opening_is_the_same);
    tcase_add_test(tests, jitter_adds_its_share_and_nothing_is_shorter);
    tcase_add_test(tests, the_longest_times_do_not_overflow);
    tcase_add_loop_test(tests, a_predicate_may_know_better, 0, (int)(sizeof(rows) / sizeof(rows[0])));
    tcase_add_test(tests, in_a_pipeline_it_sees_code_and_delay);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
