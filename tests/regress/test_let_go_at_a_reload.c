/*
 * Connecting a registry with checks once more, as after each reload, let a breaker go for a moment that a failing check held
 * open: calls passed to what was known to be down. What somebody had decided about the breaker meanwhile was undone as well.
 */
#include "../unit/health/health_fixture.h"
#include "one_test.h"

static set s;
static seawall_registry *registry;
static seawall_breaker *breaker;

static seawall_health_status look(seawall_health_run *run, void *user)
{
    (void)run;
    (void)user;
    return SEAWALL_HEALTH_FAIL;
}

static seawall_breaker_snapshot seen(void)
{
    seawall_breaker_snapshot snapshot = SEAWALL_BREAKER_SNAPSHOT_INIT;

    seawall_manual_clock_advance(s.test.clock, MS(2)); /* until one that was let go is seen to be */
    ck_assert_int_eq(seawall_breaker_get_snapshot(breaker, &snapshot), SEAWALL_OK);
    return snapshot;
}

static void load(const char *text)
{
    seawall_error error;

    ck_assert_msg(seawall_registry_reload_text(registry, text, strlen(text), "t", NULL, &error) == SEAWALL_OK, "%s",
                  error.message);
    ck_assert_int_eq(seawall_registry_connect_health(registry, s.health, NULL), SEAWALL_OK);
}

#define HELD "[circuit_breaker \"b\"]\n[health_check \"x\"]\nfailure_threshold = 1\nhold_breaker = "

START_TEST(it_is_held_through_a_reload)
{
    seawall_health_binding binding = SEAWALL_HEALTH_BINDING_INIT;
    uint64_t epoch;

    set_up(&s);
    ck_assert_int_eq(seawall_registry_create(NULL, &s.test.platform, &registry, NULL), SEAWALL_OK);
    load(HELD "on\ncircuit_breaker = b\n");
    binding.function = look;
    ck_assert_int_eq(seawall_health_bind(s.health, "x", &binding, NULL), SEAWALL_OK);
    poll_for(&s, 0);
    ck_assert_int_eq(seawall_registry_breaker(registry, "b", NULL, &breaker, NULL, NULL), SEAWALL_OK);
    ck_assert_int_eq(seen().state, SEAWALL_BREAKER_FORCED_OPEN);
    epoch = seen().epoch;
    load(HELD "on\ncircuit_breaker = b\n");
    ck_assert_int_eq(seen().state, SEAWALL_BREAKER_FORCED_OPEN);
    ck_assert_uint_eq(seen().epoch, epoch); /* nor was it anything else meanwhile */
    ck_assert_int_eq(seawall_breaker_disable(breaker), SEAWALL_OK);
    load(HELD "on\ncircuit_breaker = b\n");
    poll_for(&s, S(60));
    ck_assert_int_eq(seen().state, SEAWALL_BREAKER_DISABLED);
    ck_assert_int_eq(seawall_breaker_force_open(breaker, SEAWALL_FOREVER), SEAWALL_OK);
    load(HELD "off\ncircuit_breaker = b\n"); /* what is not the same takes its place, and lets go of what it holds, not of this */
    ck_assert_int_eq(seen().state, SEAWALL_BREAKER_FORCED_OPEN);
    ck_assert_int_eq(seawall_breaker_close(breaker), SEAWALL_OK);
    load(HELD "on\ncircuit_breaker = b\n");
    ck_assert_int_eq(seen().state, SEAWALL_BREAKER_FORCED_OPEN);
    load(HELD "off\ncircuit_breaker = b\n");
    ck_assert_int_eq(seen().state, SEAWALL_BREAKER_HALF_OPEN);
    seawall_breaker_destroy(breaker);
    seawall_registry_destroy(registry);
    tear_down(&s);
}
END_TEST

int main(void)
{
    return one_test("regress/let_go_at_a_reload", it_is_held_through_a_reload);
}
