/*
 * How much stack the library takes of a thread that calls it: musl gives 128 KiB to a thread that asks for nothing, and other
 * programs less. Each task runs on a thread of its own, whose stack was painted before; what is painted after it was
 * never used.
 */
#define _GNU_SOURCE /* MAP_ANONYMOUS, MAP_STACK */
#include <pthread.h>
#include <seawall/seawall.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#define STACK 131072
#define PAINT 0xA5

/* What docs/guide/costs.md promises. */
#define CALL_MOST 32768
#define LOAD_MOST 65536

#define LEVELS 8 /* of pipelines that stand in for one another */

static seawall_registry *registry;
static seawall_pipeline *wide, *deep, *pooled;
static char settings[16384], metrics[1048576];
static const char *const kinds[] = {"retry", "timeout", "circuit_breaker", "rate_limiter", "bulkhead", "chaos"};

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

static void add(const char *text)
{
    strncat(settings, text, sizeof(settings) - strlen(settings) - 1);
}

static void add_member(const char *before, size_t which, const char *after)
{
    char text[64];

    (void)snprintf(text, sizeof(text), "%s%s \"%d\"%s", before, kinds[which % KINDS], (int)(which / KINDS), after);
    add(text);
}

/* As many policies as fit into a pipeline, of every kind that stands in front of attempts. */
static void add_wide(const char *name, const char *innermost)
{
    size_t i;

    add("[pipeline \"");
    add(name);
    add("\"]\npolicies = ");
    for (i = 0; i < SEAWALL_PIPELINE_POLICIES_MAX - 1; i++)
        add_member("", i, ", ");
    add(innermost);
    add("\n");
}

/* As many again, in pipelines each of which stands in for the one before. */
static void add_deep(int level)
{
    char text[256];

    (void)snprintf(text, sizeof(text), "[pipeline \"deep%d\"]\npolicies = retry \"0\", timeout \"0\", bulkhead \"0\"", level);
    add(text);
    if (level < LEVELS - 1)
        (void)snprintf(text, sizeof(text), ", fallback \"%d\"\n[fallback \"%d\"]\npipeline = deep%d\n", level, level, level + 1);
    else
        (void)snprintf(text, sizeof(text), "\n");
    add(text);
}

static void write_settings(const char *threshold)
{
    size_t i;
    int level;

    settings[0] = '\0';
    add("[circuit_breaker]\nfailure_threshold = ");
    add(threshold);
    add("\n[rate_limiter]\nrate = 1000000\nburst = 1000000\n[retry]\nbase_delay = 1us\nmax_delay = 1us\n"
        "[timeout \"in\"]\n[thread_pool \"all\"]\n");
    for (i = 0; i < SEAWALL_PIPELINE_POLICIES_MAX - 1; i++)
        add_member("[", i, "]\n");
    add_wide("wide", "timeout \"in\"");
    add_wide("pooled", "thread_pool \"all\"");
    for (level = 0; level < LEVELS; level++)
        add_deep(level);
}

static seawall_fault fail_once(seawall_attempt *attempt, void *arg)
{
    int *left = arg;

    (void)attempt;
    return (*left)-- > 0 ? SEAWALL_FAULT_SERVICE_UNAVAILABLE : SEAWALL_FAULT_NONE;
}

static seawall_fault fail(seawall_attempt *attempt, void *arg)
{
    (void)attempt;
    (void)arg;
    return SEAWALL_FAULT_INTERNAL;
}

static seawall_time soon(void)
{
    return seawall_platform_now(NULL) + SEAWALL_SECONDS(60);
}

/* --- tasks: each answers whether it went as it should --- */

static int load(void)
{
    seawall_error error;

    write_settings("5");
    if (seawall_registry_load_text(registry, settings, strlen(settings), "settings", NULL, &error) == SEAWALL_OK &&
        seawall_registry_pipeline(registry, "wide", NULL, &wide, NULL, &error) == SEAWALL_OK &&
        seawall_registry_pipeline(registry, "deep0", NULL, &deep, NULL, &error) == SEAWALL_OK &&
        seawall_registry_pipeline(registry, "pooled", NULL, &pooled, NULL, &error) == SEAWALL_OK)
        return 1;
    (void)fprintf(stderr, "%s\n", error.message);
    return 0;
}

