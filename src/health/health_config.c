/* The settings of sets, checks and endpoints. */
#include "health/health_config.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/field_value.h"
#include "sync/worker.h"

static const seawall_health_config defaults = SEAWALL_HEALTH_CONFIG_INIT;
static const seawall_health_check_config check_defaults = SEAWALL_HEALTH_CHECK_CONFIG_INIT;
static const seawall_health_endpoint_config endpoint_defaults = SEAWALL_HEALTH_ENDPOINT_CONFIG_INIT;

#define THRESHOLD_MOST 1000

static const sw_field fields[] = {
    {SW_FIELD_COUNT(seawall_health_config, max_checks, "checks", 1, 100000, "Checks at the same time.")},
    {SW_FIELD_COUNT(seawall_health_config, workers, "threads", 1, 64, "Threads that run functions.")},
    {SW_FIELD_COUNT(seawall_health_config, max_stuck, "threads", 0, 1000,
                    "Further threads, while others are held up by functions.")},
    {SW_FIELD_COUNT(seawall_health_config, stack_size, "bytes", SW_STACK_LEAST, SW_STACK_MOST, "Stack of each thread.")},
};

#define CHECK seawall_health_check_config

static const sw_field check_fields[] = {
    {SW_FIELD_CHOICE(CHECK, check, "function, connection_test, ping_test, health_endpoint, heartbeat, source",
                     "What it looks at.")},
    {SW_FIELD_DURATION(CHECK, interval, SEAWALL_MILLISECONDS(1), SW_TEN_YEARS,
                       "From the beginning of one run to that of the next; auto: the shortest of its endpoints, 10s of none."),
     .automatic = true, .live = true},
    {SW_FIELD_DURATION(CHECK, timeout, SEAWALL_MILLISECONDS(1), SW_TEN_YEARS,
                       "How long a run may take; auto: the shortest of its endpoints, 5s of none, and never above the interval."),
     .automatic = true, .live = true},
    {SW_FIELD_DURATION(CHECK, initial_delay, 0, SW_TEN_YEARS, "How long after its registration it is first run."), .live = true},
    {SW_FIELD_DURATION(CHECK, max_silence, SEAWALL_MILLISECONDS(1), SW_TEN_YEARS,
                       "Heartbeat: how long it may go without being fed."), .live = true},
    {SW_FIELD_RATE(CHECK, jitter, "Up to this share of the interval is taken off each, so that checks do not align."),
     .live = true},
    {SW_FIELD_COUNT(CHECK, failure_threshold, "runs", 1, THRESHOLD_MOST,
                    "Failed runs in a row that make it fail; auto: the smallest of its endpoints, 3 of none."),
     .automatic = true, .live = true},
    {SW_FIELD_COUNT(CHECK, success_threshold, "runs", 1, THRESHOLD_MOST, "Good runs in a row that make it pass."), .live = true},
    {SW_FIELD_SWITCH(CHECK, live, "Whether it informs liveness; never a dependency."), .live = true},
    {SW_FIELD_SWITCH(CHECK, ready, "Whether it informs readiness."), .live = true},
    {SW_FIELD_SWITCH(CHECK, startup, "Whether the start is not over before it passes."), .live = true},
    {SW_FIELD_SWITCH(CHECK, required, "Whether its endpoints fail with it; off: it only lowers the grade."), .live = true},
    {SW_FIELD_SWITCH(CHECK, hold_breaker, "Whether its circuit breaker is held open while it fails."), .live = true},
    {SW_FIELD_CHOICE(CHECK, ping, "redis, memcached, own", "Ping test: what is said.")},
    {SW_FIELD_COUNT(CHECK, response_limit, "bytes", 1024, 16 << 20, "Endpoint test: what is read at most.")},
    {SW_FIELD_TEXT(CHECK, target, "Network tests: host:port, unix:/path, http://host:port/path; none: a named slot."),
     .secret = SW_SECRET_OF_URL},
    {SW_FIELD_TEXT(CHECK, send, "Ping test of one's own: what is sent."), .secret = SW_SECRET_ALL},
    {SW_FIELD_TEXT(CHECK, expect, "Ping test of one's own: what the answer begins with.")},
    {SW_FIELD_TEXT(CHECK, statuses, "Endpoint test: accepted statuses."), .many = true},
    {SW_FIELD_TEXT(CHECK, body, "Endpoint test: what the body must contain.")},
    {SW_FIELD_TEXT(CHECK, tags, "Words for whoever reads the JSON, separated by commas."), .live = true, .many = true},
    {SW_FIELD_TEXT(CHECK, thread_pool, "Source: the thread pool that it reads.")},
};

