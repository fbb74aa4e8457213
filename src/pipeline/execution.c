/* What a host may call: the execution as a state machine without I/O. */
#include "pipeline/machine.h"

#include "base/field.h"

static const seawall_report empty_report = SEAWALL_REPORT_INIT;

static const sw_config_kind report_kind = {
    .name = "report",
    .size = sizeof(seawall_report),
    .oldest = SW_UP_TO(seawall_report, late),
    .defaults = &empty_report,
};

seawall_status seawall_report_init(seawall_report *report, size_t size)
{
    return sw_config_init(&report_kind, report, size);
}

size_t seawall_execution_size(const seawall_pipeline *pipeline)
{
    return pipeline != NULL ? pipeline->execution_size : 0;
}

void sw_execution_free_nodes(seawall_execution *x)
{
    const sw_level *level = x->pipeline->level;
    const sw_level *end = level + x->pipeline->levels;

    for (; level != end; level++) {
        sw_node *node = sw_node_at(x, level, 0);
        uint32_t i;

        node->state = SW_FREE;
        for (i = 1; i < level->count; i++)
            sw_node_at(x, level, i)->state = SW_FREE;
    }
}

seawall_status seawall_execution_init(void *storage, size_t size, const seawall_pipeline *pipeline,
                                      const seawall_waker *waker, seawall_execution **execution)
{
    seawall_execution *x = storage;

    if (storage == NULL || pipeline == NULL || execution == NULL)
        return SEAWALL_INVALID;
    if ((uintptr_t)storage % SEAWALL_EXECUTION_ALIGNMENT != 0)
        return SEAWALL_INVALID;
    if (pipeline->calls != NULL)
        return SEAWALL_UNSUPPORTED;
    if (size < pipeline->execution_size)
        return SEAWALL_TOO_SMALL;
    sw_execution_prepare(x, pipeline);
    sw_execution_free_nodes(x);
    x->waker = waker != NULL ? *waker : (seawall_waker){0};
    x->user = NULL;
    *execution = x;
    return SEAWALL_OK;
}

seawall_status seawall_execution_set_user(seawall_execution *execution, void *user)
{
    if (execution == NULL)
        return SEAWALL_INVALID;
    if (execution->inside)
        return SEAWALL_BUSY;
    execution->user = user;
    return SEAWALL_OK;
}

static bool drained(const seawall_execution *x)
{
    return x->finished && x->live == 0;
}

seawall_status seawall_execution_set_cancel(seawall_execution *execution, seawall_cancel *cancel)
{
    if (execution == NULL || (cancel != NULL && cancel->platform != execution->pipeline->platform))
        return SEAWALL_INVALID;
    if (execution->inside || (execution->begun && !drained(execution)))
        return SEAWALL_BUSY;
    execution->cancel = cancel;
    return SEAWALL_OK;
}

/* A host's `now`: never before the last one, and never the value that stands for "not read". */
static void set_now(seawall_execution *x, seawall_time now)
{
    if (now > x->turn.latest)
        x->turn.latest = now;
    x->turn.now = x->turn.latest;
}

void sw_execution_reset(seawall_execution *x, seawall_time deadline)
{
    x->turn.status = SEAWALL_INVALID;
    x->turn.retry_after = 0;
    x->turn.cause = 0;
    x->turn.route = 0;
    x->deadline = deadline;
    x->start = NULL;
    x->pending = 0;
    x->timers = 0;
    x->soonest = SEAWALL_FOREVER;
    x->waiting = 0;
    x->starving = 0;
    x->cancels = 0;
    x->attempts = 0;
    x->begun = true;
    x->finished = false;
    x->told = false;
    x->history.began = x->turn.now;
    x->history.finished = x->turn.now;
    x->history.first_fault = SEAWALL_FAULT_NONE;
    x->history.last_fault = SEAWALL_FAULT_NONE;
    x->history.first_code = 0;
    x->history.last_code = 0;
    x->history.starved = 0;
    x->history.late = 0;
}

