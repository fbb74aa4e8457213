/* One instance, made from what the template says. */
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/twin.h"
#include "policy/pool/pool_object.h"
#include "registry/keyed_object.h"

#define ROOM (SW_TWIN_WORDS_MAX * sizeof(uint64_t))
#define LEVELS sizeof(((sw_part_rules *)0)->levels)

_Static_assert(sizeof(seawall_breaker_config) <= ROOM, "the largest of them has room in a twin");
_Static_assert(sizeof(seawall_pool_config) % sizeof(uint64_t) == 0 && sizeof(seawall_pool_config) + LEVELS <= ROOM,
               "a pool with its levels has, too");

static size_t config_bytes(const sw_keyed_part *part)
{
    return sw_config_words(part->kind) * sizeof(uint64_t);
}

/* Levels stand behind the config. */
static size_t rules_bytes(const sw_keyed_part *part)
{
    return config_bytes(part) + (part->kind == SW_MEMBER_THREAD_POOL ? LEVELS : 0);
}

size_t sw_keyed_part_bytes(const sw_keyed_part *part)
{
    return 2 * rules_bytes(part);
}

void sw_keyed_part_rules(sw_keyed_part *part, sw_part_rules *rules)
{
    uint64_t words[SW_TWIN_WORDS_MAX];

    sw_twin_read(&part->version, part->words, words, rules_bytes(part));
    memcpy(&rules->config, words, config_bytes(part));
    if (part->kind != SW_MEMBER_THREAD_POOL)
        return;
    memcpy(rules->levels, (const char *)words + config_bytes(part), LEVELS);
    /* The template has copied what its config points to, which may be gone. */
    rules->config.pool.levels = rules->levels;
    rules->config.pool.name = ((const seawall_pool *)part->object)->name;
}

void sw_keyed_part_set(sw_keyed_part *part, const sw_part_rules *rules)
{
    uint64_t words[SW_TWIN_WORDS_MAX];

    memcpy(words, &rules->config, config_bytes(part));
    if (part->kind == SW_MEMBER_THREAD_POOL)
        memcpy((char *)words + config_bytes(part), rules->levels, LEVELS);
    sw_twin_write(&part->version, part->words, words, rules_bytes(part));
}

void sw_instance_free(seawall_keyed *keyed, sw_instance *instance)
{
    int32_t i;

    if (instance == NULL)
        return;
    for (i = 0; i < keyed->part_count; i++) {
        if (instance->parts[i] != NULL && keyed->parts[i].kind == SW_MEMBER_CIRCUIT_BREAKER)
            sw_source_leave_breaker(instance->source, instance->parts[i]);
    }
    sw_source_release_instance(instance->source);
    if (keyed->kind == SW_MEMBER_PIPELINE && instance->object != NULL)
        seawall_pipeline_destroy(instance->object);
    for (i = 0; i < keyed->part_count; i++) {
        if (instance->parts[i] != NULL)
            sw_member_kinds[keyed->parts[i].kind].destroy(instance->parts[i]);
    }
    sw_release(keyed->platform, instance, instance->bytes);
}

static seawall_status make_parts(seawall_keyed *keyed, sw_instance *instance, seawall_error *error)
{
    seawall_status status = SEAWALL_OK;
    sw_part_rules rules;
    int32_t i;

    for (i = 0; i < keyed->part_count && status == SEAWALL_OK; i++) {
        sw_keyed_part *part = &keyed->parts[i];

        if (!part->own)
            continue;
        sw_keyed_part_rules(part, &rules);
        status = sw_member_kinds[part->kind].create(&rules.config, keyed->platform, &instance->parts[i], error);
        if (status == SEAWALL_OK && part->kind == SW_MEMBER_CIRCUIT_BREAKER)
            (void)!sw_source_follow_breaker(instance->source, instance->parts[i]); /* a new one has room for a listener */
    }
    return status;
}

