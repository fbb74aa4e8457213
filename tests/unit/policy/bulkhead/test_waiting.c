/* Threads that wait in a bulkhead, on a clock that others move. */
#include <check.h>
#include <sched.h>
#include <stdlib.h>

#include "bulkhead_fixture.h"
#include "suite.h"

#define PEOPLE 3

typedef struct person {
    fixture *f;
    seawall_time deadline;
    seawall_status status;
    seawall_permit permit;
    int64_t place; /* in the order in which they were done */
    pthread_t thread;
} person;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int64_t done;

static void *wait_in_line(void *arg)
{
    person *p = arg;

    p->status = seawall_bulkhead_acquire_until(p->f->bulkhead, p->deadline, &p->permit);
    pthread_mutex_lock(&lock);
    p->place = ++done;
    pthread_mutex_unlock(&lock);
    return NULL;
}

static int64_t how_many_are_done(void)
{
    int64_t count;

    pthread_mutex_lock(&lock);
    count = done;
    pthread_mutex_unlock(&lock);
    return count;
}

/* One after the other, so that their order is known; and asleep, so that nothing is about to happen. */
static void line_up(fixture *f, person *people, int count, const seawall_time *deadline)
{
    int i;

    done = 0;
    for (i = 0; i < count; i++) {
        people[i] = (person){.f = f, .deadline = deadline[i]};
        ck_assert_int_eq(pthread_create(&people[i].thread, NULL, wait_in_line, &people[i]), 0);
        while (seawall_manual_clock_parked(f->base.clock) <= i)
            sched_yield();
    }
}

static void until_done(int64_t count)
{
    while (how_many_are_done() < count)
        sched_yield();
}

static void join(person *people, int count)
{
    int i;

    for (i = 0; i < count; i++)
        ck_assert_int_eq(pthread_join(people[i].thread, NULL), 0);
}

static const seawall_time patient[PEOPLE] = {SEAWALL_FOREVER, SEAWALL_FOREVER, SEAWALL_FOREVER};

START_TEST(threads_are_served_in_their_order)
{
    person people[PEOPLE];
    seawall_permit permit;
    fixture f;
    int i;

    fixture_init(&f, 1, PEOPLE, SEAWALL_FOREVER, true);
    permit = fixture_take(&f);
    line_up(&f, people, PEOPLE, patient);
    ck_assert_int_eq(fixture_snapshot(&f).waiting, PEOPLE);
    for (i = 0; i < PEOPLE; i++) {
        ck_assert_int_eq(how_many_are_done(), i);
        ck_assert_int_eq(seawall_bulkhead_release(f.bulkhead, &permit), SEAWALL_OK);
        until_done(i + 1);
        ck_assert_int_eq(people[i].place, i + 1);
        ck_assert_int_eq(people[i].status, SEAWALL_OK);
        permit = people[i].permit;
    }
    join(people, PEOPLE);
    ck_assert_int_eq(fixture_snapshot(&f).waited, PEOPLE);
    ck_assert_int_eq(fixture_snapshot(&f).most_waiting, PEOPLE);
    fixture_fini(&f);
}
END_TEST

START_TEST(time_is_over_for_some)
{
    const seawall_time deadlines[PEOPLE] = {SW_TEST_START + MS(9), SEAWALL_FOREVER, SW_TEST_START + MS(10)};
    person people[PEOPLE];
    seawall_permit permit;
    fixture f;

    fixture_init(&f, 1, PEOPLE, MS(20), true);
    permit = fixture_take(&f);
    line_up(&f, people, PEOPLE, deadlines);
    seawall_manual_clock_advance(f.base.clock, MS(10));
    until_done(2);
    ck_assert_int_eq(people[0].status, SEAWALL_TIMED_OUT);
    ck_assert_int_eq(people[2].status, SEAWALL_TIMED_OUT);
    ck_assert_int_eq(fixture_snapshot(&f).waiting, 1);
    ck_assert_int_eq(seawall_bulkhead_release(f.bulkhead, &permit), SEAWALL_OK);
    join(people, PEOPLE);
    ck_assert_int_eq(people[1].status, SEAWALL_OK);
    ck_assert_int_eq(fixture_snapshot(&f).in_use, 1);
    ck_assert_int_eq(fixture_snapshot(&f).refused_timed_out, 2);
    fixture_fini(&f);
}
END_TEST

/* The clock jumps over everybody's end. */
START_TEST(nobody_outsits_max_wait)
{
    person people[PEOPLE];
    fixture f;
    int i;

    fixture_init(&f, 1, PEOPLE, MS(20), true);
    (void)fixture_take(&f);
    line_up(&f, people, PEOPLE, patient);
    seawall_manual_clock_advance(f.base.clock, SEAWALL_SECONDS(3600));
    join(people, PEOPLE);
    for (i = 0; i < PEOPLE; i++)
        ck_assert_int_eq(people[i].status, SEAWALL_FULL);
    ck_assert_int_eq(fixture_snapshot(&f).waiting, 0);
    ck_assert_int_eq(fixture_snapshot(&f).refused_timed_out, PEOPLE);
    fixture_fini(&f);
}
END_TEST

