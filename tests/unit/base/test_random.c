/* Pure random steps, and what the atomics wrapper adds in this build. */
#include <check.h>

#include "base/atomic.h"
#include "base/random.h"
#include "suite.h"
#include "support.h"

START_TEST(the_steps_are_splitmix64)
{
    /* The published generator's first numbers for the seed 1234567. */
    static const uint64_t published[] = {UINT64_C(6457827717110365317), UINT64_C(3203168211198807973),
                                         UINT64_C(9817491932198370423), UINT64_C(4593380528125082431),
                                         UINT64_C(16408922859458223821)};
    uint64_t counter = 1234567;
    int i;

    for (i = 0; i < 5; i++)
        ck_assert_uint_eq(sw_random_step(&counter), published[i]);
}
END_TEST

/* One bit in flips about half of the bits out: 64 trials x 64 bits x many words, far within 32 +- 2. */
START_TEST(every_bit_moves_every_bit)
{
    uint64_t state = sw_test_seed();
    int flips[64][64] = {{0}};
    int words = (int)sw_test_count(20000, 100000);
    int in, out, i;

    for (i = 0; i < words; i++) {
        uint64_t x = sw_test_next(&state);
        uint64_t y = sw_random_mix(x);

        for (in = 0; in < 64; in++) {
            uint64_t changed = y ^ sw_random_mix(x ^ (uint64_t)1 << in);

            for (out = 0; out < 64; out++)
                flips[in][out] += (int)(changed >> out & 1);
        }
    }
    for (in = 0; in < 64; in++) {
        for (out = 0; out < 64; out++) {
            ck_assert_int_gt(flips[in][out], words * 4 / 10);
            ck_assert_int_lt(flips[in][out], words * 6 / 10);
        }
    }
}
END_TEST

START_TEST(atomics_do_what_they_say)
{
    sw_atomic_u64 wide = {1};
    sw_atomic_u32 narrow = {UINT32_MAX};
    uint64_t expected = 5;

    ck_assert_uint_eq(sw_add_u64(&wide, 2), 1);
    ck_assert_uint_eq(sw_sub_u64(&wide, 1), 3);
    ck_assert(!sw_cas_u64(&wide, &expected, 9));
    ck_assert_uint_eq(expected, 2);
    ck_assert(sw_cas_u64(&wide, &expected, 9));
    ck_assert_uint_eq(sw_exchange_u64(&wide, 10), 9);
    ck_assert_uint_eq(sw_load_relaxed_u64(&wide) + sw_load_acquire_u64(&wide) + sw_load_u64(&wide), 30);
    ck_assert_uint_eq(sw_add_u32(&narrow, 2), UINT32_MAX);
    ck_assert_uint_eq(sw_load_u32(&narrow), 1);
    sw_store_u32(&narrow, 3);
    sw_store_relaxed_u32(&narrow, sw_load_u32(&narrow) + 1);
    sw_store_release_u32(&narrow, sw_load_u32(&narrow) + 1);
    ck_assert_uint_eq(sw_load_u32(&narrow), 5);
}
END_TEST

static void add(int index, void *arg)
{
    sw_atomic_u64 *sum = arg;
    int i;

    for (i = 0; i < 20000; i++)
        (void)sw_add_u64(sum, (uint64_t)index + 1);
}

START_TEST(atomics_lose_nothing)
{
    sw_test_threads threads;
    sw_atomic_u64 sum = {0};

    sw_test_start(&threads, 4, add, &sum);
    sw_test_join(&threads);
    ck_assert_uint_eq(sw_load_u64(&sum), 20000 * (1 + 2 + 3 + 4));
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("random");

    tcase_set_timeout(tests, 300);
    tcase_add_test(tests, the_steps_are_splitmix64);
    tcase_add_test(tests, every_bit_moves_every_bit);
    tcase_add_test(tests, atomics_do_what_they_say);
    tcase_add_test(tests, atomics_lose_nothing);
    return sw_test_run("random", tests);
}
