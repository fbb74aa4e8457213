/* The timing wheel: moving, cancelling, and time that passes. */
#include "time/wheel.h"

#define DIGIT_BITS 6
#define DIGIT_MASK (SW_WHEEL_SLOTS - 1)
#define DUE SW_WHEEL_LINK(SW_WHEEL_DUE)
#define MOVING SW_WHEEL_LINK(SW_WHEEL_MOVING)
#define SIGN (UINT64_C(1) << 63)

static uint32_t lowest_bit(uint64_t bits)
{
    return (uint32_t)__builtin_ctzll(bits);
}

static sw_wheel_node *at(const sw_wheel *w, uint32_t link)
{
    return sw_wheel_node_at(w, link);
}

uint32_t sw_wheel_shift_of(seawall_duration tick)
{
    return 63u - (uint32_t)__builtin_clzll((uint64_t)tick);
}

/*
 * The key of everything that fires with the tick in which `t` lies. Time has one tick before the first that anything can fire
 * with.
 */
static uint64_t clock_at(const sw_wheel *w, seawall_time t)
{
    uint64_t begins = ((uint64_t)t ^ SIGN) & ~w->mask;

    return begins != 0 ? begins - 1 : w->mask;
}

static void set_clock(sw_wheel *w, uint64_t clock)
{
    w->clock = clock;
    w->begun = (seawall_time)((clock + 1) ^ SIGN);
}

/* When what has this key fires. */
static seawall_time time_of(uint64_t key)
{
    return key == UINT64_MAX ? SEAWALL_FOREVER : (seawall_time)((key + 1) ^ SIGN);
}

static void forget_slot(sw_wheel *w, uint32_t head)
{
    uint32_t number = head / SW_WHEEL_LINK(1);

    w->occupied[number / SW_WHEEL_SLOTS] &= ~(UINT64_C(1) << (number % SW_WHEEL_SLOTS));
}

static void unlink(sw_wheel *w, uint32_t n)
{
    uint32_t next = at(w, n)->next, previous = at(w, n)->previous;

    at(w, previous)->next = next;
    at(w, next)->previous = previous;
    if (next == previous && next < DUE)
        forget_slot(w, next);
}

static void link_due(sw_wheel *w, uint32_t n)
{
    uint32_t last = at(w, DUE)->previous;

    at(w, n)->next = DUE;
    at(w, n)->previous = last;
    at(w, last)->next = n;
    at(w, DUE)->previous = n;
}

static void empty(sw_wheel *w)
{
    uint32_t head, level;

    for (head = 0; head < SW_WHEEL_LINK(SW_WHEEL_HEADS); head += SW_WHEEL_LINK(1))
        at(w, head)->next = at(w, head)->previous = head;
    for (level = 0; level < SW_WHEEL_LEVELS; level++)
        w->occupied[level] = 0;
    w->spare = 0;
    w->count = 0;
}

void sw_wheel_init(sw_wheel *w, void *nodes, uint32_t capacity, uint32_t shift, uint64_t tag, seawall_time now)
{
    uint32_t bit;

    *w = (sw_wheel){.nodes = nodes, .shift = shift, .tag = tag, .mask = (UINT64_C(1) << shift) - 1, .bias = INT64_MAX};
    w->used = SW_WHEEL_LINK(SW_WHEEL_HEADS);
    w->end = w->used + SW_WHEEL_LINK(capacity);
    for (bit = shift; bit < 64; bit++) {
        uint32_t level = (bit - shift) / DIGIT_BITS;

        w->first[bit] = SW_WHEEL_LINK(level * SW_WHEEL_SLOTS);
        w->width[bit] = shift + level * DIGIT_BITS - SW_WHEEL_NODE_BITS;
    }
    set_clock(w, clock_at(w, now));
    empty(w);
}

static uint64_t index_of(const sw_wheel *w, uint32_t n)
{
    return w->tag | (n / SW_WHEEL_LINK(1) - SW_WHEEL_HEADS);
}

bool sw_wheel_make_spare(sw_wheel *w)
{
    uint32_t n = w->used;

    if (n == w->end)
        return false;
    w->used = n + SW_WHEEL_LINK(1);
    at(w, n)->id = SW_TIMER_TURN | index_of(w, n);
    at(w, n)->next = w->spare;
    w->spare = n;
    return true;
}

static void give_back(sw_wheel *w, uint32_t n)
{
    at(w, n)->id += SW_TIMER_TURN;
    at(w, n)->id |= (uint64_t)(at(w, n)->id < SW_TIMER_TURN) << SW_TIMER_INDEX_BITS; /* after the last one comes 1 */
    at(w, n)->key = 0;
    at(w, n)->next = w->spare;
    w->spare = n;
}

