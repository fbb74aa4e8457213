/* Sources that read what is in use: a breaker's state, a pool that is full or held up. */
#include <seawall/health_source.h>

#include <stdio.h>

#include "base/error.h"
#include "base/field.h"
#include "base/text.h"
#include "health/health_config.h"
#include "health/health_object.h"
#include "registry/health_hold.h"

/* To a whole second, or millisecond: for people. */
static seawall_duration rounded(seawall_duration left)
{
    seawall_duration unit = left > SEAWALL_SECONDS(1) ? SEAWALL_SECONDS(1) : SEAWALL_MILLISECONDS(1);

    return left < SEAWALL_SECONDS(INT32_MAX) ? (left + unit / 2) / unit * unit : left;
}

#define ROOM SEAWALL_HEALTH_MESSAGE_SIZE

/* "open for another 12s: failure_rate, 62 % where 50 % is the limit" */
static void tell_open(const seawall_breaker_snapshot *seen, char message[ROOM])
{
    bool rate = seen->last_rule == SEAWALL_BREAKER_RULE_FAILURE_RATE || seen->last_rule == SEAWALL_BREAKER_RULE_SLOW_CALL_RATE;
    const char *rule = seawall_breaker_rule_name(seen->last_rule);
    char left[SW_TEXT_SIZE];

    (void)sw_print_duration(rounded(seen->remaining), left);
    if (seen->state == SEAWALL_BREAKER_FORCED_OPEN && seen->remaining == SEAWALL_FOREVER)
        (void)snprintf(message, ROOM, "held open");
    else if (seen->state == SEAWALL_BREAKER_FORCED_OPEN)
        (void)snprintf(message, ROOM, "held open for another %.30s", left);
    else if (rate)
        (void)snprintf(message, ROOM, "open for another %.30s: %.40s, %d %% where %d %% is the limit", left,
                       rule, (int)seen->last_value / 10000, (int)seen->last_limit / 10000);
    else
        (void)snprintf(message, ROOM, "open for another %.30s: %.40s, %d where %d is the limit", left, rule,
                       (int)seen->last_value, (int)seen->last_limit);
}

static seawall_health_status look_at_breaker(seawall_health_run *run, void *user)
{
    seawall_breaker_snapshot seen = SEAWALL_BREAKER_SNAPSHOT_INIT;

    if (seawall_breaker_get_snapshot(user, &seen) != SEAWALL_OK)
        return SEAWALL_HEALTH_UNKNOWN;
    switch (seen.state) {
    case SEAWALL_BREAKER_OPEN:
    case SEAWALL_BREAKER_FORCED_OPEN:
        tell_open(&seen, run->message);
        return SEAWALL_HEALTH_FAIL;
    case SEAWALL_BREAKER_HALF_OPEN:
        (void)snprintf(run->message, sizeof(run->message), "half-open: it is being probed");
        return SEAWALL_HEALTH_WARN;
    default:
        return SEAWALL_HEALTH_PASS;
    }
}

/* One that takes no more work has failed, and so has one that its jobs do not give back; one that loses workers is warned of. */
static seawall_health_status judge_pool(const seawall_pool_snapshot *seen, char message[ROOM])
{
    int32_t waiting = seen->queued[0] + seen->queued[1] + seen->queued[2] + seen->queued[3];

    if (seen->stopped) {
        (void)snprintf(message, ROOM, "stopped: it takes no jobs");
        return SEAWALL_HEALTH_FAIL;
    }
    if (seen->stuck >= seen->max_size) {
        (void)snprintf(message, ROOM, "stuck: all %d workers, %d jobs wait", (int)seen->stuck, (int)waiting);
        return SEAWALL_HEALTH_FAIL;
    }
    if (seen->busy >= seen->max_size && waiting >= seen->queue_size) {
        (void)snprintf(message, ROOM, "saturated: %d of %d workers busy, %d stuck, %d of %d places taken",
                       (int)seen->busy, (int)seen->max_size, (int)seen->stuck, (int)waiting, (int)seen->queue_size);
        return SEAWALL_HEALTH_FAIL;
    }
    if (seen->stuck > 0) {
        (void)snprintf(message, ROOM, "stuck: %d of %d workers", (int)seen->stuck, (int)seen->max_size);
        return SEAWALL_HEALTH_WARN;
    }
    return SEAWALL_HEALTH_PASS;
}

