/*
 * The reference configuration as it stands. What it says is worked out here once more, line by line with the setters alone, and
 * each field of each object that the loader makes of it must be that. No section is of a kind that the library does not have.
 */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "../registry/registry_room.h"
#include "told.h"

#include "suite.h"

#define TEXT_SIZE 16384

typedef struct line {
    char kind[64], name[64]; /* of the section; no name: the kind's defaults */
    char key[64], value[256]; /* none: the section itself */
    int number;
} line;

static line lines[256];
static int line_count, left_out;
static char text[TEXT_SIZE];

static bool is_known(const char *kind)
{
    char one[128];

    (void)snprintf(one, sizeof(one), "[%s]\n", kind);
    return seawall_loader_check_text(one, strlen(one), "t", NULL, NULL, NULL) == SEAWALL_OK;
}

/* Takes one line; answers whether it stays. */
static bool take(const char *from, int number, line *section, bool *known)
{
    line it = *section;

    it.number = number;
    it.key[0] = it.value[0] = '\0';
    if (*from == '[') {
        it.name[0] = '\0';
        ck_assert_int_ge(sscanf(from, "[%63[a-z_] \"%63[^\"]\"]", it.kind, it.name), 1);
        *known = is_known(it.kind);
        left_out += !*known;
    } else if (sscanf(from, "%63[a-z_] = %255[^#\n]", it.key, it.value) != 2) {
        return true;
    }
    *section = it;
    section->key[0] = '\0';
    if (*known)
        lines[line_count++] = it;
    return *known;
}

/* Reads the file into the lines, and into the text what is to be loaded of it. */
static void begin(void)
{
    static char whole[TEXT_SIZE];
    line section = {.kind = ""};
    const char *at = whole;
    size_t length = 0;
    int number = 1;
    bool known = true;

    whole[told_slurp(told_source("examples/reference.conf"), whole, sizeof(whole) - 1)] = '\0';
    line_count = left_out = 0;
    for (; *at != '\0'; number++) {
        size_t width = strcspn(at, "\n") + 1;

        if (take(at, number, &section, &known)) {
            memcpy(text + length, at, width);
            length += width;
        } else {
            text[length++] = '\n'; /* so that lines keep their numbers */
        }
        at += width;
    }
    text[length] = '\0';
}

/* What the object is to have in this field: the library's default, what the file says of the kind, and of the name. */
static void expect(const line *section, const char *key, char value[512])
{
    union {
        unsigned char bytes[4096];
        long double align;
    } config;
    int pass, i;

    ck_assert_int_eq(seawall_config_init(section->kind, &config, seawall_config_size(section->kind)), SEAWALL_OK);
    for (pass = 0; pass < 2; pass++) {
        for (i = 0; i < line_count; i++) {
            const line *it = &lines[i];

            if (it->key[0] == '\0' || strcmp(it->kind, section->kind) != 0 ||
                strcmp(it->name, pass == 0 ? "" : section->name) != 0)
                continue;
            ck_assert_int_eq(seawall_config_set(it->kind, &config, it->key, it->value, NULL), SEAWALL_OK);
        }
    }
    ck_assert_int_eq(seawall_config_get(section->kind, &config, key, value, 512, NULL), SEAWALL_OK);
}

static void is_as_written(room *r, const line *section)
{
    int32_t i;

    for (i = 0; i < seawall_config_field_count(section->kind); i++) {
        seawall_field field = {.size = sizeof(field)};
        char wanted[512], found[512];

        ck_assert_int_eq(seawall_config_field(section->kind, i, &field), SEAWALL_OK);
        expect(section, field.key, wanted);
        ck_assert_int_eq(seawall_registry_describe(r->registry, section->kind, section->name, field.key, found, sizeof(found),
                                                   NULL, NULL),
                         SEAWALL_OK);
        ck_assert_msg(strcmp(found, wanted) == 0, "[%s \"%s\"] %s: %s instead of %s", section->kind, section->name, field.key,
                      found, wanted);
    }
}

