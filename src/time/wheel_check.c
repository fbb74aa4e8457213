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

static bool is_place(const sw_wheel *w, uint32_t n)
{
    return n >= SW_WHEEL_HEADS && n < w->used;
}

/* The slot begins with this tick. A timer that was moved further out may be later, none may be earlier. */
static void timer(walk *k, uint32_t n, uint64_t begins)
{
    const sw_wheel_node *node = &k->wheel->nodes[n];

    (void)holds(k, node->id % SW_TIMER_TURN == (k->wheel->tag | (n - SW_WHEEL_HEADS)), "a handle names another place");
    (void)holds(k, (node->id & SW_TIMER_TURN) != 0, "a timer in a list is not armed");
    (void)holds(k, node->tick >= begins, "a timer stands in a slot after its time");
    k->armed++;
}

static void list(walk *k, uint32_t head, uint64_t begins)
{
    const sw_wheel_node *nodes = k->wheel->nodes;
    uint32_t previous = head, n = nodes[head].next;

    while (n != head) {
        if (!holds(k, is_place(k->wheel, n), "a link leads out of the slab") ||
            !holds(k, nodes[n].previous == previous, "a link back does not lead back") ||
            !holds(k, k->armed < k->wheel->count, "more timers are in lists than are armed"))
            return;
        timer(k, n, begins);
        previous = n;
        n = nodes[n].next;
    }
    (void)holds(k, nodes[head].previous == previous, "a list's last is not its end");
}

static void slot(walk *k, uint32_t level, uint32_t s)
{
    const sw_wheel *w = k->wheel;
    uint32_t head = level * SW_WHEEL_SLOTS + s, width = level * 6;
    bool occupied = (w->occupied[level] >> s & 1) != 0;
    uint64_t begins = (((w->now >> width) & ~(uint64_t)(SW_WHEEL_SLOTS - 1)) | s) << width;

    (void)holds(k, (w->nodes[head].next != head) == occupied, "a slot's bit is wrong");
    (void)holds(k, !occupied || begins > w->now, "a slot whose time has passed has timers");
    list(k, head, begins);
}

static void spares(walk *k)
{
    const sw_wheel *w = k->wheel;
    uint32_t n = w->spare;

    while (n != 0) {
        if (!holds(k, is_place(w, n), "a spare place is outside the slab") ||
            !holds(k, (w->nodes[n].id & SW_TIMER_TURN) == 0, "a spare place has an armed timer") ||
            !holds(k, k->spare < w->used, "the spare places run in a circle"))
            return;
        k->spare++;
        n = w->nodes[n].next;
    }
}

const char *sw_wheel_check(const sw_wheel *wheel)
{
    walk k = {.wheel = wheel};
    uint32_t level, s;

    (void)holds(&k, wheel->used >= SW_WHEEL_HEADS && wheel->used <= wheel->end, "the slab's mark is outside the slab");
    for (level = 0; level < SW_WHEEL_LEVELS && k.wrong == NULL; level++) {
        (void)holds(&k, (wheel->levels >> level & 1) == (wheel->occupied[level] != 0), "a level's bit is wrong");
        for (s = 0; s < SW_WHEEL_SLOTS && k.wrong == NULL; s++)
            slot(&k, level, s);
    }
    if (k.wrong == NULL)
        list(&k, SW_WHEEL_DUE, 0);
    if (k.wrong == NULL)
        list(&k, SW_WHEEL_MOVING, 0);
    if (k.wrong == NULL)
        spares(&k);
    (void)holds(&k, k.armed == wheel->count, "fewer timers are in lists than are armed");
    (void)holds(&k, k.armed + k.spare == wheel->used - SW_WHEEL_HEADS, "a place is lost");
    return k.wrong;
}
