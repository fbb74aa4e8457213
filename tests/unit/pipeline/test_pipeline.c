/* Making pipelines: what is refused, what is kept alive, and what an execution of them needs. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/chain.h"
#include "suite.h"
#include "support.h"
#include "toy.h"

#define FOREVER SEAWALL_FOREVER

static const seawall_platform *other_platform(void)
{
    static seawall_platform other;

    ck_assert_int_eq(seawall_platform_init(&other, sizeof(other)), SEAWALL_OK);
    return &other;
}

enum {
    NO_ENTER,
    NO_LEAVE,
    FRAME_TOO_BIG,
    WIDTH_0,
    WIDTH_17,
    WIDTH_NEGATIVE,
    FLAGS,
    PLATFORM,
    ALTERNATIVE_PLATFORM,
    SIZE_0,
    FLAWS
};

static void spoil(seawall_policy *policy, int flaw, const seawall_pipeline *elsewhere)
{
    switch (flaw) {
    case NO_ENTER: policy->enter = NULL; break;
    case NO_LEAVE: policy->leave = NULL; break;
    case FRAME_TOO_BIG: policy->frame_size = SEAWALL_FRAME_SIZE_MAX + 1; break;
    case WIDTH_0: policy->width = 0; break;
    case WIDTH_17: policy->width = 17; break;
    case WIDTH_NEGATIVE: policy->width = INT32_MIN; break;
    case FLAGS: policy->flags = 4; break;
    case PLATFORM: policy->platform = other_platform(); break;
    case ALTERNATIVE_PLATFORM: policy->alternative = elsewhere; break;
    default: policy->size = 0; break;
    }
}

START_TEST(a_spoiled_policy_is_refused_by_name)
{
    toy good, bad;
    const seawall_policy *policies[] = {&good.policy, &bad.policy};
    seawall_pipeline *elsewhere, *pipeline = NULL;
    seawall_error error = {0};

    toy_init(&good, &(toy_config){.kind = TOY_PLAIN}, NULL);
    toy_init(&bad, &(toy_config){.kind = TOY_PLAIN, .name = "culprit"}, NULL);
    ck_assert_int_eq(seawall_pipeline_create(NULL, NULL, 0, other_platform(), &elsewhere, NULL), SEAWALL_OK);
    spoil(&bad.policy, _i, elsewhere);
    ck_assert_int_eq(seawall_pipeline_create(NULL, policies, 2, NULL, &pipeline, &error), SEAWALL_INVALID);
    ck_assert_int_eq(error.status, SEAWALL_INVALID);
    ck_assert_ptr_null(pipeline);
    ck_assert_msg(error.message[0] != '\0' && (_i == SIZE_0 || strstr(error.message, "culprit") != NULL), "%s", error.message);
    ck_assert_int_eq(good.references, 0);
    ck_assert_int_eq(bad.references, 0);
    seawall_pipeline_destroy(elsewhere);
    toy_fini(&good);
    toy_fini(&bad);
}
END_TEST

START_TEST(arguments_that_make_no_sense)
{
    const seawall_policy *policies[] = {NULL};
    seawall_pipeline_config config = SEAWALL_PIPELINE_CONFIG_INIT;
    seawall_pipeline *pipeline;
    char name[8];

    ck_assert_int_eq(seawall_pipeline_create(NULL, policies, 1, NULL, &pipeline, NULL), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_pipeline_create(NULL, NULL, 1, NULL, &pipeline, NULL), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_pipeline_create(NULL, policies, -1, NULL, &pipeline, NULL), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_pipeline_create(NULL, NULL, 0, NULL, NULL, NULL), SEAWALL_INVALID);
    config.size = 3;
    ck_assert_int_eq(seawall_pipeline_create(&config, NULL, 0, NULL, &pipeline, NULL), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_pipeline_policy_count(NULL), 0);
    ck_assert_uint_eq(seawall_execution_size(NULL), 0);
    ck_assert_int_eq(seawall_pipeline_policy_name(NULL, 0, name, sizeof(name)), SEAWALL_INVALID);
    seawall_pipeline_destroy(NULL);
}
END_TEST

START_TEST(initialisers_are_the_macros)
{
    seawall_policy policy, given = SEAWALL_POLICY_INIT;
    seawall_pipeline_config config, defaults = SEAWALL_PIPELINE_CONFIG_INIT;
    seawall_report report, empty = SEAWALL_REPORT_INIT;

    ck_assert_int_eq(seawall_policy_init(&policy, sizeof(policy)), SEAWALL_OK);
    ck_assert_mem_eq(&policy, &given, sizeof(policy));
    ck_assert_int_eq(seawall_pipeline_config_init(&config, sizeof(config)), SEAWALL_OK);
    ck_assert_mem_eq(&config, &defaults, sizeof(config));
    ck_assert_int_eq(seawall_report_init(&report, sizeof(report)), SEAWALL_OK);
    ck_assert_mem_eq(&report, &empty, sizeof(report));
    ck_assert_int_eq(report.policy, -1);
    ck_assert_int_eq(seawall_policy_init(NULL, sizeof(policy)), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_policy_init(&policy, 3), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_pipeline_config_init(&config, 0), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_report_init(&report, 1), SEAWALL_INVALID);
}
END_TEST

static const struct late_row {
    int32_t late;
    seawall_status status;
} lates[] = {{SEAWALL_AUTO, SEAWALL_OK}, {0, SEAWALL_OK},           {1000, SEAWALL_OK},
             {1001, SEAWALL_INVALID},    {-2, SEAWALL_INVALID},     {INT32_MIN, SEAWALL_INVALID}, {INT32_MAX, SEAWALL_INVALID}};

START_TEST(places_for_late_runs_have_bounds)
{
    seawall_pipeline_config config = SEAWALL_PIPELINE_CONFIG_INIT;
    seawall_pipeline *pipeline = NULL;
    seawall_error error = {0};

    config.late = lates[_i].late;
    ck_assert_int_eq(seawall_pipeline_create(&config, NULL, 0, NULL, &pipeline, &error), lates[_i].status);
    if (lates[_i].status != SEAWALL_OK)
        ck_assert_str_eq(error.key, "pipeline.late");
    seawall_pipeline_destroy(pipeline);
}
END_TEST

START_TEST(names)
{
    char long_name[100], name[100];
    toy t, unnamed;
    const seawall_policy *policies[] = {&t.policy, &unnamed.policy};
    seawall_pipeline *pipeline;

    memset(long_name, 'n', sizeof(long_name));
    long_name[99] = '\0';
    toy_init(&t, &(toy_config){.name = long_name}, NULL);
    toy_init(&unnamed, &(toy_config){.kind = TOY_PLAIN}, NULL);
    unnamed.policy.name = NULL;
    ck_assert_int_eq(seawall_pipeline_create(NULL, policies, 2, NULL, &pipeline, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_pipeline_policy_count(pipeline), 2);
    ck_assert_int_eq(seawall_pipeline_policy_name(pipeline, 0, name, sizeof(name)), SEAWALL_OK);
    ck_assert_uint_eq(strlen(name), 63);
    ck_assert_int_eq(seawall_pipeline_policy_name(pipeline, 1, name, 4), SEAWALL_OK);
    ck_assert_str_eq(name, "pol");
    ck_assert_int_eq(seawall_pipeline_policy_name(pipeline, 1, name, 0), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_pipeline_policy_name(pipeline, 1, NULL, 4), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_pipeline_policy_name(pipeline, 2, name, 4), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_pipeline_policy_name(pipeline, -1, name, 4), SEAWALL_INVALID);
    ck_assert_str_eq(name, "pol");
    seawall_pipeline_destroy(pipeline);
}
END_TEST

START_TEST(thirty_two_policies_and_no_more)
{
    toy toys[SEAWALL_PIPELINE_POLICIES_MAX + 1];
    const seawall_policy *policies[SEAWALL_PIPELINE_POLICIES_MAX + 1];
    seawall_pipeline *pipeline;
    seawall_error error;
    int32_t i;

    for (i = 0; i <= SEAWALL_PIPELINE_POLICIES_MAX; i++) {
        toy_init(&toys[i], &(toy_config){.kind = TOY_CUT}, NULL);
        toys[i].policy.frame_size = SEAWALL_FRAME_SIZE_MAX;
        policies[i] = &toys[i].policy;
    }
    pipeline = toy_pipeline(NULL, toys, SEAWALL_PIPELINE_POLICIES_MAX, NULL);
    ck_assert_uint_le(seawall_execution_size(pipeline), SEAWALL_EXECUTION_SIZE_MAX);
    printf("32 policies with the widest frames: %zu bytes of at most %d\n", seawall_execution_size(pipeline),
           SEAWALL_EXECUTION_SIZE_MAX);
    seawall_pipeline_destroy(pipeline);
    ck_assert_int_eq(seawall_pipeline_create(NULL, policies, 33, NULL, &pipeline, &error), SEAWALL_INVALID);
    ck_assert_ptr_nonnull(strstr(error.message, "33"));
    for (i = 0; i <= SEAWALL_PIPELINE_POLICIES_MAX; i++)
        ck_assert_int_eq(toys[i].references, 0);
}
END_TEST

START_TEST(alternatives_count_too_and_fit)
{
    toy toys[SEAWALL_PIPELINE_POLICIES_MAX];
    const seawall_policy *policies[SEAWALL_PIPELINE_POLICIES_MAX];
    seawall_pipeline *empty, *pipeline, *nested = NULL;
    toy outer;
    const seawall_policy *one = &outer.policy;
    seawall_error error;
    int32_t i;

    empty = toy_pipeline(NULL, NULL, 0, NULL);
    for (i = 0; i < SEAWALL_PIPELINE_POLICIES_MAX; i++) {
        toy_init(&toys[i], &(toy_config){.kind = TOY_CUT, .alternative = empty}, NULL);
        toys[i].policy.frame_size = SEAWALL_FRAME_SIZE_MAX;
        policies[i] = &toys[i].policy;
    }
    /* 32 policies, and 33 chains that end in attempts. */
    pipeline = toy_pipeline(NULL, toys, SEAWALL_PIPELINE_POLICIES_MAX, NULL);
    ck_assert_uint_le(seawall_execution_size(pipeline), SEAWALL_EXECUTION_SIZE_MAX);
    toy_init(&outer, &(toy_config){.kind = TOY_DIVERT, .alternative = pipeline}, NULL);
    ck_assert_int_eq(seawall_pipeline_create(NULL, &one, 1, NULL, &nested, &error), SEAWALL_INVALID);
    ck_assert_ptr_nonnull(strstr(error.message, "33"));
    seawall_pipeline_destroy(pipeline);
    ck_assert_int_eq(seawall_pipeline_create(NULL, policies, 31, NULL, &pipeline, NULL), SEAWALL_OK);
    outer.policy.alternative = pipeline;
    nested = toy_pipeline(NULL, &outer, 1, NULL);
    seawall_pipeline_destroy(pipeline);
    seawall_pipeline_destroy(empty);
    ck_assert_int_eq(seawall_pipeline_policy_count(nested), 32);
    ck_assert_uint_le(seawall_execution_size(nested), SEAWALL_EXECUTION_SIZE_MAX);
    /* The alternatives, and their policies, live as long as the last who keeps them. */
    ck_assert_int_eq(toys[0].references, 1);
    seawall_pipeline_destroy(nested);
    ck_assert_int_eq(toys[0].references, 0);
    ck_assert_int_eq(outer.references, 0);
}
END_TEST

