/*
 * Chains of chance: up to seven of the library's policies in any order, under outcomes, deadlines and cancellations of chance.
 * No attempt starts after its deadline and every frame ends once, which the worlds see to, the latter at a toy somewhere in the
 * chain; the punctual drivers agree; permits come back to rest; and the budget is charged for what was made and nothing else.
 */
#include <check.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "chain.h"
#include "suite.h"
#include "support.h"

#define LONGEST 7

/* Which policies, in which order; each at most once. */
static void choose_order(uint64_t *random, bool wide, char order[LONGEST + 2])
{
    static const char all[] = "BRTSAKLFPHC";
    size_t count = 1 + sw_test_next(random) % LONGEST, length = 0;

    while (length < count) {
        char letter = all[sw_test_next(random) % (sizeof(all) - 1)];

        if ((letter == 'H' && !wide) || memchr(order, letter, length) != NULL)
            count -= count > length; /* a shorter chain */
        else
            order[length++] = letter;
    }
    order[length] = '\0';
    /* And somewhere one who does nothing but keep the books of frames. */
    count = sw_test_next(random) % (length + 1);
    memmove(order + count + 1, order + count, length - count + 1);
    order[count] = '*';
}

static seawall_duration some(uint64_t *random, int64_t most)
{
    return 1 + (seawall_duration)(sw_test_next(random) % (uint64_t)SEAWALL_MILLISECONDS(most));
}

static void choose(uint64_t *random, bool wide, char order[LONGEST + 2], chain_config *config)
{
    chain_defaults(config);
    choose_order(random, wide, order);
    config->order = order;
    config->breaker.failure_threshold = 1 + (int32_t)(sw_test_next(random) % 4);
    config->breaker.recovery_timeout = SEAWALL_MILLISECONDS(1) + some(random, 50);
    config->breaker.recovery_multiplier = 1 + (double)(sw_test_next(random) % 3);
    config->retry.max_attempts = 1 + (int32_t)(sw_test_next(random) % 5);
    config->retry.base_delay = some(random, 20);
    config->retry.max_delay = config->retry.base_delay * 4;
    config->retry.retry_refusals = (int32_t)(sw_test_next(random) % 2);
    config->timeout.request_timeout = SEAWALL_MILLISECONDS(1) + some(random, 200);
    config->timeout.attempt_timeout = SEAWALL_MILLISECONDS(1) + some(random, 60);
    config->shorter.request_timeout = SEAWALL_MILLISECONDS(1) + some(random, 80);
    config->bulkhead.max_concurrent = 1 + (int32_t)(sw_test_next(random) % 2);
    config->bulkhead.max_waiting = (int32_t)(sw_test_next(random) % 3);
    config->bulkhead.max_wait = some(random, 40);
    config->limiter.rate = 1 + (int32_t)(sw_test_next(random) % 200);
    config->limiter.burst = 1;
    config->limiter.max_wait = some(random, 30);
    config->budget.floor = (int32_t)(sw_test_next(random) % 2);
    config->budget.window = SEAWALL_SECONDS(3600); /* no charge leaves it while a world goes on */
    config->fallback.on_open = (int32_t)(sw_test_next(random) % 2);
    config->hedge.max_hedges = 1 + (int32_t)(sw_test_next(random) % 2);
    config->hedge.delay = some(random, 20);
    config->chaos.enabled = 1;
    config->chaos.fault_rate = config->chaos.latency_rate = config->chaos.outcome_rate = 0.2;
    config->chaos.latency = some(random, 20);
    config->chaos.max_latency = config->chaos.latency + some(random, 20);
    config->chaos.outcome = (seawall_chaos_outcome)(sw_test_next(random) % 4);
}

/* What a budget may have been charged, by the notes: extra runs, and repetitions that came to an attempt. */
typedef struct charges {
    int64_t hedges; /* some of which may have begun none, and so cost nothing */
    int64_t scheduled;
    int64_t made;
} charges;

static bool begins(const char *line, const char *with)
{
    return strncmp(line, with, strlen(with)) == 0;
}

static charges count_charges(const toy_notes *notes)
{
    const char *line = notes->length > 0 ? notes->text : NULL;
    bool pending = false;
    charges c = {0};

    while (line != NULL) {
        c.hedges += begins(line, "* hedge_started");
        if (begins(line, "* retry_scheduled")) {
            c.scheduled++;
            pending = true;
        } else if (begins(line, "+ ")) {
            c.made += pending;
            pending = false;
        } else if (begins(line, "= ")) {
            pending = false;
        }
        line = strchr(line, '\n');
        line = line != NULL && line[1] != '\0' ? line + 1 : NULL;
    }
    return c;
}

