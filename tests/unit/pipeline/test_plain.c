/* Where a call leaves the plain way: what the machine goes on with must be what it would have had by itself. */
#include <check.h>
#include <seawall/seawall.h>
#include <stdlib.h>

#include "suite.h"

/* A clock that moves when somebody parks, to the time asked for. */
static seawall_time now;

static seawall_time clock_now(void *user)
{
    (void)user;
    return now;
}

static void clock_park(const uint32_t *word, uint32_t expected, seawall_time until, void *user)
{
    (void)word, (void)expected, (void)user;
    if (until != SEAWALL_FOREVER)
        now = until;
}

static void clock_wake(const uint32_t *word, void *user)
{
    (void)word, (void)user;
}

static uint64_t no_random(void *user)
{
    (void)user;
    return 0;
}

static void *allocate(size_t size, size_t alignment, void *user)
{
    (void)user;
    return aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
}

static void release(void *memory, size_t size, void *user)
{
    (void)size, (void)user;
    free(memory);
}

static const seawall_platform platform = {
    .size = sizeof(seawall_platform),
    .now = clock_now,
    .park = clock_park,
    .wake = clock_wake,
    .random = no_random,
    .allocate = allocate,
    .release = release,
};

/* What a policy does, and what it saw. */
typedef struct doer {
    seawall_time shorten_to; /* enter: 0: not */
    seawall_time tick_at;    /* leave: 0: not */
    bool spoil;              /* leave: changes the outcome, but says that it passes it on */
    bool mend;               /* leave: makes it a success, but forgets the fault */
    int32_t wait;            /* enter answers wait so many times, without a time */
    int32_t again;           /* leave answers again so many times, without a time */
    seawall_time deadline;
    int32_t attempts;
    int32_t others;
} doer;

static seawall_answer enter(void *frame, seawall_turn *turn, void *self)
{
    doer *d = self;

    (void)frame;
    d->deadline = seawall_turn_deadline(turn);
    if (d->shorten_to != 0)
        seawall_turn_shorten(turn, d->shorten_to);
    return d->wait-- > 0 ? SEAWALL_WAIT : SEAWALL_PROCEED;
}

static seawall_answer leave(void *frame, seawall_turn *turn, seawall_outcome *outcome, void *self)
{
    doer *d = self;

    (void)frame;
    d->attempts = outcome->attempts;
    d->others |= seawall_turn_inner(turn);
    if (d->tick_at != 0)
        seawall_turn_tick_at(turn, d->tick_at);
    if (d->spoil)
        outcome->attempts = 100;
    if (d->again-- > 0)
        return SEAWALL_AGAIN;
    if (!d->mend)
        return SEAWALL_PASS;
    outcome->status = SEAWALL_OK;
    return SEAWALL_REPLACE;
}

static seawall_time seen_deadline;

static seawall_fault succeeds(seawall_attempt *attempt, void *arg)
{
    (void)arg;
    seen_deadline = seawall_attempt_deadline(attempt);
    return SEAWALL_FAULT_NONE;
}

static seawall_fault fails(seawall_attempt *attempt, void *arg)
{
    (void)attempt, (void)arg;
    return SEAWALL_FAULT_OTHER;
}

/* One call through two doers. */
static seawall_report call(doer *outer, doer *inner, seawall_operation_fn operation)
{
    seawall_policy policies[2] = {SEAWALL_POLICY_INIT, SEAWALL_POLICY_INIT};
    const seawall_policy *const list[2] = {&policies[0], &policies[1]};
    seawall_report report = SEAWALL_REPORT_INIT;
    seawall_pipeline *pipeline;
    int i;

    now = 1000;
    for (i = 0; i < 2; i++) {
        policies[i].enter = enter;
        policies[i].leave = leave;
        policies[i].self = i == 0 ? outer : inner;
    }
    ck_assert_int_eq(seawall_pipeline_create(NULL, list, 2, &platform, &pipeline, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_call(pipeline, operation, NULL, &report), report.status);
    seawall_pipeline_destroy(pipeline);
    return report;
}

START_TEST(a_shortened_deadline_is_inherited)
{
    doer outer = {.shorten_to = 5000};
    doer inner = {.shorten_to = 4000};

    ck_assert_int_eq(call(&outer, &inner, succeeds).status, SEAWALL_OK);
    ck_assert_int_eq(outer.deadline, SEAWALL_FOREVER);
    ck_assert_int_eq(inner.deadline, 5000);
    ck_assert_int_eq(seen_deadline, 4000);
    inner = (doer){.shorten_to = 4000};
    outer = (doer){.shorten_to = 0};
    ck_assert_int_eq(call(&outer, &inner, succeeds).status, SEAWALL_OK);
    ck_assert_int_eq(inner.deadline, SEAWALL_FOREVER);
    ck_assert_int_eq(seen_deadline, 4000);
}
END_TEST

START_TEST(a_replaced_outcome_is_made_whole)
{
    doer outer = {.shorten_to = 0};
    doer inner = {.mend = true};
    seawall_report report = call(&outer, &inner, fails);

    ck_assert_int_eq(report.status, SEAWALL_OK);
    ck_assert_int_eq(report.fault, SEAWALL_FAULT_NONE);
    ck_assert_int_eq(report.first_fault, SEAWALL_FAULT_OTHER);
    ck_assert_int_eq(report.attempts, 1);
}
END_TEST

START_TEST(attempts_are_the_machines_word)
{
    doer outer = {.shorten_to = 0};
    doer inner = {.spoil = true};

    ck_assert_int_eq(call(&outer, &inner, succeeds).status, SEAWALL_OK);
    ck_assert_int_eq(outer.attempts, 1);
    inner = (doer){.spoil = true, .mend = true};
    ck_assert_int_eq(call(&outer, &inner, succeeds).status, SEAWALL_OK);
    ck_assert_int_eq(outer.attempts, 1);
}
END_TEST

/* A tick that nobody can have does not become another policy's time. */
START_TEST(a_time_is_its_own_policys)
{
    doer outer = {.again = 1};
    doer inner = {.tick_at = 7000};

    ck_assert_int_eq(call(&outer, &inner, succeeds).attempts, 2);
    ck_assert_int_eq(now, 1000);
}
END_TEST

START_TEST(what_was_entered_goes_on)
{
    doer outer = {.again = 2};
    doer inner = {.wait = _i, .again = 1};
    seawall_report report = call(&outer, &inner, succeeds);

    ck_assert_int_eq(report.status, SEAWALL_OK);
    ck_assert_int_eq(report.attempts, 4);
    ck_assert_int_eq(outer.attempts, 4);
    ck_assert_int_eq(inner.attempts, 1);
    ck_assert_int_eq(outer.others | inner.others, 0);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("plain");

    tcase_add_test(tests, a_shortened_deadline_is_inherited);
    tcase_add_test(tests, a_replaced_outcome_is_made_whole);
    tcase_add_test(tests, attempts_are_the_machines_word);
    tcase_add_test(tests, a_time_is_its_own_policys);
    tcase_add_loop_test(tests, what_was_entered_goes_on, 0, 3);
    return sw_test_run("unit/pipeline/plain", tests);
}