#define ENDPOINT seawall_health_endpoint_config

static const sw_field endpoint_fields[] = {
    {SW_FIELD_DURATION(ENDPOINT, interval, SEAWALL_MILLISECONDS(1), SW_TEN_YEARS,
                       "From the beginning of one run of its checks to that of the next; auto: 10s live, 5s ready, 30s startup."),
     .automatic = true, .live = true},
    {SW_FIELD_DURATION(ENDPOINT, timeout, SEAWALL_MILLISECONDS(1), SW_TEN_YEARS,
                       "How long a run of its checks may take; auto: 5s live, 3s ready, 10s startup."),
     .automatic = true, .live = true},
    {SW_FIELD_COUNT(ENDPOINT, failure_threshold, "runs", 1, THRESHOLD_MOST,
                    "Failed runs in a row that make a check fail; auto: 3 live, 2 ready, 5 startup."),
     .automatic = true, .live = true},
};

/* A dependency: it informs readiness, never liveness. */
static bool is_network(seawall_health_test test)
{
    return test >= SEAWALL_HEALTH_CONNECTION_TEST && test <= SEAWALL_HEALTH_ENDPOINT_TEST;
}

static seawall_status timeout_above(const char *kind, seawall_duration timeout, seawall_duration interval, seawall_error *error)
{
    char path[SEAWALL_ERROR_KEY_SIZE], shown[SW_TEXT_SIZE], bound[SW_TEXT_SIZE];

    (void)snprintf(path, sizeof(path), "%s.timeout", kind);
    (void)sw_print_duration(timeout, shown);
    (void)sw_print_duration(interval, bound);
    return sw_error(error, SEAWALL_INVALID, path, "%s: %s is above interval, %s", path, shown, bound);
}

static bool timeout_is_above(seawall_duration timeout, seawall_duration interval)
{
    return timeout != SEAWALL_AUTO && interval != SEAWALL_AUTO && timeout > interval;
}

sw_net_settings sw_health_net_settings(const CHECK *check)
{
    return (sw_net_settings){
        .kind = check->check - SEAWALL_HEALTH_CONNECTION_TEST,
        .target = check->target,
        .ping = check->ping,
        .send = check->send,
        .expect = check->expect,
        .statuses = strcmp(check->statuses, SW_NET_STATUSES_DEFAULT) != 0 ? check->statuses : "",
        .body = check->body,
        .response_limit = check->response_limit,
    };
}

/*
 * One text beside a target that is right and no other text, so that what is wrong with it is told whatever is wrong with others.
 * Without a target it is a named slot, and what it would say is not looked at.
 */
static seawall_status check_text(const CHECK *check, size_t offset, const char *text, seawall_error *error)
{
    sw_net_settings settings = {
        .kind = check->check - SEAWALL_HEALTH_CONNECTION_TEST,
        .target = check->check == SEAWALL_HEALTH_ENDPOINT_TEST ? "http://host/" : "host:1",
        .ping = check->ping,
        .response_limit = check->response_limit,
    };

    if (check->target[0] == '\0' || !is_network(check->check))
        return SEAWALL_OK;
    memcpy((char *)&settings + offset, &text, sizeof(text));
    return sw_net_settings_check(&settings, error);
}

#define TEXT_RULE(name, text)                                                                                          \
    static seawall_status check_##name(const void *config, seawall_error *error)                                       \
    {                                                                                                                  \
        const CHECK *check = config;                                                                                   \
                                                                                                                       \
        return check_text(check, offsetof(sw_net_settings, name), text, error);                                        \
    }

TEXT_RULE(target, check->target)
TEXT_RULE(send, check->send)
TEXT_RULE(expect, check->expect)
TEXT_RULE(statuses, sw_health_net_settings(check).statuses)
TEXT_RULE(body, check->body)

static seawall_status check_timeout(const void *config, seawall_error *error)
{
    const CHECK *check = config;

    return timeout_is_above(check->timeout, check->interval)
               ? timeout_above("health_check", check->timeout, check->interval, error)
               : SEAWALL_OK;
}

