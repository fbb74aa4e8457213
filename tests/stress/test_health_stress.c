/*
 * Checks for real: on the system's clock, a timer service's own thread and workers. First the one scene in which time counts:
 * hanging functions, and others that keep their schedule. Then a storm: threads register, bind, replace, remove, look, ask and
 * report at will. What is released is released once and never used again, listeners hear every change once and in order, and
 * nothing is left.
 */
#include <check.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/atomic.h"
#include "suite.h"
#include "support.h"

#define MS SEAWALL_MILLISECONDS

/* check's own assertions are not for many threads. */
static void must(bool holds, const char *what)
{
    if (!holds) {
        fprintf(stderr, "broken: %s\n", what);
        abort();
    }
}

/* --- hanging --- */

#define CHECKS 200
#define HANGING 20
#define ROUNDS 5
#define INTERVAL MS(200)

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t go_on = PTHREAD_COND_INITIALIZER;
static bool hangs;
static sw_atomic_u32 runs[CHECKS];

static seawall_health_status obey(seawall_health_run *run, void *user)
{
    sw_atomic_u32 *mine = user;

    (void)run;
    (void)sw_add_u32(mine, 1);
    if (mine < &runs[HANGING]) {
        pthread_mutex_lock(&lock);
        while (hangs)
            pthread_cond_wait(&go_on, &lock);
        pthread_mutex_unlock(&lock);
    }
    return SEAWALL_HEALTH_PASS;
}

static uint32_t fewest(int first, int behind)
{
    uint32_t least = UINT32_MAX;
    int i;

    for (i = first; i < behind; i++)
        least = sw_load_u32(&runs[i]) < least ? sw_load_u32(&runs[i]) : least;
    return least;
}

