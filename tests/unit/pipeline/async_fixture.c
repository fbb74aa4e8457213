#include "async_fixture.h"

const seawall_result good, bad = {.fault = SEAWALL_FAULT_SERVICE_UNAVAILABLE};

static void begun(const seawall_async_attempt *attempt, void *user)
{
    fixture *f = user;

    f->last = *attempt;
    toy_note(&f->log, " begin %d", (int)attempt->number);
}

static void stopped(const seawall_async_attempt *attempt, void *user)
{
    fixture *f = user;

    toy_note(&f->log, " stop %d", (int)attempt->number);
}

static void done(seawall_async_call call, const seawall_report *report, void *user)
{
    fixture *f = user;

    ck_assert_uint_ne(call, 0);
    toy_note(&f->log, " %s x%d", seawall_status_name(report->status), (int)report->attempts);
}

static void drained(seawall_async_call call, void *user)
{
    fixture *f = user;

    ck_assert_uint_ne(call, 0);
    toy_note(&f->log, " drained");
}

static void make_policies(fixture *f, seawall_policy *room, seawall_policy *again, seawall_policy *extra, seawall_policy *limit)
{
    seawall_bulkhead_config bulkhead = SEAWALL_BULKHEAD_CONFIG_INIT;
    seawall_retry_config retry = SEAWALL_RETRY_CONFIG_INIT;
    seawall_hedge_config hedge = SEAWALL_HEDGE_CONFIG_INIT;
    seawall_timeout_config timeout = SEAWALL_TIMEOUT_CONFIG_INIT;
    const seawall_platform *platform = &f->test.platform;

    bulkhead.max_concurrent = 1;
    bulkhead.max_waiting = 1000;
    bulkhead.max_wait = SEAWALL_FOREVER;
    retry.backoff = SEAWALL_BACKOFF_CONSTANT;
    retry.base_delay = MS(10);
    retry.jitter = SEAWALL_JITTER_NONE;
    hedge.delay = MS(5);
    hedge.budget = 1;
    timeout.request_timeout = MS(20);
    ck_assert_int_eq(seawall_bulkhead_create(&bulkhead, platform, &f->bulkhead, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_retry_create(&retry, platform, &f->retry, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_hedge_create(&hedge, platform, &f->hedge, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_timeout_create(&timeout, platform, &f->timeout, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_bulkhead_policy(f->bulkhead, "room", room), SEAWALL_OK);
    ck_assert_int_eq(seawall_retry_policy(f->retry, "again", again), SEAWALL_OK);
    ck_assert_int_eq(seawall_hedge_policy(f->hedge, "extra", extra), SEAWALL_OK);
    ck_assert_int_eq(seawall_timeout_policy(f->timeout, "limit", limit), SEAWALL_OK);
}

static seawall_pipeline *chain(fixture *f, const seawall_policy *const *list, int32_t count)
{
    seawall_pipeline *pipeline = NULL;

    ck_assert_int_eq(seawall_pipeline_create(NULL, list, count, &f->test.platform, &pipeline, NULL), SEAWALL_OK);
    return pipeline;
}

void set_up(fixture *f, int32_t capacity)
{
    seawall_policy room = SEAWALL_POLICY_INIT, again = SEAWALL_POLICY_INIT, extra = SEAWALL_POLICY_INIT,
                   limit = SEAWALL_POLICY_INIT;
    const seawall_policy *list[] = {&room, &again}, *side[] = {&limit, &again, &extra};
    seawall_async_config config = SEAWALL_ASYNC_CONFIG_INIT;

    *f = (fixture){.operation = {sizeof(f->operation), 0, begun, stopped, done, drained}};
    sw_test_platform_init(&f->test, false);
    make_policies(f, &room, &again, &extra, &limit);
    f->guarded = chain(f, list, 2);
    f->bare = chain(f, &list[1], 1);
    f->hedged = chain(f, side, 3);
    f->limited = chain(f, side, 1);
    ck_assert_int_eq(seawall_timers_create(NULL, &f->test.platform, &f->timers, NULL), SEAWALL_OK);
    config.capacity = capacity;
    ck_assert_int_eq(seawall_async_create(&config, f->hedged, f->timers, &f->async, NULL), SEAWALL_OK);
}

void tear_down(fixture *f)
{
    ck_assert_int_eq(seawall_async_count(f->async), 0);
    ck_assert_int_eq(seawall_async_destroy(f->async), SEAWALL_OK);
    seawall_pipeline_destroy(f->bare);
    seawall_pipeline_destroy(f->guarded);
    seawall_pipeline_destroy(f->hedged);
    seawall_pipeline_destroy(f->limited);
    seawall_bulkhead_destroy(f->bulkhead);
    seawall_retry_destroy(f->retry);
    seawall_hedge_destroy(f->hedge);
    seawall_timeout_destroy(f->timeout);
    seawall_timers_destroy(f->timers);
    toy_notes_free(&f->log);
    sw_test_platform_fini(&f->test);
}

seawall_async_call start(fixture *f, const seawall_pipeline *pipeline)
{
    seawall_async_call call = 0;

    ck_assert_int_eq(seawall_async_start(f->async, pipeline, SEAWALL_FOREVER, &f->operation, f, &call), SEAWALL_OK);
    ck_assert_uint_ne(call, 0);
    return call;
}

void turn(fixture *f)
{
    seawall_time due;

    do {
        ck_assert_int_eq(seawall_timers_advance(f->timers, NULL), SEAWALL_OK);
        ck_assert_int_eq(seawall_timers_next_due(f->timers, &due), SEAWALL_OK);
    } while (due <= seawall_manual_clock_now(f->test.clock));
}

void later(fixture *f, seawall_duration by)
{
    seawall_manual_clock_advance(f->test.clock, by);
    turn(f);
}

void logged(fixture *f, const char *expected)
{
    ck_assert_str_eq(f->log.length > 0 ? f->log.text : "", expected);
    toy_notes_clear(&f->log);
}

void report(fixture *f, uint64_t id, const seawall_result *result)
{
    ck_assert_int_eq(seawall_async_report(f->async, id, result), SEAWALL_OK);
}
