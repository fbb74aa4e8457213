/*
 * An hour of outage in milliseconds: three callers, a dependency that hangs, refuses, asks for patience and comes back, and the
 * library's policies around it. The notes are the same, byte for byte, under both punctual drivers and whoever compiled.
 */
#include <check.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chain.h"

#define HOUR SEAWALL_SECONDS(3600)
#define MINUTES(n) SEAWALL_SECONDS((n) * 60)

/* What the notes of this seed hash to. It changes only when what is decided, or when, is meant to change. */
#define SEED 20
#define EXPECTED UINT64_C(0x5f36e82fb4357b1c)

static uint64_t hash_of(const toy_notes *notes)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    size_t i;

    for (i = 0; i < notes->length; i++)
        hash = (hash ^ (unsigned char)notes->text[i]) * UINT64_C(0x100000001b3);
    return hash;
}

/* The weather: healthy, hung from minute 10, asking for patience from 20, refusing from 30, wavering from 40, healthy from 50. */
static void weather(const world_plan *plan, int32_t actor, int32_t call, int32_t number, seawall_time now, world_attempt *a)
{
    uint64_t dice = toy_hash(plan->seed + (uint64_t)actor, (uint64_t)now + (uint64_t)(call * 100 + number));

    a->lasts = SEAWALL_MILLISECONDS(2) + (seawall_duration)(dice % 8000000);
    a->reaction = 1 + (seawall_duration)(dice >> 20) % 1000000;
    if (now >= MINUTES(10) && now < MINUTES(20)) {
        a->lasts = HOUR;
    } else if (now >= MINUTES(20) && now < MINUTES(30)) {
        a->fault = SEAWALL_FAULT_RATE_LIMIT_EXCEEDED;
        a->code = 429;
        a->retry_after = SEAWALL_SECONDS((int64_t)(dice >> 40 & 3));
    } else if (now >= MINUTES(30) && now < MINUTES(40)) {
        a->fault = SEAWALL_FAULT_SERVICE_UNAVAILABLE;
        a->code = 111;
    } else if (now >= MINUTES(40) && now < MINUTES(50)) {
        a->fault = dice >> 50 & 1 ? SEAWALL_FAULT_CONNECTION_TIMEOUT : SEAWALL_FAULT_NONE;
    }
}

static seawall_breaker_snapshot outage(uint64_t seed, enum world_driver driver, toy_notes *notes)
{
    world_plan plan = {.seed = seed, .late = SEAWALL_AUTO, .actors = 3, .pause = SEAWALL_SECONDS(3), .attempt = weather};
    seawall_breaker_snapshot snapshot;
    chain_config config;
    int32_t i;
    chain c;

    chain_defaults(&config);
    config.order = "TRB*A";
    config.timeout.request_timeout = SEAWALL_SECONDS(10);
    config.timeout.attempt_timeout = SEAWALL_SECONDS(1);
    config.breaker.failure_threshold = 5;
    config.retry.jitter = SEAWALL_JITTER_FULL;
    config.retry.base_delay = SEAWALL_MILLISECONDS(100);
    plan.calls = 1100;
    plan.toy_count = 1;
    plan.toys[0] = (toy_config){.kind = TOY_GATE, .count = 2, .waiting = 1, .delay = SEAWALL_MILLISECONDS(200)};
    for (i = 0; i < plan.actors; i++) {
        plan.limit[i] = plan.cancel[i] = SEAWALL_FOREVER;
        plan.begin[i] = SEAWALL_MILLISECONDS(10) * i;
    }
    chain_open(&c, &plan, &config);
    chain_run(&c, &config, driver, notes);
    ck_assert_int_gt(world_now(c.world), MINUTES(55));
    snapshot = chain_snapshot(&c);
    chain_close(&c);
    return snapshot;
}

static uint64_t seed(void)
{
    const char *text = getenv("SEAWALL_SEED");

    return text != NULL ? strtoull(text, NULL, 10) : SEED;
}

START_TEST(punctual_drivers_and_compilers_agree)
{
    toy_notes stepping = {0}, blocking = {0};
    seawall_breaker_snapshot a = outage(seed(), WORLD_STEPPING, &stepping);
    seawall_breaker_snapshot b = outage(seed(), WORLD_BLOCKING, &blocking);
    uint64_t hash = hash_of(&stepping);

    ck_assert_mem_eq(&a, &b, sizeof(a));
    ck_assert_msg(strcmp(stepping.text, blocking.text) == 0, "SEAWALL_SEED=%" PRIu64 ": the notes differ", seed());
    printf("seed %" PRIu64 ": %zu bytes of notes, 0x%016" PRIx64 ", opened %" PRId64 " times\n", seed(), stepping.length, hash,
           a.opened);
    if (seed() == SEED)
        ck_assert_msg(hash == EXPECTED, "the notes hash to 0x%016" PRIx64, hash);
    toy_notes_free(&stepping);
    toy_notes_free(&blocking);
}
END_TEST

/* The storm over, the breaker must be closed again, whoever drives; and while it raged, most calls were refused. */
START_TEST(it_heals)
{
    static const enum world_driver drivers[] = {WORLD_STEPPING, WORLD_BLOCKING, WORLD_COARSE};
    toy_notes notes = {0};
    seawall_breaker_snapshot s = outage(seed(), drivers[_i], &notes);

    ck_assert_int_eq(s.state, SEAWALL_BREAKER_CLOSED);
    ck_assert_int_eq(s.probes, 0);
    ck_assert_int_eq(s.expired, 0);
    ck_assert_int_ge(s.opened, 20);
    ck_assert_int_gt(s.refused, 10 * s.failures / 3);
    ck_assert_int_gt(s.successes, 1000);
    toy_notes_free(&notes);
}
END_TEST

START_TEST(another_seed_is_another_hour)
{
    toy_notes one = {0}, other = {0};

    (void)outage(seed(), WORLD_STEPPING, &one);
    (void)outage(seed() + 1, WORLD_STEPPING, &other);
    ck_assert_str_ne(one.text, other.text);
    toy_notes_free(&one);
    toy_notes_free(&other);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("compose/outage");
    TCase *tests = tcase_create("outage");
    SRunner *runner = srunner_create(suite);
    int failed;

    suite_add_tcase(suite, tests);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, punctual_drivers_and_compilers_agree);
    tcase_add_loop_test(tests, it_heals, 0, 3);
    tcase_add_test(tests, another_seed_is_another_hour);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
