/* A program of one test. */
#ifndef SEAWALL_TEST_ONE_TEST_H
#define SEAWALL_TEST_ONE_TEST_H

#include <check.h>
#include <stdlib.h>

static inline int one_test(const char *name, const TTest *test)
{
    Suite *suite = suite_create(name);
    TCase *tests = tcase_create("regress");
    SRunner *runner = srunner_create(suite);
    int failed;

    suite_add_tcase(suite, tests);
    tcase_add_test(tests, test);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#endif
