/* Files into a registry: all or nothing, with what the environment and other files say. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../registry/registry_room.h"
#include "told.h"

#include "suite.h"

static told all;
static seawall_loader_config config;

static void begin(void)
{
    config = (seawall_loader_config)SEAWALL_LOADER_CONFIG_INIT;
    config.report = told_problem;
    config.report_user = &all;
    memset(&all, 0, sizeof(all));
    all.tidy = true;
}

static seawall_status load(room *r, const char *text)
{
    begin();
    return seawall_registry_load_text(r->registry, text, strlen(text), "t", &config, &r->error);
}

static void loads(room *r, const char *text)
{
    ck_assert_msg(load(r, text) == SEAWALL_OK, "%s", r->error.message);
    ck_assert_int_eq(all.count, 0);
}

static void is_told(const char *expected)
{
    ck_assert_str_eq(all.text, expected);
    ck_assert(all.tidy);
}

static void comes_from(room *r, const char *kind, const char *name, const char *key, const char *value, const char *file,
                       int line, int of_kind)
{
    seawall_origin origin = {.size = sizeof(origin)};
    char text[256];

    ck_assert_int_eq(seawall_registry_describe(r->registry, kind, name, key, text, sizeof(text), NULL, &origin), SEAWALL_OK);
    ck_assert_str_eq(text, value);
    ck_assert_str_eq(origin.file, file);
    ck_assert_int_eq(origin.line, line);
    ck_assert_int_eq(origin.of_kind, of_kind);
    ck_assert_int_eq(origin.kind, line > 0          ? SEAWALL_ORIGIN_FILE
                                  : file[0] != '\0' ? SEAWALL_ORIGIN_ENVIRONMENT
                                                    : SEAWALL_ORIGIN_DEFAULT);
}

START_TEST(a_load_is_all_or_nothing)
{
    seawall_breaker *breaker;
    room r;

    room_init(&r);
    ck_assert_int_eq(
        load(&r, "[circuit_breaker]\nfailure_threshold = 9\n[circuit_breaker \"a\"]\n[retry \"a\"]\nmax_attempts = 0\n"),
        SEAWALL_INVALID);
    ck_assert_int_eq(seawall_registry_count(r.registry), 0);
    ck_assert_int_eq(seawall_registry_breaker(r.registry, "a", NULL, &breaker, NULL, NULL), SEAWALL_OK);
    comes_from(&r, "circuit_breaker", "a", "failure_threshold", "5", "", 0, 0);
    /* Now the name is taken, and another load has to leave all of it. */
    ck_assert_int_eq(
        load(&r, "[timeout \"t\"]\n[circuit_breaker]\nfailure_threshold = 9\n[circuit_breaker \"a\"]\nfailure_threshold = 8\n"),
        SEAWALL_INVALID);
    is_told("t:4: [circuit_breaker \"a\"]: an object of this name exists, and stays as it is");
    ck_assert_int_eq(seawall_registry_count(r.registry), 1);
    seawall_breaker_destroy(breaker);
    ck_assert_int_eq(seawall_registry_remove(r.registry, "circuit_breaker", "a"), SEAWALL_OK);
    ck_assert_int_eq(seawall_registry_breaker(r.registry, "a", NULL, &breaker, NULL, NULL), SEAWALL_OK);
    comes_from(&r, "circuit_breaker", "a", "failure_threshold", "5", "", 0, 0);
    seawall_breaker_destroy(breaker);
    /* How wide a pipeline is is only seen when it is made. */
    ck_assert_int_eq(load(&r, "[timeout \"z\"]\n[hedge]\nmax_hedges = 15\n[hedge \"a\"]\n[hedge \"b\"]\n[hedge \"c\"]\n"
                              "[pipeline \"p\"]\npolicies = hedge \"a\", hedge \"b\", hedge \"c\"\n"),
                     SEAWALL_INVALID);
    is_told("t:7: [pipeline \"p\"]: pipeline: the widths multiply to more than 1024 runs side by side");
    ck_assert_int_eq(seawall_registry_count(r.registry), 1);
    room_fini(&r);
}
END_TEST

