/* A clock that tests move themselves, a token, toys. */
#include "token_fixture.h"

#include <check.h>

token_fixture fixture;

seawall_time token_now(void)
{
    return seawall_manual_clock_now(fixture.test.clock) - SW_TEST_START;
}

void token_move_to(seawall_time at)
{
    if (at > token_now())
        seawall_manual_clock_advance(fixture.test.clock, at - token_now());
}

/* Cancelled when the clock shows this, counted from the start. */
void token_cancel_when(seawall_time at)
{
    token_move_to(at);
    ck_assert_int_eq(seawall_cancel_trigger(fixture.token), SEAWALL_OK);
}

/* Who parks moves the clock on, by itself: nobody else does. */
static void park(const uint32_t *word, uint32_t expected, seawall_time until, void *user)
{
    (void)user;
    if (__atomic_load_n(word, __ATOMIC_SEQ_CST) != expected)
        return;
    if (fixture.cancel_at != 0 && (until == FOREVER || fixture.cancel_at <= until - SW_TEST_START)) {
        token_cancel_when(fixture.cancel_at);
        fixture.cancel_at = 0;
        ck_assert_msg(__atomic_load_n(word, __ATOMIC_SEQ_CST) != expected, "nobody woke who waits");
        return;
    }
    ck_assert_msg(until != FOREVER, "nobody parks for ever");
    token_move_to(until - SW_TEST_START);
}

void token_set_up(void)
{
    sw_test_platform_init(&fixture.test, false);
    fixture.test.platform.park = park;
    fixture.test.platform.clock_user = fixture.test.clock;
    fixture.cancel_at = 0;
    fixture.toy_count = 0;
    ck_assert_int_eq(seawall_cancel_create(NULL, &fixture.test.platform, &fixture.token, NULL), SEAWALL_OK);
}

void token_tear_down(void)
{
    int32_t i;

    for (i = 0; i < fixture.toy_count; i++) {
        ck_assert_ptr_null(toy_at_rest(&fixture.toys[i]));
        toy_fini(&fixture.toys[i]);
    }
    seawall_cancel_destroy(fixture.token);
    sw_test_platform_fini(&fixture.test);
}

const seawall_policy **token_policies(const toy_config *configs, int32_t count)
{
    static const seawall_policy *policies[4];

    for (fixture.toy_count = 0; fixture.toy_count < count; fixture.toy_count++) {
        toy_init(&fixture.toys[fixture.toy_count], &configs[fixture.toy_count], NULL);
        policies[fixture.toy_count] = &fixture.toys[fixture.toy_count].policy;
    }
    return policies;
}

