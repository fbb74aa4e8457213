#include "capacity.h"

#include <string.h>

void capacity_init(struct capacity *capacity, bool warm)
{
    memset(capacity, 0, sizeof *capacity);
    for (int i = 0; i < PLAN_ITEMS; i++)
        capacity->cached[i] = warm;
}

bool capacity_offer(struct capacity *capacity, struct job job)
{
    if (capacity->waiting == PLAN_UPSTREAM_QUEUE)
        return false;
    capacity->queue[(capacity->first + capacity->waiting++) % PLAN_UPSTREAM_QUEUE] = job;
    return true;
}

static int64_t service_time(const struct capacity *capacity, const struct job *job, enum weather_kind weather)
{
    switch (weather) {
    case WEATHER_ERRORS:
        return 0; /* fails before any work is done */
    case WEATHER_SLOW:
        return PLAN_SERVICE_SLOW;
    default:
        return capacity->cached[job->item] ? PLAN_SERVICE : PLAN_SERVICE_MISS;
    }
}

void capacity_begin(struct capacity *capacity, enum weather_kind weather, int64_t now)
{
    for (int i = 0; i < PLAN_UPSTREAM_WORKERS && capacity->waiting > 0; i++) {
        struct capacity_worker *worker = &capacity->workers[i];

        if (worker->busy)
            continue;
        worker->job = capacity->queue[capacity->first];
        worker->job.failed = weather == WEATHER_ERRORS;
        worker->done_at = now + service_time(capacity, &worker->job, weather);
        worker->busy = true;
        capacity->busy++;
        capacity->first = (capacity->first + 1) % PLAN_UPSTREAM_QUEUE;
        capacity->waiting--;
    }
}

bool capacity_finish(struct capacity *capacity, int64_t now, struct job *job)
{
    for (int i = 0; i < PLAN_UPSTREAM_WORKERS; i++) {
        struct capacity_worker *worker = &capacity->workers[i];

        if (!worker->busy || worker->done_at > now)
            continue;
        worker->busy = false;
        capacity->busy--;
        *job = worker->job;
        if (!job->failed)
            capacity->cached[job->item] = true; /* two that miss at once both pay */
        return true;
    }
    return false;
}

int64_t capacity_next(const struct capacity *capacity)
{
    int64_t next = INT64_MAX;

    for (int i = 0; i < PLAN_UPSTREAM_WORKERS; i++) {
        const struct capacity_worker *worker = &capacity->workers[i];

        if (worker->busy && worker->done_at < next)
            next = worker->done_at;
    }
    return next;
}
