/* Many runs on one thread: who is asked when, and what is refused. */
#include "group_fixture.h"

START_TEST(runs_are_asked_in_the_order_of_what_happened)
{
    seawall_run a, b, c;
    fixture f;

    set_up(&f, 3);
    a = begin(&f, f.bare, T, NULL);
    b = begin(&f, f.bare, T, &f);
    c = begin(&f, f.bare, T, NULL);
    next_is(&f, T, SEAWALL_STEP_START, a);
    ck_assert_ptr_eq(next(&f, T).user, &f);
    next_is(&f, T, SEAWALL_STEP_START, c);
    waits(&f, T, SEAWALL_FOREVER);
    report(&f, c, 1, &bad, T + 5);
    report(&f, a, 1, &bad, T + 6);
    waits(&f, T + 7, T + 5 + MS(10));
    report(&f, b, 1, &good, T + 8);
    ends(&f, b, T + 8);
    waits(&f, T + 8, T + 5 + MS(10));
    waits(&f, T + 4 + MS(10), T + 5 + MS(10));
    next_is(&f, T + 6 + MS(10), SEAWALL_STEP_START, c); /* both are due: the earlier one first */
    next_is(&f, T + 6 + MS(10), SEAWALL_STEP_START, a);
    waits(&f, T + 6 + MS(10), SEAWALL_FOREVER);
    report(&f, a, 2, &good, T + MS(20));
    report(&f, c, 2, &good, T + MS(20));
    ends(&f, a, T + MS(20));
    ends(&f, c, T + MS(20));
    ck_assert_int_eq(seawall_group_count(f.group), 0);
    waits(&f, T + MS(20), SEAWALL_FOREVER);
    tear_down(&f);
}
END_TEST

START_TEST(time_does_not_go_back)
{
    seawall_run a, b;
    fixture f;

    set_up(&f, 2);
    a = begin(&f, f.bare, T, NULL);
    next_is(&f, T, SEAWALL_STEP_START, a);
    report(&f, a, 1, &bad, T);
    waits(&f, T, T + MS(10));
    b = begin(&f, f.bare, T + MS(10), NULL);
    next_is(&f, T, SEAWALL_STEP_START, b);
    next_is(&f, T, SEAWALL_STEP_START, a); /* it is T + 10 ms all the same */
    waits(&f, T, SEAWALL_FOREVER);
    report(&f, a, 2, &good, T);
    report(&f, b, 1, &good, T);
    ends(&f, a, T);
    ends(&f, b, T);
    tear_down(&f);
}
END_TEST

START_TEST(what_is_stale_or_too_much_is_a_status)
{
    seawall_report how = SEAWALL_REPORT_INIT;
    seawall_run a, b = 77;
    fixture f;

    set_up(&f, 1);
    a = begin(&f, f.bare, T, NULL);
    ck_assert_int_eq(seawall_group_begin_at(f.group, f.bare, T, SEAWALL_FOREVER, NULL, &b), SEAWALL_FULL);
    ck_assert_uint_eq(b, 77);
    ck_assert_int_eq(seawall_group_destroy(f.group), SEAWALL_BUSY);
    ck_assert_int_eq(seawall_group_report_at(f.group, a, 9, &good, T), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_group_report(f.group, a, &how), SEAWALL_BUSY);
    next_is(&f, T, SEAWALL_STEP_START, a);
    report(&f, a, 1, &good, T);
    ck_assert_int_eq(seawall_group_report_at(f.group, a, 1, &good, T), SEAWALL_INVALID);
    next_is(&f, T, SEAWALL_STEP_FINISHED, a);
    ck_assert_int_eq(seawall_group_report(f.group, a, &how), SEAWALL_OK);
    ck_assert_int_eq(how.attempts, 1);
    ck_assert_int_eq(seawall_group_report(f.group, a, NULL), SEAWALL_INVALID);
    next_is(&f, T, SEAWALL_STEP_DRAINED, a);
    b = begin(&f, f.bare, T, NULL); /* in the same place */
    ck_assert_uint_ne(a, b);
    ck_assert_int_eq(seawall_group_report(f.group, a, &how), SEAWALL_STALE);
    ck_assert_int_eq(seawall_group_report_at(f.group, a, 1, &good, T), SEAWALL_STALE);
    ck_assert_int_eq(seawall_group_disown_at(f.group, a, 1, T), SEAWALL_STALE);
    ck_assert_int_eq(seawall_group_cancel_at(f.group, a, T), SEAWALL_STALE);
    ck_assert_int_eq(seawall_group_cancel_at(f.group, b | 0xfffff, T), SEAWALL_STALE);
    ck_assert_int_eq(seawall_group_cancel_at(f.group, b, T), SEAWALL_OK);
    ends(&f, b, T);
    tear_down(&f);
}
END_TEST

