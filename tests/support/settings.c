/* One setting at a time. */
#include <check.h>
#include <string.h>

#include "kinds.h"

#define ROOM 4096 /* bytes, for any config struct and more */

typedef union any_config {
    unsigned char bytes[ROOM];
    uint32_t size;
    long double align;
} any_config;

static seawall_field field_named(const char *kind, const char *key)
{
    int32_t i;

    for (i = 0; i < seawall_config_field_count(kind); i++) {
        seawall_field field = {.size = sizeof(field)};

        ck_assert_int_eq(seawall_config_field(kind, i, &field), SEAWALL_OK);
        if (strcmp(field.key, key) == 0)
            return field;
    }
    ck_abort_msg("%s has no field \"%s\"", kind, key);
    return (seawall_field){.size = 0};
}

static void put(const char *kind, const sw_test_setting *setting, any_config *config)
{
    seawall_field field;
    uint32_t low = (uint32_t)setting->whole;

    if (strcmp(setting->key, "size") == 0) {
        config->size = low;
        return;
    }
    field = field_named(kind, setting->key);
    if (field.type == SEAWALL_FIELD_RATE || field.type == SEAWALL_FIELD_MULTIPLIER)
        memcpy(config->bytes + field.offset, &setting->number, sizeof(setting->number));
    else if (field.type == SEAWALL_FIELD_DURATION)
        memcpy(config->bytes + field.offset, &setting->whole, sizeof(setting->whole));
    else
        memcpy(config->bytes + field.offset, &low, sizeof(low));
}

static void begins_with(const char *text, const char *beginning)
{
    ck_assert_msg(strncmp(text, beginning, strlen(beginning)) == 0, "\"%s\" does not begin with \"%s\"", text, beginning);
}

void sw_test_setting_holds(const char *name, const sw_test_setting *setting)
{
    const sw_test_kind *kind = sw_test_kind_named(name);
    any_config config = {.size = 0};
    seawall_platform platform = *seawall_platform_default();
    sw_test_memory memory;
    seawall_error error = {0};
    seawall_status status;
    void *made = &config;

    sw_test_memory_init(&memory);
    sw_test_memory_install(&memory, &platform);
    ck_assert_int_eq(kind->init(&config, seawall_config_size(name)), SEAWALL_OK);
    put(name, setting, &config);
    status = kind->create(&config, &platform, &made, &error);
    if (setting->message == NULL) {
        ck_assert_msg(status == SEAWALL_OK, "%s", error.message);
        kind->destroy(made);
    } else {
        ck_assert_msg(status == SEAWALL_INVALID, "not refused with \"%s\"", setting->message);
        ck_assert_ptr_eq(made, &config);
        ck_assert_int_eq(error.status, SEAWALL_INVALID);
        begins_with(error.message, setting->message);
        begins_with(setting->message, error.key);
        ck_assert_int_eq(memory.requests, 0);
    }
    ck_assert_msg(sw_test_memory_clean(&memory), "%lld blocks left", (long long)memory.blocks);
    sw_test_memory_fini(&memory);
}

void sw_test_settings_are_enough(const char *kind, const sw_test_setting *settings, size_t count)
{
    int32_t index;

    for (index = 0; index < seawall_config_field_count(kind); index++) {
        seawall_field field = {.size = sizeof(field)};
        int accepted = 0, refused = 0;
        size_t i;

        ck_assert_int_eq(seawall_config_field(kind, index, &field), SEAWALL_OK);
        for (i = 0; i < count; i++) {
            bool same = strcmp(settings[i].key, field.key) == 0;

            accepted += same && settings[i].message == NULL;
            refused += same && settings[i].message != NULL;
        }
        ck_assert_msg(accepted >= 2 && refused >= 2, "%s.%s has too few rows", kind, field.key);
    }
}

/* libcheck hands a test nothing but a number. */
static struct {
    const char *kind;
    const sw_test_setting *settings;
    int count;
} rows;

START_TEST(every_bound_is_kept)
{
    sw_test_setting_holds(rows.kind, &rows.settings[_i]);
}
END_TEST

START_TEST(every_field_has_rows)
{
    sw_test_settings_are_enough(rows.kind, rows.settings, (size_t)rows.count);
}
END_TEST

TCase *sw_test_settings_case(const char *kind, const sw_test_setting *settings, int count)
{
    TCase *tests = tcase_create("settings");

    rows.kind = kind;
    rows.settings = settings;
    rows.count = count;
    tcase_add_loop_test(tests, every_bound_is_kept, 0, count);
    tcase_add_test(tests, every_field_has_rows);
    return tests;
}
