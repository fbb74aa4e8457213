/*
 * Random traces on a breaker, beside a plain model of it: every answer, every wait and every snapshot must agree. The
 * seed is printed and can be given in SEAWALL_SEED.
 */
#include <check.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "breaker_plain.h"

static uint64_t random_state;

static uint64_t random_next(void)
{
    uint64_t x = random_state += UINT64_C(0x9e3779b97f4a7c15);

    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return x ^ x >> 31;
}

static int32_t below(int32_t n)
{
    return (int32_t)(random_next() % (uint64_t)n);
}

/* The walk. */

typedef struct walk {
    model m;
    held lost[PERMITS];
    seawall_platform platform;
    seawall_manual_clock *clock;
    seawall_breaker *breaker;
    seawall_breaker_config asked; /* as it was asked for */
    bool often; /* look at it after every step: nothing is left to be spread over time */
    uint64_t sequence;
    int64_t step;
} walk;

static void heard(const seawall_breaker_transition *transition, void *user)
{
    walk *w = user;

    ck_assert_msg(transition->sequence == ++w->sequence, "step %" PRId64 ": sequence %" PRIu64, w->step, transition->sequence);
}

static seawall_duration some_duration(void)
{
    return SEAWALL_MILLISECONDS(1 + below(30)) + below(2000000);
}

/* Rates, and what they are taken over; half of the breakers have none. */
static void choose_window(seawall_breaker_config *c)
{
    c->failure_rate = below(3) == 0 ? 0 : (double)(1 + below(20)) / 20;
    c->slow_call_rate = below(2) == 0 ? 0 : (double)(1 + below(20)) / 20;
    c->slow_call_duration = 1000 + below(3000000);
    c->window = below(2);
    c->window_calls = 1 + below(20);
    c->window_duration = some_duration();
    c->window_buckets = 1 + below(8);
    c->minimum_calls = 1 + below(12);
    if (below(3) == 0)
        c->failure_threshold = 0;
}

static void choose_config(seawall_breaker_config *c)
{
    *c = (seawall_breaker_config)SEAWALL_BREAKER_CONFIG_INIT;
    c->failure_threshold = below(5);
    if (below(2) == 0)
        choose_window(c);
    c->recovery_timeout = some_duration();
    c->half_open_max_calls = 1 + below(5);
    c->half_open_concurrent = below(3) == 0 ? SEAWALL_AUTO : 1 + below(6);
    c->successes_to_close = below(3) == 0 ? SEAWALL_AUTO : 1 + below(c->half_open_max_calls);
    c->failures_to_reopen = 1 + below(c->half_open_max_calls);
    c->probe_timeout = below(3) == 0 ? SEAWALL_AUTO : some_duration();
    c->half_open_max_duration = below(2) == 0 ? 0 : some_duration();
    c->half_open_then = below(2);
    c->recovery_multiplier = 1 + below(3);
    /* Less than recovery_timeout is refused where it grows. */
    c->recovery_max = c->recovery_multiplier > 1 ? c->recovery_timeout * (1 + below(10)) : some_duration();
}

static void resolve(seawall_breaker_config *c)
{
    if (c->successes_to_close == SEAWALL_AUTO)
        c->successes_to_close = c->half_open_max_calls;
    if (c->probe_timeout == SEAWALL_AUTO)
        c->probe_timeout = c->recovery_timeout;
}

