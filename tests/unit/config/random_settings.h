/* Configurations drawn at random, said in a registry, and its print without what says where values come from. */
#ifndef SEAWALL_TEST_RANDOM_SETTINGS_H
#define SEAWALL_TEST_RANDOM_SETTINGS_H

#include <seawall/seawall.h>

/* Where the numbers come from; set it to the seed first. */
extern uint64_t random_state;
uint64_t random_below(uint64_t n);
/* Any characters, in UTF-8. */
void random_name(char name[SEAWALL_NAME_SIZE_MAX + 1]);
/* Sets fields of this kind and name, each to a value within its bounds; they need not go together. */
void random_fields(seawall_registry *registry, const char *kind, const char *name);
/* In quotes. */
void random_quoted(const char *name, char quoted[2 * SEAWALL_NAME_SIZE_MAX + 3]);
void without_origins(char *text);

#endif
