/* Somebody else's work, in the same process and through the same bulkhead: its permits come back on its own thread. */
#define _GNU_SOURCE /* so that -std=c11 hides no function of the system */
#include "core_parts.h"

#include <time.h>

#define TAKES 20

static void *work(void *user)
{
    struct neighbour *n = user;
    const struct timespec moment = {0, 2000000};

    while (!atomic_load(&n->over)) {
        seawall_permit permits[TAKES];
        int count = 0;

        while (count < TAKES && seawall_bulkhead_try_acquire(n->bulkhead, &permits[count]) == SEAWALL_OK)
            count++;
        n->taken += count;
        nanosleep(&moment, NULL);
        while (count > 0)
            (void)seawall_bulkhead_release(n->bulkhead, &permits[--count]); /* who waits for it in the loop is woken */
        nanosleep(&moment, NULL);
    }
    return NULL;
}

bool neighbour_begin(struct neighbour *n, seawall_bulkhead *bulkhead)
{
    n->bulkhead = bulkhead;
    return pthread_create(&n->thread, NULL, work, n) == 0;
}

void neighbour_end(struct neighbour *n)
{
    atomic_store(&n->over, true);
    pthread_join(n->thread, NULL);
}
