/* Every kind of configuration by name. */
#include <check.h>
#include <seawall/seawall.h>
#include <stdio.h>
#include <string.h>

#include "support.h"

#include "suite.h"

typedef union any_config {
    uint32_t size;
    seawall_breaker_config breaker;
    seawall_retry_config retry;
    seawall_timeout_config timeout;
    seawall_timers_config timers;
    seawall_health_check_config health_check; /* the largest */
} any_config;

static const struct {
    const char *name;
    size_t size;
} kinds[] = {
    {"circuit_breaker", sizeof(seawall_breaker_config)},
    {"bulkhead", sizeof(seawall_bulkhead_config)},
    {"retry", sizeof(seawall_retry_config)},
    {"retry_budget", sizeof(seawall_retry_budget_config)},
    {"timeout", sizeof(seawall_timeout_config)},
    {"fallback", sizeof(seawall_fallback_config)},
    {"hedge", sizeof(seawall_hedge_config)},
    {"timers", sizeof(seawall_timers_config)},
    {"rate_limiter", sizeof(seawall_limiter_config)},
    {"chaos", sizeof(seawall_chaos_config)},
    {"health", sizeof(seawall_health_config)},
    {"health_check", sizeof(seawall_health_check_config)},
    {"health_endpoint", sizeof(seawall_health_endpoint_config)},
    {"thread_pool", sizeof(seawall_pool_config)},
    {"priority_level", sizeof(seawall_priority_level_config)},
    {"pipeline", sizeof(seawall_pipeline_config)},
    {"keyed", sizeof(seawall_keyed_config)},
};
#define LISTED "circuit_breaker, bulkhead, retry, retry_budget, timeout, fallback, hedge, timers, rate_limiter, " \
    "chaos, health, health_check, health_endpoint, thread_pool, priority_level, pipeline, keyed"

#define KINDS ((int)(sizeof(kinds) / sizeof(kinds[0])))

static any_config defaults_of(const char *kind)
{
    any_config config;

    memset(&config, 0, sizeof(config));
    ck_assert_int_eq(seawall_config_init(kind, &config, seawall_config_size(kind)), SEAWALL_OK);
    sw_test_fill_required(kind, &config);
    return config;
}

START_TEST(kinds_are_listed)
{
    ck_assert_int_eq(seawall_config_kind_count(), KINDS);
    ck_assert_str_eq(seawall_config_kind(_i), kinds[_i].name);
    ck_assert_uint_eq(seawall_config_size(kinds[_i].name), kinds[_i].size);
    ck_assert_int_gt(seawall_config_field_count(kinds[_i].name), 0);
}
END_TEST

START_TEST(what_is_not_there_is_not_listed)
{
    static const char *const names[] = {NULL, "", "retri", "retry ", "Retry", "retryy", "circuit", "threadpool"};
    seawall_field field = {.size = sizeof(field), .key = "mine"};
    any_config config = defaults_of("retry"), before = config;
    char text[64] = "mine";
    size_t needed = 7, i;

    ck_assert_ptr_null(seawall_config_kind(-1));
    ck_assert_ptr_null(seawall_config_kind(KINDS));
    ck_assert_ptr_null(seawall_config_kind(INT32_MAX));
    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        ck_assert_uint_eq(seawall_config_size(names[i]), 0);
        ck_assert_int_eq(seawall_config_field_count(names[i]), 0);
        ck_assert_int_eq(seawall_config_field(names[i], 0, &field), SEAWALL_INVALID);
        ck_assert_int_eq(seawall_config_init(names[i], &config, sizeof(config.retry)), SEAWALL_INVALID);
        ck_assert_int_eq(seawall_config_set(names[i], &config, "max_attempts", "4", NULL), SEAWALL_INVALID);
        ck_assert_int_eq(seawall_config_get(names[i], &config, "max_attempts", text, sizeof(text), &needed), SEAWALL_INVALID);
        ck_assert_int_eq(seawall_config_check(names[i], &config, NULL), SEAWALL_INVALID);
    }
    ck_assert_str_eq(field.key, "mine");
    ck_assert_str_eq(text, "mine");
    ck_assert_uint_eq(needed, 7);
    ck_assert_int_eq(memcmp(&config, &before, sizeof(config)), 0);
}
END_TEST

