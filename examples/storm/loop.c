#include "loop.h"

#include <stdio.h>
#include <stdlib.h>

#include "guard.h"
#include "transfers.h"

/* A call, from its arrival until nothing of it is left. */
struct request {
    struct http http;
    seawall_run run;
    uint64_t attempt; /* the one under way */
    int call;
};

struct loop {
    const struct plan *plan;
    struct record *record;
    struct guard *guard;
    seawall_group *group;
    struct transfers transfers;
    struct request requests[PLAN_CLIENT_THREADS];
    struct request *idle[PLAN_CLIENT_THREADS];
    int idle_count;
    int next; /* the first call that has not begun */
};

/* If all requests are busy when its time comes, a call begins late, as it would for want of a thread. */
static void begin_calls(struct loop *loop, int64_t start)
{
    while (loop->next < loop->plan->calls && loop->idle_count > 0) {
        struct request *request = loop->idle[loop->idle_count - 1];
        int64_t now = clock_now();

        if (start + loop->plan->arrivals[loop->next].at > now)
            return;
        request->call = loop->next++;
        loop->idle_count--;
        if (seawall_group_begin_at(loop->group, loop->guard->pipeline, now, SEAWALL_FOREVER, request, &request->run) !=
            SEAWALL_OK)
            abort(); /* the group has a place for each request */
    }
}

/* [loop] */
static void report(struct loop *loop, const struct request *request, const seawall_result *result)
{
    (void)seawall_group_report_at(loop->group, request->run, request->attempt, result, clock_now());
}

/* No limit for libcurl: the group says when the attempt's time is over. */
static void start_attempt(struct loop *loop, struct request *request, uint64_t attempt)
{
    static const seawall_result refused = {.fault = SEAWALL_FAULT_OTHER};

    request->attempt = attempt;
    http_begin(&request->http, loop->plan->arrivals[request->call].item, 0);
    if (transfers_start(&loop->transfers, request->http.curl) != 0)
        report(loop, request, &refused);
}

static void cancel_attempt(struct loop *loop, struct request *request)
{
    static const seawall_result late = {.fault = SEAWALL_FAULT_TIMEOUT};

    transfers_stop(&loop->transfers, request->http.curl);
    report(loop, request, &late);
}

/* Does everything that there is to do. Answers until when nothing is. */
static seawall_time look(struct loop *loop)
{
    seawall_report end = SEAWALL_REPORT_INIT;
    seawall_group_step next;

    for (;;) {
        struct request *request;

        if (seawall_group_next_at(loop->group, clock_now(), &next) != SEAWALL_OK)
            abort();
        request = next.user;
        switch (next.step.kind) {
        case SEAWALL_STEP_START:
            start_attempt(loop, request, next.step.id);
            break;
        case SEAWALL_STEP_CANCEL:
            cancel_attempt(loop, request);
            break;
        case SEAWALL_STEP_FINISHED:
            if (seawall_group_report(loop->group, next.run, &end) != SEAWALL_OK)
                abort();
            record_call(loop->record, SIDE_GUARDED, request->call, guard_end(end.status));
            break;
        case SEAWALL_STEP_DRAINED:
            loop->idle[loop->idle_count++] = request;
            break;
        default:
            return next.step.until;
        }
    }
}

static void end_attempts(struct loop *loop)
{
    CURLcode error;
    CURL *easy;

    while ((easy = transfers_ended(&loop->transfers, &error)) != NULL) {
        struct request *request = NULL;
        struct http_answer answer;
        seawall_result result = {0};

        curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **)&request);
        answer = http_end(&request->http, error);
        result.fault = guard_fault(&answer);
        result.code = answer.status;
        result.retry_after = seawall_seconds(answer.retry_after);
        report(loop, request, &result);
    }
}

static void run(struct loop *loop)
{
    int64_t start = atomic_load(&loop->record->start);

    while (loop->next < loop->plan->calls || seawall_group_count(loop->group) > 0) {
        int64_t until;

        begin_calls(loop, start);
        until = look(loop);
        if (loop->next < loop->plan->calls && loop->idle_count > 0 && start + loop->plan->arrivals[loop->next].at < until)
            until = start + loop->plan->arrivals[loop->next].at;
        transfers_wait(&loop->transfers, until);
        end_attempts(loop);
    }
}
/* [loop end] */

static bool open_requests(struct loop *loop, int port)
{
    for (int i = 0; i < PLAN_CLIENT_THREADS; i++) {
        struct request *request = &loop->requests[i];

        request->http = (struct http){.port = port, .plan = loop->plan, .record = loop->record, .side = SIDE_GUARDED};
        if (http_open(&request->http) != 0)
            return false;
        curl_easy_setopt(request->http.curl, CURLOPT_PRIVATE, request);
        loop->idle[loop->idle_count++] = request;
    }
    return true;
}

static bool open_loop(struct loop *loop, int port)
{
    seawall_group_config config = SEAWALL_GROUP_CONFIG_INIT;
    int32_t bell;

    config.capacity = PLAN_CLIENT_THREADS;
    loop->guard = guard_create(loop->record);
    return loop->guard && seawall_group_create(&config, loop->guard->pipeline, NULL, &loop->group, NULL) == SEAWALL_OK &&
           seawall_group_descriptor(loop->group, &bell) == SEAWALL_OK &&
           transfers_open(&loop->transfers, bell, PLAN_CLIENT_THREADS) == 0 && open_requests(loop, port);
}

int loop_run(const struct plan *plan, struct record *record, int port)
{
    static struct loop loop;

    loop = (struct loop){.plan = plan, .record = record};
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK || !open_loop(&loop, port)) {
        fprintf(stderr, "storm: no memory or no descriptors for a loop\n");
        return 1;
    }
    record_await_start(record);
    run(&loop);
    for (int i = 0; i < PLAN_CLIENT_THREADS; i++)
        http_close(&loop.requests[i].http);
    transfers_close(&loop.transfers);
    (void)seawall_group_destroy(loop.group);
    guard_destroy(loop.guard);
    curl_global_cleanup();
    return 0;
}
