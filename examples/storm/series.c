#include "series.h"

int series_make(const struct plan *plan, const struct record *record, struct series *series)
{
    int64_t end = plan->weather.end;

    series->seconds = (double)end / 1e9;
    series->part_seconds = series->seconds / SERIES_PARTS;
    for (int i = 0; i < SIDES; i++) {
        enum side_name side = (enum side_name)i;

        for (int part = 0; part < SERIES_PARTS; part++) {
            int64_t from = end * part / SERIES_PARTS, to = end * (part + 1) / SERIES_PARTS;
            /* Counted in ticks, whose number differs from part to part. */
            double ticks = (double)(to / RECORD_TICK - from / RECORD_TICK);
            struct figures figures;

            if (figures_due(plan, record, side, from, to, &figures) != 0)
                return -1;
            series->success[i][part] = figures.success * 100;
            series->p99[i][part] = figures.p99;
            series->sent[i][part] = figures_attempts(record, side, from, to) / (ticks * RECORD_TICK / 1e9);
            series->backlog[i][part] = figures_backlog(record, side, from, to);
        }
    }
    return 0;
}
