/* Seawall's timers beside those of libevent and libuv, with a thousand and a million pending. */
#include <stdio.h>
#include <stdlib.h>

#include "harness.h"
#include "peers.h"

#define SPREAD 60000 /* ticks of a millisecond */
#define LATER 30000
#define BLOCK 1000
#define ROOM 131072 /* beside those that are pending */
#define ROWS_MAX 64

typedef struct crowd {
    const peer *peer;
    void *state;
    uint32_t pending, armed;
    uint64_t dice, wrong, fired;
    peer_time now, moved_to;
} crowd;

static uint64_t draw(crowd *c)
{
    c->dice = c->dice * 6364136223846793005u + 1442695040888963407u;
    return c->dice >> 33;
}

static peer_time some_time(crowd *c)
{
    return c->now + 1 + (peer_time)(draw(c) % SPREAD);
}

static void expect(crowd *c, bool right)
{
    c->wrong += !right;
}

/* What is pending stays as much; the others come and go. */
static void fired(void *user, uint32_t timer)
{
    crowd *c = user;

    c->fired++;
    if (timer < c->pending)
        expect(c, c->peer->arm(c->state, timer, some_time(c)));
}

static bool crowd_create(crowd *c, const peer *whose, uint32_t pending)
{
    uint32_t i;

    *c = (crowd){.peer = whose, .pending = pending, .dice = 42, .now = peer_now};
    peer_clock(true);
    c->state = whose->create(pending + ROOM, fired, c);
    for (i = 0; c->state != NULL && i < pending; i++)
        expect(c, whose->arm(c->state, i, some_time(c)));
    peer_clock(false);
    return c->state != NULL;
}

/* Each crowd has a time of its own, which goes on only while it is measured. */
static void begin(crowd *c)
{
    peer_now = c->now;
    peer_clock(true);
}

static void step(crowd *c, peer_time by)
{
    peer_now = c->now += by;
    c->peer->run(c->state);
}

static void disarm(void *state)
{
    crowd *c = state;

    begin(c);
    while (c->armed > 0)
        expect(c, c->peer->cancel(c->state, c->pending + --c->armed));
    peer_clock(false);
}

static void arm_one_more(crowd *c, peer_time at)
{
    if (c->armed == ROOM) {
        disarm(c);
        begin(c);
    }
    expect(c, c->peer->arm(c->state, c->pending + c->armed++, at));
}

static void arm_fixed(void *state, uint64_t count)
{
    crowd *c = state;

    for (begin(c); count > 0; count--)
        arm_one_more(c, c->now + LATER);
    peer_clock(false);
}

static void arm_random(void *state, uint64_t count)
{
    crowd *c = state;

    for (begin(c); count > 0; count--)
        arm_one_more(c, some_time(c));
    peer_clock(false);
}

static void arm_cancel_fixed(void *state, uint64_t count)
{
    crowd *c = state;

    for (begin(c); count > 0; count--) {
        expect(c, c->peer->arm(c->state, c->pending, c->now + LATER));
        expect(c, c->peer->cancel(c->state, c->pending));
    }
    peer_clock(false);
}

static void arm_cancel_random(void *state, uint64_t count)
{
    crowd *c = state;

    for (begin(c); count > 0;) {
        uint32_t some = count < BLOCK ? (uint32_t)count : BLOCK, i;

        for (i = 0; i < some; i++)
            expect(c, c->peer->arm(c->state, c->pending + i, some_time(c)));
        for (i = 0; i < some; i++)
            expect(c, c->peer->cancel(c->state, c->pending + i));
        count -= some;
    }
    peer_clock(false);
}

/* Any of them, ever further out. */
static void rearm(void *state, uint64_t count)
{
    crowd *c = state;

    for (begin(c); count > 0; count--) {
        c->moved_to = (c->moved_to > c->now + SPREAD ? c->moved_to : c->now + SPREAD) + (count % 64 == 0);
        expect(c, c->peer->rearm(c->state, (uint32_t)(draw(c) % c->pending), c->moved_to));
    }
    peer_clock(false);
}

