/*
 * Every field of every kind that can have a name, by walking the tables: reached from a file, from the environment, by the setter
 * and in the struct, it comes to the same; and each is told to come from there. And every beginning of the reference has a
 * verdict.
 */
#include <check.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "../registry/registry_room.h"
#include "base/field_value.h"
#include "registry/members.h"
#include "told.h"

#include "suite.h"

/*
 * A field, and a value that is not its default but is allowed beside the others' defaults. What a health check's fields mean
 * depends on `check`: that is what is set beside it.
 */
typedef struct wanted {
    int32_t index;
    const sw_config_kind *kind;
    const sw_field *field;
    const sw_field *beside; /* NULL: nothing */
    char beside_text[SW_TEXT_SIZE];
    sw_member_config config;
    char text[SW_TEXT_SIZE];
} wanted;

static void defaults_of(const wanted *it, sw_member_config *config)
{
    memset(config, 0, sizeof(*config));
    memcpy(config, it->kind->defaults, it->kind->size);
    sw_test_fill_required(it->kind->name, config);
    if (it->beside != NULL)
        ck_assert_int_eq(sw_config_set(it->kind, config, it->beside->key, it->beside_text, NULL), SEAWALL_OK);
}

/* Some values of each sort; the caller takes the first that fits. */
static const char *candidate(const sw_field *field, int number)
{
    static const char *const counts[] = {"1", "2", "3", "7", "100", "0", "1000", "5000", "131072", "1048576"};
    static const char *const durations[] = {"1s", "2s", "7s", "1h", "20s", "3s", "10s"};
    static const char *const rates[] = {"0.5", "0.25", "1", "0", "0.75", "0.1", "0.3"};
    static const char *const numbers[] = {"2.5", "3", "1.5", "10", "1"};
    static const char *const faults[] = {"conflict", "internal", "timeout"};
    static const char *const texts[] = {"unix:/run/x", "localhost:1", "200", "abc"};
    static char choice[64];
    const char *const *list = counts;
    int count = 10;

    switch (field->type) {
    case SEAWALL_FIELD_DURATION:
        list = durations, count = 7;
        break;
    case SEAWALL_FIELD_RATE:
        list = rates, count = 7;
        break;
    case SEAWALL_FIELD_MULTIPLIER:
        list = numbers, count = 5;
        break;
    case SEAWALL_FIELD_FAULTS:
        list = faults, count = 3;
        break;
    case SEAWALL_FIELD_TEXT:
        list = texts, count = 4;
        break;
    case SEAWALL_FIELD_SWITCH:
        return number == 0 ? "on" : number == 1 ? "off" : NULL;
    case SEAWALL_FIELD_CHOICE: {
        sw_span rest = sw_trim(field->choices), item = {"", 0};

        for (; number >= 0 && rest.length > 0; number--)
            item = sw_next_item(&rest);
        (void)snprintf(choice, sizeof(choice), "%.*s", (int)item.length, item.start);
        return number < 0 ? choice : NULL;
    }
    default:
        break;
    }
    return number < count ? list[number] : NULL;
}

/* False: no value goes with the defaults of the others. */
static bool choose(wanted *it)
{
    const char *text;
    int number;

    for (number = 0; (text = candidate(it->field, number)) != NULL; number++) {
        sw_member_config full, before;

        defaults_of(it, &before);
        it->config = before;
        if (sw_config_set(it->kind, &it->config, it->field->key, text, NULL) == SEAWALL_OK &&
            !sw_value_same(sw_value_load(it->field, &it->config), sw_value_load(it->field, &before)) &&
            sw_config_take(it->kind, &it->config, &full, NULL) == SEAWALL_OK)
            break;
    }
    if (text != NULL)
        (void)sw_value_print(it->field, sw_value_load(it->field, &it->config), it->text);
    return text != NULL;
}

static bool is_needed(const wanted *it, const sw_field *field)
{
    return sw_value_check(it->kind, field, sw_value_load(field, it->kind->defaults), NULL) != SEAWALL_OK;
}

/* What has no default, and what a member needs to name others, as lines of a section. */
static void write_needs(const wanted *it, char *text, size_t size)
{
    const sw_link *link = &sw_member_kinds[it->index].link;
    size_t length = 0;
    int32_t i;

    text[0] = '\0';
    for (i = 0; i < it->kind->count; i++) {
        const sw_field *field = &it->kind->fields[i];
        char value[SW_TEXT_SIZE];

        if (field == it->field || (field != it->beside && !is_needed(it, field)))
            continue;
        (void)sw_value_print(field, sw_value_load(field, &it->config), value);
        length += (size_t)snprintf(text + length, size - length, "%s = %s\n", field->key, value);
    }
    if (sw_link_is_required(link))
        (void)snprintf(text + length, size - length, "%s = retry\n", link->key);
}

/* A field that is spelled like a kind names one of it, which must have a section. */
static void add_section(const wanted *it, char *text, size_t size)
{
    const char *key = it->field->key;
    size_t length = strlen(text);

    if (it->field->type == SEAWALL_FIELD_TEXT && sw_member_kind_named((sw_span){key, strlen(key)}) >= 0)
        (void)snprintf(text + length, size - length, "[%s \"%s\"]\n", key, it->text);
}

