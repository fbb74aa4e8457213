/* HTTP responses: whole, in pieces of every size, cut off anywhere, and wrong. */
#include <stdio.h>
#include <string.h>

#include "health/net_http.h"
#include "suite.h"
#include "support.h"

#define COUNT(rows) ((int)(sizeof(rows) / sizeof((rows)[0])))
#define MOST 4096
#define HEAD "HTTP/1.1 200 OK\r\n"
#define CHUNKED HEAD "Transfer-Encoding: chunked\r\n\r\n"
#define LONG_32 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
#define LONG LONG_32 LONG_32 LONG_32 LONG_32

/* What a response came to. */
typedef struct reading {
    sw_net_http http;
    char body[MOST];
    size_t length;
    size_t used;
} reading;

static void begin(reading *to, uint64_t most)
{
    to->length = 0;
    to->used = 0;
    sw_net_http_begin(&to->http, most);
}

static void feed(reading *to, const char *bytes, size_t count)
{
    while (count > 0 && to->http.verdict == SW_NET_HTTP_MORE) {
        sw_span body;
        size_t used = sw_net_http_read(&to->http, bytes, count, &body);

        /* Not ck_assert: each of those tells where it is, and there are very many. */
        if (used > count || (body.length > 0 && (body.start < bytes || body.start + body.length > bytes + used)))
            ck_abort_msg("more was used than there is");
        memcpy(to->body + to->length, body.start, body.length);
        to->length += body.length;
        to->used += used;
        bytes += used;
        count -= used;
    }
}

static const struct {
    const char *bytes;
    int32_t status;
    const char *body;
    bool until_closed; /* it ends when the other side closes */
} good[] = {
    {HEAD "Content-Length: 5\r\n\r\nhello", 200, "hello", false},
    {HEAD "content-LENGTH:5\r\n\r\nhello", 200, "hello", false},
    {HEAD "Content-Length: 5\r\nContent-Length:\t 5 \r\n\r\nhello", 200, "hello", false},
    {HEAD "Content-Length: 0\r\n\r\n", 200, "", false},
    {HEAD "Content-Length: 000\r\n\r\n", 200, "", false},
    {HEAD "\r\nhello", 200, "hello", true},
    {HEAD "\r\n", 200, "", true},
    {"HTTP/1.0 503 Service Unavailable\n\nno", 503, "no", true},
    {"HTTP/1.1 200\r\n\r\n", 200, "", true},
    {"HTTP/1.1 200 \r\n\r\n", 200, "", true},
    {"HTTP/1.1 999 What\r\n\r\n", 999, "", true},
    {"HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n", 204, "", false},
    {"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", 304, "", false},
    {"HTTP/1.1 100 Continue\r\n\r\n" HEAD "Content-Length: 2\r\n\r\nok", 200, "ok", false},
    {"HTTP/1.1 103 Early Hints\r\nLink: x\r\nContent-Length: 9\r\n\r\n" HEAD "\r\nok", 200, "ok", true},
    {CHUNKED "5\r\nhello\r\n0\r\n\r\n", 200, "hello", false},
    {CHUNKED "0\r\n\r\n", 200, "", false},
    {CHUNKED "000\r\n\r\n", 200, "", false},
    {CHUNKED "3;name=value\r\nhel\r\n2 \r\nlo\r\n0\r\nX-Trailer: y\r\n\r\n", 200, "hello", false},
    {CHUNKED "A\r\n0123456789\r\n00b\r\nabcdefghijk\r\n0\r\n\r\n", 200, "0123456789abcdefghijk", false},
    {CHUNKED "2\nok\n0\n\n", 200, "ok", false},
    {CHUNKED "2;" LONG "\r\nok\r\n0\r\n\r\n", 200, "ok", false},
    {HEAD "Content-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", 200, "ok", false},
    {HEAD "Transfer-Encoding: Chunked\r\nContent-Length: 9\r\n\r\n2\r\nok\r\n0\r\n\r\n", 200, "ok", false},
    {HEAD "X: " LONG LONG "\r\nContent-Length: 2\r\n\r\nok", 200, "ok", false},
    {HEAD "X-Empty:\r\nX: \xc3\xa9\r\nContent-Length: 2\r\n\r\nok", 200, "ok", false},
    {HEAD "Content-Length: 4\r\n\r\na\r\nb", 200, "a\r\nb", false},
};

