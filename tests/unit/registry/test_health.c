/* Checks and endpoints that a registry knows, in a set of checks; and breakers that go along. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "registry_room.h"
#include "suite.h"

#define S SEAWALL_SECONDS
#define PASS SEAWALL_HEALTH_PASS
#define FAIL SEAWALL_HEALTH_FAIL

static room r;
static seawall_health *health;
static seawall_health_status answer;
static int runs;

static void begin(void)
{
    room_init(&r);
    answer = PASS;
    runs = 0;
    ck_assert_int_eq(seawall_health_create(NULL, &r.test.platform, &health, NULL), SEAWALL_OK);
}

static void end(void)
{
    seawall_health_destroy(health);
    room_fini(&r);
}

static void set(const char *kind, const char *name, const char *key, const char *value)
{
    ck_assert_msg(seawall_registry_set(r.registry, kind, name, key, value, &r.error) == SEAWALL_OK, "%s", r.error.message);
}

static void load(const char *text)
{
    ck_assert_msg(seawall_registry_load_text(r.registry, text, strlen(text), "t", NULL, &r.error) == SEAWALL_OK, "%s",
                  r.error.message);
}

static void connects(void)
{
    ck_assert_msg(seawall_registry_connect_health(r.registry, health, &r.error) == SEAWALL_OK, "%s", r.error.message);
}

static seawall_health_check_snapshot look_at(const char *name)
{
    seawall_health_check_snapshot seen = SEAWALL_HEALTH_CHECK_SNAPSHOT_INIT;

    ck_assert_int_eq(seawall_health_get_check(health, name, &seen), SEAWALL_OK);
    return seen;
}

static seawall_health_status obey(seawall_health_run *run, void *user)
{
    (void)run;
    (void)user;
    runs++;
    return answer;
}

static void bind_function(const char *name)
{
    seawall_health_binding binding = SEAWALL_HEALTH_BINDING_INIT;

    binding.function = obey;
    ck_assert_int_eq(seawall_health_bind(health, name, &binding, NULL), SEAWALL_OK);
}

static const char *const reference =
    "[health_endpoint \"/health/live\"]\ninterval = 10s\ntimeout = 5s\nfailure_threshold = 3\n"
    "[health_endpoint \"/health/ready\"]\ninterval = 5s\ntimeout = 3s\nfailure_threshold = 2\n"
    "[health_endpoint \"/health/startup\"]\ninterval = 30s\ntimeout = 10s\nfailure_threshold = 5\n"
    "[health_check \"database\"]\ncheck = connection_test\ntimeout = 2s\n"
    "[health_check \"redis\"]\ncheck = ping_test\ntimeout = 1s\n"
    "[health_check \"external_apis\"]\ncheck = health_endpoint\ntimeout = 5s\n";

START_TEST(the_reference_makes_named_slots)
{
    load(reference);
    connects();
    ck_assert_int_eq(seawall_health_count(health), 3);
    ck_assert_int_eq(look_at("database").timeout, S(2));
    ck_assert_int_eq(look_at("redis").timeout, S(1));
    ck_assert_int_eq(look_at("external_apis").timeout, S(5));
    ck_assert_int_eq(look_at("database").interval, S(5));
    ck_assert_int_eq(look_at("database").failure_threshold, 2);
    room_poll(&r, health, S(60));
    ck_assert_int_eq(look_at("database").status, SEAWALL_HEALTH_UNKNOWN);
    ck_assert_str_eq(look_at("database").message, "no function is bound to it");
    bind_function("database");
    bind_function("redis");
    bind_function("external_apis");
    room_poll(&r, health, S(5));
    ck_assert_int_eq(look_at("external_apis").status, PASS);
    connects(); /* nothing is new: what is bound stays, and so does what was found */
    ck_assert_int_eq(seawall_health_count(health), 3);
    ck_assert_int_eq(look_at("database").status, PASS);
}
END_TEST

START_TEST(what_is_set_later_comes_with_the_next_call)
{
    load("[health_endpoint \"/health/ready\"]\ninterval = 60s\n[health_check \"a\"]\n");
    connects();
    ck_assert_int_eq(look_at("a").interval, S(60));
    load("[health_check \"b\"]\nrequired = off\n");
    connects();
    ck_assert_int_eq(look_at("b").required, 0);
    ck_assert_int_eq(seawall_health_count(health), 2);
}
END_TEST

