#define _POSIX_C_SOURCE 200809L
#include "rival_map.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

void rival_map_init(rival_map *map, uint64_t most)
{
    memset(map, 0, sizeof(*map));
    (void)pthread_mutex_init(&map->lock, NULL);
    map->most = most;
}

static rival_entry **bucket_of(rival_map *map, const char *key)
{
    uint64_t hash = UINT64_C(14695981039346656037);

    for (; *key != '\0'; key++)
        hash = (hash ^ (unsigned char)*key) * UINT64_C(1099511628211);
    return &map->buckets[hash % RIVAL_MAP_BUCKETS];
}

static rival_entry *find(rival_map *map, const char *key)
{
    rival_entry *found = *bucket_of(map, key);

    while (found != NULL && strcmp(found->key, key) != 0)
        found = found->next;
    return found;
}

static void unlink_one(rival_map *map, rival_entry *entry)
{
    *(entry->newer != NULL ? &entry->newer->older : &map->newest) = entry->older;
    *(entry->older != NULL ? &entry->older->newer : &map->oldest) = entry->newer;
}

static void make_newest(rival_map *map, rival_entry *entry)
{
    entry->newer = NULL;
    entry->older = map->newest;
    *(map->newest != NULL ? &map->newest->newer : &map->oldest) = entry;
    map->newest = entry;
}

static void take_out(rival_map *map, rival_entry *entry)
{
    rival_entry **link = bucket_of(map, entry->key);

    while (*link != entry)
        link = &(*link)->next;
    *link = entry->next;
    unlink_one(map, entry);
    map->count--;
    free(entry);
}

static rival_entry *make(rival_map *map, const char *key)
{
    rival_entry *made = calloc(1, sizeof(*made)), **bucket = bucket_of(map, key);

    if (made == NULL)
        return NULL;
    (void)strncat(made->key, key, sizeof(made->key) - 1);
    if (map->count == map->most)
        take_out(map, map->oldest);
    made->next = *bucket;
    *bucket = made;
    make_newest(map, made);
    map->count++;
    return made;
}

void rival_map_clear(rival_map *map)
{
    while (map->oldest != NULL)
        take_out(map, map->oldest);
}

static rival_entry *take_reference(rival_entry *entry)
{
    if (entry != NULL)
        (void)__atomic_fetch_add(&entry->references, 1, __ATOMIC_SEQ_CST);
    return entry;
}

rival_entry *rival_map_look(rival_map *map, const char *key)
{
    return take_reference(find(map, key));
}

rival_entry *rival_map_ask(rival_map *map, const char *key)
{
    struct timespec now;
    rival_entry *found;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    (void)pthread_mutex_lock(&map->lock);
    found = find(map, key);
    if (found == NULL) {
        found = make(map, key);
    } else {
        unlink_one(map, found);
        make_newest(map, found);
    }
    if (found != NULL)
        found->used = now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
    (void)take_reference(found);
    (void)pthread_mutex_unlock(&map->lock);
    return found;
}

void rival_entry_give_back(rival_entry *entry)
{
    (void)__atomic_fetch_sub(&entry->references, 1, __ATOMIC_SEQ_CST);
}
