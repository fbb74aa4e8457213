/* The table of kinds that can have a name. */
#include "registry/member_kind.h"

#include <stdio.h>
#include <string.h>

#include "health/health_config.h"
#include "pipeline/chain.h"
#include "pipeline/pipeline_config.h"
#include "policy/breaker/breaker_config.h"
#include "policy/breaker/breaker_state.h"
#include "policy/budget/budget_config.h"
#include "policy/bulkhead/bulkhead_config.h"
#include "policy/bulkhead/bulkhead_object.h"
#include "policy/chaos/chaos_config.h"
#include "policy/chaos/chaos_object.h"
#include "policy/fallback/fallback_config.h"
#include "policy/fallback/fallback_object.h"
#include "policy/hedge/hedge_config.h"
#include "policy/hedge/hedge_object.h"
#include "policy/limiter/limiter_config.h"
#include "policy/limiter/limiter_object.h"
#include "policy/pool/pool_config.h"
#include "policy/pool/pool_object.h"
#include "policy/retry/retry_config.h"
#include "policy/retry/retry_object.h"
#include "policy/timeout/timeout_config.h"
#include "policy/timeout/timeout_object.h"
#include "registry/keyed_config.h"
#include "registry/level.h"
#include "sync/budget.h"

/* The functions of one kind without its types; `retune` is what a reload does. */
#define OBJECT(object, retune)                                                                                         \
    static seawall_status create_##object(const void *config, const seawall_platform *platform, void **made,           \
                                          seawall_error *error)                                                        \
    {                                                                                                                  \
        seawall_##object *it;                                                                                          \
        seawall_status status = seawall_##object##_create(config, platform, &it, error);                               \
                                                                                                                       \
        if (status == SEAWALL_OK)                                                                                      \
            *made = it;                                                                                                \
        return status;                                                                                                 \
    }                                                                                                                  \
    static void destroy_##object(void *object)                                                                         \
    {                                                                                                                  \
        seawall_##object##_destroy(object);                                                                            \
    }                                                                                                                  \
    static seawall_status reconfigure_##object(void *object, const void *config, seawall_error *error)                 \
    {                                                                                                                  \
        return retune(object, config, error);                                                                          \
    }                                                                                                                  \
    static sw_atomic_u32 *references_##object(void *object)                                                            \
    {                                                                                                                  \
        seawall_##object *it = object;                                                                                 \
                                                                                                                       \
        return &it->references;                                                                                        \
    }

