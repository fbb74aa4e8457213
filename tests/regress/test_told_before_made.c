/*
 * What a new breaker did could be told before that it was made, and what a removed one did after that it was gone: a follower who
 * keeps the last word of each name had it wrong for ever.
 */
#include <string.h>

#include <seawall/seawall.h>

#include "one_test.h"
#include "support.h"

static seawall_now_fn clock_now;
static seawall_release_fn memory_release;
static seawall_registry *registry;
static seawall_breaker *kept;
static bool making, removing;

static seawall_fault fails(seawall_attempt *attempt, void *arg)
{
    (void)attempt, (void)arg;
    return SEAWALL_FAULT_SERVICE_UNAVAILABLE;
}

/* Another thread, which runs what can be found. Neither of both calls takes a lock. */
static void use(void)
{
    seawall_pipeline *pipeline;
    char page[8192];

    ck_assert_int_eq(seawall_metrics_render(registry, page, sizeof(page), NULL), SEAWALL_OK);
    if (strstr(page, "name=\"p\"") == NULL)
        return;
    ck_assert_int_eq(seawall_registry_pipeline(registry, "p", NULL, &pipeline, NULL, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_call(pipeline, fails, NULL, NULL), SEAWALL_FAILED);
    seawall_pipeline_destroy(pipeline);
}

/* Each reading of the clock, and each release, is a place where another thread may come. */
static seawall_time now(void *user)
{
    if (making) {
        making = false;
        use();
        making = true;
    }
    return clock_now(user);
}

static void release(void *memory, size_t size, void *user)
{
    if (removing) {
        removing = false;
        (void)seawall_breaker_reset(kept);
    }
    memory_release(memory, size, user);
}

static void set_up(void)
{
    static seawall_platform platform;
    seawall_registry_config config = SEAWALL_REGISTRY_CONFIG_INIT;

    ck_assert_int_eq(seawall_platform_init(&platform, sizeof(platform)), SEAWALL_OK);
    clock_now = platform.now;
    memory_release = platform.release;
    platform.now = now;
    platform.release = release;
    config.event_capacity = 64;
    ck_assert_int_eq(seawall_registry_create(&config, &platform, &registry, NULL), SEAWALL_OK);
}

/* Takes what there is of breakers. Answers how much that was. */
static int32_t take(seawall_registry_event *events, int32_t room)
{
    int32_t taken, count = 0, i;

    ck_assert_int_eq(seawall_registry_poll(registry, events, sizeof(*events), room, &taken, NULL), SEAWALL_OK);
    for (i = 0; i < taken; i++) {
        if (strcmp(events[i].kind, "circuit_breaker") == 0)
            events[count++] = events[i];
    }
    return count;
}

START_TEST(first_it_is_made_and_last_it_is_gone)
{
    seawall_registry_event events[64];
    seawall_pipeline *pipeline;
    int32_t count;

    set_up();
    ck_assert_int_eq(seawall_registry_set(registry, "circuit_breaker", NULL, "failure_threshold", "1", NULL), SEAWALL_OK);
    making = true;
    ck_assert_int_eq(seawall_registry_pipeline(registry, "p", "circuit_breaker", &pipeline, NULL, NULL), SEAWALL_OK);
    making = false;
    ck_assert_int_gt(take(events, 64), 0);
    ck_assert_int_eq(events[0].what, SEAWALL_REGISTRY_MADE);
    ck_assert_int_eq(seawall_registry_breaker(registry, "p", NULL, &kept, NULL, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_breaker_force_open(kept, SEAWALL_FOREVER), SEAWALL_OK);
    removing = true;
    ck_assert_int_eq(seawall_registry_remove(registry, "circuit_breaker", "p"), SEAWALL_OK);
    ck_assert(!removing);
    count = take(events, 64);
    ck_assert_int_gt(count, 0);
    ck_assert_int_eq(events[count - 1].what, SEAWALL_REGISTRY_GONE);
    seawall_breaker_destroy(kept);
    seawall_pipeline_destroy(pipeline);
    seawall_registry_destroy(registry);
}
END_TEST

int main(void)
{
    return one_test("regress/told_before_made", first_it_is_made_and_last_it_is_gone);
}
