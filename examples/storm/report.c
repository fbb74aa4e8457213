#include "report.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "chart.h"
#include "picture.h"
#include "table.h"

#define WIDE 960
#define NARROW 380

static void write_escaped(FILE *out, const char *text)
{
    for (; *text; text++) {
        switch (*text) {
        case '<':
            fputs("&lt;", out);
            break;
        case '>':
            fputs("&gt;", out);
            break;
        case '&':
            fputs("&amp;", out);
            break;
        default:
            fputc(*text, out);
        }
    }
}

static void write_head(FILE *out)
{
    fprintf(out, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                 "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
                 "<title>Seawall in a storm</title>\n<style>\n");
    chart_style(out);
    fprintf(out, "body{margin:0 auto;max-width:%dpx;padding:24px 16px 48px;background:var(--ground);color:var(--text);"
                 "font:16px/1.5 system-ui,-apple-system,'Segoe UI',sans-serif}\n"
                 "h1{font-size:26px;line-height:1.2;margin:0 0 4px}h2{font-size:18px;margin:32px 0 8px}\n"
                 "p{margin:0 0 12px}.after{margin-top:12px}.faint{color:var(--faint)}"
                 ".pass{color:var(--good)}.fail{color:var(--bad)}\n"
                 ".cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(230px,1fr));gap:12px;"
                 "margin:20px 0 28px}\n"
                 ".card{border:1px solid var(--line);border-radius:10px;padding:14px 16px}"
                 ".card div{font-size:22px;font-weight:700}\n"
                 ".card .label{font-size:14px;font-weight:400;color:var(--faint)}\n"
                 ".naked{color:var(--naked)}.guarded{color:var(--guarded)}\n"
                 "svg{display:block;width:100%%;height:auto}"
                 "svg .naked,svg .guarded{color:inherit}.narrow{display:none}\n"
                 "@media(max-width:640px){.wide{display:none}.narrow{display:block}}\n"
                 "table{border-collapse:collapse;width:100%%;font-variant-numeric:tabular-nums}\n"
                 "th,td{padding:6px 8px;border-bottom:1px solid var(--line);text-align:right;"
                 "vertical-align:top}\n"
                 ".rows td+td{white-space:nowrap}th{font-weight:600}"
                 ".script th:last-child,.script td:last-child{text-align:left}"
                 "th:first-child,td:first-child{text-align:left;padding-left:0}\n"
                 "li{margin-bottom:6px}ul{padding-left:20px}\n</style>\n</head>\n<body>\n",
            WIDE);
}

static void write_cards(FILE *out, const struct table_row *rows, int count)
{
    fprintf(out, "<div class=\"cards\">\n");
    for (int i = 0; i < count; i++) {
        if (!rows[i].better)
            continue;
        fprintf(out, "<div class=\"card\"><div class=\"label\">%s</div><div><span class=\"naked\">%s</span> "
                     "<span class=\"faint\">&rarr;</span> <span class=\"guarded\">%s</span></div>"
                     "<div class=\"label %s\">%s</div></div>\n",
                rows[i].label, rows[i].values[SIDE_NAKED], rows[i].values[SIDE_GUARDED], *rows[i].better ? "pass" : "fail",
                *rows[i].better ? "better" : "not better");
    }
    fprintf(out, "</div>\n");
}

static void write_table(FILE *out, const struct table_row *rows, int count)
{
    fprintf(out, "<table class=\"rows\">\n"
                 "<tr><th></th><th class=\"naked\">naked</th><th class=\"guarded\">guarded</th></tr>\n");
    for (int i = 0; i < count; i++)
        fprintf(out, "<tr><td>%s</td><td>%s</td><td>%s</td></tr>\n", rows[i].label, rows[i].values[SIDE_NAKED],
                rows[i].values[SIDE_GUARDED]);
    fprintf(out, "</table>\n");
}

static void write_script(FILE *out, const struct weather *weather)
{
    fprintf(out, "<h2>The script</h2>\n<table class=\"script\">\n"
                 "<tr><th>weather</th><th>from</th><th>to</th><th>what it is</th></tr>\n");
    for (int i = 0; i < WEATHER_SPELLS; i++)
        fprintf(out, "<tr><td>%s</td><td>%.1f&#160;s</td><td>%.1f&#160;s</td><td>%s</td></tr>\n",
                weather_name((enum weather_kind)i), (double)weather->spells[i].begin / 1e9,
                (double)weather->spells[i].end / 1e9, weather_text((enum weather_kind)i));
    fprintf(out, "</table>\n");
}

static void write_notes(FILE *out)
{
    fprintf(out, "<h2>What was compared</h2>\n<ul>\n");
    for (int i = 0; table_notes[i]; i++) {
        fprintf(out, "<li>");
        write_escaped(out, table_notes[i]);
        fprintf(out, "</li>\n");
    }
    fprintf(out, "</ul>\n");
}

static void write_body(FILE *out, const struct plan *plan, const struct record *record, const struct series *series,
                       const struct result *result)
{
    struct table_row rows[TABLE_ROWS];
    int count = table_rows(result, rows);
    bool pass = result_passes(result);

    fprintf(out, "<h1>Seawall in a storm</h1>\n"
                 "<p class=\"faint\">Two libcurl clients through the same outage of a real HTTP upstream, for %g seconds, "
                 "seed %" PRIu64 ". Nothing here is scripted but the weather.</p>\n",
            plan->seconds, plan->seed);
    fprintf(out, "<p class=\"%s\"><strong>The guarded client %s where it must.</strong></p>\n",
            pass ? "pass" : "fail",            pass ? "did better" : "did not do better");
    write_cards(out, rows, count);
    fprintf(out, "<div class=\"wide\">\n");
    picture_charts(out, WIDE, plan, record, series);
    fprintf(out, "</div>\n<div class=\"narrow\">\n");
    picture_charts(out, NARROW, plan, record, series);
    fprintf(out, "</div>\n<h2>In numbers</h2>\n");
    write_table(out, rows, count);
    fprintf(out, "<p class=\"faint after\">The outage lasts from the first slow answer until the upstream is started again. "
                 "Recovered: from then on, 95&#160;%% of the calls of one second succeed.</p>\n");
    write_script(out, &plan->weather);
    write_notes(out);
    fprintf(out, "</body>\n</html>\n");
}

typedef void write_fn(FILE *out, const struct plan *plan, const struct record *record, const struct series *series,
                      const struct result *result);

/* Writes a file by way of `write`; -1 with errno set if any of it failed. */
static int write_file(const char *path, const struct plan *plan, const struct record *record,
                      const struct result *result, write_fn *write)
{
    static struct series series;
    FILE *out;
    bool failed;

    if (series_make(plan, record, &series) != 0) {
        errno = ENOMEM;
        return -1;
    }
    out = fopen(path, "w");
    if (!out)
        return -1;
    write(out, plan, record, &series, result);
    failed = ferror(out) != 0;
    return fclose(out) != 0 || failed ? -1 : 0;
}

static void write_page(FILE *out, const struct plan *plan, const struct record *record, const struct series *series,
                       const struct result *result)
{
    write_head(out);
    write_body(out, plan, record, series, result);
}

int report_write(const char *path, const struct plan *plan, const struct record *record, const struct result *result)
{
    return write_file(path, plan, record, result, write_page);
}

int report_write_svg(const char *path, const struct plan *plan, const struct record *record, const struct result *result)
{
    return write_file(path, plan, record, result, picture_whole);
}
