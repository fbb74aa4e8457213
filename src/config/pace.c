/* Checks and the endpoints that they feed, as a set of checks would have them. */
#include "config/pace.h"

#include <string.h>

#include "health/health_config.h"
#include "health/health_core.h"
#include "registry/members.h"

/* The three endpoints. */
typedef struct paces {
    sw_wholes *wholes;
    seawall_health_endpoint_config endpoints[SW_HEALTH_ENDPOINTS];
    const sw_section *sections[SW_HEALTH_ENDPOINTS]; /* NULL: the file has none of it */
    bool unknown[SW_HEALTH_ENDPOINTS];               /* what is said of it is wrong */
} paces;

static bool feeds(const seawall_health_check_config *check, seawall_health_endpoint endpoint)
{
    const int32_t fed[SW_HEALTH_ENDPOINTS] = {check->live, check->ready, check->startup};

    return fed[endpoint] != 0;
}

/* One of another name may have been meant to be any of them. */
static void take_section(paces *p, const sw_section *section)
{
    seawall_health_endpoint endpoint = sw_health_endpoint_named(section->name, strlen(section->name)), i;
    sw_member_config config;
    uint64_t unknown;

    if (endpoint < 0 || endpoint >= SW_HEALTH_ENDPOINTS) {
        for (i = 0; i < SW_HEALTH_ENDPOINTS; i++)
            p->unknown[i] = true;
        return;
    }
    unknown = sw_whole_config(p->wholes, section, &config);
    p->unknown[endpoint] = p->unknown[endpoint] || unknown != 0;
    p->endpoints[endpoint] = config.health_endpoint;
    p->sections[endpoint] = section;
}

/* Those of files that were loaded before, whose place a reload would take. */
static void take_those_before(paces *p)
{
    seawall_registry *registry = p->wholes->registry;
    sw_member_config config;
    sw_entry *entry;

    if (registry == NULL || p->wholes->again)
        return;
    sw_registry_lock(registry);
    for (entry = sw_entry_first(registry); entry != NULL; entry = sw_entry_next(entry)) {
        if (entry->kind == SW_MEMBER_HEALTH_ENDPOINT && sw_entry_is_listed(entry) && sw_entry_config(entry, &config))
            p->endpoints[sw_health_endpoint_named(entry->name, strlen(entry->name))] = config.health_endpoint;
    }
    sw_mutex_unlock(&registry->lock);
}

/* What has an interval of its own has been judged by itself. */
static seawall_status check_pace(const sw_member_config *config, const void *user, seawall_error *error)
{
    const seawall_health_check_config *check = &config->health_check;
    const paces *p = user;
    sw_health_rules rules;
    int32_t i;

    if (check->interval != SEAWALL_AUTO)
        return SEAWALL_OK;
    for (i = 0; i < SW_HEALTH_ENDPOINTS; i++) {
        if (feeds(check, i) && p->unknown[i])
            return SEAWALL_OK;
    }
    return sw_health_rules_from(check, p->endpoints, &rules, error);
}

/* The next check of the registry's that cannot keep up, from this entry on. It is told when the lock is not held. */
static sw_entry *next_too_slow(const paces *p, sw_entry *from, sw_member_config *config, seawall_error *error)
{
    seawall_registry *registry = p->wholes->registry;
    sw_entry *entry;

    sw_registry_lock(registry);
    for (entry = from; entry != NULL; entry = sw_entry_next(entry)) {
        if (entry->kind == SW_MEMBER_HEALTH_CHECK && sw_entry_is_listed(entry) && sw_entry_config(entry, config) &&
            check_pace(config, p, error) != SEAWALL_OK)
            break;
    }
    sw_mutex_unlock(&registry->lock);
    return entry;
}

/* The section of the endpoint that asks for the shortest interval: of all that it feeds, that is the one which is new. */
static const sw_section *to_blame(const paces *p, const seawall_health_check_config *check)
{
    const sw_section *section = NULL;
    seawall_duration shortest = SEAWALL_FOREVER;
    int32_t i;

    for (i = 0; i < SW_HEALTH_ENDPOINTS; i++) {
        seawall_health_endpoint_config full;

        sw_health_endpoint_resolve(i, &p->endpoints[i], &full);
        if (!feeds(check, i) || full.interval >= shortest)
            continue;
        shortest = full.interval;
        section = p->sections[i];
    }
    return section;
}

static void tell_endpoint(const paces *p, const sw_section *section, const char *name, const seawall_error *error)
{
    const sw_item *item = sw_document_item(p->wholes->document, section, "interval");
    char quoted[SW_TEXT_SIZE];
    sw_place place;

    if (item == NULL)
        item = sw_document_item(p->wholes->document, section, "timeout");
    place = sw_document_place(p->wholes->document, section, item);
    (void)sw_quote((sw_span){name, strlen(name)}, quoted);
    sw_problem(p->wholes->problems, &place, "health_check %s, which there is: %s", quoted, sw_without_path(error));
}

/* Checks that are there already. */
static void judge_those_before(const paces *p)
{
    seawall_registry *registry = p->wholes->registry;
    sw_entry *entry = registry != NULL && !p->wholes->again ? sw_entry_first(registry) : NULL;
    sw_member_config config;
    seawall_error error;

    while (entry != NULL && !sw_problems_full(p->wholes->problems)) {
        const sw_section *section;

        entry = next_too_slow(p, entry, &config, &error);
        if (entry == NULL)
            return;
        section = to_blame(p, &config.health_check);
        if (section != NULL)
            tell_endpoint(p, section, entry->name, &error);
        entry = sw_entry_next(entry);
    }
}

void sw_judge_paces(sw_wholes *wholes)
{
    const seawall_health_endpoint_config open = SEAWALL_HEALTH_ENDPOINT_CONFIG_INIT;
    paces p = {.wholes = wholes, .endpoints = {open, open, open}};
    const sw_further_rule rule = {check_pace, &p, "timeout, interval, live, ready, startup"};
    size_t i;

    if (!wholes->objects[SW_MEMBER_HEALTH_CHECK] && !wholes->objects[SW_MEMBER_HEALTH_ENDPOINT])
        return;
    take_those_before(&p);
    for (i = 0; i < wholes->document->sections.count; i++) {
        const sw_section *section = sw_document_section(wholes->document, i);

        if (section->member_kind == SW_MEMBER_HEALTH_ENDPOINT && section->name != NULL)
            take_section(&p, section);
    }
    for (i = 0; i < wholes->document->sections.count && !sw_problems_full(wholes->problems); i++) {
        const sw_section *section = sw_document_section(wholes->document, i);

        if (section->member_kind == SW_MEMBER_HEALTH_CHECK && section->name != NULL)
            sw_judge_further(wholes, section, &rule);
    }
    judge_those_before(&p);
}
