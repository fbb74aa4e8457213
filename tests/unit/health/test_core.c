/* The pure core against plain models: verdicts, schedule, sums, the heap. */
#include <check.h>
#include <string.h>

#include "health/health_core.h"
#include "suite.h"
#include "support.h"

#define MS SEAWALL_MILLISECONDS
#define STEPS 400

static const sw_health_rules usual = {MS(100), MS(40), 0.0, 3, 2, SW_HEALTH_BIT(SEAWALL_HEALTH_READY), true, false};

/* --- verdicts, as rows --- */

/* u, p, w, f: unknown, pass, warn, fail. One run per letter; the verdict after each. */
static const struct {
    int32_t fails, passes;
    const char *runs, *verdicts;
} rows[] = {
    {1, 1, "pfpf", "pfpf"},     {3, 1, "ffpff", "uuppp"},  {3, 1, "fff", "uuf"},      {3, 2, "pp", "up"},
    {3, 2, "pfp", "uuu"},       {2, 1, "pffpf", "ppfpp"},     {3, 1, "pfuff", "ppppf"}, {3, 1, "pwpw", "pwpw"},
    {1, 2, "ppfpwp", "upffwp"}, {2, 2, "ffpfpp", "uffffp"}, {1, 1, "uuu", "uuu"},       {1, 3, "wwwf", "uuwf"},
};

static seawall_health_status status_of(char letter)
{
    return letter == 'p' ? SEAWALL_HEALTH_PASS : letter == 'w' ? SEAWALL_HEALTH_WARN
                                             : letter == 'f'   ? SEAWALL_HEALTH_FAIL
                                                               : SEAWALL_HEALTH_UNKNOWN;
}

START_TEST(runs_make_a_verdict)
{
    sw_health_rules rules = usual;
    sw_health_state state;
    seawall_health_status before;
    size_t i;

    rules.failure_threshold = rows[_i].fails;
    rules.success_threshold = rows[_i].passes;
    sw_health_begin_life(&state, 0, 0);
    for (i = 0; rows[_i].runs[i] != '\0'; i++) {
        before = state.status;
        sw_health_begin(&state, &rules, 0, MS(100) * (seawall_time)i);
        ck_assert_int_eq(sw_health_end(&state, &rules, status_of(rows[_i].runs[i]), state.began + 1),
                         before != status_of(rows[_i].verdicts[i]));
        ck_assert_msg(state.status == status_of(rows[_i].verdicts[i]), "%s: run %zu", rows[_i].runs, i);
        ck_assert_int_eq(state.last, status_of(rows[_i].runs[i]));
    }
    ck_assert_int_eq(state.runs, (int64_t)i);
}
END_TEST

/* --- the life of one check against a model that remembers everything --- */

typedef struct model {
    char runs[STEPS + 1];
    int count;
} model;

/* The verdict from nothing but what was found, looked at anew each time. */
static seawall_health_status plain_verdict(const model *m, const sw_health_rules *rules)
{
    seawall_health_status verdict = SEAWALL_HEALTH_UNKNOWN;
    int i, j;

    for (i = 0; i < m->count; i++) {
        int good = 0, bad = 0;

        for (j = i; j >= 0 && m->runs[j] != 'f'; j--)
            good += m->runs[j] != 'u';
        for (j = i; j >= 0 && (m->runs[j] == 'f' || m->runs[j] == 'u'); j--)
            bad += m->runs[j] == 'f';
        if (m->runs[i] == 'f' && bad >= rules->failure_threshold)
            verdict = SEAWALL_HEALTH_FAIL;
        if ((m->runs[i] == 'p' || m->runs[i] == 'w') &&
            (verdict == SEAWALL_HEALTH_PASS || verdict == SEAWALL_HEALTH_WARN || good >= rules->success_threshold))
            verdict = status_of(m->runs[i]);
    }
    return verdict;
}

static void agrees(const model *m, const sw_health_state *state, const sw_health_rules *rules)
{
    int i, failed = 0;

    for (i = 0; i < m->count; i++)
        failed += m->runs[i] == 'f';
    ck_assert_int_eq(state->runs, m->count);
    ck_assert_int_eq(state->failures, failed);
    ck_assert_int_eq(state->status, plain_verdict(m, rules));
}

static void note(model *m, char run)
{
    m->runs[m->count++] = run;
}

