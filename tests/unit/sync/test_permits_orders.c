/* Permits at one instant, in every order of what happens then. */
#include <check.h>
#include <stdlib.h>

#include "permits_fixture.h"
#include "suite.h"

/*
 * One instant, T: the only permit comes back (two steps), the first waiter looks whether its time is over, the second is called
 * off, somebody tries, somebody queues. In every order the permit ends up with one of them, or free.
 */
enum { COMES_BACK, IS_SERVED, A_LOOKS, B_QUITS, C_TRIES, D_QUEUES, STEPS };

typedef struct instant {
    person a, b, c, d;
    bool serve;
} instant;

static void take_step(instant *now, int step)
{
    sw_permits_refusal why;

    switch (step) {
    case COMES_BACK:
        ck_assert(sw_permits_give(&permits, &now->serve));
        break;
    case IS_SERVED:
        if (now->serve)
            sw_permits_serve(&permits, T);
        break;
    case A_LOOKS:
        now->a.holds = sw_permits_look(&permits, &now->a.waiter, T, &why);
        break;
    case B_QUITS:
        now->b.holds = !sw_permits_quit(&permits, &now->b.waiter, SW_PERMITS_CANCELLED);
        break;
    case C_TRIES:
        now->c.holds = sw_permits_try(&permits);
        break;
    default:
        (void)queue(&now->d, T + 1, T, &why);
        break;
    }
}

static int holders(instant *now)
{
    return now->a.holds + now->b.holds + now->c.holds + granted(&now->d);
}

static void all_is_well(instant *now, const int *order)
{
    bool queued = sw_waiter_stands(&now->d.waiter) == SW_WAITER_QUEUED;
    int a_at = 0, served_at = 0, i;

    for (i = 0; i < STEPS; i++) {
        a_at = order[i] == A_LOOKS ? i : a_at;
        served_at = order[i] == IS_SERVED ? i : served_at;
    }
    ck_assert_int_eq(now->a.holds, served_at < a_at); /* the grant comes first, if it comes at all */
    ck_assert_int_eq(now->a.holds, now->a.woken);
    ck_assert_int_le(holders(now), 1);
    ck_assert_int_eq(view().in_use, holders(now));
    ck_assert_int_eq(view().waiting, queued);
    ck_assert_int_eq(sw_permits_awaited(sw_load_u64(&permits.words.word)), queued);
    ck_assert(!queued || holders(now) == 1);
    ck_assert_int_eq(view().refused[SW_PERMITS_TIMED_OUT], !now->a.holds);
    ck_assert_int_eq(view().refused[SW_PERMITS_CANCELLED], !now->b.holds);
    if (holders(now) == 1)
        give(T);
    ck_assert_int_eq(sw_permits_try(&permits), !queued);
    ck_assert(!queued || (granted(&now->d) && now->d.woken == 1));
}

static void try_order(const int *order)
{
    instant now = {0};
    int i;

    begin(1, 3, SEAWALL_FOREVER);
    ck_assert(sw_permits_try(&permits));
    queues(&now.a, T, T - 1);
    queues(&now.b, T + 9, T - 1);
    for (i = 0; i < STEPS; i++)
        take_step(&now, order[i]);
    all_is_well(&now, order);
}

static int try_orders(int *order, int placed, unsigned used)
{
    int step, tried = 0;

    if (placed == STEPS) {
        try_order(order);
        return 1;
    }
    for (step = 0; step < STEPS; step++) {
        if ((used & 1u << step) != 0 || (step == IS_SERVED && (used & 1u << COMES_BACK) == 0))
            continue;
        order[placed] = step;
        tried += try_orders(order, placed + 1, used | 1u << step);
    }
    return tried;
}

START_TEST(at_one_instant_every_order_gives_the_permit_to_one)
{
    int order[STEPS];

    ck_assert_int_eq(try_orders(order, 0, 0), 360);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("permits orders");

    tcase_add_test(tests, at_one_instant_every_order_gives_the_permit_to_one);
    return sw_test_run("permits orders", tests);
}
