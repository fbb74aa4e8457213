/* Network checks: what is made of settings, and what of a reply. */
#include <stdio.h>
#include <string.h>

#include "health/net_talk.h"
#include "suite.h"
#include "support.h"

#define COUNT(rows) ((int)(sizeof(rows) / sizeof((rows)[0])))
#define LIMIT SW_NET_RESPONSE_LIMIT_DEFAULT
#define TCP SW_NET_CONNECTION_TEST
#define PING SW_NET_PING_TEST
#define HTTP SW_NET_HEALTH_ENDPOINT
#define OWN SW_NET_PING_OWN

/* Settings with what matters. */
#define REDIS_PING {PING, "h:1", SW_NET_PING_REDIS, NULL, NULL, NULL, NULL, LIMIT}
#define GET(statuses, body) {HTTP, "http://h", 0, NULL, NULL, statuses, body, LIMIT}
/* The lines of a GET behind its first. */
#define FIELDS(host) "Host: " host "\r\nUser-Agent: Seawall-health-check\r\nAccept: */*\r\nConnection: close\r\n"

static sw_net_check *made(const sw_net_settings *settings)
{
    sw_net_check *check = NULL;
    seawall_error error = {.message = ""};
    seawall_status status = sw_net_check_create(settings, seawall_platform_default(), &check, &error);

    ck_assert_msg(status == SEAWALL_OK, "%s", error.message);
    return check;
}

static const struct {
    sw_net_settings settings;
    const char *request;
    bool name;
} requests[] = {
    {{TCP, "localhost:1", 0, NULL, NULL, NULL, NULL, LIMIT}, "", true},
    {{TCP, "[::1]:1", 0, "", "", "", "", LIMIT}, "", false},
    {{PING, "127.0.0.1:6379", 0, NULL, NULL, NULL, NULL, LIMIT}, "PING\r\n", false},
    {{PING, "unix:/x", SW_NET_PING_MEMCACHED, NULL, NULL, NULL, NULL, LIMIT}, "version\r\n", false},
    {{PING, "h:25", OWN, NULL, "220 ", NULL, NULL, LIMIT}, "", true},
    {{PING, "h:25", OWN, "QUIT\\r\\n", NULL, NULL, NULL, LIMIT}, "QUIT\r\n", true},
    {{HTTP, "http://h", 0, NULL, NULL, NULL, NULL, LIMIT},
     "GET / HTTP/1.1\r\n" FIELDS("h") "\r\n", true},
    {{HTTP, "http://[::1]:81?a=b#c", 0, NULL, NULL, NULL, NULL, LIMIT},
     "GET /?a=b HTTP/1.1\r\n" FIELDS("[::1]:81") "\r\n", false},
    /* RFC 7617's own examples */
    {{HTTP, "http://Aladdin:open%20sesame@h/x", 0, NULL, NULL, NULL, NULL, LIMIT},
     "GET /x HTTP/1.1\r\n" FIELDS("h")
     "Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n\r\n", true},
    {{HTTP, "http://test:123%C2%A3@h/x", 0, NULL, NULL, NULL, NULL, LIMIT},
     "GET /x HTTP/1.1\r\n" FIELDS("h")
     "Authorization: Basic dGVzdDoxMjPCow==\r\n\r\n", true},
    {{HTTP, "http://a%3a@h/x", 0, NULL, NULL, NULL, NULL, LIMIT},
     "GET /x HTTP/1.1\r\n" FIELDS("h")
     "Authorization: Basic YTo6\r\n\r\n", true},
    {{HTTP, "http://ab@h/x", 0, NULL, NULL, NULL, NULL, LIMIT},
     "GET /x HTTP/1.1\r\n" FIELDS("h")
     "Authorization: Basic YWI6\r\n\r\n", true},
    {{HTTP, "http://@h/x", 0, NULL, NULL, NULL, NULL, LIMIT},
     "GET /x HTTP/1.1\r\n" FIELDS("h")
     "Authorization: Basic Og==\r\n\r\n", true},
};

static void ask(int row)
{
    sw_net_check *check = made(&requests[row].settings);

    ck_assert_uint_eq(check->request.length, strlen(requests[row].request));
    ck_assert_mem_eq(check->request.start, requests[row].request, check->request.length);
    ck_assert_int_eq(sw_net_check_needs_name(check), requests[row].name);
    sw_net_check_destroy(check);
}

START_TEST(the_request_is_what_it_should_be)
{
    int row;

    for (row = 0; row < COUNT(requests); row++)
        ask(row);
}
END_TEST

