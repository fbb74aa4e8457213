/* The loop that all network checks share. */
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "health/net_loop.h"

/* Ready descriptors that are looked at before the lock is let go of. */
#define BATCH 64

/* Without a descriptor nobody can be woken: how long one sleeps before asking for one again. */
#define NO_POLLER (-1)
#define TRY_AGAIN_AFTER SEAWALL_MILLISECONDS(100)

struct sw_net_loop {
    const seawall_platform *platform;
    sw_mutex lock;
    struct {
        sw_net_list fresh; /* begun, and yet to be started */
        sw_net_list running;
        sw_net_list late;  /* found so in this turn, and yet to be looked at */
        sw_net_list ended; /* yet to be told */
        seawall_time earliest; /* no running one is late before */
        uint64_t turn;
        void *batch[BATCH]; /* ready ones that have yet to be looked at; a cancelled one is struck out */
        int32_t in_batch;
        int32_t poller; /* -1: not open */
        int32_t event;  /* rung when something was begun, so that a turn comes */
        bool rung;
        uint32_t process;
    } guarded;
};

/* --- lists --- */

static void append(sw_net_list *list, sw_net_run *run)
{
    run->list = list;
    run->previous = list->last;
    run->next = NULL;
    if (list->last != NULL)
        list->last->next = run;
    else
        list->first = run;
    list->last = run;
}

static void take_out(sw_net_run *run)
{
    if (run->previous != NULL)
        run->previous->next = run->next;
    else
        run->list->first = run->next;
    if (run->next != NULL)
        run->next->previous = run->previous;
    else
        run->list->last = run->previous;
}

static void move(sw_net_run *run, sw_net_list *to)
{
    take_out(run);
    append(to, run);
}

/* --- descriptors --- */

static void close_descriptors(sw_net_loop *loop)
{
    if (loop->guarded.event >= 0)
        sw_port_event_close(loop->guarded.event);
    if (loop->guarded.poller >= 0)
        sw_port_close(loop->guarded.poller);
    loop->guarded.event = -1;
    loop->guarded.poller = -1;
}

static void ring(sw_net_loop *loop)
{
    if (!loop->guarded.rung && loop->guarded.event >= 0)
        sw_port_event_ring(loop->guarded.event);
    loop->guarded.rung = true;
}

static bool open_descriptors(sw_net_loop *loop)
{
    if (loop->guarded.poller >= 0)
        return true;
    loop->guarded.poller = sw_port_poller_open();
    loop->guarded.event = sw_port_event_open();
    if (loop->guarded.poller < 0 || loop->guarded.event < 0 ||
        sw_port_poller_add(loop->guarded.poller, loop->guarded.event, SW_PORT_READ, NULL) != 0) {
        close_descriptors(loop);
        return false;
    }
    if (loop->guarded.rung)
        sw_port_event_ring(loop->guarded.event);
    return true;
}

/*
 * In the child of a fork. Nothing is closed: the numbers may mean something else by now. Nothing is unlinked either: a thread of
 * the parent's may have been in the middle of a list.
 */
static void adopt(sw_net_loop *loop)
{
    uint32_t process = sw_port_fork_generation();

    if (loop->guarded.process == process)
        return;
    memset(&loop->guarded, 0, sizeof(loop->guarded));
    loop->guarded.process = process;
    loop->guarded.earliest = SEAWALL_FOREVER;
    loop->guarded.poller = -1;
    loop->guarded.event = -1;
}

static void enter(sw_net_loop *loop)
{
    sw_mutex_lock(&loop->lock);
    adopt(loop);
}

static void leave(sw_net_loop *loop)
{
    sw_mutex_unlock(&loop->lock);
}

/* --- making --- */

seawall_status sw_net_loop_create(const seawall_platform *platform, sw_net_loop **loop, seawall_error *error)
{
    sw_net_loop *made = sw_allocate(platform, sizeof(*made), _Alignof(sw_net_loop));

    if (made == NULL)
        return sw_error(error, SEAWALL_NO_MEMORY, "", "no memory for the loop of network checks");
    made->platform = platform;
    sw_mutex_init(&made->lock);
    adopt(made);
    *loop = made;
    return SEAWALL_OK;
}

void sw_net_loop_destroy(sw_net_loop *loop)
{
    if (loop == NULL)
        return;
    enter(loop); /* a child closes nothing of its parent's */
    close_descriptors(loop);
    leave(loop);
    sw_release(loop->platform, loop, sizeof(*loop));
}

void sw_net_run_init(sw_net_run *run, const sw_net_check *check, sw_net_done_fn done, void *user)
{
    *run = (sw_net_run){.check = check, .done = done, .user = user, .state = SW_NET_IDLE, .descriptor = -1};
}

/* --- beginning and cancelling --- */

void sw_net_loop_begin_at(sw_net_loop *loop, sw_net_run *run, const sw_net_addresses *addresses, seawall_time now,
                          seawall_time deadline)
{
    if (addresses != NULL)
        run->addresses = *addresses;
    else
        run->addresses = (sw_net_addresses){1, {run->check->ip}};
    run->begun = now;
    run->deadline = deadline;
    run->descriptor = -1;
    enter(loop);
    run->state = SW_NET_FRESH;
    run->process = loop->guarded.process;
    run->turn = loop->guarded.turn;
    append(&loop->guarded.fresh, run);
    ring(loop);
    leave(loop);
}

