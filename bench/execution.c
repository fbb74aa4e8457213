/* The machine, driven by a host: retry > breaker > own policy. */
#include "floors.h"
#include "harness.h"
#include "subjects.h"

static void floor_step(void *state, uint64_t count)
{
    static const uint64_t step[sizeof(seawall_step) / sizeof(uint64_t)];
    uint64_t copy[sizeof(seawall_step) / sizeof(uint64_t)];

    (void)state;
    while (count-- > 0)
        floor_copy(step, copy, sizeof(copy) / sizeof(uint64_t));
}

int main(int argc, char **argv)
{
    static subjects s;
    int answer = bench_open(argc, argv, "execution");

    if (answer != 0)
        return answer;
    if (subjects_create(&s, NULL) != SEAWALL_OK)
        return 1;
    bench_pair((bench_side){"one step of an execution that waits", subject_execution_wait, &s},
               (bench_side){"a call that fills a step", floor_step, NULL}, BENCH_NO_GOAL);
    bench_pair((bench_side){"a whole run in 5 calls", subject_execution_run, &s},
               (bench_side){"the same under the blocking driver", subject_call_three, &s}, BENCH_NO_GOAL);
    answer = bench_close(s.wrong);
    subjects_destroy(&s);
    return answer;
}
