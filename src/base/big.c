/* Whole numbers of up to 1536 bits. */
#include <string.h>

#include "base/big.h"

void sw_big_set(sw_big *big, uint64_t value)
{
    memset(big, 0, sizeof(*big));
    big->limbs[0] = (uint32_t)value;
    big->limbs[1] = (uint32_t)(value >> 32);
    big->used = value >> 32 != 0 ? 2 : value != 0;
}

void sw_big_multiply_add(sw_big *big, uint32_t factor, uint32_t summand)
{
    uint64_t carry = summand;
    uint32_t i;

    for (i = 0; i < big->used; i++) {
        carry += (uint64_t)big->limbs[i] * factor;
        big->limbs[i] = (uint32_t)carry;
        carry >>= 32;
    }
    if (carry != 0)
        big->limbs[big->used++] = (uint32_t)carry;
}

void sw_big_power_of_ten(sw_big *big, uint32_t exponent)
{
    for (; exponent >= 9; exponent -= 9)
        sw_big_multiply_add(big, 1000000000u, 0);
    for (; exponent > 0; exponent--)
        sw_big_multiply_add(big, 10u, 0);
}

void sw_big_shift_left(sw_big *big, uint32_t bits)
{
    uint32_t limbs = bits / 32;

    if (big->used == 0)
        return;
    memmove(&big->limbs[limbs], big->limbs, big->used * sizeof(big->limbs[0]));
    memset(big->limbs, 0, limbs * sizeof(big->limbs[0]));
    big->used += limbs;
    if (bits % 32 != 0)
        sw_big_multiply_add(big, (uint32_t)1 << (bits % 32), 0);
}

static void halve(sw_big *big)
{
    uint32_t i;

    for (i = 0; i < big->used; i++) {
        uint64_t pair = big->limbs[i] | (i + 1 < big->used ? (uint64_t)big->limbs[i + 1] << 32 : 0);

        big->limbs[i] = (uint32_t)(pair >> 1);
    }
    if (big->used > 0 && big->limbs[big->used - 1] == 0)
        big->used--;
}

/* a - b, where a >= b. */
static void subtract(sw_big *a, const sw_big *b)
{
    uint64_t borrow = 0;
    uint32_t i;

    for (i = 0; i < a->used; i++) {
        uint64_t difference = (uint64_t)a->limbs[i] - (i < b->used ? b->limbs[i] : 0) - borrow;

        a->limbs[i] = (uint32_t)difference;
        borrow = difference >> 63;
    }
    while (a->used > 0 && a->limbs[a->used - 1] == 0)
        a->used--;
}

uint32_t sw_big_bits(const sw_big *big)
{
    uint32_t bits = big->used * 32;
    uint32_t mask = UINT32_C(1) << 31;

    if (big->used == 0)
        return 0;
    for (; (big->limbs[big->used - 1] & mask) == 0; mask >>= 1)
        bits--;
    return bits;
}

int sw_big_compare(const sw_big *a, const sw_big *b)
{
    uint32_t i;

    if (a->used != b->used)
        return a->used < b->used ? -1 : 1;
    for (i = a->used; i-- > 0;) {
        if (a->limbs[i] != b->limbs[i])
            return a->limbs[i] < b->limbs[i] ? -1 : 1;
    }
    return 0;
}

uint64_t sw_big_divide(sw_big *dividend, const sw_big *divisor)
{
    sw_big part = *divisor;
    uint32_t have = sw_big_bits(dividend);
    uint32_t need = sw_big_bits(divisor);
    uint32_t places = have > need ? have - need : 0;
    uint64_t quotient = 0;
    uint32_t i;

    sw_big_shift_left(&part, places);
    for (i = 0; i <= places; i++) {
        quotient <<= 1;
        if (sw_big_compare(dividend, &part) >= 0) {
            subtract(dividend, &part);
            quotient |= 1;
        }
        halve(&part);
    }
    return quotient;
}
