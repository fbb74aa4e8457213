/*
 * A registry reloaded under load: threads call through its pipeline, ask for its objects and read what they are made from,
 * while one reloads without a pause. Every operation succeeds, and each file has room for all of them: whatever is refused, no
 * configuration explains. What a file retires goes, however often.
 */
#include <check.h>
#include <stdatomic.h>
#include <string.h>

#include "suite.h"
#include "support.h"

#define CALLERS 16

static const char *const files[] = {
    "[circuit_breaker]\nfailure_threshold = 1\n[bulkhead \"p\"]\nmax_concurrent = 16\n[rate_limiter]\nrate = 1000000000\n"
    "[retry]\nmax_attempts = 2\n[retry_budget \"b\"]\n[timeout]\nrequest_timeout = 1h\n[fallback]\nerrors = none\n"
    "[chaos]\nenabled = on\n"
    "[pipeline \"p\"]\npolicies = timeout, fallback, retry, circuit_breaker, rate_limiter, bulkhead, chaos\n"
    "[circuit_breaker \"coming\"]\n[pipeline \"coming\"]\npolicies = retry, circuit_breaker\n",
    "[circuit_breaker]\nfailure_threshold = 9\nrecovery_timeout = 1s\n[bulkhead \"p\"]\nmax_concurrent = 40\nmax_waiting = 3\n"
    "[rate_limiter]\nrate = 900000000\nburst = 100000000\n[retry]\nmax_attempts = 9\nminimum_remaining = 1s\nmax_elapsed = 1h\n"
    "[retry_budget \"b\"]\nratio = 1%\n[timeout]\nrequest_timeout = 2h\n[fallback]\non_open = off\n"
    "[chaos]\nfault_rate = 0\nenabled = on\noutcome = open\n"
    "[pipeline \"p\"]\npolicies = timeout, fallback, retry, circuit_breaker, rate_limiter, bulkhead, chaos\n"
    "[pipeline \"going\"]\npolicies = hedge, retry\n",
};

static seawall_registry *registry;
static seawall_pipeline *pipeline;
static atomic_int calls, refused, wrong, over;

static seawall_fault succeed(seawall_attempt *attempt, void *arg)
{
    (void)attempt;
    (void)arg;
    return SEAWALL_FAULT_NONE;
}

/* An object that comes and goes, asked for with a config that is compared with what is being written. */
static void ask(void)
{
    seawall_breaker_config wish = SEAWALL_BREAKER_CONFIG_INIT;
    seawall_registry_answer answer;
    seawall_breaker *breaker;
    char text[64];

    wish.failure_threshold = 9;
    if (seawall_registry_breaker(registry, "p", &wish, &breaker, &answer, NULL) != SEAWALL_OK ||
        answer == SEAWALL_REGISTRY_CREATED)
        atomic_fetch_add(&wrong, 1);
    else
        seawall_breaker_destroy(breaker);
    if (seawall_registry_describe(registry, "circuit_breaker", "p", "failure_threshold", text, sizeof(text), NULL, NULL) !=
            SEAWALL_OK ||
        (strcmp(text, "1") != 0 && strcmp(text, "9") != 0))
        atomic_fetch_add(&wrong, 1);
    if (seawall_registry_breaker(registry, "coming", NULL, &breaker, NULL, NULL) != SEAWALL_OK)
        atomic_fetch_add(&wrong, 1);
    else
        seawall_breaker_destroy(breaker);
}

static void call(int index)
{
    int i;

    for (i = 0; atomic_load(&over) == 0; i++) {
        seawall_status status = seawall_call(pipeline, succeed, NULL, NULL);

        atomic_fetch_add(&calls, 1);
        if (status != SEAWALL_OK)
            atomic_fetch_add(&refused, 1);
        if (i % 64 == index)
            ask();
    }
}

static void reload(void)
{
    int64_t left = sw_test_count(200, 1000);

    for (; left > 0; left--) {
        const char *text = files[left % 2];

        if (seawall_registry_reload_text(registry, text, strlen(text), "t", NULL, NULL) != SEAWALL_OK)
            atomic_fetch_add(&wrong, 1);
    }
    atomic_store(&over, 1);
}

static void body(int index, void *arg)
{
    (void)arg;
    if (index < CALLERS)
        call(index);
    else
        reload();
}

START_TEST(nothing_is_refused_that_no_file_explains)
{
    sw_test_platform test;
    sw_test_threads threads;

    sw_test_platform_init(&test, true);
    test.platform = *seawall_platform_default(); /* real time, counted memory */
    sw_test_memory_install(&test.memory, &test.platform);
    ck_assert_int_eq(seawall_registry_create(NULL, &test.platform, &registry, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_registry_reload_text(registry, files[0], strlen(files[0]), "t", NULL, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_registry_pipeline(registry, "p", NULL, &pipeline, NULL, NULL), SEAWALL_OK);
    sw_test_start(&threads, CALLERS + 1, body, NULL);
    sw_test_join(&threads);
    ck_assert_int_gt(atomic_load(&calls), 0);
    ck_assert_int_eq(atomic_load(&refused), 0);
    ck_assert_int_eq(atomic_load(&wrong), 0);
    seawall_pipeline_destroy(pipeline);
    /* The last file named neither of the others that came and went. */
    ck_assert_int_eq(seawall_registry_reload_text(registry, "", 0, "t", NULL, NULL), SEAWALL_OK);
    ck_assert_int_le(seawall_registry_count(registry), 1); /* the one that a caller may have made */
    seawall_registry_destroy(registry);
    ck_assert(sw_test_memory_clean(&test.memory));
    sw_test_platform_fini(&test);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("reload stress");

    tcase_add_test(tests, nothing_is_refused_that_no_file_explains);
    return sw_test_run("reload stress", tests);
}
