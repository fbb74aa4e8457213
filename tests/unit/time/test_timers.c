/* The timer service as a host drives it: on the manual clock, without a thread. */
#define _GNU_SOURCE
#include <check.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kinds.h"
#include "support.h"

#define TICK 65536

static sw_test_platform base;
static seawall_timers *timers;
static char notes[256];

static void set_up(int32_t capacity, int32_t shards)
{
    seawall_timers_config config = SEAWALL_TIMERS_CONFIG_INIT;

    config.capacity = capacity;
    config.shards = shards;
    sw_test_platform_init(&base, false);
    ck_assert_int_eq(seawall_timers_create(&config, &base.platform, &timers, NULL), SEAWALL_OK);
    notes[0] = '\0';
}

static seawall_timers_snapshot look(void)
{
    seawall_timers_snapshot snapshot = SEAWALL_TIMERS_SNAPSHOT_INIT;

    ck_assert_int_eq(seawall_timers_get_snapshot(timers, &snapshot), SEAWALL_OK);
    return snapshot;
}

static void tear_down(void)
{
    seawall_timers_snapshot s = look();
    seawall_error error;

    ck_assert_msg(seawall_timers_check(timers, &error) == SEAWALL_OK, "%s", error.message);
    ck_assert_int_eq(s.armed_ever, s.fired + s.cancelled + s.armed);
    seawall_timers_destroy(timers);
    sw_test_platform_fini(&base);
}

static void note(seawall_timer timer, void *user)
{
    (void)timer;
    (void)strncat(notes, user, sizeof(notes) - strlen(notes) - 1);
}

static seawall_time in(int64_t ticks)
{
    return (SW_TEST_START / TICK + 1 + ticks) * TICK;
}

static seawall_timer arm(int64_t ticks, const char *name)
{
    seawall_timer timer = 0;

    ck_assert_int_eq(seawall_timers_arm(timers, in(ticks), note, (void *)(uintptr_t)name, &timer), SEAWALL_OK);
    return timer;
}

static int32_t advance_to(seawall_time now)
{
    int32_t fired = -1;

    seawall_manual_clock_set(base.clock, now);
    ck_assert_int_eq(seawall_timers_advance(timers, &fired), SEAWALL_OK);
    return fired;
}

static seawall_time next_due(void)
{
    seawall_time due = 0;

    ck_assert_int_eq(seawall_timers_next_due(timers, &due), SEAWALL_OK);
    return due;
}

START_TEST(they_fire_when_due)
{
    set_up(10, 1);
    ck_assert_int_eq(next_due(), SEAWALL_FOREVER);
    (void)arm(30, "c");
    (void)arm(10, "a");
    (void)arm(20, "b");
    ck_assert_int_le(next_due(), in(10));
    ck_assert_int_eq(advance_to(in(10) - 1), 0);
    ck_assert_int_eq(advance_to(in(10)), 1);
    ck_assert_str_eq(notes, "a");
    ck_assert_int_eq(advance_to(in(1000000000)), 2);
    ck_assert_str_eq(notes, "abc");
    ck_assert_int_eq(next_due(), SEAWALL_FOREVER);
    ck_assert_int_eq(look().fired, 3);
    tear_down();
}
END_TEST

START_TEST(a_removed_one_never_runs)
{
    seawall_timer a, b;

    set_up(10, 1);
    a = arm(10, "a");
    b = arm(10, "b");
    ck_assert_int_eq(seawall_timers_cancel(timers, a), SEAWALL_OK);
    ck_assert_int_eq(seawall_timers_cancel(timers, a), SEAWALL_STALE);
    ck_assert_int_eq(seawall_timers_cancel_wait(timers, a), SEAWALL_STALE);
    ck_assert_int_eq(seawall_timers_rearm(timers, a, 0), SEAWALL_STALE);
    ck_assert_int_eq(advance_to(in(10)), 1);
    ck_assert_str_eq(notes, "b");
    ck_assert_int_eq(seawall_timers_cancel(timers, b), SEAWALL_STALE);
    ck_assert_int_eq(seawall_timers_cancel(timers, 0), SEAWALL_STALE);
    ck_assert_int_eq(seawall_timers_cancel(timers, UINT64_MAX), SEAWALL_STALE);
    ck_assert_int_eq(seawall_timers_rearm(timers, UINT64_MAX, 0), SEAWALL_STALE);
    ck_assert_int_eq(look().cancelled, 1);
    tear_down();
}
END_TEST

