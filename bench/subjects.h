/*
 * What is measured: objects in the state that a measurement wants, and loops over one operation each. Used by the
 * programs of this room and by tests/cost, so that "one operation" means the same in both.
 */
#ifndef BENCH_SUBJECTS_H
#define BENCH_SUBJECTS_H

#include <semaphore.h>

#include <seawall/seawall.h>

typedef struct subjects {
    seawall_time now;        /* what the _at forms are told */
    seawall_breaker *closed; /* fails often without ever opening */
    seawall_breaker *open;   /* for the next hour */
    seawall_breaker *by_count, *by_time; /* the same, with windows */
    seawall_breaker *timing;             /* and one that times its calls, all of them quick */
    seawall_retry *retry;
    seawall_timeout *timeout;
    seawall_bulkhead *bulkhead;      /* nobody waits */
    seawall_bulkhead *full_bulkhead; /* and lets nobody wait */
    seawall_pipeline *bulkheaded;    /* the first of them alone */
    seawall_wheel *wheel;
    seawall_timer pending;           /* in the wheel */
    seawall_time moved_to;           /* where a re-arming moved it last */
    seawall_timers *timers;          /* nobody drives it */
    seawall_limiter *plenty;         /* grants whenever it is asked */
    seawall_limiter *timed;          /* the same, asked by the _at form alone */
    seawall_limiter *used_up;        /* for a day */
    seawall_time limiter_now;        /* what `timed` is told */
    seawall_cancel *cancel;          /* nobody cancels it */
    seawall_pool *busy_pool;         /* its only worker is held by one job; no level has a limit */
    bool holding;
    sem_t held, let_go;
    seawall_pool *chain_pool;        /* each job on its only worker submits the next one; every default */
    seawall_pool *plain_pool;        /* the same, but no level has a limit */
    seawall_pool *chain_on;          /* which of both */
    uint64_t links;                  /* that are still to come */
    void (*chain_edge)(bool begins); /* called on the worker in its first and its last job; or NULL */
    sem_t chain_ended;
    seawall_policy policy[3];    /* retry > breaker > one that only passes on */
    seawall_pipeline *none;      /* no policy */
    seawall_pipeline *three;     /* the policies above */
    seawall_pipeline *four;      /* a timeout around them: reads the clock */
    seawall_pipeline *refusing;  /* retry > the open breaker */
    seawall_pipeline *one;       /* retry */
    seawall_pipeline *five;      /* retry > breaker > bulkhead > two that only pass on */
    /* The same with the open breaker; the first of it alone. */
    seawall_pipeline *one_refusing, *three_refusing, *five_refusing;
    seawall_pipeline *borrowing; /* lends its turn to subject_adapters */
    uint64_t borrowed_count;
    seawall_execution *idle;      /* of `three`; drained */
    seawall_execution *under_way; /* of `three`; waits for its attempt */
    uint64_t under_way_id;
    uint64_t wrong; /* answers that were not what the measurement wants: must stay 0 */
    _Alignas(SEAWALL_EXECUTION_ALIGNMENT) unsigned char storage[2][SEAWALL_EXECUTION_SIZE_MAX];
} subjects;

/* `platform` NULL: the default. Says on stderr what failed. */
seawall_status subjects_create(subjects *s, const seawall_platform *platform);
void subjects_destroy(subjects *s);
/* Parts of them. */
seawall_status subjects_create_bulkheads(subjects *s, const seawall_platform *platform, seawall_error *error);
void subjects_destroy_bulkheads(subjects *s);
seawall_status subjects_create_limiters(subjects *s, const seawall_platform *platform, seawall_error *error);
void subjects_destroy_limiters(subjects *s);
seawall_status subjects_create_timers(subjects *s, const seawall_platform *platform, seawall_error *error);
void subjects_destroy_timers(subjects *s);
seawall_status subjects_create_chains(subjects *s, const seawall_platform *platform, seawall_error *error);
void subjects_destroy_chains(subjects *s);
seawall_status subjects_create_cancel(subjects *s, const seawall_platform *platform, seawall_error *error);
void subjects_destroy_cancel(subjects *s);
seawall_status subjects_create_pools(subjects *s, const seawall_platform *platform, seawall_error *error);
void subjects_destroy_pools(subjects *s);
seawall_status subjects_create_rates(subjects *s, const seawall_platform *platform, seawall_error *error);
void subjects_destroy_rates(subjects *s);

