/*
 * The drivers of a row whose attempts run on a pool: by a call that its caller waits in, and as a future.
 *
 * Threads are real, and one of them runs at a time. Whoever would wait, in the platform's park or in an attempt that takes its
 * time, gives the turn to the row's own thread. Once that one would wait as well, it hands the turn on: at one instant to
 * attempts that end, then to the caller who calls off, then to whoever was woken, then to whoever wanted to be. When nobody has
 * anything to do any more it moves the clock on. Only while a row is made and given back does everybody run as he likes.
 */
#include <check.h>
#include <pthread.h>
#include <stdlib.h>

#include "pipeline/attempt.h"
#include "scenario.h"

#define WORKERS 8
#define CALLER 0
#define GUESTS_MAX 16

typedef enum guest_state { AWAY, PARKED, READY, WORKING } guest_state;

/* A thread that sleeps here. */
typedef struct guest {
    pthread_cond_t bell;
    scenario_run *run;
    guest_state state;
    const uint32_t *word;  /* PARKED: on what, and until when */
    seawall_time until;
    scenario_running work; /* WORKING */
    uint64_t since;        /* READY, WORKING: of those alike the smallest one is first */
} guest;

struct scenario_pool {
    seawall_pool *pool;
    seawall_future future;
    bool drained;
    pthread_mutex_t lock;
    bool orderly;   /* one at a time */
    int32_t turn;   /* whose it is */
    int32_t count;
    uint64_t moment;
    guest guests[GUESTS_MAX];
};

/* Which one this thread is; CALLER until it has come here. */
static _Thread_local int32_t self;

/* --- one at a time; all of this under the lock --- */

static void give_turn(struct scenario_pool *p, int32_t to)
{
    p->turn = to;
    (void)pthread_cond_signal(&p->guests[to].bell);
}

static bool may_go_on(const scenario_run *run, const guest *g)
{
    const struct scenario_pool *p = run->pooled;

    if (p->orderly)
        return p->turn == self;
    return g->state == READY || (g->state == PARKED && g->until <= run->now);
}

static void sit(scenario_run *run, guest *g)
{
    struct scenario_pool *p = run->pooled;

    if (p->orderly)
        give_turn(p, CALLER);
    else
        (void)pthread_cond_signal(&p->guests[CALLER].bell);
    while (!may_go_on(run, g))
        (void)pthread_cond_wait(&g->bell, &p->lock);
    g->state = AWAY;
}

static bool is_due(const scenario_run *run, const guest *g)
{
    switch (g->state) {
    case WORKING:
        return g->work.ends <= run->now;
    case READY:
        return true;
    default:
        return g->state == PARKED && g->until <= run->now;
    }
}

/* Of two that are in this state and due: which is first. */
static bool is_before(const guest *a, const guest *b)
{
    if (a->state == WORKING && a->work.ends != b->work.ends)
        return a->work.ends < b->work.ends;
    return a->state != PARKED && a->since < b->since;
}

static int32_t first_due(const scenario_run *run, guest_state state)
{
    const struct scenario_pool *p = run->pooled;
    int32_t i, first = -1;

    for (i = 0; i < p->count; i++) {
        const guest *g = &p->guests[i];

        if (g->state == state && is_due(run, g) && (first < 0 || is_before(g, &p->guests[first])))
            first = i;
    }
    return first;
}

static int32_t next_guest(const scenario_run *run)
{
    int32_t next = first_due(run, READY);

    return next >= 0 ? next : first_due(run, PARKED);
}

static void call_off(scenario_run *run)
{
    run->cancel_at = SEAWALL_FOREVER;
    if (run->driver == SCENARIO_FUTURE)
        ck_assert_int_eq(seawall_future_cancel(run->pipeline, run->pooled->future), SEAWALL_OK);
    else
        ck_assert_int_eq(seawall_cancel_trigger(run->token), SEAWALL_OK);
}

static seawall_time next_instant(const scenario_run *run)
{
    const struct scenario_pool *p = run->pooled;
    seawall_time next = scenario_next_happening(run);
    int32_t i;

    next = run->cancel_at < next ? run->cancel_at : next;
    for (i = 0; i < p->count; i++) {
        const guest *g = &p->guests[i];
        seawall_time at = g->state == WORKING ? g->work.ends : g->state == PARKED ? g->until : SEAWALL_FOREVER;

        next = at < next ? at : next;
    }
    return next;
}

