/* Moving a call on, and what comes of it: attempts offered to pools, taken back, begun and ended there, and who waits told. */
#include "pipeline/pooled.h"

#include "time/deadline.h"

/* What is to be done when the lock is given back. */
typedef struct errand {
    enum { OFFER, REFUSE, TAKE_BACK, CANCEL } what;
    sw_pooled_attempt *attempt;
    seawall_pool *pool;
    uint64_t name;        /* TAKE_BACK: of the job; OFFER: the round */
    seawall_job_end end;  /* TAKE_BACK: for what */
    seawall_cause cause;  /* CANCEL */
    seawall_time at;
} errand;

#define ERRANDS 16

typedef struct errands {
    int32_t count;
    errand list[ERRANDS];
} errands;

static bool is_full(const errands *list)
{
    return list->count == ERRANDS;
}

static uint16_t mark_of(const sw_pooled_attempt *attempt)
{
    return (uint16_t)(attempt - attempt->call->attempt + 1);
}

/* Whether the machine still wants the attempt that was offered: its node may be free by now, or another run's. */
static bool is_wanted(const sw_pooled_attempt *attempt)
{
    return attempt->node->state == SW_PENDING && attempt->node->offer == mark_of(attempt);
}

static sw_pooled_attempt *idle_attempt(sw_pooled_call *call)
{
    int32_t i;

    for (i = 0; i < call->calls->attempts; i++) {
        if (call->attempt[i].state == SW_POOLED_IDLE && call->attempt[i].pins == 0)
            return &call->attempt[i];
    }
    return NULL;
}

/* Attempts that the machine has ready, as far as there is room. */
static void offer(sw_pooled_call *call, errands *list)
{
    sw_pooled_attempt *attempt;
    sw_node *node;

    while (!call->x->finished && !is_full(list) && (attempt = idle_attempt(call)) != NULL &&
           (node = sw_execution_unoffered(call->x)) != NULL) {
        attempt->node = node;
        attempt->state = SW_POOLED_OFFERED;
        attempt->name = 0;
        attempt->expires = SEAWALL_FOREVER;
        attempt->round++;
        attempt->pool = sw_level_of(call->x, node)->pool;
        node->offer = mark_of(attempt);
        list->list[list->count++] = (errand){attempt->pool != call->shut ? OFFER : REFUSE, attempt, attempt->pool, attempt->round,
                                             SEAWALL_JOB_DONE, 0, 0};
    }
}

/* Nobody waits for it in the queue any more; who is asked to take it back finds out whether a worker was faster. */
static void unwanted(sw_pooled_attempt *attempt, seawall_job_end end, errands *list)
{
    attempt->state = SW_POOLED_STALE;
    if (attempt->name != 0)
        list->list[list->count++] = (errand){TAKE_BACK, attempt, attempt->pool, attempt->name, end, 0, 0};
}

/* Those that wait in a queue: cut off by the machine, or past their level's time. */
static void look_at_offers(sw_pooled_call *call, errands *list)
{
    int32_t i;

    for (i = 0; i < call->calls->attempts && !is_full(list); i++) {
        sw_pooled_attempt *attempt = &call->attempt[i];

        if (attempt->state != SW_POOLED_OFFERED)
            continue;
        if (!is_wanted(attempt)) {
            unwanted(attempt, SEAWALL_JOB_CANCELLED, list);
        } else if (attempt->expires != SEAWALL_FOREVER && attempt->expires <= sw_time(call->x)) {
            sw_execution_refuse(call->x, attempt->node, SEAWALL_FULL);
            unwanted(attempt, SEAWALL_JOB_QUEUE_TIME, list);
        }
    }
}

static void look_at_cancels(sw_pooled_call *call, errands *list)
{
    seawall_execution *x = call->x;
    int32_t i;

    for (i = 0; x->cancels > 0 && i < call->calls->attempts && !is_full(list); i++) {
        sw_pooled_attempt *attempt = &call->attempt[i];

        if (attempt->state != SW_POOLED_RUNNING || !attempt->node->cancel_due)
            continue;
        attempt->node->cancel_due = false;
        x->cancels--;
        attempt->pins++;
        list->list[list->count++] = (errand){CANCEL, attempt, NULL, 0, SEAWALL_JOB_DONE, attempt->node->cause, sw_time(x)};
    }
}

