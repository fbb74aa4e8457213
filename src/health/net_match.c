/* Looking for a word in a stream. */
#include "health/net_match.h"

void sw_net_match_prepare(const char *word, size_t length, uint16_t *fall)
{
    size_t i, matched = 0;

    for (i = 0; i < length; i++) {
        fall[i] = 0;
        while (i > 0 && matched > 0 && word[i] != word[matched])
            matched = fall[matched - 1];
        if (i > 0 && word[i] == word[matched])
            fall[i] = (uint16_t)++matched;
    }
}

bool sw_net_match(const char *word, size_t length, const uint16_t *fall, size_t *matched, const char *bytes, size_t count)
{
    size_t i;

    for (i = 0; i < count && *matched < length; i++) {
        while (*matched > 0 && bytes[i] != word[*matched])
            *matched = fall[*matched - 1];
        *matched += bytes[i] == word[*matched];
    }
    return *matched == length;
}
