/*
 * A worker of a pool without core workers had nothing to do while all others waited for jobs of the pool, and so it stayed, for
 * as long as that might take. Once they waited no more nobody had it look again, and it stayed for ever.
 */
#include "unit/policy/pool/pool_fixture.h"

#include <sched.h>

#include "policy/pool/pool_object.h"

#include "one_test.h"

static sw_atomic_u32 blocked, gate, woken;
static _Thread_local bool is_the_blocked;
static void (*wake)(const uint32_t *word, void *user);

static void count_and_wake(const uint32_t *word, void *user)
{
    if (is_the_blocked)
        (void)sw_add_u32(&woken, 1);
    wake(word, user);
}

/* As a call on its own pool does. */
static int64_t block(seawall_work *work, void *arg)
{
    (void)work;
    (void)arg;
    ck_assert(sw_pool_block(f.pool));
    sw_store_u32(&blocked, 1);
    sw_test_await(&gate, 1);
    is_the_blocked = true;
    sw_pool_unblock(f.pool);
    is_the_blocked = false;
    return 0;
}

/* Somebody idle sleeps without end for those that are blocked. */
static bool is_kept(void)
{
    bool kept;

    sw_pool_enter(f.pool);
    kept = f.pool->locked.kept;
    sw_pool_leave(f.pool);
    return kept;
}

START_TEST(who_is_no_longer_needed_ends)
{
    seawall_pool_config config = sw_test_pool_config(0, 2, 5);
    int32_t workers;

    sw_test_platform_init(&f.base, false);
    wake = f.base.platform.wake;
    f.base.platform.wake = count_and_wake;
    ck_assert_int_eq(seawall_pool_create(&config, &f.base.platform, &f.pool, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_pool_submit(f.pool, NULL, block, NULL, NULL), SEAWALL_OK);
    sw_test_await(&blocked, 1);
    while (!is_kept()) /* it may have slept before, and be on its way to look again */
        (void)sched_yield();
    sw_test_await_parked(1);
    sw_store_u32(&gate, 1);
    while (sw_test_pool_look().done == 0)
        (void)sched_yield();
    ck_assert_msg(sw_load_u32(&woken) == 1, "it is not told that it may go");
    for (workers = 2; workers > 0; workers = sw_test_pool_look().workers) {
        if (seawall_manual_clock_parked(f.base.clock) == workers)
            seawall_manual_clock_advance(f.base.clock, config.keep_alive);
        (void)sched_yield();
    }
    sw_test_pool_end();
}
END_TEST

int main(void)
{
    return one_test("regress/stayed_for_the_blocked", who_is_no_longer_needed_ends);
}
