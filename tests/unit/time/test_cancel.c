/* Cancellation tokens: asking, hooks, trees, and making ends of them at odd moments. */
#include <check.h>
#include <sched.h>
#include <stdatomic.h>
#include <string.h>

#include "suite.h"
#include "support.h"

#define HOOKS 3

static sw_test_platform test;
static seawall_cancel *top, *middle, *leaf;
static char heard[64];
static seawall_cancel_hook hooks[HOOKS];
static seawall_status answered;
static atomic_int reached; /* which step of a test with two threads */

static seawall_cancel *make(seawall_cancel *parent)
{
    seawall_cancel_config config = SEAWALL_CANCEL_CONFIG_INIT;
    seawall_cancel *cancel = NULL;

    config.parent = parent;
    ck_assert_int_eq(seawall_cancel_create(&config, parent == NULL ? &test.platform : NULL, &cancel, NULL), SEAWALL_OK);
    return cancel;
}

static void set_up(void)
{
    sw_test_platform_init(&test, false);
    memset(hooks, 0, sizeof(hooks));
    heard[0] = '\0';
    top = make(NULL);
    middle = make(top);
    leaf = make(middle);
}

static void tear_down(void)
{
    seawall_cancel_destroy(leaf);
    seawall_cancel_destroy(middle);
    seawall_cancel_destroy(top);
    sw_test_platform_fini(&test);
}

/* Hooks write a letter. */
static void note(void *user)
{
    strncat(heard, user, sizeof(heard) - strlen(heard) - 1);
}

static void add(seawall_cancel *cancel, int which, seawall_cancel_hook_fn function, const char *letter)
{
    ck_assert_int_eq(seawall_cancel_add_hook(cancel, &hooks[which], function, (void *)(uintptr_t)letter), SEAWALL_OK);
}

static void trigger(seawall_cancel *cancel)
{
    ck_assert_int_eq(seawall_cancel_trigger(cancel), SEAWALL_OK);
}

START_TEST(one_is_cancelled_once)
{
    add(leaf, 0, note, "a");
    ck_assert(!seawall_cancel_is_cancelled(leaf));
    ck_assert_int_eq(seawall_cancel_cause(leaf), 0);
    trigger(leaf);
    trigger(leaf);
    ck_assert(seawall_cancel_is_cancelled(leaf));
    ck_assert_int_eq(seawall_cancel_cause(leaf), SEAWALL_CAUSE_CANCELLATION);
    ck_assert_str_eq(heard, "a");
}
END_TEST

START_TEST(all_below_are_cancelled_and_nothing_above)
{
    seawall_cancel *brother = make(top);

    add(middle, 0, note, "m");
    add(leaf, 1, note, "l");
    trigger(middle);
    ck_assert(seawall_cancel_is_cancelled(middle) && seawall_cancel_is_cancelled(leaf));
    ck_assert_int_eq(seawall_cancel_cause(leaf), SEAWALL_CAUSE_CANCELLATION);
    ck_assert(!seawall_cancel_is_cancelled(top) && !seawall_cancel_is_cancelled(brother));
    ck_assert_str_eq(heard, "lm"); /* the leaf came before the hook */
    trigger(top);
    ck_assert(seawall_cancel_is_cancelled(brother));
    ck_assert_str_eq(heard, "lm");
    seawall_cancel_destroy(brother);
}
END_TEST

START_TEST(hooks_run_in_the_order_in_which_they_came)
{
    add(top, 2, note, "1");
    add(top, 0, note, "2");
    add(top, 1, note, "3");
    ck_assert_int_eq(seawall_cancel_remove_hook(top, &hooks[0]), SEAWALL_OK);
    add(top, 0, note, "4");
    trigger(top);
    ck_assert_str_eq(heard, "134");
}
END_TEST

