/*
 * The kinds of objects that can have a name: what a section of a file, a member of a registry and a policy of a list may be. A
 * new kind is one row of the table.
 */
#ifndef SW_REGISTRY_MEMBER_KIND_H
#define SW_REGISTRY_MEMBER_KIND_H

#include <seawall/seawall.h>

#include "base/atomic.h"
#include "base/field.h"
#include "base/text.h"

/*
 * A key whose value names another member, or several: no field of the struct's table, as a struct holds a pointer there. This is
 * the only place where it is known: the loader, the registry and seawall_config_link look here.
 */
typedef struct sw_link {
    const char *key;
    seawall_link_form form;
    int32_t kind;      /* what is named: an index of the table, of SEAWALL_LINK_MEMBER */
    int32_t offset;    /* of the pointer in the config, -1 if there is none */
    const char *text;
} sw_link;

enum {
    SW_MEMBER_RETRY_BUDGET,
    SW_MEMBER_CIRCUIT_BREAKER,
    SW_MEMBER_RETRY,
    SW_MEMBER_TIMEOUT,
    SW_MEMBER_RATE_LIMITER,
    SW_MEMBER_BULKHEAD,
    SW_MEMBER_HEDGE,
    SW_MEMBER_FALLBACK,
    SW_MEMBER_CHAOS,
    SW_MEMBER_PRIORITY_LEVEL, /* pools are made of the four */
    SW_MEMBER_THREAD_POOL,
    SW_MEMBER_PIPELINE,
    SW_MEMBER_KEYED,
    SW_MEMBER_HEALTH_CHECK,
    SW_MEMBER_HEALTH_ENDPOINT,
    SW_MEMBER_KINDS
};

typedef struct sw_member_kind {
    const sw_config_kind *config;
    sw_link link; /* key NULL: none */
    /* Pipelines have neither of these: they are made of others. */
    seawall_status (*create)(const void *config, const seawall_platform *platform, void **object, seawall_error *error);
    void (*retain)(void *object);
    void (*destroy)(void *object);
    /* NULL: nothing of it can change while it is in use. */
    seawall_status (*reconfigure)(void *object, const void *config, seawall_error *error);
    /* Whether this object has room for what the config says; the error names the field for which it has none. NULL: any has. */
    seawall_status (*fits)(const void *object, const void *config, seawall_error *error);
    /* Its count of references, of which the registry has one. */
    sw_atomic_u32 *(*references)(void *object);
    const char *names; /* that one may have, separated by ", "; NULL: any */
    bool keyable;      /* there can be one for each key */
} sw_member_kind;

extern const sw_member_kind sw_member_kinds[SW_MEMBER_KINDS];

/* Who names nobody by default can do without; nothing can be made of the others without being told of what. */
static inline bool sw_link_is_required(const sw_link *link)
{
    return link->key != NULL && link->form != SEAWALL_LINK_MEMBER;
}

/* Its index, or -1. */
int32_t sw_member_kind_named(sw_span name);
/* Whether one of the kind may have this name. */
bool sw_member_kind_allows(int32_t kind, const char *name);

/* Room for the config of any kind. */
typedef union sw_member_config {
    uint32_t size;
    seawall_breaker_config breaker;
    seawall_bulkhead_config bulkhead;
    seawall_retry_config retry;
    seawall_retry_budget_config budget;
    seawall_timeout_config timeout;
    seawall_fallback_config fallback;
    seawall_hedge_config hedge;
    seawall_limiter_config limiter;
    seawall_chaos_config chaos;
    seawall_pool_config pool;
    seawall_priority_level_config level;
    seawall_pipeline_config pipeline;
    seawall_keyed_config keyed;
    seawall_health_check_config health_check;
    seawall_health_endpoint_config health_endpoint;
} sw_member_config;

/* The words of a list of policies: most are kinds, but a timeout has two policies. */
typedef struct sw_policy_word {
    const char *word;
    int32_t kind;
    seawall_status (*fill)(void *object, const char *name, seawall_policy *policy);
} sw_policy_word;

extern const sw_policy_word sw_policy_words[];
extern const int32_t sw_policy_word_count;

/* Its index, or -1. */
int32_t sw_policy_word_named(sw_span word);

/* What a policy is called in a pipeline: `retry`, `retry "slow"`. */
#define SW_POLICY_LABEL_SIZE (SEAWALL_NAME_SIZE_MAX + 40)
void sw_policy_label(int32_t word, const char *name, char label[SW_POLICY_LABEL_SIZE]);

#endif
