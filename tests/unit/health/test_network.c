/* Network tests as checks of a set: a host polls them at times that the test says, against real servers. */
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "health_fixture.h"
#include "net_fixture.h"
#include "suite.h"

#define GUARD 10000 /* ms */

static set s;
static int descriptors;
static net_server server;

static void setup(void)
{
    descriptors = net_count_descriptors();
    set_up(&s);
    net_listen(&server, "127.0.0.1", 0, 64);
}

static void teardown(void)
{
    net_close(&server);
    tear_down(&s);
    ck_assert_int_eq(net_count_descriptors(), descriptors);
}

static void check(const char *name, seawall_health_test test, const char *target)
{
    seawall_health_check_config config = plain(); /* a second, and half of it per run */
    seawall_error error = {.message = ""};

    config.check = test;
    config.failure_threshold = 3;
    (void)snprintf(config.target, sizeof(config.target), "%s", target);
    ck_assert_msg(seawall_health_register(s.health, name, &config, NULL, &error) == SEAWALL_OK, "%s", error.message);
}

/* What is due now, and what the sockets have brought. */
static void look(void)
{
    ck_assert_int_eq(seawall_health_poll_at(s.health, seawall_manual_clock_now(s.test.clock), &s.next), SEAWALL_OK);
}

/* Waits for the sockets, and only for them: time stands still. */
static void wait_and_look(void)
{
    struct pollfd one = {.events = POLLIN};

    if (s.next > seawall_manual_clock_now(s.test.clock)) {
        ck_assert_int_eq(seawall_health_descriptor(s.health, &one.fd), SEAWALL_OK);
        ck_assert_int_eq(poll(&one, 1, GUARD), 1);
    }
    look();
}

static void until_run(const char *name, int64_t runs)
{
    while (look_at(&s, name).runs < runs)
        wait_and_look();
}

static void pass_time(seawall_duration by)
{
    seawall_manual_clock_advance(s.test.clock, by);
    look();
}

static int accept_and_hear(const char *request)
{
    int connection;

    while (s.next <= seawall_manual_clock_now(s.test.clock))
        look();
    connection = net_accept(&server);
    while (recv(connection, &(char){0}, 1, MSG_PEEK | MSG_DONTWAIT) < 1)
        wait_and_look();
    net_hear(connection, request);
    return connection;
}

START_TEST(verdicts_follow_replies)
{
    static const struct {
        const char *reply;
        seawall_health_status last, verdict;
    } runs[] = {
        {"+PONG\r\n", SEAWALL_HEALTH_PASS, SEAWALL_HEALTH_PASS}, {"-ERR\r\n", SEAWALL_HEALTH_FAIL, SEAWALL_HEALTH_PASS},
        {"-ERR\r\n", SEAWALL_HEALTH_FAIL, SEAWALL_HEALTH_PASS},  {"-ERR\r\n", SEAWALL_HEALTH_FAIL, SEAWALL_HEALTH_FAIL},
        {"-ERR\r\n", SEAWALL_HEALTH_FAIL, SEAWALL_HEALTH_FAIL},  {"+PONG\r\n", SEAWALL_HEALTH_PASS, SEAWALL_HEALTH_PASS},
    };
    int64_t i;

    check("redis", SEAWALL_HEALTH_PING_TEST, server.target);
    look();
    for (i = 0; i < (int64_t)(sizeof(runs) / sizeof(runs[0])); i++) {
        int connection = accept_and_hear("PING\r\n");

        pass_time(MS(3));
        net_say(connection, runs[i].reply);
        until_run("redis", i + 1);
        (void)close(connection);
        ck_assert_int_eq(look_at(&s, "redis").last, runs[i].last);
        ck_assert_int_eq(look_at(&s, "redis").status, runs[i].verdict);
        ck_assert_int_eq(look_at(&s, "redis").duration, MS(3));
        ck_assert_str_eq(look_at(&s, "redis").message, runs[i].last == SEAWALL_HEALTH_PASS ? "" : "the reply was \"-ERR\"");
        pass_time(S(1) - MS(3));
    }
}
END_TEST

