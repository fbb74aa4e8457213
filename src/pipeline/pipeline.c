/* Making a pipeline: its levels, and where their nodes lie in an execution. */
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/field.h"
#include "pipeline/pipeline_config.h"
#include "pipeline/pooled.h"
#include "sync/ring.h"
#include "time/platform.h"
#include "time/timer_service.h"

/* More runs side by side than this are a mistake, and the pools would be huge. */
#define SIDE_BY_SIDE_MAX 1024

_Static_assert(SEAWALL_FRAME_SIZE_MAX % SW_FRAME_UNIT == 0, "no frame is larger than the largest");
_Static_assert((sizeof(seawall_execution) + 15) / 16 * 16 +
                       SEAWALL_PIPELINE_POLICIES_MAX *
                           (2 * sizeof(sw_node) + SEAWALL_FRAME_SIZE_MAX + (sizeof(seawall_outcome) + 15) / 16 * 16) +
                       sizeof(sw_node) <=
                   SEAWALL_EXECUTION_SIZE_MAX,
               "an execution of width 1 fits into SEAWALL_EXECUTION_SIZE_MAX");

static const seawall_policy default_policy = SEAWALL_POLICY_INIT;

static const sw_config_kind policy_kind = {
    .name = "policy",
    .size = sizeof(seawall_policy),
    .oldest = SW_UP_TO(seawall_policy, write_timeout),
    .defaults = &default_policy,
};

seawall_status seawall_policy_init(seawall_policy *policy, size_t size)
{
    return sw_config_init(&policy_kind, policy, size);
}

static seawall_status check_policy(const seawall_policy *given, int32_t position, const seawall_platform *platform,
                                   seawall_policy *policy, seawall_error *error)
{
    seawall_status status;
    const char *name;

    if (given == NULL)
        return sw_error(error, SEAWALL_INVALID, "pipeline", "pipeline: policy %d is NULL", (int)position);
    status = sw_config_take(&policy_kind, given, policy, error);
    if (status != SEAWALL_OK)
        return status;
    name = policy->name != NULL ? policy->name : "policy";
    if (policy->enter == NULL || policy->leave == NULL)
        return sw_error(error, SEAWALL_INVALID, "policy.enter", "pipeline: policy %d (%.63s) lacks enter or leave",
                        (int)position, name);
    if (policy->frame_size > SEAWALL_FRAME_SIZE_MAX)
        return sw_error(error, SEAWALL_INVALID, "policy.frame_size", "policy.frame_size: %u is above %d, in policy %d (%.63s)",
                        (unsigned)policy->frame_size, SEAWALL_FRAME_SIZE_MAX, (int)position, name);
    if (policy->width < 1 || policy->width > SW_WIDTH_MAX)
        return sw_error(error, SEAWALL_INVALID, "policy.width", "policy.width: %d is not from 1 to %d, in policy %d (%.63s)",
                        (int)policy->width, SW_WIDTH_MAX, (int)position, name);
    if ((policy->flags & ~(SEAWALL_POLICY_DETACHES | SEAWALL_POLICY_INTERRUPTS)) != 0)
        return sw_error(error, SEAWALL_INVALID, "policy.flags", "policy.flags: %u has unknown bits, in policy %d (%.63s)",
                        (unsigned)policy->flags, (int)position, name);
    if (policy->connection_timeout < 0 || policy->read_timeout < 0 || policy->write_timeout < 0)
        return sw_error(error, SEAWALL_INVALID, "policy", "pipeline: policy %d (%.63s) limits a phase to less than 0",
                        (int)position, name);
    if (policy->platform != NULL && policy->platform != platform)
        return sw_error(error, SEAWALL_INVALID, "policy.platform",
                        "pipeline: policy %d (%.63s) has another platform than the pipeline", (int)position, name);
    if (policy->alternative != NULL && policy->alternative->platform != platform)
        return sw_error(error, SEAWALL_INVALID, "policy.alternative",
                        "pipeline: the alternative of policy %d (%.63s) has another platform than the pipeline", (int)position,
                        name);
    return SEAWALL_OK;
}

