/*
 * A set of checks inside. One short lock guards all of it, and no function of anybody else's is called under it.
 *
 * An entry is a check: the set refers to it while it is registered, and a run of it while that goes on; whoever gives up the
 * last reference buries it, outside the lock. Where a run is says `at`:
 *
 *     NOWHERE -> WAITING -> ON_THREAD -> NOWHERE      a function, or the resolution of a name, by a worker
 *     NOWHERE -> ON_THREAD -> NOWHERE                 a source, by the driver; a function, by a host
 *                ON_THREAD -> ABROAD -> NOWHERE       its result is to be reported
 *     NOWHERE or ON_THREAD -> ON_NET -> NOWHERE       a network test, by the loop
 */
#ifndef SW_HEALTH_HEALTH_OBJECT_H
#define SW_HEALTH_HEALTH_OBJECT_H

#include "base/alloc.h"
#include "base/atomic.h"
#include "base/grow.h"
#include "health/health_core.h"
#include "health/net_thread.h"
#include "port/port.h"
#include "sync/worker.h"
#include "time/timer_resident.h"

#define SW_HEALTH_EVENTS 64 /* that can be asked for; one more place is for the next one, which may be half written */

struct seawall_heartbeat {
    _Alignas(SW_CACHE_LINE) sw_atomic_u32 fed; /* written often: a line of its own */
    _Alignas(SW_CACHE_LINE) sw_atomic_u32 references;
    const seawall_platform *platform;
};

typedef enum sw_health_at {
    SW_HEALTH_NOWHERE,
    SW_HEALTH_WAITING,
    SW_HEALTH_ON_THREAD,
    SW_HEALTH_ABROAD,
    SW_HEALTH_ON_NET
} sw_health_at;

#define SW_HEALTH_NOT_REPORTED (-1)

typedef struct sw_health_entry {
    sw_health_place place; /* first; in the heap while it is listed */
    seawall_health *health;
    int32_t references; /* under the lock */
    bool listed;
    bool bound; /* there is something to look with */
    bool again; /* it is due as soon as the run that goes on is over */
    sw_health_at at;
    uintptr_t thread; /* ON_THREAD: which */
    uint64_t hash;
    seawall_health_check_config config;
    sw_health_rules rules;
    sw_health_state state;
    seawall_health_binding binding; /* its heartbeat with a reference */
    struct sw_health_net *net;      /* a network test of the library's own; NULL: none */
    struct sw_health_attachment *attachment; /* what goes along with it; NULL: nothing */
    uint64_t owner;                 /* who has put it in: a registry, by its number; 0: the program */
    uint64_t attached_by;           /* who has attached that; likewise */
    bool bound_by_owner;            /* what it looks with is the owner's */
    struct sw_health_planned *planned; /* what somebody says of it who holds the lock just now */
    seawall_time fed;               /* heartbeat: when it was last seen to be alive */
    struct sw_health_entry *next;   /* of those that wait for a worker, or to be buried */
    seawall_health_run run;
    seawall_health_status early; /* what was reported while the function had not returned yet, if it was */
    char early_message[SEAWALL_HEALTH_MESSAGE_SIZE];
    char name[SEAWALL_HEALTH_NAME_SIZE_MAX + 1];
    char message[SEAWALL_HEALTH_MESSAGE_SIZE];
} sw_health_entry;

/* An endpoint's settings may be somebody's who takes them back. */
typedef struct sw_health_side {
    uint64_t owner;                     /* whose those in force are: a registry's, by its number; 0: the program's */
    seawall_health_endpoint_config own; /* what the program has said last */
} sw_health_side;

typedef struct sw_health_worker {
    sw_worker thread;
    seawall_health *health;
    sw_health_entry *entry; /* what it runs; NULL: nothing */
    uintptr_t self;         /* the thread, while it works; 0: none */
    bool used;              /* the place is */
    bool leaving;           /* it was left alone, and ends when its function returns */
} sw_health_worker;

typedef struct sw_health_listener {
    seawall_health_listener_fn call; /* NULL: a free place */
    void *user;
    uint64_t after; /* it is told of what comes after this one */
} sw_health_listener;

/* Who drives: a host is nobody, but while it polls. */
typedef enum sw_health_driver { SW_HEALTH_NOBODY, SW_HEALTH_TIMERS } sw_health_driver;

#define SW_HEALTH_AWAKE INT64_MIN

