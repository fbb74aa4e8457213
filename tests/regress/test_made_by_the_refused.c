/*
 * A reload that was refused when its objects were made had noted already which of those that there were had sections of it. What
 * a pipeline had brought along was called named no longer by the next good file, and had its settings no more.
 */
#include <string.h>

#include <seawall/seawall.h>

#include "one_test.h"
#include "support.h"

static char changes[1024]; /* of the last reload */

static void told(const seawall_change *change, void *user)
{
    (void)user;
    (void)strncat(changes, change->text, sizeof(changes) - strlen(changes) - 1);
}

static seawall_status reload(seawall_registry *registry, const char *text)
{
    seawall_loader_config config = SEAWALL_LOADER_CONFIG_INIT;

    config.change = told;
    changes[0] = '\0';
    return seawall_registry_reload_text(registry, text, strlen(text), "t", &config, NULL);
}

START_TEST(a_refused_file_changes_nothing)
{
    static const char good[] = "[pipeline \"p\"]\npolicies = retry\n";
    /* Too many runs side by side: that is seen when the pipeline is made. */
    static const char bad[] = "[pipeline \"p\"]\npolicies = retry\n[retry \"p\"]\nmax_attempts = 3\n"
                              "[hedge \"a\"]\nmax_hedges = 15\n[hedge \"b\"]\nmax_hedges = 15\n[hedge \"c\"]\nmax_hedges = 15\n"
                              "[pipeline \"q\"]\npolicies = hedge \"a\", hedge \"b\", hedge \"c\"\n";
    seawall_registry *registry;

    ck_assert_int_eq(seawall_registry_create(NULL, NULL, &registry, NULL), SEAWALL_OK);
    ck_assert_int_eq(reload(registry, good), SEAWALL_OK);
    ck_assert_int_eq(reload(registry, bad), SEAWALL_INVALID);
    ck_assert_int_eq(reload(registry, good), SEAWALL_OK);
    ck_assert_str_eq(changes, "");
    ck_assert_int_eq(reload(registry, "[retry]\nmax_attempts = 9\n[pipeline \"p\"]\npolicies = retry\n"), SEAWALL_OK);
    ck_assert_str_eq(changes, "[retry \"p\"] max_attempts: 3 -> 9");
    /* A section of a file that holds is told of when it goes. */
    ck_assert_int_eq(reload(registry, "[retry \"p\"]\n[pipeline \"p\"]\npolicies = retry\n"), SEAWALL_OK);
    ck_assert_str_eq(changes, "[retry \"p\"] max_attempts: 9 -> 3");
    ck_assert_int_eq(reload(registry, ""), SEAWALL_OK);
    ck_assert_str_eq(changes, "[pipeline \"p\"]: named no longer, gone[retry \"p\"]: named no longer, gone");
    seawall_registry_destroy(registry);
}
END_TEST

int main(void)
{
    return one_test("regress/made_by_the_refused", a_refused_file_changes_nothing);
}
