/*
 * Random operations on a wheel beside a list that is kept sorted: every answer and every timer must agree, in order and in tick,
 * and the walker must find nothing after each step.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"

#define CAPACITY 150
#define OLD 64
#define NEVER INT64_MAX
#define WORLD 4000 /* operations on one wheel */

/* The plain wheel: an array sorted by tick, then by when it was put there. */
typedef struct entry {
    int64_t tick;
    bool moved;    /* further out: may come anywhere among those of its tick */
    seawall_timer timer;
    uint64_t cookie;
} entry;

static entry entries[CAPACITY];
static int count;
static seawall_time now;
static seawall_duration tick; /* a power of two */
static uint64_t state, cookies;
static seawall_timer old[OLD];
static seawall_wheel *wheel;
static sw_test_platform base;
static int64_t taken, full, moved_taken, stale, earlier;

static uint64_t draw(uint64_t n)
{
    return sw_test_next(&state) % n;
}

static int64_t tick_before(seawall_time t)
{
    return t >= 0 ? t / tick : -((-1 - t) / tick) - 1;
}

static int64_t tick_for(seawall_time at)
{
    int64_t own = tick_before(at), next = tick_before(now) + 1;

    if (at == SEAWALL_FOREVER)
        return NEVER;
    own += at % tick != 0;
    return own > next ? own : next;
}

static void insert(entry e)
{
    int i = count++;

    for (; i > 0 && entries[i - 1].tick > e.tick; i--)
        entries[i] = entries[i - 1];
    entries[i] = e;
}

static entry take_out(int i)
{
    entry e = entries[i];

    count--;
    memmove(&entries[i], &entries[i + 1], (size_t)(count - i) * sizeof(e));
    return e;
}

/* Of any magnitude, so that each level of the wheel has its share; around the ends of ticks and slots more often. */
static seawall_duration stretch(void)
{
    int64_t length = (int64_t)(sw_test_next(&state) >> (1 + draw(63)));

    if (draw(4) == 0)
        length = length / tick * tick + (int64_t)draw(3) - 1;
    return length < 0 ? 0 : length;
}

static seawall_time some_time(void)
{
    if (draw(200) == 0)
        return SEAWALL_FOREVER;
    if (draw(20) == 0)
        return seawall_time_add(now, -(stretch() / 2));
    return seawall_time_add(now, draw(50) == 0 ? stretch() : stretch() % (tick * (INT64_C(1) << draw(22))));
}

static void remember(seawall_timer timer)
{
    old[draw(OLD)] = timer;
}

static void arm(void)
{
    seawall_time at = some_time();
    seawall_timer timer = 7;
    seawall_status status = seawall_wheel_arm(wheel, at, cookies, &timer);

    if (count == CAPACITY) {
        ck_assert_int_eq(status, SEAWALL_FULL);
        ck_assert_uint_eq(timer, 7);
        full++;
        return;
    }
    ck_assert_int_eq(status, SEAWALL_OK);
    ck_assert_uint_ne(timer, 0);
    insert((entry){tick_for(at), false, timer, cookies++});
}

static void rearm(void)
{
    int i = (int)draw((uint64_t)count);
    seawall_time at = some_time();
    bool was_due = entries[i].tick <= tick_before(now);
    entry e = entries[i];

    ck_assert_int_eq(seawall_wheel_rearm(wheel, e.timer, at), SEAWALL_OK);
    if (tick_for(at) == e.tick)
        return;
    (void)take_out(i);
    e.moved = tick_for(at) > e.tick && !was_due;
    earlier += !e.moved;
    e.tick = tick_for(at);
    insert(e);
}

static void cancel(void)
{
    entry e = take_out((int)draw((uint64_t)count));

    ck_assert_int_eq(seawall_wheel_cancel(wheel, e.timer), SEAWALL_OK);
    ck_assert_int_eq(seawall_wheel_cancel(wheel, e.timer), SEAWALL_STALE);
    remember(e.timer);
}

/* What fired or was cancelled long ago, whose place others have by now; and what never was. */
static void use_stale(void)
{
    seawall_timer timer = draw(4) == 0 ? sw_test_next(&state) : old[draw(OLD)];

    ck_assert_int_eq(seawall_wheel_cancel(wheel, timer), SEAWALL_STALE);
    ck_assert_int_eq(seawall_wheel_rearm(wheel, timer, some_time()), SEAWALL_STALE);
    stale++;
}

