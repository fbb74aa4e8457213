/* Breakers that checks hold open: whose order is whose, and several checks on one breaker. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "registry_room.h"
#include "suite.h"

#define S SEAWALL_SECONDS
#define PASS SEAWALL_HEALTH_PASS
#define WARN SEAWALL_HEALTH_WARN
#define FAIL SEAWALL_HEALTH_FAIL

static room r;
static seawall_health *health;
static seawall_breaker *breaker;
static seawall_health_status a, b; /* what the checks of these names find */

static seawall_health_status look(seawall_health_run *run, void *user)
{
    (void)run;
    return *(const seawall_health_status *)user;
}

static void load(const char *text)
{
    ck_assert_msg(seawall_registry_reload_text(r.registry, text, strlen(text), "t", NULL, &r.error) == SEAWALL_OK, "%s",
                  r.error.message);
    ck_assert_msg(seawall_registry_connect_health(r.registry, health, &r.error) == SEAWALL_OK, "%s", r.error.message);
}

static void bind_to(seawall_health *set, const char *name, seawall_health_status *status)
{
    seawall_health_binding binding = SEAWALL_HEALTH_BINDING_INIT;

    binding.function = look;
    binding.user = status;
    ck_assert_int_eq(seawall_health_bind(set, name, &binding, NULL), SEAWALL_OK);
}

static void find(seawall_health_status of_a, seawall_health_status of_b)
{
    a = of_a;
    b = of_b;
    room_poll(&r, health, S(10));
}

static seawall_breaker_snapshot seen(void)
{
    seawall_breaker_snapshot snapshot = SEAWALL_BREAKER_SNAPSHOT_INIT;

    ck_assert_int_eq(seawall_breaker_get_snapshot(breaker, &snapshot), SEAWALL_OK);
    return snapshot;
}

static void is(seawall_breaker_state state)
{
    ck_assert_str_eq(seawall_breaker_state_name(seen().state), seawall_breaker_state_name(state));
}

static bool lets_through(void)
{
    seawall_permit permit;
    seawall_status status = seawall_breaker_try_acquire(breaker, &permit, NULL);

    if (status == SEAWALL_OK)
        (void)seawall_breaker_report(breaker, &permit, SEAWALL_FAULT_NONE);
    return status == SEAWALL_OK;
}

#define CHECK(name) "[health_check \"" name "\"]\ninterval = 5s\njitter = 0\nfailure_threshold = 1\n"
#define HOLDS "circuit_breaker = db\nhold_breaker = on\n"
#define ONE "[circuit_breaker \"db\"]\n" CHECK("a") HOLDS
#define TWO ONE CHECK("b") HOLDS

static void begin(void)
{
    room_init(&r);
    a = b = PASS;
    ck_assert_int_eq(seawall_health_create(NULL, &r.test.platform, &health, NULL), SEAWALL_OK);
}

static void connect_with(const char *text)
{
    load(text);
    bind_to(health, "a", &a);
    if (strstr(text, "\"b\"") != NULL)
        bind_to(health, "b", &b);
    ck_assert_int_eq(seawall_registry_breaker(r.registry, "db", NULL, &breaker, NULL, NULL), SEAWALL_OK);
    room_poll(&r, health, S(1));
}

static void end(void)
{
    seawall_health_destroy(health);
    seawall_breaker_destroy(breaker);
    room_fini(&r);
}

/* --- orders --- */

START_TEST(who_forced_it_open_before_is_obeyed)
{
    uint64_t epoch;

    connect_with(ONE);
    ck_assert_int_eq(seawall_breaker_force_open(breaker, SEAWALL_FOREVER), SEAWALL_OK);
    epoch = seen().epoch;
    find(FAIL, PASS);
    find(PASS, PASS);
    is(SEAWALL_BREAKER_FORCED_OPEN);
    ck_assert_uint_eq(seen().epoch, epoch); /* nothing was done to it at all */
    ck_assert_int_eq(seawall_breaker_close(breaker), SEAWALL_OK);
    find(FAIL, PASS);
    is(SEAWALL_BREAKER_FORCED_OPEN); /* the next failure is held again */
    find(PASS, PASS);
    is(SEAWALL_BREAKER_HALF_OPEN);
}
END_TEST

