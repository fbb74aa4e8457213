/* The transition functions, row by row: (rules, word, now) -> word. */
#include <check.h>
#include <stdlib.h>

#include "policy/breaker/breaker_core.h"

#define BASE SEAWALL_SECONDS(1000)
#define TICK ((seawall_duration)1 << SW_TICK_SHIFT)

static const sw_breaker_rules rules = {
    .base = BASE,
    .recovery_timeout = 10 * TICK,
    .recovery_max = 50 * TICK,
    .recovery_multiplier = 2,
    .probe_timeout = 4 * TICK,
    .failure_threshold = 3,
    .max_calls = 4,
    .successes_to_close = 3,
    .failures_to_reopen = 2,
};

static uint64_t closed(uint64_t epoch, uint64_t trip, uint64_t streak)
{
    return sw_breaker_word(SEAWALL_BREAKER_CLOSED, epoch, trip << SW_TRIP_SHIFT | streak);
}

static uint64_t half(uint64_t epoch, uint64_t issued, uint64_t failures, uint64_t successes)
{
    return sw_breaker_word(SEAWALL_BREAKER_HALF_OPEN, epoch, issued << 20 | failures << 10 | successes);
}

static uint64_t opened(uint64_t epoch, uint64_t deadline)
{
    return sw_breaker_word(SEAWALL_BREAKER_OPEN, epoch, deadline);
}

static uint64_t forced(uint64_t epoch, uint64_t deadline)
{
    return sw_breaker_word(SEAWALL_BREAKER_FORCED_OPEN, epoch, deadline);
}

enum { SUCCESS, FAILURE, IGNORED, LOST, PROBE, CLOSE, FORGET };

struct row {
    int event;
    uint64_t before;
    uint64_t after;
    int32_t rule, value, limit;
};

static struct row row_at(int i)
{
    const uint64_t last = SW_EPOCH_MASK;
    const struct row rows[] = {
        /* closed */
        {SUCCESS, closed(7, 7, 0), closed(7, 7, 0), 0, 0, 0},
        {SUCCESS, closed(7, 5, 2), closed(7, 5, 0), 0, 0, 0},
        {FAILURE, closed(7, 5, 0), closed(7, 5, 1), 0, 0, 0},
        {FAILURE, closed(7, 5, 1), closed(7, 5, 2), 0, 0, 0},
        {FAILURE, closed(7, 5, 2), opened(8, 110), SEAWALL_BREAKER_RULE_CONSECUTIVE, 3, 3},
        {FAILURE, closed(last, 5, 2), opened(0, 110), SEAWALL_BREAKER_RULE_CONSECUTIVE, 3, 3},
        {IGNORED, closed(7, 5, 2), closed(7, 5, 2), 0, 0, 0},
        {CLOSE, closed(7, 5, 2), closed(8, 5, 0), 0, 0, 0},
        {CLOSE, closed(7, 7, 2), closed(8, 8, 0), 0, 0, 0},
        {CLOSE, closed(last, last, 0), closed(0, 0, 0), 0, 0, 0},
        {FORGET, closed(7, 5, 2), closed(8, 8, 0), 0, 0, 0},
        /* half-open */
        {SUCCESS, half(9, 1, 0, 0), half(9, 1, 0, 1), 0, 0, 0},
        {SUCCESS, half(9, 4, 0, 2), closed(10, 8, 0), 0, 0, 0},
        {SUCCESS, half(9, 3, 1, 1), half(9, 3, 1, 2), 0, 0, 0},
        {SUCCESS, half(9, 4, 1, 2), closed(10, 8, 0), 0, 0, 0},
        {FAILURE, half(9, 2, 0, 1), half(9, 2, 1, 1), 0, 0, 0},
        {FAILURE, half(9, 2, 1, 0), opened(10, 110), SEAWALL_BREAKER_RULE_PROBES, 2, 2},
        {FAILURE, half(last, 2, 1, 0), opened(0, 110), SEAWALL_BREAKER_RULE_PROBES, 2, 2},
        {IGNORED, half(9, 2, 1, 0), half(9, 1, 1, 0), 0, 0, 0},
        {LOST, half(9, 2, 1, 0), opened(10, 110), SEAWALL_BREAKER_RULE_PROBES, 1, 2},
        {CLOSE, half(9, 2, 1, 0), closed(10, 8, 0), 0, 0, 0},
        {CLOSE, half(0, 2, 1, 0), closed(1, last, 0), 0, 0, 0},
        {FORGET, half(9, 2, 1, 0), closed(10, 10, 0), 0, 0, 0},
        /* open */
        {PROBE, opened(8, 90), half(9, 0, 0, 0), 0, 0, 0},
        {PROBE, forced(last, 90), half(0, 0, 0, 0), 0, 0, 0},
        {CLOSE, opened(8, 190), closed(9, 8, 0), 0, 0, 0},
        {CLOSE, forced(8, SW_TICK_NEVER), closed(9, 8, 0), 0, 0, 0},
        {FORGET, opened(8, 190), closed(9, 9, 0), 0, 0, 0},
    };

