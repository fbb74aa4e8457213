/* What listeners hear, in what order, and how they come and go. */
#include <pthread.h>
#include <string.h>

#include "breaker_fixture.h"
#include "suite.h"
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
    seawall_breaker_transition heard[256];
    int count;
    void (*then)(struct notebook *, const seawall_breaker_transition *);
    int depth;
} notebook;

static void note(const seawall_breaker_transition *transition, void *user)
{
    notebook *book = user;

    ck_assert_int_lt(book->count, 256);
    ck_assert_int_eq(book->depth, 0);
    book->depth++;
    book->heard[book->count++] = *transition;
    if (book->then != NULL)
        book->then(book, transition);
    book->depth--;
}

static void expect_heard(const notebook *book, int i, seawall_breaker_state from, seawall_breaker_state to,
                         seawall_breaker_rule rule)
{
    ck_assert_int_lt(i, book->count);
    ck_assert_int_eq(book->heard[i].from, from);
    ck_assert_int_eq(book->heard[i].to, to);
    ck_assert_int_eq(book->heard[i].rule, rule);
}

START_TEST(every_transition_is_told)
{
    notebook book = {.count = 0};
    int i;

    ck_assert_int_eq(seawall_breaker_add_listener(f.breaker, note, &book), SEAWALL_OK);
    half_open(&f, 3);
    fail_times(&f, 1);
    advance(&f, SEAWALL_SECONDS(2));
    for (i = 0; i < 3; i++)
        call(&f, SEAWALL_FAULT_NONE);
    (void)seawall_breaker_force_open(f.breaker, SEAWALL_FOREVER);
    (void)seawall_breaker_reset(f.breaker);
    (void)seawall_breaker_close(f.breaker);
    ck_assert_int_eq(book.count, 8);
    expect_heard(&book, 0, SEAWALL_BREAKER_CLOSED, SEAWALL_BREAKER_OPEN, SEAWALL_BREAKER_RULE_CONSECUTIVE);
    expect_heard(&book, 1, SEAWALL_BREAKER_OPEN, SEAWALL_BREAKER_HALF_OPEN, SEAWALL_BREAKER_RULE_NONE);
    expect_heard(&book, 2, SEAWALL_BREAKER_HALF_OPEN, SEAWALL_BREAKER_OPEN, SEAWALL_BREAKER_RULE_PROBES);
    expect_heard(&book, 3, SEAWALL_BREAKER_OPEN, SEAWALL_BREAKER_HALF_OPEN, SEAWALL_BREAKER_RULE_NONE);
    expect_heard(&book, 4, SEAWALL_BREAKER_HALF_OPEN, SEAWALL_BREAKER_CLOSED, SEAWALL_BREAKER_RULE_NONE);
    expect_heard(&book, 5, SEAWALL_BREAKER_CLOSED, SEAWALL_BREAKER_FORCED_OPEN, SEAWALL_BREAKER_RULE_FORCED);
    expect_heard(&book, 6, SEAWALL_BREAKER_FORCED_OPEN, SEAWALL_BREAKER_CLOSED, SEAWALL_BREAKER_RULE_NONE);
    expect_heard(&book, 7, SEAWALL_BREAKER_CLOSED, SEAWALL_BREAKER_CLOSED, SEAWALL_BREAKER_RULE_NONE);
    for (i = 0; i < 8; i++)
        ck_assert_int_eq((int64_t)book.heard[i].sequence, i + 1);
    ck_assert_int_eq(book.heard[0].now, START);
    ck_assert_int_eq(book.heard[0].value, 3);
    ck_assert_int_eq(book.heard[0].limit, 3);
    ck_assert_int_eq(book.heard[2].value, 1);
    ck_assert_int_eq(book.heard[2].limit, 1);
}
END_TEST

static void fall_open_once_more(notebook *book, const seawall_breaker_transition *transition)
{
    seawall_breaker_snapshot s = look(&f);

    (void)book;
    if (transition->sequence < 6) {
        ck_assert_int_eq((int64_t)s.epoch, (int64_t)transition->sequence);
        (void)seawall_breaker_close(f.breaker);
        ck_assert_int_eq((int64_t)look(&f).epoch, (int64_t)transition->sequence + 1);
    } else if (transition->sequence == 6) {
        fail_times(&f, 3);
    }
}

START_TEST(a_listener_may_call_back)
{
    notebook first = {.then = fall_open_once_more}, second = {.count = 0};
    int i;

    ck_assert_int_eq(seawall_breaker_add_listener(f.breaker, note, &first), SEAWALL_OK);
    ck_assert_int_eq(seawall_breaker_add_listener(f.breaker, note, &second), SEAWALL_OK);
    (void)seawall_breaker_close(f.breaker);
    ck_assert_int_eq(first.count, 7);
    ck_assert_int_eq(second.count, 7);
    for (i = 0; i < 7; i++)
        ck_assert_int_eq((int64_t)second.heard[i].sequence, i + 1);
    ck_assert_int_eq(second.heard[6].to, SEAWALL_BREAKER_OPEN);
}
END_TEST

