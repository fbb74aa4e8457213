/* The settings of a rate limiter: defaults, bounds, messages. */
#include "support.h"
#include "suite.h"

#define YEAR SEAWALL_SECONDS(31536000)

START_TEST(a_rate_is_required)
{
    seawall_limiter_config config = SEAWALL_LIMITER_CONFIG_INIT;
    seawall_limiter *limiter = NULL;
    seawall_error error;

    ck_assert_int_eq(config.period, 1000000000);
    ck_assert_int_eq(config.burst, SEAWALL_AUTO);
    ck_assert_int_eq(config.max_wait, 0);
    ck_assert_int_eq(seawall_limiter_create(NULL, NULL, &limiter, &error), SEAWALL_INVALID);
    ck_assert_str_eq(error.message, "rate_limiter.rate: 0 is below 1");
    ck_assert_ptr_null(limiter);
}
END_TEST

static const struct {
    int32_t rate;
    seawall_duration period;
    int32_t burst;
    int32_t resolved; /* 0: refused */
    const char *message;
} rows[] = {
    {10, SEAWALL_SECONDS(1), SEAWALL_AUTO, 10, NULL},
    {1, SEAWALL_SECONDS(86400), SEAWALL_AUTO, 1, NULL},
    {5, SEAWALL_SECONDS(2), SEAWALL_AUTO, 3, NULL},
    {1000000000, SEAWALL_SECONDS(1), SEAWALL_AUTO, 1000000000, NULL},
    {1000, SEAWALL_MICROSECONDS(1), SEAWALL_AUTO, 1000000000, NULL},
    {1001, SEAWALL_MICROSECONDS(1), 1, 0, "rate_limiter.rate: 1001 is above one per nanosecond of period, 1us"},
    {1, YEAR, 1, 1, NULL},
    {1, YEAR, 2, 0, "rate_limiter.burst: 2 is above 1, what a year brings at a rate of 1 in a period of 8760h"},
    {1, SEAWALL_SECONDS(86400), 365, 365, NULL},
    {1, SEAWALL_SECONDS(86400), 366, 0,
     "rate_limiter.burst: 366 is above 365, what a year brings at a rate of 1 in a period of 24h"},
    {1, SEAWALL_SECONDS(1), 0, 0, "rate_limiter.burst: 0 is below 1, and not auto"},
    {-2, SEAWALL_SECONDS(1), 1, 0, "rate_limiter.rate: -2 is below 1"},
};

START_TEST(fields_hold_together)
{
    seawall_limiter_config config = SEAWALL_LIMITER_CONFIG_INIT;
    seawall_limiter_snapshot snapshot = SEAWALL_LIMITER_SNAPSHOT_INIT;
    seawall_limiter *limiter = NULL;
    seawall_error error = {0};

    config.rate = rows[_i].rate;
    config.period = rows[_i].period;
    config.burst = rows[_i].burst;
    if (rows[_i].resolved == 0) {
        ck_assert_int_eq(seawall_limiter_create(&config, NULL, &limiter, &error), SEAWALL_INVALID);
        ck_assert_str_eq(error.message, rows[_i].message);
        ck_assert_ptr_null(limiter);
        return;
    }
    ck_assert_int_eq(seawall_limiter_create(&config, NULL, &limiter, &error), SEAWALL_OK);
    ck_assert_int_eq(seawall_limiter_get_snapshot(limiter, &snapshot), SEAWALL_OK);
    ck_assert_int_eq(snapshot.burst, rows[_i].resolved);
    ck_assert_int_eq(snapshot.available, rows[_i].resolved);
    seawall_limiter_destroy(limiter);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("settings of a rate limiter");

    tcase_add_test(tests, a_rate_is_required);
    tcase_add_loop_test(tests, fields_hold_together, 0, (int)(sizeof(rows) / sizeof(rows[0])));
    return sw_test_run("settings of a rate limiter", tests);
}