static int call(void)
{
    int failures = 1;

    return seawall_call(wide, fail_once, &failures, NULL) == SEAWALL_OK && failures < 0;
}

static int call_the_last_alternative(void)
{
    seawall_status status = seawall_call_until(deep, soon(), fail, NULL, NULL);

    return status == SEAWALL_FAILED;
}

static int call_on_the_pool(void)
{
    int failures = 1;

    return seawall_call_until(pooled, soon(), fail_once, &failures, NULL) == SEAWALL_OK && failures < 0;
}

static int use_a_future(void)
{
    int failures = 1;
    seawall_future future;

    return seawall_future_start(pooled, NULL, fail_once, &failures, NULL, &future) == SEAWALL_OK &&
           seawall_future_wait_until(pooled, future, SEAWALL_FOREVER, NULL) == SEAWALL_OK;
}

static int reload(void)
{
    write_settings("7");
    return seawall_registry_reload_text(registry, settings, strlen(settings), "settings", NULL, NULL) == SEAWALL_OK;
}

static int refuse_a_reload(void)
{
    write_settings("-7");
    return seawall_registry_reload_text(registry, settings, strlen(settings), "settings", NULL, NULL) == SEAWALL_INVALID;
}

static int render(void)
{
    size_t needed;

    return seawall_metrics_render(registry, metrics, sizeof(metrics), &needed) == SEAWALL_OK && needed > 10000;
}

static const struct {
    const char *name;
    int (*run)(void);
    size_t most; /* bytes, what the C library takes included */
} tasks[] = {
    {"load settings", load, LOAD_MOST},
    {"call through 32 policies", call, CALL_MOST},
    {"through seven that stand in", call_the_last_alternative, CALL_MOST},
    {"through 32, on a pool", call_on_the_pool, CALL_MOST},
    {"a future", use_a_future, CALL_MOST},
    {"reload", reload, LOAD_MOST},
    {"a reload that is refused", refuse_a_reload, LOAD_MOST},
    {"render metrics", render, CALL_MOST},
};

static int good;

static void *run(void *arg)
{
    good = tasks[*(const size_t *)arg].run();
    return NULL;
}

/* Runs it; how many bytes of the stack it used, 0 if it did not go as it should. */
static size_t stack_of(size_t task, unsigned char *stack)
{
    pthread_attr_t attributes;
    pthread_t thread;
    size_t untouched = 0;

    memset(stack, PAINT, STACK);
    good = 0;
    if (pthread_attr_init(&attributes) != 0 || pthread_attr_setstack(&attributes, stack, STACK) != 0 ||
        pthread_create(&thread, &attributes, run, &task) != 0)
        return 0;
    (void)pthread_join(thread, NULL);
    (void)pthread_attr_destroy(&attributes);
    while (untouched < STACK && stack[untouched] == PAINT)
        untouched++;
    return good ? STACK - untouched : 0;
}

/* Whoever needs more than there is meets a page that nobody may touch. */
static unsigned char *make_stack(void)
{
    unsigned char *stack = mmap(NULL, 2 * STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);

    return stack != MAP_FAILED && mprotect(stack, STACK, PROT_NONE) == 0 ? stack + STACK : NULL;
}

int main(void)
{
    unsigned char *stack = make_stack();
    int wrong = 0;
    size_t i;

    if (stack == NULL || seawall_registry_create(NULL, NULL, &registry, NULL) != SEAWALL_OK)
        return 2;
    for (i = 0; i < sizeof(tasks) / sizeof(tasks[0]); i++) {
        size_t used = stack_of(i, stack);

        printf("%-28s %6zu bytes of stack\n", tasks[i].name, used);
        if (used == 0 || used > tasks[i].most)
            wrong = 1;
    }
    seawall_pipeline_destroy(wide);
    seawall_pipeline_destroy(deep);
    seawall_pipeline_destroy(pooled);
    seawall_registry_destroy(registry);
    return wrong;
}
