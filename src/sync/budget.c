/* What a retry budget counts and allows, with the time as a number. */
#include "sync/budget.h"

#include "base/field.h"
#include "base/step_word.h"
#include "port/port.h"

static void put_rules(seawall_retry_budget *budget, const sw_budget_rules *rules)
{
    sw_store_relaxed_u64(&budget->ratio, rules->ratio);
    sw_store_relaxed_u64(&budget->floor, rules->floor);
    sw_store_relaxed_u64(&budget->throttle, (uint64_t)rules->purse << 32 | rules->reward);
}

static sw_budget_rules rules_of(seawall_retry_budget *budget)
{
    uint64_t throttle = sw_load_relaxed_u64(&budget->throttle);

    return (sw_budget_rules){
        .step = budget->step,
        .ratio = sw_load_relaxed_u64(&budget->ratio),
        .floor = sw_load_relaxed_u64(&budget->floor),
        .purse = (uint32_t)(throttle >> 32),
        .reward = (uint32_t)throttle,
    };
}

void sw_budget_init(seawall_retry_budget *budget, const sw_budget_rules *rules, const seawall_platform *platform,
                    seawall_time now)
{
    budget->step = rules->step;
    budget->loose = (uint64_t)SW_BUDGET_STRIPES * SW_BUDGET_LOOK;
    budget->platform = platform;
    sw_mutex_init(&budget->lock);
    put_rules(budget, rules);
    if (rules->step != 0) {
        sw_store_u64(&budget->shared.latest, sw_step_of(rules->step, now));
        sw_store_u64(&budget->shared.collected_until, sw_step_of(rules->step, now));
    }
    sw_store_u32(&budget->shared.tokens, rules->purse);
    sw_store_u32(&budget->references, 1);
}

void sw_budget_change(seawall_retry_budget *budget, const sw_budget_rules *rules)
{
    uint32_t before = rules_of(budget).purse, tokens = sw_load_u32(&budget->shared.tokens), after;

    put_rules(budget, rules);
    do {
        after = sw_budget_purse_moved(before, rules->purse, tokens);
    } while (after != tokens && !sw_cas_u32(&budget->shared.tokens, &tokens, after));
}

void sw_budget_retain(seawall_retry_budget *budget)
{
    (void)sw_add_u32(&budget->references, 1);
}

void seawall_retry_budget_destroy(seawall_retry_budget *budget)
{
    if (budget != NULL && sw_sub_u32(&budget->references, 1) == 1)
        sw_release(budget->platform, budget, sizeof(*budget));
}

bool sw_budget_begin(seawall_retry_budget *budget)
{
    uint64_t before;

    if (budget == NULL || budget->step == 0)
        return false;
    before = sw_add_u64(&budget->shared.stripes[sw_port_thread_number() % SW_BUDGET_STRIPES].calls, 1);
    return before % SW_BUDGET_LOOK == SW_BUDGET_LOOK - 1;
}

void seawall_retry_budget_begin(seawall_retry_budget *budget)
{
    (void)sw_budget_begin(budget);
}

void seawall_retry_budget_end(seawall_retry_budget *budget, seawall_fault fault)
{
    sw_budget_rules rules;
    uint32_t tokens, after;

    if (budget == NULL || sw_load_relaxed_u64(&budget->throttle) >> 32 == 0)
        return;
    rules = rules_of(budget);
    tokens = sw_load_u32(&budget->shared.tokens);
    do {
        after = sw_budget_purse_after(&rules, tokens, fault == SEAWALL_FAULT_NONE);
    } while (after != tokens && !sw_cas_u32(&budget->shared.tokens, &tokens, after));
}

/* Makes a step that only goes on be `step`, unless it is there or further already; answers where it is. */
static uint64_t move_on(sw_atomic_u64 *place, uint64_t step)
{
    uint64_t before = sw_load_u64(place);

    while (before < step) {
        if (sw_cas_u64(place, &before, step))
            return step;
    }
    return before;
}

