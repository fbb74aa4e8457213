/* What a rate limiter decides, row by row, and what it promises over every interval. */
#include "policy/limiter/limiter_core.h"
#include "suite.h"
#include "support.h"

__extension__ typedef __int128 wide;

#define BASE SEAWALL_SECONDS(1000)
#define MS(n) SEAWALL_MILLISECONDS(n)

/* 10 a second, burst 3: each row goes on from the one before. */
static const struct {
    seawall_time at;
    int32_t n;
    seawall_duration wait;
    bool take;
    int32_t left;
} rows[] = {
    {0, 1, 0, true, 2},         {0, 3, MS(100), false, 2},  {0, 2, 0, true, 0},      {0, 1, MS(100), false, 0},
    {MS(99), 1, MS(1), false, 0}, {MS(100), 1, 0, true, 0}, {MS(50), 1, MS(150), false, 0}, {MS(1000), 3, 0, true, 0},
    {MS(1000), 2, MS(200), true, 0}, {MS(1000), 1, MS(300), true, 0}, {-MS(1000), 1, MS(2400), false, 0},
};

START_TEST(requests_go_as_the_table_says)
{
    sw_limiter_rules rules = sw_limiter_rules_from(10, SEAWALL_SECONDS(1), 3, BASE);
    int64_t word = -rules.slack;
    size_t i;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        sw_limiter_claim claim;

        sw_limiter_claim_at(&rules, word, BASE + rows[i].at, rows[i].n, &claim);
        ck_assert_msg(claim.wait == rows[i].wait, "row %zu: %lld", i, (long long)claim.wait);
        if (rows[i].take)
            word = claim.word;
        ck_assert_int_eq(sw_limiter_available(&rules, word, BASE + rows[i].at), rows[i].left);
    }
}
END_TEST

static const struct {
    int32_t rate;
    seawall_duration period;
} rates[] = {
    {1, SEAWALL_SECONDS(86400)}, {3, SEAWALL_SECONDS(1)}, {7, SEAWALL_SECONDS(1)}, {1000000, SEAWALL_SECONDS(1)},
    {100000000, SEAWALL_SECONDS(1)}, {99999999, SEAWALL_SECONDS(1)}, {70000001, SEAWALL_SECONDS(1)},
    {1, SW_LIMITER_YEAR}, {1000000000, SEAWALL_SECONDS(1)}, {999999999, SEAWALL_SECONDS(1)},
};

START_TEST(a_rate_is_kept_and_nearly_reached)
{
    sw_limiter_rules rules = sw_limiter_rules_from(rates[_i].rate, rates[_i].period, 1, 0);
    wide exact = (wide)rates[_i].period << rules.shift; /* of `rate` permits */
    wide used = (wide)rules.interval * rates[_i].rate;

    ck_assert(used >= exact);
    ck_assert((used - exact) * 1000 <= used);
}
END_TEST

#define GRANTS 2000

/* Random requests; then every interval between two grants is looked at, with reservations at the time they are good for. */
START_TEST(no_interval_sees_more)
{
    static struct {
        seawall_time at;
        wide before;
        int rounded; /* its time was rounded up, by less than a nanosecond */
    } grant[GRANTS];
    uint64_t seed = sw_test_seed() + (uint64_t)_i;
    int32_t burst = 1 + (int32_t)(sw_test_next(&seed) % 7);
    sw_limiter_rules rules;
    seawall_duration step;
    wide given = 0;
    int64_t word;
    seawall_time now = BASE;
    int count = 0, i, j;

    if (sw_limiter_burst_max(rates[_i].rate, rates[_i].period) < burst)
        burst = 1;
    rules = sw_limiter_rules_from(rates[_i].rate, rates[_i].period, burst, BASE);
    word = -rules.slack;
    step = 2 * (rates[_i].period / rates[_i].rate) + 2;
    while (count < GRANTS && now < INT64_MAX - 4 * step) {
        int32_t n = 1 + (int32_t)(sw_test_next(&seed) % (uint64_t)burst);
        bool patient = sw_test_next(&seed) % 4 == 0;
        sw_limiter_claim claim;

        now += (seawall_duration)(sw_test_next(&seed) % (uint64_t)step);
        if (!sw_limiter_reaches(&rules, now)) {
            sw_limiter_rules next = rules;

            word = sw_limiter_convert(&rules, word, now, &next);
            rules = next;
        }
        sw_limiter_claim_at(&rules, word, now, n, &claim);
        if (claim.wait > 0 && !(patient && claim.possible && claim.wait < 3 * step))
            continue;
        word = claim.word;
        grant[count].at = now + claim.wait;
        grant[count].before = given;
        grant[count].rounded = claim.wait > 0;
        given += n;
        count++;
    }
    for (i = 0; i < count; i++) {
        for (j = i; j < count; j++) {
            wide after = j + 1 < count ? grant[j + 1].before : given;
            wide time = (wide)grant[j].at - grant[i].at + grant[i].rounded;

            if ((after - grant[i].before - burst) * rates[_i].period > time * rates[_i].rate)
                ck_abort_msg("grants %d to %d are too many", i, j);
        }
    }
    ck_assert_int_gt(count, 50);
}
END_TEST

