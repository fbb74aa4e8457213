/* The charts of a run, one below the other, and the picture for the README that has the three results on top. */
#ifndef STORM_PICTURE_H
#define STORM_PICTURE_H

#include <stdio.h>

#include "series.h"

/* An <svg> element of that width, for a page that has the style of chart_style. */
void picture_charts(FILE *out, double width, const struct plan *plan, const struct record *record,
                    const struct series *series);

/* A file of its own. */
void picture_whole(FILE *out, const struct plan *plan, const struct record *record, const struct series *series,
                   const struct result *result);

#endif
