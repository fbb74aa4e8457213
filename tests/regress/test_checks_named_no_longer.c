/*
 * What a reload took out of the file stayed in the set of checks for ever: a check went on, held its breaker open, and stood in
 * the way when it was named again with another target; an endpoint kept the settings of a section that was gone.
 */
#include "../unit/health/health_fixture.h"
#include "one_test.h"

static set s;
static seawall_registry *registry;
static int released;

static seawall_health_status look(seawall_health_run *run, void *user)
{
    (void)run;
    (void)user;
    return SEAWALL_HEALTH_FAIL;
}

static void release(void *user)
{
    (void)user;
    released++;
}

static void bind(const char *name)
{
    seawall_health_binding binding = SEAWALL_HEALTH_BINDING_INIT;

    binding.function = look;
    binding.release = release;
    ck_assert_int_eq(seawall_health_bind(s.health, name, &binding, NULL), SEAWALL_OK);
}

static void connects(void)
{
    seawall_error error;

    ck_assert_msg(seawall_registry_connect_health(registry, s.health, &error) == SEAWALL_OK, "%s", error.message);
}

static void says(const char *text)
{
    seawall_error error;

    ck_assert_msg(seawall_registry_reload_text(registry, text, strlen(text), "t", NULL, &error) == SEAWALL_OK, "%s",
                  error.message);
}

static void becomes(const char *text)
{
    says(text);
    connects();
}

static bool is_there(const char *name)
{
    seawall_health_check_snapshot seen = SEAWALL_HEALTH_CHECK_SNAPSHOT_INIT;

    return seawall_health_get_check(s.health, name, &seen) == SEAWALL_OK;
}

