/* The loop: several addresses, cancelling, being told, forks, and no descriptors. */
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "net_fixture.h"
#include "suite.h"

static net_world world;
static net_server server;

static void setup(void)
{
    net_init(&world);
    net_listen(&server, "127.0.0.1", 0, 8);
}

static void teardown(void)
{
    net_close(&server);
    net_fini(&world);
}

static sw_net_addresses addresses(const char *const *texts, int count)
{
    sw_net_addresses all = {.count = count};
    int i;

    for (i = 0; i < count; i++)
        ck_assert(sw_port_parse_ip(texts[i], &all.ips[i]));
    return all;
}

static void begin_with(int index, int32_t kind, const sw_net_addresses *all)
{
    sw_net_settings settings = SW_NET_SETTINGS_INIT;
    char target[64];

    (void)snprintf(target, sizeof(target), "name.example:%d", server.port);
    settings.kind = kind;
    settings.target = target;
    net_begin(&world, index, &settings, all);
}

START_TEST(the_next_address_is_tried)
{
    const char *const texts[] = {"127.0.0.2", "127.0.0.3", "127.0.0.1"};
    sw_net_addresses all = addresses(texts, 3);

    begin_with(0, SW_NET_CONNECTION_TEST, &all);
    net_until_told(&world, 0);
    net_expect(&world, 0, SEAWALL_FAULT_NONE, "");
}
END_TEST

START_TEST(the_last_one_says_why)
{
    const char *const texts[] = {"127.0.0.2", "127.0.0.3"};
    sw_net_addresses all = addresses(texts, 2), none = {.count = 0};

    begin_with(0, SW_NET_CONNECTION_TEST, &all);
    net_until_told(&world, 0);
    net_expect(&world, 0, SEAWALL_FAULT_SERVICE_UNAVAILABLE, "connection refused");
    begin_with(1, SW_NET_CONNECTION_TEST, &none);
    net_until_told(&world, 1);
    net_expect(&world, 1, SEAWALL_FAULT_OTHER, "the host has no address");
}
END_TEST

/* An address that never answers has its share of the time, and no more. */
START_TEST(a_black_hole_leaves_time_for_the_next)
{
    const char *const texts[] = {"127.0.0.2", "127.0.0.1"};
    sw_net_addresses all = addresses(texts, 2);
    net_server hole;
    int filler;

    net_listen(&hole, "127.0.0.2", server.port, 0);
    filler = net_fill(&hole);
    begin_with(0, SW_NET_CONNECTION_TEST, &all);
    net_turn(&world);
    ck_assert_int_eq(sw_net_loop_next(world.loop), world.now + NET_LATER / 2);
    world.now += NET_LATER / 2;
    net_turn_now(&world);
    net_until_told(&world, 0);
    net_expect(&world, 0, SEAWALL_FAULT_NONE, "");
    ck_assert_int_eq(world.results[0].duration, NET_LATER / 2);
    (void)close(filler);
    net_close(&hole);
}
END_TEST

/* The share is for the connection: who answers has all the time that is left. */
START_TEST(who_is_connected_has_all_the_time)
{
    const char *const texts[] = {"127.0.0.1", "127.0.0.2"};
    sw_net_addresses all = addresses(texts, 2);
    int connection;

    begin_with(0, SW_NET_PING_TEST, &all);
    while (world.runs[0].state != SW_NET_HEARING)
        net_turn(&world);
    connection = net_accept(&server);
    world.now += NET_LATER - 1;
    net_turn_now(&world);
    ck_assert_int_eq(world.told[0], 0);
    net_say(connection, "+PONG\r\n");
    net_until_told(&world, 0);
    net_expect(&world, 0, SEAWALL_FAULT_NONE, "");
    (void)close(connection);
}
END_TEST

START_TEST(a_name_is_looked_up)
{
    sw_net_settings settings = SW_NET_SETTINGS_INIT;
    sw_net_addresses all;
    sw_net_result why;
    sw_net_check *check;
    char target[64];

    (void)snprintf(target, sizeof(target), "localhost:%d", server.port);
    settings.target = target;
    ck_assert_int_eq(sw_net_check_create(&settings, seawall_platform_default(), &check, NULL), SEAWALL_OK);
    ck_assert(sw_net_check_needs_name(check));
    ck_assert_int_eq(sw_net_resolve(check, &all, &why), SEAWALL_FAULT_NONE);
    ck_assert_int_ge(all.count, 1);
    begin_with(0, SW_NET_CONNECTION_TEST, &all);
    net_until_told(&world, 0);
    net_expect(&world, 0, SEAWALL_FAULT_NONE, "");
    sw_net_check_destroy(check);
}
END_TEST

