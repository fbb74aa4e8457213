/*
 * Every kind of object that is made from a configuration, in one table: a new kind is one row in kinds.c, and whatever is
 * promised for all of them is tested with it from then on.
 */
#ifndef SEAWALL_TEST_KINDS_H
#define SEAWALL_TEST_KINDS_H

#include <check.h>

#include "support.h"

typedef struct sw_test_kind {
    const char *name;    /* as the library lists it */
    const void *literal; /* the INIT macro, expanded */
    seawall_status (*init)(void *config, size_t size);
    /* `made` may be NULL, to be refused. It is handed on as it is, so that a test sees whether it was touched. */
    seawall_status (*create)(const void *config, const seawall_platform *platform, void **made, seawall_error *error);
    void (*destroy)(void *made);
    seawall_status (*reconfigure)(void *made, const void *config, seawall_error *error); /* NULL: nothing changes live */
} sw_test_kind;

/* Fails the test if the kind has no row. */
const sw_test_kind *sw_test_kind_named(const char *name);

/* One field of the defaults changed. A message of NULL: accepted; else refused, and the error's message begins with this one. */
typedef struct sw_test_setting {
    const char *key;    /* "size" for the struct's own */
    int64_t whole;      /* for all but rates and multipliers */
    double number;      /* for these */
    const char *message;
} sw_test_setting;

/* Creates an object with this setting. A refusal must allocate nothing and leave the output as it was. */
void sw_test_setting_holds(const char *kind, const sw_test_setting *setting);

/* Of these rows at least two of every field must be accepted, and two refused. */
void sw_test_settings_are_enough(const char *kind, const sw_test_setting *settings, size_t count);

/* Tests for all of that: each row, and whether they are enough. The rows are not copied. One such case in a program. */
TCase *sw_test_settings_case(const char *kind, const sw_test_setting *settings, int count);

#endif