/* From idle: the run ends in time, or it is stuck for some intervals and comes back, or what held it is gone. */
static void live_once(sw_health_state *state, const sw_health_rules *rules, model *m, uint64_t *random, seawall_time *now)
{
    static const char letters[] = "pppffwu";
    char letter = letters[sw_test_next(random) % (sizeof(letters) - 1)];
    seawall_time due = state->due;

    ck_assert_int_eq(sw_health_next(state), due);
    *now = due + (seawall_time)(sw_test_next(random) % (uint64_t)MS(5));
    sw_health_begin(state, rules, sw_test_next(random), *now);
    ck_assert_int_eq(sw_health_next(state), *now + rules->timeout);
    ck_assert_int_ge(state->due, due + rules->interval - (seawall_duration)(rules->jitter * (double)rules->interval) - 1);
    ck_assert_int_gt(state->due, *now);
    ck_assert_int_le(state->due, *now + rules->interval);
    if (sw_test_next(random) % 4 != 0) {
        *now += (seawall_time)(sw_test_next(random) % (uint64_t)rules->timeout);
        (void)sw_health_end(state, rules, status_of(letter), *now);
        note(m, letter);
        return;
    }
    *now = state->deadline;
    (void)sw_health_expire(state, rules, sw_test_next(random) % 3 != 0, *now);
    note(m, 'f');
    while (state->phase == SW_HEALTH_STUCK && sw_test_next(random) % 3 != 0 && m->count < STEPS - 2) {
        ck_assert_int_eq(sw_health_next(state), *now + rules->interval);
        *now = sw_health_next(state);
        (void)sw_health_expire(state, rules, true, *now);
        note(m, 'f');
    }
    if (state->phase == SW_HEALTH_STUCK) {
        ck_assert(!sw_health_end(state, rules, status_of(letter), *now + 1)); /* what comes too late says nothing */
        ck_assert_int_eq(state->phase, SW_HEALTH_IDLE);
    }
}

START_TEST(a_life_is_as_its_runs)
{
    uint64_t random = sw_test_seed() + (uint64_t)_i;
    sw_health_rules rules = usual;
    sw_health_state state;
    model m = {.count = 0};
    seawall_time now = MS(7);

    rules.failure_threshold = 1 + (int32_t)(sw_test_next(&random) % 4);
    rules.success_threshold = 1 + (int32_t)(sw_test_next(&random) % 3);
    rules.jitter = (double)(sw_test_next(&random) % 11) / 10;
    sw_health_begin_life(&state, MS(3), now);
    ck_assert_int_eq(sw_health_next(&state), MS(10));
    while (m.count < STEPS - 2) {
        live_once(&state, &rules, &m, &random, &now);
        agrees(&m, &state, &rules);
    }
}
END_TEST

START_TEST(jitter_spreads_checks_that_began_together)
{
    uint64_t random = sw_test_seed();
    sw_health_rules rules = usual;
    int64_t early = 0, i;

    rules.jitter = 0.1;
    for (i = 0; i < 1000; i++) {
        sw_health_state state;

        sw_health_begin_life(&state, 0, 0);
        sw_health_begin(&state, &rules, sw_test_next(&random), 0);
        ck_assert_int_gt(state.due, MS(90) - 1);
        ck_assert_int_le(state.due, MS(100));
        early += state.due < MS(95);
    }
    ck_assert_int_gt(early, 400);
    ck_assert_int_lt(early, 600);
}
END_TEST

START_TEST(who_comes_late_does_not_put_off_the_next_run)
{
    sw_health_state state;

    sw_health_begin_life(&state, 0, 0);
    sw_health_begin(&state, &usual, 0, MS(30));
    ck_assert_int_eq(state.due, MS(100));
    (void)sw_health_end(&state, &usual, SEAWALL_HEALTH_PASS, MS(31));
    sw_health_begin(&state, &usual, 0, SEAWALL_SECONDS(60)); /* the process had been stopped: no run is made up for */
    ck_assert_int_eq(state.due, SEAWALL_SECONDS(60) + MS(100));
}
END_TEST

START_TEST(other_rules_hold_from_the_last_run_on)
{
    sw_health_rules rules = usual;
    sw_health_state state;

    sw_health_begin_life(&state, MS(500), 0);
    rules.interval = MS(10);
    sw_health_obey(&state, &rules);
    ck_assert_int_eq(state.due, MS(500)); /* its first run comes when it was to come */
    rules.interval = SEAWALL_SECONDS(10);
    sw_health_begin(&state, &rules, 0, MS(500));
    (void)sw_health_end(&state, &rules, SEAWALL_HEALTH_PASS, MS(501));
    rules.interval = MS(10);
    sw_health_obey(&state, &rules);
    ck_assert_int_eq(state.due, MS(510));
    rules.interval = SEAWALL_SECONDS(10);
    sw_health_obey(&state, &rules);
    ck_assert_int_eq(state.due, MS(510)); /* nothing is put off */
}
END_TEST

/* --- sums --- */

