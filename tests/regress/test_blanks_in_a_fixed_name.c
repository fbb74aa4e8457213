/*
 * Where a kind has names of its own, one with a blank beside it was taken, for instance "low ": it had no effect, and an endpoint
 * of such a name kept all checks from being taken over.
 */
#include <stdio.h>
#include <string.h>

#include <seawall/seawall.h>

#include "one_test.h"
#include "support.h"

static const char *const wrong[] = {
    "low ", " low", "\tlow", "LOW", "/health/live ", " /health/live", "/health/live /health/ready",
};

START_TEST(blanks_are_part_of_a_name)
{
    seawall_registry *registry;
    char text[128];
    size_t i;

    ck_assert_int_eq(seawall_registry_create(NULL, NULL, &registry, NULL), SEAWALL_OK);
    for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        (void)snprintf(text, sizeof(text), "[priority_level \"%s\"]\n", wrong[i]);
        ck_assert_int_eq(seawall_registry_load_text(registry, text, strlen(text), "t", NULL, NULL), SEAWALL_INVALID);
        ck_assert_int_eq(seawall_registry_set(registry, "priority_level", wrong[i], "weight", "3", NULL), SEAWALL_INVALID);
        (void)snprintf(text, sizeof(text), "[health_endpoint \"%s\"]\n", wrong[i]);
        ck_assert_int_eq(seawall_registry_load_text(registry, text, strlen(text), "t", NULL, NULL), SEAWALL_INVALID);
        ck_assert_int_eq(seawall_registry_set(registry, "health_endpoint", wrong[i], "interval", "7s", NULL), SEAWALL_INVALID);
    }
    ck_assert_int_eq(seawall_registry_count(registry), 0);
    ck_assert_int_eq(seawall_registry_set(registry, "priority_level", "low", "weight", "3", NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_registry_set(registry, "health_endpoint", "/health/live", "interval", "7s", NULL), SEAWALL_OK);
    seawall_registry_destroy(registry);
}
END_TEST

int main(void)
{
    return one_test("regress/blanks_in_a_fixed_name", blanks_are_part_of_a_name);
}
