/* The plain breaker: no words, no leases, only what the documentation says. */
#ifndef SEAWALL_TEST_BREAKER_PLAIN_H
#define SEAWALL_TEST_BREAKER_PLAIN_H

#include <seawall/seawall.h>

#define TICK ((seawall_duration)1 << 20)
#define PERMITS 24
#define KEPT 1000

typedef struct held {
    seawall_permit permit;
    bool out;             /* the test has it */
    bool probe;
    bool counted_out;     /* a probe whose lease has ended or that was reported through a copy */
    bool timed;           /* by the rules as they were when it was given */
    uint64_t epoch;
    seawall_time expires, began;
} held;

/* What the rates are taken over: every outcome by itself. */
typedef struct plain_window {
    struct {
        uint64_t step; /* of time, if the window is by time */
        bool failed, slow;
    } kept[KEPT];
    int32_t count, silent; /* successes that nobody knows the time of yet */
    seawall_time start;
    uint64_t elapsed; /* since then, when somebody last knew the time */
} plain_window;

typedef struct model {
    seawall_breaker_config config; /* without SEAWALL_AUTO */
    int32_t places; /* probes at a time, of which a round may allow fewer */
    seawall_time base, now, since, deadline;
    bool for_good;
    seawall_breaker_state state;
    uint64_t epoch;
    int32_t streak, issued, successes, failures;
    bool tripped; /* it has opened since it was made or reset */
    bool by_probes; /* it was half-open before it closed */
    int32_t row;  /* openings in a row before the last one; 0 if that was forced */
    seawall_breaker_snapshot total; /* counters and last trip */
    plain_window window;
    bool watch; /* a success may complete the minimum */
    held permits[PERMITS];
    held *lost[PERMITS]; /* probes are remembered beyond their loss */
} model;

seawall_time plain_round_up(const model *m, seawall_time t);
/* How long an opening with so many before it in a row lasts. */
seawall_duration plain_lasts(const model *m, int32_t row);
/* Whether this permit is a probe whose lease goes on. */
bool plain_runs(const model *m, const held *h);

/* Orders: a state, or an opening. */
void plain_enter(model *m, seawall_breaker_state state);
void plain_open(model *m, seawall_breaker_state state, seawall_breaker_rule rule, int32_t value, int32_t limit);
void plain_reset(model *m);

/* Other rules from here on; what is due is done by them. */
void plain_reconfigure(model *m, const seawall_breaker_config *config);

/* The window begins now. */
void plain_begin_window(model *m);
/* Somebody looks at the window. */
void plain_look(model *m);
/* Ends a half-open round whose time is over, as of then. */
void plain_run_over(model *m);
/* Does what is due; answers when something will be. */
seawall_time plain_attend(model *m);
seawall_status plain_acquire(model *m, held *h, seawall_duration *wait);
seawall_status plain_report(model *m, held *h, seawall_fault fault);
void plain_snapshot(model *m, seawall_breaker_snapshot *s);

#endif