static sw_span test_of(const CHECK *check)
{
    return sw_choice_at("function, connection_test, ping_test, health_endpoint, heartbeat, source", check->check);
}

static seawall_status check_live(const void *config, seawall_error *error)
{
    const CHECK *check = config;
    sw_span test = test_of(check);

    if (!check->live || !(is_network(check->check) || check->check == SEAWALL_HEALTH_SOURCE))
        return SEAWALL_OK;
    return sw_error(error, SEAWALL_INVALID, "health_check.live",
                    "health_check.live: a %.*s looks at a dependency or a policy, which informs readiness and never liveness",
                    (int)test.length, test.start);
}

static seawall_status check_untargeted(const void *config, seawall_error *error)
{
    const CHECK *check = config;
    sw_span test = test_of(check);

    if (check->target[0] == '\0' || is_network(check->check))
        return SEAWALL_OK;
    return sw_error(error, SEAWALL_INVALID, "health_check.target",
                    "health_check.target: check is %.*s, and only network tests have a target", (int)test.length, test.start);
}

static seawall_status check_pool(const void *config, seawall_error *error)
{
    const CHECK *check = config;
    sw_span test = test_of(check);

    if (check->thread_pool[0] == '\0' || check->check == SEAWALL_HEALTH_SOURCE)
        return SEAWALL_OK;
    return sw_error(error, SEAWALL_INVALID, "health_check.thread_pool",
                    "health_check.thread_pool: check is %.*s, and only a source reads a pool", (int)test.length, test.start);
}

/* One that read the breaker which it holds open would hold it for ever. */
static seawall_status check_hold(const void *config, seawall_error *error)
{
    const CHECK *check = config;

    if (!check->hold_breaker || check->check != SEAWALL_HEALTH_SOURCE || check->thread_pool[0] != '\0')
        return SEAWALL_OK;
    return sw_error(error, SEAWALL_INVALID, "health_check.hold_breaker",
                    "health_check.hold_breaker: a source reads its circuit breaker, and would never see it let go");
}

static const sw_rule check_rules[] = {
    {check_timeout, "timeout, interval"},
    {check_live, "live, check"},
    {check_untargeted, "target, check"},
    {check_target, "target, check"},
    {check_send, "send, check, ping, target"},
    {check_expect, "expect, check, ping, target"},
    {check_statuses, "statuses, check, target"},
    {check_body, "body, check, target"},
    {check_pool, "thread_pool, check"},
    {check_hold, "hold_breaker, check, thread_pool"},
};

static seawall_status check_endpoint(const void *config, seawall_error *error)
{
    const ENDPOINT *endpoint = config;

    return timeout_is_above(endpoint->timeout, endpoint->interval)
               ? timeout_above("health_endpoint", endpoint->timeout, endpoint->interval, error)
               : SEAWALL_OK;
}

static const sw_rule endpoint_rules[] = {{check_endpoint, "timeout, interval"}};

#define KIND(config_name, type, preset, table)                                                                         \
    .name = config_name, .size = sizeof(type), .oldest = sizeof(type), .defaults = &(preset), .fields = (table),         \
    .count = sizeof(table) / sizeof((table)[0])
#define RULES(table) .rules = (table), .rule_count = sizeof(table) / sizeof((table)[0])

const sw_config_kind sw_health_config_kind = {KIND("health", seawall_health_config, defaults, fields)};
const sw_config_kind sw_health_check_config_kind = {KIND("health_check", CHECK, check_defaults, check_fields),
                                                    RULES(check_rules)};
const sw_config_kind sw_health_endpoint_config_kind = {KIND("health_endpoint", ENDPOINT, endpoint_defaults, endpoint_fields),
                                                       RULES(endpoint_rules)};

seawall_status seawall_health_config_init(seawall_health_config *config, size_t size)
{
    return sw_config_init(&sw_health_config_kind, config, size);
}

seawall_status seawall_health_check_config_init(seawall_health_check_config *config, size_t size)
{
    return sw_config_init(&sw_health_check_config_kind, config, size);
}

seawall_status seawall_health_endpoint_config_init(seawall_health_endpoint_config *config, size_t size)
{
    return sw_config_init(&sw_health_endpoint_config_kind, config, size);
}
