/* Objects that no file names any longer: they go when nobody uses them. */
#include "registry/members.h"
#include "time/platform.h"

/* Objects that go at once while the lock is held. */
#define BATCH 64

void sw_leaving_end(const sw_leaving *leaving)
{
    if (leaving->kind == SW_MEMBER_CIRCUIT_BREAKER)
        sw_source_leave_breaker(leaving->source, leaving->object);
    sw_source_release(leaving->source);
    sw_member_kinds[leaving->kind].destroy(leaving->object);
}

static void strand(sw_entry *entry, void *user)
{
    bool *any = user;

    *any = *any || entry->retiring || entry->maker == SW_MADE_BY_NEED;
}

/* Whether it may be the last to need others, which go then. */
static bool strands(seawall_registry *registry, sw_entry *entry)
{
    sw_member_config config;
    bool any = false;

    (void)sw_entry_config(entry, &config);
    sw_entry_needs(registry, entry, entry->link, &config, strand, &any);
    return any;
}

static void forget(seawall_registry *registry, sw_entry *entry, sw_leaving *leaving)
{
    leaving->strands = strands(registry, entry);
    leaving->kind = entry->kind;
    leaving->object = entry->object;
    leaving->source = entry->source;
    entry->source = NULL;
    sw_source_end(leaving->source, sw_now(registry->platform));
    sw_entry_recall(registry, entry);
    sw_entry_forget(registry, entry);
}

void sw_entry_take_out(seawall_registry *registry, sw_entry *entry, sw_leaving *leaving)
{
    sw_entry_unlist(registry, entry);
    sw_entry_settle(entry);
    forget(registry, entry, leaving);
}

void sw_entry_retire(seawall_registry *registry, sw_entry *entry)
{
    registry->retiring += !entry->retiring;
    entry->retiring = true;
}

void sw_entry_recall(seawall_registry *registry, sw_entry *entry)
{
    registry->retiring -= entry->retiring;
    entry->retiring = false;
}

static bool is_unused(const sw_entry *entry)
{
    return sw_load_u32(sw_member_kinds[entry->kind].references(entry->object)) == 1;
}

/* Who asks for it between the two looks waits for the lock. */
static bool take_out_if_unused(seawall_registry *registry, sw_entry *entry, sw_leaving *leaving)
{
    if (!is_unused(entry))
        return false;
    sw_entry_unlist(registry, entry);
    sw_entry_settle(entry);
    if (!is_unused(entry)) {
        sw_entry_list(registry, entry);
        return false;
    }
    forget(registry, entry, leaving);
    return true;
}

/* What is there only because others need it is used by these, or named. */
static bool may_go(sw_entry *entry)
{
    return sw_entry_is_listed(entry) && !entry->named && (entry->retiring || entry->maker == SW_MADE_BY_NEED);
}

/* From `*from` on, which is NULL once the end is reached. Answers whether others may go now. */
static bool sweep_some(seawall_registry *registry, sw_entry **from)
{
    sw_leaving leaving[BATCH];
    int32_t count = 0, i;
    bool strands = false;
    sw_entry *entry;

    sw_registry_lock(registry);
    for (entry = *from; entry != NULL && count < BATCH; entry = sw_entry_next(entry)) {
        if (may_go(entry))
            count += take_out_if_unused(registry, entry, &leaving[count]);
    }
    sw_mutex_unlock(&registry->lock);
    *from = entry;
    for (i = 0; i < count; i++) {
        strands = strands || leaving[i].strands;
        sw_leaving_end(&leaving[i]);
    }
    return strands;
}

/* Answers whether there may be anything to do. */
static bool begin_sweep(seawall_registry *registry, bool all)
{
    bool any;

    sw_registry_lock(registry);
    any = all || registry->retiring > 0;
    if (any)
        sw_mark_all_named(registry);
    sw_mutex_unlock(&registry->lock);
    return any;
}

void sw_registry_sweep(seawall_registry *registry, bool all)
{
    bool more = begin_sweep(registry, all);

    while (more) {
        sw_entry *from = sw_entry_first(registry);

        for (more = false; from != NULL;)
            more = sweep_some(registry, &from) || more;
        sw_registry_tell(registry);
        more = more && begin_sweep(registry, true);
    }
}
