/* Attempts are numbered by 31 bits. An execution that had used them all up gave out numbers below zero, and ids twice. */
#include "pipeline/machine.h"

#include "one_test.h"
#include "toy_stage.h"

START_TEST(no_attempt_without_a_number)
{
    toy_config configs[] = {{.kind = TOY_AGAIN, .count = 3, .delay = 5}};
    stage s;

    stage_open(&s, configs, 1);
    stage_begin(&s, 0, SEAWALL_FOREVER);
    /* As if so many attempts had been made. */
    s.execution->attempts = INT32_MAX - 2;
    stage_steps(&s, 0, "start 2147483646, wait");
    stage_end(&s, 2147483646, SEAWALL_FAULT_INTERNAL, 1);
    stage_steps(&s, 6, "start 2147483647, wait");
    stage_end(&s, 2147483647, SEAWALL_FAULT_INTERNAL, 7);
    /* There is none left: it counts as refused, and whoever repeats repeats. */
    stage_steps(&s, 12, "wait 17");
    stage_steps(&s, 17, "finished full x2147483647 attempts first internal 0 last internal 0, drained");
    /* The next run begins at 1 again. */
    stage_begin(&s, 20, SEAWALL_FOREVER);
    stage_steps(&s, 20, "start 1, wait");
    stage_end(&s, 1, SEAWALL_FAULT_NONE, 21);
    (void)stage_steps_text(&s, 21);
    stage_close(&s);
}
END_TEST

int main(void)
{
    return one_test("regress/attempts_without_number", no_attempt_without_a_number);
}
