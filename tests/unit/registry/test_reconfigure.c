/* What holds of every kind that can change while it is in use, and what the changes come to where no snapshot shows it. */
#include <check.h>
#include <string.h>

#include "kinds.h"
#include "suite.h"

#define ROOM 4096

typedef union any_config {
    unsigned char bytes[ROOM];
    long double align;
} any_config;

static const sw_test_kind *kind_at(int index)
{
    return sw_test_kind_named(seawall_config_kind(index));
}

static void defaults_of(const sw_test_kind *kind, any_config *config)
{
    memset(config, 0, sizeof(*config));
    ck_assert_int_eq(kind->init(config, seawall_config_size(kind->name)), SEAWALL_OK);
    sw_test_fill_required(kind->name, config);
}

/* Some value of the field that is allowed by itself and differs from what the config has. */
static void change(const seawall_field *field, any_config *config)
{
    double number;
    int64_t wide;
    int32_t narrow;

    switch (field->type) {
    case SEAWALL_FIELD_RATE:
    case SEAWALL_FIELD_MULTIPLIER:
        memcpy(&number, config->bytes + field->offset, sizeof(number));
        number = number > field->minimum ? (number + field->minimum) / 2 : (field->minimum + field->maximum) / 2;
        memcpy(config->bytes + field->offset, &number, sizeof(number));
        break;
    case SEAWALL_FIELD_DURATION:
        memcpy(&wide, config->bytes + field->offset, sizeof(wide));
        if (wide < (int64_t)field->minimum)
            wide = (int64_t)field->minimum + 1000000000;
        else
            wide += wide == INT64_MAX ? -1 : 1;
        memcpy(config->bytes + field->offset, &wide, sizeof(wide));
        break;
    case SEAWALL_FIELD_FAULTS:
        narrow = SEAWALL_FAULT_BIT(SEAWALL_FAULT_CONFLICT);
        memcpy(config->bytes + field->offset, &narrow, sizeof(narrow));
        break;
    case SEAWALL_FIELD_SWITCH:
        memcpy(&narrow, config->bytes + field->offset, sizeof(narrow));
        narrow = !narrow;
        memcpy(config->bytes + field->offset, &narrow, sizeof(narrow));
        break;
    case SEAWALL_FIELD_TEXT:
        memcpy(config->bytes + field->offset, "x", 2);
        break;
    default:
        memcpy(&narrow, config->bytes + field->offset, sizeof(narrow));
        narrow = narrow > (int32_t)field->minimum ? (int32_t)field->minimum : (int32_t)field->minimum + 1;
        memcpy(config->bytes + field->offset, &narrow, sizeof(narrow));
    }
}

/* One field changed, the others at their defaults: what the table says of it is so, and nobody allocates. */
static void judged_as_the_table_says(const sw_test_kind *kind, const seawall_field *field)
{
    seawall_error error = {0};
    sw_test_platform test;
    any_config config;
    int64_t allocated;
    void *made = NULL;

    sw_test_platform_init(&test, true);
    defaults_of(kind, &config);
    ck_assert_int_eq(kind->create(&config, &test.platform, &made, NULL), SEAWALL_OK);
    change(field, &config);
    if (seawall_config_check(kind->name, &config, NULL) != SEAWALL_OK) { /* it does not go with the others' defaults */
        ck_assert_int_eq(kind->reconfigure(made, &config, &error), SEAWALL_INVALID);
        kind->destroy(made);
        sw_test_platform_fini(&test);
        return;
    }
    allocated = test.memory.requests;
    ck_assert_msg(kind->reconfigure(made, &config, &error) == (field->live ? SEAWALL_OK : SEAWALL_INVALID), "%s.%s: %s",
                  kind->name, field->key, error.message);
    ck_assert_int_eq(test.memory.requests, allocated);
    if (!field->live) {
        ck_assert_ptr_nonnull(strstr(error.message, field->key));
        ck_assert_ptr_nonnull(strstr(error.message, "cannot change"));
    }
    /* And back. */
    defaults_of(kind, &config);
    ck_assert_int_eq(kind->reconfigure(made, &config, NULL), SEAWALL_OK);
    kind->destroy(made);
    sw_test_platform_fini(&test);
}

