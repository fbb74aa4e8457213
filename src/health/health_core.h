/*
 * Health checks as pure steps: when each is to be run, what its runs come to, and what all of them come to. The time is an
 * argument; nothing here waits, locks or calls anybody.
 */
#ifndef SW_HEALTH_HEALTH_CORE_H
#define SW_HEALTH_HEALTH_CORE_H

#include <seawall/health.h>

/* What a check informs, as bits. */
#define SW_HEALTH_BIT(endpoint) (1 << (endpoint))
#define SW_HEALTH_ENDPOINTS 3

/* A check's settings, with nothing left to derive. */
typedef struct sw_health_rules {
    seawall_duration interval;
    seawall_duration timeout;
    double jitter; /* the largest share of the interval that is taken off */
    int32_t failure_threshold;
    int32_t success_threshold;
    int32_t endpoints; /* bits */
    bool required;
    bool holds; /* a breaker, for as long as it fails */
} sw_health_rules;

/*
 * The rules of a config; what it leaves open comes from the endpoints that it feeds. #SEAWALL_INVALID if its own timeout is
 * above the interval that comes out; a timeout that is derived never is.
 */
seawall_status sw_health_rules_from(const seawall_health_check_config *config,
                                    const seawall_health_endpoint_config endpoints[SW_HEALTH_ENDPOINTS], sw_health_rules *rules,
                                    seawall_error *error);

typedef enum sw_health_phase {
    SW_HEALTH_IDLE,    /* to be run when `due` has come */
    SW_HEALTH_RUNNING, /* until `deadline` */
    SW_HEALTH_STUCK    /* its time is over, but it has not ended: one more failure whenever `due` has come */
} sw_health_phase;

typedef struct sw_health_state {
    sw_health_phase phase;
    seawall_health_status status; /* the verdict */
    seawall_health_status last;   /* what the last run found */
    int32_t passes;               /* in a row up to the last run */
    int32_t fails;
    int64_t runs;
    int64_t failures;
    seawall_time due;
    seawall_time began;
    seawall_time deadline;
    seawall_time since; /* of the verdict */
    seawall_time last_run;
    seawall_time last_ok;
    seawall_duration duration;
} sw_health_state;

void sw_health_begin_life(sw_health_state *state, seawall_duration delay, seawall_time now);

/* When something is to be done about it without anybody's doing; #SEAWALL_FOREVER: never. */
seawall_time sw_health_next(const sw_health_state *state);

/* An idle one is run from now on. `random` decides how much earlier than an interval later it is due again. */
void sw_health_begin(sw_health_state *state, const sw_health_rules *rules, uint64_t random, seawall_time now);

/* Whether a run that ends now ends after its time, and has failed whatever it says. At one instant the end comes first. */
bool sw_health_is_late(const sw_health_state *state, seawall_time now);

/* The run has ended, or whoever was stuck has come back, which says nothing. Answers whether the verdict has changed. */
bool sw_health_end(sw_health_state *state, const sw_health_rules *rules, seawall_health_status status, seawall_time now);

/*
 * The run's time is over: it has failed. If something still `holds` it, the check is stuck and fails again every interval. A
 * stuck check whose time has come fails once more. Answers whether the verdict has changed.
 */
bool sw_health_expire(sw_health_state *state, const sw_health_rules *rules, bool holds, seawall_time now);

/* Where a check's rules become others: what is due stays due, but no later than by the new ones. */
void sw_health_obey(sw_health_state *state, const sw_health_rules *rules);

/* What the checks of one endpoint come to. */
typedef struct sw_health_tally {
    int32_t checks;
    int32_t passing; /* pass or warn */
    int32_t failing;
    int32_t stuck;
    int32_t missing; /* required, and not passing */
    int32_t broken;  /* required, and failing */
    int32_t lowered; /* a warning, or failing although not required */
    int32_t unseen;  /* not required, and not known */
} sw_health_tally;

/* Counts a check in (1) or out (-1) of each endpoint that it feeds. */
void sw_health_count(sw_health_tally tallies[SW_HEALTH_ENDPOINTS], const sw_health_state *state, const sw_health_rules *rules,
                     int32_t by);

/* What all checks come to. */
typedef struct sw_health_sum {
    sw_health_tally tallies[SW_HEALTH_ENDPOINTS];
    bool started;  /* the start is over: once and for ever */
    bool draining; /* likewise */
} sw_health_sum;

/* To be asked after a round of runs: whether the start is over now. */
void sw_health_settle(sw_health_sum *sum);
/* Whether that would end it. */
bool sw_health_ends_start(const sw_health_sum *sum);
seawall_health_status sw_health_grade(const sw_health_sum *sum, seawall_health_endpoint endpoint);

/* Whether the check needs no more runs: it informs the start alone, which is over, and holds nothing. */
bool sw_health_rests(const sw_health_sum *sum, const sw_health_rules *rules);

/* 200 or 503. */
int32_t sw_health_http(seawall_health_status grade);

/* --- a heap of checks, the next one first --- */

typedef struct sw_health_place {
    seawall_time at;
    uint32_t index; /* in the heap, kept by it */
} sw_health_place;

typedef struct sw_health_heap {
    sw_health_place **places; /* room for as many as there are checks */
    uint32_t count;
} sw_health_heap;

void sw_health_heap_add(sw_health_heap *heap, sw_health_place *place, seawall_time at);
void sw_health_heap_move(sw_health_heap *heap, sw_health_place *place, seawall_time at);
void sw_health_heap_remove(sw_health_heap *heap, sw_health_place *place);

#endif