START_TEST(a_name_that_nobody_has)
{
    sw_net_settings settings = SW_NET_SETTINGS_INIT;
    sw_net_addresses all;
    sw_net_result why;
    sw_net_check *check;

    settings.target = "no..name:1"; /* no resolver needs to ask anybody about this one */
    ck_assert_int_eq(sw_net_check_create(&settings, seawall_platform_default(), &check, NULL), SEAWALL_OK);
    ck_assert_int_eq(sw_net_resolve(check, &all, &why), SEAWALL_FAULT_OTHER);
    ck_assert_str_eq(why.message, "there is no host of this name");
    ck_assert_int_eq(why.fault, SEAWALL_FAULT_OTHER);
    ck_assert_int_ne(why.code, 0);
    sw_net_check_destroy(check);
}
END_TEST

START_TEST(no_time_left_to_begin)
{
    net_begin_kind(&world, 0, SW_NET_CONNECTION_TEST, server.target);
    world.now += NET_LATER;
    net_turn_now(&world);
    net_expect(&world, 0, SEAWALL_FAULT_TIMEOUT, "no time was left to begin");
    ck_assert_int_eq(world.results[0].duration, NET_LATER);
}
END_TEST

/* Before anybody has looked at it, and while it waits for its reply. */
START_TEST(a_cancelled_run_is_never_told)
{
    int connection = -1;

    net_begin_kind(&world, 0, SW_NET_PING_TEST, server.target);
    while (_i > 0 && world.runs[0].state != SW_NET_HEARING)
        net_turn(&world);
    if (_i > 0)
        connection = net_accept(&server);
    ck_assert(sw_net_loop_cancel(world.loop, &world.runs[0]));
    ck_assert(!sw_net_loop_cancel(world.loop, &world.runs[0]));
    world.now += NET_LATER;
    net_turn_now(&world);
    ck_assert_int_eq(world.told[0], 0);
    ck_assert_int_eq(sw_net_loop_next(world.loop), SEAWALL_FOREVER);
    if (connection >= 0)
        (void)close(connection);
    net_again(&world, 0);
    net_turn(&world);
    connection = net_accept(&server);
    net_say(connection, "+PONG");
    net_until_told(&world, 0);
    net_expect(&world, 0, SEAWALL_FAULT_NONE, "");
    (void)close(connection);
}
END_TEST

static int again_left;

/* Who is told may begin again, and cancel others. */
static void begin_again(sw_net_run *run, const sw_net_result *result, void *user)
{
    (void)user;
    ck_assert_int_eq(result->fault, SEAWALL_FAULT_NONE);
    (void)sw_net_loop_cancel(world.loop, &world.runs[1]);
    if (--again_left > 0)
        sw_net_loop_begin_at(world.loop, run, NULL, world.now, world.now + NET_LATER);
}

START_TEST(who_is_told_may_call_anything)
{
    int turns = 0;

    again_left = 5;
    net_begin_kind(&world, 1, SW_NET_PING_TEST, server.target);
    net_begin_kind(&world, 0, SW_NET_CONNECTION_TEST, server.target);
    world.runs[0].done = begin_again;
    while (again_left > 0) {
        net_turn(&world);
        turns++;
    }
    ck_assert_int_ge(turns, 5); /* one turn does not go on for ever */
    ck_assert_int_eq(world.told[1], 0);
    world.now += NET_LATER; /* the loop may have kept a time in mind that nobody waits for any more, but once */
    net_turn_now(&world);
    ck_assert_int_eq(world.told[1], 0);
    ck_assert_int_eq(sw_net_loop_next(world.loop), SEAWALL_FOREVER);
}
END_TEST

static int is_readable(int descriptor)
{
    struct pollfd one = {.fd = descriptor, .events = POLLIN};

    return poll(&one, 1, 0);
}

/* A host that sleeps on the descriptor hears of what somebody else begins, and once. */
START_TEST(beginning_rings)
{
    int32_t descriptor;
    int filler;
    net_server hole;

    net_listen(&hole, "127.0.0.2", 0, 0);
    filler = net_fill(&hole);
    ck_assert_int_eq(sw_net_loop_descriptor(world.loop, &descriptor), SEAWALL_OK);
    ck_assert_int_eq(is_readable(descriptor), 0);
    net_begin_kind(&world, 0, SW_NET_CONNECTION_TEST, hole.target);
    ck_assert_int_eq(is_readable(descriptor), 1);
    net_turn_now(&world);
    ck_assert_int_eq(is_readable(descriptor), 0);
    ck_assert(sw_net_loop_cancel(world.loop, &world.runs[0]));
    (void)close(filler);
    net_close(&hole);
}
END_TEST

START_TEST(a_loop_may_be_woken)
{
    int32_t descriptor;

    ck_assert_int_eq(sw_net_loop_descriptor(world.loop, &descriptor), SEAWALL_OK);
    sw_net_loop_wake(world.loop);
    sw_net_loop_wait(world.loop, SEAWALL_FOREVER);
    net_turn_now(&world);
    sw_net_loop_wait(world.loop, 0); /* nothing is left */
    sw_net_loop_wake(world.loop);
    sw_net_loop_wake(world.loop);
    sw_net_loop_wait(world.loop, SEAWALL_FOREVER);
}
END_TEST

