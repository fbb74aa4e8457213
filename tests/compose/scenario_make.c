/* A row's objects and pipelines, made by name: every setting goes through the fields of its kind. */
#include <check.h>
#include <string.h>

#include "kinds.h"
#include "scenario.h"

typedef union any_config {
    seawall_breaker_config breaker;
    seawall_bulkhead_config bulkhead;
    seawall_retry_config retry;
    seawall_retry_budget_config budget;
    seawall_timeout_config timeout;
    seawall_fallback_config fallback;
    seawall_hedge_config hedge;
    seawall_limiter_config limiter;
    seawall_chaos_config chaos;
} any_config;

int scenario_object_named(const scenario_row *row, const char *name)
{
    int i;

    for (i = 0; i < row->object_count; i++) {
        if (strcmp(row->objects[i].name, name) == 0)
            return i;
    }
    ck_abort_msg("line %d: no object is called %s", row->line, name);
    return -1;
}

static seawall_pipeline *pipeline_named(const scenario_run *run, const char *name)
{
    int i;

    for (i = 0; i < run->row->chain_count; i++) {
        if (strcmp(run->row->chains[i].name, name) == 0 && run->pipelines[i] != NULL)
            return run->pipelines[i];
    }
    ck_abort_msg("line %d: no chain above is called %s", run->row->line, name);
    return NULL;
}

/* What is no field: objects, functions, and the chain that a fallback runs. */
static bool set_apart(scenario_run *run, scenario_made *made, const char *kind, any_config *config, const char *key,
                      const char *value)
{
    if (strcmp(kind, "retry") == 0 && strcmp(key, "predicate") == 0) {
        config->retry.predicate = scenario_own_predicate(value);
        ck_assert_msg(config->retry.predicate != NULL, "line %d: no predicate: %s", run->row->line, value);
    } else if (strcmp(kind, "retry") == 0 && strcmp(key, "budget") == 0) {
        config->retry.budget = run->made[scenario_object_named(run->row, value)].object;
    } else if (strcmp(kind, "hedge") == 0 && strcmp(key, "shared") == 0) {
        config->hedge.retry_budget = run->made[scenario_object_named(run->row, value)].object;
    } else if (strcmp(kind, "fallback") == 0 && scenario_own_set(&made->own, key, value)) {
        config->fallback.function = scenario_own_function;
        config->fallback.function_user = &made->own;
    } else {
        return strcmp(kind, "fallback") == 0 && strcmp(key, "runs") == 0;
    }
    return true;
}

/* "attempt_timeout" is the kind "timeout", as the policy for each attempt. */
static const char *kind_of(const scenario_object *object)
{
    return strcmp(object->kind, "attempt_timeout") == 0 ? "timeout" : object->kind;
}

static void make_own(scenario_run *run, const scenario_object *object, scenario_made *made)
{
    const char *rest = object->settings;
    char word[SCENARIO_NAME], *value;

    while (scenario_word(&rest, word, sizeof(word)))
        ck_assert_msg(scenario_cut(word, &value) && scenario_own_set(&made->own, word, value), "line %d: %s", run->row->line,
                      word);
}

static void make_object(scenario_run *run, const scenario_object *object, scenario_made *made)
{
    const char *kind = kind_of(object), *rest = object->settings;
    const sw_test_kind *made_by = sw_test_kind_named(kind);
    char word[SCENARIO_NAME], *value;
    any_config config;
    seawall_error error;

    ck_assert_int_eq(seawall_config_init(kind, &config, seawall_config_size(kind)), SEAWALL_OK);
    while (scenario_word(&rest, word, sizeof(word))) {
        ck_assert_msg(scenario_cut(word, &value), "line %d: %s", run->row->line, word);
        if (!set_apart(run, made, kind, &config, word, value))
            ck_assert_msg(seawall_config_set(kind, &config, word, value, &error) == SEAWALL_OK, "line %d: %s", run->row->line,
                          error.message);
    }
    ck_assert_msg(made_by->create(&config, &run->platform, &made->object, &error) == SEAWALL_OK, "line %d: %s", run->row->line,
                  error.message);
    made->destroy = made_by->destroy;
    if (strcmp(kind, "circuit_breaker") == 0)
        ck_assert_int_eq(seawall_breaker_add_listener(made->object, scenario_turned, made), SEAWALL_OK);
}

/* The alternative of "fallback name runs=CHAIN", or NULL. */
static const seawall_pipeline *alternative_of(const scenario_run *run, const scenario_object *object)
{
    const char *rest = object->settings;
    char word[SCENARIO_NAME], *value;

    while (scenario_word(&rest, word, sizeof(word))) {
        if (scenario_cut(word, &value) && strcmp(word, "runs") == 0)
            return pipeline_named(run, value);
    }
    return NULL;
}

