/* Prometheus text of all snapshots. */
#include <seawall/metrics.h>

#include <string.h>

#include "base/writer.h"
#include "registry/measures.h"
#include "registry/members.h"
#include "time/platform.h"

/* What Prometheus asks to be escaped. No name has a line end, which would spoil the whole page. */
static void write_label(sw_writer *to, const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\' || *text == '\n')
            sw_write(to, "\\");
        sw_write_bytes(to, *text == '\n' ? "n" : text, 1);
    }
}

/* `family_suffix{name="x`: more labels may follow. */
static void begin_sample(sw_writer *to, const sw_measure *measure, const char *suffix, const sw_entry *entry)
{
    sw_write(to, measure->family);
    sw_write(to, suffix);
    sw_write(to, "{name=\"");
    write_label(to, entry->name);
}

static void write_sample(sw_writer *to, const sw_measure *measure, const sw_entry *entry, const sw_snapshot *snapshot)
{
    begin_sample(to, measure, "", entry);
    if (measure->label != NULL) {
        sw_write(to, "\",");
        sw_write(to, measure->label);
        sw_write(to, "=\"");
        sw_write(to, measure->value);
    }
    sw_write(to, "\"} ");
    sw_measure_write(measure, snapshot, to);
    sw_write(to, "\n");
}

/* Each bucket has all that are shorter, too; the last one is all there are. */
static void write_histogram(sw_writer *to, const sw_measure *measure, const sw_entry *entry, const sw_snapshot *snapshot)
{
    seawall_histogram histogram;
    int64_t count = 0;
    int32_t i;

    memcpy(&histogram, (const char *)snapshot + measure->offset, sizeof(histogram));
    for (i = 0; i < SEAWALL_HISTOGRAM_BUCKETS; i++) {
        count += histogram.counts[i];
        begin_sample(to, measure, "_bucket", entry);
        sw_write(to, "\",le=\"");
        sw_seconds_write(to, seawall_histogram_bound(i));
        sw_write(to, "\"} ");
        sw_write_integer(to, count);
        sw_write(to, "\n");
    }
    begin_sample(to, measure, "_sum", entry);
    sw_write(to, "\"} ");
    sw_seconds_write(to, histogram.sum);
    sw_write(to, "\n");
    begin_sample(to, measure, "_count", entry);
    sw_write(to, "\"} ");
    sw_write_integer(to, count);
    sw_write(to, "\n");
}

static void write_head(sw_writer *to, const sw_measure *measure)
{
    sw_write(to, "# HELP ");
    sw_write(to, measure->family);
    sw_write(to, " ");
    sw_write(to, measure->help);
    sw_write(to, "\n# TYPE ");
    sw_write(to, measure->family);
    if (measure->form == SW_MEASURE_HISTOGRAM)
        sw_write(to, " histogram\n");
    else
        sw_write(to, measure->counter ? " counter\n" : " gauge\n");
}

/* All samples of a family, which are `count` rows of the table. A family without samples is not mentioned. */
static void write_family(seawall_registry *registry, const sw_measure *rows, int32_t count, seawall_time now, sw_writer *to)
{
    bool begun = false;
    sw_entry *entry;

    for (entry = sw_entry_first(registry); entry != NULL; entry = sw_entry_next(entry)) {
        void *object = entry->kind == rows->kind ? sw_entry_keep(registry, entry) : NULL;
        sw_snapshot snapshot;
        int32_t i;

        if (object == NULL)
            continue;
        if (!begun)
            write_head(to, rows);
        begun = true;
        (void)sw_snapshot_take(rows->kind, object, now, &snapshot);
        for (i = 0; i < count; i++) {
            if (rows[i].form == SW_MEASURE_HISTOGRAM)
                write_histogram(to, &rows[i], entry, &snapshot);
            else
                write_sample(to, &rows[i], entry, &snapshot);
        }
        sw_member_kinds[entry->kind].destroy(object);
    }
}

static void write_families(seawall_registry *registry, sw_writer *to)
{
    seawall_time now = sw_now(registry->platform);
    int32_t first, next;

    for (first = 0; first < sw_measure_count; first = next) {
        for (next = first + 1; next < sw_measure_count; next++) {
            if (strcmp(sw_measures[next].family, sw_measures[first].family) != 0)
                break;
        }
        write_family(registry, &sw_measures[first], next - first, now, to);
    }
}

seawall_status seawall_metrics_render(seawall_registry *registry, char *text, size_t size, size_t *needed)
{
    sw_writer to = {text, size, 0};

    if (registry == NULL || (text == NULL && size > 0))
        return SEAWALL_INVALID;
    write_families(registry, &to);
    if (needed != NULL)
        *needed = to.length + 1;
    sw_write_end(&to);
    if (to.length < size)
        return SEAWALL_OK;
    if (size > 0)
        text[0] = '\0';
    return SEAWALL_TOO_SMALL;
}
