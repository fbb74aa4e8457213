/*
 * A fork came when a thread had given a permit back, and had not handed it on to who waited for it. In the child nobody waited
 * any more, and the permit was kept for them for ever: a bulkhead of which nothing was in use refused as full.
 */
#include <seawall/seawall.h>

#include "one_test.h"
#include "policy/bulkhead/bulkhead_object.h"
#include "support.h"

static seawall_bulkhead *bulkhead;
static seawall_pipeline *pipeline;

static bool tries(void *arg)
{
    seawall_permit permit;

    (void)arg;
    return seawall_bulkhead_try_acquire(bulkhead, &permit) == SEAWALL_OK &&
           seawall_bulkhead_try_acquire(bulkhead, &permit) == SEAWALL_FULL;
}

/* Who has no time to wait. */
static bool acquires(void *arg)
{
    seawall_permit permit;

    (void)arg;
    return seawall_bulkhead_acquire_until(bulkhead, INT64_MIN, &permit) == SEAWALL_OK &&
           seawall_bulkhead_release(bulkhead, &permit) == SEAWALL_OK;
}

static seawall_fault nothing(seawall_attempt *attempt, void *arg)
{
    (void)attempt;
    (void)arg;
    return SEAWALL_FAULT_NONE;
}

static bool calls(void *arg)
{
    (void)arg;
    return seawall_call(pipeline, nothing, NULL, NULL) == SEAWALL_OK;
}

/* One place to wait in, and somebody is there. */
static void make(void)
{
    seawall_bulkhead_config config = SEAWALL_BULKHEAD_CONFIG_INIT;
    seawall_policy policy = SEAWALL_POLICY_INIT;
    const seawall_policy *policies[] = {&policy};

    config.max_concurrent = 1;
    config.max_waiting = 1;
    config.max_wait = SEAWALL_SECONDS(100);
    ck_assert_int_eq(seawall_bulkhead_create(&config, NULL, &bulkhead, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_bulkhead_policy(bulkhead, "bulkhead", &policy), SEAWALL_OK);
    ck_assert_int_eq(seawall_pipeline_create(NULL, policies, 1, NULL, &pipeline, NULL), SEAWALL_OK);
}

START_TEST(a_child_keeps_no_permit_for_nobody)
{
    static const seawall_waker nobody = {NULL, 0, NULL};
    sw_waiter waiter = {0};
    sw_permits_refusal why;
    seawall_permit permit;
    uint64_t before;
    bool serve;

    make();
    ck_assert_int_eq(seawall_bulkhead_try_acquire(bulkhead, &permit), SEAWALL_OK);
    ck_assert(sw_permits_queue(&bulkhead->permits, &waiter, &nobody, SEAWALL_FOREVER, 0, &why));
    before = sw_permits_put(&bulkhead->permits);
    sw_test_in_child(tries, NULL);
    sw_test_in_child(acquires, NULL);
    sw_test_in_child(calls, NULL);
    ck_assert(sw_permits_settle(&bulkhead->permits, before, &serve));
    ck_assert(serve);
    sw_permits_serve(&bulkhead->permits, 0);
    ck_assert_int_eq(sw_waiter_stands(&waiter), SW_WAITER_GRANTED);
    ck_assert_int_eq(seawall_bulkhead_release(bulkhead, &permit), SEAWALL_OK);
    seawall_pipeline_destroy(pipeline);
    seawall_bulkhead_destroy(bulkhead);
}
END_TEST

int main(void)
{
    return one_test("regress/forked_between_permits", a_child_keeps_no_permit_for_nobody);
}
