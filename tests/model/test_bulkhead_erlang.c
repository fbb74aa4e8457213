/*
 * Erlang's loss formula, with the real object: calls that arrive at random find every permit out with the probability that he
 * gave in 1917. Arrivals are Poisson, calls last exponentially with mean 1, whoever finds no permit goes away.
 */
#include <check.h>
#include <math.h>
#include <stdlib.h>

#include "suite.h"
#include "support.h"

#define ARRIVALS 1000000
#define PERMITS_MAX 64

static const struct {
    int32_t permits;
    double load; /* arrivals per time */
    uint64_t seed;
    double lost, tolerance;
} rows[] = {
    {10, 8, 20261123, .121661, .0024},
    {5, 4, 20261124, .199067, .0025},
    {64, 64, 20261125, .093407, .0031},
};

typedef struct call {
    seawall_permit permit;
    seawall_time ends;
} call;

/* Exponential with this mean, in units of a second. */
static seawall_duration chance(uint64_t *state, double mean)
{
    double u = ((double)(sw_test_next(state) >> 11) + 0.5) * 0x1p-53;

    return (seawall_duration)(-log(u) * mean * 1e9);
}

/* Those that have ended by now give their permits back, each at its time. */
static int hang_up(seawall_bulkhead *bulkhead, call *calls, int count, seawall_time now)
{
    int i;

    for (i = 0; i < count;) {
        if (calls[i].ends > now) {
            i++;
            continue;
        }
        ck_assert_int_eq(seawall_bulkhead_release_at(bulkhead, &calls[i].permit, calls[i].ends), SEAWALL_OK);
        calls[i] = calls[--count];
    }
    return count;
}

START_TEST(as_many_are_lost_as_erlang_says)
{
    seawall_bulkhead_config config = SEAWALL_BULKHEAD_CONFIG_INIT;
    seawall_bulkhead_snapshot is = SEAWALL_BULKHEAD_SNAPSHOT_INIT;
    call calls[PERMITS_MAX];
    seawall_bulkhead *bulkhead;
    uint64_t state = rows[_i].seed;
    seawall_time now = 0;
    int count = 0, i;
    double lost;

    config.max_concurrent = rows[_i].permits;
    ck_assert_int_eq(seawall_bulkhead_create(&config, NULL, &bulkhead, NULL), SEAWALL_OK);
    for (i = 0; i < ARRIVALS; i++) {
        seawall_permit permit;

        now += chance(&state, 1 / rows[_i].load);
        count = hang_up(bulkhead, calls, count, now);
        if (seawall_bulkhead_try_acquire(bulkhead, &permit) == SEAWALL_OK)
            calls[count++] = (call){permit, now + chance(&state, 1)};
        else
            ck_assert_int_eq(count, rows[_i].permits);
    }
    ck_assert_int_eq(seawall_bulkhead_get_snapshot(bulkhead, &is), SEAWALL_OK);
    ck_assert_int_eq(is.granted + is.refused_full, ARRIVALS);
    ck_assert_int_eq(is.most_in_use, rows[_i].permits);
    lost = (double)is.refused_full / ARRIVALS;
    ck_assert_msg(fabs(lost - rows[_i].lost) <= rows[_i].tolerance, "%d permits, load %g: %.6f lost, not %.6f",
                  (int)rows[_i].permits, rows[_i].load, lost, rows[_i].lost);
    seawall_bulkhead_destroy(bulkhead);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("erlang");

    tcase_set_timeout(tests, 120);
    tcase_add_loop_test(tests, as_many_are_lost_as_erlang_says, 0, (int)(sizeof(rows) / sizeof(rows[0])));
    return sw_test_run("erlang", tests);
}
