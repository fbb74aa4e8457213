/* A registry with events, and what was heard of them as a line of text. */
#ifndef SEAWALL_TEST_EVENT_LOG_H
#define SEAWALL_TEST_EVENT_LOG_H

#include "registry_room.h"

extern room r;
extern char log_text[4096]; /* "1:circuit_breaker/a made 2:keyed/t:key 0>3" */

void begin(int32_t capacity);
/* A listener that writes it down. */
void note(const seawall_registry_event *event, void *user);
/* Takes all there are, into a new line. Answers how many were dropped. */
int64_t poll_all(void);
seawall_breaker *breaker_of(const char *name);
seawall_fault failing(seawall_attempt *attempt, void *arg);

#endif
