/* A job waited for a worker whose on_start took long, while another worker slept with nothing to do and nobody woke it. */
#include "unit/policy/pool/pool_fixture.h"

#include "one_test.h"

static sw_atomic_u32 started, go_on;

static void start_slowly_but_the_first(void *user)
{
    (void)user;
    if (sw_add_u32(&started, 1) > 0)
        sw_test_await(&go_on, 1);
}

START_TEST(an_idle_worker_is_woken_while_another_one_starts)
{
    seawall_pool_config config = sw_test_pool_config(1, 2, 5);
    staying first = {.number = 1}, second = {.number = 2}, third = {.number = 3, .gate = {1}};
    int64_t wakes;

    config.on_start = start_slowly_but_the_first;
    sw_test_pool_begin(&config);
    sw_test_await_parked(1);
    ck_assert_int_eq(seawall_pool_submit(f.pool, NULL, sw_test_stay, &first, NULL), SEAWALL_OK);
    sw_test_await_begun(&first);
    ck_assert_int_eq(seawall_pool_submit(f.pool, NULL, sw_test_stay, &second, NULL), SEAWALL_OK); /* starts the other one */
    sw_test_let_go(&second);
    sw_test_let_go(&first);
    sw_test_await_begun(&second);
    sw_test_await_parked(1);
    wakes = sw_test_pool_look().wakes;
    ck_assert_int_eq(seawall_pool_submit(f.pool, NULL, sw_test_stay, &third, NULL), SEAWALL_OK);
    ck_assert_int_eq(sw_test_pool_look().wakes, wakes + 1);
    sw_test_await_begun(&third);
    sw_store_u32(&go_on, 1);
    sw_test_pool_end();
}
END_TEST

int main(void)
{
    return one_test("regress/idle_beside_a_start", an_idle_worker_is_woken_while_another_one_starts);
}
