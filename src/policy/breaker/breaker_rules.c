/*
 * The rules in force, and how they change while calls are under way.
 *
 * They stand in one of two places, by turns. New ones are written into the other place, and are in force when the version says
 * so. Who reads copies all of them and looks at the version again: only if it has moved on can the place have been written to
 * meanwhile. So nobody waits, nobody sees a mixture, and nothing is left over to be freed.
 */
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "policy/breaker/breaker_config.h"
#include "policy/breaker/breaker_state.h"

_Static_assert(sizeof(sw_breaker_rules) % sizeof(uint64_t) == 0, "the rules are whole words");

void sw_breaker_rules_read(seawall_breaker *breaker, sw_breaker_rules *rules)
{
    uint64_t words[SW_BREAKER_RULE_WORDS];
    uint32_t version, now = sw_load_acquire_u32(&breaker->version);
    size_t i;

    do {
        version = now;
        for (i = 0; i < SW_BREAKER_RULE_WORDS; i++)
            words[i] = sw_load_acquire_u64(&breaker->rules[version % 2][i]);
        now = sw_load_acquire_u32(&breaker->version);
    } while (now != version);
    memcpy(rules, words, sizeof *rules);
}

/*
 * Rounded down: 2 of 3 reach two thirds. A decimal of nine places is itself, though its double may lie a little below. What was
 * asked for, however little, is never off.
 */
static uint32_t rate_of(double share)
{
    uint32_t rate = (uint32_t)floor(share * SW_BREAKER_RATE_ONE + 1e-3);

    return share > 0 && rate == 0 ? 1 : rate;
}

/* A window by count never has more outcomes than it holds. */
static int32_t minimum_of(const seawall_breaker_config *config)
{
    bool fits = config->window != SEAWALL_BREAKER_WINDOW_COUNT || config->minimum_calls <= config->window_calls;

    return fits ? config->minimum_calls : config->window_calls;
}

static void rules_from(const seawall_breaker_config *config, seawall_time base, sw_breaker_rules *rules)
{
    *rules = (sw_breaker_rules){
        .base = base,
        .recovery_timeout = config->recovery_timeout,
        /* Without a multiplier it never grows, and the check lets any maximum pass. */
        .recovery_max = config->recovery_multiplier > 1 ? config->recovery_max : config->recovery_timeout,
        .recovery_multiplier = config->recovery_multiplier,
        .probe_timeout = config->probe_timeout == SEAWALL_AUTO ? config->recovery_timeout : config->probe_timeout,
        .half_open_max_duration = config->half_open_max_duration,
        .ignore_cuts_below = config->ignore_cuts_below,
        .recovery_jitter = (uint32_t)llround(config->recovery_jitter * UINT32_MAX),
        .counted_faults = config->counted_faults,
        .failure_threshold = config->failure_threshold,
        .max_calls = config->half_open_max_calls,
        .successes_to_close =
            config->successes_to_close == SEAWALL_AUTO ? config->half_open_max_calls : config->successes_to_close,
        .failures_to_reopen = config->failures_to_reopen,
        .half_open_then = config->half_open_then,
        .slow_call_duration = config->slow_call_duration,
        .failure_rate = rate_of(config->failure_rate),
        .slow_call_rate = rate_of(config->slow_call_rate),
        .minimum_calls = (uint32_t)minimum_of(config),
        .lease_is_fixed = config->probe_timeout != SEAWALL_AUTO,
    };
}

/* The window that these rules ask for: the one there is, or one that begins now. */
static uint32_t window_for(seawall_breaker *breaker, const sw_breaker_rules *rules)
{
    if (rules->failure_rate == 0 && rules->slow_call_rate == 0)
        return 0;
    if (!breaker->guarded.windowed)
        breaker->guarded.windows++;
    return breaker->guarded.windows;
}

void sw_breaker_rules_write(seawall_breaker *breaker, const seawall_breaker_config *full)
{
    uint32_t version = sw_load_u32(&breaker->version) + 1;
    uint64_t words[SW_BREAKER_RULE_WORDS];
    sw_breaker_rules rules;
    size_t i;

    rules_from(full, breaker->base, &rules);
    rules.window = window_for(breaker, &rules);
    memcpy(words, &rules, sizeof rules);
    for (i = 0; i < SW_BREAKER_RULE_WORDS; i++)
        sw_store_release_u64(&breaker->rules[version % 2][i], words[i]);
    sw_store_u32(&breaker->version, version);
    sw_store_u32(&breaker->stamps, full->ignore_cuts_below > 0);
    sw_store_u64(&breaker->slow_above, (uint64_t)(rules.slow_call_rate > 0 ? full->slow_call_duration : SEAWALL_FOREVER));
    sw_store_u64(&breaker->quick_below, rules.slow_call_rate > 0 ? 0 : SW_BREAKER_CLOSED_END);
    breaker->guarded.config = *full;
    breaker->guarded.windowed = rules.window != 0;
}

seawall_status seawall_breaker_reconfigure(seawall_breaker *breaker, const seawall_breaker_config *config, seawall_error *error)
{
    sw_breaker_visit before = {.breaker = breaker}, after = {.breaker = breaker};
    seawall_breaker_config full;
    seawall_status status;

    if (breaker == NULL)
        return sw_error(error, SEAWALL_INVALID, "circuit_breaker", "circuit_breaker: there is none to reconfigure (NULL)");
    status = sw_config_take(&sw_breaker_config_kind, config, &full, error);
    if (status != SEAWALL_OK)
        return status;
    sw_mutex_lock(&breaker->lock);
    status = sw_config_keep(&sw_breaker_config_kind, &breaker->guarded.config, &full, error);
    if (status == SEAWALL_OK) {
        /* What was due is done by the old rules. */
        (void)sw_breaker_attend(&before);
        if (!breaker->guarded.windowed)
            sw_breaker_window_begin_anew(&before);
        sw_breaker_rules_write(breaker, &full);
    }
    sw_mutex_unlock(&breaker->lock);
    if (status != SEAWALL_OK)
        return status;
    /* A round that was undecided may not be any longer. */
    (void)sw_breaker_attend(&after);
    after.moved = after.moved || before.moved;
    sw_breaker_leave(&after);
    return SEAWALL_OK;
}
