/* A set of checks on a manual clock, driven by a host, and functions that do as they are told. */
#ifndef SEAWALL_TEST_HEALTH_FIXTURE_H
#define SEAWALL_TEST_HEALTH_FIXTURE_H

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "support.h"

#define MS SEAWALL_MILLISECONDS
#define S SEAWALL_SECONDS

typedef struct set {
    sw_test_platform test;
    seawall_health *health;
    seawall_time next; /* as the last poll said */
} set;

/* One function's orders, and what became of them. */
typedef struct script {
    seawall_health_status answer; /* _LATER included */
    const char *message;
    seawall_duration takes; /* the clock moves by so much */
    set *of;
    int runs;
    int released;
    uint64_t ticket;
    seawall_time deadline;
} script;

void set_up(set *s);
/* Nothing may be left. By each test, while the scripts are there that it has bound: they are told of their release. */
void tear_down(set *s);
/* Polls until `until`, at each time that is due on the way; the clock goes along. */
void poll_until(set *s, seawall_time until);
/* The same for a while from now on. */
void poll_for(set *s, seawall_duration how_long);

seawall_health_binding bind_to(script *orders);
/* A check of one second, without jitter, that informs readiness. */
seawall_health_check_config plain(void);
/* Registers one with a script that passes. */
void add(set *s, const char *name, script *orders, const seawall_health_check_config *config);
seawall_health_check_snapshot look_at(set *s, const char *name);
seawall_health_snapshot look_at_endpoint(set *s, seawall_health_endpoint endpoint);

#endif
