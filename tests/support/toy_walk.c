/* Counts the nodes of an execution and compares with what the machine keeps. */
#include "toy_walk.h"

#include "pipeline/machine.h"

typedef struct tally {
    int32_t pending, live, timers, waiting, starving, cancels;
    bool stuck; /* somebody starves who need not */
} tally;

static int32_t children(seawall_execution *x, const sw_node *parent)
{
    int32_t i, found = 0;

    for (i = 0; i < x->pipeline->levels; i++) {
        uint32_t n;

        for (n = 0; n < x->pipeline->level[i].count; n++) {
            sw_node *node = sw_node_at(x, &x->pipeline->level[i], n);

            found += node->state != SW_FREE && node->parent == parent;
        }
    }
    return found;
}

static bool has_free(seawall_execution *x, uint16_t index)
{
    uint32_t n;

    for (n = 0; n < x->pipeline->level[index].count; n++) {
        if (sw_node_at(x, &x->pipeline->level[index], n)->state == SW_FREE)
            return true;
    }
    return false;
}

static const char *look_at(seawall_execution *x, const sw_level *level, sw_node *node, tally *t)
{
    bool frame = level->enter != NULL;

    t->pending += node->state == SW_PENDING;
    t->live += node->state == SW_STARTED;
    t->timers += node->due != SEAWALL_FOREVER;
    t->waiting += node->state == SW_WAITING && node->cause == 0;
    t->starving += node->state == SW_STARVED && node->cause == 0;
    t->cancels += node->cancel_due;
    t->stuck |= node->state == SW_STARVED && has_free(x, node->elsewhere ? level->alternative : level->inner);
    if (frame != (node->state != SW_PENDING && node->state != SW_STARTED))
        return "attempts are at the tips";
    if (node->inner != children(x, node))
        return "inner counts the runs that go on";
    if ((node->state == SW_RUNNING || node->state == SW_JOINING) != (node->inner > 0))
        return "who runs or joins has inner runs, and nobody else";
    if (node->inner > level->width && frame)
        return "no more inner runs than the width";
    if (x->finished && node->cause == 0)
        return "what goes on after the result is late";
    if (node->cause != 0 && node->due != SEAWALL_FOREVER)
        return "what is late has no timer";
    if (node->cancel_due && (node->cause == 0 || node->state != SW_STARTED))
        return "late attempts that run are cancelled, and only those";
    if (node->cause == 0 && node->parent != NULL && node->parent->cause != 0)
        return "below what is late all is late";
    return NULL;
}

const char *toy_walk(seawall_execution *x, bool settled)
{
    tally t = {0};
    int32_t i;

    for (i = 0; i < x->pipeline->levels; i++) {
        const sw_level *level = &x->pipeline->level[i];
        uint32_t n;

        for (n = 0; n < level->count; n++) {
            sw_node *node = sw_node_at(x, level, n);
            const char *broken = node->state != SW_FREE ? look_at(x, level, node, &t) : NULL;

            if (broken != NULL)
                return broken;
        }
    }
    if (t.pending != x->pending || t.live != x->live || t.timers != x->timers || t.waiting != x->waiting ||
        t.starving != x->starving || t.cancels != x->cancels)
        return "the counters count the nodes";
    if (settled && t.stuck)
        return "nobody starves while there is room";
    if (x->finished && x->live == 0 && t.pending + t.timers + t.waiting + t.starving > 0)
        return "nothing is left when drained";
    return NULL;
}
