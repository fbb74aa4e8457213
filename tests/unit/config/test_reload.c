/* A registry in use, and what another file makes of it. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "../registry/registry_room.h"
#include "told.h"

#include "suite.h"

static told all;
static char changes[4096]; /* of the last reload, with | between them */

static void told_change(const seawall_change *change, void *user)
{
    size_t length = strlen(changes);

    (void)user;
    ck_assert_uint_eq(change->size, sizeof(*change));
    ck_assert_ptr_nonnull(strstr(change->text, change->kind));
    ck_assert_ptr_nonnull(strstr(change->text, change->key));
    (void)snprintf(changes + length, sizeof(changes) - length, "%s%s", length > 0 ? "|" : "", change->text);
}

static seawall_status reload_with(room *r, const char *text, const char *const *environment)
{
    seawall_loader_config config = SEAWALL_LOADER_CONFIG_INIT;

    memset(&all, 0, sizeof(all));
    changes[0] = '\0';
    config.report = told_problem;
    config.report_user = &all;
    config.change = told_change;
    config.environment = environment;
    return seawall_registry_reload_text(r->registry, text, strlen(text), "t", &config, &r->error);
}

static void reload(room *r, const char *text, const char *expected)
{
    ck_assert_msg(reload_with(r, text, NULL) == SEAWALL_OK, "%s", r->error.message);
    ck_assert_str_eq(changes, expected);
}

static seawall_breaker *breaker_of(room *r, const char *name, const seawall_breaker_config *config)
{
    seawall_breaker *breaker;

    ck_assert_int_eq(seawall_registry_breaker(r->registry, name, config, &breaker, &r->answer, NULL), SEAWALL_OK);
    return breaker;
}

static bool has(room *r, const char *kind, const char *name)
{
    return seawall_registry_describe(r->registry, kind, name, "max_attempts", NULL, 0, NULL, NULL) == SEAWALL_TOO_SMALL;
}

static void fail_times(seawall_breaker *breaker, int times)
{
    for (; times > 0; times--) {
        seawall_permit permit = SEAWALL_PERMIT_INIT;

        ck_assert_int_eq(seawall_breaker_try_acquire(breaker, &permit, NULL), SEAWALL_OK);
        ck_assert_int_eq(seawall_breaker_report(breaker, &permit, SEAWALL_FAULT_INTERNAL), SEAWALL_OK);
    }
}

static seawall_breaker_snapshot look(seawall_breaker *breaker)
{
    seawall_breaker_snapshot snapshot = SEAWALL_BREAKER_SNAPSHOT_INIT;

    ck_assert_int_eq(seawall_breaker_get_snapshot(breaker, &snapshot), SEAWALL_OK);
    return snapshot;
}

START_TEST(fields_change_in_place)
{
    seawall_breaker *before, *after;
    room r;

    room_init(&r);
    reload(&r, "[circuit_breaker \"a\"]\nfailure_threshold = 3\n", "[circuit_breaker \"a\"]: made");
    before = breaker_of(&r, "a", NULL);
    fail_times(before, 2);
    reload(&r, "# moved\n[circuit_breaker \"a\"]\nfailure_threshold = 4\nrecovery_timeout = 1s\n",
           "[circuit_breaker \"a\"] failure_threshold: 3 -> 4|[circuit_breaker \"a\"] recovery_timeout: 30s -> 1s");
    after = breaker_of(&r, "a", NULL);
    ck_assert_ptr_eq(before, after);
    ck_assert_int_eq(look(after).consecutive_failures, 2);
    fail_times(after, 1);
    ck_assert_int_eq(look(after).state, SEAWALL_BREAKER_CLOSED);
    fail_times(after, 1);
    ck_assert_int_eq(look(after).state, SEAWALL_BREAKER_OPEN);
    ck_assert_int_lt(look(after).remaining, SEAWALL_SECONDS(2));
    room_is_from(&r, "circuit_breaker", "a", "failure_threshold", "4", SEAWALL_ORIGIN_FILE);
    /* The same again is nothing. A line that is gone is the default. */
    reload(&r, "# moved\n[circuit_breaker \"a\"]\nfailure_threshold = 4\nrecovery_timeout = 1s\n", "");
    reload(&r, "[circuit_breaker \"a\"]\n",
           "[circuit_breaker \"a\"] failure_threshold: 4 -> 5|[circuit_breaker \"a\"] recovery_timeout: 1s -> 30s");
    room_is_from(&r, "circuit_breaker", "a", "failure_threshold", "5", SEAWALL_ORIGIN_DEFAULT);
    seawall_breaker_destroy(before);
    seawall_breaker_destroy(after);
    room_fini(&r);
}
END_TEST

