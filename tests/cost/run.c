/* Does one subject's operation so many times: for instruments that count what a process does. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "table.h"

int main(int argc, char **argv)
{
    static subjects s;
    const cost_row *row = argc == 3 ? cost_find(argv[1]) : NULL;

    if (row == NULL) {
        (void)fprintf(stderr, "usage: %s SUBJECT COUNT\n", argv[0]);
        return 2;
    }
    if (subjects_create(&s, NULL) != SEAWALL_OK)
        return 1;
    row->loop(&s, strtoull(argv[2], NULL, 10));
    subjects_destroy(&s);
    if (s.wrong == 0)
        return 0;
    (void)fprintf(stderr, "%s: %llu answers were not what was to be measured\n", row->name, (unsigned long long)s.wrong);
    return 1;
}
