/* Files that are right, files that are no files, and how much any of them may cost. */
#define _GNU_SOURCE
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "told.h"

#include "suite.h"

#define ROOM 65536

static told all;
static char text[ROOM];
static char directory[256];

static void good(const char *what)
{
    ck_assert_msg(told_check(&all, what, strlen(what), NULL, NULL) == SEAWALL_OK, "%s: %s", what, all.text);
    ck_assert_int_eq(all.count, 0);
}

static const char *const good_files[] = {
    "",
    "\n\n",
    "\xEF\xBB\xBF",
    "\xEF\xBB\xBF[retry]\n",
    "# nothing",
    "; nothing",
    "   \t# nothing \x7E",
    "[retry]",
    "[ retry ]",
    "  [\tretry\t\"a\"\t]\t# named",
    "[retry \"a b\"] ; named",
    "[retry \"]\"]",
    "[retry \"#\"]",
    "[retry \"\\\"\\\\\"]",
    "[retry \"\xC3\xA9\"]",
    "[retry]\r\nmax_attempts = 3\r\n",
    "[retry]\nmax_attempts=3",
    "[retry]\n  max_attempts   =   3   # three",
    "[retry]\nmax_attempts = 3\t;three",
    "[retry]\nmax_attempts = \"3\"",
    "[retry]\njitter = \"full\" # quoted",
    "[retry]\nretryable_errors = timeout,internal",
    "[retry]\nretryable_errors = \"timeout\" , \"internal\"",
    "[retry]\nretryable_errors = \"timeout, internal\"",
    "[retry]\nretryable_errors = none\nnon_retryable_errors = none",
    "[retry]\nmax_elapsed = inf\njitter_factor = 25%\nretry_refusals = yes",
    "[retry \"a\"]\nmax_delay = 1ms\n[retry]\nbase_delay = \"1us\"", /* defaults may come after what uses them */
    "[circuit_breaker]\nsuccesses_to_close = auto",
    "[rate_limiter]\nrate = 5\n[rate_limiter \"a\"]\nperiod = 1m",
    "[rate_limiter]\nperiod = 1m\n[rate_limiter \"a\"]\nrate = 5",
    "[retry_budget \"shared\"]\n[retry]\nretry_budget = \"shared\"\n[hedge \"h\"]\nretry_budget = shared",
    "[pipeline \"p\"]\npolicies = timeout, retry, attempt_timeout",
    "[retry \"a,b\"]\n[pipeline \"p\"]\npolicies = timeout,retry \"a,b\",circuit_breaker\nlate = 2",
    "[pipeline]\npolicies = retry\n[pipeline \"p\"]",
    "[pipeline \"q\"]\npolicies = retry\n[fallback \"f\"]\npipeline = \"q\"\n[pipeline \"p\"]\npolicies = fallback \"f\"",
    "[retry \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"]",
};

START_TEST(what_is_right_is_accepted)
{
    size_t i;

    for (i = 0; i < sizeof(good_files) / sizeof(good_files[0]); i++)
        good(good_files[i]);
}
END_TEST

/* A value may have an equals sign, a bracket or an unquoted hash in it: it is the value that is refused, not the form. */
START_TEST(only_the_form_is_the_scanners)
{
    static const char wrong[] = "[retry]\njitter = a=b\nbackoff = [x]\nmax_attempts = a#b\n";

    ck_assert_int_eq(told_check(&all, wrong, sizeof(wrong) - 1, NULL, NULL), SEAWALL_INVALID);
    ck_assert_int_eq(all.count, 3);
    ck_assert_ptr_nonnull(strstr(all.text, "t:2: [retry] jitter: \"a=b\" is not one of"));
    ck_assert_ptr_nonnull(strstr(all.text, "t:3: [retry] backoff: \"[x]\" is not one of"));
    ck_assert_ptr_nonnull(strstr(all.text, "t:4: [retry] max_attempts: \"a#b\" is not a whole number"));
}
END_TEST

