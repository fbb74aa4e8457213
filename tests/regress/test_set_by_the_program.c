/* What the program had set before it loaded a file was not seen when the file was judged: what lacked nothing was refused. */
#include <string.h>

#include "one_test.h"
#include "support.h"

static seawall_registry *registry;

static void set(const char *kind, const char *name, const char *key, const char *value)
{
    ck_assert_int_eq(seawall_registry_set(registry, kind, name, key, value, NULL), SEAWALL_OK);
}

static void loads(const char *text, bool again)
{
    seawall_error error = {0};
    seawall_status status = again ? seawall_registry_reload_text(registry, text, strlen(text), "t", NULL, &error)
                                  : seawall_registry_load_text(registry, text, strlen(text), "t", NULL, &error);

    ck_assert_msg(status == SEAWALL_OK, "%s", error.message);
}

static void is_told(const char *text, bool again, const char *message)
{
    seawall_error error = {0};
    seawall_status status = again ? seawall_registry_reload_text(registry, text, strlen(text), "t", NULL, &error)
                                  : seawall_registry_load_text(registry, text, strlen(text), "t", NULL, &error);

    ck_assert_int_eq(status, SEAWALL_INVALID);
    ck_assert_str_eq(error.message, message);
}

static void settings_of_kinds_and_names_count(bool again)
{
    ck_assert_int_eq(seawall_registry_create(NULL, NULL, &registry, NULL), SEAWALL_OK);
    set("rate_limiter", NULL, "rate", "5");
    set("pipeline", "p", "policies", "retry");
    set("retry", "r", "max_delay", "1m");
    loads("[rate_limiter \"x\"]\nburst = 2\n[pipeline \"p\"]\nlate = 2\n[retry \"r\"]\nbase_delay = 10s\n", again);
    /* So do those that make it wrong. */
    set("retry", "s", "max_delay", "1s");
    is_told("[rate_limiter \"y\"]\n[retry \"s\"]\nbase_delay = 2s\n", true,
            "t:2: [retry \"s\"] max_delay: set elsewhere, and 1s is below base_delay, 2s");
    seawall_registry_destroy(registry);
}

/* Of a reload what an earlier file said does not count; of a load it does. */
static void files_count_until_a_reload(void)
{
    ck_assert_int_eq(seawall_registry_create(NULL, NULL, &registry, NULL), SEAWALL_OK);
    loads("[rate_limiter]\nrate = 5\n", false);
    loads("[rate_limiter \"x\"]\nburst = 2\n", false);
    is_told("[rate_limiter \"x\"]\nburst = 2\n", true, "t:1: [rate_limiter \"x\"] rate: not set, and 0 is below 1");
    seawall_registry_destroy(registry);
}

/* What the maker of an object brought is his say as well. */
static void configs_count(void)
{
    seawall_limiter_config config = SEAWALL_LIMITER_CONFIG_INIT;
    seawall_limiter *limiter;
    seawall_pipeline *pipeline;

    config.rate = 5;
    ck_assert_int_eq(seawall_registry_create(NULL, NULL, &registry, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_registry_limiter(registry, "x", &config, &limiter, NULL, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_registry_pipeline(registry, "p", "retry", &pipeline, NULL, NULL), SEAWALL_OK);
    loads("[rate_limiter \"x\"]\nburst = 2\n[pipeline \"p\"]\nlate = 2\n", true);
    seawall_limiter_destroy(limiter);
    seawall_pipeline_destroy(pipeline);
    seawall_registry_destroy(registry);
}

START_TEST(it_counts)
{
    settings_of_kinds_and_names_count(false);
    settings_of_kinds_and_names_count(true);
    files_count_until_a_reload();
    configs_count();
}
END_TEST

int main(void)
{
    return one_test("regress/set_by_the_program", it_counts);
}
