/* One object for each key: how many, which one goes, and what each is made from. */
#include <check.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "registry_room.h"
#include "suite.h"

static room r;
static seawall_keyed *keyed;

static void make(int32_t most, const char *instance)
{
    seawall_keyed_config config = SEAWALL_KEYED_CONFIG_INIT;

    room_init(&r);
    config.max_instances = most;
    ck_assert_msg(seawall_registry_keyed(r.registry, "t", &config, instance, &keyed, &r.answer, &r.error) == SEAWALL_OK, "%s",
                  r.error.message);
    ck_assert_int_eq(r.answer, SEAWALL_REGISTRY_CREATED);
}

static void end(void)
{
    seawall_keyed_destroy(keyed);
    room_fini(&r);
}

static seawall_breaker *hold(const char *key)
{
    seawall_breaker *breaker = NULL;

    ck_assert_msg(seawall_keyed_breaker(keyed, key, &breaker, &r.error) == SEAWALL_OK, "%s", r.error.message);
    return breaker;
}

static void touch(const char *key)
{
    seawall_breaker_destroy(hold(key));
}

/* An instance remembers a failure; a new one of the same key does not. */
static void mark(const char *key)
{
    seawall_breaker *breaker = hold(key);
    seawall_permit permit = SEAWALL_PERMIT_INIT;

    ck_assert_int_eq(seawall_breaker_try_acquire(breaker, &permit, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_breaker_report(breaker, &permit, SEAWALL_FAULT_INTERNAL), SEAWALL_OK);
    seawall_breaker_destroy(breaker);
}

static bool is_marked(const char *key)
{
    seawall_breaker_snapshot snapshot = SEAWALL_BREAKER_SNAPSHOT_INIT;
    seawall_breaker *breaker = hold(key);

    ck_assert_int_eq(seawall_breaker_get_snapshot(breaker, &snapshot), SEAWALL_OK);
    seawall_breaker_destroy(breaker);
    return snapshot.failures > 0;
}

static seawall_keyed_snapshot look(void)
{
    seawall_keyed_snapshot snapshot = SEAWALL_KEYED_SNAPSHOT_INIT;

    ck_assert_int_eq(seawall_keyed_get_snapshot(keyed, &snapshot), SEAWALL_OK);
    return snapshot;
}

START_TEST(each_key_has_its_own)
{
    seawall_breaker *a, *b, *again;
    seawall_keyed *same;

    make(10, "circuit_breaker \"template\"");
    a = hold("a");
    b = hold("b");
    again = hold("a");
    ck_assert_ptr_ne(a, b);
    ck_assert_ptr_eq(a, again);
    seawall_breaker_destroy(a);
    seawall_breaker_destroy(again);
    seawall_breaker_destroy(b);
    ck_assert_int_eq(look().instances, 2);
    ck_assert_int_eq(look().created, 2);
    ck_assert_int_eq(seawall_registry_keyed(r.registry, "t", NULL, NULL, &same, &r.answer, NULL), SEAWALL_OK);
    ck_assert_ptr_eq(same, keyed);
    ck_assert_int_eq(r.answer, SEAWALL_REGISTRY_EXISTS);
    seawall_keyed_destroy(same);
    ck_assert_int_eq(seawall_registry_keyed(r.registry, "t", NULL, "retry", &same, &r.answer, NULL), SEAWALL_OK);
    ck_assert_int_eq(r.answer, SEAWALL_REGISTRY_DIFFERS);
    seawall_keyed_destroy(same);
    end();
}
END_TEST

START_TEST(the_least_recently_used_goes)
{
    make(3, "circuit_breaker \"template\"");
    mark("a");
    mark("b");
    mark("c");
    touch("a");
    touch("d"); /* in the place of b */
    ck_assert_int_eq(look().instances, 3);
    ck_assert_int_eq(look().evicted, 1);
    ck_assert(is_marked("a"));
    ck_assert(is_marked("c"));
    ck_assert(!is_marked("b")); /* a new one, in the place of d */
    ck_assert_int_eq(look().evicted, 2);
    end();
}
END_TEST

START_TEST(one_in_use_never_goes)
{
    seawall_breaker *held[3], *none = NULL;

    make(3, "circuit_breaker \"template\"");
    held[0] = hold("a");
    mark("a");
    held[1] = hold("b");
    touch("c");
    touch("d");
    ck_assert(is_marked("a"));
    held[2] = hold("d");
    ck_assert_int_eq(seawall_keyed_breaker(keyed, "tenant 9", &none, &r.error), SEAWALL_FULL);
    ck_assert_ptr_null(none);
    ck_assert_str_eq(r.error.key, "keyed.max_instances");
    ck_assert_str_eq(r.error.message, "keyed.max_instances of \"t\": all 3 are in use, none is left for \"tenant 9\"");
    ck_assert_int_eq(seawall_keyed_breaker(keyed, "e", &none, NULL), SEAWALL_FULL);
    ck_assert_int_eq(look().refused, 2);
    ck_assert_int_eq(look().instances, 3);
    seawall_breaker_destroy(held[1]);
    touch("e"); /* in the place of b */
    ck_assert(is_marked("a"));
    seawall_breaker_destroy(held[0]);
    seawall_breaker_destroy(held[2]);
    end();
}
END_TEST

START_TEST(one_that_is_idle_too_long_goes)
{
    seawall_breaker *held;

    make(100, "circuit_breaker \"template\"");
    ck_assert_int_eq(seawall_keyed_expire(keyed), SEAWALL_FOREVER);
    mark("a");
    mark("h");
    held = hold("h");
    seawall_manual_clock_advance(r.test.clock, SEAWALL_SECONDS(599));
    mark("b");
    ck_assert_int_eq(seawall_keyed_expire(keyed), SW_TEST_START + SEAWALL_SECONDS(600));
    ck_assert_int_eq(look().instances, 3);
    seawall_manual_clock_advance(r.test.clock, SEAWALL_SECONDS(1));
    ck_assert(!is_marked("a")); /* as soon as anybody asks, even for itself */
    ck_assert(is_marked("h")); /* somebody holds it */
    ck_assert(is_marked("b"));
    ck_assert_int_eq(look().expired, 1);
    seawall_breaker_destroy(held);
    seawall_manual_clock_advance(r.test.clock, SEAWALL_SECONDS(600));
    ck_assert_int_eq(seawall_keyed_expire(keyed), SEAWALL_FOREVER);
    ck_assert_int_eq(look().instances, 0);
    ck_assert_int_eq(look().expired, 4);
    end();
}
END_TEST

START_TEST(keys_can_be_forgotten)
{
    seawall_breaker *held;

    make(3, "circuit_breaker \"template\"");
    mark("a");
    held = hold("a");
    ck_assert_int_eq(seawall_keyed_remove(keyed, "a"), SEAWALL_OK);
    ck_assert_int_eq(seawall_keyed_remove(keyed, "a"), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_keyed_remove(keyed, NULL), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_keyed_remove(NULL, "a"), SEAWALL_INVALID);
    ck_assert(!is_marked("a"));
    seawall_breaker_destroy(held);
    end();
}
END_TEST

static seawall_fault not_found(seawall_attempt *attempt, void *arg)
{
    (void)attempt;
    (void)arg;
    return SEAWALL_FAULT_NOT_FOUND;
}

static seawall_status call(const char *key)
{
    seawall_pipeline *pipeline;
    seawall_status status;

    ck_assert_msg(seawall_keyed_pipeline(keyed, key, &pipeline, &r.error) == SEAWALL_OK, "%s", r.error.message);
    status = seawall_call(pipeline, not_found, NULL, NULL);
    seawall_pipeline_destroy(pipeline);
    return status;
}

/* Limits of one's own, and one that all share. */
START_TEST(pipelines_have_own_and_shared_policies)
{
    static const char text[] = "[rate_limiter]\nrate = 2\nburst = 2\nperiod = 1h\n[rate_limiter \"all\"]\nrate = 5\nburst = 5\n"
                               "[pipeline \"tenant\"]\npolicies = rate_limiter \"all\", rate_limiter, fallback\n"
                               "[fallback]\npipeline = spare\nerrors = internal\n[pipeline \"spare\"]\npolicies = timeout\n"
                               "[keyed \"tenant\"]\ninstance = pipeline\nmax_instances = 5\n";
    seawall_status status;

    room_init(&r);
    status = seawall_registry_load_text(r.registry, text, sizeof(text) - 1, "t", NULL, &r.error);
    if (status == SEAWALL_UNSUPPORTED) {
        room_fini(&r);
        return;
    }
    ck_assert_msg(status == SEAWALL_OK, "%s", r.error.message);
    ck_assert_int_eq(seawall_registry_keyed(r.registry, "tenant", NULL, NULL, &keyed, NULL, NULL), SEAWALL_OK);
    ck_assert_int_eq(call("a"), SEAWALL_FAILED);
    ck_assert_int_eq(call("a"), SEAWALL_FAILED);
    ck_assert_int_eq(call("a"), SEAWALL_LIMITED); /* its own, though it took one of all */
    ck_assert_int_eq(call("b"), SEAWALL_FAILED);
    ck_assert_int_eq(call("b"), SEAWALL_FAILED);
    ck_assert_int_eq(call("c"), SEAWALL_LIMITED); /* that of all */
    end();
}
END_TEST

START_TEST(instances_follow_a_reload)
{
    static const char before[] = "[circuit_breaker \"tenant\"]\nfailure_threshold = 5\n"
                                 "[keyed \"t\"]\ninstance = circuit_breaker \"tenant\"\n";
    static const char after[] = "[circuit_breaker \"tenant\"]\nfailure_threshold = 2\n"
                                "[keyed \"t\"]\ninstance = circuit_breaker \"tenant\"\nmax_instances = 2\n";
    seawall_breaker_snapshot snapshot = SEAWALL_BREAKER_SNAPSHOT_INIT;
    seawall_breaker *breaker;

    room_init(&r);
    if (seawall_registry_load_text(r.registry, before, sizeof(before) - 1, "t", NULL, &r.error) == SEAWALL_UNSUPPORTED) {
        room_fini(&r);
        return;
    }
    ck_assert_int_eq(seawall_registry_keyed(r.registry, "t", NULL, NULL, &keyed, NULL, NULL), SEAWALL_OK);
    touch("b");
    touch("c");
    mark("a");
    ck_assert_int_eq(seawall_registry_reload_text(r.registry, after, sizeof(after) - 1, "t", NULL, NULL), SEAWALL_OK);
    ck_assert_int_eq(look().max_instances, 2);
    ck_assert_int_eq(look().instances, 2);
    mark("a"); /* the second failure in a row */
    breaker = hold("a");
    ck_assert_int_eq(seawall_breaker_get_snapshot(breaker, &snapshot), SEAWALL_OK);
    ck_assert_int_eq(snapshot.state, SEAWALL_BREAKER_OPEN);
    seawall_breaker_destroy(breaker);
    breaker = hold("new"); /* made by the new settings at once */
    ck_assert_int_eq(seawall_breaker_get_snapshot(breaker, &snapshot), SEAWALL_OK);
    ck_assert_int_eq(snapshot.state, SEAWALL_BREAKER_CLOSED);
    seawall_breaker_destroy(breaker);
    mark("new");
    mark("new");
    breaker = hold("new");
    ck_assert_int_eq(seawall_breaker_get_snapshot(breaker, &snapshot), SEAWALL_OK);
    ck_assert_int_eq(snapshot.state, SEAWALL_BREAKER_OPEN);
    seawall_breaker_destroy(breaker);
    end();
}
END_TEST

static const struct {
    const char *instance, *message;
} wrong[] = {
    {NULL, "keyed.instance of \"t\": none is named"},
    {"nonsense", "keyed.instance of \"t\": that is no kind of which each key could have one"},
    {"keyed", "keyed.instance of \"t\": that is no kind of which each key could have one"},
    {"retry, timeout", "keyed.instance of \"t\": one kind, or kind \"name\", is what each key gets one of"},
    {"retry \"x", "keyed.instance of \"t\": one kind, or kind \"name\", is what each key gets one of"},
    {"pipeline \"none\"", "pipeline.policies of \"none\": none are named"},
};

START_TEST(what_cannot_be_an_instance_is_refused)
{
    seawall_keyed *untouched = (seawall_keyed *)&r;

    room_init(&r);
    ck_assert_int_eq(seawall_registry_keyed(r.registry, "t", NULL, wrong[_i].instance, &untouched, NULL, &r.error),
                     SEAWALL_INVALID);
    ck_assert_str_eq(r.error.message, wrong[_i].message);
    ck_assert_ptr_eq(untouched, (seawall_keyed *)&r);
    ck_assert_int_eq(seawall_registry_count(r.registry), 0);
    room_fini(&r);
}
END_TEST

START_TEST(wrong_keys_and_kinds_are_refused)
{
    char longest[SEAWALL_KEY_SIZE_MAX + 2];
    seawall_breaker *breaker;
    seawall_retry *retry;

    make(3, "circuit_breaker \"template\"");
    memset(longest, 'k', sizeof(longest) - 1);
    longest[sizeof(longest) - 1] = '\0';
    ck_assert_int_eq(seawall_keyed_breaker(keyed, longest, &breaker, &r.error), SEAWALL_INVALID);
    ck_assert_str_eq(r.error.message, "keyed: a key has 1 to 255 bytes");
    ck_assert_int_eq(seawall_keyed_breaker(keyed, "", &breaker, NULL), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_keyed_breaker(keyed, NULL, &breaker, NULL), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_keyed_breaker(keyed, "a", NULL, NULL), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_keyed_retry(keyed, "a", &retry, &r.error), SEAWALL_INVALID);
    ck_assert_str_eq(r.error.message, "keyed.instance of \"t\": each is a circuit_breaker, not a retry");
    longest[sizeof(longest) - 2] = '\0';
    touch(longest);
    ck_assert_int_eq(look().instances, 1);
    end();
}
END_TEST

START_TEST(they_outlive_their_registry)
{
    make(3, "circuit_breaker \"template\"");
    touch("a");
    seawall_registry_destroy(r.registry);
    touch("a");
    touch("b");
    seawall_keyed_destroy(keyed);
    sw_test_platform_fini(&r.test);
}
END_TEST

/* A flood of keys that come once each: as much memory at the end as when the first ones were there. */
START_TEST(a_flood_of_keys_stays_flat)
{
    int64_t keys = sw_test_count(40000, 1000000), i, bytes = 0;
    char key[32];

    make(1000, "circuit_breaker \"template\"");
    for (i = 0; i < keys; i++) {
        (void)snprintf(key, sizeof(key), "%012lld", (long long)i);
        touch(key);
        if (i == 1000)
            bytes = r.test.memory.bytes;
    }
    ck_assert_int_eq(look().instances, 1000);
    ck_assert_int_eq(look().created, keys);
    ck_assert_int_eq(look().evicted, keys - 1000);
    ck_assert_int_eq(r.test.memory.bytes, bytes);
    end();
}
END_TEST

/* --- threads --- */

static atomic_int strange;

static void ask(int index, void *arg)
{
    uint64_t state = (uint64_t)index * 0x9E3779B97F4A7C15u + 1;
    int64_t left = sw_test_count(2000, 20000);
    char key[32];

    (void)arg;
    for (; left > 0; left--) {
        seawall_breaker *breaker = NULL;
        seawall_status status;

        (void)snprintf(key, sizeof(key), "%d", (int)(sw_test_next(&state) % 40));
        status = seawall_keyed_breaker(keyed, key, &breaker, NULL);
        if (status != SEAWALL_OK) { /* at most eight are held at once */
            atomic_fetch_add(&strange, 1);
            continue;
        }
        if (left % 3 == 0) {
            seawall_permit permit = SEAWALL_PERMIT_INIT;

            if (seawall_breaker_try_acquire(breaker, &permit, NULL) == SEAWALL_OK &&
                seawall_breaker_report(breaker, &permit, SEAWALL_FAULT_NONE) != SEAWALL_OK)
                atomic_fetch_add(&strange, 1);
        }
        seawall_breaker_destroy(breaker);
        if (left % 100 == 0)
            (void)seawall_keyed_remove(keyed, key);
    }
}

START_TEST(many_threads_share_few_places)
{
    sw_test_threads threads;

    make(10, "circuit_breaker \"template\"");
    sw_test_start(&threads, 8, ask, NULL);
    sw_test_join(&threads);
    ck_assert_int_eq(atomic_load(&strange), 0);
    ck_assert_int_le(look().instances, 10);
    end();
}
END_TEST

/* --- memory --- */

static seawall_status make_once(const seawall_platform *platform, void *arg, seawall_error *error)
{
    seawall_registry *registry;
    seawall_pipeline *pipeline;
    seawall_keyed *made;
    seawall_status status = seawall_registry_create(NULL, platform, &registry, error);

    (void)arg;
    if (status != SEAWALL_OK)
        return status;
    status = seawall_registry_set(registry, "pipeline", "p", "policies", "retry, circuit_breaker, bulkhead \"all\"", error);
    if (status == SEAWALL_OK)
        status = seawall_registry_keyed(registry, "t", NULL, "pipeline \"p\"", &made, NULL, error);
    if (status == SEAWALL_OK) {
        status = seawall_keyed_pipeline(made, "a", &pipeline, error);
        if (status == SEAWALL_OK)
            seawall_pipeline_destroy(pipeline);
        seawall_keyed_destroy(made);
    }
    seawall_registry_destroy(registry);
    return status;
}

START_TEST(no_memory_is_a_status)
{
    ck_assert_int_ge(sw_test_sweep(make_once, NULL), 20);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("keyed");

    tcase_add_test(tests, each_key_has_its_own);
    tcase_add_test(tests, the_least_recently_used_goes);
    tcase_add_test(tests, one_in_use_never_goes);
    tcase_add_test(tests, one_that_is_idle_too_long_goes);
    tcase_add_test(tests, keys_can_be_forgotten);
    tcase_add_test(tests, pipelines_have_own_and_shared_policies);
    tcase_add_test(tests, instances_follow_a_reload);
    tcase_add_loop_test(tests, what_cannot_be_an_instance_is_refused, 0, (int)(sizeof(wrong) / sizeof(wrong[0])));
    tcase_add_test(tests, wrong_keys_and_kinds_are_refused);
    tcase_add_test(tests, they_outlive_their_registry);
    tcase_add_test(tests, a_flood_of_keys_stays_flat);
    tcase_add_test(tests, many_threads_share_few_places);
    tcase_add_test(tests, no_memory_is_a_status);
    return sw_test_run("keyed", tests);
}