static void leave_be(void *user)
{
    (void)user;
}

/* What a file cannot say of a pool goes on as the program has said it. */
START_TEST(the_threads_of_a_pool_stay_as_they_are)
{
    seawall_pool_config wish = SEAWALL_POOL_CONFIG_INIT;
    seawall_priority_level_config levels[SEAWALL_PRIORITY_COUNT];
    char name[] = "own";
    int32_t own = 0;
    seawall_pool *pool;
    room r;

    room_init(&r);
    ck_assert_int_eq(seawall_priority_levels(levels), SEAWALL_OK);
    wish.core_size = 0;
    wish.max_size = 1;
    wish.name = name;
    wish.signals = 1;
    wish.on_start = leave_be;
    wish.hook_user = &own;
    wish.levels = levels;
    ck_assert_int_eq(seawall_registry_pool(r.registry, "a", &wish, &pool, NULL, NULL), SEAWALL_OK);
    name[0] = 'O';
    reload(&r, "[thread_pool \"a\"]\nqueue_size = 7\n", "[thread_pool \"a\"] queue_size: 100 -> 7");
    seawall_pool_destroy(pool);
    room_fini(&r);
}
END_TEST

START_TEST(defaults_of_a_kind_reach_all_of_it)
{
    seawall_breaker_config wish = SEAWALL_BREAKER_CONFIG_INIT;
    seawall_breaker *own, *plain;
    room r;

    room_init(&r);
    wish.failure_threshold = 7;
    own = breaker_of(&r, "own", &wish); /* made by the program, and its word counts more than the kind's */
    plain = breaker_of(&r, "plain", NULL);
    reload(&r, "[circuit_breaker]\nfailure_threshold = 9\nhalf_open_max_calls = 2\n",
           "[circuit_breaker \"own\"] half_open_max_calls: 3 -> 2|[circuit_breaker \"plain\"] failure_threshold: 5 -> 9|"
           "[circuit_breaker \"plain\"] half_open_max_calls: 3 -> 2");
    reload(&r, "[circuit_breaker \"own\"]\nfailure_threshold = 8\n",
           "[circuit_breaker \"own\"] failure_threshold: 7 -> 8|[circuit_breaker \"own\"] half_open_max_calls: 2 -> 3|"
           "[circuit_breaker \"plain\"] failure_threshold: 9 -> 5|[circuit_breaker \"plain\"] half_open_max_calls: 2 -> 3");
    /* What the program brought has not been forgotten, and what it made is never retired. */
    reload(&r, "", "[circuit_breaker \"own\"] failure_threshold: 8 -> 7");
    room_is_from(&r, "circuit_breaker", "own", "failure_threshold", "7", SEAWALL_ORIGIN_CALL);
    ck_assert_int_eq(seawall_registry_count(r.registry), 2);
    seawall_breaker_destroy(own);
    seawall_breaker_destroy(plain);
    room_fini(&r);
}
END_TEST

