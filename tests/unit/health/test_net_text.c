/* Escapes, sets of statuses, and words in streams. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "health/net_match.h"
#include "health/net_text.h"
#include "suite.h"
#include "support.h"

#define COUNT(rows) ((int)(sizeof(rows) / sizeof((rows)[0])))

static const struct {
    const char *text;
    const char *bytes; /* NULL: refused */
    size_t length;     /* where it is refused: the byte that is named */
} escapes[] = {
    {"", "", 0},
    {"PING\\r\\n", "PING\r\n", 6},
    {"\\t\\0\\\\\\\"\\x41\\xfF", "\t\0\\\"A\xff", 6},
    {"\\x000", "\0" "0", 2},
    {"\xc3\xa9", "\xc3\xa9", 2},
    {"\\", NULL, 1},
    {"ab\\q", NULL, 3},
    {"\\x", NULL, 1},
    {"\\x4", NULL, 1},
    {"\\x4g", NULL, 1},
    {"\\X41", NULL, 1},
};

static void unescape(int row)
{
    char bytes[SW_NET_BYTES_MAX], expected[64];
    size_t length = 77;
    seawall_error error;
    seawall_status status = sw_net_unescape("k", escapes[row].text, bytes, &length, &error);

    ck_assert_int_eq(status, escapes[row].bytes != NULL ? SEAWALL_OK : SEAWALL_INVALID);
    if (status == SEAWALL_OK) {
        ck_assert_uint_eq(length, escapes[row].length);
        ck_assert_mem_eq(bytes, escapes[row].bytes, length);
    } else {
        ck_assert_uint_eq(length, 77);
        (void)snprintf(expected, sizeof(expected), "k: byte %zu begins no escape;", escapes[row].length);
        ck_assert_ptr_eq(strstr(error.message, expected), error.message);
    }
}

START_TEST(escapes_are_read)
{
    int row;

    for (row = 0; row < COUNT(escapes); row++)
        unescape(row);
}
END_TEST

START_TEST(bytes_are_bounded)
{
    char text[4 * SW_NET_BYTES_MAX + 5] = "", bytes[SW_NET_BYTES_MAX];
    size_t length = 0, i;
    seawall_error error;

    for (i = 0; i < SW_NET_BYTES_MAX; i++)
        strcpy(text + 4 * i, "\\x41");
    ck_assert_int_eq(sw_net_unescape("k", text, bytes, &length, &error), SEAWALL_OK);
    ck_assert_uint_eq(length, SW_NET_BYTES_MAX);
    strcpy(text + 4 * i, "B");
    ck_assert_int_eq(sw_net_unescape("k", text, bytes, &length, &error), SEAWALL_INVALID);
    ck_assert_str_eq(error.message, "k: stands for more than 1024 bytes");
}
END_TEST

static const struct {
    const char *text;
    const char *in, *out; /* statuses that are, and are not, in it; `in` NULL: refused */
    const char *named;    /* what the refusal names */
} sets[] = {
    {"200-399", "200 301 399", "199 400 599 0", NULL},
    {"200", "200", "199 201", NULL},
    {" 204 , 300-303,599", "204 300 303 599", "203 205 299 304 598 600", NULL},
    {"200-200", "200", "201", NULL},
    {"200 - 299", "200 250 299", "300", NULL},
    {"", NULL, NULL, "\"\""},
    {",", NULL, NULL, "\"\""},
    {"200,", NULL, NULL, "\"\""},
    {"199", NULL, NULL, "\"199\""},
    {"600", NULL, NULL, "\"600\""},
    {"399-200", NULL, NULL, "\"399-200\""},
    {"200-", NULL, NULL, "\"200-\""},
    {"-299", NULL, NULL, "\"-299\""},
    {"2xx", NULL, NULL, "\"2xx\""},
    {"200 204", NULL, NULL, "\"200 204\""},
    {"200;204", NULL, NULL, "\"200;204\""},
};

static void all_are(const sw_net_statuses *statuses, const char *list, bool in)
{
    char *end;

    for (; *list != '\0'; list = end) {
        long status = strtol(list, &end, 10);

        ck_assert_msg(sw_net_statuses_have(statuses, status) == in, "%ld", status);
    }
}

static void read_set(int row)
{
    sw_net_statuses statuses = {.count = 77};
    seawall_error error;
    seawall_status status = sw_net_statuses_parse("k", sets[row].text, &statuses, &error);

    ck_assert_int_eq(status, sets[row].in != NULL ? SEAWALL_OK : SEAWALL_INVALID);
    if (status == SEAWALL_OK) {
        all_are(&statuses, sets[row].in, true);
        all_are(&statuses, sets[row].out, false);
    } else {
        ck_assert_int_eq(statuses.count, 77);
        ck_assert_ptr_nonnull(strstr(error.message, sets[row].named));
    }
}

START_TEST(statuses_are_sets)
{
    int row;

    for (row = 0; row < COUNT(sets); row++)
        read_set(row);
}
END_TEST

START_TEST(there_are_only_so_many_ranges)
{
    char text[256] = "200";
    sw_net_statuses statuses;
    seawall_error error;
    int i;

    for (i = 1; i < SW_NET_RANGES_MAX; i++)
        strcat(text, ",200");
    ck_assert_int_eq(sw_net_statuses_parse("k", text, &statuses, &error), SEAWALL_OK);
    strcat(text, ",200");
    ck_assert_int_eq(sw_net_statuses_parse("k", text, &statuses, &error), SEAWALL_INVALID);
    ck_assert_str_eq(error.message, "k: more than 16 statuses or ranges");
}
END_TEST

static bool contains(const char *text, size_t size, const char *word, size_t length)
{
    size_t i;

    for (i = 0; i + length <= size; i++) {
        if (memcmp(text + i, word, length) == 0)
            return true;
    }
    return false;
}

/* Few letters, so that words half fit everywhere. */
static size_t scribble(uint64_t *state, char *text, size_t most)
{
    size_t length = (size_t)(sw_test_next(state) % (most + 1)), i;

    for (i = 0; i < length; i++)
        text[i] = (char)('a' + sw_test_next(state) % 2);
    return length;
}

START_TEST(a_word_is_found_in_pieces)
{
    uint64_t state = sw_test_seed();
    int64_t round;

    for (round = 0; round < sw_test_count(5000, 500000); round++) {
        char text[40], word[8];
        uint16_t fall[8];
        size_t size = scribble(&state, text, sizeof(text)), length = scribble(&state, word, sizeof(word));
        size_t at = 0, matched = 0;
        bool found = false;

        sw_net_match_prepare(word, length, fall);
        do {
            size_t piece = (size_t)(sw_test_next(&state) % (size - at + 1));

            found = sw_net_match(word, length, fall, &matched, text + at, piece);
            if (found != contains(text, at + piece, word, length)) /* not ck_assert, for there are very many */
                ck_abort_msg("%.*s in %.*s", (int)length, word, (int)(at + piece), text);
            at += piece;
        } while (at < size);
    }
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("texts");

    tcase_add_test(tests, escapes_are_read);
    tcase_add_test(tests, bytes_are_bounded);
    tcase_add_test(tests, statuses_are_sets);
    tcase_add_test(tests, there_are_only_so_many_ranges);
    tcase_add_test(tests, a_word_is_found_in_pieces);
    return sw_test_run("net_text", tests);
}
