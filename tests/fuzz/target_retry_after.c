/* Retry-After: blanks, digits, blanks, and nothing else; never negative, and too much is for ever. */
#include "fuzz.h"

#include <string.h>

#define UNTOUCHED INT64_C(-77)

/* Whether it is one, and its seconds as far as 18 digits tell them. */
static bool is_number(const char *text, int64_t *seconds, size_t *digits)
{
    const char *first = text + strspn(text, " \t");
    size_t i, zeros = strspn(first, "0");

    *digits = strspn(first, "0123456789");
    if (*digits == 0)
        return false;
    *seconds = 0;
    for (i = 0; i < *digits && i < zeros + 18; i++)
        *seconds = *seconds * 10 + (first[i] - '0');
    first += *digits;
    *digits -= zeros;
    return first[strspn(first, " \t")] == '\0';
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char text[FUZZ_TEXT_SIZE];
    seawall_duration delay = UNTOUCHED;
    int64_t seconds = 0;
    size_t digits = 0;
    seawall_status status;

    (void)fuzz_text(data, size, text);
    status = seawall_retry_after_parse(text, &delay);
    if (!is_number(text, &seconds, &digits)) {
        fuzz_must(status == SEAWALL_INVALID && delay == UNTOUCHED, "what is no number is refused, and touches nothing");
        return 0;
    }
    fuzz_must(status == SEAWALL_OK, "a number is read");
    if (digits > 18 || seconds > SEAWALL_FOREVER / 1000000000)
        fuzz_must(delay == SEAWALL_FOREVER, "too much is for ever");
    else
        fuzz_must(delay == seconds * 1000000000, "seconds are seconds");
    return 0;
}