struct seawall_health {
    const seawall_platform *platform;
    seawall_health_config config;
    size_t size;
    sw_atomic_u32 references; /* the owner's, and that of each thread that was left alone */
    sw_atomic_u32 bell;       /* workers park on it */
    sw_atomic_u32 ended;      /* who waits for the end of something parks on it */
    sw_atomic_u32 process;    /* whose runs these are */
    sw_mutex lock;            /* guards the rest */

    struct {
        sw_health_entry **places; /* as many as there may be; those that are free are NULL */
        size_t count;
    } entries; /* in the order of registration */
    sw_health_heap heap;
    sw_health_sum sum;
    seawall_health_endpoint_config endpoints[SW_HEALTH_ENDPOINTS]; /* in force */
    sw_health_side sides[SW_HEALTH_ENDPOINTS];
    seawall_health_status grades[SEAWALL_HEALTH_WHOLE + 1]; /* as they were told last */
    seawall_time grade_since[SEAWALL_HEALTH_WHOLE + 1];
    uint64_t tickets; /* given, ever */
    seawall_time latest;

    sw_health_driver driver;
    uintptr_t polling;          /* the thread of a host that polls just now */
    seawall_time sleeps_until;  /* SW_HEALTH_AWAKE: nobody has to be woken */
    seawall_timers *timers;
    sw_resident resident;       /* of theirs */

    sw_health_entry *first_waiting, *last_waiting;
    sw_health_worker *workers; /* workers + max_stuck places */
    int32_t threads;           /* that run */
    int32_t idle;              /* threads that park */
    int32_t starting;          /* threads that have not looked for work yet */
    int32_t waiting;           /* runs that wait */
    bool stopping;
    sw_net_loop *loop;         /* NULL: nobody has needed it yet */
    sw_net_thread net;         /* turns it, unless a host does */

    uint64_t sequence;          /* of the last change */
    uint64_t told;
    bool telling;
    bool unmet;                 /* something that is attached does not know how its check is */
    struct sw_health_attachment *meeting; /* what is being told, with a reference; NULL: nothing */
    uintptr_t meeting_thread;
    int32_t listening;          /* the place whose function runs, -1: none */
    uintptr_t listener_thread;
    sw_health_listener listeners[SEAWALL_HEALTH_LISTENERS_MAX];
    seawall_health_event events[SW_HEALTH_EVENTS + 1];
};

static inline const uint32_t *sw_health_word(sw_atomic_u32 *word)
{
    return (const uint32_t *)(const void *)word;
}

/* --- health.c --- */

/* Every public function begins with it: in the child of a fork the set becomes the child's. */
void sw_health_enter(seawall_health *health);
/* The time, never earlier than one seen before. Under the lock. */
seawall_time sw_health_now(seawall_health *health, seawall_time now);
void sw_health_let_go(seawall_health *health);
/* Wakes whoever waits for the end of something. */
void sw_health_ring_ended(seawall_health *health);

/* --- health_checks.c; under the lock, but for the burial --- */

sw_health_entry *sw_health_find(const seawall_health *health, const char *name);
static inline sw_health_entry *sw_health_entry_at(const seawall_health *health, size_t index)
{
    return health->entries.places[index];
}
/* The state of a check that is new, or that begins anew in the child of a fork. */
void sw_health_begin_anew(sw_health_entry *entry);
/* Gives up a reference; an entry that nobody refers to is put on the list. */
void sw_health_drop(sw_health_entry *entry, sw_health_entry **graves);
void sw_health_bury(sw_health_entry *graves);
/* Out of heap and tallies; a run that nobody has to end is over. The array, and its reference, are the caller's business. */
void sw_health_unlist(sw_health_entry *entry, sw_health_entry **graves);
/* Under no lock: an entry that nobody knows yet, with a reference for the set; NULL with `status` and `error` filled. */
sw_health_entry *sw_health_make(seawall_health *health, const char *name, const seawall_health_check_config *config,
                                const seawall_health_binding *binding, seawall_status *status, seawall_error *error);
/* Likewise: does not release what is bound. */
void sw_health_free(sw_health_entry *entry);
/* An entry with its rules at the end, for which there is room; in the place of another one, with what was attached to that. */
void sw_health_append(sw_health_entry *entry);
void sw_health_exchange(sw_health_entry *before, sw_health_entry *entry, sw_health_entry **graves);
/* Out of the set; its reference is the caller's then. */
void sw_health_take_out(sw_health_entry *entry, sw_health_entry **graves);
/* Other settings, from which these rules come; not graded yet. */
void sw_health_obey_settings(sw_health_entry *entry, const seawall_health_check_config *config, const sw_health_rules *rules,
                             seawall_time now);

/* --- health_schedule.c; under the lock --- */

