/* The checks of a set: registering, replacing, binding, removing; and who is told of changes. */
#include "health_fixture.h"
#include "suite.h"

#define PASS SEAWALL_HEALTH_PASS
#define FAIL SEAWALL_HEALTH_FAIL

static set s;

static void begin(void)
{
    set_up(&s);
}

/* --- bad input --- */

static const struct {
    const char *name, *key, *value, *key2, *value2;
    const char *message;
} bad[] = {
    {"", NULL, NULL, NULL, NULL, "health_check: a name is missing"},
    {"0123456789012345678901234567890123456789012345678901234567890123", NULL, NULL, NULL, NULL,
     "health_check: a name of 64 bytes is longer than 63"},
    {"taken", NULL, NULL, NULL, NULL, "health_check: there is one of this name already"},
    {"x", "timeout", "8s", NULL, NULL, "health_check.timeout: 8s is above interval, 5s, which its endpoints have"},
    {"x", "timeout", "2s", "interval", "1s", "health_check.timeout: 2s is above interval, 1s"},
    {"x", "check", "ping_test", "live", "on",
     "health_check.live: a ping_test looks at a dependency or a policy, which informs readiness and never liveness"},
    {"x", "check", "source", "live", "on",
     "health_check.live: a source looks at a dependency or a policy, which informs readiness and never liveness"},
    {"x", "target", "localhost:1", NULL, NULL, "health_check.target: check is function, and only network tests have a target"},
    {"x", "check", "connection_test", "target", "localhost:70000", "health_check.target"},
    {"x", "check", "health_endpoint", "target", "https://localhost/", "health_check.target"},
};

START_TEST(what_is_wrong_is_refused_and_explained)
{
    seawall_health_check_config config = SEAWALL_HEALTH_CHECK_CONFIG_INIT;
    script orders = {.answer = PASS};
    seawall_error error = {0};
    int64_t blocks;

    add(&s, "taken", &orders, NULL);
    if (bad[_i].key != NULL)
        ck_assert_int_eq(seawall_config_set("health_check", &config, bad[_i].key, bad[_i].value, NULL), SEAWALL_OK);
    if (bad[_i].key2 != NULL)
        ck_assert_int_eq(seawall_config_set("health_check", &config, bad[_i].key2, bad[_i].value2, NULL), SEAWALL_OK);
    blocks = s.test.memory.blocks;
    ck_assert_int_eq(seawall_health_register(s.health, bad[_i].name, &config, NULL, &error), SEAWALL_INVALID);
    ck_assert_msg(strncmp(error.message, bad[_i].message, strlen(bad[_i].message)) == 0, "%s", error.message);
    ck_assert_int_eq(error.status, SEAWALL_INVALID);
    ck_assert_int_eq(s.test.memory.blocks, blocks);
    ck_assert_int_eq(seawall_health_count(s.health), 1);
    ck_assert_int_eq(orders.released, 0);
    tear_down(&s);
}
END_TEST

/* In texts and in structs alike. */
static const struct {
    const char *key, *value, *message;
} fields[] = {
    {"interval", "0", "health_check.interval: 0ns is below 1ms, and not auto"},
    {"failure_threshold", "0", "health_check.failure_threshold: 0 is below 1, and not auto"},
    {"success_threshold", "0", "health_check.success_threshold: 0 is below 1"},
    {"check", "smell_test",
     "health_check.check: \"smell_test\" is not one of function, connection_test, ping_test, health_endpoint, heartbeat, source"},
    {"target", "http://h/\r\nHost: evil", "health_check.target: byte 10 is a control character"},
};

START_TEST(values_out_of_bounds_are_refused)
{
    seawall_health_check_config config = SEAWALL_HEALTH_CHECK_CONFIG_INIT;
    seawall_error error = {0};

    ck_assert_int_eq(seawall_config_set("health_check", &config, fields[_i].key, fields[_i].value, &error), SEAWALL_INVALID);
    ck_assert_str_eq(error.message, fields[_i].message);
    tear_down(&s);
}
END_TEST

