/*
 * Checks begun and cancelled from many threads while one thread drives their loop, against a server that answers, stays silent,
 * resets or drips by chance. Each that was begun is told once, or cancelled, and never both; no descriptor is left.
 */
#include <arpa/inet.h>
#include <dirent.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "health/net_thread.h"
#include "suite.h"
#include "support.h"

#define THREADS 4
#define RUNS 16 /* of each thread */
#define CONNECTIONS 64

typedef struct probe {
    sw_net_run run;
    atomic_int told;   /* how often */
    atomic_int open;   /* begun, and neither told nor cancelled */
    int begun, cancelled;
} probe;

static sw_net_loop *loop;
static sw_net_check *pinging, *refused;
static probe probes[THREADS][RUNS];
static atomic_int wrong, good, late;
static atomic_bool over;
static int listener;
static uint64_t seed;

static int count_descriptors(void)
{
    DIR *directory = opendir("/proc/self/fd");
    int count = 0;

    while (readdir(directory) != NULL)
        count++;
    (void)closedir(directory);
    return count;
}

/* --- the server --- */

typedef struct client {
    int descriptor;
    size_t said;
} client;

/* One step with a client that asked, or that was not told all: false if it is over. */
static bool serve(client *one, uint64_t chance)
{
    char request[64];
    ssize_t got = recv(one->descriptor, request, sizeof(request), MSG_DONTWAIT);

    if (got == 0)
        return false;
    switch (chance % 8) {
    case 0:
        return true; /* silent, until somebody loses patience */
    case 1: {
        struct linger at_once = {.l_onoff = 1};

        (void)setsockopt(one->descriptor, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
        return false;
    }
    case 2:
        (void)send(one->descriptor, "-ERR", 4, MSG_NOSIGNAL);
        return false;
    default:
        (void)send(one->descriptor, &"+PONG"[one->said], one->said < 4 ? 1 : 5 - one->said, MSG_NOSIGNAL);
        one->said++;
        return one->said < 5;
    }
}

static void run_server(int index, void *arg)
{
    static client clients[CONNECTIONS];
    struct pollfd polled[CONNECTIONS + 1];
    uint64_t state = seed;
    int count = 0, i;

    (void)index;
    (void)arg;
    while (!atomic_load(&over)) {
        polled[CONNECTIONS] = (struct pollfd){.fd = count < CONNECTIONS ? listener : -1, .events = POLLIN};
        (void)poll(&polled[CONNECTIONS], 1, 1);
        if ((polled[CONNECTIONS].revents & POLLIN) != 0)
            clients[count++] = (client){accept(listener, NULL, NULL), 0};
        for (i = 0; i < count; i++) {
            if (!serve(&clients[i], sw_test_next(&state) >> 32)) {
                (void)close(clients[i].descriptor);
                clients[i--] = clients[--count];
            }
        }
    }
    for (i = 0; i < count; i++)
        (void)close(clients[i].descriptor);
}

static void begin_server(char *target, size_t size)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t length = sizeof(address);

    listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    ck_assert_int_eq(bind(listener, (struct sockaddr *)&address, length), 0);
    ck_assert_int_eq(listen(listener, 256), 0);
    ck_assert_int_eq(getsockname(listener, (struct sockaddr *)&address, &length), 0);
    (void)snprintf(target, size, "127.0.0.1:%d", ntohs(address.sin_port));
}

/* --- the checks --- */

static void told(sw_net_run *run, const sw_net_result *result, void *user)
{
    probe *one = user;

    if (run != &one->run || !atomic_load(&one->open))
        atomic_fetch_add(&wrong, 1);
    if (result->fault == SEAWALL_FAULT_NONE)
        atomic_fetch_add(&good, 1);
    if (result->fault == SEAWALL_FAULT_TIMEOUT)
        atomic_fetch_add(&late, 1);
    atomic_fetch_add(&one->told, 1);
    atomic_store(&one->open, false);
}

