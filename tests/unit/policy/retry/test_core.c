/* What a retry decides, as a table of (state, input, now) -> (state, output). */
#include <check.h>
#include <inttypes.h>
#include <stdlib.h>

#include "base/random.h"
#include "policy/retry/retry_core.h"

#define MS(n) SEAWALL_MILLISECONDS(n)
#define NEVER SEAWALL_FOREVER
#define LIMIT SEAWALL_FAULT_RATE_LIMIT_EXCEEDED
#define GONE SEAWALL_FAULT_SERVICE_UNAVAILABLE

/* 3 attempts, 100 ms doubling to 5 s, no jitter, a server's wish up to 60 s. */
static const sw_retry_rules usual = {
    .max_attempts = 3,
    .retryable = SEAWALL_FAULTS_RETRYABLE,
    .final = SEAWALL_FAULTS_NON_RETRYABLE,
    .max_retry_after = SEAWALL_SECONDS(60),
    .max_elapsed = SEAWALL_FOREVER,
    .backoff = {sw_growth_exponential, sw_jitter_none, MS(100), MS(5000), 2, 0},
};

static uint64_t never_asked(void *user)
{
    (void)user;
    ck_abort_msg("a random number was drawn for nothing");
    return 0;
}

static uint64_t halfway(void *user)
{
    (void)user;
    return UINT64_C(1) << 63;
}

static seawall_reason decide(const sw_retry_rules *rules, seawall_retry_run *run, seawall_fault fault,
                             seawall_duration retry_after, seawall_time deadline, seawall_time now,
                             const sw_random_source *random)
{
    seawall_result result = {.fault = fault, .code = 7, .retry_after = retry_after};
    seawall_reason reason = sw_retry_judge(rules, run, &result);

    if (reason != SEAWALL_REASON_NONE)
        return reason;
    return sw_retry_schedule(rules, run, sw_retry_wish(rules, retry_after), deadline, now, random);
}

