/* Each published result, within its band. */
#include <check.h>

#include "model/papers/papers.h"
#include "suite.h"
#include "support.h"

#define SEED 1

static const papers_group_fn groups[] = {papers_contention, papers_failures, papers_tail};

START_TEST(the_library_does_what_was_published)
{
    static papers_book book;
    int i;

    groups[_i](&book, sw_test_count(PAPERS_SMALL, PAPERS_FULL) == PAPERS_FULL ? PAPERS_FULL : PAPERS_SMALL, SEED);
    ck_assert_int_gt(book.count, 0);
    for (i = 0; i < book.count; i++)
        ck_assert_msg(book.rows[i].pass, "%s: %s, not %s (%s)", book.rows[i].name, book.rows[i].library, book.rows[i].published,
                      book.rows[i].band);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("papers");

    tcase_set_timeout(tests, 120);
    tcase_add_loop_test(tests, the_library_does_what_was_published, 0, (int)(sizeof(groups) / sizeof(groups[0])));
    return sw_test_run("papers", tests);
}
