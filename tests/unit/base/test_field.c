/* Field tables: a kind with a field of every type, sizes, texts, messages. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/field.h"
#include "suite.h"
#include "support.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

typedef struct sample {
    uint32_t size;
    int32_t count;
    seawall_duration wait;
    int32_t choice;
    int32_t onoff;
    double rate;
    double factor;
    seawall_fault_set faults;
    uint32_t reserved;
    /* so far the first version */
    seawall_duration late;
    int32_t later;
    int32_t latest;
    char word[8];
    char hidden[256];
} sample;

static const sample defaults = {sizeof(sample), 5, 30, 1, 1, 0.5, 2.0, SEAWALL_FAULTS_COUNTED, 0, 0, 7, 0, "word", ""};

#define AT(member) .key = #member, .offset = offsetof(sample, member)

static const sw_field fields[] = {
    {AT(count), .type = SEAWALL_FIELD_COUNT, .automatic = true, .unit = "calls", .least = 1, .most = 1000, .text = "A count."},
    {AT(wait), .type = SEAWALL_FIELD_DURATION, .live = true, .unit = "ns", .least = 10, .most = SEAWALL_FOREVER, .zero = true,
     .text = "A wait."},
    {AT(choice), .type = SEAWALL_FIELD_CHOICE, .choices = "none, full, equal", .text = "A choice."},
    {AT(onoff), .type = SEAWALL_FIELD_SWITCH, .text = "A switch."},
    {AT(rate), .type = SEAWALL_FIELD_RATE, .minimum = 0, .maximum = 1, .text = "A rate."},
    {AT(factor), .type = SEAWALL_FIELD_MULTIPLIER, .automatic = true, .minimum = 1, .maximum = 1000, .text = "A factor."},
    {AT(faults), .type = SEAWALL_FIELD_FAULTS, .text = "Faults."},
    {AT(late), .type = SEAWALL_FIELD_DURATION, .automatic = true, .unit = "ns", .least = 0, .most = SEAWALL_SECONDS(100),
     .text = "Late."},
    {AT(later), .type = SEAWALL_FIELD_COUNT, .least = -5, .most = INT32_MAX, .text = "Later."},
    {AT(latest), .type = SEAWALL_FIELD_COUNT, .least = 0, .most = 1, .text = "Latest."},
    {SW_FIELD_TEXT(sample, word, "A word.")},
    {SW_FIELD_TEXT(sample, hidden, "A secret."), .secret = SW_SECRET_ALL},
};

static seawall_status check_together(const void *config, seawall_error *error)
{
    const sample *s = config;

    return s->later > s->count && s->later > 900 ? sw_error(error, SEAWALL_INVALID, "sample.later", "sample.later: above count")
                                                 : SEAWALL_OK;
}

static const sw_rule rules[] = {{check_together, "later, count"}};

static const sw_config_kind kind = {
    .name = "sample",
    .size = sizeof(sample),
    .oldest = offsetof(sample, late),
    .defaults = &defaults,
    .fields = fields,
    .count = COUNT(fields),
    .rules = rules,
    .rule_count = COUNT(rules),
};

