/* GET through libcurl: what both clients have in common. */
#ifndef STORM_HTTP_H
#define STORM_HTTP_H

#include <curl/curl.h>

#include "record.h"

/* One thread's connection, kept alive between calls. */
struct http {
    CURL *curl;
    int port;
    const struct plan *plan; /* these three to count the attempts */
    struct record *record;
    enum side_name side;
};

/* How one request ended. */
struct http_answer {
    CURLcode error;           /* CURLE_OK: an answer came, with this status */
    long status;
    long os_error;            /* errno of a failed connect, 0 if unknown */
    int64_t retry_after;      /* seconds, 0 if the server did not say */
    bool connected;           /* a connection stood: the request may have been sent */
};

/* 0, or -1 for want of memory. `http` has its other members set. */
int http_open(struct http *http);
void http_close(struct http *http);

/* One request, which takes `timeout_ms` > 0 at most: what comes before it and after it, and the whole. */
void http_begin(struct http *http, int item, long timeout_ms);
struct http_answer http_end(struct http *http, CURLcode error);
struct http_answer http_get(struct http *http, int item, long timeout_ms);

#endif
