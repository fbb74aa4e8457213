/* The life of a breaker: one block of memory, counted references. */
#include "base/error.h"
#include "base/owner.h"
#include "policy/breaker/breaker_config.h"
#include "policy/breaker/breaker_state.h"

_Thread_local size_t sw_breaker_own_stripe;
sw_atomic_u64 sw_breaker_known[SW_BREAKER_KNOWN];

size_t sw_breaker_take_stripe(void)
{
    size_t offset = sw_port_thread_number() % SW_BREAKER_STRIPES * sizeof(sw_breaker_stripe);
    uint64_t thread = sw_port_thread_pointer();
    sw_atomic_u64 *place = sw_breaker_known_of(thread);
    uint64_t found = sw_load_relaxed_u64(place);

    /* It may be of a thread that has ended and had the same pointer. Not of another: they would take it from each other. */
    if (found == 0 || (found ^ thread) <= SW_BREAKER_STRIPES_END)
        sw_store_relaxed_u64(place, thread ^ offset);
    return sw_breaker_own_stripe = offsetof(seawall_breaker, stripes) + offset;
}

uint64_t sw_breaker_total(seawall_breaker *breaker, enum sw_breaker_counter counter)
{
    uint64_t sum = 0;
    uint32_t i;

    if (counter >= SW_BREAKER_STRIPED)
        return sw_load_u64(&breaker->rare[counter - SW_BREAKER_STRIPED]);
    for (i = 0; i < SW_BREAKER_STRIPES; i++)
        sum += sw_load_u64(&breaker->stripes[i].count[counter]);
    return sum;
}

/* Places for as many probes at a time as its rules may ever allow. */
static int32_t places_for(const seawall_breaker_config *config)
{
    return config->half_open_concurrent == SEAWALL_AUTO ? config->half_open_max_calls : config->half_open_concurrent;
}

/* The window's memory lies behind the leases. */
static seawall_breaker *breaker_new(int32_t places, size_t window, const seawall_platform *platform)
{
    size_t size = sizeof(seawall_breaker) + (size_t)places * sizeof(sw_atomic_u64) + window;
    seawall_breaker *breaker = sw_allocate(platform, size, SW_CACHE_LINE);

    if (breaker == NULL)
        return NULL;
    breaker->size = size;
    breaker->platform = platform;
    breaker->places = places;
    return breaker;
}

seawall_status seawall_breaker_create(const seawall_breaker_config *config, const seawall_platform *platform,
                                      seawall_breaker **breaker, seawall_error *error)
{
    const seawall_platform *home = sw_platform_resolve(platform, error);
    seawall_breaker_config full;
    seawall_breaker *made;
    seawall_status status;
    seawall_time now;

    if (home == NULL)
        return SEAWALL_INVALID;
    if (breaker == NULL)
        return sw_error(error, SEAWALL_INVALID, "", "there is no place for the breaker: NULL");
    status = sw_config_take(&sw_breaker_config_kind, config, &full, error);
    if (status != SEAWALL_OK)
        return status;
    made = breaker_new(places_for(&full), sw_breaker_window_size(&full), home);
    if (made == NULL)
        return sw_error(error, SEAWALL_NO_MEMORY, "", "no memory for a circuit breaker");
    made->key = sw_new_owner() << 32 | 1;
    now = sw_now(home);
    made->base = sw_breaker_origin(now);
    made->predicate = full.predicate;
    made->predicate_user = full.predicate_user;
    made->guarded.running = -1;
    sw_mutex_init(&made->lock);
    sw_store_u32(&made->references, 1);
    sw_store_u64(&made->word, sw_breaker_word(SEAWALL_BREAKER_CLOSED, 0, 0));
    sw_breaker_window_init(made, &full, &made->leases[made->places], now);
    sw_breaker_rules_write(made, &full);
    sw_breaker_history_init(made, now);
    *breaker = made;
    return SEAWALL_OK;
}

void sw_breaker_retain(seawall_breaker *breaker)
{
    (void)sw_add_u32(&breaker->references, 1);
}

void seawall_breaker_destroy(seawall_breaker *breaker)
{
    if (breaker == NULL || sw_sub_u32(&breaker->references, 1) != 1)
        return;
    sw_release(breaker->platform, breaker, breaker->size);
}