static const struct {
    int32_t attempts;
    seawall_fault fault;
    seawall_duration retry_after;
    seawall_time deadline, now;
    seawall_reason reason;
    seawall_time again_at;
} rows[] = {
    /* Every kind by default. */
    {0, SEAWALL_FAULT_IGNORED, 0, NEVER, 0, SEAWALL_REASON_NOT_RETRYABLE, 0},
    {0, SEAWALL_FAULT_CONNECTION_TIMEOUT, 0, NEVER, 0, SEAWALL_REASON_NONE, MS(100)},
    {0, GONE, 0, NEVER, 0, SEAWALL_REASON_NONE, MS(100)},
    {0, LIMIT, 0, NEVER, 0, SEAWALL_REASON_NONE, MS(100)},
    {0, SEAWALL_FAULT_TIMEOUT, 0, NEVER, 0, SEAWALL_REASON_NOT_RETRYABLE, 0},
    {0, SEAWALL_FAULT_INTERNAL, 0, NEVER, 0, SEAWALL_REASON_NOT_RETRYABLE, 0},
    {0, SEAWALL_FAULT_OTHER, 0, NEVER, 0, SEAWALL_REASON_NOT_RETRYABLE, 0},
    {0, SEAWALL_FAULT_AUTHENTICATION_FAILED, 0, NEVER, 0, SEAWALL_REASON_NOT_RETRYABLE, 0},
    {0, SEAWALL_FAULT_AUTHORIZATION_DENIED, 0, NEVER, 0, SEAWALL_REASON_NOT_RETRYABLE, 0},
    {0, SEAWALL_FAULT_INVALID_REQUEST, 0, NEVER, 0, SEAWALL_REASON_NOT_RETRYABLE, 0},
    {0, SEAWALL_FAULT_NOT_FOUND, 0, NEVER, 0, SEAWALL_REASON_NOT_RETRYABLE, 0},
    {0, SEAWALL_FAULT_CONFLICT, 0, NEVER, 0, SEAWALL_REASON_NOT_RETRYABLE, 0},
    {0, SEAWALL_FAULT_LOCAL_RESOURCES, 0, NEVER, 0, SEAWALL_REASON_NOT_RETRYABLE, 0},
    /* What a user's policy may hand on. */
    {0, SEAWALL_FAULT_NONE, 0, NEVER, 0, SEAWALL_REASON_NOT_RETRYABLE, 0},
    {0, SEAWALL_FAULT_COUNT, 0, NEVER, 0, SEAWALL_REASON_NOT_RETRYABLE, 0},
    {0, 34, 0, NEVER, 0, SEAWALL_REASON_NOT_RETRYABLE, 0}, /* 32 + connection timeout */
    {0, -30, 0, NEVER, 0, SEAWALL_REASON_NOT_RETRYABLE, 0},
    {0, INT32_MAX, 0, NEVER, 0, SEAWALL_REASON_NOT_RETRYABLE, 0},
    {0, INT32_MIN, 0, NEVER, 0, SEAWALL_REASON_NOT_RETRYABLE, 0},

    /* Attempts: 3 in all, the first included; the fault's kind is the better reason. */
    {1, GONE, 0, NEVER, MS(100), SEAWALL_REASON_NONE, MS(300)},
    {2, GONE, 0, NEVER, MS(300), SEAWALL_REASON_ATTEMPTS, 0},
    {2, SEAWALL_FAULT_OTHER, 0, NEVER, MS(300), SEAWALL_REASON_NOT_RETRYABLE, 0},
    {3, GONE, 0, NEVER, 0, SEAWALL_REASON_ATTEMPTS, 0},
    {INT32_MAX, GONE, 0, NEVER, 0, SEAWALL_REASON_ATTEMPTS, 0},

    /* The deadline: no attempt begins at it or after it. */
    {0, GONE, 0, MS(1101), MS(1000), SEAWALL_REASON_NONE, MS(1100)},
    {0, GONE, 0, MS(1100) + 1, MS(1000), SEAWALL_REASON_NONE, MS(1100)},
    {0, GONE, 0, MS(1100), MS(1000), SEAWALL_REASON_DEADLINE, 0},
    {0, GONE, 0, MS(1000), MS(1000), SEAWALL_REASON_DEADLINE, 0},
    {0, GONE, 0, MS(1), MS(1000), SEAWALL_REASON_DEADLINE, 0},
    {0, GONE, 0, INT64_MIN, 0, SEAWALL_REASON_DEADLINE, 0},
    {2, GONE, 0, MS(1), MS(1000), SEAWALL_REASON_ATTEMPTS, 0},
    {0, SEAWALL_FAULT_OTHER, 0, MS(1), MS(1000), SEAWALL_REASON_NOT_RETRYABLE, 0},

    /* The server's own delay is a floor, of any retryable fault, up to 60 s. */
    {0, LIMIT, MS(1), NEVER, 0, SEAWALL_REASON_NONE, MS(100)},
    {0, LIMIT, MS(2500), NEVER, 0, SEAWALL_REASON_NONE, MS(2500)},
    {1, GONE, MS(2500), NEVER, MS(50), SEAWALL_REASON_NONE, MS(2550)},
    {0, LIMIT, SEAWALL_SECONDS(61), NEVER, 0, SEAWALL_REASON_NONE, SEAWALL_SECONDS(60)},
    {0, LIMIT, SEAWALL_SECONDS(3155760000), NEVER, 0, SEAWALL_REASON_NONE, SEAWALL_SECONDS(60)}, /* a century */
    {0, LIMIT, SEAWALL_FOREVER, NEVER, 0, SEAWALL_REASON_NONE, SEAWALL_SECONDS(60)},
    {0, LIMIT, -MS(2500), NEVER, 0, SEAWALL_REASON_NONE, MS(100)},
    {0, LIMIT, INT64_MIN, NEVER, 0, SEAWALL_REASON_NONE, MS(100)},
    {0, LIMIT, MS(2500), MS(2500), 0, SEAWALL_REASON_DEADLINE, 0},
    {0, LIMIT, MS(2500), MS(2501), 0, SEAWALL_REASON_NONE, MS(2500)},
    {0, SEAWALL_FAULT_OTHER, MS(2500), NEVER, 0, SEAWALL_REASON_NOT_RETRYABLE, 0},

    /* Any clock. */
    {0, GONE, 0, NEVER, INT64_MIN, SEAWALL_REASON_NONE, INT64_MIN + MS(100)},
    {0, GONE, 0, NEVER, INT64_MAX - 1, SEAWALL_REASON_DEADLINE, 0}, /* the next attempt would never begin */
    {0, GONE, 0, NEVER, INT64_MAX - MS(100) - 1, SEAWALL_REASON_NONE, INT64_MAX - 1},
};

