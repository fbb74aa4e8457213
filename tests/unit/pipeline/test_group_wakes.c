/* Who is woken in a group, and what tells the loop. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>

#include "group_fixture.h"

START_TEST(a_run_that_waits_for_a_permit_is_woken)
{
    seawall_permit permit;
    seawall_run a, b;
    fixture f;

    set_up(&f, 2);
    ck_assert_int_eq(seawall_bulkhead_try_acquire(f.bulkhead, &permit), SEAWALL_OK);
    a = begin(&f, f.guarded, T, NULL);
    b = begin(&f, f.guarded, T, NULL);
    waits(&f, T, SEAWALL_FOREVER);
    ck_assert_int_eq(f.rings, 0);
    ck_assert_int_eq(seawall_bulkhead_release(f.bulkhead, &permit), SEAWALL_OK);
    ck_assert_int_eq(f.rings, 1); /* from outside */
    next_is(&f, T + 1, SEAWALL_STEP_START, a);
    waits(&f, T + 1, SEAWALL_FOREVER);
    report(&f, a, 1, &good, T + 2);
    next_is(&f, T + 2, SEAWALL_STEP_FINISHED, a);
    next_is(&f, T + 2, SEAWALL_STEP_DRAINED, a);
    next_is(&f, T + 2, SEAWALL_STEP_START, b); /* its permit came from inside: nobody had to ring */
    ck_assert_int_eq(f.rings, 1);
    report(&f, b, 1, &good, T + 2);
    ends(&f, b, T + 2);
    tear_down(&f);
}
END_TEST

static bool readable(int32_t descriptor)
{
    struct pollfd event = {.fd = descriptor, .events = POLLIN};

    return poll(&event, 1, 0) == 1;
}

START_TEST(the_descriptor_is_readable_until_asked)
{
    int32_t descriptor = -1, again = -1;
    seawall_permit permit;
    seawall_run a, b;
    fixture f;

    set_up(&f, 2);
    ck_assert_int_eq(seawall_bulkhead_try_acquire(f.bulkhead, &permit), SEAWALL_OK);
    a = begin(&f, f.guarded, T, NULL);
    b = begin(&f, f.guarded, T, NULL);
    waits(&f, T, SEAWALL_FOREVER);
    ck_assert_int_eq(seawall_group_descriptor(f.group, &descriptor), SEAWALL_OK);
    ck_assert_int_eq(seawall_group_descriptor(f.group, &again), SEAWALL_OK);
    ck_assert_int_eq(descriptor, again);
    ck_assert(!readable(descriptor));
    ck_assert_int_eq(seawall_bulkhead_release(f.bulkhead, &permit), SEAWALL_OK);
    ck_assert(readable(descriptor));
    ck_assert_int_eq(seawall_bulkhead_resize(f.bulkhead, 2), SEAWALL_OK);
    ck_assert_int_eq(f.rings, 1); /* once until asked */
    next_is(&f, T, SEAWALL_STEP_START, a);
    ck_assert(!readable(descriptor));
    next_is(&f, T, SEAWALL_STEP_START, b);
    report(&f, a, 1, &good, T);
    report(&f, b, 1, &good, T);
    ends(&f, b, T); /* the last one asked goes on first */
    ends(&f, a, T);
    tear_down(&f);
    ck_assert_int_eq(fcntl(descriptor, F_GETFD), -1);
}
END_TEST

/* One that is made after the bell was rung tells of it. */
START_TEST(a_late_descriptor_is_readable)
{
    int32_t descriptor = -1;
    seawall_permit permit;
    seawall_run a;
    fixture f;

    set_up(&f, 1);
    ck_assert_int_eq(seawall_bulkhead_try_acquire(f.bulkhead, &permit), SEAWALL_OK);
    a = begin(&f, f.guarded, T, NULL);
    waits(&f, T, SEAWALL_FOREVER);
    ck_assert_int_eq(seawall_bulkhead_release(f.bulkhead, &permit), SEAWALL_OK);
    ck_assert_int_eq(seawall_group_descriptor(f.group, &descriptor), SEAWALL_OK);
    ck_assert(readable(descriptor));
    next_is(&f, T, SEAWALL_STEP_START, a);
    report(&f, a, 1, &good, T);
    ends(&f, a, T);
    tear_down(&f);
}
END_TEST

