/* Worlds of chance: the same notes under both punctual drivers, and the contract under every one. */
#include <check.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "world.h"
#include "worlds.h"

static uint64_t how_many;

static uint64_t first_seed(void)
{
    const char *text = getenv("SEAWALL_SEED");

    return text != NULL ? strtoull(text, NULL, 10) : 1;
}

/* A seed that was named is run alone. */
static uint64_t worlds(void)
{
    return getenv("SEAWALL_SEED") != NULL ? 1 : how_many;
}

static const char *run(const world_plan *plan, enum world_driver driver, toy_notes *notes)
{
    world *w = world_create(plan);
    const char *broken = world_run(w, driver, NULL, 0, notes);

    world_destroy(w);
    return broken;
}

static void show_difference(const char *a, const char *b)
{
    size_t i = 0, line = 0;

    while (a[i] != '\0' && a[i] == b[i]) {
        if (a[i] == '\n')
            line = i + 1;
        i++;
    }
    fprintf(stderr, "stepping: %.300s\nblocking: %.300s\n", a + line, b + line);
}

START_TEST(punctual_drivers_write_the_same_notes)
{
    uint64_t seed = first_seed(), last = seed + worlds();
    size_t bytes = 0;

    for (; seed < last; seed++) {
        toy_notes stepping = {0}, blocking = {0};
        world_plan plan;
        const char *broken;

        world_plan_from_seed(&plan, seed, false);
        broken = run(&plan, WORLD_STEPPING, &stepping);
        ck_assert_msg(broken == NULL, "SEAWALL_SEED=%" PRIu64 ", stepping: %s", seed, broken);
        broken = run(&plan, WORLD_BLOCKING, &blocking);
        ck_assert_msg(broken == NULL, "SEAWALL_SEED=%" PRIu64 ", blocking: %s", seed, broken);
        if (strcmp(stepping.text, blocking.text) != 0) {
            show_difference(stepping.text, blocking.text);
            ck_abort_msg("SEAWALL_SEED=%" PRIu64 ": the notes differ", seed);
        }
        bytes += stepping.length;
        toy_notes_free(&stepping);
        toy_notes_free(&blocking);
    }
    printf("seeds %" PRIu64 " to %" PRIu64 ": %zu bytes of notes, twice the same\n", first_seed(), last - 1, bytes);
}
END_TEST

static void run_wide(enum world_driver driver)
{
    uint64_t seed = first_seed(), last = seed + worlds();

    for (; seed < last; seed++) {
        toy_notes notes = {0};
        world_plan plan;
        const char *broken;

        world_plan_from_seed(&plan, seed, true);
        broken = run(&plan, driver, &notes);
        ck_assert_msg(broken == NULL, "SEAWALL_SEED=%" PRIu64 ": %s", seed, broken);
        toy_notes_free(&notes);
    }
}

START_TEST(side_by_side_stepping)
{
    run_wide(WORLD_STEPPING);
}
END_TEST

START_TEST(side_by_side_coarse)
{
    run_wide(WORLD_COARSE);
}
END_TEST

START_TEST(narrow_coarse)
{
    uint64_t seed = first_seed(), last = seed + worlds();

    for (; seed < last; seed++) {
        toy_notes notes = {0};
        world_plan plan;
        const char *broken;

        world_plan_from_seed(&plan, seed, false);
        broken = run(&plan, WORLD_COARSE, &notes);
        ck_assert_msg(broken == NULL, "SEAWALL_SEED=%" PRIu64 ": %s", seed, broken);
        toy_notes_free(&notes);
    }
}
END_TEST

int worlds_suite(const char *name, uint64_t count)
{
    Suite *suite = suite_create(name);
    TCase *tests = tcase_create("worlds");
    SRunner *runner = srunner_create(suite);
    int failed;

    how_many = count;
    suite_add_tcase(suite, tests);
    tcase_set_timeout(tests, 500);
    tcase_add_test(tests, punctual_drivers_write_the_same_notes);
    tcase_add_test(tests, side_by_side_stepping);
    tcase_add_test(tests, side_by_side_coarse);
    tcase_add_test(tests, narrow_coarse);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