static const struct {
    sw_net_settings settings;
    const char *message;
} refused[] = {
    {{-1, "h:1", 0, NULL, NULL, NULL, NULL, LIMIT}, "health_check.check: is no check of the network"},
    {{3, "h:1", 0, NULL, NULL, NULL, NULL, LIMIT}, "health_check.check: is no check of the network"},
    {{TCP, NULL, 0, NULL, NULL, NULL, NULL, LIMIT}, "health_check.target: is empty"},
    {{TCP, "secret@h:1", 0, NULL, NULL, NULL, NULL, LIMIT}, "health_check.target: a host cannot contain '@'"},
    {{PING, "h:1", 3, NULL, NULL, NULL, NULL, LIMIT}, "health_check.ping: is none of redis, memcached, own"},
    {{PING, "h:1", -1, NULL, NULL, NULL, NULL, LIMIT}, "health_check.ping: is none of redis, memcached, own"},
    {{PING, "h:1", 0, "x", NULL, NULL, NULL, LIMIT}, "health_check.send: is for ping_test with ping = own alone"},
    {{PING, "h:1", 1, NULL, "x", NULL, NULL, LIMIT}, "health_check.expect: is for ping_test with ping = own alone"},
    {{TCP, "h:1", OWN, "x", NULL, NULL, NULL, LIMIT}, "health_check.send: is for ping_test with ping = own alone"},
    {{PING, "h:1", OWN, "AUTH secret\\", NULL, NULL, NULL, LIMIT},
     "health_check.send: byte 12 begins no escape; there are \\r \\n \\t \\0 \\\\ \\\" \\xHH"},
    {{PING, "h:1", OWN, NULL, "\\x", NULL, NULL, LIMIT},
     "health_check.expect: byte 1 begins no escape; there are \\r \\n \\t \\0 \\\\ \\\" \\xHH"},
    {{PING, "h:1", 0, NULL, NULL, "200", NULL, LIMIT}, "health_check.statuses: is for health_endpoint alone"},
    {{TCP, "h:1", 0, NULL, NULL, NULL, "x", LIMIT}, "health_check.body: is for health_endpoint alone"},
    {{HTTP, "http://h", 0, NULL, NULL, "20", NULL, LIMIT},
     "health_check.statuses: \"20\" is neither a status from 200 to 599 nor a range of them: 200-399"},
    {{HTTP, "http://h", 0, NULL, NULL, NULL, "\\y", LIMIT},
     "health_check.body: byte 1 begins no escape; there are \\r \\n \\t \\0 \\\\ \\\" \\xHH"},
    {{HTTP, "http://secret%@h", 0, NULL, NULL, NULL, NULL, LIMIT},
     "health_check.target: a percent sign in the user or password begins no escape"},
    {{HTTP, "http://secret%4@h", 0, NULL, NULL, NULL, NULL, LIMIT},
     "health_check.target: a percent sign in the user or password begins no escape"},
    {{HTTP, "http://secret%0a@h", 0, NULL, NULL, NULL, NULL, LIMIT},
     "health_check.target: the user or password contains a control character"},
    {{HTTP, "http://h", 0, NULL, NULL, NULL, NULL, 1023}, "health_check.response_limit: 1023 is below 1024"},
    {{HTTP, "http://h", 0, NULL, NULL, NULL, NULL, (16 << 20) + 1}, "health_check.response_limit: 16777217 is above 16777216"},
};

static void refuse(int row)
{
    sw_net_check *check = NULL;
    seawall_error error;

    ck_assert_int_eq(sw_net_check_create(&refused[row].settings, seawall_platform_default(), &check, &error), SEAWALL_INVALID);
    ck_assert_str_eq(error.message, refused[row].message);
    ck_assert_mem_eq(error.message, error.key, strlen(error.key));
    ck_assert_ptr_null(check);
    ck_assert_ptr_null(strstr(error.message, "secret"));
}

START_TEST(bad_settings_are_told)
{
    int row;

    for (row = 0; row < COUNT(refused); row++)
        refuse(row);
}
END_TEST

