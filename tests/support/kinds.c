/* The table of kinds. */
#include <check.h>
#include <string.h>

#include "kinds.h"

void sw_test_fill_required(const char *kind, void *config)
{
    if (strcmp(kind, "rate_limiter") == 0)
        ck_assert_int_eq(seawall_config_set(kind, config, "rate", "10", NULL), SEAWALL_OK);
}

/* NULL stands for the defaults, but a limiter has none without a rate. */
static const void *sw_test_default(const char *object, const void *config, void *room, size_t size)
{
    if (config != NULL || strcmp(object, "limiter") != 0)
        return config;
    ck_assert_int_eq(seawall_config_init("rate_limiter", room, size), SEAWALL_OK);
    sw_test_fill_required("rate_limiter", room);
    return room;
}

/* The functions of one kind without its types. */
#define KIND(object)                                                                                                   \
    static seawall_status init_##object(void *config, size_t size)                                                     \
    {                                                                                                                  \
        return seawall_##object##_config_init(config, size);                                                           \
    }                                                                                                                  \
    static seawall_status create_##object(const void *config, const seawall_platform *platform, void **made,           \
                                          seawall_error *error)                                                        \
    {                                                                                                                  \
        seawall_##object##_config given;                                                                               \
        seawall_##object *it = made != NULL ? *made : NULL;                                                            \
        const void *use = sw_test_default(#object, config, &given, sizeof(given));                                     \
        seawall_status status = seawall_##object##_create(use, platform, made != NULL ? &it : NULL, error);            \
                                                                                                                       \
        if (made != NULL)                                                                                              \
            *made = it;                                                                                                \
        return status;                                                                                                 \
    }                                                                                                                  \
    static void destroy_##object(void *made)                                                                           \
    {                                                                                                                  \
        seawall_##object##_destroy(made);                                                                              \
    }

#define ROW(name, object, literal)                                                                                     \
    {name, &(const seawall_##object##_config)literal, init_##object, create_##object, destroy_##object}

KIND(breaker)
KIND(bulkhead)
KIND(retry)
KIND(retry_budget)
KIND(timeout)
KIND(fallback)
KIND(hedge)
KIND(timers)
KIND(limiter)
KIND(chaos)

static const sw_test_kind kinds[] = {
    ROW("circuit_breaker", breaker, SEAWALL_BREAKER_CONFIG_INIT),
    ROW("bulkhead", bulkhead, SEAWALL_BULKHEAD_CONFIG_INIT),
    ROW("retry", retry, SEAWALL_RETRY_CONFIG_INIT),
    ROW("retry_budget", retry_budget, SEAWALL_RETRY_BUDGET_CONFIG_INIT),
    ROW("timeout", timeout, SEAWALL_TIMEOUT_CONFIG_INIT),
    ROW("fallback", fallback, SEAWALL_FALLBACK_CONFIG_INIT),
    ROW("hedge", hedge, SEAWALL_HEDGE_CONFIG_INIT),
    ROW("timers", timers, SEAWALL_TIMERS_CONFIG_INIT),
    ROW("rate_limiter", limiter, SEAWALL_LIMITER_CONFIG_INIT),
    ROW("chaos", chaos, SEAWALL_CHAOS_CONFIG_INIT),
};

const sw_test_kind *sw_test_kind_named(const char *name)
{
    size_t i;

    for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (strcmp(kinds[i].name, name) == 0)
            return &kinds[i];
    }
    ck_abort_msg("the kind \"%s\" has no row in tests/support/kinds.c", name);
    return NULL;
}
