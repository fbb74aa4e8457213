/* Asynchronous calls as others see them. */
#include "base/alloc.h"
#include "base/error.h"
#include "base/field.h"
#include "pipeline/async_parts.h"
#include "pipeline/chain.h"
#include "time/platform.h"

static const seawall_async_config default_config = SEAWALL_ASYNC_CONFIG_INIT;

static const sw_field fields[] = {
    {SW_FIELD_COUNT(seawall_async_config, capacity, "calls", 1, SEAWALL_ASYNC_CALLS_MAX, "Calls at the same time.")},
};

static const sw_config_kind kind = {
    .name = "async",
    .size = sizeof(seawall_async_config),
    .oldest = sizeof(seawall_async_config),
    .defaults = &default_config,
    .fields = fields,
    .count = 1,
};

static const seawall_async_operation default_operation = SEAWALL_ASYNC_OPERATION_INIT;

static const sw_config_kind operation_kind = {
    .name = "async_operation",
    .size = sizeof(seawall_async_operation),
    .oldest = sizeof(seawall_async_operation),
    .defaults = &default_operation,
};

seawall_status seawall_async_config_init(seawall_async_config *config, size_t size)
{
    return sw_config_init(&kind, config, size);
}

seawall_status seawall_async_operation_init(seawall_async_operation *operation, size_t size)
{
    return sw_config_init(&operation_kind, operation, size);
}

/* Attempts that a run of this pipeline may have under way, at most. */
static int64_t attempts_of(const seawall_pipeline *pipeline)
{
    int64_t sum = 0;
    int32_t i;

    for (i = 0; i < pipeline->levels; i++)
        sum += pipeline->level[i].enter == NULL ? pipeline->level[i].count : 0;
    return sum;
}

static void wake(void *user)
{
    seawall_async *async = user;

    sw_timers_call(async->timers, &async->resident);
}

/* All places are free, and nothing is on its way. Names that there were stay stale. */
static void clear(seawall_async *async)
{
    int32_t i;

    for (i = 0; i < async->capacity; i++) {
        sw_async_call *call = &async->call[i];

        call->begin = (sw_mail){NULL, i, SW_MAIL_BEGIN};
        call->cancel = (sw_mail){NULL, i, SW_MAIL_CANCEL};
        call->generation++;
        call->named = call->cancelling = call->finished = false;
        call->over = true;
        call->run = 0;
        call->next = i + 1 < async->capacity ? i + 1 : SW_NO_RUN;
    }
    for (i = 0; i < async->capacity * async->each; i++) {
        async->attempts[i].end = (sw_mail){NULL, i, SW_MAIL_END};
        async->attempts[i].generation += 2 - async->attempts[i].generation % 2;
        async->attempts[i].in_use = false;
    }
    async->guarded.first = async->guarded.last = NULL;
    async->guarded.free = 0;
    async->guarded.live = 0;
}

static seawall_status create(const seawall_async_config *config, const seawall_pipeline *pipeline, seawall_timers *timers,
                             seawall_async **out, seawall_error *error)
{
    seawall_group_config group = SEAWALL_GROUP_CONFIG_INIT;
    size_t count = (size_t)config->capacity * (size_t)attempts_of(pipeline);
    size_t size = sizeof(seawall_async) + (size_t)config->capacity * sizeof(sw_async_call) + count * sizeof(sw_async_live);
    seawall_async *async = sw_allocate(timers->platform, size, SW_CACHE_LINE);
    seawall_status status;

    if (async == NULL)
        return sw_error(error, SEAWALL_NO_MEMORY, "async", "async: no memory for %d calls", (int)config->capacity);
    group.capacity = config->capacity;
    group.wake = wake;
    group.wake_user = async;
    status = seawall_group_create(&group, pipeline, timers->platform, &async->group, error);
    if (status != SEAWALL_OK) {
        sw_release(timers->platform, async, size);
        return status;
    }
    async->timers = timers;
    async->platform = timers->platform;
    async->size = size;
    async->capacity = config->capacity;
    async->each = (int32_t)attempts_of(pipeline);
    async->attempts = (sw_async_live *)(void *)&async->call[async->capacity];
    async->resident.take_turn = sw_async_take_turn;
    sw_mutex_init(&async->lock);
    clear(async);
    sw_store_release_u32(&async->process, sw_port_fork_generation());
    sw_timers_move_in(timers, &async->resident);
    *out = async;
    return SEAWALL_OK;
}

