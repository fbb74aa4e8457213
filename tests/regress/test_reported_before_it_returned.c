/*
 * A function that begins something and returns later was too slow if that ended at once, on another thread: what was reported
 * before the function had returned was answered as stale, and the run failed when its time was over.
 */
#include <pthread.h>

#include "../unit/health/health_fixture.h"
#include "one_test.h"

#define PASS SEAWALL_HEALTH_PASS
#define FAIL SEAWALL_HEALTH_FAIL

static set s;
static uint64_t ticket;
static seawall_status first, second;
static seawall_duration before, after; /* the report */
static seawall_health_status answer;

static void *report(void *user)
{
    (void)user;
    first = seawall_health_report(s.health, ticket, PASS, "well already");
    second = seawall_health_report(s.health, ticket, FAIL, "twice");
    return NULL;
}

static seawall_health_status begin(seawall_health_run *run, void *user)
{
    pthread_t thread;

    (void)user;
    ticket = run->ticket;
    seawall_manual_clock_advance(s.test.clock, before);
    ck_assert_int_eq(pthread_create(&thread, NULL, report, NULL), 0);
    ck_assert_int_eq(pthread_join(thread, NULL), 0);
    seawall_manual_clock_advance(s.test.clock, after);
    return answer;
}

static seawall_health_check_snapshot run_once(seawall_duration before_it, seawall_duration after_it, seawall_health_status said)
{
    before = before_it;
    after = after_it;
    answer = said;
    poll_for(&s, S(1));
    return look_at(&s, "x");
}

START_TEST(it_counts)
{
    seawall_health_check_config config = plain(); /* every second, for half a second */
    seawall_health_binding binding = SEAWALL_HEALTH_BINDING_INIT;
    seawall_health_check_snapshot seen;

    set_up(&s);
    binding.function = begin;
    config.initial_delay = S(1);
    ck_assert_int_eq(seawall_health_register(s.health, "x", &config, &binding, NULL), SEAWALL_OK);
    seen = run_once(MS(1), 0, SEAWALL_HEALTH_LATER);
    ck_assert_int_eq(first, SEAWALL_OK);
    ck_assert_int_eq(second, SEAWALL_STALE);
    ck_assert_int_eq(seen.runs, 1);
    ck_assert_int_eq(seen.running, 0);
    ck_assert_int_eq(seen.status, PASS);
    ck_assert_str_eq(seen.message, "well already");
    seen = run_once(0, 0, FAIL); /* who has an answer of his own needs no report */
    ck_assert_int_eq(seen.last, FAIL);
    ck_assert_int_eq(seen.runs, 2);
    seen = run_once(MS(501), 0, SEAWALL_HEALTH_LATER);
    ck_assert_int_eq(first, SEAWALL_STALE);
    ck_assert_int_eq(seen.failures, 2);
    seen = run_once(0, MS(501), SEAWALL_HEALTH_LATER); /* the function itself has taken too long */
    ck_assert_int_eq(first, SEAWALL_OK);
    ck_assert_int_eq(seen.failures, 3);
    ck_assert_int_eq(seawall_health_report(s.health, ticket, PASS, NULL), SEAWALL_STALE);
    tear_down(&s);
}
END_TEST

int main(void)
{
    return one_test("regress/reported_before_it_returned", it_counts);
}