/* What has no section the program may bring; if it does not, the defaults are to do. */
START_TEST(what_has_no_section_is_judged_by_where_it_goes)
{
    static const char limited[] = "[pipeline \"p\"]\npolicies = rate_limiter\n", keyed[] = "[keyed \"k\"]\ninstance = pipeline\n",
                      ring[] = "[fallback]\npipeline = p\n[pipeline \"p\"]\npolicies = fallback\n[retry]\nbogus = 1\n";
    room r;

    room_init(&r);
    ck_assert_int_eq(seawall_loader_check_text(limited, sizeof(limited) - 1, "t", NULL, NULL, NULL), SEAWALL_OK);
    ck_assert_int_eq(load(&r, limited), SEAWALL_INVALID);
    is_told("t:2: [pipeline \"p\"] policies: there is no section [rate_limiter \"p\"], and rate_limiter.rate: 0 is below 1");
    ck_assert_int_eq(load(&r, keyed), SEAWALL_INVALID);
    is_told("t:2: [keyed \"k\"] instance: there is no section [pipeline \"k\"], and policies is missing");
    ck_assert_int_eq(load(&r, ring), SEAWALL_INVALID);
    ck_assert_int_eq(all.count, 2);
    ck_assert_ptr_nonnull(strstr(all.text, "t:4: [pipeline \"p\"] policies: fallback \"p\" leads back to pipeline \"p\", "));
    ck_assert_int_eq(seawall_registry_count(r.registry), 0);
    ck_assert_int_eq(seawall_registry_set(r.registry, "rate_limiter", "p", "rate", "5", NULL), SEAWALL_OK);
    ck_assert_int_eq(load(&r, limited), SEAWALL_OK);
    ck_assert_int_eq(seawall_registry_set(r.registry, "pipeline", NULL, "policies", "timeout", NULL), SEAWALL_OK);
    ck_assert_int_eq(load(&r, keyed), SEAWALL_OK);
    room_fini(&r);
}
END_TEST

START_TEST(a_file_beats_the_code_and_the_code_the_defaults)
{
    seawall_breaker_config wish = SEAWALL_BREAKER_CONFIG_INIT;
    seawall_registry_answer answer;
    seawall_breaker *breaker;
    room r;

    room_init(&r);
    loads(&r, "[circuit_breaker]\nfailure_threshold = 9\n[circuit_breaker \"a\"]\nrecovery_timeout = 7s\n");
    wish.failure_threshold = 4;
    wish.recovery_timeout = SEAWALL_SECONDS(3);
    ck_assert_int_eq(seawall_registry_breaker(r.registry, "a", &wish, &breaker, &answer, NULL), SEAWALL_OK);
    ck_assert_int_eq(answer, SEAWALL_REGISTRY_DIFFERS); /* it was made when the file was loaded */
    seawall_breaker_destroy(breaker);
    ck_assert_int_eq(seawall_registry_remove(r.registry, "circuit_breaker", "a"), SEAWALL_OK);
    ck_assert_int_eq(seawall_registry_breaker(r.registry, "a", &wish, &breaker, &answer, NULL), SEAWALL_OK);
    seawall_breaker_destroy(breaker);
    room_is_from(&r, "circuit_breaker", "a", "failure_threshold", "4", SEAWALL_ORIGIN_CALL);
    comes_from(&r, "circuit_breaker", "a", "recovery_timeout", "7s", "t", 4, 0);
    room_fini(&r);
}
END_TEST

/* --- the environment --- */

static seawall_status load_with(room *r, const char *text, const char *const *environment)
{
    begin();
    config.environment = environment;
    return seawall_registry_load_text(r->registry, text, strlen(text), "t", &config, &r->error);
}