static void cancel_random(void *state, uint64_t count)
{
    crowd *c = state;

    for (begin(c); count > 0; count--) {
        uint32_t timer = (uint32_t)(draw(c) % c->pending);

        expect(c, c->peer->cancel(c->state, timer));
        expect(c, c->peer->arm(c->state, timer, some_time(c)));
    }
    peer_clock(false);
}

/* A thousand that are due with one tick. */
static void expire_at_once(void *state, uint64_t count)
{
    crowd *c = state;

    for (begin(c); count > 0;) {
        uint32_t some = count < BLOCK ? (uint32_t)count : BLOCK, i;
        uint64_t before = c->fired;

        for (i = 0; i < some; i++)
            expect(c, c->peer->arm(c->state, c->pending + i, c->now + 1));
        step(c, 2);
        expect(c, c->fired - before >= some);
        count -= some;
    }
    peer_clock(false);
}

/* Those that are pending, in steps in which one or more are due; each is armed again. */
static void expire_spread(void *state, uint64_t count)
{
    peer_time by = 1;
    crowd *c = state;
    uint64_t until = c->fired + count;

    if (c->pending < SPREAD)
        by = SPREAD / c->pending;
    for (begin(c); c->fired < until;)
        step(c, by);
    peer_clock(false);
}

static const struct {
    const char *name;
    bench_loop loop;
    bench_undo undo;
} operations[] = {
    {"arm, fixed", arm_fixed, disarm},
    {"arm, random", arm_random, disarm},
    {"arm + cancel, fixed", arm_cancel_fixed, NULL},
    {"arm + cancel, random", arm_cancel_random, NULL},
    {"expire + arm, over 60,000 ticks", expire_spread, NULL},
    {"cancel any + arm", cancel_random, NULL},
    {"move any out", rearm, NULL},
    {"arm + expire, at once", expire_at_once, NULL},
};

static uint64_t compare(const peer *own, const peer *other, uint32_t pending)
{
    static char names[ROWS_MAX][128];
    static size_t rows;
    static crowd a, b;
    size_t i;

    if (!crowd_create(&a, own, pending) || !crowd_create(&b, other, pending)) {
        (void)fprintf(stderr, "no memory for %u timers\n", (unsigned)pending);
        exit(1);
    }
    for (i = 0; i < sizeof(operations) / sizeof(operations[0]); i++) {
        char *name = names[rows++ % ROWS_MAX];

        (void)snprintf(name, sizeof(names[0]), "%s, %s, %s", own->name, operations[i].name, pending > BLOCK ? "1M" : "1k");
        bench_pair_undone((bench_side){name, operations[i].loop, &a}, (bench_side){other->name, operations[i].loop, &b},
                          operations[i].undo);
    }
    a.peer->destroy(a.state);
    b.peer->destroy(b.state);
    return a.wrong + b.wrong;
}

int main(int argc, char **argv)
{
    static const peer *const others[] = {BENCH_PEERS}, *const ours[] = {&peer_wheel, &peer_service};
    static const uint32_t crowds[] = {1000, 1000000};
    uint64_t mistakes = 0;
    size_t i, k, n;
    int answer = bench_open(argc, argv, "timer_peers");

    if (answer != 0)
        return answer;
    for (n = 0; n < 2; n++) {
        for (i = 0; i < 2; i++) {
            for (k = 0; k < sizeof(others) / sizeof(others[0]); k++)
                mistakes += compare(ours[i], others[k], crowds[n]);
        }
    }
    for (i = 0; i < 2; i++)
        printf("bytes per timer, %s: %llu, the caller's handle included\n", ours[i]->name, (unsigned long long)ours[i]->bytes());
    for (k = 0; k < sizeof(others) / sizeof(others[0]); k++)
        printf("bytes per timer, %s: %llu\n", others[k]->name, (unsigned long long)others[k]->bytes());
    return bench_close(mistakes);
}