static seawall_status make_pipeline(seawall_keyed *keyed, sw_instance *instance, seawall_error *error)
{
    seawall_policy policies[SEAWALL_PIPELINE_POLICIES_MAX];
    const seawall_policy *order[SEAWALL_PIPELINE_POLICIES_MAX];
    seawall_pipeline_config config = keyed->pipeline;
    seawall_status status = SEAWALL_OK;
    seawall_pipeline *made;
    int32_t i;

    for (i = 0; i < keyed->part_count && status == SEAWALL_OK; i++) {
        const sw_keyed_part *part = &keyed->parts[i];
        void *object = part->own ? instance->parts[i] : part->object;

        policies[i] = (seawall_policy)SEAWALL_POLICY_INIT;
        order[i] = &policies[i];
        status = part->alternative != NULL
                     ? seawall_fallback_pipeline_policy(object, part->label, part->alternative, &policies[i])
                     : sw_policy_words[part->word].fill(object, part->label, &policies[i]);
    }
    if (instance->source != NULL) {
        config.listener = sw_source_hear;
        config.listener_user = instance->source;
    }
    if (status == SEAWALL_OK)
        status = seawall_pipeline_create(&config, order, keyed->part_count, keyed->platform, &made, error);
    if (status != SEAWALL_OK)
        return status;
    sw_source_follow_pipeline(instance->source, made);
    instance->object = made;
    return status;
}

seawall_status sw_instance_make(seawall_keyed *keyed, const char *key, uint64_t hash, sw_instance **instance,
                                seawall_error *error)
{
    size_t parts = (size_t)keyed->part_count * sizeof(void *), length = strlen(key) + 1;
    size_t bytes = sizeof(sw_instance) + parts + length;
    sw_instance *made = sw_allocate(keyed->platform, bytes, _Alignof(sw_instance));
    seawall_status status = SEAWALL_OK;

    if (made == NULL)
        return sw_error(error, SEAWALL_NO_MEMORY, "keyed", "keyed: no memory");
    made->bytes = bytes;
    made->key = (char *)made + sizeof(sw_instance) + parts;
    memcpy(made->key, key, length);
    made->hash = hash;
    made->version = sw_load_u64(&keyed->version); /* before its settings are read */
    if (keyed->source != NULL) {
        made->source = sw_source_create_instance(keyed->source, key);
        if (made->source == NULL)
            status = sw_error(error, SEAWALL_NO_MEMORY, "keyed", "keyed: no memory");
    }
    if (status == SEAWALL_OK)
        status = make_parts(keyed, made, error);
    if (status == SEAWALL_OK && keyed->kind == SW_MEMBER_PIPELINE)
        status = make_pipeline(keyed, made, error);
    else if (status == SEAWALL_OK)
        made->object = made->parts[0];
    if (status != SEAWALL_OK) {
        sw_instance_free(keyed, made);
        return status;
    }
    *instance = made;
    return SEAWALL_OK;
}

/* Levels are nobody else's to change: no program has a hand on the pool of a key. */
static void retune_part(sw_keyed_part *part, void *object, sw_part_rules *rules)
{
    seawall_priority_level_config now[SEAWALL_PRIORITY_COUNT];

    sw_keyed_part_rules(part, rules);
    /* What cannot change is in the template as it was; a template that was made anew is for new keys. */
    (void)!sw_member_kinds[part->kind].reconfigure(object, &rules->config, NULL);
    if (part->kind == SW_MEMBER_THREAD_POOL) {
        sw_pool_levels(object, now);
        sw_pool_relevel(object, now, rules->levels);
    }
}

void sw_instance_retune(seawall_keyed *keyed, void *const *parts)
{
    sw_part_rules rules;
    uint32_t version;
    int32_t i;

    for (i = 0; i < keyed->part_count; i++) {
        sw_keyed_part *part = &keyed->parts[i];
        const sw_member_kind *kind = &sw_member_kinds[part->kind];

        if (parts[i] == NULL || kind->reconfigure == NULL)
            continue;
        /* Somebody else may tell it of something newer before we do: the newest has the last word. */
        do {
            version = sw_load_u32(&part->version);
            retune_part(part, parts[i], &rules);
        } while (sw_load_u32(&part->version) != version);
    }
}
