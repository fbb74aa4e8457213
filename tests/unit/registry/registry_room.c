/* A registry on a platform to play with. */
#include "registry_room.h"

#include <check.h>
#include <string.h>

void room_init(room *r)
{
    memset(r, 0, sizeof(*r));
    sw_test_platform_init(&r->test, true);
    ck_assert_int_eq(seawall_registry_create(NULL, &r->test.platform, &r->registry, &r->error), SEAWALL_OK);
}

void room_fini(room *r)
{
    seawall_registry_destroy(r->registry);
    sw_test_platform_fini(&r->test);
}

void room_set(room *r, const char *kind, const char *name, const char *key, const char *value)
{
    ck_assert_msg(seawall_registry_set(r->registry, kind, name, key, value, &r->error) == SEAWALL_OK, "%s", r->error.message);
}

void room_is_from(room *r, const char *kind, const char *name, const char *key, const char *value, seawall_origin_kind origin)
{
    seawall_origin found = {.size = sizeof(found)};
    char text[256];

    ck_assert_int_eq(seawall_registry_describe(r->registry, kind, name, key, text, sizeof(text), NULL, &found), SEAWALL_OK);
    ck_assert_str_eq(text, value);
    ck_assert_int_eq(found.kind, origin);
}

void room_poll(room *r, seawall_health *health, seawall_duration how_long)
{
    seawall_time until = seawall_manual_clock_now(r->test.clock) + how_long, next;

    for (;;) {
        ck_assert_int_eq(seawall_health_poll_at(health, seawall_manual_clock_now(r->test.clock), &next), SEAWALL_OK);
        if (next > until)
            break;
        if (next > seawall_manual_clock_now(r->test.clock))
            seawall_manual_clock_set(r->test.clock, next);
    }
    seawall_manual_clock_set(r->test.clock, until);
}
