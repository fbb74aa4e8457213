/* The wheel as an object. */
#include "base/alloc.h"
#include "base/error.h"
#include "base/text.h"
#include "time/platform.h"
#include "time/timers_limits.h"
#include "time/wheel.h"

struct seawall_wheel {
    sw_wheel wheel;
    const seawall_platform *platform;
    size_t size;
    _Alignas(32) sw_wheel_node nodes[];
};

static seawall_status check_settings(int32_t capacity, seawall_duration tick, seawall_error *error)
{
    char value[SW_TEXT_SIZE];

    if (capacity < 1)
        return sw_error(error, SEAWALL_INVALID, "wheel.capacity", "wheel.capacity: %d is below 1", (int)capacity);
    if (capacity > SEAWALL_TIMERS_MAX)
        return sw_error(error, SEAWALL_INVALID, "wheel.capacity", "wheel.capacity: %d is above %d", (int)capacity,
                        SEAWALL_TIMERS_MAX);
    (void)sw_print_duration(tick, value);
    if (tick < SW_TICK_LEAST)
        return sw_error(error, SEAWALL_INVALID, "wheel.tick", "wheel.tick: %s is below 1us", value);
    if (tick > SW_TICK_MOST)
        return sw_error(error, SEAWALL_INVALID, "wheel.tick", "wheel.tick: %s is above 1h", value);
    return SEAWALL_OK;
}

seawall_status seawall_wheel_create(int32_t capacity, seawall_duration tick, seawall_time now, const seawall_platform *platform,
                                    seawall_wheel **wheel, seawall_error *error)
{
    size_t size = sizeof(seawall_wheel) + sw_wheel_room((uint32_t)(capacity > 0 ? capacity : 0));
    seawall_status status = check_settings(capacity, tick, error);
    seawall_wheel *made;

    if (status != SEAWALL_OK)
        return status;
    if (wheel == NULL)
        return sw_error(error, SEAWALL_INVALID, "wheel", "wheel: no place for the new object (NULL)");
    platform = sw_platform_resolve(platform, error);
    if (platform == NULL)
        return SEAWALL_INVALID;
    made = sw_allocate(platform, size, SW_CACHE_LINE);
    if (made == NULL)
        return sw_error(error, SEAWALL_NO_MEMORY, "wheel", "wheel: no memory for %zu bytes", size);
    sw_wheel_init(&made->wheel, made->nodes, (uint32_t)capacity, sw_wheel_shift_of(tick), 0, now);
    made->platform = platform;
    made->size = size;
    *wheel = made;
    return SEAWALL_OK;
}

void seawall_wheel_destroy(seawall_wheel *wheel)
{
    if (wheel != NULL)
        sw_release(wheel->platform, wheel, wheel->size);
}

static seawall_status hand_over(seawall_timer armed, seawall_timer *timer)
{
    if (timer != NULL)
        *timer = armed;
    return SEAWALL_OK;
}

/* A place that nobody had yet, or a time that has passed: out of the way of the usual, which need save no register. */
__attribute__((noinline)) static seawall_status arm_unusual(seawall_wheel *wheel, seawall_time at, uint64_t cookie,
                                                            seawall_timer *timer)
{
    seawall_timer armed = sw_wheel_arm(&wheel->wheel, at, cookie);

    return armed != 0 ? hand_over(armed, timer) : SEAWALL_FULL;
}

seawall_status seawall_wheel_arm(seawall_wheel *wheel, seawall_time at, uint64_t cookie, seawall_timer *timer)
{
    size_t spare;

    if (wheel == NULL)
        return SEAWALL_INVALID;
    spare = wheel->wheel.spare;
    if (spare == 0 || at <= wheel->wheel.begun)
        return arm_unusual(wheel, at, cookie, timer);
    return hand_over(sw_wheel_arm_spare(&wheel->wheel, spare, sw_wheel_key_of(&wheel->wheel, at), cookie), timer);
}

seawall_status seawall_wheel_rearm(seawall_wheel *wheel, seawall_timer timer, seawall_time at)
{
    if (wheel == NULL)
        return SEAWALL_INVALID;
    return sw_wheel_rearm(&wheel->wheel, timer, at) ? SEAWALL_OK : SEAWALL_STALE;
}

seawall_status seawall_wheel_cancel(seawall_wheel *wheel, seawall_timer timer)
{
    if (wheel == NULL)
        return SEAWALL_INVALID;
    return sw_wheel_cancel(&wheel->wheel, timer) ? SEAWALL_OK : SEAWALL_STALE;
}

seawall_time seawall_wheel_next_due(const seawall_wheel *wheel)
{
    return wheel != NULL ? sw_wheel_next_due(&wheel->wheel) : SEAWALL_FOREVER;
}

void seawall_wheel_advance(seawall_wheel *wheel, seawall_time now)
{
    if (wheel != NULL) {
        while (!sw_wheel_advance(&wheel->wheel, now, UINT32_MAX))
            ;
    }
}

bool seawall_wheel_take(seawall_wheel *wheel, seawall_expiry *expiry)
{
    return wheel != NULL && expiry != NULL && sw_wheel_take(&wheel->wheel, expiry);
}

int32_t seawall_wheel_count(const seawall_wheel *wheel)
{
    return wheel != NULL ? (int32_t)wheel->wheel.count : 0;
}

seawall_status seawall_wheel_check(const seawall_wheel *wheel, seawall_error *error)
{
    const char *wrong = wheel != NULL ? sw_wheel_check(&wheel->wheel) : "there is none (NULL)";

    return wrong == NULL ? SEAWALL_OK : sw_error(error, SEAWALL_INVALID, "wheel", "wheel: %s", wrong);
}
