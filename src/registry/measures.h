/* What is measured of which kind: one row per sample of an object. A new measure is one row of the table. */
#ifndef SW_REGISTRY_MEASURES_H
#define SW_REGISTRY_MEASURES_H

#include "base/writer.h"
#include "registry/member_kind.h"

typedef union sw_snapshot {
    uint32_t size;
    seawall_breaker_snapshot breaker;
    seawall_limiter_snapshot limiter;
    seawall_bulkhead_snapshot bulkhead;
    seawall_retry_budget_snapshot budget;
    seawall_hedge_snapshot hedge;
    seawall_chaos_snapshot chaos;
    seawall_keyed_snapshot keyed;
    seawall_pool_snapshot pool;
} sw_snapshot;

/* How a member of a snapshot is told. */
typedef enum sw_measure_form {
    SW_MEASURE_INT32,
    SW_MEASURE_INT64, /* INT64_MAX is +Inf */
    SW_MEASURE_SECONDS,
    SW_MEASURE_DOUBLE,
    SW_MEASURE_HISTOGRAM, /* several samples */
    SW_MEASURE_IS /* 1 if it is `number`, else 0 */
} sw_measure_form;

/* Rows of one family stand side by side. */
typedef struct sw_measure {
    int32_t kind;
    bool counter; /* else a gauge */
    const char *family;
    const char *help;
    const char *label; /* besides the name; NULL: none */
    const char *value;
    sw_measure_form form;
    uint32_t offset; /* in the kind's snapshot */
    int32_t number;
} sw_measure;

extern const sw_measure sw_measures[];
extern const int32_t sw_measure_count;

/* Of an object; false if its kind has none. */
bool sw_snapshot_take(int32_t kind, void *object, seawall_time now, sw_snapshot *snapshot);
void sw_measure_write(const sw_measure *measure, const sw_snapshot *snapshot, sw_writer *to);
/* Nanoseconds as seconds; forever is +Inf. */
void sw_seconds_write(sw_writer *to, seawall_duration duration);

#endif
