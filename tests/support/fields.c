/* Walking the fields of a configuration: inside, outside, absurd. */
#include <check.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "support.h"

#define ROOM 4096 /* bytes, for any config struct and more */
#define TEXT 256

typedef struct walk {
    const char *kind;
    sw_test_create_fn create;
    size_t size; /* of the struct */
    seawall_field field;
    union {
        unsigned char bytes[ROOM];
        uint32_t size;
        long double align;
    } config;
} walk;

/* A value of any type, as the struct holds it. */
typedef struct any {
    int64_t whole;
    double number;
} any;

static bool is_number(const walk *w)
{
    return w->field.type == SEAWALL_FIELD_RATE || w->field.type == SEAWALL_FIELD_MULTIPLIER;
}

static size_t width(const walk *w)
{
    if (w->field.type == SEAWALL_FIELD_TEXT)
        return (size_t)w->field.maximum + 1;
    return is_number(w) || w->field.type == SEAWALL_FIELD_DURATION ? 8 : 4;
}

static void defaults(walk *w)
{
    memset(&w->config, 0, sizeof(w->config));
    ck_assert_int_eq(seawall_config_init(w->kind, &w->config, w->size), SEAWALL_OK);
    sw_test_fill_required(w->kind, &w->config);
}

/* The defaults with this one field changed. */
static void put(walk *w, any value)
{
    uint32_t low = (uint32_t)value.whole;
    const void *from = is_number(w) ? (const void *)&value.number : width(w) == 8 ? (const void *)&value.whole : &low;

    defaults(w);
    memcpy(&w->config.bytes[w->field.offset], from, width(w));
}

static void text_of(walk *w, any value, char text[TEXT])
{
    put(w, value);
    ck_assert_int_eq(seawall_config_get(w->kind, &w->config, w->field.key, text, TEXT, NULL), SEAWALL_OK);
}

/* What check says of the config; what create says must be the same. */
static seawall_status judge(walk *w, seawall_error *error)
{
    seawall_status status = seawall_config_check(w->kind, &w->config, error);
    seawall_error second = {0};

    if (w->create == NULL)
        return status;
    ck_assert_int_eq(w->create(&w->config, &second), status);
    if (status != SEAWALL_OK) {
        ck_assert_int_eq(second.status, error->status);
        ck_assert_str_eq(second.key, error->key);
        ck_assert_str_eq(second.message, error->message);
    }
    return status;
}

static void has(const seawall_error *error, const char *what)
{
    ck_assert_msg(strstr(error->message, what) != NULL, "\"%s\" does not say \"%s\"", error->message, what);
}

static bool names_another_field(const walk *w, const char *message)
{
    int32_t i;

    for (i = 0; i < seawall_config_field_count(w->kind); i++) {
        seawall_field other = {.size = sizeof(other)};

        ck_assert_int_eq(seawall_config_field(w->kind, i, &other), SEAWALL_OK);
        if (strcmp(other.key, w->field.key) != 0 && strstr(message, other.key) != NULL)
            return true;
    }
    return false;
}

/* Its text, set into the defaults, gives the same struct. */
static void goes_round(walk *w, any value)
{
    unsigned char wanted[ROOM];
    char text[TEXT];
    seawall_error error;

    text_of(w, value, text);
    memcpy(wanted, &w->config, sizeof(wanted));
    defaults(w);
    ck_assert_msg(seawall_config_set(w->kind, &w->config, w->field.key, text, &error) == SEAWALL_OK, "%s", error.message);
    ck_assert_msg(memcmp(wanted, &w->config, sizeof(wanted)) == 0, "%s.%s: \"%s\" reads back differently", w->kind,
                  w->field.key, text);
}

static void inside(walk *w, any value)
{
    seawall_error error = {0};

    put(w, value);
    if (judge(w, &error) != SEAWALL_OK)
        ck_assert_msg(names_another_field(w, error.message), "%s.%s: refused within its bounds: %s", w->kind, w->field.key,
                      error.message);
    goes_round(w, value);
}

/* Refused as text too, and nothing is changed then. */
static void set_refuses(walk *w, const char *text, const char *path)
{
    unsigned char before[ROOM];
    seawall_error error = {0};

    defaults(w);
    memcpy(before, &w->config, sizeof(before));
    ck_assert_msg(seawall_config_set(w->kind, &w->config, w->field.key, text, &error) == SEAWALL_INVALID, "%s: \"%s\"", path,
                  text);
    ck_assert_msg(memcmp(before, &w->config, sizeof(before)) == 0, "%s: changed by \"%s\"", path, text);
    ck_assert_int_eq(error.status, SEAWALL_INVALID);
    ck_assert_str_eq(error.key, path);
    has(&error, path);
}

