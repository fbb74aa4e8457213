/* What a window over recent outcomes holds. An outcome may be failed, slow, both, or neither: then it is a quick success. */
#ifndef SW_STAT_WINDOW_H
#define SW_STAT_WINDOW_H

#include <stdint.h>

typedef struct sw_window_totals {
    uint64_t outcomes;
    uint64_t failed;
    uint64_t slow;
} sw_window_totals;

#endif
