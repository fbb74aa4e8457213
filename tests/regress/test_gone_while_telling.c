/* While breakers were held a check was removed; the next one moved into its place, and its breaker was left out. */
#include "../unit/health/health_fixture.h"
#include "one_test.h"

static set s;

static void removes(const seawall_breaker_transition *transition, void *user)
{
    (void)user;
    if (transition->to == SEAWALL_BREAKER_FORCED_OPEN)
        (void)seawall_health_unregister(s.health, "a");
}

static seawall_breaker *breaker_of(seawall_registry *registry, const char *name)
{
    seawall_breaker *breaker;

    ck_assert_int_eq(seawall_registry_breaker(registry, name, NULL, &breaker, NULL, NULL), SEAWALL_OK);
    return breaker;
}

START_TEST(none_is_left_out)
{
    static const char text[] = "[circuit_breaker \"a\"]\n[circuit_breaker \"b\"]\n"
                               "[health_check \"a\"]\ncircuit_breaker = a\nhold_breaker = true\nfailure_threshold = 1\n"
                               "[health_check \"b\"]\ncircuit_breaker = b\nhold_breaker = true\nfailure_threshold = 1\n";
    seawall_breaker_snapshot seen = SEAWALL_BREAKER_SNAPSHOT_INIT;
    script orders = {.answer = SEAWALL_HEALTH_FAIL};
    seawall_health_binding binding = bind_to(&orders);
    seawall_registry *registry;
    seawall_breaker *a, *b;

    set_up(&s);
    ck_assert_int_eq(seawall_registry_create(NULL, &s.test.platform, &registry, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_registry_load_text(registry, text, sizeof(text) - 1, "t", NULL, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_registry_connect_health(registry, s.health, NULL), SEAWALL_OK);
    a = breaker_of(registry, "a");
    b = breaker_of(registry, "b");
    ck_assert_int_eq(seawall_breaker_add_listener(a, removes, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_health_bind(s.health, "a", &binding, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_health_bind(s.health, "b", &binding, NULL), SEAWALL_OK);
    poll_for(&s, 0);
    ck_assert_int_eq(seawall_health_count(s.health), 1);
    ck_assert_int_eq(seawall_breaker_get_snapshot(b, &seen), SEAWALL_OK);
    ck_assert_int_eq(seen.state, SEAWALL_BREAKER_FORCED_OPEN);
    seawall_breaker_destroy(a);
    seawall_breaker_destroy(b);
    seawall_registry_destroy(registry);
    tear_down(&s);
}
END_TEST

int main(void)
{
    return one_test("regress/gone_while_telling", none_is_left_out);
}