/* Nothing that is opened is handed on to another program. */
START_TEST(descriptors_are_closed_on_exec)
{
    bool before[256];
    int i, found = 0;

    for (i = 0; i < 256; i++)
        before[i] = fcntl(i, F_GETFD) >= 0;
    net_begin_kind(&world, 0, SW_NET_PING_TEST, server.target);
    net_turn(&world);
    for (i = 0; i < 256; i++) {
        int flags = fcntl(i, F_GETFD);

        if (flags < 0 || before[i])
            continue;
        found++;
        ck_assert_msg((flags & FD_CLOEXEC) != 0, "descriptor %d", i);
    }
    ck_assert_int_eq(found, 3); /* the poller, its event, the connection */
    ck_assert(sw_net_loop_cancel(world.loop, &world.runs[0]));
}
END_TEST

/* With so many descriptors and no more: none for the loop, or none for the connection. */
START_TEST(without_descriptors_it_is_our_fault)
{
    struct rlimit kept, none;
    int32_t descriptor;

    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &kept), 0);
    none = kept;
    none.rlim_cur = (rlim_t)(server.listener + 1);
    if (_i == 1) {
        ck_assert_int_eq(sw_net_loop_descriptor(world.loop, &descriptor), SEAWALL_OK);
        none.rlim_cur += 2;
    }
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &none), 0);
    if (_i == 0)
        ck_assert_int_eq(sw_net_loop_descriptor(world.loop, &descriptor), SEAWALL_NO_RESOURCES);
    net_begin_kind(&world, 0, SW_NET_CONNECTION_TEST, server.target);
    net_turn_now(&world);
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &kept), 0);
    ck_assert_int_eq(world.told[0], 1);
    net_expect(&world, 0, SEAWALL_FAULT_LOCAL_RESOURCES, "this process may open no more descriptors");
    net_again(&world, 0);
    net_until_told(&world, 0);
    net_expect(&world, 0, SEAWALL_FAULT_NONE, "");
}
END_TEST

static bool goes_on(void *arg)
{
    (void)arg;
    world.told[0] = world.told[1] = 0;
    if (sw_net_loop_next(world.loop) != SEAWALL_FOREVER)
        return false;
    net_turn_now(&world); /* what was begun is forgotten */
    if (world.told[0] + world.told[1] > 0 || !sw_net_loop_cancel(world.loop, &world.runs[0]))
        return false;
    net_again(&world, 1); /* and may begin anew */
    while (world.told[1] == 0)
        net_turn(&world);
    return world.results[1].fault == SEAWALL_FAULT_NONE && world.told[0] == 0;
}

START_TEST(a_child_has_a_loop_of_its_own)
{
    int connection;

    net_begin_kind(&world, 0, SW_NET_PING_TEST, server.target);
    net_turn(&world);
    connection = net_accept(&server);
    net_begin_kind(&world, 1, SW_NET_CONNECTION_TEST, server.target);
    sw_test_in_child(goes_on, NULL);
    net_say(connection, "+PONG"); /* and the parent's goes on as if nothing had been */
    net_until_told(&world, 0);
    net_expect(&world, 0, SEAWALL_FAULT_NONE, "");
    while (world.told[1] == 0)
        net_turn(&world);
    net_expect(&world, 1, SEAWALL_FAULT_NONE, "");
    (void)close(connection);
}
END_TEST

static seawall_status construct(const seawall_platform *platform, void *arg, seawall_error *error)
{
    sw_net_loop *loop = NULL;
    seawall_status status = sw_net_loop_create(platform, &loop, error);

    (void)arg;
    sw_net_loop_destroy(loop);
    return status;
}

START_TEST(failing_memory_leaves_nothing)
{
    ck_assert_int_eq(sw_test_sweep(construct, NULL), 1);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("loop");

    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, the_next_address_is_tried);
    tcase_add_test(tests, the_last_one_says_why);
    tcase_add_test(tests, a_black_hole_leaves_time_for_the_next);
    tcase_add_test(tests, who_is_connected_has_all_the_time);
    tcase_add_test(tests, a_name_is_looked_up);
    tcase_add_test(tests, a_name_that_nobody_has);
    tcase_add_test(tests, no_time_left_to_begin);
    tcase_add_loop_test(tests, a_cancelled_run_is_never_told, 0, 2);
    tcase_add_test(tests, who_is_told_may_call_anything);
    tcase_add_test(tests, beginning_rings);
    tcase_add_test(tests, a_loop_may_be_woken);
    tcase_add_test(tests, descriptors_are_closed_on_exec);
    tcase_add_loop_test(tests, without_descriptors_it_is_our_fault, 0, 2);
    tcase_add_test(tests, a_child_has_a_loop_of_its_own);
    tcase_add_test(tests, failing_memory_leaves_nothing);
    return sw_test_run("net_loop", tests);
}
