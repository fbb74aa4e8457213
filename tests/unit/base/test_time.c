/* Arithmetic on times against the same sums in 128 bits. */
#include <check.h>

#include "suite.h"
#include "support.h"

__extension__ typedef __int128 wide;

static int64_t clamp(wide value)
{
    return value > INT64_MAX ? INT64_MAX : value < INT64_MIN ? INT64_MIN : (int64_t)value;
}

static const int64_t edges[] = {INT64_MIN,      INT64_MIN + 1,  -SEAWALL_SECONDS(1), -1,           0,
                                1,              999,            1000,                999999,       1000000,
                                1000001,        SEAWALL_SECONDS(1), INT64_C(9223372036), INT64_C(9223372037),
                                INT64_MAX / 2,  INT64_MAX - 1,  INT64_MAX};

#define EDGES ((int)(sizeof(edges) / sizeof(edges[0])))

static int64_t draw(uint64_t *state)
{
    uint64_t bits = sw_test_next(state);

    if (bits % 4 == 0)
        return edges[(bits >> 8) % (uint64_t)EDGES];
    return (int64_t)sw_test_next(state) >> (bits >> 16) % 64;
}

static int32_t poll_model(int64_t d)
{
    wide whole = ((wide)d + 999999) / 1000000;

    if (d == SEAWALL_FOREVER)
        return -1;
    return d <= 0 ? 0 : whole > INT32_MAX ? INT32_MAX : (int32_t)whole;
}

/* In microseconds, and 0 for ever alone. */
static int64_t socket_model(int64_t d)
{
    wide whole = ((wide)d + 999) / 1000;

    if (d == SEAWALL_FOREVER)
        return 0;
    return d <= 0 ? 1 : (int64_t)whole;
}

static int64_t curl_model(int64_t d)
{
    int32_t poll = poll_model(d);

    return poll < 0 ? 0 : poll == 0 ? 1 : poll;
}

static int64_t socket_microseconds(int64_t d)
{
    int64_t seconds = -7;
    int32_t microseconds = -7;

    seawall_socket_timeout(d, &seconds, &microseconds);
    ck_assert_int_ge(seconds, 0);
    ck_assert_int_ge(microseconds, 0);
    ck_assert_int_lt(microseconds, 1000000);
    return seconds * 1000000 + microseconds;
}

static void compare(int64_t a, int64_t b)
{
    bool never = a == SEAWALL_FOREVER || b == SEAWALL_FOREVER;
    int64_t sum = never ? SEAWALL_FOREVER : clamp((wide)a + b);
    int64_t left = a == SEAWALL_FOREVER ? SEAWALL_FOREVER : a <= b ? 0 : clamp((wide)a - b);

    ck_assert_msg(seawall_time_add(a, b) == sum, "%lld + %lld", (long long)a, (long long)b);
    ck_assert_msg(seawall_time_until(a, b) == left, "until %lld from %lld", (long long)a, (long long)b);
}

static void compare_one(int64_t a)
{
    ck_assert_int_eq(seawall_microseconds(a), clamp((wide)a * 1000));
    ck_assert_int_eq(seawall_milliseconds(a), clamp((wide)a * 1000000));
    ck_assert_int_eq(seawall_seconds(a), clamp((wide)a * 1000000000));
    ck_assert_msg(seawall_poll_milliseconds(a) == poll_model(a), "poll for %lld: %d", (long long)a,
                  seawall_poll_milliseconds(a));
    ck_assert_msg(socket_microseconds(a) == socket_model(a), "socket for %lld", (long long)a);
    ck_assert_msg(seawall_curl_milliseconds(a) == curl_model(a), "curl for %lld", (long long)a);
}

START_TEST(edges_saturate)
{
    int i, k;

    ck_assert_int_eq(seawall_forever(), SEAWALL_FOREVER);
    for (i = 0; i < EDGES; i++) {
        compare_one(edges[i]);
        for (k = 0; k < EDGES; k++)
            compare(edges[i], edges[k]);
    }
}
END_TEST

START_TEST(anything_saturates)
{
    uint64_t state = sw_test_seed();
    int64_t i;

    for (i = 0; i < sw_test_count(100000, 500000); i++) {
        compare(draw(&state), draw(&state));
        compare_one(draw(&state));
    }
}
END_TEST

START_TEST(poll_rounds_up)
{
    ck_assert_int_eq(seawall_poll_milliseconds(1), 1);
    ck_assert_int_eq(seawall_poll_milliseconds(1000000), 1);
    ck_assert_int_eq(seawall_poll_milliseconds(1000001), 2);
    ck_assert_int_eq(seawall_poll_milliseconds(SEAWALL_MILLISECONDS(INT64_C(2147483647))), INT32_MAX);
    ck_assert_int_eq(seawall_poll_milliseconds(SEAWALL_MILLISECONDS(INT64_C(2147483648))), INT32_MAX);
    ck_assert_int_eq(seawall_poll_milliseconds(SEAWALL_FOREVER - 1), INT32_MAX);
    ck_assert_int_eq(seawall_poll_milliseconds(SEAWALL_FOREVER), -1);
}
END_TEST

/* Elsewhere 0 means for ever: what is over must never become that. */
START_TEST(nothing_left_is_not_for_ever)
{
    int64_t seconds = -7;
    int32_t microseconds = -7;

    ck_assert_int_eq(socket_microseconds(0), 1);
    ck_assert_int_eq(socket_microseconds(INT64_MIN), 1);
    ck_assert_int_eq(socket_microseconds(1), 1);
    ck_assert_int_eq(socket_microseconds(1001), 2);
    ck_assert_int_eq(socket_microseconds(SEAWALL_FOREVER - 1), INT64_C(9223372036854776));
    ck_assert_int_eq(socket_microseconds(SEAWALL_FOREVER), 0);
    seawall_socket_timeout(5, NULL, &microseconds);
    seawall_socket_timeout(5, &seconds, NULL);
    ck_assert(seconds == -7 && microseconds == -7);
    ck_assert_int_eq(seawall_curl_milliseconds(0), 1);
    ck_assert_int_eq(seawall_curl_milliseconds(-5), 1);
    ck_assert_int_eq(seawall_curl_milliseconds(1000001), 2);
    ck_assert_int_eq(seawall_curl_milliseconds(SEAWALL_FOREVER - 1), INT32_MAX);
    ck_assert_int_eq(seawall_curl_milliseconds(SEAWALL_FOREVER), 0);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("arithmetic");

    tcase_set_timeout(tests, 300);
    tcase_add_test(tests, edges_saturate);
    tcase_add_test(tests, anything_saturates);
    tcase_add_test(tests, poll_rounds_up);
    tcase_add_test(tests, nothing_left_is_not_for_ever);
    return sw_test_run("time", tests);
}
