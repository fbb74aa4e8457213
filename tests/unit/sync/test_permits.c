/* Counted permits and their queue, one step at a time. */
#include <check.h>
#include <stdlib.h>

#include "permits_fixture.h"
#include "suite.h"
#include "support.h"

static void is_refused(person *p, seawall_time deadline, seawall_time now, sw_permits_refusal reason)
{
    sw_permits_refusal why;

    ck_assert(!queue(p, deadline, now, &why));
    ck_assert_int_eq(why, reason);
    ck_assert_int_eq(sw_waiter_stands(&p->waiter), SW_WAITER_IDLE);
}

START_TEST(permits_are_counted)
{
    bool serve;

    begin(2, 0, 0);
    ck_assert(sw_permits_try(&permits));
    ck_assert(sw_permits_try(&permits));
    ck_assert(!sw_permits_try(&permits));
    ck_assert(!sw_permits_try(&permits));
    give(0);
    ck_assert(sw_permits_try(&permits));
    give(0);
    give(0);
    ck_assert(!sw_permits_give(&permits, &serve));
    ck_assert(!serve);
    ck_assert_int_eq(view().in_use, 0);
    ck_assert_int_eq(view().most_in_use, 2);
    ck_assert_int_eq(view().granted, 3);
    ck_assert_int_eq(view().rules.limit, 2);
}
END_TEST

/* Somebody comes while one permit too many seems to be out. */
START_TEST(giving_back_too_many_leaves_nobody_behind)
{
    person a = {0};
    uint64_t before;
    bool serve;

    begin(1, 1, SEAWALL_FOREVER);
    before = sw_sub_u64(&permits.words.word, SW_PERMITS_ONE); /* the first half of giving back what nobody has */
    ck_assert_uint_eq(sw_permits_in_use(before), 0);
    ck_assert(!sw_permits_try(&permits));
    queues(&a, SEAWALL_FOREVER, T);
    (void)sw_add_u64(&permits.words.word, SW_PERMITS_ONE);
    ck_assert(!sw_permits_give(&permits, &serve));
    ck_assert(serve);
    sw_permits_serve(&permits, T);
    ck_assert(granted(&a));
    ck_assert_int_eq(view().in_use, 1);
    ck_assert_int_eq(view().granted, 1);
}
END_TEST

START_TEST(grants_are_counted_beyond_the_word)
{
    uint64_t i, word;

    begin(1, 0, 0);
    for (i = 0; i < 3; i++) {
        ck_assert(sw_permits_try(&permits));
        give(0);
        word = sw_load_u64(&permits.words.word); /* to the last grant before the lap */
        sw_store_u64(&permits.words.word, word | ((UINT64_C(1) << 23) - 1) << 41);
        ck_assert(sw_permits_try(&permits));
        give(0);
        ck_assert_int_eq(view().granted, (int64_t)(i + 1) << 23);
    }
    ck_assert_int_eq(view().most_in_use, 1);
}
END_TEST

/* Between a grant that begins a lap and its note. */
START_TEST(a_look_during_a_lap_counts_no_less_than_the_one_before)
{
    uint64_t before;

    begin(2, 0, 0);
    sw_store_u64(&permits.words.word, sw_load_u64(&permits.words.word) | ((UINT64_C(1) << 23) - 1) << 41);
    ck_assert_int_eq(view().granted, (1 << 23) - 1);
    ck_assert(sw_permits_take(&permits, &before));
    ck_assert_int_eq(view().granted, 1 << 23);
    sw_permits_note(&permits, before);
    ck_assert_int_eq(view().granted, 1 << 23);
    ck_assert(sw_permits_try(&permits));
    ck_assert_int_eq(view().granted, (1 << 23) + 1);
}
END_TEST

