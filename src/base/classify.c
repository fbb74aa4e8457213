/* Other people's error numbers, told in fault kinds. What no rule names is "other". */
#define _POSIX_C_SOURCE 200809L /* EAI_* */
#include <errno.h>
#include <netdb.h>

#include <seawall/fault.h>

/* A wait with a limit that was set by setsockopt; in any other phase it only says that the socket does not block. */
static seawall_fault timed_out_or_nothing(seawall_phase phase)
{
    switch (phase) {
    case SEAWALL_PHASE_CONNECT: /* of a socket in the file system; others say EINPROGRESS */
        return SEAWALL_FAULT_CONNECTION_TIMEOUT;
    case SEAWALL_PHASE_READ:
    case SEAWALL_PHASE_WRITE:
        return SEAWALL_FAULT_TIMEOUT;
    default:
        return SEAWALL_FAULT_OTHER;
    }
}

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
    case EAGAIN:
        return timed_out_or_nothing(phase);
    case EINPROGRESS:
        return phase == SEAWALL_PHASE_CONNECT ? SEAWALL_FAULT_CONNECTION_TIMEOUT : SEAWALL_FAULT_OTHER;
    case ECONNREFUSED:
    case ECONNRESET:
    case ECONNABORTED:
    case EPIPE:
    case EHOSTUNREACH:
    case ENETUNREACH:
    case ENETDOWN:
    case ENETRESET:
#ifdef EHOSTDOWN /* POSIX does not know it */
    case EHOSTDOWN:
#endif
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

seawall_fault seawall_fault_from_grpc_status(int32_t code)
{
    switch (code) {
    case 0:
        return SEAWALL_FAULT_NONE;
    case 1: /* cancelled: by us, for nobody else can */
        return SEAWALL_FAULT_IGNORED;
    case 3:  /* invalid argument */
    case 9:  /* failed precondition */
    case 11: /* out of range */
        return SEAWALL_FAULT_INVALID_REQUEST;
    case 4: /* deadline exceeded */
        return SEAWALL_FAULT_TIMEOUT;
    case 5:
        return SEAWALL_FAULT_NOT_FOUND;
    case 6:  /* already exists */
    case 10: /* aborted: a transaction in the way */
        return SEAWALL_FAULT_CONFLICT;
    case 7:
        return SEAWALL_FAULT_AUTHORIZATION_DENIED;
    case 8: /* resource exhausted */
        return SEAWALL_FAULT_RATE_LIMIT_EXCEEDED;
    case 2:  /* unknown */
    case 12: /* unimplemented */
    case 13:
    case 15: /* data loss */
        return SEAWALL_FAULT_INTERNAL;
    case 14:
        return SEAWALL_FAULT_SERVICE_UNAVAILABLE;
    case 16:
        return SEAWALL_FAULT_AUTHENTICATION_FAILED;
    default:
        return SEAWALL_FAULT_OTHER;
    }
}

/* The numbers are libcurl's own, which promises never to change them. */
seawall_fault seawall_fault_from_curl_code(int32_t code, seawall_phase phase)
{
    switch (code) {
    case 0:
        return SEAWALL_FAULT_NONE;
    case 28:
        return timed_out(phase);
    case 5:  /* the proxy's name, */
    case 6:  /* or the host's, was not found: libcurl does not tell a lame resolver from a name that is not there */
    case 7:  /* no connection */
    case 35: /* the TLS handshake broke off: nothing was asked yet */
    case 52: /* the server closed without an answer */
    case 55: /* sending failed, */
    case 56: /* or receiving */
        return SEAWALL_FAULT_SERVICE_UNAVAILABLE;
    case 67: /* login denied */
        return SEAWALL_FAULT_AUTHENTICATION_FAILED;
    case 9: /* access denied */
        return SEAWALL_FAULT_AUTHORIZATION_DENIED;
    case 1:  /* no such protocol */
    case 3:  /* malformed URL */
    case 43: /* bad argument */
        return SEAWALL_FAULT_INVALID_REQUEST;
    case 78: /* no such file on the other side */
        return SEAWALL_FAULT_NOT_FOUND;
    case 2:  /* libcurl itself did not start */
    case 23: /* the caller's own sink failed, */
    case 26: /* or the caller's own source */
    case 27: /* out of memory */
    case 45: /* the local address cannot be used */
        return SEAWALL_FAULT_LOCAL_RESOURCES;
    case 42: /* the caller's own callback ended it */
        return SEAWALL_FAULT_IGNORED;
    default:
        return SEAWALL_FAULT_OTHER;
    }
}
