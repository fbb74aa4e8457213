/* What is shown while the storm goes on: both sides next to each other on a terminal, elsewhere a line a second. */
#ifndef STORM_SCREEN_H
#define STORM_SCREEN_H

#include "record.h"

#define SCREEN_CELLS 22

struct screen {
    const struct plan *plan;
    const struct record *record;
    bool terminal, color, utf8;
    int lines; /* drawn last time, to be drawn over */
    /* For the little graphs: the run in equal parts. Negative: not known yet. */
    double success[SIDES][SCREEN_CELLS], load[SIDES][SCREEN_CELLS];
};

void screen_begin(struct screen *screen, const struct plan *plan, const struct record *record);
/* How often it wants to be shown. */
int64_t screen_period(const struct screen *screen);
void screen_show(struct screen *screen, int64_t now);
void screen_end(struct screen *screen);

#endif