/* How long so many rounds of those take that never hang; whether the others did as they should is looked at on the way. */
static seawall_duration rounds(bool hanging)
{
    seawall_health_check_config config = SEAWALL_HEALTH_CHECK_CONFIG_INIT;
    seawall_health_config settings = SEAWALL_HEALTH_CONFIG_INIT;
    seawall_health_snapshot seen = SEAWALL_HEALTH_SNAPSHOT_INIT;
    seawall_timers *timers;
    seawall_health *health;
    seawall_time begin;
    seawall_duration took;
    char name[16];
    int i;

    settings.max_stuck = HANGING;
    config.interval = config.timeout = INTERVAL;
    memset(runs, 0, sizeof(runs));
    hangs = hanging;
    ck_assert_int_eq(seawall_timers_create(NULL, NULL, &timers, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_timers_start(timers, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_health_create(&settings, NULL, &health, NULL), SEAWALL_OK);
    for (i = 0; i < CHECKS; i++) {
        seawall_health_binding binding = SEAWALL_HEALTH_BINDING_INIT;

        binding.function = obey;
        binding.user = &runs[i];
        (void)snprintf(name, sizeof(name), "check %d", i);
        ck_assert_int_eq(seawall_health_register(health, name, &config, &binding, NULL), SEAWALL_OK);
    }
    begin = seawall_platform_now(NULL);
    ck_assert_int_eq(seawall_health_start(health, timers, NULL), SEAWALL_OK);
    while (fewest(HANGING, CHECKS) < ROUNDS)
        (void)sched_yield();
    took = seawall_platform_now(NULL) - begin;
    ck_assert_int_eq(seawall_health_get_snapshot(health, SEAWALL_HEALTH_READY, &seen), SEAWALL_OK);
    if (hanging)
        ck_assert_int_eq(seen.stuck, HANGING);
    for (i = 0; i < HANGING && hanging; i++)
        ck_assert_uint_eq(sw_load_u32(&runs[i]), 1);
    pthread_mutex_lock(&lock);
    hangs = false;
    pthread_cond_broadcast(&go_on);
    pthread_mutex_unlock(&lock);
    while (fewest(0, HANGING) < 2) /* they heal */
        (void)sched_yield();
    seawall_health_destroy(health);
    seawall_timers_destroy(timers);
    return took;
}

/* Beside the same without any that hang, on the same machine in the same minute. */
START_TEST(hanging_checks_delay_no_others)
{
    seawall_duration calm = rounds(false), hung = rounds(true);

    ck_assert_msg(hung < 3 * calm + ROUNDS * INTERVAL, "%d rounds took %lld ms instead of %lld", ROUNDS,
                  (long long)(hung / MS(1)), (long long)(calm / MS(1)));
}
END_TEST

/* --- a storm --- */

#define THREADS 4
#define NAMES 8

/* What a check uses; whoever releases it says so, and nobody may use it then. */
typedef struct thing {
    sw_atomic_u32 alive;
} thing;

typedef struct storm {
    seawall_health *health;
    sw_atomic_u64 made, released, told;
    sw_atomic_u64 tickets[NAMES];
    uint64_t last; /* of the listener's */
    int64_t turns;
} storm;

static storm s;

static void release(void *user)
{
    thing *t = user;

    must(sw_exchange_u32(&t->alive, 0) == 1, "released once");
    (void)sw_add_u64(&s.released, 1);
    free(t);
}

static seawall_health_status work(seawall_health_run *run, void *user)
{
    thing *t = user;
    uint64_t dice = run->ticket * UINT64_C(0x9E3779B97F4A7C15) >> 60;

    must(sw_load_u32(&t->alive) == 1, "used while alive");
    if (dice < 2)
        (void)seawall_health_unregister(s.health, run->name); /* perhaps another one's of the same name by now */
    if (dice == 2) {
        sw_store_u64(&s.tickets[run->ticket % NAMES], run->ticket);
        return SEAWALL_HEALTH_LATER;
    }
    must(sw_load_u32(&t->alive) == 1, "used while alive");
    return dice % 2 == 0 ? SEAWALL_HEALTH_PASS : SEAWALL_HEALTH_FAIL;
}

static void listen(const seawall_health_event *event, void *user)
{
    storm *of = user;

    must(event->sequence > of->last, "told in order");
    of->last = event->sequence;
    (void)sw_add_u64(&of->told, 1);
}

static seawall_health_binding new_binding(void)
{
    seawall_health_binding binding = SEAWALL_HEALTH_BINDING_INIT;
    thing *t = malloc(sizeof(*t));

    must(t != NULL, "memory");
    sw_store_u32(&t->alive, 1);
    binding.function = work;
    binding.release = release;
    binding.user = t;
    return binding;
}

/* What was not taken is given back by whoever brought it. */
static void offer(seawall_status status, const seawall_health_binding *binding)
{
    if (status == SEAWALL_OK)
        (void)sw_add_u64(&s.made, 1);
    else
        free(binding->user);
}

static void change(uint64_t dice, const char *name)
{
    seawall_health_check_config config = SEAWALL_HEALTH_CHECK_CONFIG_INIT;
    seawall_health_binding binding;

    config.interval = config.timeout = MS(1);
    config.check = dice >> 8 & 1 ? SEAWALL_HEALTH_SOURCE : SEAWALL_HEALTH_FUNCTION;
    config.failure_threshold = 1;
    switch (dice % 8) {
    case 0:
    case 1:
        binding = new_binding();
        offer(seawall_health_register(s.health, name, &config, &binding, NULL), &binding);
        break;
    case 2:
        binding = new_binding();
        offer(seawall_health_replace(s.health, name, &config, &binding, NULL), &binding);
        break;
    case 3:
        binding = new_binding();
        offer(seawall_health_bind(s.health, name, &binding, NULL), &binding);
        break;
    case 4:
        (void)seawall_health_unregister(s.health, name);
        break;
    case 5:
        if (seawall_health_unregister_until(s.health, name, 0) == SEAWALL_OK)
            break;
        break;
    default:
        (void)seawall_health_report(s.health, sw_load_u64(&s.tickets[dice >> 16 & (NAMES - 1)]), SEAWALL_HEALTH_PASS, "late");
    }
}

static void look(uint64_t dice, const char *name)
{
    seawall_health_check_snapshot check = SEAWALL_HEALTH_CHECK_SNAPSHOT_INIT;
    seawall_health_snapshot whole = SEAWALL_HEALTH_SNAPSHOT_INIT;
    seawall_health_event event = SEAWALL_HEALTH_EVENT_INIT;
    char text[8192];

    switch (dice % 5) {
    case 0:
        if (seawall_health_json(s.health, SEAWALL_HEALTH_WHOLE, text, sizeof(text), NULL) == SEAWALL_OK)
            must(text[strlen(text) - 1] == '}', "whole JSON");
        break;
    case 1:
        if (seawall_health_get_check(s.health, name, &check) == SEAWALL_OK)
            must(check.failures <= check.runs, "failures are runs");
        break;
    case 2:
        must(seawall_health_get_snapshot(s.health, SEAWALL_HEALTH_READY, &whole) == SEAWALL_OK, "a snapshot");
        must(whole.passing + whole.failing <= whole.checks, "a sum");
        break;
    case 3:
        (void)seawall_health_check_now(s.health, name);
        break;
    default:
        if (seawall_health_next_event(s.health, dice >> 32, &event) == SEAWALL_OK)
            must(event.sequence > dice >> 32, "a later one");
    }
}

static void at_will(int index, void *arg)
{
    uint64_t random = *(uint64_t *)arg + (uint64_t)index;
    int64_t turn;

    for (turn = 0; turn < s.turns; turn++) {
        uint64_t dice = sw_test_next(&random);
        char name[2] = {(char)('a' + (dice >> 40) % NAMES), '\0'};

        if (dice >> 50 & 1)
            change(dice, name);
        else
            look(dice, name);
        if (dice >> 51 % 8 == 0)
            (void)sched_yield();
    }
}

START_TEST(nothing_is_used_after_its_release)
{
    uint64_t seed = sw_test_seed();
    sw_test_threads threads;
    seawall_timers *timers;
    sw_test_memory memory;
    seawall_platform platform;

    memset(&s, 0, sizeof(s));
    s.turns = sw_test_count(1500, 10000);
    sw_test_memory_init(&memory);
    ck_assert_int_eq(seawall_platform_init(&platform, sizeof(platform)), SEAWALL_OK);
    sw_test_memory_install(&memory, &platform);
    ck_assert_int_eq(seawall_timers_create(NULL, &platform, &timers, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_timers_start(timers, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_health_create(NULL, &platform, &s.health, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_health_add_listener(s.health, listen, &s), SEAWALL_OK);
    ck_assert_int_eq(seawall_health_start(s.health, timers, NULL), SEAWALL_OK);
    sw_test_start(&threads, THREADS, at_will, &seed);
    sw_test_join(&threads);
    while (sw_load_u64(&s.told) == 0)
        (void)sched_yield();
    ck_assert_int_eq(seawall_health_remove_listener(s.health, listen, &s), SEAWALL_OK);
    seawall_health_destroy(s.health);
    seawall_timers_destroy(timers);
    ck_assert_uint_eq(sw_load_u64(&s.made), sw_load_u64(&s.released));
    ck_assert(sw_test_memory_clean(&memory));
    sw_test_memory_fini(&memory);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("health stress");

    tcase_add_test(tests, hanging_checks_delay_no_others);
    tcase_add_loop_test(tests, nothing_is_used_after_its_release, 0, (int)sw_test_count(2, 10));
    return sw_test_run("health stress", tests);
}
