/*
 * Retry-After in seconds: blanks, digits, blanks, and nothing else; never negative, and too much is for ever. As a date: any
 * date that is written out is read back, and a second later there is a second less to wait.
 */
#include "fuzz.h"

#include <inttypes.h>
#include <stdio.h>
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

static void read_seconds(const char *text)
{
    seawall_duration delay = UNTOUCHED;
    int64_t seconds = 0;
    size_t digits = 0;
    seawall_status status = seawall_retry_after_parse(text, &delay);

    if (!is_number(text, &seconds, &digits)) {
        fuzz_must(status == SEAWALL_INVALID && delay == UNTOUCHED, "what is no number is refused, and touches nothing");
        return;
    }
    fuzz_must(status == SEAWALL_OK, "a number is read");
    if (digits > 18 || seconds > SEAWALL_FOREVER / 1000000000)
        fuzz_must(delay == SEAWALL_FOREVER, "too much is for ever");
    else
        fuzz_must(delay == seconds * 1000000000, "seconds are seconds");
}

static void read_either(const char *text, int64_t now)
{
    seawall_duration seconds = UNTOUCHED, delay = UNTOUCHED, later = UNTOUCHED;

    if (seawall_retry_after_parse_at(text, now, &delay) != SEAWALL_OK) {
        fuzz_must(delay == UNTOUCHED, "what is not read touches nothing");
        return;
    }
    fuzz_must(delay >= 0, "nobody waits for the past");
    if (seawall_retry_after_parse(text, &seconds) == SEAWALL_OK) {
        fuzz_must(delay == seconds, "seconds do not ask for the date");
        return;
    }
    fuzz_must(seawall_retry_after_parse_at(text, now + 1, &later) == SEAWALL_OK, "a date is a date at any time");
    /* A year of two digits (the form with dashes) may be another one in the next year. */
    fuzz_must(strchr(text, '-') != NULL || delay == SEAWALL_FOREVER || later == (delay > 0 ? delay - 1000000000 : 0),
              "a second later, a second less");
}

/* Day by day from 1970: slow, and plain. */
static void write_date(int64_t date, bool asctime, char text[FUZZ_TEXT_SIZE])
{
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    static const char *const days[] = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
    int64_t day = date / 86400, second = date % 86400, left = day, year = 1970;
    int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int month = 0;

    for (;; year++) {
        bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

        lengths[1] = leap ? 29 : 28;
        if (left < 365 + leap)
            break;
        left -= 365 + leap;
    }
    for (; left >= lengths[month]; month++)
        left -= lengths[month];
    if (asctime)
        (void)snprintf(text, FUZZ_TEXT_SIZE, "%s %s %2d %02d:%02d:%02d %04" PRId64, days[day % 7], months[month], (int)left + 1,
                       (int)(second / 3600), (int)(second / 60 % 60), (int)(second % 60), year);
    else
        (void)snprintf(text, FUZZ_TEXT_SIZE, "%s, %02d %s %04" PRId64 " %02d:%02d:%02d GMT", days[day % 7], (int)left + 1,
                       months[month], year, (int)(second / 3600), (int)(second / 60 % 60), (int)(second % 60));
}

#define YEAR_3000 INT64_C(32503680000)

static void written_and_read(uint64_t number)
{
    int64_t date = (int64_t)(number % (uint64_t)YEAR_3000);
    char text[FUZZ_TEXT_SIZE];
    seawall_duration delay = UNTOUCHED;
    int form;

    for (form = 0; form < 2; form++) {
        write_date(date, form == 1, text);
        fuzz_must(seawall_retry_after_parse_at(text, 0, &delay) == SEAWALL_OK, "a date is read");
        fuzz_must(delay == (date > SEAWALL_FOREVER / 1000000000 ? SEAWALL_FOREVER : date * 1000000000), "a date is its seconds");
        fuzz_must(seawall_retry_after_parse_at(text, date - 1, &delay) == SEAWALL_OK && delay == 1000000000, "a second before");
        fuzz_must(seawall_retry_after_parse_at(text, date + 1, &delay) == SEAWALL_OK && delay == 0, "a second after");
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char text[FUZZ_TEXT_SIZE];
    uint64_t number = 0;

    memcpy(&number, data, size < sizeof(number) ? size : sizeof(number));
    (void)fuzz_text(data, size, text);
    read_seconds(text);
    read_either(text, (int64_t)(number >> 32));
    written_and_read(number);
    return 0;
}
