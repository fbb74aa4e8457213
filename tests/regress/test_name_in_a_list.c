/*
 * The bytes of a name in a list of policies were not looked at: one with a line end spoiled the page of metrics, what the
 * registry printed could not be read again, and its objects could be neither asked for nor removed.
 */
#include <string.h>

#include <seawall/seawall.h>

#include "one_test.h"
#include "support.h"

static const char *const wrong[] = {
    "circuit_breaker \"a\nb\"", "bulkhead \"a\", retry \"\xff\"", "timeout \"a\tb\"", "retry \"\x7f\"",
    "retry \"\xc0\x80\"", "retry \"a\\b\"",
};

START_TEST(a_name_is_a_name_everywhere)
{
    seawall_registry *registry;
    char page[8192];
    size_t i;

    ck_assert_int_eq(seawall_registry_create(NULL, NULL, &registry, NULL), SEAWALL_OK);
    for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        seawall_pipeline *pipeline = NULL;
        seawall_keyed *keyed = NULL;
        seawall_error error = {0};

        ck_assert_int_eq(seawall_registry_pipeline(registry, "p", wrong[i], &pipeline, NULL, &error), SEAWALL_INVALID);
        ck_assert_str_eq(error.key, "pipeline.policies");
        ck_assert_int_eq(seawall_registry_set(registry, "pipeline", "q", "policies", wrong[i], NULL), SEAWALL_OK);
        ck_assert_int_eq(seawall_registry_pipeline(registry, "q", NULL, &pipeline, NULL, NULL), SEAWALL_INVALID);
        ck_assert_int_eq(seawall_registry_keyed(registry, "k", NULL, wrong[i], &keyed, NULL, NULL), SEAWALL_INVALID);
    }
    ck_assert_int_eq(seawall_registry_count(registry), 0);
    ck_assert_int_eq(seawall_metrics_render(registry, page, sizeof(page), NULL), SEAWALL_OK);
    ck_assert_str_eq(page, "");
    seawall_registry_destroy(registry);
}
END_TEST

int main(void)
{
    return one_test("regress/name_in_a_list", a_name_is_a_name_everywhere);
}
