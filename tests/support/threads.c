/* Threads that begin together. */
#include <check.h>

#include "support.h"

static void *run(void *user)
{
    sw_test_threads *threads = user;
    int index;

    pthread_mutex_lock(&threads->lock);
    index = threads->next++;
    pthread_mutex_unlock(&threads->lock);
    pthread_barrier_wait(&threads->gate);
    threads->body(index, threads->arg);
    return NULL;
}

void sw_test_start(sw_test_threads *threads, int count, sw_test_body_fn body, void *arg)
{
    int i;

    ck_assert_int_ge(count, 1);
    ck_assert_int_le(count, SW_TEST_THREADS_MAX);
    threads->body = body;
    threads->arg = arg;
    threads->count = count;
    threads->next = 0;
    ck_assert_int_eq(pthread_mutex_init(&threads->lock, NULL), 0);
    ck_assert_int_eq(pthread_barrier_init(&threads->gate, NULL, (unsigned)count), 0);
    for (i = 0; i < count; i++)
        ck_assert_int_eq(pthread_create(&threads->threads[i], NULL, run, threads), 0);
}

void sw_test_join(sw_test_threads *threads)
{
    int i;

    for (i = 0; i < threads->count; i++)
        ck_assert_int_eq(pthread_join(threads->threads[i], NULL), 0);
    pthread_barrier_destroy(&threads->gate);
    pthread_mutex_destroy(&threads->lock);
}
