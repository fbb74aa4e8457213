/*
 * Operators at work while calls fly: they disable, reset, force, close and change the rules, from as many threads as there are.
 * No permit may be lost or counted twice, no probe may be too many, no rules may be a mixture, and when it is over the breaker
 * heals.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/breaker/breaker_config.h"
#include "policy/breaker/breaker_state.h"
#include "suite.h"
#include "support.h"

#define MS(n) SEAWALL_MILLISECONDS(n)
#define TICK ((seawall_duration)1 << SW_TICK_SHIFT)
#define PLACES 3
#define RULES 2

typedef struct storm {
    seawall_platform platform;
    sw_atomic_u64 clock;
    seawall_breaker *breaker;
    seawall_breaker_config rules[RULES];
    bool resets; /* some operators forget: then counters cannot agree */
    int64_t calls;
    uint64_t seed;
    sw_atomic_u64 sequence; /* the last one told */
    sw_atomic_u64 inside;
    sw_atomic_u64 under_way; /* epoch 32 | probes 32, of the newest epoch in which somebody got one */
    /* What the threads did, all told. */
    sw_atomic_u64 granted, ended, successes, failures, ignored, refused, stale;
    seawall_breaker_transition last;
} storm;

typedef struct worker {
    storm *storm;
    uint64_t random;
} worker;

static storm s;

static int32_t below(worker *w, int32_t n)
{
    return (int32_t)(sw_test_next(&w->random) % (uint64_t)n);
}

static seawall_time storm_now(void *user)
{
    return (seawall_time)sw_load_u64(&((storm *)user)->clock);
}

/* check's own assertions are not for many threads. */
static void must(bool holds, const char *what)
{
    if (!holds) {
        fprintf(stderr, "broken: %s\n", what);
        abort();
    }
}

/* Which rules an opening went by; each set has numbers of its own. */
static int rules_with_limit(const seawall_breaker_transition *t)
{
    int i;

    for (i = 0; i < RULES; i++) {
        if (t->rule == SEAWALL_BREAKER_RULE_CONSECUTIVE ? t->limit == s.rules[i].failure_threshold
            : t->rule == SEAWALL_BREAKER_RULE_PROBES    ? t->limit == s.rules[i].failures_to_reopen
                                                        : t->limit == s.rules[i].successes_to_close)
            return i;
    }
    return -1;
}

static void heard(const seawall_breaker_transition *t, void *user)
{
    (void)user;
    must(sw_exchange_u64(&s.inside, 1) == 0, "one callback at a time");
    must(t->sequence > sw_load_u64(&s.sequence), "in order");
    if (t->sequence == s.last.sequence + 1) {
        must(t->from == s.last.to, "each transition begins where the last one ended");
        if (s.last.to == SEAWALL_BREAKER_OPEN && t->to == SEAWALL_BREAKER_HALF_OPEN)
            must(t->now - s.last.now >= s.rules[rules_with_limit(&s.last)].recovery_timeout,
                 "open for the time of its own rules");
    }
    if (t->to == SEAWALL_BREAKER_OPEN)
        must(rules_with_limit(t) >= 0, "opened by a limit that somebody set");
    s.last = *t;
    sw_store_u64(&s.sequence, t->sequence);
    (void)sw_exchange_u64(&s.inside, 0);
}

static uint64_t epoch_of(const seawall_permit *permit)
{
    return permit->opaque[0] >> SW_PAYLOAD_BITS & SW_EPOCH_MASK;
}

static bool is_probe(const seawall_permit *permit)
{
    return (permit->opaque[2] >> 16 & 0xffff) != 0;
}

/* The probes under way of one epoch; those of earlier ones do not matter any longer. */
static void count_probe(const seawall_permit *permit, bool begins)
{
    uint64_t epoch = epoch_of(permit);
    uint64_t word = sw_load_u64(&s.under_way), next;

    do {
        bool newer = epoch > word >> 32;

        if (epoch < word >> 32 || (newer && !begins))
            return;
        next = newer ? epoch << 32 | 1 : begins ? word + 1 : word - 1;
    } while (!sw_cas_u64(&s.under_way, &word, next));
    must((next & 0xffffffff) <= PLACES, "no more probes at once than there are places");
}