/* Every key of the kind is listed where none is near. */
START_TEST(known_keys_are_listed)
{
    static const char wrong[] = "[timeout]\nzzzzzzzzzzz = 1\n";
    int32_t i;

    ck_assert_int_eq(told_check(&all, wrong, sizeof(wrong) - 1, NULL, NULL), SEAWALL_INVALID);
    for (i = 0; i < seawall_config_field_count("timeout"); i++) {
        seawall_field field = {.size = sizeof(field)};

        ck_assert_int_eq(seawall_config_field("timeout", i, &field), SEAWALL_OK);
        ck_assert_msg(strstr(all.text, field.key) != NULL, "%s does not name %s", all.text, field.key);
    }
}
END_TEST

/* Each field of each kind, as its default is told. */
START_TEST(every_field_can_be_said)
{
    static const char *const kinds[] = {"circuit_breaker", "retry", "retry_budget", "timeout", "rate_limiter",
                                        "bulkhead",        "hedge", "fallback",     "chaos"};
    const char *kind = kinds[_i];
    int32_t count = seawall_config_field_count(kind), i;
    size_t length = (size_t)snprintf(text, sizeof(text), "[%s \"x\"]\n", kind);
    union {
        unsigned char bytes[4096];
        long double align;
    } config;

    ck_assert_int_eq(seawall_config_init(kind, &config, seawall_config_size(kind)), SEAWALL_OK);
    sw_test_fill_required(kind, &config);
    for (i = 0; i < count; i++) {
        seawall_field field = {.size = sizeof(field)};
        char value[512];

        ck_assert_int_eq(seawall_config_field(kind, i, &field), SEAWALL_OK);
        ck_assert_int_eq(seawall_config_get(kind, &config, field.key, value, sizeof(value), NULL), SEAWALL_OK);
        length += (size_t)snprintf(text + length, sizeof(text) - length, "%s = %s\n", field.key, value);
    }
    good(text);
    length = (size_t)snprintf(text, sizeof(text), "[%s \"x\"]\n", kind);
    for (i = 0; i < count; i++) {
        seawall_field field = {.size = sizeof(field)};

        ck_assert_int_eq(seawall_config_field(kind, i, &field), SEAWALL_OK);
        length += (size_t)snprintf(text + length, sizeof(text) - length, "%s = no such value\n", field.key);
    }
    ck_assert_int_eq(told_check(&all, text, length, NULL, NULL), SEAWALL_INVALID);
    ck_assert_int_eq(all.count, count);
}
END_TEST

/* --- the reference configuration --- */

static size_t reference(void)
{
    return told_slurp(told_source("examples/reference.conf"), text, sizeof(text));
}

/* Of what the library knows nothing is refused; the kinds and phases that it does not know are told by name, each once. */
START_TEST(the_reference_is_read)
{
    size_t length = reference();
    const char *c;

    (void)told_check(&all, text, length, NULL, NULL);
    ck_assert(all.tidy);
    for (c = all.text; *c != '\0'; c += strcspn(c, "|") + (c[strcspn(c, "|")] == '|')) {
        size_t one = strcspn(c, "|");

        ck_assert_msg(memmem(c, one, ": unknown k", 11) != NULL, "%s", c);
    }
}
END_TEST

START_TEST(every_truncation_has_a_verdict)
{
    size_t length = reference(), cut;

    for (cut = 0; cut <= length; cut++) {
        seawall_status status = told_check(&all, text, cut, NULL, NULL);

        ck_assert(status == SEAWALL_OK || status == SEAWALL_INVALID);
        ck_assert_int_eq(status == SEAWALL_OK, all.count == 0);
        ck_assert(all.tidy);
    }
}
END_TEST

/* --- bounds --- */

static char *many;

static size_t many_sections(int count)
{
    size_t length = 0;
    int i;

    for (i = 0; i < count; i++)
        length += (size_t)sprintf(many + length, "[retry \"member %d\"]\nmax_attempts = 4\nbase_delay = 1ms\n", i);
    return length;
}

