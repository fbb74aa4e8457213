/* The timing wheel: when each timer fires, what its handle means, and what the walker sees. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"
#include "time/wheel.h"

#define TICK INT64_C(1024)

static sw_test_platform base;
static seawall_wheel *wheel;

static void set_up(int32_t capacity, seawall_duration tick, seawall_time now)
{
    sw_test_platform_init(&base, false);
    ck_assert_int_eq(seawall_wheel_create(capacity, tick, now, &base.platform, &wheel, NULL), SEAWALL_OK);
}

static void tear_down(void)
{
    seawall_error error;

    ck_assert_msg(seawall_wheel_check(wheel, &error) == SEAWALL_OK, "%s", error.message);
    seawall_wheel_destroy(wheel);
    sw_test_platform_fini(&base);
}

static seawall_timer arm(seawall_time at, uint64_t cookie)
{
    seawall_timer timer = 0;

    ck_assert_int_eq(seawall_wheel_arm(wheel, at, cookie, &timer), SEAWALL_OK);
    return timer;
}

/* The next one that is due has this cookie; 0: none is. */
static void expect(uint64_t cookie)
{
    seawall_expiry expiry = {0, 0, 0};

    ck_assert(seawall_wheel_take(wheel, &expiry) == (cookie != 0));
    ck_assert_uint_eq(expiry.cookie, cookie);
}

static void advance(seawall_time now)
{
    seawall_error error;

    seawall_wheel_advance(wheel, now);
    ck_assert_msg(seawall_wheel_check(wheel, &error) == SEAWALL_OK, "%s", error.message);
}

static const struct {
    const char *what;
    seawall_time now, at;
    seawall_time not_yet, fires; /* the last instant at which it must not, the first at which it must */
} instants[] = {
    {"at the beginning of a tick", 0, 5 * TICK, 5 * TICK - 1, 5 * TICK},
    {"within a tick", 0, 5 * TICK + 1, 6 * TICK - 1, 6 * TICK},
    {"at the end of a tick", 0, 6 * TICK - 1, 6 * TICK - 1, 6 * TICK},
    {"now", 5 * TICK, 5 * TICK, 6 * TICK - 1, 6 * TICK},
    {"in the past", 5 * TICK, 2 * TICK, 6 * TICK - 1, 6 * TICK},
    {"before the beginning of time", 5 * TICK, INT64_MIN, 6 * TICK - 1, 6 * TICK},
    {"the last slot of a level", 0, 63 * TICK, 63 * TICK - 1, 63 * TICK},
    {"the first slot of the next level", 0, 64 * TICK, 64 * TICK - 1, 64 * TICK},
    {"after a slot of the next level began", 0, 65 * TICK, 65 * TICK - 1, 65 * TICK},
    {"across the end of a level", 63 * TICK, 64 * TICK, 64 * TICK - 1, 64 * TICK},
    {"level 2", 3, 4097 * TICK, 4097 * TICK - 1, 4097 * TICK},
    {"level 8", 3, (INT64_C(1) << 50) * TICK + 1, (INT64_C(1) << 50) * TICK + TICK - 1, (INT64_C(1) << 50) * TICK + TICK},
    {"a year", 0, SEAWALL_SECONDS(31536000), SEAWALL_SECONDS(31536000) - 1, SEAWALL_SECONDS(31536000) + TICK},
    {"before 0", -100 * TICK, -50 * TICK, -50 * TICK - 1, -50 * TICK},
    {"before 0, within a tick", -100 * TICK, -50 * TICK + 1, -49 * TICK - 1, -49 * TICK},
    {"across 0", -5, 5, TICK - 1, TICK},
    {"from the beginning of time", INT64_MIN, 0, -1, 0},
    {"the last tick of time", 0, SEAWALL_FOREVER - TICK, SEAWALL_FOREVER - TICK, SEAWALL_FOREVER - 1},
};

START_TEST(each_fires_within_a_tick_and_never_early)
{
    set_up(1, TICK, instants[_i].now);
    (void)arm(instants[_i].at, 1);
    ck_assert_int_le(seawall_wheel_next_due(wheel), instants[_i].fires);
    advance(instants[_i].not_yet);
    expect(0);
    ck_assert_int_le(seawall_wheel_next_due(wheel), instants[_i].fires);
    advance(instants[_i].fires);
    expect(1);
    expect(0);
    ck_assert_int_eq(seawall_wheel_next_due(wheel), SEAWALL_FOREVER);
    tear_down();
}
END_TEST

