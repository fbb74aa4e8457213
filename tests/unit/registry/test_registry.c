/* Objects by name: made once, from what is said of them, and gone when nobody needs them. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "registry_room.h"

#include "suite.h"

START_TEST(a_name_is_one_object)
{
    seawall_breaker *first, *second, *other;
    seawall_retry *retry;
    room r;

    room_init(&r);
    ck_assert_int_eq(seawall_registry_breaker(r.registry, "database", NULL, &first, &r.answer, NULL), SEAWALL_OK);
    ck_assert_int_eq(r.answer, SEAWALL_REGISTRY_CREATED);
    ck_assert_int_eq(seawall_registry_breaker(r.registry, "database", NULL, &second, &r.answer, NULL), SEAWALL_OK);
    ck_assert_int_eq(r.answer, SEAWALL_REGISTRY_EXISTS);
    ck_assert_int_eq(seawall_registry_breaker(r.registry, "cache", NULL, &other, NULL, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_registry_retry(r.registry, "database", NULL, &retry, NULL, NULL), SEAWALL_OK);
    ck_assert_ptr_eq(first, second);
    ck_assert_ptr_ne(first, other);
    ck_assert_ptr_ne((void *)first, (void *)retry);
    ck_assert_int_eq(seawall_registry_count(r.registry), 3);
    seawall_breaker_destroy(first);
    seawall_breaker_destroy(second);
    seawall_breaker_destroy(other);
    seawall_retry_destroy(retry);
    room_fini(&r);
}
END_TEST

/* The later over the earlier: library, kind, call, name. */
START_TEST(settings_are_merged_field_by_field)
{
    seawall_breaker_config config = SEAWALL_BREAKER_CONFIG_INIT;
    seawall_breaker *breaker;
    room r;

    room_init(&r);
    room_set(&r, "circuit_breaker", NULL, "failure_threshold", "7");
    room_set(&r, "circuit_breaker", NULL, "recovery_timeout", "7s");
    room_set(&r, "circuit_breaker", NULL, "half_open_max_calls", "7");
    room_set(&r, "circuit_breaker", "database", "failure_threshold", "9");
    room_set(&r, "circuit_breaker", "database", "failure_threshold", "8"); /* the last word counts */
    config.failure_threshold = 6;
    config.recovery_timeout = SEAWALL_SECONDS(6);
    ck_assert_int_eq(seawall_registry_breaker(r.registry, "database", &config, &breaker, &r.answer, NULL), SEAWALL_OK);
    room_is_from(&r, "circuit_breaker", "database", "failure_threshold", "8", SEAWALL_ORIGIN_CALL);
    room_is_from(&r, "circuit_breaker", "database", "recovery_timeout", "6s", SEAWALL_ORIGIN_CALL);
    room_is_from(&r, "circuit_breaker", "database", "half_open_max_calls", "7", SEAWALL_ORIGIN_CALL);
    room_is_from(&r, "circuit_breaker", "database", "failures_to_reopen", "1", SEAWALL_ORIGIN_DEFAULT);
    room_is_from(&r, "circuit_breaker", "database", "probe_timeout", "auto", SEAWALL_ORIGIN_DEFAULT);
    seawall_breaker_destroy(breaker);
    room_fini(&r);
}
END_TEST

START_TEST(the_object_is_what_was_said)
{
    seawall_breaker *breaker;
    seawall_permit permit;
    room r;
    int i;

    room_init(&r);
    room_set(&r, "circuit_breaker", NULL, "failure_threshold", "2");
    room_set(&r, "circuit_breaker", "database", "recovery_timeout", "1m");
    ck_assert_int_eq(seawall_registry_breaker(r.registry, "database", NULL, &breaker, NULL, NULL), SEAWALL_OK);
    for (i = 0; i < 2; i++) {
        ck_assert_int_eq(seawall_breaker_try_acquire(breaker, &permit, NULL), SEAWALL_OK);
        ck_assert_int_eq(seawall_breaker_report(breaker, &permit, SEAWALL_FAULT_INTERNAL), SEAWALL_OK);
    }
    ck_assert_int_eq(seawall_breaker_try_acquire(breaker, &permit, NULL), SEAWALL_OPEN);
    seawall_manual_clock_advance(r.test.clock, SEAWALL_SECONDS(59));
    ck_assert_int_eq(seawall_breaker_try_acquire(breaker, &permit, NULL), SEAWALL_OPEN);
    seawall_manual_clock_advance(r.test.clock, SEAWALL_SECONDS(2));
    ck_assert_int_eq(seawall_breaker_try_acquire(breaker, &permit, NULL), SEAWALL_OK);
    seawall_breaker_destroy(breaker);
    room_fini(&r);
}
END_TEST