START_TEST(what_is_missing_is_missing_under_new_rules)
{
    sw_limiter_rules old = sw_limiter_rules_from(10, SEAWALL_SECONDS(1), 10, BASE);
    sw_limiter_rules next = sw_limiter_rules_from(1, SEAWALL_SECONDS(1), 20, 0);
    sw_limiter_claim claim;
    int64_t word;

    sw_limiter_claim_at(&old, -old.slack, BASE, 4, &claim);
    word = sw_limiter_convert(&old, claim.word, BASE, &next);
    ck_assert_int_eq(word & SW_LIMITER_TAG_MASK, SW_LIMITER_SLOT_BIT);
    ck_assert_int_eq(sw_limiter_available(&next, word, BASE), 16);
    next = sw_limiter_rules_from(1, SEAWALL_SECONDS(1), 3, 0);
    word = sw_limiter_convert(&old, claim.word, BASE, &next);
    ck_assert_int_eq(sw_limiter_available(&next, word, BASE), 0); /* not more than it can hold */
    sw_limiter_claim_at(&next, word, BASE, 1, &claim);
    ck_assert_int_eq(claim.wait, SEAWALL_SECONDS(1));
}
END_TEST

START_TEST(promises_outlast_new_rules)
{
    sw_limiter_rules old = sw_limiter_rules_from(10, SEAWALL_SECONDS(1), 1, BASE);
    sw_limiter_rules next = sw_limiter_rules_from(100, SEAWALL_SECONDS(1), 50, 0);
    sw_limiter_claim claim = {.word = -old.slack};
    int64_t word;
    int i;

    for (i = 0; i < 4; i++)
        sw_limiter_claim_at(&old, claim.word, BASE, 1, &claim);
    ck_assert_int_eq(claim.wait, MS(300));
    word = sw_limiter_convert(&old, claim.word, BASE, &next);
    ck_assert_int_eq(next.base, BASE + MS(300));
    ck_assert_int_eq(sw_limiter_available(&next, word, BASE + MS(300)), 0);
    sw_limiter_claim_at(&next, word, BASE, 1, &claim);
    ck_assert_int_eq(claim.wait, MS(310));
}
END_TEST

START_TEST(absurd_times_are_harmless)
{
    static const seawall_time times[] = {INT64_MIN, INT64_MIN + 1, -1, 0, 1, BASE, INT64_MAX - 1, INT64_MAX};
    size_t i, j;

    for (i = 0; i < 8; i++) {
        for (j = 0; j < 8; j++) {
            sw_limiter_rules rules = sw_limiter_rules_from(1000, SEAWALL_SECONDS(1), 5, times[i]), next = rules;
            int64_t word = sw_limiter_convert(&rules, -rules.slack, times[j], &next);

            ck_assert(sw_limiter_reaches(&next, times[j]));
            ck_assert_int_eq(sw_limiter_available(&next, word, times[j]), 5);
            word = sw_limiter_drain(&rules, -rules.slack, times[j], times[j], &next);
            ck_assert_int_eq(sw_limiter_available(&next, word, times[j]), 0);
        }
    }
}
END_TEST

/* Each next tag has its rules in the other place, and none comes again before all others have. */
START_TEST(tags_go_round)
{
    sw_limiter_rules rules = sw_limiter_rules_from(10, SEAWALL_SECONDS(1), 3, BASE), next;
    int64_t word = -rules.slack, first = word;
    uint64_t seen = 0;
    int i;

    for (i = 0; i < 1 << SW_LIMITER_TAG_BITS; i++) {
        int64_t after = sw_limiter_refill(&rules, word, BASE, &next);

        ck_assert_int_ne(after & SW_LIMITER_SLOT_BIT, word & SW_LIMITER_SLOT_BIT);
        ck_assert_int_eq(sw_limiter_level(after), sw_limiter_level(word));
        seen |= UINT64_C(1) << (after & SW_LIMITER_TAG_MASK);
        word = after;
    }
    ck_assert_uint_eq(seen, UINT64_MAX);
    ck_assert_int_eq(word, first);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("rate limiter core");

    tcase_add_test(tests, requests_go_as_the_table_says);
    tcase_add_loop_test(tests, a_rate_is_kept_and_nearly_reached, 0, (int)(sizeof(rates) / sizeof(rates[0])));
    tcase_add_loop_test(tests, no_interval_sees_more, 0, (int)(sizeof(rates) / sizeof(rates[0])));
    tcase_add_test(tests, what_is_missing_is_missing_under_new_rules);
    tcase_add_test(tests, promises_outlast_new_rules);
    tcase_add_test(tests, absurd_times_are_harmless);
    tcase_add_test(tests, tags_go_round);
    return sw_test_run("rate limiter core", tests);
}
