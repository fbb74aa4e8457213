/* A check and the breaker that goes along with it. */
#include "registry/health_hold.h"

#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "time/platform.h"

typedef struct hold {
    sw_health_attachment attachment; /* first */
    const seawall_platform *platform;
    seawall_health *health;
    seawall_breaker *breaker; /* with a reference */
    bool holds;               /* it is held open while the check fails */
    sw_atomic_u32 held;
    char name[SEAWALL_HEALTH_NAME_SIZE_MAX + 1];
} hold;

/* Unless somebody else has decided about it meanwhile. */
static void let_probe(hold *h)
{
    seawall_breaker_snapshot now = SEAWALL_BREAKER_SNAPSHOT_INIT;

    if (seawall_breaker_get_snapshot(h->breaker, &now) == SEAWALL_OK && now.state == SEAWALL_BREAKER_FORCED_OPEN)
        (void)seawall_breaker_force_open(h->breaker, sw_now(h->platform));
}

static void changed(sw_health_attachment *attachment, seawall_health_status to)
{
    hold *h = (hold *)(void *)attachment;

    if (!h->holds || to == SEAWALL_HEALTH_UNKNOWN)
        return;
    if (to == SEAWALL_HEALTH_FAIL && sw_exchange_u32(&h->held, 1) == 0)
        (void)seawall_breaker_force_open(h->breaker, SEAWALL_FOREVER);
    else if (to != SEAWALL_HEALTH_FAIL && sw_exchange_u32(&h->held, 0) == 1)
        let_probe(h);
}

/* What the breaker has found is worth a look, unless it was this one's own doing. */
static void look(const seawall_breaker_transition *transition, void *user)
{
    hold *h = user;

    if (transition->to != SEAWALL_BREAKER_FORCED_OPEN || sw_load_u32(&h->held) == 0)
        (void)seawall_health_check_now(h->health, h->name);
}

static void gone(sw_health_attachment *attachment)
{
    hold *h = (hold *)(void *)attachment;

    (void)seawall_breaker_remove_listener(h->breaker, look, h);
    if (sw_load_u32(&h->held) != 0)
        let_probe(h);
    seawall_breaker_destroy(h->breaker);
    sw_release(h->platform, h, sizeof(*h));
}

/* What is held stays held through a reload: were it let go for a moment, calls would pass. */
static bool same(const sw_health_attachment *attachment, const sw_health_attachment *other)
{
    const hold *one = (const hold *)(const void *)attachment, *two = (const hold *)(const void *)other;

    return other->gone == gone && one->breaker == two->breaker && one->holds == two->holds;
}

seawall_status sw_hold_create(const seawall_platform *platform, seawall_health *health, const char *name,
                              seawall_breaker *breaker, bool holds, sw_health_attachment **out, seawall_error *error)
{
    hold *made = sw_allocate(platform, sizeof(*made), _Alignof(hold));

    if (made == NULL) {
        seawall_breaker_destroy(breaker);
        return sw_error(error, SEAWALL_NO_MEMORY, "registry", "registry: no memory");
    }
    made->attachment = (sw_health_attachment){.changed = changed, .gone = gone, .same = same};
    sw_store_relaxed_u32(&made->attachment.references, 1);
    made->platform = platform;
    made->health = health;
    made->breaker = breaker;
    made->holds = holds;
    (void)strncat(made->name, name, sizeof(made->name) - 1);
    if (seawall_breaker_add_listener(breaker, look, made) != SEAWALL_OK) {
        seawall_breaker_destroy(breaker);
        sw_release(platform, made, sizeof(*made));
        return sw_error(error, SEAWALL_FULL, "health_check.circuit_breaker",
                        "health_check.circuit_breaker of \"%s\": the breaker has no place for one more listener", name);
    }
    *out = &made->attachment;
    return SEAWALL_OK;
}
