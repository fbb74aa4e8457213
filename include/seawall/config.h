/**
 * @file config.h
 * @brief Every field of whatever may have a section in a file, by name: set it from text, check it, describe it.
 *
 * One table per struct drives the checks and messages of the create functions, a loader, the reference page and
 * bindings alike. A kind is spelled as in configuration files: "circuit_breaker", "retry", "timeout".
 *
 * Text is read in the same way everywhere, whatever the locale; blanks around it do not count, but where they are part of a text.
 * - A count is digits, with a minus before them where it may be negative.
 * - A count of bytes may have a unit, without a blank between: B, KiB, MiB or GiB, which are powers of 1024: "65536", "64KiB".
 * - A duration is a number, with a fraction if you like, and its unit without a blank between: ns, us, ms, s, m (minutes) or h.
 *   "0" needs no unit, and "inf" is #SEAWALL_FOREVER. One number only: "1.5h", not "1h30m". Parts of a nanosecond are refused.
 * - A rate is a number from 0 to 1, or a percentage: "0.25", "25%".
 * - A multiplier is a decimal number: "2", "1.5", "1e3".
 * - Fault kinds are named with commas between them, or "none", or "all".
 * - A text is its bytes, which are UTF-8 and no control characters; "" is the empty one.
 * - "auto" is #SEAWALL_AUTO, and so, for a number, is the one that stands for it, -1.
 */
#ifndef SEAWALL_CONFIG_H
#define SEAWALL_CONFIG_H

#include <seawall/status.h>

SEAWALL_BEGIN_DECLS

/** What a field holds, and so how its text is read. */
typedef int32_t seawall_field_type;
/** The values of seawall_field_type. */
enum {
    SEAWALL_FIELD_COUNT = 1,      /**< int32_t: "5", of bytes also "64KiB"; "auto" where the field allows it. */
    SEAWALL_FIELD_DURATION = 2,   /**< int64_t nanoseconds: "250ms", "1.5s", "inf"; "auto" where the field allows it. */
    SEAWALL_FIELD_RATE = 3,       /**< double from 0 to 1: "0.5", "50%". */
    SEAWALL_FIELD_MULTIPLIER = 4, /**< double: "2.0". */
    SEAWALL_FIELD_FAULTS = 5,     /**< uint32_t set of fault kinds: "timeout, internal"; "none"; "all". */
    SEAWALL_FIELD_CHOICE = 6,     /**< int32_t, one of the names that the field lists: "full". */
    SEAWALL_FIELD_SWITCH = 7,     /**< int32_t 0 or 1: "off", "on", "false", "true", "no", "yes". */
    SEAWALL_FIELD_TEXT = 8        /**< char[], `maximum` bytes and a NUL; what is behind the NUL does not count. */
};

/** A field type's name in lower case ("duration"), "unknown" for anything else. A static string. Any thread; never blocks. */
SEAWALL_API const char *seawall_field_type_name(seawall_field_type type);

/** What a field is. Texts are static strings; numbers are in the field's own unit, nanoseconds for durations. */
typedef struct seawall_field {
    uint32_t size;           /**< Set to sizeof(seawall_field) before the call. */
    seawall_field_type type; /**< How it is stored and read. */
    const char *key;         /**< "failure_threshold" */
    const char *unit;        /**< "calls", "ns", "" ...; "bytes" for texts, whose bounds are lengths. */
    const char *text;        /**< One line: what it does. */
    const char *choices;     /**< For choices: the names in order of their values, separated by ", "; else "". */
    double minimum;          /**< The smallest value allowed, but see `zero`; exact for everything that a double can hold. */
    double maximum;          /**< The largest; infinity where #SEAWALL_FOREVER is allowed. */
    int32_t automatic;       /**< 1 if #SEAWALL_AUTO ("auto") is allowed. */
    int32_t live;            /**< 1 if it may change while the object is in use. */
    uint32_t offset;         /**< Where it lies in its struct. */
    int32_t zero;            /**< 1 if 0 is allowed although it is below `minimum`: "off". */
    int32_t required;        /**< 1 if there is no default: whoever leaves it as it was is refused. */
    uint32_t reserved;       /**< 0 */
} seawall_field;

