/* The breaker in a pipeline: what counts, what does not, and who holds whom. */
#include "breaker_fixture.h"

static fixture f;
static seawall_pipeline *pipeline;
static _Alignas(16) unsigned char storage[3][4096];
static seawall_execution *runs[3];
static int32_t clock_reads;
static seawall_now_fn manual_now;

static seawall_time counted_now(void *user)
{
    clock_reads++;
    return manual_now(user);
}

static void open_with(const seawall_breaker_config *config)
{
    seawall_policy policy = SEAWALL_POLICY_INIT;
    const seawall_policy *policies[] = {&policy};
    int i;

    fixture_open(&f, config);
    manual_now = f.platform.now;
    f.platform.now = counted_now;
    ck_assert_int_eq(seawall_breaker_policy(f.breaker, "guard", &policy), SEAWALL_OK);
    ck_assert_int_eq(seawall_pipeline_create(NULL, policies, 1, &f.platform, &pipeline, NULL), SEAWALL_OK);
    for (i = 0; i < 3; i++)
        ck_assert_int_eq(seawall_execution_init(storage[i], sizeof storage[i], pipeline, NULL, &runs[i]), SEAWALL_OK);
}

static void begin(void)
{
    open_with(NULL);
}

static void end(void)
{
    seawall_pipeline_destroy(pipeline);
    fixture_close(&f);
}

static seawall_time now(void)
{
    return seawall_manual_clock_now(f.clock);
}

static seawall_step next(int run)
{
    seawall_step step;

    ck_assert_int_eq(seawall_execution_next_at(runs[run], now(), &step), SEAWALL_OK);
    return step;
}

/* The id of the attempt that the run starts. */
static uint64_t start(int run, seawall_time deadline)
{
    seawall_step step;

    ck_assert_int_eq(seawall_execution_begin_at(runs[run], now(), deadline), SEAWALL_OK);
    step = next(run);
    ck_assert_int_eq(step.kind, SEAWALL_STEP_START);
    return step.id;
}

static seawall_report finish(int run)
{
    seawall_report told = SEAWALL_REPORT_INIT;

    while (next(run).kind != SEAWALL_STEP_DRAINED)
        continue;
    ck_assert_int_eq(seawall_execution_report(runs[run], &told), SEAWALL_OK);
    return told;
}

static void ended(int run, uint64_t id, seawall_fault fault)
{
    const seawall_result result = {.fault = fault};

    ck_assert_int_eq(seawall_execution_report_at(runs[run], id, &result, now()), SEAWALL_OK);
}

static void whole(seawall_fault fault)
{
    ended(0, start(0, SEAWALL_FOREVER), fault);
    (void)finish(0);
}

static seawall_report refused_run(int run)
{
    ck_assert_int_eq(seawall_execution_begin_at(runs[run], now(), SEAWALL_FOREVER), SEAWALL_OK);
    return finish(run);
}

START_TEST(failures_trip_it_and_it_refuses)
{
    seawall_report told;
    int i;

    for (i = 0; i < 3; i++)
        whole(SEAWALL_FAULT_SERVICE_UNAVAILABLE);
    told = refused_run(0);
    ck_assert_int_eq(told.status, SEAWALL_OPEN);
    ck_assert_int_eq(told.policy, 0);
    ck_assert_int_eq(told.attempts, 0);
    ck_assert_int_eq(told.retry_after, look(&f).remaining);
    ck_assert_int_eq(look(&f).refused, 1);
}
END_TEST

START_TEST(only_counted_faults_count)
{
    whole(SEAWALL_FAULT_NONE);
    whole(SEAWALL_FAULT_NOT_FOUND);
    whole(SEAWALL_FAULT_LOCAL_RESOURCES);
    whole(SEAWALL_FAULT_TIMEOUT);
    ck_assert_int_eq(look(&f).successes, 1);
    ck_assert_int_eq(look(&f).ignored, 2);
    ck_assert_int_eq(look(&f).failures, 1);
}
END_TEST

START_TEST(a_cut_by_a_deadline_counts_as_a_timeout)
{
    uint64_t id = start(0, START + MS(10));
    seawall_report told;

    advance(&f, MS(10));
    (void)next(0);
    ended(0, id, SEAWALL_FAULT_NONE);
    told = finish(0);
    ck_assert_int_eq(told.status, SEAWALL_TIMED_OUT);
    ck_assert_int_eq(look(&f).failures, 1);
    ck_assert_int_eq(look(&f).consecutive_failures, 1);
}
END_TEST

