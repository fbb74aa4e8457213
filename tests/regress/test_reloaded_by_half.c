/*
 * A reload that allowed more keyed instances asked for memory when all the rest was in force already: where there was none, it
 * answered OK, and had changed some objects and not others.
 */
#include <string.h>

#include "one_test.h"
#include "support.h"

static const char few[] = "[circuit_breaker \"a\"]\nfailure_threshold = 2\n[rate_limiter \"t\"]\nrate = 2\n"
                          "[keyed \"k\"]\ninstance = rate_limiter \"t\"\nmax_instances = 10\n";
static const char many[] = "[circuit_breaker \"a\"]\nfailure_threshold = 3\n[rate_limiter \"t\"]\nrate = 3\n"
                           "[keyed \"k\"]\ninstance = rate_limiter \"t\"\nmax_instances = 1000\n";

static void says(seawall_registry *registry, const char *kind, const char *name, const char *key, const char *value)
{
    char text[64];

    ck_assert_int_eq(seawall_registry_describe(registry, kind, name, key, text, sizeof(text), NULL, NULL), SEAWALL_OK);
    ck_assert_str_eq(text, value);
}

static void is_as(seawall_registry *registry, bool after)
{
    says(registry, "circuit_breaker", "a", "failure_threshold", after ? "3" : "2");
    says(registry, "rate_limiter", "t", "rate", after ? "3" : "2");
    says(registry, "keyed", "k", "max_instances", after ? "1000" : "10");
}

static seawall_status reload_once(const seawall_platform *platform, void *arg, seawall_error *error)
{
    seawall_registry *registry;
    seawall_status status = seawall_registry_create(NULL, platform, &registry, error);

    (void)arg;
    if (status != SEAWALL_OK)
        return status;
    status = seawall_registry_load_text(registry, few, sizeof(few) - 1, "t", NULL, error);
    if (status == SEAWALL_OK) {
        is_as(registry, false);
        status = seawall_registry_reload_text(registry, many, sizeof(many) - 1, "t", NULL, error);
        is_as(registry, status == SEAWALL_OK);
    }
    seawall_registry_destroy(registry);
    return status;
}

START_TEST(all_of_it_changes_or_nothing)
{
    ck_assert_int_ge(sw_test_sweep(reload_once, NULL), 30);
}
END_TEST

int main(void)
{
    return one_test("regress/reloaded_by_half", all_of_it_changes_or_nothing);
}
