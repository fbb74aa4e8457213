/*
 * What was there only because a pipeline of a file needed it went at a reload and at no other time: a pipeline that had been
 * retired while it was in use, or that the program removed, left behind what it was made of, and no sweep found it.
 */
#include <string.h>

#include <seawall/seawall.h>

#include "one_test.h"
#include "support.h"

static seawall_registry *registry;

static void begin(const char *text)
{
    seawall_error error = {0};

    ck_assert_int_eq(seawall_registry_create(NULL, NULL, &registry, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_registry_set(registry, "retry", NULL, "retry_budget", "b", NULL), SEAWALL_OK);
    ck_assert_msg(seawall_registry_load_text(registry, text, strlen(text), "t", NULL, &error) == SEAWALL_OK, "%s", error.message);
}

static void reload(const char *text)
{
    ck_assert_int_eq(seawall_registry_reload_text(registry, text, strlen(text), "t", NULL, NULL), SEAWALL_OK);
}

static seawall_pipeline *pipeline(const char *name, const char *policies)
{
    seawall_pipeline *made;

    ck_assert_int_eq(seawall_registry_pipeline(registry, name, policies, &made, NULL, NULL), SEAWALL_OK);
    return made;
}

static void has(int32_t count)
{
    ck_assert_int_eq(seawall_registry_count(registry), count);
}

/* A retry needs a budget, and is needed by the pipeline. */
static const char chain[] = "[pipeline \"db\"]\npolicies = timeout, retry\n";

static void swept_after_a_reload(void)
{
    seawall_pipeline *used;

    begin(chain);
    used = pipeline("db", NULL);
    reload("");
    has(4);
    seawall_registry_sweep(registry);
    has(4);
    seawall_pipeline_destroy(used);
    has(4);
    seawall_registry_sweep(registry);
    has(0);
    seawall_registry_destroy(registry);
}

static void removed_without_a_reload(void)
{
    begin(chain);
    ck_assert_int_eq(seawall_registry_remove(registry, "pipeline", "db"), SEAWALL_OK);
    has(0);
    seawall_registry_destroy(registry);
}

static void removed_in_use(void)
{
    seawall_pipeline *used;

    begin(chain);
    used = pipeline("db", NULL);
    ck_assert_int_eq(seawall_registry_remove(registry, "pipeline", "db"), SEAWALL_OK);
    has(3);
    seawall_pipeline_destroy(used);
    seawall_registry_sweep(registry);
    has(0);
    seawall_registry_destroy(registry);
}

/* What has a section, what another one needs, and what the program has made, or made its own pipeline of. */
static void others_stay(void)
{
    seawall_pipeline *own;
    seawall_timeout *timeout;

    begin("[bulkhead \"db\"]\n[circuit_breaker \"shared\"]\n"
          "[pipeline \"db\"]\npolicies = timeout, retry, bulkhead, circuit_breaker \"shared\"\n"
          "[pipeline \"other\"]\npolicies = circuit_breaker \"shared\", retry\n");
    own = pipeline("own", "timeout, retry");
    ck_assert_int_eq(seawall_registry_timeout(registry, "mine", NULL, &timeout, NULL, NULL), SEAWALL_OK);
    seawall_pipeline_destroy(own);
    seawall_timeout_destroy(timeout);
    has(12);
    ck_assert_int_eq(seawall_registry_remove(registry, "pipeline", "db"), SEAWALL_OK);
    has(9); /* without the timeout and the retry of the pipeline */
    ck_assert_int_eq(seawall_registry_remove(registry, "pipeline", "own"), SEAWALL_OK);
    has(8);
    reload("");
    has(4); /* what the program has made, and the budget of its retry */
    seawall_registry_destroy(registry);
}

START_TEST(what_was_only_needed_goes)
{
    swept_after_a_reload();
    removed_without_a_reload();
    removed_in_use();
    others_stay();
}
END_TEST

int main(void)
{
    return one_test("regress/needed_by_the_gone", what_was_only_needed_goes);
}
