/* Many executions on one thread: what a run costs when it is alone, when 10,000 are in flight, and when 100,000 are. */
#include <stdio.h>

#include "harness.h"
#include "subjects.h"
#include "subjects_group.h"

int main(int argc, char **argv)
{
    static const struct {
        uint32_t count;
        const char *name;
    } sizes[] = {{1, "a run in a group of 1"}, {1000, "in a group of 1,000"}, {10000, "of 10,000"}, {100000, "of 100,000"}};
    static subjects s;
    subject_async a;
    uint64_t wrong = 0;
    int answer = bench_open(argc, argv, "group");
    size_t i;

    if (answer != 0)
        return answer;
    if (subjects_create(&s, NULL) != SEAWALL_OK)
        return 1;
    for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        subject_group g;

        if (!subject_group_create(&g, s.three, sizes[i].count))
            return 1;
        bench_pair((bench_side){sizes[i].name, subject_group_run, &g},
                   (bench_side){"an execution's run in 5 calls", subject_execution_run, &s}, BENCH_NO_GOAL);
        subject_group_destroy(&g);
        wrong += g.wrong;
    }
    if (!subject_async_create(&a, s.three))
        return 1;
    bench_pair((bench_side){"an asynchronous call", subject_async_run, &a},
               (bench_side){"an execution's run in 5 calls", subject_execution_run, &s}, BENCH_NO_GOAL);
    subject_async_destroy(&a);
    wrong += a.wrong;
    printf("each run in flight: %lld bytes, and 80 more in the group\n", (long long)seawall_execution_size(s.three));
    answer = bench_close(s.wrong + wrong);
    subjects_destroy(&s);
    return answer;
}
