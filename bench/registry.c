/* The registry: names and keys looked up, keys that come and go, and what an event costs. */
#include <seawall/seawall.h>
#include <stdio.h>

#include "harness.h"
#include "rival_map.h"

#define NAMES 1000
#define MANY 100000

typedef struct state {
    seawall_registry *registry, *quiet;
    seawall_keyed *keyed, *roomy;
    seawall_breaker *told, *untold;
    rival_map map, full, big;
    char names[NAMES][24];
    uint64_t next, wrong;
} state;

static void look_up(void *user, uint64_t count)
{
    state *s = user;
    uint64_t at = 0;

    while (count-- > 0) {
        seawall_limiter *limiter;

        if (seawall_registry_limiter(s->registry, s->names[at], NULL, &limiter, NULL, NULL) != SEAWALL_OK) {
            s->wrong++;
            return;
        }
        seawall_limiter_destroy(limiter);
        at = at + 1 < NAMES ? at + 1 : 0;
    }
}

static void hit(void *user, uint64_t count)
{
    state *s = user;
    uint64_t at = 0;

    while (count-- > 0) {
        seawall_limiter *limiter;

        if (seawall_keyed_limiter(s->keyed, s->names[at], &limiter, NULL) != SEAWALL_OK) {
            s->wrong++;
            return;
        }
        seawall_limiter_destroy(limiter);
        at = at + 1 < NAMES ? at + 1 : 0;
    }
}

/* Keys that nobody has asked for. */
static void ask_anew(state *s, seawall_keyed *keyed, uint64_t count)
{
    while (count-- > 0) {
        seawall_limiter *limiter;
        char key[24];

        (void)snprintf(key, sizeof(key), "new %d", (int)(s->next++ % INT32_MAX));
        if (seawall_keyed_limiter(keyed, key, &limiter, NULL) != SEAWALL_OK) {
            s->wrong++;
            return;
        }
        seawall_limiter_destroy(limiter);
    }
}

static void evict(void *user, uint64_t count)
{
    ask_anew(user, ((state *)user)->keyed, count);
}

static void create(void *user, uint64_t count)
{
    ask_anew(user, ((state *)user)->roomy, count);
}

static void rival_anew(state *s, rival_map *map, uint64_t count)
{
    while (count-- > 0) {
        char key[24];

        (void)snprintf(key, sizeof(key), "new %d", (int)(s->next++ % INT32_MAX));
        rival_entry_give_back(rival_map_ask(map, key));
    }
}

static void rival_evict(void *user, uint64_t count)
{
    rival_anew(user, &((state *)user)->full, count);
}

static void rival_create(void *user, uint64_t count)
{
    rival_anew(user, &((state *)user)->big, count);
}

static void forget(void *user)
{
    state *s = user;
    char key[24];

    for (; s->next > 0; s->next--) {
        (void)snprintf(key, sizeof(key), "new %d", (int)(s->next - 1));
        (void)seawall_keyed_remove(s->roomy, key);
    }
    rival_map_clear(&s->big);
}

static void floor_look(void *user, uint64_t count)
{
    state *s = user;
    uint64_t at = 0;

    while (count-- > 0) {
        rival_entry_give_back(rival_map_look(&s->map, s->names[at]));
        at = at + 1 < NAMES ? at + 1 : 0;
    }
}

static void rival_hit(void *user, uint64_t count)
{
    state *s = user;
    uint64_t at = 0;

    while (count-- > 0) {
        rival_entry_give_back(rival_map_ask(&s->map, s->names[at]));
        at = at + 1 < NAMES ? at + 1 : 0;
    }
}

static void flip(state *s, seawall_breaker *breaker)
{
    s->wrong += seawall_breaker_force_open(breaker, SEAWALL_FOREVER) != SEAWALL_OK;
    s->wrong += seawall_breaker_close(breaker) != SEAWALL_OK;
}

static void told(void *user, uint64_t count)
{
    seawall_registry_event events[2];
    state *s = user;
    int32_t taken;

    while (count-- > 0) {
        flip(s, s->told);
        s->wrong += seawall_registry_poll(s->registry, events, sizeof(events[0]), 2, &taken, NULL) != SEAWALL_OK || taken != 2;
    }
}

static void untold(void *user, uint64_t count)
{
    state *s = user;

    while (count-- > 0)
        flip(s, s->untold);
}

