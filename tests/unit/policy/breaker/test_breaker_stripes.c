/* On which stripe a thread counts, and that nothing is lost whether or not it is known at a glance. */
#include <pthread.h>

#include "breaker_fixture.h"
#include "policy/breaker/breaker_state.h"
#include "suite.h"

static sw_atomic_u64 *own_place(void)
{
    return sw_breaker_known_of(sw_port_thread_pointer());
}

static uint64_t own_offset(void)
{
    return sw_load_u64(own_place()) ^ sw_port_thread_pointer();
}

static int64_t on_all_stripes(fixture *f, enum sw_breaker_counter counter)
{
    return (int64_t)sw_breaker_total(f->breaker, counter);
}

static void calls_of_every_form(fixture *f)
{
    seawall_time now = f->platform.now(f->platform.clock_user);
    seawall_permit permit;

    ck_assert_int_eq(seawall_breaker_try_acquire(f->breaker, &permit, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_breaker_report(f->breaker, &permit, SEAWALL_FAULT_NONE), SEAWALL_OK);
    ck_assert_int_eq(seawall_breaker_report(f->breaker, &permit, SEAWALL_FAULT_NONE), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_breaker_try_acquire_at(f->breaker, now, &permit, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_breaker_report_at(f->breaker, &permit, SEAWALL_FAULT_NONE, now), SEAWALL_OK);
    ck_assert_int_eq(seawall_breaker_report_at(f->breaker, &permit, SEAWALL_FAULT_NONE, now), SEAWALL_INVALID);
}

static void refusals_of_every_form(fixture *f)
{
    seawall_time now = f->platform.now(f->platform.clock_user);
    seawall_duration wait = 0, wait_at = 0;
    seawall_permit permit;

    ck_assert_int_eq(seawall_breaker_try_acquire(f->breaker, &permit, &wait), SEAWALL_OPEN);
    ck_assert_int_eq(seawall_breaker_try_acquire_at(f->breaker, now, &permit, &wait_at), SEAWALL_OPEN);
    ck_assert_int_eq(seawall_breaker_try_acquire_at(f->breaker, now, &permit, NULL), SEAWALL_OPEN);
    ck_assert_int_eq(wait, wait_at);
    ck_assert_int_ge(wait, SEAWALL_SECONDS(1));
    ck_assert_int_le(wait, SEAWALL_SECONDS(1) + LATE);
}

/* The first call of a thread, and those after it. */
static void everything_counts(fixture *f)
{
    seawall_time until = f->platform.now(f->platform.clock_user) + SEAWALL_SECONDS(1);
    int64_t successes = on_all_stripes(f, SW_SUCCESSES), refused = on_all_stripes(f, SW_REFUSED);
    int i;

    for (i = 1; i <= 3; i++) {
        calls_of_every_form(f);
        ck_assert_int_eq(on_all_stripes(f, SW_SUCCESSES), successes + 2 * i);
    }
    ck_assert_int_eq(seawall_breaker_force_open(f->breaker, until), SEAWALL_OK);
    for (i = 1; i <= 3; i++) {
        refusals_of_every_form(f);
        ck_assert_int_eq(on_all_stripes(f, SW_REFUSED), refused + 3 * i);
    }
    ck_assert_int_eq(seawall_breaker_close(f->breaker), SEAWALL_OK);
}

/* What the place of a new thread holds before its first call. */
enum before { NOTHING, ANOTHER, A_PREDECESSOR, WAYS };

typedef struct newcomer {
    fixture *f;
    enum before before;
} newcomer;

#define LAST_STRIPE ((SW_BREAKER_STRIPES - 1) * sizeof(sw_breaker_stripe))

static void *come(void *arg)
{
    newcomer *n = arg;
    uint64_t thread = sw_port_thread_pointer();
    const uint64_t found[WAYS] = {0, ~thread, thread ^ LAST_STRIPE};

    sw_store_u64(own_place(), found[n->before]);
    everything_counts(n->f);
    if (n->before == ANOTHER) {
        ck_assert_uint_eq(sw_load_u64(own_place()), ~thread);
    } else {
        ck_assert_uint_le(own_offset(), LAST_STRIPE);
        ck_assert_uint_eq(own_offset() % sizeof(sw_breaker_stripe), 0);
    }
    return NULL;
}

START_TEST(nothing_is_lost)
{
    newcomer n = {.before = (enum before)_i};
    seawall_breaker_config config = fixture_config();
    pthread_t thread;
    fixture f;

    fixture_open(&f, &config);
    n.f = &f;
    ck_assert_int_eq(pthread_create(&thread, NULL, come, &n), 0);
    ck_assert_int_eq(pthread_join(thread, NULL), 0);
    fixture_close(&f);
}
END_TEST

/* With all that the slow half counts: on the stripe that the thread has by its number. */
START_TEST(it_counts_where_it_is_known)
{
    seawall_breaker_config config = fixture_config();
    uint64_t other;
    fixture f;

    fixture_open(&f, &config);
    call(&f, SEAWALL_FAULT_NONE);
    call(&f, SEAWALL_FAULT_NONE);
    ck_assert_uint_eq(offsetof(seawall_breaker, stripes) + own_offset(), sw_breaker_own_stripe);
    other = own_offset() == 0 ? LAST_STRIPE : 0; /* any of them may be its own: the numbers begin anywhere in each process */
    sw_store_u64(own_place(), sw_port_thread_pointer() ^ other);
    call(&f, SEAWALL_FAULT_NONE);
    ck_assert_uint_eq(sw_load_u64(&f.breaker->stripes[other / sizeof(sw_breaker_stripe)].count[SW_SUCCESSES]), 1);
    fixture_close(&f);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("breaker_stripes");
    TCase *stripes = tcase_create("stripes");

    tcase_add_loop_test(stripes, nothing_is_lost, 0, WAYS);
    tcase_add_test(stripes, it_counts_where_it_is_known);
    suite_add_tcase(suite, stripes);
    return run_suite(suite);
}