/* It fails at its timeout, holds nothing from then on, and the next run begins on schedule. */
START_TEST(a_black_hole_is_no_stuck_check)
{
    int connection, again;

    check("redis", SEAWALL_HEALTH_PING_TEST, server.target);
    look();
    connection = accept_and_hear("PING\r\n");
    pass_time(MS(499));
    ck_assert_int_eq(look_at(&s, "redis").runs, 0);
    ck_assert_int_eq(look_at(&s, "redis").running, 1);
    pass_time(MS(1));
    ck_assert_int_eq(look_at(&s, "redis").runs, 1);
    ck_assert_int_eq(look_at(&s, "redis").stuck, 0);
    ck_assert_int_eq(look_at(&s, "redis").running, 0);
    ck_assert_str_ne(look_at(&s, "redis").message, "");
    ck_assert_int_eq(recv(connection, &(char){0}, 1, 0), 0); /* hung up */
    pass_time(MS(500));
    again = accept_and_hear("PING\r\n");
    net_say(again, "+PONG");
    until_run("redis", 2);
    ck_assert_int_eq(look_at(&s, "redis").last, SEAWALL_HEALTH_PASS);
    (void)close(connection);
    (void)close(again);
}
END_TEST

/* Its end is late then, but not the answer. */
START_TEST(what_came_in_time_is_heard_later)
{
    struct pollfd one = {.events = POLLIN};
    int connection;

    check("redis", SEAWALL_HEALTH_PING_TEST, server.target);
    look();
    connection = accept_and_hear("PING\r\n");
    net_say(connection, "+PONG\r\n");
    ck_assert_int_eq(seawall_health_descriptor(s.health, &one.fd), SEAWALL_OK);
    ck_assert_int_eq(poll(&one, 1, GUARD), 1);
    pass_time(S(10));
    ck_assert_int_eq(look_at(&s, "redis").runs, 1);
    ck_assert_int_eq(look_at(&s, "redis").status, SEAWALL_HEALTH_PASS);
    ck_assert_int_eq(look_at(&s, "redis").failures, 0);
    (void)close(connection);
}
END_TEST

START_TEST(every_kind_of_test_is_run)
{
    char body[] = "HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n";
    int connection;

    check("port", SEAWALL_HEALTH_CONNECTION_TEST, server.target);
    look();
    until_run("port", 1);
    ck_assert_int_eq(look_at(&s, "port").status, SEAWALL_HEALTH_PASS);
    (void)close(net_accept(&server));
    check("page", SEAWALL_HEALTH_ENDPOINT_TEST, server.url);
    look();
    connection = accept_and_hear("GET /x HTTP/1.1\r\n");
    net_say(connection, body);
    until_run("page", 1);
    ck_assert_str_eq(look_at(&s, "page").message, "HTTP status 503");
    (void)close(connection);
    check("nobody", SEAWALL_HEALTH_CONNECTION_TEST, "127.0.0.1:1");
    look();
    until_run("nobody", 1);
    ck_assert_str_eq(look_at(&s, "nobody").message, "connection refused");
}
END_TEST

/* On the host's own thread, where nobody else may. */
START_TEST(a_name_is_looked_up)
{
    char target[32];

    (void)snprintf(target, sizeof(target), "localhost:%d", server.port);
    check("named", SEAWALL_HEALTH_CONNECTION_TEST, target);
    check("nobody's", SEAWALL_HEALTH_CONNECTION_TEST, "no..name:1");
    look();
    until_run("named", 1);
    until_run("nobody's", 1);
    ck_assert_int_eq(look_at(&s, "named").last, SEAWALL_HEALTH_PASS);
    ck_assert_int_eq(look_at(&s, "nobody's").last, SEAWALL_HEALTH_FAIL);
    ck_assert_str_eq(look_at(&s, "nobody's").message, "there is no host of this name");
}
END_TEST

/* Removed, put anew, or all of it destroyed: a run that goes on is hung up at once. */
START_TEST(who_goes_hangs_up)
{
    int connection;

    check("redis", SEAWALL_HEALTH_PING_TEST, server.target);
    look();
    connection = accept_and_hear("PING\r\n");
    if (_i == 0) {
        ck_assert_int_eq(seawall_health_unregister(s.health, "redis"), SEAWALL_OK);
    } else if (_i == 1) {
        seawall_health_check_config config = plain();

        config.check = SEAWALL_HEALTH_CONNECTION_TEST;
        (void)snprintf(config.target, sizeof(config.target), "%s", server.target);
        ck_assert_int_eq(seawall_health_replace(s.health, "redis", &config, NULL, NULL), SEAWALL_OK);
    } else {
        seawall_health_destroy(s.health);
        s.health = NULL;
    }
    ck_assert_int_eq(recv(connection, &(char){0}, 1, 0), 0);
    (void)close(connection);
}
END_TEST

