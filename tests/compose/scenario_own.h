/* What a row of the scenario table calls its own: a policy, a retry's predicates, a function that stands in. */
#ifndef SEAWALL_TEST_SCENARIO_OWN_H
#define SEAWALL_TEST_SCENARIO_OWN_H

#include <seawall/seawall.h>

/* "own name wait=5ms limit=50ms refuse=full hint=10ms times=2 tell=yes": each setting may be left out. */
typedef struct scenario_own {
    seawall_duration wait;   /* each run waits so long before it is let in */
    seawall_duration limit;  /* what is inside has so long, and nobody cuts it */
    seawall_status refuse;   /* the first `times` runs are refused with this */
    seawall_duration hint;   /* "not before" of the refusal */
    int32_t times;
    bool tells;              /* an event of its own for every run that has ended */
    seawall_fault stands_in; /* a fallback's function answers this */
    int64_t code;            /* and this */
} scenario_own;

/* Sets one of them. False: there is no such setting. */
bool scenario_own_set(scenario_own *own, const char *key, const char *value);
void scenario_own_policy(scenario_own *own, const char *name, seawall_policy *policy);
seawall_fault scenario_own_function(const seawall_outcome *outcome, int64_t *code, void *arg, void *user);

/* "stop", "repeat", "nonsense" (a verdict that does not exist), "slow" (repeats what has the code 503 and nothing else). */
seawall_retry_predicate_fn scenario_own_predicate(const char *name);

#endif