START_TEST(widths_multiply)
{
    static const struct {
        int32_t widths[4];
        bool fits;
    } rows[] = {{{16, 16, 4, 1}, true}, {{16, 16, 4, 2}, false}, {{2, 3, 1, 1}, true}, {{16, 16, 16, 16}, false}};
    size_t r;

    for (r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
        toy toys[4];
        const seawall_policy *policies[4];
        seawall_pipeline *pipeline = NULL;
        int32_t i;

        for (i = 0; i < 4; i++) {
            toy_init(&toys[i], &(toy_config){.kind = TOY_HEDGE, .width = rows[r].widths[i]}, NULL);
            policies[i] = &toys[i].policy;
        }
        ck_assert_int_eq(seawall_pipeline_create(NULL, policies, 4, NULL, &pipeline, NULL),
                         rows[r].fits ? SEAWALL_OK : SEAWALL_INVALID);
        if (r == 2) {
            /* One pool per level: the product of the widths above, plus as many late ones as runs less one. */
            ck_assert_uint_eq(pipeline->level[0].count, 1);
            ck_assert_uint_eq(pipeline->level[1].count, 2 + 5);
            ck_assert_uint_eq(pipeline->level[2].count, 6 + 5);
            ck_assert_uint_eq(pipeline->level[4].count, 6 + 5);
        }
        seawall_pipeline_destroy(pipeline);
        ck_assert_int_eq(toys[0].references, 0);
    }
}
END_TEST