    return i < (int)(sizeof rows / sizeof rows[0]) ? rows[i] : (struct row){.event = -1};
}

#define ROWS 28

START_TEST(every_row)
{
    const seawall_time now = BASE + 100 * TICK;
    struct row row = row_at(_i);
    sw_breaker_next next = {.value = -1};

    switch (row.event) {
    case SUCCESS: sw_breaker_on_success(&rules, row.before, now, &next); break;
    case FAILURE: sw_breaker_on_failure(&rules, row.before, now, &next); break;
    case IGNORED: sw_breaker_on_ignored(row.before, &next); break;
    case LOST: sw_breaker_on_lost(&rules, row.before, now, &next); break;
    case PROBE: sw_breaker_probe(row.before, &next); break;
    case CLOSE: sw_breaker_shut(row.before, SEAWALL_BREAKER_CLOSED, false, &next); break;
    case FORGET: sw_breaker_shut(row.before, SEAWALL_BREAKER_CLOSED, true, &next); break;
    default: ck_abort_msg("there is no row %d", _i);
    }
    ck_assert_msg(next.word == row.after, "row %d: %016llx became %016llx, not %016llx", _i, (unsigned long long)row.before,
                  (unsigned long long)next.word, (unsigned long long)row.after);
    ck_assert_int_eq(next.rule, row.rule);
    ck_assert_int_eq(next.value, row.value);
    ck_assert_int_eq(next.limit, row.limit);
}
END_TEST

START_TEST(all_rows_are_run)
{
    ck_assert_int_eq(row_at(ROWS - 1).event >= 0, 1);
    ck_assert_int_eq(row_at(ROWS).event, -1);
}
END_TEST

START_TEST(a_threshold_of_zero_never_trips)
{
    sw_breaker_rules never = rules;
    sw_breaker_next next;

    never.failure_threshold = 0;
    sw_breaker_on_failure(&never, closed(7, 5, 0), BASE, &next);
    ck_assert(next.word == closed(7, 5, 0));
}
END_TEST

START_TEST(the_largest_threshold_fits)
{
    sw_breaker_rules large = rules;
    sw_breaker_next next;

    large.failure_threshold = 65535;
    sw_breaker_on_failure(&large, closed(7, 5, 65533), BASE, &next);
    ck_assert(next.word == closed(7, 5, 65534));
    sw_breaker_on_failure(&large, next.word, BASE, &next);
    ck_assert_int_eq(sw_breaker_state_of(next.word), SEAWALL_BREAKER_OPEN);
    ck_assert_int_eq(next.value, 65535);
}
END_TEST

/* Whatever the knobs, a round in which every probe ends is decided, by the last one at the latest, and by the right count. */
START_TEST(every_combination_has_a_verdict)
{
    sw_breaker_rules r = rules;
    int32_t bits, i;

    for (r.max_calls = 1; r.max_calls <= 5; r.max_calls++)
        for (r.successes_to_close = 1; r.successes_to_close <= r.max_calls; r.successes_to_close++)
            for (r.failures_to_reopen = 1; r.failures_to_reopen <= r.max_calls; r.failures_to_reopen++)
                for (bits = 0; bits < 1 << r.max_calls; bits++) {
                    int32_t successes = 0, failures = 0;
                    uint64_t word = half(9, 0, 0, 0);

                    for (i = 0; i < r.max_calls && sw_breaker_state_of(word) == SEAWALL_BREAKER_HALF_OPEN; i++) {
                        sw_breaker_next next;

                        ck_assert(sw_breaker_issue(&r, word, &word));
                        if ((bits >> i & 1) != 0) {
                            successes++;
                            sw_breaker_on_success(&r, word, BASE, &next);
                        } else {
                            failures++;
                            sw_breaker_on_failure(&r, word, BASE, &next);
                        }
                        word = next.word;
                    }
                    if (successes >= r.successes_to_close)
                        ck_assert_int_eq(sw_breaker_state_of(word), SEAWALL_BREAKER_CLOSED);
                    else
                        ck_assert_int_eq(sw_breaker_state_of(word), SEAWALL_BREAKER_OPEN);
                    ck_assert(failures <= r.failures_to_reopen);
                    ck_assert(successes <= r.successes_to_close);
                }
}
END_TEST

