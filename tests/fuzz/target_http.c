/*
 * HTTP responses. However any bytes are cut into pieces, they come to the same. And whatever is put into a response as its body
 * comes out of it, whole, at its last byte and not before. In seeds '|' stands for the end of a line.
 */
#include "fuzz.h"

#include <stdio.h>
#include <string.h>

#include "health/net_http.h"

#define ROOM 8192
#define MOST 6000

typedef struct text {
    char bytes[ROOM];
    size_t length;
} text;

typedef struct reading {
    sw_net_http http;
    text body;
    size_t used;
} reading;

static void add(text *to, const char *bytes, size_t count)
{
    fuzz_must(count <= ROOM - to->length, "there is room");
    memcpy(to->bytes + to->length, bytes, count);
    to->length += count;
}

static void feed(reading *to, const char *bytes, size_t count)
{
    while (count > 0 && to->http.verdict == SW_NET_HTTP_MORE) {
        sw_span body;
        size_t used = sw_net_http_read(&to->http, bytes, count, &body);

        fuzz_must(used <= count && body.length <= used, "no more is used than there is");
        fuzz_must(used > 0 || to->http.verdict != SW_NET_HTTP_MORE, "it goes on");
        add(&to->body, body.start, body.length);
        to->used += used;
        bytes += used;
        count -= used;
    }
}

/* In pieces of `piece` bytes. */
static void read_all(reading *to, const text *from, size_t piece, uint64_t most)
{
    size_t at;

    to->body.length = 0;
    to->used = 0;
    sw_net_http_begin(&to->http, most);
    for (at = 0; at < from->length; at += piece)
        feed(to, from->bytes + at, piece < from->length - at ? piece : from->length - at);
}

static void any_bytes(const text *from, size_t piece, uint64_t most)
{
    static reading whole, pieces;

    read_all(&whole, from, ROOM, most);
    read_all(&pieces, from, piece, most);
    fuzz_must(whole.http.verdict == pieces.http.verdict && whole.http.status == pieces.http.status &&
                  whole.http.headed == pieces.http.headed && whole.used == pieces.used,
              "pieces come to the same");
    fuzz_must(whole.body.length == pieces.body.length && memcmp(whole.body.bytes, pieces.body.bytes, whole.body.length) == 0,
              "pieces have the same body");
    fuzz_must(whole.used <= most, "no more is read than may be");
    fuzz_must((whole.http.verdict == SW_NET_HTTP_BROKEN) == (whole.http.wrong != NULL), "what is broken is told why");
    sw_net_http_closed(&whole.http);
    fuzz_must(whole.http.verdict != SW_NET_HTTP_MORE, "everything ends with the connection");
    fuzz_must(whole.http.verdict != SW_NET_HTTP_COMPLETE || (whole.http.headed && whole.http.status >= 200),
              "what is whole has a status");
}

static void add_line(text *to, const char *line)
{
    add(to, line, strlen(line));
    add(to, "\r\n", 2);
}

static void measured(text *to, const text *body)
{
    char line[64];

    add_line(to, "HTTP/1.1 200 OK");
    (void)snprintf(line, sizeof(line), "Content-Length: %zu", body->length);
    add_line(to, line);
    add_line(to, "");
    add(to, body->bytes, body->length);
}

static void chunked(text *to, const text *body, size_t piece)
{
    char line[64];
    size_t at;

    add_line(to, "HTTP/1.1 200 OK");
    add_line(to, "Transfer-Encoding: chunked");
    add_line(to, "");
    for (at = 0; at < body->length; at += piece) {
        size_t size = piece < body->length - at ? piece : body->length - at;

        (void)snprintf(line, sizeof(line), "%zX", size);
        add_line(to, line);
        add(to, body->bytes + at, size);
        add_line(to, "");
    }
    add_line(to, "0");
    add_line(to, "");
}

static void comes_out(const text *response, const text *body, size_t piece)
{
    static reading all;
    static text shorter;

    read_all(&all, response, piece, ROOM);
    fuzz_must(all.http.verdict == SW_NET_HTTP_COMPLETE && all.used == response->length, "it is whole at its last byte");
    fuzz_must(all.body.length == body->length && memcmp(all.body.bytes, body->bytes, body->length) == 0, "the body comes out");
    shorter = *response;
    shorter.length--;
    read_all(&all, &shorter, piece, ROOM);
    fuzz_must(all.http.verdict == SW_NET_HTTP_MORE, "it is not whole before");
    sw_net_http_closed(&all.http);
    fuzz_must(all.http.verdict == SW_NET_HTTP_BROKEN, "cut off is broken");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static text raw, lines, response;
    size_t piece = size > 0 ? data[size - 1] % 16 + 1 : 1, i;

    raw.length = lines.length = response.length = 0;
    for (i = 0; i < size && i < FUZZ_TEXT_SIZE; i++) {
        char c = (char)data[i];

        add(&raw, &c, 1);
        add(&lines, c == '|' ? "\r\n" : &c, c == '|' ? 2 : 1);
    }
    any_bytes(&lines, piece, MOST);
    any_bytes(&lines, piece, lines.length / 2);
    measured(&response, &raw);
    comes_out(&response, &raw, piece);
    response.length = 0;
    chunked(&response, &raw, piece);
    comes_out(&response, &raw, piece);
    return 0;
}
