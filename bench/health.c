/* Health checks: what an answer to a probe costs, and what a heartbeat costs the loop that feeds it. */
#include <seawall/seawall.h>
#include <stdio.h>
#include <string.h>

#include "floors.h"
#include "harness.h"

#define CHECKS 100
#define ROOM 65536

typedef struct state {
    seawall_health *health;
    seawall_heartbeat *heartbeat;
    uint64_t wrong;
    size_t length; /* of the JSON */
    char text[ROOM], copy[ROOM];
} state;

static seawall_health_status pass(seawall_health_run *run, void *user)
{
    (void)run;
    (void)user;
    return SEAWALL_HEALTH_PASS;
}

static void render(void *user, uint64_t count)
{
    state *s = user;

    while (count-- > 0)
        s->wrong += seawall_health_json(s->health, SEAWALL_HEALTH_READY, s->text, ROOM, NULL) != SEAWALL_OK;
}

static void render_line(void *user, uint64_t count)
{
    state *s = user;

    while (count-- > 0)
        s->wrong += seawall_health_line(s->health, SEAWALL_HEALTH_READY, s->copy, ROOM, NULL) != SEAWALL_OK;
}

/* The bytes that have to be written in any case, one at a time. */
static void write_bytes(void *user, uint64_t count)
{
    state *s = user;
    size_t i;

    while (count-- > 0) {
        for (i = 0; i < s->length; i++)
            ((volatile char *)s->copy)[i] = s->text[i];
    }
}

static void feed(void *user, uint64_t count)
{
    state *s = user;

    while (count-- > 0)
        seawall_heartbeat_feed(s->heartbeat);
}

static void add_once(void *user, uint64_t count)
{
    (void)user;
    while (count-- > 0)
        (void)floor_bulkhead_release(user);
}

static seawall_status set_up(state *s)
{
    seawall_health_binding binding = SEAWALL_HEALTH_BINDING_INIT;
    seawall_status status = seawall_health_create(NULL, NULL, &s->health, NULL);
    seawall_time next;
    char name[32];
    int i;

    if (status == SEAWALL_OK)
        status = seawall_heartbeat_create(NULL, &s->heartbeat, NULL);
    binding.function = pass;
    for (i = 0; i < CHECKS && status == SEAWALL_OK; i++) {
        (void)snprintf(name, sizeof(name), "dependency %d", i);
        status = seawall_health_register(s->health, name, NULL, &binding, NULL);
    }
    if (status == SEAWALL_OK)
        status = seawall_health_poll_at(s->health, seawall_platform_now(NULL), &next);
    if (status == SEAWALL_OK)
        status = seawall_health_json(s->health, SEAWALL_HEALTH_READY, s->text, ROOM, &s->length);
    return status;
}

int main(int argc, char **argv)
{
    static state s;
    static floor_bulkhead floor;
    int answer = bench_open(argc, argv, "health");

    if (answer != 0)
        return answer;
    if (set_up(&s) != SEAWALL_OK)
        return 1;
    bench_pair((bench_side){"JSON of 100 checks", render, &s}, (bench_side){"its bytes, one by one", write_bytes, &s},
               BENCH_NO_GOAL);
    bench_pair((bench_side){"a line of 100 checks", render_line, &s}, (bench_side){"as many bytes as the JSON", write_bytes, &s},
               BENCH_NO_GOAL);
    bench_pair((bench_side){"feed a heartbeat", feed, &s}, (bench_side){"a call and an atomic add", add_once, &floor},
               BENCH_NO_GOAL);
    seawall_health_destroy(s.health);
    seawall_heartbeat_destroy(s.heartbeat);
    return bench_close(s.wrong);
}
