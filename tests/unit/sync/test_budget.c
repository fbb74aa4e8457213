/* A retry budget as an object, beside a plain model of it. */
#include <check.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "suite.h"
#include "support.h"
#include "sync/budget.h"

#define STEP SEAWALL_SECONDS(1)
/* Calls that may be taken for later ones. */
#define LOOSE (SW_BUDGET_STRIPES * SW_BUDGET_LOOK)

typedef struct setting {
    sw_test_platform on;
    seawall_retry_budget *budget;
} setting;

static void set_up(setting *s, const seawall_retry_budget_config *config)
{
    sw_test_platform_init(&s->on, false);
    ck_assert_int_eq(seawall_retry_budget_create(config, &s->on.platform, &s->budget, NULL), SEAWALL_OK);
}

static void tear_down(setting *s)
{
    seawall_retry_budget_destroy(s->budget);
    sw_test_platform_fini(&s->on);
}

/* How many of `wanted` retries are granted at once. */
static int granted(seawall_retry_budget *budget, seawall_time now, int wanted)
{
    int count = 0;

    while (wanted-- > 0) {
        seawall_retry_charge charge = 0;

        count += seawall_retry_budget_try_charge_at(budget, now, &charge) == SEAWALL_OK;
    }
    return count;
}

static void begin(seawall_retry_budget *budget, int count)
{
    while (count-- > 0)
        seawall_retry_budget_begin(budget);
}

START_TEST(the_floor_is_there_from_the_start_and_comes_back)
{
    setting s;

    set_up(&s, NULL);
    ck_assert_int_eq(granted(s.budget, SW_TEST_START, 150), 100);
    ck_assert_int_eq(granted(s.budget, SW_TEST_START + 10 * STEP, 10), 0);
    /* One step longer than the window, so that no window has too many. */
    ck_assert_int_eq(granted(s.budget, SW_TEST_START + 11 * STEP, 150), 100);
    tear_down(&s);
}
END_TEST

START_TEST(calls_earn_retries_whatever_becomes_of_them)
{
    setting s;
    int i;

    set_up(&s, NULL);
    ck_assert_int_eq(granted(s.budget, SW_TEST_START, 200), 100);
    /* A burst of pure failure: each of them asks for a retry at once. */
    for (i = 0; i < 1000; i++) {
        begin(s.budget, 1);
        (void)granted(s.budget, SW_TEST_START + STEP, 1);
    }
    ck_assert_int_eq(granted(s.budget, SW_TEST_START + STEP, 1000), 0);
    {
        seawall_retry_budget_snapshot snapshot = SEAWALL_RETRY_BUDGET_SNAPSHOT_INIT;

        ck_assert_int_eq(seawall_retry_budget_get_snapshot_at(s.budget, SW_TEST_START + STEP, &snapshot), SEAWALL_OK);
        ck_assert_int_eq(snapshot.calls, 1000);
        ck_assert_int_eq(snapshot.retries, 300);
        ck_assert_int_eq(snapshot.available, 0);
        ck_assert_int_eq(snapshot.refused, 100 + 800 + 1000);
        ck_assert_double_eq(snapshot.tokens, -1);
    }
    tear_down(&s);
}
END_TEST

/* A day's silent calls are the day's, or the night's before it, not this second's. Those of a short while are its own. */
START_TEST(silence_is_no_capital)
{
    setting s;

    set_up(&s, NULL);
    begin(s.budget, 86400);
    ck_assert_int_eq(granted(s.budget, SW_TEST_START + SEAWALL_SECONDS(86400), 500), 100);
    begin(s.budget, LOOSE);
    ck_assert_int_eq(granted(s.budget, SW_TEST_START + SEAWALL_SECONDS(86400 + 16), 500), 100 + LOOSE * 10 / 16 / 5);
    tear_down(&s);
}
END_TEST

