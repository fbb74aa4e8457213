/*
 * Closes the library while a thread that has used much of it lives on; then that thread ends, then the process forks. What a
 * library leaves behind - a destructor of thread-local data, a handler of forks, a thread - would run in memory that is no more.
 */
#define _GNU_SOURCE /* RTLD_NOLOAD, which not every C library knows otherwise */
#include <dlfcn.h>
#include <pthread.h>
#include <seawall/seawall.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROUNDS 3

#define FUNCTIONS(X)                                                                                                        \
    X(seawall_platform_now)                                                                                                 \
    X(seawall_breaker_create)                                                                                               \
    X(seawall_breaker_policy)                                                                                               \
    X(seawall_breaker_destroy)                                                                                              \
    X(seawall_retry_create)                                                                                                 \
    X(seawall_retry_policy)                                                                                                 \
    X(seawall_retry_destroy)                                                                                                \
    X(seawall_pool_create)                                                                                                  \
    X(seawall_pool_policy)                                                                                                  \
    X(seawall_pool_run_until)                                                                                               \
    X(seawall_pool_destroy)                                                                                                 \
    X(seawall_pipeline_create)                                                                                              \
    X(seawall_pipeline_destroy)                                                                                             \
    X(seawall_call)                                                                                                         \
    X(seawall_call_until)                                                                                                   \
    X(seawall_future_start)                                                                                                 \
    X(seawall_future_wait_until)                                                                                            \
    X(seawall_timers_create)                                                                                                \
    X(seawall_timers_start)                                                                                                 \
    X(seawall_timers_arm)                                                                                                   \
    X(seawall_timers_destroy)                                                                                               \
    X(seawall_registry_create)                                                                                              \
    X(seawall_registry_breaker)                                                                                             \
    X(seawall_registry_destroy)                                                                                             \
    X(seawall_metrics_render)

typedef struct library {
    void *handle;
#define MEMBER(name) __typeof__(&name) name;
    FUNCTIONS(MEMBER)
} library;

static library l;
static pthread_barrier_t used, closed;
static sem_t fired;

