#include "http.h"

#include <stdio.h>

static size_t discard(char *data, size_t size, size_t count, void *user)
{
    (void)data;
    (void)user;
    return size * count;
}

int http_open(struct http *http)
{
    http->curl = curl_easy_init();
    if (!http->curl)
        return -1;
    curl_easy_setopt(http->curl, CURLOPT_NOSIGNAL, 1L); /* several threads: no SIGALRM */
    curl_easy_setopt(http->curl, CURLOPT_PROXY, "");    /* whatever the environment says */
    curl_easy_setopt(http->curl, CURLOPT_WRITEFUNCTION, discard);
    return 0;
}

void http_close(struct http *http)
{
    curl_easy_cleanup(http->curl);
    http->curl = NULL;
}

void http_begin(struct http *http, int item, long timeout_ms)
{
    char url[64];

    snprintf(url, sizeof url, "http://127.0.0.1:%d/item/%d", http->port, item);
    curl_easy_setopt(http->curl, CURLOPT_URL, url);
    curl_easy_setopt(http->curl, CURLOPT_TIMEOUT_MS, timeout_ms);
    record_attempt(http->record, http->side, http->plan);
}

struct http_answer http_end(struct http *http, CURLcode error)
{
    struct http_answer answer = {.error = error};
    curl_off_t pretransfer = 0, retry_after = 0;

    curl_easy_getinfo(http->curl, CURLINFO_RESPONSE_CODE, &answer.status);
    curl_easy_getinfo(http->curl, CURLINFO_OS_ERRNO, &answer.os_error);
    curl_easy_getinfo(http->curl, CURLINFO_RETRY_AFTER, &retry_after);
    curl_easy_getinfo(http->curl, CURLINFO_PRETRANSFER_TIME_T, &pretransfer);
    answer.retry_after = retry_after;
    answer.connected = pretransfer > 0;
    return answer;
}

struct http_answer http_get(struct http *http, int item, long timeout_ms)
{
    http_begin(http, item, timeout_ms);
    return http_end(http, curl_easy_perform(http->curl));
}
