/*
 * When each run is to be asked again: a heap of fours, exact to the nanosecond, where a wheel rounds. A run that is over, or is
 * to be asked later than it was, stays where it is in the heap until it comes first: then its place is settled. Most places are
 * in use again by then, with a deadline further out, and so a run whose deadline never comes touches no other one's memory.
 */
#include "pipeline/group_parts.h"

#define CHILDREN 4

static bool earlier(const sw_group_due *a, const sw_group_due *b)
{
    return a->at < b->at || (a->at == b->at && (int32_t)(a->order - b->order) < 0);
}

static void put(seawall_group *group, int32_t place, sw_group_due due)
{
    group->heap[place] = due;
    group->run[due.run].place = place;
    group->run[due.run].listed = due.at;
}

static void rise(seawall_group *group, int32_t place, sw_group_due due)
{
    while (place > 0 && earlier(&due, &group->heap[(place - 1) / CHILDREN])) {
        put(group, place, group->heap[(place - 1) / CHILDREN]);
        place = (place - 1) / CHILDREN;
    }
    put(group, place, due);
}

static int32_t earliest_child(const seawall_group *group, int32_t place)
{
    int32_t child = place * CHILDREN + 1, first = child;
    int32_t end = child + CHILDREN < group->due ? child + CHILDREN : group->due;

    for (child++; child < end; child++) {
        if (earlier(&group->heap[child], &group->heap[first]))
            first = child;
    }
    return first;
}

static void sink(seawall_group *group, int32_t place, sw_group_due due)
{
    while (place * CHILDREN + 1 < group->due) {
        int32_t child = earliest_child(group, place);

        if (!earlier(&group->heap[child], &due))
            break;
        put(group, place, group->heap[child]);
        place = child;
    }
    put(group, place, due);
}

/* The first one, whose run is over. */
static void take_out(seawall_group *group)
{
    sw_group_due last = group->heap[--group->due];

    group->run[group->heap[0].run].place = SW_NO_RUN;
    if (group->due > 0)
        sink(group, 0, last);
}

void sw_group_set_due(seawall_group *group, int32_t index, seawall_time at)
{
    sw_group_run *run = &group->run[index];

    if (run->due == at)
        return;
    run->due = at;
    if (at == SEAWALL_FOREVER)
        return;
    run->order = group->order++;
    if (run->place == SW_NO_RUN)
        rise(group, group->due++, (sw_group_due){at, run->order, index});
    else if (at < run->listed)
        rise(group, run->place, (sw_group_due){at, run->order, index});
}

const sw_group_due *sw_group_first_due(seawall_group *group)
{
    while (group->due > 0) {
        sw_group_due first = group->heap[0];
        const sw_group_run *run = &group->run[first.run];

        if (run->due == first.at && run->order == first.order)
            return group->heap;
        if (run->due == SEAWALL_FOREVER)
            take_out(group);
        else
            sink(group, 0, (sw_group_due){run->due, run->order, first.run});
    }
    return NULL;
}
