/* Running a suite. */
#include "suite.h"

#include <stdlib.h>

int sw_test_run(const char *name, TCase *tests)
{
    Suite *suite = suite_create(name);
    SRunner *runner = srunner_create(suite);
    int failed;

    suite_add_tcase(suite, tests);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

TCase *sw_test_many_turns(Suite *suite)
{
    TCase *many = tcase_create("many turns");

    tcase_set_tags(many, "many");
    suite_add_tcase(suite, many);
    return many;
}
