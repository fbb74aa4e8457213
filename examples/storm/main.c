/*
 * Seawall in a storm: two clients offer the same load to the same upstream through the same outage. One is naked, one is
 * guarded by Seawall. The program shows both, writes a report, and fails if the guarded one did not do better.
 */
#define _GNU_SOURCE /* so that -std=c11 hides no function of the system */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "options.h"
#include "processes.h"
#include "report.h"
#include "screen.h"
#include "table.h"

static volatile sig_atomic_t interrupted;

static void note_interrupt(int number)
{
    interrupted = number;
}

/* Sleeps, watches and changes the weather, until both clients are done. false if it was called off. */
static bool conduct(struct processes *processes, const struct plan *plan, struct record *record, struct screen *screen)
{
    int64_t start = atomic_load(&record->start);
    int64_t kill_at = plan->weather.spells[WEATHER_DOWN].begin, restart_at = plan->weather.spells[WEATHER_BACK].begin;
    int64_t look_at = 0;

    while (!interrupted && processes_run(processes)) {
        int64_t now = record_now(record);
        int64_t next;

        if (now >= kill_at) {
            processes_kill_upstreams(processes);
            kill_at = INT64_MAX;
        }
        if (now >= restart_at) {
            if (processes_restart_upstreams(processes) != 0)
                return false;
            restart_at = INT64_MAX;
        }
        if (now >= look_at) {
            screen_show(screen, now);
            look_at = now - now % screen_period(screen) + screen_period(screen);
        }
        /* Looks at least this often whether the clients have ended. */
        next = now + MILLISECONDS(100);
        next = look_at < next ? look_at : next;
        next = kill_at < next ? kill_at : next;
        next = restart_at < next ? restart_at : next;
        clock_sleep_until(start + next);
    }
    return !interrupted && !processes->failed;
}

static int finish(const struct options *options, const struct plan *plan, const struct record *record)
{
    struct result result;

    if (figures_result(plan, record, &result) != 0) {
        fprintf(stderr, "storm: no memory\n");
        return 1;
    }
    table_print(stdout, plan, &result);
    if (report_write(options->report, plan, record, &result) != 0) {
        fprintf(stderr, "storm: %s: %s\n", options->report, strerror(errno));
        return 1;
    }
    printf("report: %s\n", options->report);
    if (options->svg && report_write_svg(options->svg, plan, record, &result) != 0) {
        fprintf(stderr, "storm: %s: %s\n", options->svg, strerror(errno));
        return 1;
    }
    return result_passes(&result) ? 0 : 1;
}

int main(int argc, char **argv)
{
    struct options options;
    struct plan plan;
    struct record *record;
    struct processes processes;
    struct screen screen;
    struct sigaction action = {.sa_handler = note_interrupt};
    bool done;
    int code;

    if (!options_read(&options, argc, argv, &code))
        return code;
    record = record_create();
    if (!record || plan_init(&plan, options.seconds, options.seed) != 0) {
        fprintf(stderr, "storm: no memory\n");
        return 1;
    }
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    if (processes_start(&processes, &plan, record, options.loop) != 0)
        return 1;
    screen_begin(&screen, &plan, record);
    done = conduct(&processes, &plan, record, &screen);
    screen_end(&screen);
    processes_stop(&processes);
    code = done ? finish(&options, &plan, record) : 1;
    plan_fini(&plan);
    return interrupted ? 128 + interrupted : code;
}
