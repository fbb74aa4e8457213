/* A refusal without seawall_turn_refuse handed on the time that an earlier refusal, or the stack, had left behind. */
#include "one_test.h"
#include "toy_stage.h"

START_TEST(a_bare_refusal_has_no_time_of_another)
{
    static const toy_says inner[] = {{.answer = SEAWALL_REFUSE, .status = SEAWALL_FULL, .retry_after = 77},
                                     {.answer = SEAWALL_REFUSE, .bare = true}, {0}};
    static const toy_says alone[] = {{.answer = SEAWALL_REFUSE, .bare = true}, {0}};
    stage s;

    stage_open(&s, (toy_config[]){{.kind = TOY_AGAIN, .count = 1}, {.kind = TOY_SCRIPT, .script = inner}}, 2);
    stage_begin(&s, 0, SEAWALL_FOREVER);
    stage_steps(&s, 0, "wait 77");
    stage_steps(&s, 77, "finished invalid x0 by 1 attempts, drained");
    stage_close(&s);
    /* In storage that was never used. */
    stage_open(&s, (toy_config[]){{.kind = TOY_SCRIPT, .script = alone}}, 1);
    stage_begin(&s, 0, SEAWALL_FOREVER);
    stage_steps(&s, 0, "finished invalid x0 by 0, drained");
    stage_close(&s);
}
END_TEST

int main(void)
{
    return one_test("regress/bare_refusal", a_bare_refusal_has_no_time_of_another);
}
