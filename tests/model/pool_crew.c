/* See pool_crew.h. */
#include "pool_crew.h"

#include <string.h>

void crew_init(crew *c, const sw_pool_rules *rules)
{
    memset(c, 0, sizeof(*c));
    sw_pool_core_init(&c->core, rules, c->places, CREW_PLACES);
}

static void wake(crew *c)
{
    if (!sw_pool_wakes(&c->core))
        return;
    c->core.idle--;
    c->core.coming++;
}

static void drop_expired(crew *c, seawall_time now)
{
    sw_job *job;

    while ((job = sw_pool_expired(&c->core, now)) != NULL)
        c->ended(job, job->end, c->user);
}

sw_job *crew_submit(crew *c, seawall_priority level, seawall_time deadline, bool held, seawall_time now, void *arg)
{
    sw_pool_verdict verdict = sw_pool_judge(&c->core, held);
    sw_job *job;

    if (verdict == SW_POOL_FULL) {
        drop_expired(c, now);
        verdict = sw_pool_judge(&c->core, held);
    }
    if (verdict > SW_POOL_START) {
        sw_pool_refuse(&c->core, verdict);
        return NULL;
    }
    if (verdict == SW_POOL_START) {
        c->core.workers++;
        c->core.starting++;
    }
    job = sw_job_free_one(&c->core.queue);
    job->deadline = deadline;
    job->arg = arg;
    sw_pool_accept(&c->core, job, (uint32_t)level, held, now);
    wake(c);
    return job;
}

/* What a worker that has nothing does: the loop of pool_worker.c. */
static sw_job *look(crew *c, seawall_time now, bool patience_is_over)
{
    while (!sw_pool_too_many(&c->core, false)) {
        sw_job *job = sw_pool_take(&c->core, now);

        if (job == NULL && patience_is_over && sw_pool_too_many(&c->core, true))
            break;
        if (job == NULL) {
            c->core.idle++;
            return NULL;
        }
        wake(c);
        if (job->state == SW_JOB_RUNNING) {
            c->begun(job, c->user);
            return job;
        }
        c->ended(job, job->end, c->user);
    }
    c->core.workers--;
    wake(c);
    return NULL;
}

sw_job *crew_come(crew *c, seawall_time now)
{
    c->core.coming--;
    return look(c, now, false);
}

sw_job *crew_start(crew *c, seawall_time now)
{
    c->core.starting--;
    return look(c, now, false);
}

sw_job *crew_rouse(crew *c, seawall_time now, bool patience_is_over)
{
    c->core.idle--;
    return look(c, now, patience_is_over);
}

sw_job *crew_finish(crew *c, sw_job *job, seawall_time now)
{
    c->ended(job, SEAWALL_JOB_DONE, c->user);
    sw_pool_finish(&c->core, job, 0);
    return look(c, now, false);
}
