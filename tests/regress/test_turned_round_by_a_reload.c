/*
 * What a call set after a file was loaded counted more than the file, until a reload of the very same file, by which the file
 * counted more again: objects changed though nobody had said anything new.
 */
#include <string.h>

#include <seawall/seawall.h>

#include "one_test.h"
#include "support.h"

static const char text[] = "[retry]\nmax_attempts = 4\n[retry_budget \"b\"]\n";
static const char *const environment[] = {"SEAWALL__RETRY__MAX_DELAY=44s", NULL};
static seawall_registry *registry;
static seawall_loader_config config = SEAWALL_LOADER_CONFIG_INIT;
static int changes;

static void told(const seawall_change *change, void *user)
{
    (void)change;
    (void)user;
    changes++;
}

static void set(const char *name, const char *key, const char *value)
{
    ck_assert_int_eq(seawall_registry_set(registry, "retry", name, key, value, NULL), SEAWALL_OK);
}

static void make(const char *name)
{
    seawall_retry *retry;

    ck_assert_int_eq(seawall_registry_retry(registry, name, NULL, &retry, NULL, NULL), SEAWALL_OK);
    seawall_retry_destroy(retry);
}

static void is(const char *name, const char *key, const char *value, seawall_origin_kind from)
{
    seawall_origin origin = {.size = sizeof(origin)};
    char has[64];

    ck_assert_int_eq(seawall_registry_describe(registry, "retry", name, key, has, sizeof(has), NULL, &origin), SEAWALL_OK);
    ck_assert_str_eq(has, value);
    ck_assert_int_eq(origin.kind, from);
}

static void reload(const char *file, int expected)
{
    changes = 0;
    ck_assert_int_eq(seawall_registry_reload_text(registry, file, strlen(file), "t", &config, NULL), SEAWALL_OK);
    ck_assert_int_eq(changes, expected);
}

static void the_same_is_in_force(const char *name)
{
    make(name);
    is(name, "max_attempts", "4", SEAWALL_ORIGIN_FILE);
    is(name, "max_delay", "44s", SEAWALL_ORIGIN_ENVIRONMENT);
    is(name, "base_delay", "9ms", SEAWALL_ORIGIN_CALL);
}

START_TEST(a_file_counts_more_than_a_call_at_any_time)
{
    ck_assert_int_eq(seawall_registry_create(NULL, NULL, &registry, NULL), SEAWALL_OK);
    config.change = told;
    config.environment = environment;
    set(NULL, "max_delay", "77s");
    ck_assert_int_eq(seawall_registry_load_text(registry, text, sizeof(text) - 1, "t", &config, NULL), SEAWALL_OK);
    set(NULL, "max_attempts", "8");
    set(NULL, "max_attempts", "9");
    set(NULL, "base_delay", "9ms");
    set(NULL, "max_delay", "99s");
    the_same_is_in_force("before");
    reload(text, 0);
    the_same_is_in_force("before");
    the_same_is_in_force("after");
    /* What a call has said of one name is another matter: that is nearer than what a file says of all. */
    set("own", "max_attempts", "7");
    make("own");
    is("own", "max_attempts", "7", SEAWALL_ORIGIN_CALL);
    /* Where no file says it, it is as it was said last. */
    config.environment = NULL;
    reload("", 6); /* two of either, and the delay of one's own; and the budget goes */
    is("before", "max_attempts", "9", SEAWALL_ORIGIN_CALL);
    is("before", "max_delay", "99s", SEAWALL_ORIGIN_CALL);
    seawall_registry_destroy(registry);
}
END_TEST

int main(void)
{
    return one_test("regress/turned_round_by_a_reload", a_file_counts_more_than_a_call_at_any_time);
}
