/*
 * A list of policies, or an instance, that was written with other blanks was taken for another one: told as left by a reload, and
 * answered as differing.
 */
#include "told_changes.h"

static seawall_registry_answer ask_for_list(const char *policies)
{
    seawall_registry_answer answer = -1;
    seawall_pipeline *pipeline;

    ck_assert_int_eq(seawall_registry_pipeline(registry, "p", policies, &pipeline, &answer, NULL), SEAWALL_OK);
    seawall_pipeline_destroy(pipeline);
    return answer;
}

static seawall_registry_answer ask_for_keys(const char *instance)
{
    seawall_registry_answer answer = -1;
    seawall_keyed *keyed;

    ck_assert_int_eq(seawall_registry_keyed(registry, "k", NULL, instance, &keyed, &answer, NULL), SEAWALL_OK);
    seawall_keyed_destroy(keyed);
    return answer;
}

static void of_calls(void)
{
    static const char *const others[] = {
        "timeout", "timeout, retry", "timeout, retry \"s\", retry", "retry \"s b\", timeout", "timeout, retry \"sb\"",
        "timeout, retry \"s  b\"", "attempt_timeout, retry \"s b\"", "timeout, retry \"s b\",", "timeout retry \"s b\"", "",
    };
    size_t i;

    ck_assert_int_eq(ask_for_list("timeout, retry \"s b\""), SEAWALL_REGISTRY_EXISTS);
    ck_assert_int_eq(ask_for_list(" timeout\t,retry\"s b\" "), SEAWALL_REGISTRY_EXISTS);
    for (i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        ck_assert_int_eq(ask_for_list(others[i]), SEAWALL_REGISTRY_DIFFERS);
    ck_assert_int_eq(ask_for_keys(" retry  \"s b\""), SEAWALL_REGISTRY_EXISTS);
    ck_assert_int_eq(ask_for_keys("retry"), SEAWALL_REGISTRY_DIFFERS);
    ck_assert_int_eq(ask_for_keys("retry \"s b\", retry"), SEAWALL_REGISTRY_DIFFERS);
}

START_TEST(blanks_make_no_other_list)
{
    ck_assert_int_eq(seawall_registry_create(NULL, NULL, &registry, NULL), SEAWALL_OK);
    reload("[retry \"s b\"]\n[pipeline \"p\"]\npolicies = timeout, retry \"s b\"\n"
           "[keyed \"k\"]\ninstance = retry \"s b\"\n",
           NULL);
    reload("[retry \"s b\"]\n[pipeline \"p\"]\npolicies = timeout,retry  \"s b\"\n"
           "[keyed \"k\"]\ninstance = retry\t\"s b\"\n",
           "");
    reload("[retry \"s b\"]\n[pipeline \"p\"]\npolicies = timeout,retry\n[keyed \"k\"]\ninstance = retry\n",
           "[pipeline \"p\"] policies: timeout, retry \"s b\" -> timeout,retry, left: it cannot change while in use|"
           "[keyed \"k\"] instance: retry \"s b\" -> retry, left: it cannot change while in use");
    of_calls();
    seawall_registry_destroy(registry);
}
END_TEST

int main(void)
{
    return one_test("regress/another_list_by_its_blanks", blanks_make_no_other_list);
}
