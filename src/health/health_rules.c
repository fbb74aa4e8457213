/* From what is configured to what is in force. */
#include "health/health_core.h"

#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "health/health_config.h"

/* What is built in, and what a check has that feeds no endpoint. */
static const seawall_health_endpoint_config built_in[SW_HEALTH_ENDPOINTS + 1] = {
    {sizeof(seawall_health_endpoint_config), 3, SEAWALL_SECONDS(10), SEAWALL_SECONDS(5)},
    {sizeof(seawall_health_endpoint_config), 2, SEAWALL_SECONDS(5), SEAWALL_SECONDS(3)},
    {sizeof(seawall_health_endpoint_config), 5, SEAWALL_SECONDS(30), SEAWALL_SECONDS(10)},
    {sizeof(seawall_health_endpoint_config), 3, SEAWALL_SECONDS(10), SEAWALL_SECONDS(5)},
};

static const char *const paths[] = {"/health/live", "/health/ready", "/health/startup", "/health"};

seawall_health_endpoint sw_health_endpoint_named(const char *path, size_t length)
{
    seawall_health_endpoint i;

    for (i = SEAWALL_HEALTH_LIVE; i <= SEAWALL_HEALTH_WHOLE; i++) {
        if (strlen(paths[i]) == length && memcmp(paths[i], path, length) == 0)
            return i;
    }
    return -1;
}

/* A time that is derived makes way for one that was said. */
void sw_health_endpoint_resolve(seawall_health_endpoint endpoint, const seawall_health_endpoint_config *config,
                                seawall_health_endpoint_config *full)
{
    *full = built_in[endpoint];
    if (config->failure_threshold != SEAWALL_AUTO)
        full->failure_threshold = config->failure_threshold;
    if (config->interval != SEAWALL_AUTO)
        full->interval = config->interval;
    if (config->timeout != SEAWALL_AUTO)
        full->timeout = config->timeout;
    if (full->timeout > full->interval && config->timeout == SEAWALL_AUTO)
        full->timeout = full->interval;
    if (full->timeout > full->interval)
        full->interval = full->timeout;
}

static int32_t endpoints_of(const seawall_health_check_config *config)
{
    return (config->live ? SW_HEALTH_BIT(SEAWALL_HEALTH_LIVE) : 0) | (config->ready ? SW_HEALTH_BIT(SEAWALL_HEALTH_READY) : 0) |
           (config->startup ? SW_HEALTH_BIT(SEAWALL_HEALTH_STARTUP) : 0);
}

/* The shortest and the smallest of those that the check feeds. */
static seawall_health_endpoint_config strictest(const seawall_health_endpoint_config endpoints[SW_HEALTH_ENDPOINTS], int32_t fed)
{
    seawall_health_endpoint_config least = {sizeof(least), INT32_MAX, SEAWALL_FOREVER, SEAWALL_FOREVER};
    int32_t i;

    if (fed == 0)
        return built_in[SW_HEALTH_ENDPOINTS];
    for (i = 0; i < SW_HEALTH_ENDPOINTS; i++) {
        seawall_health_endpoint_config one;

        if ((fed & SW_HEALTH_BIT(i)) == 0)
            continue;
        sw_health_endpoint_resolve(i, &endpoints[i], &one);
        if (one.failure_threshold < least.failure_threshold)
            least.failure_threshold = one.failure_threshold;
        least.interval = one.interval < least.interval ? one.interval : least.interval;
        least.timeout = one.timeout < least.timeout ? one.timeout : least.timeout;
    }
    return least;
}

seawall_status sw_health_rules_from(const seawall_health_check_config *config,
                                    const seawall_health_endpoint_config endpoints[SW_HEALTH_ENDPOINTS], sw_health_rules *rules,
                                    seawall_error *error)
{
    int32_t fed = endpoints_of(config);
    const seawall_health_endpoint_config least = strictest(endpoints, fed);
    char shown[SW_TEXT_SIZE], bound[SW_TEXT_SIZE];
    sw_health_rules made = {
        .interval = config->interval != SEAWALL_AUTO ? config->interval : least.interval,
        .timeout = config->timeout != SEAWALL_AUTO ? config->timeout : least.timeout,
        .jitter = config->jitter,
        .failure_threshold = config->failure_threshold != SEAWALL_AUTO ? config->failure_threshold : least.failure_threshold,
        .success_threshold = config->success_threshold,
        .endpoints = fed,
        .required = config->required != 0,
        .holds = config->hold_breaker != 0,
    };

    if (made.timeout > made.interval && config->timeout == SEAWALL_AUTO)
        made.timeout = made.interval;
    if (made.timeout > made.interval) {
        (void)sw_print_duration(made.timeout, shown);
        (void)sw_print_duration(made.interval, bound);
        return sw_error(error, SEAWALL_INVALID, "health_check.timeout",
                        "health_check.timeout: %s is above interval, %s, which its endpoints have", shown, bound);
    }
    *rules = made;
    return SEAWALL_OK;
}
