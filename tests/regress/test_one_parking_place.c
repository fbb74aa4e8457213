/* Blocked callers whose stacks lie a power of two apart all slept on one word, so that each wake woke every one of them. */
#include <pthread.h>
#include <stdlib.h>

#include <seawall/seawall.h>

#include "one_test.h"

#define THREADS 16
#define STACK ((size_t)1 << 20)

static uint64_t cookies[THREADS];
static pthread_barrier_t all_here;
static seawall_pipeline *pipeline;

static seawall_answer leave(void *frame, seawall_turn *turn, seawall_outcome *outcome, void *self)
{
    (void)frame;
    (void)outcome;
    (void)self;
    (void)turn;
    return SEAWALL_PASS;
}

static _Thread_local int my_index;

static seawall_answer enter(void *frame, seawall_turn *turn, void *self)
{
    seawall_waker waker;

    seawall_turn_waker(turn, &waker);
    cookies[my_index] = waker.cookie;
    (void)frame;
    (void)self;
    return SEAWALL_PROCEED;
}

static seawall_fault nothing(seawall_attempt *attempt, void *arg)
{
    (void)attempt;
    (void)arg;
    return SEAWALL_FAULT_NONE;
}

static void *call(void *arg)
{
    my_index = (int)(intptr_t)arg;
    (void)pthread_barrier_wait(&all_here);
    return seawall_call(pipeline, nothing, NULL, NULL) == SEAWALL_OK ? NULL : arg;
}

START_TEST(callers_spread_over_the_places)
{
    seawall_policy policy = SEAWALL_POLICY_INIT;
    const seawall_policy *policies[] = {&policy};
    unsigned char *stacks = aligned_alloc(STACK, STACK * THREADS);
    pthread_t threads[THREADS];
    pthread_attr_t attributes;
    int i, k, different = 0;

    policy.enter = enter;
    policy.leave = leave;
    ck_assert_ptr_nonnull(stacks);
    ck_assert_int_eq(seawall_pipeline_create(NULL, policies, 1, NULL, &pipeline, NULL), SEAWALL_OK);
    ck_assert_int_eq(pthread_barrier_init(&all_here, NULL, THREADS), 0);
    ck_assert_int_eq(pthread_attr_init(&attributes), 0);
    for (i = 0; i < THREADS; i++) {
        ck_assert_int_eq(pthread_attr_setstack(&attributes, stacks + (size_t)i * STACK, STACK), 0);
        ck_assert_int_eq(pthread_create(&threads[i], &attributes, call, (void *)(intptr_t)i), 0);
    }
    for (i = 0; i < THREADS; i++)
        ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
    for (i = 0; i < THREADS; i++) {
        for (k = 0; k < i && cookies[k] != cookies[i]; k++)
            continue;
        different += k == i;
    }
    ck_assert_int_ge(different, THREADS / 2);
    (void)pthread_attr_destroy(&attributes);
    (void)pthread_barrier_destroy(&all_here);
    seawall_pipeline_destroy(pipeline);
    free(stacks);
}
END_TEST

int main(void)
{
    return one_test("regress/one_parking_place", callers_spread_over_the_places);
}
