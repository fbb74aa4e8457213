/* The command line. */
#ifndef STORM_OPTIONS_H
#define STORM_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

struct options {
    double seconds;
    uint64_t seed;
    const char *report; /* where the HTML goes */
    const char *svg;    /* where the picture goes; NULL: nowhere */
    bool loop;          /* the guarded client runs on one thread */
};

/* false if there is nothing to run; *code is then the exit code. */
bool options_read(struct options *options, int argc, char **argv, int *code);

#endif
