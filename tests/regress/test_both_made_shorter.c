/*
 * A reload that made an endpoint's interval and a check's timeout shorter was refused when the checks were connected again, for
 * ever: the endpoint was judged with the check as it was before. So was one that made a check's timeout and its endpoint longer.
 */
#include "../unit/health/health_fixture.h"
#include "one_test.h"

static set s;
static seawall_registry *registry;

static void becomes(const char *text)
{
    seawall_error error;

    ck_assert_msg(seawall_registry_reload_text(registry, text, strlen(text), "t", NULL, &error) == SEAWALL_OK, "%s",
                  error.message);
    ck_assert_msg(seawall_registry_connect_health(registry, s.health, &error) == SEAWALL_OK, "%s", error.message);
}

static void has(const char *name, seawall_duration interval, seawall_duration timeout)
{
    ck_assert_int_eq(look_at(&s, name).interval, interval);
    ck_assert_int_eq(look_at(&s, name).timeout, timeout);
}

#define READY(interval, timeout) "[health_endpoint \"/health/ready\"]\ninterval = " interval "\ntimeout = " timeout "\n"

START_TEST(they_are_judged_together)
{
    set_up(&s);
    ck_assert_int_eq(seawall_registry_create(NULL, &s.test.platform, &registry, NULL), SEAWALL_OK);
    becomes(READY("10s", "9s") "[health_check \"x\"]\ntimeout = 8s\n[health_check \"y\"]\n");
    has("x", S(10), S(8));
    has("y", S(10), S(9));
    becomes(READY("5s", "3s") "[health_check \"x\"]\ntimeout = 4s\n[health_check \"y\"]\n");
    has("x", S(5), S(4));
    has("y", S(5), S(3));
    becomes(READY("20s", "7s") "[health_check \"x\"]\ntimeout = 15s\n[health_check \"y\"]\n");
    has("x", S(20), S(15));
    has("y", S(20), S(7));
    /* An endpoint that a check no longer feeds is none of its business. */
    becomes(READY("2s", "1s") "[health_check \"x\"]\ntimeout = 15s\nready = off\ninterval = 15s\n[health_check \"y\"]\n");
    has("x", S(15), S(15));
    has("y", S(2), S(1));
    seawall_registry_destroy(registry);
    tear_down(&s);
}
END_TEST

int main(void)
{
    return one_test("regress/both_made_shorter", they_are_judged_together);
}
