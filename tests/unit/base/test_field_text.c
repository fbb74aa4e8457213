/* Fields that hold a text: in the struct itself, bounded, and told by no message if they are secret. */
#include <check.h>
#include <string.h>

#include "base/field.h"
#include "suite.h"

typedef struct sample {
    uint32_t size;
    char word[8];
    char hidden[256];
} sample;

static const sample defaults = {sizeof(sample), "word", ""};

static const sw_field fields[] = {
    {SW_FIELD_TEXT(sample, word, "A word.")},
    {SW_FIELD_TEXT(sample, hidden, "A secret."), .secret = SW_SECRET_ALL},
};

static const sw_config_kind kind = {
    .name = "sample", .size = sizeof(sample), .oldest = sizeof(sample), .defaults = &defaults, .fields = fields, .count = 2,
};

/* A text that fills its array to the last byte is none: nobody may run past it. */
START_TEST(a_text_without_an_end_is_refused)
{
    sample config = defaults, full;
    seawall_error error;
    char text[300];

    memset(config.hidden, 'x', sizeof(config.hidden));
    ck_assert_int_eq(sw_config_take(&kind, &config, &full, &error), SEAWALL_INVALID);
    ck_assert_str_eq(error.message, "sample.hidden: is longer than 255 bytes");
    ck_assert_int_eq(sw_config_get(&kind, &config, "hidden", text, sizeof(text), NULL), SEAWALL_OK);
    ck_assert_uint_eq(strlen(text), 255);
}
END_TEST

START_TEST(what_is_behind_a_text_does_not_count)
{
    sample was = defaults, is = defaults;

    memcpy(was.word, "one\0two", 8);
    memcpy(is.word, "one\0thr", 8);
    ck_assert_int_eq(sw_config_keep(&kind, &was, &is, NULL), SEAWALL_OK);
    ck_assert_int_eq(sw_config_set(&kind, &is, "word", "o", NULL), SEAWALL_OK);
    ck_assert_int_eq(memcmp(is.word, "o\0\0\0\0\0\0", 8), 0); /* what was longer leaves nothing */
}
END_TEST

START_TEST(no_message_tells_a_secret)
{
    sample was = defaults, is = defaults;
    seawall_error error;

    ck_assert_int_eq(sw_config_set(&kind, &is, "word", "new", NULL), SEAWALL_OK);
    ck_assert_int_eq(sw_config_keep(&kind, &was, &is, &error), SEAWALL_INVALID);
    ck_assert_str_eq(error.message, "sample.word: cannot change from word to new while in use");
    is = defaults;
    ck_assert_int_eq(sw_config_set(&kind, &is, "hidden", "sesame", NULL), SEAWALL_OK);
    ck_assert_int_eq(sw_config_keep(&kind, &was, &is, &error), SEAWALL_INVALID);
    ck_assert_str_eq(error.message, "sample.hidden: cannot change while in use");
    ck_assert_int_eq(sw_config_set(&kind, &is, "hidden", "se\nsame", &error), SEAWALL_INVALID);
    ck_assert_str_eq(error.message, "sample.hidden: byte 3 is a control character");
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("field text");

    tcase_add_test(tests, a_text_without_an_end_is_refused);
    tcase_add_test(tests, what_is_behind_a_text_does_not_count);
    tcase_add_test(tests, no_message_tells_a_secret);
    return sw_test_run("field text", tests);
}
