/* So many runs in flight in one group, of which one ends and another begins so many times: for group.py. */
#include <stdio.h>
#include <stdlib.h>

#include "subjects.h"
#include "subjects_group.h"

int main(int argc, char **argv)
{
    static subjects s;
    subject_group g;

    if (argc != 3) {
        (void)fprintf(stderr, "usage: %s IN_FLIGHT COUNT\n", argv[0]);
        return 2;
    }
    if (subjects_create(&s, NULL) != SEAWALL_OK || !subject_group_create(&g, s.three, (uint32_t)strtoul(argv[1], NULL, 10)))
        return 1;
    subject_group_run(&g, strtoull(argv[2], NULL, 10));
    subject_group_destroy(&g);
    subjects_destroy(&s);
    return s.wrong + g.wrong == 0 ? 0 : 1;
}
