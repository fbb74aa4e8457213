/* The breaker of a check that was removed stayed held open until the function of the check returned, if it ever did. */
#include "../unit/health/health_fixture.h"
#include "one_test.h"

static set s;
static seawall_registry *registry;
static bool removes;

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

/* Within the function the run goes on, as it does for as long as a function hangs. */
static seawall_health_status look(seawall_health_run *run, void *user)
{
    (void)run;
    (void)user;
    if (removes) {
        ck_assert_int_eq(state_of_breaker(), SEAWALL_BREAKER_FORCED_OPEN);
        ck_assert_int_eq(seawall_health_unregister(s.health, "x"), SEAWALL_OK);
        ck_assert_int_ne(state_of_breaker(), SEAWALL_BREAKER_FORCED_OPEN);
    }
    return SEAWALL_HEALTH_FAIL;
}

START_TEST(it_is_let_go)
{
    static const char text[] = "[circuit_breaker \"b\"]\n[health_check \"x\"]\ncircuit_breaker = b\nhold_breaker = true\n"
                               "failure_threshold = 1\n";
    seawall_health_binding binding = SEAWALL_HEALTH_BINDING_INIT;

    set_up(&s);
    ck_assert_int_eq(seawall_registry_create(NULL, &s.test.platform, &registry, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_registry_load_text(registry, text, sizeof(text) - 1, "t", NULL, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_registry_connect_health(registry, s.health, NULL), SEAWALL_OK);
    binding.function = look;
    ck_assert_int_eq(seawall_health_bind(s.health, "x", &binding, NULL), SEAWALL_OK);
    poll_for(&s, 0);
    ck_assert_int_eq(state_of_breaker(), SEAWALL_BREAKER_FORCED_OPEN);
    removes = true;
    poll_for(&s, S(60));
    ck_assert_int_eq(seawall_health_count(s.health), 0);
    seawall_registry_destroy(registry);
    tear_down(&s);
}
END_TEST

int main(void)
{
    return one_test("regress/breaker_of_the_removed", it_is_let_go);
}
