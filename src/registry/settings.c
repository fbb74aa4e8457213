/* What was said of names and kinds. */
#include <string.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "registry/members.h"

/* The names of files, each once: a list, and a trie of their hashes, which grows by one pointer. */
struct sw_file_name {
    struct sw_file_name *next;
    struct sw_file_name *child[2];
    size_t bytes;
    char text[];
};

static void forget(const seawall_registry *registry, sw_setting **link)
{
    sw_setting *gone = *link;

    *link = gone->next;
    sw_release(registry->platform, gone, gone->bytes);
}

static bool is_of_call(const sw_origin *origin)
{
    return origin->kind == SEAWALL_ORIGIN_CALL;
}

static bool takes_the_place(const char *key, const sw_origin *origin, bool pending, const sw_setting *of)
{
    return strcmp(of->key, key) == 0 && of->pending == pending && is_of_call(&of->origin) == is_of_call(origin);
}

/* The link to the setting of this key, or to the end. What calls say and what files say stand side by side: files pass. */
static sw_setting **find(sw_setting **list, const char *key, const sw_origin *origin, bool pending)
{
    while (*list != NULL && !takes_the_place(key, origin, pending, *list))
        list = &(*list)->next;
    return list;
}

/* Behind all that count less: what calls say stands before what files say, the later of either last. */
static sw_setting **place_of(sw_setting **list, const sw_origin *origin)
{
    while (*list != NULL && (!is_of_call(origin) || is_of_call(&(*list)->origin)))
        list = &(*list)->next;
    return list;
}

bool sw_setting_put(const seawall_registry *registry, sw_setting **list, const char *key, const char *value,
                    const sw_origin *origin, bool pending)
{
    size_t bytes = sizeof(sw_setting) + strlen(value) + 1;
    sw_setting *setting = sw_allocate(registry->platform, bytes, _Alignof(sw_setting));
    sw_setting **before = find(list, key, origin, pending), **place;

    if (setting == NULL)
        return false;
    setting->key = key;
    setting->origin = *origin;
    setting->pending = pending;
    setting->bytes = bytes;
    memcpy(setting->value, value, bytes - sizeof(sw_setting));
    if (*before != NULL)
        forget(registry, before);
    place = place_of(list, origin);
    setting->next = *place;
    sw_order_stores();
    *place = setting;
    return true;
}

void sw_settings_drop_pending(const seawall_registry *registry, sw_setting **list)
{
    while (*list != NULL) {
        if ((*list)->pending)
            forget(registry, list);
        else
            list = &(*list)->next;
    }
}

void sw_settings_drop_passing(const seawall_registry *registry, sw_setting **list)
{
    while (*list != NULL) {
        if (!(*list)->pending && !is_of_call(&(*list)->origin))
            forget(registry, list);
        else
            list = &(*list)->next;
    }
}

void sw_settings_keep_pending(const seawall_registry *registry, sw_setting **list)
{
    sw_setting *setting;

    for (setting = *list; setting != NULL; setting = setting->next) {
        sw_setting **older = setting->pending ? find(list, setting->key, &setting->origin, false) : NULL;

        if (older != NULL && *older != NULL)
            forget(registry, older);
        setting->pending = false;
    }
}

void sw_settings_free(const seawall_registry *registry, sw_setting **list)
{
    while (*list != NULL)
        forget(registry, list);
}

const char *sw_registry_keep_file(seawall_registry *registry, const char *file)
{
    size_t bytes = sizeof(struct sw_file_name) + strlen(file) + 1;
    struct sw_file_name **link = &registry->file_root, *kept;
    uint64_t rest = sw_hash_text(registry->seed, file);

    for (; *link != NULL; rest <<= 1) {
        if (strcmp((*link)->text, file) == 0)
            return (*link)->text;
        link = &(*link)->child[rest >> 63];
    }
    kept = sw_allocate(registry->platform, bytes, _Alignof(struct sw_file_name));
    if (kept == NULL)
        return NULL;
    kept->bytes = bytes;
    memcpy(kept->text, file, bytes - sizeof(struct sw_file_name));
    kept->next = registry->files;
    sw_order_stores();
    registry->files = kept;
    sw_order_stores();
    *link = kept;
    return kept->text;
}

void sw_registry_free_files(seawall_registry *registry)
{
    while (registry->files != NULL) {
        struct sw_file_name *gone = registry->files;

        registry->files = gone->next;
        sw_release(registry->platform, gone, gone->bytes);
    }
}
