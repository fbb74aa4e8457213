/*
 * How long to wait before the next attempt. Pure: the attempt's number and the random source are arguments.
 *
 * A backoff is a growth, which says the delay after attempt n, and a jitter, which spreads it. A further kind of either is
 * one more function here.
 */
#ifndef SW_DELAY_BACKOFF_H
#define SW_DELAY_BACKOFF_H

#include <seawall/platform.h>

typedef struct sw_backoff sw_backoff;

typedef struct sw_random_source {
    seawall_random_fn next;
    void *user;
} sw_random_source;

/* The delay after attempt number `attempt` >= 1, from 0 to the cap. */
typedef seawall_duration (*sw_growth_fn)(const sw_backoff *backoff, int64_t attempt);

/* `delay` at random, from 0 to the cap; `previous` is the delay before the failed attempt, 0 before the first. */
typedef seawall_duration (*sw_jitter_fn)(const sw_backoff *backoff, seawall_duration delay, seawall_duration previous,
                                         const sw_random_source *random);

struct sw_backoff {
    sw_growth_fn growth;
    sw_jitter_fn jitter;
    seawall_duration base; /* from 0 to the cap */
    seawall_duration cap;
    double multiplier; /* sw_growth_exponential: at least 1 */
    double spread;     /* sw_jitter_proportional: from 0 to 1 */
};

seawall_duration sw_growth_constant(const sw_backoff *backoff, int64_t attempt);
seawall_duration sw_growth_linear(const sw_backoff *backoff, int64_t attempt);
seawall_duration sw_growth_exponential(const sw_backoff *backoff, int64_t attempt);

seawall_duration sw_jitter_none(const sw_backoff *backoff, seawall_duration delay, seawall_duration previous,
                                const sw_random_source *random);
seawall_duration sw_jitter_full(const sw_backoff *backoff, seawall_duration delay, seawall_duration previous,
                                const sw_random_source *random);
seawall_duration sw_jitter_equal(const sw_backoff *backoff, seawall_duration delay, seawall_duration previous,
                                 const sw_random_source *random);
/* As published: from the base to 3 times the delay before, capped last. It has no use for a growth. */
seawall_duration sw_jitter_decorrelated(const sw_backoff *backoff, seawall_duration delay, seawall_duration previous,
                                        const sw_random_source *random);
/* The range is cut at the cap, not what was drawn from it: otherwise half of all delays would be the cap itself. */
seawall_duration sw_jitter_proportional(const sw_backoff *backoff, seawall_duration delay, seawall_duration previous,
                                        const sw_random_source *random);

/* Both together, for any attempt >= 1 and previous >= 0. */
seawall_duration sw_backoff_delay(const sw_backoff *backoff, int64_t attempt, seawall_duration previous,
                                  const sw_random_source *random);

#endif