/* In pieces of so many bytes; then the other side closes, if that is how it ends. */
static void read_in_pieces(int row, size_t piece)
{
    size_t size = strlen(good[row].bytes), at;
    reading to;

    begin(&to, MOST);
    for (at = 0; at < size; at += piece) {
        if (to.http.verdict != SW_NET_HTTP_MORE)
            ck_abort_msg("row %d ends before its end", row);
        feed(&to, good[row].bytes + at, piece < size - at ? piece : size - at);
    }
    ck_assert_int_eq(to.http.verdict, good[row].until_closed ? SW_NET_HTTP_MORE : SW_NET_HTTP_COMPLETE);
    ck_assert(to.http.headed);
    sw_net_http_closed(&to.http);
    ck_assert_int_eq(to.http.verdict, SW_NET_HTTP_COMPLETE);
    ck_assert_int_eq(to.http.status, good[row].status);
    ck_assert_uint_eq(to.length, strlen(good[row].body));
    ck_assert_mem_eq(to.body, good[row].body, to.length);
    ck_assert_uint_eq(to.used, size);
}

static void read_good(int row)
{
    size_t piece;

    for (piece = 1; piece <= strlen(good[row].bytes); piece++)
        read_in_pieces(row, piece);
}

START_TEST(a_response_is_read_in_pieces_of_any_size)
{
    int row;

    for (row = 0; row < COUNT(good); row++)
        read_good(row);
}
END_TEST

/* However little is missing, it is never taken for the whole. */
static void cut_off(int row)
{
    const char *bytes = good[row].bytes;
    size_t head = strlen(bytes) - (good[row].until_closed ? strlen(good[row].body) : 0), cut;

    for (cut = 0; cut < head; cut++) {
        reading to;

        begin(&to, MOST);
        feed(&to, bytes, cut);
        ck_assert_int_eq(to.http.verdict, SW_NET_HTTP_MORE);
        sw_net_http_closed(&to.http);
        ck_assert_int_eq(to.http.verdict, SW_NET_HTTP_BROKEN);
        ck_assert_str_eq(to.http.wrong, "the server closed in the middle of its answer");
    }
}

START_TEST(a_response_that_is_cut_off_is_broken)
{
    int row;

    for (row = 0; row < COUNT(good); row++)
        cut_off(row);
}
END_TEST

/* What comes behind the end is left alone. */
static void read_with_more(int row)
{
    char text[1024];
    reading to;

    if (good[row].until_closed)
        return;
    (void)snprintf(text, sizeof(text), "%s%s", good[row].bytes, "HTTP/1.1 500 more");
    begin(&to, MOST);
    feed(&to, text, strlen(text));
    ck_assert_int_eq(to.http.verdict, SW_NET_HTTP_COMPLETE);
    ck_assert_uint_eq(to.used, strlen(good[row].bytes));
    ck_assert_int_eq(to.http.status, good[row].status);
}

START_TEST(the_end_is_the_end)
{
    int row;

    for (row = 0; row < COUNT(good); row++)
        read_with_more(row);
}
END_TEST

/* Exactly as long as it may be, and one byte longer. */
static void bound(int row)
{
    size_t size = strlen(good[row].bytes);
    reading to;

    begin(&to, size);
    feed(&to, good[row].bytes, size);
    sw_net_http_closed(&to.http);
    ck_assert_int_eq(to.http.verdict, SW_NET_HTTP_COMPLETE);
    begin(&to, size - 1);
    feed(&to, good[row].bytes, size);
    ck_assert_int_eq(to.http.verdict, SW_NET_HTTP_TOO_LARGE);
    ck_assert_uint_eq(to.used, size - 1);
    sw_net_http_closed(&to.http);
    ck_assert_int_eq(to.http.verdict, SW_NET_HTTP_TOO_LARGE);
}

START_TEST(a_response_is_bounded)
{
    int row;

    for (row = 0; row < COUNT(good); row++)
        bound(row);
}
END_TEST

