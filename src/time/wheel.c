/* The timing wheel: arming, moving, cancelling, and time that passes. */
#include "time/wheel.h"

#define DIGIT_BITS 6
#define DIGIT_MASK (SW_WHEEL_SLOTS - 1)

static uint32_t lowest_bit(uint64_t bits)
{
    return (uint32_t)__builtin_ctzll(bits);
}

static uint32_t highest_bit(uint64_t bits)
{
    return 63u - (uint32_t)__builtin_clzll(bits);
}

uint32_t sw_wheel_shift_of(seawall_duration tick)
{
    return highest_bit((uint64_t)tick);
}

/* Ticks count from the beginning of time, so that their order is that of unsigned numbers. */
static uint64_t origin(const sw_wheel *w)
{
    return UINT64_C(1) << (63 - w->shift);
}

static uint64_t tick_before(const sw_wheel *w, seawall_time t)
{
    return (uint64_t)(t >> w->shift) + origin(w);
}

/* The first tick that does not begin before `t`; one that never comes for SEAWALL_FOREVER. */
static uint64_t tick_after(const sw_wheel *w, seawall_time t)
{
    return tick_before(w, t) + (((uint64_t)t & ((UINT64_C(1) << w->shift) - 1)) != 0);
}

static seawall_time time_of(const sw_wheel *w, uint64_t tick)
{
    uint64_t first = origin(w);

    return tick >= 2 * first ? SEAWALL_FOREVER : (seawall_time)((tick - first) << w->shift);
}

static void link_last(sw_wheel *w, uint32_t head, uint32_t n)
{
    uint32_t last = w->nodes[head].previous;

    w->nodes[n].next = head;
    w->nodes[n].previous = last;
    w->nodes[last].next = n;
    w->nodes[head].previous = n;
}

static void forget_slot(sw_wheel *w, uint32_t head)
{
    uint32_t level = head / SW_WHEEL_SLOTS;

    w->occupied[level] &= ~(UINT64_C(1) << (head % SW_WHEEL_SLOTS));
    w->levels &= ~((uint32_t)(w->occupied[level] == 0) << level);
}

static void unlink(sw_wheel *w, uint32_t n)
{
    uint32_t next = w->nodes[n].next, previous = w->nodes[n].previous;

    w->nodes[previous].next = next;
    w->nodes[next].previous = previous;
    if (next == previous && next < SW_WHEEL_DUE)
        forget_slot(w, next);
}

/* Into the slot of its tick, which is after now. */
static void place(sw_wheel *w, uint32_t n, uint64_t tick)
{
    uint32_t level = highest_bit(tick ^ w->now) / DIGIT_BITS;
    uint32_t slot = (uint32_t)(tick >> (level * DIGIT_BITS)) & DIGIT_MASK;

    w->occupied[level] |= UINT64_C(1) << slot;
    w->levels |= 1u << level;
    link_last(w, level * SW_WHEEL_SLOTS + slot, n);
}

/* A time that has passed is due with the next tick: a function that arms itself again for the past cannot keep one tick for ever. */
static uint64_t tick_for(const sw_wheel *w, seawall_time at)
{
    uint64_t tick = tick_after(w, at);

    return tick > w->now ? tick : w->now + 1;
}

static void empty(sw_wheel *w)
{
    uint32_t head, level;

    for (head = 0; head < SW_WHEEL_HEADS; head++)
        w->nodes[head].next = w->nodes[head].previous = head;
    for (level = 0; level < SW_WHEEL_LEVELS; level++)
        w->occupied[level] = 0;
    w->levels = 0;
    w->spare = 0;
    w->count = 0;
}

void sw_wheel_init(sw_wheel *w, sw_wheel_node *nodes, uint32_t capacity, uint32_t shift, uint64_t tag, seawall_time now)
{
    *w = (sw_wheel){.nodes = nodes, .shift = shift, .tag = tag, .used = SW_WHEEL_HEADS, .end = SW_WHEEL_HEADS + capacity};
    w->now = tick_before(w, now);
    empty(w);
}

static uint32_t node_of(const sw_wheel *w, seawall_timer timer)
{
    return SW_WHEEL_HEADS + sw_wheel_place_of(w, timer);
}

static bool is_armed(uint64_t id)
{
    return (id & SW_TIMER_TURN) != 0;
}

static void give_back(sw_wheel *w, uint32_t n)
{
    w->nodes[n].id += SW_TIMER_TURN;
    w->nodes[n].next = w->spare;
    w->spare = n;
}

void sw_wheel_clear(sw_wheel *w, seawall_time now)
{
    uint32_t n;

    empty(w);
    for (n = SW_WHEEL_HEADS; n < w->used; n++) {
        w->nodes[n].id = (w->nodes[n].id & ~SW_TIMER_INDEX_MASK) | SW_TIMER_TURN | w->tag | (n - SW_WHEEL_HEADS);
        give_back(w, n);
    }
    w->now = tick_before(w, now);
}

