/* One field of a config struct: its value in and out of the struct, as text, and against its bounds. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/field_value.h"
#include "base/secret.h"

static bool is_number(const sw_field *field)
{
    return field->type == SEAWALL_FIELD_RATE || field->type == SEAWALL_FIELD_MULTIPLIER;
}

static bool has_bounds(const sw_field *field)
{
    return field->type == SEAWALL_FIELD_COUNT || field->type == SEAWALL_FIELD_DURATION || is_number(field);
}

void sw_field_path(const sw_config_kind *kind, const char *key, char path[SEAWALL_ERROR_KEY_SIZE])
{
    if (snprintf(path, SEAWALL_ERROR_KEY_SIZE, "%s.%s", kind->name, key) < 0)
        path[0] = '\0';
}

size_t sw_field_width(const sw_field *field)
{
    switch (field->type) {
    case SEAWALL_FIELD_TEXT:
        return (size_t)field->most + 1;
    case SEAWALL_FIELD_DURATION:
    case SEAWALL_FIELD_RATE:
    case SEAWALL_FIELD_MULTIPLIER:
        return 8;
    default:
        return 4;
    }
}

/* Nobody says that there is a NUL. No text is an empty one. */
static size_t length_of(const char *text, size_t room)
{
    const char *end;

    if (text == NULL)
        return 0;
    end = memchr(text, '\0', room);
    return end != NULL ? (size_t)(end - text) : room;
}

sw_value sw_value_load(const sw_field *field, const void *config)
{
    const char *at = (const char *)config + field->offset;
    sw_value value = {0, 0, {NULL, 0}};
    seawall_fault_set set;
    int32_t small;

    if (field->type == SEAWALL_FIELD_TEXT) {
        value.text = (sw_span){at, length_of(at, sw_field_width(field))};
    } else if (is_number(field)) {
        memcpy(&value.number, at, sizeof(value.number));
    } else if (field->type == SEAWALL_FIELD_DURATION) {
        memcpy(&value.whole, at, sizeof(value.whole));
    } else if (field->type == SEAWALL_FIELD_FAULTS) {
        memcpy(&set, at, sizeof(set));
        value.whole = set;
    } else {
        memcpy(&small, at, sizeof(small));
        value.whole = small;
    }
    return value;
}

void sw_value_store(const sw_field *field, sw_value value, void *config)
{
    char *at = (char *)config + field->offset;
    seawall_fault_set set = (seawall_fault_set)value.whole;
    int32_t small = (int32_t)value.whole;

    if (field->type == SEAWALL_FIELD_TEXT) {
        memset(at, 0, sw_field_width(field));
        memcpy(at, value.text.start, value.text.length);
    } else if (is_number(field))
        memcpy(at, &value.number, sizeof(value.number));
    else if (field->type == SEAWALL_FIELD_DURATION)
        memcpy(at, &value.whole, sizeof(value.whole));
    else if (field->type == SEAWALL_FIELD_FAULTS)
        memcpy(at, &set, sizeof(set));
    else
        memcpy(at, &small, sizeof(small));
}

bool sw_value_same(sw_value a, sw_value b)
{
    return a.whole == b.whole && !(a.number < b.number) && !(a.number > b.number) && a.text.length == b.text.length &&
           (a.text.length == 0 || memcmp(a.text.start, b.text.start, a.text.length) == 0);
}

static bool is_size(const sw_field *field)
{
    return field->type == SEAWALL_FIELD_COUNT && field->unit != NULL && strcmp(field->unit, "bytes") == 0;
}

static bool is_automatic(const sw_field *field, sw_value value)
{
    if (!field->automatic)
        return false;
    return is_number(field) ? value.number == SEAWALL_AUTO : value.whole == SEAWALL_AUTO;
}

static size_t print_word(sw_span word, char text[SW_TEXT_SIZE])
{
    size_t length = word.length < SW_TEXT_SIZE ? word.length : SW_TEXT_SIZE - 1;

    if (length > 0)
        memcpy(text, word.start, length);
    text[length] = '\0';
    return length;
}

size_t sw_value_print(const sw_field *field, sw_value value, char text[SW_TEXT_SIZE])
{
    sw_span word;

    if (is_automatic(field, value))
        return print_word(sw_trim("auto"), text);
    switch (field->type) {
    case SEAWALL_FIELD_DURATION:
        return sw_print_duration(value.whole, text);
    case SEAWALL_FIELD_RATE:
    case SEAWALL_FIELD_MULTIPLIER:
        return sw_print_number(value.number, text);
    case SEAWALL_FIELD_TEXT:
        return print_word((sw_span){value.text.start, length_of(value.text.start, (size_t)field->most)}, text);
    case SEAWALL_FIELD_FAULTS:
        return sw_print_faults((seawall_fault_set)value.whole, text);
    case SEAWALL_FIELD_CHOICE:
    case SEAWALL_FIELD_SWITCH:
        word = sw_choice_at(field->type == SEAWALL_FIELD_CHOICE ? field->choices : "off, on", (int32_t)value.whole);
        return word.length > 0 ? print_word(word, text) : sw_print_integer(value.whole, text);
    default:
        return sw_print_integer(value.whole, text);
    }
}

