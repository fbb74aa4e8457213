/* The blocking driver: what an operation sees, what it answers for, and who may not use it. */
#include <check.h>
#include <string.h>

#include "suite.h"
#include "toy.h"

#define FOREVER SEAWALL_FOREVER

/* A clock that parking moves on; what is parked on is remembered. */
static struct {
    seawall_time now;
    int64_t reads;
    int64_t parked;
    void (*while_parked)(const uint32_t *word);
} clock_state;

static seawall_time clock_now(void *user)
{
    (void)user;
    clock_state.reads++;
    return clock_state.now;
}

static void clock_park(const uint32_t *word, uint32_t expected, seawall_time until, void *user)
{
    (void)user;
    clock_state.parked++;
    if (__atomic_load_n(word, __ATOMIC_SEQ_CST) != expected)
        return;
    if (clock_state.while_parked != NULL) {
        clock_state.while_parked(word);
        return;
    }
    ck_assert_msg(until != FOREVER, "nobody parks for ever");
    clock_state.now = until > clock_state.now ? until : clock_state.now;
}

static void clock_wake(const uint32_t *word, void *user)
{
    (void)word, (void)user;
}

static const seawall_platform *platform(void)
{
    static seawall_platform p;

    memset(&clock_state, 0, sizeof(clock_state));
    ck_assert_int_eq(seawall_platform_init(&p, sizeof(p)), SEAWALL_OK);
    p.now = clock_now;
    p.park = clock_park;
    p.wake = clock_wake;
    return &p;
}

static seawall_pipeline *pipeline_of(toy *toys, const toy_config *configs, int32_t count)
{
    int32_t i;

    for (i = 0; i < count; i++)
        toy_init(&toys[i], &configs[i], NULL);
    return toy_pipeline(NULL, toys, count, platform());
}

static void close_pipeline(seawall_pipeline *pipeline, toy *toys, int32_t count)
{
    int32_t i;

    seawall_pipeline_destroy(pipeline);
    for (i = 0; i < count; i++) {
        const char *broken = toy_at_rest(&toys[i]);

        ck_assert_msg(broken == NULL, "%s", broken);
        toy_fini(&toys[i]);
    }
}

/* What an operation does, attempt by attempt, and what it saw. */
typedef struct act {
    seawall_fault faults[4];
    seawall_duration lasts;
    int64_t code;
    seawall_duration retry_after;
    int32_t calls;
    seawall_time deadline;
    seawall_duration remaining;
    bool cancelled_before, cancelled_after;
    int32_t alternative;
} act;

static seawall_fault operation(seawall_attempt *attempt, void *arg)
{
    act *a = arg;

    ck_assert_int_eq(seawall_attempt_number(attempt), a->calls + 1);
    a->deadline = seawall_attempt_deadline(attempt);
    a->remaining = seawall_attempt_remaining(attempt);
    a->cancelled_before = seawall_attempt_cancelled(attempt);
    a->alternative = seawall_attempt_alternative(attempt);
    clock_state.now += a->lasts;
    a->cancelled_after = seawall_attempt_cancelled(attempt);
    seawall_attempt_set_code(attempt, 1);
    seawall_attempt_set_code(attempt, a->code);
    seawall_attempt_set_retry_after(attempt, a->retry_after);
    return a->faults[a->calls++];
}

START_TEST(an_attempt_knows_its_deadline)
{
    toy toys[1];
    act a = {.lasts = 10};
    seawall_pipeline *pipeline = pipeline_of(toys, (toy_config[]){{.kind = TOY_CUT, .delay = 10}}, 1);

    ck_assert_int_eq(seawall_call(pipeline, operation, &a, NULL), SEAWALL_OK);
    ck_assert_int_eq(a.deadline, 10);
    ck_assert_int_eq(a.remaining, 10);
    ck_assert(!a.cancelled_before && a.cancelled_after);
    close_pipeline(pipeline, toys, 1);
}
END_TEST

