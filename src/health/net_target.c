/* Where a network check goes. */
#include <string.h>

#include "base/error.h"
#include "base/writer.h"
#include "health/net_target.h"

#define PORT_MAX 65535
#define HTTP_PORT 80

/* What is being parsed, and where to complain. */
typedef struct reading {
    const char *key;
    seawall_error *error;
} reading;

static seawall_status wrong(const reading *in, const char *what)
{
    return sw_error(in->error, SEAWALL_INVALID, in->key, "%s: %s", in->key, what);
}

static bool begins_with(sw_span span, const char *word)
{
    size_t i;

    for (i = 0; word[i] != '\0'; i++) {
        int c = i < span.length ? span.start[i] : '\0';

        if ((c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c) != word[i])
            return false;
    }
    return true;
}

static sw_span after(sw_span span, size_t count)
{
    return (sw_span){span.start + count, span.length - count};
}

/* The position of the first, or last, such byte; the span's length if there is none. */
static size_t first_of(sw_span span, const char *bytes)
{
    size_t i;

    for (i = 0; i < span.length && strchr(bytes, span.start[i]) == NULL; i++)
        ;
    return i;
}

static size_t last_of(sw_span span, char byte)
{
    size_t i;

    for (i = span.length; i > 0 && span.start[i - 1] != byte; i--)
        ;
    return i > 0 ? i - 1 : span.length;
}

/* No line breaks, nothing that a terminal or a server might take for an order; but for a file's name no blanks either. */
static seawall_status check_bytes(const reading *in, sw_span span, bool any_name)
{
    size_t i;

    for (i = 0; i < span.length; i++) {
        unsigned char c = (unsigned char)span.start[i];

        if (c < 0x20 || c == 0x7F)
            return sw_error(in->error, SEAWALL_INVALID, in->key, "%s: byte %zu is a control character (0x%02x)", in->key, i + 1,
                            c);
        if (c == ' ' && !any_name)
            return sw_error(in->error, SEAWALL_INVALID, in->key, "%s: byte %zu is a blank", in->key, i + 1);
        if (c > 0x7F && !any_name)
            return sw_error(in->error, SEAWALL_INVALID, in->key,
                            "%s: byte %zu is not ASCII: hosts are written in their xn-- form, URLs with percent signs", in->key,
                            i + 1);
    }
    return SEAWALL_OK;
}

static seawall_status parse_port(const reading *in, sw_span digits, uint16_t *port)
{
    int64_t value = 0;
    sw_verdict verdict;

    if (digits.length == 0 || digits.start[0] < '0' || digits.start[0] > '9')
        return wrong(in, digits.length == 0 ? "the port after the colon is missing" : "the port is no number");
    verdict = sw_parse_integer(digits, &value);
    if (verdict != SW_TEXT_GOOD && verdict != SW_TEXT_TOO_HIGH)
        return wrong(in, "the port is no number");
    if (verdict == SW_TEXT_TOO_HIGH || value > PORT_MAX)
        return sw_error(in->error, SEAWALL_INVALID, in->key, "%s: port %.*s is above %d", in->key,
                        digits.length < 20 ? (int)digits.length : 20, digits.start, PORT_MAX);
    if (value == 0)
        return sw_error(in->error, SEAWALL_INVALID, in->key, "%s: port 0 is below 1", in->key);
    *port = (uint16_t)value;
    return SEAWALL_OK;
}

/* Letters, digits and the marks that occur in names; in brackets also what occurs in IPv6 addresses with their interfaces. */
static seawall_status check_host(const reading *in, sw_span host, bool bracketed)
{
    size_t i;

    if (host.length == 0)
        return wrong(in, "the host is missing");
    if (host.length > SW_NET_HOST_MAX)
        return sw_error(in->error, SEAWALL_INVALID, in->key, "%s: a host of %zu bytes is longer than %d", in->key, host.length,
                        SW_NET_HOST_MAX);
    for (i = 0; i < host.length; i++) {
        char c = host.start[i];
        bool usual = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');

        if (!usual && strchr(bracketed ? ".:%-_" : ".-_", c) == NULL)
            return sw_error(in->error, SEAWALL_INVALID, in->key, "%s: a host cannot contain '%c'", in->key, c);
    }
    if (bracketed && memchr(host.start, ':', host.length) == NULL)
        return wrong(in, "what stands in brackets is no IPv6 address");
    return SEAWALL_OK;
}