static void many_more(notebook *book, const seawall_breaker_transition *transition)
{
    int i;

    (void)book;
    for (i = 0; transition->sequence == 1 && i < 100; i++)
        (void)seawall_breaker_close(f.breaker);
}

START_TEST(who_falls_behind_sees_the_gap)
{
    notebook book = {.then = many_more};
    int i;

    ck_assert_int_eq(seawall_breaker_add_listener(f.breaker, note, &book), SEAWALL_OK);
    (void)seawall_breaker_close(f.breaker);
    ck_assert_int_eq(book.count, 1 + 64);
    for (i = 1; i < book.count; i++)
        ck_assert_int_eq((int64_t)book.heard[i].sequence, 37 + i);
}
END_TEST

static void remove_me(notebook *book, const seawall_breaker_transition *transition)
{
    (void)transition;
    ck_assert_int_eq(seawall_breaker_remove_listener(f.breaker, note, book), SEAWALL_OK);
}

START_TEST(a_listener_may_remove_itself)
{
    notebook book = {.then = remove_me};

    ck_assert_int_eq(seawall_breaker_add_listener(f.breaker, note, &book), SEAWALL_OK);
    (void)seawall_breaker_close(f.breaker);
    (void)seawall_breaker_close(f.breaker);
    ck_assert_int_eq(book.count, 1);
    ck_assert_int_eq(seawall_breaker_remove_listener(f.breaker, note, &book), SEAWALL_INVALID);
}
END_TEST

static void destroy_it(const seawall_breaker_transition *transition, void *user)
{
    (void)transition;
    seawall_breaker_destroy(user);
}