static void go_on(scenario_run *run)
{
    seawall_time next = next_instant(run);

    ck_assert_msg(next != SEAWALL_FOREVER, "line %d: waits for ever\n%s", run->row->line, run->log.text);
    (void)pthread_mutex_unlock(&run->pooled->lock);
    scenario_pass(run, next);
    (void)pthread_mutex_lock(&run->pooled->lock);
}

static void serve(scenario_run *run, int32_t next)
{
    struct scenario_pool *p = run->pooled;

    give_turn(p, next);
    while (p->turn != CALLER)
        (void)pthread_cond_wait(&p->guests[CALLER].bell, &p->lock);
}

/* The row's own thread sleeps: the others have their turns, and time goes on, until it is to go on itself. */
static void preside(scenario_run *run, guest *g)
{
    for (;;) {
        int32_t next = first_due(run, WORKING);

        if (next < 0 && run->cancel_at <= run->now) {
            (void)pthread_mutex_unlock(&run->pooled->lock);
            call_off(run);
            (void)pthread_mutex_lock(&run->pooled->lock);
            continue;
        }
        if (next < 0)
            next = next_guest(run);
        if (next == CALLER)
            break;
        if (next >= 0)
            serve(run, next);
        else
            go_on(run);
    }
    g->state = AWAY;
}

static void sleep_here(scenario_run *run, guest *g)
{
    if (self == CALLER && run->pooled->orderly)
        preside(run, g);
    else
        sit(run, g);
}

/* --- the platform's and the operation's side --- */

static guest *come_in(scenario_run *run)
{
    struct scenario_pool *p = run->pooled;

    if (self == CALLER && !pthread_equal(pthread_self(), run->caller)) {
        ck_assert_int_lt(p->count, GUESTS_MAX);
        self = p->count++;
    }
    return &p->guests[self];
}

static void park(const uint32_t *word, uint32_t expected, seawall_time until, void *user)
{
    scenario_run *run = user;
    guest *g;

    (void)pthread_mutex_lock(&run->pooled->lock);
    g = come_in(run);
    if (__atomic_load_n(word, __ATOMIC_SEQ_CST) == expected && run->now < until) {
        g->state = PARKED;
        g->word = word;
        g->until = until;
        sleep_here(run, g);
    }
    (void)pthread_mutex_unlock(&run->pooled->lock);
}

static void wake(const uint32_t *word, void *user)
{
    scenario_run *run = user;
    struct scenario_pool *p = run->pooled;
    int32_t i;

    (void)pthread_mutex_lock(&p->lock);
    for (i = 0; i < p->count; i++) {
        guest *g = &p->guests[i];

        if (g->state == PARKED && g->word == word) {
            g->state = READY;
            g->since = p->moment++;
            (void)pthread_cond_signal(&g->bell);
        }
    }
    (void)pthread_mutex_unlock(&p->lock);
}

/* It is to stop: on the thread that says so. */
static void asked_to_stop(void *user)
{
    guest *g = user;
    seawall_time stopped = seawall_time_add(g->run->now, g->work.stops);

    if (stopped >= g->work.ends)
        return;
    g->work.ends = stopped;
    g->work.result = (seawall_result){.fault = SEAWALL_FAULT_TIMEOUT};
}

static seawall_result take_time(scenario_run *run, seawall_attempt *attempt, const scenario_attempt *plan)
{
    guest *g = &run->pooled->guests[self];
    seawall_cancel_hook hook = SEAWALL_CANCEL_HOOK_INIT;
    seawall_cancel *token;

    g->work.stops = plan->stops;
    g->work.ends = scenario_attempt_end(plan, run->now, seawall_attempt_deadline(attempt), &g->work.result);
    if (seawall_attempt_token(attempt, &token) != SEAWALL_OK)
        scenario_break(run, "an attempt on a pool has a token");
    else if (seawall_cancel_add_hook(token, &hook, asked_to_stop, g) == SEAWALL_CANCELLED)
        asked_to_stop(g);
    (void)pthread_mutex_lock(&run->pooled->lock);
    g->state = WORKING;
    g->since = run->pooled->moment++;
    sit(run, g);
    (void)pthread_mutex_unlock(&run->pooled->lock);
    (void)seawall_cancel_remove_hook(token, &hook);
    return g->work.result;
}