START_TEST(all_or_nothing)
{
    seawall_health_check_config config = SEAWALL_HEALTH_CHECK_CONFIG_INIT;

    config.timeout = S(4);
    ck_assert_int_eq(seawall_health_register(health, "own", &config, NULL, NULL), SEAWALL_OK);
    load("[health_check \"a\"]\n[health_endpoint \"/health/live\"]\ninterval = 7s\n[health_endpoint \"/health/ready\"]\n"
         "interval = 2s\ntimeout = 1s\n");
    ck_assert_int_eq(seawall_registry_connect_health(r.registry, health, &r.error), SEAWALL_INVALID);
    ck_assert_str_eq(r.error.message, "health_check.timeout: 4s is above interval, 2s, which its endpoints have");
    ck_assert_int_eq(seawall_health_count(health), 1);
    config = (seawall_health_check_config)SEAWALL_HEALTH_CHECK_CONFIG_INIT;
    config.live = 1;
    config.ready = 0;
    ck_assert_int_eq(seawall_health_register(health, "live", &config, NULL, NULL), SEAWALL_OK);
    ck_assert_int_eq(look_at("live").interval, S(10)); /* the first endpoint is as it was */
    ck_assert_int_eq(seawall_registry_connect_health(NULL, health, &r.error), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_registry_connect_health(r.registry, NULL, &r.error), SEAWALL_INVALID);
}
END_TEST

START_TEST(endpoints_have_three_names)
{
    ck_assert_int_eq(seawall_registry_set(r.registry, "health_endpoint", "/health/redy", "interval", "1s", &r.error),
                     SEAWALL_INVALID);
    ck_assert_str_eq(r.error.message,
                     "registry: the name of a health_endpoint is one of /health/live, /health/ready, /health/startup");
    set("health_endpoint", "/health/live", "interval", "20s");
}
END_TEST

/* --- breakers --- */

static seawall_breaker *breaker;

/* An opening ends within two milliseconds of its time. */
static seawall_breaker_state state(void)
{
    seawall_breaker_snapshot seen = SEAWALL_BREAKER_SNAPSHOT_INIT;

    seawall_manual_clock_advance(r.test.clock, SEAWALL_MILLISECONDS(2));
    ck_assert_int_eq(seawall_breaker_get_snapshot(breaker, &seen), SEAWALL_OK);
    return seen.state;
}

static void connect_with_breaker(const char *more)
{
    char text[512];

    (void)snprintf(text, sizeof(text),
                   "[circuit_breaker \"db\"]\nfailure_threshold = 1\n"
                   "[health_check \"database\"]\njitter = 0\ncircuit_breaker = db\n%s", more);
    load(text);
    connects();
    bind_function("database");
    ck_assert_int_eq(seawall_registry_breaker(r.registry, "db", NULL, &breaker, NULL, NULL), SEAWALL_OK);
}

START_TEST(a_failing_check_holds_its_breaker_open)
{
    connect_with_breaker("hold_breaker = on\n");
    room_poll(&r, health, S(10));
    ck_assert_int_eq(state(), SEAWALL_BREAKER_CLOSED);
    answer = FAIL;
    room_poll(&r, health, S(10));
    ck_assert_int_eq(state(), SEAWALL_BREAKER_FORCED_OPEN);
    room_poll(&r, health, S(100));
    ck_assert_int_eq(state(), SEAWALL_BREAKER_FORCED_OPEN);
    answer = PASS;
    room_poll(&r, health, S(5));
    ck_assert_int_eq(state(), SEAWALL_BREAKER_HALF_OPEN); /* it may probe, and does not believe blindly */
    seawall_breaker_destroy(breaker);
}
END_TEST

START_TEST(without_being_asked_it_holds_nothing)
{
    connect_with_breaker("");
    answer = FAIL;
    room_poll(&r, health, S(20));
    ck_assert_int_eq(look_at("database").status, FAIL);
    ck_assert_int_eq(state(), SEAWALL_BREAKER_CLOSED);
    seawall_breaker_destroy(breaker);
}
END_TEST

START_TEST(what_was_failing_before_is_held_from_the_start)
{
    seawall_health_check_config config = SEAWALL_HEALTH_CHECK_CONFIG_INIT;
    seawall_health_binding binding = SEAWALL_HEALTH_BINDING_INIT;

    binding.function = obey;
    config.failure_threshold = 1;
    answer = FAIL;
    ck_assert_int_eq(seawall_health_register(health, "database", &config, &binding, NULL), SEAWALL_OK);
    room_poll(&r, health, S(1));
    connect_with_breaker("hold_breaker = on\nfailure_threshold = 1\n");
    room_poll(&r, health, S(5));
    ck_assert_int_eq(state(), SEAWALL_BREAKER_FORCED_OPEN);
    ck_assert_int_eq(seawall_health_unregister(health, "database"), SEAWALL_OK);
    ck_assert_int_eq(state(), SEAWALL_BREAKER_HALF_OPEN); /* nobody holds it any more */
    seawall_breaker_destroy(breaker);
}
END_TEST

