/* The names of answers, origins, changes and events. */
#include <seawall/loader.h>
#include <seawall/registry_events.h>

#include "base/name.h"

static const char *const answers[] = {
    [SEAWALL_REGISTRY_CREATED] = "created",
    [SEAWALL_REGISTRY_EXISTS] = "exists",
    [SEAWALL_REGISTRY_DIFFERS] = "differs",
};

const char *seawall_registry_answer_name(seawall_registry_answer answer)
{
    return SW_NAME(answers, answer);
}

static const char *const origins[] = {
    [SEAWALL_ORIGIN_DEFAULT] = "default",
    [SEAWALL_ORIGIN_CALL] = "call",
    [SEAWALL_ORIGIN_FILE] = "file",
    [SEAWALL_ORIGIN_ENVIRONMENT] = "environment",
};

const char *seawall_origin_name(seawall_origin_kind kind)
{
    return SW_NAME(origins, kind);
}

static const char *const changes[] = {
    [SEAWALL_CHANGE_CREATED] = "created",
    [SEAWALL_CHANGE_APPLIED] = "applied",
    [SEAWALL_CHANGE_LEFT] = "left",
    [SEAWALL_CHANGE_RETIRING] = "retiring",
    [SEAWALL_CHANGE_RETIRED] = "retired",
};

const char *seawall_change_name(seawall_change_kind kind)
{
    return SW_NAME(changes, kind);
}

static const char *const events[] = {
    [SEAWALL_REGISTRY_MADE] = "made",
    [SEAWALL_REGISTRY_GONE] = "gone",
    [SEAWALL_REGISTRY_TRANSITION] = "transition",
    [SEAWALL_REGISTRY_DECISION] = "decision",
};

const char *seawall_registry_event_name(seawall_registry_event_kind what)
{
    return SW_NAME(events, what);
}