START_TEST(a_binding_must_fit)
{
    seawall_health_check_config config = plain();
    script orders = {.answer = PASS};
    seawall_health_binding binding = bind_to(&orders);
    seawall_heartbeat *beat;
    seawall_error error = {0};

    ck_assert_int_eq(seawall_heartbeat_create(&s.test.platform, &beat, NULL), SEAWALL_OK);
    config.check = SEAWALL_HEALTH_HEARTBEAT;
    ck_assert_int_eq(seawall_health_register(s.health, "x", &config, &binding, &error), SEAWALL_INVALID);
    config.check = SEAWALL_HEALTH_FUNCTION;
    binding.heartbeat = beat;
    ck_assert_int_eq(seawall_health_register(s.health, "x", &config, &binding, &error), SEAWALL_INVALID);
    binding.heartbeat = NULL;
    binding.size = 4;
    ck_assert_int_eq(seawall_health_register(s.health, "x", &config, &binding, &error), SEAWALL_INVALID);
    binding.size = sizeof(binding);
    config.check = SEAWALL_HEALTH_CONNECTION_TEST;
    (void)strcpy(config.target, "127.0.0.1:1");
    ck_assert_int_eq(seawall_health_register(s.health, "x", &config, &binding, &error), SEAWALL_INVALID);
    ck_assert_str_eq(error.message, "health_check: it has a target and a function: one of them too many");
    ck_assert_int_eq(seawall_health_register(NULL, "x", NULL, NULL, &error), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_health_bind(s.health, "x", &binding, &error), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_health_count(s.health), 0);
    ck_assert_int_eq(orders.released, 0);
    seawall_heartbeat_destroy(beat);
    seawall_heartbeat_destroy(NULL);
    seawall_heartbeat_feed(NULL);
    ck_assert_int_eq(seawall_heartbeat_create(&s.test.platform, NULL, &error), SEAWALL_INVALID);
    tear_down(&s);
}
END_TEST

static seawall_status make_heartbeat(const seawall_platform *platform, void *arg, seawall_error *error)
{
    seawall_heartbeat *beat = arg;
    seawall_status status = seawall_heartbeat_create(platform, &beat, error);

    if (status == SEAWALL_OK)
        seawall_heartbeat_destroy(beat);
    else
        ck_assert_ptr_eq(beat, arg);
    return status;
}

START_TEST(without_memory_there_is_no_heartbeat)
{
    ck_assert_int_eq(sw_test_sweep(make_heartbeat, &s), 1);
    tear_down(&s);
}
END_TEST