static void is_there(room *r, const wanted *it, const char *name, seawall_origin_kind origin)
{
    seawall_origin found = {.size = sizeof(found)};
    char text[SW_TEXT_SIZE];

    ck_assert_int_eq(seawall_registry_describe(r->registry, it->kind->name, name, it->field->key, text, sizeof(text), NULL,
                                               &found),
                     SEAWALL_OK);
    if (!it->field->secret)
        ck_assert_msg(strcmp(text, it->text) == 0, "%s.%s: %s instead of %s", it->kind->name, it->field->key, text, it->text);
    ck_assert_int_eq(found.kind, origin);
}

static void load(room *r, const char *text, const char *const *environment)
{
    seawall_loader_config config = SEAWALL_LOADER_CONFIG_INIT;

    config.environment = environment;
    ck_assert_msg(seawall_registry_load_text(r->registry, text, strlen(text), "t", &config, &r->error) == SEAWALL_OK, "%s\n%s",
                  r->error.message, text);
}

static void by_file(const wanted *it, const char *name)
{
    char text[2048], needs[1024];
    room r;

    room_init(&r);
    write_needs(it, needs, sizeof(needs));
    (void)snprintf(text, sizeof(text), "[%s \"%s\"]\n%s%s = \"%s\"\n", it->kind->name, name, needs, it->field->key, it->text);
    if (it->field->type == SEAWALL_FIELD_FAULTS)
        (void)snprintf(text, sizeof(text), "[%s \"%s\"]\n%s%s = %s\n", it->kind->name, name, needs, it->field->key, it->text);
    add_section(it, text, sizeof(text));
    load(&r, text, NULL);
    is_there(&r, it, name, SEAWALL_ORIGIN_FILE);
    room_fini(&r);
}

static void by_environment(const wanted *it, const char *name)
{
    char text[2048], needs[1024], variable[1024];
    const char *const environment[] = {variable, NULL};
    room r;
    char *c;

    room_init(&r);
    write_needs(it, needs, sizeof(needs));
    (void)snprintf(text, sizeof(text), "[%s \"%s\"]\n%s", it->kind->name, name, needs);
    (void)snprintf(variable, sizeof(variable), "SEAWALL__%s__%s__%s=%s", it->kind->name, name, it->field->key, it->text);
    for (c = variable; *c != '='; c++)
        *c = (char)(isalnum((unsigned char)*c) ? toupper((unsigned char)*c) : '_');
    add_section(it, text, sizeof(text));
    load(&r, text, environment);
    is_there(&r, it, name, SEAWALL_ORIGIN_ENVIRONMENT);
    room_fini(&r);
}

/* Makes it as the typed functions do. */
static void make(room *r, const wanted *it, const char *name, const void *config)
{
    const sw_link *link = &sw_member_kinds[it->index].link;
    const char *names = link->key != NULL && link->form != SEAWALL_LINK_MEMBER ? "retry" : NULL;
    seawall_status status = SEAWALL_OK;
    sw_entry *entry;

    sw_registry_lock(r->registry);
    entry = sw_entry_need(r->registry, it->index, name, &status, &r->error);
    ck_assert_ptr_nonnull(entry);
    status = sw_change_make(r->registry, entry, config, names, &r->error);
    if (status == SEAWALL_OK)
        sw_change_commit(r->registry);
    sw_mutex_unlock(&r->registry->lock);
    ck_assert_msg(status == SEAWALL_OK, "%s", r->error.message);
}

static void by_setter(const wanted *it, const char *name)
{
    sw_member_config config;
    room r;
    int32_t i;

    room_init(&r);
    defaults_of(it, &config);
    for (i = 0; i < it->kind->count; i++) { /* what has no default */
        const sw_field *field = &it->kind->fields[i];
        char value[SW_TEXT_SIZE];

        if (field != it->beside && !is_needed(it, field))
            continue;
        (void)sw_value_print(field, sw_value_load(field, &config), value);
        room_set(&r, it->kind->name, name, field->key, value);
    }
    room_set(&r, it->kind->name, name, it->field->key, it->text);
    make(&r, it, name, NULL);
    is_there(&r, it, name, SEAWALL_ORIGIN_CALL);
    room_fini(&r);
}

static void by_struct(const wanted *it, const char *name)
{
    room r;

    room_init(&r);
    make(&r, it, name, &it->config);
    is_there(&r, it, name, SEAWALL_ORIGIN_CALL);
    room_fini(&r);
}

/* Of some kinds there are only these names. */
static void name_of(int32_t kind, char name[SEAWALL_NAME_SIZE_MAX + 1])
{
    const char *names = sw_member_kinds[kind].names;

    (void)snprintf(name, SEAWALL_NAME_SIZE_MAX + 1, "%.*s", names != NULL ? (int)strcspn(names, ",") : 11,
                   names != NULL ? names : "a-name of 1");
}