static seawall_breaker_verdict no_opinion(const seawall_result *result, void *user)
{
    (void)result;
    (void)user;
    return SEAWALL_BREAKER_BY_KIND;
}

START_TEST(another_wish_is_told_to_differ)
{
    seawall_breaker_config config = SEAWALL_BREAKER_CONFIG_INIT;
    seawall_breaker *made, *again;
    room r;

    room_init(&r);
    config.failure_threshold = 6;
    config.recovery_multiplier = 2.0;
    ck_assert_int_eq(seawall_registry_breaker(r.registry, "a", &config, &made, NULL, NULL), SEAWALL_OK);
#define ASK(expected)                                                                                                  \
    do {                                                                                                               \
        ck_assert_int_eq(seawall_registry_breaker(r.registry, "a", &config, &again, &r.answer, NULL), SEAWALL_OK);     \
        ck_assert_ptr_eq(again, made);                                                                                 \
        ck_assert_int_eq(r.answer, expected);                                                                          \
        seawall_breaker_destroy(again);                                                                                \
    } while (0)
    ASK(SEAWALL_REGISTRY_EXISTS);
    config.failure_threshold = 5; /* the library's default: no wish at all */
    ASK(SEAWALL_REGISTRY_EXISTS);
    config.failure_threshold = 7;
    ASK(SEAWALL_REGISTRY_DIFFERS);
    config.failure_threshold = 6;
    config.recovery_multiplier = 3.0;
    ASK(SEAWALL_REGISTRY_DIFFERS);
    config.recovery_multiplier = 2.0;
    config.predicate = no_opinion;
    ASK(SEAWALL_REGISTRY_DIFFERS);
    config.predicate = NULL;
    ASK(SEAWALL_REGISTRY_EXISTS);
#undef ASK
    room_is_from(&r, "circuit_breaker", "a", "failure_threshold", "6", SEAWALL_ORIGIN_CALL);
    seawall_breaker_destroy(made);
    room_fini(&r);
}
END_TEST