START_TEST(who_forces_it_open_meanwhile_is_obeyed)
{
    connect_with(ONE);
    find(FAIL, PASS);
    ck_assert_int_eq(seawall_breaker_force_open(breaker, seawall_manual_clock_now(r.test.clock) + S(86400)), SEAWALL_OK);
    find(PASS, PASS);
    is(SEAWALL_BREAKER_FORCED_OPEN);
    ck_assert_int_eq(seawall_breaker_force_open(breaker, SEAWALL_FOREVER), SEAWALL_OK);
    find(FAIL, PASS);
    ck_assert_int_eq(seawall_health_unregister(health, "a"), SEAWALL_OK);
    is(SEAWALL_BREAKER_FORCED_OPEN);
}
END_TEST

START_TEST(what_is_out_of_play_is_left_out_of_it)
{
    connect_with(ONE);
    ck_assert_int_eq(seawall_breaker_disable(breaker), SEAWALL_OK);
    find(FAIL, PASS);
    is(SEAWALL_BREAKER_DISABLED);
    ck_assert_int_eq(seawall_breaker_metrics_only(breaker), SEAWALL_OK);
    room_poll(&r, health, S(60));
    is(SEAWALL_BREAKER_METRICS_ONLY);
    find(PASS, PASS);
    find(FAIL, PASS);
    is(SEAWALL_BREAKER_METRICS_ONLY);
    find(PASS, PASS);
    is(SEAWALL_BREAKER_METRICS_ONLY);
}
END_TEST

START_TEST(who_closes_it_meanwhile_is_obeyed_until_the_next_failure)
{
    connect_with(ONE);
    find(FAIL, PASS);
    ck_assert_int_eq(seawall_breaker_close(breaker), SEAWALL_OK);
    room_poll(&r, health, S(60));
    is(SEAWALL_BREAKER_CLOSED);
    find(PASS, PASS);
    is(SEAWALL_BREAKER_CLOSED);
    find(FAIL, PASS);
    is(SEAWALL_BREAKER_FORCED_OPEN);
}
END_TEST

START_TEST(what_is_bound_anew_fails_anew)
{
    connect_with(ONE);
    find(FAIL, PASS);
    ck_assert_int_eq(seawall_breaker_close(breaker), SEAWALL_OK);
    bind_to(health, "a", &a);
    is(SEAWALL_BREAKER_CLOSED);
    room_poll(&r, health, S(10));
    is(SEAWALL_BREAKER_FORCED_OPEN);
    bind_to(health, "a", &a); /* as long as nothing is known, it goes on as it was */
    is(SEAWALL_BREAKER_FORCED_OPEN);
    find(PASS, PASS);
    is(SEAWALL_BREAKER_HALF_OPEN);
}
END_TEST

/* That it is over is nobody's decision. */
START_TEST(when_an_order_has_had_its_time_the_check_counts)
{
    connect_with(ONE);
    ck_assert_int_eq(seawall_breaker_force_open(breaker, seawall_manual_clock_now(r.test.clock) + S(30)), SEAWALL_OK);
    find(FAIL, PASS);
    room_poll(&r, health, S(30));
    (void)lets_through(); /* the first who comes, and finds that its time is over */
    is(SEAWALL_BREAKER_FORCED_OPEN);
    ck_assert(seen().remaining == SEAWALL_FOREVER);
    room_poll(&r, health, S(60));
    ck_assert(!lets_through());
    find(PASS, PASS);
    ck_assert(lets_through());
}
END_TEST

START_TEST(an_order_that_is_over_is_none)
{
    connect_with(ONE);
    ck_assert_int_eq(seawall_breaker_force_open(breaker, seawall_manual_clock_now(r.test.clock) + S(1)), SEAWALL_OK);
    room_poll(&r, health, S(10));
    find(FAIL, PASS);
    is(SEAWALL_BREAKER_FORCED_OPEN);
    ck_assert(!lets_through());
}
END_TEST

/* Between the two nobody has called, so that it is not half-open yet. */
START_TEST(what_has_just_been_let_go_is_held_again)
{
    connect_with(ONE);
    find(FAIL, PASS);
    find(PASS, PASS);
    find(FAIL, PASS);
    ck_assert(!lets_through());
    ck_assert(seen().remaining == SEAWALL_FOREVER);
    find(PASS, PASS);
    ck_assert(lets_through());
}
END_TEST

/* --- several checks --- */

