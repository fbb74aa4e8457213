/* Who asks for transitions learns what a listener is told. */
#include <string.h>

#include "breaker_fixture.h"
#include "support.h"

static fixture f;

static void begin(void)
{
    fixture_open(&f, NULL);
}

static void end(void)
{
    fixture_close(&f);
}

typedef struct notebook {
    seawall_breaker_transition heard[512];
    int count;
} notebook;

static void note(const seawall_breaker_transition *transition, void *user)
{
    notebook *book = user;

    ck_assert_int_lt(book->count, 512);
    book->heard[book->count++] = *transition;
}

/* Asks for all after `after`; answers the number of the last one. */
static uint64_t ask(notebook *book, uint64_t after)
{
    seawall_breaker_transition transition;

    while (seawall_breaker_next_transition(f.breaker, after, &transition)) {
        ck_assert_uint_gt(transition.sequence, after);
        after = transition.sequence;
        note(&transition, book);
    }
    return after;
}

/* Trips it, fails a probe, closes it, and gives it every order. */
static void live(void)
{
    int i;

    half_open(&f, 3);
    fail_times(&f, 1);
    advance(&f, SEAWALL_SECONDS(2));
    for (i = 0; i < 3; i++)
        call(&f, SEAWALL_FAULT_NONE);
    (void)seawall_breaker_force_open(f.breaker, SEAWALL_FOREVER);
    (void)seawall_breaker_disable(f.breaker);
    (void)seawall_breaker_metrics_only(f.breaker);
    (void)seawall_breaker_reset(f.breaker);
}

START_TEST(asking_tells_what_listening_does)
{
    notebook heard = {.count = 0}, asked = {.count = 0};
    uint64_t after = 0;
    int round;

    ck_assert_int_eq(seawall_breaker_add_listener(f.breaker, note, &heard), SEAWALL_OK);
    for (round = 0; round < 20; round++) {
        live();
        after = ask(&asked, after);
    }
    ck_assert_int_gt(heard.count, 100);
    ck_assert_int_eq(asked.count, heard.count);
    ck_assert_mem_eq(asked.heard, heard.heard, sizeof(asked.heard[0]) * (size_t)asked.count);
    ck_assert_uint_eq(after, (uint64_t)asked.count);
}
END_TEST

START_TEST(nobody_need_listen)
{
    notebook asked = {.count = 0};

    ck_assert_uint_eq(ask(&asked, 0), 0);
    live();
    ck_assert_uint_eq(ask(&asked, 0), (uint64_t)asked.count);
    ck_assert_int_eq(asked.heard[0].from, SEAWALL_BREAKER_CLOSED);
    ck_assert_int_eq(asked.heard[0].to, SEAWALL_BREAKER_OPEN);
    ck_assert_int_eq(asked.heard[0].rule, SEAWALL_BREAKER_RULE_CONSECUTIVE);
    ck_assert_int_eq(asked.heard[0].now, START);
}
END_TEST

START_TEST(the_last_sixty_four_are_remembered)
{
    notebook asked = {.count = 0};
    uint64_t last;
    int i;

    for (i = 0; i < 100; i++)
        ck_assert_int_eq(i % 2 == 0 ? seawall_breaker_force_open(f.breaker, SEAWALL_FOREVER) : seawall_breaker_close(f.breaker),
                         SEAWALL_OK);
    last = ask(&asked, 0);
    ck_assert_uint_eq(last, 100);
    ck_assert_int_eq(asked.count, 64);
    ck_assert_uint_eq(asked.heard[0].sequence, 37);
    ck_assert_uint_eq(asked.heard[63].sequence, 100);
}
END_TEST

START_TEST(there_is_none)
{
    seawall_breaker_transition transition = {.sequence = 77};

    live();
    ck_assert(!seawall_breaker_next_transition(f.breaker, UINT64_MAX, &transition));
    ck_assert(!seawall_breaker_next_transition(f.breaker, 1000, &transition));
    ck_assert(!seawall_breaker_next_transition(NULL, 0, &transition));
    ck_assert(!seawall_breaker_next_transition(f.breaker, 0, NULL));
    ck_assert_uint_eq(transition.sequence, 77);
}
END_TEST

/* What the parent made it remembers as well; what it makes itself comes after. */
static bool goes_on(void *arg)
{
    const uint64_t *before = arg;
    notebook asked = {.count = 0};

    return seawall_breaker_force_open(f.breaker, SEAWALL_FOREVER) == SEAWALL_OK && ask(&asked, *before) == *before + 1 &&
           asked.count == 1 && asked.heard[0].to == SEAWALL_BREAKER_FORCED_OPEN;
}

START_TEST(a_child_asks_on)
{
    notebook asked = {.count = 0};
    uint64_t last;

    live();
    last = ask(&asked, 0);
    sw_test_in_child(goes_on, &last);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("breaker_poll");
    TCase *poll = tcase_create("poll");

    tcase_add_checked_fixture(poll, begin, end);
    tcase_add_test(poll, asking_tells_what_listening_does);
    tcase_add_test(poll, nobody_need_listen);
    tcase_add_test(poll, the_last_sixty_four_are_remembered);
    tcase_add_test(poll, there_is_none);
    tcase_add_test(poll, a_child_asks_on);
    suite_add_tcase(suite, poll);
    return run_suite(suite);
}
