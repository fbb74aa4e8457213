/*
 * A template that was removed and made anew, with other settings, was passed over by keyed instances until some reload came by:
 * new keys were made by what the template had been before.
 */
#include "one_test.h"
#include "support.h"

static sw_test_platform on;
static seawall_registry *registry;

static void begin(void)
{
    sw_test_platform_init(&on, true);
    ck_assert_int_eq(seawall_registry_create(NULL, &on.platform, &registry, NULL), SEAWALL_OK);
}

static void end(void)
{
    seawall_registry_destroy(registry);
    sw_test_platform_fini(&on);
}

static void say(const char *name, const char *rate)
{
    ck_assert_int_eq(seawall_registry_set(registry, "rate_limiter", name, "rate", rate, NULL), SEAWALL_OK);
}

static seawall_keyed *keyed_of(const char *name, const char *instance)
{
    seawall_keyed *keyed;

    ck_assert_int_eq(seawall_registry_keyed(registry, name, NULL, instance, &keyed, NULL, NULL), SEAWALL_OK);
    return keyed;
}

static int32_t rate_of(seawall_keyed *keyed, const char *key)
{
    seawall_limiter_snapshot seen = SEAWALL_LIMITER_SNAPSHOT_INIT;
    seawall_limiter *limiter;

    ck_assert_int_eq(seawall_keyed_limiter(keyed, key, &limiter, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_limiter_get_snapshot(limiter, &seen), SEAWALL_OK);
    seawall_limiter_destroy(limiter);
    return (int32_t)seen.rate;
}

static void make_anew(const char *name, const char *rate)
{
    seawall_limiter *limiter;

    ck_assert_int_eq(seawall_registry_remove(registry, "rate_limiter", name), SEAWALL_OK);
    say(name, rate);
    ck_assert_int_eq(seawall_registry_limiter(registry, name, NULL, &limiter, NULL, NULL), SEAWALL_OK);
    seawall_limiter_destroy(limiter);
}

static void of_single_objects(void)
{
    seawall_keyed *keyed, *another;

    begin();
    say("t", "2");
    say("u", "3");
    keyed = keyed_of("k", "rate_limiter \"t\"");
    another = keyed_of("u", "rate_limiter");
    ck_assert_int_eq(rate_of(keyed, "old"), 2);
    make_anew("t", "7");
    ck_assert_int_eq(rate_of(keyed, "new"), 7);
    ck_assert_int_eq(rate_of(keyed, "old"), 7);
    ck_assert_int_eq(rate_of(another, "new"), 3);
    make_anew("u", "8");
    ck_assert_int_eq(rate_of(another, "new"), 8);
    seawall_keyed_destroy(keyed);
    seawall_keyed_destroy(another);
    end();
}

static seawall_fault succeed(seawall_attempt *attempt, void *arg)
{
    (void)attempt;
    (void)arg;
    return SEAWALL_FAULT_NONE;
}

/* Each key has its own limiter. The one that says how is made anew because another pipeline names it. */
static void of_pipelines(void)
{
    seawall_pipeline *pipeline, *of_key;
    seawall_limiter *shared;
    seawall_keyed *keyed;
    int i, granted = 0;

    begin();
    say("p", "2");
    ck_assert_int_eq(seawall_registry_pipeline(registry, "p", "rate_limiter", &pipeline, NULL, NULL), SEAWALL_OK);
    seawall_pipeline_destroy(pipeline);
    keyed = keyed_of("k", "pipeline \"p\"");
    ck_assert_int_eq(seawall_registry_remove(registry, "rate_limiter", "p"), SEAWALL_OK);
    say("p", "7");
    ck_assert_int_eq(seawall_registry_pipeline(registry, "q", "rate_limiter \"p\"", &pipeline, NULL, NULL), SEAWALL_OK);
    seawall_pipeline_destroy(pipeline);
    ck_assert_int_eq(seawall_keyed_pipeline(keyed, "x", &of_key, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_registry_limiter(registry, "p", NULL, &shared, NULL, NULL), SEAWALL_OK);
    for (i = 0; i < 20; i++)
        granted += seawall_call(of_key, succeed, NULL, NULL) == SEAWALL_OK;
    ck_assert_int_eq(granted, 7);
    ck_assert_int_eq(seawall_limiter_try_acquire(shared, 7, NULL, NULL), SEAWALL_OK); /* nobody has touched that one */
    seawall_limiter_destroy(shared);
    seawall_pipeline_destroy(of_key);
    seawall_keyed_destroy(keyed);
    end();
}

START_TEST(keys_have_the_settings_of_the_template_that_is_there)
{
    of_single_objects();
    of_pipelines();
}
END_TEST

int main(void)
{
    return one_test("regress/keys_of_an_old_template", keys_have_the_settings_of_the_template_that_is_there);
}
