/*
 * In a child forked while a thread of its parent was making, reloading or removing objects of a registry, names stayed in the
 * making for ever, a reload was always under way, and objects that were half gone were given up a second time.
 */
#include <string.h>

#include "held.h"
#include "one_test.h"
#include "support.h"

static const char before[] = "[circuit_breaker \"old\"]\nfailure_threshold = 3\n[pipeline \"q\"]\npolicies = retry, timeout\n"
                             "[keyed \"k\"]\ninstance = rate_limiter\n[rate_limiter]\nrate = 5\n[retry \"going\"]\n";
static const char during[] = "[circuit_breaker \"old\"]\nfailure_threshold = 5\n[pipeline \"q\"]\npolicies = retry, timeout\n"
                             "[pipeline \"new\"]\npolicies = retry, circuit_breaker \"old\", fallback\n[fallback]\npipeline = q\n"
                             "[keyed \"k\"]\ninstance = rate_limiter\n[rate_limiter]\nrate = 7\n";
static const char after[] = "[circuit_breaker \"old\"]\nfailure_threshold = 7\n[pipeline \"q\"]\npolicies = retry, timeout\n"
                            "[retry]\nmax_attempts = 4\n[timeout]\nrequest_timeout = 9s\n[keyed \"k\"]\ninstance = rate_limiter\n"
                            "[rate_limiter]\nrate = 9\n[bulkhead \"new\"]\n";

static seawall_registry *registry;

static bool reload(const char *text)
{
    return seawall_registry_reload_text(registry, text, strlen(text), "t", NULL, NULL) == SEAWALL_OK;
}

static void make_one(void *arg)
{
    seawall_pipeline *pipeline;

    (void)arg;
    if (seawall_registry_pipeline(registry, "p", "retry, fallback, circuit_breaker \"old\"", &pipeline, NULL, NULL) == SEAWALL_OK)
        seawall_pipeline_destroy(pipeline);
}

static void reload_all(void *arg)
{
    (void)arg;
    (void)reload(during);
}

static void remove_one(void *arg)
{
    (void)arg;
    (void)seawall_registry_remove(registry, "retry", "going"); /* which the child does not ask for */
    (void)seawall_registry_remove(registry, "pipeline", "q");
    (void)seawall_registry_remove(registry, "keyed", "k");
}

static bool has_pipeline(const char *name, const char *policies)
{
    seawall_pipeline *pipeline;

    if (seawall_registry_pipeline(registry, name, policies, &pipeline, NULL, NULL) != SEAWALL_OK)
        return false;
    seawall_pipeline_destroy(pipeline);
    return true;
}

static bool is(const char *kind, const char *name, const char *key, const char *value)
{
    char text[64];

    return seawall_registry_describe(registry, kind, name, key, text, sizeof(text), NULL, NULL) == SEAWALL_OK &&
           strcmp(text, value) == 0;
}

static bool has_key(void)
{
    seawall_keyed *keyed;
    seawall_limiter *limiter;
    bool good;

    if (seawall_registry_keyed(registry, "k", NULL, "rate_limiter", &keyed, NULL, NULL) != SEAWALL_OK)
        return false;
    good = seawall_keyed_limiter(keyed, "a", &limiter, NULL) == SEAWALL_OK;
    if (good)
        seawall_limiter_destroy(limiter);
    seawall_keyed_destroy(keyed);
    return good;
}

static bool child(void *arg)
{
    seawall_registry_event events[8];
    int32_t taken;
    static char text[65536];
    seawall_breaker *breaker;

    (void)arg;
    if (seawall_registry_breaker(registry, "old", NULL, &breaker, NULL, NULL) != SEAWALL_OK)
        return false;
    seawall_breaker_destroy(breaker);
    if (!has_pipeline("p", "retry, fallback") || !has_pipeline("q", "retry, timeout") || !has_key() || !reload(after))
        return false;
    if (!is("circuit_breaker", "old", "failure_threshold", "7") || !is("retry", "q", "max_attempts", "4") ||
        !is("rate_limiter", "k", "rate", "9") || !is("bulkhead", "new", "max_waiting", "0"))
        return false;
    if (seawall_registry_print(registry, text, sizeof(text), NULL) != SEAWALL_OK ||
        seawall_registry_remove(registry, "circuit_breaker", "old") != SEAWALL_OK ||
        seawall_registry_poll(registry, events, sizeof(events[0]), 8, &taken, NULL) != SEAWALL_OK || taken == 0)
        return false;
    seawall_registry_destroy(registry);
    return true;
}

static bool held_once(int nth, void (*act)(void *))
{
    seawall_registry_config config = SEAWALL_REGISTRY_CONFIG_INIT;
    static held h;
    bool here;

    held_init(&h);
    config.event_capacity = 64;
    ck_assert_int_eq(seawall_registry_create(&config, &h.platform, &registry, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_registry_load_text(registry, before, strlen(before), "t", NULL, NULL), SEAWALL_OK);
    here = held_begin(&h, nth, act, NULL);
    if (here)
        sw_test_in_child(child, NULL);
    held_end(&h);
    seawall_registry_destroy(registry);
    return here;
}

START_TEST(a_child_finds_all_or_nothing)
{
    static void (*const acts[])(void *) = {make_one, reload_all, remove_one};
    int nth, times = 0;
    size_t i;

    for (i = 0; i < sizeof(acts) / sizeof(acts[0]); i++) {
        for (nth = 0; held_once(nth, acts[i]); nth += 1 + nth / (int)sw_test_count(8, 1000))
            times++;
    }
    ck_assert_int_gt(times, sw_test_count(20, 20));
}
END_TEST

int main(void)
{
    return one_test("regress/forked_in_a_change", a_child_finds_all_or_nothing);
}
