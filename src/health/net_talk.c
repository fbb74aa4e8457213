/* What is said over a connection, and what comes back. */
#include <string.h>

#include "health/net_match.h"
#include "health/net_talk.h"

bool sw_net_talk_begin(sw_net_talk *talk, const sw_net_check *check, sw_net_result *result)
{
    memset(talk, 0, sizeof(*talk));
    sw_net_http_begin(&talk->http, (uint64_t)check->response_limit);
    if (check->kind != SW_NET_CONNECTION_TEST)
        return false;
    sw_net_conclude(result, SEAWALL_FAULT_NONE, 0, "%s", "");
    return true;
}

/* --- ping --- */

/* What servers say of themselves instead. Who asks for a password answers; who cannot serve yet is told as what it is. */
static const struct other_reply {
    const char *begins;
    int32_t ping;
    seawall_fault fault;
} other_replies[] = {
    {"-NOAUTH", SW_NET_PING_REDIS, SEAWALL_FAULT_NONE},
    {"-LOADING", SW_NET_PING_REDIS, SEAWALL_FAULT_SERVICE_UNAVAILABLE},
    {"-BUSY", SW_NET_PING_REDIS, SEAWALL_FAULT_SERVICE_UNAVAILABLE},
    {"-MASTERDOWN", SW_NET_PING_REDIS, SEAWALL_FAULT_SERVICE_UNAVAILABLE},
};

static seawall_fault fault_of(const sw_net_talk *talk, const sw_net_check *check)
{
    size_t i;

    for (i = 0; i < sizeof(other_replies) / sizeof(other_replies[0]); i++) {
        const struct other_reply *row = &other_replies[i];
        size_t length = strlen(row->begins);

        if (check->ping == row->ping && talk->received >= length && memcmp(talk->heard, row->begins, length) == 0)
            return row->fault;
    }
    return SEAWALL_FAULT_OTHER;
}

/* Bytes of the first line, as far as they were kept. */
static size_t line_length(const sw_net_talk *talk)
{
    size_t length = 0;

    while (length < talk->received && length < SW_NET_HEARD && talk->heard[length] != '\r' && talk->heard[length] != '\n')
        length++;
    return length;
}

static bool line_is_whole(const sw_net_talk *talk)
{
    return talk->received >= SW_NET_HEARD || line_length(talk) < talk->received;
}

/* A reply to bytes of the user's own may repeat what was sent, a password perhaps: it is not told. */
static void other_reply(const sw_net_talk *talk, const sw_net_check *check, sw_net_result *result)
{
    if (check->ping == SW_NET_PING_OWN)
        sw_net_conclude(result, SEAWALL_FAULT_OTHER, 0, "the reply is not what was expected");
    else
        sw_net_conclude(result, fault_of(talk, check), 0, "the reply was \"%.*s\"", (int)line_length(talk), talk->heard);
}

static void keep(sw_net_talk *talk, const char *bytes, size_t count)
{
    size_t i;

    for (i = 0; i < count && talk->received + i < SW_NET_HEARD; i++)
        talk->heard[talk->received + i] = bytes[i];
    talk->received += count;
}

static bool hear_ping(sw_net_talk *talk, const sw_net_check *check, const char *bytes, size_t count, sw_net_result *result)
{
    size_t i;

    keep(talk, bytes, count);
    for (i = 0; i < count && talk->matched < check->expected.length && !talk->differs; i++) {
        talk->differs = bytes[i] != check->expected.start[talk->matched];
        talk->matched += !talk->differs;
    }
    if (talk->differs && (check->ping == SW_NET_PING_OWN || line_is_whole(talk))) {
        other_reply(talk, check, result);
        return true;
    }
    if (talk->matched < check->expected.length)
        return false;
    sw_net_conclude(result, SEAWALL_FAULT_NONE, 0, "%s", "");
    return true;
}

/* --- HTTP --- */

