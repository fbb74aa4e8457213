/*
 * Many threads add and take out hooks of shared tokens, hang children below them and cut them off again, and cancel, all at once:
 * a hook runs at most once, and never once it was taken out; what was there when its token was cancelled has run; a child of a
 * cancelled token is cancelled. And a handler cancels what the thread that it interrupted is just working on.
 */
#define _GNU_SOURCE
#include <check.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>

#include "suite.h"
#include "support.h"

#define THREADS_MAX 16
#define SHARED 3
#define SLOTS 6

enum { IDLE, ADDED, CLOSED };

/* A hook as its owner sees it. */
typedef struct slot {
    seawall_cancel_hook hook;
    seawall_cancel *token;
    atomic_int state; /* closed: taken out, and not to run */
    atomic_int running, ran;
} slot;

static struct {
    seawall_cancel *shared[SHARED]; /* each the parent of the next */
    slot slots[THREADS_MAX][SLOTS];
    pthread_barrier_t gate;
    int threads;
    int64_t rounds;
    int operations;
    uint64_t seed;
    atomic_int wrong;
    const char *_Atomic what;
    atomic_llong interrupted, removed, stale;
} all;

static void wrong(const char *what)
{
    atomic_store(&all.what, what);
    atomic_fetch_add(&all.wrong, 1);
}

static void expect(bool right, const char *what)
{
    if (!right)
        wrong(what);
}

static void fire(void *user)
{
    slot *s = user;

    atomic_store(&s->running, 1);
    expect(atomic_load(&s->state) == ADDED, "ran although it was taken out");
    expect(atomic_fetch_add(&s->ran, 1) == 0, "ran twice");
    if ((((uintptr_t)user >> 6) & 3) == 0)
        (void)sched_yield();
    atomic_store(&s->running, 0);
}

static void add(slot *s, seawall_cancel *token)
{
    seawall_status status;

    s->token = token;
    atomic_store(&s->ran, 0);
    atomic_store(&s->state, ADDED);
    status = seawall_cancel_add_hook(token, &s->hook, fire, s);
    if (status == SEAWALL_OK)
        return;
    expect(status == SEAWALL_CANCELLED && seawall_cancel_is_cancelled(token), "not added, and not cancelled");
    expect(atomic_load(&s->ran) == 0, "ran without having been added");
    atomic_store(&s->state, IDLE);
}

static void take_out(slot *s)
{
    seawall_status status = seawall_cancel_remove_hook(s->token, &s->hook);

    expect(atomic_load(&s->running) == 0, "ran when it had been taken out");
    expect(status == SEAWALL_OK || status == SEAWALL_STALE, "taken out with another answer");
    expect(atomic_load(&s->ran) == (status == SEAWALL_STALE), "taken out with the wrong answer");
    atomic_store(&s->state, CLOSED);
    atomic_fetch_add(status == SEAWALL_OK ? &all.removed : &all.stale, 1);
}

/* A child for a moment, perhaps with a child of its own, perhaps cancelled by itself. */
static void hang_below(seawall_cancel *parent, uint64_t dice, slot *s)
{
    seawall_cancel_config config = SEAWALL_CANCEL_CONFIG_INIT;
    bool late = seawall_cancel_is_cancelled(parent);
    seawall_cancel *child = NULL, *grandchild = NULL;

    config.parent = parent;
    if (seawall_cancel_create(&config, NULL, &child, NULL) != SEAWALL_OK) {
        wrong("no child");
        return;
    }
    config.parent = child;
    if ((dice & 1) != 0 && seawall_cancel_create(&config, NULL, &grandchild, NULL) != SEAWALL_OK)
        wrong("no grandchild");
    expect(!late || seawall_cancel_is_cancelled(child), "a child of a cancelled token is not");
    add(s, grandchild != NULL ? grandchild : child);
    if ((dice & 6) == 0)
        (void)seawall_cancel_trigger(child);
    if ((dice & 8) != 0 && atomic_load(&s->state) == ADDED)
        take_out(s);
    if ((dice & 16) != 0) { /* the child first: its own child lives on */
        seawall_cancel_destroy(child);
        seawall_cancel_destroy(grandchild);
    } else {
        seawall_cancel_destroy(grandchild);
        seawall_cancel_destroy(child);
    }
    expect(atomic_load(&s->running) == 0, "ran when its token was gone");
    atomic_store(&s->state, CLOSED);
}

static void work(int index, uint64_t *random)
{
    int i;

    for (i = 0; i < all.operations; i++) {
        uint64_t dice = sw_test_next(random);
        slot *s = &all.slots[index][(dice >> 8) % SLOTS];
        seawall_cancel *token = all.shared[(dice >> 16) % SHARED];
        bool is_added = atomic_load(&s->state) == ADDED;

        if (is_added && (dice & 3) != 0)
            take_out(s);
        else if (!is_added && (dice & 4) != 0)
            add(s, token);
        else if (!is_added)
            hang_below(token, dice >> 24, s);
        else if ((dice >> 32) % (uint64_t)(all.threads * all.operations / 2) == 0)
            (void)seawall_cancel_trigger(token);
    }
}

static void make_shared(void)
{
    seawall_cancel_config config = SEAWALL_CANCEL_CONFIG_INIT;
    int i;

    for (i = 0; i < SHARED; i++) {
        if (seawall_cancel_create(&config, NULL, &all.shared[i], NULL) != SEAWALL_OK)
            wrong("no token");
        config.parent = all.shared[i];
    }
}

