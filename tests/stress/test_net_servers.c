/*
 * Checks of a real Redis and a real nginx, which are started, killed and started again: the verdicts follow, not before the
 * threshold is reached and not later than the interval, the threshold and the timeout allow. Real time, on real sockets.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "suite.h"
#include "support.h"

#define REDIS "/usr/bin/redis-server"
#define NGINX "/usr/sbin/nginx"
#define INTERVAL SEAWALL_MILLISECONDS(300)
#define TIMEOUT SEAWALL_MILLISECONDS(200)
#define FAILURES 3
/* What a machine with other things to do may add. */
#define PATIENCE SEAWALL_SECONDS(2)
#define GUARD SEAWALL_SECONDS(30)

static char directory[64];
static seawall_timers *timers;
static seawall_health *health;

/* --- servers --- */

typedef struct process {
    const char *program;
    int port;
    pid_t pid;
} process;

static void nap(void)
{
    const struct timespec a_little = {0, 2000000};

    (void)nanosleep(&a_little, NULL);
}

static struct sockaddr_in at_port(int port)
{
    return (struct sockaddr_in){
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
}

static int free_port(void)
{
    struct sockaddr_in address = at_port(0);
    socklen_t size = sizeof(address);
    int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    ck_assert_int_eq(bind(descriptor, (struct sockaddr *)&address, size), 0);
    ck_assert_int_eq(getsockname(descriptor, (struct sockaddr *)&address, &size), 0);
    (void)close(descriptor);
    return ntohs(address.sin_port);
}

static bool listens(int port)
{
    struct sockaddr_in address = at_port(port);
    int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool stands = connect(descriptor, (struct sockaddr *)&address, sizeof(address)) == 0;

    (void)close(descriptor);
    return stands;
}

static void become(const process *server)
{
    char port[16], conf[96];

    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    (void)snprintf(port, sizeof(port), "%d", server->port);
    (void)snprintf(conf, sizeof(conf), "%s/nginx.conf", directory);
    if (freopen("/dev/null", "w", stdout) == NULL || freopen("/dev/null", "w", stderr) == NULL)
        _exit(1);
    if (strcmp(server->program, REDIS) == 0)
        (void)execl(REDIS, REDIS, "--port", port, "--bind", "127.0.0.1", "--save", "", "--dir", directory, (char *)NULL);
    else
        (void)execl(NGINX, NGINX, "-e", "stderr", "-p", directory, "-c", conf, (char *)NULL);
    _exit(1);
}

/* Answers when it was seen to listen. */
static seawall_time start(process *server)
{
    seawall_time begun = seawall_platform_now(NULL);

    server->pid = fork();
    ck_assert_int_ge(server->pid, 0);
    if (server->pid == 0)
        become(server);
    while (!listens(server->port)) {
        ck_assert_msg(seawall_platform_now(NULL) < begun + GUARD, "%s does not listen", server->program);
        nap();
    }
    return seawall_platform_now(NULL);
}

/* Answers when it was still there. */
static seawall_time end(process *server)
{
    seawall_time now = seawall_platform_now(NULL);

    ck_assert_int_eq(kill(server->pid, SIGKILL), 0);
    ck_assert_int_eq(waitpid(server->pid, NULL, 0), server->pid);
    return now;
}

static void write_file(const char *name, const char *text, int port)
{
    char path[128];
    FILE *file;

    (void)snprintf(path, sizeof(path), "%s/%s", directory, name);
    file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    for (; *text != '\0'; text++) {
        if (*text == '$')
            (void)fprintf(file, "%d", port);
        else if (*text == '@')
            (void)fputs(directory, file);
        else
            (void)fputc(*text, file);
    }
    ck_assert_int_eq(fclose(file), 0);
}

static void configure_nginx(int port)
{
    write_file("nginx.conf",
               "daemon off; master_process off; pid @/pid;\n"
               "events { worker_connections 64; }\n"
               "http { access_log off; client_body_temp_path @/a; proxy_temp_path @/b; fastcgi_temp_path @/c;\n"
               "  uwsgi_temp_path @/d; scgi_temp_path @/e;\n"
               "  server { listen 127.0.0.1:$;\n"
               "    location = /health { return 200 'all is well'; }\n"
               "    location = /broken { return 503; }\n"
               "    location = /moved { return 302 /; }\n"
               "    location = /members { auth_basic x; auth_basic_user_file @/users; alias @/page; } } }\n",
               port);
    write_file("users", "anna:{PLAIN}swordfish!\n", 0);
    write_file("page", "welcome\n", 0);
}

/* --- checks --- */

static void setup(void)
{
    strcpy(directory, "/tmp/seawall-servers-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(directory));
    ck_assert_int_eq(seawall_timers_create(NULL, NULL, &timers, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_timers_start(timers, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_health_create(NULL, NULL, &health, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_health_start(health, timers, NULL), SEAWALL_OK);
}

static void teardown(void)
{
    char command[96];

    seawall_health_destroy(health);
    seawall_timers_destroy(timers);
    (void)snprintf(command, sizeof(command), "rm -r %s", directory);
    ck_assert_int_eq(system(command), 0);
}

static seawall_health_check_config settings(seawall_health_test test, const char *form, int port)
{
    seawall_health_check_config config = SEAWALL_HEALTH_CHECK_CONFIG_INIT;

    config.check = test;
    config.interval = INTERVAL;
    config.timeout = TIMEOUT;
    config.failure_threshold = FAILURES;
    (void)snprintf(config.target, sizeof(config.target), form, port);
    return config;
}

static void add(const char *name, const seawall_health_check_config *config)
{
    seawall_error error = {.message = ""};
    seawall_status status = seawall_health_register(health, name, config, NULL, &error);

    ck_assert_msg(status == SEAWALL_OK, "%s", error.message);
}

/* Waits until the verdict is this one, and answers since when it is. */
static seawall_time becomes(const char *name, seawall_health_status status)
{
    seawall_health_check_snapshot it = {.size = sizeof(it)};
    seawall_time begun = seawall_platform_now(NULL);

    for (;;) {
        ck_assert_int_eq(seawall_health_get_check(health, name, &it), SEAWALL_OK);
        if (it.status == status)
            return it.since;
        ck_assert_msg(seawall_platform_now(NULL) < begun + GUARD, "%s stays %s: %s", name, seawall_health_status_name(it.status),
                      it.message);
        nap();
    }
}

static void says(const char *name, const char *message)
{
    seawall_health_check_snapshot it = {.size = sizeof(it)};

    ck_assert_int_eq(seawall_health_get_check(health, name, &it), SEAWALL_OK);
    ck_assert_str_eq(it.message, message);
}

static void goes_down(const char *name, seawall_time killed)
{
    seawall_time since = becomes(name, SEAWALL_HEALTH_FAIL);

    /* Of each interval up to a tenth may be taken off. */
    ck_assert_int_ge(since, killed + (FAILURES - 1) * (INTERVAL - INTERVAL / 10));
    ck_assert_int_le(since, killed + FAILURES * INTERVAL + TIMEOUT + PATIENCE);
}

static void comes_up(const char *name, seawall_time listening)
{
    ck_assert_int_le(becomes(name, SEAWALL_HEALTH_PASS), listening + INTERVAL + TIMEOUT + PATIENCE);
}

static bool is_there(const char *program, const char *test)
{
    if (access(program, X_OK) == 0)
        return true;
    printf("SKIP %s: no %s here\n", test, program);
    return false;
}

/* --- what is tested --- */

START_TEST(redis_is_killed_and_comes_back)
{
    process redis = {.program = REDIS, .port = free_port()};
    seawall_health_check_config config;
    seawall_time now;
    int i;

    if (!is_there(REDIS, "redis_is_killed_and_comes_back"))
        return;
    now = start(&redis);
    config = settings(SEAWALL_HEALTH_PING_TEST, "127.0.0.1:%d", redis.port);
    add("ping", &config);
    config = settings(SEAWALL_HEALTH_CONNECTION_TEST, "localhost:%d", redis.port); /* a name, looked up in each run */
    add("port", &config);
    comes_up("ping", now);
    comes_up("port", now);
    for (i = 0; i < 2; i++) {
        now = end(&redis);
        goes_down("ping", now);
        goes_down("port", now);
        says("ping", "connection refused");
        now = start(&redis);
        comes_up("ping", now);
        comes_up("port", now);
    }
    (void)end(&redis);
}
END_TEST

static void set_password(int port)
{
    static const char order[] = "CONFIG SET requirepass secret\r\n";
    struct sockaddr_in address = at_port(port);
    int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    char answer[16] = "";

    ck_assert_int_eq(connect(descriptor, (struct sockaddr *)&address, sizeof(address)), 0);
    ck_assert_int_eq(send(descriptor, order, sizeof(order) - 1, 0), sizeof(order) - 1);
    ck_assert_int_gt(recv(descriptor, answer, sizeof(answer) - 1, 0), 0);
    ck_assert_str_eq(answer, "+OK\r\n");
    (void)close(descriptor);
}

/* Who asks for a password is alive; who is given it can say more. */
START_TEST(redis_asks_for_a_password)
{
    process redis = {.program = REDIS, .port = free_port()};
    seawall_health_check_config config;

    if (!is_there(REDIS, "redis_asks_for_a_password"))
        return;
    (void)start(&redis);
    set_password(redis.port);
    config = settings(SEAWALL_HEALTH_PING_TEST, "127.0.0.1:%d", redis.port);
    add("without", &config);
    config.ping = SEAWALL_HEALTH_PING_OWN;
    strcpy(config.send, "AUTH secret\\r\\nPING\\r\\n");
    strcpy(config.expect, "+OK\\r\\n+PONG\\r\\n");
    add("with", &config);
    strcpy(config.send, "AUTH wrong\\r\\nPING\\r\\n");
    add("wrong", &config);
    (void)becomes("without", SEAWALL_HEALTH_PASS);
    (void)becomes("with", SEAWALL_HEALTH_PASS);
    (void)becomes("wrong", SEAWALL_HEALTH_FAIL);
    says("wrong", "the reply is not what was expected");
    (void)end(&redis);
}
END_TEST

START_TEST(nginx_is_killed_and_comes_back)
{
    process nginx = {.program = NGINX, .port = free_port()};
    seawall_health_check_config config;
    seawall_time now;
    int i;

    if (!is_there(NGINX, "nginx_is_killed_and_comes_back"))
        return;
    configure_nginx(nginx.port);
    now = start(&nginx);
    config = settings(SEAWALL_HEALTH_ENDPOINT_TEST, "http://127.0.0.1:%d/health", nginx.port);
    strcpy(config.body, "all is well");
    add("page", &config);
    comes_up("page", now);
    for (i = 0; i < 2; i++) {
        goes_down("page", end(&nginx));
        says("page", "connection refused");
        comes_up("page", start(&nginx));
    }
    (void)end(&nginx);
}
END_TEST

START_TEST(nginx_answers_as_it_should)
{
    static const struct {
        const char *name, *form, *statuses, *body;
        seawall_health_status status;
        const char *message;
    } rows[] = {
        {"well", "http://127.0.0.1:%d/health", "200", "all is well", SEAWALL_HEALTH_PASS, "HTTP status 200"},
        {"other body", "http://127.0.0.1:%d/health", "200", "all is lost", SEAWALL_HEALTH_FAIL,
         "HTTP status 200; the body is not what was expected"},
        {"broken", "http://127.0.0.1:%d/broken", "200-399", "", SEAWALL_HEALTH_FAIL, "HTTP status 503"},
        {"not there", "http://127.0.0.1:%d/nowhere", "404", "", SEAWALL_HEALTH_PASS, "HTTP status 404"},
        {"moved", "http://127.0.0.1:%d/moved", "200-399", "", SEAWALL_HEALTH_PASS, "HTTP status 302"},
        {"member", "http://anna:swordfish%%21@127.0.0.1:%d/members", "200", "welcome", SEAWALL_HEALTH_PASS, "HTTP status 200"},
        {"stranger", "http://127.0.0.1:%d/members", "200-399", "", SEAWALL_HEALTH_FAIL, "HTTP status 401"},
        {"impostor", "http://anna:sword@127.0.0.1:%d/members", "200-399", "", SEAWALL_HEALTH_FAIL, "HTTP status 401"},
    };
    process nginx = {.program = NGINX, .port = free_port()};
    size_t i;

    if (!is_there(NGINX, "nginx_answers_as_it_should"))
        return;
    configure_nginx(nginx.port);
    (void)start(&nginx);
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        seawall_health_check_config config = settings(SEAWALL_HEALTH_ENDPOINT_TEST, rows[i].form, nginx.port);

        strcpy(config.statuses, rows[i].statuses);
        strcpy(config.body, rows[i].body);
        add(rows[i].name, &config);
    }
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        (void)becomes(rows[i].name, rows[i].status);
        says(rows[i].name, rows[i].message);
    }
    (void)end(&nginx);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("servers");

    tcase_set_timeout(tests, 300);
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, redis_is_killed_and_comes_back);
    tcase_add_test(tests, redis_asks_for_a_password);
    tcase_add_test(tests, nginx_is_killed_and_comes_back);
    tcase_add_test(tests, nginx_answers_as_it_should);
    return sw_test_run("net_servers", tests);
}
