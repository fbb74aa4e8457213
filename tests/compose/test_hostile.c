/*
 * Policies that answer anything at all to any verb, under a host that calls anything at any time, with times from one end of
 * the clock to the other, and that is called back into while it is inside. Whatever they do: every frame ends once, the
 * books of the machine agree, and an execution that is cancelled and whose attempts have been reported is drained.
 */
#include <check.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"
#include "toy_walk.h"

#define POLICIES_MAX 6
#define MAGIC UINT64_C(0x5ea3a11)
#define ATTEMPTS_MAX 4096

typedef struct chaos {
    uint64_t dice;
    seawall_pipeline *pipeline, *inner, *innermost;
    seawall_execution *execution;
    int32_t frames;  /* begun and not ended */
    int32_t waiting; /* of these, whose last answer was to wait */
    int32_t inside;  /* calls into the machine under way */
    int32_t budget;  /* verbs that may still be asked in this call */
    const char *broken;
    seawall_time now;
    seawall_time latest; /* the latest one that the execution was told */
    uint64_t started[ATTEMPTS_MAX];
    int32_t running;
} chaos;

typedef struct mask {
    uint64_t magic;
    bool diverted;
    bool waits;
    unsigned char filling[];
} mask;

static chaos c;

static uint64_t throw_dice(uint64_t sides)
{
    return sw_test_next(&c.dice) % sides;
}

static void broken(const char *promise)
{
    if (c.broken == NULL)
        c.broken = promise;
}

static seawall_time some_time(void)
{
    static const seawall_time ends[] = {INT64_MIN, INT64_MIN + 1, INT64_MIN + 2, -1,       0,
                                        1,         INT64_MAX - 2, INT64_MAX - 1, INT64_MAX};

    switch (throw_dice(200)) {
    case 0:
        return ends[throw_dice(9)];
    case 1:
    case 2:
        return c.now;
    case 3:
    case 4:
        return seawall_time_add(c.now, -(seawall_duration)throw_dice(100));
    default:
        return seawall_time_add(c.now, (seawall_duration)throw_dice(100));
    }
}

static seawall_time before_the_end(seawall_time t)
{
    return t < SEAWALL_FOREVER ? t : SEAWALL_FOREVER - 1;
}

/* The host's functions, called from where they must not be. */
static void call_back_in(void)
{
    seawall_result result = {0};
    seawall_step step;

    if (throw_dice(8) != 0)
        return;
    if (seawall_execution_next_at(c.execution, c.now, &step) != SEAWALL_BUSY)
        broken("next inside is busy");
    if (seawall_execution_report_at(c.execution, 1, &result, c.now) != SEAWALL_BUSY)
        broken("report inside is busy");
    if (seawall_execution_disown_at(c.execution, 1, c.now) != SEAWALL_BUSY)
        broken("disown inside is busy");
    if (seawall_execution_cancel_at(c.execution, c.now) != SEAWALL_BUSY)
        broken("cancel inside is busy");
    if (seawall_execution_begin_at(c.execution, c.now, c.now) != SEAWALL_BUSY)
        broken("begin inside is busy");
    if (seawall_execution_fini(c.execution) != SEAWALL_BUSY)
        broken("fini inside is busy");
}

static void listen(const seawall_event *event, void *user)
{
    (void)event;
    (void)user;
    call_back_in();
}

/* Details that may or may not belong to the answer. */
static void details(seawall_turn *turn)
{
    call_back_in();
    (void)seawall_turn_now(turn);
    (void)seawall_turn_deadline(turn);
    (void)seawall_turn_diverted(turn);
    if (seawall_turn_inner(turn) < 0)
        broken("no fewer inner runs than none");
    if (throw_dice(3) == 0)
        seawall_turn_tick_at(turn, some_time());
    if (throw_dice(16) == 0)
        (void)seawall_turn_wait(turn, some_time());
    if (throw_dice(16) == 0)
        (void)seawall_turn_again(turn, some_time());
    if (throw_dice(16) == 0)
        (void)seawall_turn_refuse(turn, (seawall_status)throw_dice(12), some_time());
    if (throw_dice(16) == 0)
        seawall_turn_emit(turn, (seawall_event_kind)throw_dice(12), some_time(), SEAWALL_FAULT_OTHER, 0);
}

/* Nobody may be asked without end inside one call. */
static bool spent(void)
{
    if (--c.budget == -1)
        broken("one call comes to an end");
    return c.budget < 0;
}

static void must_live(const mask *m)
{
    if (m->magic != MAGIC)
        broken("only frames that live are asked");
}

static void set_waiting(mask *m, bool waits)
{
    c.waiting += waits - m->waits;
    m->waits = waits;
}

static void end(mask *m)
{
    must_live(m);
    set_waiting(m, false);
    m->magic = 0;
    c.frames--;
}

