/*
 * What was refused used up names all the same: a load that failed when its objects were made, a pipeline that nobody had
 * described. After enough of them a registry without a single object was full.
 */
#include <stdio.h>
#include <string.h>

#include <seawall/seawall.h>

#include "one_test.h"
#include "support.h"

static sw_test_platform base;
static seawall_registry *registry;

/* Too many runs side by side: that is seen when the pipeline is made. */
static void refused_load(int number, bool again)
{
    char text[512];
    int length = snprintf(text, sizeof(text),
                          "[retry \"r%d\"]\n[hedge \"a%d\"]\nmax_hedges = 15\n[hedge \"b\"]\nmax_hedges = 15\n[hedge \"c\"]\n"
                          "max_hedges = 15\n[pipeline \"q\"]\npolicies = timeout, hedge \"a%d\", hedge \"b\", hedge \"c\"\n",
                          number, number, number);

    ck_assert_int_eq(again ? seawall_registry_reload_text(registry, text, (size_t)length, "t", NULL, NULL)
                           : seawall_registry_load_text(registry, text, (size_t)length, "t", NULL, NULL),
                     SEAWALL_INVALID);
}

static void refused_request(int number)
{
    seawall_pipeline *pipeline;
    char name[16];

    (void)snprintf(name, sizeof(name), "p%d", number);
    ck_assert_int_eq(seawall_registry_pipeline(registry, name, NULL, &pipeline, NULL, NULL), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_registry_pipeline(registry, name, "timeout, retry, nonsense", &pipeline, NULL, NULL),
                     SEAWALL_INVALID);
}

/* It is not there, so that a file cannot do with it either. */
static void is_unknown(void)
{
    static const char text[] = "[pipeline \"p\"]\npolicies = rate_limiter \"x\"\n";
    seawall_limiter *limiter;

    ck_assert_int_eq(seawall_registry_limiter(registry, "x", NULL, &limiter, NULL, NULL), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_registry_load_text(registry, text, sizeof(text) - 1, "t", NULL, NULL), SEAWALL_INVALID);
}

START_TEST(what_is_refused_leaves_no_name)
{
    static const char good[] = "[retry \"a\"]\n[retry \"b\"]\n[pipeline \"p\"]\npolicies = retry \"a\", timeout\n";
    seawall_registry_config config = SEAWALL_REGISTRY_CONFIG_INIT;
    seawall_breaker *breaker;
    int64_t bytes;
    int i;

    sw_test_platform_init(&base, false);
    config.max_members = 8;
    ck_assert_int_eq(seawall_registry_create(&config, &base.platform, &registry, NULL), SEAWALL_OK);
    refused_load(0, false);
    bytes = base.memory.bytes;
    for (i = 1; i < 20; i++) {
        refused_load(i, i % 2 == 0);
        refused_request(i);
    }
    is_unknown();
    ck_assert_int_eq(base.memory.bytes, bytes);
    ck_assert_int_eq(seawall_registry_count(registry), 0);
    ck_assert_int_eq(seawall_registry_reload_text(registry, good, sizeof(good) - 1, "t", NULL, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_registry_set(registry, "bulkhead", "s", "max_waiting", "1", NULL), SEAWALL_OK);
    for (i = 0; i < 4; i++) {
        const char name[] = {(char)('a' + i), '\0'};
        bool room = i < 3;

        ck_assert_int_eq(seawall_registry_breaker(registry, name, NULL, &breaker, NULL, NULL), room ? SEAWALL_OK : SEAWALL_FULL);
        if (room)
            seawall_breaker_destroy(breaker);
    }
    seawall_registry_destroy(registry);
    sw_test_platform_fini(&base);
}
END_TEST

int main(void)
{
    return one_test("regress/names_used_up", what_is_refused_leaves_no_name);
}