START_TEST(a_full_set_is_a_status)
{
    seawall_health_config config = SEAWALL_HEALTH_CONFIG_INIT;
    seawall_health *small;
    seawall_error error = {0};

    config.max_checks = 1;
    ck_assert_int_eq(seawall_health_create(&config, &s.test.platform, &small, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_health_register(small, "x", NULL, NULL, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_health_register(small, "y", NULL, NULL, &error), SEAWALL_FULL);
    ck_assert_str_eq(error.message, "health_check: there are max_checks already, 1");
    ck_assert_int_eq(seawall_health_unregister(small, "x"), SEAWALL_OK);
    ck_assert_int_eq(seawall_health_register(small, "y", NULL, NULL, NULL), SEAWALL_OK);
    seawall_health_destroy(small);
    tear_down(&s);
}
END_TEST

/* --- what is derived: the reference configuration --- */

static const struct {
    int live, ready, startup;
    const char *timeout, *own; /* what the check says itself: its timeout, its interval */
    seawall_duration interval, derived;
    int32_t threshold;
} derived[] = {
    {0, 1, 0, NULL, NULL, S(5), S(3), 2},           {1, 0, 0, NULL, NULL, S(10), S(5), 3},
    {0, 0, 1, NULL, NULL, S(30), S(10), 5},         {1, 1, 0, NULL, NULL, S(5), S(3), 2},
    {1, 0, 1, NULL, NULL, S(10), S(5), 3},          {1, 1, 1, NULL, NULL, S(5), S(3), 2},
    {0, 0, 0, NULL, NULL, S(10), S(5), 3},          {0, 1, 0, "5s", NULL, S(5), S(5), 2},
    {0, 1, 0, "1s", NULL, S(5), S(1), 2},           {0, 1, 0, NULL, "4s", S(4), S(3), 2},
    {0, 1, 0, NULL, "3s", S(3), S(3), 2},           {0, 1, 0, NULL, "1s", S(1), S(1), 2},
    {1, 1, 1, NULL, "2s", S(2), S(2), 2},           {0, 0, 0, NULL, "1ms", MS(1), MS(1), 3},
};

START_TEST(times_come_from_the_endpoints)
{
    seawall_health_check_config config = SEAWALL_HEALTH_CHECK_CONFIG_INIT;
    seawall_health_check_snapshot seen;

    config.live = derived[_i].live;
    config.ready = derived[_i].ready;
    config.startup = derived[_i].startup;
    if (derived[_i].timeout != NULL)
        ck_assert_int_eq(seawall_config_set("health_check", &config, "timeout", derived[_i].timeout, NULL), SEAWALL_OK);
    if (derived[_i].own != NULL)
        ck_assert_int_eq(seawall_config_set("health_check", &config, "interval", derived[_i].own, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_health_register(s.health, "x", &config, NULL, NULL), SEAWALL_OK);
    seen = look_at(&s, "x");
    ck_assert_int_eq(seen.interval, derived[_i].interval);
    ck_assert_int_eq(seen.timeout, derived[_i].derived);
    ck_assert_int_eq(seen.failure_threshold, derived[_i].threshold);
    ck_assert_int_eq(seen.success_threshold, 1);
    tear_down(&s);
}
END_TEST

START_TEST(an_endpoint_changes_its_checks)
{
    seawall_health_endpoint_config endpoint = SEAWALL_HEALTH_ENDPOINT_CONFIG_INIT;
    seawall_health_check_config config = SEAWALL_HEALTH_CHECK_CONFIG_INIT;
    seawall_error error = {0};

    ck_assert_int_eq(seawall_health_register(s.health, "auto", &config, NULL, NULL), SEAWALL_OK);
    config.timeout = S(4);
    ck_assert_int_eq(seawall_health_register(s.health, "own", &config, NULL, NULL), SEAWALL_OK);
    endpoint.interval = S(60);
    endpoint.failure_threshold = 7;
    ck_assert_int_eq(seawall_health_set_endpoint(s.health, SEAWALL_HEALTH_READY, &endpoint, NULL), SEAWALL_OK);
    ck_assert_int_eq(look_at(&s, "auto").interval, S(60));
    ck_assert_int_eq(look_at(&s, "auto").failure_threshold, 7);
    endpoint.interval = S(2);
    ck_assert_int_eq(seawall_health_set_endpoint(s.health, SEAWALL_HEALTH_READY, &endpoint, &error), SEAWALL_INVALID);
    ck_assert_str_eq(error.message, "health_check.timeout: 4s is above interval, 2s, which its endpoints have");
    ck_assert_int_eq(look_at(&s, "auto").interval, S(60)); /* all or nothing */
    ck_assert_int_eq(seawall_health_set_endpoint(s.health, SEAWALL_HEALTH_WHOLE, NULL, &error), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_health_set_endpoint(s.health, SEAWALL_HEALTH_READY, NULL, NULL), SEAWALL_OK);
    ck_assert_int_eq(look_at(&s, "auto").interval, S(5));
    tear_down(&s);
}
END_TEST

/* --- lives --- */

START_TEST(a_check_is_replaced_bound_and_removed)
{
    seawall_health_check_config config = plain();
    script first = {.answer = FAIL}, second = {.answer = PASS}, third = {.answer = PASS};
    seawall_health_binding binding = bind_to(&second);

    config.failure_threshold = 1;
    add(&s, "x", &first, &config);
    poll_for(&s, S(1));
    ck_assert_int_eq(look_at(&s, "x").status, FAIL);
    ck_assert_int_eq(seawall_health_replace(s.health, "x", &config, &binding, NULL), SEAWALL_OK);
    ck_assert_int_eq(first.released, 1);
    ck_assert_int_eq(look_at(&s, "x").status, SEAWALL_HEALTH_UNKNOWN); /* no result of the old one stays */
    poll_for(&s, S(1));
    ck_assert_int_eq(look_at(&s, "x").status, PASS);
    binding = bind_to(&third);
    ck_assert_int_eq(seawall_health_bind(s.health, "x", &binding, NULL), SEAWALL_OK);
    ck_assert_int_eq(second.released, 1);
    ck_assert_int_eq(seawall_health_replace(s.health, "y", &config, &binding, NULL), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_health_bind(s.health, "y", &binding, NULL), SEAWALL_INVALID);
    ck_assert_int_eq(third.released, 0);
    ck_assert_int_eq(seawall_health_unregister(s.health, "x"), SEAWALL_OK);
    ck_assert_int_eq(third.released, 1);
    ck_assert_int_eq(seawall_health_unregister(s.health, "x"), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_health_count(s.health), 0);
    poll_for(&s, S(5));
    tear_down(&s);
}
END_TEST

static seawall_health_status leave(seawall_health_run *run, void *user)
{
    ck_assert_int_eq(seawall_health_unregister(s.health, run->name), SEAWALL_OK);
    ck_assert_int_eq(*(int *)user, 0); /* it is still in use */
    return PASS;
}

static void count(void *user)
{
    ++*(int *)user;
}

START_TEST(a_check_may_remove_itself)
{
    seawall_health_check_config config = plain();
    seawall_health_binding binding = SEAWALL_HEALTH_BINDING_INIT;
    int released = 0;

    binding.function = leave;
    binding.release = count;
    binding.user = &released;
    ck_assert_int_eq(seawall_health_register(s.health, "x", &config, &binding, NULL), SEAWALL_OK);
    poll_for(&s, S(3));
    ck_assert_int_eq(released, 1);
    ck_assert_int_eq(seawall_health_count(s.health), 0);
    tear_down(&s);
}
END_TEST

START_TEST(who_is_waited_for_in_vain_is_forgotten)
{
    script orders = {.answer = SEAWALL_HEALTH_LATER};

    add(&s, "x", &orders, NULL);
    poll_for(&s, 0);
    ck_assert_int_eq(seawall_health_unregister_until(s.health, "x", SW_TEST_START), SEAWALL_OK); /* nothing of it runs */
    ck_assert_int_eq(orders.released, 1);
    ck_assert_int_eq(seawall_health_report(s.health, orders.ticket, PASS, NULL), SEAWALL_STALE);
    tear_down(&s);
}
END_TEST

START_TEST(checks_are_found_by_number)
{
    seawall_health_check_snapshot seen = {.size = sizeof(seen)};
    script orders = {.answer = PASS};
    char name[8] = "a";
    int i;

    for (i = 0; i < 5; i++) {
        name[0] = (char)('a' + i);
        add(&s, name, &orders, NULL);
    }
    ck_assert_int_eq(seawall_health_unregister(s.health, "b"), SEAWALL_OK);
    ck_assert_int_eq(seawall_health_check_at(s.health, 1, &seen), SEAWALL_OK);
    ck_assert_str_eq(seen.name, "c");
    ck_assert_int_eq(seawall_health_check_at(s.health, 4, &seen), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_health_check_at(s.health, -1, &seen), SEAWALL_INVALID);
    seen.size = 3;
    ck_assert_int_eq(seawall_health_check_at(s.health, 0, &seen), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_health_count(NULL), 0);
    tear_down(&s);
}
END_TEST

/* --- changes --- */

#define LINES 64

typedef struct log {
    char lines[LINES][128];
    int count;
    uint64_t last;
    bool again; /* cause one more change from inside */
} log_book;

static void write_down(const seawall_health_event *event, void *user)
{
    log_book *book = user;
    static const char *const paths[] = {"live", "ready", "startup"};

    ck_assert_uint_eq(event->sequence, book->last + 1);
    book->last = event->sequence;
    ck_assert_int_lt(book->count, LINES);
    (void)snprintf(book->lines[book->count++], 128, "%s %s-%s", event->endpoint < 0 ? event->name : paths[event->endpoint],
                   seawall_health_status_name(event->from), seawall_health_status_name(event->to));
    if (book->again && event->endpoint == SEAWALL_HEALTH_READY) {
        book->again = false;
        ck_assert_int_eq(seawall_health_drain(s.health), SEAWALL_OK);
        ck_assert_str_ne(book->lines[book->count - 1], "ready pass-fail"); /* told after this has returned */
    }
}

static void is_logged(const log_book *book, const char *const lines[], int wanted)
{
    int i;

    for (i = 0; i < wanted && i < book->count; i++)
        ck_assert_str_eq(book->lines[i], lines[i]);
    ck_assert_int_eq(book->count, wanted);
}

START_TEST(listeners_are_told_in_order)
{
    static const char *const lines[] = {"x unknown-pass", "startup fail-pass", "ready fail-pass", "ready pass-fail",
                                        "x pass-fail"};
    seawall_health_check_config config = plain();
    log_book book = {.again = true};
    script orders = {.answer = PASS};

    config.failure_threshold = 1;
    ck_assert_int_eq(seawall_health_add_listener(s.health, write_down, &book), SEAWALL_OK);
    add(&s, "x", &orders, &config);
    poll_for(&s, 0);
    orders.answer = FAIL;
    poll_for(&s, S(5));
    is_logged(&book, lines, 5);
    ck_assert_int_eq(seawall_health_remove_listener(s.health, write_down, &book), SEAWALL_OK);
    ck_assert_int_eq(seawall_health_remove_listener(s.health, write_down, &book), SEAWALL_INVALID);
    orders.answer = PASS;
    poll_for(&s, S(5));
    ck_assert_int_eq(book.count, 5);
    tear_down(&s);
}
END_TEST

static void bring_another(const seawall_health_event *event, void *user)
{
    log_book *book = user;

    if (event->sequence > 1)
        return;
    book->last = 3; /* the two endpoints that changed along with the check are still to be told */
    ck_assert_int_eq(seawall_health_add_listener(s.health, write_down, book), SEAWALL_OK);
}

START_TEST(a_listener_is_told_of_nothing_that_came_before_it)
{
    static const char *const lines[] = {"x pass-fail", "ready pass-fail"};
    seawall_health_event event = {.size = sizeof(event)};
    seawall_health_check_config config = plain();
    log_book book = {.count = 0};
    script orders = {.answer = PASS};

    config.failure_threshold = 1;
    ck_assert_int_eq(seawall_health_add_listener(s.health, bring_another, &book), SEAWALL_OK);
    add(&s, "x", &orders, &config);
    poll_for(&s, 0);
    ck_assert_int_eq(seawall_health_next_event(s.health, 2, &event), SEAWALL_OK);
    ck_assert_int_eq(seawall_health_next_event(s.health, 3, &event), SEAWALL_STALE);
    ck_assert_int_eq(book.count, 0);
    orders.answer = FAIL;
    poll_for(&s, S(1));
    is_logged(&book, lines, 2);
    tear_down(&s);
}
END_TEST

START_TEST(changes_can_be_asked_for)
{
    seawall_health_check_config config = plain();
    seawall_health_event event = {.size = sizeof(event)};
    script orders = {.answer = FAIL, .message = "no answer"};
    uint64_t last = 0;
    int i, told = 0;

    config.failure_threshold = 1;
    ck_assert_int_eq(seawall_health_next_event(s.health, 0, &event), SEAWALL_STALE);
    add(&s, "x", &orders, &config);
    poll_for(&s, 0);
    ck_assert_int_eq(seawall_health_next_event(s.health, 0, &event), SEAWALL_OK);
    ck_assert_uint_eq(event.sequence, 1);
    ck_assert_int_eq(event.endpoint, -1);
    ck_assert_str_eq(event.name, "x");
    ck_assert_str_eq(event.message, "no answer");
    for (i = 0; i < 100; i++) {
        orders.answer = i % 2 == 0 ? PASS : FAIL;
        poll_for(&s, S(1));
    }
    while (seawall_health_next_event(s.health, last, &event) == SEAWALL_OK) {
        ck_assert_uint_gt(event.sequence, last);
        last = event.sequence;
        told++;
    }
    ck_assert_int_eq(told, 64); /* the oldest are gone, and the gap shows it */
    ck_assert_uint_gt(last, 200);
    ck_assert_int_eq(seawall_health_next_event(s.health, last, &event), SEAWALL_STALE);
    event.size = 1;
    ck_assert_int_eq(seawall_health_next_event(s.health, 0, &event), SEAWALL_INVALID);
    tear_down(&s);
}
END_TEST

START_TEST(there_are_so_many_listeners)
{
    log_book books[SEAWALL_HEALTH_LISTENERS_MAX + 1] = {{.count = 0}};
    int i;

    for (i = 0; i < SEAWALL_HEALTH_LISTENERS_MAX; i++)
        ck_assert_int_eq(seawall_health_add_listener(s.health, write_down, &books[i]), SEAWALL_OK);
    ck_assert_int_eq(seawall_health_add_listener(s.health, write_down, &books[i]), SEAWALL_FULL);
    ck_assert_int_eq(seawall_health_add_listener(s.health, NULL, NULL), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_health_remove_listener(s.health, NULL, NULL), SEAWALL_INVALID);
    tear_down(&s);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("checks");

    tcase_add_checked_fixture(tests, begin, NULL);
    tcase_add_loop_test(tests, what_is_wrong_is_refused_and_explained, 0, (int)(sizeof(bad) / sizeof(bad[0])));
    tcase_add_loop_test(tests, values_out_of_bounds_are_refused, 0, (int)(sizeof(fields) / sizeof(fields[0])));
    tcase_add_test(tests, a_binding_must_fit);
    tcase_add_test(tests, without_memory_there_is_no_heartbeat);
    tcase_add_test(tests, a_full_set_is_a_status);
    tcase_add_loop_test(tests, times_come_from_the_endpoints, 0, (int)(sizeof(derived) / sizeof(derived[0])));
    tcase_add_test(tests, an_endpoint_changes_its_checks);
    tcase_add_test(tests, a_check_is_replaced_bound_and_removed);
    tcase_add_test(tests, a_check_may_remove_itself);
    tcase_add_test(tests, who_is_waited_for_in_vain_is_forgotten);
    tcase_add_test(tests, checks_are_found_by_number);
    tcase_add_test(tests, listeners_are_told_in_order);
    tcase_add_test(tests, a_listener_is_told_of_nothing_that_came_before_it);
    tcase_add_test(tests, changes_can_be_asked_for);
    tcase_add_test(tests, there_are_so_many_listeners);
    return sw_test_run("health checks", tests);
}