START_TEST(a_year_costs_what_it_fires)
{
    int i;

    set_up(10, SEAWALL_MICROSECONDS(1), 0);
    for (i = 0; i < 10; i++)
        (void)arm(SEAWALL_SECONDS(3153600) * (10 - i), (uint64_t)(10 - i));
    advance(SEAWALL_SECONDS(31536000) * 200); /* 10^16 ticks: a loop over them would not end */
    for (i = 1; i <= 10; i++)
        expect((uint64_t)i);
    expect(0);
    tear_down();
}
END_TEST

START_TEST(forever_never_comes)
{
    seawall_timer timer;
    seawall_time due;
    int steps = 0;

    set_up(2, SEAWALL_MICROSECONDS(1), -1);
    timer = arm(SEAWALL_FOREVER, 1);
    while ((due = seawall_wheel_next_due(wheel)) != SEAWALL_FOREVER) { /* it may be looked at on the way there */
        ck_assert_int_gt(due, -1);
        ck_assert_int_lt(steps++, 11);
        advance(due);
        expect(0);
    }
    advance(SEAWALL_FOREVER);
    expect(0);
    ck_assert_int_eq(seawall_wheel_rearm(wheel, timer, 5), SEAWALL_OK);
    ck_assert_int_eq(seawall_wheel_cancel(wheel, timer), SEAWALL_OK);
    tear_down();
}
END_TEST

START_TEST(time_does_not_go_back)
{
    set_up(2, TICK, 0);
    (void)arm(5 * TICK, 1);
    advance(4 * TICK);
    advance(0);
    advance(INT64_MIN);
    (void)arm(3 * TICK, 2); /* has passed, whatever was said since */
    advance(5 * TICK);
    expect(1);
    expect(2);
    tear_down();
}
END_TEST

START_TEST(time_passes_from_its_very_beginning)
{
    set_up(1, TICK, INT64_MIN);
    advance(0);
    (void)arm(-5, 1); /* has passed */
    ck_assert_int_ge(seawall_wheel_next_due(wheel), 0);
    advance(TICK);
    expect(1);
    tear_down();
}
END_TEST

START_TEST(one_tick_keeps_the_order_of_arming)
{
    uint64_t i;

    set_up(64, TICK, 0);
    for (i = 1; i <= 20; i++)
        (void)arm(5000 * TICK - (seawall_time)i, i); /* from level 2, */
    advance(4100 * TICK);
    for (; i <= 40; i++)
        (void)arm(5000 * TICK, i); /* from level 1, */
    advance(4998 * TICK);
    for (; i <= 60; i++)
        (void)arm(5000 * TICK, i); /* and from level 0 */
    advance(9999 * TICK);
    for (i = 1; i <= 60; i++)
        expect(i);
    tear_down();
}
END_TEST

START_TEST(a_full_slab_is_a_status)
{
    seawall_timer timers[3], untouched = 7;
    int i;

    set_up(3, TICK, 0);
    for (i = 0; i < 3; i++)
        timers[i] = arm(i * TICK + 9, 1);
    ck_assert_int_eq(seawall_wheel_arm(wheel, 5, 0, &untouched), SEAWALL_FULL);
    ck_assert_uint_eq(untouched, 7);
    ck_assert_int_eq(seawall_wheel_count(wheel), 3);
    ck_assert_int_eq(seawall_wheel_cancel(wheel, timers[1]), SEAWALL_OK);
    ck_assert_int_eq(seawall_wheel_arm(wheel, 5, 0, NULL), SEAWALL_OK); /* a handle that nobody wants */
    ck_assert_int_eq(seawall_wheel_arm(wheel, 5, 0, NULL), SEAWALL_FULL);
    advance(TICK);
    ck_assert_int_eq(seawall_wheel_arm(wheel, 5, 0, NULL), SEAWALL_FULL); /* due, and not taken */
    expect(1);
    ck_assert_int_eq(seawall_wheel_arm(wheel, 5, 0, NULL), SEAWALL_OK);
    tear_down();
}
END_TEST

