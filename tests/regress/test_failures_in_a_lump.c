/*
 * Whoever counts in a breaker's window lost the CPU, and thousands of calls went on meanwhile. He then put all of their failures
 * after all of their successes: the last hundred outcomes were failures, and the breaker opened although a tenth had failed.
 */
#include <seawall/seawall.h>

#include "one_test.h"
#include "policy/breaker/breaker_state.h"

static seawall_breaker *breaker;

/* One call for each letter, of which a large one is slow. */
static void calls(int times, const char *story)
{
    int call;

    for (call = 0; call < times; call++) {
        const char *c;

        for (c = story; *c != '\0'; c++) {
            seawall_time now = seawall_platform_now(NULL);
            seawall_permit permit;

            ck_assert_int_eq(seawall_breaker_try_acquire_at(breaker, now, &permit, NULL), SEAWALL_OK);
            ck_assert_int_eq(seawall_breaker_report_at(breaker, &permit,
                                                       *c == 'f' || *c == 'F' ? SEAWALL_FAULT_INTERNAL : SEAWALL_FAULT_NONE,
                                                       *c < 'a' ? now + SEAWALL_SECONDS(2) : now),
                             SEAWALL_OK);
        }
    }
}

/* As if somebody were counting, and did not get on. */
static void while_nobody_counts(int times, const char *story)
{
    sw_store_u32(&breaker->keeper, sw_port_fork_generation());
    calls(times, story);
    sw_store_u32(&breaker->keeper, 0);
}

static seawall_breaker_snapshot look(void)
{
    seawall_breaker_snapshot s = SEAWALL_BREAKER_SNAPSHOT_INIT;

    ck_assert_int_eq(seawall_breaker_get_snapshot(breaker, &s), SEAWALL_OK);
    return s;
}

START_TEST(what_piled_up_is_spread)
{
    seawall_breaker_config config = SEAWALL_BREAKER_CONFIG_INIT;
    seawall_breaker_snapshot s;

    config.failure_threshold = 0;
    config.failure_rate = 0.5;
    config.slow_call_rate = 0.5;
    config.slow_call_duration = SEAWALL_SECONDS(1);
    config.window_calls = 10;
    ck_assert_int_eq(seawall_breaker_create(&config, NULL, &breaker, NULL), SEAWALL_OK);
    calls(10, "s");
    while_nobody_counts(50, "sssf");
    s = look();
    ck_assert_int_eq(s.state, SEAWALL_BREAKER_CLOSED);
    ck_assert_int_eq(s.window_calls, 10);
    ck_assert_int_ge(s.window_failures, 2);
    ck_assert_int_le(s.window_failures, 3);
    /* Kinds are spread among each other, too. */
    while_nobody_counts(50, "sssssfSF");
    s = look();
    ck_assert_int_eq(s.state, SEAWALL_BREAKER_CLOSED);
    ck_assert_int_ge(s.window_failures, 2);
    ck_assert_int_le(s.window_failures, 4);
    ck_assert_int_ge(s.window_slow_calls, 2);
    ck_assert_int_le(s.window_slow_calls, 4);
    ck_assert_int_eq(s.failures, 50 + 100);
    /* If all of them failed, they are the last ten, and it opens. */
    while_nobody_counts(50, "f");
    s = look();
    ck_assert_int_eq(s.state, SEAWALL_BREAKER_OPEN);
    ck_assert_int_eq(s.last_value, 1000000);
    seawall_breaker_destroy(breaker);
}
END_TEST

int main(void)
{
    return one_test("regress/failures_in_a_lump", what_piled_up_is_spread);
}
