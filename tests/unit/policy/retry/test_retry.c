/* The retry as an object, used alone. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "../rehearsal.h"

#define NEVER SEAWALL_FOREVER
#define GONE SEAWALL_FAULT_SERVICE_UNAVAILABLE
#define LIMIT SEAWALL_FAULT_RATE_LIMIT_EXCEEDED

/* How an attempt ended. */
#define END(kind, wish) (&(seawall_result){.fault = (kind), .retry_after = (wish)})

static seawall_retry *make(rehearsal *r, seawall_jitter jitter)
{
    seawall_retry_config config = SEAWALL_RETRY_CONFIG_INIT;
    seawall_retry *retry = NULL;

    config.jitter = jitter;
    ck_assert_int_eq(seawall_retry_create(&config, &r->platform, &retry, NULL), SEAWALL_OK);
    return retry;
}

/* What a caller sees of a whole run, until it ends: "again 100, failed for attempts". */
static const char *run_through(rehearsal *r, seawall_retry *retry, const seawall_fault *faults, seawall_time deadline)
{
    seawall_retry_run run = SEAWALL_RETRY_RUN_INIT;
    bool again = true;

    r->length = 0;
    r->now = 0;
    while (again) {
        seawall_status status = seawall_retry_next(retry, &run, END(faults[run.attempts], 0), deadline, &again);

        if (again) {
            rehearsal_note(r, "again %d", (int)(run.again_at / MS(1)));
            ck_assert_int_eq(status, SEAWALL_OK);
            r->now = run.again_at;
        } else {
            rehearsal_note(r, "%s for %s x%d first %s last %s", seawall_status_name(status), seawall_reason_name(run.reason),
                           (int)run.attempts, seawall_fault_name(run.first), seawall_fault_name(run.last));
        }
    }
    return r->log;
}

START_TEST(runs_end_as_they_should)
{
    rehearsal r;
    seawall_retry *retry;

    rehearsal_init(&r);
    retry = make(&r, SEAWALL_JITTER_NONE);
    ck_assert_str_eq(run_through(&r, retry, (const seawall_fault[]){0}, NEVER), "ok for none x1 first none last none");
    ck_assert_int_eq(r.clock_reads, 0);
    ck_assert_str_eq(run_through(&r, retry, (const seawall_fault[]){GONE, LIMIT, 0}, NEVER),
                     "again 100 again 300 ok for none x3 first service_unavailable last rate_limit_exceeded");
    ck_assert_str_eq(run_through(&r, retry, (const seawall_fault[]){GONE, GONE, LIMIT}, NEVER),
                     "again 100 again 300 failed for attempts x3 first service_unavailable last rate_limit_exceeded");
    ck_assert_str_eq(run_through(&r, retry, (const seawall_fault[]){GONE, SEAWALL_FAULT_OTHER}, NEVER),
                     "again 100 failed for not_retryable x2 first service_unavailable last other");
    ck_assert_str_eq(run_through(&r, retry, (const seawall_fault[]){GONE, GONE}, MS(300)),
                     "again 100 failed for deadline x2 first service_unavailable last service_unavailable");
    ck_assert_int_eq(r.draws, 0);
    seawall_retry_destroy(retry);
    ck_assert_int_eq(r.allocated, 0);
}
END_TEST

START_TEST(the_server_is_heard)
{
    seawall_retry_run run = SEAWALL_RETRY_RUN_INIT;
    seawall_retry *retry;
    rehearsal r;
    bool again;

    rehearsal_init(&r);
    retry = make(&r, SEAWALL_JITTER_NONE);
    r.now = MS(7);
    ck_assert_int_eq(seawall_retry_next(retry, &run, END(LIMIT, MS(2500)), NEVER, &again), SEAWALL_OK);
    ck_assert(again);
    ck_assert_int_eq(run.again_at, MS(2507));
    ck_assert_int_eq(run.delay, MS(100));
    seawall_retry_destroy(retry);
}
END_TEST

START_TEST(the_form_with_a_time_reads_no_clock)
{
    seawall_retry_run run = SEAWALL_RETRY_RUN_INIT;
    seawall_retry *retry;
    rehearsal r;
    bool again = false;

    rehearsal_init(&r);
    retry = make(&r, SEAWALL_JITTER_NONE);
    r.now = MS(77);
    ck_assert_int_eq(seawall_retry_next_at(retry, &run, END(GONE, 0), NEVER, MS(1000), &again), SEAWALL_OK);
    ck_assert(again);
    ck_assert_int_eq(run.again_at, MS(1100));
    ck_assert_int_eq(seawall_retry_next_at(retry, &run, END(0, 0), NEVER, MS(1100), &again), SEAWALL_OK);
    ck_assert(!again);
    ck_assert_int_eq(run.attempts, 2);
    ck_assert_int_eq(r.clock_reads, 0);
    seawall_retry_destroy(retry);
}
END_TEST

