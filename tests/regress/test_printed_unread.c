/*
 * What the registry printed could not be read when the file's path was no UTF-8, or a line that was long already got its origin
 * behind it; and the path that it told was cut within a character.
 */
#include <stdio.h>
#include <string.h>

#include <seawall/seawall.h>

#include "one_test.h"
#include "support.h"

static seawall_registry *load(const char *text, const char *path)
{
    seawall_error error = {0};
    seawall_registry *registry;

    ck_assert_int_eq(seawall_registry_create(NULL, NULL, &registry, NULL), SEAWALL_OK);
    ck_assert_msg(seawall_registry_load_text(registry, text, strlen(text), path, NULL, &error) == SEAWALL_OK, "%s",
                  error.message);
    return registry;
}

START_TEST(what_is_printed_is_read)
{
    static char text[8192], printed[32768], path[400];
    seawall_origin origin = {.size = sizeof(origin)};
    seawall_registry *said;
    char value[8];

    (void)snprintf(text, sizeof(text), "[retry \"p\"]\nmax_attempts = 4\n[pipeline \"p\"]\npolicies = retry,%*stimeout\n", 4060,
                   "");
    (void)snprintf(path, sizeof(path), "%255s\xC3\xA9.conf", "\377");
    memset(path, '/', 254);
    said = load(text, path);
    ck_assert_int_eq(seawall_registry_print(said, printed, sizeof(printed), NULL), SEAWALL_OK);
    seawall_registry_destroy(load(printed, "u"));
    ck_assert_int_eq(seawall_registry_describe(said, "retry", "p", "max_attempts", value, sizeof(value), NULL, &origin),
                     SEAWALL_OK);
    ck_assert_int_eq(origin.file[254], '?');
    ck_assert_uint_eq(strlen(origin.file), 255);
    memset(path, '/', 254);
    memcpy(path + 254, "\xC3\xA9.conf", 8);
    seawall_registry_destroy(said);
    said = load(text, path);
    ck_assert_int_eq(seawall_registry_describe(said, "retry", "p", "max_attempts", value, sizeof(value), NULL, &origin),
                     SEAWALL_OK);
    ck_assert_uint_eq(strlen(origin.file), 254);
    seawall_registry_destroy(said);
}
END_TEST

int main(void)
{
    return one_test("regress/printed_unread", what_is_printed_is_read);
}
