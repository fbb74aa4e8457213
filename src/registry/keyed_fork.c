/* Keyed instances in the child of a fork. */
#include "registry/keyed_object.h"

/*
 * A thread of the parent may have been in the middle of anything. The buckets are right at every instant, so they say which
 * instances there are; order and number are made anew. What the thread was making, or giving up, is lost memory. What it held
 * stays held: nobody can tell a reference that nobody has from others.
 */

/* One chain of two, by `newer`, the one that was asked for earlier first. */
static sw_instance *merge(sw_instance *a, sw_instance *b)
{
    sw_instance *first = NULL, **end = &first;

    while (a != NULL && b != NULL) {
        sw_instance **earlier = b->used < a->used ? &b : &a;

        *end = *earlier;
        end = &(*earlier)->newer;
        *earlier = *end;
    }
    *end = a != NULL ? a : b;
    return first;
}

#define RUNS 32 /* run i has 2^i instances, the last one all that are left */

static sw_instance *sort(const sw_buckets *buckets, int32_t *count)
{
    sw_instance *runs[RUNS] = {NULL}, *it, *next;
    size_t i;
    int run;

    for (i = 0; i <= buckets->mask; i++) {
        for (it = buckets->first[i]; it != NULL; it = next) {
            next = it->next[buckets->side];
            it->newer = NULL;
            for (run = 0; runs[run] != NULL && run < RUNS - 1; run++) {
                it = merge(runs[run], it);
                runs[run] = NULL;
            }
            runs[run] = merge(runs[run], it);
            ++*count;
        }
    }
    for (it = NULL, run = 0; run < RUNS; run++)
        it = merge(runs[run], it);
    return it;
}

static void adopt(seawall_keyed *keyed)
{
    sw_instance *it;

    keyed->instances = 0;
    keyed->newest = NULL;
    keyed->oldest = sort(keyed->buckets, &keyed->instances);
    for (it = keyed->oldest; it != NULL; it = it->newer) {
        it->older = keyed->newest;
        it->version = UINT64_MAX; /* who was to tell it of new settings may not have */
        keyed->newest = it;
    }
}

void sw_keyed_lock(seawall_keyed *keyed)
{
    uint32_t process;

    sw_mutex_lock(&keyed->lock);
    process = sw_port_fork_generation();
    if (keyed->process == process)
        return;
    adopt(keyed);
    keyed->process = process;
}
