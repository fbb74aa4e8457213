/* Field tables: whole structs. What one field is and says is base/field_value.c's. */
#include <string.h>

#include "base/error.h"
#include "base/field_value.h"

static bool cuts_a_field(const sw_config_kind *kind, size_t size)
{
    int32_t i;

    for (i = 0; i < kind->count; i++) {
        const sw_field *field = &kind->fields[i];

        if (field->offset < size && field->offset + sw_field_width(field) > size)
            return true;
    }
    return false;
}

static void put_size(void *config, size_t size)
{
    uint32_t said = (uint32_t)size;

    memcpy(config, &said, sizeof(said));
}

static size_t get_size(const void *config)
{
    uint32_t said;

    memcpy(&said, config, sizeof(said));
    return said;
}

static bool size_is_possible(const sw_config_kind *kind, size_t size)
{
    return size >= kind->oldest && size <= SW_STRUCT_SIZE_MAX && !cuts_a_field(kind, size);
}

seawall_status sw_config_init(const sw_config_kind *kind, void *config, size_t size)
{
    size_t known = size < kind->size ? size : kind->size;

    if (config == NULL || !size_is_possible(kind, size))
        return SEAWALL_INVALID;
    memcpy(config, kind->defaults, known);
    memset((char *)config + known, 0, size - known);
    put_size(config, size);
    return SEAWALL_OK;
}

/* The size is no setting: the struct as a whole is to blame, and the key is the kind. */
static seawall_status size_error(const sw_config_kind *kind, size_t size, seawall_error *error)
{
    if (size < kind->oldest)
        return sw_error(error, SEAWALL_INVALID, kind->name, "%s.size: %zu is below %zu, the size of the oldest struct",
                        kind->name, size, kind->oldest);
    if (size > SW_STRUCT_SIZE_MAX)
        return sw_error(error, SEAWALL_INVALID, kind->name, "%s.size: %zu is above %d", kind->name, size, SW_STRUCT_SIZE_MAX);
    return sw_error(error, SEAWALL_INVALID, kind->name, "%s.size: %zu cuts a field in two: no struct ends there", kind->name,
                    size);
}

static seawall_status check_tail(const sw_config_kind *kind, const void *config, size_t size, seawall_error *error)
{
    const unsigned char *bytes = config;
    size_t i;

    for (i = kind->size; i < size; i++) {
        if (bytes[i] != 0)
            return sw_error(error, SEAWALL_INVALID, kind->name,
                            "%s.size: %zu is above %zu, and what this library does not know is not zero", kind->name, size,
                            kind->size);
    }
    return SEAWALL_OK;
}

static seawall_status check_size(const sw_config_kind *kind, const void *config, seawall_error *error)
{
    size_t size = get_size(config);

    return size_is_possible(kind, size) ? check_tail(kind, config, size, error) : size_error(kind, size, error);
}

static seawall_status check_fields(const sw_config_kind *kind, const void *full, seawall_error *error)
{
    int32_t i;

    for (i = 0; i < kind->count; i++) {
        sw_value value = sw_value_load(&kind->fields[i], full);
        seawall_status status = sw_value_check(kind, &kind->fields[i], value, error);

        if (status != SEAWALL_OK)
            return status;
    }
    for (i = 0; i < kind->rule_count; i++) {
        seawall_status status = kind->rules[i].check(full, error);

        if (status != SEAWALL_OK)
            return status;
    }
    return SEAWALL_OK;
}

seawall_status sw_config_take(const sw_config_kind *kind, const void *config, void *full, seawall_error *error)
{
    size_t size;
    seawall_status status;

    memcpy(full, kind->defaults, kind->size);
    if (config != NULL) {
        status = check_size(kind, config, error);
        if (status != SEAWALL_OK)
            return status;
        size = get_size(config);
        memcpy(full, config, size < kind->size ? size : kind->size);
        put_size(full, kind->size);
    }
    return check_fields(kind, full, error);
}

const sw_field *sw_field_named(const sw_config_kind *kind, const char *key)
{
    int32_t i;

    for (i = 0; i < kind->count; i++) {
        if (strcmp(kind->fields[i].key, key) == 0)
            return &kind->fields[i];
    }
    return NULL;
}

/* The message of a field that may not change. */
static seawall_status cannot_change(const sw_config_kind *kind, const sw_field *field, const void *was, const void *is,
                                    seawall_error *error)
{
    char path[SEAWALL_ERROR_KEY_SIZE], before[SW_TEXT_SIZE], after[SW_TEXT_SIZE];

    sw_field_path(kind, field->key, path);
    if (field->secret)
        return sw_error(error, SEAWALL_INVALID, path, "%s: cannot change while in use", path);
    (void)sw_value_print(field, sw_value_load(field, was), before);
    (void)sw_value_print(field, sw_value_load(field, is), after);
    return sw_error(error, SEAWALL_INVALID, path, "%s: cannot change from %s to %s while in use", path, before, after);
}