/* Whoever looks at it once in a step has every call where it was made, and the last few a step later at most. */
START_TEST(who_looks_knows_when_calls_were_made)
{
    seawall_retry_budget_config config = SEAWALL_RETRY_BUDGET_CONFIG_INIT;
    setting s;
    int i;

    config.floor = 0;
    set_up(&s, &config);
    for (i = 0; i < 10; i++) {
        begin(s.budget, 1000);
        sw_budget_look(s.budget, SW_TEST_START + (i + 1) * STEP);
    }
    ck_assert_int_eq(granted(s.budget, SW_TEST_START + 10 * STEP, 3000), (9000 + LOOSE) / 5);
    ck_assert_int_eq(granted(s.budget, SW_TEST_START + 9 * STEP, 10), 0); /* time does not go back */
    sw_budget_look(s.budget, SW_TEST_START + 5 * STEP);
    tear_down(&s);
}
END_TEST

/* ... or all of them, where none was made without a look. */
START_TEST(who_looks_before_each_call_knows_it_of_all)
{
    seawall_retry_budget_config config = SEAWALL_RETRY_BUDGET_CONFIG_INIT;
    setting s;
    int i;

    config.floor = 0;
    set_up(&s, &config);
    s.budget->loose = 0;
    for (i = 0; i < 10; i++) {
        sw_budget_look(s.budget, SW_TEST_START + i * STEP);
        begin(s.budget, 1000);
    }
    ck_assert_int_eq(granted(s.budget, SW_TEST_START + 18 * STEP, 3000), 1000 / 5);
    tear_down(&s);
}
END_TEST

START_TEST(one_call_of_sixteen_is_to_look)
{
    setting s;
    int i;

    set_up(&s, NULL);
    for (i = 1; i <= 64; i++)
        ck_assert_int_eq(sw_budget_begin(s.budget), i % SW_BUDGET_LOOK == 0);
    ck_assert(!sw_budget_begin(NULL));
    tear_down(&s);
}
END_TEST

START_TEST(time_that_stands_still_or_goes_back_grants_nothing)
{
    setting s;

    set_up(&s, NULL);
    ck_assert_int_eq(granted(s.budget, SW_TEST_START + 100 * STEP, 150), 100);
    ck_assert_int_eq(granted(s.budget, SW_TEST_START, 10), 0);
    ck_assert_int_eq(granted(s.budget, INT64_MIN, 10), 0);
    ck_assert_int_eq(granted(s.budget, SW_TEST_START + 100 * STEP, 10), 0);
    /* A year later all is as at first, and at the end of time too. */
    ck_assert_int_eq(granted(s.budget, SEAWALL_SECONDS(31536000), 150), 100);
    ck_assert_int_eq(granted(s.budget, INT64_MAX, 150), 100);
    tear_down(&s);
}
END_TEST

START_TEST(what_is_given_back_can_be_had_again)
{
    seawall_retry_charge charge = 0, stale;
    setting s;

    set_up(&s, NULL);
    ck_assert_int_eq(granted(s.budget, SW_TEST_START, 99), 99);
    ck_assert_int_eq(seawall_retry_budget_try_charge_at(s.budget, SW_TEST_START, &charge), SEAWALL_OK);
    ck_assert_uint_ne(charge, 0);
    stale = charge;
    ck_assert_int_eq(seawall_retry_budget_try_charge_at(s.budget, SW_TEST_START, &stale), SEAWALL_LIMITED);
    ck_assert_uint_eq(stale, charge);
    seawall_retry_budget_refund(s.budget, &charge);
    ck_assert_uint_eq(charge, 0);
    seawall_retry_budget_refund(s.budget, &charge); /* nothing to give back */
    ck_assert_int_eq(granted(s.budget, SW_TEST_START, 5), 1);
    /* What has left the window is not given back to another step. */
    ck_assert_int_eq(granted(s.budget, SW_TEST_START + 16 * STEP, 150), 100);
    seawall_retry_budget_refund(s.budget, &stale);
    ck_assert_int_eq(granted(s.budget, SW_TEST_START + 16 * STEP, 5), 0);
    tear_down(&s);
}
END_TEST

