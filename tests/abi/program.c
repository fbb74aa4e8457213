/*
 * A program as it was built against the first headers (first/), run with today's library. It brings every struct in the size
 * that it had then, with garbage behind it: what the library reads or writes beyond the old size shows.
 */
#include <seawall/seawall.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BEYOND = 64, GARBAGE = 0xA5 };

/* A struct of the caller's, and what lies behind it. */
#define CALLERS(type)                                                                                                  \
    struct {                                                                                                           \
        type it;                                                                                                       \
        unsigned char beyond[BEYOND];                                                                                  \
    }
#define GUARD(callers) memset((callers).beyond, GARBAGE, BEYOND)

static int failures;

static void check(bool good, const char *what, int line)
{
    if (good)
        return;
    fprintf(stderr, "line %d: %s\n", line, what);
    failures++;
}
#define CHECK(condition) check(condition, #condition, __LINE__)

static bool untouched(const unsigned char *beyond)
{
    int i;

    for (i = 0; i < BEYOND; i++) {
        if (beyond[i] != GARBAGE)
            return false;
    }
    return true;
}

/* A config in its old size is made by its macro and by its function alike, is right, and makes an object. */
#define CONFIG(kind, KIND, change)                                                                                     \
    do {                                                                                                               \
        CALLERS(seawall_##kind##_config) config = {SEAWALL_##KIND##_CONFIG_INIT, {0}}, made;                           \
        seawall_##kind *object = NULL;                                                                                 \
                                                                                                                       \
        GUARD(config);                                                                                                 \
        GUARD(made);                                                                                                   \
        CHECK(seawall_##kind##_config_init(&made.it, sizeof(made.it)) == SEAWALL_OK && untouched(made.beyond));        \
        CHECK(made.it.size == sizeof(made.it));                                                                        \
        change;                                                                                                        \
        CHECK(seawall_##kind##_create(&config.it, NULL, &object, &error) == SEAWALL_OK);                               \
        CHECK(untouched(config.beyond));                                                                               \
        seawall_##kind##_destroy(object);                                                                              \
    } while (0)

static void configs(void)
{
    seawall_error error = {0};

    CONFIG(breaker, BREAKER, config.it.failure_threshold = 2);
    CONFIG(retry, RETRY, config.it.max_attempts = 2);
    CONFIG(retry_budget, RETRY_BUDGET, config.it.floor = 1);
    CONFIG(timeout, TIMEOUT, config.it.attempt_timeout = SEAWALL_SECONDS(1));
    CONFIG(bulkhead, BULKHEAD, config.it.max_concurrent = 2);
    CONFIG(limiter, LIMITER, config.it.rate = 10);
    CONFIG(hedge, HEDGE, config.it.delay = SEAWALL_SECONDS(1));
    CONFIG(fallback, FALLBACK, config.it.on_full = 0);
    CONFIG(chaos, CHAOS, config.it.enabled = 1);
    CONFIG(timers, TIMERS, config.it.capacity = 16);
    CONFIG(cancel, CANCEL, config.it.parent = NULL);
    CONFIG(registry, REGISTRY, config.it.max_members = 16);
}

/* A snapshot in its old size is filled, and nothing behind it. */
#define SNAPSHOT(kind, KIND, object, condition)                                                                        \
    do {                                                                                                               \
        CALLERS(seawall_##kind##_snapshot) snapshot = {SEAWALL_##KIND##_SNAPSHOT_INIT, {0}};                           \
                                                                                                                       \
        GUARD(snapshot);                                                                                               \
        CHECK(seawall_##kind##_get_snapshot(object, &snapshot.it) == SEAWALL_OK && untouched(snapshot.beyond));        \
        CHECK(condition);                                                                                              \
    } while (0)

typedef struct objects {
    seawall_breaker *breaker;
    seawall_retry *retry;
    seawall_retry_budget *budget;
    seawall_timeout *timeout;
    seawall_bulkhead *bulkhead;
    seawall_limiter *limiter;
    seawall_fallback *fallback;
    seawall_chaos *chaos;
    seawall_hedge *hedge;
} objects;

static void snapshots(const objects *o)
{
    SNAPSHOT(breaker, BREAKER, o->breaker, snapshot.it.failures == 2 && snapshot.it.successes == 1);
    SNAPSHOT(retry_budget, RETRY_BUDGET, o->budget, snapshot.it.retries == 2);
    SNAPSHOT(bulkhead, BULKHEAD, o->bulkhead, snapshot.it.granted == 1 && snapshot.it.in_use == 0);
    SNAPSHOT(limiter, LIMITER, o->limiter, snapshot.it.granted == 3);
    SNAPSHOT(chaos, CHAOS, o->chaos, snapshot.it.enabled == 0);
    SNAPSHOT(hedge, HEDGE, o->hedge, snapshot.it.started == 0);
}

static void make(objects *o)
{
    seawall_limiter_config limited = SEAWALL_LIMITER_CONFIG_INIT;
    seawall_retry_config again = SEAWALL_RETRY_CONFIG_INIT;
    seawall_error error = {0};

    limited.rate = 1000;
    again.base_delay = 0;
    CHECK(seawall_breaker_create(NULL, NULL, &o->breaker, &error) == SEAWALL_OK);
    CHECK(seawall_retry_budget_create(NULL, NULL, &o->budget, &error) == SEAWALL_OK);
    again.budget = o->budget;
    CHECK(seawall_retry_create(&again, NULL, &o->retry, &error) == SEAWALL_OK);
    CHECK(seawall_timeout_create(NULL, NULL, &o->timeout, &error) == SEAWALL_OK);
    CHECK(seawall_bulkhead_create(NULL, NULL, &o->bulkhead, &error) == SEAWALL_OK);
    CHECK(seawall_limiter_create(&limited, NULL, &o->limiter, &error) == SEAWALL_OK);
    CHECK(seawall_fallback_create(NULL, NULL, &o->fallback, &error) == SEAWALL_OK);
    CHECK(seawall_chaos_create(NULL, NULL, &o->chaos, &error) == SEAWALL_OK);
    CHECK(seawall_hedge_create(NULL, NULL, &o->hedge, &error) == SEAWALL_OK);
}

static void unmake(const objects *o)
{
    seawall_hedge_destroy(o->hedge);
    seawall_chaos_destroy(o->chaos);
    seawall_fallback_destroy(o->fallback);
    seawall_limiter_destroy(o->limiter);
    seawall_bulkhead_destroy(o->bulkhead);
    seawall_timeout_destroy(o->timeout);
    seawall_retry_destroy(o->retry);
    seawall_retry_budget_destroy(o->budget);
    seawall_breaker_destroy(o->breaker);
}

/* --- a policy of the program's own --- */

static int entered, left;

static seawall_answer enter(void *frame, seawall_turn *turn, void *self)
{
    (void)frame;
    (void)turn;
    (void)self;
    entered++;
    return SEAWALL_PROCEED;
}

static seawall_answer leave(void *frame, seawall_turn *turn, seawall_outcome *outcome, void *self)
{
    (void)frame;
    (void)turn;
    (void)self;
    CHECK(outcome->attempts == 1);
    left++;
    return SEAWALL_PASS;
}

static void listen(const seawall_event *event, void *user)
{
    if (event->kind == SEAWALL_EVENT_RETRY_SCHEDULED)
        ++*(int *)user;
}

static seawall_fault third_time(seawall_attempt *attempt, void *arg)
{
    (void)arg;
    return seawall_attempt_number(attempt) < 3 ? SEAWALL_FAULT_SERVICE_UNAVAILABLE : SEAWALL_FAULT_NONE;
}

#define FILLED(call, place)                                                                                            \
    do {                                                                                                               \
        policies[place].it = (seawall_policy)SEAWALL_POLICY_INIT;                                                      \
        GUARD(policies[place]);                                                                                        \
        CHECK((call) == SEAWALL_OK && untouched(policies[place].beyond));                                              \
        pointers[place] = &policies[place].it;                                                                         \
    } while (0)

static seawall_pipeline *pipeline_of(const objects *o, int *scheduled)
{
    CALLERS(seawall_pipeline_config) config = {SEAWALL_PIPELINE_CONFIG_INIT, {0}};
    CALLERS(seawall_policy) policies[8];
    const seawall_policy *pointers[8];
    seawall_pipeline *pipeline = NULL;
    seawall_error error = {0};

    GUARD(config);
    config.it.listener = listen;
    config.it.listener_user = scheduled;
    FILLED(seawall_fallback_policy(o->fallback, NULL, &policies[0].it), 0);
    FILLED(seawall_timeout_policy(o->timeout, NULL, &policies[1].it), 1);
    FILLED(seawall_bulkhead_policy(o->bulkhead, NULL, &policies[2].it), 2);
    FILLED(seawall_retry_policy(o->retry, NULL, &policies[3].it), 3);
    FILLED(seawall_limiter_policy(o->limiter, NULL, &policies[4].it), 4);
    FILLED(seawall_breaker_policy(o->breaker, "breaker", &policies[5].it), 5);
    FILLED(seawall_chaos_policy(o->chaos, NULL, &policies[6].it), 6);
    FILLED(seawall_policy_init(&policies[7].it, sizeof(policies[7].it)), 7);
    policies[7].it.enter = enter;
    policies[7].it.leave = leave;
    CHECK(seawall_pipeline_create(&config.it, pointers, 8, NULL, &pipeline, &error) == SEAWALL_OK);
    CHECK(error.message[0] == '\0');
    return pipeline;
}

static void call(void)
{
    CALLERS(seawall_report) report = {SEAWALL_REPORT_INIT, {0}};
    CALLERS(seawall_call_options) options = {SEAWALL_CALL_OPTIONS_INIT, {0}};
    objects o = {0};
    seawall_pipeline *pipeline;
    int scheduled = 0;

    GUARD(report);
    GUARD(options);
    make(&o);
    pipeline = pipeline_of(&o, &scheduled);
    CHECK(seawall_call_with(pipeline, &options.it, third_time, NULL, &report.it) == SEAWALL_OK && untouched(report.beyond));
    CHECK(report.it.attempts == 3 && report.it.first_fault == SEAWALL_FAULT_SERVICE_UNAVAILABLE);
    CHECK(scheduled == 2 && entered == 3 && left == 3);
    snapshots(&o);
    seawall_pipeline_destroy(pipeline);
    unmake(&o);
}

/* --- a host that drives --- */

static void drive(void)
{
    CALLERS(seawall_step) step;
    seawall_pipeline *pipeline = NULL;
    seawall_execution *execution = NULL;
    seawall_result result = {.fault = SEAWALL_FAULT_NONE};
    CALLERS(seawall_report) report = {SEAWALL_REPORT_INIT, {0}};
    int kinds = 0, steps;
    void *storage;

    GUARD(step);
    CHECK(seawall_pipeline_create(NULL, NULL, 0, NULL, &pipeline, NULL) == SEAWALL_OK);
    storage = malloc(seawall_execution_size(pipeline));
    CHECK(seawall_execution_init(storage, seawall_execution_size(pipeline), pipeline, NULL, &execution) == SEAWALL_OK);
    CHECK(seawall_execution_begin_at(execution, 1, SEAWALL_FOREVER) == SEAWALL_OK);
    for (steps = 0; steps < 8; steps++) {
        CHECK(seawall_execution_next_at(execution, 2, &step.it) == SEAWALL_OK && untouched(step.beyond));
        kinds = kinds * 10 + step.it.kind;
        if (step.it.kind == SEAWALL_STEP_START)
            CHECK(seawall_execution_report_at(execution, step.it.id, &result, 2) == SEAWALL_OK);
        if (step.it.kind == SEAWALL_STEP_FINISHED)
            CHECK(seawall_execution_report(execution, &report.it) == SEAWALL_OK);
        if (step.it.kind == SEAWALL_STEP_DRAINED)
            break;
    }
    CHECK(kinds == 145 && report.it.attempts == 1);
    CHECK(seawall_execution_fini(execution) == SEAWALL_OK);
    free(storage);
    seawall_pipeline_destroy(pipeline);
}

static void group(void)
{
    CALLERS(seawall_group_config) config = {SEAWALL_GROUP_CONFIG_INIT, {0}};
    CALLERS(seawall_group_step) step;
    seawall_pipeline *pipeline = NULL;
    seawall_group *made = NULL;

    GUARD(config);
    GUARD(step);
    config.it.capacity = 2;
    CHECK(seawall_pipeline_create(NULL, NULL, 0, NULL, &pipeline, NULL) == SEAWALL_OK);
    CHECK(seawall_group_create(&config.it, pipeline, NULL, &made, NULL) == SEAWALL_OK);
    CHECK(seawall_group_next_at(made, 1, &step.it) == SEAWALL_OK && untouched(step.beyond));
    CHECK(step.it.step.kind == SEAWALL_STEP_WAIT && step.it.step.until == SEAWALL_FOREVER);
    CHECK(seawall_group_destroy(made) == SEAWALL_OK);
    seawall_pipeline_destroy(pipeline);
}

/* --- what has no config --- */

static void count(void *user)
{
    ++*(int *)user;
}

static void fire(seawall_timer timer, void *user)
{
    (void)timer;
    count(user);
}

static void values(void)
{
    CALLERS(seawall_permit) permit = {SEAWALL_PERMIT_INIT, {0}};
    CALLERS(seawall_retry_run) run = {SEAWALL_RETRY_RUN_INIT, {0}};
    CALLERS(seawall_deadline_scope) scope;
    CALLERS(seawall_cancel_hook) hook = {SEAWALL_CANCEL_HOOK_INIT, {0}};
    const seawall_result failed = {.fault = SEAWALL_FAULT_SERVICE_UNAVAILABLE};
    seawall_breaker *breaker = NULL;
    seawall_retry *retry = NULL;
    seawall_cancel *cancel = NULL;
    bool again = false;
    int told = 0;

    GUARD(permit);
    GUARD(run);
    GUARD(scope);
    GUARD(hook);
    CHECK(seawall_breaker_create(NULL, NULL, &breaker, NULL) == SEAWALL_OK);
    CHECK(seawall_breaker_try_acquire(breaker, &permit.it, NULL) == SEAWALL_OK && untouched(permit.beyond));
    CHECK(seawall_breaker_report(breaker, &permit.it, SEAWALL_FAULT_NONE) == SEAWALL_OK);
    CHECK(seawall_retry_create(NULL, NULL, &retry, NULL) == SEAWALL_OK);
    CHECK(seawall_retry_next(retry, &run.it, &failed, SEAWALL_FOREVER, &again) == SEAWALL_OK && again && untouched(run.beyond));
    CHECK(seawall_deadline_enter(NULL, SEAWALL_FOREVER - 1, &scope.it) == SEAWALL_OK && untouched(scope.beyond));
    CHECK(seawall_deadline_leave(&scope.it) == SEAWALL_OK);
    CHECK(seawall_cancel_create(NULL, NULL, &cancel, NULL) == SEAWALL_OK);
    CHECK(seawall_cancel_add_hook(cancel, &hook.it, count, &told) == SEAWALL_OK && untouched(hook.beyond));
    CHECK(seawall_cancel_trigger(cancel) == SEAWALL_OK && told == 1);
    seawall_cancel_destroy(cancel);
    seawall_retry_destroy(retry);
    seawall_breaker_destroy(breaker);
}

static void timers(void)
{
    CALLERS(seawall_platform) platform;
    seawall_manual_clock *clock = NULL;
    seawall_timers *service = NULL;
    int fired = 0;

    GUARD(platform);
    CHECK(seawall_platform_init(&platform.it, sizeof(platform.it)) == SEAWALL_OK && untouched(platform.beyond));
    CHECK(seawall_manual_clock_create(0, true, &clock, NULL) == SEAWALL_OK);
    seawall_manual_clock_install(clock, &platform.it);
    CHECK(seawall_timers_create(NULL, &platform.it, &service, NULL) == SEAWALL_OK);
    CHECK(seawall_timers_arm(service, SEAWALL_SECONDS(1), fire, &fired, NULL) == SEAWALL_OK);
    seawall_manual_clock_advance(clock, SEAWALL_SECONDS(2));
    CHECK(seawall_timers_advance(service, NULL) == SEAWALL_OK && fired == 1);
    SNAPSHOT(timers, TIMERS, service, snapshot.it.fired == 1);
    seawall_timers_destroy(service);
    seawall_manual_clock_destroy(clock);
}

/* --- by name --- */

static void registry(void)
{
    static const char text[] = "[circuit_breaker \"a\"]\nfailure_threshold = 7\n";
    CALLERS(seawall_loader_config) loader = {SEAWALL_LOADER_CONFIG_INIT, {0}};
    CALLERS(seawall_member) member = {{.size = sizeof(seawall_member)}, {0}};
    CALLERS(seawall_origin) origin = {{.size = sizeof(seawall_origin)}, {0}};
    CALLERS(seawall_breaker_config) config = {SEAWALL_BREAKER_CONFIG_INIT, {0}};
    seawall_registry *made = NULL;
    seawall_breaker *breaker = NULL;
    seawall_registry_answer answer = -1;
    char value[64];

    GUARD(loader);
    GUARD(member);
    GUARD(origin);
    GUARD(config);
    CHECK(seawall_registry_create(NULL, NULL, &made, NULL) == SEAWALL_OK);
    CHECK(seawall_registry_load_text(made, text, sizeof(text) - 1, "text", &loader.it, NULL) == SEAWALL_OK);
    CHECK(seawall_registry_member(made, 0, &member.it) == SEAWALL_OK && untouched(member.beyond));
    CHECK(strcmp(member.it.name, "a") == 0);
    CHECK(seawall_registry_describe(made, "circuit_breaker", "a", "failure_threshold", value, sizeof(value), NULL, &origin.it) ==
          SEAWALL_OK && untouched(origin.beyond));
    CHECK(strcmp(value, "7") == 0 && origin.it.kind == SEAWALL_ORIGIN_FILE && origin.it.line == 2);
    CHECK(seawall_registry_breaker(made, "b", &config.it, &breaker, &answer, NULL) == SEAWALL_OK);
    CHECK(answer == SEAWALL_REGISTRY_CREATED);
    seawall_breaker_destroy(breaker);
    seawall_registry_destroy(made);
}

/* What a binding reads: fields lie where they lay, and a text sets the one that it names. */
static void fields(void)
{
    CALLERS(seawall_field) field = {{.size = sizeof(seawall_field)}, {0}};
    CALLERS(seawall_retry_config) config = {SEAWALL_RETRY_CONFIG_INIT, {0}};
    int32_t i;

    GUARD(field);
    GUARD(config);
    for (i = 0; i < seawall_config_field_count("retry"); i++) {
        CHECK(seawall_config_field("retry", i, &field.it) == SEAWALL_OK && untouched(field.beyond));
        if (strcmp(field.it.key, "max_elapsed") == 0)
            CHECK(field.it.offset == offsetof(seawall_retry_config, max_elapsed));
    }
    CHECK(seawall_config_set("retry", &config.it, "max_elapsed", "3s", NULL) == SEAWALL_OK && untouched(config.beyond));
    CHECK(config.it.max_elapsed == SEAWALL_SECONDS(3));
    CHECK(seawall_config_check("retry", &config.it, NULL) == SEAWALL_OK);
}

int main(void)
{
    configs();
    call();
    drive();
    group();
    values();
    timers();
    registry();
    fields();
    printf("%s: built as %d, run with %d\n", failures == 0 ? "good" : "bad",
           SEAWALL_VERSION_MAJOR * 1000000 + SEAWALL_VERSION_MINOR * 1000 + SEAWALL_VERSION_PATCH, (int)seawall_version());
    return failures == 0 ? 0 : 1;
}
