/* Seawall's pool. */
#include <seawall/seawall.h>

#include "pool_peers.h"

static int64_t job(seawall_work *work, void *arg)
{
    (void)work;
    (void)arg;
    pool_peer_job();
    return 0;
}

static void *create(void)
{
    seawall_pool_config config = SEAWALL_POOL_CONFIG_INIT;
    seawall_priority_level_config levels[SEAWALL_PRIORITY_COUNT];
    seawall_pool *pool = NULL;
    int i;

    if (seawall_priority_levels(levels) != SEAWALL_OK)
        return NULL;
    for (i = 0; i < SEAWALL_PRIORITY_COUNT; i++)
        levels[i].max_queue_time = SEAWALL_FOREVER; /* as no peer has limits */
    config.levels = levels;
    config.core_size = config.max_size = 2;
    config.queue_size = POOL_PEER_WINDOW;
    return seawall_pool_create(&config, NULL, &pool, NULL) == SEAWALL_OK ? pool : NULL;
}

static void destroy(void *state)
{
    seawall_pool_destroy(state);
}

static bool submit(void *state)
{
    return seawall_pool_submit(state, NULL, job, NULL, NULL) == SEAWALL_OK;
}

static bool round_trip(void *state)
{
    return seawall_pool_run_until(state, NULL, job, NULL, SEAWALL_FOREVER, NULL) == SEAWALL_OK;
}

bool pool_peer_counts(void *seawall, int64_t *jobs, int64_t *wakes)
{
    seawall_pool_snapshot now = SEAWALL_POOL_SNAPSHOT_INIT;

    if (seawall_pool_get_snapshot(seawall, &now) != SEAWALL_OK)
        return false;
    *jobs = now.done;
    *wakes = now.wakes;
    return true;
}

const pool_peer pool_peer_seawall = {"Seawall", create, destroy, submit, NULL, round_trip};
