/*
 * How wakers find a group. A waker may be called at any time, even when its group is gone, so it looks for the group among those
 * that are listed at a gate, under the gate's lock, and never at memory that might not be the group's any more.
 */
#include "base/owner.h"
#include "pipeline/group_parts.h"
#include "port/port.h"

#define GATES 64

/* All zero is a lock that is free. */
typedef struct gate {
    sw_mutex lock;
    seawall_group *first;
} gate;

static gate gates[GATES];

static gate *gate_of(const void *group)
{
    return &gates[(uint64_t)(uintptr_t)group * UINT64_C(0x9E3779B97F4A7C15) >> 58];
}

static void ring(seawall_group *group)
{
    group->bell.guarded.rung = true;
    if (group->bell.guarded.event != 0)
        sw_port_event_ring(group->bell.guarded.event - 1);
    if (group->config.wake != NULL)
        group->config.wake(group->config.wake_user);
}

static void mark(seawall_group *group, int32_t index)
{
    sw_group_list *woken = &group->bell.guarded.woken;
    sw_group_run *run = &group->run[index];

    if (run->woken)
        return;
    run->woken = true;
    run->next_woken = SW_NO_RUN;
    if (woken->first == SW_NO_RUN)
        woken->first = index;
    else
        group->run[woken->last].next_woken = index;
    woken->last = index;
    sw_store_u32(&group->bell.waking, 1);
    if (!group->bell.guarded.rung && sw_load_u64(&group->bell.inside) != (uint64_t)sw_port_thread_self())
        ring(group);
}

/*
 * In the child of a fork: the descriptor is the parent's to ring, and a thread of the parent's may have been in the middle of the
 * list, so everybody in use is to be asked. Nothing is closed: the number may mean something else by now.
 */
static void adopt(seawall_group *group)
{
    uint32_t process = sw_port_fork_generation();
    int32_t i;

    if (group->bell.guarded.process == process)
        return;
    group->bell.guarded.process = process;
    group->bell.guarded.event = 0;
    group->bell.guarded.rung = false;
    group->bell.guarded.woken.first = SW_NO_RUN;
    for (i = 0; i < group->config.capacity; i++) {
        group->run[i].woken = false;
        if (group->run[i].in_use)
            mark(group, i);
    }
}

static void wake(uint64_t cookie, void *user)
{
    gate *g = gate_of(user);
    seawall_group *group;

    sw_mutex_lock(&g->lock);
    for (group = g->first; group != NULL; group = group->bell.guarded.next) {
        if (group == user && group->bell.key == (uint32_t)(cookie >> 32)) {
            adopt(group);
            mark(group, (int32_t)(uint32_t)cookie);
            break;
        }
    }
    sw_mutex_unlock(&g->lock);
}

seawall_waker sw_group_waker(seawall_group *group, int32_t index)
{
    return (seawall_waker){wake, (uint64_t)group->bell.key << 32 | (uint32_t)index, group};
}

void sw_group_bell_hang(seawall_group *group)
{
    gate *g = gate_of(group);

    group->bell.key = (uint32_t)sw_new_owner();
    group->bell.guarded.woken = (sw_group_list){SW_NO_RUN, SW_NO_RUN};
    group->bell.guarded.process = sw_port_fork_generation();
    sw_mutex_lock(&g->lock);
    group->bell.guarded.next = g->first;
    sw_order_stores(); /* in the child of a fork the others are still listed behind it */
    g->first = group;
    sw_mutex_unlock(&g->lock);
}

void sw_group_bell_take_down(seawall_group *group)
{
    gate *g = gate_of(group);
    seawall_group **link = &g->first;

    sw_mutex_lock(&g->lock);
    while (*link != group)
        link = &(*link)->bell.guarded.next;
    *link = group->bell.guarded.next;
    adopt(group);
    sw_mutex_unlock(&g->lock);
    if (group->bell.guarded.event != 0)
        sw_port_event_close(group->bell.guarded.event - 1);
}

void sw_group_answer_bell(seawall_group *group)
{
    gate *g = gate_of(group);
    sw_group_list *woken = &group->bell.guarded.woken;
    int32_t index;

    if (sw_load_u32(&group->bell.waking) == 0)
        return;
    sw_mutex_lock(&g->lock);
    adopt(group);
    if (group->bell.guarded.rung && group->bell.guarded.event != 0)
        sw_port_event_clear(group->bell.guarded.event - 1);
    group->bell.guarded.rung = false;
    sw_store_u32(&group->bell.waking, 0);
    for (index = woken->first; index != SW_NO_RUN; index = group->run[index].next_woken) {
        group->run[index].woken = false;
        sw_group_make_ready(group, index);
    }
    woken->first = SW_NO_RUN;
    sw_mutex_unlock(&g->lock);
}

seawall_status seawall_group_descriptor(seawall_group *group, int32_t *descriptor)
{
    gate *g = gate_of(group);
    int32_t event;

    if (group == NULL || descriptor == NULL)
        return SEAWALL_INVALID;
    if (sw_load_u64(&group->bell.inside) == (uint64_t)sw_port_thread_self())
        return SEAWALL_BUSY;
    sw_mutex_lock(&g->lock);
    adopt(group);
    if (group->bell.guarded.event == 0) {
        group->bell.guarded.event = sw_port_event_open() + 1;
        if (group->bell.guarded.event != 0 && group->bell.guarded.rung)
            sw_port_event_ring(group->bell.guarded.event - 1);
    }
    event = group->bell.guarded.event;
    sw_mutex_unlock(&g->lock);
    if (event == 0)
        return SEAWALL_NO_RESOURCES;
    *descriptor = event - 1;
    return SEAWALL_OK;
}
