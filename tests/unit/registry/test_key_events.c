/* What happens to keyed instances, in the same stream: of which keys is told, and of which not. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "event_log.h"
#include "suite.h"

static seawall_keyed *keyed_of(const char *instance, int32_t most)
{
    seawall_keyed_config config = SEAWALL_KEYED_CONFIG_INIT;
    seawall_keyed *keyed;

    config.max_instances = most;
    ck_assert_msg(seawall_registry_keyed(r.registry, "t", &config, instance, &keyed, NULL, &r.error) == SEAWALL_OK, "%s",
                  r.error.message);
    (void)poll_all();
    return keyed;
}

static seawall_breaker *breaker_for(seawall_keyed *keyed, const char *key)
{
    seawall_breaker *breaker;

    ck_assert_int_eq(seawall_keyed_breaker(keyed, key, &breaker, NULL), SEAWALL_OK);
    return breaker;
}

static void trip(seawall_keyed *keyed, const char *key)
{
    seawall_breaker *breaker = breaker_for(keyed, key);

    ck_assert_int_eq(seawall_breaker_force_open(breaker, SEAWALL_FOREVER), SEAWALL_OK);
    seawall_breaker_destroy(breaker);
}

START_TEST(keys_are_told_of_by_name)
{
    char longest[SEAWALL_KEY_SIZE_MAX + 1], wanted[512];
    seawall_keyed *keyed;

    begin(64);
    keyed = keyed_of("circuit_breaker", 3);
    memset(longest, 'k', SEAWALL_KEY_SIZE_MAX);
    longest[SEAWALL_KEY_SIZE_MAX] = '\0';
    trip(keyed, longest);
    (void)snprintf(wanted, sizeof(wanted), "3:keyed/t:%s 0>3", longest);
    ck_assert_int_eq(poll_all(), 0);
    ck_assert_str_eq(log_text, wanted);
    trip(keyed, "a");
    ck_assert_int_eq(poll_all(), 0);
    ck_assert_str_eq(log_text, "4:keyed/t:a 0>3");
    seawall_keyed_destroy(keyed);
    room_fini(&r);
}
END_TEST

/* Its coming is no event; its end is one if there was any before. */
START_TEST(a_flood_of_keys_makes_no_events)
{
    seawall_keyed *keyed;
    char key[16];
    int i;

    begin(8);
    keyed = keyed_of("circuit_breaker", 3);
    for (i = 0; i < 1000; i++) {
        (void)snprintf(key, sizeof(key), "%d", i);
        if (i == 500)
            trip(keyed, key);
        seawall_breaker_destroy(breaker_for(keyed, key));
    }
    ck_assert_int_eq(poll_all(), 0);
    ck_assert_str_eq(log_text, "3:keyed/t:500 0>3 4:keyed/t:500 gone");
    trip(keyed, "last");
    ck_assert_int_eq(seawall_keyed_remove(keyed, "last"), SEAWALL_OK);
    trip(keyed, "idle");
    seawall_manual_clock_advance(r.test.clock, SEAWALL_SECONDS(601));
    (void)seawall_keyed_expire(keyed);
    ck_assert_int_eq(poll_all(), 0);
    ck_assert_str_eq(log_text, "5:keyed/t:last 0>3 6:keyed/t:last gone 7:keyed/t:idle 0>3 8:keyed/t:idle gone");
    seawall_keyed_destroy(keyed);
    room_fini(&r);
}
END_TEST