/* Those that are policies as well: what a pipeline would call to keep one, keeps one. */
#define POLICY(object, retune)                                                                                         \
    OBJECT(object, retune)                                                                                             \
    static seawall_status fill_##object(void *object, const char *name, seawall_policy *policy)                        \
    {                                                                                                                  \
        return seawall_##object##_policy(object, name, policy);                                                        \
    }                                                                                                                  \
    static void retain_##object(void *object)                                                                          \
    {                                                                                                                  \
        seawall_policy policy = SEAWALL_POLICY_INIT;                                                                   \
                                                                                                                       \
        if (fill_##object(object, NULL, &policy) == SEAWALL_OK)                                                        \
            policy.retain(policy.self);                                                                                \
    }

OBJECT(retry_budget, seawall_retry_budget_reconfigure)
POLICY(breaker, seawall_breaker_reconfigure)
POLICY(retry, seawall_retry_reconfigure)
POLICY(timeout, seawall_timeout_reconfigure)
POLICY(limiter, seawall_limiter_reconfigure)
POLICY(bulkhead, seawall_bulkhead_reconfigure)
POLICY(hedge, seawall_hedge_reconfigure)
POLICY(fallback, seawall_fallback_reconfigure)
POLICY(chaos, seawall_chaos_reconfigure)
POLICY(pool, sw_pool_retune) /* a reload says nothing of threads, and of levels apart: sw_level_spread */

static void retain_retry_budget(void *object)
{
    sw_budget_retain(object);
}

static seawall_status fill_attempt_timeout(void *object, const char *name, seawall_policy *policy)
{
    return seawall_timeout_attempt_policy(object, name, policy);
}

static seawall_status fits_pool(const void *object, const void *config, seawall_error *error)
{
    return sw_pool_fits(object, config, error);
}

static void retain_pipeline(void *object)
{
    sw_pipeline_retain(object);
}

static void destroy_pipeline(void *object)
{
    seawall_pipeline_destroy(object);
}

static sw_atomic_u32 *references_pipeline(void *object)
{
    seawall_pipeline *it = object;

    return &it->references;
}

static void retain_keyed(void *object)
{
    (void)sw_add_u32(sw_keyed_references(object), 1);
}

static void destroy_keyed(void *object)
{
    seawall_keyed_destroy(object);
}

static seawall_status reconfigure_keyed(void *object, const void *config, seawall_error *error)
{
    return sw_keyed_reconfigure(object, config, error);
}

static sw_atomic_u32 *references_keyed(void *object)
{
    return sw_keyed_references(object);
}

/* Checks and endpoints are nothing but their settings, until a set of checks takes them over. */
#define SETTINGS(object)                                                                                               \
    static seawall_status create_##object(const void *config, const seawall_platform *platform, void **made,           \
                                          seawall_error *error)                                                        \
    {                                                                                                                  \
        sw_health_settings *it;                                                                                        \
        seawall_status status = sw_health_settings_create(&sw_##object##_config_kind, config, platform, &it, error);   \
                                                                                                                       \
        if (status == SEAWALL_OK)                                                                                      \
            *made = it;                                                                                                \
        return status;                                                                                                 \
    }                                                                                                                  \
    static void retain_##object(void *it)                                                                              \
    {                                                                                                                  \
        (void)sw_add_u32(sw_health_settings_references(it), 1);                                                        \
    }                                                                                                                  \
    static void destroy_##object(void *it)                                                                             \
    {                                                                                                                  \
        sw_health_settings_destroy(it);                                                                                \
    }                                                                                                                  \
    static seawall_status reconfigure_##object(void *it, const void *config, seawall_error *error)                     \
    {                                                                                                                  \
        return sw_health_settings_reconfigure(it, config, error);                                                      \
    }                                                                                                                  \
    static sw_atomic_u32 *references_##object(void *it)                                                                \
    {                                                                                                                  \
        return sw_health_settings_references(it);                                                                      \
    }

SETTINGS(health_check)
SETTINGS(health_endpoint)

#define ROW(table, object)                                                                                             \
    .config = &table, .create = create_##object, .retain = retain_##object, .destroy = destroy_##object,               \
    .reconfigure = reconfigure_##object, .references = references_##object

const sw_member_kind sw_member_kinds[SW_MEMBER_KINDS] = {
    [SW_MEMBER_RETRY_BUDGET] = {ROW(sw_retry_budget_config_kind, retry_budget), .keyable = true},
    [SW_MEMBER_CIRCUIT_BREAKER] = {ROW(sw_breaker_config_kind, breaker), .keyable = true},
    [SW_MEMBER_RETRY] = {ROW(sw_retry_config_kind, retry), .keyable = true,
                         .link = {"retry_budget", SEAWALL_LINK_MEMBER, SW_MEMBER_RETRY_BUDGET,
                                  offsetof(seawall_retry_config, budget),
                                  "The retry budget that repetitions are charged to."}},
    [SW_MEMBER_TIMEOUT] = {ROW(sw_timeout_config_kind, timeout), .keyable = true},
    [SW_MEMBER_RATE_LIMITER] = {ROW(sw_limiter_config_kind, limiter), .keyable = true},
    [SW_MEMBER_BULKHEAD] = {ROW(sw_bulkhead_config_kind, bulkhead), .keyable = true},
    [SW_MEMBER_HEDGE] = {ROW(sw_hedge_config_kind, hedge), .keyable = true,
                         .link = {"retry_budget", SEAWALL_LINK_MEMBER, SW_MEMBER_RETRY_BUDGET,
                                  offsetof(seawall_hedge_config, retry_budget),
                                  "The retry budget that extra runs are charged to besides their own."}},
    [SW_MEMBER_FALLBACK] = {ROW(sw_fallback_config_kind, fallback), .keyable = true,
                            .link = {"pipeline", SEAWALL_LINK_MEMBER, SW_MEMBER_PIPELINE, -1,
                                     "The pipeline that stands in; without one a constant or the program's function does."}},
    [SW_MEMBER_CHAOS] = {ROW(sw_chaos_config_kind, chaos), .keyable = true},
    [SW_MEMBER_PRIORITY_LEVEL] = {.config = &sw_priority_level_config_kind, .create = sw_level_create, .retain = sw_level_retain,
                                  .destroy = sw_level_destroy, .references = sw_level_references,
                                  .reconfigure = sw_level_reconfigure,
                                  .names = "critical, high, normal, low"},
    [SW_MEMBER_THREAD_POOL] = {.config = &sw_pool_config_kind, .create = create_pool, .retain = retain_pool,
                               .destroy = destroy_pool, .reconfigure = reconfigure_pool, .fits = fits_pool,
                               .references = references_pool},
    [SW_MEMBER_PIPELINE] = {.config = &sw_pipeline_config_kind, .retain = retain_pipeline, .destroy = destroy_pipeline,
                            .references = references_pipeline, .keyable = true,
                            .link = {"policies", SEAWALL_LINK_POLICIES, -1, -1, "Its policies, outermost first."}},
    [SW_MEMBER_KEYED] = {.config = &sw_keyed_config_kind, .retain = retain_keyed, .destroy = destroy_keyed,
                         .reconfigure = reconfigure_keyed, .references = references_keyed,
                         .link = {"instance", SEAWALL_LINK_INSTANCE, -1, -1,
                                  "What each key gets one of: kind, or kind \"name\"."}},
    [SW_MEMBER_HEALTH_CHECK] = {ROW(sw_health_check_config_kind, health_check),
                                .link = {"circuit_breaker", SEAWALL_LINK_MEMBER, SW_MEMBER_CIRCUIT_BREAKER, -1,
                                         "The circuit breaker that goes along with it."}},
    [SW_MEMBER_HEALTH_ENDPOINT] = {ROW(sw_health_endpoint_config_kind, health_endpoint),
                                   .names = "/health/live, /health/ready, /health/startup"},
};

bool sw_member_kind_allows(int32_t kind, const char *name)
{
    const char *names = sw_member_kinds[kind].names;
    int32_t value;

    /* Blanks are part of a name: what is looked up is the name as it is. */
    return names == NULL || sw_parse_choice((sw_span){name, strlen(name)}, names, &value) == SW_TEXT_GOOD;
}

int32_t sw_member_kind_named(sw_span name)
{
    int32_t i;

    for (i = 0; i < SW_MEMBER_KINDS; i++) {
        if (sw_span_is(name, sw_member_kinds[i].config->name))
            return i;
    }
    return -1;
}

const sw_policy_word sw_policy_words[] = {
    {"timeout", SW_MEMBER_TIMEOUT, fill_timeout},
    {"attempt_timeout", SW_MEMBER_TIMEOUT, fill_attempt_timeout},
    {"retry", SW_MEMBER_RETRY, fill_retry},
    {"circuit_breaker", SW_MEMBER_CIRCUIT_BREAKER, fill_breaker},
    {"rate_limiter", SW_MEMBER_RATE_LIMITER, fill_limiter},
    {"bulkhead", SW_MEMBER_BULKHEAD, fill_bulkhead},
    {"hedge", SW_MEMBER_HEDGE, fill_hedge},
    {"fallback", SW_MEMBER_FALLBACK, fill_fallback},
    {"chaos", SW_MEMBER_CHAOS, fill_chaos},
    {"thread_pool", SW_MEMBER_THREAD_POOL, fill_pool},
};

const int32_t sw_policy_word_count = sizeof(sw_policy_words) / sizeof(sw_policy_words[0]);

int32_t sw_policy_word_named(sw_span word)
{
    int32_t i;

    for (i = 0; i < sw_policy_word_count; i++) {
        if (sw_span_is(word, sw_policy_words[i].word))
            return i;
    }
    return -1;
}

void sw_policy_label(int32_t word, const char *name, char label[SW_POLICY_LABEL_SIZE])
{
    if (name[0] != '\0')
        (void)snprintf(label, SW_POLICY_LABEL_SIZE, "%s \"%s\"", sw_policy_words[word].word, name);
    else
        (void)snprintf(label, SW_POLICY_LABEL_SIZE, "%s", sw_policy_words[word].word);
}
