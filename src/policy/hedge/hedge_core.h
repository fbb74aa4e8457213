/* What a hedge decides. Pure. */
#ifndef SW_POLICY_HEDGE_CORE_H
#define SW_POLICY_HEDGE_CORE_H

#include <seawall/hedge.h>

typedef struct sw_hedge_rules {
    seawall_duration delay; /* SEAWALL_AUTO: by the quantile */
    uint32_t quantile;      /* in millionths */
    seawall_duration minimum_delay;
    seawall_duration look; /* how long a quantile is believed */
    int32_t minimum_samples;
    seawall_fault_set final;
    uint32_t reserved; /* 0: whole words */
} sw_hedge_rules;

/* Whether this end of one run ends them all. */
bool sw_hedge_ends_all(const sw_hedge_rules *rules, const seawall_outcome *outcome);

/*
 * How good an end of a run is that has started so many attempts: success, real fault, refusal, nothing, cancellation. More is
 * better, 1 the least.
 */
uint8_t sw_hedge_rank(const seawall_outcome *outcome, int32_t started);

/* How long to wait for one more, given what the quantile is worth. */
seawall_duration sw_hedge_delay(const sw_hedge_rules *rules, seawall_duration quantile, uint64_t samples);

#endif
