/* A thousand runs in one loop. */
#include <poll.h>
#include <sys/resource.h>
#include <unistd.h>

#include "net_fixture.h"
#include "suite.h"

static net_world world;

static void setup(void)
{
    net_init(&world);
}

static void teardown(void)
{
    net_fini(&world);
}

#define MANY 1000

static sw_net_run many[MANY];
static int many_told, many_good;

static void count_one(sw_net_run *run, const sw_net_result *result, void *user)
{
    (void)run;
    (void)user;
    many_told++;
    many_good += result->fault == SEAWALL_FAULT_NONE;
}

static void need_descriptors(void)
{
    struct rlimit limit;

    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
    if (limit.rlim_cur >= 2 * MANY + 64)
        return;
    ck_assert_msg(limit.rlim_max >= 2 * MANY + 64, "this machine allows %d descriptors", (int)limit.rlim_max);
    limit.rlim_cur = 2 * MANY + 64;
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

static int connections[MANY];
static net_server wide;
static sw_net_check *check_of_many;

/* All are under way at the same time, and have asked. */
static void begin_many(void)
{
    sw_net_settings settings = SW_NET_SETTINGS_INIT;
    int i;

    need_descriptors();
    many_told = many_good = 0;
    net_listen(&wide, "127.0.0.1", 0, MANY);
    settings.kind = SW_NET_PING_TEST;
    settings.target = wide.target;
    ck_assert_int_eq(sw_net_check_create(&settings, seawall_platform_default(), &check_of_many, NULL), SEAWALL_OK);
    for (i = 0; i < MANY; i++) {
        sw_net_run_init(&many[i], check_of_many, count_one, NULL);
        sw_net_loop_begin_at(world.loop, &many[i], NULL, world.now, world.now + NET_LATER);
    }
    net_turn(&world);
    for (i = 0; i < MANY; i++)
        connections[i] = net_accept(&wide);
    for (i = 0; i < MANY; i++) {
        while (many[i].state != SW_NET_HEARING)
            net_turn(&world);
    }
    ck_assert_int_eq(many_told, 0);
    for (i = 0; i < MANY; i++)
        net_hear(connections[i], "PING\r\n");
}

static void end_many(void)
{
    int i;

    for (i = 0; i < MANY; i++)
        (void)close(connections[i]);
    net_close(&wide);
    sw_net_check_destroy(check_of_many);
}

/* One in ten is never answered. */
START_TEST(a_thousand_at_once)
{
    int i;

    begin_many();
    for (i = 0; i < MANY; i++) {
        if (i % 10 != 0)
            net_say(connections[i], "+PONG\r\n");
    }
    while (many_told < MANY - MANY / 10)
        net_turn(&world);
    world.now += NET_LATER;
    net_turn_now(&world);
    ck_assert_int_eq(many_told, MANY);
    ck_assert_int_eq(many_good, MANY - MANY / 10);
    end_many();
}
END_TEST

/* The loop comes when time is over for all of them and looks at some that are ready: the others' answers are there, too. */
START_TEST(a_thousand_in_the_last_turn)
{
    int i;

    begin_many();
    for (i = 0; i < MANY; i++)
        net_say(connections[i], "+PONG\r\n");
    for (i = 0; i < MANY; i++) {
        struct pollfd readable = {.fd = many[i].descriptor, .events = POLLIN};

        ck_assert_int_eq(poll(&readable, 1, -1), 1);
    }
    world.now += NET_LATER;
    net_turn_now(&world);
    ck_assert_int_eq(many_told, MANY);
    ck_assert_int_eq(many_good, MANY);
    end_many();
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("many");

    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, a_thousand_at_once);
    tcase_add_test(tests, a_thousand_in_the_last_turn);
    return sw_test_run("net_many", tests);
}
