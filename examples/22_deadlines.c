/*
 * Two services on this machine: the front asks the back within its own deadline, and tells it in a header how much of that is
 * left. The back makes its calls under what it was told, without handing a deadline around.
 */
#define _GNU_SOURCE /* so that -std=c11 hides no function of the system */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <seawall/seawall.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>

#include "unanswered.h"

/* --- the back --- */

static seawall_pipeline *queries; /* without a limit of its own */

/* Takes as long as it is asked to, unless its time is over before. */
static seawall_fault query(seawall_attempt *attempt, void *arg)
{
    seawall_duration takes = *(seawall_duration *)arg, left = seawall_attempt_remaining(attempt);

    (void)poll(NULL, 0, seawall_poll_milliseconds(takes < left ? takes : left));
    return takes < left ? SEAWALL_FAULT_NONE : SEAWALL_FAULT_TIMEOUT;
}

/* [handler] */
/* One request: how long its query takes, and what the header says is left. Answers an HTTP status. */
static int handle(seawall_duration takes, const char *header)
{
    seawall_time came = seawall_platform_now(NULL);
    seawall_deadline_scope scope;
    seawall_duration left;
    seawall_status status;

    if (seawall_deadline_from_header(header, &left) != SEAWALL_OK)
        return 400;
    if (seawall_deadline_enter(NULL, seawall_time_add(came, left), &scope) != SEAWALL_OK)
        return 500;
    status = seawall_call(queries, query, &takes, NULL); /* and any other call from here on, however deep */
    seawall_deadline_leave(&scope);
    return status == SEAWALL_OK ? 200 : status == SEAWALL_TIMED_OUT ? 504 : 500;
}
/* [handler end] */

static void serve(int connection)
{
    char request[128], header[64] = "";
    int milliseconds;
    ssize_t got = recv(connection, request, sizeof(request) - 1, 0);

    if (got <= 0)
        return;
    request[got] = '\0';
    if (sscanf(request, "work %d\nTime-Left: %63[^\n]", &milliseconds, header) < 1)
        return;
    (void)dprintf(connection, "%d\n", handle(SEAWALL_MILLISECONDS(milliseconds), header));
}

/* Until its descriptor is shut down. */
static void *back(void *arg)
{
    int connection;

    while ((connection = accept(*(int *)arg, NULL, NULL)) >= 0) {
        serve(connection);
        close(connection);
    }
    return NULL;
}

/* --- the front --- */

typedef struct request {
    int port;
    int milliseconds; /* how long its query takes */
    int answer;       /* an HTTP status */
} request;

/* [phases] */
/* SO_SNDTIMEO limits connect, too. */
static void limit(int connection, int option, const seawall_attempt *attempt, seawall_phase phase)
{
    struct timeval time;
    int64_t seconds;
    int32_t microseconds;

    seawall_attempt_socket_timeout(attempt, phase, &seconds, &microseconds);
    time.tv_sec = seconds;
    time.tv_usec = microseconds;
    (void)setsockopt(connection, SOL_SOCKET, option, &time, sizeof(time));
}

static seawall_fault exchange(seawall_attempt *attempt, request *r, int connection)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)r->port)};
    char left[SEAWALL_DEADLINE_HEADER_SIZE], answer[16] = "";

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    limit(connection, SO_SNDTIMEO, attempt, SEAWALL_PHASE_CONNECT);
    if (connect(connection, (struct sockaddr *)&address, sizeof(address)) != 0)
        return seawall_fault_from_errno(errno, SEAWALL_PHASE_CONNECT);
    if (seawall_attempt_to_header(attempt, left, sizeof(left), NULL) != SEAWALL_OK)
        return SEAWALL_FAULT_OTHER;
    printf("  the back may take %s ms\n", left);
    if (dprintf(connection, "work %d\nTime-Left: %s\n", r->milliseconds, left) < 0)
        return seawall_fault_from_errno(errno, SEAWALL_PHASE_WRITE);
    limit(connection, SO_RCVTIMEO, attempt, SEAWALL_PHASE_READ);
    if (recv(connection, answer, sizeof(answer) - 1, 0) < 0)
        return seawall_fault_from_errno(errno, SEAWALL_PHASE_READ);
    r->answer = atoi(answer);
    return seawall_fault_from_http_status(r->answer);
}
/* [phases end] */

static seawall_fault ask(seawall_attempt *attempt, void *arg)
{
    int connection = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    seawall_fault fault = SEAWALL_FAULT_LOCAL_RESOURCES;

    if (connection >= 0) {
        fault = exchange(attempt, arg, connection);
        close(connection);
    }
    return fault;
}

static seawall_pipeline *within(seawall_duration whole)
{
    /* [limits] */
    seawall_timeout_config limits = SEAWALL_TIMEOUT_CONFIG_INIT; /* 5 s to connect, 10 s for each read and write */
    limits.request_timeout = whole;
    limits.connection_timeout = SEAWALL_SECONDS(2);
    /* [limits end] */
    seawall_policy policy = SEAWALL_POLICY_INIT;
    const seawall_policy *policies[] = {&policy};
    seawall_pipeline *pipeline = NULL;
    seawall_timeout *timeout;

    if (seawall_timeout_create(&limits, NULL, &timeout, NULL) != SEAWALL_OK)
        return NULL;
    if (seawall_timeout_policy(timeout, "timeout", &policy) != SEAWALL_OK ||
        seawall_pipeline_create(NULL, policies, 1, NULL, &pipeline, NULL) != SEAWALL_OK)
        fprintf(stderr, "no pipeline\n");
    seawall_timeout_destroy(timeout);
    return pipeline;
}

/* Asks for work of so many milliseconds within `whole`. */
static bool request_succeeds(int port, int milliseconds, seawall_duration whole)
{
    seawall_pipeline *pipeline = within(whole);
    seawall_report report = SEAWALL_REPORT_INIT;
    request r = {.port = port, .milliseconds = milliseconds};
    seawall_status status;

    if (pipeline == NULL)
        return false;
    printf("%d ms of work within %d ms:\n", milliseconds, (int)(whole / SEAWALL_MILLISECONDS(1)));
    status = seawall_call(pipeline, ask, &r, &report);
    printf("  %s after %.1f s, answer %d\n", seawall_status_name(status), (double)report.elapsed / 1e9, r.answer);
    seawall_pipeline_destroy(pipeline);
    return status == SEAWALL_OK;
}

int main(void)
{
    pthread_t thread;
    int port, server = silent_server(&port);
    bool good;

    if (server < 0 || seawall_pipeline_create(NULL, NULL, 0, NULL, &queries, NULL) != SEAWALL_OK ||
        pthread_create(&thread, NULL, back, &server) != 0)
        return 1;
    good = request_succeeds(port, 20, SEAWALL_SECONDS(15));
    /* The back gives up just before the front does, not a minute later: it says 504, if there is time enough to say it. */
    good = !request_succeeds(port, 60000, SEAWALL_MILLISECONDS(300)) && good;
    shutdown(server, SHUT_RDWR);
    pthread_join(thread, NULL);
    close(server);
    seawall_pipeline_destroy(queries);
    return good ? 0 : 1;
}