/* Answers whether there is a value for it beside that. */
static bool reach(const wanted *like)
{
    char name[SEAWALL_NAME_SIZE_MAX + 1];
    wanted it = *like;

    if (!choose(&it))
        return false;
    name_of(it.index, name);
    by_file(&it, name);
    by_environment(&it, name);
    by_setter(&it, name);
    by_struct(&it, name);
    return true;
}

START_TEST(every_field_is_reached_by_every_way)
{
    const sw_config_kind *kind = sw_member_kinds[_i].config;
    const sw_field *beside = sw_field_named(kind, "check");
    int32_t i;

    for (i = 0; i < kind->count; i++) {
        wanted it = {.index = _i, .kind = kind, .field = &kind->fields[i]};
        bool reached = reach(&it);
        const char *text;
        int number;

        for (number = 0; beside != NULL && it.field != beside && (text = candidate(beside, number)) != NULL; number++) {
            it.beside = beside;
            (void)snprintf(it.beside_text, sizeof(it.beside_text), "%s", text);
            reached = reach(&it) || reached;
        }
        ck_assert_msg(reached, "no value found for %s.%s", kind->name, it.field->key);
    }
}
END_TEST

/* --- keys that name other sections --- */

static void link_is(room *r, int32_t kind, const char *name, const char *value, seawall_origin_kind origin)
{
    room_is_from(r, sw_member_kinds[kind].config->name, name, sw_member_kinds[kind].link.key, value, origin);
}

static void make_linked(room *r, int32_t kind, const char *name)
{
    seawall_status status = SEAWALL_OK;
    sw_entry *entry;

    sw_registry_lock(r->registry);
    entry = sw_entry_need(r->registry, kind, name, &status, &r->error);
    ck_assert_ptr_nonnull(entry);
    status = sw_change_make(r->registry, entry, NULL, NULL, &r->error);
    ck_assert_msg(status == SEAWALL_OK, "%s", r->error.message);
    sw_change_commit(r->registry);
    sw_mutex_unlock(&r->registry->lock);
}

START_TEST(every_link_is_reached_by_every_way)
{
    const sw_link *link = &sw_member_kinds[_i].link;
    const char *kind = sw_member_kinds[_i].config->name, *word = "retry", *value = "retry \"else\"";
    char name[SEAWALL_NAME_SIZE_MAX + 1], others[256], text[1024], variable[256];
    const char *const environment[] = {variable, NULL};
    room r;
    char *c;

    if (link->key == NULL)
        return;
    name_of(_i, name);
    if (link->form == SEAWALL_LINK_MEMBER) {
        word = sw_member_kinds[link->kind].config->name;
        value = "else";
    }
    (void)snprintf(others, sizeof(others), "[%s \"else\"]\n%s", word,
                   link->form == SEAWALL_LINK_MEMBER && link->kind == SW_MEMBER_PIPELINE ? "policies = timeout\n" : "");
    room_init(&r);
    (void)snprintf(text, sizeof(text), "%s[%s \"%s\"]\n%s = %s\n", others, kind, name, link->key, value);
    load(&r, text, NULL);
    link_is(&r, _i, name, value, SEAWALL_ORIGIN_FILE);
    room_fini(&r);

    room_init(&r);
    (void)snprintf(text, sizeof(text), "%s[%s \"%s\"]\n%s%s", others, kind, name, sw_link_is_required(link) ? link->key : "",
                   sw_link_is_required(link) ? " = timeout\n" : "");
    (void)snprintf(variable, sizeof(variable), "SEAWALL__%s__%s__%s=%s", kind, name, link->key, value);
    for (c = variable; *c != '='; c++)
        *c = (char)(isalnum((unsigned char)*c) ? toupper((unsigned char)*c) : '_');
    load(&r, text, environment);
    link_is(&r, _i, name, value, SEAWALL_ORIGIN_ENVIRONMENT);
    room_fini(&r);

    room_init(&r);
    load(&r, others, NULL);
    room_set(&r, kind, name, link->key, value);
    make_linked(&r, _i, name);
    link_is(&r, _i, name, value, SEAWALL_ORIGIN_CALL);
    room_fini(&r);
}
END_TEST

START_TEST(every_beginning_of_the_reference_has_a_verdict)
{
    static told all;
    static char text[16384];
    size_t length = told_slurp(told_source("examples/reference.conf"), text, sizeof(text)), cut;
    int good = 0;

    for (cut = 0; cut <= length; cut++) {
        seawall_error error = {0};
        seawall_status status = told_check(&all, text, cut, NULL, &error);

        ck_assert(status == SEAWALL_OK || status == SEAWALL_INVALID);
        ck_assert_int_eq(status == SEAWALL_OK, all.count == 0);
        ck_assert(all.tidy);
        good += status == SEAWALL_OK;
    }
    ck_assert_int_gt(good, 100); /* within comments, and at ends of lines */
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("every field");

    tcase_add_loop_test(tests, every_field_is_reached_by_every_way, 0, SW_MEMBER_KINDS);
    tcase_add_loop_test(tests, every_link_is_reached_by_every_way, 0, SW_MEMBER_KINDS);
    tcase_add_test(tests, every_beginning_of_the_reference_has_a_verdict);
    return sw_test_run("every field", tests);
}
