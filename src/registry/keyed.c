/* Keyed instances as an object: its life, and asking for keys. */
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "registry/keyed_config.h"
#include "registry/keyed_object.h"
#include "time/platform.h"

/* Instances that are given up while somebody asks for another. */
#define EXPIRED_AT_ONCE 2
/* Instances that go for one that comes, at most: more than one while there are too many, because fewer are allowed now. */
#define EVICTED_AT_ONCE 3

void seawall_keyed_destroy(seawall_keyed *keyed)
{
    sw_instance *it;
    int32_t i;

    if (keyed == NULL || sw_sub_u32(&keyed->references, 1) != 1)
        return;
    sw_keyed_lock(keyed); /* if it has been nobody's since a fork */
    sw_mutex_unlock(&keyed->lock);
    while ((it = keyed->oldest) != NULL) {
        sw_keyed_take_out(keyed, it, sw_now(keyed->platform));
        sw_instance_free(keyed, it);
    }
    for (i = 0; i < keyed->part_count; i++) {
        sw_keyed_part *part = &keyed->parts[i];

        if (part->object != NULL)
            sw_member_kinds[part->kind].destroy(part->object);
        seawall_pipeline_destroy(part->alternative);
        sw_release(keyed->platform, part->words, sw_keyed_part_bytes(part));
    }
    sw_release(keyed->platform, keyed->parts, (size_t)keyed->part_count * sizeof(sw_keyed_part));
    if (keyed->buckets != NULL)
        sw_release(keyed->platform, keyed->buckets, keyed->buckets->bytes);
    sw_source_drop(keyed->source);
    sw_release(keyed->platform, keyed, sizeof(*keyed));
}

sw_atomic_u32 *sw_keyed_references(seawall_keyed *keyed)
{
    return &keyed->references;
}

/* What is found while the lock is held, for afterwards. */
typedef struct visit {
    seawall_keyed *keyed;
    const char *key;
    uint64_t hash;
    void *object;
    bool stale;       /* it has not been told what the template says now, */
    uint64_t version; /* which is this one */
    int32_t most;     /* so many there may be, where there was no place */
    void *parts[SEAWALL_PIPELINE_POLICIES_MAX];
    int32_t gone_count;
    sw_instance *gone[EXPIRED_AT_ONCE + 1 + EVICTED_AT_ONCE];
} visit;

static seawall_status all_in_use(const visit *v, seawall_error *error)
{
    char quoted[SW_TEXT_SIZE];

    if (error == NULL)
        return SEAWALL_FULL;
    (void)sw_quote((sw_span){v->key, strlen(v->key)}, quoted);
    return sw_error(error, SEAWALL_FULL, "keyed.max_instances",
                    "keyed.max_instances of \"%s\": all %d are in use, none is left for %s", v->keyed->name, (int)v->most,
                    quoted);
}

static void give_up(visit *v)
{
    while (v->gone_count > 0)
        sw_instance_free(v->keyed, v->gone[--v->gone_count]);
}

static void let_go(visit *v, sw_instance *instance, int64_t *counter)
{
    if (instance == NULL)
        return;
    v->gone[v->gone_count++] = instance;
    (*counter)++;
}

static void expire_some(visit *v, seawall_time now)
{
    while (v->gone_count < EXPIRED_AT_ONCE) {
        sw_instance *expired = sw_keyed_take_expired(v->keyed, now);

        if (expired == NULL)
            return;
        let_go(v, expired, &v->keyed->expired);
    }
}

static bool is_expired(const seawall_keyed *keyed, const sw_instance *instance, seawall_time now)
{
    return seawall_time_until(now, instance->used) >= keyed->config.idle_expiry && !sw_instance_is_held(keyed, instance);
}

/* A reference to the instance that is there, if it is. Under the lock. */
static bool take(visit *v, seawall_time now)
{
    seawall_keyed *keyed = v->keyed;
    sw_instance *found = sw_keyed_find(keyed, v->hash, v->key);

    if (found != NULL && is_expired(keyed, found, now)) {
        sw_keyed_take_out(keyed, found, now);
        let_go(v, found, &keyed->expired);
        found = NULL;
    }
    if (found == NULL)
        return false;
    sw_keyed_touch(keyed, found, now);
    v->object = found->object;
    sw_member_kinds[keyed->kind].retain(v->object);
    v->version = sw_load_u64(&keyed->version);
    v->stale = found->version != v->version;
    if (v->stale)
        memcpy(v->parts, found->parts, (size_t)keyed->part_count * sizeof(void *));
    return true;
}

/*
 * Whoever finds it before it has been told tells it too: nobody gets one that goes by what the template said before, unless a
 * slow one is telling it that just now, who looks again afterwards.
 */
static void tell(visit *v)
{
    seawall_keyed *keyed = v->keyed;
    sw_instance *found;

    sw_instance_retune(keyed, v->parts);
    sw_keyed_lock(keyed);
    found = sw_keyed_find(keyed, v->hash, v->key);
    if (found != NULL && found->object == v->object && (found->version < v->version || found->version == UINT64_MAX))
        found->version = v->version;
    sw_mutex_unlock(&keyed->lock);
}

/* Counts one more before it is made, so that there are never too many. Under the lock. */
static bool reserve(visit *v, seawall_time now)
{
    seawall_keyed *keyed = v->keyed;
    int32_t evicted;

    for (evicted = 0; evicted < EVICTED_AT_ONCE && keyed->instances >= keyed->config.max_instances; evicted++) {
        sw_instance *oldest = sw_keyed_take_oldest(keyed, now);

        if (oldest == NULL)
            break;
        let_go(v, oldest, &keyed->evicted);
    }
    if (evicted == 0 && keyed->instances >= keyed->config.max_instances) {
        keyed->refused++;
        v->most = keyed->config.max_instances;
        return false;
    }
    keyed->instances++;
    return true;
}