static const struct {
    const char *bytes;
    size_t size; /* 0: up to the NUL */
    const char *wrong;
} bad[] = {
    {"\r\n" HEAD, 0, "the answer is not HTTP/1"},
    {"-ERR unknown command\r\n", 0, "the answer is not HTTP/1"},
    {"HTTP/2 200 OK\r\n", 0, "the answer is not HTTP/1"},
    {"HTTP/2.0 200 OK\r\n", 0, "the answer is not HTTP/1"},
    {"HTTP/1. 200 OK\r\n", 0, "the answer is not HTTP/1"},
    {"http/1.1 200 OK\r\n", 0, "the answer is not HTTP/1"},
    {"HTTP/1.1  200 OK\r\n", 0, "the answer is not HTTP/1"},
    {"HTTP/1.1 2000 OK\r\n", 0, "the answer is not HTTP/1"},
    {"HTTP/1.1 20 OK\r\n", 0, "the answer is not HTTP/1"},
    {"HTTP/1.1 -20 OK\r\n", 0, "the answer is not HTTP/1"},
    {"HTTP/1.1 20x OK\r\n", 0, "the answer is not HTTP/1"},
    {"HTTP/1.1 099 OK\r\n", 0, "the status is below 100"},
    {"HTTP/1.1 101 Switching Protocols\r\n", 0, "the server switches protocols unasked"},
    {"HTTP/1.1\r\n", 0, "the answer is not HTTP/1"},
    {HEAD "no colon\r\n", 0, "a header is no name and value"},
    {HEAD ": no name\r\n", 0, "a header is no name and value"},
    {HEAD "Content-Length : 5\r\n", 0, "a header is no name and value"},
    {HEAD "X: y\r\n folded: z\r\n", 0, "a header is no name and value"},
    {HEAD LONG ": y\r\n", 0, "a header is no name and value"},
    {HEAD "Content-Length: -1\r\n", 0, "Content-Length is no number"},
    {HEAD "Content-Length: \r\n", 0, "Content-Length is no number"},
    {HEAD "Content-Length: 5x\r\n", 0, "Content-Length is no number"},
    {HEAD "Content-Length: 5, 5\r\n", 0, "Content-Length is no number"},
    {HEAD "Content-Length: 99999999999999999999999\r\n", 0, "Content-Length is no number"},
    {HEAD "Content-Length: 5\r\nContent-Length: 6\r\n", 0, "there are two Content-Lengths"},
    {HEAD "Content-Length: 0\r\nContent-Length: 6\r\n", 0, "there are two Content-Lengths"},
    {HEAD "Content-Length: " LONG "5\r\n", 0, "a header that says how long the body is, is too long itself"},
    {HEAD "Transfer-Encoding: gzip, chunked\r\n", 0, "the transfer encoding is not chunked"},
    {HEAD "Transfer-Encoding: identity\r\n", 0, "the transfer encoding is not chunked"},
    {HEAD "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", 0, "the transfer encoding is not chunked"},
    {HEAD "X: a\rb\r\n", 0, "a line contains a NUL or a lone CR"},
    {HEAD "X: a\0b\r\n", sizeof(HEAD "X: a\0b\r\n") - 1, "a line contains a NUL or a lone CR"},
    {CHUNKED "\r\n", 0, "the size of a chunk is no number"},
    {CHUNKED "x\r\n", 0, "the size of a chunk is no number"},
    {CHUNKED "-1\r\n", 0, "the size of a chunk is no number"},
    {CHUNKED "5x\r\n", 0, "the size of a chunk is no number"},
    {CHUNKED "fffffffffffffffff\r\n", 0, "the size of a chunk is no number"},
    {CHUNKED "2\r\nhello\r\n", 0, "a chunk is longer than it says"},
};

static void read_bad(int row)
{
    size_t size = bad[row].size > 0 ? bad[row].size : strlen(bad[row].bytes), piece;

    for (piece = 1; piece <= size; piece++) {
        size_t at;
        reading to;

        begin(&to, MOST);
        for (at = 0; at < size; at += piece)
            feed(&to, bad[row].bytes + at, piece < size - at ? piece : size - at);
        ck_assert_int_eq(to.http.verdict, SW_NET_HTTP_BROKEN);
        ck_assert_str_eq(to.http.wrong, bad[row].wrong);
    }
}

START_TEST(what_is_wrong_is_told)
{
    int row;

    for (row = 0; row < COUNT(bad); row++)
        read_bad(row);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("responses");

    tcase_add_test(tests, a_response_is_read_in_pieces_of_any_size);
    tcase_add_test(tests, a_response_that_is_cut_off_is_broken);
    tcase_add_test(tests, the_end_is_the_end);
    tcase_add_test(tests, a_response_is_bounded);
    tcase_add_test(tests, what_is_wrong_is_told);
    return sw_test_run("net_http", tests);
}
