/* The report: one HTML file that needs no other. */
#ifndef STORM_REPORT_H
#define STORM_REPORT_H

#include "figures.h"

/* 0, or -1 with errno set. */
int report_write(const char *path, const struct plan *plan, const struct record *record, const struct result *result);
/* The picture by itself. */
int report_write_svg(const char *path, const struct plan *plan, const struct record *record, const struct result *result);

#endif
