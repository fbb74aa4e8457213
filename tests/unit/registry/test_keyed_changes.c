/* Keyed instances whose template changes while they are told, and what the child of a fork makes of them. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "held.h"
#include "registry/keyed_object.h"
#include "suite.h"
#include "support.h"

#define KEYS 8

static held h;
static seawall_registry *registry;
static seawall_keyed *keyed;

static void say(int rate)
{
    char text[128];

    (void)snprintf(text, sizeof(text), "[keyed \"k\"]\ninstance = rate_limiter\nmax_instances = %d\n[rate_limiter]\nrate = %d\n",
                   KEYS, rate);
    ck_assert_int_eq(seawall_registry_reload_text(registry, text, strlen(text), "t", NULL, NULL), SEAWALL_OK);
}

static seawall_limiter *ask(const char *key)
{
    seawall_limiter *limiter = NULL;

    return seawall_keyed_limiter(keyed, key, &limiter, NULL) == SEAWALL_OK ? limiter : NULL;
}

static int32_t rate_of(seawall_limiter *limiter)
{
    seawall_limiter_snapshot snapshot = SEAWALL_LIMITER_SNAPSHOT_INIT;

    ck_assert_ptr_nonnull(limiter);
    ck_assert_int_eq(seawall_limiter_get_snapshot(limiter, &snapshot), SEAWALL_OK);
    seawall_limiter_destroy(limiter);
    return snapshot.rate;
}

static void touch(int number)
{
    char key[16];

    (void)snprintf(key, sizeof(key), "%d", number);
    (void)rate_of(ask(key));
}

static void begin(void)
{
    held_init(&h);
    ck_assert_int_eq(seawall_registry_create(NULL, &h.platform, &registry, NULL), SEAWALL_OK);
    say(5);
    ck_assert_int_eq(seawall_registry_keyed(registry, "k", NULL, NULL, &keyed, NULL, NULL), SEAWALL_OK);
}

static void end(void)
{
    seawall_keyed_destroy(keyed);
    seawall_registry_destroy(registry);
}

static void ask_in_thread(void *arg)
{
    *(seawall_limiter **)arg = ask("a");
}

/* The thread is held while it tells what the template said before: the second time that it asks the clock. */
START_TEST(the_newest_has_the_last_word)
{
    seawall_limiter *got = NULL;

    begin();
    ck_assert_int_eq(rate_of(ask("a")), 5);
    say(7);
    ck_assert(held_begin(&h, 1, ask_in_thread, &got));
    say(9);
    held_end(&h);
    ck_assert_int_eq(rate_of(got), 9);
    end();
}
END_TEST

static void say_both(int rate)
{
    char text[160];

    (void)snprintf(text, sizeof(text),
                   "[keyed \"k\"]\ninstance = pipeline\n[pipeline]\npolicies = circuit_breaker, rate_limiter\n"
                   "[rate_limiter]\nrate = %d\n",
                   rate);
    ck_assert_int_eq(seawall_registry_reload_text(registry, text, strlen(text), "t", NULL, NULL), SEAWALL_OK);
}

static void ask_for_both(void *arg)
{
    seawall_pipeline *pipeline;

    (void)arg;
    if (seawall_keyed_pipeline(keyed, "a", &pipeline, NULL) == SEAWALL_OK)
        seawall_pipeline_destroy(pipeline);
}

static int32_t rate_of_both(void)
{
    seawall_limiter_snapshot snapshot = SEAWALL_LIMITER_SNAPSHOT_INIT;

    ask_for_both(NULL);
    ck_assert_int_eq(seawall_limiter_get_snapshot(keyed->newest->parts[1], &snapshot), SEAWALL_OK);
    return snapshot.rate;
}

