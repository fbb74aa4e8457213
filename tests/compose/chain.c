/* The library's own policies and toys in one chain, in a world. */
#include "chain.h"

#include <check.h>

void chain_defaults(chain_config *config)
{
    *config = (chain_config){.order = "",
                             .breaker = SEAWALL_BREAKER_CONFIG_INIT,
                             .retry = SEAWALL_RETRY_CONFIG_INIT,
                             .timeout = SEAWALL_TIMEOUT_CONFIG_INIT,
                             .shorter = SEAWALL_TIMEOUT_CONFIG_INIT,
                             .bulkhead = SEAWALL_BULKHEAD_CONFIG_INIT,
                             .limiter = SEAWALL_LIMITER_CONFIG_INIT,
                             .budget = SEAWALL_RETRY_BUDGET_CONFIG_INIT,
                             .fallback = SEAWALL_FALLBACK_CONFIG_INIT,
                             .hedge = SEAWALL_HEDGE_CONFIG_INIT,
                             .chaos = SEAWALL_CHAOS_CONFIG_INIT};
    config->limiter.rate = 1000;
    config->hedge.delay = SEAWALL_MILLISECONDS(10);
    config->hedge.budget = 1;
    config->breaker.failure_threshold = 3;
    config->retry.jitter = SEAWALL_JITTER_NONE;
}

static void turned(const seawall_breaker_transition *t, void *user)
{
    toy_notes **notes = user;

    toy_note(*notes, "# %llu %s", (unsigned long long)t->sequence, seawall_breaker_state_name(t->from));
    toy_note(*notes, " to %s", seawall_breaker_state_name(t->to));
    toy_note(*notes, "@%lld %d of %d\n", (long long)t->now, (int)t->value, (int)t->limit);
}

void chain_open(chain *c, const world_plan *plan, const chain_config *config)
{
    const seawall_platform *platform;
    seawall_retry_config again = config->retry;
    seawall_hedge_config beside = config->hedge;
    seawall_permit permit;
    seawall_error error;
    int32_t i;

    c->world = world_create(plan);
    c->stand_in = NULL;
    platform = world_platform(c->world);
    ck_assert_msg(seawall_breaker_create(&config->breaker, platform, &c->breaker, &error) == SEAWALL_OK, "%s", error.message);
    ck_assert_msg(seawall_retry_budget_create(&config->budget, platform, &c->budget, &error) == SEAWALL_OK, "%s", error.message);
    again.budget = beside.retry_budget = c->budget;
    ck_assert_msg(seawall_retry_create(&again, platform, &c->retry, &error) == SEAWALL_OK, "%s", error.message);
    ck_assert_msg(seawall_hedge_create(&beside, platform, &c->hedge, &error) == SEAWALL_OK, "%s", error.message);
    ck_assert_msg(seawall_limiter_create(&config->limiter, platform, &c->limiter, &error) == SEAWALL_OK, "%s", error.message);
    ck_assert_msg(seawall_fallback_create(&config->fallback, platform, &c->fallback, &error) == SEAWALL_OK, "%s", error.message);
    ck_assert_msg(seawall_timeout_create(&config->timeout, platform, &c->timeout, &error) == SEAWALL_OK, "%s", error.message);
    ck_assert_msg(seawall_timeout_create(&config->shorter, platform, &c->shorter, &error) == SEAWALL_OK, "%s", error.message);
    ck_assert_msg(seawall_bulkhead_create(&config->bulkhead, platform, &c->bulkhead, &error) == SEAWALL_OK, "%s", error.message);
    ck_assert_msg(seawall_chaos_create(&config->chaos, platform, &c->chaos, &error) == SEAWALL_OK, "%s", error.message);
    for (i = 0; config->taken && i < config->bulkhead.max_concurrent; i++)
        ck_assert_int_eq(seawall_bulkhead_try_acquire(c->bulkhead, &permit), SEAWALL_OK);
    ck_assert_int_eq(seawall_breaker_add_listener(c->breaker, turned, world_notes(c->world)), SEAWALL_OK);
}

