/*
 * A reload that changed another field of a bulkhead undid a resize, untold: whoever had throttled a service by hand found it wide
 * open again. Only what the file changes is brought back.
 */
#include <string.h>

#include <seawall/seawall.h>

#include "one_test.h"
#include "support.h"

static void reload(seawall_registry *registry, const char *text)
{
    ck_assert_int_eq(seawall_registry_reload_text(registry, text, strlen(text), "t", NULL, NULL), SEAWALL_OK);
}

static void is(seawall_bulkhead *bulkhead, int32_t max_concurrent, seawall_duration max_wait)
{
    seawall_bulkhead_snapshot seen = SEAWALL_BULKHEAD_SNAPSHOT_INIT;

    ck_assert_int_eq(seawall_bulkhead_get_snapshot(bulkhead, &seen), SEAWALL_OK);
    ck_assert_int_eq(seen.max_concurrent, max_concurrent);
    ck_assert_int_eq(seen.max_wait, max_wait);
}

START_TEST(a_resize_has_the_last_word)
{
    seawall_registry *registry;
    seawall_bulkhead *bulkhead;

    ck_assert_int_eq(seawall_registry_create(NULL, NULL, &registry, NULL), SEAWALL_OK);
    reload(registry, "[bulkhead \"b\"]\nmax_concurrent = 10\n");
    ck_assert_int_eq(seawall_registry_bulkhead(registry, "b", NULL, &bulkhead, NULL, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_bulkhead_resize(bulkhead, 3), SEAWALL_OK);
    reload(registry, "[bulkhead \"b\"]\nmax_concurrent = 10\nmax_wait = 2s\n");
    is(bulkhead, 3, SEAWALL_SECONDS(2));
    reload(registry, "[bulkhead \"b\"]\nmax_concurrent = 11\nmax_wait = 2s\n");
    is(bulkhead, 11, SEAWALL_SECONDS(2));
    reload(registry, "[bulkhead \"b\"]\nmax_concurrent = 10\nmax_wait = 2s\n");
    is(bulkhead, 10, SEAWALL_SECONDS(2));
    seawall_bulkhead_destroy(bulkhead);
    seawall_registry_destroy(registry);
}
END_TEST

int main(void)
{
    return one_test("regress/resized_for_nothing", a_resize_has_the_last_word);
}
