/*
 * Functions on workers: the clock is manual and the timers are driven by the test, so that schedules are exact; the threads are
 * real, and the test waits for what they have done, never for a while.
 */
#include <pthread.h>
#include <sched.h>

#include "base/atomic.h"
#include "health_fixture.h"
#include "suite.h"
#include "thread_refusal.h"

#define PASS SEAWALL_HEALTH_PASS
#define FAIL SEAWALL_HEALTH_FAIL
#define CHECKS 200
#define HANGING 20

/* A function that returns at once, or when it may. */
typedef struct worker_script {
    sw_atomic_u32 runs;
    sw_atomic_u32 released;
    sw_atomic_u32 hangs;
    sw_atomic_u32 inside;
} worker_script;

static set s;
static seawall_timers *timers;
static worker_script scripts[CHECKS];

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t go_on = PTHREAD_COND_INITIALIZER;

static void let_go(worker_script *orders)
{
    pthread_mutex_lock(&lock);
    sw_store_u32(&orders->hangs, 0);
    pthread_cond_broadcast(&go_on);
    pthread_mutex_unlock(&lock);
}

static seawall_health_status obey(seawall_health_run *run, void *user)
{
    worker_script *orders = user;

    (void)run;
    (void)sw_add_u32(&orders->runs, 1);
    (void)sw_add_u32(&orders->inside, 1);
    pthread_mutex_lock(&lock);
    while (sw_load_u32(&orders->hangs) != 0)
        pthread_cond_wait(&go_on, &lock);
    pthread_mutex_unlock(&lock);
    (void)sw_sub_u32(&orders->inside, 1);
    return PASS;
}

static void count_release(void *user)
{
    (void)sw_add_u32(&((worker_script *)user)->released, 1);
}

