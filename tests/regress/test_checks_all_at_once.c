/* Of a hundred checks that failed in one round, 36 breakers were not held open; when all had recovered, 21 stayed so for ever. */
#include <stdio.h>

#include "one_test.h"
#include "support.h"

#define CHECKS 100

static sw_test_platform test;
static seawall_health *health;
static seawall_registry *registry;
static seawall_health_status answer = SEAWALL_HEALTH_PASS;

static seawall_health_status look(seawall_health_run *run, void *user)
{
    (void)run;
    (void)user;
    return answer;
}

static const char *name_of(char name[16], int i)
{
    (void)snprintf(name, 16, "n%d", i);
    return name;
}

static void make(void)
{
    static char text[CHECKS * 128];
    seawall_health_binding binding = SEAWALL_HEALTH_BINDING_INIT;
    size_t length = 0;
    char name[16];
    int i;

    for (i = 0; i < CHECKS; i++)
        length += (size_t)snprintf(text + length, sizeof(text) - length,
                                   "[circuit_breaker \"n%d\"]\n[health_check \"n%d\"]\ncircuit_breaker = n%d\n"
                                   "hold_breaker = true\nfailure_threshold = 1\njitter = 0\n", i, i, i);
    ck_assert_int_eq(seawall_registry_load_text(registry, text, length, "t", NULL, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_registry_connect_health(registry, health, NULL), SEAWALL_OK);
    binding.function = look;
    for (i = 0; i < CHECKS; i++)
        ck_assert_int_eq(seawall_health_bind(health, name_of(name, i), &binding, NULL), SEAWALL_OK);
}

static void poll_after(seawall_duration wait)
{
    seawall_time next;

    seawall_manual_clock_advance(test.clock, wait);
    ck_assert_int_eq(seawall_health_poll_at(health, seawall_manual_clock_now(test.clock), &next), SEAWALL_OK);
}

static int held_open(void)
{
    int count = 0, i;
    char name[16];

    seawall_manual_clock_advance(test.clock, SEAWALL_MILLISECONDS(2)); /* until one that was let go is seen to be */
    for (i = 0; i < CHECKS; i++) {
        seawall_breaker_snapshot seen = SEAWALL_BREAKER_SNAPSHOT_INIT;
        seawall_breaker *breaker;

        ck_assert_int_eq(seawall_registry_breaker(registry, name_of(name, i), NULL, &breaker, NULL, NULL), SEAWALL_OK);
        ck_assert_int_eq(seawall_breaker_get_snapshot(breaker, &seen), SEAWALL_OK);
        count += seen.state == SEAWALL_BREAKER_FORCED_OPEN;
        seawall_breaker_destroy(breaker);
    }
    return count;
}

START_TEST(each_breaker_goes_along)
{
    sw_test_platform_init(&test, false);
    ck_assert_int_eq(seawall_registry_create(NULL, &test.platform, &registry, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_health_create(NULL, &test.platform, &health, NULL), SEAWALL_OK);
    make();
    poll_after(0);
    answer = SEAWALL_HEALTH_FAIL;
    poll_after(SEAWALL_SECONDS(5));
    ck_assert_int_eq(held_open(), CHECKS);
    answer = SEAWALL_HEALTH_PASS;
    poll_after(SEAWALL_SECONDS(5));
    ck_assert_int_eq(held_open(), 0);
    seawall_health_destroy(health);
    seawall_registry_destroy(registry);
    sw_test_platform_fini(&test);
}
END_TEST

int main(void)
{
    return one_test("regress/checks_all_at_once", each_breaker_goes_along);
}
