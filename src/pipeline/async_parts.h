/*
 * The parts of asynchronous calls:
 *
 *   async.c       calls as others see them: started, reported, called off, from any thread
 *   async_turn.c  how they go on, on the thread that drives the timer service
 *   async_wait.c  results that are taken, and who waits for them
 *
 * The group belongs to the driver. What others want of it goes through a mailbox, under a short lock, in the order in which it
 * comes; so user code runs under no lock.
 */
#ifndef SW_PIPELINE_ASYNC_PARTS_H
#define SW_PIPELINE_ASYNC_PARTS_H

#include <seawall/async.h>

#include "pipeline/group_parts.h"
#include "port/port.h"
#include "time/timer_service.h"

enum sw_mail_kind { SW_MAIL_BEGIN, SW_MAIL_CANCEL, SW_MAIL_END };

/* Lies in the call or attempt that it is about. */
typedef struct sw_mail {
    struct sw_mail *next;
    int32_t index; /* of the call, or of the attempt */
    enum sw_mail_kind kind;
} sw_mail;

typedef struct sw_async_call {
    /* Under the lock. */
    sw_mail begin, cancel;
    uint64_t generation; /* of the place; in the call's name while it has one */
    int32_t next;        /* among the free ones */
    bool named;          /* it can be asked for by its name */
    bool cancelling;     /* the mail is on its way */
    bool finished;       /* the report is there to be taken */
    bool over;           /* drained, and nothing of the driver's holds the place */
    seawall_report report;
    /* Written before the call begins; then the driver's. */
    seawall_run run;     /* 0: not begun, or drained */
    const seawall_pipeline *pipeline;
    seawall_time deadline;
    seawall_async_operation operation;
    void *user;
    int32_t host_of;     /* the driver's, and the group's run at this place: whose call that is */
} sw_async_call;

typedef struct sw_async_live {
    /* Under the lock. */
    sw_mail end;
    uint32_t generation; /* of the place; odd: begun and neither reported nor disowned */
    bool disowned;
    seawall_result result;
    /* The driver's. */
    bool in_use;
    seawall_async_attempt attempt;
    uint64_t id; /* in the execution */
} sw_async_live;

struct seawall_async {
    seawall_timers *timers;
    const seawall_platform *platform;
    seawall_group *group; /* the driver's */
    size_t size;          /* of all of it but the group */
    int32_t capacity;
    int32_t each;         /* attempts of one call at once */
    sw_resident resident;
    sw_atomic_u32 process; /* whose calls these are */
    sw_atomic_u32 waiting; /* who waits for anything */
    sw_mutex lock;
    struct {
        sw_mail *first, *last;
        int32_t free;
        int32_t live;     /* calls that are not drained */
    } guarded;
    sw_async_live *attempts; /* `each` for each call */
    sw_async_call call[];
};

/* Makes the object of a parent into that of this process; out of line, as it happens once. */
void sw_async_adopt(seawall_async *async);

static inline void sw_async_enter(seawall_async *async)
{
    if (sw_load_acquire_u32(&async->process) != sw_port_fork_generation())
        sw_async_adopt(async);
}

/* The rest is called under the lock. */

/* The call of this name, or NULL. */
sw_async_call *sw_async_named(seawall_async *async, seawall_async_call name);
/* Its name is stale from now on; the place is free if it is over. */
void sw_async_unname(seawall_async *async, sw_async_call *call);
void sw_async_over(seawall_async *async, sw_async_call *call);

static inline seawall_async_call sw_async_name_of(const seawall_async *async, const sw_async_call *call)
{
    return call->generation << SW_RUN_INDEX_BITS | (uint64_t)(call - async->call);
}

/* async_turn.c */
seawall_time sw_async_take_turn(sw_resident *resident, seawall_time now);

/* async_wait.c: under no lock: whoever waits looks again. */
void sw_async_ring(seawall_async *async);

#endif