seawall_status seawall_async_create(const seawall_async_config *config, const seawall_pipeline *pipeline, seawall_timers *timers,
                                    seawall_async **async, seawall_error *error)
{
    seawall_async_config full;
    seawall_status status = sw_config_take(&kind, config, &full, error);

    if (status != SEAWALL_OK)
        return status;
    if (pipeline == NULL || timers == NULL || async == NULL)
        return sw_error(error, SEAWALL_INVALID, "async", "async: NULL instead of a pipeline, timers or a place for it");
    if (pipeline->platform != timers->platform)
        return sw_error(error, SEAWALL_INVALID, "async", "async: the pipeline's platform is not that of the timers");
    if (attempts_of(pipeline) > INT32_MAX / full.capacity)
        return sw_error(error, SEAWALL_INVALID, "async.capacity", "async.capacity: %d calls of %lld attempts are too many",
                        (int)full.capacity, (long long)attempts_of(pipeline));
    return create(&full, pipeline, timers, async, error);
}

/* What went on in the parent goes on there: nobody is told of it here. */
void sw_async_adopt(seawall_async *async)
{
    uint32_t process = sw_port_fork_generation();

    sw_mutex_lock(&async->lock);
    if (sw_load_u32(&async->process) != process) {
        sw_group_forget(async->group);
        clear(async);
        sw_store_u32(&async->waiting, 0);
        sw_timers_move_in(async->timers, &async->resident);
        sw_store_release_u32(&async->process, process);
    }
    sw_mutex_unlock(&async->lock);
}

seawall_status seawall_async_destroy(seawall_async *async)
{
    if (async == NULL)
        return SEAWALL_OK;
    if (seawall_async_count(async) > 0 || sw_timers_inside(async->timers))
        return SEAWALL_BUSY;
    sw_timers_move_out(async->timers, &async->resident);
    (void)seawall_group_destroy(async->group);
    sw_release(async->platform, async, async->size);
    return SEAWALL_OK;
}

int32_t seawall_async_count(seawall_async *async)
{
    int32_t live;

    if (async == NULL)
        return 0;
    sw_async_enter(async);
    sw_mutex_lock(&async->lock);
    live = async->guarded.live;
    sw_mutex_unlock(&async->lock);
    return live;
}

/* --- under the lock --- */

static void post(seawall_async *async, sw_mail *mail)
{
    mail->next = NULL;
    if (async->guarded.first == NULL)
        async->guarded.first = mail;
    else
        async->guarded.last->next = mail;
    async->guarded.last = mail;
}

/* Not later: once the lock is free, the last call may be drained and the object destroyed by those who waited for that. */
static void call_driver(seawall_async *async)
{
    sw_timers_call(async->timers, &async->resident);
}

sw_async_call *sw_async_named(seawall_async *async, seawall_async_call name)
{
    uint64_t index = name & ((1u << SW_RUN_INDEX_BITS) - 1);

    if (index >= (uint64_t)async->capacity)
        return NULL;
    return async->call[index].named && async->call[index].generation == name >> SW_RUN_INDEX_BITS ? &async->call[index] : NULL;
}

static void set_free(seawall_async *async, sw_async_call *call)
{
    call->generation++;
    call->next = async->guarded.free;
    async->guarded.free = (int32_t)(call - async->call);
}

void sw_async_unname(seawall_async *async, sw_async_call *call)
{
    call->named = false;
    if (call->over)
        set_free(async, call);
}

void sw_async_over(seawall_async *async, sw_async_call *call)
{
    call->over = true;
    if (!call->named)
        set_free(async, call);
}

static sw_async_call *take_place(seawall_async *async)
{
    sw_async_call *call;

    if (async->guarded.free == SW_NO_RUN)
        return NULL;
    call = &async->call[async->guarded.free];
    async->guarded.free = call->next;
    async->guarded.live++;
    call->named = true;
    call->cancelling = call->finished = call->over = false;
    return call;
}

