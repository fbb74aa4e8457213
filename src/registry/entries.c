/* Names and their objects: found without a lock. */
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/hash.h"
#include "registry/members.h"

static sw_entry *pointer(uint64_t word)
{
    return (sw_entry *)(uintptr_t)word;
}

static uint64_t hash_of(const seawall_registry *registry, int32_t kind, const char *name)
{
    return sw_hash_text(registry->seed + (uint64_t)kind, name);
}

static bool is_it(const sw_entry *entry, uint64_t hash, int32_t kind, const char *name)
{
    return entry->hash == hash && entry->kind == kind && strcmp(entry->name, name) == 0;
}

/* The link where the entry hangs, or would hang, below a root: two bits of the hash choose the way at each step. */
static sw_atomic_u64 *place_of(sw_atomic_u64 *link, uint64_t hash, int32_t kind, const char *name, sw_entry **found)
{
    uint64_t rest = hash;

    for (;; rest <<= 2) {
        *found = pointer(sw_load_acquire_u64(link));
        if (*found == NULL || is_it(*found, hash, kind, name))
            return link;
        link = &(*found)->child[rest >> 62];
    }
}

sw_entry *sw_entry_find(seawall_registry *registry, int32_t kind, const char *name)
{
    sw_entry *found;

    (void)place_of(&registry->root, hash_of(registry, kind, name), kind, name, &found);
    return found;
}

sw_entry *sw_entry_find_any(seawall_registry *registry, int32_t kind, const char *name)
{
    sw_entry *found = sw_entry_find(registry, kind, name);

    if (found == NULL)
        (void)place_of(&registry->new_root, hash_of(registry, kind, name), kind, name, &found);
    return found;
}

sw_entry *sw_entry_first(seawall_registry *registry)
{
    return pointer(sw_load_acquire_u64(&registry->first));
}

sw_entry *sw_entry_first_new(seawall_registry *registry)
{
    return pointer(sw_load_acquire_u64(&registry->new_first));
}

sw_entry *sw_entry_next(sw_entry *entry)
{
    return pointer(sw_load_acquire_u64(&entry->next));
}

static void hang(sw_atomic_u64 *root, sw_atomic_u64 *first, sw_entry **last, sw_entry *entry)
{
    sw_entry *none;
    sw_atomic_u64 *place = place_of(root, entry->hash, entry->kind, entry->name, &none);

    sw_store_release_u64(*last == NULL ? first : &(*last)->next, (uint64_t)(uintptr_t)entry);
    *last = entry;
    sw_store_release_u64(place, (uint64_t)(uintptr_t)entry);
}

sw_entry *sw_entry_need(seawall_registry *registry, int32_t kind, const char *name, seawall_status *status, seawall_error *error)
{
    sw_entry *entry = sw_entry_find_any(registry, kind, name);

    if (entry != NULL)
        return entry;
    if (!sw_member_kind_allows(kind, name)) {
        *status = sw_error(error, SEAWALL_INVALID, "registry", "registry: the name of a %s is one of %s",
                           sw_member_kinds[kind].config->name, sw_member_kinds[kind].names);
        return NULL;
    }
    if (registry->entries >= registry->max_members) {
        *status = sw_error(error, SEAWALL_FULL, "registry.max_members", "registry.max_members: there are %d names already",
                           (int)registry->entries);
        return NULL;
    }
    entry = sw_allocate(registry->platform, sizeof(*entry), _Alignof(sw_entry));
    if (entry == NULL) {
        *status = sw_error(error, SEAWALL_NO_MEMORY, "registry", "registry: no memory");
        return NULL;
    }
    entry->hash = hash_of(registry, kind, name);
    entry->kind = kind;
    memcpy(entry->name, name, strlen(name) + 1);
    hang(&registry->new_root, &registry->new_first, &registry->new_last, entry);
    registry->entries++;
    return entry;
}

/* In the child of a fork in the middle of this, what is neither here nor there is lost memory. */
static sw_entry *take_new(seawall_registry *registry)
{
    sw_entry *entry = sw_entry_first_new(registry);
    int i;

    sw_store_release_u64(&registry->new_root, 0);
    if (entry == NULL) {
        registry->new_last = NULL;
        return NULL;
    }
    sw_store_release_u64(&registry->new_first, sw_load_acquire_u64(&entry->next));
    sw_store_release_u64(&entry->next, 0);
    for (i = 0; i < 4; i++)
        sw_store_release_u64(&entry->child[i], 0);
    return entry;
}

void sw_names_keep(seawall_registry *registry)
{
    sw_entry *entry;

    while ((entry = take_new(registry)) != NULL)
        hang(&registry->root, &registry->first, &registry->last, entry);
}

