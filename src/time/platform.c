/* The default platform, and what every object does with the one it is given. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/field.h"
#include "port/port.h"
#include "time/platform.h"
#include "time/random_source.h"

static seawall_time system_now(void *user)
{
    (void)user;
    return sw_port_now();
}

static void system_park(const uint32_t *word, uint32_t expected, seawall_time until, void *user)
{
    (void)user;
    sw_port_park(word, expected, until);
}

static void system_wake(const uint32_t *word, void *user)
{
    (void)user;
    sw_port_wake(word);
}

static uint64_t system_random(void *user)
{
    (void)user;
    return sw_system_random();
}

static void *system_allocate(size_t size, size_t alignment, void *user)
{
    (void)user;
    if (alignment <= _Alignof(max_align_t))
        return malloc(size);
    if (size > SIZE_MAX - alignment)
        return NULL;
    return aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment); /* it wants whole multiples */
}

static void system_release(void *memory, size_t size, void *user)
{
    (void)size;
    (void)user;
    free(memory);
}

static const seawall_platform system_platform = {
    .size = sizeof(seawall_platform),
    .now = system_now,
    .park = system_park,
    .wake = system_wake,
    .random = system_random,
    .allocate = system_allocate,
    .release = system_release,
};

static seawall_status check_members(const void *config, seawall_error *error)
{
    const seawall_platform *platform = config;
    const char *lacks = NULL;

    if (platform->now == NULL)
        lacks = "platform.now";
    else if (platform->park == NULL)
        lacks = "platform.park";
    else if (platform->wake == NULL)
        lacks = "platform.wake";
    else if (platform->random == NULL)
        lacks = "platform.random";
    else if (platform->allocate == NULL)
        lacks = "platform.allocate";
    else if (platform->release == NULL)
        lacks = "platform.release";
    return lacks == NULL ? SEAWALL_OK : sw_error(error, SEAWALL_INVALID, lacks, "%s: NULL is no function", lacks);
}

static const sw_rule rules[] = {{check_members, ""}};

static const sw_config_kind kind = {
    .name = "platform",
    .size = sizeof(seawall_platform),
    .oldest = SW_UP_TO(seawall_platform, memory_user),
    .defaults = &system_platform,
    .rules = rules,
    .rule_count = sizeof(rules) / sizeof(rules[0]),
};

const seawall_platform *seawall_platform_default(void)
{
    return &system_platform;
}

seawall_status seawall_platform_init(seawall_platform *platform, size_t size)
{
    return sw_config_init(&kind, platform, size);
}

seawall_time seawall_platform_now(const seawall_platform *platform)
{
    return sw_now(platform != NULL ? platform : &system_platform);
}

const seawall_platform *sw_platform_resolve(const seawall_platform *platform, seawall_error *error)
{
    seawall_platform copy;

    if (platform == NULL)
        return &system_platform;
    return sw_config_take(&kind, platform, &copy, error) == SEAWALL_OK ? platform : NULL;
}