static seawall_answer enter(void *frame, seawall_turn *turn, void *self)
{
    mask *m = frame;

    (void)self;
    if (m->magic == 0)
        c.frames++;
    else
        must_live(m);
    m->magic = MAGIC;
    m->diverted = false;
    set_waiting(m, false);
    details(turn);
    if (throw_dice(12) == 0)
        seawall_turn_shorten(turn, some_time());
    if (spent())
        return SEAWALL_PROCEED;
    switch (throw_dice(20)) {
    case 0:
    case 4:
        set_waiting(m, true);
        return seawall_turn_wait(turn, some_time());
    case 1:
        set_waiting(m, true);
        return SEAWALL_WAIT;
    case 2:
        end(m);
        return seawall_turn_refuse(turn, (seawall_status)throw_dice(14), some_time());
    case 3:
        end(m);
        return throw_dice(2) == 0 ? SEAWALL_REFUSE : (seawall_answer)(throw_dice(3) + 13);
    default:
        return SEAWALL_PROCEED;
    }
}

static void disturb(seawall_outcome *outcome)
{
    if (throw_dice(3) != 0)
        return;
    outcome->status = (seawall_status)throw_dice(14);
    outcome->fault = (seawall_fault)throw_dice(SEAWALL_FAULT_COUNT);
    outcome->attempts = -7;
}

/* Ends the frame unless it may go on, which only the machine knows: `inner` says whether others run. */
static seawall_answer leave(void *frame, seawall_turn *turn, seawall_outcome *outcome, void *self)
{
    mask *m = frame;
    bool others = seawall_turn_inner(turn) > 0;
    bool diverts = self != NULL && !m->diverted;

    must_live(m);
    details(turn);
    disturb(outcome);
    if (!spent()) {
        switch (throw_dice(6)) {
        case 0:
            if (others)
                return SEAWALL_HOLD;
            break;
        case 1:
        case 2:
            /* An instant given for something else would be taken for this one. */
            return seawall_turn_again(turn, before_the_end(some_time()));
        case 3:
            if (others)
                return SEAWALL_HOLD;
            if (diverts) {
                m->diverted = true;
                return SEAWALL_DIVERT;
            }
            break;
        default:
            break;
        }
    }
    end(m);
    return throw_dice(2) == 0 ? SEAWALL_PASS : SEAWALL_REPLACE;
}

static seawall_answer tick(void *frame, seawall_turn *turn, seawall_outcome *outcome, void *self)
{
    mask *m = frame;

    (void)self;
    must_live(m);
    details(turn);
    disturb(outcome);
    if (spent())
        return SEAWALL_KEEP;
    switch (throw_dice(6)) {
    case 0:
        end(m);
        return SEAWALL_CUT_JOIN;
    case 1:
        end(m);
        return SEAWALL_CUT_DETACH;
    case 2:
    case 3:
        return SEAWALL_FORK;
    default:
        return SEAWALL_KEEP;
    }
}

static void drop(void *frame, seawall_turn *turn, const seawall_outcome *outcome, void *self)
{
    (void)outcome;
    (void)self;
    details(turn);
    end(frame);
}

static seawall_pipeline *make(const seawall_pipeline *alternative, int32_t most)
{
    seawall_policy made[POLICIES_MAX];
    const seawall_policy *policies[POLICIES_MAX];
    seawall_pipeline_config config = SEAWALL_PIPELINE_CONFIG_INIT;
    int32_t count = (int32_t)(1 + throw_dice((uint64_t)most));
    seawall_pipeline *pipeline = NULL;
    int32_t i;

    for (i = 0; i < count; i++) {
        made[i] = (seawall_policy)SEAWALL_POLICY_INIT;
        made[i].enter = enter;
        made[i].leave = leave;
        made[i].tick = throw_dice(3) != 0 ? tick : NULL;
        made[i].drop = drop;
        made[i].frame_size = (uint32_t)(sizeof(mask) + throw_dice(SEAWALL_FRAME_SIZE_MAX - sizeof(mask) + 1));
        made[i].width = throw_dice(3) != 0 ? 1 : (int32_t)(1 + throw_dice(3));
        made[i].flags = throw_dice(2) == 0 ? SEAWALL_POLICY_DETACHES : 0;
        made[i].alternative = alternative != NULL && throw_dice(2) == 0 ? alternative : NULL;
        made[i].self = made[i].alternative != NULL ? &c : NULL;
        policies[i] = &made[i];
    }
    if (throw_dice(3) != 0)
        config.late = (int32_t)throw_dice(3);
    if (throw_dice(2) == 0)
        config.listener = listen;
    /* The widths may multiply to too many runs. */
    if (seawall_pipeline_create(&config, policies, count, NULL, &pipeline, NULL) != SEAWALL_OK)
        return make(alternative, most);
    return pipeline;
}

/* After every call that told the time. */
static void look(bool settled)
{
    const char *wrong = toy_walk(c.execution, settled);

    c.latest = c.now > c.latest ? c.now : c.latest;
    if (wrong != NULL)
        broken(wrong);
}