START_TEST(first_come_first_served)
{
    person p[3] = {0};
    int i;

    begin(1, 3, SEAWALL_FOREVER);
    ck_assert(sw_permits_try(&permits));
    for (i = 0; i < 3; i++)
        queues(&p[i], SEAWALL_FOREVER, T);
    ck_assert_int_eq(view().waiting, 3);
    for (i = 0; i < 3; i++) {
        ck_assert(!granted(&p[i]));
        give(T);
        ck_assert(granted(&p[i]));
        ck_assert_int_eq(p[i].woken, 1);
        ck_assert(i == 2 || !granted(&p[i + 1]));
        ck_assert_int_eq(view().in_use, 1);
    }
    ck_assert_int_eq(view().waiting, 0);
    ck_assert_int_eq(view().most_waiting, 3);
    ck_assert_int_eq(view().waited, 3);
    ck_assert_int_eq(view().granted, 4);
    give(T);
    ck_assert(sw_permits_try(&permits));
}
END_TEST

/* Between its coming back and its being handed on, a permit is nobody's but the first waiter's. */
START_TEST(nobody_overtakes)
{
    person a = {0}, b = {0};
    bool serve;

    begin(1, 2, SEAWALL_FOREVER);
    ck_assert(sw_permits_try(&permits));
    queues(&a, SEAWALL_FOREVER, T);
    ck_assert(sw_permits_give(&permits, &serve));
    ck_assert(serve);
    ck_assert(!sw_permits_try(&permits));
    queues(&b, SEAWALL_FOREVER, T);
    sw_permits_serve(&permits, T);
    ck_assert(granted(&a));
    ck_assert(!granted(&b));
    ck_assert_int_eq(b.woken, 0);
}
END_TEST

START_TEST(a_permit_that_comes_back_meanwhile_is_taken_at_once)
{
    person a = {0};
    sw_permits_refusal why;

    begin(1, 1, SEAWALL_FOREVER);
    ck_assert(sw_permits_try(&permits));
    give(T); /* after a try in vain, say */
    ck_assert(queue(&a, SEAWALL_FOREVER, T, &why));
    ck_assert(granted(&a));
    ck_assert_int_eq(a.woken, 0);
    ck_assert_int_eq(view().waited, 0);
    ck_assert_int_eq(view().in_use, 1);
}
END_TEST

START_TEST(the_waiting_room_is_bounded)
{
    person a = {0}, b = {0}, c = {0};

    begin(1, 2, 50);
    ck_assert(sw_permits_try(&permits));
    ck_assert(sw_permits_place(&permits));
    queues(&a, SEAWALL_FOREVER, T);
    queues(&b, SEAWALL_FOREVER, T);
    ck_assert(!sw_permits_place(&permits));
    is_refused(&c, SEAWALL_FOREVER, T, SW_PERMITS_FULL);
    ck_assert(sw_permits_quit(&permits, &a.waiter, SW_PERMITS_CANCELLED));
    queues(&c, SEAWALL_FOREVER, T);
    ck_assert_int_eq(view().refused[SW_PERMITS_FULL], 1);
    ck_assert_int_eq(view().refused[SW_PERMITS_CANCELLED], 1);
    ck_assert_int_eq(view().waiting, 2);
}
END_TEST

START_TEST(without_time_nobody_waits)
{
    person a = {0};

    begin(1, 5, 0);
    ck_assert(sw_permits_try(&permits));
    ck_assert(!sw_permits_place(&permits));
    is_refused(&a, SEAWALL_FOREVER, T, SW_PERMITS_FULL);
    begin(1, 5, 10);
    ck_assert(sw_permits_try(&permits));
    is_refused(&a, T, T, SW_PERMITS_TIMED_OUT);
    is_refused(&a, T - 1, T, SW_PERMITS_TIMED_OUT);
    ck_assert_int_eq(view().refused[SW_PERMITS_TIMED_OUT], 2);
    ck_assert(!sw_permits_awaited(sw_load_u64(&permits.words.word)));
}
END_TEST

static const struct {
    seawall_duration max_wait;
    seawall_time deadline, until;
} times[] = {
    {10, SEAWALL_FOREVER, T + 10},
    {10, T + 9, T + 9},
    {10, T + 10, T + 10},
    {10, T + 11, T + 10},
    {SEAWALL_FOREVER, T + 1, T + 1},
    {SEAWALL_FOREVER, SEAWALL_FOREVER, SEAWALL_FOREVER},
    {SEAWALL_FOREVER - 1, SEAWALL_FOREVER, SEAWALL_FOREVER},
};