/* "host:port" or "[v6]:port"; without the port where there is a usual one. */
static seawall_status parse_authority(const reading *in, sw_span text, uint16_t usual_port, sw_net_target *target)
{
    size_t end = first_of(text, text.length > 0 && text.start[0] == '[' ? "]" : ":");
    seawall_status status;
    sw_span rest;

    target->bracketed = text.length > 0 && text.start[0] == '[';
    if (target->bracketed && end == text.length)
        return wrong(in, "the closing bracket is missing");
    target->host = target->bracketed ? (sw_span){text.start + 1, end - 1} : (sw_span){text.start, end};
    rest = after(text, target->bracketed ? end + 1 : end);
    if (!target->bracketed && rest.length > 0 && memchr(rest.start + 1, ':', rest.length - 1) != NULL)
        return wrong(in, "an IPv6 address is written in brackets: [::1]:80");
    status = check_host(in, target->host, target->bracketed);
    if (status != SEAWALL_OK)
        return status;
    target->authority = text;
    target->port = usual_port;
    if (rest.length == 0)
        return usual_port != 0 ? SEAWALL_OK : wrong(in, "the port is missing: host:port");
    if (rest.start[0] != ':')
        return wrong(in, "after the closing bracket comes a colon and the port");
    return parse_port(in, after(rest, 1), &target->port);
}

static sw_span path_of(const sw_net_target *target)
{
    return (sw_span){target->request.start, first_of(target->request, "?")};
}

static bool has_at(sw_span span)
{
    return last_of(span, '@') < span.length;
}

static seawall_status parse_url(const reading *in, sw_span text, sw_net_target *target)
{
    sw_span authority;
    size_t end, at;
    seawall_status status;

    if (begins_with(text, "https://"))
        return wrong(in, "https is not spoken; check the service's plain port, or ask from a function of your own");
    if (!begins_with(text, "http://"))
        return wrong(in, "is to be a URL: http://host[:port]/path");
    text = after(text, strlen("http://"));
    end = first_of(text, "/?#");
    authority = (sw_span){text.start, end};
    target->request = after(text, end);
    target->request.length = first_of(target->request, "#"); /* a fragment is never sent */
    at = last_of(authority, '@');
    if (at < authority.length) {
        target->user = (sw_span){authority.start, at};
        authority = after(authority, at + 1);
    }
    status = parse_authority(in, authority, HTTP_PORT, target);
    /* What was taken for host, port or path may be a piece of a password: not a word of it. */
    if (has_at(path_of(target)) || (status != SEAWALL_OK && target->user.start == NULL && has_at(text)))
        return wrong(in, "an @ in a path is written %40, and / ? # in a user or password with percent signs, too");
    return status;
}

static seawall_status parse_socket(const reading *in, sw_span path, sw_net_target *target)
{
    if (path.length == 0 || path.start[0] != '/')
        return wrong(in, "the path of a socket begins with a slash: unix:/run/service.sock");
    if (path.length > SW_NET_PATH_MAX)
        return sw_error(in->error, SEAWALL_INVALID, in->key, "%s: a socket's path of %zu bytes is longer than %d", in->key,
                        path.length, SW_NET_PATH_MAX);
    target->host = path;
    return SEAWALL_OK;
}

static seawall_status parse(const reading *in, sw_span text, bool url, sw_net_target *target)
{
    bool socket = begins_with(text, "unix:");
    seawall_status status;

    if (text.length == 0)
        return wrong(in, "is empty");
    if (text.length > SW_NET_TARGET_MAX)
        return sw_error(in->error, SEAWALL_INVALID, in->key, "%s: %zu bytes are more than %d", in->key, text.length,
                        SW_NET_TARGET_MAX);
    status = check_bytes(in, text, socket && !url);
    if (status != SEAWALL_OK)
        return status;
    if (socket && !url) {
        target->place = SW_NET_AT_SOCKET;
        return parse_socket(in, after(text, strlen("unix:")), target);
    }
    if (url) {
        target->place = SW_NET_AT_URL;
        return parse_url(in, text, target);
    }
    target->place = SW_NET_AT_ADDRESS;
    if (begins_with(text, "http://") || begins_with(text, "https://"))
        return wrong(in, "a URL is for health_endpoint; here it is host:port or unix:/path");
    return parse_authority(in, text, 0, target);
}

seawall_status sw_net_target_parse(const char *key, const char *text, bool url, sw_net_target *target, seawall_error *error)
{
    const reading in = {key, error};
    sw_net_target found = {.place = SW_NET_AT_ADDRESS};
    seawall_status status = parse(&in, (sw_span){text, strlen(text)}, url, &found);

    if (status == SEAWALL_OK)
        *target = found;
    return status;
}

size_t sw_net_target_show(const sw_net_target *target, const char *text, char shown[SW_NET_SHOWN_SIZE])
{
    sw_writer writer = {shown, SW_NET_SHOWN_SIZE, 0};

    if (target->place != SW_NET_AT_URL) {
        sw_write(&writer, text);
    } else {
        sw_write(&writer, "http://");
        if (target->user.start != NULL)
            sw_write(&writer, "***@");
        sw_write_bytes(&writer, target->authority.start, target->authority.length);
        sw_write_bytes(&writer, target->request.start, path_of(target).length);
        if (path_of(target).length < target->request.length)
            sw_write(&writer, "?***");
    }
    sw_write_end(&writer);
    return writer.length;
}