START_TEST(live_fields_change_and_no_others)
{
    const sw_test_kind *kind = kind_at(_i);
    int32_t i, live = 0;

    for (i = 0; i < seawall_config_field_count(kind->name); i++) {
        seawall_field field = {.size = sizeof(field)};

        ck_assert_int_eq(seawall_config_field(kind->name, i, &field), SEAWALL_OK);
        live += field.live;
        if (kind->reconfigure != NULL)
            judged_as_the_table_says(kind, &field);
    }
    ck_assert(live > 0 || kind->reconfigure == NULL);
}
END_TEST

START_TEST(what_is_wrong_changes_nothing)
{
    const sw_test_kind *kind = kind_at(_i);
    seawall_error error = {0};
    any_config config;
    void *made = NULL;
    uint32_t size = 3;

    if (kind->reconfigure == NULL)
        return;
    ck_assert_int_eq(kind->create(NULL, NULL, &made, NULL), SEAWALL_OK);
    ck_assert_int_eq(kind->reconfigure(NULL, NULL, &error), SEAWALL_INVALID);
    ck_assert_ptr_nonnull(strstr(error.message, "none to reconfigure"));
    ck_assert_str_eq(error.key, kind->name);
    defaults_of(kind, &config);
    memcpy(&config, &size, sizeof(size));
    ck_assert_int_eq(kind->reconfigure(made, &config, &error), SEAWALL_INVALID);
    ck_assert_int_eq(kind->reconfigure(made, NULL, NULL), SEAWALL_OK);
    kind->destroy(made);
}
END_TEST

/* --- what is in force --- */

static seawall_retry_verdict stop(const seawall_result *result, int32_t attempt, void *user)
{
    (void)result;
    (void)attempt;
    (void)user;
    return SEAWALL_RETRY_STOP;
}