START_TEST(it_loads_with_exactly_its_values)
{
    seawall_loader_config config = SEAWALL_LOADER_CONFIG_INIT;
    int objects = 0, i;
    static told all;
    room r;

    room_init(&r);
    memset(&all, 0, sizeof(all));
    config.report = told_problem;
    config.report_user = &all;
    ck_assert_msg(seawall_registry_load_text(r.registry, text, strlen(text), "t", &config, &r.error) == SEAWALL_OK, "%s",
                  all.text);
    for (i = 0; i < line_count; i++) {
        if (lines[i].key[0] != '\0' || lines[i].name[0] == '\0')
            continue;
        is_as_written(&r, &lines[i]);
        objects++;
    }
    ck_assert_int_eq(left_out, 0);
    ck_assert_int_eq(objects, 19);
    room_fini(&r);
}
END_TEST

/* And from where. */
START_TEST(each_value_comes_from_its_line)
{
    int i, told_of = 0;
    room r;

    room_init(&r);
    ck_assert_int_eq(seawall_registry_load_text(r.registry, text, strlen(text), "t", NULL, NULL), SEAWALL_OK);
    for (i = 0; i < line_count; i++) {
        seawall_origin origin = {.size = sizeof(origin)};
        char value[512];

        if (lines[i].key[0] == '\0' || lines[i].name[0] == '\0')
            continue;
        ck_assert_int_eq(seawall_registry_describe(r.registry, lines[i].kind, lines[i].name, lines[i].key, value, sizeof(value),
                                                   NULL, &origin),
                         SEAWALL_OK);
        ck_assert_int_eq(origin.kind, SEAWALL_ORIGIN_FILE);
        ck_assert_int_eq(origin.line, lines[i].number);
        told_of++;
    }
    ck_assert_int_ge(told_of, 9);
    room_fini(&r);
}
END_TEST

/* The defaults that it writes down are those of the structs. */
START_TEST(its_defaults_are_the_defaults)
{
    int i, compared = 0;

    for (i = 0; i < line_count; i++) {
        char value[512], bare[512];
        line nothing = {.number = 0};
        int count = line_count;

        if (lines[i].key[0] == '\0' || lines[i].name[0] != '\0')
            continue;
        (void)snprintf(nothing.kind, sizeof(nothing.kind), "%s", lines[i].kind);
        expect(&nothing, lines[i].key, value);
        line_count = 0;
        expect(&nothing, lines[i].key, bare);
        line_count = count;
        ck_assert_str_eq(value, bare);
        compared++;
    }
    ck_assert_int_ge(compared, 14);
}
END_TEST

/* A reload of the same is nothing to anybody. */
static void count_changes(const seawall_change *change, void *user)
{
    (void)change;
    (*(int *)user)++;
}

START_TEST(a_reload_of_it_changes_nothing)
{
    seawall_loader_config config = SEAWALL_LOADER_CONFIG_INIT;
    int changes = 0;
    room r;

    room_init(&r);
    ck_assert_int_eq(seawall_registry_load_text(r.registry, text, strlen(text), "t", NULL, NULL), SEAWALL_OK);
    config.change = count_changes;
    config.change_user = &changes;
    ck_assert_msg(seawall_registry_reload_text(r.registry, text, strlen(text), "t", &config, &r.error) == SEAWALL_OK, "%s",
                  r.error.message);
    ck_assert_int_eq(changes, 0);
    room_fini(&r);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("reference");

    tcase_add_checked_fixture(tests, begin, NULL);
    tcase_add_test(tests, it_loads_with_exactly_its_values);
    tcase_add_test(tests, each_value_comes_from_its_line);
    tcase_add_test(tests, its_defaults_are_the_defaults);
    tcase_add_test(tests, a_reload_of_it_changes_nothing);
    return sw_test_run("reference", tests);
}
