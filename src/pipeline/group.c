/* A group of executions: begun, asked what to do next, told how attempts ended. */
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/field.h"
#include "pipeline/group_parts.h"
#include "port/port.h"
#include "time/platform.h"

#define NOBODY 0

/* A group of so many bytes stays in the caches of a CPU by itself. */
#define CACHED (256 << 10)

static const seawall_group_config default_config = SEAWALL_GROUP_CONFIG_INIT;

static const sw_field fields[] = {
    {SW_FIELD_COUNT(seawall_group_config, capacity, "runs", 1, SEAWALL_GROUP_RUNS_MAX, "Runs at the same time.")},
};

static const sw_config_kind kind = {
    .name = "group",
    .size = sizeof(seawall_group_config),
    .oldest = SW_UP_TO(seawall_group_config, wake_user),
    .defaults = &default_config,
    .fields = fields,
    .count = 1,
};

seawall_status seawall_group_config_init(seawall_group_config *config, size_t size)
{
    return sw_config_init(&kind, config, size);
}

static size_t rounded(size_t size)
{
    return (size + SW_CACHE_LINE - 1) / SW_CACHE_LINE * SW_CACHE_LINE;
}

/* The heap begins where its place 1, and with it each four of a place, begins a cache line. */
static size_t before_heap(int32_t capacity)
{
    return rounded(offsetof(seawall_group, run) + (size_t)capacity * sizeof(sw_group_run)) + SW_CACHE_LINE - sizeof(sw_group_due);
}

/* Links the places in order; the storage lies behind the heap. */
static void lay_out(seawall_group *group)
{
    int32_t capacity = group->config.capacity, i;
    unsigned char *heap = (unsigned char *)group + before_heap(capacity);
    unsigned char *storage = heap + rounded((size_t)capacity * sizeof(sw_group_due)) + sizeof(sw_group_due);

    group->heap = (sw_group_due *)(void *)heap;
    group->storage = storage;
    for (i = 0; i < capacity; i++) {
        sw_group_run *run = &group->run[i];

        run->due = SEAWALL_FOREVER;
        run->place = SW_NO_RUN;
        run->next = i + 1 < capacity ? i + 1 : SW_NO_RUN;
    }
    group->free = 0;
    group->current = SW_NO_RUN;
    group->ready = (sw_group_list){SW_NO_RUN, SW_NO_RUN};
    group->now = INT64_MIN;
}

/* The runs stay where they were, but they are nobody's. */
void sw_group_forget(seawall_group *group)
{
    memset(group->run, 0, (size_t)group->config.capacity * sizeof(group->run[0]));
    sw_store_u64(&group->bell.inside, NOBODY);
    group->count = group->due = 0;
    lay_out(group);
}

seawall_status seawall_group_create(const seawall_group_config *config, const seawall_pipeline *pipeline,
                                    const seawall_platform *platform, seawall_group **group, seawall_error *error)
{
    seawall_group_config full;
    seawall_status status = sw_config_take(&kind, config, &full, error);
    size_t each, size;
    seawall_group *made;

    if (status != SEAWALL_OK)
        return status;
    if (pipeline == NULL || group == NULL)
        return sw_error(error, SEAWALL_INVALID, "group", "group: NULL instead of a pipeline or of a place for the group");
    platform = sw_platform_resolve(platform, error);
    if (platform == NULL)
        return SEAWALL_INVALID;
    each = rounded(seawall_execution_size(pipeline));
    size = before_heap(full.capacity) + rounded((size_t)full.capacity * sizeof(sw_group_due)) + sizeof(sw_group_due);
    made = (SIZE_MAX - size) / each < (size_t)full.capacity
               ? NULL
               : sw_allocate(platform, size + (size_t)full.capacity * each, SW_CACHE_LINE);
    if (made == NULL)
        return sw_error(error, SEAWALL_NO_MEMORY, "group", "group: no memory for %d runs of %zu bytes", (int)full.capacity, each);
    made->platform = platform;
    made->config = full;
    made->size = size + (size_t)full.capacity * each;
    made->execution_size = each;
    made->ahead = made->size > CACHED ? seawall_execution_size(pipeline) : 0;
    lay_out(made);
    sw_group_bell_hang(made);
    *group = made;
    return SEAWALL_OK;
}

/* SEAWALL_OK: this thread is inside until it leaves. */
static seawall_status enter(seawall_group *group)
{
    uint64_t self = (uint64_t)sw_port_thread_self();

    if (group == NULL)
        return SEAWALL_INVALID;
    if (sw_load_u64(&group->bell.inside) == self)
        return SEAWALL_BUSY;
    sw_store_u64(&group->bell.inside, self);
    return SEAWALL_OK;
}