START_TEST(a_moved_one_runs_then)
{
    seawall_timer a;

    set_up(10, 2);
    a = arm(10, "a");
    ck_assert_int_eq(seawall_timers_rearm(timers, a, in(50)), SEAWALL_OK);
    ck_assert_int_eq(advance_to(in(49)), 0);
    ck_assert_int_eq(seawall_timers_rearm(timers, a, in(90)), SEAWALL_OK);
    ck_assert_int_eq(seawall_timers_rearm(timers, a, in(60)), SEAWALL_OK);
    ck_assert_int_eq(advance_to(in(59)), 0);
    ck_assert_int_eq(advance_to(in(60)), 1);
    tear_down();
}
END_TEST

/* The capacity holds for all shards together, to the last timer, whatever shard a thread calls its own. */
START_TEST(full_is_full_in_every_shard)
{
    seawall_timer all[7], untouched = 7;
    int i;

    set_up(7, 4);
    ck_assert_int_eq(look().shards, 4);
    for (i = 0; i < 7; i++)
        all[i] = arm(i, "x");
    ck_assert_int_eq(seawall_timers_arm(timers, 0, note, "y", &untouched), SEAWALL_FULL);
    ck_assert_uint_eq(untouched, 7);
    ck_assert_int_eq(look().armed, 7);
    ck_assert_int_eq(look().refused, 1);
    for (i = 0; i < 7; i++)
        ck_assert_int_eq(seawall_timers_cancel(timers, all[i]), SEAWALL_OK);
    for (i = 0; i < 7; i++)
        (void)arm(i, "z");
    ck_assert_int_eq(advance_to(in(7)), 7);
    ck_assert_str_eq(notes, "zzzzzzz");
    tear_down();
}
END_TEST

/* The first timer of a shard is news for the driver only if it is the first of all. */
START_TEST(only_what_is_first_of_all_wakes)
{
    set_up(2, 2);
    (void)arm(10, "a");
    (void)next_due();
    (void)arm(20, "b"); /* in the other shard, as the thread's own is full */
    ck_assert_int_eq(look().wakes, 0);
    ck_assert_int_eq(advance_to(in(20)), 2);
    tear_down();
}
END_TEST

/* What a function meets that uses its own service. */

static seawall_timer own, other;

static void meddle(seawall_timer timer, void *user)
{
    int32_t fired = 5;
    seawall_time due;

    (void)user;
    ck_assert_uint_eq(timer, own);
    ck_assert_int_eq(seawall_timers_cancel(timers, timer), SEAWALL_BUSY);
    ck_assert_int_eq(seawall_timers_cancel_wait(timers, timer), SEAWALL_BUSY); /* for itself it cannot wait */
    ck_assert_int_eq(seawall_timers_rearm(timers, timer, in(90)), SEAWALL_BUSY);
    ck_assert_int_eq(seawall_timers_cancel_wait(timers, other), SEAWALL_OK); /* due as well, but not begun */
    ck_assert_int_eq(seawall_timers_advance(timers, &fired), SEAWALL_BUSY);
    ck_assert_int_eq(fired, 5);
    ck_assert_int_eq(seawall_timers_next_due(timers, &due), SEAWALL_BUSY);
    ck_assert_int_eq(seawall_timers_stop(timers), SEAWALL_BUSY);
    ck_assert_int_eq(seawall_timers_start(timers, NULL), SEAWALL_BUSY);
    seawall_timers_destroy(timers); /* does nothing */
    (void)arm(-5, "later"); /* due already, but not in this round */
    seawall_manual_clock_advance(base.clock, 3000);
    ck_assert_int_eq(look().running_for, 3000);
}

