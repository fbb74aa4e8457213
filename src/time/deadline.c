/*
 * The deadline in force on a thread. A thread has one place; whoever enters a scope keeps what was there and puts it back. The
 * scopes that the place names are only ever compared, never followed: who forgets to leave harms nobody's memory.
 */
#include "time/deadline.h"

#include "time/platform.h"

typedef struct in_force {
    const seawall_platform *platform;
    seawall_time deadline;
    const seawall_deadline_scope *scope; /* the innermost */
} in_force;

typedef struct kept {
    in_force before;
    const in_force *place; /* on whose thread */
} kept;

_Static_assert(sizeof(kept) == sizeof(seawall_deadline_scope), "a scope holds what is kept");
_Static_assert(_Alignof(kept) <= _Alignof(seawall_deadline_scope), "and is aligned for it");

static _Thread_local in_force current = {NULL, SEAWALL_FOREVER, NULL};

/* Never inlined, for the reason that port/thread_number.h gives. */
__attribute__((noinline)) static in_force *place_of_thread(void)
{
    return &current;
}

static seawall_time earliest(const in_force *place, const seawall_platform *platform, seawall_time deadline)
{
    return place->platform == platform && place->deadline < deadline ? place->deadline : deadline;
}

/* On the way of every call: it does without another one, and fulfils itself what place_of_thread is there for. */
__attribute__((noinline)) seawall_time sw_deadline_inherit(const seawall_platform *platform, seawall_time deadline)
{
    return earliest(&current, platform, deadline);
}

void sw_deadline_enter(const seawall_platform *platform, seawall_time deadline, seawall_deadline_scope *scope)
{
    in_force *place = place_of_thread();
    kept *keep = (kept *)(void *)scope;

    keep->before = *place;
    keep->place = place;
    place->deadline = earliest(place, platform, deadline);
    place->platform = platform;
    place->scope = scope;
}

void sw_deadline_leave(const seawall_deadline_scope *scope)
{
    *place_of_thread() = ((const kept *)(const void *)scope)->before;
}

seawall_time seawall_deadline_current(const seawall_platform *platform)
{
    platform = sw_platform_resolve(platform, NULL);
    return platform != NULL ? sw_deadline_inherit(platform, SEAWALL_FOREVER) : SEAWALL_FOREVER;
}

seawall_status seawall_deadline_enter(const seawall_platform *platform, seawall_time deadline, seawall_deadline_scope *scope)
{
    platform = sw_platform_resolve(platform, NULL);
    if (platform == NULL || scope == NULL)
        return SEAWALL_INVALID;
    sw_deadline_enter(platform, deadline, scope);
    return SEAWALL_OK;
}

seawall_status seawall_deadline_leave(seawall_deadline_scope *scope)
{
    if (scope == NULL || place_of_thread()->scope != scope)
        return SEAWALL_INVALID;
    sw_deadline_leave(scope);
    return SEAWALL_OK;
}