static void begin(probe *one, seawall_duration limit)
{
    seawall_time now = seawall_platform_now(NULL);

    atomic_store(&one->open, true);
    one->begun++;
    sw_net_loop_begin_at(loop, &one->run, NULL, now, seawall_time_add(now, limit));
}

static void cancel(probe *one)
{
    if (sw_net_loop_cancel(loop, &one->run)) {
        one->cancelled++;
        atomic_store(&one->open, false);
    }
}

static void check_all(int index, void *arg)
{
    uint64_t state = seed + 1 + (uint64_t)index;
    int64_t left = sw_test_count(1500, 20000);
    int i;

    (void)arg;
    for (i = 0; i < RUNS; i++)
        sw_net_run_init(&probes[index][i].run, sw_test_next(&state) % 4 == 0 ? refused : pinging, told, &probes[index][i]);
    while (left-- > 0) {
        probe *one = &probes[index][sw_test_next(&state) % RUNS];

        if (!atomic_load(&one->open))
            begin(one, SEAWALL_MILLISECONDS(sw_test_next(&state) % 50));
        else if (sw_test_next(&state) % 4 == 0)
            cancel(one);
        else
            (void)sched_yield();
    }
    for (i = 0; i < RUNS; i++) {
        while (atomic_load(&probes[index][i].open)) /* each has a limit of its own */
            (void)sched_yield();
    }
}

static void make(const char *target, sw_net_check **check)
{
    sw_net_settings settings = SW_NET_SETTINGS_INIT;

    settings.kind = SW_NET_PING_TEST;
    settings.target = target;
    ck_assert_int_eq(sw_net_check_create(&settings, seawall_platform_default(), check, NULL), SEAWALL_OK);
}

START_TEST(each_is_told_once_or_cancelled)
{
    int before = count_descriptors(), i, j;
    sw_test_threads server, threads;
    sw_net_thread driver = {0};
    char target[64];

    seed = sw_test_seed();
    begin_server(target, sizeof(target));
    make(target, &pinging);
    make("127.0.0.1:1", &refused);
    ck_assert_int_eq(sw_net_loop_create(seawall_platform_default(), &loop, NULL), SEAWALL_OK);
    ck_assert_int_eq(sw_net_thread_start(&driver, loop, seawall_platform_default(), 1 << 20), SEAWALL_OK);
    sw_test_start(&server, 1, run_server, NULL);
    sw_test_start(&threads, THREADS, check_all, NULL);
    sw_test_join(&threads);
    sw_net_thread_stop(&driver);
    atomic_store(&over, true);
    sw_test_join(&server);
    for (i = 0; i < THREADS; i++) {
        for (j = 0; j < RUNS; j++)
            ck_assert_int_eq(probes[i][j].begun, atomic_load(&probes[i][j].told) + probes[i][j].cancelled);
    }
    ck_assert_int_eq(wrong, 0);
    ck_assert_int_gt(good, 0);
    ck_assert_int_gt(late, 0);
    ck_assert_int_eq(sw_net_loop_next(loop) != 0, true);
    sw_net_loop_destroy(loop);
    sw_net_check_destroy(pinging);
    sw_net_check_destroy(refused);
    (void)close(listener);
    ck_assert_int_eq(count_descriptors(), before);
}
END_TEST

/* A thread that has nothing to do sleeps until it is stopped, as often as it is started. */
START_TEST(a_thread_stops_when_told)
{
    sw_net_thread driver = {0};
    int i;

    ck_assert_int_eq(sw_net_loop_create(seawall_platform_default(), &loop, NULL), SEAWALL_OK);
    sw_net_thread_stop(&driver);
    for (i = 0; i < 100; i++) {
        ck_assert_int_eq(sw_net_thread_start(&driver, loop, seawall_platform_default(), 1 << 16), SEAWALL_OK);
        sw_net_thread_stop(&driver);
    }
    sw_net_loop_destroy(loop);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("network checks");

    tcase_set_timeout(tests, 300);
    tcase_add_test(tests, each_is_told_once_or_cancelled);
    tcase_add_test(tests, a_thread_stops_when_told);
    return sw_test_run("net_stress", tests);
}
