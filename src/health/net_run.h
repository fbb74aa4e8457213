/*
 * One run of a network check: connect to one address after the other until one answers, say what is to be said, hear the reply. A
 * state machine over a non-blocking descriptor; the time is an argument. Whoever drives it holds the lock that guards it.
 */
#ifndef SW_HEALTH_NET_RUN_H
#define SW_HEALTH_NET_RUN_H

#include "health/net_talk.h"

typedef struct sw_net_run sw_net_run;

/* Told once for each run that was begun and not cancelled: on the driving thread, under no lock. May call anything. */
typedef void (*sw_net_done_fn)(sw_net_run *run, const sw_net_result *result, void *user);

typedef enum sw_net_state {
    SW_NET_IDLE,       /* never begun, or told */
    SW_NET_FRESH,      /* begun, and nobody has looked at it yet */
    SW_NET_CONNECTING,
    SW_NET_SENDING,
    SW_NET_HEARING,
    SW_NET_ENDED       /* and not yet told */
} sw_net_state;

typedef struct sw_net_list {
    sw_net_run *first, *last;
} sw_net_list;

/* In the caller's memory. Nobody but net_run.c and net_loop.c looks inside. */
struct sw_net_run {
    const sw_net_check *check;
    sw_net_done_fn done;
    void *user;

    sw_net_state state;
    int32_t poller;
    int32_t descriptor; /* -1: none */
    int32_t address;    /* which one is tried */
    seawall_time begun;
    seawall_time deadline;
    seawall_time until; /* something must happen until then: the deadline, or this address's share of the time */
    sw_net_addresses addresses;
    sw_net_talk talk;
    sw_net_result result; /* SW_NET_ENDED */

    sw_net_list *list; /* which of the loop's it is in, unless it is idle */
    sw_net_run *previous, *next;
    uint64_t turn;     /* of the loop, in which it was begun */
    uint32_t process;  /* whose fork generation it was begun in */
};

/* From FRESH on; afterwards it is connecting or further, or has ended. Each leaves no descriptor behind where it ends. */
void sw_net_run_start(sw_net_run *run, int32_t poller, seawall_time now);
/* Its descriptor is ready. */
void sw_net_run_ready(sw_net_run *run, seawall_time now);
/* `until` has come. */
void sw_net_run_late(sw_net_run *run, seawall_time now);
/* Ends it from outside, with a result of whoever says so. */
void sw_net_run_end(sw_net_run *run, seawall_fault fault, const char *message, seawall_time now);
/* Closes what it holds. */
void sw_net_run_hang_up(sw_net_run *run);

#endif
