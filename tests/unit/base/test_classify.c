/* Other people's error numbers, row by row, and everything that has no row. */
#include <check.h>
#include <errno.h>
#include <netdb.h>

#include <seawall/seawall.h>

#include "suite.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

typedef struct row {
    int code;
    seawall_fault connect;
    seawall_fault request;
} row;

#define BOTH(code, fault)                                                                                    \
    {                                                                                                        \
        code, SEAWALL_FAULT_##fault, SEAWALL_FAULT_##fault                                                   \
    }

static const row errnos[] = {
    BOTH(0, NONE),
    {ETIMEDOUT, SEAWALL_FAULT_CONNECTION_TIMEOUT, SEAWALL_FAULT_TIMEOUT},
    {EINPROGRESS, SEAWALL_FAULT_CONNECTION_TIMEOUT, SEAWALL_FAULT_OTHER},
    {EAGAIN, SEAWALL_FAULT_CONNECTION_TIMEOUT, SEAWALL_FAULT_OTHER},
    BOTH(ECONNREFUSED, SERVICE_UNAVAILABLE),
    BOTH(ECONNRESET, SERVICE_UNAVAILABLE),
    BOTH(EPIPE, SERVICE_UNAVAILABLE),
    BOTH(EHOSTUNREACH, SERVICE_UNAVAILABLE),
    BOTH(ENETUNREACH, SERVICE_UNAVAILABLE),
    BOTH(ECONNABORTED, SERVICE_UNAVAILABLE),
    BOTH(ENETDOWN, SERVICE_UNAVAILABLE),
    BOTH(ENETRESET, SERVICE_UNAVAILABLE),
    BOTH(EHOSTDOWN, SERVICE_UNAVAILABLE),
    BOTH(EACCES, AUTHORIZATION_DENIED),
    BOTH(EPERM, AUTHORIZATION_DENIED),
    BOTH(EINVAL, INVALID_REQUEST),
    BOTH(ENOENT, NOT_FOUND),
    BOTH(ENOMEM, LOCAL_RESOURCES),
    BOTH(EMFILE, LOCAL_RESOURCES),
    BOTH(ENFILE, LOCAL_RESOURCES),
    BOTH(ENOBUFS, LOCAL_RESOURCES),
    BOTH(ENOSPC, LOCAL_RESOURCES),
    BOTH(EINTR, IGNORED),
    BOTH(ECANCELED, IGNORED),
};

static const row *row_for(const row *rows, int count, int code)
{
    int i;

    for (i = 0; i < count; i++) {
        if (rows[i].code == code)
            return &rows[i];
    }
    return NULL;
}

START_TEST(every_errno_has_its_kind)
{
    int code;

    for (code = -300; code <= 300; code++) {
        const row *r = row_for(errnos, COUNT(errnos), code);

        ck_assert_msg(seawall_fault_from_errno(code, SEAWALL_PHASE_CONNECT) == (r ? r->connect : SEAWALL_FAULT_OTHER),
                      "errno %d connecting: %s", code, seawall_fault_name(seawall_fault_from_errno(code, SEAWALL_PHASE_CONNECT)));
        ck_assert_msg(seawall_fault_from_errno(code, SEAWALL_PHASE_REQUEST) == (r ? r->request : SEAWALL_FAULT_OTHER),
                      "errno %d later: %s", code, seawall_fault_name(seawall_fault_from_errno(code, SEAWALL_PHASE_REQUEST)));
    }
    ck_assert_int_eq(seawall_fault_from_errno(INT32_MIN, 0), SEAWALL_FAULT_OTHER);
    ck_assert_int_eq(seawall_fault_from_errno(ETIMEDOUT, 99), SEAWALL_FAULT_TIMEOUT);
    ck_assert_int_eq(seawall_fault_from_errno(EAGAIN, 99), SEAWALL_FAULT_OTHER);
}
END_TEST

/* A wait for bytes is a later time too, but that a socket with a time limit says EAGAIN at its end. */
START_TEST(waits_for_bytes_time_out)
{
    int code;

    for (code = -300; code <= 300; code++) {
        seawall_fault expected = code == EAGAIN ? SEAWALL_FAULT_TIMEOUT : seawall_fault_from_errno(code, SEAWALL_PHASE_REQUEST);

        ck_assert_int_eq(seawall_fault_from_errno(code, SEAWALL_PHASE_READ), expected);
        ck_assert_int_eq(seawall_fault_from_errno(code, SEAWALL_PHASE_WRITE), expected);
    }
}
END_TEST

static const row eais[] = {
    BOTH(0, NONE),
    BOTH(EAI_AGAIN, SERVICE_UNAVAILABLE),
    BOTH(EAI_MEMORY, LOCAL_RESOURCES),
    BOTH(EAI_BADFLAGS, INVALID_REQUEST),
    BOTH(EAI_FAMILY, INVALID_REQUEST),
    BOTH(EAI_SOCKTYPE, INVALID_REQUEST),
    BOTH(EAI_SERVICE, INVALID_REQUEST),
    BOTH(EAI_NONAME, OTHER),
    BOTH(EAI_FAIL, OTHER),
    BOTH(EAI_SYSTEM, OTHER),
    BOTH(EAI_OVERFLOW, OTHER),
};

START_TEST(every_eai_has_its_kind)
{
    int code;

    for (code = -300; code <= 300; code++) {
        const row *r = row_for(eais, COUNT(eais), code);

        ck_assert_msg(seawall_fault_from_eai(code) == (r ? r->request : SEAWALL_FAULT_OTHER), "EAI %d: %s", code,
                      seawall_fault_name(seawall_fault_from_eai(code)));
    }
}
END_TEST

