/* The hedge's verbs. */
#include "base/field.h"
#include "policy/hedge/hedge_object.h"

#define RUNS_MAX 16
#define ALL_RUNS UINT32_MAX

typedef struct hedge_frame {
    seawall_outcome best; /* of the runs that have ended */
    seawall_duration delay;
    seawall_time began[RUNS_MAX];
    int32_t attempts; /* of all runs, when they were last looked at */
    uint32_t idle;    /* a bit for each extra run that has certainly begun none of them */
    int16_t hedges;   /* extra runs so far */
    uint8_t rank;     /* of the best; 0: none has ended */
    bool first_over;  /* the first run has ended */
} hedge_frame;

_Static_assert(sizeof(hedge_frame) <= SEAWALL_FRAME_SIZE_MAX, "a frame holds the beginnings of all runs");

static seawall_answer enter(void *storage, seawall_turn *turn, void *self)
{
    seawall_hedge *hedge = self;
    hedge_frame *frame = storage;

    frame->began[0] = seawall_turn_now(turn);
    sw_budget_look(&hedge->own, frame->began[0]);
    seawall_retry_budget_begin(&hedge->own);
    frame->delay = sw_hedge_delay_at(hedge, frame->began[0]);
    seawall_turn_tick_at(turn, seawall_time_add(frame->began[0], frame->delay));
    return SEAWALL_PROCEED;
}

static uint32_t bit_of(int32_t run)
{
    return UINT32_C(1) << run;
}

/* Of the idle ones, these are worth what they were charged. */
static void have_started(seawall_hedge *hedge, hedge_frame *frame, uint32_t runs)
{
    uint32_t left;

    for (left = frame->idle & runs; left != 0; left &= left - 1)
        sw_hedge_count(hedge, SW_HEDGE_STARTED);
    frame->idle &= ~runs;
}

/* An attempt that has begun since the last look may be any run's. */
static void look_at_attempts(seawall_hedge *hedge, hedge_frame *frame, int32_t attempts)
{
    if (attempts != frame->attempts)
        have_started(hedge, frame, ALL_RUNS);
    frame->attempts = attempts;
}

/* Of the idle ones, these will begin no attempt any more: what they were charged is given back. */
static void give_back(seawall_hedge *hedge, hedge_frame *frame, uint32_t runs)
{
    int32_t run;

    for (run = 1; run <= frame->hedges; run++) {
        if ((frame->idle & runs & bit_of(run)) != 0)
            sw_hedge_refund(hedge, frame->began[run]);
    }
    frame->idle &= ~runs;
}

/* Whether one more may begin now; what is in the way is counted. */
static bool allowed(seawall_hedge *hedge, seawall_turn *turn, seawall_time now)
{
    if (!seawall_turn_can_fork(turn)) {
        sw_hedge_count(hedge, SW_HEDGE_WITHOUT_ROOM);
        return false;
    }
    if (!sw_hedge_charge(hedge, now)) {
        sw_hedge_count(hedge, SW_HEDGE_OVER_BUDGET);
        return false;
    }
    return true;
}

static seawall_answer tick(void *storage, seawall_turn *turn, seawall_outcome *outcome, void *self)
{
    seawall_hedge *hedge = self;
    hedge_frame *frame = storage;
    seawall_time now = seawall_turn_now(turn);

    look_at_attempts(hedge, frame, outcome->attempts);
    if (!allowed(hedge, turn, now))
        return SEAWALL_KEEP;
    frame->hedges++;
    frame->began[frame->hedges] = now;
    frame->idle |= bit_of(frame->hedges);
    seawall_turn_emit(turn, SEAWALL_EVENT_HEDGE_STARTED, seawall_time_until(now, frame->began[0]), SEAWALL_FAULT_NONE,
                      SEAWALL_REASON_NONE);
    if (frame->hedges < hedge->max_hedges)
        seawall_turn_tick_at(turn, seawall_time_add(now, frame->delay));
    return SEAWALL_FORK;
}

/*
 * What a pass teaches the delay is how long its first run took: without those that lost to another, slow ones would seem rare. Of
 * them it is only said that they took longer than the delay. How long they had been running by then, the other's time included,
 * would teach each pass to wait that much longer than the one before.
 */
static seawall_duration lesson(const hedge_frame *frame, int32_t run, seawall_duration took)
{
    return run == 0 || frame->first_over ? took : seawall_time_add(frame->delay, 1);
}

/* The race is over: which run was it? */
static void decided(seawall_hedge *hedge, hedge_frame *frame, seawall_turn *turn)
{
    int32_t run = seawall_turn_run(turn);
    seawall_time now = seawall_turn_now(turn);
    seawall_duration took = seawall_time_until(now, frame->began[run]);

    sw_histogram_record(&hedge->history, took);
    sw_hedge_learn(hedge, now, lesson(frame, run, took));
    if (frame->hedges == 0)
        return;
    if (run > 0) {
        have_started(hedge, frame, bit_of(run)); /* what needed no attempt to win was no less of a run */
        sw_hedge_count(hedge, SW_HEDGE_WON);
    }
    seawall_turn_emit(turn, run > 0 ? SEAWALL_EVENT_HEDGE_WON : SEAWALL_EVENT_HEDGE_LOST,
                      seawall_time_until(now, frame->began[0]), SEAWALL_FAULT_NONE, SEAWALL_REASON_NONE);
}

static seawall_answer leave(void *storage, seawall_turn *turn, seawall_outcome *outcome, void *self)
{
    seawall_hedge *hedge = self;
    hedge_frame *frame = storage;
    sw_hedge_rules rules;
    uint8_t rank;

    look_at_attempts(hedge, frame, outcome->attempts);
    if (outcome->status == SEAWALL_OK)
        decided(hedge, frame, turn);
    sw_hedge_rules_read(hedge, &rules);
    if (sw_hedge_ends_all(&rules, outcome)) {
        give_back(hedge, frame, ALL_RUNS);
        return SEAWALL_PASS;
    }
    give_back(hedge, frame, bit_of(seawall_turn_run(turn)));
    rank = sw_hedge_rank(outcome, seawall_turn_run_attempts(turn));
    if (rank > frame->rank) {
        frame->best = *outcome;
        frame->rank = rank;
    }
    frame->first_over |= seawall_turn_run(turn) == 0;
    if (seawall_turn_inner(turn) > 0)
        return SEAWALL_HOLD;
    *outcome = frame->best;
    return SEAWALL_REPLACE;
}

static void drop(void *storage, seawall_turn *turn, const seawall_outcome *outcome, void *self)
{
    (void)turn;
    look_at_attempts(self, storage, outcome->attempts);
    give_back(self, storage, ALL_RUNS);
}

static void retain(void *self)
{
    seawall_hedge *hedge = self;

    (void)sw_add_u32(&hedge->references, 1);
}

static void release(void *self)
{
    seawall_hedge_destroy(self);
}

seawall_status seawall_hedge_policy(seawall_hedge *hedge, const char *name, seawall_policy *policy)
{
    seawall_policy full = SEAWALL_POLICY_INIT;

    if (hedge == NULL || policy == NULL)
        return SEAWALL_INVALID;
    full.name = name;
    full.platform = hedge->platform;
    full.frame_size = sizeof(hedge_frame);
    full.width = hedge->max_hedges + 1;
    full.enter = enter;
    full.leave = leave;
    full.tick = tick;
    full.drop = drop;
    full.retain = retain;
    full.release = release;
    full.self = hedge;
    return SW_GIVE(full, write_timeout, policy);
}
