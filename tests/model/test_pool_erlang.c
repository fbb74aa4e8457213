/*
 * Queues of bounded length, M/M/c/K, with the pool's own rules in virtual time: jobs that come at random and last as long as
 * chance has it are refused as often, and wait as many at a time, as Erlang's formulas say.
 */
#include <check.h>
#include <math.h>

#include "pool_crew.h"
#include "suite.h"
#include "support.h"

#define ARRIVALS 1000000

static const struct {
    int32_t workers, queue;
    double load; /* arrivals per mean duration */
    uint64_t seed;
    double refused, tolerance, waiting;
} rows[] = {
    {4, 8, 3.6, 20261128, .048805, .0025, 2.30},
    {10, 10, 10, 20261129, .068212, .0032, 3.75},
};

static crew c;

static void note_nothing(const sw_job *job, seawall_job_end end, void *user)
{
    (void)job;
    (void)end;
    (void)user;
}

static void begin_nothing(const sw_job *job, void *user)
{
    (void)job;
    (void)user;
}

/* Exponential with this mean. */
static double chance(uint64_t *state, double mean)
{
    double u = ((double)(sw_test_next(state) >> 11) + 0.5) * 0x1p-53;

    return -log(u) * mean;
}

typedef struct service {
    sw_job *job;
    double ends;
} service;

static int first_to_end(const service *running, int count)
{
    int i, first = 0;

    for (i = 1; i < count; i++) {
        if (running[i].ends < running[first].ends)
            first = i;
    }
    return first;
}

static void serve(service *running, int *count, sw_job *job, double now, uint64_t *state)
{
    if (job != NULL)
        running[(*count)++] = (service){job, now + chance(state, 1)};
}

START_TEST(a_bounded_queue_is_as_erlang_says)
{
    sw_pool_rules rules = {.core = rows[_i].workers, .max = rows[_i].workers, .queue = rows[_i].queue, .max_results = 0};
    double now = 0, next, waited = 0;
    uint64_t state = rows[_i].seed;
    service running[CREW_MAX];
    int count = 0, level;
    int64_t come = 0, refused = 0;

    for (level = 0; level < SW_JOB_LEVELS; level++) {
        rules.stride[level] = SW_POOL_STRIDE;
        rules.max_queue_time[level] = SEAWALL_FOREVER;
    }
    crew_init(&c, &rules);
    c.ended = note_nothing;
    c.begun = begin_nothing;
    next = chance(&state, 1 / rows[_i].load);
    while (come < ARRIVALS) {
        int first = first_to_end(running, count);
        bool ends = count > 0 && running[first].ends < next;
        double until = ends ? running[first].ends : next;

        waited += c.core.queue.length * (until - now);
        now = until;
        if (ends) {
            sw_job *job = running[first].job;

            running[first] = running[--count];
            serve(running, &count, crew_finish(&c, job, 0), now, &state);
        } else {
            refused += crew_submit(&c, SEAWALL_PRIORITY_NORMAL, SEAWALL_FOREVER, false, 0, NULL) == NULL;
            come++;
            next = now + chance(&state, 1 / rows[_i].load);
        }
        while (c.core.coming + c.core.starting > 0)
            serve(running, &count, c.core.coming > 0 ? crew_come(&c, 0) : crew_start(&c, 0), now, &state);
        if (count > rows[_i].workers || c.core.queue.length > rows[_i].queue)
            ck_abort_msg("%d run, %d wait", count, (int)c.core.queue.length);
    }
    ck_assert(sw_pool_core_holds(&c.core));
    ck_assert_double_eq_tol((double)refused / ARRIVALS, rows[_i].refused, rows[_i].tolerance);
    ck_assert_double_eq_tol(waited / now, rows[_i].waiting, rows[_i].waiting * 0.03);
    ck_assert_int_eq(c.core.counts.refused_full, refused);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("pool as a queue");

    tcase_add_loop_test(tests, a_bounded_queue_is_as_erlang_says, 0, (int)(sizeof(rows) / sizeof(rows[0])));
    return sw_test_run("pool as a queue", tests);
}
