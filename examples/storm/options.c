#define _GNU_SOURCE /* so that -std=c11 hides no function of the system */
#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "plan.h"

#define REPORT_NAME "storm-report.html"

/* Beside the program, that is in the build directory: a demonstration leaves nothing in its user's way. */
static char program_side[PATH_MAX] = REPORT_NAME;

static const struct options defaults = {.seconds = 25, .seed = 1, .report = program_side};

static void find_program_side(void)
{
    ssize_t length = readlink("/proc/self/exe", program_side, sizeof program_side - sizeof REPORT_NAME);
    char *slash;

    program_side[length < 0 ? 0 : length] = '\0';
    slash = strrchr(program_side, '/');
    strcpy(slash ? slash + 1 : program_side, REPORT_NAME);
}

static void print_help(void)
{
    printf("usage: storm [options]\n"
           "\n"
           "Two libcurl clients, one naked and one guarded by Seawall, through the same outage of a real HTTP upstream.\n"
           "\n"
           "  --seconds N    length of the run, %d to %d (default %g)\n"
           "  --seed N       of the arrivals (default %" PRIu64 ")\n"
           "  --report PATH  where the HTML report goes; default:\n"
           "                 %s\n"
           "  --svg PATH     write the report's picture by itself as well\n"
           "  --loop         the guarded client on one thread, instead of a thread for each call\n"
           "  --help         this text\n"
           "\n"
           "Exit code: 0 if the guarded client did better where it must: at most half the requests to the sick\n"
           "upstream, three quarters of the p99 during the outage, recovered half a second sooner. 1 if it did not, or\n"
           "if the run failed; 2 for a bad command line.\n",
           PLAN_SECONDS_MIN, PLAN_SECONDS_MAX, defaults.seconds, defaults.seed, defaults.report);
}

static bool read_seconds(const char *text, double *seconds)
{
    char *end;
    double value = strtod(text, &end);

    if (end == text || *end != '\0' || !(value >= PLAN_SECONDS_MIN && value <= PLAN_SECONDS_MAX)) {
        fprintf(stderr, "storm: --seconds: '%s' is not between %d and %d\n", text, PLAN_SECONDS_MIN, PLAN_SECONDS_MAX);
        return false;
    }
    *seconds = value;
    return true;
}

static bool read_seed(const char *text, uint64_t *seed)
{
    char *end;
    uint64_t value;

    errno = 0;
    value = strtoull(text, &end, 10);
    if (*text < '0' || *text > '9' || *end != '\0' || errno != 0) {
        fprintf(stderr, "storm: --seed: '%s' is not a number from 0 to 2^64 - 1\n", text);
        return false;
    }
    *seed = value;
    return true;
}

bool options_read(struct options *options, int argc, char **argv, int *code)
{
    static const struct option names[] = {
        {"seconds", required_argument, NULL, 't'}, {"seed", required_argument, NULL, 's'},
        {"report", required_argument, NULL, 'r'},  {"svg", required_argument, NULL, 'p'},
        {"loop", no_argument, NULL, 'l'},          {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    bool good = true;
    int name;

    find_program_side();
    *options = defaults;
    *code = 2;
    while (good && (name = getopt_long(argc, argv, "h", names, NULL)) != -1) {
        switch (name) {
        case 't':
            good = read_seconds(optarg, &options->seconds);
            break;
        case 's':
            good = read_seed(optarg, &options->seed);
            break;
        case 'r':
            options->report = optarg;
            break;
        case 'p':
            options->svg = optarg;
            break;
        case 'l':
            options->loop = true;
            break;
        case 'h':
            print_help();
            *code = 0;
            return false;
        default: /* getopt_long has said why */
            good = false;
        }
    }
    if (good && optind < argc) {
        fprintf(stderr, "storm: what is '%s'? See --help\n", argv[optind]);
        good = false;
    }
    return good;
}
