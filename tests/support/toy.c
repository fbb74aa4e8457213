/* What all toys have in common: the verbs' outer side, with its notes and its book-keeping. */
#include "toy.h"

#include <check.h>
#include <string.h>

static const toy_verbs plain = {"plain", NULL, NULL, NULL, NULL};

static const toy_verbs *const kinds[] = {&plain,   &toy_gate,   &toy_limited,  &toy_again, &toy_hedge,
                                         &toy_cut, &toy_divert, &toy_nonsense, &toy_script};

static toy_notes *notes_of(const toy *t)
{
    return t->notes != NULL ? *t->notes : NULL;
}

static const char *name_of(const toy *t)
{
    return t->config.name != NULL ? t->config.name : kinds[t->config.kind]->name;
}

void toy_break(toy *t, const char *promise)
{
    pthread_mutex_lock(&t->lock);
    if (t->broken == NULL)
        t->broken = promise;
    pthread_mutex_unlock(&t->lock);
}

static void count(toy *t, int begun, int ended)
{
    pthread_mutex_lock(&t->lock);
    t->begun += begun;
    t->ended += ended;
    pthread_mutex_unlock(&t->lock);
}

static void end(toy *t, toy_frame *f)
{
    f->ended = true;
    count(t, 0, 1);
}

static void look_at(toy *t, const toy_frame *f)
{
    static const toy_frame zero;

    if (!f->began && memcmp(f, &zero, sizeof(zero)) != 0)
        toy_break(t, "a frame is zeroed before enter");
    if (f->ended)
        toy_break(t, "no verb comes after the end of its frame");
}

static void hook(toy *t, char verb, seawall_turn *turn)
{
    if (t->config.hook != NULL)
        t->config.hook(t, verb, turn, t->config.hook_user);
}

/* Says it to the machine. */
static seawall_answer speak(toy_frame *f, seawall_turn *turn, const toy_says *says)
{
    if (says->by != 0)
        seawall_turn_shorten(turn, says->by);
    if (says->tick != 0) {
        seawall_turn_tick_at(turn, says->tick);
        f->asked = says->tick;
    }
    if (says->bare)
        return says->answer;
    switch (says->answer) {
    case SEAWALL_WAIT:
        return seawall_turn_wait(turn, says->at);
    case SEAWALL_REFUSE:
        return seawall_turn_refuse(turn, says->status, says->retry_after);
    case SEAWALL_AGAIN:
        return seawall_turn_again(turn, says->at);
    default:
        return says->answer;
    }
}

static const char *answer_name(seawall_answer answer)
{
    static const struct {
        seawall_answer answer;
        const char *name;
    } names[] = {{SEAWALL_PROCEED, "proceed"}, {SEAWALL_WAIT, "wait"},         {SEAWALL_REFUSE, "refuse"},
                 {SEAWALL_PASS, "pass"},       {SEAWALL_REPLACE, "replace"},   {SEAWALL_AGAIN, "again"},
                 {SEAWALL_HOLD, "hold"},       {SEAWALL_DIVERT, "divert"},     {SEAWALL_KEEP, "keep"},
                 {SEAWALL_FORK, "fork"},       {SEAWALL_CUT_JOIN, "cut_join"}, {SEAWALL_CUT_DETACH, "cut_detach"}};
    size_t i;

    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (names[i].answer == answer)
            return names[i].name;
    }
    return "nonsense";
}

static void note_answer(toy *t, const toy_says *says)
{
    toy_notes *notes = notes_of(t);

    toy_note(notes, " >%s", answer_name(says->answer));
    if (!says->bare && says->answer == SEAWALL_REFUSE) {
        toy_note(notes, " %s", seawall_status_name(says->status));
        if (says->retry_after != 0)
            toy_note(notes, " after %lld", (long long)says->retry_after);
    }
    if (!says->bare && (says->answer == SEAWALL_WAIT || says->answer == SEAWALL_AGAIN))
        toy_note_time(notes, " ", says->at);
    if (says->tick != 0)
        toy_note_time(notes, " tick ", says->tick);
    if (says->by != 0)
        toy_note_time(notes, " by ", says->by);
    toy_note(notes, "\n");
}

static void enter_counts(toy *t, toy_frame *f, bool refused)
{
    if (!refused && !f->began)
        count(t, 1, 0);
    if (refused && f->began)
        count(t, -1, 0);
    f->began = true;
    f->ended = refused;
}

static seawall_answer enter(void *frame, seawall_turn *turn, void *self)
{
    toy *t = self;
    toy_frame *f = frame;
    const toy_verbs *verbs = kinds[t->config.kind];
    toy_says says = {.answer = SEAWALL_PROCEED};
    toy_asked asked = {.turn = turn, .now = seawall_turn_now(turn)};

    look_at(t, f);
    hook(t, 'e', turn);
    if (verbs->enter != NULL)
        verbs->enter(t, f, &asked, &says);
    enter_counts(t, f, says.answer != SEAWALL_PROCEED && says.answer != SEAWALL_WAIT);
    if (says.answer != SEAWALL_WAIT || !f->noted_wait) {
        toy_note(notes_of(t), "%s enter@%lld", name_of(t), (long long)asked.now);
        note_answer(t, &says);
    }
    f->noted_wait = says.answer == SEAWALL_WAIT;
    if (f->noted_wait)
        hook(t, 'w', turn);
    return speak(f, turn, &says);
}

/* Whether leave's answer ends the frame, by the contract. */
static bool ends(const toy *t, toy_frame *f, seawall_answer answer, int32_t others)
{
    switch (answer) {
    case SEAWALL_AGAIN:
        return false;
    case SEAWALL_HOLD:
        return others == 0;
    case SEAWALL_DIVERT:
        if (t->policy.alternative == NULL || f->diverted)
            return true;
        f->diverted = others == 0;
        return false;
    default:
        return true;
    }
}

