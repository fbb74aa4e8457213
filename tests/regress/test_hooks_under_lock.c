/*
 * What a signal handler had left of a call's token was delivered by whoever drove the call next, under its lock: hooks of others
 * ran there, and one that asked for another thread which asked for the call hung.
 */
#include "on_pool.h"
#include "pipeline/pooled.h"

static on_pool it;
static seawall_cancel *token, *parent;
static sw_atomic_u32 called, locked;
static seawall_now_fn real_now;
static seawall_wake_fn real_wake;
static _Thread_local seawall_cancel *at_next_look, *at_next_wake; /* what a handler is to cancel then */

static void interrupt(seawall_cancel **which)
{
    seawall_cancel *it_is = *which;

    *which = NULL;
    if (it_is != NULL)
        (void)seawall_cancel_trigger_from_signal(it_is);
}

static seawall_time now(void *user)
{
    interrupt(&at_next_look);
    return real_now(user);
}

static void wake(const uint32_t *word, void *user)
{
    real_wake(word, user);
    interrupt(&at_next_wake);
}

static void hook(void *user)
{
    struct sw_pooled_calls *calls = it.pipeline->calls;
    int32_t i;

    (void)user;
    (void)sw_add_u32(&called, 1);
    for (i = 0; i < calls->count; i++)
        (void)sw_add_u32(&locked, sw_pooled_inside(sw_pooled_at(calls, i)));
}

/* On this worker the handler comes, when the caller sleeps. */
static seawall_fault be_interrupted(seawall_attempt *attempt, void *arg)
{
    (void)attempt;
    (void)arg;
    while (seawall_manual_clock_parked(it.base.clock) != 1)
        (void)sched_yield();
    (void)seawall_cancel_trigger_from_signal(token);
    return SEAWALL_FAULT_NONE;
}

/* And here when the attempt's end has been looked at, and not been told yet. */
static seawall_fault be_interrupted_later(seawall_attempt *attempt, void *arg)
{
    (void)attempt;
    (void)arg;
    while (seawall_manual_clock_parked(it.base.clock) != 1)
        (void)sched_yield();
    at_next_look = token;
    return SEAWALL_FAULT_NONE;
}

static void check(seawall_operation_fn operation, seawall_cancel *hooked, seawall_status expected)
{
    seawall_call_options options = SEAWALL_CALL_OPTIONS_INIT;
    seawall_cancel_hook room = SEAWALL_CANCEL_HOOK_INIT;

    sw_store_u32(&called, 0);
    options.cancel = token;
    ck_assert_int_eq(seawall_cancel_add_hook(hooked, &room, hook, NULL), SEAWALL_OK);
    while (seawall_manual_clock_parked(it.base.clock) != 1)
        (void)sched_yield();
    ck_assert_int_eq(seawall_call_with(it.pipeline, &options, operation, &it, NULL), expected);
    ck_assert_uint_eq(sw_load_u32(&called), 1);
    ck_assert_uint_eq(sw_load_u32(&locked), 0);
}

static void make(seawall_cancel *above, seawall_cancel **made)
{
    seawall_cancel_config config = SEAWALL_CANCEL_CONFIG_INIT;

    config.parent = above;
    ck_assert_int_eq(seawall_cancel_create(&config, &it.base.platform, made, NULL), SEAWALL_OK);
}

START_TEST(hooks_run_under_no_lock)
{
    on_pool_prepare(&it);
    real_now = it.base.platform.now;
    real_wake = it.base.platform.wake;
    it.base.platform.now = now;
    it.base.platform.wake = wake;
    on_pool_make(&it, 1, 1, 1, SEAWALL_TIMEOUT_COOPERATIVE);
    make(NULL, &token);
    check(be_interrupted, token, SEAWALL_CANCELLED);
    seawall_cancel_destroy(token);
    make(NULL, &token);
    check(be_interrupted_later, token, SEAWALL_OK);
    seawall_cancel_destroy(token);
    /* The token is cancelled when the call has its place and has not begun. */
    make(NULL, &token);
    at_next_look = token;
    check(on_pool_stay, token, SEAWALL_CANCELLED);
    seawall_cancel_destroy(token);
    /* What is above the token is cancelled before the caller sleeps for the first time. */
    make(NULL, &parent);
    make(parent, &token);
    at_next_wake = parent;
    check(on_pool_stay, parent, SEAWALL_CANCELLED);
    seawall_cancel_destroy(token);
    seawall_cancel_destroy(parent);
    on_pool_close(&it);
}
END_TEST

int main(void)
{
    return one_test("regress/hooks_under_lock", hooks_run_under_no_lock);
}
