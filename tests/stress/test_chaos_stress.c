/* A chaos policy switched on and off by some threads while others call through it: every call is one thing or the other. */
#include <check.h>
#include <stdlib.h>

#include "suite.h"
#include "support.h"

#define CALLERS 4
#define SWITCHERS 2

typedef struct drill {
    seawall_chaos *chaos;
    seawall_pipeline *pipeline;
    int64_t calls;
    int64_t failed[CALLERS], ok[CALLERS], other[CALLERS];
} drill;

static seawall_fault operation(seawall_attempt *attempt, void *arg)
{
    (void)attempt, (void)arg;
    return SEAWALL_FAULT_NONE;
}

static void body(int index, void *arg)
{
    drill *d = arg;
    int64_t i;

    for (i = 0; i < d->calls; i++) {
        if (index >= CALLERS) {
            (void)seawall_chaos_set_enabled(d->chaos, (i + index) % 2 == 0);
            continue;
        }
        switch (seawall_call(d->pipeline, operation, NULL, NULL)) {
        case SEAWALL_OK:
            d->ok[index]++;
            break;
        case SEAWALL_FAILED:
            d->failed[index]++;
            break;
        default:
            d->other[index]++;
            break;
        }
    }
}

START_TEST(every_run_is_counted_once)
{
    seawall_chaos_config config = SEAWALL_CHAOS_CONFIG_INIT;
    seawall_chaos_snapshot snapshot = SEAWALL_CHAOS_SNAPSHOT_INIT;
    seawall_policy policy = SEAWALL_POLICY_INIT;
    const seawall_policy *order[] = {&policy};
    drill d = {.calls = sw_test_count(2000, 50000)};
    sw_test_threads threads;
    int64_t failed = 0;
    int i;

    config.fault_rate = 1;
    ck_assert_int_eq(seawall_chaos_create(&config, NULL, &d.chaos, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_chaos_policy(d.chaos, "chaos", &policy), SEAWALL_OK);
    ck_assert_int_eq(seawall_pipeline_create(NULL, order, 1, NULL, &d.pipeline, NULL), SEAWALL_OK);
    sw_test_start(&threads, CALLERS + SWITCHERS, body, &d);
    sw_test_join(&threads);
    for (i = 0; i < CALLERS; i++) {
        ck_assert_int_eq(d.other[i], 0);
        ck_assert_int_eq(d.ok[i] + d.failed[i], d.calls);
        failed += d.failed[i];
    }
    ck_assert_int_eq(seawall_chaos_get_snapshot(d.chaos, &snapshot), SEAWALL_OK);
    ck_assert_int_eq(snapshot.runs, failed);
    ck_assert_int_eq(snapshot.faults, failed);
    seawall_pipeline_destroy(d.pipeline);
    seawall_chaos_destroy(d.chaos);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("chaos");

    tcase_set_timeout(tests, 300);
    tcase_add_test(tests, every_run_is_counted_once);
    return sw_test_run("chaos stress", tests);
}
