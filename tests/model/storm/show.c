/* Prints the table and the timeline of the guide's page "What stops a retry storm". */
#include "model/storm/storm.h"

#include <stdio.h>

int main(void)
{
    static storm_figures figures[STORM_PLANS];
    char line[STORM_LINE];
    int i;

    for (i = 0; i < STORM_PLANS; i++) {
        storm_run(&storm_plans[i], &figures[i]);
        storm_row(&storm_plans[i], &figures[i], line);
        puts(line);
    }
    puts("");
    for (i = 0; i < STORM_PLANS; i++) {
        storm_timeline(&storm_plans[i], &figures[i], line);
        puts(line);
    }
    return 0;
}
