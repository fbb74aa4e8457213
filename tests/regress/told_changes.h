/* A registry that reloads texts, and what each reload says that it changed. */
#ifndef SEAWALL_TEST_TOLD_CHANGES_H
#define SEAWALL_TEST_TOLD_CHANGES_H

#include <string.h>

#include <seawall/seawall.h>

#include "one_test.h"
#include "support.h"

static seawall_registry *registry;
static char changes[1024]; /* of the last reload, with | between them */

static void told(const seawall_change *change, void *user)
{
    (void)user;
    if (changes[0] != '\0')
        (void)strncat(changes, "|", sizeof(changes) - strlen(changes) - 1);
    (void)strncat(changes, change->text, sizeof(changes) - strlen(changes) - 1);
}

/* `expected` NULL: whatever it says. */
static void reload(const char *text, const char *expected)
{
    seawall_loader_config config = SEAWALL_LOADER_CONFIG_INIT;
    seawall_error error = {0};

    config.change = told;
    changes[0] = '\0';
    ck_assert_msg(seawall_registry_reload_text(registry, text, strlen(text), "t", &config, &error) == SEAWALL_OK, "%s",
                  error.message);
    if (expected != NULL)
        ck_assert_str_eq(changes, expected);
}

#endif