/* Checks every policy, and counts what is to be allocated. */
static seawall_status survey(const seawall_policy *const *policies, int32_t count, const seawall_platform *platform,
                             int32_t *all, int32_t *chains, seawall_error *error)
{
    int32_t i;

    *all = count;
    *chains = 1;
    for (i = 0; i < count; i++) {
        seawall_policy policy = SEAWALL_POLICY_INIT;
        seawall_status status = check_policy(policies[i], i, platform, &policy, error);

        if (status != SEAWALL_OK)
            return status;
        if (policy.alternative != NULL) {
            *all += policy.alternative->policies;
            *chains += policy.alternative->levels - policy.alternative->policies;
        }
        if (*all > SEAWALL_PIPELINE_POLICIES_MAX)
            return sw_error(error, SEAWALL_INVALID, "pipeline", "pipeline: %d policies, alternatives included, are above %d",
                            (int)*all, SEAWALL_PIPELINE_POLICIES_MAX);
    }
    return SEAWALL_OK;
}

static void level_from_policy(sw_level *level, const seawall_policy *policy, uint16_t inner)
{
    level->enter = policy->enter;
    level->leave = policy->leave;
    level->tick = policy->tick;
    level->drop = policy->drop;
    level->self = policy->self;
    level->release = policy->release;
    level->inner = inner;
    level->alternative = SW_LEVEL_NONE;
    level->frame_size = (uint16_t)((policy->frame_size + SW_FRAME_UNIT - 1) / SW_FRAME_UNIT * SW_FRAME_UNIT);
    level->width = policy->width;
    level->flags = policy->flags;
    level->own_pool = policy->pool;
    sw_phases_of(level, policy);
    strncpy(level->name, policy->name != NULL ? policy->name : "policy", SW_NAME_SIZE - 1);
    if (policy->retain != NULL)
        policy->retain(policy->self);
}

/* Where level `from` of an alternative lands, whose policies begin at `policy` and whose attempts at `chain`. */
static uint16_t moved(const seawall_pipeline *from, uint16_t index, int32_t policy, int32_t chain)
{
    return (uint16_t)(index < from->policies ? policy + index : chain + index - from->policies);
}

/* Copies the levels of an alternative behind those that stand already; its objects are kept alive by the alternative itself. */
static void adopt(seawall_pipeline *pipeline, int32_t diverter, const seawall_pipeline *from, int32_t *policy, int32_t *chain)
{
    int32_t i;

    pipeline->level[diverter].alternative = moved(from, from->first_level, *policy, *chain);
    for (i = 0; i < from->levels; i++) {
        sw_level *level = &pipeline->level[moved(from, (uint16_t)i, *policy, *chain)];

        *level = from->level[i];
        level->release = NULL;
        if (level->enter == NULL) {
            level->chain = (uint16_t)(level->chain == 0 ? diverter + 1 : *policy + level->chain);
            continue;
        }
        level->inner = moved(from, level->inner, *policy, *chain);
        if (level->alternative != SW_LEVEL_NONE)
            level->alternative = moved(from, level->alternative, *policy, *chain);
    }
    *policy += from->policies;
    *chain += from->levels - from->policies;
    pipeline->alternatives[pipeline->kept++] = from;
    sw_pipeline_retain(from);
}

static void assemble(seawall_pipeline *pipeline, const seawall_policy *const *policies, int32_t count)
{
    int32_t next_policy = count;
    int32_t next_chain = pipeline->policies + 1;
    int32_t i;

    pipeline->side_by_side = -1;
    pipeline->interrupts = -1;
    pipeline->plain = true;
    for (i = 0; i < count; i++) {
        seawall_policy policy = SEAWALL_POLICY_INIT;

        /* It was checked a moment ago: now it is only read, whatever size it has. */
        if (check_policy(policies[i], i, pipeline->platform, &policy, NULL) != SEAWALL_OK)
            continue;
        level_from_policy(&pipeline->level[i], &policy, (uint16_t)(i + 1 < count ? i + 1 : pipeline->policies));
        if (policy.alternative != NULL)
            adopt(pipeline, i, policy.alternative, &next_policy, &next_chain);
    }
    pipeline->level[pipeline->policies].chain = 0;
    sw_phases_hand_on(pipeline);
    sw_pools_hand_on(pipeline);
    pipeline->first_level = (uint16_t)(count > 0 ? 0 : pipeline->policies);
    for (i = pipeline->policies - 1; i >= 0; i--) {
        const sw_level *level = &pipeline->level[i];

        if (level->width > 1 || (level->flags & SEAWALL_POLICY_DETACHES) != 0)
            pipeline->side_by_side = i;
        if ((level->flags & SEAWALL_POLICY_INTERRUPTS) != 0)
            pipeline->interrupts = i;
        if (level->tick != NULL || level->alternative != SW_LEVEL_NONE)
            pipeline->plain = false;
    }
    pipeline->demanding = pipeline->side_by_side >= 0 || pipeline->interrupts >= 0 || pipeline->pools >= 0;
}

