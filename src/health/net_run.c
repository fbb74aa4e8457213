/* One run of a network check. */
#include <errno.h>

#include "health/net_run.h"

/* What is read at once; a check that has more to hear is asked again after the others. */
#define READ_AT_ONCE 4096

void sw_net_run_hang_up(sw_net_run *run)
{
    if (run->descriptor < 0)
        return;
    sw_port_poller_remove(run->poller, run->descriptor);
    sw_port_close(run->descriptor);
    run->descriptor = -1;
}

/* The result stands, all but the time it took. */
static void end(sw_net_run *run, seawall_time now)
{
    sw_net_run_hang_up(run);
    run->state = SW_NET_ENDED;
    run->result.duration = seawall_time_until(now, run->begun);
}

void sw_net_run_end(sw_net_run *run, seawall_fault fault, const char *message, seawall_time now)
{
    sw_net_conclude(&run->result, fault, 0, "%s", message);
    end(run, now);
}

static void say_error(sw_net_run *run, int32_t error, seawall_phase phase)
{
    seawall_fault fault = seawall_fault_from_errno(error, phase);
    const char *text = sw_port_error_text(error);

    if (text != NULL)
        sw_net_conclude(&run->result, fault, error, "%s", text);
    else
        sw_net_conclude(&run->result, fault, error, "error %d of the system", error);
}

static void fail(sw_net_run *run, int32_t error, seawall_phase phase, seawall_time now)
{
    say_error(run, error, phase);
    end(run, now);
}

static bool watch(sw_net_run *run, sw_port_interest interest, seawall_time now)
{
    int32_t error = sw_port_poller_change(run->poller, run->descriptor, interest, run);

    if (error != 0)
        fail(run, error, SEAWALL_PHASE_REQUEST, now);
    return error == 0;
}

/* --- hearing --- */

static void hear(sw_net_run *run, seawall_time now)
{
    char bytes[READ_AT_ONCE];
    int32_t error = 0;
    int64_t got = sw_port_receive(run->descriptor, bytes, sizeof(bytes), &error);

    if (got < 0 && error == EAGAIN)
        return;
    if (got < 0) {
        fail(run, error, SEAWALL_PHASE_READ, now);
    } else if (got == 0) {
        sw_net_talk_closed(&run->talk, run->check, &run->result);
        end(run, now);
    } else if (sw_net_talk_hear(&run->talk, run->check, bytes, (size_t)got, &run->result)) {
        end(run, now);
    }
}

/* --- sending --- */

/* A server that refuses early may close before it was told all: what it said is worth more than that it closed. */
static void send_failed(sw_net_run *run, int32_t error, seawall_time now)
{
    if (error == EAGAIN)
        return;
    hear(run, now);
    if (run->state != SW_NET_ENDED)
        fail(run, error, SEAWALL_PHASE_WRITE, now);
}

static void say(sw_net_run *run, seawall_time now)
{
    sw_span request = run->check->request;
    int32_t error = 0;

    while (run->talk.sent < request.length) {
        int64_t sent =
            sw_port_send(run->descriptor, request.start + run->talk.sent, request.length - run->talk.sent, &error);

        if (sent < 0) {
            send_failed(run, error, now);
            return;
        }
        run->talk.sent += (size_t)sent;
    }
    run->state = SW_NET_HEARING;
    (void)watch(run, SW_PORT_READ, now);
}

/* --- connecting --- */

static void stands(sw_net_run *run, seawall_time now)
{
    run->until = run->deadline;
    if (sw_net_talk_begin(&run->talk, run->check, &run->result)) {
        end(run, now);
        return;
    }
    run->state = SW_NET_SENDING;
    say(run, now);
}

static int32_t call(sw_net_run *run, bool *pending, int32_t *error)
{
    if (run->check->place == SW_NET_AT_SOCKET)
        return sw_port_connect_path(run->check->host, pending, error);
    return sw_port_connect(&run->addresses.ips[run->address], run->check->port, pending, error);
}

/* Each address has its share of the time that is left, so that one that never answers leaves some to the next. */
static seawall_time share(const sw_net_run *run, seawall_time now)
{
    int64_t left = run->addresses.count - run->address;

    if (left <= 1 || run->deadline == SEAWALL_FOREVER)
        return run->deadline;
    return seawall_time_add(now, seawall_time_until(run->deadline, now) / left);
}

/* Begins with one address. False if that failed at once, and the result says why. */
static bool try_one(sw_net_run *run, seawall_time now)
{
    bool pending = false;
    int32_t error = 0;

    run->descriptor = call(run, &pending, &error);
    if (run->descriptor >= 0) {
        error = sw_port_poller_add(run->poller, run->descriptor, SW_PORT_WRITE, run);
        if (error != 0) {
            sw_port_close(run->descriptor);
            run->descriptor = -1;
        }
    }
    if (error != 0) {
        say_error(run, error, SEAWALL_PHASE_CONNECT);
        return false;
    }
    run->state = SW_NET_CONNECTING;
    run->until = share(run, now);
    if (!pending)
        stands(run, now);
    return true;
}

/* With the addresses from the present one on. Where all have failed, the last one's failure is the run's. */
static void try_from_here(sw_net_run *run, seawall_time now)
{
    for (; run->address < run->addresses.count; run->address++) {
        if (try_one(run, now))
            return;
    }
    end(run, now);
}

static void try_next(sw_net_run *run, seawall_time now)
{
    sw_net_run_hang_up(run);
    run->address++;
    try_from_here(run, now);
}

void sw_net_run_start(sw_net_run *run, int32_t poller, seawall_time now)
{
    run->poller = poller;
    run->address = 0;
    if (run->deadline <= now)
        sw_net_run_end(run, SEAWALL_FAULT_TIMEOUT, "no time was left to begin", now);
    else if (run->addresses.count == 0)
        sw_net_run_end(run, SEAWALL_FAULT_OTHER, "the host has no address", now);
    else
        try_from_here(run, now);
}

static void connected(sw_net_run *run, seawall_time now)
{
    int32_t error = sw_port_connected(run->descriptor);

    if (error == EINPROGRESS)
        return;
    if (error == 0) {
        stands(run, now);
        return;
    }
    say_error(run, error, SEAWALL_PHASE_CONNECT);
    try_next(run, now);
}

void sw_net_run_ready(sw_net_run *run, seawall_time now)
{
    if (run->state == SW_NET_CONNECTING)
        connected(run, now);
    else if (run->state == SW_NET_SENDING)
        say(run, now);
    else if (run->state == SW_NET_HEARING)
        hear(run, now);
}

void sw_net_run_late(sw_net_run *run, seawall_time now)
{
    if (run->state != SW_NET_CONNECTING) {
        sw_net_talk_late(&run->talk, run->check, &run->result);
        end(run, now);
        return;
    }
    sw_net_conclude(&run->result, SEAWALL_FAULT_CONNECTION_TIMEOUT, 0, "no connection in time");
    if (now < run->deadline)
        try_next(run, now);
    else
        end(run, now);
}