START_TEST(who_was_removed_is_not_called)
{
    add(top, 0, note, "a");
    ck_assert_int_eq(seawall_cancel_remove_hook(top, &hooks[0]), SEAWALL_OK);
    ck_assert_int_eq(seawall_cancel_remove_hook(top, &hooks[0]), SEAWALL_STALE);
    ck_assert_int_eq(seawall_cancel_remove_hook(top, &hooks[1]), SEAWALL_STALE);
    add(top, 1, note, "b");
    ck_assert_int_eq(seawall_cancel_remove_hook(leaf, &hooks[1]), SEAWALL_STALE); /* another token's */
    trigger(top);
    ck_assert_str_eq(heard, "b");
    ck_assert_int_eq(seawall_cancel_remove_hook(top, &hooks[1]), SEAWALL_STALE);
}
END_TEST

START_TEST(who_comes_too_late_is_told_so)
{
    seawall_cancel *late;

    trigger(top);
    ck_assert_int_eq(seawall_cancel_add_hook(leaf, &hooks[0], note, (void *)(uintptr_t)"a"), SEAWALL_CANCELLED);
    late = make(leaf);
    ck_assert(seawall_cancel_is_cancelled(late));
    ck_assert_int_eq(seawall_cancel_add_hook(late, &hooks[0], note, (void *)(uintptr_t)"a"), SEAWALL_CANCELLED);
    seawall_cancel_destroy(late);
    ck_assert_str_eq(heard, "");
}
END_TEST

START_TEST(a_hook_serves_one_token_at_a_time)
{
    add(top, 0, note, "a");
    ck_assert_int_eq(seawall_cancel_add_hook(leaf, &hooks[0], note, NULL), SEAWALL_BUSY);
    ck_assert_int_eq(seawall_cancel_add_hook(top, &hooks[0], note, NULL), SEAWALL_BUSY);
    trigger(top);
    ck_assert_str_eq(heard, "a");
}
END_TEST

static void remove_itself(void *user)
{
    (void)user;
    answered = seawall_cancel_remove_hook(top, &hooks[0]);
}

static void remove_the_next(void *user)
{
    (void)user;
    answered = seawall_cancel_remove_hook(top, &hooks[1]);
}

static void add_another(void *user)
{
    (void)user;
    answered = seawall_cancel_add_hook(top, &hooks[2], note, user);
}

START_TEST(a_hook_may_call_back)
{
    add(top, 0, remove_itself, NULL);
    add(middle, 1, note, "m");
    trigger(top);
    ck_assert_int_eq(answered, SEAWALL_BUSY);
    ck_assert_str_eq(heard, "m");
    tear_down();
    set_up();
    add(top, 0, remove_the_next, NULL);
    add(top, 1, note, "never");
    trigger(top);
    ck_assert_int_eq(answered, SEAWALL_OK);
    ck_assert_str_eq(heard, "");
    tear_down();
    set_up();
    add(top, 0, add_another, NULL);
    trigger(top);
    ck_assert_int_eq(answered, SEAWALL_CANCELLED);
}
END_TEST

/* The token goes away under whoever cancels it. */
static void destroy_the_leaf(void *user)
{
    note(user);
    seawall_cancel_destroy(leaf);
    leaf = NULL;
}

static void destroy_the_top(void *user)
{
    note(user);
    seawall_cancel_destroy(top);
    top = NULL;
}

START_TEST(a_hook_may_make_an_end_of_its_own_token)
{
    add(leaf, 0, destroy_the_leaf, "a");
    add(leaf, 1, note, "never");
    add(middle, 2, note, "m");
    trigger(top);
    ck_assert_str_eq(heard, "am");
}
END_TEST

START_TEST(a_hook_may_make_an_end_of_what_is_above_and_below)
{
    add(leaf, 0, destroy_the_top, "a");
    trigger(top);
    ck_assert_str_eq(heard, "a");
    ck_assert(seawall_cancel_is_cancelled(middle));
    tear_down();
    set_up();
    seawall_cancel_destroy(leaf);
    add(middle, 0, destroy_the_leaf, "b"); /* before the leaf's turn */
    leaf = make(middle);
    trigger(middle);
    ck_assert_str_eq(heard, "b");
}
END_TEST

