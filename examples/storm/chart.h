/* Charts as SVG: one panel with a scale, and what is drawn in it. The x axis is the time of the run, the same for all. */
#ifndef STORM_CHART_H
#define STORM_CHART_H

#include <stdbool.h>
#include <stdio.h>

#include "series.h"

#define CHART_TITLE_HEIGHT 34 /* above each panel */
#define CHART_STRIP_HEIGHT 14 /* of the breaker's states */

struct chart {
    FILE *out;
    double left, width; /* of the plot, without the labels of its scale */
    double seconds;     /* what the width stands for */
    /* Of the panel at hand. */
    double top, height;
    double low, high; /* its scale */
    bool logarithmic;
};

/* Begins a panel below the last: title, and lines with labels at `count` marks, the first of which is the low end. */
void chart_panel(struct chart *chart, double height, const char *title, const double *marks, const char *const *labels,
                 int count);
/* The panel's curve for one side; parts that are NAN interrupt it. */
void chart_curve(const struct chart *chart, const double values[SERIES_PARTS], enum side_name side);
/* The weather behind everything from `top` to the bottom of the current panel. */
void chart_weather(const struct chart *chart, const struct weather *weather, double top, double bottom);
/* A strip of names: what the weather is. */
void chart_weather_names(const struct chart *chart, const struct weather *weather, double y);
/* The breaker's states as a strip of colours. */
void chart_states(struct chart *chart, const struct record *record, const struct plan *plan);
/* Seconds below the last panel. */
void chart_axis(struct chart *chart);

/* The style of all that, with colours for light and for dark. */
void chart_style(FILE *out);

#endif