START_TEST(the_throttle_stops_at_half_a_purse)
{
    seawall_retry_budget_config config = SEAWALL_RETRY_BUDGET_CONFIG_THROTTLE;
    seawall_retry_budget_snapshot snapshot = SEAWALL_RETRY_BUDGET_SNAPSHOT_INIT;
    setting s;
    int i;

    set_up(&s, &config);
    for (i = 0; i < 5; i++) {
        ck_assert_int_eq(granted(s.budget, SW_TEST_START, 1000), 1000); /* it limits nothing else */
        seawall_retry_budget_end(s.budget, SEAWALL_FAULT_INTERNAL);
    }
    ck_assert_int_eq(granted(s.budget, SW_TEST_START, 1), 0);
    ck_assert_int_eq(seawall_retry_budget_get_snapshot(s.budget, &snapshot), SEAWALL_OK);
    ck_assert_double_eq(snapshot.tokens, 5);
    ck_assert_int_eq(snapshot.available, 0);
    seawall_retry_budget_end(s.budget, SEAWALL_FAULT_NONE);
    ck_assert_int_eq(granted(s.budget, SW_TEST_START, 1), 1);
    for (i = 0; i < 100; i++)
        seawall_retry_budget_end(s.budget, SEAWALL_FAULT_NONE);
    ck_assert_int_eq(seawall_retry_budget_get_snapshot(s.budget, &snapshot), SEAWALL_OK);
    ck_assert_double_eq(snapshot.tokens, 10);
    ck_assert_int_eq(snapshot.available, INT64_MAX);
    ck_assert_int_eq(snapshot.retries, 0);
    tear_down(&s);
}
END_TEST

START_TEST(both_rules_must_allow)
{
    seawall_retry_budget_config config = SEAWALL_RETRY_BUDGET_CONFIG_INIT;
    setting s;

    config.max_tokens = 2;
    set_up(&s, &config);
    ck_assert_int_eq(granted(s.budget, SW_TEST_START, 150), 100);
    ck_assert_int_eq(granted(s.budget, SW_TEST_START + 11 * STEP, 5), 5);
    seawall_retry_budget_end(s.budget, SEAWALL_FAULT_INTERNAL);
    ck_assert_int_eq(granted(s.budget, SW_TEST_START + 11 * STEP, 5), 0);
    tear_down(&s);
}
END_TEST

START_TEST(nonsense_is_refused)
{
    seawall_retry_budget_snapshot snapshot = SEAWALL_RETRY_BUDGET_SNAPSHOT_INIT;
    seawall_retry_charge charge = 7;
    setting s;

    set_up(&s, NULL);
    ck_assert_int_eq(seawall_retry_budget_try_charge(NULL, &charge), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_retry_budget_try_charge(s.budget, NULL), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_retry_budget_try_charge_at(NULL, 0, &charge), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_retry_budget_try_charge_at(s.budget, 0, NULL), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_retry_budget_get_snapshot(NULL, &snapshot), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_retry_budget_get_snapshot(s.budget, NULL), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_retry_budget_get_snapshot_at(NULL, 0, &snapshot), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_retry_budget_get_snapshot_at(s.budget, 0, NULL), SEAWALL_INVALID);
    snapshot.size = 4;
    ck_assert_int_eq(seawall_retry_budget_get_snapshot(s.budget, &snapshot), SEAWALL_INVALID);
    seawall_retry_budget_begin(NULL);
    seawall_retry_budget_end(NULL, SEAWALL_FAULT_NONE);
    seawall_retry_budget_refund(NULL, &charge);
    seawall_retry_budget_refund(s.budget, NULL);
    seawall_retry_budget_destroy(NULL);
    ck_assert_uint_eq(charge, 7);
    ck_assert_int_eq(seawall_retry_budget_try_charge(s.budget, &charge), SEAWALL_OK); /* at the platform's time */
    tear_down(&s);
}
END_TEST

