/*
 * A retry budget counted a retry where it was scheduled. One that slept for longer than the window, because the server had said
 * until when it would be away, had left the window before it began: others were allowed in its place, time and again, and all of
 * them began when the server came back.
 */
#include "one_test.h"
#include "support.h"
#include <seawall/retry.h>

#define AWAY SEAWALL_SECONDS(60)
#define CALLS 6000
#define BETWEEN (AWAY / CALLS)
#define WINDOW SEAWALL_SECONDS(10)
/* A fifth of a window's calls, and ten a second. */
#define ALLOWED (CALLS / 6 / 5 + 100)

static seawall_time due[CALLS];
static int scheduled;

static void call(const seawall_retry *retry, seawall_time now, seawall_time back)
{
    seawall_result result = {.fault = SEAWALL_FAULT_SERVICE_UNAVAILABLE, .retry_after = back - now};
    seawall_retry_run run = SEAWALL_RETRY_RUN_INIT;
    bool again = false;

    (void)!seawall_retry_next_at(retry, &run, &result, SEAWALL_FOREVER, now, &again);
    if (again)
        due[scheduled++] = run.again_at;
}

static int begun_in_window(seawall_time from)
{
    int i, count = 0;

    for (i = 0; i < scheduled; i++)
        count += due[i] >= from && due[i] < from + WINDOW;
    return count;
}

START_TEST(those_asleep_count_until_they_have_begun)
{
    seawall_retry_budget_snapshot snapshot = SEAWALL_RETRY_BUDGET_SNAPSHOT_INIT;
    seawall_retry_config config = SEAWALL_RETRY_CONFIG_INIT;
    seawall_time now, back = SW_TEST_START + AWAY;
    seawall_retry *retry;
    sw_test_platform on;

    sw_test_platform_init(&on, false);
    ck_assert_int_eq(seawall_retry_budget_create(NULL, &on.platform, &config.budget, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_retry_create(&config, &on.platform, &retry, NULL), SEAWALL_OK);
    for (now = SW_TEST_START; now < back; now += BETWEEN)
        call(retry, now, back);
    ck_assert_int_gt(scheduled, 100);
    ck_assert_int_le(begun_in_window(back), ALLOWED);
    ck_assert_int_eq(seawall_retry_budget_get_snapshot_at(config.budget, back, &snapshot), SEAWALL_OK);
    ck_assert_int_eq(snapshot.retries, scheduled);
    /* Nobody has told that they began, and yet they do not count for ever. */
    ck_assert_int_eq(seawall_retry_budget_get_snapshot_at(config.budget, back + 4 * WINDOW, &snapshot), SEAWALL_OK);
    ck_assert_int_eq(snapshot.available, 100);
    seawall_retry_destroy(retry);
    seawall_retry_budget_destroy(config.budget);
    sw_test_platform_fini(&on);
}
END_TEST

int main(void)
{
    return one_test("regress/slept_out_of_the_window", those_asleep_count_until_they_have_begun);
}
