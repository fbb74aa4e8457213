/*
 * A configuration file; | ends a line as LF does, so that a seed of one line is a file. Any bytes have a verdict; each problem is
 * one printable line with a place in the file; reading the same again says the same; and what is right can be loaded, unless
 * pipelines stand in for one another in a ring, printed, and loaded again.
 */
#include "fuzz.h"

#include <string.h>

#define PRINTED_SIZE 262144

typedef struct seen {
    int count;
    uint64_t hash;
    int32_t lines; /* of the file */
} seen;

static void look(const seawall_problem *problem, void *user)
{
    seen *so_far = user;
    const char *c;

    fuzz_must(problem->line >= 1 && problem->line <= so_far->lines, "a problem is in the file");
    fuzz_must(problem->message[0] != '\0', "a problem says something");
    for (c = problem->text; *c != '\0'; c++) {
        fuzz_must((unsigned char)*c >= ' ' && *c != 0x7f, "a problem is printable");
        so_far->hash = (so_far->hash ^ (unsigned char)*c) * UINT64_C(0x100000001b3);
    }
    so_far->count++;
}

static seawall_status check(const char *text, size_t size, seen *result)
{
    seawall_loader_config config = SEAWALL_LOADER_CONFIG_INIT;
    seawall_error error = {0};
    seawall_status status;

    config.report = look;
    config.report_user = result;
    status = seawall_loader_check_text(text, size, "fuzz", &config, NULL, &error);
    fuzz_must(status == SEAWALL_OK || status == SEAWALL_INVALID, "there is a verdict");
    fuzz_must((status == SEAWALL_OK) == (result->count == 0), "a refusal has a reason");
    fuzz_must(status == SEAWALL_OK || (error.status == SEAWALL_INVALID && error.message[0] != '\0'), "the error has the first");
    return status;
}

static bool load(const char *text, size_t size, char printed[PRINTED_SIZE])
{
    seawall_registry *registry;
    seawall_status status;

    fuzz_must(seawall_registry_create(NULL, NULL, &registry, NULL) == SEAWALL_OK, "there is a registry");
    status = seawall_registry_load_text(registry, text, size, "fuzz", NULL, NULL);
    if (status == SEAWALL_OK && seawall_registry_print(registry, printed, PRINTED_SIZE, NULL) != SEAWALL_OK)
        status = SEAWALL_TOO_SMALL;
    seawall_registry_destroy(registry);
    return status == SEAWALL_OK;
}

static void load_and_print(const char *text, size_t size)
{
    static char printed[PRINTED_SIZE], again[PRINTED_SIZE];

    if (load(text, size, printed))
        fuzz_must(load(printed, strlen(printed), again), "what is printed is read");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char text[65536];
    seen first = {0, 0, 1}, second;
    seawall_status status;
    size_t i;

    size = size < sizeof(text) ? size : sizeof(text);
    for (i = 0; i < size; i++) {
        text[i] = data[i] == '|' ? '\n' : (char)data[i];
        first.lines += text[i] == '\n';
    }
    second = first;
    status = check(text, size, &first);
    fuzz_must(check(text, size, &second) == status, "the verdict stays");
    fuzz_must(first.count == second.count && first.hash == second.hash, "the problems stay");
    if (status == SEAWALL_OK)
        load_and_print(text, size);
    return 0;
}
