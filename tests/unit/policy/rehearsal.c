/* A guarded call rehearsed. */
#include "rehearsal.h"

#include <check.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static seawall_time clock_now(void *user)
{
    rehearsal *r = user;

    r->clock_reads++;
    return r->now;
}

static void clock_park(const uint32_t *word, uint32_t expected, seawall_time until, void *user)
{
    rehearsal *r = user;

    if (*word != expected)
        return;
    ck_assert_msg(until != SEAWALL_FOREVER, "nobody would ever wake this caller: %s", r->log);
    r->now = until > r->now ? until : r->now;
}

static void clock_wake(const uint32_t *word, void *user)
{
    (void)word;
    (void)user;
}

static uint64_t draw(void *user)
{
    rehearsal *r = user;

    r->draws++;
    return r->random;
}

static void *allocate(size_t size, size_t alignment, void *user)
{
    rehearsal *r = user;

    r->allocated++;
    return aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
}

static void release(void *memory, size_t size, void *user)
{
    rehearsal *r = user;

    (void)size;
    r->allocated--;
    free(memory);
}

void rehearsal_init(rehearsal *r)
{
    *r = (rehearsal){.platform = {.size = sizeof(seawall_platform), .now = clock_now, .park = clock_park, .wake = clock_wake,
                                  .random = draw, .allocate = allocate, .release = release}};
    r->platform.clock_user = r;
    r->platform.random_user = r;
    r->platform.memory_user = r;
}

void rehearsal_note(rehearsal *r, const char *format, ...)
{
    va_list arguments;
    int written;

    va_start(arguments, format);
    if (r->length > 0)
        r->log[r->length++] = ' ';
    written = vsnprintf(r->log + r->length, sizeof(r->log) - r->length, format, arguments);
    va_end(arguments);
    ck_assert(written >= 0 && (size_t)written < sizeof(r->log) - r->length - 1);
    r->length += (size_t)written;
}

/* Milliseconds, with what is left over behind a point. */
static const char *ms(char text[48], int64_t t)
{
    if (t % MS(1) == 0)
        (void)snprintf(text, 48, "%" PRId64, t / MS(1));
    else
        (void)snprintf(text, 48, "%" PRId64 ".%06" PRId64, t / MS(1), t % MS(1));
    return text;
}

static void note_event(const seawall_event *event, void *user)
{
    rehearsal *r = user;
    char text[48];

    switch (event->kind) {
    case SEAWALL_EVENT_RETRY_SCHEDULED:
        rehearsal_note(r, "scheduled(%s,%s)", ms(text, event->delay), seawall_fault_name(event->fault));
        break;
    case SEAWALL_EVENT_RETRY_GAVE_UP:
        rehearsal_note(r, "gave_up(%s,%s)", seawall_fault_name(event->fault), seawall_reason_name(event->reason));
        break;
    case SEAWALL_EVENT_TIMED_OUT:
        rehearsal_note(r, "timed_out(%d,%s)", (int)event->policy, ms(text, event->now));
        break;
    default:
        rehearsal_note(r, "%s(%d)", seawall_event_name(event->kind), (int)event->policy);
        break;
    }
}

seawall_pipeline *rehearsal_pipeline(rehearsal *r, const seawall_policy *const *policies, int32_t count)
{
    seawall_pipeline_config config = SEAWALL_PIPELINE_CONFIG_INIT;
    seawall_pipeline *pipeline = NULL;
    seawall_error error = {0};

    config.listener = note_event;
    config.listener_user = r;
    ck_assert_msg(seawall_pipeline_create(&config, policies, count, &r->platform, &pipeline, &error) == SEAWALL_OK, "%s",
                  error.message);
    return pipeline;
}

static seawall_fault perform(seawall_attempt *attempt, void *user)
{
    rehearsal *r = user;
    int32_t number = seawall_attempt_number(attempt);
    const rehearsal_attempt *line = &r->script[number <= r->lines ? number - 1 : r->lines - 1];
    seawall_time stop = seawall_time_add(seawall_attempt_deadline(attempt), MS(1));
    char text[48];

    if (seawall_attempt_alternative(attempt) != 0)
        rehearsal_note(r, "%d@%s/%d", (int)number, ms(text, r->now), (int)seawall_attempt_alternative(attempt));
    else
        rehearsal_note(r, "%d@%s", (int)number, ms(text, r->now));
    seawall_attempt_set_code(attempt, number);
    if (!line->deaf && seawall_time_add(r->now, line->lasts) > stop) {
        r->now = stop;
        return SEAWALL_FAULT_TIMEOUT;
    }
    r->now += line->lasts;
    seawall_attempt_set_retry_after(attempt, line->retry_after);
    return line->fault;
}

void rehearsal_note_report(rehearsal *r, const seawall_report *report)
{
    char text[48];

    rehearsal_note(r, "= %s", seawall_status_name(report->status));
    if (report->fault != SEAWALL_FAULT_NONE)
        rehearsal_note(r, "%s", seawall_fault_name(report->fault));
    if (report->reason != SEAWALL_REASON_NONE)
        rehearsal_note(r, "for %s", seawall_reason_name(report->reason));
    rehearsal_note(r, "@%s x%d", ms(text, r->now), (int)report->attempts);
    if (report->policy >= 0)
        rehearsal_note(r, "by %d", (int)report->policy);
    if (report->first_fault != SEAWALL_FAULT_NONE)
        rehearsal_note(r, "first %s last %s", seawall_fault_name(report->first_fault), seawall_fault_name(report->last_fault));
}

const char *rehearsal_call(rehearsal *r, const seawall_pipeline *pipeline, seawall_time deadline,
                           const rehearsal_attempt *script, int32_t lines)
{
    seawall_report report = SEAWALL_REPORT_INIT;
    seawall_status status;

    r->now = 0;
    r->length = 0;
    r->log[0] = '\0';
    r->script = script;
    r->lines = lines;
    status = seawall_call_until(pipeline, deadline, perform, r, &report);
    ck_assert_int_eq(status, report.status);
    rehearsal_note_report(r, &report);
    return r->log;
}
