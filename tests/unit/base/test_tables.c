/* Statuses, faults, reasons, events: every row. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "base/fault.h"
#include "suite.h"
#include <seawall/seawall.h>

static const struct {
    seawall_status status;
    const char *name;
    seawall_category category;
} statuses[] = {
    {SEAWALL_OK, "ok", SEAWALL_CATEGORY_OK},
    {SEAWALL_FAILED, "failed", SEAWALL_CATEGORY_FAILED},
    {SEAWALL_OPEN, "open", SEAWALL_CATEGORY_REFUSED},
    {SEAWALL_FULL, "full", SEAWALL_CATEGORY_REFUSED},
    {SEAWALL_LIMITED, "limited", SEAWALL_CATEGORY_REFUSED},
    {SEAWALL_TIMED_OUT, "timed_out", SEAWALL_CATEGORY_ENDED_EARLY},
    {SEAWALL_CANCELLED, "cancelled", SEAWALL_CATEGORY_ENDED_EARLY},
    {SEAWALL_INVALID, "invalid", SEAWALL_CATEGORY_MISUSE},
    {SEAWALL_STALE, "stale", SEAWALL_CATEGORY_MISUSE},
    {SEAWALL_BUSY, "busy", SEAWALL_CATEGORY_MISUSE},
    {SEAWALL_TOO_SMALL, "too_small", SEAWALL_CATEGORY_MISUSE},
    {SEAWALL_UNSUPPORTED, "unsupported", SEAWALL_CATEGORY_MISUSE},
    {SEAWALL_NO_MEMORY, "no_memory", SEAWALL_CATEGORY_ENVIRONMENT},
    {SEAWALL_NO_RESOURCES, "no_resources", SEAWALL_CATEGORY_ENVIRONMENT},
};

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

START_TEST(every_status_has_name_sentence_and_category)
{
    int i;

    ck_assert_int_eq(statuses[_i].status, _i);
    ck_assert_str_eq(seawall_status_name(_i), statuses[_i].name);
    ck_assert_int_eq(seawall_status_category(_i), statuses[_i].category);
    ck_assert_uint_gt(strlen(seawall_status_message(_i)), 3);
    for (i = 0; i < _i; i++)
        ck_assert_str_ne(seawall_status_message(i), seawall_status_message(_i));
}
END_TEST

START_TEST(unknown_statuses_are_misuse)
{
    static const seawall_status unknown[] = {-1, COUNT(statuses), INT32_MAX, INT32_MIN};
    int i;

    for (i = 0; i < COUNT(unknown); i++) {
        ck_assert_str_eq(seawall_status_name(unknown[i]), "unknown");
        ck_assert_int_eq(seawall_status_category(unknown[i]), SEAWALL_CATEGORY_MISUSE);
        ck_assert_str_ne(seawall_status_message(unknown[i]), "");
    }
}
END_TEST

/* The table of the design: counts, retried by default, gives up at once. */
static const struct {
    const char *name;
    bool counts, retried, gives_up;
} faults[SEAWALL_FAULT_COUNT] = {
    {"none", false, false, false},
    {"ignored", false, false, false},
    {"connection_timeout", true, true, false},
    {"service_unavailable", true, true, false},
    {"rate_limit_exceeded", false, true, false},
    {"timeout", true, false, false},
    {"internal", true, false, false},
    {"other", true, false, false},
    {"authentication_failed", false, false, true},
    {"authorization_denied", false, false, true},
    {"invalid_request", false, false, true},
    {"not_found", false, false, false},
    {"conflict", false, false, false},
    {"local_resources", false, false, false},
};

START_TEST(every_fault_has_its_spelling)
{
    seawall_fault fault = -7;

    ck_assert_str_eq(seawall_fault_name(_i), faults[_i].name);
    ck_assert_int_eq(seawall_fault_from_name(faults[_i].name, &fault), SEAWALL_OK);
    ck_assert_int_eq(fault, _i);
}
END_TEST

START_TEST(the_table_and_the_sets_of_the_header_agree_with_the_design)
{
    seawall_fault_set bit = SEAWALL_FAULT_BIT(_i);

    ck_assert_int_eq(sw_fault_table[_i].counts, faults[_i].counts);
    ck_assert_int_eq(sw_fault_table[_i].retried, faults[_i].retried);
    ck_assert_int_eq(sw_fault_table[_i].gives_up, faults[_i].gives_up);
    ck_assert_int_eq((SEAWALL_FAULTS_COUNTED & bit) != 0, faults[_i].counts);
    ck_assert_int_eq((SEAWALL_FAULTS_RETRYABLE & bit) != 0, faults[_i].retried);
    ck_assert_int_eq((SEAWALL_FAULTS_NON_RETRYABLE & bit) != 0, faults[_i].gives_up);
    ck_assert_int_eq((SEAWALL_FAULTS_ALL & bit) != 0, _i >= 2);
}
END_TEST