/* The lowest or highest value that the field allows, as text. */
static void print_bound(const sw_field *field, bool highest, char text[SW_TEXT_SIZE])
{
    sw_value bound = {.whole = highest ? field->most : field->least, .number = highest ? field->maximum : field->minimum};

    (void)sw_value_print(field, bound, text);
}

static seawall_status out_of_range(const sw_config_kind *kind, const sw_field *field, const char *shown, bool high,
                                   seawall_error *error)
{
    char path[SEAWALL_ERROR_KEY_SIZE];
    char bound[SW_TEXT_SIZE];
    char zero[SW_TEXT_SIZE];
    sw_value nothing = {.whole = 0};

    sw_field_path(kind, field->key, path);
    print_bound(field, high, bound);
    (void)sw_value_print(field, nothing, zero);
    if (high)
        return sw_error(error, SEAWALL_INVALID, path, "%s: %s is above %s", path, shown, bound);
    return sw_error(error, SEAWALL_INVALID, path, "%s: %s is below %s%s%s%s", path, shown, bound,
                    field->zero ? ", and not " : "", field->zero ? zero : "", field->automatic ? ", and not auto" : "");
}

static seawall_status not_one_of(const sw_config_kind *kind, const sw_field *field, const char *shown, seawall_error *error)
{
    char path[SEAWALL_ERROR_KEY_SIZE];

    sw_field_path(kind, field->key, path);
    return sw_error(error, SEAWALL_INVALID, path, "%s: %s is not one of %s", path, shown,
                    field->type == SEAWALL_FIELD_CHOICE ? field->choices : "off, on");
}

static seawall_status check_bounds(const sw_config_kind *kind, const sw_field *field, sw_value value, seawall_error *error)
{
    char shown[SW_TEXT_SIZE];
    char path[SEAWALL_ERROR_KEY_SIZE];
    char low[SW_TEXT_SIZE];
    char high[SW_TEXT_SIZE];
    bool number = is_number(field), wrong, above;

    if (is_automatic(field, value) || (field->zero && value.whole == 0 && value.number == 0.0))
        return SEAWALL_OK;
    wrong = number && isnan(value.number);
    above = number ? value.number > field->maximum : value.whole > field->most;
    if (!wrong && !above && (number ? value.number >= field->minimum : value.whole >= field->least))
        return SEAWALL_OK;
    (void)sw_value_print(field, value, shown);
    if (wrong) {
        sw_field_path(kind, field->key, path);
        print_bound(field, false, low);
        print_bound(field, true, high);
        return sw_error(error, SEAWALL_INVALID, path, "%s: %s is not from %s to %s", path, shown, low, high);
    }
    return out_of_range(kind, field, shown, above, error);
}

/* Says nothing of what it holds: it may be a secret, and what is wrong is seen without it. */
static seawall_status check_text(const sw_config_kind *kind, const sw_field *field, sw_span text, seawall_error *error)
{
    char path[SEAWALL_ERROR_KEY_SIZE];
    size_t i = sw_plain_length(text);
    bool control = i < text.length && ((unsigned char)text.start[i] < 0x20 || text.start[i] == 0x7F);

    sw_field_path(kind, field->key, path);
    if (i == text.length && text.length <= (size_t)field->most) {
        if (!sw_secret_is_hidden(field, text))
            return SEAWALL_OK;
        return sw_error(error, SEAWALL_INVALID, path, "%s: *** stands for a secret that was not shown, and has to be said again",
                        path);
    }
    if (text.length > (size_t)field->most)
        return sw_error(error, SEAWALL_INVALID, path, "%s: is longer than %d bytes", path, (int)field->most);
    return sw_error(error, SEAWALL_INVALID, path, "%s: byte %d is %s", path, (int)i + 1,
                    control ? "a control character" : "no UTF-8");
}

seawall_status sw_value_check(const sw_config_kind *kind, const sw_field *field, sw_value value, seawall_error *error)
{
    char shown[SW_TEXT_SIZE];
    char path[SEAWALL_ERROR_KEY_SIZE];

    if (has_bounds(field))
        return check_bounds(kind, field, value, error);
    if (field->type == SEAWALL_FIELD_TEXT)
        return check_text(kind, field, value.text, error);
    if (field->type == SEAWALL_FIELD_FAULTS) {
        if ((value.whole & ~(int64_t)SEAWALL_FAULTS_ALL) == 0)
            return SEAWALL_OK;
        (void)sw_value_print(field, value, shown);
        sw_field_path(kind, field->key, path);
        return sw_error(error, SEAWALL_INVALID, path, "%s: %s has bits outside 0x%x, all fault kinds", path, shown,
                        (unsigned)SEAWALL_FAULTS_ALL);
    }
    if (sw_choice_at(field->type == SEAWALL_FIELD_CHOICE ? field->choices : "off, on", (int32_t)value.whole).length > 0)
        return SEAWALL_OK;
    (void)sw_value_print(field, value, shown);
    return not_one_of(kind, field, shown, error);
}