START_TEST(variables_override)
{
    static const char *const environment[] = {
        "HOME=/root",
        "SEAWALL_=1",
        "SEAWALL__CIRCUIT_BREAKER__DATABASE__FAILURE_THRESHOLD=9",
        "SEAWALL__CIRCUIT_BREAKER__DATABASE__RECOVERY_TIMEOUT=\"3s\"",
        "SEAWALL__CIRCUIT_BREAKER__A_B_C__FAILURE_THRESHOLD=8",
        "SEAWALL__RETRY__MAX_ATTEMPTS=7",
        "SEAWALL__RETRY_BUDGET__RATIO=50%",
        "SEAWALL__PIPELINE__DATABASE__POLICIES=retry, circuit_breaker",
        NULL,
    };
    seawall_retry *retry;
    room r;

    room_init(&r);
    ck_assert_msg(load_with(&r,
                            "[circuit_breaker \"database\"]\nfailure_threshold = 2\n[circuit_breaker \"a-b.c\"]\n"
                            "[pipeline \"database\"]\npolicies = timeout\n",
                            environment) == SEAWALL_OK,
                  "%s", r.error.message);
    comes_from(&r, "circuit_breaker", "database", "failure_threshold", "9",
               "SEAWALL__CIRCUIT_BREAKER__DATABASE__FAILURE_THRESHOLD", 0, 0);
    comes_from(&r, "circuit_breaker", "database", "recovery_timeout", "3s",
               "SEAWALL__CIRCUIT_BREAKER__DATABASE__RECOVERY_TIMEOUT", 0, 0);
    comes_from(&r, "circuit_breaker", "a-b.c", "failure_threshold", "8", "SEAWALL__CIRCUIT_BREAKER__A_B_C__FAILURE_THRESHOLD", 0,
               0);
    comes_from(&r, "pipeline", "database", "policies", "retry, circuit_breaker", "SEAWALL__PIPELINE__DATABASE__POLICIES", 0, 0);
    comes_from(&r, "retry", "database", "max_attempts", "7", "SEAWALL__RETRY__MAX_ATTEMPTS", 0, 1);
    ck_assert_int_eq(seawall_registry_retry(r.registry, "x", NULL, &retry, NULL, NULL), SEAWALL_OK);
    seawall_retry_destroy(retry);
    comes_from(&r, "retry", "x", "max_attempts", "7", "SEAWALL__RETRY__MAX_ATTEMPTS", 0, 1);
    room_fini(&r);
}
END_TEST

/* A secret may be said there: nothing of it is taken for a comment. */
START_TEST(variables_have_no_comments)
{
    static const char *const environment[] = {"SEAWALL__HEALTH_CHECK__C__TAGS=  db #1;2  ",
                                              "SEAWALL__RETRY__R__MAX_ATTEMPTS= 7 # of them", NULL};
    room r;

    room_init(&r);
    ck_assert_int_eq(load_with(&r, "[health_check \"c\"]\n[retry \"r\"]\n", environment), SEAWALL_INVALID);
    is_told("SEAWALL__RETRY__R__MAX_ATTEMPTS: [retry \"r\"] max_attempts: \"7 # of them\" is not a whole number");
    ck_assert_int_eq(load_with(&r, "[health_check \"c\"]\n", (const char *const[]){environment[0], NULL}), SEAWALL_OK);
    comes_from(&r, "health_check", "c", "tags", "db #1;2", "SEAWALL__HEALTH_CHECK__C__TAGS", 0, 0);
    room_fini(&r);
}
END_TEST

START_TEST(variables_are_off_unless_handed_over)
{
    room r;

    ck_assert_int_eq(setenv("SEAWALL__CIRCUIT_BREAKER__A__FAILURE_THRESHOLD", "9", 1), 0);
    room_init(&r);
    loads(&r, "[circuit_breaker \"a\"]\n");
    comes_from(&r, "circuit_breaker", "a", "failure_threshold", "5", "", 0, 0);
    room_fini(&r);
}
END_TEST

