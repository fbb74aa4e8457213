/* Compound growth in whole numbers. */
#ifndef SW_DELAY_COMPOUND_H
#define SW_DELAY_COMPOUND_H

#include <stdint.h>

/*
 * value x factor^times, to the nearest whole number (a half upwards), at most `most`. `factor` is finite and at least 1,
 * value and most are not negative.
 *
 * Exact while factor^times fits into 64 bits of mantissa, as powers of two always do; otherwise factor^times is too
 * small by less than times parts in 2^62. It never shrinks as `times` grows, however near to 1 the factor is. At most 64 steps.
 */
int64_t sw_compound(int64_t value, double factor, uint64_t times, int64_t most);

#endif