/* How many runs may come to a level: the product of the widths around it. An alternative runs when nothing else does. */
static void count_runs(seawall_pipeline *pipeline, uint16_t index, int64_t runs, int64_t *product)
{
    for (;;) {
        sw_level *level = &pipeline->level[index];

        level->count = (uint32_t)(runs <= SIDE_BY_SIDE_MAX ? runs : SIDE_BY_SIDE_MAX + 1);
        if (level->enter == NULL)
            break;
        if (level->alternative != SW_LEVEL_NONE)
            count_runs(pipeline, level->alternative, runs, product);
        runs *= level->width;
        if (runs > SIDE_BY_SIDE_MAX)
            runs = SIDE_BY_SIDE_MAX + 1;
        index = level->inner;
    }
    if (runs > *product)
        *product = runs;
}

static int32_t late_places(const seawall_pipeline *pipeline, int32_t configured, int64_t product)
{
    int32_t late = (int32_t)product - 1;
    int32_t i;

    /* Nothing is ever late while other runs begin; and such an execution must fit on the stack of a blocking call. */
    if (pipeline->side_by_side < 0)
        return 0;
    if (configured != SEAWALL_AUTO)
        return configured;
    for (i = 0; i < pipeline->policies; i++) {
        if ((pipeline->level[i].flags & SEAWALL_POLICY_DETACHES) != 0)
            return late + 1;
    }
    return late;
}

/* Gives every level its pool. The outermost frame is never late while the execution goes on. */
static seawall_status lay_out(seawall_pipeline *pipeline, int32_t late, seawall_error *error)
{
    size_t offset = (sizeof(seawall_execution) + 15) / 16 * 16;
    int64_t product = 1;
    int32_t i;

    count_runs(pipeline, pipeline->first_level, 1, &product);
    if (product > SIDE_BY_SIDE_MAX)
        return sw_error(error, SEAWALL_INVALID, "pipeline", "pipeline: the widths multiply to more than %d runs side by side",
                        SIDE_BY_SIDE_MAX);
    late = late_places(pipeline, late, product);
    for (i = 0; i < pipeline->levels; i++) {
        sw_level *level = &pipeline->level[i];
        size_t cut = level->tick != NULL ? sizeof(seawall_outcome) : 0;

        level->count += i == pipeline->first_level ? 0 : (uint32_t)late;
        level->index = (uint16_t)i;
        level->stride = (uint32_t)((sizeof(sw_node) + level->frame_size + cut + 15) / 16 * 16);
        level->first = (uint32_t)offset;
        offset += (size_t)level->count * level->stride;
        if (offset > UINT32_MAX)
            return sw_error(error, SEAWALL_INVALID, "pipeline", "pipeline: an execution would need more than 4 GiB");
    }
    pipeline->execution_size = offset;
    return SEAWALL_OK;
}

static size_t pipeline_size(int32_t levels)
{
    return sizeof(seawall_pipeline) + (size_t)levels * sizeof(sw_level);
}

static void pipeline_free(seawall_pipeline *pipeline)
{
    int32_t i;

    sw_pooled_destroy(pipeline);
    sw_ring_destroy(pipeline->events);
    for (i = 0; i < pipeline->policies; i++) {
        if (pipeline->level[i].release != NULL)
            pipeline->level[i].release(pipeline->level[i].self);
    }
    for (i = 0; i < pipeline->kept; i++)
        seawall_pipeline_destroy((seawall_pipeline *)pipeline->alternatives[i]);
    sw_release(pipeline->platform, pipeline, pipeline_size(pipeline->levels));
}

