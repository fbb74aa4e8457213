/*
 * A guarded call rehearsed: the clock is a number that moves only where somebody works or sleeps, attempts follow a script,
 * and all that happens is written down as one line, times in milliseconds:
 *
 *   1@0 scheduled(100,service_unavailable) 2@100 = ok @100 x2 first service_unavailable last service_unavailable
 *
 * An attempt of an alternative is "3@100/1".
 */
#ifndef SEAWALL_TEST_REHEARSAL_H
#define SEAWALL_TEST_REHEARSAL_H

#include <seawall/seawall.h>

#define MS(n) SEAWALL_MILLISECONDS(n)

/* An attempt works until it is done, or until 1 ms past its deadline, where it gives up with a timeout. */
typedef struct rehearsal_attempt {
    seawall_fault fault;
    seawall_duration lasts;
    seawall_duration retry_after;
    bool deaf; /* to its deadline */
} rehearsal_attempt;

typedef struct rehearsal {
    seawall_platform platform;
    seawall_time now;
    uint64_t random; /* what every draw gives */
    int clock_reads;
    int draws;
    int allocated; /* pieces of memory in use */
    const rehearsal_attempt *script; /* after its end, the last line again */
    int32_t lines;
    size_t length;
    char log[2048];
} rehearsal;

void rehearsal_init(rehearsal *r);

/* A pipeline of these policies, outermost first, whose listener writes the log. */
seawall_pipeline *rehearsal_pipeline(rehearsal *r, const seawall_policy *const *policies, int32_t count);

/* One seawall_call_until from time 0. The log belongs to `r`. */
const char *rehearsal_call(rehearsal *r, const seawall_pipeline *pipeline, seawall_time deadline,
                           const rehearsal_attempt *script, int32_t lines);

/* "name(1,2)" and so on, for policies of a test's own. */
__attribute__((format(printf, 2, 3))) void rehearsal_note(rehearsal *r, const char *format, ...);
/* The end of the line. */
void rehearsal_note_report(rehearsal *r, const seawall_report *report);

#endif
