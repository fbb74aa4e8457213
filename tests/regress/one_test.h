/* A program of one test. */
#ifndef SEAWALL_TEST_ONE_TEST_H
#define SEAWALL_TEST_ONE_TEST_H

#include "suite.h"

static inline int one_test(const char *name, const TTest *test)
{
    TCase *tests = tcase_create("regress");

    tcase_set_timeout(tests, 300); /* the sanitizers take their time */
    tcase_add_test(tests, test);
    return sw_test_run(name, tests);
}

#endif