static void walk_begin(walk *w)
{
    memset(w, 0, sizeof *w);
    choose_config(&w->m.config);
    w->often = below(3) == 0;
    w->m.base = w->m.now = w->m.since = SEAWALL_SECONDS(below(1000)) + below(1000000);
    ck_assert_int_eq(seawall_platform_init(&w->platform, sizeof w->platform), SEAWALL_OK);
    ck_assert_int_eq(seawall_manual_clock_create(w->m.now, true, &w->clock, NULL), SEAWALL_OK);
    seawall_manual_clock_install(w->clock, &w->platform);
    ck_assert_int_eq(seawall_breaker_create(&w->m.config, &w->platform, &w->breaker, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_breaker_add_listener(w->breaker, heard, w), SEAWALL_OK);
    w->asked = w->m.config;
    resolve(&w->m.config);
    w->m.places =
        w->asked.half_open_concurrent == SEAWALL_AUTO ? w->m.config.half_open_max_calls : w->asked.half_open_concurrent;
    plain_begin_window(&w->m);
}

static void walk_end(walk *w)
{
    ck_assert(w->sequence == w->m.epoch);
    seawall_breaker_destroy(w->breaker);
    seawall_manual_clock_destroy(w->clock);
}

static void step_acquire(walk *w)
{
    held *h = &w->m.permits[below(PERMITS)];
    held trial;
    seawall_permit permit = SEAWALL_PERMIT_INIT;
    seawall_duration wait = 0, expected_wait = 0;
    seawall_status expected, status;

    if (h->out)
        return;
    expected = plain_acquire(&w->m, &trial, &expected_wait);
    status = below(2) == 0 ? seawall_breaker_try_acquire(w->breaker, &permit, &wait)
                           : seawall_breaker_try_acquire_at(w->breaker, w->m.now, &permit, &wait);
    ck_assert_msg(status == expected, "step %" PRId64 ": acquire answers %d, not %d", w->step, (int)status, (int)expected);
    ck_assert_msg(wait == expected_wait, "step %" PRId64 ": wait %" PRId64 ", not %" PRId64, w->step, wait, expected_wait);
    if (status == SEAWALL_OK) {
        trial.permit = permit;
        *h = trial;
    }
}

static void step_report(walk *w)
{
    static const seawall_fault faults[] = {SEAWALL_FAULT_NONE, SEAWALL_FAULT_NONE, SEAWALL_FAULT_TIMEOUT, SEAWALL_FAULT_INTERNAL,
                                           SEAWALL_FAULT_IGNORED, SEAWALL_FAULT_NOT_FOUND};
    seawall_fault fault = faults[below(6)];
    held *h = &w->m.permits[below(PERMITS)];
    seawall_permit copy = h->permit;
    seawall_status expected, status;

    if (!h->out) {
        /* A copy of a probe is found out; one of an ordinary permit is not, and is no fair test. */
        if (h->probe && below(2) == 0 && copy.opaque[2] != 0) {
            h->permit = (seawall_permit)SEAWALL_PERMIT_INIT;
            ck_assert_int_eq(seawall_breaker_report_at(w->breaker, &copy, fault, w->m.now), SEAWALL_STALE);
            w->m.total.stale++;
        }
        return;
    }
    expected = plain_report(&w->m, h, fault);
    status = below(2) == 0 ? seawall_breaker_report(w->breaker, &copy, fault)
                           : seawall_breaker_report_at(w->breaker, &copy, fault, w->m.now);
    ck_assert_msg(status == expected, "step %" PRId64 ": report answers %d, not %d", w->step, (int)status, (int)expected);
    ck_assert(copy.opaque[2] == 0);
    ck_assert_int_eq(seawall_breaker_report(w->breaker, &copy, fault), SEAWALL_INVALID);
}

/* Somebody forgets to report. */
static void step_lose(walk *w)
{
    int32_t i = below(PERMITS);
    held *h = &w->m.permits[i];

    if (!h->out || (w->m.lost[i] != NULL && plain_runs(&w->m, w->m.lost[i])))
        return;
    w->lost[i] = *h;
    w->m.lost[i] = &w->lost[i];
    *h = (held){.out = false};
}

static void step_time(walk *w)
{
    switch (below(8)) {
    case 0:
        w->m.now = below(2) == 0 || w->m.for_good || w->m.deadline <= w->m.now ? w->m.now : w->m.deadline - below(2);
        break;
    case 1:
        w->m.now += SEAWALL_SECONDS(below(100000));
        break;
    case 2:
        w->m.now += plain_lasts(&w->m, w->m.row) - below(2);
        break;
    default:
        w->m.now += below(2000000);
        break;
    }
    seawall_manual_clock_set(w->clock, w->m.now);
}

/* What an acquire would do first, without the acquire. */
static void step_poll(walk *w)
{
    model *m = &w->m;
    seawall_time next = 0, expected;

    (void)plain_attend(m);
    plain_look(m);
    expected = plain_attend(m);
    ck_assert_int_eq(seawall_breaker_poll_at(w->breaker, m->now, &next), SEAWALL_OK);
    ck_assert_msg(next == expected, "step %" PRId64 ": poll answers %" PRId64 ", not %" PRId64, w->step, next, expected);
}

static void step_order(walk *w)
{
    seawall_time until = below(3) == 0 ? SEAWALL_FOREVER : w->m.now + below(50000000) - 10000000;

    switch (below(8)) {
    case 0:
        plain_open(&w->m, SEAWALL_BREAKER_FORCED_OPEN, SEAWALL_BREAKER_RULE_FORCED, 0, 0);
        w->m.for_good = until == SEAWALL_FOREVER;
        w->m.deadline = w->m.for_good ? 0 : plain_round_up(&w->m, until);
        ck_assert_int_eq(seawall_breaker_force_open(w->breaker, until), SEAWALL_OK);
        break;
    case 1:
    case 2:
        plain_enter(&w->m, SEAWALL_BREAKER_CLOSED);
        ck_assert_int_eq(seawall_breaker_close(w->breaker), SEAWALL_OK);
        break;
    case 3:
        plain_reset(&w->m);
        ck_assert_int_eq(seawall_breaker_reset(w->breaker), SEAWALL_OK);
        break;
    case 4:
        plain_enter(&w->m, SEAWALL_BREAKER_DISABLED);
        ck_assert_int_eq(seawall_breaker_disable(w->breaker), SEAWALL_OK);
        break;
    case 5:
        plain_enter(&w->m, SEAWALL_BREAKER_METRICS_ONLY);
        ck_assert_int_eq(seawall_breaker_metrics_only(w->breaker), SEAWALL_OK);
        break;
    default:
        step_poll(w);
        break;
    }
}

static void step_reconfigure(walk *w)
{
    seawall_breaker_config config;
    bool fits;

    choose_config(&config);
    fits = below(4) != 0;
    if (fits) {
        config.half_open_concurrent = w->asked.half_open_concurrent;
        config.window = w->asked.window;
        config.window_calls = w->asked.window_calls;
        config.window_duration = w->asked.window_duration;
        config.window_buckets = w->asked.window_buckets;
    } else {
        config.window_buckets = w->asked.window_buckets + 1;
    }
    ck_assert_int_eq(seawall_breaker_reconfigure(w->breaker, &config, NULL), fits ? SEAWALL_OK : SEAWALL_INVALID);
    if (!fits)
        return;
    resolve(&config);
    plain_reconfigure(&w->m, &config);
}

static void compare(walk *w)
{
    seawall_breaker_snapshot expected, is = SEAWALL_BREAKER_SNAPSHOT_INIT;

    plain_run_over(&w->m);
    plain_look(&w->m);
    plain_snapshot(&w->m, &expected);
    ck_assert_int_eq(seawall_breaker_get_snapshot(w->breaker, &is), SEAWALL_OK);
    if (memcmp(&expected, &is, sizeof is) != 0)
        ck_abort_msg("step %" PRId64 ": state %s not %s, epoch %" PRIu64 " not %" PRIu64 ", streak %d not %d, probes %d not %d, "
                     "successes %d not %d, failures %d not %d, expired %" PRId64 " not %" PRId64 ", stale %" PRId64
                     " not %" PRId64 ", remaining %" PRId64 " not %" PRId64 ", since %" PRId64 " not %" PRId64
                     ", window %" PRId64 " not %" PRId64 ", failed %" PRId64 " not %" PRId64 ", slow %" PRId64 " not %" PRId64,
                     w->step, seawall_breaker_state_name(is.state), seawall_breaker_state_name(expected.state), is.epoch,
                     expected.epoch, is.consecutive_failures, expected.consecutive_failures, is.probes, expected.probes,
                     is.probe_successes, expected.probe_successes, is.probe_failures, expected.probe_failures, is.expired,
                     expected.expired, is.stale, expected.stale, is.remaining, expected.remaining, is.since, expected.since,
                     is.window_calls, expected.window_calls, is.window_failures, expected.window_failures, is.window_slow_calls,
                     expected.window_slow_calls);
}

static void walk_on(walk *w)
{
    int32_t dice = below(100);

    if (dice < 38)
        step_acquire(w);
    else if (dice < 76)
        step_report(w);
    else if (dice < 80)
        step_lose(w);
    else if (dice < 96)
        step_time(w);
    else if (dice < 97)
        step_reconfigure(w);
    else
        step_order(w);
    if (w->often || below(4) == 0)
        compare(w);
}

static uint64_t seed(void)
{
    const char *given = getenv("SEAWALL_SEED");

    return given != NULL ? strtoull(given, NULL, 0) : UINT64_C(20261123);
}

START_TEST(agrees_with_the_plain_model)
{
    const int64_t walks = getenv("SEAWALL_TEST_DEEP") != NULL ? 2000 : 200;
    static walk w;
    int64_t i;

    printf("SEAWALL_SEED=%" PRIu64 "\n", seed());
    fflush(stdout);
    for (i = 0; i < walks; i++) {
        random_state = seed() + (uint64_t)i;
        walk_begin(&w);
        for (w.step = 0; w.step < 500; w.step++)
            walk_on(&w);
        walk_end(&w);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("breaker_model");
    TCase *traces = tcase_create("traces");
    SRunner *runner;
    int failed;

    tcase_set_timeout(traces, 300);
    tcase_add_test(traces, agrees_with_the_plain_model);
    suite_add_tcase(suite, traces);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