/* Keys that name other sections, of the kinds that have one. */
START_TEST(links_are_described)
{
    static const struct {
        const char *kind, *key, *form, *kinds;
        int32_t required;
    } links[] = {
        {"retry", "retry_budget", "member", "retry_budget", 0},
        {"hedge", "retry_budget", "member", "retry_budget", 0},
        {"fallback", "pipeline", "member", "pipeline", 0},
        {"health_check", "circuit_breaker", "member", "circuit_breaker", 0},
        {"pipeline", "policies", "policies",
         "timeout, attempt_timeout, retry, circuit_breaker, rate_limiter, bulkhead, hedge, fallback, chaos, thread_pool", 1},
        {"keyed", "instance", "instance",
         "retry_budget, circuit_breaker, retry, timeout, rate_limiter, bulkhead, hedge, fallback, chaos, pipeline", 1},
    };
    struct {
        seawall_link link;
        char behind[16];
    } later = {.link.size = sizeof(later)};
    seawall_link none = {.size = sizeof(none), .key = "mine"};
    size_t i;
    int k, found = 0;

    for (i = 0; i < sizeof(links) / sizeof(links[0]); i++) {
        seawall_link link = {.size = sizeof(link)};

        ck_assert_int_eq(seawall_config_link(links[i].kind, 0, &link), SEAWALL_OK);
        ck_assert_str_eq(link.key, links[i].key);
        ck_assert_str_eq(seawall_link_form_name(link.form), links[i].form);
        ck_assert_str_eq(link.kinds, links[i].kinds);
        ck_assert_int_eq(link.required, links[i].required);
        ck_assert_str_ne(link.text, "");
        ck_assert_int_eq(seawall_config_link(links[i].kind, 1, &none), SEAWALL_INVALID);
        ck_assert_int_eq(seawall_config_link(links[i].kind, -1, &none), SEAWALL_INVALID);
        ck_assert_int_eq(seawall_config_link(links[i].kind, 0, NULL), SEAWALL_INVALID);
    }
    for (k = 0; k < KINDS; k++)
        found += seawall_config_link(kinds[k].name, 0, &later.link) == SEAWALL_OK;
    ck_assert_int_eq(found, sizeof(links) / sizeof(links[0]));
    ck_assert_int_eq(seawall_config_link(NULL, 0, &none), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_config_link("retri", 0, &none), SEAWALL_INVALID);
    none.size = 8;
    ck_assert_int_eq(seawall_config_link("retry", 0, &none), SEAWALL_INVALID);
    ck_assert_str_eq(none.key, "mine");
    ck_assert_str_eq(seawall_link_form_name(0), "unknown");
    ck_assert_str_eq(seawall_link_form_name(4), "unknown");
}
END_TEST

START_TEST(an_unknown_kind_is_told_what_there_is)
{
    any_config config = defaults_of("retry");
    seawall_error error = {0};
    char longest[1000];

    ck_assert_int_eq(seawall_config_set("retri", &config, "max_attempts", "4", &error), SEAWALL_INVALID);
    ck_assert_int_eq(error.status, SEAWALL_INVALID);
    ck_assert_str_eq(error.key, "retri");
    ck_assert_str_eq(error.message, "\"retri\" is no kind; there are: " LISTED);
    memset(&error, 0, sizeof(error));
    ck_assert_int_eq(seawall_config_check("no\nkind", &config, &error), SEAWALL_INVALID);
    ck_assert_ptr_null(strchr(error.message, '\n'));
    ck_assert_ptr_nonnull(strstr(error.message, LISTED));
    memset(&error, 0, sizeof(error));
    ck_assert_int_eq(seawall_config_check(NULL, &config, &error), SEAWALL_INVALID);
    ck_assert_str_eq(error.key, "");
    ck_assert_str_eq(error.message, "no kind of configuration (NULL)");
    memset(longest, 'x', sizeof(longest) - 1);
    longest[sizeof(longest) - 1] = '\0';
    ck_assert_int_eq(seawall_config_check(longest, &config, &error), SEAWALL_INVALID);
    ck_assert_ptr_nonnull(strstr(error.message, LISTED));
}
END_TEST

