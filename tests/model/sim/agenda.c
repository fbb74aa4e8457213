/* A heap of what is to come. */
#include "model/sim/agenda.h"

#include <stdlib.h>

void agenda_init(agenda *a, seawall_time now)
{
    *a = (agenda){.now = now};
}

void agenda_fini(agenda *a)
{
    free(a->entries);
    *a = (agenda){0};
}

static bool is_before(const agenda_entry *a, const agenda_entry *b)
{
    return a->when != b->when ? a->when < b->when : a->order < b->order;
}

static void make_room(agenda *a)
{
    if (a->count < a->room)
        return;
    a->room = a->room == 0 ? 64 : 2 * a->room;
    a->entries = realloc(a->entries, (size_t)a->room * sizeof(a->entries[0]));
    if (a->entries == NULL)
        abort();
}

void agenda_at(agenda *a, seawall_time when, agenda_fn happens, void *who, uint64_t what)
{
    agenda_entry fresh = {when > a->now ? when : a->now, a->order++, happens, who, what};
    int place;

    make_room(a);
    for (place = a->count++; place > 0 && is_before(&fresh, &a->entries[(place - 1) / 2]); place = (place - 1) / 2)
        a->entries[place] = a->entries[(place - 1) / 2];
    a->entries[place] = fresh;
}

static agenda_entry take_first(agenda *a)
{
    agenda_entry first = a->entries[0], last = a->entries[--a->count];
    int place = 0, child;

    while ((child = 2 * place + 1) < a->count) {
        if (child + 1 < a->count && is_before(&a->entries[child + 1], &a->entries[child]))
            child++;
        if (!is_before(&a->entries[child], &last))
            break;
        a->entries[place] = a->entries[child];
        place = child;
    }
    a->entries[place] = last;
    return first;
}

bool agenda_step(agenda *a)
{
    agenda_entry next;

    if (a->count == 0)
        return false;
    next = take_first(a);
    a->now = next.when;
    next.happens(next.who, next.what);
    return true;
}
