/*
 * Cancellation tokens against a plain model: trees of tokens made, cancelled (by a handler too) and given up, hooks added and
 * taken out, at random. Every answer and the order in which hooks run must be the same.
 */
#include <check.h>
#include <inttypes.h>
#include <string.h>

#include "suite.h"
#include "support.h"

#define TOKENS 14
#define HOOKS 20
#define LIST (TOKENS + HOOKS)
#define LOG 256
#define NOBODY (-1)

/* Entries of a token's list: hooks by their number, children above them. */
#define CHILD(token) (HOOKS + (token))

typedef struct model_token {
    bool there;  /* its memory is */
    bool handle; /* nobody has given it up */
    bool cancelled, undelivered;
    int parent;
    int depth;
    int list[LIST];
    int length;
} model_token;

static model_token models[TOKENS];
static seawall_cancel *tokens[TOKENS];
static seawall_cancel_hook hooks[HOOKS];
static int hook_at[HOOKS]; /* the token it was added to; NOBODY: in none */
static sw_test_platform test;
static char wanted[LOG], heard[LOG];
static uint64_t random_state, steps;

static int dice(int sides)
{
    return (int)((sw_test_next(&random_state) >> 33) % (uint64_t)sides);
}

static void write_down(char *log, int hook)
{
    size_t length = strlen(log);

    if (length + 1 < LOG) {
        log[length] = (char)('a' + hook);
        log[length + 1] = '\0';
    }
}

static void ran(void *user)
{
    write_down(heard, (int)((seawall_cancel_hook *)user - hooks));
}

/* --- the model --- */

static void take_from_list(model_token *m, int entry)
{
    int i;

    for (i = 0; i < m->length && m->list[i] != entry; i++)
        ;
    if (i == m->length)
        return;
    memmove(&m->list[i], &m->list[i + 1], (size_t)(m->length - i - 1) * sizeof(m->list[0]));
    m->length--;
}

static void model_deliver(int which);

static void model_cancel(int which)
{
    model_token *m = &models[which];

    if (m->cancelled && !m->undelivered)
        return;
    m->cancelled = true;
    m->undelivered = false;
    model_deliver(which);
}

static void model_deliver(int which)
{
    model_token *m = &models[which];

    while (m->length > 0) {
        int entry = m->list[0];

        take_from_list(m, entry);
        if (entry >= HOOKS) {
            model_cancel(entry - HOOKS);
        } else {
            hook_at[entry] = NOBODY;
            write_down(wanted, entry);
        }
    }
}

/* What each call on a token begins with: what a handler left, there or above. */
static void model_settle(int which)
{
    for (; which != NOBODY; which = models[which].parent) {
        if (models[which].undelivered)
            model_cancel(which);
    }
}

static bool has_children(int which)
{
    int i;

    for (i = 0; i < TOKENS; i++) {
        if (models[i].there && models[i].parent == which)
            return true;
    }
    return false;
}

static void model_destroy(int which)
{
    int i;

    models[which].handle = false;
    for (i = 0; i < HOOKS; i++) {
        if (hook_at[i] == which) {
            take_from_list(&models[which], i);
            hook_at[i] = NOBODY;
        }
    }
    while (which != NOBODY && !models[which].handle && !has_children(which)) {
        int parent = models[which].parent;

        models[which].there = false;
        if (parent != NOBODY)
            take_from_list(&models[parent], CHILD(which));
        which = parent;
    }
}

/* --- both --- */

/* libcheck writes to a pipe for each assertion: only for those that fail, here. */
static void same(bool right)
{
    if (!right)
        ck_abort_msg("step %" PRIu64 ": another answer", steps);
}


static int any_handle(void)
{
    int which = dice(TOKENS);

    return models[which].handle ? which : NOBODY;
}

static void create(void)
{
    seawall_cancel_config config = SEAWALL_CANCEL_CONFIG_INIT;
    int which = dice(TOKENS), parent = any_handle();
    model_token *m = &models[which];

    if (m->there)
        return;
    config.parent = parent == NOBODY ? NULL : tokens[parent];
    same(seawall_cancel_create(&config, &test.platform, &tokens[which], NULL) == SEAWALL_OK);
    *m = (model_token){.there = true, .handle = true, .parent = parent};
    if (parent == NOBODY)
        return;
    model_settle(parent);
    m->cancelled = models[parent].cancelled;
    if (!m->cancelled)
        models[parent].list[models[parent].length++] = CHILD(which);
}

static void add(int which)
{
    seawall_status answer = SEAWALL_OK;
    int hook = dice(HOOKS);
    model_token *m = &models[which];

    model_settle(which);
    if (hook_at[hook] != NOBODY) {
        answer = SEAWALL_BUSY;
    } else if (m->cancelled) {
        answer = SEAWALL_CANCELLED;
    } else {
        m->list[m->length++] = hook;
        hook_at[hook] = which;
    }
    same(seawall_cancel_add_hook(tokens[which], &hooks[hook], ran, &hooks[hook]) == answer);
}

static void take_out(int which)
{
    int hook = dice(HOOKS);
    seawall_status answer;

    model_settle(which);
    answer = hook_at[hook] == which ? SEAWALL_OK : SEAWALL_STALE;
    if (answer == SEAWALL_OK) {
        take_from_list(&models[which], hook);
        hook_at[hook] = NOBODY;
    }
    same(seawall_cancel_remove_hook(tokens[which], &hooks[hook]) == answer);
}

static void signal_it(int which)
{
    if (!models[which].cancelled)
        models[which].cancelled = models[which].undelivered = true;
    same(seawall_cancel_trigger_from_signal(tokens[which]) == SEAWALL_OK);
}

static void step(void)
{
    int which = any_handle(), what = dice(100);

    if (what < 25) {
        create();
    } else if (which == NOBODY) {
        return;
    } else if (what < 60) {
        add(which);
    } else if (what < 80) {
        take_out(which);
    } else if (what < 92) {
        model_destroy(which);
        seawall_cancel_destroy(tokens[which]);
    } else if (what < 96) {
        model_settle(which);
        model_cancel(which);
        same(seawall_cancel_trigger(tokens[which]) == SEAWALL_OK);
    } else {
        signal_it(which);
    }
}

static void compare(void)
{
    int i;

    if (strcmp(wanted, heard) != 0)
        ck_abort_msg("step %" PRIu64 ": heard \"%s\", wanted \"%s\"", steps, heard, wanted);
    wanted[0] = heard[0] = '\0';
    for (i = 0; i < TOKENS; i++) {
        same(!models[i].handle || seawall_cancel_is_cancelled(tokens[i]) == models[i].cancelled);
    }
}

START_TEST(tokens_do_what_the_model_does)
{
    int64_t count = sw_test_count(200000, 10000000);
    int i;

    random_state = sw_test_seed();
    sw_test_platform_init(&test, false);
    for (i = 0; i < HOOKS; i++)
        hook_at[i] = NOBODY;
    for (steps = 0; steps < (uint64_t)count; steps++) {
        step();
        compare();
    }
    for (i = 0; i < TOKENS; i++) {
        if (models[i].handle) {
            model_destroy(i);
            seawall_cancel_destroy(tokens[i]);
        }
    }
    sw_test_platform_fini(&test);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("cancel model");

    tcase_add_test(tests, tokens_do_what_the_model_does);
    return sw_test_run("cancel model", tests);
}
