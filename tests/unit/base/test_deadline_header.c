/* What is left of a deadline, as a header's value and back. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "suite.h"
#include "support.h"

#define MS(n) SEAWALL_MILLISECONDS(n)
#define REFUSED (-1)

static const struct {
    const char *value;
    seawall_duration left; /* or REFUSED */
} received[] = {
    {NULL, SEAWALL_FOREVER},
    {"", SEAWALL_FOREVER},
    {" \t ", SEAWALL_FOREVER},
    {"0", 0},
    {"-0", 0},
    {"1", MS(1)},
    {"250", MS(250)},
    {" 250\t", MS(250)},
    {"250\r\n", MS(250)},
    {"000250", MS(250)},
    {"-1", 0},
    {"-9223372036854775808", 0},
    {"-99999999999999999999999999", 0},
    {"9223372036853", MS(INT64_C(9223372036853))},
    {"9223372036854", MS(INT64_C(9223372036854))},
    {"9223372036855", SEAWALL_FOREVER},
    {"9223372036854775807", SEAWALL_FOREVER},
    {"9223372036854775808", SEAWALL_FOREVER},
    {"99999999999999999999999999", SEAWALL_FOREVER},
    {"+5", REFUSED},
    {"5.5", REFUSED},
    {"5e3", REFUSED},
    {"5ms", REFUSED},
    {"5 ms", REFUSED},
    {"5 5", REFUSED},
    {"5,5", REFUSED},
    {"5, ", REFUSED},
    {"0x10", REFUSED},
    {"-", REFUSED},
    {"--5", REFUSED},
    {"- 5", REFUSED},
    {"inf", REFUSED},
    {"none", REFUSED},
    {"\v5", REFUSED},
    {"\xd9\xa5", REFUSED}, /* a digit elsewhere */
};

START_TEST(every_value_has_its_verdict)
{
    seawall_duration left = -77;
    seawall_status status = seawall_deadline_from_header(received[_i].value, &left);

    if (received[_i].left == REFUSED) {
        ck_assert_int_eq(status, SEAWALL_INVALID);
        ck_assert_int_eq(left, -77);
    } else {
        ck_assert_int_eq(status, SEAWALL_OK);
        ck_assert_int_eq(left, received[_i].left);
    }
    ck_assert_int_eq(seawall_deadline_from_header(received[_i].value, NULL), SEAWALL_INVALID);
}
END_TEST

static const struct {
    seawall_duration left;
    const char *value;
} sent[] = {
    {SEAWALL_FOREVER, ""},
    {SEAWALL_FOREVER - 1, "9223372036854"},
    {MS(250), "250"},
    {MS(250) + 999999, "250"},
    {MS(250) - 1, "249"},
    {MS(1), "1"},
    {MS(1) - 1, "0"},
    {1, "0"},
    {0, "0"},
    {-1, "0"},
    {INT64_MIN, "0"},
};

START_TEST(the_value_is_rounded_down)
{
    char text[SEAWALL_DEADLINE_HEADER_SIZE];
    size_t needed = 0;

    ck_assert_int_eq(seawall_deadline_to_header(sent[_i].left, text, sizeof(text), &needed), SEAWALL_OK);
    ck_assert_str_eq(text, sent[_i].value);
    ck_assert_uint_eq(needed, strlen(sent[_i].value) + 1);
    ck_assert_int_eq(seawall_deadline_to_header(sent[_i].left, text, needed, NULL), SEAWALL_OK);
    strcpy(text, "kept");
    needed = 0;
    ck_assert_int_eq(seawall_deadline_to_header(sent[_i].left, text, strlen(sent[_i].value), &needed), SEAWALL_TOO_SMALL);
    ck_assert_str_eq(text, "kept");
    ck_assert_uint_eq(needed, strlen(sent[_i].value) + 1);
    ck_assert_int_eq(seawall_deadline_to_header(sent[_i].left, NULL, 0, &needed), SEAWALL_INVALID);
}
END_TEST

/* However many hops, nobody believes in more than there was, and one hop costs less than a millisecond. */
START_TEST(the_next_hop_never_believes_in_more)
{
    uint64_t state = sw_test_seed();
    int64_t i;

    for (i = 0; i < sw_test_count(20000, 1000000); i++) {
        seawall_duration left = (int64_t)(sw_test_next(&state) >> 1 >> sw_test_next(&state) % 63), heard = -77;
        char text[SEAWALL_DEADLINE_HEADER_SIZE];

        ck_assert_int_eq(seawall_deadline_to_header(left, text, sizeof(text), NULL), SEAWALL_OK);
        ck_assert_int_eq(seawall_deadline_from_header(text, &heard), SEAWALL_OK);
        ck_assert_msg(heard <= left && (left == SEAWALL_FOREVER ? heard == left : left - heard < MS(1)),
                      "%" PRId64 " was told as %s", left, text);
    }
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("header");

    tcase_add_loop_test(tests, every_value_has_its_verdict, 0, (int)(sizeof(received) / sizeof(received[0])));
    tcase_add_loop_test(tests, the_value_is_rounded_down, 0, (int)(sizeof(sent) / sizeof(sent[0])));
    tcase_add_test(tests, the_next_hop_never_believes_in_more);
    return sw_test_run("deadline header", tests);
}
