/*
 * Checks were connected on several threads, with others that bind and remove them beside it: one found a check that was not
 * there, and was told that there is one of its name when it put it in; or wrote over what a later reload had said.
 */
#include <pthread.h>
#include <sched.h>
#include <string.h>

#include <seawall/loader.h>

#include "../unit/health/health_fixture.h"
#include "base/atomic.h"
#include "health/health_object.h"
#include "one_test.h"

#define ROUNDS 200

static set s;
static seawall_registry *registry;
static sw_atomic_u32 over;

static seawall_health_status look(seawall_health_run *run, void *user)
{
    (void)run;
    (void)user;
    return SEAWALL_HEALTH_PASS;
}

static void connects(void)
{
    seawall_error error;

    ck_assert_msg(seawall_registry_connect_health(registry, s.health, &error) == SEAWALL_OK, "%s", error.message);
}

static void *connect_on(void *arg)
{
    (void)arg;
    while (sw_load_u32(&over) == 0)
        connects();
    return NULL;
}

/* Whether it finds the checks or not is nobody's business. */
static void *bind_and_remove(void *arg)
{
    seawall_health_binding binding = SEAWALL_HEALTH_BINDING_INIT;

    (void)arg;
    binding.function = look;
    while (sw_load_u32(&over) == 0) {
        if (seawall_health_bind(s.health, "x", &binding, NULL) != SEAWALL_OK)
            (void)sched_yield();
        (void)seawall_health_unregister(s.health, "y");
    }
    return NULL;
}

/* Nobody else says anything: what holds after its own connection is what it said last. */
static void reload_and_look(int32_t round)
{
    char text[512];

    (void)snprintf(text, sizeof(text),
                   "[circuit_breaker \"b\"]\n[health_endpoint \"/health/ready\"]\ninterval = %ds\ntimeout = 1s\n"
                   "[health_check \"x\"]\ncircuit_breaker = b\nhold_breaker = %s\n[health_check \"%s\"]\n[health_check \"%s\"]\n",
                   (int)(1 + round), round % 2 == 0 ? "on" : "off", round % 3 == 0 ? "y" : "v", round % 5 == 0 ? "w" : "z");
    ck_assert_int_eq(seawall_registry_reload_text(registry, text, strlen(text), "t", NULL, NULL), SEAWALL_OK);
    connects();
    ck_assert_int_eq(look_at(&s, "x").interval, S(1 + round));
    ck_assert_int_eq(look_at(&s, round % 5 == 0 ? "w" : "z").interval, S(1 + round));
    ck_assert_int_le(seawall_health_count(s.health), 3);
}

/* --- the same on one thread: what others do comes when a check is being made --- */

static void says(const char *text)
{
    ck_assert_int_eq(seawall_registry_reload_text(registry, text, strlen(text), "t", NULL, NULL), SEAWALL_OK);
}

static seawall_allocate_fn allocate_as_ever;
static int32_t made; /* so many checks until then; below 0: never */

static void move_on(void)
{
    says("[health_endpoint \"/health/ready\"]\ninterval = 8s\n[health_check \"x\"]\n[health_check \"w\"]\n");
}

static void *allocate(size_t size, size_t alignment, void *user)
{
    if (size == sizeof(sw_health_entry) && made-- == 0)
        move_on();
    return allocate_as_ever(size, alignment, user);
}

static void *allocate_and_unregister(size_t size, size_t alignment, void *user)
{
    if (size == sizeof(sw_health_entry) && made-- == 0)
        ck_assert_int_eq(seawall_health_unregister(s.health, "x"), SEAWALL_OK);
    return allocate_as_ever(size, alignment, user);
}

static void begin(seawall_allocate_fn with)
{
    set_up(&s);
    ck_assert_int_eq(seawall_registry_create(NULL, &s.test.platform, &registry, NULL), SEAWALL_OK);
    says("[health_check \"x\"]\n");
    connects();
    made = -1;
    allocate_as_ever = s.test.platform.allocate;
    s.test.platform.allocate = with;
}

static void end(void)
{
    seawall_registry_destroy(registry);
    tear_down(&s);
}

START_TEST(it_is_as_the_registry_has_it_by_then)
{
    begin(allocate);
    says("[health_endpoint \"/health/ready\"]\ninterval = 7s\n[health_check \"x\"]\n[health_check \"y\"]\n");
    made = 0;
    connects();
    ck_assert_int_eq(look_at(&s, "x").interval, S(8));
    ck_assert_int_eq(look_at(&s, "w").interval, S(8));
    ck_assert_int_eq(seawall_health_count(s.health), 2);
    end();
}
END_TEST

START_TEST(what_somebody_removes_meanwhile_is_put_in_again)
{
    begin(allocate_and_unregister);
    says("[health_check \"x\"]\n[health_check \"y\"]\n");
    made = 0;
    connects();
    ck_assert_int_eq(seawall_health_count(s.health), 2);
    end();
}
END_TEST

/* --- and on several --- */

START_TEST(it_is_as_it_was_said_last)
{
    pthread_t threads[3];
    int32_t i;

    set_up(&s);
    ck_assert_int_eq(seawall_registry_create(NULL, &s.test.platform, &registry, NULL), SEAWALL_OK);
    ck_assert_int_eq(pthread_create(&threads[0], NULL, connect_on, NULL), 0);
    ck_assert_int_eq(pthread_create(&threads[1], NULL, connect_on, NULL), 0);
    ck_assert_int_eq(pthread_create(&threads[2], NULL, bind_and_remove, NULL), 0);
    for (i = 0; i < ROUNDS; i++)
        reload_and_look(i);
    sw_store_u32(&over, 1);
    for (i = 0; i < 3; i++)
        ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
    connects();
    ck_assert_int_eq(seawall_health_count(s.health), 3);
    seawall_registry_destroy(registry);
    tear_down(&s);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("regress");

    tcase_set_timeout(tests, 300); /* the sanitizers take their time */
    tcase_add_test(tests, it_is_as_the_registry_has_it_by_then);
    tcase_add_test(tests, what_somebody_removes_meanwhile_is_put_in_again);
    tcase_add_test(tests, it_is_as_it_was_said_last);
    return sw_test_run("regress/connected_by_several", tests);
}
