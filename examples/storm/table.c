#include "table.h"

#include <inttypes.h>
#include <math.h>

const char *const table_notes[] = {
    "naked: libcurl and a loop: up to 3 attempts of 400 ms each, 100 ms apart, whatever went wrong; it looks at no"
    " Retry-After.",
    "guarded: the same libcurl request under timeout 1 s > retry (3 attempts, jittered backoff, Retry-After) >"
    " breaker (5 failures in a row, 0.5 s) > attempt timeout 400 ms. A timeout is not retried.",
    "Both get the same 160 calls a second, at the same random instants, whether or not earlier ones have ended, on"
    " 256 threads in a process each. Latency counts from the instant a call was due until its caller knew, answer"
    " or error.",
    "Each has an upstream of its own, so that the load of one cannot slow the other: the same program, the same"
    " weather at the same moment, 8 workers at 30 ms (266 requests a second) behind a queue of 256; 200 ms for what"
    " is not in its cache.",
    "Like most servers, the upstream works off requests whose callers have given up. Killed and started anew, its"
    " cache is cold.",
    "Three attempts for each of 160 calls are 480 a second, more than the 266 that the upstream can serve: a client"
    " that retries so can keep its upstream down long after the weather has cleared. One that never retries cannot,"
    " but hands each blip on to its user.",
    NULL,
};

static struct table_row *add(struct table_row *rows, int *count, const char *label, const bool *better)
{
    rows[*count].label = label;
    rows[*count].better = better;
    return &rows[(*count)++];
}

static void write_recovery(char *text, const struct result *result, enum side_name side)
{
    double recovery = result->sides[side].recovery;
    char number[FORMAT_SIZE];

    if (isnan(recovery))
        snprintf(text, 2 * FORMAT_SIZE, "not in %.1f s", result->watched);
    else
        snprintf(text, 2 * FORMAT_SIZE, "%s", format_seconds(number, recovery));
}

int table_rows(const struct result *result, struct table_row rows[TABLE_ROWS])
{
    int count = 0;
    struct table_row *calls = add(rows, &count, "calls", NULL);
    struct table_row *success = add(rows, &count, "success", NULL);
    struct table_row *refused = add(rows, &count, "refused by the breaker", NULL);
    struct table_row *p50 = add(rows, &count, "p50", NULL);
    struct table_row *p99 = add(rows, &count, "p99", NULL);
    struct table_row *outage_p50 = add(rows, &count, "p50 during the outage", NULL);
    struct table_row *outage_p99 = add(rows, &count, "p99 during the outage", &result->faster_in_outage);
    struct table_row *sick = add(rows, &count, "requests that hit the sick upstream", &result->fewer_requests);
    struct table_row *attempts = add(rows, &count, "attempts, refused connects included", NULL);
    struct table_row *recovery = add(rows, &count, "time to recover", &result->sooner_recovered);

    for (int i = 0; i < SIDES; i++) {
        const struct side_result *side = &result->sides[i];

        format_count(calls->values[i], side->all.calls);
        format_share(success->values[i], side->all.success);
        format_count(refused->values[i], side->all.refused);
        format_seconds(p50->values[i], side->all.p50);
        format_seconds(p99->values[i], side->all.p99);
        format_seconds(outage_p50->values[i], side->outage.p50);
        format_seconds(outage_p99->values[i], side->outage.p99);
        format_count(sick->values[i], side->received_sick);
        format_count(attempts->values[i], side->attempts_sick);
        write_recovery(recovery->values[i], result, (enum side_name)i);
    }
    return count;
}

/* Wrapped at 79 columns, with what follows indented. */
static void print_note(FILE *out, const char *note)
{
    int column = fprintf(out, " ");

    while (*note) {
        int length = 0;

        while (note[length] && note[length] != ' ')
            length++;
        if (column + 1 + length > 79)
            column = fprintf(out, "\n   ") - 1;
        column += fprintf(out, " %.*s", length, note);
        note += length + (note[length] == ' ');
    }
    fprintf(out, "\n");
}

void table_print(FILE *out, const struct plan *plan, const struct result *result)
{
    struct table_row rows[TABLE_ROWS];
    int count = table_rows(result, rows);

    fprintf(out, "\n");
    for (int i = 0; table_notes[i]; i++)
        print_note(out, table_notes[i]);
    fprintf(out, "\n%-38s %14s %14s\n", "", "naked", "guarded");
    for (int i = 0; i < count; i++) {
        const char *verdict = !rows[i].better ? "" : *rows[i].better ? "  better" : "  NOT BETTER";

        fprintf(out, "%-38s %14s %14s%s\n", rows[i].label, rows[i].values[SIDE_NAKED],
                rows[i].values[SIDE_GUARDED], verdict);
    }
    fprintf(out, "\nseed %" PRIu64 ": the guarded client %s where it must.\n", plan->seed,
            result_passes(result) ? "did better" : "did NOT do better");
}
