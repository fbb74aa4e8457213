/*
 * A text as the value of every field of every kind, and as a key. What is accepted can be told and set again to the same struct;
 * what is refused changes nothing, and the error names the field in one printable line.
 */
#include "fuzz.h"

#include <stdio.h>
#include <string.h>

#define ROOM 4096

typedef union any_config {
    unsigned char bytes[ROOM];
    long double align;
} any_config;

static void explained(const seawall_error *error, const char *path)
{
    const char *c;

    fuzz_must(error->status == SEAWALL_INVALID, "a refusal's error says invalid");
    fuzz_must(memchr(error->message, '\0', sizeof(error->message)) != NULL, "a message ends");
    fuzz_must(memchr(error->key, '\0', sizeof(error->key)) != NULL, "a key ends");
    fuzz_must(path == NULL || strcmp(error->key, path) == 0, "the error's key is the field");
    fuzz_must(path == NULL || strncmp(error->message, path, strlen(path)) == 0, "the message begins with the field");
    for (c = error->message; *c != '\0'; c++)
        fuzz_must((unsigned char)*c >= ' ' && *c != 0x7f, "a message is printable");
}

/* A value that set accepts may still be refused for the sake of another field, which is named then. */
static bool names_another(const char *kind, const char *key, const char *message)
{
    int32_t i;

    for (i = 0; i < seawall_config_field_count(kind); i++) {
        seawall_field field = {.size = sizeof(field)};

        if (seawall_config_field(kind, i, &field) == SEAWALL_OK && strcmp(field.key, key) != 0 &&
            strstr(message, field.key) != NULL)
            return true;
    }
    return false;
}

/* The value is in the config now. */
static void goes_round(const char *kind, const char *key, const any_config *config, const any_config *defaults)
{
    any_config again = *defaults;
    char told[FUZZ_TEXT_SIZE], told_again[FUZZ_TEXT_SIZE];
    size_t needed = 0;
    seawall_error error;

    fuzz_must(seawall_config_get(kind, config, key, told, sizeof(told), &needed) == SEAWALL_OK, "what was set can be told");
    fuzz_must(needed == strlen(told) + 1, "the size needed is the size used");
    fuzz_must(seawall_config_set(kind, &again, key, told, &error) == SEAWALL_OK, "what was told can be set");
    fuzz_must(memcmp(&again, config, sizeof(again)) == 0, "what was told is the same value");
    fuzz_must(seawall_config_get(kind, &again, key, told_again, sizeof(told_again), NULL) == SEAWALL_OK, "told again");
    fuzz_must(strcmp(told, told_again) == 0, "one value has one text");
}

static void try_field(const char *kind, const char *key, const char *text, const any_config *defaults)
{
    any_config config = *defaults;
    seawall_error error = {0};
    char path[FUZZ_TEXT_SIZE];
    seawall_status status = seawall_config_set(kind, &config, key, text, &error);

    if (status == SEAWALL_OK) {
        goes_round(kind, key, &config, defaults);
        if (seawall_config_check(kind, &config, &error) != SEAWALL_OK) {
            explained(&error, NULL);
            fuzz_must(names_another(kind, key, error.message), "what set accepts is in its range");
        }
        return;
    }
    fuzz_must(status == SEAWALL_INVALID, "set answers ok or invalid");
    fuzz_must(memcmp(&config, defaults, sizeof(config)) == 0, "a refused value changes nothing");
    (void)snprintf(path, sizeof(path), "%s.%s", kind, key);
    explained(&error, path);
}

static void try_kind(const char *kind, const char *text)
{
    any_config defaults;
    seawall_error error = {0};
    int32_t i;

    memset(&defaults, 0, sizeof(defaults));
    fuzz_must(seawall_config_init(kind, &defaults, seawall_config_size(kind)) == SEAWALL_OK, "defaults");
    for (i = 0; i < seawall_config_field_count(kind); i++) {
        seawall_field field = {.size = sizeof(field)};

        fuzz_must(seawall_config_field(kind, i, &field) == SEAWALL_OK, "every field is described");
        try_field(kind, field.key, text, &defaults);
        if (strcmp(field.key, text) == 0)
            return; /* a key after all */
    }
    fuzz_must(seawall_config_set(kind, &defaults, text, "1", &error) == SEAWALL_INVALID, "no such field");
    explained(&error, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char text[FUZZ_TEXT_SIZE];
    seawall_error error = {0};
    int32_t i;

    (void)fuzz_text(data, size, text);
    for (i = 0; i < seawall_config_kind_count(); i++)
        try_kind(seawall_config_kind(i), text);
    if (seawall_config_size(text) == 0) {
        fuzz_must(seawall_config_check(text, &i, &error) == SEAWALL_INVALID, "no such kind");
        explained(&error, NULL);
    }
    return 0;
}