static void report(worker *w, seawall_permit *permit)
{
    static const seawall_fault faults[] = {SEAWALL_FAULT_NONE, SEAWALL_FAULT_INTERNAL, SEAWALL_FAULT_INTERNAL,
                                           SEAWALL_FAULT_NOT_FOUND};
    const int32_t i = below(w, 4);
    bool recorded = sw_breaker_state_of(permit->opaque[0]) != SEAWALL_BREAKER_DISABLED;
    seawall_status status;

    if (is_probe(permit))
        count_probe(permit, false);
    status = seawall_breaker_report(s.breaker, permit, faults[i]);
    must(status == SEAWALL_OK || status == SEAWALL_STALE, "a report is taken or stale");
    must(seawall_breaker_report(s.breaker, permit, faults[i]) == SEAWALL_INVALID, "and is taken once");
    (void)sw_add_u64(&s.ended, 1);
    if (status == SEAWALL_STALE)
        (void)sw_add_u64(&s.stale, 1);
    else if (recorded)
        (void)sw_add_u64(i == 0 ? &s.successes : i == 3 ? &s.ignored : &s.failures, 1);
}

static void one_call(worker *w, seawall_permit *slow)
{
    seawall_permit permit;
    seawall_duration wait = 0;

    if (seawall_breaker_try_acquire(s.breaker, &permit, &wait) != SEAWALL_OK) {
        must(wait > 0, "who is refused has to wait");
        (void)sw_add_u64(&s.refused, 1);
        return;
    }
    (void)sw_add_u64(&s.granted, 1);
    if (is_probe(&permit))
        count_probe(&permit, true);
    if (slow->opaque[2] == 0 && below(w, 8) == 0)
        *slow = permit;
    else
        report(w, &permit);
}

static void operate(worker *w)
{
    seawall_breaker_snapshot look = SEAWALL_BREAKER_SNAPSHOT_INIT;
    seawall_time now = storm_now(&s), next;

    switch (below(w, 12)) {
    case 0: (void)seawall_breaker_disable(s.breaker); break;
    case 1: (void)seawall_breaker_metrics_only(s.breaker); break;
    case 2: (void)seawall_breaker_force_open(s.breaker, now + below(w, 4000000)); break;
    case 3: (void)seawall_breaker_force_open(s.breaker, SEAWALL_FOREVER); break;
    case 4: (void)(s.resets ? seawall_breaker_reset(s.breaker) : seawall_breaker_close(s.breaker)); break;
    case 5: must(seawall_breaker_poll_at(s.breaker, now, &next) == SEAWALL_OK && next > now, "polled"); break;
    case 6: must(seawall_breaker_get_snapshot(s.breaker, &look) == SEAWALL_OK, "a snapshot"); break;
    case 7: (void)seawall_breaker_close(s.breaker); break;
    default:
        must(seawall_breaker_reconfigure(s.breaker, &s.rules[below(w, RULES)], NULL) == SEAWALL_OK, "reconfigured");
        break;
    }
    must(look.probes <= s.rules[1].half_open_max_calls && look.probes >= 0, "no more probes out than any rules allow");
}

static void work(int index, void *arg)
{
    worker w = {.storm = arg, .random = s.seed + (uint64_t)index * UINT64_C(1000003)};
    seawall_permit slow = SEAWALL_PERMIT_INIT;
    int64_t i;

    for (i = 0; i < s.calls; i++) {
        one_call(&w, &slow);
        if (slow.opaque[2] != 0 && below(&w, 6) == 0)
            report(&w, &slow);
        if (below(&w, 8) == 0)
            (void)sw_add_u64(&s.clock, (uint64_t)below(&w, 1500000));
        if (below(&w, 40) == 0)
            operate(&w);
    }
    if (slow.opaque[2] != 0)
        report(&w, &slow);
}