START_TEST(a_round_gives_out_so_many)
{
    uint64_t word = half(9, 0, 0, 0);
    uint64_t untouched = 5;
    int i;

    for (i = 0; i < 4; i++)
        ck_assert(sw_breaker_issue(&rules, word, &word));
    ck_assert_int_eq(sw_breaker_issued(word), 4);
    ck_assert(!sw_breaker_issue(&rules, word, &untouched));
    ck_assert(untouched == 5);
}
END_TEST

START_TEST(a_full_round_fits)
{
    sw_breaker_rules large = rules;
    uint64_t word = half(9, 0, 0, 0);
    int i;

    large.max_calls = large.successes_to_close = large.failures_to_reopen = 1000;
    for (i = 0; i < 1000; i++)
        ck_assert(sw_breaker_issue(&large, word, &word));
    for (i = 0; i < 999; i++) {
        sw_breaker_next next;

        sw_breaker_on_failure(&large, word, BASE, &next);
        word = next.word;
    }
    ck_assert_int_eq(sw_breaker_failures(word), 999);
    ck_assert_int_eq(sw_breaker_successes(word), 0);
    ck_assert_int_eq(sw_breaker_issued(word), 1000);
    ck_assert_int_eq(sw_breaker_state_of(word), SEAWALL_BREAKER_HALF_OPEN);
}
END_TEST

START_TEST(ticks_are_late_never_early)
{
    seawall_duration past;

    for (past = 0; past < 4 * TICK; past += 97) {
        uint64_t after = sw_breaker_tick_after(BASE, BASE + past);
        seawall_duration late = (seawall_duration)after * TICK - past;

        ck_assert(late >= 0 && late < TICK);
        ck_assert(sw_breaker_tick(BASE, BASE + past) == (uint64_t)(past / TICK));
    }
}
END_TEST

/* The short way of refusing says what the long one says, at every edge of time. */
START_TEST(refusing_quickly_is_refusing_rightly)
{
    static const seawall_time bases[] = {INT64_MIN, -5, 0, BASE, SEAWALL_SECONDS(9000000000), INT64_MAX - 5};
    static const uint64_t ticks[] = {0, 1, 2, 1000, SW_TICK_LAST - 1, SW_TICK_LAST, SW_TICK_HELD, SW_TICK_NEVER};
    static const seawall_duration offsets[] = {INT64_MIN, -TICK,           -1,          0,        1, TICK - 1, TICK,
                                               TICK + 1,  1000 * TICK - 1, 1000 * TICK, INT64_MAX};
    static const seawall_breaker_state states[] = {SEAWALL_BREAKER_CLOSED, SEAWALL_BREAKER_OPEN, SEAWALL_BREAKER_FORCED_OPEN,
                                                   SEAWALL_BREAKER_DISABLED};
    size_t b, t, o, i;

    for (b = 0; b < sizeof bases / sizeof bases[0]; b++) {
        for (t = 0; t < sizeof ticks / sizeof ticks[0]; t++) {
            for (o = 0; o < sizeof offsets / sizeof offsets[0]; o++) {
                for (i = 0; i < 4; i++) {
                    uint64_t word = sw_breaker_word(states[i], 7, ticks[t]);
                    seawall_time base = sw_breaker_origin(bases[b]), now = seawall_time_add(base, offsets[o]);
                    bool refuses = sw_breaker_is_open(word) && !sw_breaker_due(base, word, now);
                    seawall_duration wait = -1;

                    if (sw_breaker_refuses(base, word, now, &wait)) {
                        ck_assert(refuses);
                        ck_assert_int_eq(wait, sw_breaker_tick_wait(base, ticks[t], now));
                    } else {
                        /* Before the beginning, and of what lasts for ages, it may leave the answer to the long way. */
                        ck_assert(!refuses || ticks[t] >= SW_TICK_LAST || now < base);
                    }
                }
            }
        }
    }
}
END_TEST

