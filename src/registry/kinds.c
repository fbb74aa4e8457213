/* Every kind of configuration by name. A new kind is one row in the table. */
#include <string.h>

#include <seawall/seawall.h>

#include "base/error.h"
#include "base/text.h"
#include "health/health_config.h"
#include "pipeline/pipeline_config.h"
#include "policy/breaker/breaker_config.h"
#include "policy/budget/budget_config.h"
#include "policy/bulkhead/bulkhead_config.h"
#include "policy/chaos/chaos_config.h"
#include "policy/fallback/fallback_config.h"
#include "policy/hedge/hedge_config.h"
#include "policy/limiter/limiter_config.h"
#include "policy/pool/pool_config.h"
#include "policy/retry/retry_config.h"
#include "policy/timeout/timeout_config.h"
#include "registry/keyed_config.h"
#include "registry/member_kind.h"
#include "time/timers_config.h"

static const sw_config_kind *const kinds[] = {
    &sw_breaker_config_kind,
    &sw_bulkhead_config_kind,
    &sw_retry_config_kind,
    &sw_retry_budget_config_kind,
    &sw_timeout_config_kind,
    &sw_fallback_config_kind,
    &sw_hedge_config_kind,
    &sw_timers_config_kind,
    &sw_limiter_config_kind,
    &sw_chaos_config_kind,
    &sw_health_config_kind,
    &sw_health_check_config_kind,
    &sw_health_endpoint_config_kind,
    &sw_pool_config_kind,
    &sw_priority_level_config_kind,
    &sw_pipeline_config_kind,
    &sw_keyed_config_kind,
};

#define KIND_COUNT ((int32_t)(sizeof(kinds) / sizeof(kinds[0])))

/* Room for whichever of them is checked. */
typedef union any_config {
    seawall_breaker_config breaker;
    seawall_bulkhead_config bulkhead;
    seawall_retry_config retry;
    seawall_retry_budget_config budget;
    seawall_timeout_config timeout;
    seawall_fallback_config fallback;
    seawall_hedge_config hedge;
    seawall_timers_config timers;
    seawall_limiter_config limiter;
    seawall_chaos_config chaos;
    seawall_health_config health;
    seawall_health_check_config health_check;
    seawall_health_endpoint_config health_endpoint;
    seawall_pool_config pool;
    seawall_priority_level_config level;
    seawall_pipeline_config pipeline;
    seawall_keyed_config keyed;
} any_config;

static const sw_config_kind *find(const char *name)
{
    int32_t i;

    for (i = 0; i < KIND_COUNT; i++) {
        if (name != NULL && strcmp(name, kinds[i]->name) == 0)
            return kinds[i];
    }
    return NULL;
}

static seawall_status no_such_kind(const char *name, seawall_error *error)
{
    char quoted[SW_TEXT_SIZE];
    char known[SEAWALL_ERROR_MESSAGE_SIZE] = "";
    int32_t i;

    if (name == NULL)
        return sw_error(error, SEAWALL_INVALID, "", "no kind of configuration (NULL)");
    for (i = 0; i < KIND_COUNT; i++) {
        (void)strncat(known, i > 0 ? ", " : "", sizeof(known) - strlen(known) - 1);
        (void)strncat(known, kinds[i]->name, sizeof(known) - strlen(known) - 1);
    }
    (void)sw_quote((sw_span){name, strlen(name)}, quoted);
    return sw_error(error, SEAWALL_INVALID, name, "%s is no kind; there are: %s", quoted, known);
}

int32_t seawall_config_kind_count(void)
{
    return KIND_COUNT;
}

const char *seawall_config_kind(int32_t index)
{
    return index >= 0 && index < KIND_COUNT ? kinds[index]->name : NULL;
}

size_t seawall_config_size(const char *kind)
{
    const sw_config_kind *found = find(kind);

    return found != NULL ? found->size : 0;
}

int32_t seawall_config_field_count(const char *kind)
{
    const sw_config_kind *found = find(kind);

    return found != NULL ? found->count : 0;
}

seawall_status seawall_config_field(const char *kind, int32_t index, seawall_field *field)
{
    const sw_config_kind *found = find(kind);

    return found != NULL ? sw_config_describe(found, index, field) : SEAWALL_INVALID;
}

seawall_status seawall_config_init(const char *kind, void *config, size_t size)
{
    const sw_config_kind *found = find(kind);

    return found != NULL ? sw_config_init(found, config, size) : SEAWALL_INVALID;
}

seawall_status seawall_config_set(const char *kind, void *config, const char *key, const char *value, seawall_error *error)
{
    const sw_config_kind *found = find(kind);

    return found != NULL ? sw_config_set(found, config, key, value, error) : no_such_kind(kind, error);
}

seawall_status seawall_config_get(const char *kind, const void *config, const char *key, char *text, size_t size,
                                  size_t *needed)
{
    const sw_config_kind *found = find(kind);

    return found != NULL ? sw_config_get(found, config, key, text, size, needed) : SEAWALL_INVALID;
}

seawall_status seawall_config_check(const char *kind, const void *config, seawall_error *error)
{
    const sw_config_kind *found = find(kind);
    any_config full;

    return found != NULL ? sw_config_take(found, config, &full, error) : no_such_kind(kind, error);
}
