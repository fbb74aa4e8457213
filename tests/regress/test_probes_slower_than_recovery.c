/*
 * A probe's lease lasted for recovery_timeout whatever deadline its run was under. A dependency that was well, but slower than
 * that, never closed the breaker again; and who stood in a queue of ours for longer had failed before anything was started.
 */
#include "one_test.h"
#include "support.h"
#include "toy_stage.h"

#define AT(seconds) (SW_TEST_START + SEAWALL_SECONDS(seconds))
#define PROBE_AT 31 /* when the breaker, which opens at once and for 30 s, has become half-open */

static sw_test_platform on;
static seawall_breaker *breaker;
static seawall_bulkhead *bulkhead;
static seawall_policy door = SEAWALL_POLICY_INIT, queue = SEAWALL_POLICY_INIT;
static stage s;

static seawall_breaker_snapshot look(seawall_time now)
{
    seawall_breaker_snapshot seen = SEAWALL_BREAKER_SNAPSHOT_INIT;

    ck_assert_int_eq(seawall_breaker_get_snapshot_at(breaker, now, &seen), SEAWALL_OK);
    return seen;
}

/* Opened by one failure, for 30 s, and one place behind it. */
static void make(seawall_duration probe_timeout)
{
    seawall_breaker_config config = SEAWALL_BREAKER_CONFIG_INIT;
    seawall_bulkhead_config narrow = SEAWALL_BULKHEAD_CONFIG_INIT;
    seawall_permit permit;

    sw_test_platform_init(&on, false);
    config.failure_threshold = 1;
    config.half_open_max_calls = 1;
    config.probe_timeout = probe_timeout;
    ck_assert_int_eq(seawall_breaker_create(&config, &on.platform, &breaker, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_breaker_policy(breaker, "breaker", &door), SEAWALL_OK);
    narrow.max_concurrent = 1;
    narrow.max_waiting = 1;
    narrow.max_wait = SEAWALL_FOREVER;
    ck_assert_int_eq(seawall_bulkhead_create(&narrow, &on.platform, &bulkhead, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_bulkhead_policy(bulkhead, "bulkhead", &queue), SEAWALL_OK);
    stage_open_policies(&s, (const seawall_policy *const[]){&door, &queue}, 2, &on.platform);
    ck_assert_int_eq(seawall_breaker_try_acquire_at(breaker, AT(-1), &permit, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_breaker_report_at(breaker, &permit, SEAWALL_FAULT_INTERNAL, AT(-1)), SEAWALL_OK);
}

static void unmake(void)
{
    stage_close(&s);
    seawall_breaker_destroy(breaker);
    seawall_bulkhead_destroy(bulkhead);
    sw_test_platform_fini(&on);
}

/* Whoever looks makes what is due happen. */
static seawall_breaker_state state_at(seawall_time now)
{
    seawall_time next;

    ck_assert_int_eq(seawall_breaker_poll_at(breaker, now, &next), SEAWALL_OK);
    return look(now).state;
}

/* A probe under this deadline takes 45 s, and somebody looks meanwhile: what becomes of the breaker? */
static seawall_breaker_state after_a_slow_one(seawall_duration probe_timeout, seawall_time deadline)
{
    seawall_breaker_state state;

    make(probe_timeout);
    stage_begin(&s, AT(PROBE_AT), deadline);
    (void)stage_steps_text(&s, AT(PROBE_AT));
    (void)state_at(AT(PROBE_AT + 40));
    stage_end(&s, 1, SEAWALL_FAULT_NONE, AT(PROBE_AT + 45));
    (void)stage_steps_text(&s, AT(PROBE_AT + 45));
    state = look(AT(PROBE_AT + 45)).state;
    unmake();
    return state;
}

/* It waits for a place until somebody gives it one, or is cut before: no attempt was started by then. */
static void one_in_the_queue(void)
{
    seawall_permit taken;

    make(SEAWALL_AUTO);
    ck_assert_int_eq(seawall_bulkhead_try_acquire(bulkhead, &taken), SEAWALL_OK);
    stage_begin(&s, AT(PROBE_AT), AT(PROBE_AT + 60));
    (void)stage_steps_text(&s, AT(PROBE_AT));
    ck_assert_int_eq(state_at(AT(PROBE_AT + 50)), SEAWALL_BREAKER_HALF_OPEN);
    /* Others look at the very deadline, and the host is a little late. */
    ck_assert_int_eq(state_at(AT(PROBE_AT + 60)), SEAWALL_BREAKER_HALF_OPEN);
    (void)stage_steps_text(&s, AT(PROBE_AT + 60) + SEAWALL_MILLISECONDS(10));
    ck_assert_int_eq(s.report.status, SEAWALL_TIMED_OUT);
    ck_assert_int_eq(look(AT(PROBE_AT + 61)).expired, 0);
    ck_assert_int_eq(look(AT(PROBE_AT + 61)).ignored, 1);
    ck_assert_int_eq(look(AT(PROBE_AT + 61)).state, SEAWALL_BREAKER_HALF_OPEN);
    ck_assert_int_eq(seawall_bulkhead_release(bulkhead, &taken), SEAWALL_OK);
    unmake();
}

/* Nobody drives the run any more: its lease ends soon after its deadline, but lasts for recovery_timeout at least. */
static void one_left_alone(int deadline, int lasts)
{
    make(SEAWALL_AUTO);
    stage_begin(&s, AT(PROBE_AT), AT(PROBE_AT + deadline));
    (void)stage_steps_text(&s, AT(PROBE_AT));
    ck_assert_int_eq(state_at(AT(PROBE_AT + lasts) - 1), SEAWALL_BREAKER_HALF_OPEN);
    ck_assert_int_eq(state_at(AT(PROBE_AT + lasts + 2)), SEAWALL_BREAKER_OPEN);
    ck_assert_int_eq(look(AT(PROBE_AT + lasts + 2)).expired, 1);
    stage_end(&s, 1, SEAWALL_FAULT_NONE, AT(PROBE_AT + lasts + 3));
    (void)stage_steps_text(&s, AT(PROBE_AT + lasts + 3));
    ck_assert_int_eq(look(AT(PROBE_AT + lasts + 3)).state, SEAWALL_BREAKER_OPEN);
    unmake();
}

START_TEST(a_probe_has_until_the_deadline_of_its_run)
{
    ck_assert_int_eq(after_a_slow_one(SEAWALL_AUTO, AT(PROBE_AT + 120)), SEAWALL_BREAKER_CLOSED);
    one_in_the_queue();
    one_left_alone(60, 60);
    one_left_alone(10, 30);
    /* A limit that was set is kept; and without a deadline, or with one beyond every tick, something must end it. */
    ck_assert_int_eq(after_a_slow_one(SEAWALL_SECONDS(30), AT(PROBE_AT + 120)), SEAWALL_BREAKER_OPEN);
    ck_assert_int_eq(after_a_slow_one(SEAWALL_AUTO, SEAWALL_FOREVER), SEAWALL_BREAKER_OPEN);
    ck_assert_int_eq(after_a_slow_one(SEAWALL_AUTO, SEAWALL_FOREVER - 1), SEAWALL_BREAKER_OPEN);
}
END_TEST

int main(void)
{
    return one_test("regress/probes_slower_than_recovery", a_probe_has_until_the_deadline_of_its_run);
}