/* The plain model: calls and retries of every step there was. */
#define STEPS 6000
/* Steps are counted from the beginning of time, and so is where they begin. */
#define FIRST (((UINT64_C(1) << 63) + SW_TEST_START) / STEP)
#define BEGIN(step) ((seawall_time)((FIRST + (uint64_t)(step)) * STEP - (UINT64_C(1) << 63)))

typedef struct model {
    int64_t calls[STEPS], retries[STEPS];
    int64_t silent;
    int latest;
} model;

static void model_look(model *m, int step)
{
    int64_t gap, old, left = 0;
    int at;

    if (step < m->latest)
        step = m->latest;
    gap = step - m->latest;
    old = gap == 0 ? m->silent : m->silent > LOOSE ? m->silent - LOOSE : 0;
    m->calls[m->latest] += old;
    m->silent -= old;
    for (at = m->latest + 1; at <= step; at++) {
        left += m->silent;
        m->calls[at] += left / gap;
        left %= gap;
    }
    m->silent = 0;
    m->latest = step;
}

static int64_t model_sum(const int64_t *counts, int step, int steps)
{
    int64_t total = 0;

    for (; steps > 0 && step >= 0; steps--, step--)
        total += counts[step];
    return total;
}

static bool model_charge(model *m, int step)
{
    model_look(m, step);
    if (5 * (model_sum(m->retries, m->latest, 11) + 1) > model_sum(m->calls, m->latest, 10) + 5 * 20)
        return false;
    m->retries[m->latest]++;
    return true;
}

START_TEST(random_traffic_is_as_in_the_model)
{
    seawall_retry_budget_config config = SEAWALL_RETRY_BUDGET_CONFIG_INIT;
    uint64_t random = sw_test_seed();
    seawall_retry_charge charges[64] = {0};
    model *m = calloc(1, sizeof(*m));
    int64_t n, steps = sw_test_count(100000, 1000000);
    int step = 0, yes = 0, no = 0;
    setting s;

    config.floor = 2;
    set_up(&s, &config);
    for (n = 0; n < steps; n++) {
        uint64_t dice = sw_test_next(&random);
        seawall_time now = BEGIN(step) + (seawall_duration)((dice >> 8) % (uint64_t)STEP);
        int which = (int)(dice >> 50) % 64;

        if (dice % 100 < 70) {
            seawall_retry_budget_begin(s.budget);
            m->silent++;
        } else if (dice % 100 < 95) {
            bool expected = model_charge(m, step);

            ck_assert_int_eq(seawall_retry_budget_try_charge_at(s.budget, now, &charges[which]),
                             expected ? SEAWALL_OK : SEAWALL_LIMITED);
            yes += expected;
            no += !expected;
        } else if (dice % 100 < 97) {
            if (charges[which] != 0)
                m->retries[charges[which] - 1 - FIRST]--;
            seawall_retry_budget_refund(s.budget, &charges[which]);
        } else {
            /* On, seldom back, and at times far ahead: the last places are kept for the end. */
            step += dice >> 40 & 63 ? (int)(dice >> 30 & 1) : (int)(dice >> 30 & 63) - 8;
            if (step < 0 || step >= STEPS) {
                step = 0;
                *m = (model){0};
                tear_down(&s);
                set_up(&s, &config);
                for (which = 0; which < 64; which++)
                    charges[which] = 0;
            }
        }
    }
    ck_assert_int_gt(yes, sw_test_count(1000, 1000));
    ck_assert_int_gt(no, sw_test_count(1000, 1000));
    tear_down(&s);
    free(m);
}
END_TEST

/* Retries that were charged before they began, beside a plain list of them. Times are steps from the start. */
#define ALLOWED 20
#define SLEEPERS (5 * ALLOWED)

typedef struct sleeper {
    seawall_retry_charge charge;
    int64_t asleep_at, due;
} sleeper;