void sw_wheel_clear(sw_wheel *w, seawall_time now)
{
    uint32_t n;

    empty(w);
    for (n = SW_WHEEL_LINK(SW_WHEEL_HEADS); n < w->used; n += SW_WHEEL_LINK(1)) {
        at(w, n)->id = (at(w, n)->id & ~SW_TIMER_INDEX_MASK) | index_of(w, n);
        give_back(w, n);
    }
    set_clock(w, clock_at(w, now));
}

/* 0: it is not armed. */
static uint32_t find(const sw_wheel *w, seawall_timer timer)
{
    uint32_t n = SW_WHEEL_LINK(SW_WHEEL_HEADS + sw_wheel_place_of(w, timer));

    return n < w->used && at(w, n)->id == timer && at(w, n)->key != 0 ? n : 0;
}

/* Further out it may stay where it is: when its slot's time has come, it is placed anew. */
bool sw_wheel_rearm(sw_wheel *w, seawall_timer timer, seawall_time when)
{
    uint32_t n = find(w, timer);
    uint64_t key = sw_wheel_key_for(w, when), before;

    if (n == 0)
        return false;
    before = at(w, n)->key;
    at(w, n)->key = key;
    if (key < before || before <= w->clock) {
        unlink(w, n);
        sw_wheel_place(w, n, key);
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

/* The head of the first slot of the lowest level that has any, and the least key that it can hold. DUE: there is none. */
static uint32_t next_slot(const sw_wheel *w, uint64_t *least)
{
    uint32_t level, slot, width = w->shift;

    for (level = 0; level < SW_WHEEL_LEVELS; level++, width += DIGIT_BITS) {
        if (w->occupied[level] == 0)
            continue;
        slot = lowest_bit(w->occupied[level]);
        *least = (((w->clock >> width) & ~(uint64_t)DIGIT_MASK) | slot) << width | w->mask;
        return SW_WHEEL_LINK(level * SW_WHEEL_SLOTS + slot);
    }
    return DUE;
}

static bool is_empty(const sw_wheel *w, uint32_t head)
{
    return at(w, head)->next == head;
}

seawall_time sw_wheel_next_due(const sw_wheel *w)
{
    uint64_t least;

    if (!is_empty(w, DUE) || !is_empty(w, MOVING))
        return w->begun;
    return next_slot(w, &least) != DUE ? time_of(least) : SEAWALL_FOREVER;
}

/* The whole list of a slot becomes that of those to be moved, which is empty. */
static void take_slot(sw_wheel *w, uint32_t head)
{
    uint32_t first = at(w, head)->next, last = at(w, head)->previous;

    at(w, MOVING)->next = first;
    at(w, MOVING)->previous = last;
    at(w, first)->previous = MOVING;
    at(w, last)->next = MOVING;
    at(w, head)->next = at(w, head)->previous = head;
    forget_slot(w, head);
}

/* Each to where it belongs by now: a lower level, or among those that are due. */
static bool settle(sw_wheel *w, uint32_t *budget)
{
    uint32_t n = at(w, MOVING)->next;

    while (n != MOVING && *budget > 0) {
        uint32_t next = at(w, n)->next;
        uint64_t key = at(w, n)->key;

        __builtin_prefetch(at(w, next));
        if (key > w->clock)
            sw_wheel_place(w, n, key);
        else
            link_due(w, n);
        n = next;
        --*budget;
    }
    at(w, MOVING)->next = n;
    at(w, n)->previous = MOVING;
    return n == MOVING;
}

bool sw_wheel_advance(sw_wheel *w, seawall_time now, uint32_t budget)
{
    uint64_t target = clock_at(w, now), least = 0;

    while (settle(w, &budget)) {
        uint32_t head = next_slot(w, &least);

        if (head == DUE || least > target) {
            set_clock(w, target > w->clock ? target : w->clock);
            return true;
        }
        set_clock(w, least);
        take_slot(w, head);
    }
    return false;
}

bool sw_wheel_take(sw_wheel *w, seawall_expiry *expiry)
{
    uint32_t n = at(w, DUE)->next;

    if (n == DUE)
        return false;
    *expiry = (seawall_expiry){at(w, n)->id, at(w, n)->cookie, time_of(at(w, n)->key)};
    unlink(w, n);
    give_back(w, n);
    w->count--;
    return true;
}