/* Set from text: what is stored, or what is said. */
static const struct {
    const char *key, *text;
    const char *back;    /* as it is printed; NULL: refused */
    const char *message; /* the whole of it */
} rows[] = {
    {"count", "5", "5", NULL},
    {"count", " 1 ", "1", NULL},
    {"count", "1000", "1000", NULL},
    {"count", "auto", "auto", NULL},
    {"count", "-1", "auto", NULL},
    {"count", "0", NULL, "sample.count: 0 is below 1, and not auto"},
    {"count", "-2", NULL, "sample.count: -2 is below 1, and not auto"},
    {"count", "1001", NULL, "sample.count: 1001 is above 1000"},
    {"count", "4294967297", NULL, "sample.count: 4294967297 is above 1000"}, /* not 1 by wrapping */
    {"count", "99999999999999999999", NULL, "sample.count: \"99999999999999999999\" is above 1000"},
    {"count", "-99999999999999999999", NULL, "sample.count: \"-99999999999999999999\" is below 1, and not auto"},
    {"count", "five", NULL, "sample.count: \"five\" is not a whole number"},
    {"count", "1.5", NULL, "sample.count: \"1.5\" is not a whole number"},
    {"count", "", NULL, "sample.count: \"\" is not a whole number"},
    {"later", "-5", "-5", NULL},
    {"later", "-6", NULL, "sample.later: -6 is below -5"},
    {"later", "2147483648", NULL, "sample.later: 2147483648 is above 2147483647"},
    {"later", "auto", NULL, "sample.later: \"auto\" is not a whole number"},
    {"later", "2147483647", "2147483647", NULL}, /* what must hold between fields is not asked yet */
    {"wait", "10ns", "10ns", NULL},
    {"wait", "0", "0ns", NULL},
    {"wait", "inf", "inf", NULL},
    {"wait", "9ns", NULL, "sample.wait: 9ns is below 10ns, and not 0ns"},
    {"wait", "-1s", NULL, "sample.wait: -1s is below 10ns, and not 0ns"},
    {"wait", "0.5ns", NULL, "sample.wait: \"0.5ns\" is finer than a nanosecond"},
    {"wait", "300000h", "300000h", NULL},
    {"wait", "3000000h", NULL, "sample.wait: \"3000000h\" is above inf"},
    {"wait", "5 parsecs", NULL, "sample.wait: \"5 parsecs\" is not a duration such as 250ms or 1.5s"},
    {"late", "auto", "auto", NULL},
    {"late", "-2ns", NULL, "sample.late: -2ns is below 0ns, and not auto"},
    {"late", "101s", NULL, "sample.late: 101s is above 100s"},
    {"late", "inf", NULL, "sample.late: inf is above 100s"},
    {"choice", "none", "none", NULL},
    {"choice", "equal", "equal", NULL},
    {"choice", "fulll", NULL, "sample.choice: \"fulll\" is not one of none, full, equal"},
    {"choice", "1", NULL, "sample.choice: \"1\" is not one of none, full, equal"},
    {"onoff", "no", "off", NULL},
    {"onoff", "true", "on", NULL},
    {"onoff", "1", NULL, "sample.onoff: \"1\" is not one of off, on"},
    {"rate", "50%", "0.5", NULL},
    {"rate", "1", "1", NULL},
    {"rate", "1.01", NULL, "sample.rate: 1.01 is above 1"},
    {"rate", "101%", NULL, "sample.rate: 1.01 is above 1"},
    {"rate", "-0.5", NULL, "sample.rate: -0.5 is below 0"},
    {"rate", "1e999", NULL, "sample.rate: \"1e999\" is above 1"},
    {"rate", "nan", NULL, "sample.rate: \"nan\" is not a rate such as 0.5 or 50%"},
    {"factor", "2.0", "2", NULL},
    {"factor", "auto", "auto", NULL},
    {"factor", "1e3", "1000", NULL},
    {"factor", "0.9", NULL, "sample.factor: 0.9 is below 1, and not auto"},
    {"factor", "50%", NULL, "sample.factor: \"50%\" is not a number such as 2.0"},
    {"faults", "timeout,internal", "timeout, internal", NULL},
    {"faults", "none", "none", NULL},
    {"faults", "timeout, timeuot", NULL, "sample.faults: \"timeuot\" is not a fault kind"},
    {"word", "", "", NULL},
    {"word", " a, b ", " a, b ", NULL}, /* its own blanks */
    {"word", "1234567", "1234567", NULL},
    {"word", "\xC3\xA4", "\xC3\xA4", NULL},
    {"word", "\xC3\xA4\xFF", NULL, "sample.word: byte 3 is no UTF-8"},
    {"word", "12345678", NULL, "sample.word: is longer than 7 bytes"},
    {"word", "1\n2", NULL, "sample.word: byte 2 is a control character"},
    {"word", "12\x7F", NULL, "sample.word: byte 3 is a control character"},
    {"size", "8", NULL, "sample.size: there is no such field"},
    {"nothing", "8", NULL, "sample.nothing: there is no such field"},
};

