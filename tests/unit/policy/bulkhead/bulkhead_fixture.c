/* A bulkhead on a platform to play with. */
#include "bulkhead_fixture.h"

#include <check.h>

static seawall_time counted_now(void *user)
{
    fixture *f = user;

    (void)__atomic_fetch_add(&f->clock_reads, 1, __ATOMIC_RELAXED);
    return seawall_manual_clock_now(f->base.clock);
}

static void park(const uint32_t *word, uint32_t expected, seawall_time until, void *user)
{
    fixture *f = user;
    seawall_platform clock;

    seawall_manual_clock_install(f->base.clock, &clock);
    clock.park(word, expected, until, clock.clock_user);
}

static void wake(const uint32_t *word, void *user)
{
    fixture *f = user;
    seawall_platform clock;

    seawall_manual_clock_install(f->base.clock, &clock);
    clock.wake(word, clock.clock_user);
}

void fixture_init(fixture *f, int32_t max_concurrent, int32_t max_waiting, seawall_duration max_wait, bool patient)
{
    seawall_bulkhead_config config = SEAWALL_BULKHEAD_CONFIG_INIT;
    seawall_error error = {0};

    *f = (fixture){.clock_reads = 0};
    sw_test_platform_init(&f->base, !patient);
    f->base.platform.now = counted_now;
    f->base.platform.park = park;
    f->base.platform.wake = wake;
    f->base.platform.clock_user = f;
    config.max_concurrent = max_concurrent;
    config.max_waiting = max_waiting;
    config.max_wait = max_wait;
    ck_assert_msg(seawall_bulkhead_create(&config, &f->base.platform, &f->bulkhead, &error) == SEAWALL_OK, "%s", error.message);
}

void fixture_fini(fixture *f)
{
    seawall_bulkhead_destroy(f->bulkhead);
    sw_test_platform_fini(&f->base);
}

seawall_bulkhead_snapshot fixture_snapshot(const fixture *f)
{
    seawall_bulkhead_snapshot snapshot = SEAWALL_BULKHEAD_SNAPSHOT_INIT;

    ck_assert_int_eq(seawall_bulkhead_get_snapshot(f->bulkhead, &snapshot), SEAWALL_OK);
    return snapshot;
}

seawall_permit fixture_take(const fixture *f)
{
    seawall_permit permit = SEAWALL_PERMIT_INIT;

    ck_assert_int_eq(seawall_bulkhead_try_acquire(f->bulkhead, &permit), SEAWALL_OK);
    return permit;
}
