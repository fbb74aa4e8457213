/*
 * A configuration file; | ends a line as LF does, so that a seed of one line is a file. Any bytes have a verdict; each problem is one
 * printable line with a place in the file; and reading the same again says the same.
 */
#include "fuzz.h"

#include <string.h>

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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char text[65536];
    seen first = {0, 0, 1}, second;
    size_t i;

    size = size < sizeof(text) ? size : sizeof(text);
    for (i = 0; i < size; i++) {
        text[i] = data[i] == '|' ? '\n' : (char)data[i];
        first.lines += text[i] == '\n';
    }
    second = first;
    fuzz_must(check(text, size, &first) == check(text, size, &second), "the verdict stays");
    fuzz_must(first.count == second.count && first.hash == second.hash, "the problems stay");
    return 0;
}
