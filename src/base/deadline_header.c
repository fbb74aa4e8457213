/* What is left of a deadline, as a header's value and back. */
#include <string.h>

#include <seawall/deadline.h>

#include "base/text.h"

seawall_status seawall_deadline_to_header(seawall_duration left, char *text, size_t size, size_t *needed)
{
    char printed[SW_TEXT_SIZE] = "";
    size_t length = 0;

    if (text == NULL)
        return SEAWALL_INVALID;
    if (left != SEAWALL_FOREVER)
        length = sw_print_integer(left > 0 ? left / SEAWALL_MILLISECONDS(1) : 0, printed);
    if (needed != NULL)
        *needed = length + 1;
    if (length >= size)
        return SEAWALL_TOO_SMALL;
    memcpy(text, printed, length + 1);
    return SEAWALL_OK;
}

seawall_status seawall_deadline_from_header(const char *value, seawall_duration *left)
{
    sw_span span = sw_trim(value != NULL ? value : "");
    int64_t milliseconds = 0;

    if (left == NULL)
        return SEAWALL_INVALID;
    if (span.length == 0) {
        *left = SEAWALL_FOREVER;
        return SEAWALL_OK;
    }
    switch (sw_parse_integer(span, &milliseconds)) {
    case SW_TEXT_GOOD:
        break;
    case SW_TEXT_TOO_LOW:
        milliseconds = -1;
        break;
    case SW_TEXT_TOO_HIGH:
        milliseconds = INT64_MAX;
        break;
    default:
        return SEAWALL_INVALID;
    }
    *left = milliseconds > 0 ? seawall_milliseconds(milliseconds) : 0;
    return SEAWALL_OK;
}