START_TEST(what_cannot_change_is_told_and_left)
{
    room r;

    room_init(&r);
    reload(&r,
           "[hedge \"h\"]\n[retry_budget \"b\"]\n[retry_budget \"c\"]\n[retry \"r\"]\nretry_budget = b\n"
           "[pipeline \"p\"]\npolicies = timeout\n",
           "[hedge \"h\"]: made|[retry_budget \"b\"]: made|[retry_budget \"c\"]: made|[retry \"r\"]: made|[pipeline \"p\"]: made|"
           "[timeout \"p\"]: made");
    reload(&r,
           "[hedge \"h\"]\nmax_hedges = 2\nbudget = 10%\n[retry_budget \"b\"]\nwindow = 20s\n[retry_budget \"c\"]\n"
           "[retry \"r\"]\nretry_budget = c\n"
           "[pipeline \"p\"]\npolicies = timeout, retry\nlate = 3\n",
           "[hedge \"h\"] max_hedges: 1 -> 2, left: it cannot change while in use|[hedge \"h\"] budget: 0.05 -> 0.1|"
           "[retry_budget \"b\"] window: 10s -> 20s, left: it cannot change while in use|"
           "[retry \"r\"] retry_budget: b -> c, left: it cannot change while in use|"
           "[pipeline \"p\"] late: auto -> 3, left: it cannot change while in use|"
           "[pipeline \"p\"] policies: timeout -> timeout, retry, left: it cannot change while in use");
    room_is_from(&r, "hedge", "h", "max_hedges", "1", SEAWALL_ORIGIN_DEFAULT);
    room_is_from(&r, "hedge", "h", "budget", "0.1", SEAWALL_ORIGIN_FILE);
    room_is_from(&r, "retry", "r", "retry_budget", "b", SEAWALL_ORIGIN_FILE);
    room_is_from(&r, "pipeline", "p", "policies", "timeout", SEAWALL_ORIGIN_FILE);
    /* What goes with what must stay only: not at all. */
    reload(&r, "[retry_budget \"x\"]\n[retry_budget \"b\"]\n[retry_budget \"c\"]\n[hedge \"h\"]\nmax_hedges = 2\nbudget = 10%\n"
               "[retry \"r\"]\nretry_budget = b\n[pipeline \"p\"]\npolicies = timeout\n",
           "[hedge \"h\"] max_hedges: 1 -> 2, left: it cannot change while in use|[retry_budget \"x\"]: made");
    room_fini(&r);
}
END_TEST

START_TEST(a_field_that_does_not_go_with_one_that_stays_is_left_too)
{
    room r;

    room_init(&r);
    reload(&r, "[retry_budget \"b\"]\nwindow = 0\nmax_tokens = 10\n", "[retry_budget \"b\"]: made");
    reload(&r, "[retry_budget \"b\"]\nwindow = 5s\nmax_tokens = 0\nratio = 50%\n",
           "[retry_budget \"b\"] ratio: 0.2 -> 0.5, left: retry_budget.max_tokens: 0 and retry_budget.window: 0 leave no rule|"
           "[retry_budget \"b\"] window: 0ns -> 5s, left: it cannot change while in use|"
           "[retry_budget \"b\"] max_tokens: 10 -> 0, left: retry_budget.max_tokens: 0 and retry_budget.window: 0 leave no rule");
    room_is_from(&r, "retry_budget", "b", "ratio", "0.2", SEAWALL_ORIGIN_DEFAULT);
    room_fini(&r);
}
END_TEST

START_TEST(a_bad_file_changes_nothing)
{
    room r;

    room_init(&r);
    reload(&r, "[circuit_breaker \"a\"]\nfailure_threshold = 3\n", "[circuit_breaker \"a\"]: made");
    ck_assert_int_eq(
        reload_with(&r, "[retry \"n\"]\n[circuit_breaker \"a\"]\nfailure_threshold = 4\nrecovery_timeout = soon\n", NULL),
        SEAWALL_INVALID);
    ck_assert_str_eq(all.text, "t:4: [circuit_breaker \"a\"] recovery_timeout: \"soon\" is not a duration such as 250ms or 1.5s");
    ck_assert_str_eq(changes, "");
    ck_assert_int_eq(reload_with(&r, "[pipeline \"p\"]\npolicies = fallback\n[fallback \"p\"]\npipeline = p\n", NULL),
                     SEAWALL_INVALID);
    ck_assert_str_eq(changes, "");
    ck_assert_int_eq(seawall_registry_count(r.registry), 1);
    room_is_from(&r, "circuit_breaker", "a", "failure_threshold", "3", SEAWALL_ORIGIN_FILE);
    reload(&r, "[circuit_breaker \"a\"]\nfailure_threshold = 3\n", "");
    room_fini(&r);
}
END_TEST

