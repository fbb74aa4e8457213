/*
 * A snapshot that was too small to be filled in ended a half-open round whose time was over, told of it, and then answered
 * SEAWALL_INVALID, of which it is said that nothing was changed.
 */
#include <seawall/seawall.h>

#include "one_test.h"
#include "support.h"

START_TEST(nothing_is_changed)
{
    const seawall_time later = SW_TEST_START + SEAWALL_SECONDS(3600);
    seawall_breaker_config config = SEAWALL_BREAKER_CONFIG_INIT;
    seawall_breaker_snapshot snapshot = SEAWALL_BREAKER_SNAPSHOT_INIT;
    seawall_breaker_transition seen;
    seawall_breaker *breaker;
    sw_test_platform test;
    seawall_permit permit;

    sw_test_platform_init(&test, false);
    config.half_open_max_duration = SEAWALL_SECONDS(1);
    ck_assert_int_eq(seawall_breaker_create(&config, &test.platform, &breaker, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_breaker_force_open(breaker, SW_TEST_START), SEAWALL_OK);
    ck_assert_int_eq(seawall_breaker_try_acquire_at(breaker, SW_TEST_START + 1, &permit, NULL), SEAWALL_OK);
    ck_assert(seawall_breaker_next_transition(breaker, 1, &seen));
    ck_assert_int_eq(seen.to, SEAWALL_BREAKER_HALF_OPEN);
    snapshot.size = 8;
    ck_assert_int_eq(seawall_breaker_get_snapshot_at(breaker, later, &snapshot), SEAWALL_INVALID);
    ck_assert(!seawall_breaker_next_transition(breaker, 2, &seen));
    snapshot.size = sizeof(snapshot);
    ck_assert_int_eq(seawall_breaker_get_snapshot_at(breaker, later, &snapshot), SEAWALL_OK);
    ck_assert(seawall_breaker_next_transition(breaker, 2, &seen));
    seawall_breaker_destroy(breaker);
    sw_test_platform_fini(&test);
}
END_TEST

int main(void)
{
    return one_test("regress/snapshot_of_no_size", nothing_is_changed);
}