START_TEST(more_permits_serve_at_once)
{
    person people[PEOPLE];
    seawall_permit permit;
    fixture f;

    fixture_init(&f, 1, PEOPLE, SEAWALL_FOREVER, true);
    permit = fixture_take(&f);
    line_up(&f, people, PEOPLE, patient);
    ck_assert_int_eq(seawall_bulkhead_resize(f.bulkhead, 3), SEAWALL_OK);
    until_done(2);
    ck_assert_int_eq(people[0].status, SEAWALL_OK);
    ck_assert_int_eq(people[1].status, SEAWALL_OK);
    ck_assert_int_eq(fixture_snapshot(&f).in_use, 3);
    ck_assert_int_eq(fixture_snapshot(&f).waiting, 1);
    ck_assert_int_eq(seawall_bulkhead_resize(f.bulkhead, 1), SEAWALL_OK);
    ck_assert_int_eq(seawall_bulkhead_release(f.bulkhead, &permit), SEAWALL_OK);
    ck_assert_int_eq(seawall_bulkhead_release(f.bulkhead, &people[0].permit), SEAWALL_OK);
    ck_assert_int_eq(fixture_snapshot(&f).waiting, 1); /* not before it is below the limit */
    ck_assert_int_eq(seawall_bulkhead_release(f.bulkhead, &people[1].permit), SEAWALL_OK);
    join(people, PEOPLE);
    ck_assert_int_eq(people[2].status, SEAWALL_OK);
    ck_assert_int_eq(fixture_snapshot(&f).in_use, 1);
    fixture_fini(&f);
}
END_TEST

/* A shorter queue, or no waiting at all, is for those who come after. */
START_TEST(who_waits_is_not_sent_away)
{
    seawall_bulkhead_config config = SEAWALL_BULKHEAD_CONFIG_INIT;
    seawall_permit permit, more;
    person people[2];
    fixture f;

    fixture_init(&f, 1, 2, MS(5), true);
    permit = fixture_take(&f);
    line_up(&f, people, 2, patient);
    config.max_concurrent = 1;
    ck_assert_int_eq(seawall_bulkhead_reconfigure(f.bulkhead, &config, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_bulkhead_acquire_until(f.bulkhead, SEAWALL_FOREVER, &more), SEAWALL_FULL);
    ck_assert_int_eq(fixture_snapshot(&f).waiting, 2);
    ck_assert_int_eq(seawall_bulkhead_release(f.bulkhead, &permit), SEAWALL_OK);
    until_done(1);
    seawall_manual_clock_advance(f.base.clock, MS(5));
    join(people, 2);
    ck_assert_int_eq(people[0].status, SEAWALL_OK);
    ck_assert_int_eq(people[1].status, SEAWALL_FULL);
    fixture_fini(&f);
}
END_TEST

typedef struct inheritance {
    fixture f;
    seawall_permit permit;
} inheritance;

static bool finds_no_queue(void *arg)
{
    inheritance *of = arg;
    seawall_permit more;

    return seawall_bulkhead_try_acquire(of->f.bulkhead, &more) == SEAWALL_FULL &&
           seawall_bulkhead_release(of->f.bulkhead, &of->permit) == SEAWALL_OK &&
           seawall_bulkhead_try_acquire(of->f.bulkhead, &more) == SEAWALL_OK && fixture_snapshot(&of->f).waiting == 0;
}

/* Of the threads that wait in the parent, none waits in the child. */
START_TEST(a_child_inherits_no_queue)
{
    person people[2];
    inheritance of;

    fixture_init(&of.f, 1, 2, SEAWALL_FOREVER, true);
    of.permit = fixture_take(&of.f);
    line_up(&of.f, people, 2, patient);
    sw_test_in_child(finds_no_queue, &of);
    ck_assert_int_eq(fixture_snapshot(&of.f).waiting, 2);
    ck_assert_int_eq(seawall_bulkhead_resize(of.f.bulkhead, 3), SEAWALL_OK);
    join(people, 2);
    fixture_fini(&of.f);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("waiting in a bulkhead");

    tcase_add_test(tests, threads_are_served_in_their_order);
    tcase_add_test(tests, time_is_over_for_some);
    tcase_add_test(tests, nobody_outsits_max_wait);
    tcase_add_test(tests, more_permits_serve_at_once);
    tcase_add_test(tests, who_waits_is_not_sent_away);
    tcase_add_test(tests, a_child_inherits_no_queue);
    return sw_test_run("waiting in a bulkhead", tests);
}
