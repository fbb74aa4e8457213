/* Doubles as text: against the C library in the C locale, and under a locale with a comma. */
#include <check.h>
#include <errno.h>
#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/big.h"
#include "base/text.h"
#include "suite.h"
#include "support.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

static bool same(double a, double b)
{
    return memcmp(&a, &b, sizeof(a)) == 0;
}

START_TEST(texts_that_are_no_numbers)
{
    static const char *const wrong[] = {"",     " ",
                                        "-",    "+1",
                                        ".5",   "5.",
                                        "1,5",  "1.5.2",
                                        "1e",   "1e+",
                                        "e5",   "1e5.0",
                                        "0x10", "0x",
                                        "1f",   "inf",
                                        "-inf", "nan",
                                        "NaN",  "infinity",
                                        "1 5",  "1.5 x",
                                        "--1",  "1e 5",
                                        "½",    "11111111112222222222333333333344444444445555555555666666666677777"};
    double value = 77;
    int i;

    for (i = 0; i < COUNT(wrong); i++)
        ck_assert_msg(sw_parse_number(sw_trim(wrong[i]), &value) == SW_TEXT_MALFORMED, "%s", wrong[i]);
    ck_assert(same(value, 77));
}
END_TEST

START_TEST(numbers_too_large_have_a_verdict)
{
    static const struct {
        const char *text;
        sw_verdict verdict;
    } rows[] = {
        {"1.7976931348623157e308", SW_TEXT_GOOD},
        {"1.7976931348623158e308", SW_TEXT_GOOD},
        {"1.7976931348623159e308", SW_TEXT_TOO_HIGH},
        {"-1.7976931348623159e308", SW_TEXT_TOO_LOW},
        {"1e309", SW_TEXT_TOO_HIGH},
        {"1e310", SW_TEXT_TOO_HIGH},
        {"-1e999999999999999999999", SW_TEXT_TOO_LOW},
        {"0e999999999999999999999", SW_TEXT_GOOD},
        {"1e-999999999999999999999", SW_TEXT_GOOD},
        {"1234567890123456789012345678901234567890123456789012345678901234", SW_TEXT_GOOD},
    };
    int i;

    for (i = 0; i < COUNT(rows); i++) {
        double value = 77;

        ck_assert_msg(sw_parse_number(sw_trim(rows[i].text), &value) == rows[i].verdict, "%s", rows[i].text);
        ck_assert_msg(same(value, rows[i].verdict == SW_TEXT_GOOD ? strtod(rows[i].text, NULL) : 77), "%s: %.17g", rows[i].text,
                      value);
    }
}
END_TEST

static void agrees(const char *text)
{
    double mine = 77, theirs;

    errno = 0;
    theirs = strtod(text, NULL);
    if (isinf(theirs)) {
        ck_assert_msg(sw_parse_number(sw_trim(text), &mine) == (theirs < 0 ? SW_TEXT_TOO_LOW : SW_TEXT_TOO_HIGH), "%s", text);
        return;
    }
    ck_assert_msg(sw_parse_number(sw_trim(text), &mine) == SW_TEXT_GOOD, "%s", text);
    ck_assert_msg(same(mine, theirs), "%s: %.17g instead of %.17g", text, mine, theirs);
}

START_TEST(hard_cases_are_rounded_right)
{
    static const char *const texts[] = {
        "9007199254740993",
        "9007199254740993.00000001",
        "9007199254740992.99999999",
        "0.1",
        "0.3",
        "1e23",
        "8.5e22",
        "2.2250738585072011e-308",
        "2.2250738585072012e-308",
        "2.2250738585072014e-308",
        "4.9e-324",
        "5e-324",
        "2.4703282292062327e-324",
        "2.4703282292062328e-324",
        "2.5e-324",
        "2.4e-324",
        "1e-323",
        "1e-400",
        "0",
        "-0",
        "0.0",
        "00.10",
        "1E5",
        "1e+5",
        "6.02e23",
        "1448997445238699",
        "0.500000000000000166533453693773481063544750213623046875",
        "3.518437208883201171875e13",
        "179769313486231570814527423731704356798070567525844996598917476803157260780028538760589558632766878171540458953514382464"
        "234321326889464182768467546703537516986049910576551282076245490090389328944075868508455133942304583236903222948165808559"
        "33212334774797926204144723168738177180919299881250404026184124858368"};
    int i;

    for (i = 0; i < COUNT(texts) - 1; i++)
        agrees(texts[i]);
    /* too long to be meant */
    ck_assert_int_eq(sw_parse_number(sw_trim(texts[COUNT(texts) - 1]), &(double){0}), SW_TEXT_MALFORMED);
}
END_TEST

