#include "picture.h"

#include "chart.h"
#include "table.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof(array)[0]))

#define LEFT 52 /* room for the labels of a scale */
#define RIGHT 16
#define TOP 24                    /* below the key */
#define NAMES 22                  /* the weather's names */
#define PANEL 92
#define TITLE CHART_TITLE_HEIGHT
#define STRIP CHART_STRIP_HEIGHT
#define BOTTOM (TOP + NAMES + 4 * (TITLE + PANEL) + TITLE + STRIP)
#define CHARTS_HEIGHT (BOTTOM + 24)
#define RESULTS_HEIGHT 128
#define WHOLE_WIDTH 880

static void panel_of(struct chart *c, const char *title, const double *marks, const char *const *labels, int count,
                     const double values[SIDES][SERIES_PARTS])
{
    c->low = marks[0];
    c->high = marks[count - 1];
    chart_panel(c, PANEL, title, marks, labels, count);
    chart_curve(c, values[SIDE_NAKED], SIDE_NAKED);
    chart_curve(c, values[SIDE_GUARDED], SIDE_GUARDED);
}

static void panels(struct chart *c, const struct series *series)
{
    static const double shares[] = {0, 50, 100}, latencies[] = {1e-4, 1e-3, 1e-2, 1e-1, 1, 10}, rates[] = {0, 200, 400, 600};
    static const double backlogs[] = {0, 132, 264};
    static const char *const share_labels[] = {"0 %", "50 %", "100 %"};
    static const char *const latency_labels[] = {"0.1 ms", "1 ms", "10 ms", "100 ms", "1 s", "10 s"};
    static const char *const rate_labels[] = {"0", "200", "400", "600"}, *const backlog_labels[] = {"0", "132", "264"};

    panel_of(c, "calls that succeed, by when they were due", shares, share_labels, COUNT(shares), series->success);
    c->logarithmic = true;
    panel_of(c, "p99 until the caller knew, answer or error", latencies, latency_labels, COUNT(latencies), series->p99);
    c->logarithmic = false;
    panel_of(c, "attempts sent to the upstream, a second", rates, rate_labels, COUNT(rates), series->sent);
    panel_of(c, "requests inside the upstream", backlogs, backlog_labels, COUNT(backlogs),
             series->backlog);
}

/* Draws from the current origin; the caller has opened the element. */
static void draw(FILE *out, double width, const struct plan *plan, const struct record *record, const struct series *series)
{
    struct chart chart = {.out = out, .left = LEFT, .width = width - LEFT - RIGHT, .seconds = series->seconds, .top = TOP};

    fprintf(out, "<text x=\"%d\" y=\"14\"><tspan class=\"naked key\">&#9632;</tspan> naked&#160;&#160;"
                 "<tspan class=\"guarded key\">&#9632;</tspan> guarded by Seawall</text>\n",
            LEFT);
    chart_weather(&chart, &plan->weather, TOP, BOTTOM);
    chart_weather_names(&chart, &plan->weather, TOP + 15);
    chart.height = NAMES;
    panels(&chart, series);
    chart_states(&chart, record, plan);
    chart_axis(&chart);
}

void picture_charts(FILE *out, double width, const struct plan *plan, const struct record *record,
                    const struct series *series)
{
    fprintf(out, "<svg viewBox=\"0 0 %.0f %d\" role=\"img\" aria-label=\"Both clients through the outage\">\n", width,
            CHARTS_HEIGHT);
    draw(out, width, plan, record, series);
    fprintf(out, "</svg>\n");
}

/* The rows that the verdict hangs on, as large numbers side by side. */
static void draw_results(FILE *out, const struct result *result)
{
    struct table_row rows[TABLE_ROWS];
    int count = table_rows(result, rows);
    int column = 0;

    fprintf(out, "<text class=\"head\" x=\"20\" y=\"32\">The same outage, twice: a libcurl client with a retry loop, "
                 "and one guarded by Seawall</text>\n");
    for (int i = 0; i < count; i++) {
        double x = 20 + (WHOLE_WIDTH - 40) / 3.0 * column;

        if (!rows[i].better)
            continue;
        fprintf(out, "<text class=\"small\" x=\"%.1f\" y=\"64\">%s</text>\n", x, rows[i].label);
        fprintf(out,
                "<text class=\"big\" x=\"%.1f\" y=\"92\"><tspan class=\"naked key\">%s</tspan>"
                "<tspan class=\"small\" dx=\"8\">&#8594;</tspan><tspan class=\"guarded key\" dx=\"8\">%s</tspan></text>\n",
                x, rows[i].values[SIDE_NAKED], rows[i].values[SIDE_GUARDED]);
        column++;
    }
}

void picture_whole(FILE *out, const struct plan *plan, const struct record *record, const struct series *series,
                   const struct result *result)
{
    int height = RESULTS_HEIGHT + CHARTS_HEIGHT;

    fprintf(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\">\n<style>\n",
            WHOLE_WIDTH, height, WHOLE_WIDTH, height);
    chart_style(out);
    fprintf(out, "</style>\n<rect class=\"card\" x=\"0.5\" y=\"0.5\" width=\"%d\" height=\"%d\" rx=\"10\"/>\n",
            WHOLE_WIDTH - 1, height - 1);
    draw_results(out, result);
    fprintf(out, "<g transform=\"translate(0 %d)\">\n", RESULTS_HEIGHT - 8);
    draw(out, WHOLE_WIDTH, plan, record, series);
    fprintf(out, "</g>\n</svg>\n");
}