static sw_verdict parse(const sw_field *field, sw_span span, sw_value *value, sw_span *wrong)
{
    seawall_fault_set set = 0;
    int32_t small = 0;
    sw_verdict verdict;

    switch (field->type) {
    case SEAWALL_FIELD_DURATION:
        return sw_parse_duration(span, &value->whole);
    case SEAWALL_FIELD_TEXT:
        value->text = span;
        return SW_TEXT_GOOD;
    case SEAWALL_FIELD_RATE:
        return sw_parse_rate(span, &value->number);
    case SEAWALL_FIELD_MULTIPLIER:
        return sw_parse_number(span, &value->number);
    case SEAWALL_FIELD_FAULTS:
        verdict = sw_parse_faults(span, &set, wrong);
        value->whole = set;
        return verdict;
    case SEAWALL_FIELD_CHOICE:
    case SEAWALL_FIELD_SWITCH:
        verdict = field->type == SEAWALL_FIELD_CHOICE ? sw_parse_choice(span, field->choices, &small)
                                                      : sw_parse_switch(span, &small);
        value->whole = small;
        return verdict;
    default:
        return is_size(field) ? sw_parse_size(span, &value->whole) : sw_parse_integer(span, &value->whole);
    }
}

/* What a text of this type looks like. */
static const char *form_of(const sw_field *field)
{
    switch (field->type) {
    case SEAWALL_FIELD_DURATION:
        return "a duration such as 250ms or 1.5s";
    case SEAWALL_FIELD_RATE:
        return "a rate such as 0.5 or 50%";
    case SEAWALL_FIELD_MULTIPLIER:
        return "a number such as 2.0";
    case SEAWALL_FIELD_FAULTS:
        return "a fault kind";
    default:
        return is_size(field) ? "a size such as 65536 or 64KiB" : "a whole number";
    }
}

seawall_status sw_value_parse(const sw_config_kind *kind, const sw_field *field, const char *text, sw_value *value,
                              seawall_error *error)
{
    char path[SEAWALL_ERROR_KEY_SIZE];
    char shown[SW_TEXT_SIZE];
    sw_span span = field->type == SEAWALL_FIELD_TEXT ? (sw_span){text, strlen(text)} : sw_trim(text);
    sw_span wrong = span;
    sw_value read = {.whole = 0};
    sw_verdict verdict = SW_TEXT_GOOD;

    if (field->automatic && sw_span_is(span, "auto"))
        read = (sw_value){.whole = is_number(field) ? 0 : SEAWALL_AUTO, .number = is_number(field) ? SEAWALL_AUTO : 0};
    else
        verdict = parse(field, span, &read, &wrong);
    (void)sw_quote(wrong, shown);
    sw_field_path(kind, field->key, path);
    switch (verdict) {
    case SW_TEXT_GOOD:
        *value = read;
        return SEAWALL_OK;
    case SW_TEXT_TOO_LOW:
    case SW_TEXT_TOO_HIGH:
        return out_of_range(kind, field, shown, verdict == SW_TEXT_TOO_HIGH, error);
    case SW_TEXT_TOO_FINE:
        return sw_error(error, SEAWALL_INVALID, path, "%s: %s is finer than a nanosecond", path, shown);
    case SW_TEXT_MALFORMED:
        break;
    }
    if (field->type == SEAWALL_FIELD_CHOICE || field->type == SEAWALL_FIELD_SWITCH)
        return not_one_of(kind, field, shown, error);
    return sw_error(error, SEAWALL_INVALID, path, "%s: %s is not %s", path, shown, form_of(field));
}

void sw_field_describe(const sw_field *field, seawall_field *public_field)
{
    double minimum = is_number(field) ? field->minimum : (double)field->least;
    double maximum = is_number(field) ? field->maximum : (double)field->most;

    if (field->type == SEAWALL_FIELD_DURATION && field->most == SEAWALL_FOREVER)
        maximum = HUGE_VAL;
    if (field->type == SEAWALL_FIELD_SWITCH)
        maximum = 1;
    if (field->type == SEAWALL_FIELD_FAULTS)
        maximum = SEAWALL_FAULTS_ALL;
    if (field->type == SEAWALL_FIELD_CHOICE) {
        for (maximum = -1; sw_choice_at(field->choices, (int32_t)maximum + 1).length > 0;)
            maximum += 1;
    }
    memset(public_field, 0, sizeof(*public_field));
    public_field->size = sizeof(*public_field);
    public_field->type = field->type;
    public_field->key = field->key;
    public_field->unit = field->unit != NULL ? field->unit : "";
    public_field->text = field->text;
    public_field->choices = field->type == SEAWALL_FIELD_CHOICE ? field->choices : "";
    public_field->minimum = minimum;
    public_field->maximum = maximum;
    public_field->automatic = field->automatic;
    public_field->live = field->live;
    public_field->zero = field->zero;
    public_field->offset = field->offset;
}