static seawall_status leave(seawall_group *group, seawall_status status)
{
    sw_store_u64(&group->bell.inside, NOBODY);
    return status;
}

seawall_status seawall_group_destroy(seawall_group *group)
{
    seawall_status status = group != NULL ? enter(group) : SEAWALL_OK;

    if (group == NULL || status != SEAWALL_OK)
        return status;
    if (group->count > 0)
        return leave(group, SEAWALL_BUSY);
    sw_group_bell_take_down(group);
    sw_release(group->platform, group, group->size);
    return SEAWALL_OK;
}

/* With many in flight each line of memory that a run touches is a wait: here for all of them at once. */
static void fetch(const seawall_group *group, int32_t index)
{
    const unsigned char *at = group->storage + (size_t)index * group->execution_size, *end = at + group->ahead;

    for (; at < end; at += SW_CACHE_LINE)
        __builtin_prefetch(at, 1);
}

void sw_group_make_ready(seawall_group *group, int32_t index)
{
    sw_group_run *run = &group->run[index];

    if (run->ready || !run->in_use || index == group->current)
        return;
    run->ready = true;
    run->next = SW_NO_RUN;
    if (group->ready.first == SW_NO_RUN)
        group->ready.first = index;
    else
        group->run[group->ready.last].next = index;
    group->ready.last = index;
}

static seawall_time clock_of(seawall_group *group, seawall_time now)
{
    if (now > group->now)
        group->now = now;
    return group->now;
}

/* The run of this name, or NULL. */
static sw_group_run *named(const seawall_group *group, seawall_run name)
{
    uint64_t index = name & ((1u << SW_RUN_INDEX_BITS) - 1);

    if (index >= (uint64_t)group->config.capacity)
        return NULL;
    fetch(group, (int32_t)index);
    return group->run[index].in_use && group->run[index].generation == name >> SW_RUN_INDEX_BITS
               ? (sw_group_run *)(uintptr_t)&group->run[index]
               : NULL;
}

static seawall_run name_of(const seawall_group *group, int32_t index)
{
    return group->run[index].generation << SW_RUN_INDEX_BITS | (uint64_t)index;
}

static seawall_status begin(seawall_group *group, const seawall_pipeline *pipeline, seawall_time now, seawall_time deadline,
                            void *user, seawall_run *name)
{
    int32_t index = group->free;
    seawall_waker waker = sw_group_waker(group, index);
    sw_group_run *run = &group->run[index];
    seawall_execution *execution = sw_group_execution(group, index);
    seawall_status status = seawall_execution_init(execution, group->execution_size, pipeline, &waker, &execution);

    if (status != SEAWALL_OK)
        return status;
    (void)seawall_execution_set_user(execution, user);
    group->free = run->next;
    group->count++;
    run->generation++;
    run->in_use = true;
    run->user = user;
    sw_group_make_ready(group, index);
    if (name != NULL)
        *name = name_of(group, index);
    return seawall_execution_begin_at(execution, clock_of(group, now), deadline);
}

seawall_status seawall_group_begin_at(seawall_group *group, const seawall_pipeline *pipeline, seawall_time now,
                                      seawall_time deadline, void *user, seawall_run *run)
{
    seawall_status status = pipeline != NULL ? enter(group) : SEAWALL_INVALID;

    if (status != SEAWALL_OK)
        return status;
    return leave(group, group->free != SW_NO_RUN ? begin(group, pipeline, now, deadline, user, run) : SEAWALL_FULL);
}

static void retire(seawall_group *group, int32_t index)
{
    sw_group_run *run = &group->run[index];

    sw_group_set_due(group, index, SEAWALL_FOREVER);
    (void)seawall_execution_fini(sw_group_execution(group, index));
    run->in_use = false;
    run->user = NULL;
    run->next = group->free;
    group->free = index;
    group->count--;
}

/* Who is to be asked now: SW_NO_RUN if nobody is. */
static int32_t next_run(seawall_group *group, seawall_time now)
{
    const sw_group_due *due;
    int32_t index;

    sw_group_answer_bell(group);
    index = group->ready.first;
    if (index != SW_NO_RUN) {
        group->ready.first = group->run[index].next;
        group->run[index].ready = false;
        if (group->ready.first != SW_NO_RUN)
            fetch(group, group->ready.first);
        return index;
    }
    due = sw_group_first_due(group);
    return due != NULL && due->at <= now ? due->run : SW_NO_RUN;
}

