/* Network checks: from settings to what is sent and expected. */
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "health/net_check.h"
#include "health/net_match.h"
#include "health/net_request.h"

#define KEY(field) "health_check." field

/* What the settings come to, before it has memory of its own. */
typedef struct draft {
    const sw_net_settings *settings;
    sw_net_target target;
    sw_net_statuses statuses;
    char send[SW_NET_BYTES_MAX];
    size_t send_length;
    char expected[SW_NET_BYTES_MAX];
    size_t expected_length;
} draft;

static bool given(const char *text)
{
    return text != NULL && text[0] != '\0';
}

static seawall_status unwanted(const char *key, const char *why, seawall_error *error)
{
    return sw_error(error, SEAWALL_INVALID, key, "%s: %s", key, why);
}

/* What the kind of check does not look at must not be there: it would be believed to matter. */
static seawall_status check_fields(const sw_net_settings *settings, seawall_error *error)
{
    bool own = settings->kind == SW_NET_PING_TEST && settings->ping == SW_NET_PING_OWN;
    bool http = settings->kind == SW_NET_HEALTH_ENDPOINT;

    if (settings->kind < SW_NET_CONNECTION_TEST || settings->kind > SW_NET_HEALTH_ENDPOINT)
        return unwanted(KEY("check"), "is no check of the network", error);
    if (settings->ping < SW_NET_PING_REDIS || settings->ping > SW_NET_PING_OWN)
        return unwanted(KEY("ping"), "is none of redis, memcached, own", error);
    if (given(settings->send) && !own)
        return unwanted(KEY("send"), "is for ping_test with ping = own alone", error);
    if (given(settings->expect) && !own)
        return unwanted(KEY("expect"), "is for ping_test with ping = own alone", error);
    if (given(settings->statuses) && !http)
        return unwanted(KEY("statuses"), "is for health_endpoint alone", error);
    if (given(settings->body) && !http)
        return unwanted(KEY("body"), "is for health_endpoint alone", error);
    if (settings->response_limit < SW_NET_RESPONSE_LIMIT_LEAST)
        return sw_error(error, SEAWALL_INVALID, KEY("response_limit"), "%s: %d is below %d", KEY("response_limit"),
                        settings->response_limit, SW_NET_RESPONSE_LIMIT_LEAST);
    if (settings->response_limit > SW_NET_RESPONSE_LIMIT_MOST)
        return sw_error(error, SEAWALL_INVALID, KEY("response_limit"), "%s: %d is above %d", KEY("response_limit"),
                        settings->response_limit, SW_NET_RESPONSE_LIMIT_MOST);
    return SEAWALL_OK;
}

static const char *text_or(const char *text, const char *otherwise)
{
    return given(text) ? text : otherwise;
}

static seawall_status read_ping(draft *d, seawall_error *error)
{
    static const char *const said[] = {"PING\\r\\n", "version\\r\\n"};
    static const char *const heard[] = {"+PONG", "VERSION "};
    const sw_net_settings *settings = d->settings;
    bool own = settings->ping == SW_NET_PING_OWN;
    const char *send = own ? text_or(settings->send, "") : said[settings->ping];
    const char *expect = own ? text_or(settings->expect, "") : heard[settings->ping];
    seawall_status status = sw_net_unescape(KEY("send"), send, d->send, &d->send_length, error);

    if (status == SEAWALL_OK)
        status = sw_net_unescape(KEY("expect"), expect, d->expected, &d->expected_length, error);
    return status;
}

static seawall_status read_endpoint(draft *d, seawall_error *error)
{
    const sw_net_settings *settings = d->settings;
    seawall_status status = sw_net_check_user(KEY("target"), d->target.user, error);

    if (status == SEAWALL_OK)
        status = sw_net_statuses_parse(KEY("statuses"), text_or(settings->statuses, SW_NET_STATUSES_DEFAULT), &d->statuses,
                                       error);
    if (status == SEAWALL_OK)
        status = sw_net_unescape(KEY("body"), text_or(settings->body, ""), d->expected, &d->expected_length, error);
    return status;
}

static seawall_status read_settings(draft *d, seawall_error *error)
{
    const sw_net_settings *settings = d->settings;
    seawall_status status = check_fields(settings, error);

    if (status == SEAWALL_OK)
        status = sw_net_target_parse(KEY("target"), text_or(settings->target, ""), settings->kind == SW_NET_HEALTH_ENDPOINT,
                                     &d->target, error);
    if (status == SEAWALL_OK && settings->kind == SW_NET_PING_TEST)
        status = read_ping(d, error);
    if (status == SEAWALL_OK && settings->kind == SW_NET_HEALTH_ENDPOINT)
        status = read_endpoint(d, error);
    return status;
}

