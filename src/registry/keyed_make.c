/* One instance, made from what the template says. */
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/twin.h"
#include "registry/keyed_object.h"

_Static_assert(sizeof(seawall_breaker_config) <= SW_TWIN_WORDS_MAX * sizeof(uint64_t), "the largest of them has room in a twin");

static size_t part_bytes(const sw_keyed_part *part)
{
    return sw_config_words(part->kind) * sizeof(uint64_t);
}

void sw_keyed_part_config(sw_keyed_part *part, sw_member_config *config)
{
    sw_twin_read(&part->version, part->words, config, part_bytes(part));
}

void sw_keyed_part_set(sw_keyed_part *part, const sw_member_config *config)
{
    sw_twin_write(&part->version, part->words, config, part_bytes(part));
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
    sw_member_config config;
    int32_t i;

    for (i = 0; i < keyed->part_count && status == SEAWALL_OK; i++) {
        sw_keyed_part *part = &keyed->parts[i];

        if (!part->own)
            continue;
        sw_keyed_part_config(part, &config);
        status = sw_member_kinds[part->kind].create(&config, keyed->platform, &instance->parts[i], error);
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

void sw_instance_retune(seawall_keyed *keyed, void *const *parts)
{
    sw_member_config config;
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
            sw_keyed_part_config(part, &config);
            /* What cannot change is in the template as it was; a template that was made anew is for new keys. */
            (void)!kind->reconfigure(parts[i], &config, NULL);
        } while (sw_load_u32(&part->version) != version);
    }
}
