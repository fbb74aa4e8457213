/*
 * A child forked while a thread of its parent told a breaker of its check never got rid of what connects the two: the breaker was
 * held open for good once the check was removed, and went on telling a set of checks that was gone.
 */
#include <string.h>

#include "held.h"
#include "one_test.h"
#include "support.h"

static seawall_registry *registry;
static seawall_health *health;
static seawall_breaker *breaker;
static seawall_health_status answer;
static seawall_time start;

static seawall_health_status look(seawall_health_run *run, void *user)
{
    (void)run;
    (void)user;
    return answer;
}

/* At the second `at`, to which nothing but the host's time is moved on. */
static bool find(seawall_health_status status, int at)
{
    seawall_time next;

    answer = status;
    return seawall_health_poll_at(health, start + SEAWALL_SECONDS(10 * (int64_t)at), &next) == SEAWALL_OK;
}

static bool is(seawall_breaker_state state)
{
    seawall_breaker_snapshot seen = SEAWALL_BREAKER_SNAPSHOT_INIT;

    return seawall_breaker_get_snapshot(breaker, &seen) == SEAWALL_OK && seen.state == state;
}

static void change(void *arg)
{
    (void)arg;
    (void)find(SEAWALL_HEALTH_FAIL, 1);
    (void)find(SEAWALL_HEALTH_PASS, 2);
    (void)find(SEAWALL_HEALTH_FAIL, 3);
}

static void nothing(const seawall_breaker_transition *transition, void *user)
{
    (void)transition;
    (void)user;
}

static bool child(void *arg)
{
    int places = 0;

    (void)arg;
    if (!find(SEAWALL_HEALTH_FAIL, 4) || !is(SEAWALL_BREAKER_FORCED_OPEN))
        return false;
    if (!find(SEAWALL_HEALTH_PASS, 5) || is(SEAWALL_BREAKER_FORCED_OPEN))
        return false;
    if (!find(SEAWALL_HEALTH_FAIL, 6) || !is(SEAWALL_BREAKER_FORCED_OPEN))
        return false;
    if (seawall_health_unregister(health, "x") != SEAWALL_OK || is(SEAWALL_BREAKER_FORCED_OPEN))
        return false;
    while (seawall_breaker_add_listener(breaker, nothing, NULL) == SEAWALL_OK)
        places++;
    return places == SEAWALL_BREAKER_LISTENERS_MAX;
}

static bool held_once(int nth)
{
    static const char text[] = "[circuit_breaker \"b\"]\n[health_check \"x\"]\ncircuit_breaker = b\nhold_breaker = on\n"
                               "failure_threshold = 1\njitter = 0\n";
    seawall_health_binding binding = SEAWALL_HEALTH_BINDING_INIT;
    static held h;
    bool here;

    held_init(&h);
    start = seawall_platform_now(NULL);
    ck_assert_int_eq(seawall_registry_create(NULL, &h.platform, &registry, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_health_create(NULL, &h.platform, &health, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_registry_load_text(registry, text, sizeof(text) - 1, "t", NULL, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_registry_connect_health(registry, health, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_registry_breaker(registry, "b", NULL, &breaker, NULL, NULL), SEAWALL_OK);
    binding.function = look;
    ck_assert_int_eq(seawall_health_bind(health, "x", &binding, NULL), SEAWALL_OK);
    here = held_begin(&h, nth, change, NULL);
    if (here)
        sw_test_in_child(child, NULL);
    held_end(&h);
    seawall_health_destroy(health);
    seawall_breaker_destroy(breaker);
    seawall_registry_destroy(registry);
    return here;
}

START_TEST(a_child_lets_go)
{
    int nth = 0;

    while (held_once(nth))
        nth++;
    ck_assert_int_gt(nth, 5);
}
END_TEST

int main(void)
{
    return one_test("regress/forked_while_held", a_child_lets_go);
}
