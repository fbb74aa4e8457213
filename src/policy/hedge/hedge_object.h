/* The hedge as an object. */
#ifndef SW_POLICY_HEDGE_OBJECT_H
#define SW_POLICY_HEDGE_OBJECT_H

#include "base/twin.h"
#include "policy/hedge/hedge_core.h"
#include "port/port.h"
#include "stat/histogram.h"
#include "stat/latency.h"
#include "sync/budget.h"

enum sw_hedge_counter { SW_HEDGE_STARTED, SW_HEDGE_WON, SW_HEDGE_OVER_BUDGET, SW_HEDGE_WITHOUT_ROOM, SW_HEDGE_COUNTERS };

struct seawall_hedge {
    sw_latency latency;
    sw_histogram history; /* the same since it was made */
    struct seawall_retry_budget own; /* extra runs per pass */
    seawall_retry_budget *shared;    /* or NULL */
    SW_TWIN(sw_hedge_rules) rules;
    int32_t max_hedges; /* constant, as pipelines have it */
    seawall_duration step; /* of the latencies' window, constant too */
    sw_mutex lock;         /* around changes of rules, and guards the config */
    seawall_hedge_config config;
    const seawall_platform *platform;
    sw_atomic_u64 looked; /* the step, of rules.look, in which the delay was looked up, plus 1; 0: never */
    sw_atomic_u64 delay;  /* what was found */
    sw_atomic_u64 count[SW_HEDGE_COUNTERS];
    sw_atomic_u32 references;
};

/* The rules in force. */
static inline void sw_hedge_rules_read(const seawall_hedge *hedge, sw_hedge_rules *rules)
{
    SW_TWIN_READ(&hedge->rules, rules);
}

/* How long a pass that begins now waits for its first extra run. */
seawall_duration sw_hedge_delay_at(seawall_hedge *hedge, seawall_time now);

/* What a pass that succeeded says of how long runs take. */
void sw_hedge_learn(seawall_hedge *hedge, seawall_time now, seawall_duration took);

/* Charges one extra run. False: a budget does not allow it, and nothing was charged. */
bool sw_hedge_charge(seawall_hedge *hedge, seawall_time now);

/* Takes back what was charged at `then`. */
void sw_hedge_refund(seawall_hedge *hedge, seawall_time then);

_Static_assert(sizeof(sw_hedge_rules) % sizeof(uint64_t) == 0, "the rules are whole words");

static inline void sw_hedge_count(seawall_hedge *hedge, enum sw_hedge_counter counter)
{
    (void)sw_add_u64(&hedge->count[counter], 1);
}

#endif