START_TEST(an_attempt_without_a_deadline_reads_no_clock)
{
    act a = {.lasts = 10};
    seawall_pipeline *pipeline = pipeline_of(NULL, NULL, 0);

    ck_assert_int_eq(seawall_call(pipeline, operation, &a, NULL), SEAWALL_OK);
    ck_assert_int_eq(a.deadline, FOREVER);
    ck_assert_int_eq(a.remaining, FOREVER);
    ck_assert(!a.cancelled_after);
    ck_assert_int_eq(clock_state.reads, 0);
    seawall_pipeline_destroy(pipeline);
}
END_TEST

START_TEST(an_operation_may_be_called_directly)
{
    ck_assert_int_eq(seawall_attempt_number(NULL), 1);
    ck_assert_int_eq(seawall_attempt_alternative(NULL), 0);
    ck_assert_int_eq(seawall_attempt_deadline(NULL), FOREVER);
    ck_assert_int_eq(seawall_attempt_remaining(NULL), FOREVER);
    ck_assert(!seawall_attempt_cancelled(NULL));
    seawall_attempt_set_code(NULL, 5);
    seawall_attempt_set_retry_after(NULL, 5);
}
END_TEST

START_TEST(the_report_tells_how_it_went)
{
    toy toys[2];
    act a = {.faults = {SEAWALL_FAULT_SERVICE_UNAVAILABLE, SEAWALL_FAULT_INTERNAL, SEAWALL_FAULT_OTHER},
             .lasts = 3,
             .code = 503,
             .retry_after = 50};
    seawall_report report = SEAWALL_REPORT_INIT;
    seawall_pipeline *pipeline =
        pipeline_of(toys, (toy_config[]){{.kind = TOY_PLAIN}, {.kind = TOY_AGAIN, .count = 2, .delay = 20}}, 2);

    ck_assert_int_eq(seawall_call(pipeline, operation, &a, &report), SEAWALL_FAILED);
    ck_assert_int_eq(report.status, SEAWALL_FAILED);
    ck_assert_int_eq(report.fault, SEAWALL_FAULT_OTHER);
    ck_assert_int_eq(report.reason, SEAWALL_REASON_ATTEMPTS);
    ck_assert_int_eq(report.code, 503);
    ck_assert_int_eq(report.retry_after, 50);
    ck_assert_int_eq(report.elapsed, 109);
    ck_assert_int_eq(report.attempts, 3);
    ck_assert_int_eq(report.policy, -1);
    ck_assert_int_eq(report.first_fault, SEAWALL_FAULT_SERVICE_UNAVAILABLE);
    ck_assert_int_eq(report.last_fault, SEAWALL_FAULT_OTHER);
    ck_assert_int_eq(report.first_code, 503);
    ck_assert_int_eq(report.late, 0);
    ck_assert_uint_eq(report.size, sizeof(report));
    close_pipeline(pipeline, toys, 2);
}
END_TEST

START_TEST(a_kind_that_does_not_exist_is_other)
{
    static const seawall_fault faults[] = {-1, SEAWALL_FAULT_COUNT, INT32_MAX, INT32_MIN};
    seawall_report report = SEAWALL_REPORT_INIT;
    act a = {.faults = {faults[_i]}, .retry_after = -9};
    seawall_pipeline *pipeline = pipeline_of(NULL, NULL, 0);

    ck_assert_int_eq(seawall_call(pipeline, operation, &a, &report), SEAWALL_FAILED);
    ck_assert_int_eq(report.fault, SEAWALL_FAULT_OTHER);
    ck_assert_int_eq(report.retry_after, 0);
    seawall_pipeline_destroy(pipeline);
}
END_TEST

