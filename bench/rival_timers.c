#include "rival_timers.h"

#include <stdlib.h>

typedef struct heap_entry {
    int64_t at;
    uint32_t timer;
} heap_entry;

struct rival_timers {
    pthread_mutex_t lock;
    uint32_t capacity, count;
    heap_entry *heap;  /* from 1 */
    uint32_t *place;   /* of each timer in the heap */
    uint32_t *spare;   /* numbers that are free */
};

rival_timers *rival_timers_create(uint32_t capacity)
{
    rival_timers *t = calloc(1, sizeof(*t));
    uint32_t i;

    if (t == NULL)
        return NULL;
    t->capacity = capacity;
    t->heap = calloc((size_t)capacity + 1, sizeof(*t->heap));
    t->place = calloc((size_t)capacity + 1, sizeof(*t->place));
    t->spare = calloc(capacity, sizeof(*t->spare));
    if (t->heap == NULL || t->place == NULL || t->spare == NULL) {
        rival_timers_destroy(t);
        return NULL;
    }
    for (i = 0; i < capacity; i++)
        t->spare[i] = capacity - i;
    (void)pthread_mutex_init(&t->lock, NULL);
    return t;
}

void rival_timers_destroy(rival_timers *t)
{
    if (t == NULL)
        return;
    free(t->heap);
    free(t->place);
    free(t->spare);
    free(t);
}

static void put(rival_timers *t, uint32_t i, heap_entry e)
{
    t->heap[i] = e;
    t->place[e.timer] = i;
}

static void rise(rival_timers *t, uint32_t i, heap_entry e)
{
    for (; i > 1 && t->heap[i / 2].at > e.at; i /= 2)
        put(t, i, t->heap[i / 2]);
    put(t, i, e);
}

static void sink(rival_timers *t, uint32_t i, heap_entry e)
{
    uint32_t child;

    for (; (child = 2 * i) <= t->count; i = child) {
        if (child < t->count && t->heap[child + 1].at < t->heap[child].at)
            child++;
        if (t->heap[child].at >= e.at)
            break;
        put(t, i, t->heap[child]);
    }
    put(t, i, e);
}

static void settle(rival_timers *t, uint32_t i, heap_entry e)
{
    if (i > 1 && t->heap[i / 2].at > e.at)
        rise(t, i, e);
    else
        sink(t, i, e);
}

static void take_out(rival_timers *t, uint32_t timer)
{
    uint32_t i = t->place[timer];
    heap_entry last = t->heap[t->count--];

    if (last.timer != timer)
        settle(t, i, last);
    t->place[timer] = 0;
    t->spare[t->capacity - t->count - 1] = timer;
}

uint32_t rival_timers_arm(rival_timers *t, int64_t at)
{
    uint32_t timer = 0;

    (void)pthread_mutex_lock(&t->lock);
    if (t->count < t->capacity) {
        timer = t->spare[t->capacity - ++t->count];
        rise(t, t->count, (heap_entry){at, timer});
    }
    (void)pthread_mutex_unlock(&t->lock);
    return timer;
}

int32_t rival_timers_rearm(rival_timers *t, uint32_t timer, int64_t at)
{
    int32_t found;

    (void)pthread_mutex_lock(&t->lock);
    found = t->place[timer] != 0;
    if (found)
        settle(t, t->place[timer], (heap_entry){at, timer});
    (void)pthread_mutex_unlock(&t->lock);
    return found;
}

int32_t rival_timers_cancel(rival_timers *t, uint32_t timer)
{
    int32_t found;

    (void)pthread_mutex_lock(&t->lock);
    found = t->place[timer] != 0;
    if (found)
        take_out(t, timer);
    (void)pthread_mutex_unlock(&t->lock);
    return found;
}

int64_t rival_timers_next(rival_timers *t)
{
    int64_t at;

    (void)pthread_mutex_lock(&t->lock);
    at = t->count > 0 ? t->heap[1].at : INT64_MAX;
    (void)pthread_mutex_unlock(&t->lock);
    return at;
}

uint32_t rival_timers_take(rival_timers *t, int64_t now)
{
    uint32_t timer = 0;

    (void)pthread_mutex_lock(&t->lock);
    if (t->count > 0 && t->heap[1].at <= now) {
        timer = t->heap[1].timer;
        take_out(t, timer);
    }
    (void)pthread_mutex_unlock(&t->lock);
    return timer;
}

uint32_t floor_timers_arm(floor_timers *timers, int64_t at)
{
    uint32_t n = timers->spare, last = timers->nodes[0].previous;

    timers->spare = timers->nodes[n].next;
    timers->nodes[n].at = at;
    timers->nodes[n].next = 0;
    timers->nodes[n].previous = last;
    timers->nodes[last].next = n;
    timers->nodes[0].previous = n;
    return n;
}

int32_t floor_timers_rearm(floor_timers *timers, uint32_t timer, int64_t at)
{
    timers->nodes[timer].at = at;
    return 1;
}

int32_t floor_timers_cancel(floor_timers *timers, uint32_t timer)
{
    floor_node *node = &timers->nodes[timer];

    timers->nodes[node->previous].next = node->next;
    timers->nodes[node->next].previous = node->previous;
    node->next = timers->spare;
    timers->spare = timer;
    return 1;
}
