#include "figures.h"

#include <math.h>
#include <stdlib.h>

#define RECOVERED_SHARE 0.95
#define RECOVERED_FOR SECONDS(1)
#define RECOVERY_STEP MILLISECONDS(50)

#define FEWER_SHARE 0.5
#define FASTER_SHARE 0.75
#define SOONER_SECONDS 0.5

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* The nearest-rank quantile of sorted values. */
static double quantile(const double *sorted, int count, double q)
{
    int rank = (int)ceil(q * count);

    return count == 0 ? NAN : sorted[rank < 1 ? 0 : rank - 1];
}

static void count_call(struct figures *figures, enum call_end end)
{
    figures->calls++;
    figures->ok += end == CALL_OK;
    figures->failed += end == CALL_FAILED;
    figures->refused += end == CALL_REFUSED;
    figures->pending += end == CALL_PENDING;
}

static int collect(const struct plan *plan, const struct record *record, enum side_name side, int64_t begin, int64_t end,
                   bool by_end, struct figures *figures)
{
    double *latencies = malloc((size_t)(plan->calls + 1) * sizeof *latencies);
    int count = 0;

    if (!latencies)
        return -1;
    *figures = (struct figures){0};
    for (int i = 0; i < plan->calls; i++) {
        const struct call_record *call = &record->sides[side].calls[i];
        int64_t due = plan->arrivals[i].at;
        enum call_end how = (enum call_end)atomic_load(&call->end);
        int64_t ended = how == CALL_PENDING ? INT64_MAX : atomic_load(&call->ended_at);
        int64_t at = by_end ? ended : due;

        if (at < begin || at >= end)
            continue;
        count_call(figures, how);
        if (how != CALL_PENDING)
            latencies[count++] = (double)(ended - due) / 1e9;
    }
    qsort(latencies, (size_t)count, sizeof *latencies, compare);
    figures->success = count == 0 ? NAN : (double)figures->ok / count;
    figures->p50 = quantile(latencies, count, 0.50);
    figures->p99 = quantile(latencies, count, 0.99);
    free(latencies);
    return 0;
}

int figures_due(const struct plan *plan, const struct record *record, enum side_name side, int64_t begin, int64_t end,
                struct figures *figures)
{
    return collect(plan, record, side, begin, end, false, figures);
}

int figures_ended(const struct plan *plan, const struct record *record, enum side_name side, int64_t begin, int64_t end,
                  struct figures *figures)
{
    return collect(plan, record, side, begin, end, true, figures);
}

static int ticks_until(int64_t at)
{
    int64_t ticks = at < 0 ? 0 : at / RECORD_TICK;

    return ticks < RECORD_TICKS ? (int)ticks : RECORD_TICKS;
}

int figures_attempts(const struct record *record, enum side_name side, int64_t begin, int64_t end)
{
    int sum = 0;

    for (int i = ticks_until(begin); i < ticks_until(end); i++)
        sum += atomic_load(&record->sides[side].ticks[i].attempts);
    return sum;
}

int figures_received(const struct record *record, enum side_name side, int64_t begin, int64_t end)
{
    int sum = 0;

    for (int i = ticks_until(begin); i < ticks_until(end); i++)
        sum += atomic_load(&record->sides[side].ticks[i].received);
    return sum;
}

int figures_backlog(const struct record *record, enum side_name side, int64_t begin, int64_t end)
{
    int most = 0;

    for (int i = ticks_until(begin); i < ticks_until(end); i++) {
        int backlog = atomic_load(&record->sides[side].ticks[i].backlog);

        most = backlog > most ? backlog : most;
    }
    return most;
}

int figures_breaker(const struct record *record, enum side_name side, int64_t at)
{
    const struct side_record *s = &record->sides[side];
    int count = atomic_load(&s->change_count);
    int state = 0; /* closed */

    for (int i = 0; i < count && s->changes[i].at <= at; i++)
        state = s->changes[i].state;
    return state;
}

/* The first instant from which a second's calls succeed; NAN if there is none before the end. */
static int find_recovery(const struct plan *plan, const struct record *record, enum side_name side, double *recovery)
{
    int64_t clear = weather_outage_end(&plan->weather);

    *recovery = NAN;
    for (int64_t at = clear; at + RECOVERED_FOR <= plan->weather.end; at += RECOVERY_STEP) {
        struct figures figures;

        if (figures_due(plan, record, side, at, at + RECOVERED_FOR, &figures) != 0)
            return -1;
        if (figures.success >= RECOVERED_SHARE) {
            *recovery = (double)(at - clear) / 1e9;
            return 0;
        }
    }
    return 0;
}

int figures_result(const struct plan *plan, const struct record *record, struct result *result)
{
    const struct weather *weather = &plan->weather;
    const struct side_result *naked = &result->sides[SIDE_NAKED], *guarded = &result->sides[SIDE_GUARDED];

    for (int i = 0; i < SIDES; i++) {
        struct side_result *side = &result->sides[i];

        if (figures_due(plan, record, (enum side_name)i, 0, weather->end, &side->all) != 0 ||
            figures_due(plan, record, (enum side_name)i, weather_outage_begin(weather), weather_outage_end(weather),
                        &side->outage) != 0 ||
            find_recovery(plan, record, (enum side_name)i, &side->recovery) != 0)
            return -1;
        side->received_sick = atomic_load(&record->sides[i].received_sick);
        side->attempts_sick = atomic_load(&record->sides[i].attempts_sick);
    }
    result->watched = (double)(weather->end - weather_outage_end(weather) - RECOVERED_FOR) / 1e9;
    result->fewer_requests = guarded->received_sick <= FEWER_SHARE * naked->received_sick;
    result->faster_in_outage = guarded->outage.p99 <= FASTER_SHARE * naked->outage.p99;
    result->sooner_recovered =
        !isnan(guarded->recovery) &&
        guarded->recovery <= (isnan(naked->recovery) ? result->watched : naked->recovery) - SOONER_SECONDS;
    return 0;
}

bool result_passes(const struct result *result)
{
    return result->fewer_requests && result->faster_in_outage && result->sooner_recovered;
}
