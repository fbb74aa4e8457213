/*
 * A breaker that opened while its check was just looking at it made nothing due, as a run went on: the check told for a whole
 * interval what it had seen before.
 */
#include <pthread.h>

#include "../unit/health/health_fixture.h"
#include "one_test.h"

static set s;
static seawall_breaker *breaker;
static bool trips;
static int runs;

static void *trip(void *user)
{
    (void)user;
    (void)seawall_breaker_force_open(breaker, SEAWALL_FOREVER);
    return NULL;
}

static seawall_health_status look(seawall_health_run *run, void *user)
{
    seawall_breaker_snapshot seen = SEAWALL_BREAKER_SNAPSHOT_INIT;
    pthread_t thread;

    (void)run;
    (void)user;
    runs++;
    ck_assert_int_eq(seawall_breaker_get_snapshot(breaker, &seen), SEAWALL_OK);
    if (trips) {
        trips = false;
        ck_assert_int_eq(pthread_create(&thread, NULL, trip, NULL), 0);
        ck_assert_int_eq(pthread_join(thread, NULL), 0);
    }
    return seen.state == SEAWALL_BREAKER_CLOSED ? SEAWALL_HEALTH_PASS : SEAWALL_HEALTH_FAIL;
}

START_TEST(it_looks_again)
{
    static const char text[] = "[circuit_breaker \"b\"]\n[health_check \"x\"]\ncheck = source\ncircuit_breaker = b\n"
                               "interval = 10s\njitter = 0\nfailure_threshold = 1\n";
    seawall_health_binding binding = SEAWALL_HEALTH_BINDING_INIT;
    seawall_registry *registry;

    set_up(&s);
    ck_assert_int_eq(seawall_registry_create(NULL, &s.test.platform, &registry, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_registry_load_text(registry, text, sizeof(text) - 1, "t", NULL, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_registry_connect_health(registry, s.health, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_registry_breaker(registry, "b", NULL, &breaker, NULL, NULL), SEAWALL_OK);
    binding.function = look;
    ck_assert_int_eq(seawall_health_bind(s.health, "x", &binding, NULL), SEAWALL_OK);
    poll_for(&s, 0);
    ck_assert_int_eq(runs, 1);
    ck_assert_int_eq(seawall_health_check_now(s.health, "x"), SEAWALL_OK);
    trips = true;
    poll_for(&s, 0);
    ck_assert_int_eq(runs, 3);
    ck_assert_int_eq(look_at(&s, "x").status, SEAWALL_HEALTH_FAIL);
    poll_for(&s, S(9));
    ck_assert_int_eq(runs, 3); /* once */
    seawall_breaker_destroy(breaker);
    seawall_registry_destroy(registry);
    tear_down(&s);
}
END_TEST

int main(void)
{
    return one_test("regress/tripped_during_a_look", it_looks_again);
}