static seawall_status make_keyed(state *s, const char *name, int32_t most, seawall_keyed **keyed)
{
    seawall_keyed_config config = SEAWALL_KEYED_CONFIG_INIT;

    config.max_instances = most;
    config.idle_expiry = SEAWALL_FOREVER;
    return seawall_registry_keyed(s->quiet, name, &config, "rate_limiter \"template\"", keyed, NULL, NULL);
}

static seawall_status set_up(state *s)
{
    seawall_registry_config config = SEAWALL_REGISTRY_CONFIG_INIT;
    seawall_registry_event event;
    seawall_status status;
    int32_t taken = 1;
    int i;

    config.event_capacity = 4096;
    status = seawall_registry_create(&config, NULL, &s->registry, NULL);
    if (status == SEAWALL_OK)
        status = seawall_registry_create(NULL, NULL, &s->quiet, NULL);
    if (status == SEAWALL_OK)
        status = seawall_registry_set(s->registry, "rate_limiter", NULL, "rate", "5", NULL);
    if (status == SEAWALL_OK)
        status = seawall_registry_set(s->quiet, "rate_limiter", NULL, "rate", "5", NULL);
    rival_map_init(&s->map, NAMES);
    rival_map_init(&s->full, NAMES);
    rival_map_init(&s->big, UINT64_MAX);
    for (i = 0; i < NAMES && status == SEAWALL_OK; i++) {
        seawall_limiter *limiter;

        (void)snprintf(s->names[i], sizeof(s->names[i]), "dependency %d", i);
        status = seawall_registry_limiter(s->registry, s->names[i], NULL, &limiter, NULL, NULL);
        if (status == SEAWALL_OK)
            seawall_limiter_destroy(limiter);
        rival_entry_give_back(rival_map_ask(&s->map, s->names[i]));
    }
    if (status == SEAWALL_OK)
        status = make_keyed(s, "tenants", NAMES, &s->keyed);
    if (status == SEAWALL_OK)
        status = make_keyed(s, "many", MANY, &s->roomy);
    if (status == SEAWALL_OK)
        status = seawall_registry_breaker(s->registry, "b", NULL, &s->told, NULL, NULL);
    if (status == SEAWALL_OK)
        status = seawall_registry_breaker(s->quiet, "b", NULL, &s->untold, NULL, NULL);
    while (status == SEAWALL_OK && taken > 0)
        status = seawall_registry_poll(s->registry, &event, sizeof(event), 1, &taken, NULL);
    return status;
}

int main(int argc, char **argv)
{
    static state s;
    const bench_side name = {"look a name up, 1,000 names", look_up, &s};
    const bench_side key = {"ask for a key, 1,000 keys", hit, &s};
    const bench_side plain = {"a hash look-up and a reference", floor_look, &s};
    const bench_side mutex = {"rival: a map under a mutex", rival_hit, &s};
    int answer = bench_open(argc, argv, "registry");

    if (answer != 0)
        return answer;
    if (set_up(&s) != SEAWALL_OK)
        return 1;
    bench_pair(name, plain, BENCH_NO_GOAL);
    bench_pair(name, mutex, BENCH_NO_GOAL);
    bench_threads(name, BENCH_NO_GOAL);
    bench_threads(mutex, BENCH_NO_GOAL);
    bench_pair(key, plain, BENCH_NO_GOAL);
    bench_pair(key, mutex, BENCH_NO_GOAL);
    bench_threads(key, BENCH_NO_GOAL);
    bench_pair_undone((bench_side){"a new key", create, &s}, (bench_side){"rival: a new key", rival_create, &s}, forget);
    bench_pair((bench_side){"a new key for an old one", evict, &s},
               (bench_side){"rival: a new key for an old one", rival_evict, &s}, BENCH_NO_GOAL);
    bench_pair((bench_side){"two transitions, told and taken", told, &s}, (bench_side){"two transitions, untold", untold, &s},
               BENCH_NO_GOAL);
    answer = bench_close(s.wrong);
    seawall_breaker_destroy(s.told);
    seawall_breaker_destroy(s.untold);
    seawall_keyed_destroy(s.keyed);
    seawall_keyed_destroy(s.roomy);
    seawall_registry_destroy(s.registry);
    seawall_registry_destroy(s.quiet);
    rival_map_clear(&s.map);
    rival_map_clear(&s.full);
    rival_map_clear(&s.big);
    return answer;
}
