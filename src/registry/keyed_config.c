/* The settings of keyed instances, how they change in use, and what can be seen. */
#include "base/alloc.h"
#include "base/error.h"
#include "registry/keyed_config.h"
#include "registry/keyed_object.h"
#include "time/platform.h"

static const seawall_keyed_config defaults = SEAWALL_KEYED_CONFIG_INIT;

static const sw_field fields[] = {
    {SW_FIELD_COUNT(seawall_keyed_config, max_instances, "instances", 1, 1000000, "Instances at the same time."), .live = true},
    {SW_FIELD_DURATION(seawall_keyed_config, idle_expiry, SEAWALL_MILLISECONDS(1), SEAWALL_FOREVER,
                       "An instance that nobody asks for that long goes."),
     .live = true},
};

const sw_config_kind sw_keyed_config_kind = {
    .name = "keyed",
    .size = sizeof(seawall_keyed_config),
    .oldest = sizeof(seawall_keyed_config),
    .defaults = &defaults,
    .fields = fields,
    .count = sizeof(fields) / sizeof(fields[0]),
};

seawall_status seawall_keyed_config_init(seawall_keyed_config *config, size_t size)
{
    return sw_config_init(&sw_keyed_config_kind, config, size);
}

sw_buckets *sw_keyed_buckets(const seawall_platform *platform, const seawall_keyed_config *config)
{
    size_t count = 1, bytes;
    sw_buckets *made;

    while (count < (size_t)config->max_instances)
        count *= 2;
    bytes = sizeof(sw_buckets) + count * sizeof(sw_instance *);
    made = sw_allocate(platform, bytes, _Alignof(sw_buckets));
    if (made == NULL)
        return NULL;
    made->bytes = bytes;
    made->mask = count - 1;
    return made;
}

/* Those that are too many, unless somebody holds them: these go when they are the oldest and another comes. */
static void shrink(seawall_keyed *keyed)
{
    seawall_time now = sw_now(keyed->platform);
    sw_instance *gone;

    do {
        sw_keyed_lock(keyed);
        gone = keyed->instances > keyed->config.max_instances ? sw_keyed_take_oldest(keyed, now) : NULL;
        keyed->evicted += gone != NULL;
        sw_mutex_unlock(&keyed->lock);
        sw_instance_free(keyed, gone);
    } while (gone != NULL);
}

bool sw_keyed_make_room(seawall_keyed *keyed, const seawall_keyed_config *config)
{
    sw_buckets *buckets;
    bool enough;

    sw_keyed_lock(keyed);
    enough = (size_t)config->max_instances <= keyed->buckets->mask + 1;
    sw_mutex_unlock(&keyed->lock);
    if (enough)
        return true;
    buckets = sw_keyed_buckets(keyed->platform, config);
    if (buckets == NULL)
        return false;
    sw_keyed_lock(keyed);
    if (buckets->mask > keyed->buckets->mask)
        buckets = sw_keyed_rehash(keyed, buckets);
    sw_mutex_unlock(&keyed->lock);
    sw_release(keyed->platform, buckets, buckets->bytes);
    return true;
}

seawall_status sw_keyed_reconfigure(seawall_keyed *keyed, const seawall_keyed_config *config, seawall_error *error)
{
    seawall_keyed_config full;
    seawall_status status = sw_config_take(&sw_keyed_config_kind, config, &full, error);

    if (status != SEAWALL_OK)
        return status;
    if (!sw_keyed_make_room(keyed, &full))
        return sw_error(error, SEAWALL_NO_MEMORY, "keyed", "keyed: no memory");
    sw_keyed_lock(keyed);
    keyed->config = full;
    sw_mutex_unlock(&keyed->lock);
    shrink(keyed);
    return SEAWALL_OK;
}

static const seawall_keyed_snapshot empty_snapshot = SEAWALL_KEYED_SNAPSHOT_INIT;

static const sw_config_kind snapshot_kind = {
    .name = "snapshot",
    .size = sizeof(seawall_keyed_snapshot),
    .oldest = sizeof(seawall_keyed_snapshot),
    .defaults = &empty_snapshot,
};

seawall_status seawall_keyed_snapshot_init(seawall_keyed_snapshot *snapshot, size_t size)
{
    return sw_config_init(&snapshot_kind, snapshot, size);
}

seawall_status seawall_keyed_get_snapshot(seawall_keyed *keyed, seawall_keyed_snapshot *snapshot)
{
    seawall_keyed_snapshot full = SEAWALL_KEYED_SNAPSHOT_INIT;

    if (keyed == NULL || snapshot == NULL)
        return SEAWALL_INVALID;
    sw_keyed_lock(keyed);
    full.instances = keyed->instances;
    full.max_instances = keyed->config.max_instances;
    full.created = keyed->created;
    full.evicted = keyed->evicted;
    full.expired = keyed->expired;
    full.refused = keyed->refused;
    sw_mutex_unlock(&keyed->lock);
    return sw_struct_give(&full, sizeof(full), sizeof(full), snapshot);
}
