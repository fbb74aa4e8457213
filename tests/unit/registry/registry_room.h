/* A registry on a platform to play with. */
#ifndef SEAWALL_TEST_REGISTRY_ROOM_H
#define SEAWALL_TEST_REGISTRY_ROOM_H

#include "support.h"

typedef struct room {
    sw_test_platform test;
    seawall_registry *registry;
    seawall_error error;
    seawall_registry_answer answer;
} room;

void room_init(room *r);
void room_fini(room *r);

/* Sets it, which must go well. */
void room_set(room *r, const char *kind, const char *name, const char *key, const char *value);

/* What a field of an object is, and where that comes from. */
void room_is_from(room *r, const char *kind, const char *name, const char *key, const char *value, seawall_origin_kind origin);

/* Drives checks for so long, and stops at each time at which they have something to do. */
void room_poll(room *r, seawall_health *health, seawall_duration how_long);

#endif