START_TEST(decisions_are_those_of_the_table)
{
    seawall_retry_run run = {.attempts = rows[_i].attempts, .first = rows[_i].attempts > 0 ? LIMIT : 0};
    sw_random_source random = {never_asked, NULL};
    seawall_reason reason =
        decide(&usual, &run, rows[_i].fault, rows[_i].retry_after, rows[_i].deadline, rows[_i].now, &random);

    ck_assert_int_eq(reason, rows[_i].reason);
    ck_assert_int_eq(run.reason, reason);
    ck_assert_int_eq(run.again_at, rows[_i].again_at);
    ck_assert_int_eq(run.attempts, rows[_i].attempts < INT32_MAX ? rows[_i].attempts + 1 : INT32_MAX);
    ck_assert_int_eq(run.last, rows[_i].fault);
    ck_assert_int_eq(run.first, rows[_i].attempts > 0 ? LIMIT : rows[_i].fault);
}
END_TEST

START_TEST(a_single_attempt_is_never_repeated)
{
    sw_retry_rules rules = usual;
    seawall_retry_run run = SEAWALL_RETRY_RUN_INIT;

    rules.max_attempts = 1;
    ck_assert_int_eq(sw_retry_judge(&rules, &run, &(seawall_result){.fault = GONE}), SEAWALL_REASON_ATTEMPTS);
}
END_TEST

START_TEST(the_server_can_be_ignored_or_trusted_without_limit)
{
    sw_retry_rules rules = usual;
    seawall_retry_run run = SEAWALL_RETRY_RUN_INIT;
    sw_random_source random = {never_asked, NULL};

    rules.max_retry_after = 0;
    ck_assert_int_eq(decide(&rules, &run, LIMIT, MS(2500), NEVER, 0, &random), SEAWALL_REASON_NONE);
    ck_assert_int_eq(run.again_at, MS(100));

    rules.max_retry_after = SEAWALL_FOREVER;
    run = (seawall_retry_run)SEAWALL_RETRY_RUN_INIT;
    ck_assert_int_eq(decide(&rules, &run, LIMIT, SEAWALL_SECONDS(3155760000), NEVER, 0, &random), SEAWALL_REASON_NONE);
    ck_assert_int_eq(run.again_at, SEAWALL_SECONDS(3155760000));
    ck_assert_int_eq(run.delay, MS(100));

    /* "Never again" is no time to wait for. */
    run = (seawall_retry_run)SEAWALL_RETRY_RUN_INIT;
    ck_assert_int_eq(decide(&rules, &run, LIMIT, SEAWALL_FOREVER, NEVER, 0, &random), SEAWALL_REASON_DEADLINE);
}
END_TEST

