/*
 * Measuring by paired batches. A row times a subject and what it is compared with (a floor, a rival, or itself on one
 * thread) in turn, batch by batch in the same process, and takes the ratio of each pair: what disturbs the machine
 * disturbs both. Goals are printed as met or missed and never change the exit code.
 */
#ifndef BENCH_HARNESS_H
#define BENCH_HARNESS_H

#include <stdint.h>

/* Does `count` operations. */
typedef void (*bench_loop)(void *state, uint64_t count);

typedef struct bench_side {
    const char *name;
    bench_loop loop;
    void *state;
} bench_side;

/* Upper bounds; 0: none. */
typedef struct bench_goal {
    double ratio;
    double ns;
} bench_goal;

#define BENCH_NO_GOAL ((bench_goal){0, 0})

/* Reads `--json FILE` (default: bench-<program>.json) and `--batches N`. 0, or 2 for bad arguments. */
int bench_open(int argc, char **argv, const char *program);

/* Subject against floor, on one thread. */
void bench_pair(bench_side subject, bench_side floor, bench_goal goal);

/* The same for what cannot go on for ever: `undo` takes back what a batch of either has done, and is not timed. */
typedef void (*bench_undo)(void *state);
void bench_pair_undone(bench_side subject, bench_side floor, bench_undo undo);

/*
 * Subject on two threads at once, each on a CPU of its own, against the subject on one. The goal's ratio is held against
 * that ratio divided by the same ratio of a loop of clock reads, which share nothing. Skipped, saying so, on one CPU.
 */
void bench_threads(bench_side subject, bench_goal goal);

/* The same on four threads that share two CPUs, in time of the CPU, as nobody can tell what the others take of the clock's. */
void bench_crowd(bench_side subject);

/*
 * Writes the JSON file. 0, or 1 if that failed, or if `wrong` answers were not what was to be measured: then the figures are
 * worthless, and stderr says so.
 */
int bench_close(uint64_t wrong);

#endif
