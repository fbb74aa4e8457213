/* A limit for each tenant: as many as there is memory for, and each has its own. */
#include <seawall/seawall.h>
#include <stdio.h>

/* [make] */
static seawall_status make(seawall_registry *registry, seawall_keyed **tenants, seawall_error *error)
{
    seawall_keyed_config config = SEAWALL_KEYED_CONFIG_INIT;
    seawall_status status = seawall_registry_set(registry, "rate_limiter", "tenant", "rate", "2", error);

    config.max_instances = 1000;
    config.idle_expiry = SEAWALL_SECONDS(300);
    if (status == SEAWALL_OK)
        status = seawall_registry_keyed(registry, "tenants", &config, "rate_limiter \"tenant\"", tenants, NULL, error);
    return status;
}
/* [make end] */

/* [ask] */
static bool may_serve(seawall_keyed *tenants, const char *tenant)
{
    seawall_limiter *limiter;
    seawall_status status = seawall_keyed_limiter(tenants, tenant, &limiter, NULL);

    if (status != SEAWALL_OK)
        return false; /* full: every instance is in use by some other call */
    status = seawall_limiter_try_acquire(limiter, 1, NULL, NULL);
    seawall_limiter_destroy(limiter); /* for the length of a call only: one that is held cannot go */
    return status == SEAWALL_OK;
}
/* [ask end] */

int main(void)
{
    seawall_registry *registry;
    seawall_keyed *tenants;
    seawall_error error = {0};
    int served = 0, i;

    if (seawall_registry_create(NULL, NULL, &registry, &error) != SEAWALL_OK || make(registry, &tenants, &error) != SEAWALL_OK) {
        printf("%s\n", error.message);
        return 1;
    }
    for (i = 0; i < 100; i++)
        served += may_serve(tenants, "greedy");
    printf("the greedy one: %d of 100 at once\n", served);
    printf("the modest one: %s\n", may_serve(tenants, "modest") ? "served" : "refused");
    seawall_keyed_destroy(tenants);
    seawall_registry_destroy(registry);
    return served < 10 ? 0 : 1;
}