START_TEST(texts_are_stored_or_refused)
{
    sample config = defaults;
    sample before = defaults;
    seawall_error error = {.status = 77};
    char path[64], text[300];
    size_t needed = 77;

    snprintf(path, sizeof(path), "sample.%s", rows[_i].key);
    if (rows[_i].back == NULL) {
        ck_assert_int_eq(sw_config_set(&kind, &config, rows[_i].key, rows[_i].text, &error), SEAWALL_INVALID);
        ck_assert_str_eq(error.message, rows[_i].message);
        ck_assert_str_eq(error.key, path);
        ck_assert_int_eq(error.status, SEAWALL_INVALID);
        ck_assert_int_eq(memcmp(&config, &before, sizeof(config)), 0);
        ck_assert_int_eq(sw_config_set(&kind, &config, rows[_i].key, rows[_i].text, NULL), SEAWALL_INVALID);
        return;
    }
    ck_assert_int_eq(sw_config_set(&kind, &config, rows[_i].key, rows[_i].text, &error), SEAWALL_OK);
    ck_assert_int_eq(error.status, 77);
    ck_assert_int_eq(sw_config_get(&kind, &config, rows[_i].key, text, sizeof(text), &needed), SEAWALL_OK);
    ck_assert_str_eq(text, rows[_i].back);
    ck_assert_uint_eq(needed, strlen(text) + 1);
}
END_TEST

/* The struct's own values, as create sees them. */
START_TEST(values_are_checked_where_they_lie)
{
    struct {
        sample config;
        const char *message;
    } const wrong[] = {
        {{.count = INT32_MIN, .wait = 10, .factor = 1}, "sample.count: -2147483648 is below 1, and not auto"},
        {{.count = 1, .wait = INT64_MIN, .factor = 1}, "sample.wait: -9223372036854775808ns is below 10ns, and not 0ns"},
        {{.count = 1, .wait = -1, .factor = 1}, "sample.wait: -1ns is below 10ns, and not 0ns"},
        {{.count = 1, .choice = 3, .factor = 1}, "sample.choice: 3 is not one of none, full, equal"},
        {{.count = 1, .choice = INT32_MIN, .factor = 1}, "sample.choice: -2147483648 is not one of none, full, equal"},
        {{.count = 1, .onoff = 2, .factor = 1}, "sample.onoff: 2 is not one of off, on"},
        {{.count = 1, .rate = (double)NAN, .factor = 1}, "sample.rate: nan is not from 0 to 1"},
        {{.count = 1, .rate = -(double)NAN, .factor = 1}, "sample.rate: nan is not from 0 to 1"},
        {{.count = 1, .rate = (double)INFINITY, .factor = 1}, "sample.rate: inf is above 1"},
        {{.count = 1, .rate = -5e-324, .factor = 1}, "sample.rate: -5e-324 is below 0"},
        {{.count = 1, .factor = 0}, "sample.factor: 0 is below 1, and not auto"},
        {{.count = 1, .factor = -(double)INFINITY}, "sample.factor: -inf is below 1, and not auto"},
        {{.count = 1, .factor = 1, .faults = 1}, "sample.faults: 0x1 has bits outside 0x3ffc, all fault kinds"},
        {{.count = 1, .factor = 1, .faults = 1u << 31}, "sample.faults: 0x80000000 has bits outside 0x3ffc, all fault kinds"},
        {{.count = 1, .factor = 1, .late = SEAWALL_FOREVER}, "sample.late: inf is above 100s"},
        {{.count = 1, .factor = 1, .later = 901}, "sample.later: above count"},
    };
    int i;

    for (i = 0; i < COUNT(wrong); i++) {
        sample config = wrong[i].config, full;
        seawall_error error = {0};

        config.size = sizeof(config);
        ck_assert_int_eq(sw_config_take(&kind, &config, &full, &error), SEAWALL_INVALID);
        ck_assert_str_eq(error.message, wrong[i].message);
        ck_assert_int_eq(sw_config_take(&kind, &config, &full, NULL), SEAWALL_INVALID);
    }
}
END_TEST