START_TEST(nonsense_is_refused_and_changes_nothing)
{
    const seawall_retry_run before = {2, GONE, LIMIT, 0, MS(4), MS(5), MS(6), 7};
    seawall_retry_run run = before, negative = {.attempts = -1};
    seawall_retry *retry;
    rehearsal r;
    bool again = true;

    rehearsal_init(&r);
    retry = make(&r, SEAWALL_JITTER_FULL);
    ck_assert_int_eq(seawall_retry_next(NULL, &run, END(GONE, 0), NEVER, &again), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_retry_next(retry, NULL, END(GONE, 0), NEVER, &again), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_retry_next(retry, &run, END(GONE, 0), NEVER, NULL), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_retry_next(retry, &run, END(-1, 0), NEVER, &again), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_retry_next(retry, &run, END(SEAWALL_FAULT_COUNT, 0), NEVER, &again), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_retry_next(retry, &negative, END(GONE, 0), NEVER, &again), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_retry_next(retry, &negative, END(0, 0), NEVER, &again), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_retry_next_at(NULL, &run, END(GONE, 0), NEVER, 0, &again), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_retry_next_at(retry, NULL, END(0, 0), NEVER, 0, &again), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_retry_next_at(retry, &run, END(0, 0), NEVER, 0, NULL), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_retry_next(retry, &run, NULL, NEVER, &again), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_retry_next_at(retry, &run, NULL, NEVER, 0, &again), SEAWALL_INVALID);
    ck_assert_int_eq(memcmp(&run, &before, sizeof(run)), 0);
    ck_assert_int_eq(negative.attempts, -1);
    ck_assert(again);
    ck_assert_int_eq(r.draws, 0);
    seawall_retry_destroy(retry);
    seawall_retry_destroy(NULL);
}
END_TEST

