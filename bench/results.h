/* What was measured, and how it is shown. */
#ifndef BENCH_RESULTS_H
#define BENCH_RESULTS_H

#include <stdint.h>

#include "harness.h"

#define BENCH_ROWS_MAX 64

typedef struct bench_spread {
    double median, p10, p90;
} bench_spread;

typedef struct bench_row {
    const char *subject;
    const char *floor;
    bench_spread subject_ns; /* per operation, as one thread sees it */
    bench_spread floor_ns;
    bench_spread ratio;      /* of each pair */
    bench_spread noise;      /* two threads: the same ratio of a loop of clock reads; else 1 */
    bench_spread cleaned;    /* ratio / noise of each pair: what the goal is held against */
    bench_goal goal;
} bench_row;

/* Sorts `values`. */
bench_spread bench_spread_of(double *values, uint32_t count);

void bench_print_head(const char *program);
void bench_print_row(const bench_row *row);

/* 0, or 1 if the file cannot be written. */
int bench_write_json(const char *path, const char *program, const bench_row *rows, uint32_t count);

#endif