START_TEST(a_run_goes_on_by_the_new_rules)
{
    seawall_retry_config config = SEAWALL_RETRY_CONFIG_INIT;
    const seawall_result gone = {.fault = SEAWALL_FAULT_SERVICE_UNAVAILABLE};
    seawall_retry_run run = SEAWALL_RETRY_RUN_INIT;
    seawall_error error;
    seawall_retry *retry;
    bool again;

    config.jitter = SEAWALL_JITTER_NONE;
    ck_assert_int_eq(seawall_retry_create(&config, NULL, &retry, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_retry_next_at(retry, &run, &gone, SEAWALL_FOREVER, 1000, &again), SEAWALL_OK);
    ck_assert_int_eq(run.delay, SEAWALL_MILLISECONDS(100));
    config.base_delay = SEAWALL_SECONDS(1);
    config.max_attempts = 4;
    ck_assert_int_eq(seawall_retry_reconfigure(retry, &config, NULL), SEAWALL_OK);
    ck_assert_int_eq(run.again_at, 1000 + SEAWALL_MILLISECONDS(100)); /* what was scheduled stays */
    ck_assert_int_eq(seawall_retry_next_at(retry, &run, &gone, SEAWALL_FOREVER, 2000, &again), SEAWALL_OK);
    ck_assert_int_eq(run.delay, SEAWALL_SECONDS(2));
    ck_assert_int_eq(seawall_retry_next_at(retry, &run, &gone, SEAWALL_FOREVER, 3000, &again), SEAWALL_OK);
    config.max_elapsed = SEAWALL_SECONDS(1);
    config.max_attempts = 100;
    ck_assert_int_eq(seawall_retry_reconfigure(retry, &config, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_retry_next_at(retry, &run, &gone, SEAWALL_FOREVER, 4000, &again), SEAWALL_FAILED);
    ck_assert_int_eq(run.reason, SEAWALL_REASON_DEADLINE);
    config.predicate = stop;
    ck_assert_int_eq(seawall_retry_reconfigure(retry, &config, &error), SEAWALL_INVALID);
    ck_assert_str_eq(error.message, "retry.predicate: cannot change while in use");
    seawall_retry_destroy(retry);
}
END_TEST

START_TEST(timeouts_have_new_limits)
{
    seawall_timeout_config config = SEAWALL_TIMEOUT_CONFIG_INIT;
    seawall_timeout *timeout;

    ck_assert_int_eq(seawall_timeout_create(&config, NULL, &timeout, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_timeout_deadline(timeout, 0, SEAWALL_FOREVER), SEAWALL_SECONDS(30));
    config.request_timeout = SEAWALL_SECONDS(7);
    ck_assert_int_eq(seawall_timeout_reconfigure(timeout, &config, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_timeout_deadline(timeout, 0, SEAWALL_FOREVER), SEAWALL_SECONDS(7));
    seawall_timeout_destroy(timeout);
}
END_TEST

START_TEST(fallbacks_stand_in_for_others)
{
    seawall_fallback_config config = SEAWALL_FALLBACK_CONFIG_INIT;
    const seawall_outcome open = {.status = SEAWALL_OPEN};
    seawall_fallback *fallback;

    ck_assert_int_eq(seawall_fallback_create(&config, NULL, &fallback, NULL), SEAWALL_OK);
    ck_assert(seawall_fallback_handles(fallback, &open));
    config.on_open = 0;
    ck_assert_int_eq(seawall_fallback_reconfigure(fallback, &config, NULL), SEAWALL_OK);
    ck_assert(!seawall_fallback_handles(fallback, &open));
    config.function_user = &config;
    ck_assert_int_eq(seawall_fallback_reconfigure(fallback, &config, NULL), SEAWALL_INVALID);
    seawall_fallback_destroy(fallback);
}
END_TEST

START_TEST(hedges_wait_otherwise)
{
    seawall_hedge_config config = SEAWALL_HEDGE_CONFIG_INIT;
    seawall_hedge_snapshot snapshot = SEAWALL_HEDGE_SNAPSHOT_INIT;
    seawall_hedge *hedge;

    config.delay = SEAWALL_SECONDS(1);
    ck_assert_int_eq(seawall_hedge_create(&config, NULL, &hedge, NULL), SEAWALL_OK);
    config.delay = SEAWALL_SECONDS(2);
    ck_assert_int_eq(seawall_hedge_reconfigure(hedge, &config, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_hedge_get_snapshot_at(hedge, 0, &snapshot), SEAWALL_OK);
    ck_assert_int_eq(snapshot.delay, SEAWALL_SECONDS(2));
    config.delay = SEAWALL_AUTO;
    ck_assert_int_eq(seawall_hedge_reconfigure(hedge, &config, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_hedge_get_snapshot_at(hedge, 0, &snapshot), SEAWALL_OK);
    ck_assert_int_eq(snapshot.delay, SEAWALL_FOREVER);
    seawall_hedge_destroy(hedge);
}
END_TEST

static int64_t available(seawall_retry_budget *budget, double *tokens)
{
    seawall_retry_budget_snapshot snapshot = SEAWALL_RETRY_BUDGET_SNAPSHOT_INIT;

    ck_assert_int_eq(seawall_retry_budget_get_snapshot_at(budget, 0, &snapshot), SEAWALL_OK);
    *tokens = snapshot.tokens;
    return snapshot.available;
}

START_TEST(budgets_keep_what_was_spent)
{
    seawall_retry_budget_config config = SEAWALL_RETRY_BUDGET_CONFIG_INIT;
    seawall_retry_budget *budget;
    seawall_retry_charge charge = 0;
    sw_test_platform test;
    double tokens;
    int i;

    sw_test_platform_init(&test, true);
    ck_assert_int_eq(seawall_retry_budget_create(&config, &test.platform, &budget, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_retry_budget_try_charge_at(budget, 0, &charge), SEAWALL_OK);
    ck_assert_int_eq(available(budget, &tokens), 99);
    config.floor = 5;
    config.max_tokens = 100;
    config.token_ratio = 1;
    ck_assert_int_eq(seawall_retry_budget_reconfigure(budget, &config, NULL), SEAWALL_OK);
    ck_assert_int_eq(available(budget, &tokens), 49);
    ck_assert_double_eq(tokens, 100);
    for (i = 0; i < 20; i++)
        seawall_retry_budget_end(budget, SEAWALL_FAULT_TIMEOUT);
    config.max_tokens = 10; /* as full as it was */
    ck_assert_int_eq(seawall_retry_budget_reconfigure(budget, &config, NULL), SEAWALL_OK);
    (void)available(budget, &tokens);
    ck_assert_double_eq(tokens, 8);
    seawall_retry_budget_end(budget, SEAWALL_FAULT_NONE);
    (void)available(budget, &tokens);
    ck_assert_double_eq(tokens, 9);
    config.max_tokens = 0;
    ck_assert_int_eq(seawall_retry_budget_reconfigure(budget, &config, NULL), SEAWALL_OK);
    ck_assert_int_eq(available(budget, &tokens), 49);
    ck_assert_double_eq(tokens, -1);
    seawall_retry_budget_destroy(budget);
    sw_test_platform_fini(&test);
}
END_TEST

static seawall_fault succeed(seawall_attempt *attempt, void *arg)
{
    (void)attempt;
    (void)arg;
    return SEAWALL_FAULT_NONE;
}

START_TEST(chaos_does_something_else)
{
    seawall_chaos_config config = SEAWALL_CHAOS_CONFIG_INIT;
    seawall_policy policy = SEAWALL_POLICY_INIT;
    const seawall_policy *order = &policy;
    seawall_pipeline *pipeline;
    seawall_chaos *chaos;

    config.enabled = 1;
    ck_assert_int_eq(seawall_chaos_create(&config, NULL, &chaos, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_chaos_policy(chaos, "chaos", &policy), SEAWALL_OK);
    ck_assert_int_eq(seawall_pipeline_create(NULL, &order, 1, NULL, &pipeline, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_call(pipeline, succeed, NULL, NULL), SEAWALL_OK);
    config.outcome_rate = 1;
    config.outcome = SEAWALL_CHAOS_OPEN;
    ck_assert_int_eq(seawall_chaos_reconfigure(chaos, &config, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_call(pipeline, succeed, NULL, NULL), SEAWALL_OPEN);
    /* Who switched it off by hand is not overruled by a word on something else. */
    ck_assert_int_eq(seawall_chaos_set_enabled(chaos, false), SEAWALL_OK);
    config.outcome = SEAWALL_CHAOS_FULL;
    ck_assert_int_eq(seawall_chaos_reconfigure(chaos, &config, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_call(pipeline, succeed, NULL, NULL), SEAWALL_OK);
    seawall_pipeline_destroy(pipeline);
    seawall_chaos_destroy(chaos);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("reconfigure");

    tcase_add_loop_test(tests, live_fields_change_and_no_others, 0, seawall_config_kind_count());
    tcase_add_loop_test(tests, what_is_wrong_changes_nothing, 0, seawall_config_kind_count());
    tcase_add_test(tests, a_run_goes_on_by_the_new_rules);
    tcase_add_test(tests, timeouts_have_new_limits);
    tcase_add_test(tests, fallbacks_stand_in_for_others);
    tcase_add_test(tests, hedges_wait_otherwise);
    tcase_add_test(tests, budgets_keep_what_was_spent);
    tcase_add_test(tests, chaos_does_something_else);
    return sw_test_run("reconfigure", tests);
}
