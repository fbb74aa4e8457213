/* The lock: it excludes, it wakes, and a forked child is never locked out. */
#include <check.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support.h"
#include "sync/lock.h"

#define THREADS 4
#define TURNS 20000

static sw_lock lock;
static int inside, worst;
static int64_t total;

static void take_turns(int index, void *arg)
{
    int i;

    (void)index;
    (void)arg;
    for (i = 0; i < TURNS; i++) {
        (void)sw_lock_take(&lock);
        if (++inside > worst)
            worst = inside;
        total++;
        inside--;
        sw_lock_give(&lock);
    }
}

START_TEST(one_at_a_time)
{
    sw_test_threads threads;

    sw_test_start(&threads, THREADS, take_turns, NULL);
    sw_test_join(&threads);
    ck_assert_int_eq(worst, 1);
    ck_assert_int_eq(total, THREADS * TURNS);
}
END_TEST

START_TEST(nothing_is_inherited_without_a_fork)
{
    ck_assert(!sw_lock_take(&lock));
    sw_lock_give(&lock);
    ck_assert(!sw_lock_take(&lock));
    sw_lock_give(&lock);
}
END_TEST

/* What a child finds: 1 for each take that says it is inherited, of two. */
static int takes_in_a_child(void)
{
    pid_t child = fork();
    int status;

    if (child == 0) {
        int told = 0;

        (void)alarm(20);
        told += sw_lock_take(&lock) ? 1 : 0;
        sw_lock_give(&lock);
        told += sw_lock_take(&lock) ? 10 : 0;
        _exit(told);
    }
    ck_assert_int_gt(child, 0);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status));
    return WEXITSTATUS(status);
}

START_TEST(a_child_takes_what_its_parent_holds)
{
    ck_assert(!sw_lock_take(&lock));
    ck_assert_int_eq(takes_in_a_child(), 1);
    sw_lock_give(&lock);
}
END_TEST

START_TEST(a_child_is_told_of_a_lock_that_was_used)
{
    ck_assert(!sw_lock_take(&lock));
    sw_lock_give(&lock);
    ck_assert_int_eq(takes_in_a_child(), 1);
    ck_assert(!sw_lock_take(&lock)); /* the parent's own is as it was */
    sw_lock_give(&lock);
}
END_TEST

START_TEST(a_child_is_not_told_of_one_that_never_was)
{
    ck_assert_int_eq(takes_in_a_child(), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("lock");
    TCase *tests = tcase_create("lock");
    SRunner *runner;
    int failed;

    tcase_add_test(tests, one_at_a_time);
    tcase_add_test(tests, nothing_is_inherited_without_a_fork);
    tcase_add_test(tests, a_child_takes_what_its_parent_holds);
    tcase_add_test(tests, a_child_is_told_of_a_lock_that_was_used);
    tcase_add_test(tests, a_child_is_not_told_of_one_that_never_was);
    suite_add_tcase(suite, tests);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