START_TEST(a_handle_means_one_timer)
{
    seawall_timer first, second;

    set_up(1, TICK, 0);
    first = arm(TICK, 1);
    advance(TICK);
    expect(1);
    second = arm(9 * TICK, 2); /* in the same place */
    ck_assert_uint_ne(first, second);
    ck_assert_int_eq(seawall_wheel_cancel(wheel, first), SEAWALL_STALE);
    ck_assert_int_eq(seawall_wheel_rearm(wheel, first, 0), SEAWALL_STALE);
    ck_assert_int_eq(seawall_wheel_cancel(wheel, second), SEAWALL_OK);
    ck_assert_int_eq(seawall_wheel_cancel(wheel, second), SEAWALL_STALE);
    ck_assert_int_eq(seawall_wheel_cancel(wheel, second + SW_TIMER_TURN), SEAWALL_STALE); /* what a spare place holds */
    ck_assert_int_eq(seawall_wheel_cancel(wheel, 0), SEAWALL_STALE);
    ck_assert_int_eq(seawall_wheel_cancel(wheel, UINT64_MAX), SEAWALL_STALE);
    tear_down();
}
END_TEST

/* The last generation of a place is followed by the first one, never by a handle that means nothing. */
START_TEST(generations_begin_anew)
{
    sw_wheel_node *nodes = calloc(1, sw_wheel_room(1));
    seawall_timer last, next;
    sw_wheel w;

    sw_wheel_init(&w, nodes, 1, 10, 0, 0);
    ck_assert(sw_wheel_cancel(&w, sw_wheel_arm(&w, TICK, 1)));
    nodes[SW_WHEEL_HEADS].id = UINT64_MAX & ~SW_TIMER_INDEX_MASK;
    last = sw_wheel_arm(&w, TICK, 1);
    ck_assert_uint_eq(last, UINT64_MAX & ~SW_TIMER_INDEX_MASK);
    ck_assert(sw_wheel_cancel(&w, last));
    next = sw_wheel_arm(&w, TICK, 1);
    ck_assert_uint_eq(next, SW_TIMER_TURN);
    ck_assert(!sw_wheel_cancel(&w, last) && sw_wheel_cancel(&w, next));
    free(nodes);
}
END_TEST

START_TEST(a_timer_may_move)
{
    seawall_timer timer;

    set_up(2, TICK, 0);
    timer = arm(100 * TICK, 1);
    (void)arm(300 * TICK, 2);
    ck_assert_int_eq(seawall_wheel_rearm(wheel, timer, 5000 * TICK), SEAWALL_OK); /* further out, */
    advance(4999 * TICK);
    expect(2);
    expect(0);
    ck_assert_int_eq(seawall_wheel_rearm(wheel, timer, 9000 * TICK), SEAWALL_OK);
    ck_assert_int_eq(seawall_wheel_rearm(wheel, timer, 5001 * TICK), SEAWALL_OK); /* back, */
    advance(5000 * TICK);
    expect(0);
    advance(5001 * TICK);
    ck_assert_int_eq(seawall_wheel_rearm(wheel, timer, 6000 * TICK), SEAWALL_OK); /* due already, but not taken */
    expect(0);
    advance(6000 * TICK);
    expect(1);
    ck_assert_int_eq(seawall_wheel_rearm(wheel, timer, 7000 * TICK), SEAWALL_STALE);
    tear_down();
}
END_TEST

/* What was moved further out stays where it stands: moving must not disturb its neighbours' slots. */
START_TEST(moving_further_out_only_stores)
{
    seawall_timer timer;
    seawall_time due;

    set_up(1, TICK, 0);
    timer = arm(10 * TICK, 1);
    due = seawall_wheel_next_due(wheel);
    ck_assert_int_eq(seawall_wheel_rearm(wheel, timer, 900000 * TICK), SEAWALL_OK);
    ck_assert_int_eq(seawall_wheel_next_due(wheel), due);
    advance(due);
    expect(0);
    ck_assert_int_gt(seawall_wheel_next_due(wheel), due);
    tear_down();
}
END_TEST

