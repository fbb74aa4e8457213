/*
 * A check of a file had a target, and the program bound a function of its own to it: from then on its settings could not be given
 * again, so that neither a reload's connect nor a reconfigure with the very same settings went through.
 */
#include "../unit/health/health_fixture.h"
#include "one_test.h"

static set s;
static int looked;

static seawall_health_status look(seawall_health_run *run, void *user)
{
    (void)run;
    (void)user;
    looked++;
    return SEAWALL_HEALTH_PASS;
}

START_TEST(it_is_configured_again)
{
    static const char text[] = "[health_check \"x\"]\ncheck = connection_test\ntarget = 127.0.0.1:1\ninterval = 5s\n";
    static const char later[] = "[health_check \"x\"]\ncheck = connection_test\ntarget = 127.0.0.1:1\ninterval = 9s\n";
    seawall_health_binding binding = SEAWALL_HEALTH_BINDING_INIT;
    seawall_registry *registry;
    seawall_error error;

    set_up(&s);
    ck_assert_int_eq(seawall_registry_create(NULL, &s.test.platform, &registry, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_registry_load_text(registry, text, sizeof(text) - 1, "t", NULL, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_registry_connect_health(registry, s.health, NULL), SEAWALL_OK);
    binding.function = look;
    ck_assert_int_eq(seawall_health_bind(s.health, "x", &binding, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_registry_reload_text(registry, later, sizeof(later) - 1, "t", NULL, NULL), SEAWALL_OK);
    ck_assert_msg(seawall_registry_connect_health(registry, s.health, &error) == SEAWALL_OK, "%s", error.message);
    poll_for(&s, S(60));
    ck_assert_int_gt(looked, 1); /* its function is still the one that looks */
    seawall_registry_destroy(registry);
    tear_down(&s);
}
END_TEST

int main(void)
{
    return one_test("regress/bound_in_place_of_a_target", it_is_configured_again);
}