static const row https[] = {
    BOTH(401, AUTHENTICATION_FAILED), BOTH(403, AUTHORIZATION_DENIED), BOTH(404, NOT_FOUND),
    BOTH(408, TIMEOUT),               BOTH(409, CONFLICT),             BOTH(410, NOT_FOUND),
    BOTH(412, CONFLICT),              BOTH(429, RATE_LIMIT_EXCEEDED),  BOTH(502, SERVICE_UNAVAILABLE),
    BOTH(503, SERVICE_UNAVAILABLE),   BOTH(504, TIMEOUT),
};

static seawall_fault http_expected(int status)
{
    const row *r = row_for(https, COUNT(https), status);

    if (r != NULL)
        return r->request;
    switch (status < 0 ? -1 : status / 100) {
    case 1:
    case 2:
    case 3:
        return SEAWALL_FAULT_NONE;
    case 4:
        return SEAWALL_FAULT_INVALID_REQUEST;
    case 5:
        return SEAWALL_FAULT_INTERNAL;
    default:
        return SEAWALL_FAULT_OTHER;
    }
}

START_TEST(every_http_status_has_its_kind)
{
    int status;

    for (status = -5; status < 1000; status++)
        ck_assert_msg(seawall_fault_from_http_status(status) == http_expected(status), "%d: %s", status,
                      seawall_fault_name(seawall_fault_from_http_status(status)));
    ck_assert_int_eq(seawall_fault_from_http_status(INT32_MAX), SEAWALL_FAULT_OTHER);
    ck_assert_int_eq(seawall_fault_from_http_status(INT32_MIN), SEAWALL_FAULT_OTHER);
}
END_TEST

static const row grpcs[] = {
    BOTH(0, NONE),
    BOTH(1, IGNORED),
    BOTH(2, INTERNAL),
    BOTH(3, INVALID_REQUEST),
    BOTH(4, TIMEOUT),
    BOTH(5, NOT_FOUND),
    BOTH(6, CONFLICT),
    BOTH(7, AUTHORIZATION_DENIED),
    BOTH(8, RATE_LIMIT_EXCEEDED),
    BOTH(9, INVALID_REQUEST),
    BOTH(10, CONFLICT),
    BOTH(11, INVALID_REQUEST),
    BOTH(12, INTERNAL),
    BOTH(13, INTERNAL),
    BOTH(14, SERVICE_UNAVAILABLE),
    BOTH(15, INTERNAL),
    BOTH(16, AUTHENTICATION_FAILED),
};

START_TEST(every_grpc_status_has_its_kind)
{
    int code;

    for (code = -20; code <= 100; code++) {
        const row *r = row_for(grpcs, COUNT(grpcs), code);

        ck_assert_msg(seawall_fault_from_grpc_status(code) == (r ? r->request : SEAWALL_FAULT_OTHER), "gRPC %d: %s", code,
                      seawall_fault_name(seawall_fault_from_grpc_status(code)));
    }
}
END_TEST

static const row curls[] = {
    BOTH(0, NONE),
    BOTH(1, INVALID_REQUEST),
    BOTH(2, LOCAL_RESOURCES),
    BOTH(3, INVALID_REQUEST),
    BOTH(5, SERVICE_UNAVAILABLE),
    BOTH(6, SERVICE_UNAVAILABLE),
    BOTH(7, SERVICE_UNAVAILABLE),
    BOTH(9, AUTHORIZATION_DENIED),
    BOTH(23, LOCAL_RESOURCES),
    BOTH(26, LOCAL_RESOURCES),
    BOTH(27, LOCAL_RESOURCES),
    {28, SEAWALL_FAULT_CONNECTION_TIMEOUT, SEAWALL_FAULT_TIMEOUT},
    BOTH(35, SERVICE_UNAVAILABLE),
    BOTH(42, IGNORED),
    BOTH(43, INVALID_REQUEST),
    BOTH(45, LOCAL_RESOURCES),
    BOTH(52, SERVICE_UNAVAILABLE),
    BOTH(55, SERVICE_UNAVAILABLE),
    BOTH(56, SERVICE_UNAVAILABLE),
    BOTH(67, AUTHENTICATION_FAILED),
    BOTH(78, NOT_FOUND),
};

START_TEST(every_curl_code_has_its_kind)
{
    int code;

    for (code = -5; code <= 200; code++) {
        const row *r = row_for(curls, COUNT(curls), code);

        ck_assert_msg(seawall_fault_from_curl_code(code, SEAWALL_PHASE_CONNECT) == (r ? r->connect : SEAWALL_FAULT_OTHER),
                      "CURLcode %d connecting", code);
        ck_assert_msg(seawall_fault_from_curl_code(code, SEAWALL_PHASE_REQUEST) == (r ? r->request : SEAWALL_FAULT_OTHER),
                      "CURLcode %d later", code);
    }
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("classify");

    tcase_add_test(tests, every_errno_has_its_kind);
    tcase_add_test(tests, waits_for_bytes_time_out);
    tcase_add_test(tests, every_eai_has_its_kind);
    tcase_add_test(tests, every_http_status_has_its_kind);
    tcase_add_test(tests, every_grpc_status_has_its_kind);
    tcase_add_test(tests, every_curl_code_has_its_kind);
    return sw_test_run("classify", tests);
}