void sw_execution_begin(seawall_execution *x, seawall_time deadline)
{
    sw_execution_reset(x, deadline);
    if (x->cancel != NULL)
        sw_mind_token(x);
    sw_heed(x);
    if (deadline != SEAWALL_FOREVER)
        sw_timers(x, sw_time(x));
    if (!x->finished)
        sw_run(x, NULL, x->pipeline->first_level, 0);
}

/* Asks once more who waits, and lets those run who found no room, outermost first. */
static void ask_around(seawall_execution *x)
{
    const seawall_pipeline *pipeline = x->pipeline;
    int32_t i;

    for (i = 0; i < pipeline->policies && x->waiting + x->starving > 0; i++) {
        const sw_level *level = &pipeline->level[i];
        uint32_t n;

        for (n = 0; n < level->count; n++) {
            sw_node *node = sw_node_at(x, level, n);

            if (node->state == SW_WAITING) {
                sw_ask_again(x, node);
            } else if (node->state == SW_STARVED && sw_room(x, node->elsewhere ? level->alternative : level->inner)) {
                x->starving--;
                sw_run_inner(x, node);
            }
        }
    }
}

void sw_execution_catch_up(seawall_execution *x)
{
    bool timed = x->timers > 0 || x->deadline != SEAWALL_FOREVER;

    if (timed && !x->finished && sw_time(x) > INT64_MIN + 1)
        sw_timers(x, x->turn.now - 1);
    if (x->waiting + x->starving > 0)
        ask_around(x);
    if (timed || x->timers > 0)
        sw_timers(x, sw_time(x));
}

static sw_node *find_attempt(seawall_execution *x, bool (*matches)(const sw_node *node, uint64_t id), uint64_t id)
{
    const seawall_pipeline *pipeline = x->pipeline;
    int32_t i;

    for (i = pipeline->policies; i < pipeline->levels; i++) {
        uint32_t n;

        for (n = 0; n < pipeline->level[i].count; n++) {
            sw_node *node = sw_node_at(x, &pipeline->level[i], n);

            if (matches(node, id))
                return node;
        }
    }
    return NULL;
}

static bool is_pending(const sw_node *node, uint64_t id)
{
    (void)id;
    return node->state == SW_PENDING;
}

static bool is_to_be_cancelled(const sw_node *node, uint64_t id)
{
    (void)id;
    return node->state == SW_STARTED && node->cancel_due;
}

static bool is_started_as(const sw_node *node, uint64_t id)
{
    return node->state == SW_STARTED && (uint64_t)node->attempts == id;
}

/* Its deadline came before anybody could start it, or every number is used up. */
static void never_started(seawall_execution *x, sw_node *attempt, seawall_status status, int32_t policy)
{
    sw_node *parent = attempt->parent;

    x->turn.cut_at = attempt->deadline;
    sw_node_free(x, attempt);
    x->outcome = (seawall_outcome){.status = status, .policy = policy};
    x->outcome.fault = status == SEAWALL_TIMED_OUT ? SEAWALL_FAULT_TIMEOUT : SEAWALL_FAULT_NONE;
    sw_came_back(x, parent);
}

/* A pending attempt that is not counted as one any more. */
static bool begin_attempt(seawall_execution *x, sw_node *attempt)
{
    sw_node *node;

    if (attempt->deadline != SEAWALL_FOREVER && attempt->deadline <= sw_time(x)) {
        never_started(x, attempt, SEAWALL_TIMED_OUT, -1);
        return false;
    }
    if (x->attempts == INT32_MAX) {
        never_started(x, attempt, SEAWALL_FULL, -1);
        return false;
    }
    if (x->attempts == 0)
        x->turn.cut_at = SW_TIME_UNREAD;
    attempt->state = SW_STARTED;
    attempt->attempts = ++x->attempts;
    x->live++;
    for (node = attempt->parent; node != NULL; node = node->parent) {
        if (node->attempts++ == 0)
            node->mark = x->turn.now;
    }
    return true;
}