/* The wish is kept, and what jitter draws comes on top of it. */
START_TEST(jitter_spreads_those_who_were_told_the_same)
{
    static const seawall_duration wishes[] = {1, MS(1), MS(2500), SEAWALL_SECONDS(60)};
    sw_retry_rules rules = usual;
    sw_random_source random = {halfway, NULL};
    int i;

    rules.backoff.jitter = sw_jitter_full;
    for (i = 0; i < 4; i++) {
        seawall_retry_run run = SEAWALL_RETRY_RUN_INIT;

        ck_assert_int_eq(decide(&rules, &run, LIMIT, wishes[i], NEVER, 0, &random), SEAWALL_REASON_NONE);
        ck_assert_int_eq(run.delay, MS(50));
        ck_assert_int_eq(run.again_at, wishes[i] + MS(50));
    }
    /* No wish, no sum. */
    for (i = 0; i < 2; i++) {
        seawall_retry_run run = SEAWALL_RETRY_RUN_INIT;

        ck_assert_int_eq(decide(&rules, &run, LIMIT, i == 0 ? -MS(20) : INT64_MIN, NEVER, 0, &random), SEAWALL_REASON_NONE);
        ck_assert_int_eq(run.again_at, MS(50));
    }
    /* A wish for ever stays one, whatever is added. */
    rules.max_retry_after = NEVER;
    ck_assert_int_eq(decide(&rules, &(seawall_retry_run){0}, LIMIT, NEVER - 1, NEVER, 0, &random), SEAWALL_REASON_DEADLINE);
}
END_TEST

typedef struct asked {
    seawall_retry_verdict says;
    int times;
    int32_t attempt;
    seawall_result result;
} asked;

static seawall_retry_verdict answer(const seawall_result *result, int32_t attempt, void *user)
{
    asked *a = user;

    a->times++;
    a->attempt = attempt;
    a->result = *result;
    return a->says;
}

static const struct {
    seawall_retry_verdict says;
    seawall_fault fault;
    int times;
    seawall_reason reason;
} opinions[] = {
    {SEAWALL_RETRY_BY_KIND, GONE, 1, SEAWALL_REASON_NONE},
    {SEAWALL_RETRY_BY_KIND, SEAWALL_FAULT_INTERNAL, 1, SEAWALL_REASON_NOT_RETRYABLE},
    {SEAWALL_RETRY_REPEAT, SEAWALL_FAULT_INTERNAL, 1, SEAWALL_REASON_NONE},
    {SEAWALL_RETRY_STOP, GONE, 1, SEAWALL_REASON_NOT_RETRYABLE},
    /* What gives up is not asked about. */
    {SEAWALL_RETRY_REPEAT, SEAWALL_FAULT_INVALID_REQUEST, 0, SEAWALL_REASON_NOT_RETRYABLE},
    /* Nonsense is no opinion. */
    {3, GONE, 1, SEAWALL_REASON_NONE},
    {-1, SEAWALL_FAULT_INTERNAL, 1, SEAWALL_REASON_NOT_RETRYABLE},
    {INT32_MIN, GONE, 1, SEAWALL_REASON_NONE},
};

START_TEST(a_predicate_sees_all_and_says_what_it_thinks)
{
    sw_retry_rules rules = usual;
    seawall_retry_run run = {.attempts = 1};
    sw_random_source random = {never_asked, NULL};
    asked a = {.says = opinions[_i].says};

    rules.predicate = answer;
    rules.predicate_user = &a;
    ck_assert_int_eq(decide(&rules, &run, opinions[_i].fault, MS(9), NEVER, 0, &random), opinions[_i].reason);
    ck_assert_int_eq(a.times, opinions[_i].times);
    if (a.times > 0) {
        ck_assert_int_eq(a.attempt, 2);
        ck_assert_int_eq(a.result.fault, opinions[_i].fault);
        ck_assert_int_eq(a.result.code, 7);
        ck_assert_int_eq(a.result.retry_after, MS(9));
    }
    /* Even what it wants repeated ends with the attempts. */
    run.attempts = 2;
    ck_assert_int_ne(decide(&rules, &run, opinions[_i].fault, 0, NEVER, 0, &random), SEAWALL_REASON_NONE);
}
END_TEST