START_TEST(what_is_used_outlives_its_removal)
{
    seawall_breaker *old, *fresh;
    seawall_pipeline *pipeline;
    seawall_permit permit;
    room r;

    room_init(&r);
    ck_assert_int_eq(seawall_registry_pipeline(r.registry, "p", "retry, circuit_breaker", &pipeline, NULL, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_registry_breaker(r.registry, "p", NULL, &old, NULL, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_registry_remove(r.registry, "circuit_breaker", "p"), SEAWALL_OK);
    ck_assert_int_eq(seawall_registry_remove(r.registry, "circuit_breaker", "p"), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_registry_remove(r.registry, "retry", "p"), SEAWALL_OK);
    ck_assert_int_eq(seawall_registry_breaker(r.registry, "p", NULL, &fresh, &r.answer, NULL), SEAWALL_OK);
    ck_assert_int_eq(r.answer, SEAWALL_REGISTRY_CREATED);
    ck_assert_ptr_ne(old, fresh);
    ck_assert_int_eq(seawall_breaker_try_acquire(old, &permit, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_breaker_report(old, &permit, SEAWALL_FAULT_NONE), SEAWALL_OK);
    seawall_registry_destroy(r.registry); /* all outlive it */
    ck_assert_int_eq(seawall_breaker_try_acquire(old, &permit, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_breaker_report(old, &permit, SEAWALL_FAULT_NONE), SEAWALL_OK);
    ck_assert_int_eq(seawall_pipeline_policy_count(pipeline), 2);
    seawall_breaker_destroy(old);
    seawall_breaker_destroy(fresh);
    seawall_pipeline_destroy(pipeline);
    sw_test_platform_fini(&r.test);
}
END_TEST

START_TEST(members_are_listed_in_order)
{
    static const char *const names[] = {"c", "a", "b"};
    seawall_member member = {.size = sizeof(member)};
    seawall_timeout *timeout;
    room r;
    int32_t i;

    room_init(&r);
    room_set(&r, "timeout", "z", "request_timeout", "1s"); /* a name without an object */
    for (i = 0; i < 3; i++) {
        ck_assert_int_eq(seawall_registry_timeout(r.registry, names[i], NULL, &timeout, NULL, NULL), SEAWALL_OK);
        seawall_timeout_destroy(timeout);
    }
    for (i = 0; i < 3; i++) {
        ck_assert_int_eq(seawall_registry_member(r.registry, i, &member), SEAWALL_OK);
        ck_assert_str_eq(member.kind, "timeout");
        ck_assert_str_eq(member.name, names[i]);
    }
    ck_assert_int_eq(seawall_registry_remove(r.registry, "timeout", "c"), SEAWALL_OK);
    ck_assert_int_eq(seawall_registry_member(r.registry, 0, &member), SEAWALL_OK);
    ck_assert_str_eq(member.name, "a");
    ck_assert_int_eq(seawall_registry_member(r.registry, 2, &member), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_registry_member(r.registry, -1, &member), SEAWALL_INVALID);
    member.size = 0;
    ck_assert_int_eq(seawall_registry_member(r.registry, 0, &member), SEAWALL_INVALID);
    room_fini(&r);
}
END_TEST

START_TEST(misuse_is_told)
{
    static const char long_name[] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"; /* 64 */
    static const char *const names[] = {NULL, "", long_name, "a\nb", "\xff", "\x7f"};
    seawall_breaker_config config = SEAWALL_BREAKER_CONFIG_INIT;
    seawall_breaker *breaker;
    size_t i;
    room r;

    room_init(&r);
    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        ck_assert_int_eq(seawall_registry_breaker(r.registry, names[i], NULL, &breaker, NULL, &r.error), SEAWALL_INVALID);
        ck_assert_int_eq(seawall_registry_remove(r.registry, "circuit_breaker", names[i]), SEAWALL_INVALID);
    }
    ck_assert_int_eq(seawall_registry_breaker(r.registry, long_name + 1, NULL, &breaker, NULL, &r.error), SEAWALL_OK);
    seawall_breaker_destroy(breaker);
    ck_assert_int_eq(seawall_registry_breaker(r.registry, "a", NULL, NULL, NULL, &r.error), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_registry_breaker(NULL, "a", NULL, &breaker, NULL, &r.error), SEAWALL_INVALID);
    config.failure_threshold = -2;
    ck_assert_int_eq(seawall_registry_breaker(r.registry, "a", &config, &breaker, NULL, &r.error), SEAWALL_INVALID);
    ck_assert_str_eq(r.error.message, "circuit_breaker.failure_threshold: -2 is below 0");
    ck_assert_int_eq(seawall_registry_set(r.registry, "retri", NULL, "max_attempts", "3", &r.error), SEAWALL_INVALID);
    ck_assert_str_eq(r.error.message, "registry: \"retri\" is no kind that can have a name");
    ck_assert_int_eq(seawall_registry_set(r.registry, "retry", NULL, "max_atempts", "3", &r.error), SEAWALL_INVALID);
    ck_assert_str_eq(r.error.message, "retry.max_atempts: there is no such field");
    ck_assert_int_eq(seawall_registry_set(r.registry, "retry", "a", "max_attempts", "0", &r.error), SEAWALL_INVALID);
    ck_assert_str_eq(r.error.message, "retry.max_attempts: 0 is below 1");
    ck_assert_int_eq(seawall_registry_set(r.registry, "circuit_breaker", long_name + 1, "failure_threshold", "3", &r.error),
                     SEAWALL_BUSY);
    ck_assert_int_eq(seawall_registry_count(r.registry), 1);
    room_fini(&r);
}
END_TEST

/* Timers and sets of checks belong to a platform, not to a name. */
START_TEST(every_kind_can_be_named)
{
    const char *kind = seawall_config_kind(_i);
    seawall_field field = {.size = sizeof(field)};
    room r;

    if (strcmp(kind, "timers") == 0 || strcmp(kind, "health") == 0)
        return;
    room_init(&r);
    ck_assert_int_eq(seawall_config_field(kind, 0, &field), SEAWALL_OK);
    ck_assert_int_eq(seawall_registry_set(r.registry, kind, "a", field.key, "no such value", &r.error), SEAWALL_INVALID);
    ck_assert_msg(strstr(r.error.message, field.key) != NULL, "%s", r.error.message);
    room_fini(&r);
}
END_TEST

START_TEST(names_are_bounded)
{
    seawall_registry_config config = SEAWALL_REGISTRY_CONFIG_INIT;
    seawall_registry *registry;
    seawall_timeout *timeout;
    seawall_error error = {0};
    char name[16];
    int i;

    config.max_members = 0;
    ck_assert_int_eq(seawall_registry_create(&config, NULL, &registry, &error), SEAWALL_INVALID);
    ck_assert_str_eq(error.message, "registry.max_members: 0 is below 1");
    config.max_members = 10;
    ck_assert_int_eq(seawall_registry_create(&config, NULL, &registry, NULL), SEAWALL_OK);
    for (i = 0; i < 10; i++) {
        (void)snprintf(name, sizeof(name), "%d", i);
        ck_assert_int_eq(seawall_registry_timeout(registry, name, NULL, &timeout, NULL, NULL), SEAWALL_OK);
        seawall_timeout_destroy(timeout);
    }
    ck_assert_int_eq(seawall_registry_timeout(registry, "x", NULL, &timeout, NULL, &error), SEAWALL_FULL);
    ck_assert_str_eq(error.key, "registry.max_members");
    ck_assert_int_eq(seawall_registry_timeout(registry, "3", NULL, &timeout, NULL, NULL), SEAWALL_OK);
    seawall_timeout_destroy(timeout);
    seawall_registry_destroy(registry);
}
END_TEST

static seawall_status construct(const seawall_platform *platform, void *arg, seawall_error *error)
{
    seawall_registry *registry;
    seawall_pipeline *pipeline;
    seawall_status status = seawall_registry_create(NULL, platform, &registry, error);

    (void)arg;
    if (status != SEAWALL_OK)
        return status;
    status = seawall_registry_set(registry, "retry", NULL, "retry_budget", "shared", error);
    if (status == SEAWALL_OK)
        status = seawall_registry_set(registry, "fallback", "p", "pipeline", "q", error);
    if (status == SEAWALL_OK)
        status = seawall_registry_set(registry, "pipeline", "q", "policies", "retry, timeout", error);
    if (status == SEAWALL_OK)
        status = seawall_registry_pipeline(registry, "p", "timeout, fallback, retry, circuit_breaker", &pipeline, NULL, error);
    if (status == SEAWALL_OK)
        seawall_pipeline_destroy(pipeline);
    seawall_registry_destroy(registry);
    return status;
}

START_TEST(no_memory_is_a_status)
{
    ck_assert_int_ge(sw_test_sweep(construct, NULL), 20);
}
END_TEST

START_TEST(a_text_has_its_size)
{
    seawall_timeout *timeout;
    char text[64] = "mine";
    size_t needed = 0;
    room r;

    room_init(&r);
    ck_assert_int_eq(seawall_registry_print(r.registry, text, sizeof(text), &needed), SEAWALL_OK);
    ck_assert_str_eq(text, "");
    ck_assert_uint_eq(needed, 1);
    ck_assert_int_eq(seawall_registry_timeout(r.registry, "a", NULL, &timeout, NULL, NULL), SEAWALL_OK);
    seawall_timeout_destroy(timeout);
    strcpy(text, "mine");
    ck_assert_int_eq(seawall_registry_describe(r.registry, "timeout", "a", "request_timeout", text, 3, &needed, NULL),
                     SEAWALL_TOO_SMALL);
    ck_assert_str_eq(text, "mine");
    ck_assert_uint_eq(needed, 4);
    ck_assert_int_eq(seawall_registry_describe(r.registry, "timeout", "a", "request_timeout", text, 4, &needed, NULL),
                     SEAWALL_OK);
    ck_assert_str_eq(text, "30s");
    ck_assert_int_eq(seawall_registry_describe(r.registry, "timeout", "a", "policies", text, 4, &needed, NULL), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_registry_describe(r.registry, "timeout", "b", "request_timeout", text, 4, NULL, NULL),
                     SEAWALL_INVALID);
    strcpy(text, "mine");
    ck_assert_int_eq(seawall_registry_print(r.registry, text, 5, &needed), SEAWALL_TOO_SMALL);
    ck_assert_str_eq(text, "mine");
    ck_assert_int_eq(seawall_registry_print(r.registry, NULL, 0, &needed), SEAWALL_TOO_SMALL);
    room_fini(&r);
}
END_TEST

/*
 * Memory that, while something is being made under the lock, asks for what exists: who waited for the writer would wait for ever.
 */
typedef struct nosy {
    seawall_platform platform;
    const seawall_platform *real;
    seawall_registry *registry;
    int found;
} nosy;

static void *allocate(size_t size, size_t alignment, void *user)
{
    nosy *it = user;
    seawall_breaker_config config = SEAWALL_BREAKER_CONFIG_INIT;
    seawall_registry_answer answer;
    seawall_breaker *breaker;

    config.failure_threshold = 6;
    if (it->registry != NULL && seawall_registry_breaker(it->registry, "a", &config, &breaker, &answer, NULL) == SEAWALL_OK) {
        it->found += answer == SEAWALL_REGISTRY_DIFFERS;
        seawall_breaker_destroy(breaker);
    }
    return it->real->allocate(size, alignment, it->real->memory_user);
}

static void release(void *memory, size_t size, void *user)
{
    nosy *it = user;

    it->real->release(memory, size, it->real->memory_user);
}

START_TEST(who_looks_up_waits_for_no_writer)
{
    nosy it = {.platform = *seawall_platform_default(), .real = seawall_platform_default()};
    seawall_registry *registry;
    seawall_breaker *breaker;
    seawall_pipeline *pipeline;

    it.platform.allocate = allocate;
    it.platform.release = release;
    it.platform.memory_user = &it;
    ck_assert_int_eq(seawall_registry_create(NULL, &it.platform, &registry, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_registry_breaker(registry, "a", NULL, &breaker, NULL, NULL), SEAWALL_OK);
    it.registry = registry;
    ck_assert_int_eq(seawall_registry_pipeline(registry, "p", "timeout, retry, circuit_breaker", &pipeline, NULL, NULL),
                     SEAWALL_OK);
    ck_assert_int_ge(it.found, 8);
    it.registry = NULL;
    seawall_pipeline_destroy(pipeline);
    seawall_breaker_destroy(breaker);
    seawall_registry_destroy(registry);
}
END_TEST

/* Whoever asks while others make and remove gets an object that works, and all are freed in the end. */
#define NAMES 3

typedef struct crowd {
    seawall_registry *registry;
    int rounds;
    int wrong[SW_TEST_THREADS_MAX];
} crowd;

static void come_and_go(int index, void *arg)
{
    static const char *const names[NAMES] = {"a", "b", "c"};
    crowd *all = arg;
    int i;

    for (i = 0; i < all->rounds; i++) {
        const char *name = names[(i + index) % NAMES];
        seawall_breaker *breaker;
        seawall_permit permit;

        if (index == 0 && i % 3 == 0)
            (void)seawall_registry_remove(all->registry, "circuit_breaker", name);
        if (seawall_registry_breaker(all->registry, name, NULL, &breaker, NULL, NULL) != SEAWALL_OK) {
            all->wrong[index]++;
            continue;
        }
        if (seawall_breaker_try_acquire(breaker, &permit, NULL) != SEAWALL_OK ||
            seawall_breaker_report(breaker, &permit, SEAWALL_FAULT_NONE) != SEAWALL_OK)
            all->wrong[index]++;
        seawall_breaker_destroy(breaker);
    }
}

START_TEST(any_thread_may_ask)
{
    seawall_platform platform = *seawall_platform_default();
    sw_test_threads threads;
    sw_test_memory memory;
    crowd all = {.rounds = (int)sw_test_count(300, 20000)};
    int i;

    sw_test_memory_init(&memory);
    sw_test_memory_install(&memory, &platform);
    ck_assert_int_eq(seawall_registry_create(NULL, &platform, &all.registry, NULL), SEAWALL_OK);
    sw_test_start(&threads, 4, come_and_go, &all);
    sw_test_join(&threads);
    for (i = 0; i < 4; i++)
        ck_assert_int_eq(all.wrong[i], 0);
    seawall_registry_destroy(all.registry);
    ck_assert(sw_test_memory_clean(&memory));
    sw_test_memory_fini(&memory);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("registry");

    tcase_add_test(tests, a_name_is_one_object);
    tcase_add_test(tests, settings_are_merged_field_by_field);
    tcase_add_test(tests, the_object_is_what_was_said);
    tcase_add_test(tests, another_wish_is_told_to_differ);
    tcase_add_test(tests, what_is_used_outlives_its_removal);
    tcase_add_test(tests, members_are_listed_in_order);
    tcase_add_test(tests, misuse_is_told);
    tcase_add_loop_test(tests, every_kind_can_be_named, 0, seawall_config_kind_count());
    tcase_add_test(tests, names_are_bounded);
    tcase_add_test(tests, no_memory_is_a_status);
    tcase_add_test(tests, a_text_has_its_size);
    tcase_add_test(tests, who_looks_up_waits_for_no_writer);
    tcase_add_test(tests, any_thread_may_ask);
    return sw_test_run("registry", tests);
}
