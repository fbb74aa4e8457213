/*
 * Field tables: one row per field of a config struct. A table drives the checks of create, set-from-text, printing,
 * the reference page and bindings. Adding a field is one row here and one literal in the INIT macro.
 */
#ifndef SW_BASE_FIELD_H
#define SW_BASE_FIELD_H

#include <seawall/config.h>

/* What of a text nobody is shown. */
typedef enum sw_secret {
    SW_SECRET_NONE,
    SW_SECRET_ALL,
    SW_SECRET_OF_URL /* user and password, and the query */
} sw_secret;

typedef struct sw_field {
    const char *key;
    uint32_t offset;
    seawall_field_type type;
    bool automatic;             /* SEAWALL_AUTO is allowed */
    bool live;                  /* may change while the object is in use */
    const char *unit;
    double minimum;             /* RATE and MULTIPLIER only */
    double maximum;
    int64_t least;              /* COUNT and DURATION only; the other types have no bounds but their own */
    int64_t most;               /* SEAWALL_FOREVER: "inf" is allowed; TEXT: bytes without the NUL, less than SW_TEXT_SIZE */
    bool zero;                  /* 0 ("off") is allowed although least is above it */
    sw_secret secret;           /* TEXT: no message tells it */
    bool many;                  /* TEXT: a list, whose items may stand in quotes of their own */
    const char *choices;        /* CHOICE: the names in order of their values from 0, separated by ", ": "none, full" */
    const char *text;
} sw_field;

/* The longest of durations that are to end. */
#define SW_TEN_YEARS SEAWALL_SECONDS(315360000)

/* A row by its type; what is particular to it may follow: {SW_FIELD_DURATION(...), .live = true}. */
#define SW_FIELD(config, name, line) .key = #name, .offset = offsetof(config, name), .unit = "", .text = line
#define SW_FIELD_COUNT(config, name, what, low, high, line)                                                            \
    .key = #name, .offset = offsetof(config, name), .type = SEAWALL_FIELD_COUNT, .unit = what, .least = low,           \
    .most = high, .text = line
#define SW_FIELD_DURATION(config, name, low, high, line)                                                               \
    .key = #name, .offset = offsetof(config, name), .type = SEAWALL_FIELD_DURATION, .unit = "ns", .least = low,        \
    .most = high, .text = line
#define SW_FIELD_RATE(config, name, line)                                                                              \
    SW_FIELD(config, name, line), .type = SEAWALL_FIELD_RATE, .minimum = 0, .maximum = 1
#define SW_FIELD_MULTIPLIER(config, name, low, high, line)                                                             \
    SW_FIELD(config, name, line), .type = SEAWALL_FIELD_MULTIPLIER, .minimum = low, .maximum = high
#define SW_FIELD_FAULTS(config, name, line) SW_FIELD(config, name, line), .type = SEAWALL_FIELD_FAULTS
#define SW_FIELD_CHOICE(config, name, names, line)                                                                     \
    SW_FIELD(config, name, line), .type = SEAWALL_FIELD_CHOICE, .choices = names
#define SW_FIELD_SWITCH(config, name, line) SW_FIELD(config, name, line), .type = SEAWALL_FIELD_SWITCH
#define SW_FIELD_TEXT(config, name, line)                                                                              \
    .key = #name, .offset = offsetof(config, name), .type = SEAWALL_FIELD_TEXT, .unit = "bytes",                       \
    .most = sizeof(((config *)0)->name) - 1, .text = line

/* A pointer of a config struct, which no text can say and which cannot change while the object is in use. */
typedef struct sw_pointer {
    const char *key;
    uint32_t offset;
} sw_pointer;

/* One thing that must hold between fields, after each one is in range. */
typedef struct sw_rule {
    seawall_status (*check)(const void *config, seawall_error *error);
    const char *fields; /* all that it looks at: "base_delay, max_delay" */
} sw_rule;

typedef struct sw_config_kind {
    const char *name;      /* "circuit_breaker" */
    size_t size;           /* of today's struct */
    size_t oldest;         /* of the first one, which SW_UP_TO tells: less is refused */
    const void *defaults;  /* made with the INIT macro */
    const sw_field *fields;
    int32_t count;
    const sw_pointer *pointers;
    int32_t pointer_count;
    const sw_rule *rules; /* none needs another one to hold */
    int32_t rule_count;
} sw_config_kind;

/* More bytes than any struct of a later version may have: a larger size is a variable that nobody set. */
#define SW_STRUCT_SIZE_MAX 65536

/*
 * Fills `size` bytes of the caller's struct with the defaults, what lies beyond today's struct with zeros; its `size`
 * says `size`. #SEAWALL_INVALID for NULL and for a size below the oldest, above the maximum, or that cuts a field.
 */
seawall_status sw_config_init(const sw_config_kind *kind, void *config, size_t size);

/*
 * Reads the caller's struct, of whatever size it says, into today's struct `full`: a smaller one's tail takes the
 * defaults, a larger one's must be zero; NULL stands for the defaults. Checks everything. `full` is undefined on failure.
 */
seawall_status sw_config_take(const sw_config_kind *kind, const void *config, void *full, seawall_error *error);

/*
 * Whether a live object may go from one full config to the other: every field that differs may change live, and no pointer
 * differs. The error names the first one that may not.
 */
seawall_status sw_config_keep(const sw_config_kind *kind, const void *was, const void *is, seawall_error *error);

/* sw_config_take, and then whether an object that has `was` may go on with `full`. */
seawall_status sw_config_retake(const sw_config_kind *kind, const void *was, const void *config, void *full,
                                seawall_error *error);

/* One field, from text; only the field's own range is checked, as the others may yet be to come. */
seawall_status sw_config_set(const sw_config_kind *kind, void *config, const char *key, const char *value, seawall_error *error);
/* One field, as text that sw_config_set reads back; a value outside the range is told too, for messages. */
seawall_status sw_config_get(const sw_config_kind *kind, const void *config, const char *key, char *text, size_t size,
                             size_t *needed);
/* Row number `index` for the public. */
seawall_status sw_config_describe(const sw_config_kind *kind, int32_t index, seawall_field *field);

/*
 * The same treatment for sized out-structs (reports, snapshots): copies what fits of `full` into the caller's struct, whose
 * first member is its size, and keeps that size. #SEAWALL_INVALID if the caller's size is less than `oldest` or 0.
 */
seawall_status sw_struct_give(const void *full, size_t size, size_t oldest, void *caller);
/* Whether that would be done. */
bool sw_struct_fits(size_t oldest, const void *caller);

/* The size of a struct that ends with this member: of the one in tests/abi/first, without what was appended later. */
#define SW_UP_TO(type, member) (offsetof(type, member) + sizeof(((type *)NULL)->member))
/* Gives `full`, a struct whose oldest form ends with the member `last`. */
#define SW_GIVE(full, last, caller)                                                                                    \
    sw_struct_give(&(full), sizeof(full), (size_t)((const char *)(&(full).last + 1) - (const char *)&(full)), caller)

#endif