START_TEST(no_descriptor_is_a_status)
{
    struct rlimit before, none;
    int32_t descriptor = -7;
    fixture f;

    set_up(&f, 1);
    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &before), 0);
    none = before;
    none.rlim_cur = 0;
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &none), 0);
    ck_assert_int_eq(seawall_group_descriptor(f.group, &descriptor), SEAWALL_NO_RESOURCES);
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &before), 0);
    ck_assert_int_eq(descriptor, -7);
    tear_down(&f);
}
END_TEST

/* A waker may be called when its run, or its group, is no more. */
START_TEST(late_wakes_are_harmless)
{
    seawall_waker first, second;
    seawall_run a;
    fixture f;

    set_up(&f, 2);
    first = sw_group_waker(f.group, 0);
    second = sw_group_waker(f.group, 1);
    a = begin(&f, f.bare, T, NULL);
    first.wake(first.cookie, first.user); /* for nothing */
    second.wake(second.cookie, second.user); /* nobody is there */
    first.wake(first.cookie, first.user);
    ck_assert_int_eq(f.rings, 1);
    next_is(&f, T, SEAWALL_STEP_START, a);
    waits(&f, T, SEAWALL_FOREVER);
    report(&f, a, 1, &good, T);
    ends(&f, a, T);
    first.wake(first.cookie, first.user);
    ck_assert_int_eq(f.rings, 2);
    waits(&f, T, SEAWALL_FOREVER);
    tear_down(&f);
    first.wake(first.cookie, first.user);
    ck_assert_int_eq(f.rings, 2);
    /* Another group at the same address has another key. */
    set_up(&f, 2);
    first.user = f.group;
    first.wake(first.cookie, first.user);
    ck_assert_int_eq(f.rings, 0);
    tear_down(&f);
}
END_TEST

/* Wakes the first run. */
static void rouse(fixture *f)
{
    seawall_waker waker = sw_group_waker(f->group, 0);

    waker.wake(waker.cookie, waker.user);
}

static bool goes_on(void *arg)
{
    fixture *f = arg;
    int32_t descriptor = -1;
    seawall_group_step step;

    rouse(f);
    if (f->rings != 1 || seawall_group_descriptor(f->group, &descriptor) != SEAWALL_OK || !readable(descriptor) ||
        descriptor == f->descriptor)
        return false;
    /* The bulkhead has forgotten who waited in the parent, so that the run is over. */
    return seawall_group_next_at(f->group, T, &step) == SEAWALL_OK && step.step.kind == SEAWALL_STEP_FINISHED &&
           !readable(descriptor);
}

START_TEST(a_child_does_not_ring_at_its_parents)
{
    seawall_permit permit;
    seawall_run run;
    fixture f;

    set_up(&f, 1);
    ck_assert_int_eq(seawall_bulkhead_try_acquire(f.bulkhead, &permit), SEAWALL_OK);
    ck_assert_int_eq(seawall_group_descriptor(f.group, &f.descriptor), SEAWALL_OK);
    run = begin(&f, f.guarded, T, NULL);
    waits(&f, T, SEAWALL_FOREVER);
    sw_test_in_child(goes_on, &f);
    ck_assert(!readable(f.descriptor));
    rouse(&f);
    ck_assert(readable(f.descriptor));
    waits(&f, T, SEAWALL_FOREVER);
    ck_assert(!readable(f.descriptor));
    ck_assert_int_eq(seawall_bulkhead_release(f.bulkhead, &permit), SEAWALL_OK);
    next_is(&f, T, SEAWALL_STEP_START, run);
    report(&f, run, 1, &good, T);
    ends(&f, run, T);
    tear_down(&f);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("group_wakes");

    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, a_run_that_waits_for_a_permit_is_woken);
    tcase_add_test(tests, the_descriptor_is_readable_until_asked);
    tcase_add_test(tests, a_late_descriptor_is_readable);
    tcase_add_test(tests, no_descriptor_is_a_status);
    tcase_add_test(tests, late_wakes_are_harmless);
    tcase_add_test(tests, a_child_does_not_ring_at_its_parents);
    return sw_test_run("group_wakes", tests);
}