/* 0: none. */
static uint32_t take_place(sw_wheel *w)
{
    uint32_t n = w->spare;

    if (n != 0) {
        w->spare = w->nodes[n].next;
        return n;
    }
    if (w->used == w->end)
        return 0;
    n = w->used++;
    w->nodes[n].id = w->tag | (n - SW_WHEEL_HEADS);
    return n;
}

seawall_timer sw_wheel_arm(sw_wheel *w, seawall_time at, uint64_t cookie)
{
    uint32_t n = take_place(w);
    sw_wheel_node *node = &w->nodes[n];

    if (n == 0)
        return 0;
    node->id += SW_TIMER_TURN;
    node->cookie = cookie;
    node->tick = tick_for(w, at);
    place(w, n, node->tick);
    w->count++;
    return node->id;
}

/* 0: it is not armed. */
static uint32_t find(const sw_wheel *w, seawall_timer timer)
{
    uint32_t n = node_of(w, timer);

    return n < w->used && w->nodes[n].id == timer && is_armed(timer) ? n : 0;
}

/* Further out it may stay where it is: when its slot's time has come, it is placed anew. */
bool sw_wheel_rearm(sw_wheel *w, seawall_timer timer, seawall_time at)
{
    uint32_t n = find(w, timer);
    uint64_t tick = tick_for(w, at), before;

    if (n == 0)
        return false;
    before = w->nodes[n].tick;
    w->nodes[n].tick = tick;
    if (tick < before || before <= w->now) {
        unlink(w, n);
        place(w, n, tick);
    }
    return true;
}

bool sw_wheel_cancel(sw_wheel *w, seawall_timer timer)
{
    uint32_t n = find(w, timer);

    if (n == 0)
        return false;
    unlink(w, n);
    give_back(w, n);
    w->count--;
    return true;
}

/* The head of the first slot of the lowest level, and the tick at which it begins. There must be one. */
static uint32_t next_slot(const sw_wheel *w, uint64_t *begins)
{
    uint32_t level = lowest_bit(w->levels);
    uint32_t slot = lowest_bit(w->occupied[level]);
    uint32_t width = level * DIGIT_BITS;

    *begins = (((w->now >> width) & ~(uint64_t)DIGIT_MASK) | slot) << width;
    return level * SW_WHEEL_SLOTS + slot;
}

static bool is_empty(const sw_wheel *w, uint32_t head)
{
    return w->nodes[head].next == head;
}

seawall_time sw_wheel_next_due(const sw_wheel *w)
{
    uint64_t begins;

    if (!is_empty(w, SW_WHEEL_DUE) || !is_empty(w, SW_WHEEL_MOVING))
        return time_of(w, w->now);
    if (w->levels == 0)
        return SEAWALL_FOREVER;
    (void)next_slot(w, &begins);
    return time_of(w, begins);
}

/* The whole list of a slot becomes that of those to be moved, which is empty. */
static void take_slot(sw_wheel *w, uint32_t head)
{
    uint32_t first = w->nodes[head].next, last = w->nodes[head].previous;

    w->nodes[SW_WHEEL_MOVING].next = first;
    w->nodes[SW_WHEEL_MOVING].previous = last;
    w->nodes[first].previous = SW_WHEEL_MOVING;
    w->nodes[last].next = SW_WHEEL_MOVING;
    w->nodes[head].next = w->nodes[head].previous = head;
    forget_slot(w, head);
}

/* Each to where it belongs by now: a lower level, or among those that are due. */
static bool settle(sw_wheel *w, uint32_t *budget)
{
    uint32_t n = w->nodes[SW_WHEEL_MOVING].next;

    while (n != SW_WHEEL_MOVING && *budget > 0) {
        uint32_t next = w->nodes[n].next;
        uint64_t tick = w->nodes[n].tick;

        __builtin_prefetch(&w->nodes[next]);
        if (tick > w->now)
            place(w, n, tick);
        else
            link_last(w, SW_WHEEL_DUE, n);
        n = next;
        --*budget;
    }
    w->nodes[SW_WHEEL_MOVING].next = n;
    w->nodes[n].previous = SW_WHEEL_MOVING;
    return n == SW_WHEEL_MOVING;
}

bool sw_wheel_advance(sw_wheel *w, seawall_time now, uint32_t budget)
{
    uint64_t target = tick_before(w, now), begins;

    while (settle(w, &budget)) {
        uint32_t head = w->levels != 0 ? next_slot(w, &begins) : SW_WHEEL_DUE;

        if (head == SW_WHEEL_DUE || begins > target) {
            w->now = target > w->now ? target : w->now;
            return true;
        }
        w->now = begins;
        take_slot(w, head);
    }
    return false;
}

bool sw_wheel_take(sw_wheel *w, seawall_expiry *expiry)
{
    uint32_t n = w->nodes[SW_WHEEL_DUE].next;

    if (n == SW_WHEEL_DUE)
        return false;
    *expiry = (seawall_expiry){w->nodes[n].id, w->nodes[n].cookie, time_of(w, w->nodes[n].tick)};
    unlink(w, n);
    give_back(w, n);
    w->count--;
    return true;
}
