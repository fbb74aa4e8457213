/* The retry, used alone around what succeeds at once. */
#include "floors.h"
#include "harness.h"
#include "subjects.h"

static void floor_success(void *state, uint64_t count)
{
    (void)state;
    while (count-- > 0) {
        bool again;

        (void)floor_retry_next(0, &again);
    }
}

int main(int argc, char **argv)
{
    static subjects s;
    int answer = bench_open(argc, argv, "retry");

    if (answer != 0)
        return answer;
    if (subjects_create(&s, NULL) != SEAWALL_OK)
        return 1;
    bench_pair((bench_side){"first-time success", subject_retry_success_at, &s},
               (bench_side){"a call and a test", floor_success, NULL}, (bench_goal){2, 0});
    answer = bench_close(s.wrong);
    subjects_destroy(&s);
    return answer;
}
