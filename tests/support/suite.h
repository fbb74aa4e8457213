/* What a program of tests does once it knows them. */
#ifndef SEAWALL_TEST_SUITE_H
#define SEAWALL_TEST_SUITE_H

#include <check.h>

/* Runs a suite of this one case. The exit code of main. */
int sw_test_run(const char *name, TCase *tests);

/*
 * A further case of the suite, for tests that take tens of thousands of turns through code that others go through as well. It has
 * the tag "many", by which they can be left out where every instruction is dear.
 */
TCase *sw_test_many_turns(Suite *suite);

#endif
