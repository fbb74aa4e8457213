/* Other people's error numbers, row by row, and everything that has no row. */
#include <check.h>
#include <errno.h>
#include <netdb.h>
#include <stdlib.h>

#include <seawall/seawall.h>

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
    {EAGAIN, SEAWALL_FAULT_CONNECTION_TIMEOUT, SEAWALL_FAULT_OTHER},
    BOTH(ECONNREFUSED, SERVICE_UNAVAILABLE),
    BOTH(ECONNRESET, SERVICE_UNAVAILABLE),
    BOTH(EPIPE, SERVICE_UNAVAILABLE),
    BOTH(EHOSTUNREACH, SERVICE_UNAVAILABLE),
    BOTH(ENETUNREACH, SERVICE_UNAVAILABLE),
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

START_TEST(retry_after_takes_seconds)
{
    static const struct {
        const char *text;
        seawall_duration delay;
    } rows[] = {
        {"0", 0},
        {"1", SEAWALL_SECONDS(1)},
        {"120", SEAWALL_SECONDS(120)},
        {"  120\t", SEAWALL_SECONDS(120)},
        {"0007", SEAWALL_SECONDS(7)},
        {"9223372036", SEAWALL_SECONDS(9223372036)},
        {"9223372037", SEAWALL_FOREVER},
        {"9223372036854775807", SEAWALL_FOREVER},
        {"9223372036854775808", SEAWALL_FOREVER},
        {"99999999999999999999999999999999", SEAWALL_FOREVER},
    };
    int i;

    for (i = 0; i < COUNT(rows); i++) {
        seawall_duration delay = -1;

        ck_assert_msg(seawall_retry_after_parse(rows[i].text, &delay) == SEAWALL_OK, "%s", rows[i].text);
        ck_assert_int_eq(delay, rows[i].delay);
    }
}
END_TEST

START_TEST(retry_after_takes_nothing_else)
{
    static const char *const wrong[] = {"",    " ",    "-1",   "+1",   "1.5", "1s",    "x", "1 2", "0x10", "1,5",
                                        "1e3", "\n12", "12\n", "１２", "Wed, 21 Oct 2015 07:28:00 GMT"};
    seawall_duration delay = 77;
    int i;

    for (i = 0; i < COUNT(wrong); i++)
        ck_assert_msg(seawall_retry_after_parse(wrong[i], &delay) == SEAWALL_INVALID, "%s", wrong[i]);
    ck_assert_int_eq(seawall_retry_after_parse(NULL, &delay), SEAWALL_INVALID);
    ck_assert_int_eq(delay, 77);
    ck_assert_int_eq(seawall_retry_after_parse("1", NULL), SEAWALL_INVALID);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("classify");
    TCase *tests = tcase_create("classify");
    SRunner *runner = srunner_create(suite);
    int failed;

    tcase_add_test(tests, every_errno_has_its_kind);
    tcase_add_test(tests, every_eai_has_its_kind);
    tcase_add_test(tests, every_http_status_has_its_kind);
    tcase_add_test(tests, retry_after_takes_seconds);
    tcase_add_test(tests, retry_after_takes_nothing_else);
    suite_add_tcase(suite, tests);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
