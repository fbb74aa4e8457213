/* Configurations drawn at random. */
#include "random_settings.h"

#include <check.h>
#include <string.h>

#include "support.h"

uint64_t random_state;

uint64_t random_below(uint64_t n)
{
    return sw_test_next(&random_state) % n;
}

/* A whole number between the bounds: any magnitude is as likely as any other, and the bounds are likely too. */
static int64_t whole(double minimum, double maximum)
{
    int64_t low = (int64_t)minimum, high = maximum >= 9e18 ? INT64_MAX : (int64_t)maximum;
    uint64_t span = (uint64_t)high - (uint64_t)low;

    if (span == 0 || random_below(8) == 0)
        return random_below(2) == 0 ? low : high;
    return low + (int64_t)((sw_test_next(&random_state) >> random_below(64)) % span);
}

static double fraction(double minimum, double maximum)
{
    double part = (double)(sw_test_next(&random_state) >> 11) / 9007199254740992.0;

    if (random_below(8) == 0)
        return random_below(2) == 0 ? minimum : maximum;
    if (random_below(16) != 0) /* few digits, which are read faster; what has many is read by its own tests */
        return minimum + (maximum - minimum) * (double)random_below(1001) / 1000.0;
    return minimum + (maximum - minimum) * part * (random_below(2) == 0 ? 1.0 : part * part * part);
}

/* A value of the field's type, within its bounds, in the struct. */
static void put_random(const seawall_field *field, unsigned char *config)
{
    double number = fraction(field->minimum, field->maximum < 1e300 ? field->maximum : 1e300);
    int64_t value = field->automatic && random_below(4) == 0 ? SEAWALL_AUTO : whole(field->minimum, field->maximum);
    uint32_t word = (uint32_t)value;

    if (field->type == SEAWALL_FIELD_FAULTS)
        word = (uint32_t)sw_test_next(&random_state) & SEAWALL_FAULTS_ALL;
    if (field->zero && random_below(8) == 0)
        value = word = 0;
    if (field->type == SEAWALL_FIELD_RATE || field->type == SEAWALL_FIELD_MULTIPLIER)
        memcpy(config + field->offset, &number, sizeof(number));
    else if (field->type == SEAWALL_FIELD_DURATION)
        memcpy(config + field->offset, &value, sizeof(value));
    else
        memcpy(config + field->offset, &word, sizeof(word));
}

static void put_random_text(const seawall_field *field, unsigned char *config)
{
    static const char letters[] = "abc:/.?=019 \"\\#;,[]\xC3\xA9";
    size_t most = (size_t)field->maximum, length = random_below(random_below(2) == 0 ? 8 : most), at = 0, i;
    char *text = (char *)config + field->offset;

    for (i = 0; i < length && at + 2 < most; i++) {
        char c = letters[random_below(sizeof(letters) - 1)];
        bool two = ((unsigned char)c & 0x80) != 0;

        memcpy(text + at, two ? "\xC3\xA9" : &c, two ? 2 : 1);
        at += two ? 2 : 1;
    }
    memset(text + at, 0, most + 1 - at);
}

/* What the struct holds, but for fields that keep their defaults. */
void random_fields(seawall_registry *registry, const char *kind, const char *name)
{
    union {
        unsigned char bytes[4096];
        long double align;
    } config;
    bool costs_memory = strcmp(kind, "thread_pool") == 0 || strcmp(kind, "keyed") == 0; /* for each that there may be */
    char value[512];
    int32_t i;

    ck_assert_int_eq(seawall_config_init(kind, &config, seawall_config_size(kind)), SEAWALL_OK);
    sw_test_fill_required(kind, &config);
    for (i = 0; i < seawall_config_field_count(kind); i++) {
        seawall_field field = {.size = sizeof(field)};
        seawall_error error = {0};

        ck_assert_int_eq(seawall_config_field(kind, i, &field), SEAWALL_OK);
        if (!field.required && random_below(3) == 0)
            continue;
        if (field.type == SEAWALL_FIELD_TEXT && seawall_config_size(field.key) > 0)
            continue; /* it would name one of that kind, which is not there */
        if (strcmp(field.key, "send") == 0)
            continue; /* a secret is printed as stars, which are not read */
        if (costs_memory && field.type == SEAWALL_FIELD_COUNT && field.minimum < 10000 && field.maximum > 10000)
            field.maximum = 10000;
        if (strcmp(field.key, "core_size") == 0)
            field.maximum = 16; /* so many threads are started */
        if (!field.required || random_below(2) == 0)
            (field.type == SEAWALL_FIELD_TEXT ? put_random_text : put_random)(&field, config.bytes);
        ck_assert_int_eq(seawall_config_get(kind, &config, field.key, value, sizeof(value), NULL), SEAWALL_OK);
        ck_assert_msg(seawall_registry_set(registry, kind, name, field.key, value, &error) == SEAWALL_OK, "%s", error.message);
    }
}

/* Everything but what says where a value comes from. */
void without_origins(char *text)
{
    char *to = text;

    while (*text != '\0') {
        if (strncmp(text, "  # ", 4) == 0)
            text += strcspn(text, "\n");
        else
            *to++ = *text++;
    }
    *to = '\0';
}

void random_name(char name[SEAWALL_NAME_SIZE_MAX + 1])
{
    static const char letters[] = "abcXYZ019 .-_/\"\\#;[]=,'|%$\xC3\xA9";
    size_t length = 1 + random_below(12), at = 0, i;

    for (i = 0; i < length; i++) {
        char c = letters[random_below(sizeof(letters) - 1)];

        if (((unsigned char)c & 0x80) != 0) {
            memcpy(name + at, "\xC3\xA9", 2);
            at += 2;
        } else {
            name[at++] = c;
        }
    }
    name[at] = '\0';
}

void random_quoted(const char *name, char quoted[2 * SEAWALL_NAME_SIZE_MAX + 3])
{
    *quoted++ = '"';
    for (; *name != '\0'; name++) {
        if (*name == '"' || *name == '\\')
            *quoted++ = '\\';
        *quoted++ = *name;
    }
    *quoted++ = '"';
    *quoted = '\0';
}
