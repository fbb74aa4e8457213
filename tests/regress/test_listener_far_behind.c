/* A listener that had fallen more than 65536 transitions behind was never told of anything again. */
#include <seawall/seawall.h>

#include "one_test.h"

#define FAR 70000

typedef struct notebook {
    seawall_breaker *breaker;
    int64_t heard;
    uint64_t last;
} notebook;

/* The first time it makes so many transitions itself: each of them is told after it has returned. */
static void hurry(const seawall_breaker_transition *transition, void *user)
{
    notebook *book = user;
    int i;

    for (i = 0; book->heard == 0 && i < FAR; i++)
        (void)seawall_breaker_close(book->breaker);
    book->heard++;
    ck_assert_uint_gt(transition->sequence, book->last);
    book->last = transition->sequence;
}

START_TEST(it_hears_the_last_ones_and_whatever_comes)
{
    notebook book = {0};

    ck_assert_int_eq(seawall_breaker_create(NULL, NULL, &book.breaker, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_breaker_add_listener(book.breaker, hurry, &book), SEAWALL_OK);
    ck_assert_int_eq(seawall_breaker_close(book.breaker), SEAWALL_OK);
    ck_assert_uint_eq(book.last, FAR + 1);
    ck_assert_int_eq(book.heard, 65); /* the first, and as many as are remembered */
    ck_assert_int_eq(seawall_breaker_close(book.breaker), SEAWALL_OK);
    ck_assert_uint_eq(book.last, FAR + 2);
    ck_assert_int_eq(book.heard, 66);
    seawall_breaker_destroy(book.breaker);
}
END_TEST

int main(void)
{
    return one_test("regress/listener_far_behind", it_hears_the_last_ones_and_whatever_comes);
}
