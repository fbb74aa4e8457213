/* A retry budget: when a service fails for everybody, retries stay a share of the calls. */
#include <seawall/seawall.h>
#include <stdio.h>

static int requests;

static seawall_fault fetch(seawall_attempt *attempt, void *arg)
{
    (void)attempt;
    (void)arg;
    requests++;
    return SEAWALL_FAULT_SERVICE_UNAVAILABLE;
}

int main(void)
{
    seawall_retry_budget *budget = NULL;
    seawall_retry *retry = NULL;
    seawall_pipeline *pipeline = NULL;
    seawall_policy policy = SEAWALL_POLICY_INIT;
    const seawall_policy *policies[] = {&policy};
    seawall_error error = {0};

    /* [create] */
    seawall_retry_budget_config budget_config = SEAWALL_RETRY_BUDGET_CONFIG_INIT;
    seawall_retry_config config = SEAWALL_RETRY_CONFIG_INIT;

    budget_config.ratio = 0.1; /* one retry for ten calls ... */
    budget_config.floor = 2;   /* ... and two per second besides */
    if (seawall_retry_budget_create(&budget_config, NULL, &budget, &error) != SEAWALL_OK) {
        fprintf(stderr, "%s\n", error.message);
        return 1;
    }
    config.budget = budget; /* and in every other retry that goes to this service */
    /* [create end] */
    config.base_delay = config.max_delay = SEAWALL_MICROSECONDS(10);
    if (seawall_retry_create(&config, NULL, &retry, &error) != SEAWALL_OK ||
        seawall_retry_policy(retry, "retry", &policy) != SEAWALL_OK ||
        seawall_pipeline_create(NULL, policies, 1, NULL, &pipeline, &error) != SEAWALL_OK) {
        fprintf(stderr, "%s\n", error.message);
        return 1;
    }

    seawall_report report = SEAWALL_REPORT_INIT;
    for (int call = 0; call < 1000; call++)
        (void)(seawall_call(pipeline, fetch, NULL, &report) == SEAWALL_OK);
    printf("1000 calls, all failing: %d requests instead of 3000; the last one ended for %s\n", requests,
           seawall_reason_name(report.reason));

    seawall_pipeline_destroy(pipeline);
    seawall_retry_destroy(retry);
    seawall_retry_budget_destroy(budget);
    return requests >= 1100 && requests <= 1140 ? 0 : 1;
}
