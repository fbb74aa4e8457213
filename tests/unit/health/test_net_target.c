/* Targets: what is read, what is refused and why, and what may be shown. */
#include <stdio.h>
#include <string.h>

#include "health/net_target.h"
#include "suite.h"
#include "support.h"

#define KEY "health_check.target"
#define COUNT(rows) ((int)(sizeof(rows) / sizeof((rows)[0])))

static const struct {
    const char *text;
    bool url;
    sw_net_place place;
    const char *host;
    uint16_t port;
    const char *authority, *user, *request; /* NULL: none */
    const char *shown;
} good[] = {
    {"localhost:6379", false, SW_NET_AT_ADDRESS, "localhost", 6379, "localhost:6379", NULL, "", "localhost:6379"},
    {"127.0.0.1:1", false, SW_NET_AT_ADDRESS, "127.0.0.1", 1, "127.0.0.1:1", NULL, "", "127.0.0.1:1"},
    {"a_b-c.e.:65535", false, SW_NET_AT_ADDRESS, "a_b-c.e.", 65535, "a_b-c.e.:65535", NULL, "", "a_b-c.e.:65535"},
    {"h:00080", false, SW_NET_AT_ADDRESS, "h", 80, "h:00080", NULL, "", "h:00080"},
    {"[::1]:80", false, SW_NET_AT_ADDRESS, "::1", 80, "[::1]:80", NULL, "", "[::1]:80"},
    {"[fe80::1%eth0]:80", false, SW_NET_AT_ADDRESS, "fe80::1%eth0", 80, "[fe80::1%eth0]:80", NULL, "", "[fe80::1%eth0]:80"},
    {"unix:/a b\xc3\xa9", false, SW_NET_AT_SOCKET, "/a b\xc3\xa9", 0, "", NULL, "", "unix:/a b\xc3\xa9"},
    {"http://h", true, SW_NET_AT_URL, "h", 80, "h", NULL, "", "http://h"},
    {"HTTP://h/", true, SW_NET_AT_URL, "h", 80, "h", NULL, "/", "http://h/"},
    {"http://h:8080/health?a=b#part", true, SW_NET_AT_URL, "h", 8080, "h:8080", NULL, "/health?a=b", "http://h:8080/health?***"},
    {"http://h?token=secret", true, SW_NET_AT_URL, "h", 80, "h", NULL, "?token=secret", "http://h?***"},
    {"http://h#x?y", true, SW_NET_AT_URL, "h", 80, "h", NULL, "", "http://h"},
    {"http://[::1]:81/x", true, SW_NET_AT_URL, "::1", 81, "[::1]:81", NULL, "/x", "http://[::1]:81/x"},
    {"http://[::1]", true, SW_NET_AT_URL, "::1", 80, "[::1]", NULL, "", "http://[::1]"},
    {"http://u:p@h/x", true, SW_NET_AT_URL, "h", 80, "h", "u:p", "/x", "http://***@h/x"},
    {"http://u:p@ss@h/x?y@z", true, SW_NET_AT_URL, "h", 80, "h", "u:p@ss", "/x?y@z", "http://***@h/x?***"},
    {"http://h/?a@b", true, SW_NET_AT_URL, "h", 80, "h", NULL, "/?a@b", "http://h/?***"},
    {"http://@h?", true, SW_NET_AT_URL, "h", 80, "h", "", "?", "http://***@h?***"},
};

static void same(sw_span span, const char *text)
{
    ck_assert_uint_eq(span.length, strlen(text));
    ck_assert_mem_eq(span.start != NULL ? span.start : "", text, span.length);
}

static void read_good(int row)
{
    char shown[SW_NET_SHOWN_SIZE];
    sw_net_target target;

    ck_assert_int_eq(sw_net_target_parse(KEY, good[row].text, good[row].url, &target, NULL), SEAWALL_OK);
    ck_assert_int_eq(target.place, good[row].place);
    ck_assert_int_eq(target.port, good[row].port);
    same(target.host, good[row].host);
    same(target.authority, good[row].authority);
    same(target.request, good[row].request);
    ck_assert_int_eq(target.user.start != NULL, good[row].user != NULL);
    same(target.user, good[row].user != NULL ? good[row].user : "");
    ck_assert_uint_eq(sw_net_target_show(&target, good[row].text, shown), strlen(good[row].shown));
    ck_assert_str_eq(shown, good[row].shown);
}

START_TEST(a_good_target_is_read)
{
    int row;

    for (row = 0; row < COUNT(good); row++)
        read_good(row);
}
END_TEST

