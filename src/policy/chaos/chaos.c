/* The chaos policy as an object. */
#include "policy/chaos/chaos_object.h"
#include "base/alloc.h"
#include "base/error.h"
#include "policy/chaos/chaos_config.h"
#include "time/platform.h"

/* At creation, or under the lock. */
static void put_rules(seawall_chaos *chaos, const seawall_chaos_config *full)
{
    sw_chaos_rules rules = sw_chaos_rules_from(full);

    SW_TWIN_WRITE(&chaos->rules, &rules);
    chaos->config = *full;
}

seawall_status seawall_chaos_create(const seawall_chaos_config *config, const seawall_platform *platform, seawall_chaos **chaos,
                                    seawall_error *error)
{
    seawall_chaos_config full;
    seawall_chaos *made;
    seawall_status status = sw_config_take(&sw_chaos_config_kind, config, &full, error);

    if (status != SEAWALL_OK)
        return status;
    if (chaos == NULL)
        return sw_error(error, SEAWALL_INVALID, "chaos", "chaos: no place for the new object (NULL)");
    platform = sw_platform_resolve(platform, error);
    if (platform == NULL)
        return SEAWALL_INVALID;
    made = sw_allocate(platform, sizeof(*made), _Alignof(seawall_chaos));
    if (made == NULL)
        return sw_error(error, SEAWALL_NO_MEMORY, "chaos", "chaos: no memory");
    sw_mutex_init(&made->lock);
    put_rules(made, &full);
    made->random = (sw_random_source){platform->random, platform->random_user};
    made->platform = platform;
    sw_store_relaxed_u32(&made->enabled, full.enabled != 0);
    sw_store_relaxed_u32(&made->references, 1);
    *chaos = made;
    return SEAWALL_OK;
}

void seawall_chaos_destroy(seawall_chaos *chaos)
{
    if (chaos != NULL && sw_sub_u32(&chaos->references, 1) == 1)
        sw_release(chaos->platform, chaos, sizeof(*chaos));
}

seawall_status seawall_chaos_reconfigure(seawall_chaos *chaos, const seawall_chaos_config *config, seawall_error *error)
{
    seawall_chaos_config full;
    seawall_status status;

    if (chaos == NULL)
        return sw_error(error, SEAWALL_INVALID, "chaos", "chaos: there is none to reconfigure (NULL)");
    sw_mutex_lock(&chaos->lock);
    status = sw_config_retake(&sw_chaos_config_kind, &chaos->config, config, &full, error);
    if (status == SEAWALL_OK) {
        /* Who has switched it by hand is overruled only by a word to the contrary. */
        if (full.enabled != chaos->config.enabled)
            sw_store_u32(&chaos->enabled, full.enabled != 0);
        put_rules(chaos, &full);
    }
    sw_mutex_unlock(&chaos->lock);
    return status;
}

seawall_status seawall_chaos_set_enabled(seawall_chaos *chaos, bool enabled)
{
    if (chaos == NULL)
        return SEAWALL_INVALID;
    sw_store_u32(&chaos->enabled, enabled);
    return SEAWALL_OK;
}

bool seawall_chaos_is_enabled(seawall_chaos *chaos)
{
    return chaos != NULL && sw_load_relaxed_u32(&chaos->enabled) != 0;
}

static const seawall_chaos_snapshot empty_snapshot = SEAWALL_CHAOS_SNAPSHOT_INIT;

static const sw_config_kind snapshot_kind = {
    .name = "snapshot",
    .size = sizeof(seawall_chaos_snapshot),
    .oldest = SW_UP_TO(seawall_chaos_snapshot, refusals),
    .defaults = &empty_snapshot,
};

seawall_status seawall_chaos_snapshot_init(seawall_chaos_snapshot *snapshot, size_t size)
{
    return sw_config_init(&snapshot_kind, snapshot, size);
}

static int64_t counted(seawall_chaos *chaos, enum sw_chaos_counter counter)
{
    return (int64_t)sw_load_relaxed_u64(&chaos->count[counter]);
}

seawall_status seawall_chaos_get_snapshot(seawall_chaos *chaos, seawall_chaos_snapshot *snapshot)
{
    seawall_chaos_snapshot full = SEAWALL_CHAOS_SNAPSHOT_INIT;

    if (chaos == NULL || snapshot == NULL)
        return SEAWALL_INVALID;
    full.enabled = seawall_chaos_is_enabled(chaos);
    full.runs = counted(chaos, SW_CHAOS_RUNS);
    full.faults = counted(chaos, SW_CHAOS_FAULTS);
    full.delays = counted(chaos, SW_CHAOS_DELAYS);
    full.successes = counted(chaos, SW_CHAOS_SUCCESSES);
    full.refusals = counted(chaos, SW_CHAOS_REFUSALS);
    return SW_GIVE(full, refusals, snapshot);
}
