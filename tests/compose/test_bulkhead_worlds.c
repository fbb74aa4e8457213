/*
 * Worlds of chance in which every gate is a bulkhead. The toy gate is the plain form of it: with the one or the other, everybody
 * else in a punctual world is asked and told the same at the same time, to the last word.
 */
#include <check.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "suite.h"
#include "support.h"
#include "world.h"

#define GATE "gate "

static int64_t waited, refused; /* in all worlds */

static bool is_gate(const world_plan *plan, int32_t position)
{
    return plan->toys[position].kind == TOY_GATE;
}

/* A bulkhead that may not wait for any time lets nobody wait; a gate lets him ask once more. */
static void plan_from_seed(world_plan *plan, uint64_t seed, bool wide)
{
    int32_t i;

    world_plan_from_seed(plan, seed, wide);
    for (i = 0; i < plan->toy_count; i++) {
        if (is_gate(plan, i) && plan->toys[i].delay == 0)
            plan->toys[i].delay = 1;
    }
}

static seawall_bulkhead *bulkhead_for(world *w, const toy_config *gate)
{
    seawall_bulkhead_config config = SEAWALL_BULKHEAD_CONFIG_INIT;
    seawall_bulkhead *bulkhead = NULL;

    config.max_concurrent = gate->count;
    config.max_waiting = gate->waiting;
    config.max_wait = gate->delay;
    ck_assert_int_eq(seawall_bulkhead_create(&config, world_platform(w), &bulkhead, NULL), SEAWALL_OK);
    return bulkhead;
}

static void must_be_at_rest(seawall_bulkhead *bulkhead, uint64_t seed)
{
    seawall_bulkhead_snapshot is = SEAWALL_BULKHEAD_SNAPSHOT_INIT;

    ck_assert_int_eq(seawall_bulkhead_get_snapshot(bulkhead, &is), SEAWALL_OK);
    ck_assert_msg(is.in_use == 0 && is.waiting == 0, "SEAWALL_SEED=%" PRIu64 ": %d in use, %d waiting", seed, (int)is.in_use,
                  (int)is.waiting);
    ck_assert_int_le(is.most_in_use, is.max_concurrent);
    ck_assert_int_le(is.most_waiting, is.max_waiting);
    waited += is.waited;
    refused += is.refused_full + is.refused_timed_out + is.refused_cancelled;
}

static const char *run(const world_plan *plan, enum world_driver driver, bool real, toy_notes *notes)
{
    world *w = world_create(plan);
    seawall_bulkhead *bulkheads[WORLD_TOYS_MAX] = {NULL};
    seawall_policy policies[WORLD_TOYS_MAX];
    const seawall_policy *pointers[WORLD_TOYS_MAX];
    const char *broken;
    int32_t i;

    for (i = 0; i < plan->toy_count; i++) {
        policies[i] = world_toy(w, i)->policy;
        pointers[i] = &policies[i];
        if (!real || !is_gate(plan, i))
            continue;
        bulkheads[i] = bulkhead_for(w, &plan->toys[i]);
        ck_assert_int_eq(seawall_bulkhead_policy(bulkheads[i], "gate", &policies[i]), SEAWALL_OK);
    }
    broken = world_run(w, driver, pointers, plan->toy_count, notes);
    for (i = 0; i < plan->toy_count; i++) {
        if (bulkheads[i] != NULL)
            must_be_at_rest(bulkheads[i], plan->seed);
        seawall_bulkhead_destroy(bulkheads[i]);
    }
    world_destroy(w);
    return broken;
}

/* What a gate itself has to say, a bulkhead keeps to itself. */
static void silence_gates(char *text)
{
    char *to = text, *line = text;

    while (*line != '\0') {
        size_t length = strcspn(line, "\n");

        length += line[length] == '\n';
        if (strncmp(line, GATE, strlen(GATE)) != 0) {
            memmove(to, line, length);
            to += length;
        }
        line += length;
    }
    *to = '\0';
}

static void compare(const world_plan *plan, enum world_driver driver)
{
    toy_notes toys = {0}, real = {0};
    const char *broken;

    broken = run(plan, driver, false, &toys);
    ck_assert_msg(broken == NULL, "SEAWALL_SEED=%" PRIu64 ", toys: %s", plan->seed, broken);
    broken = run(plan, driver, true, &real);
    ck_assert_msg(broken == NULL, "SEAWALL_SEED=%" PRIu64 ": %s", plan->seed, broken);
    silence_gates(toys.text);
    silence_gates(real.text);
    if (strcmp(toys.text, real.text) != 0) {
        fprintf(stderr, "--- gates\n%s--- bulkheads\n%s", toys.text, real.text);
        ck_abort_msg("SEAWALL_SEED=%" PRIu64 ": the notes differ", plan->seed);
    }
    toy_notes_free(&toys);
    toy_notes_free(&real);
}

static uint64_t first_seed(void)
{
    const char *text = getenv("SEAWALL_SEED");

    return text != NULL ? strtoull(text, NULL, 10) : 1;
}

/* A seed that was named is run alone. */
static uint64_t end_seed(int64_t quick, int64_t deep)
{
    return first_seed() + (getenv("SEAWALL_SEED") != NULL ? 1 : (uint64_t)sw_test_count(quick, deep));
}

static void enough_happened(void)
{
    int64_t enough = sw_test_count(100, 100);

    ck_assert(getenv("SEAWALL_SEED") != NULL || (waited > enough && refused > enough));
}

static const struct {
    enum world_driver driver;
    bool wide;
    int64_t quick, deep;
} punctual[] = {{WORLD_STEPPING, false, 1000, 20000}, {WORLD_STEPPING, true, 1000, 20000}, {WORLD_BLOCKING, false, 300, 5000}};

START_TEST(a_bulkhead_is_a_gate)
{
    uint64_t seed, end = end_seed(punctual[_i].quick, punctual[_i].deep);
    world_plan plan;

    for (seed = first_seed(); seed < end; seed++) {
        plan_from_seed(&plan, seed, punctual[_i].wide);
        compare(&plan, punctual[_i].driver);
    }
    enough_happened();
}
END_TEST

/* Who looks late may find that his turn has passed, so that notes differ; what is promised holds. */
START_TEST(a_bulkhead_keeps_its_promises_when_hosts_are_late)
{
    uint64_t seed, end = end_seed(1000, 20000);

    for (seed = first_seed(); seed < end; seed++) {
        toy_notes notes = {0};
        world_plan plan;
        const char *broken;

        plan_from_seed(&plan, seed, _i != 0);
        broken = run(&plan, WORLD_COARSE, true, &notes);
        ck_assert_msg(broken == NULL, "SEAWALL_SEED=%" PRIu64 ": %s", seed, broken);
        toy_notes_free(&notes);
    }
    enough_happened();
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("worlds");

    tcase_set_timeout(tests, 500);
    tcase_add_loop_test(tests, a_bulkhead_is_a_gate, 0, 3);
    tcase_add_loop_test(tests, a_bulkhead_keeps_its_promises_when_hosts_are_late, 0, 2);
    return sw_test_run("compose/bulkhead worlds", tests);
}
