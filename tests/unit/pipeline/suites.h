/* The parts of the machine's suite. */
#ifndef SEAWALL_TEST_PIPELINE_SUITES_H
#define SEAWALL_TEST_PIPELINE_SUITES_H

#include <check.h>

void suite_order(TCase *tests);
void suite_answers(TCase *tests);
void suite_cuts(TCase *tests);
void suite_side_by_side(TCase *tests);
void suite_ends(TCase *tests);

#endif
