/* The guarded call through one, three and five policies, let through and refused: what each further policy adds. */
#include "subjects.h"

static seawall_fault succeed(seawall_attempt *attempt, void *arg)
{
    (void)attempt;
    (void)arg;
    return SEAWALL_FAULT_NONE;
}

static seawall_operation_fn volatile operation = succeed;

static void call(subjects *s, const seawall_pipeline *pipeline, seawall_status wanted, uint64_t count)
{
    while (count-- > 0) {
        if (seawall_call(pipeline, operation, NULL, NULL) != wanted)
            s->wrong++;
    }
}

void subject_call_one(void *state, uint64_t count)
{
    call(state, ((subjects *)state)->one, SEAWALL_OK, count);
}

void subject_call_five(void *state, uint64_t count)
{
    call(state, ((subjects *)state)->five, SEAWALL_OK, count);
}

void subject_call_one_refused(void *state, uint64_t count)
{
    call(state, ((subjects *)state)->one_refusing, SEAWALL_OPEN, count);
}

void subject_call_three_refused(void *state, uint64_t count)
{
    call(state, ((subjects *)state)->three_refusing, SEAWALL_OPEN, count);
}

void subject_call_five_refused(void *state, uint64_t count)
{
    call(state, ((subjects *)state)->five_refusing, SEAWALL_OPEN, count);
}

seawall_status subjects_create_chains(subjects *s, const seawall_platform *platform, seawall_error *error)
{
    seawall_policy open = SEAWALL_POLICY_INIT, room = SEAWALL_POLICY_INIT, again = s->policy[2];
    const seawall_policy *let[] = {&s->policy[0], &s->policy[1], &room, &s->policy[2], &again};
    const seawall_policy *refused[] = {&s->policy[0], &open, &room, &s->policy[2], &again};
    const seawall_policy *three_refused[] = {&s->policy[0], &open, &s->policy[2]};
    seawall_status status = seawall_breaker_policy(s->open, "open", &open);

    again.name = "pass again";
    if (status == SEAWALL_OK)
        status = seawall_bulkhead_policy(s->bulkhead, "room", &room);
    if (status == SEAWALL_OK)
        status = seawall_pipeline_create(NULL, let, 1, platform, &s->one, error);
    if (status == SEAWALL_OK)
        status = seawall_pipeline_create(NULL, let, 5, platform, &s->five, error);
    if (status == SEAWALL_OK)
        status = seawall_pipeline_create(NULL, refused + 1, 1, platform, &s->one_refusing, error);
    if (status == SEAWALL_OK)
        status = seawall_pipeline_create(NULL, three_refused, 3, platform, &s->three_refusing, error);
    if (status == SEAWALL_OK)
        status = seawall_pipeline_create(NULL, refused, 5, platform, &s->five_refusing, error);
    return status;
}

void subjects_destroy_chains(subjects *s)
{
    seawall_pipeline_destroy(s->one);
    seawall_pipeline_destroy(s->five);
    seawall_pipeline_destroy(s->one_refusing);
    seawall_pipeline_destroy(s->three_refusing);
    seawall_pipeline_destroy(s->five_refusing);
}