START_TEST(nothing_means_the_defaults)
{
    sample full;

    memset(&full, 0xA5, sizeof(full));
    ck_assert_int_eq(sw_config_take(&kind, NULL, &full, NULL), SEAWALL_OK);
    ck_assert_int_eq(memcmp(&full, &defaults, sizeof(full)), 0);
}
END_TEST

/* Struct and more, so that a larger size has bytes to be read. */
typedef union padded {
    sample known;
    unsigned char bytes[sizeof(sample) + 64];
} padded;

START_TEST(smaller_structs_take_defaults_for_their_tail)
{
    padded config;
    sample full;

    memset(&config, 0xA5, sizeof(config));
    ck_assert_int_eq(sw_config_init(&kind, &config, offsetof(sample, late)), SEAWALL_OK);
    ck_assert_uint_eq(config.known.size, offsetof(sample, late));
    ck_assert_int_eq(memcmp(&config.bytes[4], (const char *)&defaults + 4, offsetof(sample, late) - 4), 0);
    ck_assert_uint_eq(config.bytes[offsetof(sample, late)], 0xA5); /* not ours */
    config.known.count = 9;
    ck_assert_int_eq(sw_config_take(&kind, &config, &full, NULL), SEAWALL_OK);
    ck_assert_uint_eq(full.size, sizeof(full));
    ck_assert_int_eq(full.count, 9);
    ck_assert_int_eq(full.later, 7);
    ck_assert_int_eq(full.late, 0);
}
END_TEST

START_TEST(a_smaller_struct_is_never_read_or_written_beyond)
{
    padded config;
    seawall_error error;
    char text[32];

    memset(&config, 0xA5, sizeof(config));
    ck_assert_int_eq(sw_config_init(&kind, &config, offsetof(sample, latest)), SEAWALL_OK);
    ck_assert_int_eq(sw_config_set(&kind, &config, "later", "8", &error), SEAWALL_OK);
    ck_assert_int_eq(sw_config_set(&kind, &config, "latest", "1", &error), SEAWALL_INVALID);
    ck_assert_str_eq(error.message, "sample.latest: a struct of 60 bytes does not have this field");
    ck_assert_int_eq(sw_config_get(&kind, &config, "latest", text, sizeof(text), NULL), SEAWALL_INVALID);
    ck_assert_uint_eq(config.bytes[offsetof(sample, latest)], 0xA5);
}
END_TEST

START_TEST(larger_structs_must_be_zero_beyond)
{
    padded config;
    sample full;
    seawall_error error;

    memset(&config, 0xA5, sizeof(config));
    ck_assert_int_eq(sw_config_init(&kind, &config, sizeof(config)), SEAWALL_OK);
    ck_assert_uint_eq(config.known.size, sizeof(config));
    ck_assert_int_eq(sw_config_take(&kind, &config, &full, &error), SEAWALL_OK);
    ck_assert_uint_eq(full.size, sizeof(full));
    config.bytes[sizeof(config) - 1] = 1;
    ck_assert_int_eq(sw_config_take(&kind, &config, &full, &error), SEAWALL_INVALID);
    ck_assert_str_eq(error.key, "sample");
    ck_assert_str_eq(error.message, "sample.size: 392 is above 328, and what this library does not know is not zero");
    ck_assert_int_eq(sw_config_set(&kind, &config, "count", "1", &error), SEAWALL_INVALID);
    ck_assert_int_eq(config.known.count, 5);
}
END_TEST

