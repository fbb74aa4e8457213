/* Asynchronous calls: making and unmaking, with failing memory, in a forked child, and with a thread that is real. */
#include "async_fixture.h"

#include <stdatomic.h>
#include <stdlib.h>

static seawall_status make(const seawall_platform *platform, void *arg, seawall_error *error)
{
    seawall_pipeline *pipeline = NULL;
    seawall_timers *timers = NULL;
    seawall_async *async = NULL;
    seawall_status status;

    (void)arg;
    status = seawall_pipeline_create(NULL, NULL, 0, platform, &pipeline, error);
    if (status == SEAWALL_OK)
        status = seawall_timers_create(NULL, platform, &timers, error);
    if (status == SEAWALL_OK)
        status = seawall_async_create(NULL, pipeline, timers, &async, error);
    if (status == SEAWALL_OK)
        ck_assert_int_eq(seawall_async_destroy(async), SEAWALL_OK);
    else
        ck_assert_ptr_null(async);
    seawall_timers_destroy(timers);
    seawall_pipeline_destroy(pipeline);
    return status;
}

START_TEST(creating_survives_failing_memory)
{
    ck_assert_int_eq(sw_test_sweep(make, NULL), 4);
}
END_TEST

START_TEST(nonsense_is_refused)
{
    static const struct {
        int32_t capacity;
        const char *message;
    } rows[] = {{SEAWALL_ASYNC_CALLS_MAX + 1, "async.capacity: 1000001 is above 1000000"},
                {0, "async.capacity: 0 is below 1"},
                {INT32_MIN, "async.capacity: -2147483648 is below 1"}};
    seawall_async_config config = SEAWALL_ASYNC_CONFIG_INIT, made;
    seawall_pipeline *foreign = NULL;
    seawall_async *async = NULL;
    seawall_error error;
    fixture f;
    size_t i;

    set_up(&f, 1);
    ck_assert_int_eq(seawall_async_config_init(&made, sizeof(made)), SEAWALL_OK);
    ck_assert_mem_eq(&made, &config, sizeof(made));
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        config.capacity = rows[i].capacity;
        ck_assert_int_eq(seawall_async_create(&config, f.bare, f.timers, &async, &error), SEAWALL_INVALID);
        ck_assert_str_eq(error.message, rows[i].message);
    }
    config.size = 3;
    ck_assert_int_eq(seawall_async_create(&config, f.bare, f.timers, &async, &error), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_async_create(NULL, NULL, f.timers, &async, &error), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_async_create(NULL, f.bare, NULL, &async, &error), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_async_create(NULL, f.bare, f.timers, NULL, &error), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_pipeline_create(NULL, NULL, 0, NULL, &foreign, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_async_create(NULL, foreign, f.timers, &async, &error), SEAWALL_INVALID);
    ck_assert_str_eq(error.message, "async: the pipeline's platform is not that of the timers");
    ck_assert_ptr_null(async);
    ck_assert_int_eq(seawall_async_start(f.async, foreign, SEAWALL_FOREVER, &f.operation, &f, NULL), SEAWALL_INVALID);
    seawall_pipeline_destroy(foreign);
    ck_assert_int_eq(seawall_async_destroy(NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_async_count(NULL), 0);
    tear_down(&f);
}
END_TEST

START_TEST(nothing_is_allocated_in_flight)
{
    fixture f;
    int i;

    set_up(&f, 3);
    sw_test_memory_fail(&f.test.memory, SW_TEST_FAIL_FOR_EVER, 0);
    for (i = 0; i < 10; i++) {
        start(&f, f.hedged);
        turn(&f);
        later(&f, MS(5));
        report(&f, f.last.id, &bad);
        turn(&f);
        ck_assert_int_eq(seawall_async_cancel_all(f.async), SEAWALL_OK);
        turn(&f);
        report(&f, f.last.id - 1, &good);
        turn(&f);
    }
    ck_assert_int_eq(f.test.memory.requests, 0);
    sw_test_memory_fail(&f.test.memory, SW_TEST_FAIL_NEVER, 0);
    tear_down(&f);
}
END_TEST

static int64_t bytes_for(fixture *f, int32_t capacity)
{
    seawall_async_config config = SEAWALL_ASYNC_CONFIG_INIT;
    int64_t before = f->test.memory.bytes, bytes;
    seawall_async *async = NULL;

    config.capacity = capacity;
    ck_assert_int_eq(seawall_async_create(&config, f->bare, f->timers, &async, NULL), SEAWALL_OK);
    bytes = f->test.memory.bytes - before;
    ck_assert_int_eq(seawall_async_destroy(async), SEAWALL_OK);
    return bytes;
}

/* As the header says, but for what rounds to cache lines. */
START_TEST(memory_is_linear)
{
    int64_t each;
    fixture f;

    set_up(&f, 1);
    each = (int64_t)(seawall_execution_size(f.bare) + 63) / 64 * 64 + 272 + 104;
    ck_assert_int_le(llabs(bytes_for(&f, 10000) - bytes_for(&f, 1000) - 9000 * each), 9000 * 16);
    ck_assert_int_le(llabs(bytes_for(&f, 100000) - bytes_for(&f, 10000) - 90000 * each), 90000 * 16);
    tear_down(&f);
}
END_TEST

static seawall_timers_snapshot look(const fixture *f)
{
    seawall_timers_snapshot snapshot = SEAWALL_TIMERS_SNAPSHOT_INIT;

    ck_assert_int_eq(seawall_timers_get_snapshot(f->timers, &snapshot), SEAWALL_OK);
    return snapshot;
}

static void takes_long(const seawall_async_attempt *attempt, void *user)
{
    fixture *f = user;

    f->last = *attempt;
    seawall_manual_clock_advance(f->test.clock, MS(30));
    ck_assert_int_eq(look(f).running_for, MS(30));
}

static void note_timer(seawall_timer timer, void *user)
{
    fixture *f = user;

    (void)timer;
    toy_note(&f->log, " timer");
}

/* A slow function delays timers visibly, as a slow timer does. */
START_TEST(slowness_is_seen)
{
    fixture f;

    set_up(&f, 1);
    f.operation.begin = takes_long;
    start(&f, f.bare);
    ck_assert_int_eq(seawall_timers_arm(f.timers, SW_TEST_START - 1, note_timer, &f, NULL), SEAWALL_OK);
    seawall_manual_clock_advance(f.test.clock, MS(1));
    turn(&f);
    logged(&f, " timer");
    ck_assert_int_eq(look(&f).running_for, 0);
    ck_assert_int_eq(look(&f).longest_run, MS(30));
    ck_assert_int_ge(look(&f).lag, MS(30));
    report(&f, f.last.id, &good);
    turn(&f);
    logged(&f, " ok x1 drained");
    tear_down(&f);
}
END_TEST

static void answers_itself(const seawall_async_attempt *attempt, void *user)
{
    fixture *f = user;

    toy_note(&f->log, " begin %d", (int)attempt->number);
    report(f, attempt->id, &good);
}

/* What a turn calls for comes in the next round: timers have theirs in between. */
START_TEST(timers_have_their_turn)
{
    fixture f;

    set_up(&f, 1);
    f.operation.begin = answers_itself;
    start(&f, f.bare);
    ck_assert_int_eq(seawall_timers_arm(f.timers, SW_TEST_START - 1, note_timer, &f, NULL), SEAWALL_OK);
    seawall_manual_clock_advance(f.test.clock, MS(1));
    ck_assert_int_eq(seawall_timers_advance(f.timers, NULL), SEAWALL_OK);
    logged(&f, " begin 1 timer");
    turn(&f);
    logged(&f, " ok x1 drained");
    tear_down(&f);
}
END_TEST

/* --- fork --- */

static seawall_async_call parents;

static bool begins_anew(void *arg)
{
    seawall_report how = SEAWALL_REPORT_INIT;
    seawall_async_call call;
    fixture *f = arg;
    uint64_t theirs = f->last.id;

    if (seawall_async_count(f->async) != 0 || seawall_async_cancel(f->async, parents) != SEAWALL_STALE ||
        seawall_async_report(f->async, theirs, &good) != SEAWALL_STALE ||
        seawall_async_take(f->async, parents, &how) != SEAWALL_STALE)
        return false;
    toy_notes_clear(&f->log);
    f->operation.done = NULL;
    call = start(f, f->bare);
    turn(f);
    if (f->last.id == theirs)
        return false;
    report(f, f->last.id, &bad);
    turn(f);
    later(f, MS(10));
    report(f, f->last.id, &good);
    turn(f);
    logged(f, " begin 1 begin 2 drained");
    return seawall_async_take(f->async, call, &how) == SEAWALL_OK && how.attempts == 2 &&
           seawall_async_destroy(f->async) == SEAWALL_OK;
}

/* Where the parent stands: its call is on its way to the driver, under way, or asleep. */
START_TEST(a_child_begins_anew)
{
    fixture f;

    set_up(&f, 2);
    parents = start(&f, f.bare);
    sw_test_in_child(begins_anew, &f);
    turn(&f);
    sw_test_in_child(begins_anew, &f);
    report(&f, f.last.id, &bad);
    sw_test_in_child(begins_anew, &f);
    turn(&f);
    sw_test_in_child(begins_anew, &f);
    later(&f, MS(10));
    logged(&f, " begin 1 begin 2");
    report(&f, f.last.id, &good);
    turn(&f);
    logged(&f, " ok x2 drained");
    tear_down(&f);
}
END_TEST

static void forks(const seawall_async_attempt *attempt, void *user)
{
    fixture *f = user;

    f->last = *attempt;
    sw_test_in_child(begins_anew, f);
}

START_TEST(a_child_of_a_function_begins_anew_as_well)
{
    seawall_async_operation operation;
    fixture f;

    set_up(&f, 2);
    operation = f.operation;
    operation.begin = forks;
    ck_assert_int_eq(seawall_async_start(f.async, f.bare, SEAWALL_FOREVER, &operation, &f, &parents), SEAWALL_OK);
    turn(&f);
    report(&f, f.last.id, &good);
    turn(&f);
    logged(&f, " ok x1 drained");
    tear_down(&f);
}
END_TEST

/* --- the service's own thread --- */

static void ends_at_once(const seawall_async_attempt *attempt, void *user)
{
    if (attempt->number < 3)
        (void)seawall_async_report(user, attempt->id, &bad);
    else
        (void)seawall_async_report(user, attempt->id, &good);
}

START_TEST(who_waits_is_woken)
{
    seawall_async_operation operation = SEAWALL_ASYNC_OPERATION_INIT;
    seawall_report how = SEAWALL_REPORT_INIT;
    seawall_timers *timers = NULL;
    seawall_pipeline *pipeline = NULL;
    seawall_policy again = SEAWALL_POLICY_INIT;
    const seawall_policy *list[] = {&again};
    seawall_async_call call[20];
    seawall_async *async = NULL;
    seawall_retry *retry = NULL;
    int i;

    ck_assert_int_eq(seawall_timers_create(NULL, NULL, &timers, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_timers_start(timers, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_retry_create(NULL, NULL, &retry, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_retry_policy(retry, "again", &again), SEAWALL_OK);
    ck_assert_int_eq(seawall_pipeline_create(NULL, list, 1, NULL, &pipeline, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_async_create(NULL, pipeline, timers, &async, NULL), SEAWALL_OK);
    operation.begin = ends_at_once;
    for (i = 0; i < 20; i++)
        ck_assert_int_eq(seawall_async_start(async, pipeline, SEAWALL_FOREVER, &operation, async, &call[i]), SEAWALL_OK);
    for (i = 19; i > 0; i--) {
        ck_assert_int_eq(seawall_async_take_until(async, call[i], SEAWALL_FOREVER, &how), SEAWALL_OK);
        ck_assert_int_eq(how.status, SEAWALL_OK);
        ck_assert_int_eq(how.attempts, 3);
    }
    ck_assert_int_eq(seawall_async_cancel_all(async), SEAWALL_OK);
    ck_assert_int_eq(seawall_async_drain_until(async, SEAWALL_FOREVER), SEAWALL_OK);
    ck_assert_int_eq(seawall_async_destroy(async), SEAWALL_OK); /* while its thread may just be returning */
    seawall_timers_destroy(timers);
    seawall_pipeline_destroy(pipeline);
    seawall_retry_destroy(retry);
}
END_TEST

static _Atomic uint64_t unending;

static void does_not_end(const seawall_async_attempt *attempt, void *user)
{
    (void)user;
    atomic_store(&unending, attempt->id);
}

/* The result is known although an attempt goes on. */
START_TEST(who_waits_does_not_wait_for_what_is_late)
{
    seawall_async_operation operation = SEAWALL_ASYNC_OPERATION_INIT;
    seawall_time soon;
    seawall_report how = SEAWALL_REPORT_INIT;
    seawall_pipeline *pipeline = NULL;
    seawall_timers *timers = NULL;
    seawall_async *async = NULL;
    seawall_async_call call;

    ck_assert_int_eq(seawall_timers_create(NULL, NULL, &timers, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_timers_start(timers, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_pipeline_create(NULL, NULL, 0, NULL, &pipeline, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_async_create(NULL, pipeline, timers, &async, NULL), SEAWALL_OK);
    operation.begin = does_not_end;
    soon = seawall_platform_now(NULL) + MS(100);
    ck_assert_int_eq(seawall_async_start(async, pipeline, soon, &operation, NULL, &call), SEAWALL_OK);
    ck_assert_int_eq(seawall_async_take_until(async, call, SEAWALL_FOREVER, &how), SEAWALL_OK);
    ck_assert_int_eq(how.status, SEAWALL_TIMED_OUT);
    if (how.late > 0) { /* none if the thread was so slow that nothing was begun */
        ck_assert_int_eq(seawall_async_destroy(async), SEAWALL_BUSY);
        ck_assert_int_eq(seawall_async_disown(async, atomic_load(&unending)), SEAWALL_OK);
    }
    ck_assert_int_eq(seawall_async_drain_until(async, SEAWALL_FOREVER), SEAWALL_OK);
    ck_assert_int_eq(seawall_async_destroy(async), SEAWALL_OK);
    seawall_timers_destroy(timers);
    seawall_pipeline_destroy(pipeline);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("async_ends");

    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, creating_survives_failing_memory);
    tcase_add_test(tests, nonsense_is_refused);
    tcase_add_test(tests, nothing_is_allocated_in_flight);
    tcase_add_test(tests, memory_is_linear);
    tcase_add_test(tests, slowness_is_seen);
    tcase_add_test(tests, timers_have_their_turn);
    tcase_add_test(tests, a_child_begins_anew);
    tcase_add_test(tests, a_child_of_a_function_begins_anew_as_well);
    tcase_add_test(tests, who_waits_is_woken);
    tcase_add_test(tests, who_waits_does_not_wait_for_what_is_late);
    return sw_test_run("async_ends", tests);
}