static const struct {
    const char *text;
    bool url;
    const char *why;
} bad[] = {
    {"", false, "is empty"},
    {"", true, "is empty"},
    {"localhost", false, "the port is missing: host:port"},
    {"localhost:", false, "the port after the colon is missing"},
    {":80", false, "the host is missing"},
    {"h:x", false, "the port is no number"},
    {"h:-1", false, "the port is no number"},
    {"h:+1", false, "the port is no number"},
    {"h:8o", false, "the port is no number"},
    {"h:0", false, "port 0 is below 1"},
    {"h:65536", false, "port 65536 is above 65535"},
    {"h:99999999999999999999999", false, "port 99999999999999999999 is above 65535"},
    {"::1:80", false, "an IPv6 address is written in brackets: [::1]:80"},
    {"[::1:80", false, "the closing bracket is missing"},
    {"[::1]", false, "the port is missing: host:port"},
    {"[::1]80", false, "after the closing bracket comes a colon and the port"},
    {"[h]:80", false, "what stands in brackets is no IPv6 address"},
    {"[]:80", false, "the host is missing"},
    {"h/x:80", false, "a host cannot contain '/'"},
    {"a@h:80", false, "a host cannot contain '@'"},
    {"h\n:80", false, "byte 2 is a control character (0x0a)"},
    {"h:80\r\nGET / HTTP/1.0", false, "byte 5 is a control character (0x0d)"},
    {" h:80", false, "byte 1 is a blank"},
    {"h\xc3\xa9:80", false, "byte 2 is not ASCII: hosts are written in their xn-- form, URLs with percent signs"},
    {"http://h/", false, "a URL is for health_endpoint; here it is host:port or unix:/path"},
    {"unix:", false, "the path of a socket begins with a slash: unix:/run/service.sock"},
    {"unix:run.sock", false, "the path of a socket begins with a slash: unix:/run/service.sock"},
    {"unix:/a\nb", false, "byte 8 is a control character (0x0a)"},
    {"h:80", true, "is to be a URL: http://host[:port]/path"},
    {"unix:/x", true, "is to be a URL: http://host[:port]/path"},
    {"ftp://h/", true, "is to be a URL: http://host[:port]/path"},
    {"https://h/", true, "https is not spoken; check the service's plain port, or ask from a function of your own"},
    {"HTTPS://h/", true, "https is not spoken; check the service's plain port, or ask from a function of your own"},
    {"http://", true, "the host is missing"},
    {"http:///x", true, "the host is missing"},
    {"http://u:p@", true, "the host is missing"},
    {"http://h:/x", true, "the port after the colon is missing"},
    {"http://h:70000/x", true, "port 70000 is above 65535"},
    {"http://h/a b", true, "byte 11 is a blank"},
    {"http://h/a\r\nX: y", true, "byte 11 is a control character (0x0d)"},
    {"http://h/\x7f", true, "byte 10 is a control character (0x7f)"},
    {"http://u:12345/x@h/", true, "an @ in a path is written %40, and / ? # in a user or password with percent signs, too"},
    {"http://u:p@ss/w@h/", true, "an @ in a path is written %40, and / ? # in a user or password with percent signs, too"},
    {"http://u/pass@h/", true, "an @ in a path is written %40, and / ? # in a user or password with percent signs, too"},
    {"http://u:123456/x@h/", true, "an @ in a path is written %40, and / ? # in a user or password with percent signs, too"},
    {"http://u:pass?word@h/", true, "an @ in a path is written %40, and / ? # in a user or password with percent signs, too"},
};

static void read_bad(int row)
{
    static const sw_net_target untouched = {.port = 77};
    sw_net_target target = untouched;
    seawall_error error;
    char expected[SEAWALL_ERROR_MESSAGE_SIZE];

    ck_assert_int_eq(sw_net_target_parse(KEY, bad[row].text, bad[row].url, &target, &error), SEAWALL_INVALID);
    (void)snprintf(expected, sizeof(expected), "%s: %s", KEY, bad[row].why);
    ck_assert_str_eq(error.message, expected);
    ck_assert_str_eq(error.key, KEY);
    ck_assert_int_eq(target.port, untouched.port);
}

START_TEST(a_bad_one_is_told_why)
{
    int row;

    for (row = 0; row < COUNT(bad); row++)
        read_bad(row);
}
END_TEST

/* Just as long as it may be, and one more. */
static void at_most(const char *before, size_t filler, const char *after, bool url, const char *too_long)
{
    char text[SW_NET_TARGET_MAX + 64];
    sw_net_target target;
    seawall_error error;
    size_t more;

    for (more = 0; more < 2; more++) {
        memset(text, 0, sizeof(text));
        strcpy(text, before);
        memset(text + strlen(before), 'x', filler + more);
        strcat(text, after);
        ck_assert_int_eq(sw_net_target_parse(KEY, text, url, &target, &error), more == 0 ? SEAWALL_OK : SEAWALL_INVALID);
        if (more == 1)
            ck_assert_ptr_nonnull(strstr(error.message, too_long));
        else if (url)
            ck_assert_uint_lt(sw_net_target_show(&target, text, (char[SW_NET_SHOWN_SIZE]){0}), SW_NET_SHOWN_SIZE);
    }
}

START_TEST(lengths_are_bounded)
{
    at_most("", SW_NET_HOST_MAX, ":80", false, "a host of 254 bytes is longer than 253");
    at_most("unix:/", SW_NET_PATH_MAX - 1, "", false, "a socket's path of 108 bytes is longer than 107");
    at_most("http://@h/", SW_NET_TARGET_MAX - 11, "?", true, "1025 bytes are more than 1024");
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("targets");

    tcase_add_test(tests, a_good_target_is_read);
    tcase_add_test(tests, a_bad_one_is_told_why);
    tcase_add_test(tests, lengths_are_bounded);
    return sw_test_run("net_target", tests);
}
