/* What a program of tests does once it knows them. */
#ifndef SEAWALL_TEST_SUITE_H
#define SEAWALL_TEST_SUITE_H

#include <check.h>

/* Runs a suite of this one case. The exit code of main. */
int sw_test_run(const char *name, TCase *tests);

#endif