typedef struct counted {
    sw_test_memory memory;
    seawall_platform platform;
} counted;

static void count_memory(counted *it)
{
    it->platform = *seawall_platform_default();
    sw_test_memory_init(&it->memory);
    sw_test_memory_install(&it->memory, &it->platform);
}

/* Work is counted in requests for memory: a reader that looked at each section for each other would take minutes. */
START_TEST(twenty_thousand_sections_are_read)
{
    counted it;
    size_t length;

    many = malloc(4000000);
    length = many_sections(20000);
    count_memory(&it);
    ck_assert_int_eq(told_check(&all, many, length, &it.platform, NULL), SEAWALL_OK);
    ck_assert_int_le(it.memory.requests, 60);
    ck_assert(sw_test_memory_clean(&it.memory));
    sw_test_memory_fini(&it.memory);
    free(many);
}
END_TEST

START_TEST(not_all_of_a_flood_of_mistakes_is_told)
{
    int i;

    many = malloc(4000000);
    for (i = 0; i < 1000000; i++)
        memcpy(many + 2 * i, "x\n", 2);
    ck_assert_int_eq(told_check(&all, many, 2000000, NULL, NULL), SEAWALL_INVALID);
    ck_assert_int_eq(all.count, SEAWALL_PROBLEMS_MAX);
    free(many);
}
END_TEST

START_TEST(what_is_too_large_is_refused)
{
    seawall_error error = {0};

    ck_assert_int_eq(seawall_loader_check_text("", (size_t)SEAWALL_FILE_SIZE_MAX + 1, "t", NULL, NULL, &error), SEAWALL_INVALID);
    ck_assert_str_eq(error.message, "loader: the text is larger than 16777216 bytes");
    /* One line without an end. */
    many = malloc(SEAWALL_FILE_SIZE_MAX);
    memset(many, 'x', SEAWALL_FILE_SIZE_MAX);
    ck_assert_int_eq(told_check(&all, many, SEAWALL_FILE_SIZE_MAX, NULL, NULL), SEAWALL_INVALID);
    ck_assert_str_eq(all.text, "t:1: the line is longer than 4096 bytes");
    free(many);
}
END_TEST

static seawall_status load_once(const seawall_platform *platform, void *arg, seawall_error *error)
{
    (void)arg;
    return seawall_loader_check_text(many, many_sections(30), "t", NULL, platform, error);
}

static seawall_status load_file_once(const seawall_platform *platform, void *path, seawall_error *error)
{
    seawall_loader_config config = SEAWALL_LOADER_CONFIG_INIT;

    config.include = 1;
    return seawall_loader_check_file(path, &config, platform, error);
}

static void write_file(const char *path, const char *what, size_t length)
{
    FILE *file = fopen(path, "w");

    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(what, 1, length, file), length);
    (void)fclose(file);
}

START_TEST(no_memory_is_a_status)
{
    char path[300], inner[300];

    many = malloc(10000);
    ck_assert_int_ge(sw_test_sweep(load_once, NULL), 4);
    (void)snprintf(path, sizeof(path), "%s/outer.conf", directory);
    (void)snprintf(inner, sizeof(inner), "%s/good.conf", directory);
    write_file(path, "include = good.conf\n", 20);
    write_file(inner, many, many_sections(30));
    ck_assert_int_ge(sw_test_sweep(load_file_once, path), 7);
    (void)unlink(path);
    (void)unlink(inner);
    free(many);
}
END_TEST

/* --- files that are none --- */

static void refused(const char *path, const char *message)
{
    seawall_loader_config config = SEAWALL_LOADER_CONFIG_INIT;
    seawall_error error = {0};
    counted it;
    char whole[512];

    memset(&all, 0, sizeof(all));
    all.tidy = true;
    config.report = told_problem;
    config.report_user = &all;
    count_memory(&it);
    (void)snprintf(whole, sizeof(whole), "%s: %s", path, message);
    ck_assert_int_eq(seawall_loader_check_file(path, &config, &it.platform, &error), SEAWALL_INVALID);
    ck_assert_str_eq(error.message, whole);
    ck_assert_str_eq(all.text, whole);
    ck_assert(sw_test_memory_clean(&it.memory));
    sw_test_memory_fini(&it.memory);
}