/* Every status that a machine can produce, as a blocking call returns it. */
static const struct status_row {
    toy_config toys[2];
    int32_t count;
    seawall_time deadline;
    seawall_fault fault;
    seawall_status status;
    int32_t policy;
    int32_t attempts;
} statuses[] = {
    {{{.kind = TOY_PLAIN}}, 1, FOREVER, SEAWALL_FAULT_NONE, SEAWALL_OK, -1, 1},
    {{{.kind = TOY_PLAIN}}, 1, FOREVER, SEAWALL_FAULT_CONFLICT, SEAWALL_FAILED, -1, 1},
    {{{.kind = TOY_SCRIPT, .script = (toy_says[]){{.answer = SEAWALL_REFUSE, .status = SEAWALL_OPEN}, {0}}}},
     1,
     FOREVER,
     0,
     SEAWALL_OPEN,
     0,
     0},
    {{{.kind = TOY_PLAIN}, {.kind = TOY_GATE}}, 2, FOREVER, 0, SEAWALL_FULL, 1, 0},
    {{{.kind = TOY_PLAIN}, {.kind = TOY_GATE, .waiting = 1, .delay = 10}}, 2, FOREVER, 0, SEAWALL_FULL, 1, 0},
    {{{.kind = TOY_LIMITED, .delay = 10}, {.kind = TOY_LIMITED, .delay = 10}}, 2, FOREVER, 0, SEAWALL_OK, -1, 1},
    {{{.kind = TOY_AGAIN, .count = 1}, {.kind = TOY_LIMITED, .delay = 10}},
     2,
     FOREVER,
     SEAWALL_FAULT_OTHER,
     SEAWALL_LIMITED,
     1,
     1},
    {{{.kind = TOY_CUT, .delay = 5}}, 1, FOREVER, 0, SEAWALL_TIMED_OUT, 0, 1},
    {{{.kind = TOY_CUT, .delay = 5}, {.kind = TOY_GATE, .waiting = 1, .delay = FOREVER}}, 2, FOREVER, 0, SEAWALL_TIMED_OUT, 0, 0},
    {{{.kind = TOY_PLAIN}}, 1, 5, 0, SEAWALL_TIMED_OUT, -1, 1},
    {{{.kind = TOY_PLAIN}}, 1, 0, 0, SEAWALL_TIMED_OUT, -1, 0},
    {{{.kind = TOY_GATE, .waiting = 1, .delay = FOREVER}}, 1, 5, 0, SEAWALL_TIMED_OUT, -1, 0},
    {{{.kind = TOY_CUT, .delay = 5, .status = SEAWALL_CANCELLED}}, 1, FOREVER, 0, SEAWALL_CANCELLED, 0, 1},
    {{{.kind = TOY_SCRIPT, .script = (toy_says[]){{.answer = 5}, {0}}}}, 1, FOREVER, 0, SEAWALL_INVALID, 0, 0},
    {{{.kind = TOY_SCRIPT, .script = (toy_says[]){{.answer = SEAWALL_REFUSE, .status = SEAWALL_NO_MEMORY}, {0}}}},
     1,
     FOREVER,
     0,
     SEAWALL_NO_MEMORY,
     0,
     0},
    {{{.kind = TOY_SCRIPT, .script = (toy_says[]){{.answer = SEAWALL_REFUSE, .bare = true}, {0}}}},
     1,
     FOREVER,
     0,
     SEAWALL_INVALID,
     0,
     0},
    {{{.kind = TOY_SCRIPT, .script = (toy_says[]){{.answer = SEAWALL_PROCEED}, {.answer = SEAWALL_REPLACE}, {0}}}},
     1,
     FOREVER,
     SEAWALL_FAULT_OTHER,
     SEAWALL_OK,
     -1,
     1},
    {{{.kind = TOY_SCRIPT, .script = (toy_says[]){{.answer = SEAWALL_PROCEED}, {.answer = SEAWALL_HOLD}, {0}}}},
     1,
     FOREVER,
     SEAWALL_FAULT_OTHER,
     SEAWALL_FAILED,
     -1,
     1},
    {{{.kind = TOY_SCRIPT, .script = (toy_says[]){{.answer = SEAWALL_PROCEED}, {.answer = SEAWALL_DIVERT}, {0}}}},
     1,
     FOREVER,
     SEAWALL_FAULT_OTHER,
     SEAWALL_FAILED,
     -1,
     1},
    {{{.kind = TOY_SCRIPT, .script = (toy_says[]){{.answer = SEAWALL_PROCEED}, {.answer = -1}, {0}}}},
     1,
     FOREVER,
     0,
     SEAWALL_OK,
     -1,
     1},
    {{{.kind = TOY_SCRIPT, .script = (toy_says[]){{.answer = SEAWALL_PROCEED, .by = -5}, {0}}}},
     1,
     FOREVER,
     0,
     SEAWALL_TIMED_OUT,
     -1,
     0},
    {{{.kind = TOY_SCRIPT, .script = (toy_says[]){{.answer = SEAWALL_WAIT, .at = -5}, {0}}}}, 1, FOREVER, 0, SEAWALL_OK, -1, 1},
    {{{.kind = TOY_PLAIN},
      {.kind = TOY_SCRIPT, .script = (toy_says[]){{.answer = SEAWALL_PROCEED}, {.answer = SEAWALL_AGAIN, .bare = true}, {0}}}},
     2,
     FOREVER,
     0,
     SEAWALL_OK,
     -1,
     2},
    {{{.kind = TOY_HEDGE, .width = 2}}, 1, FOREVER, 0, SEAWALL_UNSUPPORTED, 0, 0},
    {{{.kind = TOY_PLAIN}, {.kind = TOY_CUT, .detach = true}}, 2, FOREVER, 0, SEAWALL_UNSUPPORTED, 1, 0},
    {{{.kind = TOY_CUT, .detach = true}, {.kind = TOY_HEDGE, .width = 2}}, 2, FOREVER, 0, SEAWALL_UNSUPPORTED, 0, 0},
};

