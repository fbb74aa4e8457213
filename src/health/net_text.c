/* What a network check's texts mean. */
#include <string.h>

#include "base/error.h"
#include "health/net_text.h"

/* One escape, which begins behind the backslash. Answers how many characters it takes, 0 if it is none. */
static size_t read_escape(const char *text, char *byte)
{
    static const char names[] = "rnt0\\\"";
    static const char meanings[] = "\r\n\t\0\\\"";
    const char *name = text[0] != '\0' ? strchr(names, text[0]) : NULL;

    if (name != NULL) {
        *byte = meanings[name - names];
        return 1;
    }
    if (text[0] != 'x' || sw_hex_digit(text[1]) < 0 || sw_hex_digit(text[2]) < 0)
        return 0;
    *byte = (char)(sw_hex_digit(text[1]) * 16 + sw_hex_digit(text[2]));
    return 3;
}

seawall_status sw_net_unescape(const char *key, const char *text, char bytes[SW_NET_BYTES_MAX], size_t *length,
                               seawall_error *error)
{
    size_t at = 0, count = 0;

    while (text[at] != '\0') {
        char byte = text[at++];

        if (byte == '\\') {
            size_t used = read_escape(text + at, &byte);

            if (used == 0)
                return sw_error(error, SEAWALL_INVALID, key,
                                "%s: byte %zu begins no escape; there are \\r \\n \\t \\0 \\\\ \\\" \\xHH", key, at);
            at += used;
        }
        if (count == SW_NET_BYTES_MAX)
            return sw_error(error, SEAWALL_INVALID, key, "%s: stands for more than %d bytes", key, SW_NET_BYTES_MAX);
        bytes[count++] = byte;
    }
    *length = count;
    return SEAWALL_OK;
}

#define LOWEST 200 /* what comes before is not the answer yet */
#define HIGHEST 599

static bool parse_status(sw_span text, int64_t *status)
{
    return sw_parse_integer(sw_trim_span(text), status) == SW_TEXT_GOOD && *status >= LOWEST && *status <= HIGHEST;
}

static bool parse_range(sw_span item, struct sw_net_range *range)
{
    const char *dash = item.length > 0 ? memchr(item.start, '-', item.length) : NULL;
    sw_span low = {item.start, dash != NULL ? (size_t)(dash - item.start) : item.length};
    sw_span high = dash != NULL ? (sw_span){dash + 1, item.length - low.length - 1} : low;
    int64_t first, last;

    if (!parse_status(low, &first) || !parse_status(high, &last) || first > last)
        return false;
    *range = (struct sw_net_range){(int16_t)first, (int16_t)last};
    return true;
}

seawall_status sw_net_statuses_parse(const char *key, const char *text, sw_net_statuses *statuses, seawall_error *error)
{
    sw_net_statuses found = {0};
    sw_span rest = sw_trim(text);
    bool more = true;

    while (more) {
        bool comma = rest.length > 0 && memchr(rest.start, ',', rest.length) != NULL;
        sw_span item = sw_next_item(&rest);
        char quoted[SW_TEXT_SIZE];

        if (found.count == SW_NET_RANGES_MAX)
            return sw_error(error, SEAWALL_INVALID, key, "%s: more than %d statuses or ranges", key, SW_NET_RANGES_MAX);
        if (!parse_range(item, &found.ranges[found.count++])) {
            (void)sw_quote(item, quoted);
            return sw_error(error, SEAWALL_INVALID, key,
                            "%s: %s is neither a status from %d to %d nor a range of them: 200-399", key, quoted, LOWEST,
                            HIGHEST);
        }
        more = comma;
    }
    *statuses = found;
    return SEAWALL_OK;
}

bool sw_net_statuses_have(const sw_net_statuses *statuses, int64_t status)
{
    int32_t i;

    for (i = 0; i < statuses->count; i++) {
        if (status >= statuses->ranges[i].first && status <= statuses->ranges[i].last)
            return true;
    }
    return false;
}
