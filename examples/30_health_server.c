/*
 * A service that tells how it is: libmicrohttpd serves its work and its three endpoints. The work is guarded, and the database
 * it needs is checked by the library. Here the program is its own load balancer, too: it breaks the database and looks what
 * is told.
 */
#define _GNU_SOURCE /* so that -std=c11 hides no function of the system */
#include <microhttpd.h>
#include <seawall/seawall.h>

#include "ask.h"

typedef struct service {
    seawall_health *health;
    seawall_pipeline *pipeline;
    int database_port;
    int warm; /* atomic */
    seawall_breaker *breaker; /* the pipeline's */
} service;

/* [check] */
static seawall_health_status is_warm(seawall_health_run *run, void *user)
{
    service *it = user;

    if (__atomic_load_n(&it->warm, __ATOMIC_ACQUIRE))
        return SEAWALL_HEALTH_PASS;
    strcpy(run->message, "the cache is being filled");
    return SEAWALL_HEALTH_FAIL;
}

static seawall_status register_checks(service *it, seawall_error *error)
{
    seawall_health_check_config database = SEAWALL_HEALTH_CHECK_CONFIG_INIT, warm = SEAWALL_HEALTH_CHECK_CONFIG_INIT;
    seawall_health_binding binding = SEAWALL_HEALTH_BINDING_INIT;
    seawall_status status;

    database.check = SEAWALL_HEALTH_CONNECTION_TEST;
    snprintf(database.target, sizeof(database.target), "127.0.0.1:%d", it->database_port);
    database.interval = database.timeout = SEAWALL_MILLISECONDS(20); /* seconds, where nobody is waiting for an example */
    warm.interval = warm.timeout = SEAWALL_MILLISECONDS(20);
    warm.startup = 1;
    warm.ready = 0;
    binding.function = is_warm;
    binding.user = it;
    status = seawall_health_register(it->health, "database", &database, NULL, error);
    if (status == SEAWALL_OK)
        status = seawall_health_register(it->health, "warm-up", &warm, &binding, error);
    return status;
}
/* [check end] */

/* [source] */
/* What the service's own calls have found. It lowers the grade: as long as there is other work to do, let it come in. */
static seawall_status watch_breaker(service *it, seawall_error *error)
{
    seawall_health_check_config config = SEAWALL_HEALTH_CHECK_CONFIG_INIT;

    config.required = 0;
    return seawall_health_watch_breaker(it->health, "database calls", &config, it->breaker, error);
}
/* [source end] */

/* --- the work --- */

static seawall_fault query(seawall_attempt *attempt, void *arg)
{
    const service *it = arg;
    int connection = connect_to(it->database_port);

    (void)attempt;
    if (connection < 0)
        return SEAWALL_FAULT_SERVICE_UNAVAILABLE;
    close(connection);
    return SEAWALL_FAULT_NONE;
}

static seawall_status make_pipeline(service *it, seawall_error *error)
{
    seawall_registry *registry;
    seawall_status status = seawall_registry_create(NULL, NULL, &registry, error);

    if (status != SEAWALL_OK)
        return status;
    status = seawall_registry_pipeline(registry, "work", "timeout, circuit_breaker \"database\"", &it->pipeline, NULL, error);
    if (status == SEAWALL_OK)
        status = seawall_registry_breaker(registry, "database", NULL, &it->breaker, NULL, error);
    seawall_registry_destroy(registry);
    return status;
}

/* --- the server --- */

static enum MHD_Result reply(struct MHD_Connection *connection, int status, const char *type, const char *text)
{
    struct MHD_Response *response = MHD_create_response_from_buffer(strlen(text), (void *)(uintptr_t)text, MHD_RESPMEM_MUST_COPY);
    enum MHD_Result result;

    if (response == NULL)
        return MHD_NO;
    (void)MHD_add_response_header(response, "Content-Type", type);
    result = MHD_queue_response(connection, (unsigned int)status, response);
    MHD_destroy_response(response);
    return result;
}

