/* A heap of checks, the next one first. */
#include "health/health_core.h"

static void put(sw_health_heap *heap, uint32_t index, sw_health_place *place)
{
    heap->places[index] = place;
    place->index = index;
}

static void rise(sw_health_heap *heap, uint32_t index, sw_health_place *place)
{
    while (index > 0 && heap->places[(index - 1) / 2]->at > place->at) {
        put(heap, index, heap->places[(index - 1) / 2]);
        index = (index - 1) / 2;
    }
    put(heap, index, place);
}

static void sink(sw_health_heap *heap, uint32_t index, sw_health_place *place)
{
    uint32_t child;

    while ((child = 2 * index + 1) < heap->count) {
        child += child + 1 < heap->count && heap->places[child + 1]->at < heap->places[child]->at;
        if (heap->places[child]->at >= place->at)
            break;
        put(heap, index, heap->places[child]);
        index = child;
    }
    put(heap, index, place);
}

void sw_health_heap_add(sw_health_heap *heap, sw_health_place *place, seawall_time at)
{
    place->at = at;
    rise(heap, heap->count++, place);
}

void sw_health_heap_move(sw_health_heap *heap, sw_health_place *place, seawall_time at)
{
    seawall_time before = place->at;

    place->at = at;
    if (at < before)
        rise(heap, place->index, place);
    else
        sink(heap, place->index, place);
}

void sw_health_heap_remove(sw_health_heap *heap, sw_health_place *place)
{
    sw_health_place *last = heap->places[--heap->count];
    uint32_t index = place->index;

    if (last == place)
        return;
    put(heap, index, last);
    sw_health_heap_move(heap, last, last->at);
    if (last->index == index)
        rise(heap, index, last);
}