/* The next attempt would begin 100 ms after now. */
static const struct {
    seawall_time began, now, deadline;
    seawall_duration max_elapsed, minimum_remaining;
    seawall_reason reason;
} clocks[] = {
    {MS(10), MS(20), NEVER, MS(110), 0, SEAWALL_REASON_DEADLINE},
    {MS(10), MS(20), NEVER, MS(110) + 1, 0, SEAWALL_REASON_NONE},
    {MS(10), MS(20), NEVER, 1000, 0, SEAWALL_REASON_DEADLINE},
    {-1, MS(20), NEVER, MS(120), 0, SEAWALL_REASON_DEADLINE},
    {0, MS(20), NEVER, MS(100), 0, SEAWALL_REASON_DEADLINE}, /* nobody said when it began: now */
    {0, MS(20), NEVER, MS(101), 0, SEAWALL_REASON_NONE},
    {INT64_MAX - MS(200), INT64_MAX - MS(150), NEVER, MS(1000), 0, SEAWALL_REASON_NONE},
    {MS(10), MS(20), MS(150), NEVER, MS(30), SEAWALL_REASON_NONE},
    {MS(10), MS(20), MS(150), NEVER, MS(30) + 1, SEAWALL_REASON_DEADLINE},
    {MS(10), MS(20), MS(121), NEVER, 0, SEAWALL_REASON_NONE},
    {MS(10), MS(20), NEVER, NEVER, SEAWALL_SECONDS(1000), SEAWALL_REASON_NONE},
    {MS(10), MS(20), INT64_MIN, NEVER, MS(1), SEAWALL_REASON_DEADLINE},
};

START_TEST(time_spent_and_time_left_end_it)
{
    sw_retry_rules rules = usual;
    seawall_retry_run run = {.began = clocks[_i].began};
    sw_random_source random = {never_asked, NULL};

    rules.max_elapsed = clocks[_i].max_elapsed;
    rules.minimum_remaining = clocks[_i].minimum_remaining;
    ck_assert_int_eq(decide(&rules, &run, GONE, 0, clocks[_i].deadline, clocks[_i].now, &random), clocks[_i].reason);
}
END_TEST

START_TEST(refusals_are_repeated_if_asked_for)
{
    sw_retry_rules rules = usual;
    seawall_retry_run run = SEAWALL_RETRY_RUN_INIT;
    sw_random_source random = {never_asked, NULL};

    ck_assert_int_eq(sw_retry_judge_refusal(&rules, &run), SEAWALL_REASON_REFUSED);
    rules.refusals = true;
    run = (seawall_retry_run){0};
    ck_assert_int_eq(sw_retry_judge_refusal(&rules, &run), SEAWALL_REASON_NONE);
    /* Its hint is ours, not a server's: nothing cuts it. */
    ck_assert_int_eq(sw_retry_schedule(&rules, &run, SEAWALL_SECONDS(300), NEVER, 0, &random), SEAWALL_REASON_NONE);
    ck_assert_int_eq(run.again_at, SEAWALL_SECONDS(300));
    ck_assert_int_eq(sw_retry_judge_refusal(&rules, &run), SEAWALL_REASON_NONE);
    ck_assert_int_eq(sw_retry_judge_refusal(&rules, &run), SEAWALL_REASON_ATTEMPTS);
    ck_assert_int_eq(run.first, SEAWALL_FAULT_NONE);
    ck_assert_int_eq(run.last, SEAWALL_FAULT_NONE);
}
END_TEST

static uint64_t seed(void)
{
    const char *text = getenv("SEAWALL_SEED");

    return text != NULL ? strtoull(text, NULL, 10) : 1;
}

static uint64_t step(void *state)
{
    return sw_random_step(state);
}

