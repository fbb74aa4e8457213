/* One field of a config struct: its value in and out of the struct, as text, and against its bounds. */
#ifndef SW_BASE_FIELD_VALUE_H
#define SW_BASE_FIELD_VALUE_H

#include "base/field.h"
#include "base/text.h"

/* What a field holds, whatever its type. */
typedef struct sw_value {
    int64_t whole; /* every type but the following */
    double number; /* RATE and MULTIPLIER */
    sw_span text;  /* TEXT: in the struct, or in what was parsed */
} sw_value;

/* "circuit_breaker.failure_threshold" */
void sw_field_path(const sw_config_kind *kind, const char *key, char path[SEAWALL_ERROR_KEY_SIZE]);

/* The row of this key, NULL if there is none. */
const sw_field *sw_field_named(const sw_config_kind *kind, const char *key);

/* The bytes that its value takes in the struct. */
size_t sw_field_width(const sw_field *field);

sw_value sw_value_load(const sw_field *field, const void *config);
void sw_value_store(const sw_field *field, sw_value value, void *config);
bool sw_value_same(sw_value a, sw_value b);

/* The value as sw_value_parse reads it; a value outside the bounds is told too. Answers the length. */
size_t sw_value_print(const sw_field *field, sw_value value, char text[SW_TEXT_SIZE]);
seawall_status sw_value_parse(const sw_config_kind *kind, const sw_field *field, const char *text, sw_value *value,
                              seawall_error *error);

seawall_status sw_value_check(const sw_config_kind *kind, const sw_field *field, sw_value value, seawall_error *error);

/* The row as the public sees it. */
void sw_field_describe(const sw_field *field, seawall_field *public_field);

#endif