/* Whether it is late, and cut off at its upper end: nobody above joins it. */
static bool is_left_alone(const sw_pooled_attempt *attempt)
{
    const sw_node *node = attempt->node;

    while (node != NULL && node->cause != 0)
        node = node->parent;
    return node == NULL;
}

/* Those that run though nobody waits for them: their pools are told. */
static void look_at_abandoned(sw_pooled_call *call)
{
    int32_t i;

    for (i = 0; i < call->calls->attempts; i++) {
        sw_pooled_attempt *attempt = &call->attempt[i];

        if (attempt->state == SW_POOLED_RUNNING && !attempt->abandoned && is_left_alone(attempt)) {
            attempt->abandoned = true;
            sw_work_abandon(attempt->work);
        }
    }
}

static void ring(const sw_pooled_call *call, sw_atomic_u32 *word)
{
    const seawall_platform *platform = call->calls->pipeline->platform;

    (void)sw_add_u32(word, 1);
    platform->wake((const uint32_t *)(const void *)word, platform->clock_user);
}

static void ring_place(const sw_pooled_call *call)
{
    sw_parking_ring((uintptr_t)call->place, (void *)(uintptr_t)call->calls->pipeline->platform);
}

static void tell_of_end(sw_pooled_call *call)
{
    seawall_execution *x = call->x;

    call->told = true;
    if (x->watching)
        sw_unwatch(x);
    x->cancel = NULL; /* it need not live any longer */
    if (call->blocked != NULL)
        sw_pool_unblock(call->blocked);
    call->blocked = NULL;
    if (sw_load_relaxed_u32(&call->attended) == 0)
        ring_place(call);
    else
        ring(call, &call->bell);
    if (call->told_by.wake != NULL)
        call->told_by.wake(call->told_by.cookie, call->told_by.user);
}

/* Whoever waits in it is to look: it is finished, or is to be driven earlier than he knows. */
static void tell(sw_pooled_call *call)
{
    seawall_execution *x = call->x;

    if (x->finished && !call->told) {
        tell_of_end(call);
    } else if (!x->finished && sw_pooled_due(call) < call->alarm) {
        call->alarm = INT64_MIN;
        ring_place(call);
    }
}

seawall_time sw_pooled_due(sw_pooled_call *call)
{
    seawall_time due = call->x->finished ? SEAWALL_FOREVER : sw_next_due(call->x);
    int32_t i;

    for (i = 0; i < call->calls->attempts; i++) {
        const sw_pooled_attempt *attempt = &call->attempt[i];

        if (attempt->state == SW_POOLED_OFFERED && attempt->expires < due)
            due = attempt->expires;
    }
    return due;
}

/* The pool has no place for it. */
static void turned_away(sw_pooled_attempt *attempt, seawall_status status)
{
    bool wanted = attempt->state == SW_POOLED_OFFERED && is_wanted(attempt);

    attempt->state = SW_POOLED_IDLE;
    if (wanted)
        sw_execution_refuse(attempt->call->x, attempt->node, status);
}

static int64_t run_on_pool(seawall_work *work, void *arg);
static void dropped_by_pool(const seawall_job_result *result, void *arg);

