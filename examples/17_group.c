/*
 * A thousand guarded runs at once on one thread: a group asks each of them only when something has happened to it. The upstream
 * is simulated, so that the program ends at once; in a service the loop sleeps in poll or epoll instead, on its sockets and the
 * descriptor of the group.
 */
#include <seawall/seawall.h>
#include <stdio.h>
#include <stdlib.h>

#define RUNS 1000
#define AT_ONCE 50

typedef struct request {
    seawall_run run;
    uint64_t attempt; /* the one under way; 0: none */
    seawall_time answered;
    int tries;
} request;

static request requests[RUNS];
static seawall_group *group;
static seawall_time now;
static int succeeded, failed, under_way, most;

static void send_off(request *r, const seawall_step *step)
{
    r->attempt = step->id;
    r->answered = now + SEAWALL_MILLISECONDS(5 + (r - requests) % 20);
    r->tries++;
    if (++under_way > most)
        most = under_way;
}

static void answer(request *r)
{
    seawall_result result = {.fault = SEAWALL_FAULT_NONE};

    if ((r - requests) % 10 == 0 && r->tries == 1)
        result.fault = SEAWALL_FAULT_SERVICE_UNAVAILABLE; /* one in ten needs a second attempt */
    (void)seawall_group_report_at(group, r->run, r->attempt, &result, now);
    r->attempt = 0;
    under_way--;
}

/* [look] */
/* Does everything that there is to do. Answers until when the loop may sleep. */
static seawall_time look(void)
{
    seawall_report report = SEAWALL_REPORT_INIT;
    seawall_group_step next;

    for (;;) {
        if (seawall_group_next_at(group, now, &next) != SEAWALL_OK)
            abort();
        switch (next.step.kind) {
        case SEAWALL_STEP_START:
            send_off(next.user, &next.step);
            break;
        case SEAWALL_STEP_FINISHED:
            if (seawall_group_report(group, next.run, &report) == SEAWALL_OK && report.status == SEAWALL_OK)
                succeeded++;
            else
                failed++;
            break;
        case SEAWALL_STEP_WAIT:
            return next.step.until;
        default: /* CANCEL: nothing here is ever cut; DRAINED: the request is over */
            break;
        }
    }
}
/* [look end] */

/* What poll would answer: the next time at which anything happens. */
static seawall_time sleep_until(seawall_time until)
{
    int i;

    for (i = 0; i < RUNS; i++) {
        if (requests[i].attempt != 0 && requests[i].answered < until)
            until = requests[i].answered;
    }
    return until;
}

int main(void)
{
    seawall_bulkhead_config room = SEAWALL_BULKHEAD_CONFIG_INIT;
    seawall_group_config config = SEAWALL_GROUP_CONFIG_INIT;
    seawall_policy policies[2] = {SEAWALL_POLICY_INIT, SEAWALL_POLICY_INIT};
    const seawall_policy *outermost_first[] = {&policies[0], &policies[1]};
    seawall_bulkhead *bulkhead = NULL;
    seawall_retry *retry = NULL;
    seawall_pipeline *pipeline = NULL;
    int i;

    room.max_concurrent = AT_ONCE;
    room.max_waiting = RUNS;
    room.max_wait = SEAWALL_SECONDS(60);
    config.capacity = RUNS;
    if (seawall_retry_create(NULL, NULL, &retry, NULL) != SEAWALL_OK ||
        seawall_bulkhead_create(&room, NULL, &bulkhead, NULL) != SEAWALL_OK ||
        seawall_retry_policy(retry, "retry", &policies[0]) != SEAWALL_OK ||
        seawall_bulkhead_policy(bulkhead, "room", &policies[1]) != SEAWALL_OK ||
        seawall_pipeline_create(NULL, outermost_first, 2, NULL, &pipeline, NULL) != SEAWALL_OK ||
        seawall_group_create(&config, pipeline, NULL, &group, NULL) != SEAWALL_OK)
        return 1;
    for (i = 0; i < RUNS; i++) {
        if (seawall_group_begin_at(group, pipeline, now, SEAWALL_FOREVER, &requests[i], &requests[i].run) != SEAWALL_OK)
            return 1;
    }
    while (seawall_group_count(group) > 0) {
        seawall_time until = look();

        now = sleep_until(until);
        for (i = 0; i < RUNS; i++) {
            if (requests[i].attempt != 0 && requests[i].answered <= now)
                answer(&requests[i]);
        }
    }
    printf("%d runs on one thread: %d succeeded, %d failed, at most %d attempts at a time, %lld bytes each\n", RUNS, succeeded,
           failed, most, (long long)seawall_execution_size(pipeline) + 64);
    i = succeeded == RUNS && most <= AT_ONCE && seawall_group_destroy(group) == SEAWALL_OK ? 0 : 1;
    seawall_pipeline_destroy(pipeline);
    seawall_bulkhead_destroy(bulkhead);
    seawall_retry_destroy(retry);
    return i;
}
