/* A policy, predicates and a function of a user's own. */
#include "scenario_own.h"

#include <stdlib.h>
#include <string.h>

#include "scenario_read.h"

typedef struct own_frame {
    seawall_time until;
} own_frame;

static seawall_answer enter(void *storage, seawall_turn *turn, void *self)
{
    scenario_own *own = self;
    own_frame *frame = storage;
    seawall_time now = seawall_turn_now(turn);

    if (frame->until == 0 && own->times > 0) {
        own->times--;
        return seawall_turn_refuse(turn, own->refuse, own->hint);
    }
    if (frame->until == 0)
        frame->until = seawall_time_add(now, own->wait) + 1;
    if (now < frame->until - 1)
        return seawall_turn_wait(turn, frame->until - 1);
    if (own->limit != 0)
        seawall_turn_shorten(turn, seawall_time_add(now, own->limit));
    return SEAWALL_PROCEED;
}

static seawall_answer leave(void *frame, seawall_turn *turn, seawall_outcome *outcome, void *self)
{
    const scenario_own *own = self;

    (void)frame;
    if (own->tells)
        seawall_turn_emit(turn, SEAWALL_EVENT_USER, 0, outcome->fault, SEAWALL_REASON_NONE);
    return SEAWALL_PASS;
}

static void drop(void *frame, seawall_turn *turn, const seawall_outcome *outcome, void *self)
{
    (void)frame, (void)turn, (void)outcome, (void)self;
}

void scenario_own_policy(scenario_own *own, const char *name, seawall_policy *policy)
{
    *policy = (seawall_policy)SEAWALL_POLICY_INIT;
    policy->name = name;
    policy->frame_size = sizeof(own_frame);
    policy->enter = enter;
    policy->leave = leave;
    policy->drop = drop;
    policy->self = own;
}

static seawall_status status_named(const char *name)
{
    seawall_status status;

    for (status = SEAWALL_OK; status < SEAWALL_NO_RESOURCES; status++) {
        if (strcmp(name, seawall_status_name(status)) == 0)
            return status;
    }
    return SEAWALL_INVALID;
}

bool scenario_own_set(scenario_own *own, const char *key, const char *value)
{
    if (strcmp(key, "wait") == 0) {
        own->wait = scenario_duration(value);
    } else if (strcmp(key, "limit") == 0) {
        own->limit = scenario_duration(value);
    } else if (strcmp(key, "refuse") == 0) {
        own->refuse = status_named(value);
    } else if (strcmp(key, "hint") == 0) {
        own->hint = scenario_duration(value);
    } else if (strcmp(key, "times") == 0) {
        own->times = (int32_t)strtol(value, NULL, 10);
    } else if (strcmp(key, "tell") == 0) {
        own->tells = strcmp(value, "yes") == 0;
    } else if (strcmp(key, "answers") == 0) {
        own->stands_in = scenario_fault(value);
    } else if (strcmp(key, "code") == 0) {
        own->code = strtoll(value, NULL, 10);
    } else {
        return false;
    }
    return true;
}

seawall_fault scenario_own_function(const seawall_outcome *outcome, int64_t *code, void *arg, void *user)
{
    const scenario_own *own = user;

    (void)outcome, (void)arg;
    *code = own->code;
    return own->stands_in;
}

static seawall_retry_verdict stop(const seawall_result *result, int32_t attempt, void *user)
{
    (void)result, (void)attempt, (void)user;
    return SEAWALL_RETRY_STOP;
}

static seawall_retry_verdict repeat(const seawall_result *result, int32_t attempt, void *user)
{
    (void)result, (void)attempt, (void)user;
    return SEAWALL_RETRY_REPEAT;
}

static seawall_retry_verdict nonsense(const seawall_result *result, int32_t attempt, void *user)
{
    (void)result, (void)user;
    return attempt % 2 != 0 ? 77 : INT32_MIN;
}

static seawall_retry_verdict slow(const seawall_result *result, int32_t attempt, void *user)
{
    (void)attempt, (void)user;
    return result->code == 503 ? SEAWALL_RETRY_REPEAT : SEAWALL_RETRY_STOP;
}

seawall_retry_predicate_fn scenario_own_predicate(const char *name)
{
    static const struct {
        const char *name;
        seawall_retry_predicate_fn predicate;
    } all[] = {{"stop", stop}, {"repeat", repeat}, {"nonsense", nonsense}, {"slow", slow}};
    size_t i;

    for (i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        if (strcmp(all[i].name, name) == 0)
            return all[i].predicate;
    }
    return NULL;
}
