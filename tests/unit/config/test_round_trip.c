/* Any valid configuration, printed as a file and read again, is equal. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "../registry/registry_room.h"
#include "random_settings.h"

#include "suite.h"

#define ROOM 65536

/* Each alone; keyed ones and pipelines name others, and come below. */
static const char *const kinds[] = {"circuit_breaker", "retry", "retry_budget", "timeout", "rate_limiter",
                                    "bulkhead", "hedge", "fallback", "chaos", "thread_pool", "health_check", "health_endpoint",
                                    "priority_level"};
#define KINDS ((int)(sizeof(kinds) / sizeof(kinds[0])))

/* By naming it in a file, of which the whole must be right by itself. */
static bool load_one(seawall_registry *registry, const char *kind, const char *name)
{
    char quoted[2 * SEAWALL_NAME_SIZE_MAX + 3], text[256];

    random_quoted(name, quoted);
    (void)snprintf(text, sizeof(text), "[%s %s]\n", kind, quoted);
    return seawall_registry_load_text(registry, text, strlen(text), "made", NULL, NULL) == SEAWALL_OK;
}

/* Makes one; false if its fields do not go together. */
static bool make(seawall_registry *registry, const char *kind, const char *name)
{
#define MAKE(word, object)                                                                                             \
    if (strcmp(kind, word) == 0) {                                                                                     \
        seawall_##object *it;                                                                                          \
                                                                                                                       \
        if (seawall_registry_##object(registry, name, NULL, &it, NULL, NULL) != SEAWALL_OK)                            \
            return false;                                                                                              \
        seawall_##object##_destroy(it);                                                                                \
        return true;                                                                                                   \
    }
    MAKE("circuit_breaker", breaker)
    MAKE("retry", retry)
    MAKE("retry_budget", retry_budget)
    MAKE("timeout", timeout)
    MAKE("rate_limiter", limiter)
    MAKE("bulkhead", bulkhead)
    MAKE("hedge", hedge)
    MAKE("fallback", fallback)
    MAKE("chaos", chaos)
    MAKE("thread_pool", pool)
#undef MAKE
    return load_one(registry, kind, name);
}

static char first[ROOM], second[ROOM];

/* Of some kinds there are only these names. */
static void name_for(const char *kind, char name[SEAWALL_NAME_SIZE_MAX + 1])
{
    static const char *const endpoints[] = {"/health/live", "/health/ready", "/health/startup"};

    random_name(name);
    if (strcmp(kind, "health_endpoint") == 0)
        (void)strcpy(name, endpoints[random_below(3)]);
    else if (strcmp(kind, "priority_level") == 0)
        (void)strcpy(name, seawall_priority_name((seawall_priority)random_below(SEAWALL_PRIORITY_COUNT)));
}

static void reads_the_same(seawall_registry *said)
{
    seawall_error error = {0};
    seawall_registry *read;

    ck_assert_int_eq(seawall_registry_print(said, first, sizeof(first), NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_registry_create(NULL, NULL, &read, NULL), SEAWALL_OK);
    ck_assert_msg(seawall_registry_load_text(read, first, strlen(first), "t", NULL, &error) == SEAWALL_OK, "%s\n%s",
                  error.message, first);
    ck_assert_int_eq(seawall_registry_print(read, second, sizeof(second), NULL), SEAWALL_OK);
    without_origins(first);
    without_origins(second);
    ck_assert_str_eq(first, second);
    seawall_registry_destroy(read);
}

static bool goes_round(const char *kind)
{
    char name[SEAWALL_NAME_SIZE_MAX + 1];
    seawall_registry *said;
    bool made;

    ck_assert_int_eq(seawall_registry_create(NULL, NULL, &said, NULL), SEAWALL_OK);
    name_for(kind, name);
    random_fields(said, kind, name);
    made = make(said, kind, name);
    if (made)
        reads_the_same(said);
    seawall_registry_destroy(said);
    return made;
}

/* Fields drawn at random often do not go together: a kind goes on beyond its share until something was made of it. */
START_TEST(what_is_printed_reads_the_same)
{
    int64_t share = sw_test_count(360, 100000) / KINDS, i, made;
    int kind;

    random_state = sw_test_seed();
    for (kind = 0; kind < KINDS; kind++) {
        made = 0;
        for (i = 0; i < share || (made == 0 && i < 100000); i++)
            made += goes_round(kinds[kind]);
        ck_assert_msg(made > 0, "%s was never made", kinds[kind]);
    }
}
END_TEST

/* --- what names others --- */

#define NAMES 4

/* The names that a configuration has to draw from, so that things meet. */
static char names[NAMES][SEAWALL_NAME_SIZE_MAX + 2];

static const char *some_name(void)
{
    return names[random_below(NAMES)];
}

/* Fields of one that others may name, unless they do not go together. */
static void say_of(seawall_registry *registry, const char *kind, const char *name)
{
    seawall_registry *alone;
    uint64_t before = random_state;
    bool good;

    ck_assert_int_eq(seawall_registry_create(NULL, NULL, &alone, NULL), SEAWALL_OK);
    random_fields(alone, kind, name);
    good = make(alone, kind, name);
    seawall_registry_destroy(alone);
    if (!good)
        return;
    random_state = before; /* the same once more */
    random_fields(registry, kind, name);
}

static const char *const words[] = {"timeout",  "retry", "circuit_breaker", "rate_limiter",
                                    "bulkhead", "hedge", "fallback",        "chaos"};
#define WORDS (sizeof(words) / sizeof(words[0]))

/* Each word at most once: two policies of a pipeline never have the same name. */
static void random_list(char *list, size_t size)
{
    size_t length = 0, i;

    list[0] = '\0';
    for (i = 0; i < WORDS; i++) {
        char quoted[2 * SEAWALL_NAME_SIZE_MAX + 3] = "";

        if (random_below(3) != 0 && !(i == WORDS - 1 && length == 0))
            continue;
        if (random_below(2) == 0)
            random_quoted(some_name(), quoted);
        length += (size_t)snprintf(list + length, size - length, "%s%s%s%s", length > 0 ? ", " : "", words[i],
                                   quoted[0] != '\0' ? " " : "", quoted);
    }
}

static void set(seawall_registry *registry, const char *kind, const char *name, const char *key, const char *value)
{
    seawall_error error = {0};

    ck_assert_msg(seawall_registry_set(registry, kind, name, key, value, &error) == SEAWALL_OK, "%s", error.message);
}

static void say_whole(seawall_registry *registry)
{
    static const char *const plain[] = {"timeout", "retry", "circuit_breaker", "bulkhead", "chaos", "retry_budget"};
    char list[2048];
    size_t i, j;

    set(registry, "rate_limiter", NULL, "rate", "5");
    for (i = 0; i < NAMES; i++) {
        names[i][0] = (char)('A' + (int)i); /* no two are the same */
        random_name(&names[i][1]);
    }
    for (i = 0; i < NAMES; i++) {
        for (j = 0; j < sizeof(plain) / sizeof(plain[0]); j++) {
            if (random_below(4) == 0)
                say_of(registry, plain[j], names[i]);
        }
        if (random_below(2) == 0)
            set(registry, "retry", names[i], "retry_budget", some_name());
        if (i > 0 && random_below(2) == 0) /* of one before, so that none stands in for itself */
            set(registry, "fallback", names[i], "pipeline", names[random_below(i)]);
        random_list(list, sizeof(list));
        set(registry, "pipeline", names[i], "policies", list);
        if (random_below(2) == 0)
            random_fields(registry, "keyed", names[i]);
        (void)snprintf(list, sizeof(list), "%s ", random_below(2) == 0 ? "pipeline" : words[random_below(WORDS)]);
        random_quoted(some_name(), list + strlen(list));
        set(registry, "keyed", names[i], "instance", list);
    }
}

/* False: what was drawn does not go together, as when a retry is told twice where to stop. */
static bool make_whole(seawall_registry *registry)
{
    bool good = true;
    int i;

    for (i = 0; i < NAMES; i++) {
        seawall_pipeline *pipeline = NULL;
        seawall_keyed *keyed = NULL;
        seawall_error error = {0};

        good = seawall_registry_pipeline(registry, names[i], NULL, &pipeline, NULL, &error) == SEAWALL_OK &&
               seawall_registry_keyed(registry, names[i], NULL, NULL, &keyed, NULL, &error) == SEAWALL_OK && good;
        seawall_pipeline_destroy(pipeline);
        seawall_keyed_destroy(keyed);
    }
    return good;
}

START_TEST(whole_configurations_read_the_same)
{
    const int64_t drawn = sw_test_count(40, 4000);
    int64_t left = drawn, made = 0;

    random_state = sw_test_seed();
    for (; left > 0; left--) {
        seawall_registry *said;

        ck_assert_int_eq(seawall_registry_create(NULL, NULL, &said, NULL), SEAWALL_OK);
        say_whole(said);
        if (make_whole(said)) {
            reads_the_same(said);
            made++;
        }
        seawall_registry_destroy(said);
    }
    ck_assert_int_ge(made, drawn / 4);
}
END_TEST

/* What names other members, and names that need quotes. */
START_TEST(links_are_printed_as_well)
{
    static const char text[] = "[retry \"a \\\"b\\\"\"]\nretry_budget = \"x\\\\y\"\n[retry_budget \"x\\\\y\"]\n"
                               "[pipeline \"p\"]\npolicies = timeout, retry \"a \\\"b\\\"\", fallback \"f\"\n"
                               "[pipeline \"q\"]\npolicies = retry\nlate = 3\n[fallback \"f\"]\npipeline = q\n";
    room r, again;

    room_init(&r);
    room_init(&again);
    ck_assert_msg(seawall_registry_load_text(r.registry, text, sizeof(text) - 1, "t", NULL, &r.error) == SEAWALL_OK, "%s",
                  r.error.message);
    ck_assert_int_eq(seawall_registry_print(r.registry, first, sizeof(first), NULL), SEAWALL_OK);
    ck_assert_msg(seawall_registry_load_text(again.registry, first, strlen(first), "t", NULL, &r.error) == SEAWALL_OK, "%s\n%s",
                  r.error.message, first);
    ck_assert_int_eq(seawall_registry_print(again.registry, second, sizeof(second), NULL), SEAWALL_OK);
    without_origins(first);
    without_origins(second);
    ck_assert_str_eq(first, second);
    ck_assert_ptr_nonnull(strstr(first, "retry_budget = \"x\\\\y\"\n"));
    ck_assert_ptr_nonnull(strstr(first, "policies = timeout, retry \"a \\\"b\\\"\", fallback \"f\"\n"));
    ck_assert_ptr_nonnull(strstr(first, "late = 3\n"));
    room_fini(&r);
    room_fini(&again);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("round trip");

    tcase_add_test(tests, what_is_printed_reads_the_same);
    tcase_add_test(tests, whole_configurations_read_the_same);
    tcase_add_test(tests, links_are_printed_as_well);
    return sw_test_run("round trip", tests);
}