/* The first entry of this tick that is this timer; if it was never moved, none that was not moved either may stand before it. */
static int position_of(const seawall_expiry *expiry)
{
    int i;

    for (i = 0; i < count && entries[i].timer != expiry->timer; i++)
        ck_assert_msg(entries[i].moved || entries[i].tick == entries[0].tick, "a timer came before its time");
    ck_assert_msg(i < count && entries[i].tick == entries[0].tick, "the wheel gave what is not the next");
    if (!entries[i].moved) {
        int k;

        for (k = 0; k < i; k++)
            ck_assert_msg(entries[k].moved, "two timers of one tick came in the wrong order");
    }
    return i;
}

static void take(void)
{
    bool expected = count > 0 && entries[0].tick <= tick_before(now);
    seawall_expiry expiry = {0, 0, 0};
    entry e;

    ck_assert(seawall_wheel_take(wheel, &expiry) == expected);
    if (!expected) {
        ck_assert(expiry.timer == 0 && expiry.cookie == 0 && expiry.due == 0);
        return;
    }
    e = take_out(position_of(&expiry));
    ck_assert_uint_eq(expiry.cookie, e.cookie);
    ck_assert(expiry.due == e.tick * tick);
    remember(e.timer);
    taken++;
    moved_taken += e.moved;
}

/* Never after the first that is due; and from one such time to the next one gets there in a few steps. */
static void next_due(void)
{
    seawall_time due = seawall_wheel_next_due(wheel);
    int steps;

    if (count == 0) {
        ck_assert_int_eq(due, SEAWALL_FOREVER);
        return;
    }
    if (entries[0].tick > SEAWALL_FOREVER / tick)
        return; /* after the end of time */
    ck_assert(due <= entries[0].tick * tick || (entries[0].tick <= tick_before(now) && due <= now));
    if (entries[0].tick > tick_before(now) && draw(3) == 0) {
        for (steps = 0; entries[0].tick > tick_before(now); steps++) {
            due = seawall_wheel_next_due(wheel);
            ck_assert_int_ge(due, now / tick * tick);
            ck_assert_int_lt(steps, 10 * (count + 1));
            now = due > now ? due : now;
            seawall_wheel_advance(wheel, now);
        }
        ck_assert(entries[0].tick == tick_before(now)); /* not a tick too far */
    }
}

static void advance(void)
{
    seawall_time to = some_time();

    if (to > now / 2 + SEAWALL_FOREVER / 2)
        return;
    seawall_wheel_advance(wheel, to); /* a time that has passed changes nothing */
    now = to > now ? to : now;
}

static void step(void)
{
    uint64_t dice = draw(100);

    if (dice < 40)
        arm();
    else if (dice < 50 && count > 0)
        rearm();
    else if (dice < 60 && count > 0)
        cancel();
    else if (dice < 64)
        use_stale();
    else if (dice < 70)
        next_due();
    else if (dice < 80)
        advance();
    else
        take();
}

static void new_world(void)
{
    static const seawall_duration ticks[] = {1024, 65536, 1048576, INT64_C(1) << 40};
    seawall_time start = (seawall_time)(sw_test_next(&state) >> (1 + draw(63)));

    seawall_wheel_destroy(wheel);
    tick = ticks[draw(4)];
    now = draw(2) == 0 ? start / 2 : -start;
    count = 0;
    memset(old, 0, sizeof(old));
    ck_assert_int_eq(
        seawall_wheel_create(CAPACITY, tick + (seawall_duration)draw((uint64_t)tick), now, &base.platform, &wheel, NULL),
        SEAWALL_OK); /* rounded down */
}

START_TEST(a_wheel_is_a_sorted_list)
{
    int64_t total = sw_test_count(100000, 10000000), i, every = sw_test_count(1, 100);
    seawall_error error;

    state = sw_test_seed();
    sw_test_platform_init(&base, false);
    for (i = 0; i < total; i++) {
        if (i % WORLD == 0)
            new_world();
        step();
        ck_assert_int_eq(seawall_wheel_count(wheel), count);
        if (i % every == 0)
            ck_assert_msg(seawall_wheel_check(wheel, &error) == SEAWALL_OK, "after %lld: %s", (long long)i, error.message);
    }
    ck_assert_int_gt(taken, total / 100);
    ck_assert_int_gt(moved_taken, total / 1000);
    ck_assert_int_gt(stale, total / 100);
    ck_assert_int_gt(earlier, total / 200);
    ck_assert_int_gt(full, total / 1000);
    seawall_wheel_destroy(wheel);
    sw_test_platform_fini(&base);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("wheel model");
    TCase *tcase = tcase_create("random operations");
    SRunner *runner;
    int failed;

    tcase_add_test(tcase, a_wheel_is_a_sorted_list);
    tcase_set_timeout(tcase, 500);
    suite_add_tcase(suite, tcase);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
