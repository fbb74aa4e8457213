/* Hashes of names, for tables whose seed nobody outside knows. */
#ifndef SW_BASE_HASH_H
#define SW_BASE_HASH_H

#include <stdint.h>

/* All bits are good. Hashing a second text with the first one's hash as its seed tells "ab", "c" from "a", "bc". */
uint64_t sw_hash_text(uint64_t seed, const char *text);

#endif