static seawall_answer leave(void *frame, seawall_turn *turn, seawall_outcome *outcome, void *self)
{
    toy *t = self;
    toy_frame *f = frame;
    const toy_verbs *verbs = kinds[t->config.kind];
    toy_says says = {.answer = SEAWALL_PASS};
    toy_asked asked = {turn, seawall_turn_now(turn), outcome, seawall_turn_inner(turn), seawall_turn_diverted(turn)};

    look_at(t, f);
    hook(t, 'l', turn);
    toy_note(notes_of(t), "%s leave@%lld ", name_of(t), (long long)asked.now);
    toy_note_outcome(notes_of(t), outcome);
    if (asked.inner != 0)
        toy_note(notes_of(t), " inner %d", (int)asked.inner);
    if (asked.diverted)
        toy_note(notes_of(t), " diverted");
    if (verbs->leave != NULL)
        verbs->leave(t, f, &asked, &says);
    note_answer(t, &says);
    if (ends(t, f, says.answer, asked.inner))
        end(t, f);
    return speak(f, turn, &says);
}

static seawall_answer tick(void *frame, seawall_turn *turn, seawall_outcome *outcome, void *self)
{
    toy *t = self;
    toy_frame *f = frame;
    const toy_verbs *verbs = kinds[t->config.kind];
    toy_says says = {.answer = SEAWALL_KEEP};
    toy_asked asked = {turn, seawall_turn_now(turn), outcome, seawall_turn_inner(turn), seawall_turn_diverted(turn)};

    look_at(t, f);
    hook(t, 't', turn);
    if (asked.now < f->asked)
        toy_break(t, "no tick comes early");
    toy_note(notes_of(t), "%s tick@%lld", name_of(t), (long long)f->asked);
    if (verbs->tick != NULL)
        verbs->tick(t, f, &asked, &says);
    note_answer(t, &says);
    if (says.answer == SEAWALL_CUT_JOIN || says.answer == SEAWALL_CUT_DETACH)
        end(t, f);
    return speak(f, turn, &says);
}

static void drop(void *frame, seawall_turn *turn, const seawall_outcome *outcome, void *self)
{
    toy *t = self;
    toy_frame *f = frame;
    const toy_verbs *verbs = kinds[t->config.kind];
    seawall_outcome copy = *outcome;
    toy_asked asked = {turn, seawall_turn_now(turn), &copy, seawall_turn_inner(turn), seawall_turn_diverted(turn)};
    seawall_cause cause = seawall_turn_cause(turn);

    look_at(t, f);
    hook(t, 'd', turn);
    if ((cause == SEAWALL_CAUSE_DEADLINE) != (outcome->status == SEAWALL_TIMED_OUT))
        toy_break(t, "a drop's outcome says timed out or cancelled, by the cause");
    toy_note(notes_of(t), "%s drop@%lld ", name_of(t), (long long)asked.now);
    toy_note_outcome(notes_of(t), outcome);
    toy_note(notes_of(t), "\n");
    if (verbs->drop != NULL)
        verbs->drop(t, f, &asked);
    end(t, f);
}

static void retain(void *self)
{
    toy *t = self;

    t->references++;
}

static void release(void *self)
{
    toy *t = self;

    t->references--;
}

/* A pipeline of policies that are never ticked may be treated differently, so a toy that needs no tick has none. */
static bool ticks(const toy_config *config)
{
    return kinds[config->kind]->tick != NULL && (config->kind != TOY_NONSENSE || config->ticking) && !config->tickless;
}

void toy_init(toy *t, const toy_config *config, toy_notes **notes)
{
    seawall_policy policy = SEAWALL_POLICY_INIT;

    *t = (toy){.config = *config, .notes = notes};
    pthread_mutex_init(&t->lock, NULL);
    policy.name = name_of(t);
    policy.flags = config->detach ? SEAWALL_POLICY_DETACHES : 0;
    policy.frame_size = sizeof(toy_frame);
    policy.width = config->width > 0 ? config->width : 1;
    policy.enter = enter;
    policy.leave = leave;
    policy.tick = ticks(config) ? tick : NULL;
    policy.drop = config->dropless ? NULL : drop;
    policy.retain = retain;
    policy.release = release;
    policy.alternative = config->alternative;
    policy.self = t;
    t->policy = policy;
}

void toy_fini(toy *t)
{
    pthread_mutex_destroy(&t->lock);
}

const char *toy_at_rest(toy *t)
{
    if (t->broken != NULL)
        return t->broken;
    if (t->begun != t->ended)
        return "every frame whose enter did not refuse ends exactly once";
    if (t->held != 0 || t->first != NULL || t->queued != 0)
        return "a gate at rest holds nothing";
    return NULL;
}

seawall_pipeline *toy_pipeline(const seawall_pipeline_config *config, const toy *toys, int32_t count,
                               const seawall_platform *platform)
{
    const seawall_policy *policies[SEAWALL_PIPELINE_POLICIES_MAX];
    seawall_pipeline *pipeline = NULL;
    seawall_error error = {0};
    int32_t i;

    ck_assert_int_le(count, SEAWALL_PIPELINE_POLICIES_MAX);
    for (i = 0; i < count; i++)
        policies[i] = &toys[i].policy;
    ck_assert_msg(seawall_pipeline_create(config, policies, count, platform, &pipeline, &error) == SEAWALL_OK, "%s",
                  error.message);
    return pipeline;
}
