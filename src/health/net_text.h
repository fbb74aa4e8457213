/* What a network check's texts mean: bytes with escapes, and sets of HTTP statuses. */
#ifndef SW_HEALTH_NET_TEXT_H
#define SW_HEALTH_NET_TEXT_H

#include <seawall/status.h>

#include "base/text.h"

/* Bytes of the longest text that is sent, expected, or looked for in a body, its escapes read. */
#define SW_NET_BYTES_MAX 1024

/*
 * Reads \r \n \t \0 \\ \" and \xHH; any other byte stands for itself. The error is `key`'s, and never repeats the text. Answers
 * the bytes through `bytes` and `length`.
 */
seawall_status sw_net_unescape(const char *key, const char *text, char bytes[SW_NET_BYTES_MAX], size_t *length,
                               seawall_error *error);

#define SW_NET_RANGES_MAX 16

/* Ranges of HTTP statuses, both ends included. */
typedef struct sw_net_statuses {
    int32_t count;
    struct sw_net_range {
        int16_t first, last;
    } ranges[SW_NET_RANGES_MAX];
} sw_net_statuses;

/* "200-399, 401": each from 200 to 599. */
seawall_status sw_net_statuses_parse(const char *key, const char *text, sw_net_statuses *statuses, seawall_error *error);
bool sw_net_statuses_have(const sw_net_statuses *statuses, int64_t status);

#endif
