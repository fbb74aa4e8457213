/*
 * When each run is to be asked again: a heap of fours, exact to the nanosecond. A wheel would cost less for each change, but most
 * runs change their time once or twice in their life, and a wheel rounds.
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

static void take_out(seawall_group *group, int32_t place)
{
    sw_group_due last = group->heap[--group->due];

    group->run[group->heap[place].run].place = SW_NO_RUN;
    if (place == group->due)
        return;
    sink(group, place, last);
    rise(group, group->run[last.run].place, last);
}

void sw_group_set_due(seawall_group *group, int32_t index, seawall_time at)
{
    int32_t place = group->run[index].place;

    if (place != SW_NO_RUN) {
        if (group->heap[place].at == at)
            return;
        take_out(group, place);
    }
    if (at != SEAWALL_FOREVER)
        rise(group, group->due++, (sw_group_due){at, group->order++, index});
}

const sw_group_due *sw_group_first_due(const seawall_group *group)
{
    return group->due > 0 ? group->heap : NULL;
}
