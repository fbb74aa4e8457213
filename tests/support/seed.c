/* Seeds and sizes of random tests. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"

static uint64_t choose(void)
{
    const char *given = getenv("SEAWALL_SEED");
    const seawall_platform *platform = seawall_platform_default();

    return given != NULL && *given != '\0' ? strtoull(given, NULL, 0) : platform->random(platform->random_user);
}

uint64_t sw_test_seed(void)
{
    static bool chosen;
    static uint64_t seed;

    if (!chosen) {
        seed = choose();
        chosen = true;
        fprintf(stderr, "SEAWALL_SEED=%llu\n", (unsigned long long)seed);
    }
    return seed;
}

uint64_t sw_test_next(uint64_t *state)
{
    uint64_t x = *state += UINT64_C(0x9E3779B97F4A7C15);

    x = (x ^ (x >> 32)) * UINT64_C(0xD6E8FEB86659FD93);
    x = (x ^ (x >> 32)) * UINT64_C(0xD6E8FEB86659FD93);
    return x ^ (x >> 32);
}

static bool wished(const char *name)
{
    const char *wish = getenv(name);

    return wish != NULL && strcmp(wish, "1") == 0;
}

int64_t sw_test_count(int64_t quick, int64_t deep)
{
    if (wished("SEAWALL_TEST_DEEP"))
        return deep;
    return wished("SEAWALL_TEST_LIGHT") ? (quick + 19) / 20 : quick;
}

int64_t sw_test_soak_count(int64_t quick, int64_t deep, int64_t soak)
{
    return wished("SEAWALL_TEST_SOAK") ? soak : sw_test_count(quick, deep);
}