START_TEST(removed_names_retire_once_unused)
{
    seawall_member member = {.size = sizeof(member)};
    seawall_breaker *breaker, *again;
    room r;

    room_init(&r);
    reload(&r, "[circuit_breaker \"a\"]\n[retry \"b\"]\n", "[circuit_breaker \"a\"]: made|[retry \"b\"]: made");
    breaker = breaker_of(&r, "a", NULL);
    reload(&r, "", "[circuit_breaker \"a\"]: named no longer, goes when nobody uses it|[retry \"b\"]: named no longer, gone");
    ck_assert_int_eq(seawall_registry_count(r.registry), 1);
    ck_assert_int_eq(seawall_registry_member(r.registry, 0, &member), SEAWALL_OK);
    ck_assert_int_eq(member.retiring, 1);
    again = breaker_of(&r, "a", NULL); /* still the one */
    ck_assert_ptr_eq(again, breaker);
    seawall_breaker_destroy(again);
    reload(&r, "", ""); /* that was told already */
    seawall_registry_sweep(r.registry);
    ck_assert_int_eq(seawall_registry_count(r.registry), 1);
    /* Named again, it is there to stay. */
    reload(&r, "[circuit_breaker \"a\"]\nfailure_threshold = 2\n", "[circuit_breaker \"a\"] failure_threshold: 5 -> 2");
    ck_assert_int_eq(seawall_registry_member(r.registry, 0, &member), SEAWALL_OK);
    ck_assert_int_eq(member.retiring, 0);
    reload(&r, "", "[circuit_breaker \"a\"]: named no longer, goes when nobody uses it");
    seawall_breaker_destroy(breaker);
    seawall_registry_sweep(r.registry);
    ck_assert_int_eq(seawall_registry_count(r.registry), 0);
    seawall_registry_sweep(NULL);
    room_fini(&r);
}
END_TEST

START_TEST(what_only_a_retired_pipeline_needed_goes_with_it)
{
    seawall_pipeline *pipeline;
    room r;

    room_init(&r);
    reload(&r, "[pipeline \"p\"]\npolicies = retry, fallback\n[fallback]\npipeline = q\n[pipeline \"q\"]\npolicies = timeout\n",
           "[pipeline \"p\"]: made|[pipeline \"q\"]: made|[retry \"p\"]: made|[fallback \"p\"]: made|[timeout \"q\"]: made");
    ck_assert_int_eq(seawall_registry_pipeline(r.registry, "p", NULL, &pipeline, NULL, NULL), SEAWALL_OK);
    reload(&r, "[timeout]\n",
           "[pipeline \"p\"]: named no longer, goes when nobody uses it|"
           "[pipeline \"q\"]: named no longer, goes when nobody uses it|"
           "[fallback \"p\"] pipeline: q -> , left: it cannot change while in use");
    ck_assert_int_eq(seawall_registry_count(r.registry), 5);
    ck_assert(has(&r, "retry", "p"));
    seawall_pipeline_destroy(pipeline);
    reload(&r, "", "[pipeline \"p\"]: named no longer, gone|[pipeline \"q\"]: named no longer, gone");
    ck_assert_int_eq(seawall_registry_count(r.registry), 0);
    room_fini(&r);
}
END_TEST

/* A reload that changes it on its way out does not hold it. */
START_TEST(what_changes_and_is_needed_no_longer_goes_at_once)
{
    room r;

    room_init(&r);
    reload(&r, "[retry]\nmax_attempts = 2\n[pipeline \"p\"]\npolicies = retry\n",
           "[pipeline \"p\"]: made|[retry \"p\"]: made");
    reload(&r, "[retry]\nmax_attempts = 3\n", "[pipeline \"p\"]: named no longer, gone");
    ck_assert_int_eq(seawall_registry_count(r.registry), 0);
    room_fini(&r);
}
END_TEST