/* A little at a time, as the service does it, while others are armed and taken out in between. */
START_TEST(moving_may_pause)
{
    sw_wheel_node *nodes = calloc(1, sw_wheel_room(50));
    seawall_timer timers[20];
    seawall_expiry expiry;
    sw_wheel w;
    int i, rounds = 0, fired = 0;

    sw_wheel_init(&w, nodes, 50, 10, UINT64_C(1) << 20, 0);
    for (i = 0; i < 20; i++)
        timers[i] = sw_wheel_arm(&w, (80 - i % 2 * 10) * TICK, 1); /* the first one moved is not due */
    while (!sw_wheel_advance(&w, 75 * TICK, 1)) {
        ck_assert_ptr_null(sw_wheel_check(&w));
        ck_assert_int_le(sw_wheel_next_due(&w), 75 * TICK);
        if (rounds == 1)
            ck_assert(sw_wheel_cancel(&w, timers[19]) && sw_wheel_rearm(&w, timers[18], 90 * TICK));
        rounds++;
    }
    ck_assert_int_ge(rounds, 6);
    while (sw_wheel_take(&w, &expiry))
        fired++;
    ck_assert_int_eq(fired, 9);
    ck_assert(sw_wheel_advance(&w, 80 * TICK, 1000));
    while (sw_wheel_take(&w, &expiry))
        fired++;
    ck_assert_int_eq(fired, 18);
    ck_assert_uint_eq(w.count, 1);
    sw_wheel_clear(&w, 80 * TICK);
    ck_assert_ptr_null(sw_wheel_check(&w));
    ck_assert(!sw_wheel_cancel(&w, timers[18]));
    ck_assert_int_eq(sw_wheel_next_due(&w), SEAWALL_FOREVER);
    free(nodes);
}
END_TEST

