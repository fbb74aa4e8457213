/* The status table: every value's name, sentence and category in one place. */
#include <seawall/status.h>

#include "base/name.h"

typedef struct status_row {
    const char *name;
    const char *message;
    seawall_category category;
} status_row;

static const status_row table[] = {
    [SEAWALL_OK] = {"ok", "done", SEAWALL_CATEGORY_OK},
    [SEAWALL_FAILED] = {"failed", "the operation was run and failed", SEAWALL_CATEGORY_FAILED},
    [SEAWALL_OPEN] = {"open", "refused by an open circuit breaker", SEAWALL_CATEGORY_REFUSED},
    [SEAWALL_FULL] = {"full", "refused because no place is left", SEAWALL_CATEGORY_REFUSED},
    [SEAWALL_LIMITED] = {"limited", "refused by a rate limit", SEAWALL_CATEGORY_REFUSED},
    [SEAWALL_TIMED_OUT] = {"timed_out", "ended by a deadline", SEAWALL_CATEGORY_ENDED_EARLY},
    [SEAWALL_CANCELLED] = {"cancelled", "ended by a cancellation", SEAWALL_CATEGORY_ENDED_EARLY},
    [SEAWALL_INVALID] = {"invalid", "a value, a combination or a moment that the contract forbids",
                         SEAWALL_CATEGORY_MISUSE},
    [SEAWALL_STALE] = {"stale", "what the permit or handle stood for is over", SEAWALL_CATEGORY_MISUSE},
    [SEAWALL_BUSY] = {"busy", "still in use", SEAWALL_CATEGORY_MISUSE},
    [SEAWALL_TOO_SMALL] = {"too_small", "the caller's storage is too small", SEAWALL_CATEGORY_MISUSE},
    [SEAWALL_UNSUPPORTED] = {"unsupported", "this driver cannot run this pipeline", SEAWALL_CATEGORY_MISUSE},
    [SEAWALL_NO_MEMORY] = {"no_memory", "the allocator had no memory", SEAWALL_CATEGORY_ENVIRONMENT},
    [SEAWALL_NO_RESOURCES] = {"no_resources", "the system gave no thread or no descriptor", SEAWALL_CATEGORY_ENVIRONMENT},
};

static const status_row unknown = {"unknown", "a status that this library does not know", SEAWALL_CATEGORY_MISUSE};

static const status_row *row_of(seawall_status status)
{
    if (status < 0 || status >= (seawall_status)(sizeof(table) / sizeof(table[0])))
        return &unknown;
    return &table[status];
}

const char *seawall_status_name(seawall_status status)
{
    return row_of(status)->name;
}

const char *seawall_status_message(seawall_status status)
{
    return row_of(status)->message;
}

seawall_category seawall_status_category(seawall_status status)
{
    return row_of(status)->category;
}

static const char *const categories[] = {
    [SEAWALL_CATEGORY_OK] = "ok",
    [SEAWALL_CATEGORY_FAILED] = "failed",
    [SEAWALL_CATEGORY_REFUSED] = "refused",
    [SEAWALL_CATEGORY_ENDED_EARLY] = "ended_early",
    [SEAWALL_CATEGORY_MISUSE] = "misuse",
    [SEAWALL_CATEGORY_ENVIRONMENT] = "environment",
};

const char *seawall_category_name(seawall_category category)
{
    return SW_NAME(categories, category);
}