START_TEST(impossible_sizes_are_named)
{
    static const struct {
        uint32_t size;
        const char *message;
    } sizes[] = {
        {0, "sample.size: 0 is below 48, the size of the oldest struct"},
        {3, "sample.size: 3 is below 48, the size of the oldest struct"},
        {47, "sample.size: 47 is below 48, the size of the oldest struct"},
        {52, "sample.size: 52 cuts a field in two: no struct ends there"},
        {65537, "sample.size: 65537 is above 65536"},
        {UINT32_MAX, "sample.size: 4294967295 is above 65536"},
    };
    int i;

    for (i = 0; i < COUNT(sizes); i++) {
        sample config = defaults, before, full;
        seawall_error error;

        config.size = sizes[i].size;
        before = config;
        ck_assert_int_eq(sw_config_take(&kind, &config, &full, &error), SEAWALL_INVALID);
        ck_assert_str_eq(error.message, sizes[i].message);
        ck_assert_str_eq(error.key, "sample");
        ck_assert_int_eq(sw_config_set(&kind, &config, "count", "1", &error), SEAWALL_INVALID);
        ck_assert_str_eq(error.message, sizes[i].message);
        ck_assert_int_eq(sw_config_get(&kind, &config, "count", NULL, 0, NULL), SEAWALL_INVALID);
        ck_assert_int_eq(sw_config_init(&kind, &config, sizes[i].size), SEAWALL_INVALID);
        ck_assert_int_eq(memcmp(&config, &before, sizeof(config)), 0);
    }
    ck_assert_int_eq(sw_config_init(&kind, &(sample){0}, SIZE_MAX), SEAWALL_INVALID);
    ck_assert_int_eq(sw_config_init(&kind, NULL, sizeof(sample)), SEAWALL_INVALID);
}
END_TEST

START_TEST(getting_asks_for_room)
{
    sample config = defaults;
    char text[8] = "untouch";
    size_t needed = 0;

    ck_assert_int_eq(sw_config_get(&kind, &config, "choice", NULL, 0, &needed), SEAWALL_TOO_SMALL);
    ck_assert_uint_eq(needed, 5);
    ck_assert_int_eq(sw_config_get(&kind, &config, "choice", text, 4, &needed), SEAWALL_TOO_SMALL);
    ck_assert_str_eq(text, "untouch");
    ck_assert_int_eq(sw_config_get(&kind, &config, "choice", text, 5, NULL), SEAWALL_OK);
    ck_assert_str_eq(text, "full");
    needed = 77;
    ck_assert_int_eq(sw_config_get(&kind, &config, "nothing", text, sizeof(text), &needed), SEAWALL_INVALID);
    ck_assert_int_eq(sw_config_get(&kind, NULL, "choice", text, sizeof(text), &needed), SEAWALL_INVALID);
    ck_assert_int_eq(sw_config_get(&kind, &config, NULL, text, sizeof(text), &needed), SEAWALL_INVALID);
    ck_assert_int_eq(sw_config_get(&kind, &config, "choice", NULL, 5, &needed), SEAWALL_INVALID);
    ck_assert_uint_eq(needed, 77);
}
END_TEST

START_TEST(setting_nothing_is_refused)
{
    sample config = defaults;
    seawall_error error;

    ck_assert_int_eq(sw_config_set(&kind, NULL, "count", "1", &error), SEAWALL_INVALID);
    ck_assert_int_eq(sw_config_set(&kind, &config, NULL, "1", &error), SEAWALL_INVALID);
    ck_assert_int_eq(sw_config_set(&kind, &config, "count", NULL, &error), SEAWALL_INVALID);
    ck_assert_int_eq(memcmp(&config, &defaults, sizeof(config)), 0);
}
END_TEST

