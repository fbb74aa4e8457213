/*
 * Powers by repeated squaring, in 64 bits of mantissa. libm's pow() is neither exact for what can be exact nor monotone.
 *
 * Why it never shrinks: everything is rounded down, and products are taken from the highest square. The square of
 * bit n is at least the product of all lower ones times the factor, but for n roundings of 2^-63 each; and a factor that is a
 * double is 1, where nothing is rounded, or at least 1 + 2^-52. So setting a bit outweighs clearing all lower ones.
 */
#include <math.h>

#include "delay/compound.h"

/* What has this exponent is beyond every int64_t. */
#define HUGE_EXPONENT 63

__extension__ typedef unsigned __int128 wide;

/* mantissa x 2^(exponent - 63), the mantissa's highest bit set: at least 1 for every exponent from 0 up. */
typedef struct number {
    uint64_t mantissa;
    int32_t exponent;
} number;

static number number_from(double factor)
{
    int exponent;
    double fraction = frexp(factor, &exponent); /* from 0.5 to below 1 */

    return (number){(uint64_t)ldexp(fraction, 64), exponent - 1};
}

static number product(number a, number b)
{
    wide both = (wide)a.mantissa * b.mantissa; /* from 2^126 to below 2^128 */
    int32_t carry = (both >> 127) != 0;

    return (number){(uint64_t)(both >> (63 + carry)), a.exponent + b.exponent + carry};
}

static int64_t scaled(int64_t value, number power, int64_t most)
{
    wide result;
    int32_t shift;

    if (power.exponent >= HUGE_EXPONENT)
        return value > 0 ? most : 0;
    shift = 63 - power.exponent;
    result = ((wide)power.mantissa * (uint64_t)value + ((wide)1 << (shift - 1))) >> shift;
    return result < (uint64_t)most ? (int64_t)result : most;
}

int64_t sw_compound(int64_t value, double factor, uint64_t times, int64_t most)
{
    number squares[64];
    number square = number_from(factor);
    number power = {UINT64_C(1) << 63, 0};
    int32_t bits;

    for (bits = 0; bits < 64 && times >> bits != 0; bits++) {
        if (square.exponent >= HUGE_EXPONENT)
            return scaled(value, square, most);
        squares[bits] = square;
        square = product(square, square);
    }
    while (bits-- > 0) {
        if ((times >> bits & 1) != 0)
            power = product(power, squares[bits]);
    }
    return scaled(value, power, most);
}
