/* The clients, and the server that they share. */
#include "model/storm/storm.h"
#include "model/sim/client.h"

#include <stdlib.h>

#define ARRIVAL (SEAWALL_SECONDS(1) / 170) /* calls of users: 85 % of what the server can do */
#define WORK SEAWALL_MILLISECONDS(5)
#define SLOW_WORK (10 * WORK)
#define CALLERS_MAX 4096
#define QUEUE_MAX (1 << 16)
#define SEED 1

const storm_plan storm_plans[STORM_PLANS] = {
    {.name = "no retries", .attempts = 1},
    {.name = "3 attempts, 100 ms apart", .attempts = 3},
    {.name = "3 attempts, jittered backoff", .attempts = 3, .jitter = true},
    {.name = "the same with a budget of 20 %", .attempts = 3, .jitter = true, .budget = true},
    {.name = "the same with a breaker", .attempts = 3, .jitter = true, .budget = true, .breaker = true},
    {.name = "no budget, server knows deadlines", .attempts = 3, .jitter = true, .told = true},
    {.name = "no budget, it leaves time for work", .attempts = 3, .jitter = true, .told = true, .minimum = WORK + 1},
    {.name = "no budget, server takes the newest", .attempts = 3, .jitter = true, .newest_first = true},
    {.name = "no budget, server takes in 60", .attempts = 3, .jitter = true, .places = 60},
};

typedef struct request {
    client *caller;
    uint64_t id;
    seawall_time deadline;
    seawall_permit permit;
} request;

typedef struct storm storm;

typedef struct caller {
    client client;
    storm *storm;
    int second; /* in which the call began */
} caller;

struct storm {
    const storm_plan *plan;
    storm_figures *figures;
    agenda agenda;
    seawall_platform platform;
    seawall_manual_clock *clock;
    seawall_random *random;
    seawall_pipeline *pipeline;
    seawall_bulkhead *door; /* NULL: everybody comes in */
    caller *callers;
    int callers_made;
    request *queue;
    uint32_t first, last; /* of those who wait */
    request at_work;
    bool working;
};

static void must(seawall_status status)
{
    if (status != SEAWALL_OK)
        abort();
}

static int second_of(const storm *s)
{
    int64_t second = s->agenda.now / SEAWALL_SECONDS(1);

    return second < STORM_SECONDS ? (int)second : STORM_SECONDS - 1;
}

static void work(storm *s);

static void worked(void *who, uint64_t nothing)
{
    storm *s = who;
    request done = s->at_work;

    (void)nothing;
    s->working = false;
    s->figures->served[second_of(s)]++;
    s->figures->dead[second_of(s)] += s->agenda.now >= done.deadline;
    if (s->door != NULL)
        must(seawall_bulkhead_release_at(s->door, &done.permit, s->agenda.now));
    client_report(done.caller, done.id, SEAWALL_FAULT_NONE);
    work(s);
}

/* The next request, if there is one that is worth it. */
static bool take(storm *s, request *next)
{
    while (s->first != s->last) {
        *next = s->queue[(s->plan->newest_first ? --s->last : s->first++) % QUEUE_MAX];
        if (!s->plan->told || next->deadline > s->agenda.now + s->plan->minimum)
            return true;
    }
    return false;
}

static void work(storm *s)
{
    bool slow = second_of(s) >= STORM_BEGINS && second_of(s) < STORM_ENDS;

    if (s->working || !take(s, &s->at_work))
        return;
    s->working = true;
    agenda_at(&s->agenda, s->agenda.now + (slow ? SLOW_WORK : WORK), worked, s, 0);
}

static void refused(void *who, uint64_t id)
{
    client_report(who, id, SEAWALL_FAULT_RATE_LIMIT_EXCEEDED);
}

static void start(client *c, const seawall_step *step)
{
    storm *s = ((caller *)c)->storm;
    request fresh = {.caller = c, .id = step->id, .deadline = step->deadline};

    if (s->door != NULL && seawall_bulkhead_try_acquire(s->door, &fresh.permit) != SEAWALL_OK) {
        agenda_at(&s->agenda, s->agenda.now, refused, c, step->id);
        return;
    }
    if (s->last - s->first == QUEUE_MAX)
        abort();
    s->queue[s->last++ % QUEUE_MAX] = fresh;
    work(s);
}

static void ended(client *c, const seawall_report *report)
{
    caller *who = (caller *)c;

    who->storm->figures->good[who->second] += report->status == SEAWALL_OK;
}

static const client_world world = {start, NULL, ended};

static caller *idle_caller(storm *s)
{
    int i;

    for (i = 0; i < s->callers_made; i++) {
        if (s->callers[i].client.drained)
            return &s->callers[i];
    }
    if (s->callers_made == CALLERS_MAX)
        abort();
    s->callers[i].storm = s;
    client_init(&s->callers[i].client, &s->agenda, &world, s->pipeline);
    s->callers_made++;
    return &s->callers[i];
}

