/*
 * That a key's instance is gone was put into the stream when the next one of that key could be there already: who kept the state
 * of each key forgot that of the new one.
 */
#include <string.h>

#include "unit/registry/event_log.h"
#include "one_test.h"

static seawall_keyed *keyed;

static void trip(const char *key)
{
    seawall_breaker *breaker;

    ck_assert_int_eq(seawall_keyed_breaker(keyed, key, &breaker, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_breaker_force_open(breaker, SEAWALL_FOREVER), SEAWALL_OK);
    seawall_breaker_destroy(breaker);
}

/* Told that one is gone, opens the other one, which went with it. */
static void open_the_other(const seawall_registry_event *event, void *user)
{
    int32_t *left = user;

    note(event, NULL);
    if (event->what == SEAWALL_REGISTRY_GONE && (*left)-- > 0)
        trip(strcmp(event->key, "a") == 0 ? "b" : "a");
}

START_TEST(the_last_of_the_old_comes_first)
{
    int32_t left = 1;

    begin(64);
    ck_assert_int_eq(seawall_registry_keyed(r.registry, "t", NULL, "circuit_breaker", &keyed, NULL, NULL), SEAWALL_OK);
    trip("a");
    trip("b");
    (void)poll_all();
    log_text[0] = '\0';
    ck_assert_int_eq(seawall_registry_listen(r.registry, open_the_other, &left), SEAWALL_OK);
    seawall_manual_clock_advance(r.test.clock, SEAWALL_SECONDS(601));
    (void)seawall_keyed_expire(keyed);
    ck_assert_str_eq(log_text, "5:keyed/t:a gone 6:keyed/t:b gone 7:keyed/t:b 0>3");
    seawall_keyed_destroy(keyed);
    room_fini(&r);
}
END_TEST

int main(void)
{
    return one_test("regress/gone_before_anew", the_last_of_the_old_comes_first);
}