static seawall_health_status look_at_pool(seawall_health_run *run, void *user)
{
    seawall_pool_snapshot seen = SEAWALL_POOL_SNAPSHOT_INIT;

    if (seawall_pool_get_snapshot(user, &seen) != SEAWALL_OK)
        return SEAWALL_HEALTH_UNKNOWN;
    return judge_pool(&seen, run->message);
}

static void let_breaker_go(void *user)
{
    seawall_breaker_destroy(user);
}

static void let_pool_go(void *user)
{
    seawall_pool_destroy(user);
}

static seawall_health_binding source(seawall_health_fn function, seawall_health_release_fn release, void *object)
{
    seawall_health_binding made = SEAWALL_HEALTH_BINDING_INIT;

    made.function = function;
    made.release = release;
    made.user = object;
    return made;
}

seawall_health_binding sw_source_of_breaker(seawall_breaker *breaker)
{
    return source(look_at_breaker, let_breaker_go, breaker);
}

seawall_health_binding sw_source_of_pool(seawall_pool *pool)
{
    return source(look_at_pool, let_pool_go, pool);
}

static seawall_status nothing(const char *what, seawall_error *error)
{
    return sw_error(error, SEAWALL_INVALID, "health_check", "health_check: no %s (NULL)", what);
}

/* Registers the check with a further reference to what it reads, as its policy knows. */
static seawall_status watch(seawall_health *health, const char *name, const seawall_health_check_config *config,
                            const seawall_policy *policy, const seawall_health_binding *binding, seawall_error *error)
{
    seawall_health_check_config full;
    seawall_status status = sw_config_take(&sw_health_check_config_kind, config, &full, error);

    if (status != SEAWALL_OK)
        return status;
    if (health == NULL)
        return nothing("set of checks", error);
    if (policy->platform != health->platform)
        return sw_error(error, SEAWALL_INVALID, "health_check", "health_check: what it reads is on another platform");
    full.check = SEAWALL_HEALTH_SOURCE;
    policy->retain(policy->self);
    status = seawall_health_register(health, name, &full, binding, error);
    if (status != SEAWALL_OK)
        policy->release(policy->self);
    return status;
}

seawall_status seawall_health_watch_breaker(seawall_health *health, const char *name, const seawall_health_check_config *config,
                                            seawall_breaker *breaker, seawall_error *error)
{
    seawall_health_binding binding = sw_source_of_breaker(breaker);
    seawall_policy policy = SEAWALL_POLICY_INIT;
    sw_health_attachment *hold;
    seawall_status status;

    if (seawall_breaker_policy(breaker, NULL, &policy) != SEAWALL_OK)
        return nothing("breaker", error);
    if (health == NULL)
        return nothing("set of checks", error);
    policy.retain(policy.self);
    status = sw_hold_create(health->platform, health, name != NULL ? name : "", breaker, false, &hold, error);
    if (status != SEAWALL_OK)
        return status;
    status = sw_hold_listen(hold, error);
    if (status == SEAWALL_OK)
        status = watch(health, name, config, &policy, &binding, error);
    if (status != SEAWALL_OK || !sw_health_attach(health, name, hold))
        sw_health_attachment_drop(hold);
    return status;
}

seawall_status seawall_health_watch_pool(seawall_health *health, const char *name, const seawall_health_check_config *config,
                                         seawall_pool *pool, seawall_error *error)
{
    seawall_health_binding binding = sw_source_of_pool(pool);
    seawall_policy policy = SEAWALL_POLICY_INIT;

    if (seawall_pool_policy(pool, NULL, &policy) != SEAWALL_OK)
        return nothing("pool", error);
    return watch(health, name, config, &policy, &binding, error);
}
