/* Places of jobs: what is not on the way of every submit. */
#include "sync/job_queue.h"

void sw_job_queue_init(sw_job_queue *queue, sw_job *places, uint32_t count)
{
    uint32_t i;

    *queue = (sw_job_queue){.places = places, .count = count};
    for (i = count; i-- > 0;) {
        sw_job *job = &places[i];

        job->abandoned = false;
        job->waiters = job->blocked = job->pins = 0;
        sw_store_relaxed_u32(&job->sleepers, 0);
        sw_job_give_back(queue, job);
    }
}

sw_job *sw_job_find(const sw_job_queue *queue, uint64_t handle)
{
    uint32_t name = (uint32_t)handle;
    sw_job *job;

    if (name == SW_JOB_NOBODY || name % sizeof(sw_job) != 0 || name / sizeof(sw_job) > queue->count)
        return NULL;
    job = sw_job_at(queue, name);
    return job->held && job->generation == (uint32_t)(handle >> 32) ? job : NULL;
}

void sw_job_take_first(sw_job_queue *queue, uint32_t level)
{
    sw_job_list *list = &queue->level[level];
    const sw_job *job = sw_job_at(queue, list->first);

    list->first = job->next;
    queue->queued[level]--;
    queue->length--;
    queue->timed -= job->expires != SEAWALL_FOREVER;
    if (list->first != SW_JOB_NOBODY)
        __builtin_prefetch(sw_job_at(queue, list->first), 1);
    else
        queue->filled &= ~(1u << level);
}

void sw_job_take_out(sw_job_queue *queue, sw_job *job)
{
    sw_job_list *list = &queue->level[job->level];

    if (sw_job_at(queue, list->first) == job) {
        sw_job_take_first(queue, job->level);
        return;
    }
    sw_job_at(queue, job->previous)->next = job->next;
    if (job->next != SW_JOB_NOBODY)
        sw_job_at(queue, job->next)->previous = job->previous;
    else
        list->last = job->previous;
    queue->queued[job->level]--;
    queue->length--;
    queue->timed -= job->expires != SEAWALL_FOREVER;
}

void sw_job_give_back(sw_job_queue *queue, sw_job *job)
{
    job->state = SW_JOB_FREE;
    job->held = false;
    job->expires = job->deadline = SEAWALL_FOREVER;
    job->since = SW_JOB_UNSEEN;
    if (job->stop != NULL)
        job->stop = NULL;
    if (sw_load_relaxed_u32(&job->stopping) != 0)
        sw_store_relaxed_u32(&job->stopping, 0);
    job->generation++;
    job->next = (uint32_t)queue->free;
    queue->free = sw_job_name(queue, job);
}
