/* The execution machine, sentence by sentence of its contract. */
#include <stdlib.h>

#include "suites.h"

int main(void)
{
    static const struct {
        const char *name;
        void (*fill)(TCase *tests);
    } parts[] = {
        {"order", suite_order}, {"answers", suite_answers}, {"cuts", suite_cuts}, {"side by side", suite_side_by_side},
        {"ends", suite_ends},
    };
    Suite *suite = suite_create("unit/pipeline/execution");
    SRunner *runner;
    size_t i;
    int failed;

    for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        TCase *tests = tcase_create(parts[i].name);

        parts[i].fill(tests);
        suite_add_tcase(suite, tests);
    }
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
