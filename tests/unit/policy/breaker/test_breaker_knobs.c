/*
 * The half-open knobs, every combination of small values: what create says of each, and, for those that it takes, every state
 * that a round can reach, from which there must be a way on, whatever happens and whatever rules come next.
 */
#include "breaker_fixture.h"

#include <string.h>

#include "policy/breaker/breaker_core.h"

#define MOST 3 /* calls in a round where rules change; one more where they do not */
#define EPOCH 9

/* libcheck writes down each assertion that it passes, and here are a great many. */
#define MUST(holds)                                                                                                    \
    do {                                                                                                               \
        if (!(holds))                                                                                                  \
            ck_abort_msg("%s", #holds);                                                                                \
    } while (0)

/* --- at creation --- */

static const char *expected_mistake(const seawall_breaker_config *c)
{
    if (c->half_open_max_calls < 1)
        return "circuit_breaker.half_open_max_calls";
    if (c->half_open_concurrent < 1 && c->half_open_concurrent != SEAWALL_AUTO)
        return "circuit_breaker.half_open_concurrent";
    if (c->successes_to_close < 1 && c->successes_to_close != SEAWALL_AUTO)
        return "circuit_breaker.successes_to_close";
    if (c->failures_to_reopen < 1)
        return "circuit_breaker.failures_to_reopen";
    if (c->probe_timeout < MS(1) && c->probe_timeout != SEAWALL_AUTO)
        return "circuit_breaker.probe_timeout";
    if (c->half_open_max_duration < MS(1) && c->half_open_max_duration != 0)
        return "circuit_breaker.half_open_max_duration";
    if (c->successes_to_close > c->half_open_max_calls)
        return "circuit_breaker.successes_to_close";
    return c->failures_to_reopen > c->half_open_max_calls ? "circuit_breaker.failures_to_reopen" : NULL;
}

static int taken, refused_ones;

static void expect_verdict(const seawall_breaker_config *c)
{
    const char *mistake = expected_mistake(c);
    seawall_error error;
    seawall_status status = seawall_config_check("circuit_breaker", c, &error);

    MUST(status == (mistake == NULL ? SEAWALL_OK : SEAWALL_INVALID));
    MUST(mistake == NULL || strcmp(error.key, mistake) == 0);
    *(mistake == NULL ? &taken : &refused_ones) += 1;
}

static void vary_times(seawall_breaker_config *c)
{
    static const seawall_duration leases[] = {-2, SEAWALL_AUTO, MS(1) - 1, MS(1)};
    static const seawall_duration bounds[] = {-1, 0, 1, MS(1)};
    size_t i, j;

    for (i = 0; i < sizeof leases / sizeof leases[0]; i++) {
        for (j = 0; j < sizeof bounds / sizeof bounds[0]; j++) {
            c->probe_timeout = leases[i];
            c->half_open_max_duration = bounds[j];
            expect_verdict(c);
        }
    }
}

START_TEST(every_combination_has_a_verdict_at_creation)
{
    seawall_breaker_config c = SEAWALL_BREAKER_CONFIG_INIT;

    for (c.half_open_max_calls = -1; c.half_open_max_calls <= 3; c.half_open_max_calls++)
        for (c.half_open_concurrent = -2; c.half_open_concurrent <= 2; c.half_open_concurrent++)
            for (c.successes_to_close = -2; c.successes_to_close <= 4; c.successes_to_close++)
                for (c.failures_to_reopen = 0; c.failures_to_reopen <= 4; c.failures_to_reopen++)
                    vary_times(&c);
    ck_assert_int_eq(taken + refused_ones, 5 * 5 * 7 * 5 * 4 * 4);
    /* calls 1 to 3, each with its successes and AUTO, its failures, 3 concurrencies, 2 leases, 2 bounds */
    ck_assert_int_eq(taken, (2 * 1 + 3 * 2 + 4 * 3) * 3 * 2 * 2);
}
END_TEST

/* --- in a round --- */

/* What a round is made of: the word has all of it but how many leases are held. */
enum event { ISSUE, SUCCESS, FAILURE, IGNORED, LOST, TIME, EVENTS };

static bool possible(const sw_breaker_rules *r, int32_t places, uint64_t word, enum event event)
{
    int32_t out = sw_breaker_issued(word) - sw_breaker_successes(word) - sw_breaker_failures(word);
    uint64_t issued;

    switch (event) {
    case ISSUE:
        return out < places && sw_breaker_issue(r, word, &issued);
    case TIME:
        return r->half_open_max_duration > 0;
    default:
        return out > 0;
    }
}

static uint64_t happen(const sw_breaker_rules *r, uint64_t word, enum event event)
{
    sw_breaker_next next = {.word = word};

    switch (event) {
    case ISSUE: MUST(sw_breaker_issue(r, word, &next.word)); break;
    case SUCCESS: sw_breaker_on_success(r, word, 0, &next); break;
    case FAILURE: sw_breaker_on_failure(r, word, 0, &next); break;
    case IGNORED: sw_breaker_on_ignored(word, &next); break;
    case LOST: sw_breaker_on_lost(r, word, 0, &next); break;
    default: sw_breaker_on_time(r, word, 0, &next); break;
    }
    return next.word;
}

/* Every word that a round under these rules can come to while it goes on. */
typedef struct reached {
    uint64_t words[512];
    int count;
    bool closes, opens;
} reached;

static void reach(reached *all, uint64_t word)
{
    int i;

    if (sw_breaker_state_of(word) == SEAWALL_BREAKER_CLOSED)
        all->closes = true;
    else if (sw_breaker_state_of(word) == SEAWALL_BREAKER_OPEN)
        all->opens = true;
    else
        MUST(sw_breaker_state_of(word) == SEAWALL_BREAKER_HALF_OPEN);
    if (sw_breaker_state_of(word) != SEAWALL_BREAKER_HALF_OPEN) {
        MUST(sw_breaker_epoch_of(word) == EPOCH + 1);
        return;
    }
    for (i = 0; i < all->count; i++) {
        if (all->words[i] == word)
            return;
    }
    MUST(all->count < 512);
    all->words[all->count++] = word;
}

static void explore(const sw_breaker_rules *r, int32_t places, uint64_t from, reached *all)
{
    int i;

    all->count = 0;
    all->closes = all->opens = false;
    reach(all, from);
    for (i = 0; i < all->count; i++) {
        enum event event;

        for (event = 0; event < EVENTS; event++) {
            if (possible(r, places, all->words[i], event))
                reach(all, happen(r, all->words[i], event));
        }
    }
}

/*
 * Callers come, and each probe ends, by a report or with its lease, all of them alike: how many steps until the round is over.
 * Nobody needs the bound on its time for that.
 */
static int steps_to_end(const sw_breaker_rules *r, int32_t places, uint64_t word, enum event end)
{
    int steps = 0;

    while (sw_breaker_state_of(word) == SEAWALL_BREAKER_HALF_OPEN) {
        bool issue = possible(r, places, word, ISSUE);

        if (!issue && !possible(r, places, word, end))
            ck_abort_msg("stuck: %d issued, %d succeeded, %d failed of %d", (int)sw_breaker_issued(word),
                         (int)sw_breaker_successes(word), (int)sw_breaker_failures(word), (int)r->max_calls);
        word = happen(r, word, issue ? ISSUE : end);
        MUST(++steps < 1000);
    }
    return steps;
}

static void expect_no_wedge(const sw_breaker_rules *r, int32_t places, const reached *all)
{
    int i;

    for (i = 0; i < all->count; i++) {
        uint64_t word = all->words[i];

        MUST(steps_to_end(r, places, word, SUCCESS) <= 2 * r->max_calls);
        MUST(steps_to_end(r, places, word, FAILURE) <= 2 * r->max_calls);
        MUST(sw_breaker_state_of(happen(r, word, TIME)) ==
             (r->half_open_then == SEAWALL_BREAKER_THEN_CLOSED ? SEAWALL_BREAKER_CLOSED : SEAWALL_BREAKER_OPEN));
    }
}

static const uint64_t fresh = (uint64_t)SEAWALL_BREAKER_HALF_OPEN << 61 | (uint64_t)EPOCH << SW_PAYLOAD_BITS;

/* Calls `visit` with every combination of knobs up to so many calls. */
static void for_all_knobs(int32_t most, void (*visit)(const sw_breaker_rules *rules))
{
    sw_breaker_rules r = {.recovery_timeout = MS(10), .recovery_max = MS(10), .recovery_multiplier = 1, .probe_timeout = MS(1)};
    int32_t bound;

    for (r.max_calls = 1; r.max_calls <= most; r.max_calls++)
        for (r.successes_to_close = 1; r.successes_to_close <= r.max_calls; r.successes_to_close++)
            for (r.failures_to_reopen = 1; r.failures_to_reopen <= r.max_calls; r.failures_to_reopen++)
                for (bound = 0; bound < 3; bound++) {
                    r.half_open_max_duration = bound == 0 ? 0 : MS(1);
                    r.half_open_then = bound == 2 ? SEAWALL_BREAKER_THEN_CLOSED : SEAWALL_BREAKER_THEN_OPEN;
                    visit(&r);
                }
}

static reached all;
static int visited;

static void expect_a_way_on(const sw_breaker_rules *r)
{
    int32_t places;

    for (places = 1; places <= r->max_calls; places++) {
        explore(r, places, fresh, &all);
        ck_assert(all.closes && all.opens);
        expect_no_wedge(r, places, &all);
    }
    visited++;
}

START_TEST(no_combination_wedges)
{
    visited = 0;
    for_all_knobs(MOST + 1, expect_a_way_on);
    ck_assert_int_eq(visited, 3 * (1 + 4 + 9 + 16));
}
END_TEST

static sw_breaker_rules old_rules;

/* A round that began under the old rules goes on under these. */
static void expect_a_way_over(const sw_breaker_rules *r)
{
    int32_t places;

    for (places = 1; places <= MOST; places++) {
        reached before;
        int i;

        explore(&old_rules, places, fresh, &before);
        for (i = 0; i < before.count; i++) {
            sw_breaker_next next;

            sw_breaker_judge(r, before.words[i], 0, &next);
            MUST(next.word == before.words[i] || sw_breaker_state_of(next.word) != SEAWALL_BREAKER_HALF_OPEN);
            MUST(steps_to_end(r, places, next.word, SUCCESS) <= 2 * MOST);
            MUST(steps_to_end(r, places, next.word, FAILURE) <= 2 * MOST);
        }
    }
    visited++;
}

static void become_old(const sw_breaker_rules *r)
{
    old_rules = *r;
    if (r->half_open_max_duration == 0) /* it does not matter for what has been counted */
        for_all_knobs(MOST, expect_a_way_over);
}

START_TEST(no_change_of_rules_wedges)
{
    visited = 0;
    for_all_knobs(MOST, become_old);
    ck_assert_int_eq(visited, 14 * 14 * 3);
}
END_TEST

/* And from open, the shortest way back, which every combination has. */
static void expect_the_way_back(const sw_breaker_rules *r)
{
    uint64_t word = sw_breaker_word(SEAWALL_BREAKER_OPEN, EPOCH - 1, 10);
    sw_breaker_next next;

    ck_assert(!sw_breaker_due(0, word, MS(10)));
    ck_assert(sw_breaker_due(0, word, MS(11)));
    sw_breaker_probe(word, &next);
    ck_assert(next.word == fresh);
    for (word = fresh; sw_breaker_state_of(word) == SEAWALL_BREAKER_HALF_OPEN;)
        word = happen(r, happen(r, word, ISSUE), SUCCESS);
    ck_assert_int_eq(sw_breaker_state_of(word), SEAWALL_BREAKER_CLOSED);
}

START_TEST(every_combination_leads_back_to_closed)
{
    for_all_knobs(MOST + 1, expect_the_way_back);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("breaker_knobs");
    TCase *knobs = tcase_create("knobs");

    tcase_add_test(knobs, every_combination_has_a_verdict_at_creation);
    tcase_add_test(knobs, no_combination_wedges);
    tcase_add_test(knobs, no_change_of_rules_wedges);
    tcase_add_test(knobs, every_combination_leads_back_to_closed);
    suite_add_tcase(suite, knobs);
    return run_suite(suite);
}