START_TEST(a_cut_does_not_count_where_timeouts_do_not)
{
    seawall_breaker_config config = fixture_config();
    uint64_t id;

    config.counted_faults = SEAWALL_FAULT_BIT(SEAWALL_FAULT_INTERNAL);
    end();
    open_with(&config);
    id = start(0, START + MS(10));
    advance(&f, MS(10));
    (void)next(0);
    ended(0, id, SEAWALL_FAULT_INTERNAL);
    (void)finish(0);
    ck_assert_int_eq(look(&f).failures, 0);
    ck_assert_int_eq(look(&f).ignored, 1);
}
END_TEST

static void cut_after(seawall_duration begun)
{
    uint64_t id = start(0, now() + begun);

    advance(&f, begun);
    (void)next(0);
    ended(0, id, SEAWALL_FAULT_NONE);
    (void)finish(0);
}

START_TEST(a_short_cut_is_ignored)
{
    seawall_breaker_config config = fixture_config();

    config.ignore_cuts_below = MS(5);
    end();
    open_with(&config);
    cut_after(MS(5) - 1);
    ck_assert_int_eq(look(&f).failures, 0);
    ck_assert_int_eq(look(&f).ignored, 1);
    cut_after(MS(5));
    ck_assert_int_eq(look(&f).failures, 1);
    /* Other ends are as they are, however quick. */
    whole(SEAWALL_FAULT_INTERNAL);
    ck_assert_int_eq(look(&f).failures, 2);
    /* And the bound may change. */
    config.ignore_cuts_below = MS(50);
    ck_assert_int_eq(seawall_breaker_reconfigure(f.breaker, &config, NULL), SEAWALL_OK);
    cut_after(MS(50) - 1);
    ck_assert_int_eq(look(&f).failures, 2);
    config.ignore_cuts_below = 0;
    ck_assert_int_eq(seawall_breaker_reconfigure(f.breaker, &config, NULL), SEAWALL_OK);
    cut_after(1);
    ck_assert(look(&f).failures == 3 || look(&f).opened == 1);
}
END_TEST

START_TEST(a_cancellation_is_ignored)
{
    uint64_t id = start(0, SEAWALL_FOREVER);

    ck_assert_int_eq(seawall_execution_cancel_at(runs[0], now()), SEAWALL_OK);
    (void)next(0);
    ended(0, id, SEAWALL_FAULT_INTERNAL);
    ck_assert_int_eq(finish(0).status, SEAWALL_CANCELLED);
    ck_assert_int_eq(look(&f).failures, 0);
    ck_assert_int_eq(look(&f).ignored, 1);
}
END_TEST

START_TEST(a_cancelled_probe_gives_its_place_back)
{
    seawall_breaker_config config = fixture_config();
    uint64_t id;
    int i;

    config.half_open_max_calls = 1;
    end();
    open_with(&config);
    half_open(&f, 3);
    for (i = 0; i < 5; i++) {
        id = start(0, SEAWALL_FOREVER);
        ck_assert_int_eq(look(&f).probes, 1);
        ck_assert_int_eq(refused_run(1).status, SEAWALL_OPEN);
        ck_assert_int_eq(seawall_execution_cancel_at(runs[0], now()), SEAWALL_OK);
        (void)next(0);
        ended(0, id, SEAWALL_FAULT_NONE);
        (void)finish(0);
        ck_assert_int_eq(look(&f).probes, 0);
        expect_state(&f, SEAWALL_BREAKER_HALF_OPEN);
    }
    whole(SEAWALL_FAULT_NONE);
    expect_state(&f, SEAWALL_BREAKER_CLOSED);
}
END_TEST

START_TEST(a_disowned_probe_gives_its_place_back)
{
    uint64_t id;

    half_open(&f, 3);
    id = start(0, SEAWALL_FOREVER);
    ck_assert_int_eq(seawall_execution_disown_at(runs[0], id, now()), SEAWALL_OK);
    (void)finish(0);
    ck_assert_int_eq(look(&f).probes, 0);
    expect_state(&f, SEAWALL_BREAKER_HALF_OPEN);
}
END_TEST

START_TEST(a_result_from_before_is_stale)
{
    uint64_t id = start(0, SEAWALL_FOREVER);

    half_open(&f, 3);
    ended(0, id, SEAWALL_FAULT_NONE);
    ck_assert_int_eq(finish(0).status, SEAWALL_OK);
    expect_state(&f, SEAWALL_BREAKER_HALF_OPEN);
    ck_assert_int_eq(look(&f).stale, 1);
}
END_TEST

static seawall_fault operation(seawall_attempt *attempt, void *arg)
{
    (void)attempt;
    return *(seawall_fault *)arg;
}