static seawall_breaker_state state_of_breaker(const char *name)
{
    seawall_breaker_snapshot seen = SEAWALL_BREAKER_SNAPSHOT_INIT;
    seawall_breaker *breaker;

    seawall_manual_clock_advance(s.test.clock, MS(2)); /* until one that was let go is seen to be */
    ck_assert_int_eq(seawall_registry_breaker(registry, name, NULL, &breaker, NULL, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_breaker_get_snapshot(breaker, &seen), SEAWALL_OK);
    seawall_breaker_destroy(breaker);
    return seen.state;
}

static void begin(void)
{
    set_up(&s);
    released = 0;
    ck_assert_int_eq(seawall_registry_create(NULL, &s.test.platform, &registry, NULL), SEAWALL_OK);
}

static void end(void)
{
    seawall_registry_destroy(registry);
    tear_down(&s);
}

#define TEST_OF(name, port) "[health_check \"" name "\"]\ncheck = connection_test\ntarget = 127.0.0.1:" port "\n"

START_TEST(a_check_goes_and_comes_anew)
{
    becomes(TEST_OF("x", "1") "[health_check \"y\"]\n");
    ck_assert_int_eq(seawall_health_count(s.health), 2);
    becomes("[health_check \"y\"]\n");
    ck_assert(!is_there("x"));
    ck_assert_int_eq(seawall_health_count(s.health), 1);
    becomes(TEST_OF("x", "2") "[health_check \"y\"]\ninterval = 77s\n");
    ck_assert(is_there("x"));
    ck_assert_int_eq(look_at(&s, "y").interval, S(77));
    /* Gone and named again between two connections: it is another one all the same. */
    says("[health_check \"y\"]\n");
    becomes(TEST_OF("x", "3") "[health_check \"y\"]\ninterval = 78s\n");
    ck_assert_int_eq(seawall_health_count(s.health), 2);
    ck_assert_int_eq(look_at(&s, "y").interval, S(78));
    ck_assert_int_eq(seawall_registry_remove(registry, "health_check", "y"), SEAWALL_OK);
    connects();
    ck_assert(!is_there("y"));
}
END_TEST

START_TEST(what_is_bound_to_it_is_released)
{
    becomes("[health_check \"x\"]\n[health_check \"y\"]\n");
    bind("x");
    bind("y");
    becomes("[health_check \"y\"]\n");
    ck_assert_int_eq(released, 1);
    becomes(TEST_OF("y", "1")); /* what it looks at cannot change in use: a reload leaves that */
    ck_assert_int_eq(released, 1);
    becomes("");
    ck_assert_int_eq(released, 2);
}
END_TEST

START_TEST(its_breaker_is_let_go)
{
    becomes("[circuit_breaker \"b\"]\n[health_check \"x\"]\nfailure_threshold = 1\ncircuit_breaker = b\nhold_breaker = on\n");
    bind("x");
    poll_for(&s, S(5));
    ck_assert_int_eq(state_of_breaker("b"), SEAWALL_BREAKER_FORCED_OPEN);
    becomes("[circuit_breaker \"b\"]\n");
    ck_assert_int_eq(state_of_breaker("b"), SEAWALL_BREAKER_HALF_OPEN);
}
END_TEST

START_TEST(an_endpoint_has_what_it_had)
{
    seawall_health_endpoint_config config = SEAWALL_HEALTH_ENDPOINT_CONFIG_INIT;

    becomes("[health_endpoint \"/health/ready\"]\ninterval = 77s\ntimeout = 9s\n[health_check \"x\"]\n");
    ck_assert_int_eq(look_at(&s, "x").interval, S(77));
    becomes("[health_check \"x\"]\n");
    ck_assert_int_eq(look_at(&s, "x").interval, S(5));
    config.interval = S(20);
    ck_assert_int_eq(seawall_health_set_endpoint(s.health, SEAWALL_HEALTH_READY, &config, NULL), SEAWALL_OK);
    connects();
    ck_assert_int_eq(look_at(&s, "x").interval, S(20));
    becomes("[health_endpoint \"/health/ready\"]\ninterval = 77s\n[health_check \"x\"]\n");
    ck_assert_int_eq(look_at(&s, "x").interval, S(77));
    becomes("[health_check \"x\"]\n");
    ck_assert_int_eq(look_at(&s, "x").interval, S(20));
}
END_TEST

START_TEST(what_is_the_programs_stays)
{
    seawall_health_check_config config = plain();

    ck_assert_int_eq(seawall_health_register(s.health, "own", &config, NULL, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_health_register(s.health, "both", &config, NULL, NULL), SEAWALL_OK);
    becomes("[circuit_breaker \"b\"]\n"
            "[health_check \"both\"]\nfailure_threshold = 1\ncircuit_breaker = b\nhold_breaker = on\n[health_check \"x\"]\n");
    ck_assert_int_eq(seawall_health_replace(s.health, "x", &config, NULL, NULL), SEAWALL_OK);
    bind("both");
    poll_for(&s, S(10));
    ck_assert_int_eq(state_of_breaker("b"), SEAWALL_BREAKER_FORCED_OPEN);
    becomes("[circuit_breaker \"b\"]\n");
    ck_assert_int_eq(seawall_health_count(s.health), 3); /* one of them the program has put in the place of the file's */
    ck_assert_int_eq(state_of_breaker("b"), SEAWALL_BREAKER_HALF_OPEN); /* but the breaker was the file's */
}
END_TEST

START_TEST(another_registry_has_its_own)
{
    static const char text[] = "[health_check \"y\"]\n";
    seawall_registry *other;

    ck_assert_int_eq(seawall_registry_create(NULL, &s.test.platform, &other, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_registry_load_text(other, text, strlen(text), "t", NULL, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_registry_connect_health(other, s.health, NULL), SEAWALL_OK);
    becomes("[health_check \"x\"]\n");
    becomes("");
    ck_assert(is_there("y"));
    seawall_registry_destroy(other); /* what it has put in is nobody's then, and stays */
    connects();
    ck_assert(is_there("y"));
}
END_TEST

START_TEST(a_source_reads_what_is_named_now)
{
#define READS(breaker) "[circuit_breaker \"a\"]\n[circuit_breaker \"b\"]\n[health_check \"x\"]\ncheck = source\n" breaker
    seawall_breaker *breaker;

    becomes(READS("circuit_breaker = a\n"));
    ck_assert_int_eq(seawall_registry_breaker(registry, "b", NULL, &breaker, NULL, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_breaker_force_open(breaker, SEAWALL_FOREVER), SEAWALL_OK);
    poll_for(&s, S(5));
    ck_assert_str_eq(look_at(&s, "x").message, "");
    says("[circuit_breaker \"a\"]\n[circuit_breaker \"b\"]\n");
    becomes(READS("circuit_breaker = b\n"));
    poll_for(&s, S(5));
    ck_assert_str_eq(look_at(&s, "x").message, "held open");
    says("[circuit_breaker \"a\"]\n[circuit_breaker \"b\"]\n");
    becomes(READS(""));
    ck_assert_int_eq(look_at(&s, "x").bound, 0);
    says("[circuit_breaker \"a\"]\n[circuit_breaker \"b\"]\n");
    becomes(READS("circuit_breaker = b\n"));
    ck_assert_int_eq(look_at(&s, "x").bound, 1);
    seawall_breaker_destroy(breaker);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("regress");

    tcase_add_checked_fixture(tests, begin, end);
    tcase_add_test(tests, a_check_goes_and_comes_anew);
    tcase_add_test(tests, what_is_bound_to_it_is_released);
    tcase_add_test(tests, its_breaker_is_let_go);
    tcase_add_test(tests, an_endpoint_has_what_it_had);
    tcase_add_test(tests, what_is_the_programs_stays);
    tcase_add_test(tests, another_registry_has_its_own);
    tcase_add_test(tests, a_source_reads_what_is_named_now);
    return sw_test_run("regress/checks_named_no_longer", tests);
}