static const struct {
    const char *text, *variable, *problems;
} wrong_variables[] = {
    {"[retry \"a\"]", "SEAWALL__RETRY__A__MAX_ATTEMPTS=0",
     "SEAWALL__RETRY__A__MAX_ATTEMPTS: [retry \"a\"] max_attempts: 0 is below 1"},
    {"[retry \"a\"]",
     "SEAWALL__RETRY__A__MAX_ATTEMPTS=", "SEAWALL__RETRY__A__MAX_ATTEMPTS: [retry \"a\"] max_attempts: a value is missing"},
    {"[retry \"a\"]", "SEAWALL__RETRY__A__MAX_ATTEMPTS=\"3",
     "SEAWALL__RETRY__A__MAX_ATTEMPTS: [retry \"a\"] max_attempts: the quotes are not closed"},
    {"[retry \"a\"]", "SEAWALL__RETRY__A__MAX_ATTEMPTS=3\n4",
     "SEAWALL__RETRY__A__MAX_ATTEMPTS: [retry \"a\"] max_attempts: a byte that is no UTF-8, or a control character"},
    {"[retry \"a\"]", "SEAWALL__RETRY__MAX_ATTEMPTS=x",
     "SEAWALL__RETRY__MAX_ATTEMPTS: [retry] max_attempts: \"x\" is not a whole number"},
    {"[retry \"a\"]", "SEAWALL__RETRY__B__MAX_ATTEMPTS=3",
     "SEAWALL__RETRY__B__MAX_ATTEMPTS: no section [retry \"...\"] has a name that reads \"B\""},
    {"[retry \"a\"]", "SEAWALL__RETRY__a__MAX_ATTEMPTS=3",
     "SEAWALL__RETRY__a__MAX_ATTEMPTS: no section [retry \"...\"] has a name that reads \"a\""},
    {"[retry \"a\"]", "SEAWALL__RETRY__A__MAX_ATEMPTS=3",
     "SEAWALL__RETRY__A__MAX_ATEMPTS: retry has no such key; did you mean max_attempts?"},
    {"[retry \"a\"]", "SEAWALL__RETRY__MAX_ATEMPTS=3",
     "SEAWALL__RETRY__MAX_ATEMPTS: retry has no such key; did you mean max_attempts?"},
    {"[retry \"a\"]", "SEAWALL__PIPELINE__A__POLICES=3",
     "SEAWALL__PIPELINE__A__POLICES: pipeline has no such key; did you mean policies?"},
    {"[retry \"a\"]", "SEAWALL__RETRY__A__X=3", "SEAWALL__RETRY__A__X: retry has no such key"},
    {"[retry \"a\"]", "SEAWALL__RETRY__A_MAX_ATTEMPTS=3",
     "SEAWALL__RETRY__A_MAX_ATTEMPTS: retry has no such key; did you mean max_attempts?"},
    {"[retry \"a\"]", "SEAWALL__RETRI__A__MAX_ATTEMPTS=3",
     "SEAWALL__RETRI__A__MAX_ATTEMPTS: no kind is meant: SEAWALL__KIND__KEY or SEAWALL__KIND__NAME__KEY; did you mean retry?"},
    {"[retry \"a\"]", "SEAWALL__=3",
     "SEAWALL__: no kind is meant: SEAWALL__KIND__KEY or SEAWALL__KIND__NAME__KEY; there are retry_budget, circuit_breaker, "
     "retry, timeout, rate_limiter, bulkhead, hedge, fallback, chaos, priority_level, thread_pool, pipeline, keyed, "
     "health_check, health_endpoint"},
    {"[retry \"a]\n", "SEAWALL__RETRY__A__MAX_ATTEMPTS=3", "t:1: the quotes are not closed"},
    {"[retry \"a-b\"]\n[retry \"a_b\"]", "X=1",
     "t:2: [retry \"a_b\"]: in a variable of the environment the name reads like that of [retry \"a-b\"] in line 1"},
};

START_TEST(wrong_variables_are_told)
{
    const char *const environment[] = {wrong_variables[_i].variable, NULL};
    room r;

    room_init(&r);
    ck_assert_int_eq(load_with(&r, wrong_variables[_i].text, environment), SEAWALL_INVALID);
    is_told(wrong_variables[_i].problems);
    ck_assert_int_eq(seawall_registry_count(r.registry), 0);
    room_fini(&r);
}
END_TEST