#define CHECKS 6

typedef struct one {
    sw_health_state state;
    sw_health_rules rules;
} one;

static bool good(const one *check)
{
    return check->state.status == SEAWALL_HEALTH_PASS || check->state.status == SEAWALL_HEALTH_WARN;
}

/* The grades as the guide says them, from all checks at once. */
static seawall_health_status plain_grade(const one checks[CHECKS], const sw_health_sum *sum, seawall_health_endpoint endpoint)
{
    bool fails = endpoint == SEAWALL_HEALTH_READY && (sum->draining || !sum->started), warns = false;
    int i;

    if (endpoint == SEAWALL_HEALTH_STARTUP)
        return sum->started ? SEAWALL_HEALTH_PASS : SEAWALL_HEALTH_FAIL;
    for (i = 0; i < CHECKS; i++) {
        bool bad = endpoint == SEAWALL_HEALTH_READY ? !good(&checks[i]) : checks[i].state.status == SEAWALL_HEALTH_FAIL;

        if ((checks[i].rules.endpoints & SW_HEALTH_BIT(endpoint)) == 0)
            continue;
        fails = fails || (bad && checks[i].rules.required);
        warns = warns || bad || checks[i].state.status == SEAWALL_HEALTH_WARN;
    }
    return fails ? SEAWALL_HEALTH_FAIL : warns ? SEAWALL_HEALTH_WARN : SEAWALL_HEALTH_PASS;
}

static bool starts(const one checks[CHECKS])
{
    bool all = true;
    int i;

    for (i = 0; i < CHECKS; i++)
        all = all && ((checks[i].rules.endpoints & SW_HEALTH_BIT(SEAWALL_HEALTH_STARTUP)) == 0 || !checks[i].rules.required ||
                      good(&checks[i]));
    return all;
}

START_TEST(sums_are_what_all_checks_come_to)
{
    uint64_t random = sw_test_seed() + (uint64_t)_i;
    sw_health_sum sum = {.started = false};
    one checks[CHECKS] = {{.state = {.phase = SW_HEALTH_IDLE}}};
    bool started = false;
    int i, step;

    for (i = 0; i < CHECKS; i++) {
        checks[i].rules = usual;
        checks[i].rules.endpoints = (int32_t)(sw_test_next(&random) % 8);
        checks[i].rules.required = sw_test_next(&random) % 3 != 0;
        sw_health_count(sum.tallies, &checks[i].state, &checks[i].rules, 1);
    }
    for (step = 0; step < STEPS; step++) {
        one *check = &checks[sw_test_next(&random) % CHECKS];
        seawall_health_endpoint endpoint;

        sw_health_count(sum.tallies, &check->state, &check->rules, -1);
        check->state.status = (seawall_health_status)(sw_test_next(&random) % 4);
        check->state.phase = (sw_health_phase)(sw_test_next(&random) % 3);
        sw_health_count(sum.tallies, &check->state, &check->rules, 1);
        sw_health_settle(&sum);
        started = started || starts(checks);
        sum.draining = sum.draining || (step > STEPS / 2 && sw_test_next(&random) % 50 == 0);
        ck_assert_int_eq(sum.started, started); /* a latch: it never goes back */
        for (endpoint = SEAWALL_HEALTH_LIVE; endpoint <= SEAWALL_HEALTH_STARTUP; endpoint++)
            ck_assert_int_eq(sw_health_grade(&sum, endpoint), plain_grade(checks, &sum, endpoint));
    }
    for (i = 0; i < CHECKS; i++)
        sw_health_count(sum.tallies, &checks[i].state, &checks[i].rules, -1);
    for (i = 0; i < SW_HEALTH_ENDPOINTS; i++)
        ck_assert_mem_eq(&sum.tallies[i], &(sw_health_tally){0}, sizeof(sw_health_tally));
}
END_TEST

START_TEST(draining_turns_readiness_off_and_leaves_liveness)
{
    sw_health_sum sum = {.started = true, .draining = true};

    ck_assert_int_eq(sw_health_grade(&sum, SEAWALL_HEALTH_READY), SEAWALL_HEALTH_FAIL);
    ck_assert_int_eq(sw_health_grade(&sum, SEAWALL_HEALTH_LIVE), SEAWALL_HEALTH_PASS);
    ck_assert_int_eq(sw_health_grade(&sum, SEAWALL_HEALTH_STARTUP), SEAWALL_HEALTH_PASS);
    ck_assert_int_eq(sw_health_grade(&sum, SEAWALL_HEALTH_WHOLE), SEAWALL_HEALTH_FAIL);
    ck_assert_int_eq(sw_health_http(SEAWALL_HEALTH_FAIL), 503);
    ck_assert_int_eq(sw_health_http(SEAWALL_HEALTH_WARN), 200);
}
END_TEST