/* When something is to be done about it. */
seawall_time sw_health_next_of(const sw_health_entry *entry);
/* Puts the entry where it belongs in the heap, and wakes the driver if it sleeps for too long. */
void sw_health_reschedule(sw_health_entry *entry);
/* A run is over, wherever it was. */
void sw_health_finish_run(sw_health_entry *entry, seawall_health_status status, const char *message, seawall_time now,
                          sw_health_entry **graves);
/*
 * Takes the lock again after a function of somebody else's, before which the fork generation was `process`. False: this is the
 * child of a fork of that function's, where the set is the child's, the run never was, and the check may be gone.
 */
bool sw_health_take_back(seawall_health *health, uint32_t process);
/* A function has returned. */
void sw_health_returned(sw_health_entry *entry, seawall_health_status status, seawall_time now, sw_health_entry **graves);
/* Counts a changed check in again, and notes what has changed with it; first counted out by whoever changes it. */
void sw_health_changed(sw_health_entry *entry, bool verdict, seawall_health_status before, seawall_time now);
/* Notes endpoints whose grade has changed. */
void sw_health_regrade(seawall_health *health, const char *message, seawall_time now);
/* Under no lock: all that is due, with the functions and listeners that belong to it. */
void sw_health_round(seawall_health *health, seawall_time now, bool inline_functions);

/* --- health_drive.c --- */

/* Under the lock: the driver is to look again at `at` at the latest. */
void sw_health_wake_driver(seawall_health *health, seawall_time at);

/* --- health_workers.c --- */

/* Under the lock: the entry waits for a worker; it does no more. */
void sw_health_queue(sw_health_entry *entry);
void sw_health_unqueue(sw_health_entry *entry);
/* Under no lock, by the driver: enough threads for those that wait. */
void sw_health_staff(seawall_health *health);
/* Under no lock: ends every thread, and leaves those alone that are held up. */
void sw_health_dismiss(seawall_health *health);

/* --- health_events.c --- */

/* Under the lock: writes a change down. `entry` NULL: of an endpoint. */
void sw_health_note(seawall_health *health, const sw_health_entry *entry, seawall_health_endpoint endpoint,
                    seawall_health_status from, seawall_health_status to, const char *message, seawall_time now);
/* Under no lock: tells the listeners what has been written down. */
void sw_health_tell(seawall_health *health);

/* --- health_attach.c; under the lock, which it lets go --- */

void sw_health_meet(seawall_health *health);
/* In the child of a fork: what a thread of the parent's was telling, whose reference is to be dropped under no lock; or NULL. */
struct sw_health_attachment *sw_health_left_behind(seawall_health *health);
/* Takes what goes along with a check from it, to be dropped under no lock; NULL: nothing. Does not let the lock go. */
struct sw_health_attachment *sw_health_detach(sw_health_entry *entry);
/* To an entry that has none; it is told when the lock is not held. Nor does this. */
void sw_health_join(sw_health_entry *entry, struct sw_health_attachment *attachment);

/* --- health_net.c: network tests, on the loop of net_loop.h --- */

/* What the config says; the loop is made with the first one. Under no lock. */
seawall_status sw_health_net_create(sw_health_entry *entry, seawall_error *error);
void sw_health_net_destroy(sw_health_entry *entry);
bool sw_health_net_needs_name(const sw_health_entry *entry);
const char *sw_health_net_target(const sw_health_entry *entry);
/* On a worker or a host's thread, under no lock: looks the name up; and then under the lock: begins, or ends, the run. */
void sw_health_net_resolve(sw_health_entry *entry);
void sw_health_net_resolved(sw_health_entry *entry, seawall_time now, sw_health_entry **graves);
/* Under the lock: ON_NET from now on. */
void sw_health_net_begin(sw_health_entry *entry, seawall_time now);
/* Under the lock: whether the run was called off, so that its end is not told. */
bool sw_health_net_cancel(sw_health_entry *entry);
/* Under no lock: the loop, made if there is none. */
seawall_status sw_health_net_need(seawall_health *health, seawall_error *error);
/* Under no lock, by whoever drives: the loop's own thread, if there is anything for it to do. */
void sw_health_net_start(seawall_health *health);
void sw_health_net_stop(seawall_health *health);
/* For a host. */
void sw_health_net_turn(seawall_health *health, seawall_time now);
seawall_time sw_health_net_next(seawall_health *health);
seawall_status sw_health_net_descriptor(seawall_health *health, int32_t *descriptor);
void sw_health_net_ring(seawall_health *health);
void sw_health_net_close(seawall_health *health);

#endif
