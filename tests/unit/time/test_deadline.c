/* The deadline in force on a thread: scopes, threads, platforms. */
#include <string.h>

#include "suite.h"
#include "support.h"

#define MS(n) SEAWALL_MILLISECONDS(n)

static seawall_platform other;

static void set_up(void)
{
    ck_assert_int_eq(seawall_platform_init(&other, sizeof(other)), SEAWALL_OK);
    ck_assert_int_eq(seawall_deadline_current(NULL), SEAWALL_FOREVER);
}

static void tear_down(void)
{
    ck_assert_int_eq(seawall_deadline_current(NULL), SEAWALL_FOREVER);
    ck_assert_int_eq(seawall_deadline_current(&other), SEAWALL_FOREVER);
}

static void enter(const seawall_platform *platform, seawall_time deadline, seawall_deadline_scope *scope)
{
    ck_assert_int_eq(seawall_deadline_enter(platform, deadline, scope), SEAWALL_OK);
}

START_TEST(a_deadline_is_only_shortened)
{
    seawall_deadline_scope first, second, third;

    enter(NULL, MS(100), &first);
    ck_assert_int_eq(seawall_deadline_current(NULL), MS(100));
    enter(NULL, MS(200), &second);
    ck_assert_int_eq(seawall_deadline_current(NULL), MS(100));
    enter(NULL, MS(50), &third);
    ck_assert_int_eq(seawall_deadline_current(NULL), MS(50));
    ck_assert_int_eq(seawall_deadline_leave(&third), SEAWALL_OK);
    ck_assert_int_eq(seawall_deadline_current(NULL), MS(100));
    ck_assert_int_eq(seawall_deadline_leave(&second), SEAWALL_OK);
    enter(NULL, SEAWALL_FOREVER, &second);
    ck_assert_int_eq(seawall_deadline_current(NULL), MS(100));
    ck_assert_int_eq(seawall_deadline_leave(&second), SEAWALL_OK);
    ck_assert_int_eq(seawall_deadline_leave(&first), SEAWALL_OK);
}
END_TEST

START_TEST(the_default_platform_has_two_names)
{
    seawall_deadline_scope scope;

    enter(seawall_platform_default(), -MS(5), &scope);
    ck_assert_int_eq(seawall_deadline_current(NULL), -MS(5));
    ck_assert_int_eq(seawall_deadline_leave(&scope), SEAWALL_OK);
}
END_TEST

/* Its clock shows something else. */
START_TEST(another_platform_does_not_inherit)
{
    seawall_deadline_scope outer, inner;

    enter(NULL, MS(100), &outer);
    ck_assert_int_eq(seawall_deadline_current(&other), SEAWALL_FOREVER);
    enter(&other, MS(500), &inner);
    ck_assert_int_eq(seawall_deadline_current(&other), MS(500));
    ck_assert_int_eq(seawall_deadline_current(NULL), SEAWALL_FOREVER); /* one at a time: the innermost */
    ck_assert_int_eq(seawall_deadline_leave(&inner), SEAWALL_OK);
    ck_assert_int_eq(seawall_deadline_current(NULL), MS(100));
    ck_assert_int_eq(seawall_deadline_leave(&outer), SEAWALL_OK);
}
END_TEST

START_TEST(mistakes_change_nothing)
{
    seawall_platform none = {.size = 3};
    seawall_deadline_scope first, second, never;

    memset(&never, 0, sizeof(never));
    ck_assert_int_eq(seawall_deadline_enter(NULL, MS(1), NULL), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_deadline_enter(&none, MS(1), &first), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_deadline_current(&none), SEAWALL_FOREVER);
    ck_assert_int_eq(seawall_deadline_leave(NULL), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_deadline_leave(&never), SEAWALL_INVALID);
    enter(NULL, MS(100), &first);
    enter(NULL, MS(50), &second);
    ck_assert_int_eq(seawall_deadline_leave(&first), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_deadline_leave(&never), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_deadline_current(NULL), MS(50));
    ck_assert_int_eq(seawall_deadline_leave(&second), SEAWALL_OK);
    ck_assert_int_eq(seawall_deadline_leave(&second), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_deadline_current(NULL), MS(100));
    ck_assert_int_eq(seawall_deadline_leave(&first), SEAWALL_OK);
}
END_TEST

typedef struct threads_saw {
    seawall_deadline_scope *foreign;
    seawall_time before[4], within[4], after[4];
    seawall_status left_foreign[4];
} threads_saw;

static void body(int index, void *arg)
{
    threads_saw *saw = arg;
    seawall_deadline_scope scope;

    saw->before[index] = seawall_deadline_current(NULL);
    saw->left_foreign[index] = seawall_deadline_leave(saw->foreign);
    if (seawall_deadline_enter(NULL, MS(10 + index), &scope) != SEAWALL_OK)
        return;
    saw->within[index] = seawall_deadline_current(NULL);
    (void)seawall_deadline_leave(&scope);
    saw->after[index] = seawall_deadline_current(NULL);
}

START_TEST(each_thread_has_its_own)
{
    seawall_deadline_scope scope;
    threads_saw saw = {.foreign = &scope};
    sw_test_threads threads;
    int i;

    enter(NULL, MS(1), &scope);
    sw_test_start(&threads, 4, body, &saw);
    sw_test_join(&threads);
    for (i = 0; i < 4; i++) {
        ck_assert_int_eq(saw.before[i], SEAWALL_FOREVER);
        ck_assert_int_eq(saw.left_foreign[i], SEAWALL_INVALID);
        ck_assert_int_eq(saw.within[i], MS(10 + i));
        ck_assert_int_eq(saw.after[i], SEAWALL_FOREVER);
    }
    ck_assert_int_eq(seawall_deadline_current(NULL), MS(1));
    ck_assert_int_eq(seawall_deadline_leave(&scope), SEAWALL_OK);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("deadline");

    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, a_deadline_is_only_shortened);
    tcase_add_test(tests, the_default_platform_has_two_names);
    tcase_add_test(tests, another_platform_does_not_inherit);
    tcase_add_test(tests, mistakes_change_nothing);
    tcase_add_test(tests, each_thread_has_its_own);
    return sw_test_run("deadline", tests);
}
