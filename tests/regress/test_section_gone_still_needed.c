/*
 * An object whose section was gone from the file, but which a pipeline of the file still needed, was said to go, at every reload
 * anew; it could not, and kept for ever what the file before had said. The template of keyed instances likewise, and what a retry
 * or a check names.
 */
#include "told_changes.h"

static void begin(const char *text)
{
    ck_assert_int_eq(seawall_registry_create(NULL, NULL, &registry, NULL), SEAWALL_OK);
    reload(text, NULL);
}

static void set(const char *kind, const char *name, const char *key, const char *value)
{
    ck_assert_int_eq(seawall_registry_set(registry, kind, name, key, value, NULL), SEAWALL_OK);
}

/* Nobody needs anything now: all of it goes. */
static void end(const char *expected)
{
    reload("", expected);
    ck_assert_int_eq(seawall_registry_count(registry), 0);
    seawall_registry_destroy(registry);
}

static void of_a_pipeline(void)
{
    begin("[retry \"p\"]\nmax_attempts = 9\n[pipeline \"p\"]\npolicies = retry\n");
    reload("[retry]\nmax_attempts = 2\n[pipeline \"p\"]\npolicies = retry\n", "[retry \"p\"] max_attempts: 9 -> 2");
    reload("[retry]\nmax_attempts = 4\n[pipeline \"p\"]\npolicies = retry\n", "[retry \"p\"] max_attempts: 2 -> 4");
    reload("[retry \"p\"]\n[pipeline \"p\"]\npolicies = retry\n", "[retry \"p\"] max_attempts: 4 -> 3");
    reload("[pipeline \"p\"]\npolicies = retry\n", "");
    end("[pipeline \"p\"]: named no longer, gone");
}

/* The program has said what it names. */
static void of_a_retry_that_is_needed_itself(void)
{
    begin("");
    set("retry", NULL, "retry_budget", "b");
    reload("[retry_budget \"b\"]\nratio = 50%\n[pipeline \"p\"]\npolicies = retry\n", NULL);
    reload("[pipeline \"p\"]\npolicies = retry\n", "[retry_budget \"b\"] ratio: 0.5 -> 0.2");
    end("[pipeline \"p\"]: named no longer, gone");
}

static int32_t rate_of_a_key(const char *key)
{
    seawall_limiter_snapshot seen = SEAWALL_LIMITER_SNAPSHOT_INIT;
    seawall_keyed *keyed;
    seawall_limiter *limiter;

    ck_assert_int_eq(seawall_registry_keyed(registry, "t", NULL, NULL, &keyed, NULL, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_keyed_limiter(keyed, key, &limiter, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_limiter_get_snapshot(limiter, &seen), SEAWALL_OK);
    seawall_limiter_destroy(limiter);
    seawall_keyed_destroy(keyed);
    return (int32_t)seen.rate;
}

static void of_keys(void)
{
    begin("[rate_limiter]\nrate = 1\n[rate_limiter \"t\"]\nrate = 100\n[keyed \"t\"]\ninstance = rate_limiter\n");
    ck_assert_int_eq(rate_of_a_key("x"), 100);
    reload("[rate_limiter]\nrate = 1\n[keyed \"t\"]\ninstance = rate_limiter\n", "[rate_limiter \"t\"] rate: 100 -> 1");
    ck_assert_int_eq(rate_of_a_key("y"), 1);
    end("[keyed \"t\"]: named no longer, gone");
}

static void of_a_check(void)
{
    begin("");
    set("health_check", "h", "circuit_breaker", "b");
    reload("[health_check \"h\"]\ncheck = source\n[circuit_breaker \"b\"]\nfailure_threshold = 2\n", NULL);
    reload("[health_check \"h\"]\ncheck = source\n", "[circuit_breaker \"b\"] failure_threshold: 2 -> 5");
    end("[health_check \"h\"]: named no longer, gone");
}

/* The file needs another one in its place, but the pipeline keeps the one that it has, which therefore stays. */
static void of_a_list_that_cannot_change(void)
{
    begin("[retry \"a\"]\nmax_attempts = 1\n[pipeline \"p\"]\npolicies = retry \"a\"\n");
    reload("[retry \"b\"]\n[pipeline \"p\"]\npolicies = retry \"b\"\n",
           "[retry \"a\"] max_attempts: 1 -> 3|"
           "[pipeline \"p\"] policies: retry \"a\" -> retry \"b\", left: it cannot change while in use|[retry \"b\"]: made");
    end("[pipeline \"p\"]: named no longer, gone|[retry \"b\"]: named no longer, gone");
}

/* What needs it goes itself: so does it, and until then it works as it did. */
static void of_one_that_goes(void)
{
    seawall_pipeline *pipeline;

    begin("[retry \"p\"]\nmax_attempts = 9\n[pipeline \"p\"]\npolicies = retry\n");
    ck_assert_int_eq(seawall_registry_pipeline(registry, "p", NULL, &pipeline, NULL, NULL), SEAWALL_OK);
    reload("[retry]\nmax_attempts = 2\n", "[retry \"p\"]: named no longer, goes when nobody uses it|"
                                          "[pipeline \"p\"]: named no longer, goes when nobody uses it");
    reload("[retry]\nmax_attempts = 3\n", ""); /* told once */
    seawall_pipeline_destroy(pipeline);
    end("[retry \"p\"]: named no longer, gone|[pipeline \"p\"]: named no longer, gone");
}

/* A pipeline that the program made is never gone without it. */
static void of_the_program(void)
{
    seawall_pipeline *pipeline;

    begin("[retry \"p\"]\nmax_attempts = 9\n");
    ck_assert_int_eq(seawall_registry_pipeline(registry, "p", "retry, timeout \"t\"", &pipeline, NULL, NULL), SEAWALL_OK);
    seawall_pipeline_destroy(pipeline);
    reload("", "[retry \"p\"] max_attempts: 9 -> 3");
    ck_assert_int_eq(seawall_registry_remove(registry, "pipeline", "p"), SEAWALL_OK);
    ck_assert_int_eq(seawall_registry_remove(registry, "timeout", "t"), SEAWALL_OK);
    end("");
}

START_TEST(what_is_needed_goes_by_the_file)
{
    of_a_pipeline();
    of_a_retry_that_is_needed_itself();
    of_keys();
    of_a_check();
    of_a_list_that_cannot_change();
    of_one_that_goes();
    of_the_program();
}
END_TEST

int main(void)
{
    return one_test("regress/section_gone_still_needed", what_is_needed_goes_by_the_file);
}