START_TEST(who_waits_waits_until_the_earlier_of_two_times)
{
    person a = {0};

    begin(1, 1, times[_i].max_wait);
    ck_assert(sw_permits_try(&permits));
    queues(&a, times[_i].deadline, T);
    ck_assert_int_eq(a.waiter.until, times[_i].until);
}
END_TEST

START_TEST(a_wait_ends_in_time)
{
    person a = {0};
    sw_permits_refusal why = SW_PERMITS_FULL;

    begin(1, 1, 10);
    ck_assert(sw_permits_try(&permits));
    queues(&a, SEAWALL_FOREVER, T);
    ck_assert(sw_permits_look(&permits, &a.waiter, T + 9, &why));
    ck_assert(!granted(&a));
    ck_assert(!sw_permits_look(&permits, &a.waiter, T + 10, &why));
    ck_assert_int_eq(why, SW_PERMITS_TIMED_OUT);
    ck_assert_int_eq(view().waiting, 0);
    ck_assert_int_eq(view().refused[SW_PERMITS_TIMED_OUT], 1);
    give(T + 10);
    ck_assert_int_eq(a.woken, 0);
    ck_assert(sw_permits_try(&permits));
}
END_TEST

/* One who does not look when its time is over keeps nobody from a permit. */
START_TEST(who_is_late_is_passed_over)
{
    person a = {0}, b = {0}, c = {0};
    sw_permits_refusal why = SW_PERMITS_FULL;

    begin(1, 3, SEAWALL_FOREVER);
    ck_assert(sw_permits_try(&permits));
    queues(&a, T + 5, T);
    queues(&b, T + 6, T);
    queues(&c, T + 7, T);
    give(T + 7);
    ck_assert_int_eq(sw_waiter_stands(&a.waiter), SW_WAITER_PASSED_OVER);
    ck_assert_int_eq(sw_waiter_stands(&b.waiter), SW_WAITER_PASSED_OVER);
    ck_assert(granted(&c)); /* at its very instant */
    ck_assert_int_eq(a.woken + b.woken, 0);
    ck_assert_int_eq(view().refused[SW_PERMITS_TIMED_OUT], 2);
    ck_assert(!sw_permits_look(&permits, &a.waiter, T + 5, &why));
    ck_assert_int_eq(why, SW_PERMITS_TIMED_OUT);
    ck_assert(sw_permits_quit(&permits, &b.waiter, SW_PERMITS_CANCELLED));
    ck_assert_int_eq(view().refused[SW_PERMITS_TIMED_OUT], 2);
    ck_assert_int_eq(view().refused[SW_PERMITS_CANCELLED], 0);
}
END_TEST

START_TEST(the_limit_moves_while_it_is_in_use)
{
    person p[4] = {0};
    bool serve;
    int i;

    begin(3, 4, SEAWALL_FOREVER);
    for (i = 0; i < 3; i++)
        ck_assert(sw_permits_try(&permits));
    sw_permits_resize(&permits, 1, &serve);
    ck_assert(!serve);
    ck_assert_int_eq(view().in_use, 3);
    give(T);
    ck_assert(!sw_permits_try(&permits));
    for (i = 0; i < 4; i++)
        queues(&p[i], SEAWALL_FOREVER, T);
    give(T); /* comes down to the limit, not below */
    ck_assert(!granted(&p[0]));
    sw_permits_resize(&permits, 4, &serve);
    ck_assert(serve);
    sw_permits_serve(&permits, T);
    for (i = 0; i < 4; i++) {
        ck_assert_int_eq(granted(&p[i]), i < 3);
        ck_assert_int_eq(p[i].woken, i < 3);
    }
    ck_assert_int_eq(view().in_use, 4);
    give(T);
    ck_assert(granted(&p[3]));
    sw_permits_resize(&permits, SW_PERMITS_MAX, &serve);
    ck_assert(!serve);
    ck_assert_int_eq(view().rules.limit, SW_PERMITS_MAX);
    ck_assert(sw_permits_try(&permits));
}
END_TEST

