/* One call instead of three: it says what they would have said. */
#include <check.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#include <seawall/seawall.h>

#define ROOM 16384
#define FOREVER SEAWALL_FOREVER

static const seawall_result good = {0};
static const seawall_result bad = {.fault = SEAWALL_FAULT_SERVICE_UNAVAILABLE, .code = 503};

static alignas(SEAWALL_EXECUTION_ALIGNMENT) char storage[ROOM];
static seawall_pipeline *pipeline;
static seawall_execution *x;
static seawall_step step;
static seawall_report report;

/* A retry without jitter, and a hedge inside it if `side_by_side`. */
static void open_with(bool side_by_side)
{
    seawall_retry_config settings = SEAWALL_RETRY_CONFIG_INIT;
    seawall_hedge_config more = SEAWALL_HEDGE_CONFIG_INIT;
    seawall_policy again = SEAWALL_POLICY_INIT, beside = SEAWALL_POLICY_INIT;
    const seawall_policy *policies[] = {&again, &beside};
    seawall_retry *retry = NULL;
    seawall_hedge *hedge = NULL;

    settings.jitter = SEAWALL_JITTER_NONE;
    settings.base_delay = 10;
    settings.max_delay = 10;
    settings.max_attempts = 2;
    more.delay = 5;
    more.budget = 1;
    ck_assert_int_eq(seawall_retry_create(&settings, NULL, &retry, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_hedge_create(&more, NULL, &hedge, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_retry_policy(retry, "again", &again), SEAWALL_OK);
    ck_assert_int_eq(seawall_hedge_policy(hedge, "beside", &beside), SEAWALL_OK);
    ck_assert_int_eq(seawall_pipeline_create(NULL, policies, side_by_side ? 2 : 1, NULL, &pipeline, NULL), SEAWALL_OK);
    seawall_retry_destroy(retry);
    seawall_hedge_destroy(hedge);
    ck_assert_uint_le(seawall_execution_size(pipeline), ROOM);
    ck_assert_int_eq(seawall_execution_init(storage, ROOM, pipeline, NULL, &x), SEAWALL_OK);
    ck_assert_int_eq(seawall_execution_begin_at(x, 0, FOREVER), SEAWALL_OK);
    report = (seawall_report)SEAWALL_REPORT_INIT;
    report.attempts = 77;
}

static void close_it(void)
{
    ck_assert_int_eq(seawall_execution_fini(x), SEAWALL_OK);
    seawall_pipeline_destroy(pipeline);
}

static void expect(uint64_t id, const seawall_result *result, seawall_time now, seawall_step_kind kind)
{
    ck_assert_int_eq(seawall_execution_exchange_at(x, id, result, now, &report, &step), SEAWALL_OK);
    ck_assert_int_eq(step.kind, kind);
}

START_TEST(a_whole_run)
{
    seawall_report plain = SEAWALL_REPORT_INIT;

    open_with(false);
    expect(0, NULL, 0, SEAWALL_STEP_START);
    ck_assert_uint_eq(step.id, 1);
    ck_assert_int_eq(step.deadline, FOREVER);
    expect(0, NULL, 0, SEAWALL_STEP_WAIT);
    ck_assert_int_eq(step.until, FOREVER);
    expect(1, &bad, 3, SEAWALL_STEP_WAIT);
    ck_assert_int_eq(step.until, 13);
    expect(0, NULL, 13, SEAWALL_STEP_START);
    ck_assert_int_eq(report.attempts, 77); /* nothing is known yet */
    expect(2, &good, 15, SEAWALL_STEP_DRAINED);
    ck_assert_int_eq(seawall_execution_report(x, &plain), SEAWALL_OK);
    ck_assert_mem_eq(&report, &plain, sizeof(plain));
    ck_assert_int_eq(plain.attempts, 2);
    ck_assert_int_eq(plain.first_code, 503);
    report.attempts = 77;
    expect(0, NULL, 16, SEAWALL_STEP_DRAINED);
    ck_assert_int_eq(report.attempts, 77); /* it has been told */
    close_it();
}
END_TEST

START_TEST(finished_is_told_where_others_still_run)
{
    open_with(true);
    expect(0, NULL, 0, SEAWALL_STEP_START);
    expect(0, NULL, 5, SEAWALL_STEP_START);
    expect(2, &good, 7, SEAWALL_STEP_FINISHED);
    ck_assert_int_eq(report.status, SEAWALL_OK);
    ck_assert_int_eq(report.late, 1);
    expect(0, NULL, 7, SEAWALL_STEP_CANCEL);
    ck_assert_uint_eq(step.id, 1);
    expect(1, &bad, 8, SEAWALL_STEP_DRAINED);
    ck_assert_int_eq(report.status, SEAWALL_OK);
    close_it();
}
END_TEST

START_TEST(no_report_is_asked_for)
{
    open_with(false);
    ck_assert_int_eq(seawall_execution_exchange_at(x, 0, NULL, 0, NULL, &step), SEAWALL_OK);
    ck_assert_int_eq(seawall_execution_exchange_at(x, 1, &good, 0, NULL, &step), SEAWALL_OK);
    ck_assert_int_eq(step.kind, SEAWALL_STEP_DRAINED);
    close_it();
}
END_TEST

START_TEST(what_is_refused_changes_nothing)
{
    static const seawall_result nonsense = {.fault = SEAWALL_FAULT_COUNT};
    seawall_report small = {.size = 4};

    open_with(false);
    expect(0, NULL, 0, SEAWALL_STEP_START);
    step.kind = 77;
    ck_assert_int_eq(seawall_execution_exchange_at(NULL, 0, NULL, 0, &report, &step), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_execution_exchange_at(x, 0, NULL, 0, &report, NULL), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_execution_exchange_at(x, 1, NULL, 0, &report, &step), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_execution_exchange_at(x, 0, &good, 0, &report, &step), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_execution_exchange_at(x, 1, &good, 0, &small, &step), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_execution_exchange_at(x, 1, &nonsense, 0, &report, &step), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_execution_exchange_at(x, 2, &good, 0, &report, &step), SEAWALL_INVALID);
    ck_assert_int_eq(step.kind, 77);
    ck_assert_int_eq(report.attempts, 77);
    expect(1, &good, 0, SEAWALL_STEP_DRAINED); /* which it still could */
    close_it();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("unit/pipeline/exchange");
    TCase *tests = tcase_create("exchange");
    SRunner *runner = srunner_create(suite);
    int failed;

    tcase_add_test(tests, a_whole_run);
    tcase_add_test(tests, finished_is_told_where_others_still_run);
    tcase_add_test(tests, no_report_is_asked_for);
    tcase_add_test(tests, what_is_refused_changes_nothing);
    suite_add_tcase(suite, tests);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
