/* Waking who sleeps on a parking place. */
#include "sync/parking.h"

sw_parking_place sw_parking[SW_PARKING_PLACES];

void sw_parking_ring(uint64_t cookie, void *user)
{
    const seawall_platform *platform = user;
    sw_parking_place *place = (sw_parking_place *)(uintptr_t)cookie;

    (void)sw_add_u32(&place->rung, 1);
    platform->wake((const uint32_t *)(const void *)&place->rung, platform->clock_user);
}