START_TEST(a_success_while_closed_reads_no_clock)
{
    seawall_fault fault = SEAWALL_FAULT_NONE;

    clock_reads = 0;
    ck_assert_int_eq(seawall_call(pipeline, operation, &fault, NULL), SEAWALL_OK);
    ck_assert_int_eq(clock_reads, 0);
    fault = SEAWALL_FAULT_INTERNAL;
    ck_assert_int_eq(seawall_call(pipeline, operation, &fault, NULL), SEAWALL_FAILED);
    fault = SEAWALL_FAULT_NONE;
    clock_reads = 0;
    ck_assert_int_eq(seawall_call(pipeline, operation, &fault, NULL), SEAWALL_OK);
    ck_assert_int_eq(clock_reads, 0);
    ck_assert_int_eq(look(&f).consecutive_failures, 0);
}
END_TEST

START_TEST(used_alone_a_success_reads_no_clock_either)
{
    clock_reads = 0;
    call(&f, SEAWALL_FAULT_NONE);
    call(&f, SEAWALL_FAULT_IGNORED);
    ck_assert_int_eq(clock_reads, 0);
}
END_TEST

static void close_breaker(const seawall_breaker_transition *transition, void *user)
{
    seawall_fault fault = SEAWALL_FAULT_NONE;

    if (transition->to == SEAWALL_BREAKER_OPEN) {
        ck_assert_int_eq(seawall_breaker_close(f.breaker), SEAWALL_OK);
        *(seawall_status *)user = seawall_call(pipeline, operation, &fault, NULL);
    }
}

START_TEST(a_listener_may_call_through_the_pipeline)
{
    seawall_status inside = -1;
    int i;

    ck_assert_int_eq(seawall_breaker_add_listener(f.breaker, close_breaker, &inside), SEAWALL_OK);
    for (i = 0; i < 3; i++)
        whole(SEAWALL_FAULT_INTERNAL);
    ck_assert_int_eq(inside, SEAWALL_OK);
    expect_state(&f, SEAWALL_BREAKER_CLOSED);
}
END_TEST

START_TEST(a_pipeline_keeps_its_breaker)
{
    seawall_breaker *breaker = f.breaker;

    f.breaker = NULL;
    seawall_breaker_destroy(breaker);
    whole(SEAWALL_FAULT_NONE);
    f.breaker = breaker;
    ck_assert_int_eq(look(&f).successes, 1);
    f.breaker = NULL;
}
END_TEST

START_TEST(a_policy_is_asked_for_properly)
{
    seawall_policy policy = SEAWALL_POLICY_INIT;

    ck_assert_int_eq(seawall_breaker_policy(NULL, NULL, &policy), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_breaker_policy(f.breaker, NULL, NULL), SEAWALL_INVALID);
    policy.size = 0;
    ck_assert_int_eq(seawall_breaker_policy(f.breaker, NULL, &policy), SEAWALL_INVALID);
    policy.size = sizeof policy;
    ck_assert_int_eq(seawall_breaker_policy(f.breaker, "guard", &policy), SEAWALL_OK);
    ck_assert_str_eq(policy.name, "guard");
    ck_assert_ptr_eq(policy.platform, &f.platform);
    ck_assert_int_eq((int)policy.size, (int)sizeof policy);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("breaker_policy");
    TCase *verbs = tcase_create("verbs");

    tcase_add_checked_fixture(verbs, begin, end);
    tcase_add_test(verbs, failures_trip_it_and_it_refuses);
    tcase_add_test(verbs, only_counted_faults_count);
    tcase_add_test(verbs, a_cut_by_a_deadline_counts_as_a_timeout);
    tcase_add_test(verbs, a_cut_does_not_count_where_timeouts_do_not);
    tcase_add_test(verbs, a_short_cut_is_ignored);
    tcase_add_test(verbs, a_cancellation_is_ignored);
    tcase_add_test(verbs, a_cancelled_probe_gives_its_place_back);
    tcase_add_test(verbs, a_disowned_probe_gives_its_place_back);
    tcase_add_test(verbs, a_result_from_before_is_stale);
    tcase_add_test(verbs, a_success_while_closed_reads_no_clock);
    tcase_add_test(verbs, used_alone_a_success_reads_no_clock_either);
    tcase_add_test(verbs, a_listener_may_call_through_the_pipeline);
    tcase_add_test(verbs, a_pipeline_keeps_its_breaker);
    tcase_add_test(verbs, a_policy_is_asked_for_properly);
    suite_add_tcase(suite, verbs);
    return run_suite(suite);
}
