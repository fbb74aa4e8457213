/*
 * What names and keys are looked up in beside Seawall: the map that one writes first, chains of a hash table, under a mutex or
 * not. Each entry has a count of references. In the floors' library.
 */
#ifndef BENCH_RIVAL_MAP_H
#define BENCH_RIVAL_MAP_H

#include <pthread.h>
#include <stdint.h>

#define RIVAL_MAP_BUCKETS 1024

typedef struct rival_entry {
    struct rival_entry *next, *newer, *older;
    uint64_t references;
    int64_t used;
    char key[24];
    char body[64];
} rival_entry;

typedef struct rival_map {
    pthread_mutex_t lock;
    rival_entry *buckets[RIVAL_MAP_BUCKETS];
    rival_entry *newest, *oldest;
    uint64_t count, most;
} rival_map;

/* At most that many entries: the one that was asked for the longest ago goes for a new one. */
void rival_map_init(rival_map *map, uint64_t most);
void rival_map_clear(rival_map *map);
/* Nothing but the look-up, and a reference; for a map that nobody changes. */
rival_entry *rival_map_look(rival_map *map, const char *key);
/* Made if it is not there: a mutex, a clock read, the look-up, the order of use, a reference. */
rival_entry *rival_map_ask(rival_map *map, const char *key);
void rival_entry_give_back(rival_entry *entry);

#endif