static void begin_with(int32_t workers, int32_t max_stuck)
{
    seawall_health_config config = SEAWALL_HEALTH_CONFIG_INIT;

    memset(&s, 0, sizeof(s));
    memset(scripts, 0, sizeof(scripts));
    config.workers = workers;
    config.max_stuck = max_stuck;
    sw_test_platform_init(&s.test, false);
    ck_assert_int_eq(seawall_health_create(&config, &s.test.platform, &s.health, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_timers_create(NULL, &s.test.platform, &timers, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_health_start(s.health, timers, NULL), SEAWALL_OK);
}

static void add_check(const char *name, worker_script *orders)
{
    seawall_health_binding binding = SEAWALL_HEALTH_BINDING_INIT;
    seawall_health_check_config config = plain();

    config.failure_threshold = 2;
    binding.function = obey;
    binding.release = count_release;
    binding.user = orders;
    ck_assert_int_eq(seawall_health_register(s.health, name, &config, &binding, NULL), SEAWALL_OK);
}

/* Everything that is due by then; the clock goes along in steps. */
static void drive_until(seawall_time until)
{
    seawall_time now = seawall_manual_clock_now(s.test.clock);

    while (now < until) {
        now = until - now > MS(100) ? now + MS(100) : until;
        seawall_manual_clock_set(s.test.clock, now);
        ck_assert_int_eq(seawall_timers_advance(timers, NULL), SEAWALL_OK);
    }
}

#define AWAIT(condition)                                                                                               \
    do {                                                                                                               \
        while (!(condition))                                                                                           \
            (void)sched_yield();                                                                                       \
    } while (0) /* libcheck's time limit ends it if it never comes */

static void finish(void)
{
    int i;

    for (i = 0; i < CHECKS; i++)
        let_go(&scripts[i]);
    AWAIT(look_at_endpoint(&s, SEAWALL_HEALTH_WHOLE).workers_stuck == 0); /* else their threads are left alone */
    seawall_health_destroy(s.health);
    seawall_timers_destroy(timers);
    sw_test_platform_fini(&s.test);
}

/* Goes on, and leaves the threads more and more time to do what is due, until so many pass. */
static void drive_until_passing(int32_t count)
{
    int turns, most = 10;

    while (look_at_endpoint(&s, SEAWALL_HEALTH_WHOLE).passing < count) {
        for (turns = 0; turns < most && look_at_endpoint(&s, SEAWALL_HEALTH_WHOLE).waiting > 0; turns++)
            (void)sched_yield();
        most += most < 1000000 ? most / 2 : 0;
        drive_until(seawall_manual_clock_now(s.test.clock) + MS(100));
    }
}

/* Its function has begun, and hangs. */
static void drive_until_it_hangs(int which)
{
    drive_until(SW_TEST_START + MS(1));
    AWAIT(sw_load_u32(&scripts[which].inside) == 1);
}

/* Whether each of the others has been run so often and is not running. */
static bool all_have_run(uint32_t runs)
{
    seawall_health_check_snapshot seen = {.size = sizeof(seen)};
    int i;

    for (i = HANGING; i < CHECKS; i++) {
        if (sw_load_u32(&scripts[i].runs) != runs || seawall_health_check_at(s.health, i, &seen) != SEAWALL_OK || seen.running)
            return false;
    }
    return true;
}

START_TEST(hanging_checks_delay_no_others)
{
    uint32_t round;
    char name[16];
    int i;

    begin_with(2, HANGING);
    for (i = 0; i < CHECKS; i++) {
        (void)snprintf(name, sizeof(name), "check %d", i);
        sw_store_u32(&scripts[i].hangs, i < HANGING);
        add_check(name, &scripts[i]);
    }
    for (round = 0; round < 10; round++) {
        drive_until(SW_TEST_START + S(1) * round + MS(1)); /* each is due at a whole second, or within a tick of it */
        drive_until(SW_TEST_START + S(1) * round + MS(400));
        AWAIT(all_have_run(round + 1)); /* and that within the timeout */
    }
    drive_until(SW_TEST_START + MS(9900));
    for (i = 0; i < CHECKS; i++) {
        seawall_health_check_snapshot seen = {.size = sizeof(seen)};

        ck_assert_int_eq(seawall_health_check_at(s.health, i, &seen), SEAWALL_OK);
        ck_assert_int_eq(seen.stuck, i < HANGING);
        ck_assert_int_eq(seen.status, i < HANGING ? FAIL : PASS);
        ck_assert_int_eq(sw_load_u32(&scripts[i].runs), i < HANGING ? 1u : 10u); /* runs never pile up */
        if (i < HANGING)
            ck_assert_str_eq(seen.message, "timed out: it is stuck");
    }
    ck_assert_int_eq(look_at_endpoint(&s, SEAWALL_HEALTH_READY).stuck, HANGING);
    ck_assert_int_eq(look_at_endpoint(&s, SEAWALL_HEALTH_READY).workers_stuck, HANGING);
    for (i = 0; i < HANGING; i++)
        let_go(&scripts[i]);
    AWAIT(look_at_endpoint(&s, SEAWALL_HEALTH_READY).stuck == 0);
    AWAIT(look_at_endpoint(&s, SEAWALL_HEALTH_READY).workers <= 2); /* the further ones have ended */
    drive_until_passing(CHECKS);
    finish();
    for (i = 0; i < CHECKS; i++)
        ck_assert_uint_eq(sw_load_u32(&scripts[i].released), 1);
}
END_TEST

START_TEST(beyond_max_stuck_there_is_no_worker)
{
    begin_with(1, 1);
    sw_store_u32(&scripts[0].hangs, 1);
    sw_store_u32(&scripts[1].hangs, 1);
    add_check("a", &scripts[0]);
    add_check("b", &scripts[1]);
    drive_until(SW_TEST_START + MS(1));
    AWAIT(sw_load_u32(&scripts[0].inside) + sw_load_u32(&scripts[1].inside) == 2);
    add_check("c", &scripts[2]);
    drive_until(SW_TEST_START + S(3));
    ck_assert_int_eq(look_at(&s, "c").status, FAIL);
    ck_assert_int_eq(look_at(&s, "c").stuck, 0);
    ck_assert_str_eq(look_at(&s, "c").message, "no worker");
    ck_assert_uint_eq(sw_load_u32(&scripts[2].runs), 0);
    let_go(&scripts[0]);
    let_go(&scripts[1]);
    drive_until_passing(3); /* it heals by itself */
    finish();
}
END_TEST

START_TEST(without_threads_there_is_no_worker_either)
{
    begin_with(2, 2);
    add_check("a", &scripts[0]);
    sw_test_refuse_threads(0, 100);
    drive_until(SW_TEST_START + S(2));
    ck_assert_int_eq(look_at(&s, "a").status, FAIL);
    ck_assert_str_eq(look_at(&s, "a").message, "no worker");
    sw_test_refuse_threads(100, 0);
    drive_until_passing(1);
    finish();
}
END_TEST

static void *let_it_go(void *user)
{
    AWAIT(sw_load_u32(&scripts[1].runs) == 1); /* a sign of the test's */
    let_go(user);
    return NULL;
}

START_TEST(unregistering_waits_for_a_run)
{
    pthread_t other;

    begin_with(1, 1);
    sw_store_u32(&scripts[0].hangs, 1);
    add_check("a", &scripts[0]);
    drive_until_it_hangs(0);
    ck_assert_int_eq(pthread_create(&other, NULL, let_it_go, &scripts[0]), 0);
    (void)sw_add_u32(&scripts[1].runs, 1);
    ck_assert_int_eq(seawall_health_unregister(s.health, "a"), SEAWALL_OK);
    ck_assert_uint_eq(sw_load_u32(&scripts[0].inside), 0);
    ck_assert_uint_eq(sw_load_u32(&scripts[0].released), 1);
    ck_assert_int_eq(pthread_join(other, NULL), 0);
    finish();
}
END_TEST

START_TEST(nobody_need_wait_for_what_is_stuck)
{
    begin_with(1, 1);
    sw_store_u32(&scripts[0].hangs, 1);
    add_check("a", &scripts[0]);
    drive_until_it_hangs(0);
    ck_assert_int_eq(seawall_health_unregister_until(s.health, "a", SW_TEST_START), SEAWALL_TIMED_OUT);
    ck_assert_int_eq(seawall_health_count(s.health), 0);
    ck_assert_uint_eq(sw_load_u32(&scripts[0].released), 0);
    let_go(&scripts[0]);
    AWAIT(sw_load_u32(&scripts[0].released) == 1);
    finish();
}
END_TEST

/* The set is gone, and its last thread brings the memory back. */
START_TEST(a_stuck_thread_outlives_its_set)
{
    begin_with(1, 1);
    sw_store_u32(&scripts[0].hangs, 1);
    add_check("a", &scripts[0]);
    drive_until_it_hangs(0);
    drive_until(SW_TEST_START + S(1));
    ck_assert_int_eq(look_at(&s, "a").stuck, 1);
    seawall_health_destroy(s.health);
    ck_assert_uint_eq(sw_load_u32(&scripts[0].released), 0);
    seawall_timers_destroy(timers);
    ck_assert(!sw_test_memory_clean(&s.test.memory));
    let_go(&scripts[0]);
    AWAIT(sw_test_memory_clean(&s.test.memory));
    ck_assert_uint_eq(sw_load_u32(&scripts[0].released), 1);
    sw_test_platform_fini(&s.test);
}
END_TEST

START_TEST(stopping_leaves_the_stuck_alone_and_may_start_again)
{
    begin_with(1, 2);
    sw_store_u32(&scripts[0].hangs, 1);
    add_check("a", &scripts[0]);
    add_check("b", &scripts[1]);
    drive_until_it_hangs(0);
    drive_until(SW_TEST_START + S(1));
    ck_assert_int_eq(seawall_health_stop(s.health), SEAWALL_OK);
    ck_assert_int_eq(look_at_endpoint(&s, SEAWALL_HEALTH_WHOLE).workers, 1);
    ck_assert_int_eq(seawall_health_start(s.health, timers, NULL), SEAWALL_OK);
    drive_until_passing(1);
    drive_until(seawall_manual_clock_now(s.test.clock) + S(1));
    ck_assert_int_eq(look_at(&s, "a").stuck, 1);
    let_go(&scripts[0]);
    AWAIT(look_at(&s, "a").stuck == 0);
    drive_until_passing(2);
    finish();
}
END_TEST

static seawall_health_status stop_it(seawall_health_run *run, void *user)
{
    (void)run;
    sw_store_u32(user, 1 + (uint32_t)seawall_health_stop(s.health));
    return PASS;
}

START_TEST(nobody_stops_from_inside)
{
    seawall_health_binding binding = SEAWALL_HEALTH_BINDING_INIT;
    seawall_health_check_config config = plain();
    sw_atomic_u32 answers[2] = {{0}, {0}};

    begin_with(1, 1);
    binding.function = stop_it;
    binding.user = &answers[0];
    ck_assert_int_eq(seawall_health_register(s.health, "a", &config, &binding, NULL), SEAWALL_OK);
    config.check = SEAWALL_HEALTH_SOURCE;
    binding.user = &answers[1];
    ck_assert_int_eq(seawall_health_register(s.health, "b", &config, &binding, NULL), SEAWALL_OK);
    drive_until(SW_TEST_START + MS(1));
    AWAIT(sw_load_u32(&answers[0]) != 0);
    ck_assert_uint_eq(sw_load_u32(&answers[0]), 1 + SEAWALL_BUSY);
    ck_assert_uint_eq(sw_load_u32(&answers[1]), 1 + SEAWALL_BUSY);
    finish();
}
END_TEST

static bool goes_on(void *arg)
{
    seawall_time next;

    (void)arg;
    lock = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER; /* a thread that is not here may hold it */
    if (seawall_health_poll_at(s.health, seawall_manual_clock_now(s.test.clock), &next) != SEAWALL_OK)
        return false;
    return look_at(&s, "b").runs > 0 && look_at_endpoint(&s, SEAWALL_HEALTH_READY).workers == 0;
}

START_TEST(a_forked_child_drives_its_own)
{
    begin_with(1, 1);
    sw_store_u32(&scripts[0].hangs, 1);
    add_check("a", &scripts[0]);
    drive_until_it_hangs(0);
    add_check("b", &scripts[1]);
    let_go(&scripts[0]);
    sw_test_in_child(goes_on, NULL);
    finish();
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("workers");

    tcase_add_test(tests, hanging_checks_delay_no_others);
    tcase_add_test(tests, beyond_max_stuck_there_is_no_worker);
    tcase_add_test(tests, without_threads_there_is_no_worker_either);
    tcase_add_test(tests, unregistering_waits_for_a_run);
    tcase_add_test(tests, nobody_need_wait_for_what_is_stuck);
    tcase_add_test(tests, a_stuck_thread_outlives_its_set);
    tcase_add_test(tests, stopping_leaves_the_stuck_alone_and_may_start_again);
    tcase_add_test(tests, nobody_stops_from_inside);
    tcase_add_test(tests, a_forked_child_drives_its_own);
    return sw_test_run("health workers", tests);
}