START_TEST(new_rules_hold_for_those_who_come)
{
    const sw_permits_rules closed = {1, 1, 5}, none = {1, 9, 0};
    person a = {0}, b = {0}, c = {0};
    sw_permits_refusal why;
    bool serve;

    begin(1, 2, 10);
    ck_assert(sw_permits_try(&permits));
    queues(&a, SEAWALL_FOREVER, T);
    queues(&b, SEAWALL_FOREVER, T);
    sw_permits_reconfigure(&permits, &closed, &serve);
    is_refused(&c, SEAWALL_FOREVER, T, SW_PERMITS_FULL);
    ck_assert(sw_permits_look(&permits, &a.waiter, T + 9, &why));
    ck_assert(sw_permits_quit(&permits, &a.waiter, SW_PERMITS_CANCELLED));
    ck_assert(sw_permits_quit(&permits, &b.waiter, SW_PERMITS_CANCELLED));
    queues(&c, SEAWALL_FOREVER, T);
    ck_assert_int_eq(c.waiter.until, T + 5);
    sw_permits_reconfigure(&permits, &none, &serve);
    ck_assert(serve);
    is_refused(&a, SEAWALL_FOREVER, T, SW_PERMITS_FULL);
    ck_assert_int_eq(view().rules.max_waiting, 9);
    ck_assert_int_eq(view().rules.max_wait, 0);
}
END_TEST

/* Forked while another thread is in the middle of changing the queue. */
static bool goes_on_in_the_child(void *arg)
{
    person *a = arg;
    sw_permits_refusal why = SW_PERMITS_FULL;
    person b = {0};

    return !sw_permits_look(&permits, &a->waiter, T, &why) && why == SW_PERMITS_CANCELLED &&
           view().refused[SW_PERMITS_CANCELLED] == 1 && view().waiting == 0 && queue(&b, SEAWALL_FOREVER, T, &why) &&
           sw_permits_quit(&permits, &b.waiter, SW_PERMITS_CANCELLED) && view().waiting == 0;
}

START_TEST(a_child_begins_with_an_empty_queue)
{
    person a = {0};

    begin(1, 2, SEAWALL_FOREVER);
    ck_assert(sw_permits_try(&permits));
    queues(&a, SEAWALL_FOREVER, T);
    sw_mutex_lock(&permits.lock);
    permits.guarded.last = NULL;
    sw_test_in_child(goes_on_in_the_child, &a);
    permits.guarded.last = &a.waiter;
    sw_mutex_unlock(&permits.lock);
    give(T);
    ck_assert(granted(&a));
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("permits");

    tcase_add_test(tests, permits_are_counted);
    tcase_add_test(tests, giving_back_too_many_leaves_nobody_behind);
    tcase_add_test(tests, grants_are_counted_beyond_the_word);
    tcase_add_test(tests, a_look_during_a_lap_counts_no_less_than_the_one_before);
    tcase_add_test(tests, first_come_first_served);
    tcase_add_test(tests, nobody_overtakes);
    tcase_add_test(tests, a_permit_that_comes_back_meanwhile_is_taken_at_once);
    tcase_add_test(tests, the_waiting_room_is_bounded);
    tcase_add_test(tests, without_time_nobody_waits);
    tcase_add_loop_test(tests, who_waits_waits_until_the_earlier_of_two_times, 0, (int)(sizeof(times) / sizeof(times[0])));
    tcase_add_test(tests, a_wait_ends_in_time);
    tcase_add_test(tests, who_is_late_is_passed_over);
    tcase_add_test(tests, the_limit_moves_while_it_is_in_use);
    tcase_add_test(tests, new_rules_hold_for_those_who_come);
    tcase_add_test(tests, a_child_begins_with_an_empty_queue);
    return sw_test_run("permits", tests);
}
