/* Loads whose problems are kept, to be compared. */
#ifndef SEAWALL_TEST_TOLD_H
#define SEAWALL_TEST_TOLD_H

#include "support.h"

#define TOLD_SIZE 262144

typedef struct told {
    char text[TOLD_SIZE]; /* each problem's text, | between them, cut at the end */
    size_t length;
    int count;
    bool tidy; /* each was one printable line that is made of its parts */
} told;

/* Checks a text that is called "t". */
seawall_status told_check(told *all, const char *text, size_t length, const seawall_platform *platform, seawall_error *error);

/* The callback, with a told as its user. */
void told_problem(const seawall_problem *problem, void *user);

/* A whole file, read by the C library; fails the test if there is none. Answers its length. */
size_t told_slurp(const char *path, char *text, size_t size);

/* The path of a file of the project. */
const char *told_source(const char *path);

#endif