START_TEST(a_function_may_use_its_service)
{
    set_up(10, 1);
    ck_assert_int_eq(seawall_timers_arm(timers, in(5), meddle, NULL, &own), SEAWALL_OK);
    other = arm(6, "never");
    ck_assert_int_eq(advance_to(in(7)), 1);
    ck_assert_str_eq(notes, "");
    ck_assert_int_eq(seawall_timers_cancel(timers, own), SEAWALL_STALE);
    ck_assert_int_eq(look().running_for, 0);
    ck_assert_int_eq(look().longest_run, 3000);
    ck_assert_int_eq(advance_to(in(8)), 1);
    ck_assert_str_eq(notes, "later");
    tear_down();
}
END_TEST

static void again(seawall_timer timer, void *user)
{
    note(timer, user);
    (void)arm(-100, user); /* for ever in the past */
}

START_TEST(what_always_is_late_keeps_nobody)
{
    int i;

    set_up(10, 4);
    ck_assert_int_eq(seawall_timers_arm(timers, 0, again, ".", NULL), SEAWALL_OK);
    (void)arm(1, "a");
    for (i = 0; i < 3; i++)
        ck_assert_int_le(advance_to(in(1 + i)), 3);
    ck_assert_ptr_nonnull(strchr(notes, 'a'));
    tear_down();
}
END_TEST

static void dawdle(seawall_timer timer, void *user)
{
    note(timer, user);
    seawall_manual_clock_advance(base.clock, 1000000);
}

START_TEST(a_slow_one_delays_the_others_visibly)
{
    int i;

    set_up(10, 1);
    for (i = 0; i < 5; i++)
        ck_assert_int_eq(seawall_timers_arm(timers, in(10), dawdle, "x", NULL), SEAWALL_OK);
    ck_assert_int_eq(advance_to(in(10) + 7), 5);
    ck_assert_str_eq(notes, "xxxxx");
    ck_assert_int_eq(look().lag, 4000007);
    ck_assert_int_eq(look().longest_lag, 4000007);
    ck_assert_int_eq(look().longest_run, 1000000);
    (void)arm(500, "y");
    ck_assert_int_eq(advance_to(in(500)), 1);
    ck_assert_int_eq(look().lag, 0);
    ck_assert_int_eq(look().longest_lag, 4000007);
    tear_down();
}
END_TEST

START_TEST(a_broken_clock_does_no_harm)
{
    set_up(10, 2);
    (void)arm(10, "a");
    ck_assert_int_eq(advance_to(0), 0); /* back, */
    ck_assert_int_eq(advance_to(in(5)), 0);
    ck_assert_int_eq(advance_to(in(5)), 0); /* still, */
    ck_assert_int_eq(advance_to(in(5) + SEAWALL_SECONDS(31536000)), 1); /* a year on */
    ck_assert_int_eq(advance_to(in(6)), 0);
    (void)arm(20, "b"); /* has passed, on a clock that had been there */
    ck_assert_int_eq(advance_to(in(7) + SEAWALL_SECONDS(31536000)), 1);
    ck_assert_int_eq(advance_to(SEAWALL_FOREVER), 0);
    tear_down();
}
END_TEST

static bool readable(int32_t descriptor)
{
    struct pollfd one = {.fd = descriptor, .events = POLLIN};

    return poll(&one, 1, 0) == 1;
}

