/*
 * Whole numbers of up to 1536 bits: enough to hold both sides of any double's conversion from and to decimal exactly.
 * Nothing is checked: base/decimal.c, the only user, stays within the bounds and says why.
 */
#ifndef SW_BASE_BIG_H
#define SW_BASE_BIG_H

#include <stdint.h>

#define SW_BIG_LIMBS 48

typedef struct sw_big {
    uint32_t used;                 /* limbs below it may be non-zero */
    uint32_t limbs[SW_BIG_LIMBS];  /* the lowest first; zero from `used` on */
} sw_big;

void sw_big_set(sw_big *big, uint64_t value);
void sw_big_multiply_add(sw_big *big, uint32_t factor, uint32_t summand);
void sw_big_power_of_ten(sw_big *big, uint32_t exponent); /* multiplies by 10^exponent */
void sw_big_shift_left(sw_big *big, uint32_t bits);
uint32_t sw_big_bits(const sw_big *big);
int sw_big_compare(const sw_big *a, const sw_big *b);

/* The quotient, which must be below 2^63; leaves the remainder in `dividend`. */
uint64_t sw_big_divide(sw_big *dividend, const sw_big *divisor);

#endif
