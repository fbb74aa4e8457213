/* Other people's error numbers, told in fault kinds. What no rule names is "other". */
#define _POSIX_C_SOURCE 200809L /* EAI_* */
#include <errno.h>
#include <netdb.h>

#include <seawall/fault.h>

static seawall_fault timed_out(seawall_phase phase)
{
    /* Before the connection stood nothing can have been done, so that trying again is safe. */
    return phase == SEAWALL_PHASE_CONNECT ? SEAWALL_FAULT_CONNECTION_TIMEOUT : SEAWALL_FAULT_TIMEOUT;
}

seawall_fault seawall_fault_from_errno(int32_t error, seawall_phase phase)
{
    switch (error) {
    case 0:
        return SEAWALL_FAULT_NONE;
    case EINTR:
    case ECANCELED:
        return SEAWALL_FAULT_IGNORED;
    case ETIMEDOUT:
        return timed_out(phase);
    case EAGAIN: /* a connect with a send timeout; later it only says that the socket does not block */
        return phase == SEAWALL_PHASE_CONNECT ? SEAWALL_FAULT_CONNECTION_TIMEOUT : SEAWALL_FAULT_OTHER;
    case ECONNREFUSED:
    case ECONNRESET:
    case EPIPE:
    case EHOSTUNREACH:
    case ENETUNREACH:
        return SEAWALL_FAULT_SERVICE_UNAVAILABLE;
    case EACCES:
    case EPERM:
        return SEAWALL_FAULT_AUTHORIZATION_DENIED;
    case EINVAL:
        return SEAWALL_FAULT_INVALID_REQUEST;
    case ENOENT:
        return SEAWALL_FAULT_NOT_FOUND;
    case ENOMEM:
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOSPC:
        return SEAWALL_FAULT_LOCAL_RESOURCES;
    default:
        return SEAWALL_FAULT_OTHER;
    }
}

seawall_fault seawall_fault_from_eai(int32_t error)
{
    switch (error) {
    case 0:
        return SEAWALL_FAULT_NONE;
    case EAI_AGAIN:
        return SEAWALL_FAULT_SERVICE_UNAVAILABLE;
    case EAI_MEMORY:
        return SEAWALL_FAULT_LOCAL_RESOURCES;
    case EAI_BADFLAGS:
    case EAI_FAMILY:
    case EAI_SOCKTYPE:
    case EAI_SERVICE:
        return SEAWALL_FAULT_INVALID_REQUEST;
    default:
        return SEAWALL_FAULT_OTHER;
    }
}

static seawall_fault client_error(int32_t status)
{
    switch (status) {
    case 401:
        return SEAWALL_FAULT_AUTHENTICATION_FAILED;
    case 403:
        return SEAWALL_FAULT_AUTHORIZATION_DENIED;
    case 404:
    case 410:
        return SEAWALL_FAULT_NOT_FOUND;
    case 408:
        return SEAWALL_FAULT_TIMEOUT;
    case 409:
    case 412:
        return SEAWALL_FAULT_CONFLICT;
    case 429:
        return SEAWALL_FAULT_RATE_LIMIT_EXCEEDED;
    default:
        return SEAWALL_FAULT_INVALID_REQUEST;
    }
}

static seawall_fault server_error(int32_t status)
{
    switch (status) {
    case 502:
    case 503:
        return SEAWALL_FAULT_SERVICE_UNAVAILABLE;
    case 504:
        return SEAWALL_FAULT_TIMEOUT;
    default:
        return SEAWALL_FAULT_INTERNAL;
    }
}

seawall_fault seawall_fault_from_http_status(int32_t status)
{
    if (status < 100 || status >= 600)
        return SEAWALL_FAULT_OTHER;
    if (status < 400)
        return SEAWALL_FAULT_NONE;
    return status < 500 ? client_error(status) : server_error(status);
}