START_TEST(the_sets_hold_nothing_else)
{
    seawall_fault_set kinds = (SEAWALL_FAULT_BIT(SEAWALL_FAULT_COUNT) - 1) & ~(seawall_fault_set)3;

    ck_assert_uint_eq(SEAWALL_FAULTS_ALL, kinds);
    ck_assert_uint_eq((SEAWALL_FAULTS_COUNTED | SEAWALL_FAULTS_RETRYABLE | SEAWALL_FAULTS_NON_RETRYABLE) & ~kinds, 0);
}
END_TEST

START_TEST(unknown_faults_have_no_name_and_touch_nothing)
{
    static const char *const wrong[] = {"", "Timeout", "timeout ", " timeout", "timeou", "unknown", "SEAWALL_FAULT_TIMEOUT"};
    seawall_fault fault = 77;
    int i;

    for (i = 0; i < COUNT(wrong); i++)
        ck_assert_int_eq(seawall_fault_from_name(wrong[i], &fault), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_fault_from_name(NULL, &fault), SEAWALL_INVALID);
    ck_assert_int_eq(fault, 77);
    ck_assert_int_eq(seawall_fault_from_name("timeout", NULL), SEAWALL_INVALID);
    ck_assert_str_eq(seawall_fault_name(-1), "unknown");
    ck_assert_str_eq(seawall_fault_name(SEAWALL_FAULT_COUNT), "unknown");
    ck_assert_str_eq(seawall_fault_name(INT32_MIN), "unknown");
}
END_TEST

START_TEST(reasons_and_events_have_names)
{
    static const char *const reasons[] = {"none", "attempts", "deadline", "not_retryable", "refused",
                                          "cancelled", "fell_back", "fallback_failed", "budget", "unknown"};
    static const char *const events[] = {"unknown", "retry_scheduled", "retry_gave_up", "timed_out",
                                         "refused", "dropped", "starved", "fell_back", "fallback_failed", "hedge_started",
                                         "hedge_won", "hedge_lost", "injected", "unknown"};
    int i;

    for (i = 0; i < COUNT(reasons); i++)
        ck_assert_str_eq(seawall_reason_name(i), reasons[i]);
    for (i = 0; i < COUNT(events); i++)
        ck_assert_str_eq(seawall_event_name(i), events[i]);
    ck_assert_str_eq(seawall_reason_name(-1), "unknown");
    ck_assert_str_eq(seawall_event_name(-1), "unknown");
    ck_assert_str_eq(seawall_event_name(SEAWALL_EVENT_USER), "unknown");
}
END_TEST

/* One started attempt and an end that says something of the dependency. */
START_TEST(outcomes_count_by_status_and_attempts)
{
    seawall_outcome outcome = {.status = _i};
    bool says_something = _i == SEAWALL_OK || _i == SEAWALL_FAILED || _i == SEAWALL_TIMED_OUT;

    outcome.attempts = 1;
    ck_assert_int_eq(seawall_outcome_counts(&outcome), says_something);
    outcome.attempts = INT32_MAX;
    ck_assert_int_eq(seawall_outcome_counts(&outcome), says_something);
    outcome.attempts = 0;
    ck_assert(!seawall_outcome_counts(&outcome));
    outcome.attempts = -1;
    ck_assert(!seawall_outcome_counts(&outcome));
    ck_assert(!seawall_outcome_counts(NULL));
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("tables");

    tcase_add_loop_test(tests, every_status_has_name_sentence_and_category, 0, COUNT(statuses));
    tcase_add_test(tests, unknown_statuses_are_misuse);
    tcase_add_loop_test(tests, every_fault_has_its_spelling, 0, SEAWALL_FAULT_COUNT);
    tcase_add_loop_test(tests, the_table_and_the_sets_of_the_header_agree_with_the_design, 0, SEAWALL_FAULT_COUNT);
    tcase_add_test(tests, the_sets_hold_nothing_else);
    tcase_add_test(tests, unknown_faults_have_no_name_and_touch_nothing);
    tcase_add_test(tests, reasons_and_events_have_names);
    tcase_add_loop_test(tests, outcomes_count_by_status_and_attempts, 0, COUNT(statuses) + 1);
    return sw_test_run("tables", tests);
}