/* The retry, bulkhead and limiter once more, around the same operation. */
static seawall_status stand_in(chain *c, seawall_policy *policy)
{
    seawall_policy inside[3] = {SEAWALL_POLICY_INIT, SEAWALL_POLICY_INIT, SEAWALL_POLICY_INIT};
    const seawall_policy *policies[] = {&inside[0], &inside[1], &inside[2]};

    ck_assert_int_eq(seawall_retry_policy(c->retry, "other retry", &inside[0]), SEAWALL_OK);
    ck_assert_int_eq(seawall_bulkhead_policy(c->bulkhead, "other bulkhead", &inside[1]), SEAWALL_OK);
    ck_assert_int_eq(seawall_limiter_policy(c->limiter, "other limiter", &inside[2]), SEAWALL_OK);
    ck_assert_int_eq(seawall_pipeline_create(NULL, policies, 3, world_platform(c->world), &c->stand_in, NULL), SEAWALL_OK);
    return seawall_fallback_pipeline_policy(c->fallback, "stand-in", c->stand_in, policy);
}

static void fill(chain *c, char what, seawall_policy *policy, int32_t *toys)
{
    seawall_status status = SEAWALL_OK;

    *policy = (seawall_policy)SEAWALL_POLICY_INIT;
    switch (what) {
    case 'B':
        status = seawall_breaker_policy(c->breaker, "breaker", policy);
        break;
    case 'R':
        status = seawall_retry_policy(c->retry, "retry", policy);
        break;
    case 'T':
        status = seawall_timeout_policy(c->timeout, "timeout", policy);
        break;
    case 'S':
        status = seawall_timeout_policy(c->shorter, "shorter", policy);
        break;
    case 'K':
        status = seawall_bulkhead_policy(c->bulkhead, "bulkhead", policy);
        break;
    case 'L':
        status = seawall_limiter_policy(c->limiter, "limiter", policy);
        break;
    case 'F':
        status = seawall_fallback_policy(c->fallback, "fallback", policy);
        break;
    case 'P':
        status = stand_in(c, policy);
        break;
    case 'H':
        status = seawall_hedge_policy(c->hedge, "hedge", policy);
        break;
    case 'C':
        status = seawall_chaos_policy(c->chaos, "chaos", policy);
        break;
    case 'A':
        status = seawall_timeout_attempt_policy(c->timeout, "attempt", policy);
        break;
    default:
        *policy = world_toy(c->world, (*toys)++)->policy;
        break;
    }
    ck_assert_int_eq(status, SEAWALL_OK);
}

void chain_run(chain *c, const chain_config *config, enum world_driver driver, toy_notes *notes)
{
    seawall_policy policies[WORLD_TOYS_MAX];
    const seawall_policy *pointers[WORLD_TOYS_MAX];
    toy_notes unread = {0};
    int32_t count, toys = 0;
    const char *broken;

    for (count = 0; config->order[count] != '\0'; count++) {
        ck_assert_int_lt(count, WORLD_TOYS_MAX);
        fill(c, config->order[count], &policies[count], &toys);
        pointers[count] = &policies[count];
    }
    broken = world_run(c->world, driver, pointers, count, notes != NULL ? notes : &unread);
    ck_assert_msg(broken == NULL, "%s under driver %d: %s", config->order, (int)driver, broken);
    toy_notes_free(&unread);
}

seawall_breaker_snapshot chain_snapshot(const chain *c)
{
    seawall_breaker_snapshot snapshot = SEAWALL_BREAKER_SNAPSHOT_INIT;

    ck_assert_int_eq(seawall_breaker_get_snapshot_at(c->breaker, world_now(c->world), &snapshot), SEAWALL_OK);
    return snapshot;
}

void chain_close(chain *c)
{
    seawall_pipeline_destroy(c->stand_in);
    seawall_breaker_destroy(c->breaker);
    seawall_retry_destroy(c->retry);
    seawall_timeout_destroy(c->timeout);
    seawall_timeout_destroy(c->shorter);
    seawall_bulkhead_destroy(c->bulkhead);
    seawall_limiter_destroy(c->limiter);
    seawall_fallback_destroy(c->fallback);
    seawall_hedge_destroy(c->hedge);
    seawall_chaos_destroy(c->chaos);
    seawall_retry_budget_destroy(c->budget);
    world_destroy(c->world);
}
