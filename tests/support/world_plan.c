/* Worlds of chance. */
#include "world.h"

typedef struct dice {
    uint64_t seed;
    uint64_t thrown;
} dice;

static int64_t throw_dice(dice *d, int64_t sides)
{
    return (int64_t)(toy_hash(d->seed, d->thrown++) % (uint64_t)sides);
}

static void plan_gate(dice *d, toy_config *t)
{
    t->kind = TOY_GATE;
    t->count = (int32_t)(1 + throw_dice(d, 2));
    t->waiting = (int32_t)throw_dice(d, 4);
    t->delay = throw_dice(d, 4) == 0 ? SEAWALL_FOREVER : throw_dice(d, 40) * SEAWALL_MILLISECONDS(1);
}

static void plan_cut(dice *d, toy_config *t, bool wide)
{
    t->kind = TOY_CUT;
    t->delay = throw_dice(d, 12) * SEAWALL_MILLISECONDS(7) + 1;
    t->status = throw_dice(d, 6) == 0 ? SEAWALL_CANCELLED : SEAWALL_OK;
    /* Sometimes it only shortens: then nobody cuts, and attempts must see for themselves. */
    t->tickless = throw_dice(d, 5) == 0;
    t->detach = wide && !t->tickless && throw_dice(d, 2) == 0;
}

static void plan_toy(dice *d, toy_config *t, bool wide)
{
    *t = (toy_config){.seed = toy_hash(d->seed, 77 + d->thrown)};
    switch (throw_dice(d, wide ? 10 : 8)) {
    case 0:
    case 1:
        plan_cut(d, t, wide);
        break;
    case 2:
    case 3:
        t->kind = TOY_AGAIN;
        t->count = (int32_t)(1 + throw_dice(d, 3));
        t->delay = throw_dice(d, 5) * SEAWALL_MILLISECONDS(7);
        break;
    case 4:
        t->kind = TOY_LIMITED;
        t->delay = throw_dice(d, 6) * SEAWALL_MILLISECONDS(5);
        break;
    case 5:
        t->kind = TOY_DIVERT;
        break;
    case 6:
        t->kind = TOY_NONSENSE;
        t->ticking = wide;
        break;
    case 7:
        plan_gate(d, t);
        break;
    default:
        t->kind = TOY_HEDGE;
        t->width = (int32_t)(1 + throw_dice(d, 3));
        t->count = (int32_t)(1 + throw_dice(d, 3));
        t->delay = throw_dice(d, 5) * SEAWALL_MILLISECONDS(4);
        break;
    }
    t->dropless = (t->kind == TOY_CUT || t->kind == TOY_LIMITED) && throw_dice(d, 2) == 0;
}

static void plan_toys(dice *d, world_plan *plan, bool wide)
{
    int32_t i;

    plan->toy_count = (int32_t)throw_dice(d, 8);
    for (i = 0; i < plan->toy_count; i++)
        plan_toy(d, &plan->toys[i], wide);
    /* The actors contend for one gate, most of the time. */
    if (plan->toy_count > 0 && throw_dice(d, 8) != 0) {
        toy_config *t = &plan->toys[throw_dice(d, plan->toy_count)];

        *t = (toy_config){.seed = 1};
        plan_gate(d, t);
    }
    plan->alternative_count = (int32_t)throw_dice(d, 3);
    for (i = 0; i < plan->alternative_count; i++) {
        do {
            plan_toy(d, &plan->alternatives[i], wide);
        } while (plan->alternatives[i].kind == TOY_DIVERT);
    }
}

void world_plan_from_seed(world_plan *plan, uint64_t seed, bool wide)
{
    dice d = {toy_hash(seed, 1000), 0};
    int32_t i;

    *plan = (world_plan){.seed = seed, .late = SEAWALL_AUTO, .actors = 3};
    plan_toys(&d, plan, wide);
    plan->calls = (int32_t)(1 + throw_dice(&d, 3));
    plan->pause = throw_dice(&d, 3) * SEAWALL_MILLISECONDS(7);
    plan->endless = wide;
    if (wide && throw_dice(&d, 2) == 0)
        plan->late = (int32_t)throw_dice(&d, 4);
    for (i = 0; i < plan->actors; i++) {
        plan->begin[i] = throw_dice(&d, 4) * SEAWALL_MILLISECONDS(7);
        plan->limit[i] = throw_dice(&d, 3) != 0 ? SEAWALL_FOREVER : throw_dice(&d, 20) * SEAWALL_MILLISECONDS(7);
        plan->cancel[i] = !wide || throw_dice(&d, 3) != 0 ? SEAWALL_FOREVER : throw_dice(&d, 20) * SEAWALL_MILLISECONDS(7);
    }
}