/* --- other files --- */

static char directory[256];

static const char *path_of(const char *name)
{
    static char path[300];

    (void)snprintf(path, sizeof(path), "%s/%s", directory, name);
    return path;
}

static void write_file(const char *name, const char *text)
{
    FILE *file = fopen(path_of(name), "w");

    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(text, 1, strlen(text), file), strlen(text));
    (void)fclose(file);
}

static seawall_status load_file(room *r, const char *name, bool include)
{
    begin();
    config.include = include;
    return seawall_registry_load_file(r->registry, path_of(name), &config, &r->error);
}

static void make_directory(void)
{
    const char *where = getenv("TMPDIR");

    (void)snprintf(directory, sizeof(directory), "%.200s/seawall-XXXXXX", where != NULL ? where : "/tmp");
    ck_assert_ptr_nonnull(mkdtemp(directory));
}

static void remove_directory(void)
{
    static const char *const names[] = {"main", "one", "two", "link"};
    size_t i;

    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        (void)unlink(path_of(names[i]));
    (void)rmdir(directory);
}

START_TEST(files_include_others_of_their_directory)
{
    char one[300];
    room r;

    room_init(&r);
    write_file("main", "include = \"one\"\ninclude = two\n[retry \"a\"]\nmax_attempts = 2\n");
    write_file("one", "\n[retry \"b\"]\nmax_attempts = 3\n");
    write_file("two", "[retry]\nbase_delay = 1ms\n");
    ck_assert_msg(load_file(&r, "main", true) == SEAWALL_OK, "%s", r.error.message);
    (void)snprintf(one, sizeof(one), "%s", path_of("one"));
    comes_from(&r, "retry", "b", "max_attempts", "3", one, 3, 0);
    comes_from(&r, "retry", "a", "max_attempts", "2", path_of("main"), 4, 0);
    comes_from(&r, "retry", "a", "base_delay", "1ms", path_of("two"), 2, 1);
    room_fini(&r);
}
END_TEST

START_TEST(names_that_collide_are_told_with_their_files)
{
    static const char *const environment[] = {NULL};
    char main_file[300], expected[1024];
    room r;

    room_init(&r);
    write_file("main", "include = one\n[retry \"a-b\"]\n");
    write_file("one", "\n[retry \"a_b\"]\n");
    (void)snprintf(main_file, sizeof(main_file), "%s", path_of("main"));
    (void)snprintf(expected, sizeof(expected),
                   "%s:2: [retry \"a-b\"]: in a variable of the environment the name reads like that of [retry \"a_b\"] in "
                   "line 2 of %s",
                   main_file, path_of("one"));
    begin();
    config.include = true;
    config.environment = environment;
    ck_assert_int_eq(seawall_registry_load_file(r.registry, main_file, &config, &r.error), SEAWALL_INVALID);
    is_told(expected);
    room_fini(&r);
}
END_TEST

static const struct {
    const char *text;
    int line;
    const char *problem; /* behind the path of the file */
} wrong_includes[] = {
    {"include = \"../one\"\n", 1, "include: a file is included by its bare name, from the same directory"},
    {"include = /etc/passwd\n", 1, "include: a file is included by its bare name, from the same directory"},
    {"include = ..\n", 1, "include: a file is included by its bare name, from the same directory"},
    {"include = \"\"\n", 1, "include: a file is included by its bare name, from the same directory"},
    {"include = one, two\n", 1, "include: a file is included by its bare name, from the same directory"},
    {"include = nothing\n", 1, "include: \"nothing\": there is no such file"},
    {"\ninclude = link\n", 2, "include: \"link\": it is a symbolic link"},
    {"include = ../one\n", 1, "include: a file is included by its bare name, from the same directory"},
    {"include = /etc/passwd\n", 1, "include: a file is included by its bare name, from the same directory"},
    {"include = main\n", 1, "include: files include one another more than 8 deep"},
    {"[retry]\ninclude = one\n", 2, "[retry] include: unknown key; there are "},
};

