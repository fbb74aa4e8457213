/* A ring that nobody waits at. */
#include "sync/ring.h"

#include "base/alloc.h"
#include "port/port.h"

/* A place: its turn, and behind it what is put there. */
#define TURN_SIZE _Alignof(max_align_t)

struct sw_ring {
    _Alignas(SW_CACHE_LINE) sw_atomic_u64 head; /* where the next one is put */
    sw_atomic_u64 dropped;
    _Alignas(SW_CACHE_LINE) sw_atomic_u64 tail; /* where the next one is taken */
    _Alignas(SW_CACHE_LINE) uint64_t mask;
    size_t stride;
    unsigned char *places;
    const seawall_platform *platform;
    sw_atomic_u32 process; /* whose it is */
    sw_mutex lock;         /* of who takes it over */
};

/* position: to be written; position + 1: to be read. */
static sw_atomic_u64 *turn_at(const sw_ring *ring, uint64_t position)
{
    return (sw_atomic_u64 *)(void *)(ring->places + (size_t)(position & ring->mask) * ring->stride);
}

static void *thing_at(const sw_ring *ring, uint64_t position)
{
    return ring->places + (size_t)(position & ring->mask) * ring->stride + TURN_SIZE;
}

static void empty(sw_ring *ring)
{
    uint64_t i;

    for (i = 0; i <= ring->mask; i++)
        sw_store_relaxed_u64(turn_at(ring, i), i);
    sw_store_relaxed_u64(&ring->head, 0);
    sw_store_relaxed_u64(&ring->tail, 0);
    sw_store_relaxed_u64(&ring->dropped, 0);
    sw_store_release_u32(&ring->process, sw_port_fork_generation());
}

static void enter(sw_ring *ring)
{
    uint32_t process = sw_port_fork_generation();

    if (sw_load_acquire_u32(&ring->process) == process)
        return;
    sw_mutex_lock(&ring->lock);
    if (sw_load_u32(&ring->process) != process)
        empty(ring);
    sw_mutex_unlock(&ring->lock);
}

sw_ring *sw_ring_create(const seawall_platform *platform, int32_t capacity, size_t size)
{
    sw_ring *ring = sw_allocate(platform, sizeof(*ring), _Alignof(sw_ring));
    uint64_t count = 2; /* with one place a turn could be either */

    if (ring == NULL)
        return NULL;
    while (count < (uint64_t)capacity)
        count *= 2;
    ring->stride = TURN_SIZE + (size + TURN_SIZE - 1) / TURN_SIZE * TURN_SIZE;
    ring->places = sw_allocate(platform, (size_t)count * ring->stride, TURN_SIZE);
    if (ring->places == NULL) {
        sw_release(platform, ring, sizeof(*ring));
        return NULL;
    }
    ring->platform = platform;
    ring->mask = count - 1;
    sw_mutex_init(&ring->lock);
    empty(ring);
    return ring;
}

void sw_ring_destroy(sw_ring *ring)
{
    if (ring == NULL)
        return;
    sw_release(ring->platform, ring->places, (size_t)(ring->mask + 1) * ring->stride);
    sw_release(ring->platform, ring, sizeof(*ring));
}

void *sw_ring_room(sw_ring *ring, uint64_t *position)
{
    enter(ring);
    *position = sw_load_relaxed_u64(&ring->head);
    for (;;) {
        uint64_t turn = sw_load_acquire_u64(turn_at(ring, *position));

        if (turn == *position) {
            if (sw_cas_u64(&ring->head, position, *position + 1))
                return thing_at(ring, *position);
            continue;
        }
        if (turn < *position) { /* nobody has taken what was put there a round ago */
            (void)sw_add_u64(&ring->dropped, 1);
            return NULL;
        }
        *position = sw_load_relaxed_u64(&ring->head);
    }
}

void sw_ring_put(sw_ring *ring, uint64_t position)
{
    sw_store_u64(turn_at(ring, position), position + 1);
}

const void *sw_ring_oldest(sw_ring *ring, uint64_t *position)
{
    enter(ring);
    *position = sw_load_relaxed_u64(&ring->tail);
    for (;;) {
        uint64_t turn = sw_load_u64(turn_at(ring, *position));

        if (turn == *position + 1) {
            if (sw_cas_u64(&ring->tail, position, *position + 1))
                return thing_at(ring, *position);
            continue;
        }
        if (turn < *position + 1)
            return NULL;
        *position = sw_load_relaxed_u64(&ring->tail);
    }
}

void sw_ring_free(sw_ring *ring, uint64_t position)
{
    sw_store_release_u64(turn_at(ring, position), position + ring->mask + 1);
}

bool sw_ring_is_empty(sw_ring *ring)
{
    uint64_t position;

    enter(ring);
    position = sw_load_u64(&ring->tail);
    return sw_load_u64(turn_at(ring, position)) != position + 1;
}

int64_t sw_ring_dropped(sw_ring *ring)
{
    enter(ring);
    return (int64_t)sw_load_u64(&ring->dropped);
}
