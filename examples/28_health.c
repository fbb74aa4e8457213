/* Health checks: a database that goes away and comes back, a worker loop that hangs, and what the three endpoints say of it. */
#include <seawall/seawall.h>
#include <stdio.h>
#include <string.h>

static bool database_is_up = true;

/* [function] */
static seawall_health_status look_at_database(seawall_health_run *run, void *user)
{
    (void)user; /* a connection, say; it may block until run->deadline */
    if (database_is_up)
        return SEAWALL_HEALTH_PASS;
    (void)snprintf(run->message, sizeof(run->message), "connection refused");
    return SEAWALL_HEALTH_FAIL;
}
/* [function end] */

/* [register] */
static seawall_status register_checks(seawall_health *health, seawall_heartbeat *heartbeat, seawall_error *error)
{
    seawall_health_binding binding = SEAWALL_HEALTH_BINDING_INIT;
    seawall_health_check_config config = SEAWALL_HEALTH_CHECK_CONFIG_INIT; /* a function; it informs readiness */
    seawall_status status;

    binding.function = look_at_database;
    status = seawall_health_register(health, "database", &config, &binding, error);
    if (status != SEAWALL_OK)
        return status;

    config.check = SEAWALL_HEALTH_HEARTBEAT; /* a watchdog: without it a restart is the only help */
    config.live = 1;
    config.ready = 0;
    config.max_silence = SEAWALL_SECONDS(20);
    binding = (seawall_health_binding)SEAWALL_HEALTH_BINDING_INIT;
    binding.heartbeat = heartbeat;
    return seawall_health_register(health, "worker", &config, &binding, error);
}
/* [register end] */

/* [listener] */
static void told(const seawall_health_event *event, void *user)
{
    (void)user;
    printf("  %s: %s -> %s\n", event->endpoint < 0 ? event->name : seawall_health_endpoint_name(event->endpoint),
           seawall_health_status_name(event->from), seawall_health_status_name(event->to));
}
/* [listener end] */

/* What a server does with a GET. */
static void answer(seawall_health *health, const char *path)
{
    /* [respond] */
    char body[4096];
    int32_t http_status;

    if (seawall_health_respond(health, path, &http_status, body, sizeof(body), NULL) == SEAWALL_OK)
        printf("  GET %s: %d, %zu bytes of " SEAWALL_HEALTH_MEDIA_TYPE "\n", path, (int)http_status, strlen(body));
    else
        printf("  GET %s: 404\n", path);
    /* [respond end] */
}

/* Half a minute of a loop that drives the checks itself; the worker is alive only if `feeds`. */
static seawall_status half_a_minute(seawall_health *health, seawall_manual_clock *clock, seawall_heartbeat *heartbeat, bool feeds)
{
    const seawall_time end = seawall_manual_clock_now(clock) + SEAWALL_SECONDS(30);
    seawall_status status = SEAWALL_OK;
    seawall_time next = 0;

    while (status == SEAWALL_OK && seawall_manual_clock_now(clock) < end) {
        if (feeds)
            seawall_heartbeat_feed(heartbeat); /* one store */
        /* [poll] */
        status = seawall_health_poll_at(health, seawall_manual_clock_now(clock), &next);
        /* [poll end] */
        seawall_manual_clock_set(clock, next < end ? next : end);
    }
    answer(health, "/health/live");
    answer(health, "/health/ready");
    return status;
}

static seawall_status story(seawall_health *health, seawall_manual_clock *clock, seawall_heartbeat *heartbeat)
{
    seawall_status status;

    printf("all is well\n");
    status = half_a_minute(health, clock, heartbeat, true);
    printf("the database is gone: no work should come in, and no restart would help\n");
    database_is_up = false;
    if (status == SEAWALL_OK)
        status = half_a_minute(health, clock, heartbeat, true);
    printf("it is back, but the worker hangs: a restart helps\n");
    database_is_up = true;
    if (status == SEAWALL_OK)
        status = half_a_minute(health, clock, heartbeat, false);
    if (status == SEAWALL_OK)
        status = half_a_minute(health, clock, heartbeat, false);
    printf("shutting down\n");
    seawall_health_drain(health);
    answer(health, "/health/ready");
    return status;
}

int main(void)
{
    seawall_platform platform;
    seawall_manual_clock *clock = NULL;
    seawall_heartbeat *heartbeat = NULL;
    seawall_health *health = NULL;
    seawall_error error = {0};
    seawall_status status = seawall_platform_init(&platform, sizeof(platform));

    if (status == SEAWALL_OK)
        status = seawall_manual_clock_create(SEAWALL_SECONDS(1), false, &clock, &error);
    if (status == SEAWALL_OK)
        seawall_manual_clock_install(clock, &platform);
    if (status == SEAWALL_OK)
        status = seawall_heartbeat_create(&platform, &heartbeat, &error);
    if (status == SEAWALL_OK)
        status = seawall_health_create(NULL, &platform, &health, &error);
    if (status == SEAWALL_OK)
        status = register_checks(health, heartbeat, &error);
    if (status == SEAWALL_OK)
        status = seawall_health_add_listener(health, told, NULL);
    if (status == SEAWALL_OK)
        status = story(health, clock, heartbeat);
    if (status != SEAWALL_OK)
        fprintf(stderr, "%s: %s\n", seawall_status_name(status), error.message);
    seawall_health_destroy(health);
    seawall_heartbeat_destroy(heartbeat);
    seawall_manual_clock_destroy(clock);
    return status == SEAWALL_OK ? 0 : 1;
}
