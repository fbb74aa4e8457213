/*
 * When each run is to be asked again: a heap of fours, exact to the nanosecond. A wheel would cost less for each change, but most
 * runs change their time once or twice in their life, and a wheel rounds.
 */
#include "pipeline/group_parts.h"

#define CHILDREN 4

static bool earlier(const seawall_group *group, int32_t a, int32_t b)
{
    const sw_group_run *x = &group->run[a], *y = &group->run[b];

    return x->due < y->due || (x->due == y->due && x->order < y->order);
}

static void put(seawall_group *group, int32_t place, int32_t index)
{
    group->heap[place] = index;
    group->run[index].place = place;
}

static void rise(seawall_group *group, int32_t place, int32_t index)
{
    while (place > 0 && earlier(group, index, group->heap[(place - 1) / CHILDREN])) {
        put(group, place, group->heap[(place - 1) / CHILDREN]);
        place = (place - 1) / CHILDREN;
    }
    put(group, place, index);
}

static int32_t earliest_child(const seawall_group *group, int32_t place)
{
    int32_t child = place * CHILDREN + 1, first = child;
    int32_t end = child + CHILDREN < group->due ? child + CHILDREN : group->due;

    for (child++; child < end; child++) {
        if (earlier(group, group->heap[child], group->heap[first]))
            first = child;
    }
    return first;
}

static void sink(seawall_group *group, int32_t place, int32_t index)
{
    while (place * CHILDREN + 1 < group->due) {
        int32_t child = earliest_child(group, place);

        if (!earlier(group, group->heap[child], index))
            break;
        put(group, place, group->heap[child]);
        place = child;
    }
    put(group, place, index);
}

static void take_out(seawall_group *group, int32_t place)
{
    int32_t last = group->heap[--group->due];

    group->run[group->heap[place]].place = SW_NO_RUN;
    if (place == group->due)
        return;
    sink(group, place, last);
    rise(group, group->run[last].place, last);
}

void sw_group_set_due(seawall_group *group, int32_t index, seawall_time due)
{
    sw_group_run *run = &group->run[index];

    if (run->place != SW_NO_RUN) {
        if (run->due == due)
            return;
        take_out(group, run->place);
    }
    if (due == SEAWALL_FOREVER)
        return;
    run->due = due;
    run->order = ++group->order;
    rise(group, group->due++, index);
}

int32_t sw_group_first_due(const seawall_group *group)
{
    return group->due > 0 ? group->heap[0] : SW_NO_RUN;
}
