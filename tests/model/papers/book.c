/* The rows of the published results, and what the groups share. */
#include "model/papers/papers.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static papers_row *next_row(papers_book *book, const char *name)
{
    papers_row *row = &book->rows[book->count];

    if (book->count++ == PAPERS_ROWS_MAX)
        abort();
    snprintf(row->name, sizeof(row->name), "%s", name);
    return row;
}

static papers_row *number_row(papers_book *book, const char *name, double published, double library)
{
    papers_row *row = next_row(book, name);

    snprintf(row->published, sizeof(row->published), "%.5g", published);
    snprintf(row->library, sizeof(row->library), "%.5g", library);
    return row;
}

void papers_within(papers_book *book, const char *name, double published, double library, double share)
{
    papers_row *row = number_row(book, name, published, library);

    snprintf(row->band, sizeof(row->band), "+-%.2g %%", share * 100);
    row->pass = fabs(library - published) <= published * share;
}

void papers_near(papers_book *book, const char *name, double published, double library, double distance)
{
    papers_row *row = number_row(book, name, published, library);

    snprintf(row->band, sizeof(row->band), "+-%.2g", distance);
    row->pass = fabs(library - published) <= distance;
}

void papers_at_most(papers_book *book, const char *name, double most, double library)
{
    papers_row *row = number_row(book, name, most, library);

    snprintf(row->band, sizeof(row->band), "at most");
    row->pass = library <= most;
}

void papers_holds(papers_book *book, const char *name, bool holds)
{
    papers_row *row = next_row(book, name);

    snprintf(row->published, sizeof(row->published), "yes");
    snprintf(row->library, sizeof(row->library), holds ? "yes" : "no");
    snprintf(row->band, sizeof(row->band), "order");
    row->pass = holds;
}

double papers_chance(seawall_random *random)
{
    return ((double)(seawall_random_next(random) >> 11) + 0.5) * 0x1p-53;
}

void papers_must(seawall_status status)
{
    if (status != SEAWALL_OK)
        abort();
}

seawall_pipeline *papers_pipeline(const seawall_policy *policy, const seawall_platform *platform)
{
    seawall_pipeline *pipeline;

    papers_must(seawall_pipeline_create(NULL, &policy, policy != NULL, platform, &pipeline, NULL));
    return pipeline;
}
