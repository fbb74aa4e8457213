/* A policy to put inside a retry, which lets through, refuses, cuts or makes wait. */
#ifndef SEAWALL_TEST_RETRY_GATE_H
#define SEAWALL_TEST_RETRY_GATE_H

#include <seawall/seawall.h>

/*
 * Answers `status` from its `from`th run on: refuses with a hint of 700 ms, (ok) waits for ever, or (cancelled) cuts after 1 ms
 * what is inside. From 0: never.
 */
typedef struct gate {
    int32_t from;
    seawall_status status;
    int32_t runs;
} gate;

seawall_policy gate_policy(gate *g);

#endif