static int load(const char *path)
{
    l.handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (l.handle == NULL) {
        fprintf(stderr, "%s\n", dlerror());
        return 0;
    }
    /* ISO C has no cast from an object's address to a function's; POSIX wants it done like this. */
#define LOOK_UP(name)                                                                                                       \
    *(void **)&l.name = dlsym(l.handle, #name);                                                                             \
    if (l.name == NULL)                                                                                                     \
        return 0;
    FUNCTIONS(LOOK_UP)
    return 1;
}

static seawall_fault answer(seawall_attempt *attempt, void *arg)
{
    int *left = arg;

    (void)attempt;
    return left != NULL && (*left)-- > 0 ? SEAWALL_FAULT_SERVICE_UNAVAILABLE : SEAWALL_FAULT_NONE;
}

static int64_t job(seawall_work *work, void *arg)
{
    (void)work;
    (void)arg;
    return 42;
}

static void fire(seawall_timer timer, void *user)
{
    (void)timer;
    (void)user;
    (void)sem_post(&fired);
}

static int guarded_calls(void)
{
    seawall_breaker_config wrong = SEAWALL_BREAKER_CONFIG_INIT;
    seawall_retry_config soon = SEAWALL_RETRY_CONFIG_INIT;
    seawall_policy policies[3] = {SEAWALL_POLICY_INIT, SEAWALL_POLICY_INIT, SEAWALL_POLICY_INIT};
    const seawall_policy *order[3] = {&policies[0], &policies[1], &policies[2]};
    seawall_job_result result = SEAWALL_JOB_RESULT_INIT;
    seawall_pipeline *pipeline = NULL, *pooled = NULL;
    seawall_breaker *breaker = NULL, *none = NULL;
    seawall_retry *retry = NULL;
    seawall_pool *pool = NULL;
    seawall_future future;
    seawall_error error;
    seawall_time soonest;
    int failures = 1, good;

    wrong.failure_threshold = -2;
    soon.base_delay = SEAWALL_MICROSECONDS(1);
    good = l.seawall_breaker_create(&wrong, NULL, &none, &error) == SEAWALL_INVALID && error.message[0] != '\0' &&
           l.seawall_breaker_create(NULL, NULL, &breaker, NULL) == SEAWALL_OK &&
           l.seawall_retry_create(&soon, NULL, &retry, NULL) == SEAWALL_OK &&
           l.seawall_pool_create(NULL, NULL, &pool, NULL) == SEAWALL_OK &&
           l.seawall_retry_policy(retry, "retry", &policies[0]) == SEAWALL_OK &&
           l.seawall_breaker_policy(breaker, "breaker", &policies[1]) == SEAWALL_OK &&
           l.seawall_pool_policy(pool, "pool", &policies[2]) == SEAWALL_OK &&
           l.seawall_pipeline_create(NULL, order, 2, NULL, &pipeline, NULL) == SEAWALL_OK &&
           l.seawall_pipeline_create(NULL, order, 3, NULL, &pooled, NULL) == SEAWALL_OK;
    if (good) {
        soonest = l.seawall_platform_now(NULL) + SEAWALL_SECONDS(60);
        good = l.seawall_call(pipeline, answer, &failures, NULL) == SEAWALL_OK &&
               l.seawall_call_until(pipeline, soonest, answer, NULL, NULL) == SEAWALL_OK &&
               l.seawall_call_until(pooled, soonest, answer, NULL, NULL) == SEAWALL_OK &&
               l.seawall_pool_run_until(pool, NULL, job, NULL, soonest, &result) == SEAWALL_OK && result.value == 42 &&
               l.seawall_future_start(pooled, NULL, answer, NULL, NULL, &future) == SEAWALL_OK &&
               l.seawall_future_wait_until(pooled, future, SEAWALL_FOREVER, NULL) == SEAWALL_OK;
    }
    l.seawall_pipeline_destroy(pooled);
    l.seawall_pipeline_destroy(pipeline);
    l.seawall_pool_destroy(pool);
    l.seawall_retry_destroy(retry);
    l.seawall_breaker_destroy(breaker);
    return good;
}

static int timers(void)
{
    seawall_timers *service = NULL;
    int good = l.seawall_timers_create(NULL, NULL, &service, NULL) == SEAWALL_OK &&
               l.seawall_timers_start(service, NULL) == SEAWALL_OK &&
               l.seawall_timers_arm(service, 0, fire, NULL, NULL) == SEAWALL_OK && sem_wait(&fired) == 0;

    l.seawall_timers_destroy(service);
    return good;
}

static int names(void)
{
    static char text[65536];
    seawall_registry *registry = NULL;
    seawall_breaker *breaker = NULL;
    size_t needed = 0;
    int good = l.seawall_registry_create(NULL, NULL, &registry, NULL) == SEAWALL_OK &&
               l.seawall_registry_breaker(registry, "b", NULL, &breaker, NULL, NULL) == SEAWALL_OK &&
               l.seawall_metrics_render(registry, text, sizeof(text), &needed) == SEAWALL_OK;

    l.seawall_breaker_destroy(breaker);
    l.seawall_registry_destroy(registry);
    return good;
}

static void *use(void *arg)
{
    int *good = arg;

    *good = guarded_calls() && timers() && names();
    (void)pthread_barrier_wait(&used);
    (void)pthread_barrier_wait(&closed);
    return NULL;
}

/* A child that ends as programs do. */
static int forks(void)
{
    int status = -1;
    pid_t child = fork();

    if (child == 0)
        exit(0);
    if (child > 0 && waitpid(child, &status, 0) == child && status == 0)
        return 1;
    fprintf(stderr, "a child did not end well after the library was closed: status %d\n", status);
    return 0;
}

static int go_round(const char *path)
{
    pthread_t thread;
    int good = 0, left = 0;

    if (!load(path) || pthread_create(&thread, NULL, use, &good) != 0)
        return 1;
    (void)pthread_barrier_wait(&used);
    left = dlclose(l.handle);
#ifdef __GLIBC__ /* others keep every library */
    left += dlopen(path, RTLD_NOW | RTLD_NOLOAD) != NULL;
#endif
    (void)pthread_barrier_wait(&closed);
    (void)pthread_join(thread, NULL);
    if (!good)
        fprintf(stderr, "something of the library did not answer as it should\n");
    if (left != 0)
        fprintf(stderr, "the library is still there\n");
    return good && left == 0 && forks() ? 0 : 1;
}

int main(int argc, char **argv)
{
    int round;

    if (argc != 2 || sem_init(&fired, 0, 0) != 0 || pthread_barrier_init(&used, NULL, 2) != 0 ||
        pthread_barrier_init(&closed, NULL, 2) != 0) {
        fprintf(stderr, "usage: closer LIBRARY\n");
        return 2;
    }
    for (round = 0; round < ROUNDS; round++) {
        if (go_round(argv[1]) != 0)
            return 1;
    }
    return 0;
}
