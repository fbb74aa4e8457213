/*
 * A name that a setting said stands somewhere else (the pipeline of a fallback, the breaker of a check) was not looked at: a long
 * one was written beyond its entry, and others came out in pages of metrics as they were.
 */
#include <string.h>

#include <seawall/seawall.h>

#include "one_test.h"
#include "support.h"

static const char longest[] = "0123456789012345678901234567890123456789012345678901234567890123";

static void refused(seawall_registry *registry, const char *kind, const char *key, const char *name, const char *why)
{
    seawall_error error = {0};

    ck_assert_int_eq(seawall_registry_set(registry, kind, "f", key, name, &error), SEAWALL_INVALID);
    ck_assert_msg(strstr(error.message, why) != NULL, "%s", error.message);
    ck_assert_int_eq(seawall_registry_set(registry, kind, NULL, key, name, &error), SEAWALL_INVALID);
}

START_TEST(a_name_is_a_name_wherever_it_stands)
{
    seawall_registry *registry;
    seawall_fallback *fallback;
    seawall_error error = {0};

    ck_assert_int_eq(seawall_registry_create(NULL, NULL, &registry, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_registry_set(registry, "pipeline", NULL, "policies", "timeout", NULL), SEAWALL_OK);
    refused(registry, "fallback", "pipeline", longest, "fallback.pipeline: a name is longer than 63 bytes");
    refused(registry, "fallback", "pipeline", "", "fallback.pipeline: a name is missing");
    refused(registry, "retry", "retry_budget", "a\nb", "retry.retry_budget: a name is no UTF-8, or has a control character");
    refused(registry, "health_check", "circuit_breaker", "\xff", "health_check.circuit_breaker: a name is no UTF-8");
    refused(registry, "health_check", "thread_pool", "\xff", "health_check.thread_pool: byte 1 is no UTF-8");
    ck_assert_int_eq(seawall_registry_set(registry, "fallback", "f", "pipeline", longest + 1, NULL), SEAWALL_OK);
    ck_assert_msg(seawall_registry_fallback(registry, "f", NULL, &fallback, NULL, &error) == SEAWALL_OK, "%s", error.message);
    ck_assert_int_eq(seawall_registry_count(registry), 3);
    seawall_fallback_destroy(fallback);
    seawall_registry_destroy(registry);
}
END_TEST

int main(void)
{
    return one_test("regress/long_name_in_a_link", a_name_is_a_name_wherever_it_stands);
}