static void outside(walk *w, any value, const char *bound)
{
    seawall_error error = {0};
    char path[TEXT];
    char start[3 * TEXT];
    char text[TEXT];

    snprintf(path, sizeof(path), "%s.%s", w->kind, w->field.key);
    text_of(w, value, text);
    snprintf(start, sizeof(start), "%s: %s is", path, text);
    ck_assert_msg(judge(w, &error) == SEAWALL_INVALID, "%s was accepted", start);
    ck_assert_int_eq(error.status, SEAWALL_INVALID);
    ck_assert_str_eq(error.key, path);
    if (w->field.type == SEAWALL_FIELD_FAULTS)
        snprintf(start, sizeof(start), "%s: %s has", path, text);
    has(&error, start);
    has(&error, bound);
    set_refuses(w, text, path);
}

static void walk_number(walk *w, char low[TEXT], char high[TEXT])
{
    any bottom = {0, w->field.minimum};
    any top = {0, w->field.maximum};

    text_of(w, bottom, low);
    text_of(w, top, high);
    inside(w, bottom);
    inside(w, top);
    outside(w, (any){0, nextafter(bottom.number, -HUGE_VAL)}, low);
    outside(w, (any){0, nextafter(top.number, HUGE_VAL)}, high);
    outside(w, (any){0, -DBL_MAX}, low);
    outside(w, (any){0, DBL_MAX}, high);
    outside(w, (any){0, -HUGE_VAL}, low);
    outside(w, (any){0, HUGE_VAL}, high);
    outside(w, (any){0, (double)NAN}, low);
    outside(w, (any){0, (double)NAN}, high);
}

static void walk_whole(walk *w, char low[TEXT], char high[TEXT])
{
    int64_t least = w->field.type == SEAWALL_FIELD_DURATION ? INT64_MIN : INT32_MIN;
    int64_t most = w->field.type == SEAWALL_FIELD_DURATION ? INT64_MAX : INT32_MAX;
    any bottom = {(int64_t)w->field.minimum, 0};
    any top = {isinf(w->field.maximum) ? most : (int64_t)w->field.maximum, 0};
    any below = {bottom.whole - 1, 0};

    if (w->field.automatic && below.whole == SEAWALL_AUTO)
        below.whole--;
    text_of(w, bottom, low);
    text_of(w, top, high);
    inside(w, bottom);
    inside(w, top);
    if (w->field.zero) {
        inside(w, (any){0, 0});
        outside(w, (any){1, 0}, low);
    }
    if (w->field.automatic)
        inside(w, (any){SEAWALL_AUTO, 0});
    else
        outside(w, (any){SEAWALL_AUTO, 0}, low);
    outside(w, below, low);
    outside(w, (any){least, 0}, low);
    if (top.whole < most) {
        outside(w, (any){top.whole + 1, 0}, high);
        outside(w, (any){most, 0}, high);
    }
}

static void walk_choice(walk *w)
{
    int64_t last = (int64_t)w->field.maximum;
    const char *names = w->field.type == SEAWALL_FIELD_CHOICE ? w->field.choices : "off, on";
    int64_t i;

    for (i = 0; i <= last; i++)
        inside(w, (any){i, 0});
    outside(w, (any){-1, 0}, names);
    outside(w, (any){last + 1, 0}, names);
    outside(w, (any){INT32_MIN, 0}, names);
    outside(w, (any){INT32_MAX, 0}, names);
}

static void walk_faults(walk *w)
{
    seawall_fault kind;

    inside(w, (any){0, 0});
    inside(w, (any){SEAWALL_FAULTS_ALL, 0});
    for (kind = 0; kind < 32; kind++) {
        any one = {(int64_t)SEAWALL_FAULT_BIT(kind), 0};

        if ((SEAWALL_FAULT_BIT(kind) & SEAWALL_FAULTS_ALL) != 0)
            inside(w, one);
        else
            outside(w, one, "0x3ffc");
    }
    outside(w, (any){UINT32_MAX, 0}, "0x3ffc");
}

/* A text of `length` bytes, in the struct. */
static void put_text(walk *w, size_t length, char text[ROOM])
{
    memset(text, 'x', length);
    text[length] = '\0';
    defaults(w);
    memcpy(&w->config.bytes[w->field.offset], text, length);
    if ((double)length <= w->field.maximum)
        memset(&w->config.bytes[w->field.offset + length], 0, (size_t)w->field.maximum + 1 - length);
}

