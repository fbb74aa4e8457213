/*
 * Results that others have published, computed once more with Seawall's own objects: what stands in a paper is what a user may
 * expect of the policy here. Each group fills in rows of what was published, what came out, and how far apart they may be.
 */
#ifndef SEAWALL_PAPERS_H
#define SEAWALL_PAPERS_H

#include <seawall/seawall.h>

#define PAPERS_ROWS_MAX 64

typedef struct papers_row {
    char name[72];
    char published[32];
    char library[32];
    char band[16];
    bool pass;
} papers_row;

typedef struct papers_book {
    papers_row rows[PAPERS_ROWS_MAX];
    int count;
} papers_book;

/*
 * How much is simulated. The small one has bands of its own, five standard errors wide, and leaves out what it cannot tell
 * apart.
 */
typedef enum papers_size {
    PAPERS_SMALL,
    PAPERS_FULL
} papers_size;

typedef void (*papers_group_fn)(papers_book *book, papers_size size, uint64_t seed);

/* N clients that contend for one versioned write: "Exponential Backoff and Jitter", AWS, 2015. */
void papers_contention(papers_book *book, papers_size size, uint64_t seed);

/* Retries at a fixed failure rate: the geometric sums of any textbook, and what a token bucket leaves of them. */
void papers_failures(papers_book *book, papers_size size, uint64_t seed);

/* A hedge against the tail: "The Tail at Scale", Dean and Barroso, CACM 56(2), 2013, table 1. */
void papers_tail(papers_book *book, papers_size size, uint64_t seed);

/* A number within `share` of the published one. */
void papers_within(papers_book *book, const char *name, double published, double library, double share);

/* A number within `distance` of it. */
void papers_near(papers_book *book, const char *name, double published, double library, double distance);

/* A number that is not above `most`. */
void papers_at_most(papers_book *book, const char *name, double most, double library);

/* Something that holds or does not. */
void papers_holds(papers_book *book, const char *name, bool holds);

/* A number from 0 to 1, neither included. */
double papers_chance(seawall_random *random);

/* Ends the program: what is asked for here always works. */
void papers_must(seawall_status status);

/* A pipeline of this one policy; of none for NULL. */
seawall_pipeline *papers_pipeline(const seawall_policy *policy, const seawall_platform *platform);

#endif