START_TEST(children_live_on_under_who_is_left)
{
    add(middle, 0, note, "never");
    add(leaf, 1, note, "l");
    seawall_cancel_destroy(middle);
    middle = NULL;
    trigger(top);
    ck_assert(seawall_cancel_is_cancelled(leaf));
    ck_assert_str_eq(heard, "l");
}
END_TEST

START_TEST(nobody_cancels_children_of_who_is_gone)
{
    seawall_cancel_destroy(middle);
    seawall_cancel_destroy(top);
    middle = top = NULL;
    ck_assert(!seawall_cancel_is_cancelled(leaf));
    trigger(leaf);
    ck_assert(seawall_cancel_is_cancelled(leaf));
}
END_TEST

START_TEST(trees_are_not_deeper_than_they_may_be)
{
    seawall_cancel_config config = SEAWALL_CANCEL_CONFIG_INIT;
    seawall_cancel *chain[SEAWALL_CANCEL_DEPTH_MAX + 1] = {NULL};
    seawall_error error = {0};
    int i;

    chain[0] = make(NULL);
    for (i = 1; i < SEAWALL_CANCEL_DEPTH_MAX; i++)
        chain[i] = make(chain[i - 1]);
    config.parent = chain[SEAWALL_CANCEL_DEPTH_MAX - 1];
    ck_assert_int_eq(seawall_cancel_create(&config, NULL, &chain[SEAWALL_CANCEL_DEPTH_MAX], &error), SEAWALL_INVALID);
    ck_assert_str_eq(error.key, "cancel.parent");
    ck_assert_ptr_null(chain[SEAWALL_CANCEL_DEPTH_MAX]);
    trigger(chain[0]);
    ck_assert(seawall_cancel_is_cancelled(config.parent));
    for (i = 0; i < SEAWALL_CANCEL_DEPTH_MAX; i++) /* from the top down, and the memory goes from the bottom up */
        seawall_cancel_destroy(chain[i]);
}
END_TEST

START_TEST(a_tree_shares_one_platform)
{
    seawall_cancel_config config = SEAWALL_CANCEL_CONFIG_INIT;
    seawall_cancel *child = NULL;
    seawall_error error = {0};

    config.parent = top;
    ck_assert_int_eq(seawall_cancel_create(&config, seawall_platform_default(), &child, &error), SEAWALL_INVALID);
    ck_assert_str_eq(error.key, "cancel.parent");
    ck_assert_ptr_null(child);
    ck_assert_int_eq(seawall_cancel_create(&config, &test.platform, &child, &error), SEAWALL_OK);
    seawall_cancel_destroy(child);
}
END_TEST

START_TEST(nothing_comes_of_nothing)
{
    seawall_cancel_config config;
    seawall_error error = {0};

    ck_assert_int_eq(seawall_cancel_config_init(&config, sizeof(config)), SEAWALL_OK);
    ck_assert_ptr_null(config.parent);
    config.size = 1;
    ck_assert_int_eq(seawall_cancel_create(&config, NULL, &leaf, &error), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_cancel_create(NULL, NULL, NULL, &error), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_cancel_trigger(NULL), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_cancel_trigger_from_signal(NULL), SEAWALL_INVALID);
    ck_assert(!seawall_cancel_is_cancelled(NULL));
    ck_assert_int_eq(seawall_cancel_cause(NULL), 0);
    ck_assert_int_eq(seawall_cancel_add_hook(NULL, &hooks[0], note, NULL), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_cancel_add_hook(top, NULL, note, NULL), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_cancel_add_hook(top, &hooks[0], NULL, NULL), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_cancel_remove_hook(NULL, &hooks[0]), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_cancel_remove_hook(top, NULL), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_cancel_descriptor(top, NULL), SEAWALL_INVALID);
    seawall_cancel_destroy(NULL);
}
END_TEST

/* The first hook returns when somebody is parked to take it out, the second when he has. */
static void wait_for_who_parks(void *user)
{
    (void)user;
    atomic_store(&reached, 1);
    while (seawall_manual_clock_parked(test.clock) == 0)
        (void)sched_yield();
}

