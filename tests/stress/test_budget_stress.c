/* A retry budget under real threads: never more than it allows, nothing lost, all at rest afterwards. */
#include <check.h>
#include <pthread.h>
#include <stdatomic.h>

#include "support.h"
#include "suite.h"

typedef struct crowd {
    sw_test_platform on;
    seawall_retry_budget *budget;
    int64_t rounds;
    _Atomic int64_t begun, charged, refunded, refused;
    _Atomic int64_t step; /* the time that all of them see */
    pthread_barrier_t meeting;
} crowd;

static seawall_time now_of(crowd *c)
{
    return SW_TEST_START + SEAWALL_SECONDS(atomic_load(&c->step));
}

/* Every fourth call asks for a retry, every eighth of these is not made. */
static void work(int index, void *arg)
{
    crowd *c = arg;
    int64_t i;

    for (i = 0; i < c->rounds; i++) {
        seawall_retry_charge charge = 0;

        seawall_retry_budget_begin(c->budget);
        atomic_fetch_add(&c->begun, 1);
        if ((i + index) % 4 != 0)
            continue;
        if (seawall_retry_budget_try_charge_at(c->budget, now_of(c), &charge) != SEAWALL_OK) {
            atomic_fetch_add(&c->refused, 1);
        } else if (i % 32 == 0) {
            seawall_retry_budget_refund(c->budget, &charge);
            atomic_fetch_add(&c->refunded, 1);
        } else {
            atomic_fetch_add(&c->charged, 1);
        }
    }
}

static void gather(crowd *c, const seawall_retry_budget_config *config)
{
    sw_test_platform_init(&c->on, false);
    ck_assert_int_eq(seawall_retry_budget_create(config, &c->on.platform, &c->budget, NULL), SEAWALL_OK);
}

static void disperse(crowd *c)
{
    seawall_retry_budget_destroy(c->budget);
    sw_test_platform_fini(&c->on);
}

static seawall_retry_budget_snapshot look(crowd *c)
{
    seawall_retry_budget_snapshot snapshot = SEAWALL_RETRY_BUDGET_SNAPSHOT_INIT;

    ck_assert_int_eq(seawall_retry_budget_get_snapshot_at(c->budget, now_of(c), &snapshot), SEAWALL_OK);
    return snapshot;
}

static const int crowds[] = {2, 4, 16};

START_TEST(within_one_step_the_limit_holds_exactly)
{
    crowd c = {.rounds = sw_test_count(3000, 60000)};
    seawall_retry_budget_snapshot snapshot;
    sw_test_threads threads;

    gather(&c, NULL);
    sw_test_start(&threads, crowds[_i], work, &c);
    sw_test_join(&threads);
    snapshot = look(&c);
    ck_assert_int_eq(snapshot.calls, c.begun);
    ck_assert_int_eq(snapshot.retries, c.charged);
    ck_assert_int_eq(snapshot.refused, c.refused);
    ck_assert_int_le(c.charged, 100 + c.begun / 5);
    ck_assert_int_eq(snapshot.available, 100 + c.begun / 5 - c.charged);
    disperse(&c);
}
END_TEST

static void work_and_move(int index, void *arg)
{
    crowd *c = arg;
    int64_t i;

    for (i = 0; i < 40; i++) {
        if (index == 0)
            atomic_fetch_add(&c->step, 1);
        work(index, &(crowd){.budget = c->budget, .rounds = c->rounds / 40, .step = atomic_load(&c->step)});
    }
}

/* While time goes on from step to step: 11 steps after the last of it the floor is back, whole. */
START_TEST(it_comes_to_rest_when_time_has_gone_on)
{
    crowd c = {.rounds = sw_test_count(3000, 60000)};
    seawall_retry_budget_snapshot snapshot;
    sw_test_threads threads;

    gather(&c, NULL);
    sw_test_start(&threads, crowds[_i], work_and_move, &c);
    sw_test_join(&threads);
    snapshot = look(&c);
    ck_assert_int_le(snapshot.retries, 100 + crowds[_i] * c.rounds / 5);
    atomic_fetch_add(&c.step, 11);
    snapshot = look(&c);
    ck_assert_int_eq(snapshot.retries, 0);
    atomic_fetch_add(&c.step, 11);
    snapshot = look(&c);
    ck_assert_int_eq(snapshot.calls, 0);
    ck_assert_int_eq(snapshot.available, 100);
    disperse(&c);
}
END_TEST