/* Each does `count` operations; `state` is the subjects. The breaker's and the retry's may run on several threads at once. */
void subject_breaker_success(void *state, uint64_t count);
void subject_breaker_success_at(void *state, uint64_t count);
void subject_breaker_1_percent(void *state, uint64_t count); /* every hundredth call fails */
void subject_breaker_10_percent(void *state, uint64_t count);
void subject_breaker_refusal(void *state, uint64_t count);
void subject_breaker_refusal_at(void *state, uint64_t count);
void subject_breaker_snapshot(void *state, uint64_t count);
void subject_breaker_snapshot_at(void *state, uint64_t count);
void subject_rates_count(void *state, uint64_t count); /* a success; several threads too, like the next ones */
void subject_rates_count_at(void *state, uint64_t count);
void subject_rates_count_1_percent(void *state, uint64_t count);
void subject_rates_count_10_percent(void *state, uint64_t count);
void subject_rates_time(void *state, uint64_t count);
void subject_rates_time_at(void *state, uint64_t count);
void subject_rates_time_1_percent(void *state, uint64_t count);
void subject_rates_time_10_percent(void *state, uint64_t count);
void subject_rates_slow(void *state, uint64_t count); /* timed, and not slow */
void subject_rates_slow_at(void *state, uint64_t count);
void subject_retry_success_at(void *state, uint64_t count);
void subject_bulkhead(void *state, uint64_t count); /* a permit taken and given back; several threads too */
void subject_bulkhead_until(void *state, uint64_t count);
void subject_bulkhead_refusal(void *state, uint64_t count);
void subject_bulkhead_snapshot(void *state, uint64_t count);
void subject_call_bulkhead(void *state, uint64_t count);
void subject_wheel_arm(void *state, uint64_t count); /* and a cancelling apart from it */
void subject_wheel_arm_cancel(void *state, uint64_t count);
void subject_wheel_rearm(void *state, uint64_t count);        /* further out */
void subject_timers_arm_cancel(void *state, uint64_t count); /* several threads too */
void subject_timers_rearm(void *state, uint64_t count);
void subject_limiter(void *state, uint64_t count); /* several threads too */
void subject_limiter_at(void *state, uint64_t count);
void subject_limiter_refusal(void *state, uint64_t count);
void subject_limiter_refusal_at(void *state, uint64_t count);
void subject_cancel_asked(void *state, uint64_t count);     /* several threads too */
void subject_cancel_hook(void *state, uint64_t count);      /* added and taken out */
void subject_cancel_call(void *state, uint64_t count);      /* call_three under a token */
void subject_cancel_call_hook(void *state, uint64_t count); /* and its operation adds a hook */
void subject_pool_submit(void *state, uint64_t count); /* while the worker is busy; and called off */
void subject_pool_job(void *state, uint64_t count);    /* submitted by the one before it, taken, run and ended */
void subject_pool_plain_job(void *state, uint64_t count); /* the same, where no level has a limit */
void subject_call_none(void *state, uint64_t count);
void subject_call_three(void *state, uint64_t count);
void subject_call_three_report(void *state, uint64_t count);
void subject_call_four(void *state, uint64_t count);
void subject_call_refused(void *state, uint64_t count);
void subject_call_one(void *state, uint64_t count);
void subject_call_five(void *state, uint64_t count);
void subject_call_one_refused(void *state, uint64_t count);
void subject_call_three_refused(void *state, uint64_t count);
void subject_call_five_refused(void *state, uint64_t count);
/* The verbs of the three policies called in a row by hand, around the same operation: no machine. */
void subject_adapters(void *state, uint64_t count);
/* begin, START, report, FINISHED, DRAINED: five calls of the machine around three policies. */
void subject_execution_run(void *state, uint64_t count);
/* One look at an execution that waits. */
void subject_execution_wait(void *state, uint64_t count);

#endif
