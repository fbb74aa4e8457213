/* A multiplication and a shift for each byte, and a finish. */
#include "base/hash.h"

uint64_t sw_hash_text(uint64_t seed, const char *text)
{
    uint64_t hash = seed;
    const unsigned char *c;

    for (c = (const unsigned char *)text; *c != '\0'; c++) {
        hash = (hash ^ *c) * UINT64_C(0x9E3779B97F4A7C15);
        hash ^= hash >> 29;
    }
    hash = (hash ^ 0x100) * UINT64_C(0xD6E8FEB86659FD93);
    hash = (hash ^ (hash >> 32)) * UINT64_C(0xD6E8FEB86659FD93);
    return hash ^ (hash >> 32);
}
