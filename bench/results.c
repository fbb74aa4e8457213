#include "results.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;

    return (x > y) - (x < y);
}

bench_spread bench_spread_of(double *values, uint32_t count)
{
    qsort(values, count, sizeof(*values), ascending);
    return (bench_spread){values[count / 2], values[count / 10], values[count - 1 - count / 10]};
}

static const char *verdict(const bench_row *row)
{
    if (row->goal.ratio <= 0 && row->goal.ns <= 0)
        return "";
    if (row->goal.ratio > 0 && row->cleaned.median > row->goal.ratio)
        return "missed";
    if (row->goal.ns > 0 && row->subject_ns.median > row->goal.ns)
        return "missed";
    return "met";
}

static void goal_text(const bench_row *row, char *text, size_t size)
{
    int used = 0;

    text[0] = '\0';
    if (row->goal.ratio > 0)
        used = snprintf(text, size, "<= %.2f", row->goal.ratio);
    if (row->goal.ns > 0)
        (void)snprintf(text + used, size - (size_t)used, "%s<= %.0f ns", used > 0 ? ", " : "", row->goal.ns);
}

void bench_print_head(const char *program)
{
    printf("%s: ns per operation and ratio to what it is compared with, median [p10 p90]\n\n", program);
    printf("%-52s %-44s %22s %22s  %-20s %-18s %s\n", "subject", "compared with", "subject ns", "compared ns", "ratio", "goal",
           "");
}

static void print_spread(const bench_spread *spread)
{
    printf(" %7.2f [%5.2f %6.2f]", spread->median, spread->p10, spread->p90);
}

void bench_print_row(const bench_row *row)
{
    char goal[48];

    goal_text(row, goal, sizeof(goal));
    printf("%-52s %-44s", row->subject, row->floor);
    print_spread(&row->subject_ns);
    print_spread(&row->floor_ns);
    printf("  %5.2f [%4.2f %5.2f]   %-18s %s", row->ratio.median, row->ratio.p10, row->ratio.p90, goal, verdict(row));
    if (row->noise.median != 1)
        printf("  (clock reads %.2f, so %.2f)", row->noise.median, row->cleaned.median);
    printf("\n");
    (void)fflush(stdout);
}

static void write_spread(FILE *file, const char *key, const bench_spread *spread)
{
    (void)fprintf(file, ", \"%s\": {\"median\": %.4f, \"p10\": %.4f, \"p90\": %.4f}", key, spread->median, spread->p10,
                  spread->p90);
}

int bench_write_json(const char *path, const char *program, const bench_row *rows, uint32_t count)
{
    FILE *file = fopen(path, "w");
    uint32_t i;
    int bad;

    if (file == NULL) {
        (void)fprintf(stderr, "%s: %s\n", path, strerror(errno));
        return 1;
    }
    (void)fprintf(file, "{\"program\": \"%s\", \"rows\": [", program);
    for (i = 0; i < count; i++) {
        const bench_row *row = &rows[i];

        (void)fprintf(file, "%s\n  {\"subject\": \"%s\", \"compared_with\": \"%s\"", i > 0 ? "," : "", row->subject, row->floor);
        write_spread(file, "subject_ns", &row->subject_ns);
        write_spread(file, "compared_ns", &row->floor_ns);
        write_spread(file, "ratio", &row->ratio);
        write_spread(file, "noise", &row->noise);
        write_spread(file, "ratio_without_noise", &row->cleaned);
        (void)fprintf(file, ", \"goal_ratio\": %.4f, \"goal_ns\": %.4f, \"verdict\": \"%s\"}", row->goal.ratio, row->goal.ns,
                      verdict(row));
    }
    (void)fprintf(file, "\n]}\n");
    bad = ferror(file);
    if (fclose(file) != 0 || bad != 0) {
        (void)fprintf(stderr, "%s: cannot be written\n", path);
        return 1;
    }
    return 0;
}
