/* Permits and people who want them. */
#ifndef TESTS_PERMITS_FIXTURE_H
#define TESTS_PERMITS_FIXTURE_H

#include "sync/permits.h"

#define T 1000

/* A waiter, and how often it was woken. */
typedef struct person {
    sw_waiter waiter;
    int woken;
    bool holds;
} person;

extern sw_permits permits;

/* Begins with all of them free. */
void begin(int32_t limit, int32_t max_waiting, seawall_duration max_wait);
sw_permits_view view(void);
/* Gives one back and serves. */
void give(seawall_time now);
bool queue(person *p, seawall_time deadline, seawall_time now, sw_permits_refusal *why);
/* Must not be granted or refused. */
void queues(person *p, seawall_time deadline, seawall_time now);
bool granted(person *p);

#endif