START_TEST(the_descriptor_tells_of_what_comes_earlier)
{
    int32_t descriptor = -1, same = -1;

    set_up(10, 1);
    (void)arm(100, "a");
    ck_assert_int_eq(seawall_timers_descriptor(timers, &descriptor), SEAWALL_OK);
    ck_assert_int_eq(seawall_timers_descriptor(timers, &same), SEAWALL_OK);
    ck_assert_int_eq(descriptor, same);
    (void)arm(50, "b");
    ck_assert(!readable(descriptor)); /* nobody was told a time yet */
    (void)next_due();
    (void)arm(200, "c");
    ck_assert(!readable(descriptor)); /* later than what the host waits for */
    (void)arm(2, "d");
    ck_assert(readable(descriptor));
    (void)arm(1, "e");
    ck_assert_int_eq(look().wakes, 1); /* the host knows already */
    ck_assert_int_eq(advance_to(in(0)), 0);
    ck_assert(!readable(descriptor));
    (void)next_due();
    ck_assert_int_eq(seawall_timers_rearm(timers, arm(300, "f"), in(0)), SEAWALL_OK);
    ck_assert(readable(descriptor));
    ck_assert_int_eq(advance_to(in(200)), 6);
    ck_assert(!readable(descriptor));
    tear_down();
    ck_assert_int_eq(fcntl(descriptor, F_GETFD), -1); /* closed */
}
END_TEST

START_TEST(no_descriptor_is_a_status)
{
    int32_t descriptor = 7;
    int first = dup(STDERR_FILENO), last = first, next;
    seawall_status status;

    set_up(10, 1);
    /* All there are: a lower limit is not to be had everywhere. */
    while ((next = dup(STDERR_FILENO)) >= 0)
        last = next;
    status = seawall_timers_descriptor(timers, &descriptor);
    for (; last >= first; last--)
        (void)close(last);
    ck_assert_int_eq(status, SEAWALL_NO_RESOURCES);
    ck_assert_int_eq(descriptor, 7);
    ck_assert_int_eq(seawall_timers_descriptor(timers, &descriptor), SEAWALL_OK); /* asked again, when there are some */
    (void)arm(1, "a");
    ck_assert_int_eq(advance_to(in(1)), 1);
    tear_down();
}
END_TEST

START_TEST(destroyed_with_timers_pending)
{
    set_up(10, 2);
    (void)arm(1, "a");
    seawall_manual_clock_set(base.clock, in(5));
    tear_down();
    ck_assert_str_eq(notes, "");
}
END_TEST

