/*
 * A run of a hedge that timed out in a queue of ours, before anything was started, was as good an end as a real fault: as the
 * first of the two it was handed on, and what the dependency had said was lost.
 */
#include "one_test.h"
#include "support.h"
#include "toy_stage.h"

#define AT(ms) (SW_TEST_START + SEAWALL_MILLISECONDS(ms))

static sw_test_platform on;
static seawall_hedge *hedge;
static seawall_timeout *timeout;
static seawall_bulkhead *bulkhead;
static seawall_policy race = SEAWALL_POLICY_INIT, limit = SEAWALL_POLICY_INIT, queue = SEAWALL_POLICY_INIT;
static stage s;

/* Further runs begin 10 ms after each other, and each may take 50. Inside are one place for all of them, or something else. */
static void make(const seawall_policy *inside)
{
    seawall_hedge_config config = SEAWALL_HEDGE_CONFIG_INIT;
    seawall_timeout_config brief = SEAWALL_TIMEOUT_CONFIG_INIT;
    seawall_bulkhead_config narrow = SEAWALL_BULKHEAD_CONFIG_INIT;

    sw_test_platform_init(&on, false);
    config.delay = SEAWALL_MILLISECONDS(10);
    config.budget = 1;
    config.max_hedges = 2;
    ck_assert_int_eq(seawall_hedge_create(&config, &on.platform, &hedge, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_hedge_policy(hedge, "hedge", &race), SEAWALL_OK);
    brief.attempt_timeout = SEAWALL_MILLISECONDS(50);
    ck_assert_int_eq(seawall_timeout_create(&brief, &on.platform, &timeout, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_timeout_attempt_policy(timeout, "attempt", &limit), SEAWALL_OK);
    narrow.max_concurrent = 1;
    narrow.max_waiting = 3;
    narrow.max_wait = SEAWALL_FOREVER;
    ck_assert_int_eq(seawall_bulkhead_create(&narrow, &on.platform, &bulkhead, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_bulkhead_policy(bulkhead, "bulkhead", &queue), SEAWALL_OK);
    stage_open_policies(&s, (const seawall_policy *const[]){&race, &limit, inside}, 3, &on.platform);
}

static void unmake(void)
{
    stage_close(&s);
    seawall_hedge_destroy(hedge);
    seawall_timeout_destroy(timeout);
    seawall_bulkhead_destroy(bulkhead);
    sw_test_platform_fini(&on);
}

/* Both wait for the place. The first times out there; the second gets it, and ends in a fault. */
static void first_one_in_vain(void)
{
    seawall_permit taken;

    make(&queue);
    ck_assert_int_eq(seawall_bulkhead_try_acquire(bulkhead, &taken), SEAWALL_OK);
    stage_begin(&s, AT(0), SEAWALL_FOREVER);
    (void)stage_steps_text(&s, AT(0));
    (void)stage_steps_text(&s, AT(10));
    (void)stage_steps_text(&s, AT(50));
    ck_assert_int_eq(seawall_bulkhead_release_at(bulkhead, &taken, AT(51)), SEAWALL_OK);
    (void)stage_steps_text(&s, AT(51));
    stage_end(&s, 1, SEAWALL_FAULT_SERVICE_UNAVAILABLE, AT(58));
    (void)stage_steps_text(&s, AT(58));
    ck_assert_int_eq(s.report.status, SEAWALL_FAILED);
    ck_assert_int_eq(s.report.fault, SEAWALL_FAULT_SERVICE_UNAVAILABLE);
    unmake();
}

static int gate_entered;

/* The second run waits here for good, the others pass. */
static seawall_answer gate_enter(void *frame, seawall_turn *turn, void *self)
{
    int *number = frame;

    (void)self;
    if (*number == 0)
        *number = ++gate_entered;
    return *number == 2 ? seawall_turn_wait(turn, SEAWALL_FOREVER) : SEAWALL_PROCEED;
}

static seawall_answer gate_leave(void *frame, seawall_turn *turn, seawall_outcome *outcome, void *self)
{
    (void)frame, (void)turn, (void)outcome, (void)self;
    return SEAWALL_PASS;
}

/* Calls without a hedge allow for two in the next one. */
static void earn_budget(void)
{
    int i;

    for (i = 0; i < 3; i++) {
        stage_begin(&s, AT(-3 + i), SEAWALL_FOREVER);
        (void)stage_steps_text(&s, AT(-3 + i));
        stage_end(&s, 1, SEAWALL_FAULT_NONE, AT(-3 + i));
        (void)stage_steps_text(&s, AT(-3 + i));
    }
}

/* The second times out at the gate when the first has begun an attempt, which told nothing, and the third is under way. */
static void second_one_in_vain(void)
{
    seawall_policy gate = SEAWALL_POLICY_INIT;

    gate.frame_size = sizeof(int);
    gate.enter = gate_enter;
    gate.leave = gate_leave;
    make(&gate);
    gate_entered = 10;
    earn_budget();
    gate_entered = 0;
    stage_begin(&s, AT(0), SEAWALL_FOREVER);
    (void)stage_steps_text(&s, AT(0));
    (void)stage_steps_text(&s, AT(10));
    (void)stage_steps_text(&s, AT(20));
    stage_end(&s, 1, SEAWALL_FAULT_IGNORED, AT(25));
    (void)stage_steps_text(&s, AT(60));
    stage_end(&s, 2, SEAWALL_FAULT_SERVICE_UNAVAILABLE, AT(65));
    (void)stage_steps_text(&s, AT(65));
    ck_assert_int_eq(s.report.attempts, 2);
    ck_assert_int_eq(s.report.status, SEAWALL_FAILED);
    ck_assert_int_eq(s.report.fault, SEAWALL_FAULT_SERVICE_UNAVAILABLE);
    unmake();
}

START_TEST(a_fault_comes_before_what_was_never_started)
{
    first_one_in_vain();
    second_one_in_vain();
}
END_TEST

int main(void)
{
    return one_test("regress/unstarted_before_a_fault", a_fault_comes_before_what_was_never_started);
}