static void call_row(const struct status_row *row, bool tickless, bool reported)
{
    toy_config configs[2] = {row->toys[0], row->toys[1]};
    seawall_report report = SEAWALL_REPORT_INIT;
    act a = {.faults = {row->fault, row->fault}, .lasts = 7};
    seawall_pipeline *pipeline;
    toy toys[2];
    int32_t i;

    for (i = 0; i < row->count; i++)
        configs[i].tickless = tickless && configs[i].kind == TOY_SCRIPT;
    pipeline = pipeline_of(toys, configs, row->count);
    ck_assert_int_eq(seawall_call_until(pipeline, row->deadline, operation, &a, reported ? &report : NULL), row->status);
    ck_assert_int_eq(a.calls, row->attempts);
    if (reported) {
        ck_assert_int_eq(report.status, row->status);
        ck_assert_int_eq(report.policy, row->policy);
        ck_assert_int_eq(report.attempts, row->attempts);
        ck_assert_int_eq(report.fault == SEAWALL_FAULT_NONE,
                         row->status != SEAWALL_FAILED && row->status != SEAWALL_TIMED_OUT && row->status != SEAWALL_CANCELLED);
    }
    close_pipeline(pipeline, toys, row->count);
}

/* With a report and without, and with policies that may be ticked and those that may not: it goes the same way. */
START_TEST(every_status)
{
    int way;

    for (way = 0; way < 4; way++)
        call_row(&statuses[_i], (way & 1) != 0, (way & 2) != 0);
}
END_TEST

START_TEST(arguments_that_make_no_sense)
{
    act a = {{0}, 0, 0, 0, 0, 0, 0, false, false, 0};
    seawall_report report = SEAWALL_REPORT_INIT;
    seawall_pipeline *pipeline = pipeline_of(NULL, NULL, 0);

    ck_assert_int_eq(seawall_call(NULL, operation, &a, NULL), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_call(pipeline, NULL, &a, NULL), SEAWALL_INVALID);
    report.size = 8;
    report.attempts = 77;
    ck_assert_int_eq(seawall_call(pipeline, operation, &a, &report), SEAWALL_INVALID);
    ck_assert_int_eq(report.attempts, 77);
    ck_assert_int_eq(a.calls, 0);
    seawall_pipeline_destroy(pipeline);
}
END_TEST

START_TEST(the_alternatives_policy_is_named_as_well)
{
    toy hedge, divert;
    const seawall_platform *p = platform();
    seawall_pipeline *alternative, *pipeline;
    seawall_report report = SEAWALL_REPORT_INIT;
    act a = {.faults = {0}};

    toy_init(&hedge, &(toy_config){.kind = TOY_HEDGE, .width = 2}, NULL);
    alternative = toy_pipeline(NULL, &hedge, 1, p);
    toy_init(&divert, &(toy_config){.kind = TOY_DIVERT, .alternative = alternative}, NULL);
    pipeline = toy_pipeline(NULL, &divert, 1, p);
    seawall_pipeline_destroy(alternative);
    ck_assert_int_eq(seawall_call(pipeline, operation, &a, &report), SEAWALL_UNSUPPORTED);
    ck_assert_int_eq(report.policy, 1);
    seawall_pipeline_destroy(pipeline);
}
END_TEST