/* The thread is held when it has told the breaker and not yet the limiter: the third time that it asks the clock. */
START_TEST(nobody_gets_one_that_is_not_told)
{
    held_init(&h);
    ck_assert_int_eq(seawall_registry_create(NULL, &h.platform, &registry, NULL), SEAWALL_OK);
    say_both(5);
    ck_assert_int_eq(seawall_registry_keyed(registry, "k", NULL, NULL, &keyed, NULL, NULL), SEAWALL_OK);
    ck_assert_int_eq(rate_of_both(), 5);
    say_both(7);
    ck_assert(held_begin(&h, 2, ask_for_both, NULL));
    ck_assert_int_eq(rate_of_both(), 7);
    held_end(&h);
    ck_assert_int_eq(rate_of_both(), 7);
    end();
}
END_TEST

/* As if a thread of the parent had been anywhere in the order of use. */
static void fork_in_the_order(void)
{
    sw_instance *lost = keyed->oldest->newer;

    keyed->newest = lost;
    keyed->oldest = NULL;
    lost->newer = lost->older = lost;
    keyed->instances = 1;
    keyed->process--;
}

static bool is_there(int number)
{
    char key[16];

    (void)snprintf(key, sizeof(key), "%d", number);
    return sw_keyed_find(keyed, sw_keyed_hash(keyed, key), key) != NULL;
}

START_TEST(a_child_makes_the_order_anew)
{
    static const int order[KEYS] = {3, 1, 4, 7, 5, 2, 6, 0};
    int i, j;

    begin();
    for (i = 0; i < KEYS; i++)
        touch(i);
    for (i = 0; i < KEYS; i++)
        touch(order[i]);
    fork_in_the_order();
    for (i = 0; i < KEYS; i++) {
        touch(100 + i);
        ck_assert_int_eq(keyed->instances, KEYS);
        for (j = 0; j < KEYS; j++)
            ck_assert_msg(is_there(order[j]) == (j > i), "%d after %d", order[j], i);
    }
    end();
}
END_TEST

START_TEST(a_child_has_the_chains_of_before)
{
    seawall_keyed_config config = SEAWALL_KEYED_CONFIG_INIT;
    sw_buckets *before, *bigger;
    int i;

    begin();
    for (i = 0; i < KEYS; i++)
        touch(i);
    config.max_instances = 4 * KEYS;
    bigger = sw_keyed_buckets(&h.platform, &config);
    before = sw_keyed_rehash(keyed, bigger);
    for (i = 0; i < KEYS; i++)
        ck_assert(is_there(i));
    keyed->buckets = before; /* the parent's thread had not come to that yet */
    keyed->process--;
    for (i = 0; i < KEYS; i++)
        ck_assert(is_there(i));
    touch(KEYS);
    ck_assert_int_eq(keyed->instances, KEYS);
    ck_assert(!is_there(0));
    seawall_platform_default()->release(bigger, bigger->bytes, NULL);
    end();
}
END_TEST

/* Who took note that the instance is to be told stayed behind. */
START_TEST(a_child_tells_again)
{
    seawall_limiter_config other = SEAWALL_LIMITER_CONFIG_INIT;
    seawall_limiter *limiter;

    begin();
    limiter = ask("a");
    ck_assert_ptr_nonnull(limiter);
    other.rate = 1;
    ck_assert_int_eq(seawall_limiter_reconfigure(limiter, &other, NULL), SEAWALL_OK);
    ck_assert_int_eq(rate_of(ask("a")), 1);
    keyed->process--;
    ck_assert_int_eq(rate_of(ask("a")), 5);
    seawall_limiter_destroy(limiter);
    end();
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("keyed changes");

    tcase_add_test(tests, the_newest_has_the_last_word);
    tcase_add_test(tests, nobody_gets_one_that_is_not_told);
    tcase_add_test(tests, a_child_makes_the_order_anew);
    tcase_add_test(tests, a_child_has_the_chains_of_before);
    tcase_add_test(tests, a_child_tells_again);
    return sw_test_run("keyed changes", tests);
}
