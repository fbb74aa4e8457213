/*
 * Reading an HTTP/1.1 response: bytes in as they come, the status and the body out. Pure, of a fixed size: of a line it keeps the
 * beginning, of the body nothing.
 */
#ifndef SW_HEALTH_NET_HTTP_H
#define SW_HEALTH_NET_HTTP_H

#include "base/text.h"

/* Every line that decides anything is shorter than this. */
#define SW_NET_HTTP_LINE 128

typedef enum sw_net_http_verdict {
    SW_NET_HTTP_MORE,      /* it has not ended yet */
    SW_NET_HTTP_COMPLETE,
    SW_NET_HTTP_TOO_LARGE, /* longer than it may be */
    SW_NET_HTTP_BROKEN     /* no HTTP, or cut off: see `wrong` */
} sw_net_http_verdict;

typedef struct sw_net_http {
    sw_net_http_verdict verdict;
    int32_t status;    /* 0 until the status line was read; that of the final response, after which no other comes */
    bool headed;       /* the head of the final response was read to its end */
    const char *wrong; /* a static text, where it is broken */

    /* how it goes on */
    int32_t state;
    bool chunked;
    bool measured;     /* there was a Content-Length */
    uint64_t left;     /* of the body, or of the chunk */
    uint64_t allowed;  /* bytes that may yet come */
    size_t length;     /* of the line so far; the first bytes of it are kept */
    char line[SW_NET_HTTP_LINE];
} sw_net_http;

/* `most`: the longest response that is read, head and body together. */
void sw_net_http_begin(sw_net_http *http, uint64_t most);

/*
 * Reads on. Answers how many of the `count` bytes were used: all of them, or fewer where a piece of the body ends or where there
 * is a verdict. `*body` is a piece of the body among the bytes used, empty if there is none. Call it until all are used or
 * there is a verdict.
 */
size_t sw_net_http_read(sw_net_http *http, const char *bytes, size_t count, sw_span *body);

/* The other side has closed: the end of a body that says nothing of its length, too early for all others. */
void sw_net_http_closed(sw_net_http *http);

#endif
