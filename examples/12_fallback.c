/* What to show when the service is gone: yesterday's answer, or another replica's. */
#include <seawall/seawall.h>
#include <stdio.h>
#include <string.h>

#define CHECK(call)                                                                                          \
    do {                                                                                                     \
        if ((call) != SEAWALL_OK)                                                                            \
            return 1;                                                                                        \
    } while (0)

typedef struct request {
    char answer[32];
} request;

/* [function] */
static seawall_fault from_cache(const seawall_outcome *outcome, int64_t *code, void *arg, void *user)
{
    request *r = arg; /* what seawall_call was given */

    (void)outcome;
    (void)code;
    (void)snprintf(r->answer, sizeof(r->answer), "%s", (const char *)user);
    return SEAWALL_FAULT_NONE;
}
/* [function end] */

/* [operation] */
static seawall_fault fetch(seawall_attempt *attempt, void *arg)
{
    request *r = arg;

    if (seawall_attempt_alternative(attempt) == 0)
        return SEAWALL_FAULT_SERVICE_UNAVAILABLE; /* the first replica is down */
    (void)snprintf(r->answer, sizeof(r->answer), "from the second replica");
    return SEAWALL_FAULT_NONE;
}
/* [operation end] */

static int with_a_function(void)
{
    static char cached[] = "from the cache";
    seawall_policy policy = SEAWALL_POLICY_INIT;
    const seawall_policy *policies[] = {&policy};
    seawall_report report = SEAWALL_REPORT_INIT;
    seawall_pipeline *pipeline;
    seawall_fallback *fallback;
    request r = {""};

    /* [create] */
    seawall_fallback_config config = SEAWALL_FALLBACK_CONFIG_INIT;

    config.function = from_cache;
    config.function_user = cached;
    CHECK(seawall_fallback_create(&config, NULL, &fallback, NULL));
    CHECK(seawall_fallback_policy(fallback, "cache", &policy));
    /* [create end] */
    CHECK(seawall_pipeline_create(NULL, policies, 1, NULL, &pipeline, NULL));
    seawall_fallback_destroy(fallback);

    CHECK(seawall_call(pipeline, fetch, &r, &report));
    printf("%s (%s after %s)\n", r.answer, seawall_reason_name(report.reason), seawall_fault_name(report.first_fault));
    seawall_pipeline_destroy(pipeline);
    return strcmp(r.answer, cached) != 0 || report.reason != SEAWALL_REASON_FELL_BACK;
}

static int with_a_pipeline(void)
{
    seawall_policy policy = SEAWALL_POLICY_INIT;
    const seawall_policy *policies[] = {&policy};
    seawall_pipeline *pipeline, *replica;
    seawall_fallback *fallback;
    request r = {""};

    /* [pipeline] */
    CHECK(seawall_fallback_create(NULL, NULL, &fallback, NULL));
    CHECK(seawall_pipeline_create(NULL, NULL, 0, NULL, &replica, NULL)); /* its own retry, breaker ... would go here */
    CHECK(seawall_fallback_pipeline_policy(fallback, "replica", replica, &policy));
    CHECK(seawall_pipeline_create(NULL, policies, 1, NULL, &pipeline, NULL));
    seawall_pipeline_destroy(replica); /* the pipeline keeps it */
    /* [pipeline end] */
    seawall_fallback_destroy(fallback);

    CHECK(seawall_call(pipeline, fetch, &r, NULL));
    printf("%s\n", r.answer);
    seawall_pipeline_destroy(pipeline);
    return strcmp(r.answer, "from the second replica") != 0;
}

int main(void)
{
    return with_a_function() != 0 || with_a_pipeline() != 0;
}