START_TEST(an_unknown_key_is_told_by_name)
{
    any_config config = defaults_of(kinds[_i].name), before = config;
    seawall_error error = {0};
    char text[64], key[64];

    (void)snprintf(key, sizeof(key), "%s.max_atempts", kinds[_i].name);
    ck_assert_int_eq(seawall_config_set(kinds[_i].name, &config, "max_atempts", "4", &error), SEAWALL_INVALID);
    ck_assert_str_eq(error.key, key);
    ck_assert_ptr_nonnull(strstr(error.message, "max_atempts"));
    ck_assert_int_eq(seawall_config_get(kinds[_i].name, &config, "max_atempts", text, sizeof(text), NULL), SEAWALL_INVALID);
    ck_assert_int_eq(memcmp(&config, &before, sizeof(config)), 0);
}
END_TEST

/* Each field can be described, and its default told, set again and accepted. */
START_TEST(every_field_is_reachable)
{
    const char *kind = kinds[_i].name;
    any_config config = defaults_of(kind), before = config;
    int32_t count = seawall_config_field_count(kind), i;

    for (i = 0; i < count; i++) {
        seawall_field field = {.size = sizeof(field)};
        char text[512];
        size_t needed = 0;

        ck_assert_int_eq(seawall_config_field(kind, i, &field), SEAWALL_OK);
        ck_assert_uint_gt(strlen(field.key), 0);
        ck_assert_uint_gt(strlen(field.text), 0);
        ck_assert_uint_ge(field.offset, sizeof(uint32_t));
        ck_assert_uint_lt(field.offset, kinds[_i].size);
        ck_assert_int_eq(seawall_config_get(kind, &config, field.key, text, sizeof(text), &needed), SEAWALL_OK);
        ck_assert_uint_eq(needed, strlen(text) + 1);
        ck_assert_int_eq(seawall_config_set(kind, &config, field.key, text, NULL), SEAWALL_OK);
        ck_assert_int_eq(memcmp(&config, &before, sizeof(config)), 0);
    }
    ck_assert_int_eq(seawall_config_field(kind, -1, &(seawall_field){.size = sizeof(seawall_field)}), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_config_field(kind, count, &(seawall_field){.size = sizeof(seawall_field)}), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_config_check(kind, &config, NULL), SEAWALL_OK);
}
END_TEST

/* The reference configuration as it is written: its keys are fields, its values the defaults. */
static const struct {
    const char *kind, *key, *value;
} reference[] = {
    {"circuit_breaker", "failure_threshold", "5"},
    {"circuit_breaker", "recovery_timeout", "30s"},
    {"circuit_breaker", "half_open_max_calls", "3"},
    {"retry", "max_attempts", "3"},
    {"retry", "base_delay", "100ms"},
    {"retry", "max_delay", "5s"},
    {"retry", "backoff_multiplier", "2.0"},
    {"retry", "jitter", "full"},
    {"retry", "retryable_errors", "connection_timeout, service_unavailable, rate_limit_exceeded"},
    {"retry", "non_retryable_errors", "authentication_failed, authorization_denied, invalid_request"},
    {"timeout", "request_timeout", "30s"},
    {"bulkhead", "max_concurrent", "25"},
    {"bulkhead", "max_waiting", "0"},
    {"bulkhead", "max_wait", "0"},
};