/* Takes the lock again. It may have begun, ended and been offered anew meanwhile: the round tells. */
static void run_offer(sw_pooled_call *call, const errand *e)
{
    sw_pooled_attempt *attempt = e->attempt;
    const seawall_job_options options = {sizeof(options), call->priority, SEAWALL_FOREVER, dropped_by_pool};
    const sw_pool_order order = {run_on_pool, attempt, false};
    sw_pool_receipt receipt;
    seawall_status status = sw_pool_hand_over(e->pool, &options, &order, &receipt);

    sw_pooled_enter(call);
    if (status != SEAWALL_OK) {
        turned_away(attempt, status);
    } else if (attempt->round == (uint32_t)e->name && attempt->state != SW_POOLED_RUNNING) {
        attempt->name = receipt.name;
        attempt->expires = receipt.expires;
        if (attempt->state == SW_POOLED_STALE) {
            sw_pooled_unlock(call);
            status = sw_pool_call_off(e->pool, receipt.name, SEAWALL_JOB_CANCELLED) ? SEAWALL_OK : SEAWALL_BUSY;
            sw_pooled_enter(call);
            if (status == SEAWALL_OK)
                attempt->state = SW_POOLED_IDLE;
        }
    }
}

static void run_errand(sw_pooled_call *call, const errand *e)
{
    sw_pooled_attempt *attempt = e->attempt;

    if (e->what == OFFER) {
        run_offer(call, e);
    } else if (e->what == REFUSE) {
        sw_pool_turn_away(e->pool);
        sw_pooled_enter(call);
        turned_away(attempt, SEAWALL_FULL);
    } else if (e->what == TAKE_BACK) {
        bool back = sw_pool_call_off(e->pool, e->name, e->end);

        sw_pooled_enter(call);
        if (back)
            attempt->state = SW_POOLED_IDLE;
    } else {
        sw_cancel_now(&attempt->room.token, e->cause, e->at);
        sw_pooled_enter(call);
        attempt->pins--;
        if (attempt->pins == 0)
            ring(call, &attempt->unpinned);
    }
}

void sw_pooled_drive(sw_pooled_call *call)
{
    errands list;
    int32_t i;

    call->driving++; /* its place stays its own while the lock is given back */
    do {
        list.count = 0;
        call->x->turn.now = SW_TIME_UNREAD;
        sw_execution_settle(call->x);
        look_at_offers(call, &list);
        look_at_cancels(call, &list);
        look_at_abandoned(call);
        offer(call, &list);
        tell(call);
        for (i = 0; i < list.count; i++) {
            sw_pooled_unlock(call);
            run_errand(call, &list.list[i]);
        }
    } while (list.count > 0);
    call->driving--;
}

/*
 * Under the lock: whether the attempt that a worker has come for is still wanted. The worker may be the first to see that its
 * deadline has come: then whoever set it has to say so, and the attempt is gone by that.
 */
static bool is_still_wanted(const sw_pooled_attempt *attempt)
{
    seawall_execution *x = attempt->call->x;

    x->turn.now = SW_TIME_UNREAD;
    if (attempt->state != SW_POOLED_OFFERED || !is_wanted(attempt))
        return false;
    /* Policies may want to know when it began, and the time of the last look at the call was before it stood in the queue. */
    if (sw_time(x) < attempt->node->deadline)
        return true;
    sw_execution_settle(x);
    return is_wanted(attempt);
}

/* Under the lock: begins it. */
static bool begin(sw_pooled_attempt *attempt, seawall_work *work)
{
    sw_pooled_call *call = attempt->call;
    sw_node *node = attempt->node;

    if (!is_still_wanted(attempt) || !sw_execution_start(call->x, node)) {
        attempt->state = SW_POOLED_IDLE;
        return false;
    }
    attempt->state = SW_POOLED_RUNNING;
    attempt->work = work;
    attempt->abandoned = false;
    attempt->attempt = (seawall_attempt){.x = call->x, .node = node, .room = &attempt->room, .deadline = node->deadline,
                                         .number = node->attempts, .alternative = sw_level_of(call->x, node)->chain,
                                         .asked = true, .pooled = true};
    /* Its own token has no parent: the call's may be gone before the attempt is. */
    (void)sw_cancel_init(&attempt->room.token, NULL, call->x->pipeline->platform);
    attempt->room.timer = 0;
    return true;
}

