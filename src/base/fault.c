/* The fault table, and looking kinds up by name. */
#include <string.h>

#include "base/fault.h"
#include "base/name.h"

/* clang-format off */
const sw_fault_row sw_fault_table[SEAWALL_FAULT_COUNT] = {
    /*                                       name                     counts  retried gives up */
    [SEAWALL_FAULT_NONE]                  = {"none",                  false,  false,  false},
    [SEAWALL_FAULT_IGNORED]               = {"ignored",               false,  false,  false},
    [SEAWALL_FAULT_CONNECTION_TIMEOUT]    = {"connection_timeout",    true,   true,   false},
    [SEAWALL_FAULT_SERVICE_UNAVAILABLE]   = {"service_unavailable",   true,   true,   false},
    [SEAWALL_FAULT_RATE_LIMIT_EXCEEDED]   = {"rate_limit_exceeded",   false,  true,   false},
    [SEAWALL_FAULT_TIMEOUT]               = {"timeout",               true,   false,  false},
    [SEAWALL_FAULT_INTERNAL]              = {"internal",              true,   false,  false},
    [SEAWALL_FAULT_OTHER]                 = {"other",                 true,   false,  false},
    [SEAWALL_FAULT_AUTHENTICATION_FAILED] = {"authentication_failed", false,  false,  true},
    [SEAWALL_FAULT_AUTHORIZATION_DENIED]  = {"authorization_denied",  false,  false,  true},
    [SEAWALL_FAULT_INVALID_REQUEST]       = {"invalid_request",       false,  false,  true},
    [SEAWALL_FAULT_NOT_FOUND]             = {"not_found",             false,  false,  false},
    [SEAWALL_FAULT_CONFLICT]              = {"conflict",              false,  false,  false},
    [SEAWALL_FAULT_LOCAL_RESOURCES]       = {"local_resources",       false,  false,  false},
};
/* clang-format on */

const char *seawall_fault_name(seawall_fault fault)
{
    if (fault < 0 || fault >= SEAWALL_FAULT_COUNT)
        return "unknown";
    return sw_fault_table[fault].name;
}

seawall_status seawall_fault_from_name(const char *name, seawall_fault *fault)
{
    seawall_fault i;

    if (name == NULL || fault == NULL)
        return SEAWALL_INVALID;
    for (i = 0; i < SEAWALL_FAULT_COUNT; i++) {
        if (strcmp(name, sw_fault_table[i].name) == 0) {
            *fault = i;
            return SEAWALL_OK;
        }
    }
    return SEAWALL_INVALID;
}

static const char *const phases[] = {
    [SEAWALL_PHASE_CONNECT] = "connect",
    [SEAWALL_PHASE_REQUEST] = "request",
    [SEAWALL_PHASE_READ] = "read",
    [SEAWALL_PHASE_WRITE] = "write",
};

const char *seawall_phase_name(seawall_phase phase)
{
    return SW_NAME(phases, phase);
}

seawall_fault_set seawall_fault_bit(seawall_fault fault)
{
    return fault >= 0 && fault < SEAWALL_FAULT_COUNT ? SEAWALL_FAULT_BIT(fault) : 0;
}
