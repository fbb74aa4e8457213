/*
 * Groups woken from everywhere: loops, each on a thread of its own with a group of its own, contend for the permits of one
 * bulkhead, so that nearly every permit is given on one thread and waited for on another. They sleep on their descriptors without
 * a limit: a wake that is lost is a loop that never ends.
 */
#include <check.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "suite.h"
#include "support.h"

#define PERMITS 3
#define AT_ONCE 8

static seawall_bulkhead *bulkhead;
static seawall_pipeline *pipeline;
static atomic_int inside, most, wrong, done;

static void enter(void)
{
    int now = atomic_fetch_add(&inside, 1) + 1, seen = atomic_load(&most);

    while (now > seen && !atomic_compare_exchange_weak(&most, &seen, now))
        ;
}

/* One look: everything there is to do. Attempts end at once, but not within the look that began them. */
static void look(seawall_group *group, seawall_group_step *begun, int *count)
{
    const seawall_result good = {.fault = SEAWALL_FAULT_NONE};
    seawall_time now = seawall_platform_now(NULL);
    seawall_report how = SEAWALL_REPORT_INIT;
    seawall_group_step step;

    while (*count > 0) {
        (*count)--;
        atomic_fetch_sub(&inside, 1);
        if (seawall_group_report_at(group, begun[*count].run, begun[*count].step.id, &good, now) != SEAWALL_OK)
            atomic_fetch_add(&wrong, 1);
    }
    do {
        if (seawall_group_next_at(group, now, &step) != SEAWALL_OK)
            atomic_fetch_add(&wrong, 1);
        if (step.step.kind == SEAWALL_STEP_START) {
            enter();
            begun[(*count)++] = step;
        } else if (step.step.kind == SEAWALL_STEP_FINISHED) {
            if (seawall_group_report(group, step.run, &how) != SEAWALL_OK || how.status != SEAWALL_OK)
                atomic_fetch_add(&wrong, 1);
            atomic_fetch_add(&done, 1);
        }
    } while (step.step.kind != SEAWALL_STEP_WAIT);
}

static int64_t rounds(void)
{
    return sw_test_count(2000, 20000);
}

static void loop(int index, void *arg)
{
    seawall_group_config config = SEAWALL_GROUP_CONFIG_INIT;
    seawall_group_step begun[AT_ONCE];
    struct pollfd event = {.events = POLLIN};
    seawall_group *group = NULL;
    int64_t left = rounds();
    int count = 0;

    (void)index;
    (void)arg;
    config.capacity = AT_ONCE;
    if (seawall_group_create(&config, pipeline, NULL, &group, NULL) != SEAWALL_OK ||
        seawall_group_descriptor(group, &event.fd) != SEAWALL_OK) {
        atomic_fetch_add(&wrong, 1);
        return;
    }
    while (left > 0 || seawall_group_count(group) > 0) {
        while (left > 0 && seawall_group_begin_at(group, pipeline, seawall_platform_now(NULL), SEAWALL_FOREVER, NULL, NULL) ==
                               SEAWALL_OK)
            left--;
        look(group, begun, &count);
        /* All that are left wait for permits. */
        if (count == 0 && (left > 0 ? seawall_group_count(group) == AT_ONCE : seawall_group_count(group) > 0))
            (void)poll(&event, 1, -1);
    }
    if (seawall_group_destroy(group) != SEAWALL_OK)
        atomic_fetch_add(&wrong, 1);
}

static const int loops[] = {2, 4, 16};