START_TEST(rows_describe_themselves)
{
    static const struct {
        seawall_field_type type;
        double minimum, maximum;
        int automatic, live, zero, required;
        const char *unit, *choices;
    } wanted[] = {
        {SEAWALL_FIELD_COUNT, 1, 1000, 1, 0, 0, 0, "calls", ""},
        {SEAWALL_FIELD_DURATION, 10, (double)INFINITY, 0, 1, 1, 0, "ns", ""},
        {SEAWALL_FIELD_CHOICE, 0, 2, 0, 0, 0, 0, "", "none, full, equal"},
        {SEAWALL_FIELD_SWITCH, 0, 1, 0, 0, 0, 0, "", ""},
        {SEAWALL_FIELD_RATE, 0, 1, 0, 0, 0, 0, "", ""},
        {SEAWALL_FIELD_MULTIPLIER, 1, 1000, 1, 0, 0, 0, "", ""},
        {SEAWALL_FIELD_FAULTS, 0, 0x3ffc, 0, 0, 0, 0, "", ""},
        {SEAWALL_FIELD_DURATION, 0, 1e11, 1, 0, 0, 0, "ns", ""},
        {SEAWALL_FIELD_COUNT, -5, INT32_MAX, 0, 0, 0, 0, "", ""},
        {SEAWALL_FIELD_COUNT, 0, 1, 0, 0, 0, 0, "", ""},
        {SEAWALL_FIELD_TEXT, 0, 7, 0, 0, 0, 0, "bytes", ""},
        {SEAWALL_FIELD_TEXT, 0, 255, 0, 0, 0, 0, "bytes", ""},
    };
    int i;

    for (i = 0; i < COUNT(wanted); i++) {
        seawall_field field = {.size = sizeof(field)};

        ck_assert_int_eq(sw_config_describe(&kind, i, &field), SEAWALL_OK);
        ck_assert_uint_eq(field.size, sizeof(field));
        ck_assert_int_eq(field.type, wanted[i].type);
        ck_assert_str_eq(field.key, fields[i].key);
        ck_assert_str_eq(field.unit, wanted[i].unit);
        ck_assert_str_eq(field.text, fields[i].text);
        ck_assert_str_eq(field.choices, wanted[i].choices);
        ck_assert_double_eq(field.minimum, wanted[i].minimum);
        ck_assert(field.maximum == wanted[i].maximum);
        ck_assert_int_eq(field.automatic, wanted[i].automatic);
        ck_assert_int_eq(field.live, wanted[i].live);
        ck_assert_int_eq(field.zero, wanted[i].zero);
        ck_assert_int_eq(field.required, wanted[i].required);
        ck_assert_uint_eq(field.offset, fields[i].offset);
    }
}
END_TEST

START_TEST(only_rows_that_exist_describe_themselves)
{
    seawall_field field = {.size = sizeof(field)};

    ck_assert_int_eq(sw_config_describe(&kind, -1, &field), SEAWALL_INVALID);
    ck_assert_int_eq(sw_config_describe(&kind, COUNT(fields), &field), SEAWALL_INVALID);
    ck_assert_int_eq(sw_config_describe(&kind, 0, NULL), SEAWALL_INVALID);
    field.size = 8;
    ck_assert_int_eq(sw_config_describe(&kind, 0, &field), SEAWALL_INVALID);
    ck_assert_ptr_null(field.key);
}
END_TEST