/* There is a place for it. Another thread may have made one of the same key meanwhile: then it is that one. */
static seawall_status make(visit *v, seawall_time now, seawall_error *error)
{
    seawall_keyed *keyed = v->keyed;
    sw_instance *made = NULL;
    seawall_status status = sw_instance_make(keyed, v->key, v->hash, &made, error);

    sw_keyed_lock(keyed);
    if (status == SEAWALL_OK && !take(v, now)) {
        sw_keyed_insert(keyed, made);
        made->used = now;
        keyed->created++;
        v->object = made->object;
        sw_member_kinds[keyed->kind].retain(v->object);
        made = NULL;
    } else {
        keyed->instances--;
    }
    sw_mutex_unlock(&keyed->lock);
    sw_instance_free(keyed, made);
    return status;
}

static seawall_status check(const seawall_keyed *keyed, int32_t kind, const char *key, seawall_error *error)
{
    size_t length;

    if (keyed == NULL || key == NULL)
        return sw_error(error, SEAWALL_INVALID, "keyed", "keyed: no keyed instances, no key or no place for one (NULL)");
    for (length = 0; length <= SEAWALL_KEY_SIZE_MAX && key[length] != '\0';)
        length++;
    if (length == 0 || length > SEAWALL_KEY_SIZE_MAX)
        return sw_error(error, SEAWALL_INVALID, "keyed", "keyed: a key has 1 to %d bytes", SEAWALL_KEY_SIZE_MAX);
    if (kind != keyed->kind)
        return sw_error(error, SEAWALL_INVALID, "keyed.instance", "keyed.instance of \"%s\": each is a %s, not a %s", keyed->name,
                        sw_member_kinds[keyed->kind].config->name, sw_member_kinds[kind].config->name);
    return SEAWALL_OK;
}

static seawall_status get(seawall_keyed *keyed, int32_t kind, const char *key, void **object, seawall_error *error)
{
    visit v = {.keyed = keyed, .key = key};
    seawall_status status = check(keyed, kind, object != NULL ? key : NULL, error);
    bool found, reserved;
    seawall_time now;

    if (status != SEAWALL_OK)
        return status;
    now = sw_now(keyed->platform);
    v.hash = sw_keyed_hash(keyed, key);
    sw_keyed_lock(keyed);
    expire_some(&v, now);
    found = take(&v, now);
    reserved = !found && reserve(&v, now);
    sw_mutex_unlock(&keyed->lock);
    give_up(&v);
    if (reserved)
        status = make(&v, now, error);
    else if (!found)
        status = all_in_use(&v, error);
    give_up(&v);
    if (v.stale)
        tell(&v);
    if (status == SEAWALL_OK && object != NULL) /* it never is without, but static analysis cannot know */
        *object = v.object;
    return status;
}

#define GETTER(type, number)                                                                                           \
    seawall_status seawall_keyed_##type(seawall_keyed *keyed, const char *key, seawall_##type **object,                \
                                        seawall_error *error)                                                          \
    {                                                                                                                  \
        void *it = NULL;                                                                                               \
        seawall_status status = get(keyed, number, key, object != NULL ? &it : NULL, error);                           \
                                                                                                                       \
        if (object != NULL && status == SEAWALL_OK)                                                                    \
            *object = it;                                                                                              \
        return status;                                                                                                 \
    }

GETTER(breaker, SW_MEMBER_CIRCUIT_BREAKER)
GETTER(retry, SW_MEMBER_RETRY)
GETTER(retry_budget, SW_MEMBER_RETRY_BUDGET)
GETTER(timeout, SW_MEMBER_TIMEOUT)
GETTER(limiter, SW_MEMBER_RATE_LIMITER)
GETTER(bulkhead, SW_MEMBER_BULKHEAD)
GETTER(hedge, SW_MEMBER_HEDGE)
GETTER(fallback, SW_MEMBER_FALLBACK)
GETTER(chaos, SW_MEMBER_CHAOS)
GETTER(pipeline, SW_MEMBER_PIPELINE)

seawall_status seawall_keyed_remove(seawall_keyed *keyed, const char *key)
{
    sw_instance *found;
    seawall_time now;

    if (keyed == NULL || check(keyed, keyed->kind, key, NULL) != SEAWALL_OK)
        return SEAWALL_INVALID;
    now = sw_now(keyed->platform);
    sw_keyed_lock(keyed);
    found = sw_keyed_find(keyed, sw_keyed_hash(keyed, key), key);
    if (found != NULL)
        sw_keyed_take_out(keyed, found, now);
    sw_mutex_unlock(&keyed->lock);
    if (found == NULL)
        return SEAWALL_INVALID;
    sw_instance_free(keyed, found);
    return SEAWALL_OK;
}

seawall_time seawall_keyed_expire(seawall_keyed *keyed)
{
    visit v = {.keyed = keyed};
    seawall_time next = SEAWALL_FOREVER, now;
    bool more;

    if (keyed == NULL)
        return SEAWALL_FOREVER;
    now = sw_now(keyed->platform);
    do {
        sw_keyed_lock(keyed);
        expire_some(&v, now);
        more = v.gone_count > 0;
        if (!more && keyed->oldest != NULL)
            next = seawall_time_add(keyed->oldest->used, keyed->config.idle_expiry);
        sw_mutex_unlock(&keyed->lock);
        give_up(&v);
    } while (more);
    return next;
}
