/* Whether a stream of bytes contains a word, told piece by piece: Knuth, Morris and Pratt's search. Pure. */
#ifndef SW_HEALTH_NET_MATCH_H
#define SW_HEALTH_NET_MATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * For each beginning of the word, of `length` bytes, the length of the longest shorter beginning that it ends with.
 * `fall` has room for `length` of them.
 */
void sw_net_match_prepare(const char *word, size_t length, uint16_t *fall);

/*
 * Goes on with `count` bytes; `*matched` is how much of the word stands at the end of what was seen, 0 at first. True once the
 * whole word was seen, from then on for ever.
 */
bool sw_net_match(const char *word, size_t length, const uint16_t *fall, size_t *matched, const char *bytes, size_t count);

#endif
