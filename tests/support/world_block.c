/*
 * The blocking driver: every actor is a thread in seawall_call, and a baton makes sure that exactly one runs. Whoever parks
 * or lets its operation take time hands the baton on; the clock moves to the earliest who is due.
 */
#include <stdio.h>
#include <stdlib.h>

#include "world_inside.h"

static world_actor *due_first(world *w)
{
    world_actor *first = NULL;
    int32_t i;

    for (i = 0; i < w->plan.actors; i++) {
        world_actor *a = &w->actors[i];

        if (!a->over && a->ready != SEAWALL_FOREVER && (first == NULL || a->ready < first->ready))
            first = a;
    }
    return first;
}

/* Under the baton's lock: the next one runs. Answers false if nobody ever will. */
static bool hand_on(world *w)
{
    world_actor *next = due_first(w);

    if (next == NULL) {
        w->holder = -1;
        pthread_cond_signal(&w->done);
        return false;
    }
    w->now = next->ready > w->now ? next->ready : w->now;
    w->holder = next->index;
    w->current = &next->notes;
    pthread_cond_signal(&next->turn);
    return true;
}

static void await_turn(world *w, const world_actor *a)
{
    while (w->holder != a->index)
        pthread_cond_wait((pthread_cond_t *)&a->turn, &w->baton);
}

/* The holder rests until `until`, or until somebody wakes the word. */
static void rest(world *w, const uint32_t *word, uint32_t expected, seawall_time until)
{
    world_actor *a;

    pthread_mutex_lock(&w->baton);
    a = &w->actors[w->holder];
    if (word == NULL || *word == expected) {
        a->word = word;
        a->ready = until > w->now ? until : w->now;
        if (!hand_on(w)) {
            fprintf(stderr, "SEAWALL_SEED=%llu: everybody waits for ever\n", (unsigned long long)w->plan.seed);
            abort();
        }
        await_turn(w, a);
        a->word = NULL;
    }
    pthread_mutex_unlock(&w->baton);
}

static void world_park(const uint32_t *word, uint32_t expected, seawall_time until, void *user)
{
    world *w = user;

    if (until <= w->now)
        world_break(w, "parking is for a later time");
    rest(w, word, expected, until);
}

static void world_wake(const uint32_t *word, void *user)
{
    world *w = user;
    int32_t i;

    pthread_mutex_lock(&w->baton);
    for (i = 0; i < w->plan.actors; i++) {
        if (w->actors[i].word == word && w->actors[i].ready > w->now)
            w->actors[i].ready = w->now;
    }
    pthread_mutex_unlock(&w->baton);
}

void world_block_install(world *w)
{
    w->platform.park = world_park;
    w->platform.wake = world_wake;
}

static seawall_fault operation(seawall_attempt *attempt, void *arg)
{
    world_actor *a = arg;
    world *w = a->world;
    seawall_time deadline = seawall_attempt_deadline(attempt);
    seawall_result result;
    world_attempt plan;
    seawall_time ends;

    if (deadline != SEAWALL_FOREVER && w->now >= deadline)
        world_break(w, "no attempt starts at or after its deadline");
    toy_note(w->current, "+ %lld attempt %d", (long long)w->now, (int)seawall_attempt_number(attempt));
    toy_note(w->current, " in %d\n", (int)seawall_attempt_alternative(attempt));
    world_attempt_of(w, a->index, a->call, seawall_attempt_number(attempt), &plan);
    ends = world_attempt_end(&plan, w->now, deadline, &result);
    rest(w, NULL, 0, ends);
    seawall_attempt_set_code(attempt, result.code);
    seawall_attempt_set_retry_after(attempt, result.retry_after);
    return result.fault;
}

static void *act(void *arg)
{
    world_actor *a = arg;
    world *w = a->world;

    pthread_mutex_lock(&w->baton);
    await_turn(w, a);
    pthread_mutex_unlock(&w->baton);
    while (a->call < w->plan.calls) {
        seawall_status status;

        a->call++;
        toy_note(w->current, "call %d\n", (int)a->call);
        a->report = (seawall_report)SEAWALL_REPORT_INIT;
        status = seawall_call_until(w->pipeline, world_deadline(w, a, w->now), operation, a, &a->report);
        if (status != a->report.status)
            world_break(w, "the report says what the call returned");
        world_note_report(w, &a->report);
        if (a->call < w->plan.calls)
            rest(w, NULL, 0, seawall_time_add(w->now, w->plan.pause));
    }
    pthread_mutex_lock(&w->baton);
    a->over = true;
    (void)hand_on(w);
    pthread_mutex_unlock(&w->baton);
    return NULL;
}

void world_block(world *w)
{
    int32_t i;

    pthread_mutex_init(&w->baton, NULL);
    pthread_cond_init(&w->done, NULL);
    w->holder = -2;
    for (i = 0; i < w->plan.actors; i++) {
        world_actor *a = &w->actors[i];

        pthread_cond_init(&a->turn, NULL);
        a->ready = w->plan.begin[i];
        if (pthread_create(&a->thread, NULL, act, a) != 0)
            abort();
    }
    pthread_mutex_lock(&w->baton);
    (void)hand_on(w);
    while (w->holder != -1)
        pthread_cond_wait(&w->done, &w->baton);
    pthread_mutex_unlock(&w->baton);
    for (i = 0; i < w->plan.actors; i++) {
        (void)pthread_join(w->actors[i].thread, NULL);
        pthread_cond_destroy(&w->actors[i].turn);
    }
    pthread_cond_destroy(&w->done);
    pthread_mutex_destroy(&w->baton);
}