START_TEST(due_exactly_when_the_deadline_has_come)
{
    seawall_time now = BASE + 100 * TICK + 5;
    seawall_time end = now + rules.recovery_timeout;
    sw_breaker_next next;

    sw_breaker_on_failure(&rules, closed(7, 5, 2), now, &next);
    ck_assert(!sw_breaker_due(BASE, next.word, end - 1));
    ck_assert(!sw_breaker_due(BASE, next.word, end));
    ck_assert(!sw_breaker_due(BASE, next.word, BASE + 111 * TICK - 1));
    ck_assert(sw_breaker_due(BASE, next.word, BASE + 111 * TICK));
    ck_assert_int_eq(sw_breaker_tick_wait(BASE, next.word & SW_PAYLOAD_MASK, end), TICK - 5);
    ck_assert(!sw_breaker_due(BASE, closed(7, 5, 0), SEAWALL_FOREVER));
    ck_assert(!sw_breaker_due(BASE, half(7, 0, 0, 0), SEAWALL_FOREVER));
}
END_TEST

START_TEST(the_ends_of_time_are_harmless)
{
    const seawall_time bases[] = {INT64_MIN, INT64_MIN + 1, -1, 0, BASE, INT64_MAX - 1};
    size_t i;

    for (i = 0; i < sizeof bases / sizeof bases[0]; i++) {
        sw_breaker_rules r = rules;
        sw_breaker_next next;

        r.base = bases[i];
        ck_assert(sw_breaker_tick(r.base, INT64_MIN) == 0);
        ck_assert(sw_breaker_tick(r.base, INT64_MAX) <= SW_TICK_LAST);
        ck_assert(sw_breaker_tick_after(r.base, INT64_MAX) <= SW_TICK_LAST);
        ck_assert(sw_breaker_tick_wait(r.base, SW_TICK_LAST, INT64_MIN) >= 0);
        sw_breaker_on_failure(&r, closed(7, 5, 2), INT64_MIN, &next);
        ck_assert_int_eq(sw_breaker_state_of(next.word), SEAWALL_BREAKER_OPEN);
        sw_breaker_on_failure(&r, closed(7, 5, 2), INT64_MAX, &next);
        ck_assert_int_eq(sw_breaker_state_of(next.word), SEAWALL_BREAKER_OPEN);
        ck_assert(sw_breaker_epoch_of(next.word) == 8);
    }
    /* After eighteen years a breaker does not recover on time, but it does. */
    {
        sw_breaker_next next;

        sw_breaker_on_failure(&rules, closed(7, 5, 2), INT64_MAX - 1, &next);
        ck_assert(sw_breaker_due(BASE, next.word, INT64_MAX - 1));
    }
}
END_TEST

START_TEST(ten_years_fit)
{
    const seawall_duration years = SEAWALL_SECONDS(315360000);

    ck_assert(sw_breaker_tick_after(BASE, BASE + years) < SW_TICK_LAST);
    ck_assert(sw_breaker_tick_wait(BASE, sw_breaker_tick_after(BASE, BASE + years), BASE) >= years);
}
END_TEST

START_TEST(forced_open_until)
{
    sw_breaker_next next;

    sw_breaker_force(BASE, closed(7, 5, 2), BASE + 3 * TICK, &next);
    ck_assert(next.word == forced(8, 3));
    ck_assert_int_eq(next.rule, SEAWALL_BREAKER_RULE_FORCED);
    ck_assert(!sw_breaker_due(BASE, next.word, BASE + 3 * TICK - 1));
    ck_assert(sw_breaker_due(BASE, next.word, BASE + 3 * TICK));
    sw_breaker_force(BASE, half(7, 1, 0, 0), SEAWALL_FOREVER, &next);
    ck_assert(next.word == forced(8, SW_TICK_NEVER));
    ck_assert(!sw_breaker_due(BASE, next.word, INT64_MAX));
    ck_assert(sw_breaker_tick_wait(BASE, SW_TICK_NEVER, BASE) == SEAWALL_FOREVER);
    sw_breaker_force(BASE, opened(7, 9), INT64_MIN, &next);
    ck_assert(next.word == forced(8, 0));
}
END_TEST