/* What comes of a reply, in pieces separated by '|'. At the end the other side closes, or, if '!' stands there, time is over. */
static const struct {
    sw_net_settings settings;
    const char *reply;
    seawall_fault fault;
    int64_t code;
    const char *message;
} replies[] = {
    {REDIS_PING, "+PONG\r\n", SEAWALL_FAULT_NONE, 0, ""},
    {REDIS_PING, "+|P|O|N|G", SEAWALL_FAULT_NONE, 0, ""},
    {REDIS_PING, "+PON", SEAWALL_FAULT_SERVICE_UNAVAILABLE, 0,
     "the other side closed in the middle of its answer"},
    {REDIS_PING, "", SEAWALL_FAULT_SERVICE_UNAVAILABLE, 0,
     "the other side closed without an answer"},
    {REDIS_PING, "!", SEAWALL_FAULT_TIMEOUT, 0, "no answer in time"},
    {REDIS_PING, "+PO|!", SEAWALL_FAULT_TIMEOUT, 0, "the answer did not end in time"},
    {REDIS_PING, "-NOAUTH Authentication required.\r\n", SEAWALL_FAULT_NONE,
     0, "the reply was \"-NOAUTH Authentication required.\""},
    {REDIS_PING, "-LOADING Redis is loading the dataset in memory\r\n",
     SEAWALL_FAULT_SERVICE_UNAVAILABLE, 0, "the reply was \"-LOADING Redis is loading the dataset in\""},
    {REDIS_PING, "-ERR\x01\xff\"\r\n", SEAWALL_FAULT_OTHER, 0, "the reply was \"-ERR??\"\""},
    {REDIS_PING, "+PONx|G", SEAWALL_FAULT_OTHER, 0, "the reply was \"+PONxG\""},
    {REDIS_PING, "+PONx|G|\n!", SEAWALL_FAULT_OTHER, 0, "the reply was \"+PONxG\""},
    {REDIS_PING, "+PONx!", SEAWALL_FAULT_TIMEOUT, 0, "the answer did not end in time"},
    {REDIS_PING, "-|N|OAUT|H Authentication required.|\r!", SEAWALL_FAULT_NONE, 0,
     "the reply was \"-NOAUTH Authentication required.\""},
    {REDIS_PING, "-NOAUT\n!", SEAWALL_FAULT_OTHER, 0, "the reply was \"-NOAUT\""},
    {REDIS_PING, "0123456789012345678901234567890123456789!", SEAWALL_FAULT_OTHER, 0,
     "the reply was \"0123456789012345678901234567890123456789\""},
    {REDIS_PING, "012345678901234567890123456789012345678!", SEAWALL_FAULT_TIMEOUT, 0, "the answer did not end in time"},
    {{PING, "h:1", 1, NULL, NULL, NULL, NULL, LIMIT}, "VERSION 1.6.18\r\n", SEAWALL_FAULT_NONE, 0, ""},
    {{PING, "h:1", 1, NULL, NULL, NULL, NULL, LIMIT}, "-NOAUTH", SEAWALL_FAULT_OTHER, 0, "the reply was \"-NOAUTH\""},
    {{PING, "h:1", OWN, "AUTH x", "+OK", NULL, NULL, LIMIT}, "-ERR AUTH x", SEAWALL_FAULT_OTHER, 0,
     "the reply is not what was expected"},
    {{PING, "h:1", OWN, NULL, NULL, NULL, NULL, LIMIT}, "x", SEAWALL_FAULT_NONE, 0, ""},
    {{PING, "h:1", OWN, NULL, NULL, NULL, NULL, LIMIT}, "", SEAWALL_FAULT_SERVICE_UNAVAILABLE, 0,
     "the other side closed without an answer"},
    {GET(NULL, NULL), "HTTP/1.1 200 OK\r\n\r\nfine", SEAWALL_FAULT_NONE, 200, "HTTP status 200"},
    {GET(NULL, NULL), "HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n", SEAWALL_FAULT_NONE, 302,
     "HTTP status 302"},
    {GET("200", NULL), "HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n", SEAWALL_FAULT_OTHER, 302,
     "HTTP status 302"},
    {GET("404", NULL), "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", SEAWALL_FAULT_NONE,
     404, "HTTP status 404"},
    {GET(NULL, NULL), "HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n",
     SEAWALL_FAULT_SERVICE_UNAVAILABLE, 503, "HTTP status 503"},
    {GET(NULL, NULL), "HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n",
     SEAWALL_FAULT_AUTHENTICATION_FAILED, 401, "HTTP status 401"},
    {GET(NULL, "\"ok\""), "HTTP/1.1 200 OK\r\n\r\n{\"o|k\"}", SEAWALL_FAULT_NONE, 200,
     "HTTP status 200"},
    {GET(NULL, "ok"), "HTTP/1.1 200 ok\r\nX: ok\r\n\r\nno", SEAWALL_FAULT_OTHER, 200,
     "HTTP status 200; the body is not what was expected"},
    {GET(NULL, "hello"),
     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n", SEAWALL_FAULT_NONE, 200,
     "HTTP status 200"},
    {GET(NULL, NULL), "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell",
     SEAWALL_FAULT_SERVICE_UNAVAILABLE, 200, "the other side closed in the middle of its answer"},
    {GET(NULL, NULL), "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell|!", SEAWALL_FAULT_TIMEOUT,
     200, "the answer did not end in time"},
    {GET(NULL, NULL), "", SEAWALL_FAULT_SERVICE_UNAVAILABLE, 0,
     "the other side closed without an answer"},
    {GET(NULL, NULL), "SSH-2.0-OpenSSH\r\n", SEAWALL_FAULT_OTHER, 0, "the answer is not HTTP/1"},
};

