/* The ring that nobody waits at. */
#include <check.h>
#include <sched.h>

#include "suite.h"
#include "support.h"
#include "sync/ring.h"

typedef struct thing {
    uint64_t from, number;
    char rest[40];
} thing;

static sw_test_platform base;

static bool put(sw_ring *ring, uint64_t from, uint64_t number)
{
    uint64_t position;
    thing *room = sw_ring_room(ring, &position);

    if (room == NULL)
        return false;
    *room = (thing){.from = from, .number = number};
    sw_ring_put(ring, position);
    return true;
}

static bool take(sw_ring *ring, thing *out)
{
    uint64_t position;
    const thing *oldest = sw_ring_oldest(ring, &position);

    if (oldest == NULL)
        return false;
    *out = *oldest;
    sw_ring_free(ring, position);
    return true;
}

START_TEST(what_was_put_comes_in_order)
{
    sw_ring *ring;
    thing found;
    uint64_t position, i, round;

    sw_test_platform_init(&base, false);
    ring = sw_ring_create(&base.platform, 3, sizeof(thing)); /* 4 places */
    ck_assert(sw_ring_is_empty(ring));
    ck_assert(!take(ring, &found));
    for (round = 0; round < 5; round++) {
        for (i = 0; i < 4; i++)
            ck_assert(put(ring, round, i));
        ck_assert(!put(ring, round, 4));
        ck_assert_int_eq(sw_ring_dropped(ring), (int64_t)round + 1);
        for (i = 0; i < 4; i++) {
            ck_assert(!sw_ring_is_empty(ring));
            ck_assert(take(ring, &found));
            ck_assert_uint_eq(found.from, round);
            ck_assert_uint_eq(found.number, i);
        }
        ck_assert(sw_ring_is_empty(ring));
        ck_assert(!take(ring, &found));
    }
    ck_assert_ptr_nonnull(sw_ring_room(ring, &position));
    ck_assert_uint_eq(position, 20);
    ck_assert(sw_ring_is_empty(ring)); /* not until it is put */
    sw_ring_put(ring, position);
    ck_assert(take(ring, &found));
    sw_ring_destroy(ring);
    sw_ring_destroy(NULL);
    sw_test_platform_fini(&base);
}
END_TEST

START_TEST(it_has_two_places_at_least)
{
    sw_ring *ring;

    sw_test_platform_init(&base, false);
    ring = sw_ring_create(&base.platform, 1, sizeof(thing));
    ck_assert(put(ring, 0, 0) && put(ring, 0, 1));
    ck_assert(!put(ring, 0, 2));
    sw_ring_destroy(ring);
    sw_test_platform_fini(&base);
}
END_TEST

static seawall_status make(const seawall_platform *platform, void *arg, seawall_error *error)
{
    sw_ring *ring = sw_ring_create(platform, 100, 3);

    (void)arg;
    if (ring == NULL) {
        error->status = SEAWALL_NO_MEMORY;
        error->message[0] = 'x';
        return SEAWALL_NO_MEMORY;
    }
    sw_ring_destroy(ring);
    return SEAWALL_OK;
}

START_TEST(without_memory_there_is_none)
{
    ck_assert_int_eq(sw_test_sweep(make, NULL), 2);
}
END_TEST

#define WRITERS 2
#define READERS 2

typedef struct crowd {
    sw_ring *ring;
    uint64_t each;
    sw_atomic_u64 taken, put;
    sw_atomic_u32 wrong;
} crowd;

/* Writers put their numbers in order, however long that takes; readers see those of each writer grow. */
static void work(int index, void *arg)
{
    crowd *all = arg;
    uint64_t last[WRITERS] = {0}, i;
    thing found;

    if (index < WRITERS) {
        for (i = 1; i <= all->each; i++) {
            while (!put(all->ring, (uint64_t)index, i))
                (void)sched_yield();
            (void)sw_add_u64(&all->put, i);
        }
        return;
    }
    while (sw_load_u64(&all->taken) < WRITERS * all->each) {
        if (!take(all->ring, &found)) {
            (void)sched_yield();
            continue;
        }
        if (found.from >= WRITERS || found.number <= last[found.from])
            (void)sw_add_u32(&all->wrong, 1);
        else
            last[found.from] = found.number;
        (void)sw_sub_u64(&all->put, found.number);
        (void)sw_add_u64(&all->taken, 1);
    }
}

START_TEST(threads_lose_nothing)
{
    sw_test_threads threads;
    crowd all = {0};

    sw_test_platform_init(&base, false);
    all.ring = sw_ring_create(&base.platform, 256, sizeof(thing));
    all.each = (uint64_t)sw_test_count(3000, 20000);
    sw_test_start(&threads, WRITERS + READERS, work, &all);
    sw_test_join(&threads);
    ck_assert_uint_eq(sw_load_u32(&all.wrong), 0);
    ck_assert_uint_eq(sw_load_u64(&all.put), 0); /* each number once */
    ck_assert(sw_ring_is_empty(all.ring));
    sw_ring_destroy(all.ring);
    sw_test_platform_fini(&base);
}
END_TEST

/* In the parent a place is being filled and another one given back; in the child nobody ever does so. */
static bool begins_anew(void *arg)
{
    sw_ring *ring = arg;
    thing found;
    uint64_t i;

    if (!sw_ring_is_empty(ring) || take(ring, &found) || sw_ring_dropped(ring) != 0)
        return false;
    for (i = 0; i < 9; i++) {
        if (!put(ring, 7, i) || !take(ring, &found) || found.number != i)
            return false;
    }
    return true;
}

START_TEST(a_child_begins_anew)
{
    uint64_t filled, freed, i;
    sw_ring *ring;
    thing found;

    sw_test_platform_init(&base, false);
    ring = sw_ring_create(&base.platform, 4, sizeof(thing));
    for (i = 0; i < 5; i++)
        (void)put(ring, 1, i);
    ck_assert_ptr_nonnull(sw_ring_oldest(ring, &freed));
    ck_assert(take(ring, &found));
    sw_test_in_child(begins_anew, ring);
    ck_assert_int_eq(sw_ring_dropped(ring), 1); /* here all is as it was */
    ck_assert_ptr_null(sw_ring_room(ring, &filled));
    sw_ring_free(ring, freed);
    ck_assert_ptr_nonnull(sw_ring_room(ring, &filled));
    sw_test_in_child(begins_anew, ring);
    sw_ring_put(ring, filled);
    for (i = 2; i < 5; i++)
        ck_assert(take(ring, &found));
    ck_assert(!take(ring, &found));
    sw_ring_destroy(ring);
    sw_test_platform_fini(&base);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("ring");

    tcase_set_timeout(tests, 300);
    tcase_add_test(tests, what_was_put_comes_in_order);
    tcase_add_test(tests, it_has_two_places_at_least);
    tcase_add_test(tests, without_memory_there_is_none);
    tcase_add_test(tests, a_child_begins_anew);
    tcase_add_test(tests, threads_lose_nothing);
    return sw_test_run("unit/sync/ring", tests);
}