static void begin(bool resets, int64_t calls)
{
    seawall_breaker_config c = SEAWALL_BREAKER_CONFIG_INIT;

    memset(&s, 0, sizeof s);
    s.seed = sw_test_seed();
    s.resets = resets;
    s.calls = calls;
    sw_store_u64(&s.clock, SEAWALL_SECONDS(5));
    c.half_open_concurrent = PLACES;
    c.probe_timeout = SEAWALL_SECONDS(1000000);
    c.failure_threshold = 3;
    c.recovery_timeout = MS(2);
    c.half_open_max_calls = 4;
    c.successes_to_close = 2;
    c.failures_to_reopen = 1;
    c.half_open_max_duration = MS(3);
    s.rules[0] = c;
    c.failure_threshold = 6;
    c.recovery_timeout = MS(8);
    c.half_open_max_calls = 7;
    c.successes_to_close = 5;
    c.failures_to_reopen = 3;
    c.half_open_max_duration = 0;
    s.rules[1] = c;
    ck_assert_int_eq(seawall_platform_init(&s.platform, sizeof s.platform), SEAWALL_OK);
    s.platform.now = storm_now;
    s.platform.clock_user = &s;
    ck_assert_int_eq(seawall_breaker_create(&s.rules[0], &s.platform, &s.breaker, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_breaker_add_listener(s.breaker, heard, NULL), SEAWALL_OK);
}

static void check_books(void)
{
    seawall_breaker_snapshot is = SEAWALL_BREAKER_SNAPSHOT_INIT;

    ck_assert_int_eq(seawall_breaker_get_snapshot(s.breaker, &is), SEAWALL_OK);
    ck_assert_uint_eq(sw_load_u64(&s.granted), sw_load_u64(&s.ended));
    ck_assert_int_eq(is.probes, 0);
    ck_assert_uint_eq(sw_load_u64(&s.sequence), is.epoch);
    ck_assert_uint_gt(is.epoch, 20);
    if (s.resets) {
        ck_assert_int_le(is.successes, (int64_t)sw_load_u64(&s.successes));
        ck_assert_int_le(is.refused, (int64_t)sw_load_u64(&s.refused));
        return;
    }
    ck_assert_int_eq(is.successes, (int64_t)sw_load_u64(&s.successes));
    ck_assert_int_eq(is.failures, (int64_t)sw_load_u64(&s.failures));
    ck_assert_int_eq(is.ignored, (int64_t)sw_load_u64(&s.ignored));
    ck_assert_int_eq(is.refused, (int64_t)sw_load_u64(&s.refused));
    ck_assert_int_eq(is.stale, (int64_t)sw_load_u64(&s.stale));
    ck_assert_int_eq(is.expired, 0);
}

/* All is well, and the rules are the first: closed within two recoveries, the other rules' last one, and the rounding. */
static void check_healing(void)
{
    seawall_breaker_snapshot is = SEAWALL_BREAKER_SNAPSHOT_INIT;
    seawall_time latest;

    ck_assert_int_eq(seawall_breaker_reconfigure(s.breaker, &s.rules[0], NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_breaker_get_snapshot(s.breaker, &is), SEAWALL_OK);
    /* What an operator has decided for good, he has to take back. */
    if (is.remaining == SEAWALL_FOREVER || is.state == SEAWALL_BREAKER_DISABLED || is.state == SEAWALL_BREAKER_METRICS_ONLY)
        ck_assert_int_eq(seawall_breaker_force_open(s.breaker, storm_now(&s) + MS(1)), SEAWALL_OK);
    latest = storm_now(&s) + s.rules[1].recovery_timeout + 2 * s.rules[0].recovery_timeout + 4 * TICK;
    while (is.state != SEAWALL_BREAKER_CLOSED) {
        seawall_permit permit;

        if (seawall_breaker_try_acquire(s.breaker, &permit, NULL) == SEAWALL_OK)
            (void)seawall_breaker_report(s.breaker, &permit, SEAWALL_FAULT_NONE);
        else
            (void)sw_add_u64(&s.clock, (uint64_t)TICK / 4);
        ck_assert_int_eq(seawall_breaker_get_snapshot(s.breaker, &is), SEAWALL_OK);
        ck_assert_int_le(storm_now(&s), latest);
    }
}

static const struct {
    int threads;
    bool resets;
} rows[] = {{2, false}, {4, false}, {16, false}, {2, true}, {4, true}, {16, true}};

START_TEST(orders_and_new_rules_lose_nothing)
{
    sw_test_threads threads;

    begin(rows[_i].resets, sw_test_count(16000, 160000) / rows[_i].threads);
    sw_test_start(&threads, rows[_i].threads, work, &s);
    sw_test_join(&threads);
    check_books();
    check_healing();
    seawall_breaker_destroy(s.breaker);
}
END_TEST

/* --- rules are one set --- */

static sw_atomic_u32 done;

/* Every number of set n is n more than the least. */
static void set_of(int32_t n, seawall_breaker_config *c)
{
    c->failure_threshold = 1 + n;
    c->recovery_timeout = MS(1) + n;
    c->recovery_max = MS(1) + 2 * n;
    c->recovery_multiplier = 2 + n;
    c->half_open_max_calls = 1 + n;
    c->successes_to_close = 1 + n;
    c->failures_to_reopen = 1 + n;
    c->probe_timeout = MS(1) + n;
    c->half_open_max_duration = MS(1) + n;
    c->ignore_cuts_below = n;
    c->half_open_then = n % 2;
    c->counted_faults = n % 2 != 0 ? SEAWALL_FAULTS_COUNTED : 0;
}

static void expect_one_set(const sw_breaker_rules *r)
{
    int32_t n = r->failure_threshold - 1;

    must(r->recovery_timeout == MS(1) + n && r->recovery_max == MS(1) + 2 * n && r->recovery_multiplier >= 2 + n &&
             r->recovery_multiplier <= 2 + n && r->max_calls == 1 + n && r->successes_to_close == 1 + n &&
             r->failures_to_reopen == 1 + n && r->probe_timeout == MS(1) + n && r->half_open_max_duration == MS(1) + n &&
             r->ignore_cuts_below == n && r->half_open_then == n % 2 && (r->counted_faults != 0) == (n % 2 != 0),
         "rules of one set");
}

static void read_and_write(int index, void *arg)
{
    seawall_breaker_config c = SEAWALL_BREAKER_CONFIG_INIT;
    int64_t i;

    (void)arg;
    c.half_open_concurrent = 1;
    if (index < 2) {
        for (i = 0; i < s.calls; i++) {
            set_of((int32_t)(2 * i + index) % 900, &c);
            must(seawall_breaker_reconfigure(s.breaker, &c, NULL) == SEAWALL_OK, "reconfigured");
        }
        (void)sw_add_u32(&done, 1);
    }
    do {
        sw_breaker_rules rules;

        sw_breaker_rules_read(s.breaker, &rules);
        expect_one_set(&rules);
    } while (sw_load_u32(&done) < 2);
}

START_TEST(nobody_reads_a_mixture)
{
    seawall_breaker_config c = SEAWALL_BREAKER_CONFIG_INIT;
    sw_test_threads threads;

    memset(&s, 0, sizeof s);
    s.calls = sw_test_count(3000, 50000);
    sw_store_u32(&done, 0);
    c.half_open_concurrent = 1;
    set_of(7, &c);
    ck_assert_int_eq(seawall_breaker_create(&c, NULL, &s.breaker, NULL), SEAWALL_OK);
    sw_test_start(&threads, 4, read_and_write, NULL);
    sw_test_join(&threads);
    seawall_breaker_destroy(s.breaker);
}
END_TEST

int main(void)
{
    TCase *orders = tcase_create("orders");

    tcase_set_timeout(orders, 300);
    tcase_add_loop_test(orders, orders_and_new_rules_lose_nothing, 0, sizeof rows / sizeof rows[0]);
    tcase_add_test(orders, nobody_reads_a_mixture);
    return sw_test_run("breaker_orders", orders);
}
