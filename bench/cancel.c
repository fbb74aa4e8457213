/* Cancellation: whether it has come, a hook for when it comes, and what a call under a token costs. */
#include "floors.h"
#include "harness.h"
#include "subjects.h"

static void floor_asked(void *state, uint64_t count)
{
    while (count-- > 0)
        (void)floor_load(state);
}

static void floor_hook(void *state, uint64_t count)
{
    while (count-- > 0) {
        (void)floor_lock(state);
        (void)floor_lock(state);
    }
}

int main(int argc, char **argv)
{
    static subjects s;
    static uint32_t word;
    static floor_mutex mutex = FLOOR_MUTEX_INIT;
    const bench_side asked = {"is_cancelled", subject_cancel_asked, &s};
    const bench_side hook = {"add_hook + remove_hook", subject_cancel_hook, &s};
    const bench_side plain = {"call_three", subject_call_three, &s};
    const bench_side call = {"the same under a token", subject_cancel_call, &s};
    const bench_side hooked = {"and with a hook", subject_cancel_call_hook, &s};
    int answer = bench_open(argc, argv, "cancel");

    if (answer != 0)
        return answer;
    if (subjects_create(&s, NULL) != SEAWALL_OK)
        return 1;
    bench_pair(asked, (bench_side){"a call and a load", floor_asked, &word}, BENCH_NO_GOAL);
    bench_pair(hook, (bench_side){"a mutex, twice", floor_hook, &mutex}, BENCH_NO_GOAL);
    bench_pair(call, plain, BENCH_NO_GOAL);
    bench_pair(hooked, plain, BENCH_NO_GOAL);
    answer = bench_close(s.wrong);
    subjects_destroy(&s);
    return answer;
}
