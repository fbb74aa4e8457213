/*
 * The last call was drained, and its object destroyed, before the thread that had reported the attempt had returned from that:
 * it marked the object, whose memory was somebody else's by then.
 */
#include <stdlib.h>
#include <string.h>

#include <check.h>
#include <sched.h>
#include <stdatomic.h>

#include "one_test.h"
#include "support.h"

#define DIRT 0x5A

/* Memory that is given back stays here, full of dirt, until it has been looked at. */
typedef struct grave {
    struct grave *next;
    size_t size;
    unsigned char *memory;
} grave;

static grave *graves;
static seawall_platform platform;
static seawall_timers *timers;
static seawall_pipeline *pipeline;
static _Atomic(seawall_async *) async;
static atomic_ullong attempt; /* to be reported; 0: none */
static atomic_int returned, over, wrong;

static void *allocate(size_t size, size_t alignment, void *user)
{
    void *memory = aligned_alloc(alignment < sizeof(void *) ? sizeof(void *) : alignment,
                                 (size + alignment - 1) / alignment * alignment);

    (void)user;
    if (memory != NULL)
        memset(memory, 0, size);
    return memory;
}

static void release(void *memory, size_t size, void *user)
{
    grave *g = malloc(sizeof(*g));

    (void)user;
    memset(memory, DIRT, size);
    *g = (grave){graves, size, memory};
    graves = g;
}

static bool open_graves(void)
{
    bool untouched = true;

    while (graves != NULL) {
        grave *g = graves;
        size_t i;

        graves = g->next;
        for (i = 0; i < g->size; i++)
            untouched = untouched && g->memory[i] == DIRT;
        free(g->memory);
        free(g);
    }
    return untouched;
}

static void begin(const seawall_async_attempt *begun, void *user)
{
    (void)user;
    atomic_store(&attempt, begun->id);
}

static void report_all(void)
{
    static const seawall_result good;

    while (!atomic_load(&over)) {
        uint64_t id = atomic_exchange(&attempt, 0);

        if (id == 0) {
            sched_yield();
            continue;
        }
        if (seawall_async_report(atomic_load(&async), id, &good) != SEAWALL_OK)
            atomic_fetch_add(&wrong, 1);
        atomic_store(&returned, 1);
    }
}

/* Calling everything off makes the driver look: it must not depend on the report's own call for that. */
static bool start_and_end(void)
{
    static const seawall_async_operation operation = {sizeof(operation), 0, begin, NULL, NULL, NULL};
    seawall_async_config config = SEAWALL_ASYNC_CONFIG_INIT;
    seawall_async *made;

    config.capacity = 1;
    if (seawall_async_create(&config, pipeline, timers, &made, NULL) != SEAWALL_OK)
        return false;
    atomic_store(&async, made);
    atomic_store(&returned, 0);
    if (seawall_async_start(made, pipeline, SEAWALL_FOREVER, &operation, NULL, NULL) != SEAWALL_OK)
        return false;
    while (seawall_async_count(made) > 0) {
        if (seawall_timers_advance(timers, NULL) != SEAWALL_OK || seawall_async_cancel_all(made) != SEAWALL_OK)
            return false;
    }
    if (seawall_async_destroy(made) != SEAWALL_OK)
        return false;
    while (!atomic_load(&returned))
        sched_yield();
    return open_graves();
}

static void body(int index, void *arg)
{
    int64_t i, rounds = sw_test_count(100, 1500);

    (void)arg;
    if (index == 0) {
        report_all();
        return;
    }
    for (i = 0; i < rounds && atomic_load(&wrong) == 0; i++) {
        if (!start_and_end())
            atomic_fetch_add(&wrong, 1);
    }
    atomic_store(&over, 1);
}

START_TEST(nothing_is_touched_after_the_end)
{
    sw_test_threads threads;

    ck_assert_int_eq(seawall_platform_init(&platform, sizeof(platform)), SEAWALL_OK);
    platform.allocate = allocate;
    platform.release = release;
    ck_assert_int_eq(seawall_timers_create(NULL, &platform, &timers, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_pipeline_create(NULL, NULL, 0, &platform, &pipeline, NULL), SEAWALL_OK);
    sw_test_start(&threads, 2, body, NULL);
    sw_test_join(&threads);
    ck_assert_int_eq(atomic_load(&wrong), 0);
    seawall_pipeline_destroy(pipeline);
    seawall_timers_destroy(timers);
    ck_assert(open_graves());
}
END_TEST

int main(void)
{
    return one_test("regress/report_returning", nothing_is_touched_after_the_end);
}