/* A text of random shape: long or short, with point and exponent or without, near a double or not. */
static void make_text(uint64_t *state, char *text, size_t size)
{
    uint64_t bits = sw_test_next(state);
    double near;

    switch (bits % 4) {
    case 0:
        snprintf(text, size, "%llu.%llue%d", (unsigned long long)(sw_test_next(state) >> bits / 8 % 64),
                 (unsigned long long)(sw_test_next(state) >> bits / 512 % 64), (int)(bits / 65536 % 700) - 350);
        break;
    case 1:
        snprintf(text, size, "%llu%0*llu", (unsigned long long)sw_test_next(state), (int)(bits / 8 % 40),
                 (unsigned long long)(sw_test_next(state) >> 40));
        break;
    case 2:
        snprintf(text, size, "-0.%0*llu", (int)(bits / 8 % 50) + 1, (unsigned long long)(sw_test_next(state) >> bits / 512 % 60));
        break;
    default:
        bits = sw_test_next(state);
        memcpy(&near, &bits, sizeof(near));
        if (!isfinite(near))
            near = 1;
        snprintf(text, size, "%.*e", (int)(sw_test_next(state) % 45), near);
        break;
    }
}

START_TEST(any_text_agrees_with_the_c_library)
{
    uint64_t state = sw_test_seed();
    char text[128];
    int64_t i;

    for (i = 0; i < sw_test_count(20000, 200000); i++) {
        make_text(&state, text, sizeof(text));
        if (strlen(text) <= SW_NUMBER_LENGTH_MAX)
            agrees(text);
    }
}
END_TEST

static void reads_back(double value)
{
    char text[SW_TEXT_SIZE];
    char theirs[64];
    double back = 77;
    int digits;
    size_t shortest = 0;
    const char *c;
    size_t mine = 0;

    ck_assert_uint_eq(sw_print_number(value, text), strlen(text));
    ck_assert_msg(sw_parse_number(sw_trim(text), &back) == SW_TEXT_GOOD, "%s", text);
    ck_assert_msg(same(back, value), "%.17g: %s reads back as %.17g", value, text, back);
    ck_assert_msg(same(strtod(text, NULL), value), "%s is not %.17g", text, value);
    for (digits = 1; digits <= 17 && shortest == 0; digits++) {
        snprintf(theirs, sizeof(theirs), "%.*e", digits - 1, value);
        if (same(strtod(theirs, NULL), value))
            shortest = (size_t)digits;
    }
    for (c = text; *c == '-' || *c == '0' || *c == '.'; c++)
        continue;
    for (; *c != '\0' && *c != 'e'; c++)
        mine += *c != '.';
    for (c = strchr(text, 'e') != NULL ? strchr(text, 'e') : text + strlen(text);
         c > text && c[-1] == '0' && strchr(text, '.') == NULL; c--)
        mine--; /* zeros at the end of a whole number carry no information */
    ck_assert_msg(mine <= shortest, "%s is longer than %zu digits", text, shortest);
}

START_TEST(any_double_reads_back_from_its_shortest_text)
{
    uint64_t state = sw_test_seed();
    int64_t i;

    for (i = 0; i < sw_test_count(5000, 40000); i++) {
        uint64_t bits = sw_test_next(&state);
        double value;

        memcpy(&value, &bits, sizeof(value));
        if (isfinite(value) && value != 0.0)
            reads_back(value);
        value = (double)(bits >> 40) / 1024;
        if (value != 0.0)
            reads_back(value);
        value = ldexp(1, (int)(bits % 2098) - 1074); /* powers of two, where the neighbours stand at different distances */
        reads_back(value);
        reads_back(nextafter(value, 0.0) != 0.0 ? nextafter(value, 0.0) : value);
    }
    reads_back(DBL_MAX);
    reads_back(-DBL_MIN);
    reads_back(5e-324);
}
END_TEST