START_TEST(no_wake_is_lost)
{
    seawall_bulkhead_config config = SEAWALL_BULKHEAD_CONFIG_INIT;
    seawall_bulkhead_snapshot s = SEAWALL_BULKHEAD_SNAPSHOT_INIT;
    seawall_policy policy = SEAWALL_POLICY_INIT;
    const seawall_policy *list[] = {&policy};
    sw_test_threads threads;

    config.max_concurrent = PERMITS;
    config.max_waiting = 1000;
    config.max_wait = SEAWALL_FOREVER;
    ck_assert_int_eq(seawall_bulkhead_create(&config, NULL, &bulkhead, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_bulkhead_policy(bulkhead, "room", &policy), SEAWALL_OK);
    ck_assert_int_eq(seawall_pipeline_create(NULL, list, 1, NULL, &pipeline, NULL), SEAWALL_OK);
    sw_test_start(&threads, loops[_i], loop, NULL);
    sw_test_join(&threads);
    ck_assert_int_eq(wrong, 0);
    ck_assert_int_eq(inside, 0);
    ck_assert_int_le(most, PERMITS);
    ck_assert_int_eq(done, loops[_i] * rounds());
    ck_assert_int_eq(seawall_bulkhead_get_snapshot(bulkhead, &s), SEAWALL_OK);
    ck_assert_int_eq(s.in_use, 0);
    ck_assert_int_eq(s.waiting, 0);
    seawall_pipeline_destroy(pipeline);
    seawall_bulkhead_destroy(bulkhead);
}
END_TEST

/* Groups come and go while somebody else calls the wakers of those that were there before. */
static atomic_bool over;

typedef struct remembered {
    pthread_mutex_t lock;
    seawall_waker waker[16];
} remembered;

static remembered book = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* A policy that tells everybody the waker of whoever comes in. */
static seawall_answer tell_waker(void *frame, seawall_turn *turn, void *self)
{
    seawall_waker waker;

    (void)frame;
    seawall_turn_waker(turn, &waker);
    pthread_mutex_lock(&book.lock);
    book.waker[waker.cookie % 16] = waker;
    pthread_mutex_unlock(&book.lock);
    (void)self;
    return SEAWALL_PROCEED;
}

static seawall_answer pass(void *frame, seawall_turn *turn, seawall_outcome *outcome, void *self)
{
    (void)frame;
    (void)turn;
    (void)outcome;
    (void)self;
    return SEAWALL_PASS;
}

static void pester(void)
{
    int64_t i;

    for (i = 0; !atomic_load(&over); i++) {
        seawall_waker waker;

        pthread_mutex_lock(&book.lock);
        waker = book.waker[i % 16];
        pthread_mutex_unlock(&book.lock);
        if (waker.wake != NULL)
            waker.wake(waker.cookie, waker.user);
    }
}

static void come_and_go(int index, void *arg)
{
    int64_t i;

    (void)arg;
    if (index > 0) {
        pester();
        return;
    }
    for (i = 0; i < rounds() / 4; i++) {
        seawall_group_config config = SEAWALL_GROUP_CONFIG_INIT;
        seawall_group_step begun[AT_ONCE];
        seawall_group *group = NULL;
        int32_t descriptor;
        int count = 0, n;

        config.capacity = 4;
        if (seawall_group_create(&config, pipeline, NULL, &group, NULL) != SEAWALL_OK ||
            seawall_group_descriptor(group, &descriptor) != SEAWALL_OK) {
            atomic_fetch_add(&wrong, 1);
            break;
        }
        for (n = 0; n < 4; n++) {
            if (seawall_group_begin_at(group, pipeline, seawall_platform_now(NULL), SEAWALL_FOREVER, NULL, NULL) != SEAWALL_OK)
                atomic_fetch_add(&wrong, 1);
        }
        while (seawall_group_count(group) > 0)
            look(group, begun, &count);
        if (seawall_group_destroy(group) != SEAWALL_OK)
            atomic_fetch_add(&wrong, 1);
    }
    atomic_store(&over, true);
}

START_TEST(groups_may_go_at_any_time)
{
    seawall_policy policy = SEAWALL_POLICY_INIT;
    const seawall_policy *list[] = {&policy};
    sw_test_threads threads;

    policy.name = "teller";
    policy.enter = tell_waker;
    policy.leave = pass;
    ck_assert_int_eq(seawall_pipeline_create(NULL, list, 1, NULL, &pipeline, NULL), SEAWALL_OK);
    sw_test_start(&threads, 3, come_and_go, NULL);
    sw_test_join(&threads);
    ck_assert_int_eq(wrong, 0);
    seawall_pipeline_destroy(pipeline);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("group");

    tcase_set_timeout(tests, 300);
    tcase_add_loop_test(tests, no_wake_is_lost, 0, (int)(sizeof(loops) / sizeof(loops[0])));
    tcase_add_test(tests, groups_may_go_at_any_time);
    return sw_test_run("group_stress", tests);
}
