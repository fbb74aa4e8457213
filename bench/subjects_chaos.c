/* A pipeline of a chaos policy that nobody has switched on. */
#include "subjects.h"

static seawall_fault succeed(seawall_attempt *attempt, void *arg)
{
    (void)attempt;
    (void)arg;
    return SEAWALL_FAULT_NONE;
}

static seawall_operation_fn volatile operation = succeed;

void subject_call_chaos_off(void *state, uint64_t count)
{
    subjects *s = state;

    while (count-- > 0)
        s->wrong += seawall_call(s->calm, operation, NULL, NULL) != SEAWALL_OK;
}

seawall_status subjects_create_chaos(subjects *s, const seawall_platform *platform, seawall_error *error)
{
    seawall_chaos_config config = SEAWALL_CHAOS_CONFIG_INIT;
    seawall_policy policy = SEAWALL_POLICY_INIT;
    const seawall_policy *policies[1] = {&policy};
    seawall_status status;

    config.fault_rate = config.latency_rate = 1;
    status = seawall_chaos_create(&config, platform, &s->chaos, error);
    if (status == SEAWALL_OK)
        status = seawall_chaos_policy(s->chaos, "chaos", &policy);
    if (status == SEAWALL_OK)
        status = seawall_pipeline_create(NULL, policies, 1, platform, &s->calm, error);
    return status;
}

void subjects_destroy_chaos(subjects *s)
{
    seawall_pipeline_destroy(s->calm);
    seawall_chaos_destroy(s->chaos);
}
