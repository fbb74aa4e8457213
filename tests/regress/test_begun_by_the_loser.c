/*
 * Two threads were about to close a breaker. One of them lost the CPU just before it wrote down where the window of the closed
 * state begins; the other closed it, and calls went on. Then the first one wrote that the window begins now, and found that it
 * was too late to close anything. The calls of before were missing: of fifty successes and fifty failures the window had the
 * failures alone, and the breaker opened.
 */
#include <seawall/seawall.h>

#include "one_test.h"
#include "policy/breaker/breaker_state.h"

static seawall_breaker *breaker;

static void calls(int times, seawall_fault fault)
{
    while (times-- > 0) {
        seawall_permit permit;

        ck_assert_int_eq(seawall_breaker_try_acquire(breaker, &permit, NULL), SEAWALL_OK);
        ck_assert_int_eq(seawall_breaker_report(breaker, &permit, fault), SEAWALL_OK);
    }
}

/* Closes it, and is held up before the window of the closed state is looked at for the first time. */
static void win(uint64_t word, const sw_breaker_next *next)
{
    sw_breaker_counts counts;

    sw_breaker_collect(breaker, &counts);
    ck_assert(sw_cas_u64(&breaker->word, &word, next->word));
    sw_breaker_window_begin(breaker, sw_breaker_epoch_of(next->word), seawall_platform_now(NULL), &counts);
}

START_TEST(a_loser_takes_nothing_off)
{
    seawall_breaker_config config = SEAWALL_BREAKER_CONFIG_INIT;
    seawall_breaker_snapshot s = SEAWALL_BREAKER_SNAPSHOT_INIT;
    sw_breaker_visit late = {0};
    sw_breaker_next next;
    uint64_t word;

    config.failure_threshold = 0;
    config.failure_rate = 0.6;
    config.minimum_calls = 50;
    ck_assert_int_eq(seawall_breaker_create(&config, NULL, &breaker, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_breaker_force_open(breaker, SEAWALL_FOREVER), SEAWALL_OK);
    late.breaker = breaker;
    word = sw_load_u64(&breaker->word);
    sw_breaker_shut(word, SEAWALL_BREAKER_CLOSED, false, &next);
    win(word, &next);
    calls(50, SEAWALL_FAULT_NONE);
    ck_assert(!sw_breaker_move(&late, &word, &next));
    calls(50, SEAWALL_FAULT_INTERNAL);
    ck_assert_int_eq(seawall_breaker_get_snapshot(breaker, &s), SEAWALL_OK);
    ck_assert_int_eq(s.window_calls, 100);
    ck_assert_int_eq(s.window_failures, 50);
    ck_assert_int_eq(s.state, SEAWALL_BREAKER_CLOSED);
    seawall_breaker_destroy(breaker);
}
END_TEST

int main(void)
{
    return one_test("regress/begun_by_the_loser", a_loser_takes_nothing_off);
}
