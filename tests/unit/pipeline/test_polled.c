/* What a pipeline tells, asked for instead: its decisions, and that nothing of a call runs any more. */
#include <check.h>
#include <sched.h>

#include "base/atomic.h"
#include "suite.h"
#include "support.h"
#include "toy.h"

static sw_test_platform base;

static seawall_fault unavailable(seawall_attempt *attempt, void *arg)
{
    (void)attempt;
    (void)arg;
    return SEAWALL_FAULT_SERVICE_UNAVAILABLE;
}

/* A retry of two repeats, a second apart. */
static seawall_pipeline *repeating(int32_t capacity, seawall_listener_fn listener, void *user)
{
    seawall_retry_config config = SEAWALL_RETRY_CONFIG_INIT;
    seawall_pipeline_config how = SEAWALL_PIPELINE_CONFIG_INIT;
    seawall_policy policy = SEAWALL_POLICY_INIT;
    const seawall_policy *policies[] = {&policy};
    seawall_pipeline *pipeline;
    seawall_retry *retry;

    config.jitter = SEAWALL_JITTER_NONE;
    config.backoff = SEAWALL_BACKOFF_CONSTANT;
    config.base_delay = SEAWALL_SECONDS(1);
    how.event_capacity = capacity;
    how.listener = listener;
    how.listener_user = user;
    ck_assert_int_eq(seawall_retry_create(&config, &base.platform, &retry, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_retry_policy(retry, NULL, &policy), SEAWALL_OK);
    ck_assert_int_eq(seawall_pipeline_create(&how, policies, 1, &base.platform, &pipeline, NULL), SEAWALL_OK);
    seawall_retry_destroy(retry);
    return pipeline;
}

static void hear(const seawall_event *event, void *user)
{
    seawall_event *last = user;

    *last = *event;
}

START_TEST(decisions_wait_to_be_taken)
{
    static const seawall_event_kind kinds[] = {SEAWALL_EVENT_RETRY_SCHEDULED, SEAWALL_EVENT_RETRY_SCHEDULED,
                                               SEAWALL_EVENT_RETRY_GAVE_UP};
    seawall_event events[9], last = {0};
    seawall_pipeline *pipeline;
    int32_t taken = 9, i;
    int64_t dropped = 9;

    sw_test_platform_init(&base, true);
    pipeline = repeating(8, hear, &last);
    ck_assert_int_eq(seawall_pipeline_poll(pipeline, events, 9, &taken, &dropped), SEAWALL_OK);
    ck_assert_int_eq(taken, 0);
    ck_assert_int_eq(dropped, 0);
    ck_assert_int_eq(seawall_call(pipeline, unavailable, NULL, NULL), SEAWALL_FAILED);
    ck_assert_int_eq(seawall_pipeline_poll(pipeline, events, 2, &taken, NULL), SEAWALL_OK);
    ck_assert_int_eq(taken, 2);
    ck_assert_int_eq(seawall_pipeline_poll(pipeline, events + 2, 7, &taken, NULL), SEAWALL_OK);
    ck_assert_int_eq(taken, 1);
    for (i = 0; i < 3; i++) {
        ck_assert_int_eq(events[i].kind, kinds[i]);
        ck_assert_int_eq(events[i].attempts, i + 1);
        ck_assert_int_eq(events[i].now, SW_TEST_START + i * SEAWALL_SECONDS(1));
        ck_assert_int_eq(events[i].fault, SEAWALL_FAULT_SERVICE_UNAVAILABLE);
    }
    ck_assert_int_eq(last.kind, SEAWALL_EVENT_RETRY_GAVE_UP); /* the listener is told as well */
    ck_assert_int_eq(last.now, events[2].now);
    seawall_pipeline_destroy(pipeline);
    sw_test_platform_fini(&base);
}
END_TEST

START_TEST(what_finds_no_room_is_counted)
{
    seawall_event events[9];
    seawall_pipeline *pipeline;
    int32_t taken;
    int64_t dropped;

    sw_test_platform_init(&base, true);
    pipeline = repeating(2, NULL, NULL);
    ck_assert_int_eq(seawall_call(pipeline, unavailable, NULL, NULL), SEAWALL_FAILED);
    ck_assert_int_eq(seawall_call(pipeline, unavailable, NULL, NULL), SEAWALL_FAILED);
    ck_assert_int_eq(seawall_pipeline_poll(pipeline, events, 9, &taken, &dropped), SEAWALL_OK);
    ck_assert_int_eq(taken, 2);
    ck_assert_int_eq(dropped, 4);
    ck_assert_int_eq(events[1].attempts, 2); /* the oldest are kept */
    seawall_pipeline_destroy(pipeline);
    sw_test_platform_fini(&base);
}
END_TEST

START_TEST(asking_in_vain)
{
    seawall_pipeline_config how = SEAWALL_PIPELINE_CONFIG_INIT;
    seawall_pipeline *pipeline, *none = NULL;
    seawall_event event;
    seawall_error error;
    int32_t taken = 7;

    sw_test_platform_init(&base, true);
    pipeline = repeating(0, NULL, NULL);
    ck_assert_int_eq(seawall_pipeline_poll(pipeline, &event, 1, &taken, NULL), SEAWALL_UNSUPPORTED);
    seawall_pipeline_destroy(pipeline);
    pipeline = repeating(1, NULL, NULL);
    ck_assert_int_eq(seawall_pipeline_poll(NULL, &event, 1, &taken, NULL), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_pipeline_poll(pipeline, NULL, 1, &taken, NULL), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_pipeline_poll(pipeline, &event, -1, &taken, NULL), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_pipeline_poll(pipeline, &event, 1, NULL, NULL), SEAWALL_INVALID);
    ck_assert_int_eq(taken, 7);
    ck_assert_int_eq(seawall_pipeline_poll(pipeline, NULL, 0, &taken, NULL), SEAWALL_OK);
    ck_assert_int_eq(taken, 0);
    seawall_pipeline_destroy(pipeline);
    how.event_capacity = -1;
    ck_assert_int_eq(seawall_pipeline_create(&how, NULL, 0, &base.platform, &none, &error), SEAWALL_INVALID);
    ck_assert_str_eq(error.key, "pipeline.event_capacity");
    how.event_capacity = 1000001;
    ck_assert_int_eq(seawall_pipeline_create(&how, NULL, 0, &base.platform, &none, &error), SEAWALL_INVALID);
    ck_assert_ptr_null(none);
    sw_test_platform_fini(&base);
}
END_TEST

static seawall_status make(const seawall_platform *platform, void *arg, seawall_error *error)
{
    seawall_pipeline_config how = SEAWALL_PIPELINE_CONFIG_INIT;
    seawall_pipeline *pipeline;
    seawall_status status;

    (void)arg;
    how.event_capacity = 100;
    status = seawall_pipeline_create(&how, NULL, 0, platform, &pipeline, error);
    if (status == SEAWALL_OK)
        seawall_pipeline_destroy(pipeline);
    return status;
}

START_TEST(without_memory_there_is_no_pipeline)
{
    ck_assert_int_eq(sw_test_sweep(make, NULL), 3);
}
END_TEST

/* --- drained --- */

static sw_atomic_u32 entered, gate;

static seawall_fault stay(seawall_attempt *attempt, void *arg)
{
    (void)attempt;
    (void)arg;
    (void)sw_add_u32(&entered, 1);
    while (sw_load_u32(&gate) == 0)
        (void)sched_yield();
    return SEAWALL_FAULT_NONE;
}

static uint32_t look(const uint32_t *mark)
{
    return sw_load_u32((sw_atomic_u32 *)(void *)(uintptr_t)mark);
}

static void never(void *arg)
{
    (void)arg;
}

START_TEST(a_mark_without_a_pool)
{
    seawall_call_options options = SEAWALL_CALL_OPTIONS_INIT;
    seawall_pipeline *pipeline;
    uint32_t mark = 0;

    sw_test_platform_init(&base, true);
    pipeline = repeating(0, NULL, NULL);
    options.drained_mark = &mark;
    ck_assert_int_eq(seawall_call_with(pipeline, &options, unavailable, NULL, NULL), SEAWALL_FAILED);
    ck_assert_uint_eq(mark, 1);
    mark = 0;
    ck_assert_int_eq(seawall_call_with(pipeline, &options, NULL, NULL, NULL), SEAWALL_INVALID);
    options.drained = never;
    ck_assert_int_eq(seawall_call_with(pipeline, &options, unavailable, NULL, NULL), SEAWALL_INVALID); /* one of the two */
    ck_assert_uint_eq(mark, 0);
    seawall_pipeline_destroy(pipeline);
    sw_test_platform_fini(&base);
}
END_TEST

START_TEST(a_mark_on_a_pool)
{
    seawall_pool_config size = SEAWALL_POOL_CONFIG_INIT;
    seawall_call_options options = SEAWALL_CALL_OPTIONS_INIT;
    seawall_pipeline_config how = SEAWALL_PIPELINE_CONFIG_INIT;
    seawall_policy policy = SEAWALL_POLICY_INIT;
    const seawall_policy *policies[] = {&policy};
    seawall_report report = SEAWALL_REPORT_INIT;
    uint32_t marks[3] = {0};
    seawall_pipeline *pipeline;
    seawall_future future, other;
    seawall_pool *pool;

    sw_test_platform_init(&base, false);
    size.core_size = size.max_size = 1;
    how.calls = 1;
    ck_assert_int_eq(seawall_pool_create(&size, &base.platform, &pool, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_pool_policy(pool, NULL, &policy), SEAWALL_OK);
    ck_assert_int_eq(seawall_pipeline_create(&how, policies, 1, &base.platform, &pipeline, NULL), SEAWALL_OK);
    options.drained_mark = &marks[0];
    ck_assert_int_eq(seawall_future_start(pipeline, &options, stay, NULL, NULL, &future), SEAWALL_OK);
    while (sw_load_u32(&entered) == 0)
        (void)sched_yield();
    options.drained_mark = &marks[1];
    ck_assert_int_eq(seawall_future_start(pipeline, &options, stay, NULL, NULL, &other), SEAWALL_FULL);
    ck_assert_uint_eq(look(&marks[1]), 1); /* it never began */
    options.drained_mark = &marks[2];
    ck_assert_int_eq(seawall_call_with(pipeline, &options, stay, NULL, NULL), SEAWALL_FULL);
    ck_assert_uint_eq(look(&marks[2]), 1);
    ck_assert_int_eq(seawall_future_cancel(pipeline, future), SEAWALL_OK);
    ck_assert_int_eq(seawall_future_poll(pipeline, future, &report), SEAWALL_OK);
    ck_assert_int_eq(report.status, SEAWALL_CANCELLED);
    ck_assert_uint_eq(look(&marks[0]), 0); /* its attempt runs on */
    sw_store_u32(&gate, 1);
    while (look(&marks[0]) == 0)
        (void)sched_yield();
    seawall_pipeline_destroy(pipeline);
    seawall_pool_destroy(pool);
    sw_test_platform_fini(&base);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("polled");

    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, decisions_wait_to_be_taken);
    tcase_add_test(tests, what_finds_no_room_is_counted);
    tcase_add_test(tests, asking_in_vain);
    tcase_add_test(tests, without_memory_there_is_no_pipeline);
    tcase_add_test(tests, a_mark_without_a_pool);
    tcase_add_test(tests, a_mark_on_a_pool);
    return sw_test_run("unit/pipeline/polled", tests);
}