static void wait_for_who_took_out(void *user)
{
    (void)user;
    while (atomic_load(&reached) != 2)
        (void)sched_yield();
}

static void *take_out(void *user)
{
    (void)user;
    while (atomic_load(&reached) == 0)
        (void)sched_yield();
    answered = seawall_cancel_remove_hook(top, &hooks[0]);
    atomic_store(&reached, 2);
    return NULL;
}

START_TEST(taking_out_waits_for_that_hook_alone)
{
    pthread_t thread;

    add(top, 0, wait_for_who_parks, NULL);
    add(top, 1, wait_for_who_took_out, NULL);
    ck_assert_int_eq(pthread_create(&thread, NULL, take_out, NULL), 0);
    trigger(top);
    ck_assert_int_eq(pthread_join(thread, NULL), 0);
    ck_assert_int_eq(answered, SEAWALL_STALE);
}
END_TEST

/* Runs until somebody is parked to destroy its token, or has done it already. */
static void wait_for_who_destroys(void *user)
{
    (void)user;
    atomic_store(&reached, 1);
    while (seawall_manual_clock_parked(test.clock) == 0 && atomic_load(&reached) != 2)
        (void)sched_yield();
    atomic_store(&reached, 3);
}

static void *cancel_all(void *user)
{
    (void)seawall_cancel_trigger(user);
    return NULL;
}

START_TEST(destroying_waits_for_a_hook_that_runs_elsewhere)
{
    pthread_t thread;
    int was = 1;

    add(leaf, 0, wait_for_who_destroys, NULL);
    ck_assert_int_eq(pthread_create(&thread, NULL, cancel_all, top), 0);
    while (atomic_load(&reached) == 0)
        (void)sched_yield();
    seawall_cancel_destroy(leaf);
    leaf = NULL;
    (void)atomic_compare_exchange_strong(&reached, &was, 2);
    ck_assert_int_eq(pthread_join(thread, NULL), 0);
    ck_assert_int_eq(was, 3);
}
END_TEST

static seawall_status construct(const seawall_platform *platform, void *arg, seawall_error *error)
{
    seawall_cancel_config config = SEAWALL_CANCEL_CONFIG_INIT;
    seawall_cancel *parent, *child;
    seawall_status status = seawall_cancel_create(NULL, platform, &parent, error);

    (void)arg;
    if (status != SEAWALL_OK)
        return status;
    config.parent = parent;
    status = seawall_cancel_create(&config, NULL, &child, error);
    seawall_cancel_destroy(parent);
    if (status == SEAWALL_OK)
        seawall_cancel_destroy(child);
    return status;
}

START_TEST(no_memory)
{
    ck_assert_int_eq(sw_test_sweep(construct, NULL), 2);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("cancel");

    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, one_is_cancelled_once);
    tcase_add_test(tests, all_below_are_cancelled_and_nothing_above);
    tcase_add_test(tests, hooks_run_in_the_order_in_which_they_came);
    tcase_add_test(tests, who_was_removed_is_not_called);
    tcase_add_test(tests, who_comes_too_late_is_told_so);
    tcase_add_test(tests, a_hook_serves_one_token_at_a_time);
    tcase_add_test(tests, a_hook_may_call_back);
    tcase_add_test(tests, a_hook_may_make_an_end_of_its_own_token);
    tcase_add_test(tests, a_hook_may_make_an_end_of_what_is_above_and_below);
    tcase_add_test(tests, children_live_on_under_who_is_left);
    tcase_add_test(tests, nobody_cancels_children_of_who_is_gone);
    tcase_add_test(tests, trees_are_not_deeper_than_they_may_be);
    tcase_add_test(tests, a_tree_shares_one_platform);
    tcase_add_test(tests, nothing_comes_of_nothing);
    tcase_add_test(tests, taking_out_waits_for_that_hook_alone);
    tcase_add_test(tests, destroying_waits_for_a_hook_that_runs_elsewhere);
    tcase_add_test(tests, no_memory);
    return sw_test_run("cancel", tests);
}