static void check_budget(const chain *c, const char *order, uint64_t seed, const toy_notes *notes)
{
    seawall_retry_budget_snapshot budget = SEAWALL_RETRY_BUDGET_SNAPSHOT_INIT;
    const char *retry = strchr(order, 'R'), *hedge = strchr(order, 'H');
    seawall_hedge_snapshot extra = SEAWALL_HEDGE_SNAPSHOT_INIT;
    charges charged = count_charges(notes);
    int64_t least, most;

    ck_assert_int_eq(seawall_hedge_get_snapshot_at(c->hedge, world_now(c->world), &extra), SEAWALL_OK);
    ck_assert_int_le(extra.started, charged.hedges);
    least = most = extra.started + charged.made;

    /* Retries side by side in a hedge, or one in what stands in: the notes do not say whose attempt it was. */
    if ((retry != NULL && hedge != NULL && hedge < retry) || strchr(order, 'P') != NULL) {
        least = extra.started;
        most = extra.started + charged.scheduled;
    }
    ck_assert_int_eq(seawall_retry_budget_get_snapshot_at(c->budget, world_now(c->world), &budget), SEAWALL_OK);
    ck_assert_msg(budget.retries >= least && budget.retries <= most, "%s, SEAWALL_SEED=%" PRIu64 ": %d charges for %d to %d",
                  order, seed, (int)budget.retries, (int)least, (int)most);
}

static void check_rest(const chain *c, const char *order, uint64_t seed)
{
    seawall_bulkhead_snapshot bulkhead = SEAWALL_BULKHEAD_SNAPSHOT_INIT;
    seawall_limiter_snapshot limiter = SEAWALL_LIMITER_SNAPSHOT_INIT;

    ck_assert_int_eq(seawall_bulkhead_get_snapshot(c->bulkhead, &bulkhead), SEAWALL_OK);
    ck_assert_msg(bulkhead.in_use == 0 && bulkhead.waiting == 0, "%s, SEAWALL_SEED=%" PRIu64 ": %d permits, %d wait", order, seed,
                  (int)bulkhead.in_use, (int)bulkhead.waiting);
    ck_assert_msg(chain_snapshot(c).probes == 0, "%s, SEAWALL_SEED=%" PRIu64 ": a probe is still out", order, seed);
    ck_assert_int_eq(seawall_limiter_get_snapshot(c->limiter, &limiter), SEAWALL_OK);
    ck_assert_msg(limiter.waiting == 0, "%s, SEAWALL_SEED=%" PRIu64 ": %d wait", order, seed, (int)limiter.waiting);
}

static void run(uint64_t seed, bool wide, enum world_driver driver, toy_notes *notes)
{
    uint64_t random = seed;
    char order[LONGEST + 2] = "";
    toy_notes own = {0};
    chain_config config;
    world_plan plan;
    chain c;

    world_plan_from_seed(&plan, seed, wide);
    plan.toy_count = 1;
    plan.toys[0] = (toy_config){.kind = TOY_PLAIN};
    plan.alternative_count = 0;
    choose(&random, wide, order, &config);
    chain_open(&c, &plan, &config);
    chain_run(&c, &config, driver, notes != NULL ? notes : &own);
    check_rest(&c, order, seed);
    check_budget(&c, order, seed, notes != NULL ? notes : &own);
    chain_close(&c);
    toy_notes_free(&own);
}

START_TEST(punctual_drivers_agree)
{
    uint64_t seed = sw_test_seed(), last = seed + (uint64_t)sw_test_count(300, 10000);

    for (; seed != last; seed++) {
        toy_notes stepping = {0}, blocking = {0};

        run(seed, false, WORLD_STEPPING, &stepping);
        run(seed, false, WORLD_BLOCKING, &blocking);
        if (stepping.length != blocking.length || memcmp(stepping.text, blocking.text, stepping.length) != 0)
            ck_abort_msg("SEAWALL_SEED=%" PRIu64 ": the notes differ\n%s\n%s", seed, stepping.text, blocking.text);
        toy_notes_free(&stepping);
        toy_notes_free(&blocking);
    }
}
END_TEST

START_TEST(all_comes_to_rest_side_by_side_and_late)
{
    uint64_t seed = sw_test_seed(), last = seed + (uint64_t)sw_test_count(1500, 20000);

    for (; seed != last; seed++) {
        run(seed, true, WORLD_STEPPING, NULL);
        run(seed, true, WORLD_COARSE, NULL);
        run(seed, false, WORLD_COARSE, NULL);
    }
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("chains");

    tcase_set_timeout(tests, 300);
    tcase_add_test(tests, punctual_drivers_agree);
    tcase_add_test(tests, all_comes_to_rest_side_by_side_and_late);
    return sw_test_run("chains", tests);
}