static void nothing_to_do(seawall_group *group, seawall_group_step *step)
{
    const sw_group_due *due = sw_group_first_due(group);

    *step = (seawall_group_step){.step = {.kind = SEAWALL_STEP_WAIT, .until = SEAWALL_FOREVER}};
    if (due != NULL)
        step->step.until = due->at;
}

static void next(seawall_group *group, seawall_time now, seawall_group_step *step)
{
    for (;;) {
        int32_t index = group->current != SW_NO_RUN ? group->current : next_run(group, now);

        if (index == SW_NO_RUN) {
            nothing_to_do(group, step);
            return;
        }
        group->current = index;
        step->run = name_of(group, index);
        step->user = group->run[index].user;
        if (seawall_execution_next_at(sw_group_execution(group, index), now, &step->step) != SEAWALL_OK)
            step->step.kind = SEAWALL_STEP_WAIT; /* never: it has begun, and nobody is inside */
        if (step->step.kind != SEAWALL_STEP_WAIT && step->step.kind != SEAWALL_STEP_DRAINED)
            return;
        group->current = SW_NO_RUN;
        if (step->step.kind == SEAWALL_STEP_DRAINED) {
            retire(group, index);
            return;
        }
        sw_group_set_due(group, index, step->step.until);
    }
}

seawall_status seawall_group_next_at(seawall_group *group, seawall_time now, seawall_group_step *step)
{
    seawall_status status = step != NULL ? enter(group) : SEAWALL_INVALID;

    if (status != SEAWALL_OK)
        return status;
    next(group, clock_of(group, now), step);
    return leave(group, SEAWALL_OK);
}

/* What the host tells a run: an end of an attempt, or that it is off. */
typedef seawall_status (*tell_fn)(seawall_execution *execution, uint64_t id, const seawall_result *result, seawall_time now);

static seawall_status disown(seawall_execution *execution, uint64_t id, const seawall_result *result, seawall_time now)
{
    (void)result;
    return seawall_execution_disown_at(execution, id, now);
}

static seawall_status cancel(seawall_execution *execution, uint64_t id, const seawall_result *result, seawall_time now)
{
    (void)id;
    (void)result;
    return seawall_execution_cancel_at(execution, now);
}

static seawall_status tell(seawall_group *group, seawall_run name, tell_fn what, uint64_t id, const seawall_result *result,
                           seawall_time now)
{
    seawall_status status = enter(group);
    sw_group_run *run;

    if (status != SEAWALL_OK)
        return status;
    run = named(group, name);
    if (run == NULL)
        return leave(group, SEAWALL_STALE);
    status = what(sw_group_execution(group, (int32_t)(run - group->run)), id, result, clock_of(group, now));
    if (status == SEAWALL_OK)
        sw_group_make_ready(group, (int32_t)(run - group->run));
    return leave(group, status);
}

seawall_status seawall_group_report_at(seawall_group *group, seawall_run run, uint64_t id, const seawall_result *result,
                                       seawall_time now)
{
    return tell(group, run, seawall_execution_report_at, id, result, now);
}

seawall_status seawall_group_disown_at(seawall_group *group, seawall_run run, uint64_t id, seawall_time now)
{
    return tell(group, run, disown, id, NULL, now);
}

seawall_status seawall_group_cancel_at(seawall_group *group, seawall_run run, seawall_time now)
{
    return tell(group, run, cancel, 0, NULL, now);
}

seawall_status seawall_group_cancel_all_at(seawall_group *group, seawall_time now)
{
    seawall_status status = enter(group);
    int32_t i;

    if (status != SEAWALL_OK)
        return status;
    now = clock_of(group, now);
    for (i = 0; i < group->config.capacity; i++) {
        if (group->run[i].in_use && seawall_execution_cancel_at(sw_group_execution(group, i), now) == SEAWALL_OK)
            sw_group_make_ready(group, i);
    }
    return leave(group, SEAWALL_OK);
}

seawall_status seawall_group_report(const seawall_group *group, seawall_run run, seawall_report *report)
{
    const sw_group_run *found;

    if (group == NULL)
        return SEAWALL_INVALID;
    found = named(group, run);
    return found != NULL ? seawall_execution_report(sw_group_execution(group, (int32_t)(found - group->run)), report)
                         : SEAWALL_STALE;
}

int32_t seawall_group_count(const seawall_group *group)
{
    return group != NULL ? group->count : 0;
}