START_TEST(variables_are_laid_over_again)
{
    static const char *const nine[] = {"SEAWALL__CIRCUIT_BREAKER__A__FAILURE_THRESHOLD=9", NULL};
    room r;

    room_init(&r);
    ck_assert_int_eq(reload_with(&r, "[circuit_breaker \"a\"]\nfailure_threshold = 3\n", nine), SEAWALL_OK);
    room_is_from(&r, "circuit_breaker", "a", "failure_threshold", "9", SEAWALL_ORIGIN_ENVIRONMENT);
    ck_assert_int_eq(reload_with(&r, "[circuit_breaker \"a\"]\nfailure_threshold = 3\n", NULL), SEAWALL_OK);
    ck_assert_str_eq(changes, "[circuit_breaker \"a\"] failure_threshold: 9 -> 3");
    room_fini(&r);
}
END_TEST

/* What a call has set stays, below what the file says of the same key. */
START_TEST(what_calls_have_set_stays)
{
    room r;

    room_init(&r);
    room_set(&r, "circuit_breaker", "a", "failure_threshold", "8");
    reload(&r, "[circuit_breaker \"a\"]\nrecovery_timeout = 2s\n", "[circuit_breaker \"a\"]: made");
    room_is_from(&r, "circuit_breaker", "a", "failure_threshold", "8", SEAWALL_ORIGIN_CALL);
    reload(&r, "[circuit_breaker \"a\"]\n", "[circuit_breaker \"a\"] recovery_timeout: 2s -> 30s");
    room_is_from(&r, "circuit_breaker", "a", "failure_threshold", "8", SEAWALL_ORIGIN_CALL);
    room_fini(&r);
}
END_TEST

static seawall_status inner;

static void reload_inside(const seawall_change *change, void *user)
{
    room *r = user;

    (void)change;
    inner = seawall_registry_reload_text(r->registry, "", 0, "t", NULL, &r->error);
}