/* No time that anybody may order makes the word of one that is held. */
START_TEST(a_hold_is_no_order)
{
    sw_breaker_next next;

    sw_breaker_hold_open(closed(7, 5, 2), &next);
    ck_assert(next.word == forced(8, SW_TICK_HELD));
    ck_assert_int_eq(next.rule, SEAWALL_BREAKER_RULE_FORCED);
    ck_assert(sw_breaker_is_held(next.word));
    ck_assert(!sw_breaker_due(BASE, next.word, INT64_MAX));
    ck_assert(sw_breaker_tick_wait(BASE, SW_TICK_HELD, BASE) == SEAWALL_FOREVER);
    ck_assert(!sw_breaker_is_held(opened(8, SW_TICK_HELD)));
    sw_breaker_force(BASE, next.word, SEAWALL_FOREVER, &next);
    ck_assert(!sw_breaker_is_held(next.word));
    sw_breaker_force(BASE, next.word, SEAWALL_FOREVER - 1, &next);
    ck_assert(!sw_breaker_is_held(next.word));
    sw_breaker_release(forced(8, SW_TICK_HELD), &next);
    ck_assert(next.word == forced(9, 0));
    ck_assert(sw_breaker_due(BASE, next.word, BASE));
}
END_TEST

START_TEST(the_last_trip_is_known)
{
    uint64_t trip = 0;

    ck_assert(!sw_breaker_trip_of(closed(7, 7, 2), &trip));
    ck_assert(sw_breaker_trip_of(closed(7, 5, 2), &trip) && trip == 5);
    ck_assert(sw_breaker_trip_of(half(0, 0, 0, 0), &trip) && trip == SW_EPOCH_MASK);
    ck_assert(sw_breaker_trip_of(opened(9, 1), &trip) && trip == 9);
    ck_assert(sw_breaker_trip_of(forced(9, 1), &trip) && trip == 9);
}
END_TEST

START_TEST(leases)
{
    uint64_t lease = sw_lease(SW_LEASE_LIVE, 129, 65537, SW_TICK_LAST);

    ck_assert_int_eq(sw_lease_state(lease), SW_LEASE_LIVE);
    ck_assert(sw_lease_generation(lease) == 1);
    ck_assert(sw_lease_expiry(lease) == SW_TICK_LAST);
    ck_assert(sw_lease_held(lease, 1) && sw_lease_held(lease, 65537));
    ck_assert(!sw_lease_held(lease, 2));
    ck_assert(!sw_lease_over(lease, SW_TICK_LAST));
    ck_assert(sw_lease_over(sw_lease_turn(lease, SW_LEASE_LIVE, 17), 17));
    ck_assert(!sw_lease_over(sw_lease_turn(lease, SW_LEASE_LIVE, 17), 16));
    lease = sw_lease_turn(lease, SW_LEASE_FREE, 0);
    ck_assert(!sw_lease_held(lease, 1));
    ck_assert(sw_lease_generation(lease) == 1);
    lease = sw_lease_turn(lease, SW_LEASE_SETTLING, 17);
    ck_assert(sw_lease_held(lease, 1) && sw_lease_expiry(lease) == 17);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("breaker_core");
    TCase *words = tcase_create("words");
    SRunner *runner;
    int failed;

    tcase_add_loop_test(words, every_row, 0, ROWS);
    tcase_add_test(words, all_rows_are_run);
    tcase_add_test(words, a_threshold_of_zero_never_trips);
    tcase_add_test(words, the_largest_threshold_fits);
    tcase_add_test(words, every_combination_has_a_verdict);
    tcase_add_test(words, a_round_gives_out_so_many);
    tcase_add_test(words, a_full_round_fits);
    tcase_add_test(words, ticks_are_late_never_early);
    tcase_add_test(words, refusing_quickly_is_refusing_rightly);
    tcase_add_test(words, due_exactly_when_the_deadline_has_come);
    tcase_add_test(words, the_ends_of_time_are_harmless);
    tcase_add_test(words, ten_years_fit);
    tcase_add_test(words, forced_open_until);
    tcase_add_test(words, a_hold_is_no_order);
    tcase_add_test(words, the_last_trip_is_known);
    tcase_add_test(words, leases);
    suite_add_tcase(suite, words);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
