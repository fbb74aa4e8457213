/* What happens to all objects of a registry, taken from time to time by whoever has a loop to do it in. */
#include <seawall/seawall.h>
#include <stdio.h>

/* [poll] */
static void print_event(const seawall_registry_event *event)
{
    static const char *const what[] = {"", "made", "gone", "changed", "decided"};

    printf("%d: %s \"%s\" %s", (int)event->sequence, event->kind, event->name, what[event->what]);
    if (event->what == SEAWALL_REGISTRY_TRANSITION)
        printf(": %s", event->transition.to == SEAWALL_BREAKER_OPEN ? "open" : "another state");
    if (event->what == SEAWALL_REGISTRY_DECISION)
        printf(": %s", seawall_event_name(event->decision.kind));
    printf("\n");
}

static int print_events(seawall_registry *registry)
{
    seawall_registry_event events[16];
    int64_t dropped = 0;
    int32_t taken = 0, all = 0, i;

    do {
        if (seawall_registry_poll(registry, events, sizeof(events[0]), 16, &taken, &dropped) != SEAWALL_OK)
            return -1;
        for (i = 0; i < taken; i++)
            print_event(&events[i]);
        all += taken;
    } while (taken > 0);
    if (dropped > 0)
        printf("%d were dropped\n", (int)dropped);
    return all;
}
/* [poll end] */

static seawall_fault query(seawall_attempt *attempt, void *arg)
{
    (void)attempt;
    (void)arg;
    return SEAWALL_FAULT_INTERNAL;
}

int main(void)
{
    seawall_registry_config config = SEAWALL_REGISTRY_CONFIG_INIT;
    seawall_registry *registry;
    seawall_pipeline *pipeline;
    int i, all = 0;

    config.event_capacity = 256;
    if (seawall_registry_create(&config, NULL, &registry, NULL) != SEAWALL_OK)
        return 1;
    if (seawall_registry_pipeline(registry, "database", "retry, circuit_breaker", &pipeline, NULL, NULL) == SEAWALL_OK) {
        for (i = 0; i < 7; i++)
            (void)!seawall_call(pipeline, query, NULL, NULL);
        all = print_events(registry);
        seawall_pipeline_destroy(pipeline);
    }
    seawall_registry_destroy(registry);
    return all > 3 ? 0 : 1;
}