static seawall_fault operation(seawall_attempt *attempt, void *arg)
{
    scenario_run *run = arg;
    int32_t number = seawall_attempt_number(attempt);
    seawall_time deadline = seawall_attempt_deadline(attempt);
    seawall_result result;

    if (run->now >= deadline)
        scenario_break(run, "no attempt starts at or after its deadline");
    if (self == CALLER)
        scenario_break(run, "an attempt runs on a worker");
    scenario_note_start(run, number, attempt->node->route, seawall_attempt_alternative(attempt), deadline);
    result = take_time(run, attempt, scenario_attempt_numbered(run, number));
    seawall_attempt_set_code(attempt, result.code);
    seawall_attempt_set_retry_after(attempt, result.retry_after);
    return result.fault;
}

static void drained(void *arg)
{
    scenario_run *run = arg;
    struct scenario_pool *p = run->pooled;

    (void)pthread_mutex_lock(&p->lock);
    if (p->drained)
        scenario_break(run, "a call comes to rest once");
    p->drained = true;
    if (p->guests[CALLER].state == PARKED) {
        p->guests[CALLER].state = READY;
        p->guests[CALLER].since = p->moment++;
    }
    (void)pthread_mutex_unlock(&p->lock);
}

/* --- a row --- */

static bool all_sleep(const struct scenario_pool *p)
{
    int32_t i;

    for (i = CALLER + 1; i < p->count; i++) {
        if (p->guests[i].state != PARKED)
            return false;
    }
    return true;
}

/* From here on one runs at a time: so many others have come, and all sleep. */
static void call_to_order(scenario_run *run, int32_t others)
{
    struct scenario_pool *p = run->pooled;

    (void)pthread_mutex_lock(&p->lock);
    while (p->count != CALLER + 1 + others || !all_sleep(p))
        (void)pthread_cond_wait(&p->guests[CALLER].bell, &p->lock);
    p->turn = CALLER;
    p->orderly = true;
    (void)pthread_mutex_unlock(&p->lock);
}