START_TEST(the_reference_values_are_the_defaults)
{
    const char *kind = reference[_i].kind;
    any_config config = defaults_of(kind), before = config;
    seawall_error error = {0};
    int32_t count = seawall_config_field_count(kind), i;

    /* Away from the default first, so that the value has something to do. */
    for (i = 0; i < count; i++) {
        seawall_field field = {.size = sizeof(field)};

        ck_assert_int_eq(seawall_config_field(kind, i, &field), SEAWALL_OK);
        if (strcmp(field.key, reference[_i].key) == 0)
            memset((unsigned char *)&config + field.offset, 0x11, 4);
    }
    ck_assert_int_ne(memcmp(&config, &before, sizeof(config)), 0);
    ck_assert_msg(seawall_config_set(kind, &config, reference[_i].key, reference[_i].value, &error) == SEAWALL_OK, "%s",
                  error.message);
    ck_assert_int_eq(memcmp(&config, &before, sizeof(config)), 0);
}
END_TEST

START_TEST(all_jitters_of_the_reference_can_be_named)
{
    static const char *const names[] = {"none", "full", "equal", "decorrelated", "proportional"};
    any_config config = defaults_of("retry");
    int32_t i;

    for (i = 0; i < 5; i++) {
        ck_assert_int_eq(seawall_config_set("retry", &config, "jitter", names[i], NULL), SEAWALL_OK);
        ck_assert_int_eq(config.retry.jitter, i);
    }
    ck_assert_int_eq(seawall_config_set("retry", &config, "backoff", "constant", NULL), SEAWALL_OK);
    ck_assert_int_eq(config.retry.backoff, SEAWALL_BACKOFF_CONSTANT);
    ck_assert_int_eq(seawall_config_set("retry", &config, "backoff", "linear", NULL), SEAWALL_OK);
    ck_assert_int_eq(config.retry.backoff, SEAWALL_BACKOFF_LINEAR);
    ck_assert_int_eq(seawall_config_set("retry", &config, "backoff", "exponential", NULL), SEAWALL_OK);
    ck_assert_int_eq(config.retry.backoff, SEAWALL_BACKOFF_EXPONENTIAL);
}
END_TEST

/* Between fields as well: the kind's own rules are asked. */
START_TEST(checking_finds_what_create_would)
{
    any_config config = defaults_of("retry");
    seawall_error error = {0};

    config.retry.max_delay = SEAWALL_MILLISECONDS(1);
    ck_assert_int_eq(seawall_config_check("retry", &config, &error), SEAWALL_INVALID);
    ck_assert_str_eq(error.message, "retry.max_delay: 1ms is below base_delay, 100ms");
    config = defaults_of("timeout");
    config.timeout.request_timeout = 1;
    ck_assert_int_eq(seawall_config_check("timeout", &config, &error), SEAWALL_INVALID);
    ck_assert_str_eq(error.key, "timeout.request_timeout");
    config = defaults_of("circuit_breaker");
    config.breaker.failure_threshold = -2;
    ck_assert_int_eq(seawall_config_check("circuit_breaker", &config, &error), SEAWALL_INVALID);
    ck_assert_str_eq(error.message, "circuit_breaker.failure_threshold: -2 is below 0");
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("kinds");

    tcase_add_loop_test(tests, kinds_are_listed, 0, KINDS);
    tcase_add_test(tests, what_is_not_there_is_not_listed);
    tcase_add_test(tests, links_are_described);
    tcase_add_test(tests, an_unknown_kind_is_told_what_there_is);
    tcase_add_loop_test(tests, an_unknown_key_is_told_by_name, 0, KINDS);
    tcase_add_loop_test(tests, every_field_is_reachable, 0, KINDS);
    tcase_add_loop_test(tests, the_reference_values_are_the_defaults, 0, (int)(sizeof(reference) / sizeof(reference[0])));
    tcase_add_test(tests, all_jitters_of_the_reference_can_be_named);
    tcase_add_test(tests, checking_finds_what_create_would);
    return sw_test_run("kinds", tests);
}