START_TEST(what_is_no_file_is_refused)
{
    char path[300];
    FILE *file;

    refused(directory, "it is a directory");
    refused("/no/such/file", "there is no such file");
    refused("", "there is no such file");
    refused("/dev/null", "it is no regular file");
    refused("/dev/zero", "it is no regular file");
    (void)snprintf(path, sizeof(path), "%s/fifo", directory);
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    refused(path, "it is no regular file");
    (void)unlink(path);
    (void)snprintf(path, sizeof(path), "%s/huge", directory);
    file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(ftruncate(fileno(file), (off_t)SEAWALL_FILE_SIZE_MAX + 1), 0);
    (void)fclose(file);
    refused(path, "the file is larger than 16777216 bytes");
    if (geteuid() != 0) { /* who may read all may read this */
        ck_assert_int_eq(chmod(path, 0), 0);
        refused(path, "the file may not be read");
    }
    (void)unlink(path);
    (void)snprintf(path, sizeof(path), "%s/loop", directory);
    ck_assert_int_eq(symlink(path, path), 0);
    refused(path, "it is a symbolic link, or there are too many");
    (void)unlink(path);
}
END_TEST

/* Files that do not know their size: of the process itself, and empty by what they say. */
START_TEST(a_file_that_says_it_is_empty_is_read_to_its_end)
{
    seawall_error error = {0};

    ck_assert_int_eq(seawall_loader_check_file("/proc/self/status", NULL, NULL, &error), SEAWALL_INVALID);
    ck_assert_ptr_nonnull(strstr(error.message, "/proc/self/status:1: "));
}
END_TEST

START_TEST(misuse_is_told)
{
    seawall_loader_config config = SEAWALL_LOADER_CONFIG_INIT;
    seawall_error error = {0};

    ck_assert_int_eq(seawall_loader_check_file(NULL, NULL, NULL, &error), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_loader_check_text(NULL, 1, "t", NULL, NULL, &error), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_loader_check_text("", 0, NULL, NULL, NULL, &error), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_loader_check_text(NULL, 0, "t", NULL, NULL, &error), SEAWALL_OK);
    config.size = 3;
    ck_assert_int_eq(seawall_loader_check_text("", 0, "t", &config, NULL, &error), SEAWALL_INVALID);
    ck_assert_str_eq(error.key, "loader");
}
END_TEST

static void make_directory(void)
{
    const char *where = getenv("TMPDIR");

    (void)snprintf(directory, sizeof(directory), "%.200s/seawall-XXXXXX", where != NULL ? where : "/tmp");
    ck_assert_ptr_nonnull(mkdtemp(directory));
}

static void remove_directory(void)
{
    (void)rmdir(directory);
}

int main(void)
{
    TCase *tests = tcase_create("loader");

    tcase_add_checked_fixture(tests, make_directory, remove_directory);
    tcase_add_test(tests, what_is_right_is_accepted);
    tcase_add_test(tests, only_the_form_is_the_scanners);
    tcase_add_test(tests, known_keys_are_listed);
    tcase_add_loop_test(tests, every_field_can_be_said, 0, 9);
    tcase_add_test(tests, the_reference_is_read);
    tcase_add_test(tests, every_truncation_has_a_verdict);
    tcase_add_test(tests, twenty_thousand_sections_are_read);
    tcase_add_test(tests, not_all_of_a_flood_of_mistakes_is_told);
    tcase_add_test(tests, what_is_too_large_is_refused);
    tcase_add_test(tests, no_memory_is_a_status);
    tcase_add_test(tests, what_is_no_file_is_refused);
    tcase_add_test(tests, a_file_that_says_it_is_empty_is_read_to_its_end);
    tcase_add_test(tests, misuse_is_told);
    return sw_test_run("loader", tests);
}