/* The attendant comes with the first future, and there is one of these before the row's own calls: it enters nothing. */
static void call_attendant(scenario_run *run)
{
    seawall_call_options options = SEAWALL_CALL_OPTIONS_INIT;
    seawall_future future = 0;

    ck_assert_int_eq(seawall_cancel_create(NULL, &run->platform, &options.cancel, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_cancel_trigger(options.cancel), SEAWALL_OK);
    ck_assert_int_eq(seawall_future_start(run->pipeline, &options, operation, run, NULL, &future), SEAWALL_OK);
    ck_assert_int_eq(seawall_future_wait_until(run->pipeline, future, SEAWALL_FOREVER, NULL), SEAWALL_OK);
    seawall_cancel_destroy(options.cancel);
    ck_assert_msg(run->log.length == 0, "line %d: a call was called off before it began, and %s", run->row->line, run->log.text);
}

void scenario_pool_begin(scenario_run *run)
{
    seawall_pool_config config = SEAWALL_POOL_CONFIG_INIT;
    struct scenario_pool *p = calloc(1, sizeof(*p));
    int32_t i;

    ck_assert_ptr_nonnull(p);
    run->pooled = p;
    run->caller = pthread_self();
    self = CALLER;
    p->count = CALLER + 1;
    (void)pthread_mutex_init(&p->lock, NULL);
    for (i = 0; i < GUESTS_MAX; i++) {
        p->guests[i].run = run;
        (void)pthread_cond_init(&p->guests[i].bell, NULL);
    }
    run->platform.park = park;
    run->platform.wake = wake;
    config.core_size = config.max_size = WORKERS;
    ck_assert_int_eq(seawall_pool_create(&config, &run->platform, &p->pool, NULL), SEAWALL_OK);
}

seawall_status scenario_pool_policy(const scenario_run *run, seawall_policy *policy)
{
    *policy = (seawall_policy)SEAWALL_POLICY_INIT;
    return seawall_pool_policy(run->pooled->pool, "pool", policy);
}

void scenario_pool_let_go(scenario_run *run)
{
    (void)pthread_mutex_lock(&run->pooled->lock);
    run->pooled->orderly = false;
    (void)pthread_mutex_unlock(&run->pooled->lock);
}

void scenario_pool_end(scenario_run *run)
{
    struct scenario_pool *p = run->pooled;
    int32_t i;

    seawall_pool_destroy(p->pool);
    for (i = 0; i < GUESTS_MAX; i++)
        (void)pthread_cond_destroy(&p->guests[i].bell);
    (void)pthread_mutex_destroy(&p->lock);
    free(p);
}

/* The row's own thread sleeps until the call has come to rest. */
static void await_rest(scenario_run *run)
{
    struct scenario_pool *p = run->pooled;
    guest *g = &p->guests[CALLER];

    (void)pthread_mutex_lock(&p->lock);
    if (!p->drained) {
        g->state = PARKED;
        g->word = NULL;
        g->until = SEAWALL_FOREVER;
        preside(run, g);
    }
    (void)pthread_mutex_unlock(&p->lock);
}

/* Who was woken at this instant and had no turn has it. */
static void let_others_rest(scenario_run *run)
{
    struct scenario_pool *p = run->pooled;
    int32_t next;

    (void)pthread_mutex_lock(&p->lock);
    while ((next = next_guest(run)) >= 0)
        serve(run, next);
    (void)pthread_mutex_unlock(&p->lock);
}

static seawall_status wait_in_it(scenario_run *run, const scenario_call *call, seawall_call_options *options,
                                 seawall_report *report)
{
    seawall_status status;

    if (call->cancel != SEAWALL_FOREVER) {
        ck_assert_int_eq(seawall_cancel_create(NULL, &run->platform, &run->token, NULL), SEAWALL_OK);
        options->cancel = run->token;
        if (run->cancel_at <= run->now)
            call_off(run);
    }
    status = seawall_call_with(run->pipeline, options, operation, run, report);
    run->cancel_at = SEAWALL_FOREVER;
    seawall_cancel_destroy(options->cancel);
    return status;
}

static seawall_status ask_for_it(scenario_run *run, const seawall_call_options *options, seawall_report *report)
{
    struct scenario_pool *p = run->pooled;

    ck_assert_int_eq(seawall_future_start(run->pipeline, options, operation, run, NULL, &p->future), SEAWALL_OK);
    ck_assert_int_eq(seawall_future_wait_until(run->pipeline, p->future, SEAWALL_FOREVER, report), SEAWALL_OK);
    run->cancel_at = SEAWALL_FOREVER;
    if (seawall_future_poll(run->pipeline, p->future, NULL) != SEAWALL_STALE)
        scenario_break(run, "a future is used up by its result");
    return report->status;
}

static void one_call(scenario_run *run, const scenario_call *call)
{
    seawall_call_options options = SEAWALL_CALL_OPTIONS_INIT;
    seawall_report report = SEAWALL_REPORT_INIT;
    seawall_status status;
    seawall_time begun;

    run->call = call;
    scenario_pass(run, call->at);
    scenario_note(run, "call", run->now);
    begun = run->now;
    run->pooled->drained = false;
    run->cancel_at = seawall_time_add(run->now, call->cancel);
    options.deadline = seawall_time_add(run->now, call->limit);
    options.drained = drained;
    status = run->driver == SCENARIO_FUTURE ? ask_for_it(run, &options, &report) : wait_in_it(run, call, &options, &report);
    if (status != report.status)
        scenario_break(run, "the report says what the call returned");
    if (report.elapsed != seawall_time_until(run->now, begun))
        scenario_break(run, "what elapsed is from the begin to the result");
    if (!run->pooled->drained)
        scenario_note(run, "finished", run->now);
    await_rest(run);
    scenario_note_report(run, &report);
    let_others_rest(run);
}

void scenario_pool_run(scenario_run *run)
{
    int32_t i;

    if (run->driver == SCENARIO_FUTURE)
        call_attendant(run);
    call_to_order(run, WORKERS + (run->driver == SCENARIO_FUTURE));
    for (i = 0; i < run->row->call_count; i++)
        one_call(run, &run->row->calls[i]);
}