static void withdraw(sw_net_loop *loop, sw_net_run *run)
{
    int32_t i;

    take_out(run);
    sw_net_run_hang_up(run);
    for (i = 0; i < loop->guarded.in_batch; i++) {
        if (loop->guarded.batch[i] == run)
            loop->guarded.batch[i] = NULL;
    }
}

bool sw_net_loop_cancel(sw_net_loop *loop, sw_net_run *run)
{
    bool under_way;

    enter(loop);
    under_way = run->state != SW_NET_IDLE;
    if (under_way && run->process == loop->guarded.process) /* else it is the parent's affair */
        withdraw(loop, run);
    run->descriptor = -1;
    run->state = SW_NET_IDLE;
    leave(loop);
    return under_way;
}

/* --- turning --- */

/* After something happened to one. */
static void settle(sw_net_loop *loop, sw_net_run *run)
{
    bool ended = run->state == SW_NET_ENDED;

    move(run, ended ? &loop->guarded.ended : &loop->guarded.running);
    if (!ended && run->until < loop->guarded.earliest)
        loop->guarded.earliest = run->until;
}

/* So that who begins or cancels waits for one run at most. */
static void breathe(sw_net_loop *loop)
{
    leave(loop);
    enter(loop);
}

/* Those begun before this turn: who begins again whenever he is told would otherwise keep it from its end. */
static void start_fresh(sw_net_loop *loop, seawall_time now)
{
    sw_net_run *run;

    while ((run = loop->guarded.fresh.first) != NULL && run->turn != loop->guarded.turn) {
        if (open_descriptors(loop))
            sw_net_run_start(run, loop->guarded.poller, now);
        else
            sw_net_run_end(run, SEAWALL_FAULT_LOCAL_RESOURCES, "this process may open no more descriptors", now);
        settle(loop, run);
        breathe(loop);
    }
}

/* Some of those that are ready; while there are others, the descriptor stays readable. */
static void look_at_ready(sw_net_loop *loop, seawall_time now)
{
    if (loop->guarded.poller >= 0)
        loop->guarded.in_batch = sw_port_poller_take(loop->guarded.poller, loop->guarded.batch, BATCH);
    while (loop->guarded.in_batch > 0) {
        sw_net_run *run = loop->guarded.batch[--loop->guarded.in_batch];

        if (run == NULL) /* the event, or one that was cancelled */
            continue;
        sw_net_run_ready(run, now);
        settle(loop, run);
        breathe(loop);
    }
}

static void find_late(sw_net_loop *loop, seawall_time now)
{
    sw_net_run *run, *next;

    if (now < loop->guarded.earliest)
        return;
    loop->guarded.earliest = SEAWALL_FOREVER;
    for (run = loop->guarded.running.first; run != NULL; run = next) {
        next = run->next;
        if (run->until <= now)
            move(run, &loop->guarded.late);
        else if (run->until < loop->guarded.earliest)
            loop->guarded.earliest = run->until;
    }
}

/* A last look at each: what has come counts, though nobody may have had the time to hear it. */
static void look_at_late(sw_net_loop *loop, seawall_time now)
{
    sw_net_run *run;

    find_late(loop, now);
    while ((run = loop->guarded.late.first) != NULL) {
        sw_net_run_ready(run, now);
        if (run->state != SW_NET_ENDED && run->until <= now)
            sw_net_run_late(run, now);
        settle(loop, run);
        breathe(loop);
    }
}

/* Tells who has ended, each under no lock, as he may begin again or call whatever he likes. */
static void tell(sw_net_loop *loop)
{
    sw_net_run *run;

    for (enter(loop); (run = loop->guarded.ended.first) != NULL; enter(loop)) {
        sw_net_result result = run->result;
        sw_net_done_fn done = run->done;
        void *user = run->user;

        take_out(run);
        run->state = SW_NET_IDLE;
        leave(loop);
        done(run, &result, user); /* from here on the run may be gone */
    }
    leave(loop);
}

void sw_net_loop_turn_at(sw_net_loop *loop, seawall_time now)
{
    enter(loop);
    if (loop->guarded.rung && loop->guarded.event >= 0)
        sw_port_event_clear(loop->guarded.event);
    loop->guarded.rung = false;
    loop->guarded.turn++;
    start_fresh(loop, now);
    look_at_ready(loop, now);
    look_at_late(loop, now);
    leave(loop);
    tell(loop);
}

/* --- waiting --- */

seawall_status sw_net_loop_descriptor(sw_net_loop *loop, int32_t *descriptor)
{
    bool open;

    enter(loop);
    open = open_descriptors(loop);
    if (open)
        *descriptor = loop->guarded.poller;
    leave(loop);
    return open ? SEAWALL_OK : SEAWALL_NO_RESOURCES;
}

seawall_time sw_net_loop_next(sw_net_loop *loop)
{
    seawall_time next;

    enter(loop);
    next = loop->guarded.earliest;
    if (loop->guarded.fresh.first != NULL || loop->guarded.ended.first != NULL)
        next = 0;
    leave(loop);
    return next;
}

void sw_net_loop_wait(sw_net_loop *loop, seawall_duration most)
{
    int32_t descriptor;

    if (sw_net_loop_descriptor(loop, &descriptor) == SEAWALL_OK)
        sw_port_poller_wait(descriptor, most);
    else
        sw_port_poller_wait(NO_POLLER, most < TRY_AGAIN_AFTER ? most : TRY_AGAIN_AFTER);
}

void sw_net_loop_wake(sw_net_loop *loop)
{
    enter(loop);
    ring(loop);
    leave(loop);
}
