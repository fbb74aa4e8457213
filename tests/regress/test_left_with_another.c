/*
 * A reload that wanted more threads of a pool than it was created for left that, rightly, but also every other field, for the
 * same reason, although these went well with what stayed.
 */
#include <string.h>

#include <seawall/seawall.h>

#include "one_test.h"
#include "support.h"

static seawall_registry *registry;
static char changes[2048]; /* of the last reload, with | between them */

static void told(const seawall_change *change, void *user)
{
    (void)user;
    if (changes[0] != '\0')
        (void)strncat(changes, "|", sizeof(changes) - strlen(changes) - 1);
    (void)strncat(changes, change->text, sizeof(changes) - strlen(changes) - 1);
}

static void reload(const char *text, const char *file, const char *expected)
{
    seawall_loader_config config = SEAWALL_LOADER_CONFIG_INIT;

    config.change = told;
    changes[0] = '\0';
    ck_assert_int_eq(seawall_registry_reload_text(registry, text, strlen(text), file, &config, NULL), SEAWALL_OK);
    if (expected != NULL)
        ck_assert_str_eq(changes, expected);
}

static void is(const char *key, const char *value, const char *file, int32_t line)
{
    seawall_origin origin = {.size = sizeof(origin)};
    char text[64];

    ck_assert_int_eq(seawall_registry_describe(registry, "thread_pool", "p", key, text, sizeof(text), NULL, &origin), SEAWALL_OK);
    ck_assert_str_eq(text, value);
    ck_assert_str_eq(origin.file, file);
    ck_assert_int_eq(origin.line, line);
}

START_TEST(what_is_left_is_left_alone)
{
    static const char more[] = "\n\n[thread_pool \"p\"]\nmax_size = 4\nkeep_alive = 2s\n";

    ck_assert_int_eq(seawall_registry_create(NULL, NULL, &registry, NULL), SEAWALL_OK);
    reload("[thread_pool \"p\"]\nmax_size = 2\nkeep_alive = 1s\n", "one", NULL);
    reload(more, "two",
           "[thread_pool \"p\"] max_size: 2 -> 4, left: thread_pool.max_size: 4 is above what the pool was created for, 2|"
           "[thread_pool \"p\"] keep_alive: 1s -> 2s");
    is("max_size", "2", "one", 2);
    is("keep_alive", "2s", "two", 5);
    reload("[thread_pool \"p\"]\nqueue_size = 1000\nmax_size = 4\nkeep_alive = 3s\n", "three",
           "[thread_pool \"p\"] max_size: 2 -> 4, left: thread_pool.max_size: 4 is above what the pool was created for, 2|"
           "[thread_pool \"p\"] queue_size: 100 -> 1000, left: thread_pool.queue_size: 1000 is above what the pool was created "
           "for, 100|[thread_pool \"p\"] keep_alive: 2s -> 3s");
    is("max_size", "2", "one", 2);
    /* What does not go with what stays is left too. */
    reload("[thread_pool \"p\"]\nmax_size = 4\ncore_size = 3\nkeep_alive = 4s\n", "four",
           "[thread_pool \"p\"] core_size: auto -> 3, left: thread_pool.core_size: 3 is above max_size, 2|"
           "[thread_pool \"p\"] max_size: 2 -> 4, left: thread_pool.max_size: 4 is above what the pool was created for, 2|"
           "[thread_pool \"p\"] keep_alive: 3s -> 4s, left: thread_pool.core_size: 3 is above max_size, 2");
    seawall_registry_destroy(registry);
}
END_TEST

int main(void)
{
    return one_test("regress/left_with_another", what_is_left_is_left_alone);
}
