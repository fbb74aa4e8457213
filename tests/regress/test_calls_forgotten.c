/*
 * A file that said the same as a call took its place, so that the next file, which did not say it, left the library's default:
 * what the program had set of a kind or a name was lost for good.
 */
#include <string.h>

#include <seawall/seawall.h>

#include "one_test.h"
#include "support.h"

static seawall_registry *registry;

static void set(const char *name, const char *key, const char *value)
{
    ck_assert_int_eq(seawall_registry_set(registry, "retry", name, key, value, NULL), SEAWALL_OK);
}

static void reload(const char *text)
{
    ck_assert_int_eq(seawall_registry_reload_text(registry, text, strlen(text), "t", NULL, NULL), SEAWALL_OK);
}

static void is(const char *name, const char *key, const char *value, seawall_origin_kind from)
{
    seawall_origin origin = {.size = sizeof(origin)};
    char text[64];

    ck_assert_int_eq(seawall_registry_describe(registry, "retry", name, key, text, sizeof(text), NULL, &origin), SEAWALL_OK);
    ck_assert_str_eq(text, value);
    ck_assert_int_eq(origin.kind, from);
}

static void of_the_first_file(void)
{
    static const char text[] = "[retry]\nmax_attempts = 2\n[retry \"x\"]\nmax_delay = 22s\n";

    ck_assert_int_eq(seawall_registry_load_text(registry, text, sizeof(text) - 1, "t", NULL, NULL), SEAWALL_OK);
    is("x", "max_attempts", "2", SEAWALL_ORIGIN_FILE);
    is("x", "max_delay", "22s", SEAWALL_ORIGIN_FILE);
    reload("[retry \"x\"]\n");
    is("x", "max_attempts", "7", SEAWALL_ORIGIN_CALL);
    is("x", "max_delay", "77s", SEAWALL_ORIGIN_CALL);
}

static void of_every_other(void)
{
    reload("[retry \"x\"]\nmax_attempts = 4\nmax_delay = 44s\n");
    is("x", "max_attempts", "4", SEAWALL_ORIGIN_FILE);
    is("x", "max_delay", "44s", SEAWALL_ORIGIN_FILE);
    reload("[retry \"x\"]\n");
    is("x", "max_attempts", "7", SEAWALL_ORIGIN_CALL);
    is("x", "max_delay", "77s", SEAWALL_ORIGIN_CALL);
}

/* Of two the file's counts, whoever came later; and a call takes the place of a call. */
static void of_a_later_call(void)
{
    seawall_retry *retry;

    reload("[retry]\nmax_attempts = 2\n[retry \"x\"]\n");
    set(NULL, "max_attempts", "8");
    set(NULL, "max_attempts", "9");
    set("y", "max_delay", "99s");
    ck_assert_int_eq(seawall_registry_retry(registry, "z", NULL, &retry, NULL, NULL), SEAWALL_OK);
    seawall_retry_destroy(retry);
    is("z", "max_attempts", "2", SEAWALL_ORIGIN_FILE);
    reload("[retry]\nmax_attempts = 2\n[retry \"x\"]\n[retry \"y\"]\nmax_delay = 22s\n");
    is("y", "max_attempts", "2", SEAWALL_ORIGIN_FILE);
    is("y", "max_delay", "22s", SEAWALL_ORIGIN_FILE);
    reload("[retry \"x\"]\n[retry \"y\"]\n");
    is("y", "max_attempts", "9", SEAWALL_ORIGIN_CALL);
    is("y", "max_delay", "99s", SEAWALL_ORIGIN_CALL);
}

START_TEST(what_calls_set_outlives_files)
{
    ck_assert_int_eq(seawall_registry_create(NULL, NULL, &registry, NULL), SEAWALL_OK);
    set(NULL, "max_attempts", "7");
    set("x", "max_delay", "77s");
    of_the_first_file();
    of_every_other();
    of_a_later_call();
    seawall_registry_destroy(registry);
}
END_TEST

int main(void)
{
    return one_test("regress/calls_forgotten", what_calls_set_outlives_files);
}
