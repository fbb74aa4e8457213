/* Which ends a fallback stands in for, for every status and every fault, and what it makes of them. */
#include <check.h>
#include <string.h>

#include "policy/fallback/fallback_core.h"
#include "suite.h"

static const sw_fallback_rules all = {SEAWALL_FAULTS_ALL, true, true, true, true};
static const sw_fallback_rules none = {0, false, false, false, false};

static bool handles(const sw_fallback_rules *rules, seawall_status status, seawall_fault fault)
{
    seawall_outcome outcome = {.status = status, .fault = fault};

    return sw_fallback_handles(rules, &outcome);
}

START_TEST(faults_go_by_their_set)
{
    seawall_fault fault;

    for (fault = SEAWALL_FAULT_IGNORED; fault < SEAWALL_FAULT_COUNT; fault++) {
        sw_fallback_rules one = none;

        ck_assert_int_eq(handles(&all, SEAWALL_FAILED, fault), fault != SEAWALL_FAULT_IGNORED);
        ck_assert(!handles(&none, SEAWALL_FAILED, fault));
        one.errors = SEAWALL_FAULT_BIT(fault);
        ck_assert(handles(&one, SEAWALL_FAILED, fault));
        ck_assert(!handles(&one, SEAWALL_FAILED, fault + 1));
    }
    /* What a user's policy may hand on. */
    ck_assert(!handles(&all, SEAWALL_FAILED, -1));
    ck_assert(!handles(&all, SEAWALL_FAILED, SEAWALL_FAULT_COUNT));
    ck_assert(!handles(&all, SEAWALL_FAILED, 34));
    ck_assert(!handles(&all, SEAWALL_FAILED, INT32_MIN));
}
END_TEST

static const struct {
    seawall_status status;
    sw_fallback_rules only;
} statuses[] = {
    {SEAWALL_TIMED_OUT, {0, true, false, false, false}},
    {SEAWALL_OPEN, {0, false, true, false, false}},
    {SEAWALL_FULL, {0, false, false, true, false}},
    {SEAWALL_LIMITED, {0, false, false, false, true}},
};

START_TEST(each_status_has_its_switch)
{
    size_t row;

    for (row = 0; row < sizeof(statuses) / sizeof(statuses[0]); row++) {
        seawall_status status;

        for (status = SEAWALL_OK; status <= SEAWALL_NO_MEMORY + 1; status++)
            ck_assert_int_eq(handles(&statuses[row].only, status, SEAWALL_FAULT_TIMEOUT), status == statuses[row].status);
    }
}
END_TEST

START_TEST(success_cancellation_and_misuse_are_left_alone)
{
    ck_assert(!handles(&all, SEAWALL_OK, SEAWALL_FAULT_NONE));
    ck_assert(!handles(&all, SEAWALL_CANCELLED, SEAWALL_FAULT_IGNORED));
    ck_assert(!handles(&all, SEAWALL_INVALID, SEAWALL_FAULT_NONE));
    ck_assert(!handles(&all, SEAWALL_NO_MEMORY, SEAWALL_FAULT_NONE));
    ck_assert(!handles(&all, INT32_MAX, SEAWALL_FAULT_NONE));
}
END_TEST

static const struct {
    seawall_fault given;
    seawall_status status;
    seawall_fault fault;
    seawall_reason reason;
} ends[] = {
    {SEAWALL_FAULT_NONE, SEAWALL_OK, SEAWALL_FAULT_NONE, SEAWALL_REASON_FELL_BACK},
    {SEAWALL_FAULT_IGNORED, SEAWALL_FAILED, SEAWALL_FAULT_IGNORED, SEAWALL_REASON_FALLBACK_FAILED},
    {SEAWALL_FAULT_LOCAL_RESOURCES, SEAWALL_FAILED, SEAWALL_FAULT_LOCAL_RESOURCES, SEAWALL_REASON_FALLBACK_FAILED},
    {SEAWALL_FAULT_COUNT, SEAWALL_FAILED, SEAWALL_FAULT_OTHER, SEAWALL_REASON_FALLBACK_FAILED},
    {-1, SEAWALL_FAILED, SEAWALL_FAULT_OTHER, SEAWALL_REASON_FALLBACK_FAILED},
};

START_TEST(what_stands_in_is_the_whole_outcome)
{
    seawall_outcome outcome = {.status = SEAWALL_OPEN, .code = 503, .retry_after = 7, .policy = 2, .attempts = 1, .reason = 4};

    sw_fallback_stand_in(&outcome, ends[_i].given, 9);
    ck_assert_int_eq(outcome.status, ends[_i].status);
    ck_assert_int_eq(outcome.fault, ends[_i].fault);
    ck_assert_int_eq(outcome.reason, ends[_i].reason);
    ck_assert_int_eq(outcome.code, 9);
    ck_assert_int_eq(outcome.retry_after, 0);
    ck_assert_int_eq(outcome.policy, -1);
    ck_assert_int_eq(outcome.attempts, 1);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("fallback core");

    tcase_add_test(tests, faults_go_by_their_set);
    tcase_add_test(tests, each_status_has_its_switch);
    tcase_add_test(tests, success_cancellation_and_misuse_are_left_alone);
    tcase_add_loop_test(tests, what_stands_in_is_the_whole_outcome, 0, (int)(sizeof(ends) / sizeof(ends[0])));
    return sw_test_run("fallback core", tests);
}