static void reply(int row)
{
    sw_net_check *check = made(&replies[row].settings);
    const char *at = replies[row].reply;
    sw_net_result result = {.fault = -1};
    bool over = false;
    sw_net_talk talk;

    ck_assert(!sw_net_talk_begin(&talk, check, &result));
    talk.sent = check->request.length;
    while (!over && *at != '\0' && *at != '!') {
        size_t piece = strcspn(at, "|!");

        over = sw_net_talk_hear(&talk, check, at, piece, &result);
        at += piece + (at[piece] == '|');
    }
    if (!over && *at == '!')
        sw_net_talk_late(&talk, check, &result);
    else if (!over)
        sw_net_talk_closed(&talk, check, &result);
    ck_assert_str_eq(result.message, replies[row].message);
    ck_assert_int_eq(result.fault, replies[row].fault);
    ck_assert_int_eq(result.code, replies[row].code);
    sw_net_check_destroy(check);
}

START_TEST(a_reply_has_its_result)
{
    int row;

    for (row = 0; row < COUNT(replies); row++)
        reply(row);
}
END_TEST

/* A body that is longer than what is read: the status decides, or what was expected and found so far. */
static void talk_for_ever(int row)
{
    static const struct {
        const char *body; /* expected */
        const char *head;
        seawall_fault fault;
        const char *message;
    } rows[] = {
        {NULL, "HTTP/1.1 200 OK\r\n\r\n", SEAWALL_FAULT_NONE, "HTTP status 200"},
        {NULL, "HTTP/1.1 500 No\r\n\r\n", SEAWALL_FAULT_INTERNAL, "HTTP status 500"},
        {"first", "HTTP/1.1 200 OK\r\n\r\nfirst", SEAWALL_FAULT_NONE, "HTTP status 200"},
        {"last", "HTTP/1.1 200 OK\r\n\r\nfirst", SEAWALL_FAULT_OTHER,
         "HTTP status 200; what was expected is not in the first 1024 bytes"},
        {NULL, "HTTP/1.1 200 OK\r\nX: ", SEAWALL_FAULT_OTHER, "the response's head is longer than 1024 bytes"},
        {NULL, "HTTP/1.1 100 Wait\r\n\r\nHTTP/1.1 200 OK\r\nX: ", SEAWALL_FAULT_OTHER,
         "the response's head is longer than 1024 bytes"},
    };
    sw_net_settings settings = {HTTP, "http://h", 0, NULL, NULL, NULL, rows[row].body, 1024};
    sw_net_check *check = made(&settings);
    sw_net_result result = {.fault = -1};
    sw_net_talk talk;
    int count = 1;

    (void)sw_net_talk_begin(&talk, check, &result);
    if (!sw_net_talk_hear(&talk, check, rows[row].head, strlen(rows[row].head), &result)) {
        while (!sw_net_talk_hear(&talk, check, "x", 1, &result))
            ck_assert_int_le(count++, 1024);
    }
    ck_assert_str_eq(result.message, rows[row].message);
    ck_assert_int_eq(result.fault, rows[row].fault);
    sw_net_check_destroy(check);
}

START_TEST(no_reply_is_read_for_ever)
{
    int row;

    for (row = 0; row < 6; row++)
        talk_for_ever(row);
}
END_TEST

static seawall_status construct(const seawall_platform *platform, void *arg, seawall_error *error)
{
    sw_net_settings settings = SW_NET_SETTINGS_INIT;
    sw_net_check *check = NULL;
    seawall_status status;

    (void)arg;
    settings.kind = HTTP;
    settings.target = "http://a:b@127.0.0.1/";
    settings.body = "fine";
    status = sw_net_check_create(&settings, platform, &check, error);
    sw_net_check_destroy(check);
    return status;
}

START_TEST(failing_memory_leaves_nothing)
{
    ck_assert_int_eq(sw_test_sweep(construct, NULL), 1);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("checks");

    tcase_add_test(tests, the_request_is_what_it_should_be);
    tcase_add_test(tests, bad_settings_are_told);
    tcase_add_test(tests, a_reply_has_its_result);
    tcase_add_test(tests, no_reply_is_read_for_ever);
    tcase_add_test(tests, failing_memory_leaves_nothing);
    return sw_test_run("net_check", tests);
}