static seawall_status fill(scenario_run *run, int which, seawall_policy *policy)
{
    const scenario_object *object = &run->row->objects[which];
    const char *kind = object->kind, *name = object->name;
    void *made = run->made[which].object;

    *policy = (seawall_policy)SEAWALL_POLICY_INIT;
    if (strcmp(kind, "circuit_breaker") == 0)
        return seawall_breaker_policy(made, name, policy);
    if (strcmp(kind, "bulkhead") == 0)
        return seawall_bulkhead_policy(made, name, policy);
    if (strcmp(kind, "rate_limiter") == 0)
        return seawall_limiter_policy(made, name, policy);
    if (strcmp(kind, "retry") == 0)
        return seawall_retry_policy(made, name, policy);
    if (strcmp(kind, "timeout") == 0)
        return seawall_timeout_policy(made, name, policy);
    if (strcmp(kind, "attempt_timeout") == 0)
        return seawall_timeout_attempt_policy(made, name, policy);
    if (strcmp(kind, "hedge") == 0)
        return seawall_hedge_policy(made, name, policy);
    if (strcmp(kind, "chaos") == 0)
        return seawall_chaos_policy(made, name, policy);
    if (strcmp(kind, "fallback") == 0 && alternative_of(run, object) != NULL)
        return seawall_fallback_pipeline_policy(made, name, alternative_of(run, object), policy);
    if (strcmp(kind, "fallback") == 0)
        return seawall_fallback_policy(made, name, policy);
    if (strcmp(kind, "own") != 0)
        return SEAWALL_INVALID;
    scenario_own_policy(&run->made[which].own, name, policy);
    return SEAWALL_OK;
}

static seawall_pipeline *make_pipeline(scenario_run *run, const scenario_chain *chain, bool called)
{
    seawall_pipeline_config config = SEAWALL_PIPELINE_CONFIG_INIT;
    seawall_policy policies[SCENARIO_OBJECTS + 1];
    const seawall_policy *pointers[SCENARIO_OBJECTS + 1];
    const char *rest = chain->objects;
    seawall_pipeline *pipeline = NULL;
    char word[SCENARIO_NAME];
    seawall_error error;
    int32_t count = 0;

    config.listener = scenario_listen;
    config.listener_user = run;
    while (scenario_word(&rest, word, sizeof(word))) {
        ck_assert_int_lt(count, SCENARIO_OBJECTS);
        ck_assert_int_eq(fill(run, scenario_object_named(run->row, word), &policies[count]), SEAWALL_OK);
        pointers[count] = &policies[count];
        count++;
    }
    if (called && scenario_is_pooled(run)) {
        ck_assert_int_eq(scenario_pool_policy(run, &policies[count]), SEAWALL_OK);
        pointers[count] = &policies[count];
        count++;
    }
    ck_assert_msg(seawall_pipeline_create(&config, pointers, count, &run->platform, &pipeline, &error) == SEAWALL_OK,
                  "line %d: %s", run->row->line, error.message);
    return pipeline;
}

void scenario_make(scenario_run *run)
{
    const scenario_row *row = run->row;
    int i;

    for (i = 0; i < row->object_count; i++) {
        const scenario_object *object = &row->objects[i];

        run->made[i].run = run;
        run->made[i].name = object->name;
        if (strcmp(object->kind, "own") == 0)
            make_own(run, object, &run->made[i]);
        else
            make_object(run, object, &run->made[i]);
    }
    ck_assert_msg(row->chain_count > 0, "line %d: no chain", row->line);
    for (i = 0; i < row->chain_count; i++)
        run->pipelines[i] = make_pipeline(run, &row->chains[i], i == row->chain_count - 1);
    run->pipeline = run->pipelines[row->chain_count - 1];
}

static void check_rest(const scenario_run *run, const scenario_object *object, const scenario_made *made)
{
    int line = run->row->line;

    if (strcmp(object->kind, "bulkhead") == 0) {
        seawall_bulkhead_snapshot is = SEAWALL_BULKHEAD_SNAPSHOT_INIT;

        ck_assert_int_eq(seawall_bulkhead_get_snapshot(made->object, &is), SEAWALL_OK);
        ck_assert_msg(is.in_use == made->held_count && is.waiting == 0, "line %d: %s is not at rest", line, object->name);
    } else if (strcmp(object->kind, "circuit_breaker") == 0) {
        seawall_breaker_snapshot is = SEAWALL_BREAKER_SNAPSHOT_INIT;

        ck_assert_int_eq(seawall_breaker_get_snapshot(made->object, &is), SEAWALL_OK);
        ck_assert_msg(is.probes == 0, "line %d: %s is not at rest", line, object->name);
    } else if (strcmp(object->kind, "rate_limiter") == 0) {
        seawall_limiter_snapshot is = SEAWALL_LIMITER_SNAPSHOT_INIT;

        ck_assert_int_eq(seawall_limiter_get_snapshot(made->object, &is), SEAWALL_OK);
        ck_assert_msg(is.waiting == 0, "line %d: %s is not at rest", line, object->name);
    }
}

void scenario_unmake(scenario_run *run)
{
    int i;

    for (i = 0; i < run->row->chain_count; i++)
        seawall_pipeline_destroy(run->pipelines[i]);
    for (i = 0; i < run->row->object_count; i++) {
        check_rest(run, &run->row->objects[i], &run->made[i]);
        if (run->made[i].destroy != NULL)
            run->made[i].destroy(run->made[i].object);
    }
}