seawall_status sw_config_keep(const sw_config_kind *kind, const void *was, const void *is, seawall_error *error)
{
    char path[SEAWALL_ERROR_KEY_SIZE];
    int32_t i;

    for (i = 0; i < kind->count; i++) {
        const sw_field *field = &kind->fields[i];

        if (!field->live && !sw_value_same(sw_value_load(field, was), sw_value_load(field, is)))
            return cannot_change(kind, field, was, is, error);
    }
    for (i = 0; i < kind->pointer_count; i++) {
        size_t at = kind->pointers[i].offset;

        if (memcmp((const char *)was + at, (const char *)is + at, sizeof(void *)) == 0)
            continue;
        sw_field_path(kind, kind->pointers[i].key, path);
        return sw_error(error, SEAWALL_INVALID, path, "%s: cannot change while in use", path);
    }
    return SEAWALL_OK;
}

seawall_status sw_config_retake(const sw_config_kind *kind, const void *was, const void *config, void *full,
                                seawall_error *error)
{
    seawall_status status = sw_config_take(kind, config, full, error);

    return status == SEAWALL_OK ? sw_config_keep(kind, was, full, error) : status;
}

static bool holds(const void *config, const sw_field *field)
{
    return field->offset + sw_field_width(field) <= get_size(config);
}

seawall_status sw_config_set(const sw_config_kind *kind, void *config, const char *key, const char *text, seawall_error *error)
{
    char path[SEAWALL_ERROR_KEY_SIZE];
    const sw_field *field;
    seawall_status status;
    sw_value value;

    if (config == NULL || key == NULL || text == NULL)
        return sw_error(error, SEAWALL_INVALID, kind->name, "%s: NULL instead of a struct, a key or a value", kind->name);
    status = check_size(kind, config, error);
    if (status != SEAWALL_OK)
        return status;
    sw_field_path(kind, key, path);
    field = sw_field_named(kind, key);
    if (field == NULL)
        return sw_error(error, SEAWALL_INVALID, path, "%s: there is no such field", path);
    if (!holds(config, field))
        return sw_error(error, SEAWALL_INVALID, path, "%s: a struct of %zu bytes does not have this field", path,
                        get_size(config));
    status = sw_value_parse(kind, field, text, &value, error);
    if (status == SEAWALL_OK)
        status = sw_value_check(kind, field, value, error);
    if (status == SEAWALL_OK)
        sw_value_store(field, value, config);
    return status;
}

seawall_status sw_config_get(const sw_config_kind *kind, const void *config, const char *key, char *text, size_t size,
                             size_t *needed)
{
    char printed[SW_TEXT_SIZE];
    const sw_field *field;
    size_t length;

    if (config == NULL || key == NULL || (text == NULL && size > 0))
        return SEAWALL_INVALID;
    field = sw_field_named(kind, key);
    if (field == NULL || check_size(kind, config, NULL) != SEAWALL_OK || !holds(config, field))
        return SEAWALL_INVALID;
    length = sw_value_print(field, sw_value_load(field, config), printed);
    if (needed != NULL)
        *needed = length + 1;
    if (length >= size)
        return SEAWALL_TOO_SMALL;
    memcpy(text, printed, length + 1);
    return SEAWALL_OK;
}

seawall_status sw_config_describe(const sw_config_kind *kind, int32_t index, seawall_field *field)
{
    const sw_field *row;
    seawall_field full;

    if (field == NULL || index < 0 || index >= kind->count)
        return SEAWALL_INVALID;
    row = &kind->fields[index];
    sw_field_describe(row, &full);
    full.required = sw_value_check(kind, row, sw_value_load(row, kind->defaults), NULL) != SEAWALL_OK;
    return SW_GIVE(full, reserved, field);
}

bool sw_struct_fits(size_t oldest, const void *caller)
{
    size_t room = get_size(caller);

    return room >= oldest && room != 0 && room <= SW_STRUCT_SIZE_MAX;
}

seawall_status sw_struct_give(const void *full, size_t size, size_t oldest, void *caller)
{
    size_t room = get_size(caller);
    size_t known = room < size ? room : size;

    if (!sw_struct_fits(oldest, caller))
        return SEAWALL_INVALID;
    memcpy(caller, full, known);
    memset((char *)caller + known, 0, room - known);
    put_size(caller, room);
    return SEAWALL_OK;
}
