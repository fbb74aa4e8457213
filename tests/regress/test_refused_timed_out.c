/* A policy that refused with "timed out" made an outcome without the fault that this status always has. */
#include "one_test.h"
#include "toy_stage.h"

START_TEST(timed_out_has_its_fault_even_when_refused)
{
    static const toy_says says[] = {{.answer = SEAWALL_REFUSE, .status = SEAWALL_TIMED_OUT}, {0}};
    stage s;

    stage_open(&s, (toy_config[]){{.kind = TOY_PLAIN}, {.kind = TOY_SCRIPT, .script = says}}, 2);
    stage_begin(&s, 0, SEAWALL_FOREVER);
    stage_steps(&s, 0, "finished timed_out timeout x0 by 1, drained");
    stage_heard(&s, "plain enter@0 >proceed\nscript enter@0 >refuse timed_out\n* refused@0 by 1 x0\n"
                    "plain leave@0 timed_out timeout x0 by 1 >pass\n");
    stage_close(&s);
}
END_TEST

int main(void)
{
    return one_test("regress/refused_timed_out", timed_out_has_its_fault_even_when_refused);
}