/* The head is there, and the body, or as much of it as is read. */
static void judge(const sw_net_talk *talk, const sw_net_check *check, sw_net_result *result)
{
    int32_t status = talk->http.status;
    seawall_fault fault = seawall_fault_from_http_status(status);

    if (!sw_net_statuses_have(&check->statuses, status))
        sw_net_conclude(result, fault != SEAWALL_FAULT_NONE ? fault : SEAWALL_FAULT_OTHER, status, "HTTP status %d", status);
    else if (talk->matched < check->expected.length && talk->http.verdict == SW_NET_HTTP_TOO_LARGE)
        sw_net_conclude(result, SEAWALL_FAULT_OTHER, status, "HTTP status %d; what was expected is not in the first %lld bytes",
                        status, (long long)check->response_limit);
    else if (talk->matched < check->expected.length)
        sw_net_conclude(result, SEAWALL_FAULT_OTHER, status, "HTTP status %d; the body is not what was expected", status);
    else
        sw_net_conclude(result, SEAWALL_FAULT_NONE, status, "HTTP status %d", status);
}

static bool ended(const sw_net_talk *talk, const sw_net_check *check, sw_net_result *result)
{
    const sw_net_http *http = &talk->http;

    if (http->verdict == SW_NET_HTTP_MORE)
        return false;
    if (http->verdict == SW_NET_HTTP_BROKEN)
        sw_net_conclude(result, SEAWALL_FAULT_OTHER, http->status, "%s", http->wrong);
    else if (!http->headed)
        sw_net_conclude(result, SEAWALL_FAULT_OTHER, http->status, "the response's head is longer than %lld bytes",
                        (long long)check->response_limit);
    else
        judge(talk, check, result);
    return true;
}

static bool hear_http(sw_net_talk *talk, const sw_net_check *check, const char *bytes, size_t count, sw_net_result *result)
{
    while (count > 0 && talk->http.verdict == SW_NET_HTTP_MORE) {
        sw_span body;
        size_t used = sw_net_http_read(&talk->http, bytes, count, &body);

        (void)sw_net_match(check->expected.start, check->expected.length, check->fall, &talk->matched, body.start, body.length);
        bytes += used;
        count -= used;
    }
    return ended(talk, check, result);
}

/* --- both --- */

bool sw_net_talk_hear(sw_net_talk *talk, const sw_net_check *check, const char *bytes, size_t count, sw_net_result *result)
{
    if (check->kind == SW_NET_HEALTH_ENDPOINT)
        return hear_http(talk, check, bytes, count, result);
    return hear_ping(talk, check, bytes, count, result);
}

static bool heard_nothing(const sw_net_talk *talk, const sw_net_check *check)
{
    return talk->received == 0 && talk->http.allowed == (uint64_t)check->response_limit;
}

void sw_net_talk_closed(sw_net_talk *talk, const sw_net_check *check, sw_net_result *result)
{
    const char *message = "the other side closed in the middle of its answer";

    if (check->kind == SW_NET_HEALTH_ENDPOINT) {
        sw_net_http_closed(&talk->http);
        if (talk->http.verdict == SW_NET_HTTP_COMPLETE) {
            judge(talk, check, result);
            return;
        }
    }
    if (talk->differs) {
        other_reply(talk, check, result);
        return;
    }
    if (heard_nothing(talk, check))
        message = "the other side closed without an answer";
    sw_net_conclude(result, SEAWALL_FAULT_SERVICE_UNAVAILABLE, talk->http.status, "%s", message);
}

void sw_net_talk_late(const sw_net_talk *talk, const sw_net_check *check, sw_net_result *result)
{
    const char *message = "the answer did not end in time";

    if (talk->sent < check->request.length)
        message = "the request was not taken in time";
    else if (heard_nothing(talk, check))
        message = "no answer in time";
    sw_net_conclude(result, SEAWALL_FAULT_TIMEOUT, talk->http.status, "%s", message);
}
