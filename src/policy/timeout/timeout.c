/* The timeout as an object, and its use without a pipeline. */
#include "policy/timeout/timeout_object.h"
#include "base/alloc.h"
#include "base/error.h"
#include "policy/timeout/timeout_config.h"
#include "policy/timeout/timeout_core.h"
#include "time/platform.h"

/* At creation, or under the lock. */
static void put_limits(seawall_timeout *timeout, const seawall_timeout_config *full)
{
    seawall_duration attempt = full->attempt_timeout != 0 ? full->attempt_timeout : SEAWALL_FOREVER;

    sw_store_relaxed_u64(&timeout->request, (uint64_t)full->request_timeout);
    sw_store_relaxed_u64(&timeout->attempt, (uint64_t)attempt);
    timeout->config = *full;
}

seawall_status seawall_timeout_create(const seawall_timeout_config *config, const seawall_platform *platform,
                                      seawall_timeout **timeout, seawall_error *error)
{
    seawall_timeout_config full;
    seawall_timeout *made;
    seawall_status status = sw_config_take(&sw_timeout_config_kind, config, &full, error);

    if (status != SEAWALL_OK)
        return status;
    if (timeout == NULL)
        return sw_error(error, SEAWALL_INVALID, "timeout", "timeout: no place for the new object (NULL)");
    platform = sw_platform_resolve(platform, error);
    if (platform == NULL)
        return SEAWALL_INVALID;
    made = sw_allocate(platform, sizeof(*made), _Alignof(seawall_timeout));
    if (made == NULL)
        return sw_error(error, SEAWALL_NO_MEMORY, "timeout", "timeout: no memory");
    sw_mutex_init(&made->lock);
    put_limits(made, &full);
    made->connect = full.connection_timeout;
    made->read = full.read_timeout;
    made->write = full.write_timeout;
    made->mode = full.mode;
    made->platform = platform;
    sw_store_relaxed_u32(&made->references, 1);
    *timeout = made;
    return SEAWALL_OK;
}

void seawall_timeout_destroy(seawall_timeout *timeout)
{
    if (timeout != NULL && sw_sub_u32(&timeout->references, 1) == 1)
        sw_release(timeout->platform, timeout, sizeof(*timeout));
}

seawall_status seawall_timeout_reconfigure(seawall_timeout *timeout, const seawall_timeout_config *config, seawall_error *error)
{
    seawall_timeout_config full;
    seawall_status status;

    if (timeout == NULL)
        return sw_error(error, SEAWALL_INVALID, "timeout", "timeout: there is none to reconfigure (NULL)");
    sw_mutex_lock(&timeout->lock);
    status = sw_config_retake(&sw_timeout_config_kind, &timeout->config, config, &full, error);
    if (status == SEAWALL_OK)
        put_limits(timeout, &full);
    sw_mutex_unlock(&timeout->lock);
    return status;
}

/* An atomic load leaves what it loads alone, but C11 has none from what is constant. */
static seawall_duration request_limit(const seawall_timeout *timeout)
{
    return (seawall_duration)sw_load_relaxed_u64((sw_atomic_u64 *)(uintptr_t)&timeout->request);
}

seawall_time seawall_timeout_deadline(const seawall_timeout *timeout, seawall_time now, seawall_time outer)
{
    return timeout != NULL ? sw_timeout_deadline(request_limit(timeout), now, outer) : outer;
}

static seawall_duration limit_of(const seawall_timeout *timeout, seawall_phase phase)
{
    switch (phase) {
    case SEAWALL_PHASE_CONNECT:
        return timeout->connect;
    case SEAWALL_PHASE_READ:
        return timeout->read;
    case SEAWALL_PHASE_WRITE:
        return timeout->write;
    default:
        return request_limit(timeout);
    }
}

seawall_time seawall_timeout_phase_deadline(const seawall_timeout *timeout, seawall_phase phase, seawall_time now,
                                            seawall_time outer)
{
    return timeout != NULL ? sw_timeout_deadline(limit_of(timeout, phase), now, outer) : outer;
}