/* Where each text begins in what is written. */
typedef struct layout {
    size_t shown, host, request, expected, end;
} layout;

static layout write_texts(const draft *d, sw_writer *writer)
{
    char shown[SW_NET_SHOWN_SIZE];
    layout at;

    at.shown = writer->length;
    sw_write_bytes(writer, shown, sw_net_target_show(&d->target, d->settings->target, shown) + 1);
    at.host = writer->length;
    sw_write_bytes(writer, d->target.host.start, d->target.host.length);
    sw_write_bytes(writer, "", 1);
    at.request = writer->length;
    if (d->settings->kind == SW_NET_HEALTH_ENDPOINT)
        sw_net_write_get(&d->target, writer);
    else
        sw_write_bytes(writer, d->send, d->send_length);
    at.expected = writer->length;
    sw_write_bytes(writer, d->expected, d->expected_length);
    at.end = writer->length;
    return at;
}

/* The struct, then the table of what is expected, then the texts. */
static sw_net_check *make(const draft *d, const seawall_platform *platform)
{
    sw_writer measure = {NULL, 0, 0};
    size_t table = d->expected_length * sizeof(uint16_t);
    size_t texts = write_texts(d, &measure).end;
    size_t size = sizeof(sw_net_check) + table + texts;
    sw_net_check *check = sw_allocate(platform, size, _Alignof(sw_net_check));
    sw_writer writer = {NULL, texts, 0};
    uint16_t *fall;
    layout at;

    if (check == NULL)
        return NULL;
    fall = (uint16_t *)(void *)(check + 1);
    writer.text = (char *)(check + 1) + table;
    at = write_texts(d, &writer);
    sw_net_match_prepare(writer.text + at.expected, d->expected_length, fall);
    check->platform = platform;
    check->size = size;
    check->kind = d->settings->kind;
    check->ping = d->settings->ping;
    check->place = d->target.place;
    check->port = d->target.port;
    check->response_limit = d->settings->response_limit;
    check->statuses = d->statuses;
    check->shown = writer.text + at.shown;
    check->host = writer.text + at.host;
    check->request = (sw_span){writer.text + at.request, at.expected - at.request};
    check->expected = (sw_span){writer.text + at.expected, at.end - at.expected};
    check->fall = fall;
    check->literal = check->place != SW_NET_AT_SOCKET && sw_port_parse_ip(check->host, &check->ip);
    return check;
}

seawall_status sw_net_settings_check(const sw_net_settings *settings, seawall_error *error)
{
    draft d = {.settings = settings};

    return read_settings(&d, error);
}

seawall_status sw_net_check_create(const sw_net_settings *settings, const seawall_platform *platform, sw_net_check **check,
                                   seawall_error *error)
{
    draft d = {.settings = settings};
    seawall_status status = read_settings(&d, error);
    sw_net_check *made;

    if (status != SEAWALL_OK)
        return status;
    made = make(&d, platform);
    if (made == NULL)
        return sw_error(error, SEAWALL_NO_MEMORY, "", "no memory for a check");
    *check = made;
    return SEAWALL_OK;
}

void sw_net_check_destroy(sw_net_check *check)
{
    if (check != NULL)
        sw_release(check->platform, check, check->size);
}

const char *sw_net_check_target(const sw_net_check *check)
{
    return check->shown;
}

bool sw_net_check_needs_name(const sw_net_check *check)
{
    return !check->literal && check->place != SW_NET_AT_SOCKET;
}

seawall_fault sw_net_resolve(const sw_net_check *check, sw_net_addresses *addresses, sw_net_result *why)
{
    int32_t error = 0;
    int32_t eai = sw_port_resolve(check->host, addresses->ips, SW_NET_ADDRESSES_MAX, &addresses->count, &error);
    seawall_fault fault = error != 0 ? seawall_fault_from_errno(error, SEAWALL_PHASE_CONNECT) : seawall_fault_from_eai(eai);

    if (eai != 0)
        sw_net_conclude(why, fault, error != 0 ? error : eai, "%s", sw_port_resolve_text(eai));
    return fault;
}