START_TEST(storage_is_checked)
{
    toy t;
    seawall_pipeline *pipeline;
    seawall_execution *execution = NULL;
    unsigned char *storage;
    size_t size;

    toy_init(&t, &(toy_config){.kind = TOY_PLAIN}, NULL);
    pipeline = toy_pipeline(NULL, &t, 1, NULL);
    size = seawall_execution_size(pipeline);
    storage = malloc(size + 16);
    ck_assert_ptr_nonnull(storage);
    ck_assert_int_eq(seawall_execution_init(storage, size - 1, pipeline, NULL, &execution), SEAWALL_TOO_SMALL);
    ck_assert_int_eq(seawall_execution_init(storage + 8, size, pipeline, NULL, &execution), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_execution_init(NULL, size, pipeline, NULL, &execution), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_execution_init(storage, size, NULL, NULL, &execution), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_execution_init(storage, size, pipeline, NULL, NULL), SEAWALL_INVALID);
    ck_assert_ptr_null(execution);
    ck_assert_int_eq(seawall_execution_init(storage, size, pipeline, NULL, &execution), SEAWALL_OK);
    ck_assert_int_eq(seawall_execution_fini(execution), SEAWALL_OK);
    free(storage);
    seawall_pipeline_destroy(pipeline);
}
END_TEST