void sw_names_drop(seawall_registry *registry)
{
    sw_entry *entry;

    while ((entry = take_new(registry)) != NULL) {
        registry->entries--;
        sw_settings_free(registry, &entry->settings);
        sw_release(registry->platform, entry, sizeof(*entry));
    }
}

static uint32_t this_process(void)
{
    return sw_port_fork_generation() * (SW_LOOKERS + 1) & SW_LOOKERS_PROCESS;
}

bool sw_entry_enter(sw_entry *entry)
{
    uint32_t uses = sw_load_u32(&entry->uses), process = this_process();

    while ((uses & SW_LISTED) != 0) {
        uint32_t ours = (uses & SW_LOOKERS_PROCESS) == process ? uses : SW_LISTED | process;

        if (sw_cas_u32(&entry->uses, &uses, ours + 1))
            return true;
    }
    return false;
}

void sw_entry_leave(seawall_registry *registry, sw_entry *entry)
{
    /* Only who waits in sw_entry_settle looks at the last one's going; it clears up then. */
    (void)registry;
    (void)sw_sub_u32(&entry->uses, 1);
}

void *sw_entry_keep(seawall_registry *registry, sw_entry *entry)
{
    void *object;

    if (!sw_entry_enter(entry))
        return NULL;
    object = entry->object;
    sw_member_kinds[entry->kind].retain(object);
    sw_entry_leave(registry, entry);
    return object;
}

void sw_entry_turns(seawall_registry *registry, const sw_entry *entry)
{
    if (entry->kind == SW_MEMBER_HEALTH_CHECK || entry->kind == SW_MEMBER_HEALTH_ENDPOINT)
        (void)sw_add_u32(&registry->checks, 1);
}

void sw_entry_list(seawall_registry *registry, sw_entry *entry)
{
    sw_store_u32(&entry->uses, SW_LISTED | this_process());
    registry->members++;
    sw_entry_turns(registry, entry);
}

void sw_entry_unlist(seawall_registry *registry, sw_entry *entry)
{
    (void)sw_sub_u32(&entry->uses, SW_LISTED);
    registry->members--;
    sw_entry_turns(registry, entry);
}

/* Who looks takes a reference and goes: some instructions, unless the system stops it there. */
void sw_entry_settle(sw_entry *entry)
{
    uint32_t uses, process = this_process();

    while (((uses = sw_load_u32(&entry->uses)) & SW_LOOKERS) != 0 && (uses & SW_LOOKERS_PROCESS) == process)
        sw_port_park((const uint32_t *)&entry->uses.value, uses, sw_port_now() + SEAWALL_MICROSECONDS(100));
}

void sw_entry_forget(const seawall_registry *registry, sw_entry *entry)
{
    sw_made made = {
        .origins = entry->origins, .link = entry->link, .link_bytes = entry->link_bytes, .words = entry->words};

    sw_made_free(registry, entry->kind, &made);
    if (entry->given != NULL)
        sw_release(registry->platform, entry->given, entry->given->bytes);
    entry->object = NULL;
    entry->origins = NULL;
    entry->link = NULL;
    entry->link_bytes = 0;
    entry->words = NULL;
    entry->given = NULL;
}

void sw_entry_clear(const seawall_registry *registry, sw_entry *entry)
{
    const sw_leaving leaving = {entry->kind, entry->object, entry->source, false};

    if (entry->object != NULL)
        sw_leaving_end(&leaving);
    entry->source = NULL;
    sw_entry_forget(registry, entry);
}

void sw_entry_fill(sw_entry *entry, void *object, sw_made *made)
{
    entry->object = object;
    entry->origins = made->origins;
    entry->link = made->link;
    entry->link_bytes = made->link_bytes;
    entry->words = made->words;
    sw_entry_set_config(entry, &made->config);
    made->origins = NULL;
    made->link = NULL;
    made->words = NULL;
}

#define WORDS_MAX (sizeof(sw_member_config) / sizeof(uint64_t))

bool sw_entry_config(sw_entry *entry, sw_member_config *config)
{
    uint32_t version = sw_load_acquire_u32(&entry->version);
    uint64_t words[WORDS_MAX];
    size_t count = sw_config_words(entry->kind), i;

    for (i = 0; i < count; i++)
        words[i] = sw_load_acquire_u64(&entry->words[i]);
    memcpy(config, words, count * sizeof(uint64_t));
    return version % 2 == 0 && sw_load_acquire_u32(&entry->version) == version;
}

void sw_entry_set_config(sw_entry *entry, const sw_member_config *config)
{
    uint64_t words[WORDS_MAX];
    size_t count = sw_config_words(entry->kind), i;

    memcpy(words, config, count * sizeof(uint64_t));
    (void)sw_add_u32(&entry->version, 1);
    for (i = 0; i < count; i++)
        sw_store_release_u64(&entry->words[i], words[i]);
    (void)sw_add_u32(&entry->version, 1);
}
