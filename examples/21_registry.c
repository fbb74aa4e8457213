/* Objects by name: defaults per kind, exceptions per name, and pipelines that are put together from names. */
#include <seawall/seawall.h>
#include <stdio.h>
#include <stdlib.h>

static seawall_fault query(seawall_attempt *attempt, void *arg)
{
    (void)attempt;
    ++*(int *)arg;
    return SEAWALL_FAULT_NONE;
}

/* [make] */
static seawall_status make_pipeline(seawall_registry *registry, seawall_pipeline **pipeline, seawall_error *error)
{
    seawall_status status = seawall_registry_set(registry, "circuit_breaker", NULL, "failure_threshold", "3", error);

    if (status == SEAWALL_OK)
        status = seawall_registry_set(registry, "circuit_breaker", "database", "recovery_timeout", "10s", error);
    if (status == SEAWALL_OK)
        status = seawall_registry_pipeline(registry, "database", "timeout, retry, circuit_breaker", pipeline, NULL, error);
    return status;
}
/* [make end] */

static void print(seawall_registry *registry)
{
    size_t needed;
    char *text;

    if (seawall_registry_print(registry, NULL, 0, &needed) != SEAWALL_TOO_SMALL)
        return;
    text = malloc(needed);
    if (text != NULL && seawall_registry_print(registry, text, needed, NULL) == SEAWALL_OK)
        printf("%s", text);
    free(text);
}

int main(void)
{
    seawall_registry *registry;
    seawall_pipeline *pipeline;
    seawall_error error = {0};
    int calls = 0;

    if (seawall_registry_create(NULL, NULL, &registry, &error) != SEAWALL_OK)
        return 1;
    if (make_pipeline(registry, &pipeline, &error) != SEAWALL_OK) {
        printf("%s\n", error.message);
        return 1;
    }
    print(registry);
    if (seawall_call(pipeline, query, &calls, NULL) != SEAWALL_OK)
        return 1;
    seawall_registry_destroy(registry); /* the pipeline, and all it is made of, live on */
    if (seawall_call(pipeline, query, &calls, NULL) != SEAWALL_OK)
        return 1;
    seawall_pipeline_destroy(pipeline);
    printf("%d calls\n", calls);
    return calls == 2 ? 0 : 1;
}
