/* Random requests against a plain model: the instant at which the bucket is full, in 128 bits and units that never round. */
#include "suite.h"
#include "support.h"

__extension__ typedef __int128 wide;

/* All of these divide a second, so that both must agree to the nanosecond. */
static const int32_t rates[] = {1, 10, 1000, 1000000, 100000000};

typedef struct model {
    wide full; /* ns since the start */
    wide interval;
    int32_t burst;
} model;

static wide wait_of(const model *m, wide now, int32_t n)
{
    wide after = (m->full > now ? m->full : now) + n * m->interval;
    wide lack = after - now - m->burst * m->interval;

    return lack > 0 ? lack : 0;
}

static void take(model *m, wide now, int32_t n)
{
    m->full = (m->full > now ? m->full : now) + n * m->interval;
}

START_TEST(it_does_what_the_model_does)
{
    seawall_limiter_config config = SEAWALL_LIMITER_CONFIG_INIT;
    uint64_t seed = sw_test_seed() + (uint64_t)_i;
    int64_t steps = sw_test_count(20000, 200000), i;
    model m = {0, SEAWALL_SECONDS(1) / rates[_i], 5};
    seawall_limiter *limiter;
    sw_test_platform test;
    seawall_time now = SW_TEST_START;
    seawall_permit last = SEAWALL_PERMIT_INIT;
    wide before = 0;

    sw_test_platform_init(&test, true);
    config.rate = rates[_i];
    config.burst = 5;
    ck_assert_int_eq(seawall_limiter_create(&config, &test.platform, &limiter, NULL), SEAWALL_OK);
    for (i = 0; i < steps; i++) {
        int32_t n = 1 + (int32_t)(sw_test_next(&seed) % 5);
        seawall_duration most = (seawall_duration)(sw_test_next(&seed) % (uint64_t)(4 * m.interval));
        seawall_duration wait = -1;
        seawall_status status;
        wide expected;

        if (sw_test_next(&seed) % 4 != 0)
            now += (seawall_duration)(sw_test_next(&seed) % (uint64_t)(4 * m.interval));
        if (sw_test_next(&seed) % 1000 == 0)
            now += SEAWALL_SECONDS(86400);
        if (sw_test_next(&seed) % 8 == 0 && last.opaque[2] != 0) {
            ck_assert_int_eq(seawall_limiter_refund(limiter, &last) == SEAWALL_OK ||
                                 sw_test_next(&seed) == 0, 1);
            m.full = before;
        }
        expected = wait_of(&m, now - SW_TEST_START, n);
        status = seawall_limiter_reserve_at(limiter, n, most, now, &last, &wait);
        ck_assert_int_eq(status, expected <= most ? SEAWALL_OK : SEAWALL_LIMITED);
        ck_assert_int_eq(wait, (seawall_duration)expected);
        if (status == SEAWALL_OK) {
            before = m.full > now - SW_TEST_START ? m.full : now - SW_TEST_START;
            take(&m, now - SW_TEST_START, n);
        } else {
            last = (seawall_permit)SEAWALL_PERMIT_INIT;
        }
    }
    seawall_limiter_destroy(limiter);
    sw_test_platform_fini(&test);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("rate limiter and its model");

    tcase_add_loop_test(tests, it_does_what_the_model_does, 0, (int)(sizeof(rates) / sizeof(rates[0])));
    return sw_test_run("rate limiter and its model", tests);
}