/* With a deadline in the middle of the range, every other draw ends the retry. */
START_TEST(jitter_decides_what_still_fits)
{
    sw_retry_rules rules = usual;
    uint64_t state = seed();
    sw_random_source random = {step, &state};
    int scheduled = 0, i;

    rules.backoff.jitter = sw_jitter_full;
    for (i = 0; i < 10000; i++) {
        seawall_retry_run run = SEAWALL_RETRY_RUN_INIT;

        if (decide(&rules, &run, GONE, 0, MS(50), 0, &random) == SEAWALL_REASON_NONE) {
            ck_assert_int_ge(run.again_at, 0);
            ck_assert_int_lt(run.again_at, MS(50));
            ck_assert_int_eq(run.delay, run.again_at);
            scheduled++;
        } else {
            ck_assert_int_eq(run.delay, 0);
        }
    }
    ck_assert_msg(scheduled > 4700 && scheduled < 5300, "SEAWALL_SEED=%" PRIu64 ": %d", seed(), scheduled);
}
END_TEST

static uint64_t highest(void *user)
{
    (void)user;
    return UINT64_MAX;
}

/* Decorrelated jitter goes by our own last delay: a server's wish does not make it grow. */
START_TEST(the_delay_before_is_remembered)
{
    static const seawall_duration delays[] = {MS(300), MS(900), MS(2700), MS(5000), MS(5000)};
    sw_retry_rules rules = usual;
    seawall_retry_run run = SEAWALL_RETRY_RUN_INIT;
    sw_random_source random = {highest, NULL};
    int i;

    rules.max_attempts = INT32_MAX;
    rules.backoff.jitter = sw_jitter_decorrelated;
    for (i = 0; i < 5; i++) {
        ck_assert_int_eq(decide(&rules, &run, LIMIT, SEAWALL_SECONDS(10), NEVER, 0, &random), SEAWALL_REASON_NONE);
        ck_assert_int_eq(run.delay, delays[i]);
        ck_assert_int_eq(run.again_at, SEAWALL_SECONDS(10) + delays[i]);
    }
}
END_TEST

START_TEST(attempts_may_go_on_as_long_as_an_int32_counts)
{
    sw_retry_rules rules = usual;
    seawall_retry_run run = {.attempts = INT32_MAX - 2};
    sw_random_source random = {never_asked, NULL};

    rules.max_attempts = INT32_MAX;
    ck_assert_int_eq(decide(&rules, &run, GONE, 0, NEVER, 0, &random), SEAWALL_REASON_NONE);
    ck_assert_int_eq(run.delay, MS(5000));
    ck_assert_int_eq(decide(&rules, &run, GONE, 0, NEVER, 0, &random), SEAWALL_REASON_ATTEMPTS);
    ck_assert_int_eq(run.attempts, INT32_MAX);
    ck_assert_int_eq(decide(&rules, &run, GONE, 0, NEVER, 0, &random), SEAWALL_REASON_ATTEMPTS);
    ck_assert_int_eq(run.attempts, INT32_MAX);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("retry core");
    TCase *tests = tcase_create("retry core");
    SRunner *runner;
    int failed;

    tcase_add_loop_test(tests, decisions_are_those_of_the_table, 0, (int)(sizeof(rows) / sizeof(rows[0])));
    tcase_add_test(tests, a_single_attempt_is_never_repeated);
    tcase_add_test(tests, the_server_can_be_ignored_or_trusted_without_limit);
    tcase_add_test(tests, jitter_spreads_those_who_were_told_the_same);
    tcase_add_loop_test(tests, a_predicate_sees_all_and_says_what_it_thinks, 0, (int)(sizeof(opinions) / sizeof(opinions[0])));
    tcase_add_loop_test(tests, time_spent_and_time_left_end_it, 0, (int)(sizeof(clocks) / sizeof(clocks[0])));
    tcase_add_test(tests, refusals_are_repeated_if_asked_for);
    tcase_add_test(tests, jitter_decides_what_still_fits);
    tcase_add_test(tests, the_delay_before_is_remembered);
    tcase_add_test(tests, attempts_may_go_on_as_long_as_an_int32_counts);
    suite_add_tcase(suite, tests);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