START_TEST(the_walker_sees_what_is_broken)
{
    sw_wheel_node *nodes = calloc(1, sw_wheel_room(8));
    sw_wheel good, w;
    sw_wheel_node kept;
    const uint32_t n = SW_WHEEL_HEADS, link = SW_WHEEL_LINK(n);

    sw_wheel_init(&good, nodes, 8, 10, 0, TICK);
    (void)sw_wheel_arm(&good, 5 * TICK, 1);
    (void)sw_wheel_arm(&good, 5 * TICK, 2);
    ck_assert(sw_wheel_cancel(&good, sw_wheel_arm(&good, 700 * TICK, 3)));
    ck_assert_ptr_null(sw_wheel_check(&good));
#define BROKEN(change)                                                                                                 \
    w = good;                                                                                                          \
    kept = nodes[n];                                                                                                   \
    change;                                                                                                            \
    ck_assert_msg(sw_wheel_check(&w) != NULL, "%s", #change);                                                          \
    nodes[n] = kept
    BROKEN(nodes[n].next = link);
    BROKEN(nodes[n].next = SW_WHEEL_LINK(1000));
    BROKEN(nodes[n].next += 1);
    BROKEN(nodes[n].previous = link + SW_WHEEL_LINK(1));
    BROKEN(nodes[n].key = w.mask);
    BROKEN(nodes[n].key -= 1);
    BROKEN(nodes[n].key = 0);
    BROKEN(nodes[n].id += 1);
    BROKEN(w.count++);
    BROKEN(w.count--);
    BROKEN(w.occupied[0] = 0);
    BROKEN(w.occupied[3] = 1);
    BROKEN(w.spare = 0);
    BROKEN(w.spare = link);
    BROKEN(w.used -= SW_WHEEL_LINK(1));
    BROKEN(w.used = w.end + 1);
    BROKEN(w.clock += 6 * TICK);
    ck_assert_ptr_null(sw_wheel_check(&good));
    free(nodes);
}
END_TEST

static const struct {
    int32_t capacity;
    seawall_duration tick;
    const char *message; /* NULL: accepted */
} settings[] = {
    {1, 1000, NULL},
    {100, SEAWALL_SECONDS(3600), NULL},
    {0, 1000, "wheel.capacity: 0 is below 1"},
    {-2, 1000, "wheel.capacity: -2 is below 1"},
    {INT32_MIN, 1000, "wheel.capacity: -2147483648 is below 1"},
    {16000001, 1000, "wheel.capacity: 16000001 is above 16000000"},
    {INT32_MAX, 1000, "wheel.capacity: 2147483647 is above 16000000"},
    {1, 999, "wheel.tick: 999ns is below 1us"},
    {1, 0, "wheel.tick: 0ns is below 1us"},
    {1, -1, "wheel.tick: -1ns is below 1us"},
    {1, SEAWALL_SECONDS(3600) + 1, "wheel.tick: 3600000000001ns is above 1h"},
    {1, SEAWALL_FOREVER, "wheel.tick: inf is above 1h"},
};

START_TEST(settings_are_checked)
{
    seawall_wheel *untouched = (seawall_wheel *)(uintptr_t)64, *made = untouched;
    seawall_error error = {0};
    seawall_status status = seawall_wheel_create(settings[_i].capacity, settings[_i].tick, 0, NULL, &made, &error);

    if (settings[_i].message == NULL) {
        ck_assert_int_eq(status, SEAWALL_OK);
        seawall_wheel_destroy(made);
        return;
    }
    ck_assert_int_eq(status, SEAWALL_INVALID);
    ck_assert_str_eq(error.message, settings[_i].message);
    ck_assert_ptr_eq(made, untouched);
    ck_assert_int_eq(seawall_wheel_create(settings[_i].capacity, settings[_i].tick, 0, NULL, &made, NULL), SEAWALL_INVALID);
}
END_TEST

START_TEST(nothing_is_refused_by_crashing)
{
    seawall_platform broken = *seawall_platform_default();
    seawall_wheel *made = NULL;
    seawall_expiry expiry;
    seawall_error error;

    broken.park = NULL;
    ck_assert_int_eq(seawall_wheel_create(1, TICK, 0, NULL, NULL, &error), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_wheel_create(1, TICK, 0, &broken, &made, &error), SEAWALL_INVALID);
    ck_assert_ptr_null(made);
    ck_assert_int_eq(seawall_wheel_arm(NULL, 0, 0, NULL), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_wheel_rearm(NULL, 1, 0), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_wheel_cancel(NULL, 1), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_wheel_next_due(NULL), SEAWALL_FOREVER);
    ck_assert(!seawall_wheel_take(NULL, &expiry));
    ck_assert_int_eq(seawall_wheel_count(NULL), 0);
    ck_assert_int_eq(seawall_wheel_check(NULL, &error), SEAWALL_INVALID);
    seawall_wheel_advance(NULL, 0);
    seawall_wheel_destroy(NULL);
}
END_TEST

static seawall_status construct(const seawall_platform *platform, void *arg, seawall_error *error)
{
    seawall_wheel *made;
    seawall_status status = seawall_wheel_create(100, TICK, 0, platform, &made, error);

    (void)arg;
    if (status == SEAWALL_OK)
        seawall_wheel_destroy(made);
    return status;
}

START_TEST(it_is_one_allocation)
{
    ck_assert_int_eq(sw_test_sweep(construct, NULL), 1);
}
END_TEST

/* 32 bytes per timer beside what every wheel needs. */
START_TEST(memory_is_linear)
{
    int64_t bytes[2];
    int i;

    for (i = 0; i < 2; i++) {
        set_up(i == 0 ? 1000 : 2000, TICK, 0);
        bytes[i] = base.memory.bytes;
        tear_down();
    }
    ck_assert_int_eq(bytes[1] - bytes[0], 32 * 1000);
    ck_assert_int_le(bytes[0] - 32 * 1000, 23 * 1024);
}
END_TEST

#define COUNT(rows) ((int)(sizeof(rows) / sizeof((rows)[0])))

int main(void)
{
    Suite *suite = suite_create("wheel");
    TCase *tcase = tcase_create("all");
    SRunner *runner;
    int failed;

    tcase_add_loop_test(tcase, each_fires_within_a_tick_and_never_early, 0, COUNT(instants));
    tcase_add_test(tcase, a_year_costs_what_it_fires);
    tcase_add_test(tcase, forever_never_comes);
    tcase_add_test(tcase, time_does_not_go_back);
    tcase_add_test(tcase, time_passes_from_its_very_beginning);
    tcase_add_test(tcase, one_tick_keeps_the_order_of_arming);
    tcase_add_test(tcase, a_full_slab_is_a_status);
    tcase_add_test(tcase, a_handle_means_one_timer);
    tcase_add_test(tcase, generations_begin_anew);
    tcase_add_test(tcase, a_timer_may_move);
    tcase_add_test(tcase, moving_further_out_only_stores);
    tcase_add_test(tcase, moving_may_pause);
    tcase_add_test(tcase, the_walker_sees_what_is_broken);
    tcase_add_loop_test(tcase, settings_are_checked, 0, COUNT(settings));
    tcase_add_test(tcase, nothing_is_refused_by_crashing);
    tcase_add_test(tcase, it_is_one_allocation);
    tcase_add_test(tcase, memory_is_linear);
    suite_add_tcase(suite, tcase);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