START_TEST(the_last_one_lets_it_go)
{
    connect_with(TWO);
    find(FAIL, FAIL);
    find(PASS, FAIL);
    is(SEAWALL_BREAKER_FORCED_OPEN);
    ck_assert(!lets_through());
    room_poll(&r, health, S(3600));
    is(SEAWALL_BREAKER_FORCED_OPEN);
    find(FAIL, WARN);
    ck_assert(!lets_through());
    find(WARN, PASS);
    is(SEAWALL_BREAKER_HALF_OPEN);
    ck_assert(lets_through());
}
END_TEST

START_TEST(who_is_removed_lets_go_for_himself)
{
    connect_with(TWO);
    find(FAIL, FAIL);
    ck_assert_int_eq(seawall_health_unregister(health, "a"), SEAWALL_OK);
    ck_assert(!lets_through());
    ck_assert_int_eq(seawall_health_unregister(health, "b"), SEAWALL_OK);
    ck_assert(lets_through());
}
END_TEST

START_TEST(who_closes_what_two_hold_is_obeyed_until_a_third_failure)
{
    connect_with(TWO);
    find(FAIL, FAIL);
    ck_assert_int_eq(seawall_breaker_close(breaker), SEAWALL_OK);
    find(PASS, FAIL);
    is(SEAWALL_BREAKER_CLOSED);
    find(FAIL, FAIL);
    is(SEAWALL_BREAKER_FORCED_OPEN);
    find(FAIL, PASS);
    is(SEAWALL_BREAKER_FORCED_OPEN);
    find(PASS, PASS);
    is(SEAWALL_BREAKER_HALF_OPEN);
}
END_TEST

START_TEST(a_reload_changes_only_what_it_says)
{
    connect_with(TWO);
    find(FAIL, FAIL);
    load(ONE CHECK("b") "circuit_breaker = db\n"); /* b holds no more */
    room_poll(&r, health, S(10));
    is(SEAWALL_BREAKER_FORCED_OPEN);
    load(TWO);
    find(PASS, FAIL);
    is(SEAWALL_BREAKER_FORCED_OPEN);
    load(ONE CHECK("b") "circuit_breaker = db\n");
    is(SEAWALL_BREAKER_HALF_OPEN);
}
END_TEST

/* It informs the start alone, which is over; but not it alone. */
START_TEST(who_holds_does_not_rest)
{
    a = FAIL;
    connect_with(ONE "startup = on\nready = off\nrequired = off\n");
    ck_assert(!lets_through());
    find(PASS, PASS);
    ck_assert(lets_through());
    find(FAIL, PASS);
    ck_assert(!lets_through());
}
END_TEST

START_TEST(sets_of_their_own_hold_it_together)
{
    seawall_health *other, *first = health;

    connect_with(ONE);
    ck_assert_int_eq(seawall_health_create(NULL, &r.test.platform, &other, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_registry_connect_health(r.registry, other, NULL), SEAWALL_OK);
    bind_to(other, "a", &b);
    find(FAIL, FAIL);
    health = other;
    room_poll(&r, health, S(10));
    health = first;
    find(PASS, FAIL);
    ck_assert(!lets_through());
    seawall_health_destroy(other);
    ck_assert(lets_through());
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("registry health holds");

    tcase_add_checked_fixture(tests, begin, end);
    tcase_add_test(tests, who_forced_it_open_before_is_obeyed);
    tcase_add_test(tests, who_forces_it_open_meanwhile_is_obeyed);
    tcase_add_test(tests, what_is_out_of_play_is_left_out_of_it);
    tcase_add_test(tests, who_closes_it_meanwhile_is_obeyed_until_the_next_failure);
    tcase_add_test(tests, what_is_bound_anew_fails_anew);
    tcase_add_test(tests, when_an_order_has_had_its_time_the_check_counts);
    tcase_add_test(tests, an_order_that_is_over_is_none);
    tcase_add_test(tests, what_has_just_been_let_go_is_held_again);
    tcase_add_test(tests, the_last_one_lets_it_go);
    tcase_add_test(tests, who_is_removed_lets_go_for_himself);
    tcase_add_test(tests, who_closes_what_two_hold_is_obeyed_until_a_third_failure);
    tcase_add_test(tests, a_reload_changes_only_what_it_says);
    tcase_add_test(tests, who_holds_does_not_rest);
    tcase_add_test(tests, sets_of_their_own_hold_it_together);
    return sw_test_run("registry health holds", tests);
}
