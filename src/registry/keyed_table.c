/* Instances by key, and by how long ago somebody asked for them. */
#include <string.h>

#include "base/hash.h"
#include "registry/keyed_object.h"

uint64_t sw_keyed_hash(const seawall_keyed *keyed, const char *key)
{
    return sw_hash_text(keyed->seed, key);
}

static sw_instance **bucket_of(sw_buckets *buckets, uint64_t hash)
{
    return &buckets->first[hash & buckets->mask];
}

sw_instance *sw_keyed_find(const seawall_keyed *keyed, uint64_t hash, const char *key)
{
    sw_instance *found = *bucket_of(keyed->buckets, hash);

    while (found != NULL && (found->hash != hash || strcmp(found->key, key) != 0))
        found = found->next[keyed->buckets->side];
    return found;
}

static void make_newest(seawall_keyed *keyed, sw_instance *instance)
{
    instance->newer = NULL;
    instance->older = keyed->newest;
    if (keyed->newest != NULL)
        keyed->newest->newer = instance;
    else
        keyed->oldest = instance;
    keyed->newest = instance;
}

static void unlink_from_order(seawall_keyed *keyed, const sw_instance *instance)
{
    if (instance->newer != NULL)
        instance->newer->older = instance->older;
    else
        keyed->newest = instance->older;
    if (instance->older != NULL)
        instance->older->newer = instance->newer;
    else
        keyed->oldest = instance->newer;
}

static void chain(sw_buckets *buckets, sw_instance *instance)
{
    sw_instance **bucket = bucket_of(buckets, instance->hash);

    instance->next[buckets->side] = *bucket;
    sw_order_stores();
    *bucket = instance;
}

void sw_keyed_insert(seawall_keyed *keyed, sw_instance *instance)
{
    chain(keyed->buckets, instance);
    make_newest(keyed, instance);
}

void sw_keyed_take_out(seawall_keyed *keyed, sw_instance *instance, seawall_time now)
{
    sw_instance **link = bucket_of(keyed->buckets, instance->hash);
    int side = keyed->buckets->side;

    while (*link != instance)
        link = &(*link)->next[side];
    *link = instance->next[side];
    sw_order_stores(); /* before it is given up */
    unlink_from_order(keyed, instance);
    keyed->instances--;
    sw_source_end_instance(instance->source, now);
}

void sw_keyed_touch(seawall_keyed *keyed, sw_instance *instance, seawall_time now)
{
    instance->used = now;
    if (keyed->newest == instance)
        return;
    unlink_from_order(keyed, instance);
    make_newest(keyed, instance);
}

bool sw_instance_is_held(const seawall_keyed *keyed, const sw_instance *instance)
{
    return sw_load_u32(sw_member_kinds[keyed->kind].references(instance->object)) > 1;
}

/* One that is held counts as asked for: it is not looked at again until its turn comes anew. */
sw_instance *sw_keyed_take_oldest(seawall_keyed *keyed, seawall_time now)
{
    sw_instance *last = keyed->newest, *oldest;

    while ((oldest = keyed->oldest) != NULL) {
        if (!sw_instance_is_held(keyed, oldest)) {
            sw_keyed_take_out(keyed, oldest, now);
            return oldest;
        }
        sw_keyed_touch(keyed, oldest, now);
        if (oldest == last)
            break;
    }
    return NULL;
}

sw_instance *sw_keyed_take_expired(seawall_keyed *keyed, seawall_time now)
{
    sw_instance *oldest;

    while ((oldest = keyed->oldest) != NULL && seawall_time_until(now, oldest->used) >= keyed->config.idle_expiry) {
        if (!sw_instance_is_held(keyed, oldest)) {
            sw_keyed_take_out(keyed, oldest, now);
            return oldest;
        }
        sw_keyed_touch(keyed, oldest, now);
    }
    return NULL;
}

sw_buckets *sw_keyed_rehash(seawall_keyed *keyed, sw_buckets *bigger)
{
    sw_buckets *before = keyed->buckets;
    sw_instance *it;

    bigger->side = 1 - before->side;
    for (it = keyed->oldest; it != NULL; it = it->newer)
        chain(bigger, it);
    sw_order_stores();
    keyed->buckets = bigger;
    sw_order_stores(); /* before the others are given up */
    return before;
}
