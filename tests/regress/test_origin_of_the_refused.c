/*
 * Keyed instances that found no memory for more of them refused their new settings in the end, when all the others held. They
 * kept their old ones; but these were described as said by the new file. Now the memory is there before anything changes.
 */
#include <string.h>

#include <seawall/seawall.h>

#include "one_test.h"
#include "support.h"

static bool full;

static void *allocate(size_t size, size_t alignment, void *user)
{
    (void)user;
    if (full && size > 1000000)
        return NULL;
    return seawall_platform_default()->allocate(size, alignment, seawall_platform_default()->memory_user);
}

static void is(seawall_registry *registry, const char *key, const char *value, const char *file, int32_t line)
{
    seawall_origin origin = {.size = sizeof(origin)};
    char text[64];

    ck_assert_int_eq(seawall_registry_describe(registry, "keyed", "k", key, text, sizeof(text), NULL, &origin), SEAWALL_OK);
    ck_assert_str_eq(text, value);
    ck_assert_str_eq(origin.file, file);
    ck_assert_int_eq(origin.line, line);
}

START_TEST(what_is_left_comes_from_where_it_came_from)
{
    static const char one[] = "[keyed]\ninstance = circuit_breaker\n[keyed \"k\"]\nmax_instances = 5\nidle_expiry = 1s\n";
    static const char two[] = "[keyed]\ninstance = circuit_breaker\n\n[keyed \"k\"]\nidle_expiry = 1s\nmax_instances = 1000000\n";
    seawall_platform platform;
    seawall_registry *registry;

    ck_assert_int_eq(seawall_platform_init(&platform, sizeof(platform)), SEAWALL_OK);
    platform.allocate = allocate;
    ck_assert_int_eq(seawall_registry_create(NULL, &platform, &registry, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_registry_reload_text(registry, one, sizeof(one) - 1, "one", NULL, NULL), SEAWALL_OK);
    full = true; /* for more buckets */
    ck_assert_int_eq(seawall_registry_reload_text(registry, two, sizeof(two) - 1, "two", NULL, NULL), SEAWALL_NO_MEMORY);
    is(registry, "max_instances", "5", "one", 4);
    is(registry, "idle_expiry", "1s", "one", 5);
    full = false;
    ck_assert_int_eq(seawall_registry_reload_text(registry, two, sizeof(two) - 1, "two", NULL, NULL), SEAWALL_OK);
    is(registry, "max_instances", "1000000", "two", 6);
    seawall_registry_destroy(registry);
}
END_TEST

int main(void)
{
    return one_test("regress/origin_of_the_refused", what_is_left_comes_from_where_it_came_from);
}