/* A pipeline with an alternative, made where memory fails. */
static seawall_status make(const seawall_platform *platform, void *arg, seawall_error *error)
{
    toy *toys = arg;
    const seawall_policy *inner = &toys[0].policy, *outer = &toys[1].policy;
    seawall_pipeline *alternative, *pipeline;
    seawall_status status = seawall_pipeline_create(NULL, &inner, 1, platform, &alternative, error);

    if (status != SEAWALL_OK)
        return status;
    toys[1].policy.alternative = alternative;
    status = seawall_pipeline_create(NULL, &outer, 1, platform, &pipeline, error);
    seawall_pipeline_destroy(alternative);
    if (status == SEAWALL_OK)
        seawall_pipeline_destroy(pipeline);
    return status;
}

START_TEST(without_memory_nothing_is_kept)
{
    toy toys[2];

    toy_init(&toys[0], &(toy_config){.kind = TOY_PLAIN}, NULL);
    toy_init(&toys[1], &(toy_config){.kind = TOY_DIVERT}, NULL);
    ck_assert_int_eq(sw_test_sweep(make, toys), 2);
    ck_assert_int_eq(toys[0].references, 0);
    ck_assert_int_eq(toys[1].references, 0);
}
END_TEST

/* Around a pool, with room for events: what holds the calls is made last. */
static seawall_status make_pooled(const seawall_platform *platform, void *arg, seawall_error *error)
{
    seawall_pipeline_config config = SEAWALL_PIPELINE_CONFIG_INIT;
    seawall_policy policy = SEAWALL_POLICY_INIT;
    const seawall_policy *policies[] = {&policy};
    seawall_pipeline *pipeline;
    seawall_pool *pool;
    seawall_status status = seawall_pool_create(NULL, platform, &pool, error);

    (void)arg;
    if (status != SEAWALL_OK)
        return status;
    config.event_capacity = 1;
    ck_assert_int_eq(seawall_pool_policy(pool, "pool", &policy), SEAWALL_OK);
    status = seawall_pipeline_create(&config, policies, 1, platform, &pipeline, error);
    if (status == SEAWALL_OK)
        seawall_pipeline_destroy(pipeline);
    seawall_pool_destroy(pool);
    return status;
}

