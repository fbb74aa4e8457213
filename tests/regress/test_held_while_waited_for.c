/* Who removed a check waited for its function before he let its breaker go, which so was held open for as long as that hung. */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#include "../unit/health/health_fixture.h"
#include "one_test.h"

static set s;
static seawall_breaker *breaker;
static atomic_bool hangs, inside;

static bool is_held(void)
{
    seawall_breaker_snapshot seen = SEAWALL_BREAKER_SNAPSHOT_INIT;

    ck_assert_int_eq(seawall_breaker_get_snapshot(breaker, &seen), SEAWALL_OK);
    return seen.state == SEAWALL_BREAKER_FORCED_OPEN;
}

/* It hangs for as long as its breaker is held. */
static seawall_health_status look(seawall_health_run *run, void *user)
{
    (void)run;
    (void)user;
    atomic_store(&inside, atomic_load(&hangs));
    while (atomic_load(&hangs) && is_held())
        (void)sched_yield();
    return SEAWALL_HEALTH_FAIL;
}

static void *drive(void *user)
{
    (void)user;
    poll_for(&s, S(10));
    return NULL;
}

START_TEST(it_is_let_go)
{
    static const char text[] = "[circuit_breaker \"b\"]\n[health_check \"x\"]\ncircuit_breaker = b\nhold_breaker = on\n"
                               "failure_threshold = 1\n";
    seawall_health_binding binding = SEAWALL_HEALTH_BINDING_INIT;
    seawall_registry *registry;
    pthread_t driver;

    set_up(&s);
    ck_assert_int_eq(seawall_registry_create(NULL, &s.test.platform, &registry, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_registry_load_text(registry, text, sizeof(text) - 1, "t", NULL, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_registry_connect_health(registry, s.health, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_registry_breaker(registry, "b", NULL, &breaker, NULL, NULL), SEAWALL_OK);
    binding.function = look;
    ck_assert_int_eq(seawall_health_bind(s.health, "x", &binding, NULL), SEAWALL_OK);
    poll_for(&s, 0);
    ck_assert(is_held());
    atomic_store(&hangs, true);
    ck_assert_int_eq(pthread_create(&driver, NULL, drive, NULL), 0);
    while (!atomic_load(&inside))
        (void)sched_yield();
    ck_assert_int_eq(seawall_health_unregister(s.health, "x"), SEAWALL_OK);
    ck_assert_int_eq(pthread_join(driver, NULL), 0);
    ck_assert(!is_held());
    seawall_breaker_destroy(breaker);
    seawall_registry_destroy(registry);
    tear_down(&s);
}
END_TEST

int main(void)
{
    return one_test("regress/held_while_waited_for", it_is_let_go);
}
