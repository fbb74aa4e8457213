/*
 * A configuration file; | ends a line as LF does, so that a seed of one line is a file. Any bytes have a verdict; each problem is
 * one printable line with a place in the file; reading the same again says the same; and what is right can be loaded, printed,
 * and loaded again, unless it needs what a program would bring, or more than there is.
 *
 * SEAWALL_FUZZ_TEXTS says how many texts an input stands for: itself, and what becomes of it by slips (default: itself alone).
 * SEAWALL_FUZZ_SHOW shows each before it is read, so that the last one is the one that was too much.
 */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "slips.h"

#define PRINTED_SIZE 262144
#define TEXT_SIZE 65536

typedef struct seen {
    int count;
    uint64_t hash;
    int32_t lines; /* of the file */
} seen;

FUZZ_UNSEEN static void look(const seawall_problem *problem, void *user)
{
    seen *so_far = user;
    bool printable = true;
    const char *c;

    for (c = problem->text; *c != '\0'; c++) {
        printable = printable && (unsigned char)*c >= ' ' && *c != 0x7f;
        so_far->hash = (so_far->hash ^ (unsigned char)*c) * UINT64_C(0x100000001b3);
    }
    fuzz_must(problem->line >= 1 && problem->line <= so_far->lines, "a problem is in the file");
    fuzz_must(problem->message[0] != '\0', "a problem says something");
    fuzz_must(printable, "a problem is printable");
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

/* What no file by itself can say. */
static bool can_fail(const seawall_error *error)
{
    return error->status == SEAWALL_NO_RESOURCES || strstr(error->message, "there is no section") != NULL ||
           strstr(error->message, "leads back") != NULL || strstr(error->message, "for a secret") != NULL ||
           strstr(error->message, "the widths multiply") != NULL;
}

static bool load(const char *text, size_t size, char printed[PRINTED_SIZE])
{
    seawall_registry *registry;
    seawall_error error = {0};
    seawall_status status;

    fuzz_must(seawall_registry_create(NULL, NULL, &registry, NULL) == SEAWALL_OK, "there is a registry");
    status = seawall_registry_load_text(registry, text, size, "fuzz", NULL, &error);
    fuzz_must(status == SEAWALL_OK || can_fail(&error), "what is judged right can be loaded");
    if (status == SEAWALL_OK && seawall_registry_print(registry, printed, PRINTED_SIZE, NULL) != SEAWALL_OK)
        status = SEAWALL_TOO_SMALL;
    seawall_registry_destroy(registry);
    return status == SEAWALL_OK;
}

static void load_and_print(const char *text, size_t size)
{
    static char printed[PRINTED_SIZE], again[PRINTED_SIZE];

    if (load(text, size, printed))
        fuzz_must(load(printed, strlen(printed), again) || strstr(printed, "***") != NULL, "what is printed is read");
}

static void check_again(const char *text, size_t size, seawall_status status, const seen *first)
{
    seen second = {0, 0, first->lines};

    fuzz_must(check(text, size, &second) == status, "the verdict stays");
    fuzz_must(first->count == second.count && first->hash == second.hash, "the problems stay");
}

/*
 * Reading again takes half the time, and would find the same in most: one in so many is, the first too. A prime, so that in turn
 * it is any of an input's texts.
 */
#define AGAIN 17

FUZZ_UNSEEN static void show(const char *text, size_t size)
{
    size_t i;

    fprintf(stderr, "reads ");
    for (i = 0; i < size; i++)
        fprintf(stderr, "%02x", (unsigned)(unsigned char)text[i]);
    fprintf(stderr, "\n");
}

FUZZ_UNSEEN static void read_one(const char *text, size_t size, bool shown)
{
    static unsigned inputs;
    seen first = {0, 0, 1};
    seawall_status status;
    size_t i;

    for (i = 0; i < size; i++)
        first.lines += text[i] == '\n';
    if (shown)
        show(text, size);
    status = check(text, size, &first);
    if (inputs++ % AGAIN == 0 || shown)
        check_again(text, size, status, &first);
    if (status == SEAWALL_OK)
        load_and_print(text, size);
}

FUZZ_UNSEEN int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char given[TEXT_SIZE], text[TEXT_SIZE + SLIPS_MAX * SLIP_LENGTH];
    const char *texts = getenv("SEAWALL_FUZZ_TEXTS");
    bool shown = getenv("SEAWALL_FUZZ_SHOW") != NULL;
    long left = texts != NULL ? strtol(texts, NULL, 10) : 1;
    size_t i, length;
    slips pen;

    length = size = size < sizeof(given) ? size : sizeof(given);
    for (i = 0; i < size; i++)
        given[i] = data[i] == '|' ? '\n' : (char)data[i];
    pen = slips_of(given, size);
    memcpy(text, given, size);
    for (;;) {
        read_one(text, length, shown);
        if (--left <= 0)
            return 0;
        memcpy(text, given, size);
        length = slips_make(&pen, text, size);
    }
}
