/*
 * Both windows beside plain ones that keep every outcome by itself: random traces, with silences, clocks that stand still or step
 * back, totals of successes that come late, and windows that are cleared.
 */
#include <check.h>
#include <stdlib.h>

#include "stat/window_count.h"
#include "stat/window_time.h"
#include "suite.h"
#include "support.h"

#define WORLD 2000 /* operations on one window */
#define KEPT 200000
#define BUCKETS 12

/* Outcome by outcome: in which step of time, and what it was. */
static struct {
    uint64_t step;
    bool failed;
    bool slow;
} kept[KEPT];
static uint64_t count;
static uint64_t state;

static uint64_t draw(uint64_t n)
{
    return sw_test_next(&state) % n;
}

static void keep(uint64_t step, bool failed, bool slow)
{
    if (count == KEPT)
        ck_abort_msg("a world with more outcomes than there is room for");
    kept[count].step = step;
    kept[count].failed = failed;
    kept[count++].slow = slow;
}

/* The newest ones, as long as they are not before `oldest` and there are no more than `most`. */
static void agrees(sw_window_totals found, uint64_t most, uint64_t oldest)
{
    sw_window_totals plain = {0, 0, 0};
    uint64_t i;

    for (i = count; i > 0 && plain.outcomes < most && kept[i - 1].step >= oldest; i--) {
        plain.outcomes++;
        plain.failed += kept[i - 1].failed;
        plain.slow += kept[i - 1].slow;
    }
    /* Each assertion costs a write: none where all is well, a million times over. */
    if (found.outcomes == plain.outcomes && found.failed == plain.failed && found.slow == plain.slow)
        return;
    ck_assert_uint_eq(found.outcomes, plain.outcomes);
    ck_assert_uint_eq(found.failed, plain.failed);
    ck_assert_uint_eq(found.slow, plain.slow);
}

static void count_world(void)
{
    uint64_t marks[40], successes = sw_test_next(&state) >> draw(64), fresh;
    uint32_t size = 1 + (uint32_t)draw(40);
    sw_window_count window;
    int i, what;

    count = 0;
    sw_window_count_init(&window, marks, size, successes);
    for (i = 0; i < WORLD; i++) {
        fresh = draw(3) == 0 ? draw(size + 3) : 0;
        successes += fresh;
        for (; fresh > 0; fresh--)
            keep(0, false, false);
        what = (int)draw(20);
        if (what < 12) {
            bool failed = draw(2) == 0, slow = !failed || draw(3) == 0;

            sw_window_count_note(&window, successes, failed, slow);
            keep(0, failed, slow);
        } else if (draw(50) == 0) {
            sw_window_count_clear(&window, successes);
            count = 0;
        }
        agrees(sw_window_count_totals(&window, successes), size, 0);
        /* Who comes late sees the same. */
        agrees(sw_window_count_totals(&window, successes > 2 ? successes - draw(3) : successes), size, 0);
    }
}

START_TEST(the_last_ones_are_those_of_a_list)
{
    int64_t worlds = sw_test_count(20, 500);

    state = sw_test_seed();
    for (; worlds > 0; worlds--)
        count_world();
}
END_TEST

/* Success by success: the k-th of `fresh` came when k / fresh of the time had passed. */
static void keep_spread(uint64_t before, uint64_t elapsed, uint64_t fresh, uint64_t width)
{
    uint64_t k, gap = elapsed - before;

    for (k = 1; k <= fresh; k++)
        keep(gap == 0 ? elapsed / width : (before + (k * gap + fresh - 1) / fresh - 1) / width, false, false);
}

/* Short of what would overflow k * gap above. */
static uint64_t stretch(uint64_t width)
{
    switch (draw(8)) {
    case 0: return draw(width * BUCKETS * 3);
    case 1: return draw(UINT64_C(1) << 40);
    case 2: return width * draw(BUCKETS + 2);
    case 3:
    case 4: return draw(width + 1);
    default: return 0;
    }
}

static void time_world(void)
{
    sw_window_totals buckets[BUCKETS];
    uint64_t successes = sw_test_next(&state) >> draw(64), fresh, passed, elapsed = 0, oldest;
    uint32_t places = 1 + (uint32_t)draw(BUCKETS);
    seawall_duration duration = places + (seawall_duration)draw(UINT64_C(1) << draw(32));
    uint64_t width = ((uint64_t)duration + places - 1) / places;
    seawall_time start = draw(2) == 0 ? -(seawall_time)draw(1000) : (seawall_time)draw(UINT64_C(1) << 40), now;
    sw_window_time window;
    int i;

    count = 0;
    sw_window_time_init(&window, buckets, places, duration, start, successes);
    for (i = 0; i < WORLD; i++) {
        fresh = draw(3) == 0 ? draw(30) : 0;
        successes += fresh;
        passed = stretch(width);
        keep_spread(elapsed, elapsed + passed, fresh, width);
        elapsed += passed;
        now = start + (seawall_time)elapsed;
        oldest = elapsed / width >= places ? elapsed / width - places + 1 : 0;
        if (draw(2) == 0) {
            bool failed = draw(2) == 0, slow = !failed || draw(3) == 0;

            sw_window_time_note(&window, now, successes, failed, slow);
            keep(elapsed / width, failed, slow);
        } else if (draw(300) == 0) {
            sw_window_time_clear(&window, now, successes);
            start = now;
            elapsed = 0;
            oldest = 0;
            count = 0;
        }
        agrees(sw_window_time_totals(&window, now, successes), UINT64_MAX, oldest);
        /* Who comes late, or with a clock that stepped back, sees the same. */
        if (draw(10) == 0)
            agrees(sw_window_time_totals(&window, now - (seawall_time)draw(width * 20), successes - (successes > 0)), UINT64_MAX,
                   oldest);
    }
}

START_TEST(the_recent_ones_are_those_of_a_list)
{
    int64_t worlds = sw_test_count(20, 500);

    state = sw_test_seed();
    for (; worlds > 0; worlds--)
        time_world();
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("windows");

    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, the_last_ones_are_those_of_a_list);
    tcase_add_test(tests, the_recent_ones_are_those_of_a_list);
    return sw_test_run("windows", tests);
}