static void add(sw_atomic_u64 *places, uint64_t step, uint64_t more)
{
    sw_step_count(&places[step % SW_BUDGET_PLACES], step, more);
}

static void take(sw_atomic_u64 *places, uint64_t step)
{
    sw_atomic_u64 *place = &places[step % SW_BUDGET_PLACES];
    uint64_t word = sw_load_u64(place);

    while (!sw_cas_u64(place, &word, sw_step_word_take(word, step)))
        continue;
}

static uint64_t sum(sw_atomic_u64 *places, uint64_t step, uint32_t steps)
{
    uint64_t total = 0;
    int i;

    for (i = 0; i < SW_BUDGET_PLACES; i++)
        total += sw_step_word_count(sw_load_u64(&places[i]), step, steps);
    return total;
}

/* Shares `calls` out that were made in the steps from `from` to `step`. */
static void share_out(seawall_retry_budget *budget, uint64_t calls, uint64_t from, uint64_t step)
{
    uint64_t loose = calls < budget->loose ? calls : budget->loose, share;
    uint32_t i;

    if (calls > loose)
        add(budget->shared.calls, from, calls - loose);
    for (i = 0; i < SW_BUDGET_STEPS && loose > 0; i++) {
        share = sw_budget_share(loose, from, step, i);
        if (share > 0)
            add(budget->shared.calls, step - i, share);
    }
}

/*
 * Shares out the calls that were counted since the last one who did this. Until when that one did is said last: between the two
 * calls are taken to be older than they can be, never younger.
 */
static void collect(seawall_retry_budget *budget, uint64_t step)
{
    uint64_t old = sw_load_u64(&budget->shared.collected), from = sw_load_u64(&budget->shared.collected_until);
    uint64_t now = 0;
    uint32_t i;

    for (i = 0; i < SW_BUDGET_STRIPES; i++)
        now += sw_load_u64(&budget->shared.stripes[i].calls);
    /* Another who collected at the same time has seen them, or the next one will. */
    if (now < old || (now > old && !sw_cas_u64(&budget->shared.collected, &old, now)))
        return;
    share_out(budget, now - old, from < step ? from : step, step);
    (void)move_on(&budget->shared.collected_until, step);
}

void sw_budget_look(seawall_retry_budget *budget, seawall_time now)
{
    uint64_t step = sw_step_of(budget->step, now), before = sw_load_u64(&budget->shared.latest);

    if (before < step && sw_cas_u64(&budget->shared.latest, &before, step))
        collect(budget, step);
}

/* Those that have begun in the window, and in a step more, and those that are asleep. */
static uint64_t retries_at(seawall_retry_budget *budget, uint64_t step)
{
    uint64_t total = 0;
    uint32_t row;

    for (row = 0; row < SW_BUDGET_ROWS; row++) {
        sw_budget_reach reach = sw_budget_reach_of(row, step);

        total += sum(budget->shared.retries[row], reach.last, reach.places);
    }
    return total;
}

/* How many retries there may be. */
static uint64_t limit_at(seawall_retry_budget *budget, seawall_time now, uint64_t *step)
{
    sw_budget_rules rules = rules_of(budget);

    *step = move_on(&budget->shared.latest, sw_step_of(budget->step, now)); /* time does not go back */
    collect(budget, *step);
    return sw_budget_limit(&rules, sum(budget->shared.calls, *step, SW_BUDGET_STEPS));
}

/*
 * The charge is made first and taken back if it was one too many: of several at once each sees the others.
 *
 * So no stretch of time as long as the window has more beginnings than were allowed to the one of them that was scheduled last:
 * that one was scheduled before the stretch was over, so that all the others of the stretch were counted, asleep or begun.
 */
