/* Any valid configuration, printed as a file and read again, is equal. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "../registry/registry_room.h"
#include "told.h"

#include "suite.h"

#define ROOM 65536

static const char *const kinds[] = {"circuit_breaker", "retry", "retry_budget", "timeout", "rate_limiter",
                                    "bulkhead", "hedge", "fallback", "chaos"};
#define KINDS ((int)(sizeof(kinds) / sizeof(kinds[0])))

static uint64_t state;

static uint64_t below(uint64_t n)
{
    return sw_test_next(&state) % n;
}

/* A whole number between the bounds: any magnitude is as likely as any other, and the bounds are likely too. */
static int64_t whole(double minimum, double maximum)
{
    int64_t low = (int64_t)minimum, high = maximum >= 9e18 ? INT64_MAX : (int64_t)maximum;
    uint64_t span = (uint64_t)high - (uint64_t)low;

    if (span == 0 || below(8) == 0)
        return below(2) == 0 ? low : high;
    return low + (int64_t)((sw_test_next(&state) >> below(64)) % span);
}

static double fraction(double minimum, double maximum)
{
    double part = (double)(sw_test_next(&state) >> 11) / 9007199254740992.0;

    if (below(8) == 0)
        return below(2) == 0 ? minimum : maximum;
    if (below(16) != 0) /* few digits, which are read faster; what has many is read by its own tests */
        return minimum + (maximum - minimum) * (double)below(1001) / 1000.0;
    return minimum + (maximum - minimum) * part * (below(2) == 0 ? 1.0 : part * part * part);
}

/* A value of the field's type, within its bounds, in the struct. */
static void put_random(const seawall_field *field, unsigned char *config)
{
    double number = fraction(field->minimum, field->maximum < 1e300 ? field->maximum : 1e300);
    int64_t value = field->automatic && below(4) == 0 ? SEAWALL_AUTO : whole(field->minimum, field->maximum);
    uint32_t word = field->type == SEAWALL_FIELD_FAULTS ? (uint32_t)sw_test_next(&state) & SEAWALL_FAULTS_ALL : (uint32_t)value;

    if (field->zero && below(8) == 0)
        value = word = 0;
    if (field->type == SEAWALL_FIELD_RATE || field->type == SEAWALL_FIELD_MULTIPLIER)
        memcpy(config + field->offset, &number, sizeof(number));
    else if (field->type == SEAWALL_FIELD_DURATION)
        memcpy(config + field->offset, &value, sizeof(value));
    else
        memcpy(config + field->offset, &word, sizeof(word));
}

/* Says in the registry what the struct holds, but for fields that keep their defaults. */
static void say(seawall_registry *registry, const char *kind, const char *name)
{
    union {
        unsigned char bytes[4096];
        long double align;
    } config;
    char value[512];
    int32_t i;

    ck_assert_int_eq(seawall_config_init(kind, &config, seawall_config_size(kind)), SEAWALL_OK);
    sw_test_fill_required(kind, &config);
    for (i = 0; i < seawall_config_field_count(kind); i++) {
        seawall_field field = {.size = sizeof(field)};
        seawall_error error = {0};

        ck_assert_int_eq(seawall_config_field(kind, i, &field), SEAWALL_OK);
        if (!field.required && below(3) == 0)
            continue;
        if (!field.required || below(2) == 0)
            put_random(&field, config.bytes);
        ck_assert_int_eq(seawall_config_get(kind, &config, field.key, value, sizeof(value), NULL), SEAWALL_OK);
        ck_assert_msg(seawall_registry_set(registry, kind, name, field.key, value, &error) == SEAWALL_OK, "%s", error.message);
    }
}

/* Makes one; false if its fields do not go together. */
static bool make(seawall_registry *registry, int kind, const char *name)
{
#define MAKE(number, object)                                                                                           \
    if (kind == (number)) {                                                                                            \
        seawall_##object *it;                                                                                          \
                                                                                                                       \
        if (seawall_registry_##object(registry, name, NULL, &it, NULL, NULL) != SEAWALL_OK)                            \
            return false;                                                                                              \
        seawall_##object##_destroy(it);                                                                                \
        return true;                                                                                                   \
    }
    MAKE(0, breaker)
    MAKE(1, retry)
    MAKE(2, retry_budget)
    MAKE(3, timeout)
    MAKE(4, limiter)
    MAKE(5, bulkhead)
    MAKE(6, hedge)
    MAKE(7, fallback)
    MAKE(8, chaos)
#undef MAKE
    return false;
}

/* Everything but what says where a value comes from. */
static void without_origins(char *text)
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

static void random_name(char name[SEAWALL_NAME_SIZE_MAX + 1])
{
    static const char letters[] = "abcXYZ019 .-_/\"\\#;[]=,'|%$\xC3\xA9";
    size_t length = 1 + below(12), at = 0, i;

    for (i = 0; i < length; i++) {
        char c = letters[below(sizeof(letters) - 1)];

        if (((unsigned char)c & 0x80) != 0) {
            memcpy(name + at, "\xC3\xA9", 2);
            at += 2;
        } else {
            name[at++] = c;
        }
    }
    name[at] = '\0';
}

static char first[ROOM], second[ROOM];

static bool goes_round(int kind)
{
    char name[SEAWALL_NAME_SIZE_MAX + 1];
    seawall_error error = {0};
    seawall_registry *said, *read;
    bool made;

    ck_assert_int_eq(seawall_registry_create(NULL, NULL, &said, NULL), SEAWALL_OK);
    random_name(name);
    say(said, kinds[kind], name);
    made = make(said, kind, name);
    if (made) {
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
    seawall_registry_destroy(said);
    return made;
}

/* Fields drawn at random often do not go together: a kind goes on beyond its share until something was made of it. */
START_TEST(what_is_printed_reads_the_same)
{
    int64_t share = sw_test_count(360, 100000) / KINDS, i, made;
    int kind;

    state = sw_test_seed();
    for (kind = 0; kind < KINDS; kind++) {
        made = 0;
        for (i = 0; i < share || (made == 0 && i < 100000); i++)
            made += goes_round(kind);
        ck_assert_msg(made > 0, "%s was never made", kinds[kind]);
    }
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
    tcase_add_test(tests, links_are_printed_as_well);
    return sw_test_run("round trip", tests);
}