/* [answer] */
static enum MHD_Result answer(void *user, struct MHD_Connection *connection, const char *path, const char *method,
                              const char *version, const char *data, size_t *size, void **state)
{
    service *it = user;
    char body[8192];
    int32_t status;

    (void)method, (void)version, (void)data, (void)size, (void)state;
    if (strcmp(path, "/work") == 0) {
        status = seawall_call(it->pipeline, query, it, NULL) == SEAWALL_OK ? 200 : 503;
        return reply(connection, status, "text/plain", status == 200 ? "done\n" : "later\n");
    }
    if (seawall_health_respond(it->health, path, &status, body, sizeof(body), NULL) == SEAWALL_OK)
        return reply(connection, status, SEAWALL_HEALTH_MEDIA_TYPE, body);
    return reply(connection, 404, "text/plain", "no such page\n");
}
/* [answer end] */

static struct MHD_Daemon *serve(service *it, int *port)
{
    struct sockaddr_in address = at_port(0);
    struct MHD_Daemon *server = MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD, 0, NULL, NULL, answer, it, MHD_OPTION_SOCK_ADDR,
                                                 &address, MHD_OPTION_END);
    const union MHD_DaemonInfo *info = server != NULL ? MHD_get_daemon_info(server, MHD_DAEMON_INFO_BIND_PORT) : NULL;

    if (info != NULL)
        *port = info->port;
    return server;
}

/* --- the world around it --- */

/* The start, an outage of the database, and the end, as a load balancer sees them. Answers whether all came as it should. */
static int look(service *it, int port, int database)
{
    int right = becomes(port, "/health/live", 200);

    right &= becomes(port, "/health/startup", 503) & becomes(port, "/health/ready", 503);
    __atomic_store_n(&it->warm, 1, __ATOMIC_RELEASE);
    right &= becomes(port, "/health/startup", 200) & becomes(port, "/health/ready", 200) & becomes(port, "/work", 200);
    puts("the database goes away");
    close(database);
    right &= becomes(port, "/health/ready", 503) & becomes(port, "/health/live", 200) & becomes(port, "/work", 503);
    puts("the database is back");
    database = listen_at(&it->database_port);
    right &= becomes(port, "/health/ready", 200) & becomes(port, "/work", 200);
    puts("the service is told to end");
    /* [drain] */
    seawall_health_drain(it->health); /* from now on nobody sends new work; then finish what is under way */
    /* [drain end] */
    right &= becomes(port, "/health/ready", 503) & becomes(port, "/health/live", 200) & becomes(port, "/work", 200);
    close(database);
    return right;
}

/* [thread] */
static seawall_status start_checks(service *it, seawall_timers **timers, seawall_error *error)
{
    seawall_status status = seawall_timers_create(NULL, NULL, timers, error);

    if (status == SEAWALL_OK)
        status = seawall_timers_start(*timers, error);
    if (status == SEAWALL_OK)
        status = seawall_health_create(NULL, NULL, &it->health, error);
    if (status == SEAWALL_OK)
        status = register_checks(it, error);
    if (status == SEAWALL_OK)
        status = watch_breaker(it, error);
    if (status == SEAWALL_OK)
        status = seawall_health_start(it->health, *timers, error); /* at the end destroy the set before its timers */
    return status;
}
/* [thread end] */

int main(void)
{
    service it = {0};
    int port = 0, right, database = listen_at(&it.database_port);
    seawall_error error = {0};
    struct MHD_Daemon *server;
    seawall_timers *timers;

    if (database < 0 || make_pipeline(&it, &error) != SEAWALL_OK || start_checks(&it, &timers, &error) != SEAWALL_OK) {
        printf("%s\n", error.message);
        return 1;
    }
    server = serve(&it, &port);
    if (server == NULL)
        return 1;
    right = look(&it, port, database);
    MHD_stop_daemon(server);
    seawall_health_destroy(it.health);
    seawall_timers_destroy(timers);
    seawall_pipeline_destroy(it.pipeline);
    seawall_breaker_destroy(it.breaker);
    return right ? 0 : 1;
}