START_TEST(without_memory_for_calls_nothing_is_kept)
{
    ck_assert_int_eq(sw_test_sweep(make_pooled, NULL), 5);
}
END_TEST

#define FLIGHT 10000

/* Waiters in one queue, all in flight on this thread. */
START_TEST(ten_thousand_executions_in_flight)
{
    static seawall_execution *flight[FLIGHT];
    toy toys[3];
    seawall_pipeline *pipeline;
    size_t size;
    unsigned char *storage;
    int started = 0, i;

    toy_init(&toys[0], &(toy_config){.kind = TOY_CUT, .delay = FOREVER / 2}, NULL);
    toy_init(&toys[1], &(toy_config){.kind = TOY_AGAIN, .count = 1, .delay = 1}, NULL);
    toy_init(&toys[2], &(toy_config){.kind = TOY_GATE, .count = FLIGHT / 2, .waiting = FLIGHT, .delay = FOREVER}, NULL);
    pipeline = toy_pipeline(NULL, toys, 3, NULL);
    size = seawall_execution_size(pipeline);
    storage = aligned_alloc(SEAWALL_EXECUTION_ALIGNMENT, size * FLIGHT);
    ck_assert_ptr_nonnull(storage);
    for (i = 0; i < FLIGHT; i++) {
        seawall_step step;

        ck_assert_int_eq(seawall_execution_init(storage + (size_t)i * size, size, pipeline, NULL, &flight[i]), SEAWALL_OK);
        ck_assert_int_eq(seawall_execution_begin_at(flight[i], i, FOREVER), SEAWALL_OK);
        ck_assert_int_eq(seawall_execution_next_at(flight[i], i, &step), SEAWALL_OK);
        started += step.kind == SEAWALL_STEP_START;
    }
    ck_assert_int_eq(started, FLIGHT / 2);
    for (i = 0; i < FLIGHT; i++) {
        seawall_result result = {.fault = SEAWALL_FAULT_NONE};
        seawall_step step;

        /* The second half is let in by the first half's ends. */
        ck_assert_int_eq(seawall_execution_next_at(flight[i], FLIGHT, &step), SEAWALL_OK);
        ck_assert_int_eq(step.kind, i < FLIGHT / 2 ? SEAWALL_STEP_WAIT : SEAWALL_STEP_START);
        ck_assert_int_eq(seawall_execution_report_at(flight[i], 1, &result, FLIGHT), SEAWALL_OK);
        ck_assert_int_eq(seawall_execution_next_at(flight[i], FLIGHT, &step), SEAWALL_OK);
        ck_assert_int_eq(step.kind, SEAWALL_STEP_FINISHED);
        ck_assert_int_eq(seawall_execution_fini(flight[i]), SEAWALL_OK);
    }
    ck_assert_ptr_null(toy_at_rest(&toys[2]));
    printf("10000 executions of 3 policies in flight: %zu bytes each, %zu in all\n", size, size * FLIGHT);
    free(storage);
    seawall_pipeline_destroy(pipeline);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("pipeline");

    tcase_add_loop_test(tests, a_spoiled_policy_is_refused_by_name, 0, FLAWS);
    tcase_add_test(tests, arguments_that_make_no_sense);
    tcase_add_test(tests, initialisers_are_the_macros);
    tcase_add_loop_test(tests, places_for_late_runs_have_bounds, 0, (int)(sizeof(lates) / sizeof(lates[0])));
    tcase_add_test(tests, names);
    tcase_add_test(tests, thirty_two_policies_and_no_more);
    tcase_add_test(tests, alternatives_count_too_and_fit);
    tcase_add_test(tests, widths_multiply);
    tcase_add_test(tests, storage_is_checked);
    tcase_add_test(tests, without_memory_nothing_is_kept);
    tcase_add_test(tests, without_memory_for_calls_nothing_is_kept);
    tcase_add_test(tests, ten_thousand_executions_in_flight);
    return sw_test_run("unit/pipeline/pipeline", tests);
}