/* The next attempt to be started; NULL if there is none (any more). */
static sw_node *start(seawall_execution *x)
{
    while (x->pending > 0) {
        sw_node *attempt = x->start != NULL ? x->start : find_attempt(x, is_pending, 0);

        if (attempt == NULL)
            return NULL;
        x->start = NULL;
        x->pending--;
        if (begin_attempt(x, attempt))
            return attempt;
    }
    return NULL;
}

/* Whether something has become due, or who starves got room, while the rest of this instant was done. */
static bool goes_on_at_once(seawall_execution *x)
{
    seawall_time due = sw_next_due(x);

    return due != SEAWALL_FOREVER && due <= x->turn.now;
}

sw_node *sw_execution_next(seawall_execution *x)
{
    sw_node *attempt;

    do {
        sw_heed(x);
        sw_execution_advance(x);
        attempt = x->finished ? NULL : start(x);
    } while (attempt == NULL && goes_on_at_once(x));
    return attempt;
}

void sw_execution_settle(seawall_execution *x)
{
    do {
        sw_heed(x);
        sw_execution_advance(x);
    } while (goes_on_at_once(x));
}

static bool is_unoffered(const sw_node *node, uint64_t id)
{
    (void)id;
    return node->state == SW_PENDING && node->offer == 0;
}

sw_node *sw_execution_unoffered(seawall_execution *x)
{
    return x->pending > 0 ? find_attempt(x, is_unoffered, 0) : NULL;
}

bool sw_execution_start(seawall_execution *x, sw_node *attempt)
{
    x->start = NULL;
    x->pending--;
    return begin_attempt(x, attempt);
}

void sw_execution_refuse(seawall_execution *x, sw_node *attempt, seawall_status status)
{
    int32_t policy = sw_level_of(x, attempt)->pool_policy;

    x->start = NULL;
    x->pending--;
    sw_tell(x, SEAWALL_EVENT_REFUSED, policy, 0, SEAWALL_FAULT_NONE);
    never_started(x, attempt, status, policy);
}

void sw_execution_ended(seawall_execution *x, sw_node *attempt, const seawall_result *result)
{
    sw_node *parent = attempt->parent;

    x->live--;
    x->cancels -= attempt->cancel_due;
    attempt->cancel_due = false;
    if (attempt->cause != 0) {
        sw_late_end(x, attempt);
        return;
    }
    if (result != NULL)
        sw_outcome_set(x, result);
    else
        x->outcome = (seawall_outcome){.status = SEAWALL_CANCELLED, .fault = SEAWALL_FAULT_IGNORED, .policy = -1, .attempts = 1};
    sw_node_free(x, attempt);
    sw_came_back(x, parent);
}

/* Starts carrying out a host's function, unless one is being carried out. */
static seawall_status enter(seawall_execution *x, seawall_time now)
{
    if (x == NULL)
        return SEAWALL_INVALID;
    if (x->inside)
        return SEAWALL_BUSY;
    if (!x->begun)
        return SEAWALL_INVALID;
    x->inside = true;
    set_now(x, now);
    return SEAWALL_OK;
}

static seawall_status leave(seawall_execution *x)
{
    if (x->watching && x->finished)
        sw_unwatch(x);
    x->inside = false;
    return SEAWALL_OK;
}

seawall_status seawall_execution_begin_at(seawall_execution *x, seawall_time now, seawall_time deadline)
{
    if (x == NULL)
        return SEAWALL_INVALID;
    if (x->inside || (x->begun && !drained(x)))
        return SEAWALL_BUSY;
    x->inside = true;
    x->turn.latest = SW_TIME_UNREAD + 1;
    set_now(x, now);
    sw_execution_begin(x, deadline);
    return leave(x);
}

