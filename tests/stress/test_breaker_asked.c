/*
 * Threads order while others ask for transitions: who asks sees each one in order, each beginning where the one before ended; and
 * when the dust has settled, the last that was made.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/atomic.h"
#include "suite.h"
#include "support.h"

enum { ORDERING = 2, THREADS = 4, REMEMBERED = 64 };

typedef struct room {
    seawall_breaker *breaker;
    sw_atomic_u32 ordering; /* threads that still do */
    int64_t rounds;
} room;

static room r;

static void must(bool holds, const char *what)
{
    if (!holds) {
        fprintf(stderr, "broken: %s\n", what);
        abort();
    }
}

static void order(int index)
{
    int64_t i;

    for (i = 0; i < r.rounds; i++) {
        if ((i + index) % 2 == 0)
            (void)seawall_breaker_force_open(r.breaker, SEAWALL_FOREVER);
        else
            (void)seawall_breaker_close(r.breaker);
    }
    (void)sw_add_u32(&r.ordering, (uint32_t)-1);
}

/* Everything after `last` that is there; answers the number of the last one. */
static uint64_t ask(seawall_breaker_transition *before)
{
    seawall_breaker_transition now;

    while (seawall_breaker_next_transition(r.breaker, before->sequence, &now)) {
        must(now.sequence > before->sequence, "in order");
        must(now.sequence != before->sequence + 1 || now.from == before->to, "each begins where the one before ended");
        must(now.to == SEAWALL_BREAKER_CLOSED || now.to == SEAWALL_BREAKER_FORCED_OPEN, "nobody ordered anything else");
        *before = now;
    }
    return before->sequence;
}

static void body(int index, void *arg)
{
    seawall_breaker_transition before = {.sequence = 0, .to = SEAWALL_BREAKER_CLOSED};

    (void)arg;
    if (index < ORDERING)
        order(index);
    while (index >= ORDERING && sw_load_u32(&r.ordering) > 0)
        (void)ask(&before);
}

START_TEST(who_asks_sees_all_in_order)
{
    seawall_breaker_transition before = {.sequence = 0, .to = SEAWALL_BREAKER_CLOSED};
    seawall_breaker_snapshot snapshot = SEAWALL_BREAKER_SNAPSHOT_INIT;
    sw_test_threads threads;

    r.rounds = sw_test_count(20000, 500000);
    sw_store_u32(&r.ordering, ORDERING);
    ck_assert_int_eq(seawall_breaker_create(NULL, NULL, &r.breaker, NULL), SEAWALL_OK);
    sw_test_start(&threads, THREADS, body, NULL);
    sw_test_join(&threads);
    ck_assert_int_eq(seawall_breaker_get_snapshot(r.breaker, &snapshot), SEAWALL_OK);
    ck_assert_uint_eq(ask(&before) & ((UINT64_C(1) << 22) - 1), snapshot.epoch);
    ck_assert_int_eq(before.to, snapshot.state);
    ck_assert_int_ge((int64_t)before.sequence, REMEMBERED);
    seawall_breaker_destroy(r.breaker);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("asked");

    tcase_add_test(tests, who_asks_sees_all_in_order);
    return sw_test_run("stress/breaker_asked", tests);
}
