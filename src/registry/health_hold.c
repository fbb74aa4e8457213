/* A check and the breaker that goes along with it. */
#include "registry/health_hold.h"

#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "policy/breaker/breaker_hold.h"

typedef struct hold {
    sw_health_attachment attachment; /* first */
    const seawall_platform *platform;
    seawall_health *health;
    seawall_breaker *breaker; /* with a reference */
    bool holds;               /* it is held open while the check fails */
    char name[SEAWALL_HEALTH_NAME_SIZE_MAX + 1];
} hold;

/* What the breaker has found is worth a look, unless it was forced open while this one holds it. */
static void look(const seawall_breaker_transition *transition, void *user)
{
    hold *h = user;
    bool held = sw_breaker_hold_on(h->breaker, transition, look, h);

    if (!held || transition->to != SEAWALL_BREAKER_FORCED_OPEN)
        sw_health_look_again(h->health, h->name);
}

/* A check whose status is not known yet, as it has just been bound anew, goes on as it was. */
static void changed(sw_health_attachment *attachment, seawall_health_status to)
{
    hold *h = (hold *)(void *)attachment;

    if (!h->holds || to == SEAWALL_HEALTH_UNKNOWN)
        return;
    if (to == SEAWALL_HEALTH_FAIL)
        sw_breaker_hold(h->breaker, look, h);
    else
        sw_breaker_let_go(h->breaker, look, h);
}

static void gone(sw_health_attachment *attachment)
{
    hold *h = (hold *)(void *)attachment;

    sw_breaker_let_go(h->breaker, look, h);
    (void)seawall_breaker_remove_listener(h->breaker, look, h);
    seawall_breaker_destroy(h->breaker);
    sw_release(h->platform, h, sizeof(*h));
}

/* What is held stays held through a reload: were it let go for a moment, calls would pass. */
static bool same(const sw_health_attachment *attachment, const sw_health_attachment *other)
{
    const hold *one = (const hold *)(const void *)attachment, *two = (const hold *)(const void *)other;

    return other->gone == gone && one->breaker == two->breaker && one->holds == two->holds;
}

/* A breaker has few places for listeners. */
static bool beside(const sw_health_attachment *attachment, const sw_health_attachment *other)
{
    const hold *one = (const hold *)(const void *)attachment, *two = (const hold *)(const void *)other;

    return other->gone == gone && attachment->gone == gone && one->breaker == two->breaker;
}

seawall_status sw_hold_create(const seawall_platform *platform, seawall_health *health, const char *name,
                              seawall_breaker *breaker, bool holds, sw_health_attachment **out, seawall_error *error)
{
    hold *made = sw_allocate(platform, sizeof(*made), _Alignof(hold));

    if (made == NULL) {
        seawall_breaker_destroy(breaker);
        return sw_error(error, SEAWALL_NO_MEMORY, "registry", "registry: no memory");
    }
    made->attachment = (sw_health_attachment){.changed = changed, .gone = gone, .same = same, .beside = beside};
    sw_store_relaxed_u32(&made->attachment.references, 1);
    made->platform = platform;
    made->health = health;
    made->breaker = breaker;
    made->holds = holds;
    (void)strncat(made->name, name, sizeof(made->name) - 1);
    *out = &made->attachment;
    return SEAWALL_OK;
}

seawall_status sw_hold_listen(sw_health_attachment *attachment, seawall_error *error)
{
    hold *h = (hold *)(void *)attachment;

    if (seawall_breaker_add_listener(h->breaker, look, h) == SEAWALL_OK)
        return SEAWALL_OK;
    return sw_error(error, SEAWALL_FULL, "health_check.circuit_breaker",
                    "health_check.circuit_breaker of \"%s\": the breaker has no place for one more listener", h->name);
}
