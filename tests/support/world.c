/* A world from its plan, and the looks at it afterwards. */
#include "world_inside.h"

#include <stdlib.h>
#include <string.h>

#include "toy_stage.h"

void world_break(world *w, const char *promise)
{
    if (w->broken == NULL)
        w->broken = promise;
}

void world_attempt_of(world *w, int32_t actor, int32_t call, int32_t number, world_attempt *a)
{
    static const seawall_fault faults[] = {SEAWALL_FAULT_NONE,     SEAWALL_FAULT_NONE,           SEAWALL_FAULT_NONE,
                                           SEAWALL_FAULT_INTERNAL, SEAWALL_FAULT_RATE_LIMIT_EXCEEDED, SEAWALL_FAULT_IGNORED,
                                           SEAWALL_FAULT_OTHER,    SEAWALL_FAULT_SERVICE_UNAVAILABLE};
    uint64_t dice = toy_hash(w->plan.seed, (uint64_t)((actor * WORLD_CALLS_MAX + call) * 1000 + number));

    *a = (world_attempt){0};
    if (w->plan.attempt != NULL) {
        w->plan.attempt(&w->plan, actor, call, number, w->now, a);
        return;
    }
    a->fault = faults[dice % 8];
    a->lasts = (seawall_duration)(dice >> 8 & 7) * SEAWALL_MILLISECONDS(7);
    a->lasts += dice >> 11 & 1 ? (seawall_duration)(dice >> 40) % SEAWALL_MILLISECONDS(5) : 0;
    a->code = a->fault != SEAWALL_FAULT_NONE ? (int64_t)(dice >> 16 & 0xff) : 0;
    a->retry_after = (dice >> 24 & 3) == 0 ? (seawall_duration)(dice >> 26 & 15) * SEAWALL_MILLISECONDS(1) : 0;
    a->reaction = (dice >> 32 & 3) == 0 ? (seawall_duration)(dice >> 34 & 7) * SEAWALL_MILLISECONDS(1) + 1 : 1;
    if (w->plan.endless && dice >> 60 == 0)
        a->lasts = SEAWALL_FOREVER;
}

seawall_time world_attempt_end(const world_attempt *a, seawall_time now, seawall_time deadline, seawall_result *result)
{
    seawall_time ends = seawall_time_add(now, a->lasts);
    seawall_time stopped = seawall_time_add(deadline, a->reaction);

    if (a->lasts == SEAWALL_FOREVER || ends <= stopped) {
        *result = (seawall_result){.fault = a->fault, .code = a->code, .retry_after = a->retry_after};
        return ends;
    }
    *result = (seawall_result){.fault = SEAWALL_FAULT_TIMEOUT};
    return stopped;
}

seawall_time world_deadline(const world *w, const world_actor *a, seawall_time begun)
{
    return seawall_time_add(begun, w->plan.limit[a->index]);
}

void world_note_report(world *w, const seawall_report *report)
{
    toy_note(w->current, "= ");
    stage_note_report(w->current, report);
    toy_note(w->current, "\n");
}

static seawall_time world_clock(void *user)
{
    const world *w = user;

    return w->now;
}

static uint64_t world_random(void *user)
{
    world *w = user;

    return toy_hash(w->plan.seed, w->random++);
}

static void *world_memory(size_t size, size_t alignment, void *user)
{
    (void)user;
    return aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
}

static void world_memory_back(void *memory, size_t size, void *user)
{
    (void)size, (void)user;
    free(memory);
}

static seawall_pipeline *build(world *w, const seawall_policy *const *policies, int32_t count, bool listened)
{
    seawall_pipeline_config config = SEAWALL_PIPELINE_CONFIG_INIT;
    seawall_pipeline *pipeline = NULL;

    config.late = w->plan.late;
    config.listener = listened ? stage_listen : NULL;
    config.listener_user = &w->current;
    if (seawall_pipeline_create(&config, policies, count, &w->platform, &pipeline, NULL) != SEAWALL_OK)
        abort();
    return pipeline;
}

world *world_create(const world_plan *plan)
{
    world *w = calloc(1, sizeof(*w));
    const seawall_policy *policies[2];
    int32_t i;

    if (w == NULL)
        abort();
    w->plan = *plan;
    w->platform.size = sizeof(w->platform);
    w->platform.now = world_clock;
    w->platform.clock_user = w;
    w->platform.random = world_random;
    w->platform.random_user = w;
    w->platform.allocate = world_memory;
    w->platform.release = world_memory_back;
    world_block_install(w);
    for (i = 0; i < plan->alternative_count; i++) {
        toy_init(&w->alternatives[i], &plan->alternatives[i], &w->current);
        policies[i] = &w->alternatives[i].policy;
    }
    w->alternative = build(w, policies, plan->alternative_count, false);
    for (i = 0; i < plan->toy_count; i++) {
        toy_config config = plan->toys[i];

        config.alternative = config.kind == TOY_DIVERT ? w->alternative : NULL;
        toy_init(&w->toys[i], &config, &w->current);
    }
    for (i = 0; i < WORLD_ACTORS_MAX; i++) {
        w->actors[i].world = w;
        w->actors[i].index = i;
    }
    return w;
}

const seawall_platform *world_platform(world *w)
{
    return &w->platform;
}

toy_notes **world_notes(world *w)
{
    return &w->current;
}

toy *world_toy(world *w, int32_t position)
{
    return &w->toys[position];
}

const seawall_report *world_report(const world *w, int32_t actor)
{
    return &w->actors[actor].report;
}

seawall_time world_now(const world *w)
{
    return w->now;
}

static void look_at_toys(world *w, toy *toys, int32_t count)
{
    int32_t i;

    for (i = 0; i < count; i++) {
        const char *broken = toy_at_rest(&toys[i]);

        if (broken != NULL)
            world_break(w, broken);
        if (toys[i].most > toys[i].config.count && toys[i].config.kind == TOY_GATE)
            world_break(w, "a gate never gives more permits than it has");
    }
}

const char *world_run(world *w, enum world_driver driver, const seawall_policy *const *policies, int32_t count, toy_notes *notes)
{
    const seawall_policy *toys[WORLD_TOYS_MAX];
    int32_t i;

    for (i = 0; i < w->plan.toy_count; i++)
        toys[i] = &w->toys[i].policy;
    w->pipeline = policies != NULL ? build(w, policies, count, true) : build(w, toys, w->plan.toy_count, true);
    if (driver == WORLD_BLOCKING)
        world_block(w);
    else
        world_step(w, driver == WORLD_COARSE);
    seawall_pipeline_destroy(w->pipeline);
    look_at_toys(w, w->toys, w->plan.toy_count);
    look_at_toys(w, w->alternatives, w->plan.alternative_count);
    for (i = 0; i < w->plan.actors; i++) {
        if (w->actors[i].notes.length > 0)
            toy_note(notes, "-- actor %d\n%s", (int)i, w->actors[i].notes.text);
    }
    return w->broken;
}

void world_destroy(world *w)
{
    int32_t i;

    seawall_pipeline_destroy(w->alternative);
    for (i = 0; i < w->plan.toy_count; i++)
        toy_fini(&w->toys[i]);
    for (i = 0; i < w->plan.alternative_count; i++)
        toy_fini(&w->alternatives[i]);
    for (i = 0; i < WORLD_ACTORS_MAX; i++)
        toy_notes_free(&w->actors[i].notes);
    free(w);
}
