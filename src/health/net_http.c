/* Reading an HTTP/1.1 response. */
#include <string.h>

#include "health/net_http.h"

enum { STATUS_LINE, HEADERS, BODY, BODY_UNTIL_CLOSED, CHUNK_SIZE, CHUNK, CHUNK_END, TRAILERS };

static void broken(sw_net_http *http, const char *wrong)
{
    http->verdict = SW_NET_HTTP_BROKEN;
    http->wrong = wrong;
}

static void begin_head(sw_net_http *http)
{
    http->state = STATUS_LINE;
    http->status = 0;
    http->length = 0;
    http->chunked = false;
    http->measured = false;
    http->left = 0;
}

void sw_net_http_begin(sw_net_http *http, uint64_t most)
{
    memset(http, 0, sizeof(*http));
    http->allowed = most;
    begin_head(http);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static int lower(char c)
{
    return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
}

static bool same(sw_span text, const char *word)
{
    size_t i;

    for (i = 0; i < text.length && word[i] != '\0' && lower(text.start[i]) == word[i]; i++)
        ;
    return i == text.length && word[i] == '\0';
}

/* "HTTP/1.1 200 OK", the reason and the blank before it missing as they may. */
static void read_status_line(sw_net_http *http)
{
    const char *line = http->line;

    if (http->length < strlen("HTTP/1.1 200") || memcmp(line, "HTTP/1.", strlen("HTTP/1.")) != 0 || !is_digit(line[7]) ||
        line[8] != ' ' || !is_digit(line[9]) || !is_digit(line[10]) || !is_digit(line[11]) ||
        (http->length > 12 && line[12] != ' ')) {
        broken(http, "the answer is not HTTP/1");
        return;
    }
    http->status = (line[9] - '0') * 100 + (line[10] - '0') * 10 + (line[11] - '0');
    if (http->status < 100)
        broken(http, "the status is below 100");
    else if (http->status == 101)
        broken(http, "the server switches protocols unasked");
    http->state = HEADERS;
}

/* Digits only; a server that says two lengths must mean one. */
static void read_content_length(sw_net_http *http, sw_span value)
{
    uint64_t length = 0;
    size_t i;

    for (i = 0; i < value.length && is_digit(value.start[i]) && length < UINT64_MAX / 100; i++)
        length = length * 10 + (uint64_t)(value.start[i] - '0');
    if (value.length == 0 || i < value.length)
        broken(http, "Content-Length is no number");
    else if (http->measured && http->left != length)
        broken(http, "there are two Content-Lengths");
    http->measured = true;
    http->left = length;
}

static void read_header(sw_net_http *http)
{
    sw_span line = {http->line, http->length < SW_NET_HTTP_LINE ? http->length : SW_NET_HTTP_LINE};
    const char *colon = memchr(line.start, ':', line.length);
    sw_span name = {line.start, colon != NULL ? (size_t)(colon - line.start) : 0};
    sw_span value = {line.start + name.length, line.length - name.length};

    if (name.length == 0 || is_blank(name.start[0]) || is_blank(name.start[name.length - 1])) {
        broken(http, "a header is no name and value");
        return;
    }
    if (!same(name, "content-length") && !same(name, "transfer-encoding"))
        return;
    value = sw_trim_span((sw_span){colon + 1, value.length - 1});
    if (http->length > SW_NET_HTTP_LINE)
        broken(http, "a header that says how long the body is, is too long itself");
    else if (same(name, "content-length"))
        read_content_length(http, value);
    else if (same(value, "chunked") && !http->chunked)
        http->chunked = true;
    else
        broken(http, "the transfer encoding is not chunked");
}

static void end_head(sw_net_http *http)
{
    bool never_a_body = http->status == 204 || http->status == 304;

    if (http->status < 200) { /* not the answer yet: another head follows */
        begin_head(http);
        return;
    }
    http->headed = true;
    if (never_a_body || (!http->chunked && http->measured && http->left == 0))
        http->verdict = SW_NET_HTTP_COMPLETE;
    else if (http->chunked) /* the length, if there is one too, does not count then */
        http->state = CHUNK_SIZE;
    else if (!http->measured)
        http->state = BODY_UNTIL_CLOSED;
    else
        http->state = BODY;
}

/* "1f" or "1f;what=ever". */
static void read_chunk_size(sw_net_http *http)
{
    size_t length = http->length < SW_NET_HTTP_LINE ? http->length : SW_NET_HTTP_LINE;
    uint64_t size = 0;
    size_t i;

    for (i = 0; i < length && sw_hex_digit(http->line[i]) >= 0 && size < UINT64_MAX / 32; i++)
        size = size * 16 + (uint64_t)sw_hex_digit(http->line[i]);
    if (i == 0 || (i < length && strchr("; \t", http->line[i]) == NULL))
        broken(http, "the size of a chunk is no number");
    http->left = size;
    http->state = size > 0 ? CHUNK : TRAILERS;
}

static void read_line(sw_net_http *http)
{
    if (http->state == STATUS_LINE)
        read_status_line(http);
    else if (http->state == CHUNK_SIZE)
        read_chunk_size(http);
    else if (http->state == HEADERS && http->length > 0)
        read_header(http);
    else if (http->state == HEADERS)
        end_head(http);
    else if (http->state == TRAILERS && http->length == 0)
        http->verdict = SW_NET_HTTP_COMPLETE;
    else if (http->state == CHUNK_END && http->length == 0)
        http->state = CHUNK_SIZE;
    else if (http->state == CHUNK_END)
        broken(http, "a chunk is longer than it says");
    http->length = 0;
}

/* The line that was kept has ended: without the CR before it, which is no part of it. */
static void end_line(sw_net_http *http)
{
    if (http->length > 0 && http->length <= SW_NET_HTTP_LINE && http->line[http->length - 1] == '\r')
        http->length--;
    read_line(http);
}

/* A piece of a line; the verdict on it once its end is there. Answers the bytes used. */
static size_t read_text(sw_net_http *http, const char *bytes, size_t count)
{
    size_t i;

    for (i = 0; i < count && http->verdict == SW_NET_HTTP_MORE; i++) {
        bool within = http->length > 0 && http->length <= SW_NET_HTTP_LINE;

        if (bytes[i] == '\n') {
            end_line(http);
            return i + 1;
        }
        if (bytes[i] == '\0' || (within && http->line[http->length - 1] == '\r')) {
            broken(http, "a line contains a NUL or a lone CR");
            return i;
        }
        if (http->length < SW_NET_HTTP_LINE)
            http->line[http->length] = bytes[i];
        http->length++;
    }
    return i;
}

static size_t read_body(sw_net_http *http, const char *bytes, size_t count, sw_span *body)
{
    bool bounded = http->state != BODY_UNTIL_CLOSED;
    size_t used = bounded && http->left < count ? (size_t)http->left : count;

    *body = (sw_span){bytes, used};
    if (!bounded)
        return used;
    http->left -= used;
    if (http->left == 0 && http->state == BODY)
        http->verdict = SW_NET_HTTP_COMPLETE;
    else if (http->left == 0)
        http->state = CHUNK_END;
    return used;
}

size_t sw_net_http_read(sw_net_http *http, const char *bytes, size_t count, sw_span *body)
{
    size_t used = 0;

    *body = (sw_span){bytes, 0};
    if (http->verdict != SW_NET_HTTP_MORE || count == 0)
        return 0;
    if (http->allowed == 0) {
        http->verdict = SW_NET_HTTP_TOO_LARGE;
        return 0;
    }
    if (count > http->allowed)
        count = (size_t)http->allowed;
    if (http->state == BODY || http->state == BODY_UNTIL_CLOSED || http->state == CHUNK)
        used = read_body(http, bytes, count, body);
    else
        used = read_text(http, bytes, count);
    http->allowed -= used;
    return used;
}

void sw_net_http_closed(sw_net_http *http)
{
    if (http->verdict != SW_NET_HTTP_MORE)
        return;
    if (http->state == BODY_UNTIL_CLOSED)
        http->verdict = SW_NET_HTTP_COMPLETE;
    else
        broken(http, "the server closed in the middle of its answer");
}