static void step_on(void)
{
    seawall_step step;

    if (seawall_execution_next_at(c.execution, c.now, &step) != SEAWALL_OK)
        broken("next answers");
    if (step.kind == SEAWALL_STEP_START) {
        if (c.running == ATTEMPTS_MAX)
            broken("there is an end to attempts");
        else
            c.started[c.running++] = step.id;
    }
    look(step.kind == SEAWALL_STEP_WAIT);
    if (step.kind == SEAWALL_STEP_WAIT && step.until <= c.latest && c.latest != SEAWALL_FOREVER)
        broken("wait says a later time");
    if (step.kind == SEAWALL_STEP_WAIT && step.until == SEAWALL_FOREVER && c.latest < SEAWALL_FOREVER - 1000 &&
        c.running + c.waiting == 0)
        broken("nobody waits for ever for nothing");
}

static void end_one(int32_t which)
{
    seawall_result result = {.fault = (seawall_fault)throw_dice(SEAWALL_FAULT_COUNT), .code = 5, .retry_after = some_time()};
    uint64_t id = c.started[which];
    seawall_status status;

    c.started[which] = c.started[--c.running];
    if (throw_dice(8) == 0)
        status = seawall_execution_disown_at(c.execution, id, c.now);
    else
        status = seawall_execution_report_at(c.execution, id, &result, c.now);
    if (status != SEAWALL_OK)
        broken("a started attempt can be reported");
    if (seawall_execution_report_at(c.execution, id, &result, c.now) != SEAWALL_INVALID)
        broken("but once");
    look(false);
}

static void anything(void)
{
    c.budget = 20000;
    switch (throw_dice(12)) {
    case 0:
    case 1:
    case 2:
        c.now = some_time();
        break;
    case 3:
    case 4:
    case 5:
        if (c.running > 0)
            end_one((int32_t)throw_dice((uint64_t)c.running));
        break;
    case 6:
        if (throw_dice(16) != 0)
            break;
        if (seawall_execution_cancel_at(c.execution, c.now) != SEAWALL_OK)
            broken("cancel answers");
        look(false);
        break;
    case 7:
        if (seawall_execution_fini(c.execution) == SEAWALL_OK && c.running > 0)
            broken("fini before drained is busy");
        break;
    default:
        step_on();
        break;
    }
}

/* Cancels, and reports what runs. */
static void wind_up(void)
{
    seawall_step step = {0};

    c.budget = 20000;
    if (seawall_execution_cancel_at(c.execution, c.now) != SEAWALL_OK)
        broken("cancel answers");
    while (c.running > 0 && c.broken == NULL)
        end_one(0);
    while (step.kind != SEAWALL_STEP_DRAINED && c.broken == NULL) {
        if (seawall_execution_next_at(c.execution, c.now, &step) != SEAWALL_OK || step.kind == SEAWALL_STEP_START ||
            step.kind == SEAWALL_STEP_WAIT)
            broken("what is cancelled and reported is drained");
    }
    if (c.frames != 0)
        broken("every frame ends once");
}

static void run_one(uint64_t seed)
{
    size_t size;
    void *storage;
    int32_t lives, i;

    c = (chaos){.dice = seed};
    c.innermost = make(NULL, 2);
    c.inner = make(c.innermost, 2);
    c.pipeline = make(c.inner, 4);
    size = seawall_execution_size(c.pipeline);
    storage = aligned_alloc(SEAWALL_EXECUTION_ALIGNMENT, size);
    ck_assert_ptr_nonnull(storage);
    memset(storage, 0xa5, size);
    ck_assert_int_eq(seawall_execution_init(storage, size, c.pipeline, NULL, &c.execution), SEAWALL_OK);
    for (lives = 0; lives < 3 && c.broken == NULL; lives++) {
        c.budget = 20000;
        c.now = some_time();
        c.latest = INT64_MIN;
        if (seawall_execution_begin_at(c.execution, c.now, throw_dice(4) != 0 ? SEAWALL_FOREVER : some_time()) != SEAWALL_OK)
            broken("what is drained can begin again");
        look(false);
        for (i = 0; i < 200 && c.broken == NULL; i++) {
            if (throw_dice(4) == 0)
                c.now = seawall_time_add(c.now, 1);
            anything();
            if (seawall_execution_fini(c.execution) == SEAWALL_OK)
                break;
        }
        if (i == 200 && c.broken == NULL)
            wind_up();
        if (c.broken == NULL && seawall_execution_fini(c.execution) != SEAWALL_OK)
            broken("what is drained is done with");
        if (c.frames != 0)
            broken("every frame ends once");
    }
    free(storage);
    seawall_pipeline_destroy(c.pipeline);
    seawall_pipeline_destroy(c.inner);
    seawall_pipeline_destroy(c.innermost);
    ck_assert_msg(c.broken == NULL, "seed %llu: %s", (unsigned long long)seed, c.broken);
}

START_TEST(whatever_they_answer)
{
    uint64_t seed = sw_test_seed();
    int64_t i, count = sw_test_count(20000, 300000);

    for (i = 0; i < count; i++)
        run_one(seed + (uint64_t)i);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("compose/hostile");
    TCase *tests = tcase_create("hostile");
    SRunner *runner = srunner_create(suite);
    int failed;

    suite_add_tcase(suite, tests);
    tcase_set_timeout(tests, 600);
    tcase_add_test(tests, whatever_they_answer);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
