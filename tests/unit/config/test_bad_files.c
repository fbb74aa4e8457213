/* Every mistake is told, in full and in order; the table is in bad_files.c. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "bad_files.h"
#include "told.h"

#include "suite.h"

#define FILE_SIZE 16384

static told all;

/* What the notation of the table stands for. Answers the length. */
static size_t expand(const char *row, char text[FILE_SIZE])
{
    size_t length = 0;
    char *end;

    while (*row != '\0') {
        if (*row == '{') {
            text[length++] = (char)strtol(row + 1, &end, 16);
            row = end + 1;
        } else if (*row == '%' && strtol(row + 1, &end, 10) > 0 && *end == '%') {
            size_t count = strtoul(row + 1, NULL, 10);

            memset(text + length, 'a', count);
            length += count;
            row = end + 1;
        } else {
            text[length++] = *row == '|' ? '\n' : *row;
            row++;
        }
    }
    text[length++] = '\n';
    return length;
}

/* Whether one text is what the table says, where ~ stands for the rest of it. */
static bool is_one(const char *said, size_t length, const char *expected, size_t wanted)
{
    if (length < 2 || memcmp(said, "t:", 2) != 0)
        return false;
    said += 2;
    length -= 2;
    if (wanted > 0 && expected[wanted - 1] == '~')
        return length >= wanted && memcmp(said, expected, wanted - 1) == 0;
    return length == wanted && memcmp(said, expected, wanted) == 0;
}

static void are_expected(const char *said, const char *expected)
{
    const char *whole = said;

    for (;;) {
        size_t length = strcspn(said, "|"), wanted = strcspn(expected, "|");

        ck_assert_msg(is_one(said, length, expected, wanted), "told: %s\nexpected: %s", whole, expected);
        ck_assert_msg(said[length] == expected[wanted], "told: %s\nexpected: %s", whole, expected);
        if (said[length] == '\0')
            return;
        said += length + 1;
        expected += wanted + 1;
    }
}

static void is_told(const bad_file *row)
{
    char text[FILE_SIZE];
    size_t length = expand(row->text, text);
    seawall_error error = {0};

    ck_assert_msg(told_check(&all, text, length, NULL, &error) == SEAWALL_INVALID, "%s", row->text);
    are_expected(all.text, row->problems);
    ck_assert(all.tidy);
    ck_assert_int_eq(error.status, SEAWALL_INVALID);
    ck_assert_msg(strncmp(error.message, all.text, strlen(error.message)) == 0, "%s", error.message);
    /* The same without anybody listening. */
    ck_assert_int_eq(seawall_loader_check_text(text, length, "t", NULL, NULL, NULL), SEAWALL_INVALID);
}

START_TEST(every_mistake_is_told)
{
    int i;

    for (i = 0; i < bad_file_count; i++)
        is_told(&bad_files[i]);
}
END_TEST

static void told_alike(const bad_file *row)
{
    char text[FILE_SIZE], dos[2 * FILE_SIZE], before[FILE_SIZE];
    size_t length = expand(row->text, text), i, to = 0;

    if (memchr(text, '\r', length) != NULL)
        return;
    for (i = 0; i < length; i++) {
        if (text[i] == '\n')
            dos[to++] = '\r';
        dos[to++] = text[i];
    }
    ck_assert_int_eq(told_check(&all, text, length, NULL, NULL), SEAWALL_INVALID);
    strcpy(before, all.text);
    ck_assert_int_eq(told_check(&all, dos, to, NULL, NULL), SEAWALL_INVALID);
    ck_assert_str_eq(all.text, before);
}

/* CRLF changes neither places nor words. */
START_TEST(lines_may_end_with_crlf)
{
    int i;

    for (i = 0; i < bad_file_count; i++)
        told_alike(&bad_files[i]);
}
END_TEST

START_TEST(there_are_enough)
{
    ck_assert_int_ge(bad_file_count, 150);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("bad files");

    tcase_add_test(tests, every_mistake_is_told);
    tcase_add_test(tests, lines_may_end_with_crlf);
    tcase_add_test(tests, there_are_enough);
    return sw_test_run("bad files", tests);
}
