/* How delays grow from one attempt to the next. */
#include "delay/backoff.h"
#include "delay/compound.h"

seawall_duration sw_growth_constant(const sw_backoff *backoff, int64_t attempt)
{
    (void)attempt;
    return backoff->base;
}

seawall_duration sw_growth_linear(const sw_backoff *backoff, int64_t attempt)
{
    if (backoff->base > 0 && attempt > backoff->cap / backoff->base)
        return backoff->cap;
    return backoff->base * attempt;
}

seawall_duration sw_growth_exponential(const sw_backoff *backoff, int64_t attempt)
{
    return sw_compound(backoff->base, backoff->multiplier, (uint64_t)(attempt - 1), backoff->cap);
}

seawall_duration sw_backoff_delay(const sw_backoff *backoff, int64_t attempt, seawall_duration previous,
                                  const sw_random_source *random)
{
    return backoff->jitter(backoff, backoff->growth(backoff, attempt), previous, random);
}