START_TEST(nothing_is_refused_by_crashing)
{
    seawall_timers_snapshot snapshot = SEAWALL_TIMERS_SNAPSHOT_INIT;
    seawall_time due = 7;

    set_up(1, 1);
    ck_assert_int_eq(seawall_timers_arm(NULL, 0, note, NULL, NULL), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_timers_arm(timers, 0, NULL, NULL, NULL), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_timers_rearm(NULL, 1, 0), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_timers_cancel(NULL, 1), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_timers_cancel_wait(NULL, 1), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_timers_next_due(NULL, &due), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_timers_next_due(timers, NULL), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_timers_advance(NULL, NULL), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_timers_advance(timers, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_timers_descriptor(timers, NULL), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_timers_descriptor(NULL, NULL), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_timers_get_snapshot(NULL, &snapshot), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_timers_get_snapshot(timers, NULL), SEAWALL_INVALID);
    snapshot.size = 3;
    ck_assert_int_eq(seawall_timers_get_snapshot(timers, &snapshot), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_timers_check(NULL, NULL), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_timers_start(NULL, NULL), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_timers_stop(NULL), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_timers_stop(timers), SEAWALL_INVALID);
    seawall_timers_destroy(NULL);
    tear_down();
}
END_TEST

static const sw_test_setting settings[] = {
    {"capacity", 1, 0, NULL},
    {"capacity", 1000000, 0, NULL},
    {"capacity", 0, 0, "timers.capacity: 0 is below 1"},
    {"capacity", -1, 0, "timers.capacity: -1 is below 1"},
    {"capacity", 16000001, 0, "timers.capacity: 16000001 is above 16000000"},
    {"shards", -1, 0, NULL},
    {"shards", 16, 0, NULL},
    {"shards", 0, 0, "timers.shards: 0 is below 1"},
    {"shards", -2, 0, "timers.shards: -2 is below 1"},
    {"shards", 17, 0, "timers.shards: 17 is above 16"},
    {"stack_size", 65536, 0, NULL},
    {"stack_size", 1073741824, 0, NULL},
    {"stack_size", 65535, 0, "timers.stack_size: 65535 is below 65536"},
    {"stack_size", -1, 0, "timers.stack_size: -1 is below 65536"},
    {"stack_size", 1073741825, 0, "timers.stack_size: 1073741825 is above 1073741824"},
    {"tick", 1000, 0, NULL},
    {"tick", SEAWALL_SECONDS(3600), 0, NULL},
    {"tick", 999, 0, "timers.tick: 999ns is below 1us"},
    {"tick", -1, 0, "timers.tick: -1ns is below 1us"},
    {"tick", SEAWALL_FOREVER, 0, "timers.tick: inf is above 1h"},
};

START_TEST(a_setting)
{
    sw_test_setting_holds("timers", &settings[_i]);
}
END_TEST

START_TEST(there_are_enough_settings)
{
    sw_test_settings_are_enough("timers", settings, sizeof(settings) / sizeof(settings[0]));
}
END_TEST

START_TEST(what_is_resolved_is_shown)
{
    static const struct {
        int32_t capacity, shards, shown;
    } rows[] = {{100, 1, 1}, {100, 2, 2}, {100, 3, 4}, {100, 16, 16}, {3, 16, 2}, {1, 16, 1}};
    size_t i;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        set_up(rows[i].capacity, rows[i].shards);
        ck_assert_int_eq(look().shards, rows[i].shown);
        ck_assert_int_eq(look().capacity, rows[i].capacity);
        ck_assert_int_eq(look().tick, 65536);
        ck_assert_int_eq(look().started, 0);
        tear_down();
    }
    set_up(100, SEAWALL_AUTO);
    ck_assert_int_ge(look().shards, 1);
    tear_down();
}
END_TEST

/* 40 bytes per timer, up to a million, beside what every shard needs. */
START_TEST(memory_is_linear)
{
    static const int32_t capacities[] = {1000, 1000000};
    int i;

    for (i = 0; i < 2; i++) {
        set_up(capacities[i], 4);
        ck_assert_int_le(base.memory.bytes - 40 * (int64_t)capacities[i], 4 * 24 * 1024 + 1024);
        ck_assert_int_eq(base.memory.blocks, 1);
        printf("%d timers: %lld bytes, %.1f each\n", capacities[i], (long long)base.memory.bytes,
               (double)base.memory.bytes / capacities[i]);
        tear_down();
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("timers");
    TCase *tcase = tcase_create("all");
    SRunner *runner;
    int failed;

    tcase_add_test(tcase, they_fire_when_due);
    tcase_add_test(tcase, a_removed_one_never_runs);
    tcase_add_test(tcase, a_moved_one_runs_then);
    tcase_add_test(tcase, full_is_full_in_every_shard);
    tcase_add_test(tcase, only_what_is_first_of_all_wakes);
    tcase_add_test(tcase, a_function_may_use_its_service);
    tcase_add_test(tcase, what_always_is_late_keeps_nobody);
    tcase_add_test(tcase, a_slow_one_delays_the_others_visibly);
    tcase_add_test(tcase, a_broken_clock_does_no_harm);
    tcase_add_test(tcase, the_descriptor_tells_of_what_comes_earlier);
    tcase_add_test(tcase, no_descriptor_is_a_status);
    tcase_add_test(tcase, destroyed_with_timers_pending);
    tcase_add_test(tcase, nothing_is_refused_by_crashing);
    tcase_add_loop_test(tcase, a_setting, 0, (int)(sizeof(settings) / sizeof(settings[0])));
    tcase_add_test(tcase, there_are_enough_settings);
    tcase_add_test(tcase, what_is_resolved_is_shown);
    tcase_add_test(tcase, memory_is_linear);
    suite_add_tcase(suite, tcase);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
