/* The hedge as an object: what it remembers, and what it may spend. */
#include <math.h>

#include "policy/hedge/hedge_object.h"
#include "base/error.h"
#include "base/step_word.h"
#include "policy/hedge/hedge_config.h"
#include "time/platform.h"

/* The own budget knows no floor: with too few calls to earn an extra run there is none. */
static sw_budget_rules own_rules(const seawall_hedge_config *config)
{
    return (sw_budget_rules){
        .step = config->window / SW_BUDGET_STEPS,
        .ratio = (uint64_t)llround(config->budget * 1e6),
    };
}

/* At creation, or under the lock. A delay that was looked up by other rules is not believed any longer. */
static void put_rules(seawall_hedge *hedge, const seawall_hedge_config *full)
{
    sw_hedge_rules rules = sw_hedge_rules_from(full);

    SW_TWIN_WRITE(&hedge->rules, &rules);
    sw_store_u64(&hedge->looked, 0);
    hedge->config = *full;
}

seawall_status seawall_hedge_create(const seawall_hedge_config *config, const seawall_platform *platform, seawall_hedge **hedge,
                                    seawall_error *error)
{
    seawall_hedge_config full;
    sw_budget_rules own;
    seawall_hedge *made;
    seawall_status status = sw_config_take(&sw_hedge_config_kind, config, &full, error);

    if (status != SEAWALL_OK)
        return status;
    if (hedge == NULL)
        return sw_error(error, SEAWALL_INVALID, "hedge", "hedge: no place for the new object (NULL)");
    platform = sw_platform_resolve(platform, error);
    if (platform == NULL)
        return SEAWALL_INVALID;
    if (full.retry_budget != NULL && full.retry_budget->platform != platform)
        return sw_error(error, SEAWALL_INVALID, "hedge.retry_budget", "hedge.retry_budget: its platform is not the hedge's");
    made = sw_allocate(platform, sizeof(*made), _Alignof(seawall_hedge));
    if (made == NULL)
        return sw_error(error, SEAWALL_NO_MEMORY, "hedge", "hedge: no memory");
    own = own_rules(&full);
    sw_budget_init(&made->own, &own, platform, sw_now(platform));
    made->own.loose = 0;
    made->max_hedges = full.max_hedges;
    made->step = full.window / SW_LATENCY_STEPS;
    sw_mutex_init(&made->lock);
    put_rules(made, &full);
    made->platform = platform;
    made->shared = full.retry_budget;
    if (made->shared != NULL)
        sw_budget_retain(made->shared);
    sw_store_u32(&made->references, 1);
    *hedge = made;
    return SEAWALL_OK;
}

void seawall_hedge_destroy(seawall_hedge *hedge)
{
    if (hedge == NULL || sw_sub_u32(&hedge->references, 1) != 1)
        return;
    seawall_retry_budget_destroy(hedge->shared);
    sw_release(hedge->platform, hedge, sizeof(*hedge));
}

seawall_status seawall_hedge_reconfigure(seawall_hedge *hedge, const seawall_hedge_config *config, seawall_error *error)
{
    seawall_hedge_config full;
    sw_budget_rules own;
    seawall_status status;

    if (hedge == NULL)
        return sw_error(error, SEAWALL_INVALID, "hedge", "hedge: there is none to reconfigure (NULL)");
    sw_mutex_lock(&hedge->lock);
    status = sw_config_retake(&sw_hedge_config_kind, &hedge->config, config, &full, error);
    if (status == SEAWALL_OK) {
        own = own_rules(&full);
        sw_budget_change(&hedge->own, &own);
        put_rules(hedge, &full);
    }
    sw_mutex_unlock(&hedge->lock);
    return status;
}

static seawall_duration look_up(seawall_hedge *hedge, const sw_hedge_rules *rules, seawall_time now, uint64_t *samples)
{
    uint64_t step = sw_step_of(hedge->step, now);
    seawall_duration quantile = sw_latency_quantile(&hedge->latency, step, rules->quantile, samples);

    return sw_hedge_delay(rules, quantile, *samples);
}

/* What was found by rules that were changed meanwhile is not to last: whoever comes next looks again. */
static void look_up_for_all(seawall_hedge *hedge, const sw_hedge_rules *rules, uint32_t version, seawall_time now)
{
    uint64_t samples;

    sw_store_u64(&hedge->delay, (uint64_t)look_up(hedge, rules, now, &samples) + 1);
    if (sw_load_u32(&hedge->rules.version) != version)
        sw_store_u64(&hedge->looked, 0);
}

