#define _GNU_SOURCE /* so that -std=c11 hides no function of the system */
#include "clock.h"

#include <errno.h>
#include <time.h>

int64_t clock_now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return SECONDS(t.tv_sec) + t.tv_nsec;
}

void clock_sleep_until(int64_t at)
{
    struct timespec t = {.tv_sec = at / SECONDS(1), .tv_nsec = at % SECONDS(1)};

    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR)
        ;
}
