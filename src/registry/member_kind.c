/* The table of kinds that can have a name. */
#include "registry/member_kind.h"

#include "pipeline/chain.h"
#include "policy/breaker/breaker_config.h"
#include "policy/budget/budget_config.h"
#include "policy/bulkhead/bulkhead_config.h"
#include "policy/chaos/chaos_config.h"
#include "policy/fallback/fallback_config.h"
#include "policy/hedge/hedge_config.h"
#include "policy/limiter/limiter_config.h"
#include "policy/retry/retry_config.h"
#include "policy/timeout/timeout_config.h"
#include "sync/budget.h"

/* The functions of one kind without its types. */
#define OBJECT(object)                                                                                                 \
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
    }

/* Those that are policies as well: what a pipeline would call to keep one, keeps one. */
#define POLICY(object)                                                                                                 \
    OBJECT(object)                                                                                                     \
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

OBJECT(retry_budget)
POLICY(breaker)
POLICY(retry)
POLICY(timeout)
POLICY(limiter)
POLICY(bulkhead)
POLICY(hedge)
POLICY(fallback)
POLICY(chaos)

static void retain_retry_budget(void *object)
{
    sw_budget_retain(object);
}

static seawall_status fill_attempt_timeout(void *object, const char *name, seawall_policy *policy)
{
    return seawall_timeout_attempt_policy(object, name, policy);
}

static void retain_pipeline(void *object)
{
    sw_pipeline_retain(object);
}

static void destroy_pipeline(void *object)
{
    seawall_pipeline_destroy(object);
}

static const seawall_pipeline_config pipeline_defaults = SEAWALL_PIPELINE_CONFIG_INIT;

static const sw_field pipeline_fields[] = {
    {SW_FIELD_COUNT(seawall_pipeline_config, late, "runs", 0, 1000,
                    "Places per level for runs that were cut but have not ended; auto: what the policies need."),
     .automatic = true},
};

static const sw_config_kind pipeline_kind = {
    .name = "pipeline",
    .size = sizeof(seawall_pipeline_config),
    .oldest = sizeof(seawall_pipeline_config),
    .defaults = &pipeline_defaults,
    .fields = pipeline_fields,
    .count = sizeof(pipeline_fields) / sizeof(pipeline_fields[0]),
};

#define ROW(table, object) .config = &table, .create = create_##object, .retain = retain_##object, .destroy = destroy_##object

const sw_member_kind sw_member_kinds[SW_MEMBER_KINDS] = {
    [SW_MEMBER_RETRY_BUDGET] = {ROW(sw_retry_budget_config_kind, retry_budget)},
    [SW_MEMBER_CIRCUIT_BREAKER] = {ROW(sw_breaker_config_kind, breaker)},
    [SW_MEMBER_RETRY] = {ROW(sw_retry_config_kind, retry),
                         .link = {"retry_budget", SW_LINK_MEMBER, SW_MEMBER_RETRY_BUDGET, offsetof(seawall_retry_config, budget),
                                  "The retry budget that repetitions are charged to."}},
    [SW_MEMBER_TIMEOUT] = {ROW(sw_timeout_config_kind, timeout)},
    [SW_MEMBER_RATE_LIMITER] = {ROW(sw_limiter_config_kind, limiter)},
    [SW_MEMBER_BULKHEAD] = {ROW(sw_bulkhead_config_kind, bulkhead)},
    [SW_MEMBER_HEDGE] = {ROW(sw_hedge_config_kind, hedge),
                         .link = {"retry_budget", SW_LINK_MEMBER, SW_MEMBER_RETRY_BUDGET,
                                  offsetof(seawall_hedge_config, retry_budget),
                                  "The retry budget that extra runs are charged to besides their own."}},
    [SW_MEMBER_FALLBACK] = {ROW(sw_fallback_config_kind, fallback),
                            .link = {"pipeline", SW_LINK_MEMBER, SW_MEMBER_PIPELINE, -1,
                                     "The pipeline that stands in; without one a constant or the program's function does."}},
    [SW_MEMBER_CHAOS] = {ROW(sw_chaos_config_kind, chaos)},
    [SW_MEMBER_PIPELINE] = {.config = &pipeline_kind, .retain = retain_pipeline, .destroy = destroy_pipeline,
                            .link = {"policies", SW_LINK_POLICIES, -1, -1, "Its policies, outermost first."}},
};

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