START_TEST(a_listener_may_destroy_its_breaker)
{
    seawall_breaker *doomed = NULL;

    ck_assert_int_eq(seawall_breaker_create(NULL, &f.platform, &doomed, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_breaker_add_listener(doomed, destroy_it, doomed), SEAWALL_OK);
    (void)seawall_breaker_close(doomed);
}
END_TEST

START_TEST(so_many_listeners)
{
    notebook books[SEAWALL_BREAKER_LISTENERS_MAX + 1] = {{.count = 0}};
    int i;

    for (i = 0; i < SEAWALL_BREAKER_LISTENERS_MAX; i++)
        ck_assert_int_eq(seawall_breaker_add_listener(f.breaker, note, &books[i]), SEAWALL_OK);
    ck_assert_int_eq(seawall_breaker_add_listener(f.breaker, note, &books[i]), SEAWALL_FULL);
    ck_assert_int_eq(seawall_breaker_remove_listener(f.breaker, note, &books[3]), SEAWALL_OK);
    ck_assert_int_eq(seawall_breaker_add_listener(f.breaker, note, &books[i]), SEAWALL_OK);
    (void)seawall_breaker_close(f.breaker);
    ck_assert_int_eq(books[3].count, 0);
    ck_assert_int_eq(books[0].count, 1);
    ck_assert_int_eq(books[i].count, 1);
    ck_assert_int_eq(seawall_breaker_add_listener(NULL, note, NULL), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_breaker_add_listener(f.breaker, NULL, NULL), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_breaker_remove_listener(NULL, note, NULL), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_breaker_remove_listener(f.breaker, NULL, NULL), SEAWALL_INVALID);
}
END_TEST

START_TEST(who_comes_later_hears_what_comes_later)
{
    notebook book = {.count = 0};

    (void)seawall_breaker_close(f.breaker);
    ck_assert_int_eq(seawall_breaker_add_listener(f.breaker, note, &book), SEAWALL_OK);
    ck_assert_int_eq(book.count, 0);
    (void)seawall_breaker_close(f.breaker);
    ck_assert_int_eq(book.count, 1);
    ck_assert_int_eq((int64_t)book.heard[0].sequence, 2);
}
END_TEST

static notebook later;

static void bring_another(notebook *book, const seawall_breaker_transition *transition)
{
    (void)book;
    if (transition->sequence == 1) {
        (void)seawall_breaker_close(f.breaker);
        ck_assert_int_eq(seawall_breaker_add_listener(f.breaker, note, &later), SEAWALL_OK);
        (void)seawall_breaker_close(f.breaker);
    }
}

START_TEST(who_comes_during_a_delivery)
{
    notebook book = {.then = bring_another};

    memset(&later, 0, sizeof later);
    ck_assert_int_eq(seawall_breaker_add_listener(f.breaker, note, &book), SEAWALL_OK);
    (void)seawall_breaker_close(f.breaker);
    ck_assert_int_eq(book.count, 3);
    ck_assert_int_eq(later.count, 1);
    ck_assert_int_eq((int64_t)later.heard[0].sequence, 3);
}
END_TEST

START_TEST(sequence_numbers_outlive_the_epoch)
{
    const uint64_t laps = UINT64_C(1) << 22;
    notebook book = {.count = 0};
    uint64_t i;

    for (i = 0; i < laps; i++)
        (void)seawall_breaker_close(f.breaker);
    ck_assert_int_eq((int64_t)look(&f).epoch, 0);
    ck_assert_int_eq(look(&f).last_rule, SEAWALL_BREAKER_RULE_NONE);
    ck_assert_int_eq(seawall_breaker_add_listener(f.breaker, note, &book), SEAWALL_OK);
    fail_times(&f, 3);
    ck_assert_int_eq(book.count, 1);
    ck_assert(book.heard[0].sequence == laps + 1);
    ck_assert_int_eq(look(&f).last_rule, SEAWALL_BREAKER_RULE_CONSECUTIVE);
    /* A trip that lies half an epoch's lap back is overwritten all the same. */
    for (i = 0; i < laps / 2 + 1; i++)
        (void)seawall_breaker_remove_listener(f.breaker, note, &book), (void)seawall_breaker_close(f.breaker);
    ck_assert_int_eq(look(&f).last_opened, START);
    advance(&f, 5);
    fail_times(&f, 3);
    ck_assert_int_eq(look(&f).last_opened, START + 5);
}
END_TEST

/* Removal from another thread waits for the callback to return. */

static struct {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool inside, go_on, left;
} gate;

static void wait_inside(const seawall_breaker_transition *transition, void *user)
{
    (void)transition;
    (void)user;
    pthread_mutex_lock(&gate.lock);
    gate.inside = true;
    pthread_cond_broadcast(&gate.changed);
    while (!gate.go_on)
        pthread_cond_wait(&gate.changed, &gate.lock);
    gate.left = true;
    pthread_mutex_unlock(&gate.lock);
}

static void *close_it(void *user)
{
    (void)seawall_breaker_close(user);
    return NULL;
}

static void *open_gate_when_parked(void *user)
{
    (void)user;
    pthread_mutex_lock(&gate.lock);
    gate.go_on = true;
    pthread_cond_broadcast(&gate.changed);
    pthread_mutex_unlock(&gate.lock);
    return NULL;
}

/* Another thread delivers, and its callback waits at the gate. */
static pthread_t deliver_up_to_the_gate(void)
{
    pthread_t deliverer;

    pthread_mutex_init(&gate.lock, NULL);
    pthread_cond_init(&gate.changed, NULL);
    gate.inside = gate.go_on = gate.left = false;
    ck_assert_int_eq(seawall_breaker_add_listener(f.breaker, wait_inside, NULL), SEAWALL_OK);
    ck_assert_int_eq(pthread_create(&deliverer, NULL, close_it, f.breaker), 0);
    pthread_mutex_lock(&gate.lock);
    while (!gate.inside)
        pthread_cond_wait(&gate.changed, &gate.lock);
    pthread_mutex_unlock(&gate.lock);
    return deliverer;
}

START_TEST(removing_waits_for_the_callback)
{
    pthread_t deliverer = deliver_up_to_the_gate();
    pthread_t opener;

    ck_assert_int_eq(pthread_create(&opener, NULL, open_gate_when_parked, NULL), 0);
    ck_assert_int_eq(seawall_breaker_remove_listener(f.breaker, wait_inside, NULL), SEAWALL_OK);
    pthread_mutex_lock(&gate.lock);
    ck_assert(gate.left);
    pthread_mutex_unlock(&gate.lock);
    pthread_join(deliverer, NULL);
    pthread_join(opener, NULL);
}
END_TEST

static bool does_not_wait(void *arg)
{
    notebook book = {.count = 0};

    (void)arg;
    return seawall_breaker_remove_listener(f.breaker, wait_inside, NULL) == SEAWALL_OK &&
           seawall_breaker_add_listener(f.breaker, note, &book) == SEAWALL_OK && seawall_breaker_close(f.breaker) == SEAWALL_OK &&
           book.count == 1 && book.heard[0].sequence == 2;
}

START_TEST(a_child_does_not_wait_for_its_parents_threads)
{
    pthread_t deliverer = deliver_up_to_the_gate();

    sw_test_in_child(does_not_wait, NULL);
    (void)open_gate_when_parked(NULL);
    pthread_join(deliverer, NULL);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("breaker_listeners");
    TCase *listeners = tcase_create("listeners"), *many = sw_test_many_turns(suite);

    tcase_add_checked_fixture(listeners, begin, end);
    tcase_add_test(listeners, every_transition_is_told);
    tcase_add_test(listeners, a_listener_may_call_back);
    tcase_add_test(listeners, who_falls_behind_sees_the_gap);
    tcase_add_test(listeners, a_listener_may_remove_itself);
    tcase_add_test(listeners, a_listener_may_destroy_its_breaker);
    tcase_add_test(listeners, so_many_listeners);
    tcase_add_test(listeners, who_comes_later_hears_what_comes_later);
    tcase_add_test(listeners, who_comes_during_a_delivery);
    tcase_add_test(listeners, removing_waits_for_the_callback);
    tcase_add_test(listeners, a_child_does_not_wait_for_its_parents_threads);
    tcase_add_checked_fixture(many, begin, end);
    tcase_set_timeout(many, 300);
    tcase_add_test(many, sequence_numbers_outlive_the_epoch);
    suite_add_tcase(suite, listeners);
    return run_suite(suite);
}