/* How many of them count in `step`: exactly, or with as much more as a place may be too coarse. */
static int counted(const sleeper *s, int64_t step, bool coarse)
{
    int i, count = 0;

    for (i = 0; i < SLEEPERS; i++)
        count += s[i].charge != 0 && s[i].due + (coarse ? (s[i].due - s[i].asleep_at) / 2 : 0) + 10 >= step;
    return count;
}

/* Puts one more among them, in the place of one that counts no longer. */
static void put_to_sleep(sleeper *s, int64_t step, const sleeper *one)
{
    int i = 0;

    while (s[i].charge != 0 && s[i].due + (s[i].due - s[i].asleep_at) / 2 + 10 >= step)
        i++;
    ck_assert_int_lt(i, SLEEPERS);
    s[i] = *one;
}

START_TEST(those_asleep_count_whatever_they_sleep)
{
    seawall_retry_budget_config config = SEAWALL_RETRY_BUDGET_CONFIG_INIT;
    uint64_t random = sw_test_seed();
    int64_t n, step = 0, asked = 0, refused = 0, back = 0;
    sleeper sleepers[SLEEPERS] = {{0}};
    setting s;

    config.floor = ALLOWED / 10;
    set_up(&s, &config);
    for (n = sw_test_count(100000, 1000000); n > 0; n--) {
        uint64_t dice = sw_test_next(&random);
        int64_t sleep = (int64_t)((dice >> 20) % (UINT64_C(1) << (dice >> 8) % 12));
        sleeper one = {0, step, step + sleep}, *which = &sleepers[dice % SLEEPERS];

        if (dice >> 60 == 0) {
            back += which->charge != 0;
            seawall_retry_budget_refund(s.budget, &which->charge);
        } else if (dice >> 60 < 4) {
            step += sleep / 16;
        } else if (sw_budget_charge(s.budget, BEGIN(step), BEGIN(one.due), &one.charge) == SEAWALL_OK) {
            ck_assert_int_lt(counted(sleepers, step, false), ALLOWED);
            put_to_sleep(sleepers, step, &one);
            asked++;
        } else {
            ck_assert_int_ge(counted(sleepers, step, true), ALLOWED);
            refused++;
        }
    }
    ck_assert_int_gt(asked, sw_test_count(1000, 1000));
    ck_assert_int_gt(refused, sw_test_count(1000, 1000));
    ck_assert_int_gt(back, sw_test_count(100, 100));
    tear_down(&s);
}
END_TEST

static seawall_status make(const seawall_platform *platform, void *arg, seawall_error *error)
{
    seawall_retry_budget *budget;
    seawall_status status = seawall_retry_budget_create(NULL, platform, &budget, error);

    (void)arg;
    if (status == SEAWALL_OK)
        seawall_retry_budget_destroy(budget);
    return status;
}

START_TEST(it_takes_one_piece_of_memory)
{
    ck_assert_int_eq(sw_test_sweep(make, NULL), 1);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("retry budget");

    tcase_add_test(tests, the_floor_is_there_from_the_start_and_comes_back);
    tcase_add_test(tests, calls_earn_retries_whatever_becomes_of_them);
    tcase_add_test(tests, silence_is_no_capital);
    tcase_add_test(tests, who_looks_knows_when_calls_were_made);
    tcase_add_test(tests, who_looks_before_each_call_knows_it_of_all);
    tcase_add_test(tests, one_call_of_sixteen_is_to_look);
    tcase_add_test(tests, time_that_stands_still_or_goes_back_grants_nothing);
    tcase_add_test(tests, what_is_given_back_can_be_had_again);
    tcase_add_test(tests, the_throttle_stops_at_half_a_purse);
    tcase_add_test(tests, both_rules_must_allow);
    tcase_add_test(tests, nonsense_is_refused);
    tcase_add_test(tests, random_traffic_is_as_in_the_model);
    tcase_add_test(tests, those_asleep_count_whatever_they_sleep);
    tcase_add_test(tests, it_takes_one_piece_of_memory);
    return sw_test_run("retry budget", tests);
}