START_TEST(who_informs_the_start_alone_rests_after_it)
{
    sw_health_sum sum = {.started = false};
    sw_health_rules rules = usual;

    rules.endpoints = SW_HEALTH_BIT(SEAWALL_HEALTH_STARTUP);
    ck_assert(!sw_health_rests(&sum, &rules));
    sum.started = true;
    ck_assert(sw_health_rests(&sum, &rules));
    rules.holds = true;
    ck_assert(!sw_health_rests(&sum, &rules));
    rules.holds = false;
    rules.endpoints |= SW_HEALTH_BIT(SEAWALL_HEALTH_READY);
    ck_assert(!sw_health_rests(&sum, &rules));
    rules.endpoints = 0;
    ck_assert(!sw_health_rests(&sum, &rules));
}
END_TEST

/* --- the heap --- */

#define PLACES 50

START_TEST(the_heap_knows_the_first_one)
{
    uint64_t random = sw_test_seed() + (uint64_t)_i;
    sw_health_place places[PLACES], *room[PLACES];
    bool in[PLACES] = {false};
    sw_health_heap heap = {room, 0};
    int step, i;

    for (step = 0; step < 2000; step++) {
        int which = (int)(sw_test_next(&random) % PLACES);
        seawall_time at = (seawall_time)(sw_test_next(&random) % 100), first = SEAWALL_FOREVER;
        uint32_t count = 0;

        bool leaves = in[which] && sw_test_next(&random) % 3 == 0, well = true;

        if (!in[which])
            sw_health_heap_add(&heap, &places[which], at);
        else if (leaves)
            sw_health_heap_remove(&heap, &places[which]);
        else
            sw_health_heap_move(&heap, &places[which], at);
        in[which] = !leaves;
        for (i = 0; i < PLACES; i++) {
            count += in[i];
            if (!in[i])
                continue;
            first = places[i].at < first ? places[i].at : first;
            well &= room[places[i].index] == &places[i];
            well &= places[i].index == 0 || room[(places[i].index - 1) / 2]->at <= places[i].at;
        }
        ck_assert(well); /* once for all of them: libcheck writes each assertion down */
        ck_assert_uint_eq(heap.count, count);
        if (count > 0)
            ck_assert_int_eq(heap.places[0]->at, first);
    }
}
END_TEST

/* As they lie there, level by level: one of the late ones leaves, and the last one, which takes its place, is an early one. */
static const seawall_time levels[] = {0, 50, 1, 60, 51, 2, 3, 61, 62, 52, 53, 4, 5, 6, 7};
static const seawall_time rest[] = {0, 1, 2, 3, 4, 5, 6, 7, 50, 52, 53, 60, 61, 62};

START_TEST(who_takes_a_free_place_may_have_to_rise)
{
    sw_health_place places[sizeof(levels) / sizeof(levels[0])], *room[sizeof(levels) / sizeof(levels[0])];
    sw_health_heap heap = {room, 0};
    size_t i;

    for (i = 0; i < sizeof(levels) / sizeof(levels[0]); i++)
        sw_health_heap_add(&heap, &places[i], levels[i]);
    ck_assert_int_eq(room[4]->at, 51);
    sw_health_heap_remove(&heap, room[4]);
    for (i = 0; i < sizeof(rest) / sizeof(rest[0]); i++) {
        ck_assert_int_eq(room[0]->at, rest[i]);
        sw_health_heap_remove(&heap, room[0]);
    }
    ck_assert_uint_eq(heap.count, 0);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("core");

    tcase_add_loop_test(tests, runs_make_a_verdict, 0, (int)(sizeof(rows) / sizeof(rows[0])));
    tcase_add_loop_test(tests, a_life_is_as_its_runs, 0, (int)sw_test_count(20, 200));
    tcase_add_test(tests, jitter_spreads_checks_that_began_together);
    tcase_add_test(tests, who_comes_late_does_not_put_off_the_next_run);
    tcase_add_test(tests, other_rules_hold_from_the_last_run_on);
    tcase_add_loop_test(tests, sums_are_what_all_checks_come_to, 0, (int)sw_test_count(20, 200));
    tcase_add_test(tests, draining_turns_readiness_off_and_leaves_liveness);
    tcase_add_test(tests, who_informs_the_start_alone_rests_after_it);
    tcase_add_loop_test(tests, the_heap_knows_the_first_one, 0, (int)sw_test_count(3, 20));
    tcase_add_test(tests, who_takes_a_free_place_may_have_to_rise);
    return sw_test_run("health core", tests);
}
