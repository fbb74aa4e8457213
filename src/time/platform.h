/* What every object does with the platform it is given. */
#ifndef SW_TIME_PLATFORM_H
#define SW_TIME_PLATFORM_H

#include <seawall/platform.h>

/*
 * The platform to keep: the default one for NULL; NULL, with `error` filled, for one that lacks a member or has an impossible
 * size.
 */
const seawall_platform *sw_platform_resolve(const seawall_platform *platform, seawall_error *error);

static inline seawall_time sw_now(const seawall_platform *platform)
{
    return platform->now(platform->clock_user);
}

static inline uint64_t sw_random(const seawall_platform *platform)
{
    return platform->random(platform->random_user);
}

#endif