START_TEST(a_larger_pipeline_does_not_fit)
{
    seawall_group_config config = SEAWALL_GROUP_CONFIG_INIT;
    seawall_group *small = NULL;
    seawall_run run = 5;
    fixture f;

    set_up(&f, 1);
    config.capacity = 1;
    ck_assert_int_eq(seawall_group_create(&config, f.bare, &f.test.platform, &small, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_group_begin_at(small, f.guarded, T, SEAWALL_FOREVER, NULL, &run), SEAWALL_TOO_SMALL);
    ck_assert_uint_eq(run, 5);
    ck_assert_int_eq(seawall_group_count(small), 0);
    ck_assert_int_eq(seawall_group_begin_at(small, f.bare, T, SEAWALL_FOREVER, NULL, &run), SEAWALL_OK);
    ck_assert_int_eq(seawall_group_cancel_all_at(small, T), SEAWALL_OK);
    while (seawall_group_count(small) > 0) {
        seawall_group_step step;

        ck_assert_int_eq(seawall_group_next_at(small, T, &step), SEAWALL_OK);
    }
    ck_assert_int_eq(seawall_group_destroy(small), SEAWALL_OK);
    tear_down(&f);
}
END_TEST

START_TEST(all_can_be_called_off)
{
    seawall_permit permit;
    seawall_run run[3];
    int32_t drained = 0, cancelled = 0;
    fixture f;
    int i;

    set_up(&f, 3);
    ck_assert_int_eq(seawall_bulkhead_try_acquire(f.bulkhead, &permit), SEAWALL_OK);
    for (i = 0; i < 3; i++)
        run[i] = begin(&f, i < 2 ? f.bare : f.guarded, T, NULL);
    next_is(&f, T, SEAWALL_STEP_START, run[0]);
    next_is(&f, T, SEAWALL_STEP_START, run[1]);
    waits(&f, T, SEAWALL_FOREVER);
    report(&f, run[1], 1, &bad, T);
    waits(&f, T, T + MS(10)); /* one runs, one is asleep, one waits for its permit */
    ck_assert_int_eq(seawall_group_cancel_all_at(f.group, T), SEAWALL_OK);
    for (i = 0; i < 20 && seawall_group_count(f.group) > 0; i++) {
        seawall_group_step step = next(&f, T);
        seawall_report how = SEAWALL_REPORT_INIT;

        if (step.step.kind == SEAWALL_STEP_CANCEL) {
            ck_assert_uint_eq(step.run, run[0]);
            cancelled++;
        } else if (step.step.kind == SEAWALL_STEP_FINISHED) {
            ck_assert_int_eq(seawall_group_report(f.group, step.run, &how), SEAWALL_OK);
            ck_assert_int_eq(how.status, SEAWALL_CANCELLED);
        } else if (step.step.kind == SEAWALL_STEP_DRAINED) {
            drained++;
        } else {
            ck_assert_int_eq(step.step.until, SEAWALL_FOREVER);
            report(&f, run[0], 1, &bad, T);
        }
    }
    ck_assert_int_eq(cancelled, 1);
    ck_assert_int_eq(drained, 3);
    tear_down(&f);
}
END_TEST

/* Everything there is to call, from inside a listener. */
static fixture *busy;
static int32_t busy_calls;

static void call_everything(const seawall_event *event, void *user)
{
    seawall_run run = *(seawall_run *)user;
    seawall_group_step step;
    int32_t descriptor;

    (void)event;
    busy_calls++;
    ck_assert_int_eq(seawall_group_next_at(busy->group, T, &step), SEAWALL_BUSY);
    ck_assert_int_eq(seawall_group_begin_at(busy->group, busy->bare, T, SEAWALL_FOREVER, NULL, NULL), SEAWALL_BUSY);
    ck_assert_int_eq(seawall_group_report_at(busy->group, run, 1, &good, T), SEAWALL_BUSY);
    ck_assert_int_eq(seawall_group_disown_at(busy->group, run, 1, T), SEAWALL_BUSY);
    ck_assert_int_eq(seawall_group_cancel_at(busy->group, run, T), SEAWALL_BUSY);
    ck_assert_int_eq(seawall_group_cancel_all_at(busy->group, T), SEAWALL_BUSY);
    ck_assert_int_eq(seawall_group_descriptor(busy->group, &descriptor), SEAWALL_BUSY);
    ck_assert_int_eq(seawall_group_destroy(busy->group), SEAWALL_BUSY);
}

START_TEST(from_inside_it_is_busy)
{
    seawall_pipeline_config config = SEAWALL_PIPELINE_CONFIG_INIT;
    seawall_policy policy = SEAWALL_POLICY_INIT;
    const seawall_policy *list[] = {&policy};
    seawall_pipeline *heard = NULL;
    seawall_run run;
    fixture f;

    set_up(&f, 2);
    busy = &f;
    config.listener = call_everything;
    config.listener_user = &run;
    ck_assert_int_eq(seawall_retry_policy(f.retry, "again", &policy), SEAWALL_OK);
    ck_assert_int_eq(seawall_pipeline_create(&config, list, 1, &f.test.platform, &heard, NULL), SEAWALL_OK);
    run = begin(&f, heard, T, NULL);
    next_is(&f, T, SEAWALL_STEP_START, run);
    report(&f, run, 1, &bad, T);
    ck_assert_int_gt(busy_calls, 0);
    waits(&f, T, T + MS(10));
    ck_assert_int_eq(seawall_group_cancel_at(f.group, run, T), SEAWALL_OK);
    ends(&f, run, T);
    seawall_pipeline_destroy(heard);
    tear_down(&f);
}
END_TEST

static seawall_status make(const seawall_platform *platform, void *arg, seawall_error *error)
{
    seawall_group *group = NULL;
    seawall_status status = seawall_group_create(NULL, arg, platform, &group, error);

    if (status == SEAWALL_OK)
        ck_assert_int_eq(seawall_group_destroy(group), SEAWALL_OK);
    return status;
}

START_TEST(creating_survives_failing_memory)
{
    fixture f;

    set_up(&f, 1);
    ck_assert_int_eq(sw_test_sweep(make, f.bare), 1);
    tear_down(&f);
}
END_TEST

static int64_t bytes_for(fixture *f, int32_t capacity)
{
    seawall_group_config config = SEAWALL_GROUP_CONFIG_INIT;
    int64_t before = f->test.memory.bytes, bytes;
    seawall_group *group = NULL;

    config.capacity = capacity;
    ck_assert_int_eq(seawall_group_create(&config, f->guarded, &f->test.platform, &group, NULL), SEAWALL_OK);
    bytes = f->test.memory.bytes - before;
    ck_assert_int_eq(seawall_group_destroy(group), SEAWALL_OK);
    return bytes;
}

/* What an execution needs, up to a cache line, and 80 bytes. */
START_TEST(memory_is_linear)
{
    int64_t each;
    fixture f;

    set_up(&f, 1);
    each = (int64_t)(seawall_execution_size(f.guarded) + 63) / 64 * 64 + 80;
    ck_assert_int_le(bytes_for(&f, 10000) - bytes_for(&f, 1000), 9000 * each);
    ck_assert_int_eq((bytes_for(&f, 10000) - bytes_for(&f, 1000)) / 9000, (bytes_for(&f, 100000) - bytes_for(&f, 10000)) / 90000);
    tear_down(&f);
}
END_TEST

START_TEST(nonsense_is_refused)
{
    static const struct {
        int32_t capacity;
        const char *message;
    } rows[] = {{1, NULL},
                {SEAWALL_GROUP_RUNS_MAX + 1, "group.capacity: 1000001 is above 1000000"},
                {INT32_MAX, "group.capacity: 2147483647 is above 1000000"},
                {0, "group.capacity: 0 is below 1"},
                {INT32_MIN, "group.capacity: -2147483648 is below 1"}};
    seawall_group_config config = SEAWALL_GROUP_CONFIG_INIT, made;
    seawall_group *group = NULL;
    seawall_error error;
    fixture f;
    size_t i;

    set_up(&f, 1);
    ck_assert_int_eq(seawall_group_config_init(&made, sizeof(made)), SEAWALL_OK);
    ck_assert_mem_eq(&made, &config, sizeof(made));
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        config.capacity = rows[i].capacity;
        ck_assert_int_eq(seawall_group_create(&config, f.bare, &f.test.platform, &group, &error),
                         rows[i].message == NULL ? SEAWALL_OK : SEAWALL_INVALID);
        if (rows[i].message != NULL)
            ck_assert_str_eq(error.message, rows[i].message);
        else
            ck_assert_int_eq(seawall_group_destroy(group), SEAWALL_OK);
    }
    group = NULL;
    config.size = 3;
    ck_assert_int_eq(seawall_group_create(&config, f.bare, NULL, &group, &error), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_group_create(NULL, NULL, NULL, &group, &error), SEAWALL_INVALID);
    ck_assert_ptr_null(group);
    ck_assert_int_eq(seawall_group_create(NULL, f.bare, NULL, NULL, &error), SEAWALL_INVALID);
    tear_down(&f);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("group");

    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, runs_are_asked_in_the_order_of_what_happened);
    tcase_add_test(tests, time_does_not_go_back);
    tcase_add_test(tests, what_is_stale_or_too_much_is_a_status);
    tcase_add_test(tests, a_larger_pipeline_does_not_fit);
    tcase_add_test(tests, all_can_be_called_off);
    tcase_add_test(tests, from_inside_it_is_busy);
    tcase_add_test(tests, creating_survives_failing_memory);
    tcase_add_test(tests, memory_is_linear);
    tcase_add_test(tests, nonsense_is_refused);
    return sw_test_run("group", tests);
}
