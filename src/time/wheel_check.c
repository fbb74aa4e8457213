/* The invariants of a wheel, looked at one by one. */
#include "time/wheel.h"

/* What was met on the walk. */
typedef struct walk {
    const sw_wheel *wheel;
    uint32_t armed, spare;
    const char *wrong;
} walk;

/* Answers whether it is still worth going on. */
static bool holds(walk *k, bool what, const char *otherwise)
{
    if (!what && k->wrong == NULL)
        k->wrong = otherwise;
    return k->wrong == NULL;
}

static const sw_wheel_node *at(const sw_wheel *w, uint32_t link)
{
    return sw_wheel_node_at(w, link);
}

static bool is_place(const sw_wheel *w, uint32_t n)
{
    return n >= SW_WHEEL_LINK(SW_WHEEL_HEADS) && n < w->used && n % SW_WHEEL_LINK(1) == 0;
}

/*
 * `least` is the least key that the slot can hold. A timer that was moved further out may have a greater one than belongs here.
 */
static void timer(walk *k, uint32_t n, uint64_t least)
{
    const sw_wheel_node *node = at(k->wheel, n);
    uint64_t index = k->wheel->tag | (n / SW_WHEEL_LINK(1) - SW_WHEEL_HEADS);

    (void)holds(k, node->id % SW_TIMER_TURN == index, "a handle names another place");
    (void)holds(k, node->key != 0, "a timer in a list is not armed");
    (void)holds(k, node->key >= least, "a timer stands in a slot after its time");
    (void)holds(k, (node->key & k->wheel->mask) == k->wheel->mask, "a key is within a tick");
    k->armed++;
}

static void list(walk *k, uint32_t head, uint64_t least)
{
    const sw_wheel *w = k->wheel;
    uint32_t previous = head, n = at(w, head)->next;

    while (n != head) {
        if (!holds(k, is_place(w, n), "a link leads out of the slab") ||
            !holds(k, at(w, n)->previous == previous, "a link back does not lead back") ||
            !holds(k, k->armed < w->count, "more timers are in lists than are armed"))
            return;
        timer(k, n, least);
        previous = n;
        n = at(w, n)->next;
    }
    (void)holds(k, at(w, head)->previous == previous, "a list's last is not its end");
}

static void slot(walk *k, uint32_t level, uint32_t s)
{
    const sw_wheel *w = k->wheel;
    uint32_t head = SW_WHEEL_LINK(level * SW_WHEEL_SLOTS + s), width = w->shift + level * 6;
    bool occupied = (w->occupied[level] >> s & 1) != 0;
    uint64_t least = 0;

    if (width < 64)
        least = (((w->clock >> width) & ~(uint64_t)(SW_WHEEL_SLOTS - 1)) | s) << width | w->mask;
    (void)holds(k, (at(w, head)->next != head) == occupied, "a slot's bit is wrong");
    (void)holds(k, !occupied || least > w->clock, "a slot whose time has passed has timers");
    list(k, head, least);
}

static void spares(walk *k)
{
    const sw_wheel *w = k->wheel;
    uint32_t n = w->spare;

    while (n != 0) {
        if (!holds(k, is_place(w, n), "a spare place is outside the slab") ||
            !holds(k, at(w, n)->key == 0, "a spare place has an armed timer") ||
            !holds(k, k->spare < w->used, "the spare places run in a circle"))
            return;
        k->spare++;
        n = at(w, n)->next;
    }
}

const char *sw_wheel_check(const sw_wheel *wheel)
{
    const uint32_t first = SW_WHEEL_LINK(SW_WHEEL_HEADS);
    walk k = {.wheel = wheel};
    uint32_t level, s;

    (void)holds(&k, wheel->used >= first && wheel->used <= wheel->end, "the slab's mark is outside the slab");
    for (level = 0; level < SW_WHEEL_LEVELS; level++) {
        for (s = 0; s < SW_WHEEL_SLOTS && k.wrong == NULL; s++)
            slot(&k, level, s);
    }
    if (k.wrong == NULL)
        list(&k, SW_WHEEL_LINK(SW_WHEEL_DUE), 0);
    if (k.wrong == NULL)
        list(&k, SW_WHEEL_LINK(SW_WHEEL_MOVING), 0);
    if (k.wrong == NULL)
        spares(&k);
    (void)holds(&k, k.armed == wheel->count, "fewer timers are in lists than are armed");
    (void)holds(&k, k.armed + k.spare == (wheel->used - first) / SW_WHEEL_LINK(1), "a place is lost");
    return k.wrong;
}
