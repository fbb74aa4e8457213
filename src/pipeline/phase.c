/* What attempts have from the policies around them: how long their phases may take, under the deadline, and their pool. */
#include "pipeline/attempt.h"

static seawall_duration limit_of(seawall_duration timeout)
{
    return timeout != 0 ? timeout : SEAWALL_FOREVER;
}

void sw_phases_of(sw_level *level, const seawall_policy *policy)
{
    level->connect = limit_of(policy->connection_timeout);
    level->read = limit_of(policy->read_timeout);
    level->write = limit_of(policy->write_timeout);
}

static void hand_on(const sw_level *around, sw_level *inside)
{
    inside->connect = around->connect < inside->connect ? around->connect : inside->connect;
    inside->read = around->read < inside->read ? around->read : inside->read;
    inside->write = around->write < inside->write ? around->write : inside->write;
}

/* What is inside a level has a higher index. The attempts of alternatives have their limits from their own pipelines. */
void sw_phases_hand_on(seawall_pipeline *pipeline)
{
    sw_level *attempts = &pipeline->level[pipeline->policies];
    int32_t i;

    attempts->connect = attempts->read = attempts->write = SEAWALL_FOREVER;
    for (i = 0; i < pipeline->policies; i++) {
        const sw_level *level = &pipeline->level[i];

        hand_on(level, &pipeline->level[level->inner]);
        if (level->alternative != SW_LEVEL_NONE)
            hand_on(level, &pipeline->level[level->alternative]);
    }
}

static void inherit_pool(const sw_level *around, sw_level *inside)
{
    if (inside->own_pool != NULL)
        return;
    inside->pool = around->pool;
    inside->pool_policy = around->pool_policy;
}

/* What is inside a level has a higher index. */
void sw_pools_hand_on(seawall_pipeline *pipeline)
{
    int32_t i;

    pipeline->pools = -1;
    for (i = pipeline->levels - 1; i >= 0; i--) {
        pipeline->level[i].pool = pipeline->level[i].own_pool;
        pipeline->level[i].pool_policy = i;
        if (pipeline->level[i].own_pool != NULL)
            pipeline->pools = i;
    }
    for (i = 0; i < pipeline->policies; i++) {
        const sw_level *level = &pipeline->level[i];

        inherit_pool(level, &pipeline->level[level->inner]);
        if (level->alternative != SW_LEVEL_NONE)
            inherit_pool(level, &pipeline->level[level->alternative]);
    }
    for (i = pipeline->policies; i < pipeline->levels && pipeline->pools >= 0; i++) {
        if (pipeline->level[i].pool == NULL)
            inherit_pool(&pipeline->level[pipeline->pools], &pipeline->level[i]);
    }
}

static seawall_duration limit_at(const sw_level *level, seawall_phase phase)
{
    switch (phase) {
    case SEAWALL_PHASE_CONNECT:
        return level->connect;
    case SEAWALL_PHASE_READ:
        return level->read;
    case SEAWALL_PHASE_WRITE:
        return level->write;
    default:
        return SEAWALL_FOREVER;
    }
}

seawall_duration seawall_pipeline_phase_limit(const seawall_pipeline *pipeline, int32_t alternative, seawall_phase phase)
{
    int32_t i;

    if (pipeline == NULL)
        return SEAWALL_FOREVER;
    for (i = pipeline->policies; i < pipeline->levels; i++) {
        if (pipeline->level[i].chain == alternative)
            return limit_at(&pipeline->level[i], phase);
    }
    return SEAWALL_FOREVER;
}

/* The plain way has no alternatives: its attempts are those of the main chain. */
static seawall_duration limit_for(const seawall_attempt *attempt, seawall_phase phase)
{
    const seawall_pipeline *pipeline = attempt->x->pipeline;

    return limit_at(attempt->node != NULL ? sw_level_of(attempt->x, attempt->node) : &pipeline->level[pipeline->policies], phase);
}

seawall_time seawall_attempt_phase_deadline(const seawall_attempt *attempt, seawall_phase phase)
{
    seawall_time deadline = seawall_attempt_deadline(attempt);
    seawall_duration limit = attempt != NULL ? limit_for(attempt, phase) : SEAWALL_FOREVER;
    seawall_time own;

    if (limit == SEAWALL_FOREVER)
        return deadline;
    own = seawall_time_add(seawall_platform_now(attempt->x->pipeline->platform), limit);
    return own < deadline ? own : deadline;
}

seawall_duration seawall_attempt_phase_remaining(const seawall_attempt *attempt, seawall_phase phase)
{
    seawall_duration remaining = seawall_attempt_remaining(attempt);
    seawall_duration limit = attempt != NULL ? limit_for(attempt, phase) : SEAWALL_FOREVER;

    return limit < remaining ? limit : remaining;
}

int32_t seawall_attempt_poll_milliseconds(const seawall_attempt *attempt, seawall_phase phase)
{
    return seawall_poll_milliseconds(seawall_attempt_phase_remaining(attempt, phase));
}

void seawall_attempt_socket_timeout(const seawall_attempt *attempt, seawall_phase phase, int64_t *seconds, int32_t *microseconds)
{
    seawall_socket_timeout(seawall_attempt_phase_remaining(attempt, phase), seconds, microseconds);
}

int64_t seawall_attempt_curl_milliseconds(const seawall_attempt *attempt, seawall_phase phase)
{
    return seawall_curl_milliseconds(seawall_attempt_phase_remaining(attempt, phase));
}

seawall_status seawall_attempt_to_header(const seawall_attempt *attempt, char *text, size_t size, size_t *needed)
{
    return seawall_deadline_to_header(seawall_attempt_remaining(attempt), text, size, needed);
}
