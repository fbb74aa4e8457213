/* What a hedge decides, row by row. */
#include <check.h>

#include "policy/hedge/hedge_core.h"
#include "suite.h"

/* From the best to the worst, of runs with as many attempts as they say; those of one line are as good as each other. */
static const seawall_outcome ends[][3] = {
    {{.status = SEAWALL_OK}, {.status = SEAWALL_OK, .code = 7}, {.status = SEAWALL_OK}},
    {{.status = SEAWALL_FAILED, .fault = SEAWALL_FAULT_INTERNAL},
     {.status = SEAWALL_TIMED_OUT, .fault = SEAWALL_FAULT_TIMEOUT, .attempts = 1},
     {.status = SEAWALL_FAILED, .fault = SEAWALL_FAULT_NOT_FOUND}},
    {{.status = SEAWALL_OPEN},
     {.status = SEAWALL_TIMED_OUT, .fault = SEAWALL_FAULT_TIMEOUT},
     {.status = SEAWALL_INVALID, .attempts = 1}},
    {{.status = SEAWALL_FAILED, .fault = SEAWALL_FAULT_IGNORED},
     {.status = SEAWALL_FAILED, .fault = SEAWALL_FAULT_IGNORED},
     {.status = SEAWALL_FAILED, .fault = SEAWALL_FAULT_IGNORED}},
    {{.status = SEAWALL_CANCELLED, .fault = SEAWALL_FAULT_IGNORED},
     {.status = SEAWALL_CANCELLED},
     {.status = SEAWALL_CANCELLED}},
};

static uint8_t rank(const seawall_outcome *end)
{
    return sw_hedge_rank(end, end->attempts);
}

START_TEST(ends_are_ranked)
{
    int better, worse, i, j;

    for (better = 0; better < 5; better++) {
        for (worse = 0; worse < 5; worse++) {
            for (i = 0; i < 3; i++) {
                for (j = 0; j < 3; j++)
                    ck_assert_int_eq(rank(&ends[better][i]) > rank(&ends[worse][j]), better < worse);
            }
        }
    }
}
END_TEST

START_TEST(success_and_what_gives_up_end_all)
{
    sw_hedge_rules rules = {.final = SEAWALL_FAULTS_NON_RETRYABLE};
    seawall_outcome outcome = {.status = SEAWALL_OK};
    seawall_fault fault;

    ck_assert(sw_hedge_ends_all(&rules, &outcome));
    for (fault = -1; fault <= 40; fault++) {
        outcome = (seawall_outcome){.status = SEAWALL_FAILED, .fault = fault};
        ck_assert_int_eq(sw_hedge_ends_all(&rules, &outcome), fault >= 8 && fault <= 10);
    }
    outcome = (seawall_outcome){.status = SEAWALL_OPEN, .fault = SEAWALL_FAULT_INVALID_REQUEST};
    ck_assert(!sw_hedge_ends_all(&rules, &outcome));
}
END_TEST

static const struct {
    seawall_duration delay, minimum, quantile;
    uint64_t samples;
    seawall_duration expected;
} delays[] = {
    {5, 0, 77, 1000, 5},
    {0, 0, 77, 1000, 0},
    {0, 50, 77, 0, 0},
    {SEAWALL_AUTO, 50, 77, 100, 77},
    {SEAWALL_AUTO, 50, 49, 100, 50},
    {SEAWALL_AUTO, 50, 77, 99, SEAWALL_FOREVER},
    {SEAWALL_AUTO, 0, 0, 0, SEAWALL_FOREVER},
};

START_TEST(delays_are_fixed_or_learnt)
{
    sw_hedge_rules rules = {.delay = delays[_i].delay, .minimum_delay = delays[_i].minimum, .minimum_samples = 100};

    ck_assert_int_eq(sw_hedge_delay(&rules, delays[_i].quantile, delays[_i].samples), delays[_i].expected);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("hedge core");

    tcase_add_test(tests, ends_are_ranked);
    tcase_add_test(tests, success_and_what_gives_up_end_all);
    tcase_add_loop_test(tests, delays_are_fixed_or_learnt, 0, (int)(sizeof(delays) / sizeof(delays[0])));
    return sw_test_run("hedge core", tests);
}