START_TEST(an_attempt_knows_its_alternative)
{
    toy toys[1];
    act a = {.faults = {SEAWALL_FAULT_OTHER}};
    seawall_pipeline *alternative, *pipeline;

    alternative = toy_pipeline(NULL, NULL, 0, platform());
    pipeline = pipeline_of(toys, (toy_config[]){{.kind = TOY_DIVERT, .alternative = alternative}}, 1);
    seawall_pipeline_destroy(alternative);
    ck_assert_int_eq(seawall_call(pipeline, operation, &a, NULL), SEAWALL_OK);
    ck_assert_int_eq(a.calls, 2);
    ck_assert_int_eq(a.alternative, 1);
    close_pipeline(pipeline, toys, 1);
}
END_TEST

static const seawall_pipeline *inner_pipeline;

static seawall_fault nested(seawall_attempt *attempt, void *arg)
{
    (void)attempt;
    return seawall_call(inner_pipeline, operation, arg, NULL) == SEAWALL_OK ? SEAWALL_FAULT_NONE : SEAWALL_FAULT_OTHER;
}

START_TEST(an_operation_may_make_guarded_calls_of_its_own)
{
    toy toys[2];
    act a = {.faults = {SEAWALL_FAULT_OTHER, SEAWALL_FAULT_NONE}, .lasts = 1};
    seawall_pipeline *pipeline =
        pipeline_of(toys, (toy_config[]){{.kind = TOY_AGAIN, .count = 1, .delay = 5}, {.kind = TOY_CUT, .delay = 100}}, 2);

    inner_pipeline = pipeline;
    ck_assert_int_eq(seawall_call(pipeline, nested, &a, NULL), SEAWALL_OK);
    ck_assert_int_eq(a.calls, 2);
    close_pipeline(pipeline, toys, 2);
}
END_TEST

static void never(const uint32_t *word)
{
    (void)word;
    ck_abort_msg("a wake was slept through");
}

/* Gives a permit back when the waiter has been told to wait for the `*left`th time, before it can park. */
static void give_back_at_the_worst_moment(toy *t, char verb, seawall_turn *turn, void *user)
{
    int *left = user;
    toy_frame holder = {.of.waiter.granted = true};

    (void)turn;
    if (verb == 'w' && --*left == 0)
        toy_gate.leave(t, &holder, NULL, NULL);
}

START_TEST(a_wake_before_parking_is_not_lost)
{
    int left = _i;
    toy gate[1];
    act a = {.faults = {0}};
    seawall_pipeline *pipeline = pipeline_of(gate,
                                             (toy_config[]){{.kind = TOY_GATE,
                                                             .count = 1,
                                                             .waiting = 1,
                                                             .delay = FOREVER,
                                                             .hook = give_back_at_the_worst_moment,
                                                             .hook_user = &left}},
                                             1);

    clock_state.while_parked = never;
    gate[0].held = 1;
    ck_assert_int_eq(seawall_call(pipeline, operation, &a, NULL), SEAWALL_OK);
    ck_assert_int_eq(a.calls, 1);
    ck_assert_int_eq(left, 0);
    close_pipeline(pipeline, gate, 1);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("call");

    tcase_add_test(tests, an_attempt_knows_its_deadline);
    tcase_add_test(tests, an_attempt_without_a_deadline_reads_no_clock);
    tcase_add_test(tests, an_operation_may_be_called_directly);
    tcase_add_test(tests, the_report_tells_how_it_went);
    tcase_add_loop_test(tests, a_kind_that_does_not_exist_is_other, 0, 4);
    tcase_add_loop_test(tests, every_status, 0, (int)(sizeof(statuses) / sizeof(statuses[0])));
    tcase_add_test(tests, arguments_that_make_no_sense);
    tcase_add_test(tests, the_alternatives_policy_is_named_as_well);
    tcase_add_test(tests, an_attempt_knows_its_alternative);
    tcase_add_test(tests, an_operation_may_make_guarded_calls_of_its_own);
    tcase_add_loop_test(tests, a_wake_before_parking_is_not_lost, 1, 3);
    return sw_test_run("unit/pipeline/call", tests);
}