/* Alone: whatever is still there is cancelled, and has run by now. */
static void settle(void)
{
    int i, n;

    (void)seawall_cancel_trigger(all.shared[0]);
    for (i = 0; i < SHARED; i++)
        expect(seawall_cancel_is_cancelled(all.shared[i]), "the top is cancelled, and who is below it is not");
    for (n = 0; n < all.threads; n++) {
        for (i = 0; i < SLOTS; i++) {
            slot *s = &all.slots[n][i];

            expect(atomic_load(&s->state) != ADDED || atomic_load(&s->ran) == 1, "was there, and has not run");
            memset(&s->hook, 0, sizeof(s->hook));
            atomic_store(&s->state, IDLE);
        }
    }
    for (i = 0; i < SHARED; i++)
        seawall_cancel_destroy(all.shared[i]);
}

static void live(int index, void *arg)
{
    uint64_t random = all.seed + (uint64_t)index * UINT64_C(0x9E3779B97F4A7C15);
    int64_t round;

    (void)arg;
    for (round = 0; round < all.rounds; round++) {
        if (index == 0)
            make_shared();
        (void)pthread_barrier_wait(&all.gate);
        work(index, &random);
        if (index == 1 && (round & 1) != 0)
            (void)seawall_cancel_trigger(all.shared[0]);
        (void)pthread_barrier_wait(&all.gate);
        if (index == 0)
            settle();
    }
}

static const int crowds[] = {2, 4, 16};

START_TEST(hooks_run_once_or_not_at_all)
{
    sw_test_threads threads;

    memset(&all, 0, sizeof(all));
    all.threads = crowds[_i];
    all.operations = 40;
    all.rounds = sw_test_count(640, 40000) / all.threads;
    all.seed = sw_test_seed();
    ck_assert_int_eq(pthread_barrier_init(&all.gate, NULL, (unsigned)all.threads), 0);
    sw_test_start(&threads, all.threads, live, NULL);
    sw_test_join(&threads);
    ck_assert_msg(atomic_load(&all.wrong) == 0, "%d mistakes; the last: %s", atomic_load(&all.wrong), atomic_load(&all.what));
    ck_assert_int_gt(atomic_load(&all.removed), 0);
    (void)pthread_barrier_destroy(&all.gate);
}
END_TEST

/* --- a handler --- */

static seawall_cancel *_Atomic current;
static atomic_llong round_begun, round_done;
static atomic_int hook_ran;
static atomic_bool over;

static void on_interrupt(int number)
{
    (void)number;
    (void)seawall_cancel_trigger_from_signal(atomic_load(&current));
}

static void count(void *user)
{
    (void)user;
    atomic_fetch_add(&hook_ran, 1);
}

static void nothing(void *user)
{
    (void)user;
}

/* Adds and takes out, under the token's lock half of the time, until it is cancelled. */
static void *busy(void *user)
{
    int64_t round = 0;

    (void)user;
    while (!atomic_load(&over)) {
        seawall_cancel_hook hook = SEAWALL_CANCEL_HOOK_INIT;

        if (atomic_load(&round_begun) == round) {
            (void)sched_yield();
            continue;
        }
        while (seawall_cancel_add_hook(atomic_load(&current), &hook, nothing, NULL) == SEAWALL_OK)
            (void)seawall_cancel_remove_hook(atomic_load(&current), &hook);
        round++;
        atomic_store(&round_done, round);
    }
    return NULL;
}

START_TEST(a_handler_interrupts_whoever_works_on_the_token)
{
    struct sigaction action = {.sa_handler = on_interrupt};
    seawall_cancel_config config = SEAWALL_CANCEL_CONFIG_INIT;
    int64_t rounds = sw_test_count(100, 3000), round;
    uint64_t random = sw_test_seed();
    seawall_timers *timers;
    pthread_t thread;

    ck_assert_int_eq(sigaction(SIGINT, &action, NULL), 0);
    ck_assert_int_eq(seawall_timers_create(NULL, NULL, &timers, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_timers_start(timers, NULL), SEAWALL_OK);
    ck_assert_int_eq(pthread_create(&thread, NULL, busy, NULL), 0);
    for (round = 1; round <= rounds; round++) {
        seawall_cancel_hook hook = SEAWALL_CANCEL_HOOK_INIT;
        seawall_cancel *token = NULL;
        int spins = (int)(sw_test_next(&random) >> 33) % 4;

        config.timers = (round & 1) != 0 ? timers : NULL;
        ck_assert_int_eq(seawall_cancel_create(&config, NULL, &token, NULL), SEAWALL_OK);
        atomic_store(&hook_ran, 0);
        ck_assert_int_eq(seawall_cancel_add_hook(token, &hook, count, NULL), SEAWALL_OK);
        atomic_store(&current, token);
        atomic_store(&round_begun, round);
        while (spins-- > 0)
            (void)sched_yield();
        ck_assert_int_eq(pthread_kill(thread, SIGINT), 0);
        while (atomic_load(&round_done) != round || atomic_load(&hook_ran) == 0)
            (void)sched_yield();
        ck_assert_int_eq(seawall_cancel_remove_hook(token, &hook), SEAWALL_STALE);
        ck_assert_int_eq(atomic_load(&hook_ran), 1);
        seawall_cancel_destroy(token);
    }
    atomic_store(&over, true);
    ck_assert_int_eq(pthread_join(thread, NULL), 0);
    seawall_timers_destroy(timers);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("cancel");

    tcase_add_loop_test(tests, hooks_run_once_or_not_at_all, 0, (int)(sizeof(crowds) / sizeof(crowds[0])));
    tcase_add_test(tests, a_handler_interrupts_whoever_works_on_the_token);
    return sw_test_run("cancel stress", tests);
}