START_TEST(what_somebody_else_decided_stays)
{
    connect_with_breaker("hold_breaker = on\n");
    answer = FAIL;
    room_poll(&r, health, S(10));
    ck_assert_int_eq(seawall_breaker_disable(breaker), SEAWALL_OK);
    answer = PASS;
    room_poll(&r, health, S(10));
    ck_assert_int_eq(state(), SEAWALL_BREAKER_DISABLED);
    seawall_breaker_destroy(breaker);
}
END_TEST

START_TEST(a_transition_makes_the_check_due)
{
    seawall_permit permit;
    int before;

    connect_with_breaker("");
    room_poll(&r, health, S(1));
    before = runs;
    ck_assert_int_eq(seawall_breaker_try_acquire(breaker, &permit, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_breaker_report(breaker, &permit, SEAWALL_FAULT_SERVICE_UNAVAILABLE), SEAWALL_OK);
    ck_assert_int_eq(state(), SEAWALL_BREAKER_OPEN);
    room_poll(&r, health, 0);
    ck_assert_int_eq(runs, before + 1);
    seawall_breaker_destroy(breaker);
}
END_TEST

/* --- memory, text --- */

static seawall_status connect_all(const seawall_platform *platform, void *arg, seawall_error *error)
{
    static const char *const text = "[circuit_breaker \"b\"]\n[health_check \"a\"]\ncircuit_breaker = b\n[health_check \"c\"]\n"
                                    "[health_endpoint \"/health/live\"]\ninterval = 20s\n";
    seawall_registry *registry;
    seawall_health *set_of = NULL;
    seawall_status status = seawall_registry_create(NULL, platform, &registry, error);

    (void)arg;
    if (status != SEAWALL_OK)
        return status;
    status = seawall_registry_load_text(registry, text, strlen(text), "t", NULL, error);
    if (status == SEAWALL_OK)
        status = seawall_health_create(NULL, platform, &set_of, error);
    if (status == SEAWALL_OK) {
        status = seawall_registry_connect_health(registry, set_of, error);
        ck_assert_int_eq(seawall_health_count(set_of), status == SEAWALL_OK ? 2 : 0);
    }
    seawall_health_destroy(set_of);
    seawall_registry_destroy(registry);
    return status;
}

START_TEST(no_memory_is_a_status)
{
    ck_assert_int_gt(sw_test_sweep(connect_all, NULL), 10);
}
END_TEST

START_TEST(printing_hides_secrets_and_reads_no_stars)
{
    char text[16384], value[512];
    room other;

    load("[health_check \"a\"]\ncheck = health_endpoint\ntarget = \"http://root:sesame@h:8080/x?token=abc\"\n"
         "[health_check \"b\"]\nping = own\ncheck = ping_test\ntarget = h:1\nsend = \"LOGIN joe@example.org\"\nexpect = \"+\"\n");
    ck_assert_int_eq(seawall_registry_print(r.registry, text, sizeof(text), NULL), SEAWALL_OK);
    ck_assert_ptr_null(strstr(text, "sesame"));
    ck_assert_ptr_null(strstr(text, "LOGIN"));
    ck_assert_ptr_null(strstr(text, "example"));
    ck_assert_ptr_nonnull(strstr(text, "target = \"http://***@h:8080/x?***\""));
    ck_assert_ptr_nonnull(strstr(text, "send = \"***\""));
    ck_assert_int_eq(seawall_registry_describe(r.registry, "health_check", "b", "send", value, sizeof(value), NULL, NULL),
                     SEAWALL_OK);
    ck_assert_str_eq(value, "***");
    room_init(&other);
    ck_assert_int_eq(seawall_registry_load_text(other.registry, text, strlen(text), "u", NULL, &other.error), SEAWALL_INVALID);
    ck_assert_ptr_nonnull(strstr(other.error.message, "*** stands for a secret that was not shown"));
    room_fini(&other);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("registry health");

    tcase_add_checked_fixture(tests, begin, end);
    tcase_add_test(tests, the_reference_makes_named_slots);
    tcase_add_test(tests, what_is_set_later_comes_with_the_next_call);
    tcase_add_test(tests, all_or_nothing);
    tcase_add_test(tests, endpoints_have_three_names);
    tcase_add_test(tests, a_failing_check_holds_its_breaker_open);
    tcase_add_test(tests, without_being_asked_it_holds_nothing);
    tcase_add_test(tests, what_was_failing_before_is_held_from_the_start);
    tcase_add_test(tests, what_somebody_else_decided_stays);
    tcase_add_test(tests, a_transition_makes_the_check_due);
    tcase_add_test(tests, no_memory_is_a_status);
    tcase_add_test(tests, printing_hides_secrets_and_reads_no_stars);
    return sw_test_run("registry health", tests);
}
