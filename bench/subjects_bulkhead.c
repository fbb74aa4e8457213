#include "subjects.h"

static void expect(subjects *s, bool right)
{
    if (!right)
        s->wrong++;
}

static seawall_fault succeed(seawall_attempt *attempt, void *arg)
{
    (void)attempt;
    (void)arg;
    return SEAWALL_FAULT_NONE;
}

static seawall_operation_fn volatile operation = succeed;

void subject_bulkhead(void *state, uint64_t count)
{
    subjects *s = state;

    while (count-- > 0) {
        seawall_permit permit;

        expect(s, seawall_bulkhead_try_acquire(s->bulkhead, &permit) == SEAWALL_OK);
        expect(s, seawall_bulkhead_release(s->bulkhead, &permit) == SEAWALL_OK);
    }
}

void subject_bulkhead_until(void *state, uint64_t count)
{
    subjects *s = state;

    while (count-- > 0) {
        seawall_permit permit;

        expect(s, seawall_bulkhead_acquire_until(s->bulkhead, SEAWALL_FOREVER, &permit) == SEAWALL_OK);
        expect(s, seawall_bulkhead_release_at(s->bulkhead, &permit, s->now) == SEAWALL_OK);
    }
}

void subject_bulkhead_refusal(void *state, uint64_t count)
{
    subjects *s = state;

    while (count-- > 0) {
        seawall_permit permit;

        expect(s, seawall_bulkhead_try_acquire(s->full_bulkhead, &permit) == SEAWALL_FULL);
    }
}

void subject_bulkhead_snapshot(void *state, uint64_t count)
{
    seawall_bulkhead_snapshot snapshot = SEAWALL_BULKHEAD_SNAPSHOT_INIT;
    subjects *s = state;

    while (count-- > 0)
        expect(s, seawall_bulkhead_get_snapshot(s->bulkhead, &snapshot) == SEAWALL_OK);
}

void subject_call_bulkhead(void *state, uint64_t count)
{
    subjects *s = state;

    while (count-- > 0)
        expect(s, seawall_call(s->bulkheaded, operation, NULL, NULL) == SEAWALL_OK);
}

seawall_status subjects_create_bulkheads(subjects *s, const seawall_platform *platform, seawall_error *error)
{
    seawall_bulkhead_config config = SEAWALL_BULKHEAD_CONFIG_INIT;
    seawall_policy policy = SEAWALL_POLICY_INIT;
    const seawall_policy *policies[1] = {&policy};
    seawall_permit permit;
    seawall_status status;

    config.max_waiting = 100;
    config.max_wait = SEAWALL_SECONDS(1);
    status = seawall_bulkhead_create(&config, platform, &s->bulkhead, error);
    config = (seawall_bulkhead_config)SEAWALL_BULKHEAD_CONFIG_INIT;
    config.max_concurrent = 1;
    if (status == SEAWALL_OK)
        status = seawall_bulkhead_create(&config, platform, &s->full_bulkhead, error);
    if (status == SEAWALL_OK)
        status = seawall_bulkhead_try_acquire(s->full_bulkhead, &permit);
    if (status == SEAWALL_OK)
        status = seawall_bulkhead_policy(s->bulkhead, "bulkhead", &policy);
    if (status == SEAWALL_OK)
        status = seawall_pipeline_create(NULL, policies, 1, platform, &s->bulkheaded, error);
    return status;
}

void subjects_destroy_bulkheads(subjects *s)
{
    seawall_pipeline_destroy(s->bulkheaded);
    seawall_bulkhead_destroy(s->bulkhead);
    seawall_bulkhead_destroy(s->full_bulkhead);
}