START_TEST(numbers_look_as_people_write_them)
{
    static const struct {
        double value;
        const char *text;
    } rows[] = {
        {0, "0"},
        {-0.0, "-0"},
        {1, "1"},
        {-2, "-2"},
        {0.5, "0.5"},
        {0.1, "0.1"},
        {0.3, "0.3"},
        {2.5, "2.5"},
        {100, "100"},
        {1000, "1000"},
        {1234.5, "1234.5"},
        {999.9999999999999, "999.9999999999999"},
        {1000.0000000000001, "1000.0000000000001"},
        {0.00001, "0.00001"},
        {0.000001, "1e-6"},
        {1.5e-7, "1.5e-7"},
        {1e20, "100000000000000000000"},
        {1e21, "1e21"},
        {1.25e22, "1.25e22"},
        {9007199254740992.0, "9007199254740992"},
        {5e-324, "5e-324"},
        {0x1p976, "6.386688990511104e293"}, /* not the nearest of 16 digits, and yet no other double is nearer */
        {0x1p574, "6.183260036827614e172"},
        {DBL_MAX, "1.7976931348623157e308"},
        {-DBL_MAX, "-1.7976931348623157e308"},
        {(double)INFINITY, "inf"},
        {-(double)INFINITY, "-inf"},
        {(double)NAN, "nan"},
    };
    char text[SW_TEXT_SIZE];
    int i;

    for (i = 0; i < COUNT(rows); i++) {
        ck_assert_uint_eq(sw_print_number(rows[i].value, text), strlen(rows[i].text));
        ck_assert_str_eq(text, rows[i].text);
    }
}
END_TEST

START_TEST(rates_may_be_percentages)
{
    static const struct {
        const char *text;
        double value;
    } rows[] = {{"50%", 0.5},     {"0.5", 0.5},    {"0%", 0},      {"100%", 1},
                {"33.3%", 0.333}, {"0.1%", 0.001}, {"-1%", -0.01}, {"1e1%", 0.1}};
    static const char *const wrong[] = {"%", "50%%", "50 %", "%50", "0x5%"};
    double value;
    int i;

    for (i = 0; i < COUNT(rows); i++) {
        ck_assert_msg(sw_parse_rate(sw_trim(rows[i].text), &value) == SW_TEXT_GOOD, "%s", rows[i].text);
        ck_assert_msg(same(value, rows[i].value), "%s: %.17g", rows[i].text, value);
    }
    value = 77;
    for (i = 0; i < COUNT(wrong); i++)
        ck_assert_msg(sw_parse_rate(sw_trim(wrong[i]), &value) == SW_TEXT_MALFORMED, "%s", wrong[i]);
    ck_assert_int_eq(sw_parse_number(sw_trim("50%"), &value), SW_TEXT_MALFORMED);
    ck_assert(same(value, 77));
}
END_TEST

/* Writes the smallest locale that glibc loads, one with nothing but a decimal comma, in case the machine has none. */
static bool write_comma_locale(const char *directory)
{
    static const struct {
        uint32_t magic, count, at[6];
        char texts[4][4]; /* "," "." "" and the code set */
        uint32_t comma, point;
    } data = {0x20031115 ^ LC_NUMERIC, 6, {32, 36, 40, 48, 52, 44}, {",", ".", "", ""}, ',', '.'};
    char path[256];
    FILE *file;
    bool written;

    snprintf(path, sizeof(path), "%s/xx_XX", directory);
    if (mkdir(path, 0700) != 0)
        return false;
    snprintf(path, sizeof(path), "%s/xx_XX/LC_NUMERIC", directory);
    file = fopen(path, "wb");
    if (file == NULL)
        return false;
    written = fwrite(&data, sizeof(data), 1, file) == 1;
    return fclose(file) == 0 && written;
}

static bool has_comma(const char *locale)
{
    return setlocale(LC_NUMERIC, locale) != NULL && strcmp(localeconv()->decimal_point, ",") == 0;
}

static bool use_comma_locale(void)
{
    static const char *const likely[] = {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "fr_FR.utf8", "pt_BR.UTF-8", "ru_RU.UTF-8"};
    char directory[] = "/tmp/seawall-locale-XXXXXX";
    char path[256];
    bool found;
    int i;

    for (i = 0; i < COUNT(likely); i++) {
        if (has_comma(likely[i]))
            return true;
    }
    if (mkdtemp(directory) == NULL)
        return false;
    found = write_comma_locale(directory) && setenv("LOCPATH", directory, 1) == 0 && has_comma("xx_XX");
    snprintf(path, sizeof(path), "%s/xx_XX/LC_NUMERIC", directory);
    (void)unlink(path);
    snprintf(path, sizeof(path), "%s/xx_XX", directory);
    (void)rmdir(path);
    (void)rmdir(directory);
    return found;
}

