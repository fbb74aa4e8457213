/* The suite of random worlds, in two sizes. */
#ifndef SEAWALL_TEST_WORLDS_H
#define SEAWALL_TEST_WORLDS_H

#include <stdint.h>

/* Runs `count` worlds from seed 1 up, or the one that SEAWALL_SEED names. Answers main's status. */
int worlds_suite(const char *name, uint64_t count);

#endif
