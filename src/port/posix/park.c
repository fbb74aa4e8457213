/* Waiting on a word: Linux's futex. Its constants are spelled out, as not every C library's headers bring linux/futex.h. */
#define _GNU_SOURCE
#include <limits.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "port/port.h"

#define WAKE_PRIVATE (1 | 128)
#define WAIT_BITSET_PRIVATE (9 | 128) /* unlike the plain wait it takes an absolute time, on the monotonic clock */
#define EVERY_BIT 0xFFFFFFFFu

void sw_port_park(const uint32_t *word, uint32_t expected, seawall_time until)
{
    struct timespec limit = {(time_t)(until / SEAWALL_SECONDS(1)), (long)(until % SEAWALL_SECONDS(1))};

    /* A time below 0 is invalid to the kernel, which says so at once: as good as past. */
    (void)syscall(SYS_futex, word, WAIT_BITSET_PRIVATE, expected, until == SEAWALL_FOREVER ? NULL : &limit, NULL, EVERY_BIT);
}

static void wake(const uint32_t *word, int count)
{
    (void)syscall(SYS_futex, word, WAKE_PRIVATE, count, NULL, NULL, 0);
}

void sw_port_wake(const uint32_t *word)
{
    wake(word, INT_MAX);
}

void sw_port_wake_one(const uint32_t *word)
{
    wake(word, 1);
}