/* Lengths instead of values; what a text means is its kind's business, which may refuse any. */
static void walk_text(walk *w)
{
    static const char *const bad[] = {"a\nb", "\001", "x\177", "a\tb"};
    char path[TEXT], bound[2 * TEXT], text[ROOM], back[TEXT];
    size_t most = (size_t)w->field.maximum, i;
    seawall_error error = {0};

    snprintf(path, sizeof(path), "%s.%s", w->kind, w->field.key);
    snprintf(bound, sizeof(bound), "%s: is longer than %zu bytes", path, most);
    put_text(w, most + 1, text); /* without a NUL */
    ck_assert_int_eq(judge(w, &error), SEAWALL_INVALID);
    ck_assert_str_eq(error.key, path);
    has(&error, bound);
    set_refuses(w, text, path);
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        set_refuses(w, bad[i], path);
    for (i = 0; i <= most; i += most > 0 ? most : 1) {
        put_text(w, i, text);
        if (judge(w, &error) != SEAWALL_OK)
            has(&error, path);
        defaults(w);
        ck_assert_int_eq(seawall_config_set(w->kind, &w->config, w->field.key, text, &error), SEAWALL_OK);
        ck_assert_int_eq(seawall_config_get(w->kind, &w->config, w->field.key, back, sizeof(back), NULL), SEAWALL_OK);
        ck_assert_str_eq(back, text);
    }
}

static void walk_nonsense(walk *w)
{
    static const char *const nonsense[] = {"",   " ",  "x",     "--1", "1 1", "1,", ",", "nan", "99999999999999999999999",
                                           "1e", ".5", "5 ms x"};
    char path[TEXT];
    size_t i;

    snprintf(path, sizeof(path), "%s.%s", w->kind, w->field.key);
    for (i = 0; i < sizeof(nonsense) / sizeof(nonsense[0]); i++)
        set_refuses(w, nonsense[i], path);
}

static void walk_field(walk *w, int32_t index)
{
    char low[TEXT];
    char high[TEXT];

    w->field = (seawall_field){.size = sizeof(w->field)};
    ck_assert_int_eq(seawall_config_field(w->kind, index, &w->field), SEAWALL_OK);
    ck_assert_uint_le(w->field.offset + width(w), w->size);
    ck_assert_str_ne(w->field.text, "");
    if (w->field.type == SEAWALL_FIELD_TEXT) {
        walk_text(w);
        return;
    }
    if (is_number(w))
        walk_number(w, low, high);
    else if (w->field.type == SEAWALL_FIELD_FAULTS)
        walk_faults(w);
    else if (w->field.type == SEAWALL_FIELD_CHOICE || w->field.type == SEAWALL_FIELD_SWITCH)
        walk_choice(w);
    else
        walk_whole(w, low, high);
    walk_nonsense(w);
}

static void walk_sizes(walk *w)
{
    static const uint32_t never[] = {0, 3, 65537, UINT32_MAX};
    seawall_error error = {0};
    char start[TEXT];
    size_t i;

    for (i = 0; i < sizeof(never) / sizeof(never[0]); i++) {
        defaults(w);
        w->config.size = never[i];
        ck_assert_int_eq(judge(w, &error), SEAWALL_INVALID);
        snprintf(start, sizeof(start), "%s.size: %u is ", w->kind, never[i]);
        has(&error, start);
        ck_assert_int_eq(seawall_config_init(w->kind, &w->config, never[i]), SEAWALL_INVALID);
    }
    defaults(w); /* a later version's, which sets nothing that this one does not know */
    w->config.size = (uint32_t)w->size + 16;
    ck_assert_msg(judge(w, &error) == SEAWALL_OK, "%s", error.message);
    w->config.bytes[w->size + 15] = 1;
    ck_assert_int_eq(judge(w, &error), SEAWALL_INVALID);
    snprintf(start, sizeof(start), "%s.size: %u is above %u", w->kind, (unsigned)w->size + 16, (unsigned)w->size);
    has(&error, start);
}

void sw_test_walk_fields(const char *kind, sw_test_create_fn create)
{
    walk w = {.kind = kind, .create = create, .size = seawall_config_size(kind)};
    seawall_error error = {0};
    int32_t count = seawall_config_field_count(kind);
    int32_t i;

    ck_assert_uint_ge(w.size, 8);
    ck_assert_uint_le(w.size + 64, ROOM);
    ck_assert_int_ge(count, 1);
    defaults(&w);
    ck_assert_msg(judge(&w, &error) == SEAWALL_OK, "%s", error.message);
    for (i = 0; i < count; i++)
        walk_field(&w, i);
    walk_sizes(&w);
    defaults(&w);
    ck_assert_int_eq(seawall_config_set(kind, &w.config, "no_such_field", "1", &error), SEAWALL_INVALID);
    has(&error, "no_such_field");
}
