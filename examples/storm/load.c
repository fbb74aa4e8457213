#include "load.h"

#include <pthread.h>
#include <stdio.h>

struct load {
    const struct plan *plan;
    struct record *record;
    enum side_name side;
    const struct client *client;
    void *state;
    _Atomic int next; /* the first call that no thread has taken yet */
};

struct load_thread {
    struct load *load;
    struct http http;
    pthread_t thread;
};

/*
 * Each thread takes the next call, waits for its time and makes it. If all are busy then, the call begins late; its latency
 * counts from the time it was due, as its user felt it.
 */
static void *make_calls(void *arg)
{
    struct load_thread *thread = arg;
    struct load *load = thread->load;
    int64_t start = atomic_load(&load->record->start);
    int call;

    while ((call = atomic_fetch_add(&load->next, 1)) < load->plan->calls) {
        const struct arrival *arrival = &load->plan->arrivals[call];

        clock_sleep_until(start + arrival->at);
        record_call(load->record, load->side, call, load->client->call(load->state, &thread->http, arrival->item));
    }
    return NULL;
}

/* Starts as many threads as it can get; how many. */
static int start_threads(struct load_thread *threads)
{
    pthread_attr_t attributes;
    int count = 0;

    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 256 * 1024);
    while (count < PLAN_CLIENT_THREADS &&
           pthread_create(&threads[count].thread, &attributes, make_calls, &threads[count]) == 0)
        count++;
    pthread_attr_destroy(&attributes);
    return count;
}

int load_run(const struct plan *plan, struct record *record, enum side_name side, const struct client *client, int port)
{
    static struct load_thread threads[PLAN_CLIENT_THREADS];
    struct load load = {.plan = plan, .record = record, .side = side, .client = client};
    int started;

    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK || (client->create && !client->create(record, &load.state)))
        return 1;
    for (int i = 0; i < PLAN_CLIENT_THREADS; i++) {
        threads[i].load = &load;
        threads[i].http = (struct http){.port = port, .plan = plan, .record = record, .side = side};
        if (http_open(&threads[i].http) != 0)
            return 1;
    }
    record_await_start(record);
    started = start_threads(threads);
    if (started < PLAN_CLIENT_THREADS)
        fprintf(stderr, "storm: only %d of %d threads\n", started, PLAN_CLIENT_THREADS);
    for (int i = 0; i < started; i++)
        pthread_join(threads[i].thread, NULL);
    for (int i = 0; i < PLAN_CLIENT_THREADS; i++)
        http_close(&threads[i].http);
    if (client->destroy)
        client->destroy(load.state);
    curl_global_cleanup();
    return started == PLAN_CLIENT_THREADS ? 0 : 1;
}
