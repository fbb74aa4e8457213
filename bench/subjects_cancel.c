#include "subjects.h"

static void expect(subjects *s, bool right)
{
    if (!right)
        s->wrong++;
}

static void nothing(void *user)
{
    (void)user;
}

static seawall_fault empty(seawall_attempt *attempt, void *arg)
{
    (void)attempt;
    (void)arg;
    return SEAWALL_FAULT_NONE;
}

/* Asks for its token and adds a hook to it, as one does that can be interrupted. */
static seawall_fault interruptible(seawall_attempt *attempt, void *arg)
{
    seawall_cancel_hook hook = SEAWALL_CANCEL_HOOK_INIT;
    seawall_cancel *cancel;

    (void)arg;
    if (seawall_attempt_token(attempt, &cancel) != SEAWALL_OK ||
        seawall_cancel_add_hook(cancel, &hook, nothing, NULL) != SEAWALL_OK)
        return SEAWALL_FAULT_OTHER;
    return seawall_cancel_remove_hook(cancel, &hook) == SEAWALL_OK ? SEAWALL_FAULT_NONE : SEAWALL_FAULT_OTHER;
}

void subject_cancel_asked(void *state, uint64_t count)
{
    subjects *s = state;

    while (count-- > 0)
        expect(s, !seawall_cancel_is_cancelled(s->cancel));
}

void subject_cancel_hook(void *state, uint64_t count)
{
    seawall_cancel_hook hook = SEAWALL_CANCEL_HOOK_INIT;
    subjects *s = state;

    while (count-- > 0) {
        expect(s, seawall_cancel_add_hook(s->cancel, &hook, nothing, NULL) == SEAWALL_OK);
        expect(s, seawall_cancel_remove_hook(s->cancel, &hook) == SEAWALL_OK);
    }
}

static void call(subjects *s, seawall_operation_fn operation, uint64_t count)
{
    seawall_call_options options = SEAWALL_CALL_OPTIONS_INIT;

    options.cancel = s->cancel;
    while (count-- > 0)
        expect(s, seawall_call_with(s->three, &options, operation, NULL, NULL) == SEAWALL_OK);
}

void subject_cancel_call(void *state, uint64_t count)
{
    call(state, empty, count);
}

void subject_cancel_call_hook(void *state, uint64_t count)
{
    call(state, interruptible, count);
}

seawall_status subjects_create_cancel(subjects *s, const seawall_platform *platform, seawall_error *error)
{
    return seawall_cancel_create(NULL, platform, &s->cancel, error);
}

void subjects_destroy_cancel(subjects *s)
{
    seawall_cancel_destroy(s->cancel);
}
