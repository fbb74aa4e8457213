/*
 * A fallback whose pipeline was set by a call, and a check whose breaker was, named what was not made until somebody needed it:
 * the registry's print named a section that it did not have, and could not be read again.
 */
#include <string.h>

#include <seawall/seawall.h>

#include "one_test.h"
#include "support.h"

static void set(seawall_registry *registry, const char *kind, const char *name, const char *key, const char *value)
{
    ck_assert_int_eq(seawall_registry_set(registry, kind, name, key, value, NULL), SEAWALL_OK);
}

START_TEST(what_is_named_is_printed)
{
    static const char check[] = "[health_check \"h\"]\n";
    seawall_registry *said, *read;
    seawall_fallback *fallback;
    seawall_error error = {0};
    char text[16384];

    ck_assert_int_eq(seawall_registry_create(NULL, NULL, &said, NULL), SEAWALL_OK);
    set(said, "pipeline", "q", "policies", "timeout");
    set(said, "fallback", "f", "pipeline", "q");
    set(said, "health_check", "h", "circuit_breaker", "b");
    ck_assert_int_eq(seawall_registry_fallback(said, "f", NULL, &fallback, NULL, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_registry_load_text(said, check, strlen(check), "t", NULL, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_registry_print(said, text, sizeof(text), NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_registry_create(NULL, NULL, &read, NULL), SEAWALL_OK);
    ck_assert_msg(seawall_registry_load_text(read, text, strlen(text), "t", NULL, &error) == SEAWALL_OK, "%s", error.message);
    ck_assert_int_eq(seawall_registry_count(read), 5);
    seawall_fallback_destroy(fallback);
    seawall_registry_destroy(said);
    seawall_registry_destroy(read);
}
END_TEST

int main(void)
{
    return one_test("regress/linked_unprinted", what_is_named_is_printed);
}
