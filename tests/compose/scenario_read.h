/* The scenario table as rows. */
#ifndef SEAWALL_TEST_SCENARIO_READ_H
#define SEAWALL_TEST_SCENARIO_READ_H

#include <seawall/seawall.h>

#define SCENARIO_NAME 100
#define SCENARIO_TEXT 4096
#define SCENARIO_OBJECTS 12
#define SCENARIO_CHAINS 4
#define SCENARIO_CALLS 10
#define SCENARIO_ATTEMPTS 8
#define SCENARIO_HAPPENINGS 12
#define SCENARIO_DRAWS 8

/* "retry again jitter=none" */
typedef struct scenario_object {
    char kind[SCENARIO_NAME];
    char name[SCENARIO_NAME];
    char settings[3 * SCENARIO_NAME];
} scenario_object;

/* "chain main again gate": a pipeline's name and its policies, outermost first */
typedef struct scenario_chain {
    char name[SCENARIO_NAME];
    char objects[3 * SCENARIO_NAME];
} scenario_chain;

typedef struct scenario_attempt {
    seawall_duration lasts;
    seawall_result result;
    seawall_duration stops; /* so long after its deadline, or a wish that it stop */
    bool lost;              /* its host disowns it instead of reporting */
} scenario_attempt;

typedef struct scenario_call {
    scenario_attempt attempts[SCENARIO_ATTEMPTS]; /* after the last, the last again */
    int32_t count;
    seawall_time at;        /* not before; and not before the one before has come to rest */
    seawall_duration limit; /* the caller's deadline, from the begin */
    seawall_duration cancel;
} scenario_call;

typedef struct scenario_happening {
    seawall_time at;
    char what[SCENARIO_NAME];
    char object[SCENARIO_NAME];
    int32_t count;
} scenario_happening;

typedef struct scenario_row {
    char name[SCENARIO_NAME];
    int line;
    scenario_object objects[SCENARIO_OBJECTS];
    scenario_chain chains[SCENARIO_CHAINS];
    scenario_call calls[SCENARIO_CALLS];
    scenario_happening happenings[SCENARIO_HAPPENINGS]; /* in order of time */
    double draws[SCENARIO_DRAWS];
    int32_t object_count, chain_count, call_count, happening_count, draw_count;
    char refused[SCENARIO_NAME]; /* the policy that the blocking driver refuses, or "" */
    char log[SCENARIO_TEXT];
    char late[SCENARIO_TEXT];
} scenario_row;

/* Every row of the file; aborts the test at a line that it does not understand. The caller frees them. */
scenario_row *scenario_read(const char *path, int *count);

/* Cuts the next word off `*rest`, NUL-terminated in `word`. False: there is none. */
bool scenario_word(const char **rest, char *word, size_t size);
/* Cuts "key=value" in two. False: there is no "=". */
bool scenario_cut(char *word, char **value);
seawall_duration scenario_duration(const char *text);
seawall_fault scenario_fault(const char *text);

#endif
