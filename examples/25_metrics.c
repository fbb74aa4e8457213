/* What a registry's objects have done, as text for Prometheus. */
#include <seawall/seawall.h>
#include <stdio.h>
#include <stdlib.h>

static seawall_fault query(seawall_attempt *attempt, void *arg)
{
    (void)attempt;
    return *(seawall_fault *)arg;
}

/* [render] */
static char *render(seawall_registry *registry)
{
    size_t size = 0;
    char *text = NULL;

    while (seawall_metrics_render(registry, text, size, &size) == SEAWALL_TOO_SMALL) {
        free(text);
        size += 256; /* counters may grow by some digits meanwhile */
        text = malloc(size);
        if (text == NULL)
            return NULL;
    }
    return text;
}
/* [render end] */

int main(void)
{
    seawall_fault fault = SEAWALL_FAULT_INTERNAL;
    seawall_registry *registry;
    seawall_pipeline *pipeline;
    char *text;

    if (seawall_registry_create(NULL, NULL, &registry, NULL) != SEAWALL_OK)
        return 1;
    if (seawall_registry_set(registry, "rate_limiter", NULL, "rate", "100", NULL) != SEAWALL_OK ||
        seawall_registry_set(registry, "retry", NULL, "retry_budget", "shared", NULL) != SEAWALL_OK ||
        seawall_registry_pipeline(registry, "data\"base\\", "retry, circuit_breaker, rate_limiter, bulkhead, chaos", &pipeline,
                                  NULL, NULL) != SEAWALL_OK)
        return 1;
    for (int i = 0; i < 6; i++) {
        if (seawall_call(pipeline, query, &fault, NULL) == SEAWALL_OK)
            return 1;
    }
    text = render(registry);
    if (text != NULL)
        printf("%s", text);
    free(text);
    seawall_pipeline_destroy(pipeline);
    seawall_registry_destroy(registry);
    return text != NULL ? 0 : 1;
}