START_TEST(structs_are_given_in_the_callers_size)
{
    const sample full = {.size = sizeof(sample), .count = 3, .late = 4, .later = 5};
    padded caller;

    memset(&caller, 0xA5, sizeof(caller));
    caller.known.size = offsetof(sample, late);
    ck_assert_int_eq(sw_struct_give(&full, sizeof(full), offsetof(sample, late), &caller), SEAWALL_OK);
    ck_assert_uint_eq(caller.known.size, offsetof(sample, late));
    ck_assert_int_eq(caller.known.count, 3);
    ck_assert_uint_eq(caller.bytes[offsetof(sample, late)], 0xA5);

    caller.known.size = sizeof(caller);
    ck_assert_int_eq(sw_struct_give(&full, sizeof(full), offsetof(sample, late), &caller), SEAWALL_OK);
    ck_assert_uint_eq(caller.known.size, sizeof(caller));
    ck_assert_int_eq(caller.known.later, 5);
    ck_assert_uint_eq(caller.bytes[sizeof(caller) - 1], 0); /* a later version's member: nothing to say */

    caller.known.count = 77;
    caller.known.size = offsetof(sample, late) - 1;
    ck_assert_int_eq(sw_struct_give(&full, sizeof(full), offsetof(sample, late), &caller), SEAWALL_INVALID);
    caller.known.size = 65537;
    ck_assert_int_eq(sw_struct_give(&full, sizeof(full), offsetof(sample, late), &caller), SEAWALL_INVALID);
    caller.known.size = 0;
    ck_assert_int_eq(sw_struct_give(&full, sizeof(full), 0, &caller), SEAWALL_INVALID);
    ck_assert_int_eq(caller.known.count, 77);
}
END_TEST

START_TEST(errors_are_cut_but_whole)
{
    seawall_error error;
    char longest[600];
    size_t i;

    memset(longest, 'x', sizeof(longest) - 1);
    longest[sizeof(longest) - 1] = '\0';
    ck_assert_int_eq(sw_error(&error, SEAWALL_FULL, longest, "%s", longest), SEAWALL_FULL);
    ck_assert_int_eq(error.status, SEAWALL_FULL);
    ck_assert_uint_eq(strlen(error.key), SEAWALL_ERROR_KEY_SIZE - 1);
    ck_assert_uint_eq(strlen(error.message), SEAWALL_ERROR_MESSAGE_SIZE - 1);
    for (i = 0; i + 3 < sizeof(longest); i += 3)
        memcpy(&longest[i], "\xe2\x82\xac", 3); /* a character of three bytes: 255 is a multiple of 3, and so is 63 */
    (void)sw_error(&error, SEAWALL_FULL, longest, "%s", longest);
    ck_assert_uint_eq(strlen(error.message), 255);
    ck_assert_uint_eq(strlen(error.key), 63);
    (void)sw_error(&error, SEAWALL_FULL, longest + 1, "a%s", longest);
    ck_assert_uint_eq(strlen(error.message), 253);
    (void)sw_error(&error, SEAWALL_FULL, "", "ab%s", longest);
    ck_assert_uint_eq(strlen(error.message), 254);
    ck_assert_str_eq(error.key, "");
    (void)sw_error(&error, SEAWALL_FULL, "a\nkey", "%s\t\x7f and \xe2\x82\xac", "one\r\nline");
    ck_assert_str_eq(error.key, "a?key");
    ck_assert_str_eq(error.message, "one??line?? and \xe2\x82\xac");
    ck_assert_int_eq(sw_error(NULL, SEAWALL_INVALID, "k", "m"), SEAWALL_INVALID);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("field");

    tcase_add_loop_test(tests, texts_are_stored_or_refused, 0, COUNT(rows));
    tcase_add_test(tests, values_are_checked_where_they_lie);
    tcase_add_test(tests, nothing_means_the_defaults);
    tcase_add_test(tests, smaller_structs_take_defaults_for_their_tail);
    tcase_add_test(tests, a_smaller_struct_is_never_read_or_written_beyond);
    tcase_add_test(tests, larger_structs_must_be_zero_beyond);
    tcase_add_test(tests, impossible_sizes_are_named);
    tcase_add_test(tests, getting_asks_for_room);
    tcase_add_test(tests, setting_nothing_is_refused);
    tcase_add_test(tests, rows_describe_themselves);
    tcase_add_test(tests, only_rows_that_exist_describe_themselves);
    tcase_add_test(tests, structs_are_given_in_the_callers_size);
    tcase_add_test(tests, errors_are_cut_but_whole);
    return sw_test_run("field", tests);
}
