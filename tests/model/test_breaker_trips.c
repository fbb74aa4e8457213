/*
 * How soon a breaker opens by chance alone, with the real object, beside the formulas: a run of failures, and a window of
 * independent outcomes that is judged once, when it first fills. The seeds are fixed; the tolerance is four standard errors.
 */
#include <check.h>
#include <math.h>

#include <seawall/seawall.h>

#include "suite.h"
#include "support.h"

static seawall_platform platform; /* whose clock stands still */
static seawall_manual_clock *clock_at_zero;
static seawall_breaker *breaker;
static uint64_t state;

static void begin(const seawall_breaker_config *config)
{
    ck_assert_int_eq(seawall_platform_init(&platform, sizeof platform), SEAWALL_OK);
    ck_assert_int_eq(seawall_manual_clock_create(0, true, &clock_at_zero, NULL), SEAWALL_OK);
    seawall_manual_clock_install(clock_at_zero, &platform);
    ck_assert_int_eq(seawall_breaker_create(config, &platform, &breaker, NULL), SEAWALL_OK);
}

static void end(void)
{
    seawall_breaker_destroy(breaker);
    seawall_manual_clock_destroy(clock_at_zero);
}

/* One call that fails with this probability. False: the breaker is open. */
static bool call(double p)
{
    bool fails = (double)(sw_test_next(&state) >> 11) * 0x1p-53 < p;
    seawall_permit permit;

    if (seawall_breaker_try_acquire_at(breaker, 0, &permit, NULL) != SEAWALL_OK)
        return false;
    (void)seawall_breaker_report_at(breaker, &permit, fails ? SEAWALL_FAULT_INTERNAL : SEAWALL_FAULT_NONE, 0);
    return true;
}

/* Of k failures in a row at probability p, the first is complete after (1 - p^k) / (p^k (1 - p)) calls on average. */
static const struct {
    int32_t k;
    double p;
    uint64_t seed;
    double mean;
} runs[] = {{5, .3, 20261123, 586.5}, {5, .5, 20261124, 62}};

START_TEST(a_run_of_failures)
{
    seawall_breaker_config config = SEAWALL_BREAKER_CONFIG_INIT;
    const int64_t trips = sw_test_count(2000, 40000);
    double by_formula = (1 - pow(runs[_i].p, runs[_i].k)) / (pow(runs[_i].p, runs[_i].k) * (1 - runs[_i].p)), mean;
    int64_t calls = 0, i;

    state = runs[_i].seed;
    config.failure_threshold = runs[_i].k;
    begin(&config);
    for (i = 0; i < trips; i++) {
        while (call(runs[_i].p))
            calls++;
        ck_assert_int_eq(seawall_breaker_reset(breaker), SEAWALL_OK);
    }
    mean = (double)calls / (double)trips;
    ck_assert(fabs(by_formula - runs[_i].mean) < 0.05);
    /* Nearly geometric: the deviation is about the mean, and less. */
    ck_assert_msg(fabs(mean - by_formula) <= 4 * by_formula / sqrt((double)trips),
                  "%d in a row at %g: after %.1f calls, not %.1f", (int)runs[_i].k, runs[_i].p, mean, by_formula);
    end();
}
END_TEST

/* That of n independent outcomes at least `half` of them fail. By time all are in one bucket. */
static const struct {
    int32_t n;
    double p;
    seawall_breaker_window window;
    uint64_t seed;
    double trips;
} windows[] = {
    {100, .4, SEAWALL_BREAKER_WINDOW_COUNT, 20261123, .0271},
    {20, .3, SEAWALL_BREAKER_WINDOW_COUNT, 20261124, .0480},
    {20, .3, SEAWALL_BREAKER_WINDOW_TIME, 20261125, .0480},
};

START_TEST(a_window_when_it_first_fills)
{
    seawall_breaker_config config = SEAWALL_BREAKER_CONFIG_INIT;
    const int64_t count = sw_test_count(10000, 1000000);
    double expected = windows[_i].trips, error = sqrt(expected * (1 - expected) / (double)count), share;
    int64_t tripped = 0, i;

    state = windows[_i].seed;
    config.failure_threshold = 0;
    config.failure_rate = 0.5;
    config.window = windows[_i].window;
    config.window_calls = config.minimum_calls = windows[_i].n;
    begin(&config);
    for (i = 0; i < count; i++) {
        seawall_permit permit;
        int32_t j;

        for (j = 0; j < windows[_i].n; j++) {
            if (!call(windows[_i].p))
                ck_abort_msg("open before the window was full");
        }
        tripped += seawall_breaker_try_acquire_at(breaker, 0, &permit, NULL) == SEAWALL_OPEN;
        (void)seawall_breaker_reset(breaker);
    }
    share = (double)tripped / (double)count;
    ck_assert_msg(fabs(share - expected) <= 4 * error, "%d of %d at %g: %.5f opened, not %.5f +- %.5f", (int)windows[_i].n / 2,
                  (int)windows[_i].n, windows[_i].p, share, expected, 4 * error);
    end();
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("trips");

    tcase_set_timeout(tests, 120);
    tcase_add_loop_test(tests, a_run_of_failures, 0, (int)(sizeof(runs) / sizeof(runs[0])));
    tcase_add_loop_test(tests, a_window_when_it_first_fills, 0, (int)(sizeof(windows) / sizeof(windows[0])));
    return sw_test_run("breaker_trips", tests);
}
