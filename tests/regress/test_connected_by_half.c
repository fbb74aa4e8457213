/*
 * A set of checks refused what a registry knew, and not all was as before: an endpoint could not get its old settings back while
 * a check still had its new ones, so that both kept what belonged to the refused.
 */
#include "../unit/health/health_fixture.h"
#include "one_test.h"

static seawall_registry *registry;
static set s;

static seawall_status becomes(const char *text)
{
    ck_assert_int_eq(seawall_registry_reload_text(registry, text, strlen(text), "t", NULL, NULL), SEAWALL_OK);
    return seawall_registry_connect_health(registry, s.health, NULL);
}

#define READY(interval) "[health_endpoint \"/health/ready\"]\ninterval = " interval "\ntimeout = 3s\n"

START_TEST(nothing_is_another)
{
    seawall_health_config config = SEAWALL_HEALTH_CONFIG_INIT;

    set_up(&s);
    seawall_health_destroy(s.health);
    config.max_checks = 2;
    ck_assert_int_eq(seawall_health_create(&config, &s.test.platform, &s.health, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_registry_create(NULL, &s.test.platform, &registry, NULL), SEAWALL_OK);
    ck_assert_int_eq(becomes(READY("5s") "[health_check \"x\"]\ntimeout = 4s\n[health_check \"y\"]\n"), SEAWALL_OK);
    ck_assert_int_eq(becomes(READY("10s") "[health_check \"x\"]\ntimeout = 8s\n[health_check \"y\"]\n[health_check \"z\"]\n"),
                     SEAWALL_FULL);
    ck_assert_int_eq(seawall_health_count(s.health), 2);
    ck_assert_int_eq(look_at(&s, "x").timeout, S(4));
    ck_assert_int_eq(look_at(&s, "x").interval, S(5));
    ck_assert_int_eq(look_at(&s, "y").interval, S(5));
    /* Where one goes there is room for another one. */
    ck_assert_int_eq(becomes(READY("10s") "[health_check \"x\"]\ntimeout = 8s\n[health_check \"z\"]\n"), SEAWALL_OK);
    ck_assert_int_eq(look_at(&s, "x").timeout, S(8));
    ck_assert_int_eq(look_at(&s, "z").interval, S(10));
    seawall_registry_destroy(registry);
    tear_down(&s);
}
END_TEST

int main(void)
{
    return one_test("regress/connected_by_half", nothing_is_another);
}