/* Under the lock, given back meanwhile: nobody uses the attempt's token any more. */
static seawall_time close_token(sw_pooled_attempt *attempt)
{
    sw_pooled_call *call = attempt->call;
    const seawall_platform *platform = call->x->pipeline->platform;
    seawall_cancel *token = &attempt->room.token;

    while (attempt->pins > 0) {
        uint32_t ticket = sw_load_u32(&attempt->unpinned);

        sw_pooled_unlock(call);
        platform->park((const uint32_t *)(const void *)&attempt->unpinned, ticket, SEAWALL_FOREVER, platform->clock_user);
        sw_pooled_enter(call);
    }
    sw_cancel_fini(token);
    return seawall_cancel_cause(token) == SEAWALL_CAUSE_DEADLINE ? (seawall_time)sw_load_relaxed_u64(&token->at)
                                                                 : SW_TIME_NOT_GIVEN;
}

/* Under the lock: at one instant an attempt's end comes before a deadline, unless the deadline is what interrupted it. */
static void end(sw_pooled_attempt *attempt, const seawall_result *result)
{
    seawall_execution *x = attempt->call->x;
    seawall_time interrupted = close_token(attempt), limit;

    x->turn.now = SW_TIME_UNREAD;
    sw_heed(x);
    if (x->timers > 0 || x->deadline != SEAWALL_FOREVER) {
        limit = sw_time(x) - 1;
        sw_timers(x, limit > interrupted ? limit : interrupted);
    }
    attempt->state = SW_POOLED_IDLE;
    sw_execution_ended(x, attempt->node, result);
}

/* The pool is stopped: the attempt runs, and the pool sees to it that it does not end meanwhile. */
static void stopped_by_pool(void *arg)
{
    sw_pooled_attempt *attempt = arg;

    sw_cancel_now(&attempt->room.token, SEAWALL_CAUSE_CANCELLATION,
                  seawall_platform_now(attempt->call->calls->pipeline->platform));
}

/* A worker has come to it. */
static int64_t run_on_pool(seawall_work *work, void *arg)
{
    sw_pooled_attempt *attempt = arg;
    sw_pooled_call *call = attempt->call;
    seawall_result result = {0};
    seawall_deadline_scope scope;

    sw_pooled_enter(call);
    if (begin(attempt, work)) {
        sw_pooled_unlock(call);
        sw_work_stoppable(work, stopped_by_pool);
        sw_deadline_enter(call->calls->pipeline->platform, attempt->attempt.deadline, &scope);
        result = sw_attempt_result(&attempt->attempt, call->operation, call->arg);
        sw_deadline_leave(&scope);
        sw_work_unstoppable(work);
        sw_pooled_enter(call);
        end(attempt, &result);
    }
    sw_pooled_drive(call);
    sw_pooled_leave(call);
    return 0;
}

static seawall_status status_of(const seawall_job_result *result)
{
    return result->end == SEAWALL_JOB_NO_THREAD ? SEAWALL_NO_RESOURCES : SEAWALL_FULL;
}

static void drop(sw_pooled_attempt *attempt, seawall_status status)
{
    sw_pooled_call *call = attempt->call;

    sw_pooled_enter(call);
    turned_away(attempt, status);
    sw_pooled_drive(call);
    sw_pooled_leave(call);
}

/* Each of them keeps its call in its place. */
void sw_pooled_see_to_dropped(sw_pooled_thread *own)
{
    sw_pooled_attempt *attempt = own->dropped;
    uint32_t process = own->process;

    own->dropped = NULL;
    while (attempt != NULL && process == sw_port_fork_generation()) {
        sw_pooled_attempt *next = attempt->next_dropped;

        drop(attempt, attempt->dropped);
        attempt = next;
    }
}

/* The pool has told of the job's end: after a run that was all. */
static void dropped_by_pool(const seawall_job_result *result, void *arg)
{
    sw_pooled_attempt *attempt = arg;
    sw_pooled_thread *own = sw_pooled_own_thread();

    if (result->end == SEAWALL_JOB_DONE)
        return; /* and the pipeline may be gone by now */
    if (own->locks == 0) {
        drop(attempt, status_of(result));
        return;
    }
    attempt->dropped = status_of(result);
    attempt->next_dropped = own->dropped;
    own->dropped = attempt;
}