START_TEST(wrong_includes_are_told)
{
    char expected[1024];
    room r;

    room_init(&r);
    write_file("main", wrong_includes[_i].text);
    write_file("one", "");
    ck_assert_int_eq(symlink("one", path_of("link")), 0);
    ck_assert_int_eq(load_file(&r, "main", true), SEAWALL_INVALID);
    (void)snprintf(expected, sizeof(expected), "%s:%d: %s", path_of("main"), wrong_includes[_i].line, wrong_includes[_i].problem);
    ck_assert_msg(strncmp(all.text, expected, strlen(expected)) == 0, "%s", all.text);
    room_fini(&r);
}
END_TEST

START_TEST(including_is_off_unless_asked)
{
    room r;

    room_init(&r);
    write_file("main", "include = one\n");
    write_file("one", "[retry \"b\"]\n");
    ck_assert_int_eq(load_file(&r, "main", false), SEAWALL_INVALID);
    ck_assert_ptr_nonnull(strstr(all.text, "including other files is not switched on"));
    begin();
    config.include = 1; /* a text has no directory */
    ck_assert_int_eq(seawall_registry_load_text(r.registry, "include = one\n", 14, "t", &config, NULL), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_registry_load_text(NULL, "", 0, "t", NULL, NULL), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_registry_load_file(NULL, "x", NULL, NULL), SEAWALL_INVALID);
    room_fini(&r);
}
END_TEST

/* --- memory --- */

static seawall_status load_once(const seawall_platform *platform, void *arg, seawall_error *error)
{
    static const char text[] = "[retry]\nretry_budget = b\n[retry_budget \"b\"]\n[pipeline \"p\"]\npolicies = timeout, retry\n"
                               "[circuit_breaker \"a\"]\nfailure_threshold = 3\n";
    static const char *const environment[] = {"SEAWALL__CIRCUIT_BREAKER__A__FAILURE_THRESHOLD=4",
                                              "SEAWALL__TIMEOUT__REQUEST_TIMEOUT=1s", NULL};
    seawall_loader_config with = SEAWALL_LOADER_CONFIG_INIT;
    seawall_registry *registry;
    seawall_status status = seawall_registry_create(NULL, platform, &registry, error);

    (void)arg;
    if (status != SEAWALL_OK)
        return status;
    with.environment = environment;
    status = seawall_registry_load_text(registry, text, sizeof(text) - 1, "t", &with, error);
    ck_assert_int_eq(seawall_registry_count(registry), status == SEAWALL_OK ? 5 : 0);
    seawall_registry_destroy(registry);
    return status;
}

START_TEST(no_memory_is_a_status)
{
    ck_assert_int_ge(sw_test_sweep(load_once, NULL), 25);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("load");

    tcase_add_checked_fixture(tests, make_directory, remove_directory);
    tcase_add_test(tests, a_load_is_all_or_nothing);
    tcase_add_test(tests, what_has_no_section_is_judged_by_where_it_goes);
    tcase_add_test(tests, a_file_beats_the_code_and_the_code_the_defaults);
    tcase_add_test(tests, variables_override);
    tcase_add_test(tests, variables_have_no_comments);
    tcase_add_test(tests, variables_are_off_unless_handed_over);
    tcase_add_loop_test(tests, wrong_variables_are_told, 0, (int)(sizeof(wrong_variables) / sizeof(wrong_variables[0])));
    tcase_add_test(tests, files_include_others_of_their_directory);
    tcase_add_test(tests, names_that_collide_are_told_with_their_files);
    tcase_add_loop_test(tests, wrong_includes_are_told, 0, (int)(sizeof(wrong_includes) / sizeof(wrong_includes[0])));
    tcase_add_test(tests, including_is_off_unless_asked);
    tcase_add_test(tests, no_memory_is_a_status);
    return sw_test_run("load", tests);
}
