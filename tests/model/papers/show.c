/* Prints the published results beside the library's. Status 0 if each is within its band. An argument is the seed. */
#include "model/papers/papers.h"

#include <stdio.h>
#include <stdlib.h>

int main(int count, char **words)
{
    uint64_t seed = count > 1 ? strtoull(words[1], NULL, 10) : 1;
    static papers_book book;
    int i, missed = 0;

    papers_contention(&book, PAPERS_FULL, seed);
    papers_failures(&book, PAPERS_FULL, seed);
    papers_tail(&book, PAPERS_FULL, seed);
    printf("%-68s %9s %9s %9s  %s\n", "row", "published", "library", "band", "pass");
    for (i = 0; i < book.count; i++) {
        const papers_row *row = &book.rows[i];

        printf("%-68s %9s %9s %9s  %s\n", row->name, row->published, row->library, row->band, row->pass ? "yes" : "NO");
        missed += !row->pass;
    }
    return missed == 0 ? 0 : 1;
}