/* A quantile is the work of some thousand loads: whoever comes first in a while does it for all. */
seawall_duration sw_hedge_delay_at(seawall_hedge *hedge, seawall_time now)
{
    uint32_t version = sw_load_u32(&hedge->rules.version); /* before the rules: it may be older than they are */
    uint64_t looked, look;
    sw_hedge_rules rules;

    sw_hedge_rules_read(hedge, &rules);
    if (rules.delay != SEAWALL_AUTO)
        return rules.delay;
    look = sw_step_of(rules.look, now) + 1;
    looked = sw_load_u64(&hedge->looked);
    if (looked < look && sw_cas_u64(&hedge->looked, &looked, look))
        look_up_for_all(hedge, &rules, version, now);
    /* Before the first one is done there is nothing to go by. */
    looked = sw_load_u64(&hedge->delay);
    return looked != 0 ? (seawall_duration)(looked - 1) : SEAWALL_FOREVER;
}

void sw_hedge_learn(seawall_hedge *hedge, seawall_time now, seawall_duration took)
{
    sw_hedge_rules rules;

    sw_hedge_rules_read(hedge, &rules);
    if (rules.delay == SEAWALL_AUTO)
        sw_latency_record(&hedge->latency, sw_step_of(hedge->step, now), took);
}

bool sw_hedge_charge(seawall_hedge *hedge, seawall_time now)
{
    seawall_retry_charge own = 0, shared = 0;

    if (seawall_retry_budget_try_charge_at(&hedge->own, now, &own) != SEAWALL_OK)
        return false;
    if (hedge->shared == NULL || seawall_retry_budget_try_charge_at(hedge->shared, now, &shared) == SEAWALL_OK)
        return true;
    seawall_retry_budget_refund(&hedge->own, &own);
    return false;
}

/*
 * A frame has no room for the charges of all its runs, and they follow from the time: what was charged then is in that step, or
 * in a later one if somebody whose clock is ahead had come before. Then it leaves the window with the later one, which is too
 * late and never too early.
 */
static void refund(seawall_retry_budget *budget, seawall_time then)
{
    seawall_retry_charge charge = budget->step != 0 ? sw_step_of(budget->step, then) + 1 : 0;

    seawall_retry_budget_refund(budget, &charge);
}

void sw_hedge_refund(seawall_hedge *hedge, seawall_time then)
{
    refund(&hedge->own, then);
    if (hedge->shared != NULL)
        refund(hedge->shared, then);
}

static const seawall_hedge_snapshot empty_snapshot = SEAWALL_HEDGE_SNAPSHOT_INIT;

static const sw_config_kind snapshot_kind = {
    .name = "snapshot",
    .size = sizeof(seawall_hedge_snapshot),
    .oldest = SW_UP_TO(seawall_hedge_snapshot, without_room),
    .defaults = &empty_snapshot,
};

seawall_status seawall_hedge_snapshot_init(seawall_hedge_snapshot *snapshot, size_t size)
{
    return sw_config_init(&snapshot_kind, snapshot, size);
}

seawall_status seawall_hedge_get_snapshot_at(seawall_hedge *hedge, seawall_time now, seawall_hedge_snapshot *snapshot)
{
    seawall_hedge_snapshot full = SEAWALL_HEDGE_SNAPSHOT_INIT;
    sw_hedge_rules rules;
    uint64_t samples = 0;

    if (hedge == NULL || snapshot == NULL)
        return SEAWALL_INVALID;
    sw_hedge_rules_read(hedge, &rules);
    full.delay = rules.delay != SEAWALL_AUTO ? rules.delay : look_up(hedge, &rules, now, &samples);
    full.samples = (int64_t)samples;
    full.started = (int64_t)sw_load_u64(&hedge->count[SW_HEDGE_STARTED]);
    full.won = (int64_t)sw_load_u64(&hedge->count[SW_HEDGE_WON]);
    full.over_budget = (int64_t)sw_load_u64(&hedge->count[SW_HEDGE_OVER_BUDGET]);
    full.without_room = (int64_t)sw_load_u64(&hedge->count[SW_HEDGE_WITHOUT_ROOM]);
    sw_histogram_read(&hedge->history, &full.latency);
    return SW_GIVE(full, without_room, snapshot);
}

seawall_status seawall_hedge_get_snapshot(seawall_hedge *hedge, seawall_hedge_snapshot *snapshot)
{
    if (hedge == NULL || snapshot == NULL)
        return SEAWALL_INVALID;
    return seawall_hedge_get_snapshot_at(hedge, sw_now(hedge->platform), snapshot);
}
