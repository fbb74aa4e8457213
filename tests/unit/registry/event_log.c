/* A registry with events, and what was heard of them. */
#include "event_log.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

room r;
char log_text[4096];

void begin(int32_t capacity)
{
    seawall_registry_config config = SEAWALL_REGISTRY_CONFIG_INIT;

    memset(&r, 0, sizeof(r));
    log_text[0] = '\0';
    sw_test_platform_init(&r.test, true);
    config.event_capacity = capacity;
    ck_assert_int_eq(seawall_registry_create(&config, &r.test.platform, &r.registry, &r.error), SEAWALL_OK);
}

void note(const seawall_registry_event *event, void *user)
{
    size_t length = strlen(log_text);
    const char *separator = length > 0 ? " " : "";
    int number = (int)event->sequence;
    char name[sizeof(event->name) + sizeof(event->key) + 1];

    (void)user;
    ck_assert_uint_eq(event->size, sizeof(*event));
    (void)snprintf(name, sizeof(name), "%s%s%s", event->name, event->key[0] != '\0' ? ":" : "", event->key);
    switch (event->what) {
    case SEAWALL_REGISTRY_TRANSITION:
        (void)snprintf(log_text + length, sizeof(log_text) - length, "%s%d:%s/%s %d>%d", separator, number, event->kind,
                       name, (int)event->transition.from, (int)event->transition.to);
        break;
    case SEAWALL_REGISTRY_DECISION:
        (void)snprintf(log_text + length, sizeof(log_text) - length, "%s%d:%s/%s %s", separator, number, event->kind, name,
                       seawall_event_name(event->decision.kind));
        break;
    default:
        (void)snprintf(log_text + length, sizeof(log_text) - length, "%s%d:%s/%s %s", separator, number, event->kind, name,
                       event->what == SEAWALL_REGISTRY_MADE ? "made" : "gone");
    }
}

int64_t poll_all(void)
{
    seawall_registry_event events[3];
    int64_t dropped = -1;
    int32_t taken, i;

    log_text[0] = '\0';
    do {
        ck_assert_int_eq(seawall_registry_poll(r.registry, events, sizeof(events[0]), 3, &taken, &dropped), SEAWALL_OK);
        for (i = 0; i < taken; i++)
            note(&events[i], NULL);
    } while (taken > 0);
    return dropped;
}

seawall_breaker *breaker_of(const char *name)
{
    seawall_breaker *breaker;

    ck_assert_int_eq(seawall_registry_breaker(r.registry, name, NULL, &breaker, NULL, NULL), SEAWALL_OK);
    return breaker;
}

seawall_fault failing(seawall_attempt *attempt, void *arg)
{
    (void)attempt;
    (void)arg;
    return SEAWALL_FAULT_SERVICE_UNAVAILABLE;
}
