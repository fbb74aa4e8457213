/*
 * An execution driven by a loop of your own: no thread of the library, nothing blocks but poll(2) itself.
 *
 * The "server" is the other end of a socket pair, answered by the same loop, so that the example needs no network: it
 * ignores the first request, which runs into its attempt timeout, and answers the second.
 */
#include <poll.h>
#include <seawall/seawall.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct loop {
    int client, server;
    uint64_t attempt; /* the one that waits for an answer, 0 if none */
    int requests;
} loop;

static void end_attempt(loop *l, seawall_execution *x, seawall_fault fault)
{
    seawall_result result = {.fault = fault};

    seawall_execution_report_at(x, l->attempt, &result, seawall_platform_now(NULL));
    l->attempt = 0;
}

/* [drive] */
/* Does everything the execution asks for. Answers how long to wait for I/O, or -1 at the end. */
static int drive(loop *l, seawall_execution *x, seawall_report *report)
{
    for (;;) {
        seawall_time now = seawall_platform_now(NULL);
        seawall_step step;

        if (seawall_execution_next_at(x, now, &step) != SEAWALL_OK)
            abort();
        switch (step.kind) {
        case SEAWALL_STEP_START: /* begin, and say later how it ended */
            l->attempt = step.id;
            if (write(l->client, "?", 1) != 1)
                end_attempt(l, x, SEAWALL_FAULT_SERVICE_UNAVAILABLE);
            break;
        case SEAWALL_STEP_CANCEL: /* too late: forget about it, and say so */
            printf("attempt %d is cancelled\n", (int)step.id);
            end_attempt(l, x, SEAWALL_FAULT_TIMEOUT);
            break;
        case SEAWALL_STEP_FINISHED:
            if (seawall_execution_report(x, report) != SEAWALL_OK)
                abort();
            break;
        case SEAWALL_STEP_DRAINED:
            return -1;
        default: /* SEAWALL_STEP_WAIT */
            return seawall_poll_milliseconds(seawall_time_until(step.until, now));
        }
    }
}
/* [drive end] */

static void serve(loop *l)
{
    char byte;

    if (read(l->server, &byte, 1) == 1 && ++l->requests > 1 && write(l->server, "!", 1) != 1)
        abort();
}

static void receive(loop *l, seawall_execution *x)
{
    char byte;

    if (read(l->client, &byte, 1) == 1 && l->attempt != 0)
        end_attempt(l, x, SEAWALL_FAULT_NONE);
}

static void run(loop *l, seawall_execution *x, seawall_report *report)
{
    int wait;

    while ((wait = drive(l, x, report)) != -1) {
        struct pollfd fds[2] = {{.fd = l->client, .events = POLLIN}, {.fd = l->server, .events = POLLIN}};

        (void)poll(fds, 2, wait);
        if (fds[0].revents != 0)
            receive(l, x);
        if (fds[1].revents != 0)
            serve(l);
    }
}

static seawall_pipeline *make_pipeline(void)
{
    seawall_retry_config again = SEAWALL_RETRY_CONFIG_INIT;
    seawall_timeout_config limit = SEAWALL_TIMEOUT_CONFIG_INIT;
    seawall_policy outer = SEAWALL_POLICY_INIT, inner = SEAWALL_POLICY_INIT;
    const seawall_policy *policies[] = {&outer, &inner};
    seawall_pipeline *pipeline;
    seawall_retry *retry;
    seawall_timeout *timeout;
    seawall_error error;

    again.base_delay = SEAWALL_MILLISECONDS(5);
    again.retryable_errors |= SEAWALL_FAULT_BIT(SEAWALL_FAULT_TIMEOUT); /* asking twice does no harm here */
    limit.attempt_timeout = SEAWALL_MILLISECONDS(30);
    if (seawall_retry_create(&again, NULL, &retry, &error) != SEAWALL_OK ||
        seawall_timeout_create(&limit, NULL, &timeout, &error) != SEAWALL_OK ||
        seawall_retry_policy(retry, "retry", &outer) != SEAWALL_OK ||
        seawall_timeout_attempt_policy(timeout, "attempt timeout", &inner) != SEAWALL_OK ||
        seawall_pipeline_create(NULL, policies, 2, NULL, &pipeline, &error) != SEAWALL_OK)
        exit(1);
    seawall_retry_destroy(retry); /* the pipeline keeps them */
    seawall_timeout_destroy(timeout);
    return pipeline;
}

int main(void)
{
    seawall_pipeline *pipeline = make_pipeline();
    seawall_report report = SEAWALL_REPORT_INIT;
    size_t size = seawall_execution_size(pipeline);
    void *storage = malloc(size); /* aligned for any type, as it must be */
    seawall_execution *x;
    int pair[2];

    if (storage == NULL || socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0 ||
        seawall_execution_init(storage, size, pipeline, NULL, &x) != SEAWALL_OK ||
        seawall_execution_begin_at(x, seawall_platform_now(NULL), SEAWALL_FOREVER) != SEAWALL_OK)
        return 1;
    loop l = {.client = pair[0], .server = pair[1]};

    run(&l, x, &report);
    printf("%s after %d attempts; the first fault was %s\n", seawall_status_name(report.status), (int)report.attempts,
           seawall_fault_name(report.first_fault));
    seawall_execution_fini(x);
    free(storage);
    seawall_pipeline_destroy(pipeline);
    close(pair[0]);
    close(pair[1]);
    return report.status == SEAWALL_OK && report.attempts == 2 ? 0 : 1;
}
