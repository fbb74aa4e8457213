/* When an attempt could not start because its deadline had come, and was to be repeated at once, the host was told to wait until now. */
#include "one_test.h"
#include "toy_stage.h"

START_TEST(wait_says_a_later_time)
{
    static const toy_says says[] = {{.answer = SEAWALL_PROCEED, .by = 10}, {.answer = SEAWALL_AGAIN, .at = 10}, {0}};
    stage s;

    stage_open(&s, (toy_config[]){{.kind = TOY_AGAIN, .count = 1}, {.kind = TOY_SCRIPT, .script = says}}, 2);
    stage_begin(&s, 0, SEAWALL_FOREVER);
    stage_steps(&s, 0, "start 1 by 10, wait");
    stage_end(&s, 1, SEAWALL_FAULT_OTHER, 9);
    stage_steps(&s, 9, "wait 10");
    stage_steps(&s, 10, "start 2, wait");
    stage_end(&s, 2, SEAWALL_FAULT_NONE, 11);
    stage_steps(&s, 11, "finished ok x2 first other 0 last other 0, drained");
    stage_close(&s);
}
END_TEST

int main(void)
{
    return one_test("regress/wait_in_the_past", wait_says_a_later_time);
}