static void call(void *who, uint64_t nothing)
{
    storm *s = who;
    caller *c;

    (void)nothing;
    if (s->agenda.now >= SEAWALL_SECONDS(STORM_SECONDS))
        return;
    agenda_at(&s->agenda, s->agenda.now + ARRIVAL, call, s, 0);
    c = idle_caller(s);
    c->second = second_of(s);
    s->figures->begun[c->second]++;
    client_begin(&c->client, SEAWALL_FOREVER);
}

static seawall_retry *make_retry(storm *s)
{
    seawall_retry_config config = SEAWALL_RETRY_CONFIG_INIT;
    seawall_retry_budget *budget = NULL;
    seawall_retry *retry;

    if (s->plan->budget)
        must(seawall_retry_budget_create(NULL, &s->platform, &budget, NULL));
    config.max_attempts = s->plan->attempts;
    config.retryable_errors |= SEAWALL_FAULT_BIT(SEAWALL_FAULT_TIMEOUT);
    config.budget = budget;
    if (!s->plan->jitter) {
        config.backoff = SEAWALL_BACKOFF_CONSTANT;
        config.jitter = SEAWALL_JITTER_NONE;
    }
    must(seawall_retry_create(&config, &s->platform, &retry, NULL));
    seawall_retry_budget_destroy(budget);
    return retry;
}

/* Outermost first: retry, breaker if there is one, attempt timeout. */
static void make_pipeline(storm *s)
{
    seawall_policy policies[3] = {SEAWALL_POLICY_INIT, SEAWALL_POLICY_INIT, SEAWALL_POLICY_INIT};
    const seawall_policy *list[3];
    seawall_timeout_config limit = SEAWALL_TIMEOUT_CONFIG_INIT;
    seawall_breaker_config fuse = SEAWALL_BREAKER_CONFIG_INIT;
    seawall_retry *retry = make_retry(s);
    seawall_breaker *breaker;
    seawall_timeout *timeout;
    int count = 0;

    limit.attempt_timeout = STORM_ATTEMPT_TIMEOUT;
    fuse.recovery_timeout = SEAWALL_SECONDS(2);
    must(seawall_timeout_create(&limit, &s->platform, &timeout, NULL));
    must(seawall_breaker_create(&fuse, &s->platform, &breaker, NULL));
    must(seawall_retry_policy(retry, "retry", &policies[0]));
    must(seawall_breaker_policy(breaker, "breaker", &policies[1]));
    must(seawall_timeout_attempt_policy(timeout, "attempt timeout", &policies[2]));
    list[count++] = &policies[0];
    if (s->plan->breaker)
        list[count++] = &policies[1];
    list[count++] = &policies[2];
    must(seawall_pipeline_create(NULL, list, count, &s->platform, &s->pipeline, NULL));
    seawall_retry_destroy(retry);
    seawall_breaker_destroy(breaker);
    seawall_timeout_destroy(timeout);
}

static void open_up(storm *s)
{
    seawall_bulkhead_config door = SEAWALL_BULKHEAD_CONFIG_INIT;

    must(seawall_platform_init(&s->platform, sizeof(s->platform)));
    must(seawall_manual_clock_create(0, false, &s->clock, NULL));
    must(seawall_random_create(SEED, &s->random, NULL));
    seawall_manual_clock_install(s->clock, &s->platform);
    seawall_random_install(s->random, &s->platform);
    agenda_init(&s->agenda, 0);
    make_pipeline(s);
    if (s->plan->places > 0) {
        door.max_concurrent = s->plan->places;
        must(seawall_bulkhead_create(&door, &s->platform, &s->door, NULL));
    }
    s->callers = calloc(CALLERS_MAX, sizeof(s->callers[0]));
    s->queue = calloc(QUEUE_MAX, sizeof(s->queue[0]));
    if (s->callers == NULL || s->queue == NULL)
        abort();
}

static void close_down(storm *s)
{
    int i;

    for (i = 0; i < s->callers_made; i++)
        client_fini(&s->callers[i].client);
    free(s->callers);
    free(s->queue);
    seawall_bulkhead_destroy(s->door);
    seawall_pipeline_destroy(s->pipeline);
    agenda_fini(&s->agenda);
    seawall_random_destroy(s->random);
    seawall_manual_clock_destroy(s->clock);
}

void storm_run(const storm_plan *plan, storm_figures *figures)
{
    storm s = {.plan = plan, .figures = figures};

    *figures = (storm_figures){{0}, {0}, {0}, {0}};
    open_up(&s);
    agenda_at(&s.agenda, 0, call, &s, 0);
    while (agenda_step(&s.agenda))
        continue;
    close_down(&s);
}
