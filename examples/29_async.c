/*
 * Calls of a client that is asynchronous itself, without a loop: start one, go on, and be called back when its result is known,
 * or take it when it suits. Retries and deadlines are the timer service's thread's business.
 *
 * The "client" is a thread that answers what it is sent in the order in which it comes; it is too busy for every third request.
 */
#include <pthread.h>
#include <seawall/seawall.h>
#include <stdatomic.h>
#include <stdio.h>

#define CALLS 10

/* --- the client, which knows nothing of Seawall --- */

static struct {
    pthread_mutex_t lock;
    pthread_cond_t more;
    uint64_t sent[64];
    int first, last;
    bool over;
} client = {.lock = PTHREAD_MUTEX_INITIALIZER, .more = PTHREAD_COND_INITIALIZER};

static void client_send(uint64_t request)
{
    pthread_mutex_lock(&client.lock);
    client.sent[client.last++ % 64] = request;
    pthread_cond_signal(&client.more);
    pthread_mutex_unlock(&client.lock);
}

static void client_answered(void *user, uint64_t request, bool busy);

static void *client_work(void *user)
{
    int count = 0;

    pthread_mutex_lock(&client.lock);
    while (!client.over || client.first < client.last) {
        uint64_t request;

        if (client.first == client.last) {
            pthread_cond_wait(&client.more, &client.lock);
            continue;
        }
        request = client.sent[client.first++ % 64];
        pthread_mutex_unlock(&client.lock);
        client_answered(user, request, ++count % 3 == 0);
        pthread_mutex_lock(&client.lock);
    }
    pthread_mutex_unlock(&client.lock);
    return NULL;
}

/* --- its calls, guarded --- */

static atomic_int succeeded, attempts;

/* [async] */
/* An attempt begins: send it, and let its name come back with the answer. On the timer service's thread, so do not block. */
static void begin(const seawall_async_attempt *attempt, void *user)
{
    (void)user;
    client_send(attempt->id);
}

/* An answer, on the client's thread. */
static void client_answered(void *user, uint64_t request, bool busy)
{
    seawall_result result = {.fault = busy ? SEAWALL_FAULT_SERVICE_UNAVAILABLE : SEAWALL_FAULT_NONE};

    (void)seawall_async_report(user, request, &result);
}

/* The result is known. */
static void done(seawall_async_call call, const seawall_report *report, void *user)
{
    (void)call;
    (void)user;
    atomic_fetch_add(&attempts, report->attempts);
    if (report->status == SEAWALL_OK)
        atomic_fetch_add(&succeeded, 1);
}

static bool make_calls(seawall_async *async, const seawall_pipeline *pipeline)
{
    seawall_time soon = seawall_time_add(seawall_platform_now(NULL), SEAWALL_SECONDS(10));
    seawall_async_operation told = SEAWALL_ASYNC_OPERATION_INIT, kept;
    seawall_report report = SEAWALL_REPORT_INIT;
    seawall_async_call call;
    int i;

    told.begin = begin;
    kept = told;
    told.done = done;
    for (i = 0; i < CALLS; i++) {
        if (seawall_async_start(async, pipeline, soon, &told, NULL, NULL) != SEAWALL_OK)
            return false;
    }
    /* One whose result is waited for. */
    if (seawall_async_start(async, pipeline, soon, &kept, NULL, &call) != SEAWALL_OK ||
        seawall_async_take_until(async, call, SEAWALL_FOREVER, &report) != SEAWALL_OK)
        return false;
    printf("the last one: %s after %d attempts\n", seawall_status_name(report.status), (int)report.attempts);
    return report.status == SEAWALL_OK && seawall_async_drain_until(async, SEAWALL_FOREVER) == SEAWALL_OK;
}
/* [async end] */

static seawall_pipeline *make_pipeline(void)
{
    seawall_retry_config again = SEAWALL_RETRY_CONFIG_INIT;
    seawall_policy policy = SEAWALL_POLICY_INIT;
    const seawall_policy *policies[] = {&policy};
    seawall_pipeline *pipeline = NULL;
    seawall_retry *retry = NULL;

    again.max_attempts = 10;
    again.base_delay = SEAWALL_MILLISECONDS(1);
    again.backoff = SEAWALL_BACKOFF_CONSTANT;
    if (seawall_retry_create(&again, NULL, &retry, NULL) != SEAWALL_OK ||
        seawall_retry_policy(retry, "retry", &policy) != SEAWALL_OK ||
        seawall_pipeline_create(NULL, policies, 1, NULL, &pipeline, NULL) != SEAWALL_OK)
        return NULL;
    seawall_retry_destroy(retry); /* the pipeline keeps it */
    return pipeline;
}

int main(void)
{
    seawall_pipeline *pipeline = make_pipeline();
    seawall_timers *timers = NULL;
    seawall_async *async = NULL;
    pthread_t thread;
    bool good;

    if (pipeline == NULL || seawall_timers_create(NULL, NULL, &timers, NULL) != SEAWALL_OK ||
        seawall_timers_start(timers, NULL) != SEAWALL_OK ||
        seawall_async_create(NULL, pipeline, timers, &async, NULL) != SEAWALL_OK ||
        pthread_create(&thread, NULL, client_work, async) != 0)
        return 1;
    good = make_calls(async, pipeline);
    printf("%d of %d calls succeeded, with %d attempts\n", atomic_load(&succeeded), CALLS, atomic_load(&attempts));
    pthread_mutex_lock(&client.lock);
    client.over = true;
    pthread_cond_signal(&client.more);
    pthread_mutex_unlock(&client.lock);
    pthread_join(thread, NULL);
    good = good && succeeded == CALLS && attempts > CALLS && seawall_async_destroy(async) == SEAWALL_OK;
    seawall_timers_destroy(timers);
    seawall_pipeline_destroy(pipeline);
    return good ? 0 : 1;
}
