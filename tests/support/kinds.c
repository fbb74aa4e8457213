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

/* Those that can change while they are in use. */
#define LIVE_KIND(object)                                                                                              \
    KIND(object)                                                                                                       \
    static seawall_status reconfigure_##object(void *made, const void *config, seawall_error *error)                   \
    {                                                                                                                  \
        seawall_##object##_config given;                                                                               \
                                                                                                                       \
        return seawall_##object##_reconfigure(made, sw_test_default(#object, config, &given, sizeof(given)), error);   \
    }

#define FIXED_ROW(name, object, literal)                                                                               \
    {name, &(const seawall_##object##_config)literal, init_##object, create_##object, destroy_##object, NULL}
#define ROW(name, object, literal)                                                                                     \
    {name,           &(const seawall_##object##_config)literal, init_##object, create_##object,                        \
     destroy_##object, reconfigure_##object}

LIVE_KIND(breaker)
LIVE_KIND(bulkhead)
LIVE_KIND(retry)
LIVE_KIND(retry_budget)
LIVE_KIND(timeout)
LIVE_KIND(fallback)
LIVE_KIND(hedge)
KIND(timers)
KIND(health)
LIVE_KIND(limiter)
LIVE_KIND(chaos)
LIVE_KIND(pool)

/* A level is no object: pools are made of four. */
static seawall_status init_level(void *config, size_t size)
{
    return seawall_priority_level_config_init(config, size);
}

/* A pool of four such levels. The struct under test may be longer than its neighbours in an array would let it. */
static seawall_status pool_of(const void *config, seawall_priority_level_config *levels, seawall_pool_config *pool,
                              seawall_error *error)
{
    const seawall_priority_level_config *level = config;
    seawall_status status = SEAWALL_OK;
    int i;

    if (level != NULL && level->size > sizeof(*level)) {
        status = seawall_config_check("priority_level", config, error);
        level = NULL;
    }
    for (i = 0; i < SEAWALL_PRIORITY_COUNT; i++)
        levels[i] = level != NULL ? *level : (seawall_priority_level_config)SEAWALL_PRIORITY_LEVEL_CONFIG_INIT;
    *pool = (seawall_pool_config)SEAWALL_POOL_CONFIG_INIT;
    pool->levels = levels;
    return status;
}

static seawall_status create_level(const void *config, const seawall_platform *platform, void **made, seawall_error *error)
{
    seawall_priority_level_config levels[SEAWALL_PRIORITY_COUNT];
    seawall_pool_config pool;
    seawall_status status = pool_of(config, levels, &pool, error);

    return status == SEAWALL_OK ? create_pool(&pool, platform, made, error) : status;
}

/* A check and an endpoint are made within a set of checks, and it is that set which is handed out. */
static seawall_status init_health_check(void *config, size_t size)
{
    return seawall_health_check_config_init(config, size);
}

static seawall_status init_health_endpoint(void *config, size_t size)
{
    return seawall_health_endpoint_config_init(config, size);
}

static seawall_status make_set(const seawall_platform *platform, seawall_health **set, void **made, seawall_error *error)
{
    return seawall_health_create(NULL, platform, made != NULL ? set : NULL, error);
}

static seawall_status hand_out(seawall_health *set, seawall_status status, void **made)
{
    if (status == SEAWALL_OK)
        *made = set;
    else
        seawall_health_destroy(set);
    return status;
}

/* Of the check's times only its own are to matter. */
static seawall_status create_health_check(const void *config, const seawall_platform *platform, void **made,
                                          seawall_error *error)
{
    seawall_health_endpoint_config slow = SEAWALL_HEALTH_ENDPOINT_CONFIG_INIT;
    seawall_health *set = NULL;
    seawall_status status = make_set(platform, &set, made, error);
    seawall_health_endpoint i;

    slow.interval = SEAWALL_SECONDS(315360000);
    for (i = SEAWALL_HEALTH_LIVE; i <= SEAWALL_HEALTH_STARTUP && status == SEAWALL_OK; i++)
        status = seawall_health_set_endpoint(set, i, &slow, error);
    if (status == SEAWALL_OK)
        status = seawall_health_register(set, "x", config, NULL, error);
    return hand_out(set, status, made);
}

static seawall_status create_health_endpoint(const void *config, const seawall_platform *platform, void **made,
                                             seawall_error *error)
{
    seawall_health *set = NULL;
    seawall_status status = make_set(platform, &set, made, error);

    if (status == SEAWALL_OK)
        status = seawall_health_set_endpoint(set, SEAWALL_HEALTH_READY, config, error);
    return hand_out(set, status, made);
}

static void destroy_set(void *made)
{
    seawall_health_destroy(made);
}

static seawall_status reconfigure_health_check(void *made, const void *config, seawall_error *error)
{
    return seawall_health_reconfigure(made, "x", config, error);
}

static seawall_status reconfigure_health_endpoint(void *made, const void *config, seawall_error *error)
{
    return seawall_health_set_endpoint(made, SEAWALL_HEALTH_READY, config, error);
}

static const seawall_health_check_config health_check_literal = SEAWALL_HEALTH_CHECK_CONFIG_INIT;
static const seawall_health_endpoint_config health_endpoint_literal = SEAWALL_HEALTH_ENDPOINT_CONFIG_INIT;

/* A pipeline around nothing, and keyed instances of a registry that is gone. */
static seawall_status init_pipeline(void *config, size_t size)
{
    return seawall_pipeline_config_init(config, size);
}

static seawall_status create_pipeline(const void *config, const seawall_platform *platform, void **made, seawall_error *error)
{
    seawall_pipeline *it = NULL;
    seawall_status status = seawall_pipeline_create(config, NULL, 0, platform, made != NULL ? &it : NULL, error);

    if (status == SEAWALL_OK)
        *made = it;
    return status;
}

static void destroy_pipeline(void *made)
{
    seawall_pipeline_destroy(made);
}

static seawall_status init_keyed(void *config, size_t size)
{
    return seawall_keyed_config_init(config, size);
}

static seawall_status create_keyed(const void *config, const seawall_platform *platform, void **made, seawall_error *error)
{
    seawall_keyed *it = NULL;
    seawall_registry *registry;
    seawall_status status = seawall_registry_create(NULL, platform, &registry, error);

    if (status != SEAWALL_OK)
        return status;
    status = seawall_registry_keyed(registry, "k", config, "timeout", made != NULL ? &it : NULL, NULL, error);
    seawall_registry_destroy(registry);
    if (status == SEAWALL_OK)
        *made = it;
    return status;
}

static void destroy_keyed(void *made)
{
    seawall_keyed_destroy(made);
}

static const sw_test_kind kinds[] = {
    ROW("circuit_breaker", breaker, SEAWALL_BREAKER_CONFIG_INIT),
    ROW("bulkhead", bulkhead, SEAWALL_BULKHEAD_CONFIG_INIT),
    ROW("retry", retry, SEAWALL_RETRY_CONFIG_INIT),
    ROW("retry_budget", retry_budget, SEAWALL_RETRY_BUDGET_CONFIG_INIT),
    ROW("timeout", timeout, SEAWALL_TIMEOUT_CONFIG_INIT),
    ROW("fallback", fallback, SEAWALL_FALLBACK_CONFIG_INIT),
    ROW("hedge", hedge, SEAWALL_HEDGE_CONFIG_INIT),
    FIXED_ROW("timers", timers, SEAWALL_TIMERS_CONFIG_INIT),
    ROW("rate_limiter", limiter, SEAWALL_LIMITER_CONFIG_INIT),
    ROW("chaos", chaos, SEAWALL_CHAOS_CONFIG_INIT),
    FIXED_ROW("health", health, SEAWALL_HEALTH_CONFIG_INIT),
    {"health_check", &health_check_literal, init_health_check, create_health_check, destroy_set, reconfigure_health_check},
    {"health_endpoint", &health_endpoint_literal, init_health_endpoint, create_health_endpoint, destroy_set,
     reconfigure_health_endpoint},
    ROW("thread_pool", pool, SEAWALL_POOL_CONFIG_INIT),
    {"priority_level", &(const seawall_priority_level_config)SEAWALL_PRIORITY_LEVEL_CONFIG_INIT, init_level, create_level,
     destroy_pool, NULL},
    FIXED_ROW("pipeline", pipeline, SEAWALL_PIPELINE_CONFIG_INIT),
    FIXED_ROW("keyed", keyed, SEAWALL_KEYED_CONFIG_INIT), /* a reload changes them */
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