START_TEST(a_keys_pipeline_tells_what_it_decides)
{
    seawall_pipeline *pipeline;
    seawall_keyed *keyed;

    begin(64);
    room_set(&r, "retry", "t", "max_attempts", "2");
    room_set(&r, "circuit_breaker", "t", "failure_threshold", "2");
    room_set(&r, "pipeline", "t", "policies", "retry, circuit_breaker");
    keyed = keyed_of("pipeline", 3);
    ck_assert_int_eq(seawall_keyed_pipeline(keyed, "a", &pipeline, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_call(pipeline, failing, NULL, NULL), SEAWALL_FAILED);
    ck_assert_int_eq(poll_all(), 0);
    ck_assert_str_eq(log_text, "5:keyed/t:a retry_scheduled 6:keyed/t:a 0>1 7:keyed/t:a retry_gave_up");
    ck_assert_int_eq(seawall_keyed_remove(keyed, "a"), SEAWALL_OK);
    ck_assert_int_eq(seawall_call(pipeline, failing, NULL, NULL), SEAWALL_OPEN); /* goes on, and is not heard of */
    ck_assert_int_eq(poll_all(), 0);
    ck_assert_str_eq(log_text, "8:keyed/t:a gone");
    seawall_keyed_destroy(keyed);
    seawall_registry_destroy(r.registry);
    ck_assert_int_eq(seawall_call(pipeline, failing, NULL, NULL), SEAWALL_OPEN); /* outlives the registry */
    seawall_pipeline_destroy(pipeline);
    sw_test_platform_fini(&r.test);
}
END_TEST

static void calls_what_is_gone(const seawall_registry_event *event, void *user)
{
    note(event, NULL);
    if (event->what == SEAWALL_REGISTRY_GONE)
        ck_assert_int_eq(seawall_call(user, failing, NULL, NULL), SEAWALL_FAILED);
}

START_TEST(the_end_of_a_key_is_the_last)
{
    seawall_pipeline *pipeline;
    seawall_keyed *keyed;

    begin(64);
    room_set(&r, "retry", "t", "max_attempts", "2");
    room_set(&r, "pipeline", "t", "policies", "retry");
    keyed = keyed_of("pipeline", 3);
    ck_assert_int_eq(seawall_keyed_pipeline(keyed, "a", &pipeline, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_registry_listen(r.registry, calls_what_is_gone, pipeline), SEAWALL_OK);
    log_text[0] = '\0';
    ck_assert_int_eq(seawall_call(pipeline, failing, NULL, NULL), SEAWALL_FAILED);
    ck_assert_int_eq(seawall_keyed_remove(keyed, "a"), SEAWALL_OK);
    ck_assert_str_eq(log_text, "4:keyed/t:a retry_scheduled 5:keyed/t:a retry_gave_up 6:keyed/t:a gone");
    seawall_pipeline_destroy(pipeline);
    seawall_keyed_destroy(keyed);
    room_fini(&r);
}
END_TEST

START_TEST(what_is_gone_has_no_keys)
{
    seawall_breaker *held;
    seawall_keyed *keyed;

    begin(64);
    keyed = keyed_of("circuit_breaker", 3);
    trip(keyed, "a");
    held = breaker_for(keyed, "a");
    ck_assert_int_eq(seawall_registry_remove(r.registry, "keyed", "t"), SEAWALL_OK);
    ck_assert_int_eq(seawall_breaker_close(held), SEAWALL_OK);
    trip(keyed, "b");
    ck_assert_int_eq(seawall_keyed_remove(keyed, "a"), SEAWALL_OK);
    ck_assert_int_eq(poll_all(), 0);
    ck_assert_str_eq(log_text, "3:keyed/t:a 0>3 4:keyed/t gone");
    seawall_registry_destroy(r.registry);
    ck_assert_int_eq(seawall_breaker_force_open(held, SEAWALL_FOREVER), SEAWALL_OK);
    seawall_keyed_destroy(keyed);
    seawall_breaker_destroy(held);
    sw_test_platform_fini(&r.test);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("key events");

    tcase_add_test(tests, keys_are_told_of_by_name);
    tcase_add_test(tests, a_flood_of_keys_makes_no_events);
    tcase_add_test(tests, a_keys_pipeline_tells_what_it_decides);
    tcase_add_test(tests, the_end_of_a_key_is_the_last);
    tcase_add_test(tests, what_is_gone_has_no_keys);
    return sw_test_run("key events", tests);
}
