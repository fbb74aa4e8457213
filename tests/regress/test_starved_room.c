/*
 * A run that starved stayed so, for ever if need be, when its place came free while timers were served: those who
 * starve had been asked just before.
 */
#include "one_test.h"
#include "toy_stage.h"

START_TEST(room_that_a_timer_makes_is_used_at_once)
{
    static const toy_says forks[] = {
        {.answer = SEAWALL_PROCEED, .tick = 5}, {.answer = SEAWALL_FORK}, {.answer = SEAWALL_HOLD}, {0}};
    const toy_config toys[] = {{.kind = TOY_SCRIPT, .script = forks, .width = 2},
                               {.kind = TOY_AGAIN, .count = 1, .delay = 3},
                               {.kind = TOY_CUT, .delay = 10, .detach = true},
                               {.kind = TOY_GATE, .count = 1, .waiting = 9, .delay = 4}};
    stage s;

    stage_open_late(&s, toys, 4, 0);
    stage_begin(&s, 0, SEAWALL_FOREVER);
    stage_steps(&s, 0, "start 1 by 10, wait 5");
    stage_steps(&s, 5, "wait 9");
    stage_steps(&s, 9, "wait 10");
    stage_steps(&s, 10, "cancel 1, wait 12");
    stage_steps(&s, 12, "wait 13");
    /* One place is held by the late attempt, the other by the second run at the gate: the first run starves. */
    stage_steps(&s, 13, "wait 16");
    /* The second run gives up at 16. */
    stage_steps(&s, 16, "wait 20");
    stage_cancel(&s, 17);
    stage_steps(&s, 17, "finished cancelled ignored x1 cancelled first timeout 0 last timeout 0 starved 1 late 1, wait");
    stage_disown(&s, 1, 18);
    stage_steps(&s, 18, "drained");
    stage_close(&s);
}
END_TEST

int main(void)
{
    return one_test("regress/starved_room", room_that_a_timer_makes_is_used_at_once);
}
