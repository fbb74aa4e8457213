/* The guarded call: pipelines around an empty operation. */
#include "floors.h"
#include "harness.h"
#include "subjects.h"

static void floor_call(void *state, uint64_t count)
{
    while (count-- > 0)
        (void)floor_nothing(state, NULL);
}

int main(int argc, char **argv)
{
    static subjects s;
    const bench_side three = {"retry > breaker > own policy", subject_call_three, &s};
    const bench_side adapters = {"their verbs called in a row", subject_adapters, &s};
    const bench_side call = {"an empty call", floor_call, NULL};
    int answer = bench_open(argc, argv, "pipeline");

    if (answer != 0)
        return answer;
    if (subjects_create(&s, NULL) != SEAWALL_OK)
        return 1;
    bench_pair(three, adapters, (bench_goal){3, 90});
    bench_pair((bench_side){"the same with a report (2 clock reads)", subject_call_three_report, &s}, three, BENCH_NO_GOAL);
    bench_pair((bench_side){"timeout > the same (reads the clock)", subject_call_four, &s}, three, BENCH_NO_GOAL);
    bench_pair((bench_side){"retry > open breaker: refused", subject_call_refused, &s}, three, BENCH_NO_GOAL);
    bench_pair((bench_side){"no policy", subject_call_none, &s}, call, BENCH_NO_GOAL);
    bench_pair((bench_side){"1 policy: retry", subject_call_one, &s}, call, BENCH_NO_GOAL);
    bench_pair((bench_side){"5: retry > breaker > bulkhead > 2 own", subject_call_five, &s}, call, BENCH_NO_GOAL);
    bench_pair((bench_side){"1 policy, refused: open breaker", subject_call_one_refused, &s}, call, BENCH_NO_GOAL);
    bench_pair((bench_side){"3, refused: retry > open breaker > own", subject_call_three_refused, &s}, call, BENCH_NO_GOAL);
    bench_pair((bench_side){"5, refused: ... > open breaker > ...", subject_call_five_refused, &s}, call, BENCH_NO_GOAL);
    bench_pair(adapters, call, BENCH_NO_GOAL);
    bench_threads(three, (bench_goal){1.25, 0});
    answer = bench_close(s.wrong);
    subjects_destroy(&s);
    return answer;
}