static void next_step(seawall_execution *x, seawall_step *step)
{
    sw_node *attempt;

    do
        attempt = sw_execution_next(x);
    while (attempt == NULL && !x->finished && !sw_watch(x));
    if (attempt != NULL) {
        step->kind = SEAWALL_STEP_START;
        step->number = attempt->attempts;
        step->id = (uint64_t)attempt->attempts;
        step->route = attempt->route;
        step->alternative = sw_level_of(x, attempt)->chain;
        step->deadline = attempt->deadline;
    } else if (x->finished && !x->told) {
        x->told = true;
        step->kind = SEAWALL_STEP_FINISHED;
    } else if (x->cancels > 0 && (attempt = find_attempt(x, is_to_be_cancelled, 0)) != NULL) {
        attempt->cancel_due = false;
        x->cancels--;
        step->kind = SEAWALL_STEP_CANCEL;
        step->id = (uint64_t)attempt->attempts;
    } else if (drained(x)) {
        step->kind = SEAWALL_STEP_DRAINED;
    } else {
        step->kind = SEAWALL_STEP_WAIT;
        step->until = sw_next_due(x);
    }
}

seawall_status seawall_execution_next_at(seawall_execution *x, seawall_time now, seawall_step *step)
{
    seawall_status status = step != NULL ? enter(x, now) : SEAWALL_INVALID;

    if (status != SEAWALL_OK)
        return status;
    *step = (seawall_step){0};
    next_step(x, step);
    return leave(x);
}

static seawall_status ended_at(seawall_execution *x, uint64_t id, const seawall_result *result, seawall_time now)
{
    seawall_status status = enter(x, now);
    sw_node *attempt;

    if (status != SEAWALL_OK)
        return status;
    attempt = find_attempt(x, is_started_as, id);
    if (attempt != NULL) {
        sw_heed(x);
        if (x->turn.now > INT64_MIN + 1)
            sw_timers(x, x->turn.now - 1);
        sw_execution_ended(x, attempt, result);
    } else {
        status = SEAWALL_INVALID;
    }
    (void)leave(x);
    return status;
}

seawall_status seawall_execution_report_at(seawall_execution *x, uint64_t id, const seawall_result *result, seawall_time now)
{
    if (result == NULL || result->fault < SEAWALL_FAULT_NONE || result->fault >= SEAWALL_FAULT_COUNT)
        return SEAWALL_INVALID;
    return ended_at(x, id, result, now);
}

seawall_status seawall_execution_disown_at(seawall_execution *x, uint64_t id, seawall_time now)
{
    return ended_at(x, id, NULL, now);
}

seawall_status seawall_execution_cancel_at(seawall_execution *x, seawall_time now)
{
    seawall_status status = enter(x, now);

    if (status != SEAWALL_OK)
        return status;
    sw_heed(x);
    sw_call_off(x, x->turn.now);
    return leave(x);
}

seawall_status sw_execution_tell(const seawall_execution *x, seawall_report *report)
{
    const seawall_outcome *outcome = &x->outcome;
    seawall_report full = SEAWALL_REPORT_INIT;

    full.status = outcome->status;
    full.fault = outcome->fault;
    full.reason = outcome->reason;
    full.code = outcome->code;
    full.retry_after = outcome->retry_after;
    full.elapsed = seawall_time_until(x->history.finished, x->history.began);
    full.attempts = x->attempts;
    full.policy = outcome->policy;
    full.first_fault = x->history.first_fault;
    full.last_fault = x->history.last_fault;
    full.first_code = x->history.first_code;
    full.last_code = x->history.last_code;
    full.starved = x->history.starved;
    full.late = x->history.late;
    return SW_GIVE(full, late, report);
}

seawall_status seawall_execution_report(const seawall_execution *x, seawall_report *report)
{
    if (x == NULL || report == NULL || !x->begun)
        return SEAWALL_INVALID;
    if (!x->finished)
        return SEAWALL_BUSY;
    return sw_execution_tell(x, report);
}

seawall_status seawall_execution_fini(seawall_execution *x)
{
    if (x == NULL)
        return SEAWALL_INVALID;
    if (x->inside || (x->begun && !drained(x)))
        return SEAWALL_BUSY;
    x->begun = false;
    return SEAWALL_OK;
}
