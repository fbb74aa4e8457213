/*
 * In a child forked while threads of its parent were parked on a manual clock, the clock went on counting them as parked, and
 * rang them where their stacks had been.
 */
#include <pthread.h>
#include <sched.h>
#include <string.h>

#include <seawall/seawall.h>

#include "base/atomic.h"
#include "one_test.h"
#include "support.h"

#define THREADS 3

static seawall_manual_clock *shown;
static seawall_platform platform;
static sw_atomic_u32 words[THREADS];

static const uint32_t *plain(sw_atomic_u32 *word)
{
    return (const uint32_t *)(const void *)word;
}

static void *sleep_on(void *word)
{
    platform.park(plain(word), 0, SEAWALL_SECONDS(100), platform.clock_user);
    return NULL;
}

static bool child(void *arg)
{
    sw_atomic_u32 changed = {1};

    (void)arg;
    if (seawall_manual_clock_parked(shown) != 0)
        return false;
    platform.wake(plain(&words[0]), platform.clock_user);
    seawall_manual_clock_advance(shown, SEAWALL_SECONDS(200));
    platform.park(plain(&changed), 0, SEAWALL_FOREVER, platform.clock_user);
    return seawall_manual_clock_now(shown) == SEAWALL_SECONDS(200) && seawall_manual_clock_parked(shown) == 0;
}

START_TEST(a_child_has_no_sleepers)
{
    pthread_t threads[THREADS];
    int i;

    ck_assert_int_eq(seawall_manual_clock_create(0, false, &shown, NULL), SEAWALL_OK);
    platform = *seawall_platform_default();
    seawall_manual_clock_install(shown, &platform);
    for (i = 0; i < THREADS; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, sleep_on, &words[i]), 0);
    while (seawall_manual_clock_parked(shown) < THREADS)
        (void)sched_yield();
    sw_test_in_child(child, NULL);
    ck_assert_int_eq(seawall_manual_clock_parked(shown), THREADS);
    seawall_manual_clock_advance(shown, SEAWALL_SECONDS(100));
    for (i = 0; i < THREADS; i++)
        ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
    seawall_manual_clock_destroy(shown);
}
END_TEST

int main(void)
{
    return one_test("regress/forked_while_parked", a_child_has_no_sleepers);
}
