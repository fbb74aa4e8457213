/*
 * Checks were connected a second time, as after a reload, by giving the breaker a new listener before the old one was taken away.
 * It has room for eight: with more than four checks on one breaker every reload was refused.
 */
#include "../unit/health/health_fixture.h"
#include "one_test.h"

static set s;
static seawall_registry *registry;

/* Checks number `from` and on, on one breaker. */
static seawall_status becomes(int from, int count, bool hold)
{
    char text[2048] = "[circuit_breaker \"b\"]\n";
    seawall_error error;
    int i;

    for (i = from; i < from + count; i++)
        (void)snprintf(text + strlen(text), sizeof(text) - strlen(text),
                       "[health_check \"%d\"]\nfailure_threshold = 1\ncircuit_breaker = b\nhold_breaker = %s\n", i,
                       hold ? "on" : "off");
    ck_assert_int_eq(seawall_registry_reload_text(registry, text, strlen(text), "t", NULL, NULL), SEAWALL_OK);
    return seawall_registry_connect_health(registry, s.health, &error);
}

static seawall_health_status look(seawall_health_run *run, void *user)
{
    (void)run;
    (void)user;
    return SEAWALL_HEALTH_FAIL;
}

static void bind(const char *name)
{
    seawall_health_binding binding = SEAWALL_HEALTH_BINDING_INIT;

    binding.function = look;
    ck_assert_int_eq(seawall_health_bind(s.health, name, &binding, NULL), SEAWALL_OK);
}

static seawall_breaker_state state_of_breaker(void)
{
    seawall_breaker_snapshot seen = SEAWALL_BREAKER_SNAPSHOT_INIT;
    seawall_breaker *breaker;

    seawall_manual_clock_advance(s.test.clock, MS(2)); /* until one that was let go is seen to be */
    ck_assert_int_eq(seawall_registry_breaker(registry, "b", NULL, &breaker, NULL, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_breaker_get_snapshot(breaker, &seen), SEAWALL_OK);
    seawall_breaker_destroy(breaker);
    return seen.state;
}

START_TEST(they_are_connected_again)
{
    set_up(&s);
    ck_assert_int_eq(seawall_registry_create(NULL, &s.test.platform, &registry, NULL), SEAWALL_OK);
    ck_assert_int_eq(becomes(0, 8, false), SEAWALL_OK);
    ck_assert_int_eq(becomes(0, 8, false), SEAWALL_OK);
    ck_assert_int_eq(becomes(0, 8, true), SEAWALL_OK);
    bind("7");
    poll_for(&s, S(5));
    ck_assert_int_eq(state_of_breaker(), SEAWALL_BREAKER_FORCED_OPEN);
    ck_assert_int_eq(becomes(1, 8, true), SEAWALL_OK); /* one goes, another one comes */
    ck_assert_int_eq(seawall_health_count(s.health), 8);
    ck_assert_int_eq(state_of_breaker(), SEAWALL_BREAKER_FORCED_OPEN);
    ck_assert_int_eq(seawall_health_unregister(s.health, "7"), SEAWALL_OK);
    bind("8");
    poll_for(&s, S(5));
    ck_assert_int_eq(state_of_breaker(), SEAWALL_BREAKER_FORCED_OPEN); /* the new one goes along with it as well */
    ck_assert_int_eq(becomes(3, 9, true), SEAWALL_FULL); /* that many there cannot be: all is as it was */
    ck_assert_int_eq(seawall_health_count(s.health), 7);
    ck_assert_int_eq(becomes(3, 8, true), SEAWALL_OK);
    ck_assert_int_eq(seawall_health_count(s.health), 8);
    seawall_registry_destroy(registry);
    tear_down(&s);
}
END_TEST

int main(void)
{
    return one_test("regress/eight_on_one_breaker", they_are_connected_again);
}