START_TEST(a_locale_with_a_comma_changes_nothing)
{
    char text[SW_TEXT_SIZE];
    seawall_breaker_config breaker = SEAWALL_BREAKER_CONFIG_INIT;
    seawall_retry_config retry = SEAWALL_RETRY_CONFIG_INIT;
    seawall_error error;
    double value = 0;
    int64_t duration = 0;

    if (!use_comma_locale()) {
        puts("SKIP a_locale_with_a_comma_changes_nothing: there is no such locale, and none could be made");
        return;
    }
    snprintf(text, sizeof(text), "%.1f", 1.5);
    ck_assert_str_eq(text, "1,5");
    ck_assert_int_eq(sw_parse_number(sw_trim("1.5"), &value), SW_TEXT_GOOD);
    ck_assert(same(value, 1.5));
    ck_assert_int_eq(sw_parse_number(sw_trim("1,5"), &value), SW_TEXT_MALFORMED);
    (void)sw_print_number(1234567.5, text);
    ck_assert_str_eq(text, "1234567.5");
    ck_assert_int_eq(sw_parse_duration(sw_trim("1.5s"), &duration), SW_TEXT_GOOD);
    ck_assert_int_eq(duration, 1500000000);
    (void)sw_print_integer(-1234567, text);
    ck_assert_str_eq(text, "-1234567");
    ck_assert_int_eq(seawall_config_set("retry", &retry, "backoff_multiplier", "2.5", &error), SEAWALL_OK);
    ck_assert(same(retry.backoff_multiplier, 2.5));
    ck_assert_int_eq(seawall_config_set("retry", &retry, "backoff_multiplier", "0.5", &error), SEAWALL_INVALID);
    ck_assert_str_eq(error.message, "retry.backoff_multiplier: 0.5 is below 1");
    breaker.failure_threshold = -2000;
    ck_assert_int_eq(seawall_config_check("circuit_breaker", &breaker, &error), SEAWALL_INVALID);
    ck_assert_str_eq(error.message, "circuit_breaker.failure_threshold: -2000 is below 0");
}
END_TEST

/* Division of large numbers, by multiplying back. */
START_TEST(big_numbers_divide)
{
    uint64_t state = sw_test_seed();
    int64_t i;

    for (i = 0; i < sw_test_count(2000, 30000); i++) {
        uint64_t quotient = sw_test_next(&state) >> (1 + sw_test_next(&state) % 63);
        uint32_t rest = (uint32_t)sw_test_next(&state);
        uint32_t zeros = (uint32_t)(sw_test_next(&state) % 900);
        sw_big divisor, dividend, back;

        sw_big_set(&divisor, sw_test_next(&state) | (uint64_t)1 << 63);
        sw_big_shift_left(&divisor, zeros);
        ck_assert_uint_eq(sw_big_bits(&divisor), 64 + zeros);
        /* dividend = divisor x quotient + rest, the quotient in two halves */
        dividend = divisor;
        sw_big_multiply_add(&dividend, (uint32_t)(quotient >> 32), 0);
        sw_big_shift_left(&dividend, 32);
        back = divisor;
        sw_big_multiply_add(&back, (uint32_t)quotient, rest);
        {
            uint64_t carry = 0;
            uint32_t k;

            for (k = 0; k < SW_BIG_LIMBS; k++) {
                carry += (uint64_t)dividend.limbs[k] + back.limbs[k];
                dividend.limbs[k] = (uint32_t)carry;
                carry >>= 32;
                if (dividend.limbs[k] != 0)
                    dividend.used = k + 1;
            }
        }
        ck_assert_uint_eq(sw_big_divide(&dividend, &divisor), quotient);
        sw_big_set(&back, rest);
        ck_assert_int_eq(sw_big_compare(&dividend, &back), 0);
        ck_assert_int_lt(sw_big_compare(&dividend, &divisor), 0);
    }
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("decimal");

    tcase_set_timeout(tests, 300);
    tcase_add_test(tests, texts_that_are_no_numbers);
    tcase_add_test(tests, numbers_too_large_have_a_verdict);
    tcase_add_test(tests, hard_cases_are_rounded_right);
    tcase_add_test(tests, any_text_agrees_with_the_c_library);
    tcase_add_test(tests, any_double_reads_back_from_its_shortest_text);
    tcase_add_test(tests, numbers_look_as_people_write_them);
    tcase_add_test(tests, rates_may_be_percentages);
    tcase_add_test(tests, a_locale_with_a_comma_changes_nothing);
    tcase_add_test(tests, big_numbers_divide);
    return sw_test_run("decimal", tests);
}