/** How many kinds there are. Any thread; never blocks. */
SEAWALL_API int32_t seawall_config_kind_count(void);

/** The spelling of kind number `index`, a static string; NULL if there is none. Any thread; never blocks. */
SEAWALL_API const char *seawall_config_kind(int32_t index);

/** The size of that kind's struct in this library; 0 for an unknown kind. Any thread; never blocks. */
SEAWALL_API size_t seawall_config_size(const char *kind);

/** How many fields the kind has; 0 for an unknown kind. Any thread; never blocks. */
SEAWALL_API int32_t seawall_config_field_count(const char *kind);

/**
 * Describes field number `index` of the kind. #SEAWALL_OK; #SEAWALL_INVALID for NULL, an impossible size or no such field. Any
 * thread.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_config_field(const char *kind, int32_t index, seawall_field *field);

/** What a link names, and so how its text is read. */
typedef int32_t seawall_link_form;
/** The values of seawall_link_form. */
enum {
    SEAWALL_LINK_MEMBER = 1,   /**< One name, of a member of the kind that is named: "slow". */
    SEAWALL_LINK_INSTANCE = 2, /**< A kind, or a kind and a name: "rate_limiter", "rate_limiter \"tenant\"". */
    SEAWALL_LINK_POLICIES = 3  /**< Any number of these with commas between them: "timeout, retry \"slow\"". */
};

/** A link form's name in lower case ("member"), "unknown" for anything else. A static string. Any thread; never blocks. */
SEAWALL_API const char *seawall_link_form_name(seawall_link_form form);

/**
 * A key of a section that names other members of a registry. In the struct there is a pointer in its place, or nothing. None may
 * change while the object is in use. Texts are static strings.
 */
typedef struct seawall_link {
    uint32_t size;          /**< Set to sizeof(seawall_link) before the call. */
    seawall_link_form form; /**< How its text is read. */
    const char *key;        /**< "retry_budget" */
    const char *text;       /**< One line: what it does. */
    int32_t required;       /**< 1 if it must be set; else nothing is named by default. */
    uint32_t reserved;      /**< 0 */
    char kinds[256];        /**< What may be named, separated by ", ": "retry_budget"; for a list its words. */
} seawall_link;

/**
 * Describes link number `index` of the kind. #SEAWALL_OK; #SEAWALL_INVALID for NULL, an impossible size or no such link. Any
 * thread.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_config_link(const char *kind, int32_t index, seawall_link *link);

/** Fills a config struct of `size` bytes with the kind's defaults. #SEAWALL_OK; #SEAWALL_INVALID. Any thread. */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_config_init(const char *kind, void *config, size_t size);

/**
 * Sets one field from text, independent of the locale. The config's own `size` must be set (by an initialiser). A value
 * that the field does not allow leaves the config untouched.
 * @return #SEAWALL_OK; #SEAWALL_INVALID, and the error names the key, the text and what is allowed.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_config_set(const char *kind, void *config, const char *key,
                                                                 const char *value, seawall_error *error);

/**
 * Writes one field as text that seawall_config_set reads back to the same value. (A field without a default that nobody has set
 * is told as the number it holds, which is outside its bounds.)
 * @param needed set to the bytes needed, the NUL included; may be NULL.
 * @return #SEAWALL_OK; #SEAWALL_TOO_SMALL; #SEAWALL_INVALID.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_config_get(const char *kind, const void *config, const char *key,
                                                                 char *text, size_t size, size_t *needed);

/**
 * Checks every field, and what must hold between fields, as create would; not what the struct points to. #SEAWALL_OK;
 * #SEAWALL_INVALID with the first mistake.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_config_check(const char *kind, const void *config, seawall_error *error);

SEAWALL_END_DECLS

#endif