/* What is wrong with a target is told at registration, and nothing of it that may be secret. */
START_TEST(bad_targets_are_refused)
{
    static const struct {
        seawall_health_test test;
        const char *target, *message;
    } rows[] = {
        {SEAWALL_HEALTH_CONNECTION_TEST, "host:65536", "port 65536 is above 65535"},
        {SEAWALL_HEALTH_CONNECTION_TEST, "host:0", "port 0 is below 1"},
        {SEAWALL_HEALTH_PING_TEST, "host", "the port is missing: host:port"},
        {SEAWALL_HEALTH_ENDPOINT_TEST, "https://host/", "https is not spoken"},
        {SEAWALL_HEALTH_ENDPOINT_TEST, "http://host/\r\nX: y", "control character"},
        {SEAWALL_HEALTH_ENDPOINT_TEST, "http://u:sesame@host:x/", "the port is no number"},
        {SEAWALL_HEALTH_ENDPOINT_TEST, "http://u:12345/sesame@host/", "an @ in a path is written"},
    };
    size_t i;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        seawall_health_check_config config = plain();
        seawall_error error = {.message = ""};

        config.check = rows[i].test;
        (void)strcpy(config.target, rows[i].target);
        ck_assert_int_eq(seawall_health_register(s.health, "x", &config, NULL, &error), SEAWALL_INVALID);
        ck_assert_msg(strstr(error.message, rows[i].message) != NULL, "%s", error.message);
        ck_assert_str_eq(error.key, "health_check.target");
        ck_assert_ptr_null(strstr(error.message, "sesame"));
        ck_assert_ptr_null(strstr(error.message, "12345"));
    }
    ck_assert_int_eq(seawall_health_count(s.health), 0);
}
END_TEST

#define MANY 1000

/* A thousand are under way at once, each waits for its reply in vain, and each has its verdict at its own time. */
START_TEST(a_thousand_at_once)
{
    static int connections[MANY];
    struct rlimit limit;
    net_server wide;
    char name[16];
    int i;

    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
    if (limit.rlim_cur < 2 * MANY + 64) {
        limit.rlim_cur = limit.rlim_max;
        ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
    }
    net_listen(&wide, "127.0.0.1", 0, MANY);
    for (i = 0; i < MANY; i++) {
        (void)snprintf(name, sizeof(name), "check %d", i);
        check(name, SEAWALL_HEALTH_PING_TEST, wide.target);
    }
    look();
    for (i = 0; i < MANY; i++) {
        while (s.next <= seawall_manual_clock_now(s.test.clock))
            look();
        connections[i] = net_accept(&wide);
    }
    ck_assert_int_eq(look_at_endpoint(&s, SEAWALL_HEALTH_READY).checks, MANY);
    pass_time(MS(499));
    for (i = 0; i < MANY; i++) {
        (void)snprintf(name, sizeof(name), "check %d", i);
        ck_assert_int_eq(look_at(&s, name).running, 1);
    }
    pass_time(MS(1));
    for (i = 0; i < MANY; i++) {
        (void)snprintf(name, sizeof(name), "check %d", i);
        ck_assert_int_eq(look_at(&s, name).runs, 1);
        ck_assert_int_eq(look_at(&s, name).last, SEAWALL_HEALTH_FAIL);
        (void)close(connections[i]);
    }
    net_close(&wide);
}
END_TEST

static seawall_status register_once(const seawall_platform *platform, void *arg, seawall_error *error)
{
    seawall_health_check_config config = plain();
    seawall_health *health;
    seawall_status status = seawall_health_create(NULL, platform, &health, error);

    (void)arg;
    if (status != SEAWALL_OK)
        return status;
    config.check = SEAWALL_HEALTH_CONNECTION_TEST;
    (void)strcpy(config.target, "127.0.0.1:1");
    status = seawall_health_register(health, "a", &config, NULL, error);
    ck_assert_int_eq(seawall_health_count(health), status == SEAWALL_OK);
    seawall_health_destroy(health);
    return status;
}

START_TEST(without_memory_there_is_no_check)
{
    ck_assert_int_ge(sw_test_sweep(register_once, NULL), 5);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("network");

    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, verdicts_follow_replies);
    tcase_add_test(tests, a_black_hole_is_no_stuck_check);
    tcase_add_test(tests, what_came_in_time_is_heard_later);
    tcase_add_test(tests, every_kind_of_test_is_run);
    tcase_add_test(tests, a_name_is_looked_up);
    tcase_add_loop_test(tests, who_goes_hangs_up, 0, 3);
    tcase_add_test(tests, bad_targets_are_refused);
    tcase_add_test(tests, without_memory_there_is_no_check);
    tcase_add_test(tests, a_thousand_at_once);
    return sw_test_run("network", tests);
}