START_TEST(one_at_a_time)
{
    seawall_loader_config config = SEAWALL_LOADER_CONFIG_INIT;
    room r;

    room_init(&r);
    config.change = reload_inside;
    config.change_user = &r;
    ck_assert_int_eq(seawall_registry_reload_text(r.registry, "[retry \"a\"]\n", 12, "t", &config, NULL), SEAWALL_OK);
    ck_assert_int_eq(inner, SEAWALL_BUSY);
    ck_assert_str_eq(r.error.message, "registry: another reload is under way");
    ck_assert_int_eq(seawall_registry_reload_text(r.registry, "", 0, "t", NULL, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_registry_reload_text(NULL, "", 0, "t", NULL, NULL), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_registry_reload_file(NULL, "t", NULL, NULL), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_registry_reload_file(r.registry, "/nowhere/at/all", NULL, &r.error), SEAWALL_INVALID);
    ck_assert_ptr_nonnull(strstr(r.error.message, "there is no such file"));
    room_fini(&r);
}
END_TEST

/* --- memory --- */

static const char one[] = "[retry]\nretry_budget = b\n[retry_budget \"b\"]\n[pipeline \"p\"]\npolicies = timeout, retry\n"
                          "[circuit_breaker \"a\"]\nfailure_threshold = 3\n[bulkhead \"gone\"]\n"
                          "[retry_budget \"c\"]\n[retry \"q\"]\nretry_budget = b\n";
static const char two[] = "[retry]\nretry_budget = b\nmax_attempts = 7\n[retry_budget \"b\"]\nfloor = 3\n[pipeline \"p\"]\n"
                          "policies = timeout, retry\n[circuit_breaker \"a\"]\nfailure_threshold = 4\n"
                          "[rate_limiter \"new\"]\nrate = 5\n[retry_budget \"c\"]\n[retry \"q\"]\nretry_budget = c\n";

/* A value, or "" where there is no such object. */
static const char *value(seawall_registry *registry, const char *kind, const char *name, const char *key)
{
    static char text[64];

    text[0] = '\0';
    (void)!seawall_registry_describe(registry, kind, name, key, text, sizeof(text), NULL, NULL);
    return text;
}

static void is_as(seawall_registry *registry, bool second)
{
    ck_assert_int_eq(seawall_registry_count(registry), 8);
    ck_assert_str_eq(value(registry, "circuit_breaker", "a", "failure_threshold"), second ? "4" : "3");
    ck_assert_str_eq(value(registry, "retry", "p", "max_attempts"), second ? "7" : "3");
    ck_assert_str_eq(value(registry, "bulkhead", "gone", "max_waiting"), second ? "" : "0");
    ck_assert_str_eq(value(registry, "rate_limiter", "new", "rate"), second ? "5" : "");
}

static seawall_status reload_once(const seawall_platform *platform, void *arg, seawall_error *error)
{
    seawall_registry *registry;
    seawall_status status = seawall_registry_create(NULL, platform, &registry, error);

    (void)arg;
    if (status != SEAWALL_OK)
        return status;
    status = seawall_registry_load_text(registry, one, sizeof(one) - 1, "t", NULL, error);
    if (status == SEAWALL_OK) {
        is_as(registry, false);
        status = seawall_registry_reload_text(registry, two, sizeof(two) - 1, "t", NULL, error);
        is_as(registry, status == SEAWALL_OK);
    }
    seawall_registry_destroy(registry);
    return status;
}

/* Though what there is could not change in use, and would never come to that. */
START_TEST(a_circle_of_pipelines_changes_nothing)
{
    static const char straight[] = "[fallback \"f\"]\npipeline = q\n[pipeline \"p\"]\npolicies = fallback \"f\"\n"
                                   "[pipeline \"q\"]\npolicies = retry \"r\"\n[retry \"r\"]\nmax_attempts = 2\n";
    static const char round[] = "[fallback \"f\"]\npipeline = p\n[pipeline \"p\"]\npolicies = fallback \"f\"\n"
                                "[pipeline \"q\"]\npolicies = retry \"r\"\n[retry \"r\"]\nmax_attempts = 0\n";
    room r;

    room_init(&r);
    ck_assert_int_eq(reload_with(&r, straight, NULL), SEAWALL_OK);
    ck_assert_int_eq(reload_with(&r, round, NULL), SEAWALL_INVALID);
    ck_assert_str_eq(all.text, "t:8: [retry \"r\"] max_attempts: 0 is below 1|t:4: [pipeline \"p\"] policies: fallback \"f\" "
                               "leads back to pipeline \"p\", which would stand in for itself");
    ck_assert_str_eq(changes, "");
    room_is_from(&r, "retry", "r", "max_attempts", "2", SEAWALL_ORIGIN_FILE);
    reload(&r, straight, "");
    room_fini(&r);
}
END_TEST

START_TEST(no_memory_is_a_status_and_changes_nothing)
{
    ck_assert_int_ge(sw_test_sweep(reload_once, NULL), 50);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("reload");

    tcase_add_test(tests, fields_change_in_place);
    tcase_add_test(tests, the_threads_of_a_pool_stay_as_they_are);
    tcase_add_test(tests, defaults_of_a_kind_reach_all_of_it);
    tcase_add_test(tests, what_cannot_change_is_told_and_left);
    tcase_add_test(tests, a_field_that_does_not_go_with_one_that_stays_is_left_too);
    tcase_add_test(tests, a_bad_file_changes_nothing);
    tcase_add_test(tests, removed_names_retire_once_unused);
    tcase_add_test(tests, what_only_a_retired_pipeline_needed_goes_with_it);
    tcase_add_test(tests, what_changes_and_is_needed_no_longer_goes_at_once);
    tcase_add_test(tests, variables_are_laid_over_again);
    tcase_add_test(tests, what_calls_have_set_stays);
    tcase_add_test(tests, one_at_a_time);
    tcase_add_test(tests, a_circle_of_pipelines_changes_nothing);
    tcase_add_test(tests, no_memory_is_a_status_and_changes_nothing);
    return sw_test_run("reload", tests);
}