/* A caller who knows when it began says so; else it begins with the first fault. */
START_TEST(time_spent_alone_ends_it_too)
{
    seawall_retry_config config = SEAWALL_RETRY_CONFIG_INIT;
    seawall_retry_run known = {.began = MS(50)}, unknown = SEAWALL_RETRY_RUN_INIT;
    seawall_retry *retry;
    rehearsal r;
    bool again;

    rehearsal_init(&r);
    config.jitter = SEAWALL_JITTER_NONE;
    config.max_elapsed = MS(150);
    ck_assert_int_eq(seawall_retry_create(&config, &r.platform, &retry, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_retry_next_at(retry, &known, END(GONE, 0), NEVER, MS(100), &again), SEAWALL_FAILED);
    ck_assert(!again);
    ck_assert_int_eq(known.reason, SEAWALL_REASON_DEADLINE);
    ck_assert_int_eq(seawall_retry_next_at(retry, &unknown, END(GONE, 0), NEVER, MS(100), &again), SEAWALL_OK);
    ck_assert(again);
    ck_assert_int_eq(unknown.began, MS(100));
    ck_assert_int_eq(seawall_retry_next_at(retry, &unknown, END(GONE, 0), NEVER, MS(200), &again), SEAWALL_FAILED);
    seawall_retry_destroy(retry);
}
END_TEST

/* Clocks may begin at 0: a first fault that is told there begins a run as any other does. */
START_TEST(time_spent_from_0_on_ends_it_too)
{
    seawall_retry_config config = SEAWALL_RETRY_CONFIG_INIT;
    seawall_retry_run run = SEAWALL_RETRY_RUN_INIT;
    seawall_retry *retry;
    rehearsal r;
    bool again = true;

    rehearsal_init(&r);
    config.max_attempts = 100;
    config.jitter = SEAWALL_JITTER_NONE;
    config.backoff = SEAWALL_BACKOFF_CONSTANT;
    config.base_delay = MS(100);
    config.max_elapsed = MS(150);
    ck_assert_int_eq(seawall_retry_create(&config, &r.platform, &retry, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_retry_next_at(retry, &run, END(GONE, 0), NEVER, 0, &again), SEAWALL_OK);
    ck_assert_int_eq(run.again_at, MS(100));
    ck_assert_int_eq(seawall_retry_next_at(retry, &run, END(GONE, 0), NEVER, MS(100), &again), SEAWALL_FAILED);
    ck_assert_int_eq(run.reason, SEAWALL_REASON_DEADLINE);
    seawall_retry_destroy(retry);
}
END_TEST

START_TEST(a_budget_is_charged_alone_too)
{
    seawall_retry_budget_config little = SEAWALL_RETRY_BUDGET_CONFIG_INIT;
    seawall_retry_budget_snapshot snapshot = SEAWALL_RETRY_BUDGET_SNAPSHOT_INIT;
    seawall_retry_config config = SEAWALL_RETRY_CONFIG_INIT;
    seawall_retry_run run = SEAWALL_RETRY_RUN_INIT;
    seawall_retry_budget *budget, *foreign;
    seawall_error error = {0};
    seawall_retry *retry;
    rehearsal r;
    bool again;

    rehearsal_init(&r);
    little.floor = 0;
    little.ratio = 0.5;
    little.max_tokens = 10;
    ck_assert_int_eq(seawall_retry_budget_create(&little, &r.platform, &budget, NULL), SEAWALL_OK);
    config.budget = budget;
    ck_assert_int_eq(seawall_retry_create(&config, &r.platform, &retry, NULL), SEAWALL_OK);
    seawall_retry_budget_destroy(budget);

    /* Each run is one call: the first earns half a retry, the second the other half. */
    ck_assert_int_eq(seawall_retry_next_at(retry, &run, END(GONE, 0), NEVER, 0, &again), SEAWALL_FAILED);
    ck_assert_int_eq(run.reason, SEAWALL_REASON_BUDGET);
    ck_assert_uint_eq(run.charge, 0);
    run = (seawall_retry_run)SEAWALL_RETRY_RUN_INIT;
    ck_assert_int_eq(seawall_retry_next_at(retry, &run, END(GONE, 0), NEVER, 0, &again), SEAWALL_OK);
    ck_assert(again);
    ck_assert_uint_ne(run.charge, 0);
    seawall_retry_abandon(retry, &run);
    ck_assert_uint_eq(run.charge, 0);
    run = (seawall_retry_run)SEAWALL_RETRY_RUN_INIT;
    ck_assert_int_eq(seawall_retry_next_at(retry, &run, END(GONE, 0), NEVER, 0, &again), SEAWALL_OK);
    ck_assert_int_eq(seawall_retry_next_at(retry, &run, END(0, 0), NEVER, 0, &again), SEAWALL_OK);
    ck_assert_int_eq(run.attempts, 2);
    ck_assert_uint_eq(run.charge, 0); /* made, it is not given back */
    seawall_retry_abandon(retry, &run);
    ck_assert_int_eq(seawall_retry_budget_get_snapshot_at(budget, 0, &snapshot), SEAWALL_OK);
    ck_assert_int_eq(snapshot.calls, 3);
    ck_assert_int_eq(snapshot.retries, 1);
    ck_assert_double_eq_tol(snapshot.tokens, 10 - 3 + 0.1, 1e-9);
    seawall_retry_abandon(NULL, &run);
    seawall_retry_abandon(retry, NULL);
    seawall_retry_destroy(retry);
    ck_assert_int_eq(r.allocated, 0);

    ck_assert_int_eq(seawall_retry_budget_create(NULL, NULL, &foreign, NULL), SEAWALL_OK);
    config.budget = foreign;
    ck_assert_int_eq(seawall_retry_create(&config, &r.platform, &retry, &error), SEAWALL_INVALID);
    ck_assert_str_eq(error.key, "retry.budget");
    ck_assert_int_eq(r.allocated, 0);
    seawall_retry_budget_destroy(foreign);
}
END_TEST

START_TEST(attempts_stay_at_the_highest_number)
{
    seawall_retry_run run = {.attempts = INT32_MAX - 1};
    seawall_retry *retry;
    rehearsal r;
    bool again;
    int i;

    rehearsal_init(&r);
    retry = make(&r, SEAWALL_JITTER_NONE);
    for (i = 0; i < 3; i++) {
        ck_assert_int_eq(seawall_retry_next_at(retry, &run, END(0, 0), NEVER, 0, &again), SEAWALL_OK);
        ck_assert_int_eq(run.attempts, INT32_MAX);
    }
    seawall_retry_destroy(retry);
}
END_TEST

START_TEST(delays_may_be_asked_for_alone)
{
    seawall_duration delay = 42;
    seawall_retry *retry;
    rehearsal r;

    rehearsal_init(&r);
    retry = make(&r, SEAWALL_JITTER_FULL);
    r.random = UINT64_C(1) << 63;
    ck_assert_int_eq(seawall_retry_delay(NULL, 1, 0, &delay), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_retry_delay(retry, 1, 0, NULL), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_retry_delay(retry, 0, 0, &delay), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_retry_delay(retry, INT64_MIN, 0, &delay), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_retry_delay(retry, 1, -1, &delay), SEAWALL_INVALID);
    ck_assert_int_eq(delay, 42);
    ck_assert_int_eq(r.draws, 0);
    ck_assert_int_eq(seawall_retry_delay(retry, 1, 0, &delay), SEAWALL_OK);
    ck_assert_int_eq(delay, MS(50));
    ck_assert_int_eq(seawall_retry_delay(retry, 3, 0, &delay), SEAWALL_OK);
    ck_assert_int_eq(delay, MS(200));
    ck_assert_int_eq(seawall_retry_delay(retry, INT64_MAX, 0, &delay), SEAWALL_OK);
    ck_assert_int_eq(delay, MS(2500));
    seawall_retry_destroy(retry);
    retry = make(&r, SEAWALL_JITTER_DECORRELATED);
    r.random = UINT64_MAX;
    ck_assert_int_eq(seawall_retry_delay(retry, 7, MS(200), &delay), SEAWALL_OK);
    ck_assert_int_eq(delay, MS(600));
    ck_assert_int_eq(seawall_retry_delay(retry, 7, INT64_MAX, &delay), SEAWALL_OK);
    ck_assert_int_eq(delay, MS(5000));
    seawall_retry_destroy(retry);
    ck_assert_int_eq(r.allocated, 0);
}
END_TEST

/* Every growth and jitter that a configuration can name is the one it says. */
START_TEST(every_choice_does_what_it_says)
{
    static const struct {
        seawall_backoff backoff;
        seawall_jitter jitter;
        seawall_duration low, high; /* after the third attempt, the delay before it 300 ms */
    } rows[] = {
        {SEAWALL_BACKOFF_CONSTANT, SEAWALL_JITTER_NONE, MS(100), MS(100)},
        {SEAWALL_BACKOFF_LINEAR, SEAWALL_JITTER_NONE, MS(300), MS(300)},
        {SEAWALL_BACKOFF_EXPONENTIAL, SEAWALL_JITTER_NONE, MS(900), MS(900)},
        {SEAWALL_BACKOFF_EXPONENTIAL, SEAWALL_JITTER_FULL, 0, MS(900)},
        {SEAWALL_BACKOFF_EXPONENTIAL, SEAWALL_JITTER_EQUAL, MS(450), MS(900)},
        {SEAWALL_BACKOFF_EXPONENTIAL, SEAWALL_JITTER_DECORRELATED, MS(100), MS(900)},
        {SEAWALL_BACKOFF_CONSTANT, SEAWALL_JITTER_DECORRELATED, MS(100), MS(900)},
        {SEAWALL_BACKOFF_LINEAR, SEAWALL_JITTER_PROPORTIONAL, MS(225), MS(375)},
    };
    seawall_retry_config config = SEAWALL_RETRY_CONFIG_INIT;
    size_t i;

    config.backoff_multiplier = 3;
    config.jitter_factor = 0.25;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        seawall_duration low, high;
        seawall_retry *retry;
        rehearsal r;

        rehearsal_init(&r);
        config.backoff = rows[i].backoff;
        config.jitter = rows[i].jitter;
        ck_assert_int_eq(seawall_retry_create(&config, &r.platform, &retry, NULL), SEAWALL_OK);
        ck_assert_int_eq(seawall_retry_delay(retry, 3, MS(300), &low), SEAWALL_OK);
        r.random = UINT64_MAX;
        ck_assert_int_eq(seawall_retry_delay(retry, 3, MS(300), &high), SEAWALL_OK);
        ck_assert_int_eq(low, rows[i].low);
        ck_assert_int_eq(high, rows[i].high);
        seawall_retry_destroy(retry);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("retry");
    TCase *tests = tcase_create("retry");
    SRunner *runner;
    int failed;

    tcase_add_test(tests, runs_end_as_they_should);
    tcase_add_test(tests, the_server_is_heard);
    tcase_add_test(tests, the_form_with_a_time_reads_no_clock);
    tcase_add_test(tests, nonsense_is_refused_and_changes_nothing);
    tcase_add_test(tests, time_spent_alone_ends_it_too);
    tcase_add_test(tests, time_spent_from_0_on_ends_it_too);
    tcase_add_test(tests, a_budget_is_charged_alone_too);
    tcase_add_test(tests, attempts_stay_at_the_highest_number);
    tcase_add_test(tests, delays_may_be_asked_for_alone);
    tcase_add_test(tests, every_choice_does_what_it_says);
    suite_add_tcase(suite, tests);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
