/* What the suites of runs under a token share: a clock that they move themselves, a token, toys. */
#ifndef SEAWALL_TEST_TOKEN_FIXTURE_H
#define SEAWALL_TEST_TOKEN_FIXTURE_H

#include "support.h"
#include "toy.h"

#define FOREVER SEAWALL_FOREVER
#define GONE SEAWALL_FAULT_SERVICE_UNAVAILABLE

typedef struct token_fixture {
    sw_test_platform test;
    seawall_cancel *token;
    toy toys[4];
    int32_t toy_count;
    seawall_time cancel_at; /* when whoever is parked finds it cancelled; 0: does not */
} token_fixture;

extern token_fixture fixture;

void token_set_up(void);
void token_tear_down(void);

/* Times are counted from the start. */
seawall_time token_now(void);
void token_move_to(seawall_time at);
/* Cancelled when the clock shows this. */
void token_cancel_when(seawall_time at);
const seawall_policy **token_policies(const toy_config *configs, int32_t count);

#endif