static bool window_allows(seawall_retry_budget *budget, seawall_time now, seawall_time due, sw_budget_spot *spot)
{
    for (;;) {
        uint64_t step, limit = limit_at(budget, now, &step);
        bool allowed;

        *spot = sw_budget_spot_of(step, sw_step_of(budget->step, due));
        add(budget->shared.retries[spot->row], spot->place, 1);
        allowed = retries_at(budget, step) <= limit;
        /* If time went on meanwhile, what was counted may not be all there is. */
        if (allowed && sw_load_u64(&budget->shared.latest) == step)
            return true;
        take(budget->shared.retries[spot->row], spot->place);
        if (!allowed)
            return false;
    }
}

/* A charge says where it is counted: the place, which is not 0, and above it the row. */
#define CHARGE_ROW 56

seawall_status sw_budget_charge(seawall_retry_budget *budget, seawall_time now, seawall_time due, seawall_retry_charge *charge)
{
    sw_budget_rules rules = rules_of(budget);
    sw_budget_spot spot = {0, 0};

    if (!sw_budget_purse_allows(&rules, sw_load_u32(&budget->shared.tokens)) ||
        (budget->step != 0 && !window_allows(budget, now, due, &spot))) {
        (void)sw_add_u64(&budget->shared.refused, 1);
        return SEAWALL_LIMITED;
    }
    *charge = (uint64_t)spot.row << CHARGE_ROW | (spot.place + 1);
    return SEAWALL_OK;
}

seawall_status seawall_retry_budget_try_charge_at(seawall_retry_budget *budget, seawall_time now, seawall_retry_charge *charge)
{
    if (budget == NULL || charge == NULL)
        return SEAWALL_INVALID;
    return sw_budget_charge(budget, now, now, charge);
}

void seawall_retry_budget_refund(seawall_retry_budget *budget, seawall_retry_charge *charge)
{
    uint64_t row;

    if (budget == NULL || charge == NULL || *charge == 0)
        return;
    row = *charge >> CHARGE_ROW;
    if (budget->step != 0 && row < SW_BUDGET_ROWS)
        take(budget->shared.retries[row], (*charge & ((UINT64_C(1) << CHARGE_ROW) - 1)) - 1);
    *charge = 0;
}

static const seawall_retry_budget_snapshot empty_snapshot = SEAWALL_RETRY_BUDGET_SNAPSHOT_INIT;

static const sw_config_kind snapshot_kind = {
    .name = "snapshot",
    .size = sizeof(seawall_retry_budget_snapshot),
    .oldest = SW_UP_TO(seawall_retry_budget_snapshot, tokens),
    .defaults = &empty_snapshot,
};

seawall_status seawall_retry_budget_snapshot_init(seawall_retry_budget_snapshot *snapshot, size_t size)
{
    return sw_config_init(&snapshot_kind, snapshot, size);
}

seawall_status seawall_retry_budget_get_snapshot_at(seawall_retry_budget *budget, seawall_time now,
                                                    seawall_retry_budget_snapshot *snapshot)
{
    seawall_retry_budget_snapshot full = SEAWALL_RETRY_BUDGET_SNAPSHOT_INIT;
    uint64_t limit, used, step;
    sw_budget_rules rules;
    uint32_t tokens;

    if (budget == NULL || snapshot == NULL)
        return SEAWALL_INVALID;
    full.available = INT64_MAX;
    full.tokens = -1;
    full.refused = (int64_t)sw_load_u64(&budget->shared.refused);
    rules = rules_of(budget);
    if (budget->step != 0) {
        limit = limit_at(budget, now, &step);
        used = retries_at(budget, step);
        full.calls = (int64_t)sum(budget->shared.calls, step, SW_BUDGET_STEPS);
        full.retries = (int64_t)used;
        full.available = limit > used ? (int64_t)(limit - used) : 0;
    }
    tokens = sw_load_u32(&budget->shared.tokens);
    if (rules.purse != 0)
        full.tokens = (tokens < rules.purse ? tokens : rules.purse) / 1e3;
    if (!sw_budget_purse_allows(&rules, tokens))
        full.available = 0;
    return SW_GIVE(full, tokens, snapshot);
}
