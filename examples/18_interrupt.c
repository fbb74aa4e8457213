/*
 * A blocked recv, interrupted: by a hard timeout at its deadline, and by Ctrl-C, which here the program sends to itself. Nobody
 * polls and nobody waits longer than he must.
 */
#define _GNU_SOURCE /* so that -std=c11 hides no function of the system */
#include <arpa/inet.h>
#include <errno.h>
#include <seawall/seawall.h>
#include <signal.h>
#include <stdio.h>

#include "unanswered.h"

/* [operation] */
/* On whichever thread cancels: recv returns, and the descriptor stays ours. */
static void unblock(void *user)
{
    shutdown(*(int *)user, SHUT_RDWR);
}

/* Sends a request and waits for the answer, however long that takes. */
static seawall_fault ask(seawall_attempt *attempt, int connection)
{
    seawall_cancel_hook hook = SEAWALL_CANCEL_HOOK_INIT;
    seawall_cancel *cancel;
    char answer[64];
    ssize_t got = -1;

    if (seawall_attempt_token(attempt, &cancel) != SEAWALL_OK)
        return SEAWALL_FAULT_LOCAL_RESOURCES;
    if (seawall_cancel_add_hook(cancel, &hook, unblock, &connection) != SEAWALL_OK)
        return SEAWALL_FAULT_IGNORED; /* cancelled before it began */
    if (send(connection, "ping\n", 5, MSG_NOSIGNAL) == 5)
        got = recv(connection, answer, sizeof(answer), 0);
    seawall_cancel_remove_hook(cancel, &hook); /* from here on nobody touches the connection behind our back */
    return got > 0 ? SEAWALL_FAULT_NONE : SEAWALL_FAULT_SERVICE_UNAVAILABLE;
}
/* [operation end] */

static seawall_fault connect_and_ask(seawall_attempt *attempt, void *arg)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)*(int *)arg)};
    int connection = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    seawall_fault fault;

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connection < 0)
        return SEAWALL_FAULT_LOCAL_RESOURCES;
    if (connect(connection, (struct sockaddr *)&address, sizeof(address)) == 0)
        fault = ask(attempt, connection);
    else
        fault = seawall_fault_from_errno(errno, SEAWALL_PHASE_CONNECT);
    close(connection);
    return fault;
}

static seawall_timers *timers;

/* [signal] */
static seawall_cancel *interrupted; /* cancelled by Ctrl-C */

static void on_interrupt(int number)
{
    (void)number;
    (void)seawall_cancel_trigger_from_signal(interrupted);
}
/* [signal end] */

static void press_ctrl_c(seawall_timer timer, void *user)
{
    (void)timer;
    (void)user;
    (void)kill(getpid(), SIGINT);
}

static int call(seawall_duration limit, int port, seawall_status expected)
{
    seawall_pipeline *pipeline = limited_to(limit, timers);
    seawall_report report = SEAWALL_REPORT_INIT;
    seawall_status status;

    if (pipeline == NULL)
        return 1;
    /* [call] */
    seawall_call_options options = SEAWALL_CALL_OPTIONS_INIT;

    options.cancel = interrupted;
    status = seawall_call_with(pipeline, &options, connect_and_ask, &port, &report);
    /* [call end] */
    printf("%s after %.1f s\n", seawall_status_name(status), (double)report.elapsed / 1e9);
    seawall_pipeline_destroy(pipeline);
    return status != expected;
}

int main(void)
{
    struct sigaction action = {.sa_handler = on_interrupt};
    seawall_cancel_config config = SEAWALL_CANCEL_CONFIG_INIT;
    int port, server = silent_server(&port), failed = 0;

    if (server < 0 || seawall_timers_create(NULL, NULL, &timers, NULL) != SEAWALL_OK ||
        seawall_timers_start(timers, NULL) != SEAWALL_OK)
        return 1;
    /* [token] */
    config.timers = timers; /* who runs the hooks after a signal */
    if (seawall_cancel_create(&config, NULL, &interrupted, NULL) != SEAWALL_OK || sigaction(SIGINT, &action, NULL) != 0)
        return 1;
    /* [token end] */
    failed |= call(SEAWALL_MILLISECONDS(200), port, SEAWALL_TIMED_OUT);
    if (seawall_timers_arm(timers, seawall_platform_now(NULL) + SEAWALL_MILLISECONDS(200), press_ctrl_c, NULL, NULL) !=
        SEAWALL_OK)
        return 1;
    failed |= call(SEAWALL_SECONDS(600), port, SEAWALL_CANCELLED);
    failed |= call(SEAWALL_SECONDS(600), port, SEAWALL_CANCELLED); /* and whatever comes after is not begun */
    seawall_cancel_destroy(interrupted);
    seawall_timers_destroy(timers);
    close(server);
    return failed;
}