/* After an hour in which nobody asked all do, at the same moment. */
static void ask_after_an_hour(int index, void *arg)
{
    crowd *c = arg;
    int64_t i;
    int call;

    for (i = 0; i < c->rounds; i++) {
        seawall_retry_charge charge = 0;

        if (index == 0) {
            atomic_fetch_add(&c->step, 3600);
            for (call = 0; call < 36; call++)
                seawall_retry_budget_begin(c->budget);
        }
        pthread_barrier_wait(&c->meeting);
        (void)!seawall_retry_budget_try_charge_at(c->budget, now_of(c), &charge);
        pthread_barrier_wait(&c->meeting);
        if (index == 0)
            ck_assert_int_le(look(c).calls, 1);
    }
}

START_TEST(a_silent_hour_is_spread_by_whoever_comes_first)
{
    crowd c = {.rounds = sw_test_count(300, 20000)};
    sw_test_threads threads;

    gather(&c, NULL);
    pthread_barrier_init(&c.meeting, NULL, (unsigned)crowds[_i]);
    sw_test_start(&threads, crowds[_i], ask_after_an_hour, &c);
    sw_test_join(&threads);
    pthread_barrier_destroy(&c.meeting);
    disperse(&c);
}
END_TEST

static void tell_ends(int index, void *arg)
{
    crowd *c = arg;
    int64_t i;

    for (i = 0; i < c->rounds; i++)
        seawall_retry_budget_end(c->budget, (i + index) % 3 == 0 ? SEAWALL_FAULT_INTERNAL : SEAWALL_FAULT_NONE);
}

/* Failures outweigh: the purse is empty; then successes fill it to the brim and not beyond. */
START_TEST(the_purse_stays_a_purse)
{
    seawall_retry_budget_config config = SEAWALL_RETRY_BUDGET_CONFIG_THROTTLE;
    crowd c = {.rounds = sw_test_count(3000, 60000)};
    sw_test_threads threads;
    int i;

    gather(&c, &config);
    sw_test_start(&threads, crowds[_i], tell_ends, &c);
    sw_test_join(&threads);
    ck_assert_double_lt(look(&c).tokens, 3);
    for (i = 0; i < 200; i++)
        seawall_retry_budget_end(c.budget, SEAWALL_FAULT_NONE);
    ck_assert_double_eq(look(&c).tokens, 10);
    disperse(&c);
}
END_TEST

typedef struct rewards {
    crowd *crowd;
    _Atomic bool over;
} rewards;

static void tell_successes(int index, void *arg)
{
    rewards *r = arg;

    (void)index;
    while (!atomic_load(&r->over))
        seawall_retry_budget_end(r->crowd->budget, SEAWALL_FAULT_NONE);
}

/* A purse that nobody takes from is full, whatever size it is given meanwhile. */
START_TEST(a_full_purse_stays_full_as_it_changes)
{
    seawall_retry_budget_config config = SEAWALL_RETRY_BUDGET_CONFIG_THROTTLE;
    crowd c = {.rounds = sw_test_count(2000, 100000)};
    rewards r = {.crowd = &c};
    sw_test_threads threads;
    int64_t i;

    gather(&c, &config);
    sw_test_start(&threads, crowds[_i], tell_successes, &r);
    for (i = 0; i < c.rounds; i++) {
        config.max_tokens = i % 2 == 0 ? 1000 : 10;
        ck_assert_int_eq(seawall_retry_budget_reconfigure(c.budget, &config, NULL), SEAWALL_OK);
        ck_assert_double_eq(look(&c).tokens, config.max_tokens);
    }
    atomic_store(&r.over, true);
    sw_test_join(&threads);
    disperse(&c);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("budget stress");

    tcase_add_loop_test(tests, within_one_step_the_limit_holds_exactly, 0, 3);
    tcase_add_loop_test(tests, it_comes_to_rest_when_time_has_gone_on, 0, 3);
    tcase_add_loop_test(tests, a_silent_hour_is_spread_by_whoever_comes_first, 0, 3);
    tcase_add_loop_test(tests, the_purse_stays_a_purse, 0, 3);
    tcase_add_loop_test(tests, a_full_purse_stays_full_as_it_changes, 0, 2);
    return sw_test_run("budget stress", tests);
}