static sw_async_live *live_named(seawall_async *async, uint64_t id)
{
    uint64_t index = id & UINT32_MAX;

    if (index >= (uint64_t)async->capacity * (uint64_t)async->each)
        return NULL;
    return async->attempts[index].generation == id >> 32 && id >> 32 & 1 ? &async->attempts[index] : NULL;
}

/* --- what others want --- */

static seawall_status begin(seawall_async *async, const seawall_pipeline *pipeline, seawall_time deadline,
                            const seawall_async_operation *operation, void *user, seawall_async_call *name)
{
    sw_async_call *call;

    sw_mutex_lock(&async->lock);
    call = take_place(async);
    if (call == NULL) {
        sw_mutex_unlock(&async->lock);
        return SEAWALL_FULL;
    }
    sw_pipeline_retain(pipeline);
    call->pipeline = pipeline;
    call->deadline = deadline;
    call->operation = *operation;
    call->user = user;
    if (name != NULL)
        *name = sw_async_name_of(async, call);
    post(async, &call->begin);
    call_driver(async);
    sw_mutex_unlock(&async->lock);
    return SEAWALL_OK;
}

seawall_status seawall_async_start(seawall_async *async, const seawall_pipeline *pipeline, seawall_time deadline,
                                   const seawall_async_operation *operation, void *user, seawall_async_call *call)
{
    seawall_async_operation full;

    if (async == NULL || pipeline == NULL || operation == NULL ||
        sw_config_take(&operation_kind, operation, &full, NULL) != SEAWALL_OK || full.begin == NULL ||
        pipeline->platform != async->platform)
        return SEAWALL_INVALID;
    if (pipeline->calls != NULL)
        return SEAWALL_UNSUPPORTED;
    if (seawall_execution_size(pipeline) > async->group->execution_size || attempts_of(pipeline) > async->each)
        return SEAWALL_TOO_SMALL;
    sw_async_enter(async);
    return begin(async, pipeline, deadline, &full, user, call);
}

/* `result` NULL: disowned. */
static seawall_status end(seawall_async *async, uint64_t id, const seawall_result *result)
{
    sw_async_live *live;

    sw_async_enter(async);
    sw_mutex_lock(&async->lock);
    live = live_named(async, id);
    if (live != NULL) {
        live->generation++;
        live->disowned = result == NULL;
        if (result != NULL)
            live->result = *result;
        post(async, &live->end);
        call_driver(async);
    }
    sw_mutex_unlock(&async->lock);
    return live != NULL ? SEAWALL_OK : SEAWALL_STALE;
}

seawall_status seawall_async_report(seawall_async *async, uint64_t id, const seawall_result *result)
{
    if (async == NULL || result == NULL || result->fault < SEAWALL_FAULT_NONE || result->fault >= SEAWALL_FAULT_COUNT)
        return SEAWALL_INVALID;
    return end(async, id, result);
}

seawall_status seawall_async_disown(seawall_async *async, uint64_t id)
{
    return async != NULL ? end(async, id, NULL) : SEAWALL_INVALID;
}

/* A place that is over holds nothing, and a mail that is on its way need not be sent twice. */
static void call_off(seawall_async *async, sw_async_call *call)
{
    if (call->over || call->cancelling)
        return;
    call->cancelling = true;
    post(async, &call->cancel);
}

seawall_status seawall_async_cancel(seawall_async *async, seawall_async_call name)
{
    sw_async_call *call;

    if (async == NULL)
        return SEAWALL_INVALID;
    sw_async_enter(async);
    sw_mutex_lock(&async->lock);
    call = sw_async_named(async, name);
    if (call != NULL) {
        call_off(async, call);
        call_driver(async);
    }
    sw_mutex_unlock(&async->lock);
    return call != NULL ? SEAWALL_OK : SEAWALL_STALE;
}

seawall_status seawall_async_cancel_all(seawall_async *async)
{
    int32_t i;

    if (async == NULL)
        return SEAWALL_INVALID;
    sw_async_enter(async);
    sw_mutex_lock(&async->lock);
    for (i = 0; i < async->capacity; i++)
        call_off(async, &async->call[i]);
    call_driver(async);
    sw_mutex_unlock(&async->lock);
    return SEAWALL_OK;
}
