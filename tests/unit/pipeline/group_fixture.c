#include "group_fixture.h"

#include <string.h>

const seawall_result good, bad = {.fault = SEAWALL_FAULT_SERVICE_UNAVAILABLE};

static void ring(void *user)
{
    ++*(int32_t *)user;
}

void set_up(fixture *f, int32_t capacity)
{
    seawall_bulkhead_config bulkhead = SEAWALL_BULKHEAD_CONFIG_INIT;
    seawall_retry_config retry = SEAWALL_RETRY_CONFIG_INIT;
    seawall_group_config config = SEAWALL_GROUP_CONFIG_INIT;
    seawall_policy policies[2] = {SEAWALL_POLICY_INIT, SEAWALL_POLICY_INIT};
    const seawall_policy *list[] = {&policies[0], &policies[1]};

    *f = (fixture){.rings = 0};
    sw_test_platform_init(&f->test, false);
    bulkhead.max_concurrent = 1;
    bulkhead.max_waiting = 1000;
    bulkhead.max_wait = SEAWALL_FOREVER;
    retry.backoff = SEAWALL_BACKOFF_CONSTANT;
    retry.base_delay = MS(10);
    retry.jitter = SEAWALL_JITTER_NONE;
    ck_assert_int_eq(seawall_bulkhead_create(&bulkhead, &f->test.platform, &f->bulkhead, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_retry_create(&retry, &f->test.platform, &f->retry, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_bulkhead_policy(f->bulkhead, "room", &policies[0]), SEAWALL_OK);
    ck_assert_int_eq(seawall_retry_policy(f->retry, "again", &policies[1]), SEAWALL_OK);
    ck_assert_int_eq(seawall_pipeline_create(NULL, list, 2, &f->test.platform, &f->guarded, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_pipeline_create(NULL, &list[1], 1, &f->test.platform, &f->bare, NULL), SEAWALL_OK);
    config.capacity = capacity;
    config.wake = ring;
    config.wake_user = &f->rings;
    ck_assert_int_eq(seawall_group_create(&config, f->guarded, &f->test.platform, &f->group, NULL), SEAWALL_OK);
}

void tear_down(fixture *f)
{
    ck_assert_int_eq(seawall_group_destroy(f->group), SEAWALL_OK);
    seawall_pipeline_destroy(f->bare);
    seawall_pipeline_destroy(f->guarded);
    seawall_bulkhead_destroy(f->bulkhead);
    seawall_retry_destroy(f->retry);
    sw_test_platform_fini(&f->test);
}

seawall_run begin(fixture *f, const seawall_pipeline *pipeline, seawall_time now, void *user)
{
    seawall_run run = 0;

    ck_assert_int_eq(seawall_group_begin_at(f->group, pipeline, now, SEAWALL_FOREVER, user, &run), SEAWALL_OK);
    ck_assert_uint_ne(run, 0);
    return run;
}

seawall_group_step next(fixture *f, seawall_time now)
{
    seawall_group_step step;

    memset(&step, 0xa5, sizeof(step));
    ck_assert_int_eq(seawall_group_next_at(f->group, now, &step), SEAWALL_OK);
    return step;
}

void next_is(fixture *f, seawall_time now, seawall_step_kind kind, seawall_run run)
{
    seawall_group_step step = next(f, now);

    ck_assert_int_eq(step.step.kind, kind);
    ck_assert_uint_eq(step.run, run);
}

void waits(fixture *f, seawall_time now, seawall_time until)
{
    seawall_group_step step = next(f, now);

    ck_assert_int_eq(step.step.kind, SEAWALL_STEP_WAIT);
    ck_assert_uint_eq(step.run, 0);
    ck_assert_ptr_null(step.user);
    ck_assert_int_eq(step.step.until, until);
}

void report(fixture *f, seawall_run run, uint64_t id, const seawall_result *result, seawall_time now)
{
    ck_assert_int_eq(seawall_group_report_at(f->group, run, id, result, now), SEAWALL_OK);
}

void ends(fixture *f, seawall_run run, seawall_time now)
{
    next_is(f, now, SEAWALL_STEP_FINISHED, run);
    next_is(f, now, SEAWALL_STEP_DRAINED, run);
}
