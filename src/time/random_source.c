/*
 * The random source: a counter that any thread moves on in one step, and a mix of it. A forked child adds salt of its own
 * when it first draws, never in the fork handler, so that the streams of parent and children part.
 */
#include "base/alloc.h"
#include "base/atomic.h"
#include "base/error.h"
#include "base/random.h"
#include "port/port.h"
#include "time/random_source.h"

struct seawall_random {
    sw_atomic_u64 counter;
    sw_atomic_u64 salt;       /* 0 in the process that created it */
    sw_atomic_u32 generation; /* of the process that the salt is for */
    const seawall_platform *memory;
};

/* Belongs to no generation, so that its first use in any process adds salt: that is its seed. */
static seawall_random system_source;

/*
 * Several threads of a young child may come here at once. Whoever loses the exchange has seen the winner's salt arrive; whoever
 * sees the new generation sees the salt too. A thread that comes late changes it once more, which does no harm.
 */
static void add_salt(seawall_random *random, uint32_t generation)
{
    uint64_t old = sw_load_u64(&random->salt);

    (void)sw_cas_u64(&random->salt, &old, sw_port_entropy());
    sw_store_release_u32(&random->generation, generation);
}

uint64_t seawall_random_next(seawall_random *random)
{
    uint32_t generation = sw_port_fork_generation();
    uint64_t counter;

    if (random == NULL)
        random = &system_source;
    if (sw_load_acquire_u32(&random->generation) != generation)
        add_salt(random, generation);
    counter = sw_add_u64(&random->counter, SW_RANDOM_STEP) + SW_RANDOM_STEP;
    return sw_random_mix(counter + sw_load_relaxed_u64(&random->salt));
}

uint64_t sw_system_random(void)
{
    return seawall_random_next(NULL);
}

seawall_status sw_random_create_in(const seawall_platform *platform, uint64_t seed, seawall_random **random,
                                   seawall_error *error)
{
    seawall_random *made;

    if (random == NULL)
        return sw_error(error, SEAWALL_INVALID, "random", "random: NULL instead of a place for the source");
    made = sw_allocate(platform, sizeof(*made), _Alignof(seawall_random));
    if (made == NULL)
        return sw_error(error, SEAWALL_NO_MEMORY, "random", "random: no memory for %zu bytes", sizeof(*made));
    made->memory = platform;
    sw_store_relaxed_u64(&made->counter, seed);
    sw_store_release_u32(&made->generation, sw_port_fork_generation());
    *random = made;
    return SEAWALL_OK;
}

seawall_status seawall_random_create(uint64_t seed, seawall_random **random, seawall_error *error)
{
    return sw_random_create_in(seawall_platform_default(), seed, random, error);
}

void seawall_random_destroy(seawall_random *random)
{
    if (random != NULL)
        sw_release(random->memory, random, sizeof(*random));
}

static uint64_t next(void *user)
{
    return seawall_random_next(user);
}

void seawall_random_install(seawall_random *random, seawall_platform *platform)
{
    if (platform == NULL)
        return;
    platform->random = next;
    platform->random_user = random;
}