static seawall_status make_room(seawall_pipeline *pipeline, int32_t events, seawall_error *error)
{
    pipeline->events = sw_ring_create(pipeline->platform, events, sizeof(seawall_event));
    if (pipeline->events == NULL)
        return sw_error(error, SEAWALL_NO_MEMORY, "pipeline.event_capacity", "pipeline: no memory for %d events", (int)events);
    return SEAWALL_OK;
}

seawall_status seawall_pipeline_create(const seawall_pipeline_config *config, const seawall_policy *const *policies,
                                       int32_t count, const seawall_platform *platform, seawall_pipeline **pipeline,
                                       seawall_error *error)
{
    seawall_pipeline_config full;
    seawall_pipeline *made;
    int32_t all, chains;
    seawall_status status = sw_config_take(&sw_pipeline_config_kind, config, &full, error);

    if (status != SEAWALL_OK)
        return status;
    if (pipeline == NULL || count < 0 || (count > 0 && policies == NULL))
        return sw_error(error, SEAWALL_INVALID, "pipeline", "pipeline: NULL, or a negative number of policies");
    platform = sw_platform_resolve(platform, error);
    if (platform == NULL)
        return SEAWALL_INVALID;
    if (full.timers != NULL && full.timers->platform != platform)
        return sw_error(error, SEAWALL_INVALID, "pipeline.timers", "pipeline.timers: the service has another platform");
    status = survey(policies, count, platform, &all, &chains, error);
    if (status != SEAWALL_OK)
        return status;
    made = sw_allocate(platform, pipeline_size(all + chains), _Alignof(seawall_pipeline));
    if (made == NULL)
        return sw_error(error, SEAWALL_NO_MEMORY, "pipeline", "pipeline: no memory for %d policies", (int)all);
    made->platform = platform;
    made->listener = full.listener;
    made->listener_user = full.listener_user;
    made->timers = full.timers;
    made->policies = all;
    made->levels = all + chains;
    sw_store_relaxed_u32(&made->references, 1);
    assemble(made, policies, count);
    status = lay_out(made, full.late, error);
    if (status == SEAWALL_OK && full.event_capacity > 0)
        status = make_room(made, full.event_capacity, error);
    if (status == SEAWALL_OK && made->pools >= 0)
        status = sw_pooled_create(made, full.calls, error);
    if (status != SEAWALL_OK) {
        pipeline_free(made);
        return status;
    }
    *pipeline = made;
    return SEAWALL_OK;
}

void sw_pipeline_retain(const seawall_pipeline *pipeline)
{
    (void)sw_add_u32(&((seawall_pipeline *)pipeline)->references, 1);
}

void seawall_pipeline_destroy(seawall_pipeline *pipeline)
{
    if (pipeline == NULL || sw_sub_u32(&pipeline->references, 1) != 1)
        return;
    if (pipeline->ended != NULL)
        pipeline->ended(pipeline->listener_user);
    pipeline_free(pipeline);
}

static bool take(sw_ring *ring, seawall_event *event)
{
    uint64_t position;
    const seawall_event *oldest = sw_ring_oldest(ring, &position);

    if (oldest == NULL)
        return false;
    *event = *oldest;
    sw_ring_free(ring, position);
    return true;
}

seawall_status seawall_pipeline_poll(const seawall_pipeline *pipeline, seawall_event *events, int32_t count, int32_t *taken,
                                     int64_t *dropped)
{
    int32_t found = 0;

    if (pipeline == NULL || taken == NULL || count < 0 || (events == NULL && count > 0))
        return SEAWALL_INVALID;
    if (pipeline->events == NULL)
        return SEAWALL_UNSUPPORTED;
    while (found < count && take(pipeline->events, &events[found]))
        found++;
    *taken = found;
    if (dropped != NULL)
        *dropped = sw_ring_dropped(pipeline->events);
    return SEAWALL_OK;
}

int32_t seawall_pipeline_policy_count(const seawall_pipeline *pipeline)
{
    return pipeline != NULL ? pipeline->policies : 0;
}

seawall_status seawall_pipeline_policy_name(const seawall_pipeline *pipeline, int32_t position, char *name, size_t size)
{
    if (pipeline == NULL || name == NULL || size == 0 || position < 0 || position >= pipeline->policies)
        return SEAWALL_INVALID;
    strncpy(name, pipeline->level[position].name, size - 1);
    name[size - 1] = '\0';
    return SEAWALL_OK;
}
