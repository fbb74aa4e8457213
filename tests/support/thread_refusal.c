/* pthread_create in the place of the system's, or of a sanitizer's: fails as often as it is told to. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>

#include "thread_refusal.h"

typedef int (*create_fn)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
extern int __interceptor_pthread_create(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *) __attribute__((weak));

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int to_give, to_refuse;
static void (*at_refusal)(void);

void sw_test_refuse_threads(int given, int refused)
{
    (void)pthread_mutex_lock(&lock);
    to_give = given;
    to_refuse = refused;
    (void)pthread_mutex_unlock(&lock);
}

void sw_test_at_next_refusal(void (*meanwhile)(void))
{
    at_refusal = meanwhile;
}

static void tell_of_refusal(void)
{
    void (*meanwhile)(void) = at_refusal;

    at_refusal = NULL;
    if (meanwhile != NULL)
        meanwhile();
}

static int refuses(void)
{
    int answer = 0;

    (void)pthread_mutex_lock(&lock);
    if (to_give > 0 && to_refuse > 0) {
        to_give--;
    } else if (to_refuse > 0) {
        to_refuse--;
        answer = 1;
    }
    (void)pthread_mutex_unlock(&lock);
    return answer;
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*begin)(void *), void *arg)
{
    create_fn real = __interceptor_pthread_create;

    if (refuses()) {
        tell_of_refusal();
        return EAGAIN;
    }
    if (real == NULL)
        *(void **)(void *)&real = dlsym(RTLD_NEXT, "pthread_create");
    return real(thread, attributes, begin, arg);
}
