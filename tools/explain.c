/* What there is to be said of fields, and of the keys that name other sections: as text, or as JSON. */
#include "explain.h"

#include <seawall/seawall.h>
#include <stdio.h>
#include <string.h>

#include "json.h"

/* A config of any kind. */
typedef union any_config {
    unsigned char bytes[4096];
    long double align;
} any_config;

typedef struct one {
    const char *kind;
    const char *key;
    const char *text;
    const char *type;
    const char *unit;
    char allowed[1024];
    char value[512]; /* the default */
    bool required;
    bool live;
} one;

/* The bounds as a message of the library would say them: by asking for a value beyond them. */
static void tell_range(const char *kind, const seawall_field *field, char *text, size_t size)
{
    double bounds[2] = {field->minimum, field->maximum};
    size_t length = 0;
    int i;

    for (i = 0; i < 2; i++) {
        int64_t whole = bounds[i] >= 9.2e18 ? INT64_MAX : (int64_t)bounds[i];
        int32_t narrow = (int32_t)whole;
        any_config config;
        char bound[128];

        if (seawall_config_init(kind, &config, seawall_config_size(kind)) != SEAWALL_OK)
            return;
        if (field->type == SEAWALL_FIELD_RATE || field->type == SEAWALL_FIELD_MULTIPLIER)
            memcpy(config.bytes + field->offset, &bounds[i], sizeof(bounds[i]));
        else if (field->type == SEAWALL_FIELD_DURATION)
            memcpy(config.bytes + field->offset, &whole, sizeof(whole));
        else
            memcpy(config.bytes + field->offset, &narrow, sizeof(narrow));
        if (seawall_config_get(kind, &config, field->key, bound, sizeof(bound), NULL) == SEAWALL_OK)
            length += (size_t)snprintf(text + length, size - length, "%s%s", i == 0 ? "" : " to ", bound);
    }
}

static void tell_allowed(const char *kind, const seawall_field *field, char *text, size_t size)
{
    if (field->type == SEAWALL_FIELD_TEXT)
        (void)snprintf(text, size, "up to %.0f", field->maximum);
    else if (field->type == SEAWALL_FIELD_FAULTS)
        (void)snprintf(text, size, "none, all, or a list of fault kinds");
    else if (field->type == SEAWALL_FIELD_SWITCH)
        (void)snprintf(text, size, "off, on");
    else if (field->type == SEAWALL_FIELD_CHOICE)
        (void)snprintf(text, size, "%s", field->choices);
    else
        tell_range(kind, field, text, size);
    if (field->zero)
        (void)strncat(text, ", or 0", size - strlen(text) - 1);
    if (field->automatic)
        (void)strncat(text, ", or auto", size - strlen(text) - 1);
}

static bool take_field(const char *kind, int32_t index, one *it)
{
    static const char *const types[] = {"", "count", "duration", "rate", "number", "fault kinds", "choice", "switch", "text"};
    seawall_field field = {.size = sizeof(field)};
    any_config config;

    if (seawall_config_field(kind, index, &field) != SEAWALL_OK ||
        seawall_config_init(kind, &config, seawall_config_size(kind)) != SEAWALL_OK ||
        seawall_config_get(kind, &config, field.key, it->value, sizeof(it->value), NULL) != SEAWALL_OK)
        return false;
    it->kind = kind;
    it->key = field.key;
    it->text = field.text;
    it->type = field.type >= 1 && field.type <= 8 ? types[field.type] : "unknown";
    it->unit = field.type != SEAWALL_FIELD_DURATION ? field.unit : "";
    it->required = field.required != 0;
    it->live = field.live != 0;
    tell_allowed(kind, &field, it->allowed, sizeof(it->allowed));
    return true;
}

static bool take_link(const char *kind, int32_t index, one *it)
{
    static const char *const types[] = {"", "name of a section", "kind, or kind \"name\"", "list of policies"};
    seawall_link link = {.size = sizeof(link)};

    if (seawall_config_link(kind, index, &link) != SEAWALL_OK)
        return false;
    it->kind = kind;
    it->key = link.key;
    it->text = link.text;
    it->type = link.form >= 1 && link.form <= 3 ? types[link.form] : "unknown";
    it->unit = "";
    it->required = link.required != 0;
    (void)snprintf(it->allowed, sizeof(it->allowed), "%s", link.kinds);
    (void)snprintf(it->value, sizeof(it->value), "none");
    return true;
}

static void tell_text(const one *it)
{
    printf("%s.%s\n    %s\n    %s", it->kind, it->key, it->text, it->type);
    if (it->unit[0] != '\0')
        printf(" (%s)", it->unit);
    printf(": %s; %s%s%s\n", it->allowed, it->required ? "required" : "default ", it->required ? "" : it->value,
           it->live ? "; may change while it is in use" : "");
}

static void tell_member(const char *name, const char *value)
{
    printf(", \"%s\": ", name);
    json_string(value);
}

static void tell_json(const one *it, bool first)
{
    printf("%s\n  {\"kind\": \"%s\"", first ? "[" : ",", it->kind);
    tell_member("key", it->key);
    tell_member("text", it->text);
    tell_member("type", it->type);
    tell_member("unit", it->unit);
    tell_member("allowed", it->allowed);
    if (!it->required)
        tell_member("default", it->value);
    printf(", \"required\": %s, \"live\": %s}", it->required ? "true" : "false", it->live ? "true" : "false");
}

static bool is_meant(const one *it, const char *only)
{
    size_t length = strlen(it->kind);

    if (only == NULL)
        return true;
    return strncmp(only, it->kind, length) == 0 && only[length] == '.' && strcmp(only + length + 1, it->key) == 0;
}

int explain(const char *only, bool json)
{
    int32_t kind, i;
    int found = 0;

    for (kind = 0; kind < seawall_config_kind_count(); kind++) {
        const char *name = seawall_config_kind(kind);
        int32_t fields = seawall_config_field_count(name);

        for (i = 0;; i++) {
            one it = {0};

            if (i < fields ? !take_field(name, i, &it) : !take_link(name, i - fields, &it))
                break;
            if (!is_meant(&it, only))
                continue;
            if (json)
                tell_json(&it, found == 0);
            else
                tell_text(&it);
            found++;
        }
    }
    if (json && found > 0)
        printf("\n]\n");
    return found;
}
