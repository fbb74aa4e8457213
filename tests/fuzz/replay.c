/*
 * Runs a target on seeds without libFuzzer: each line of the file, each beginning of it, and the line with each byte turned
 * into another that parsers care for. The same every time.
 */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char others[] = "0915-+.eEx%, \tns\x01\xff";

static long replay(char *line, size_t length)
{
    const uint8_t *bytes = (const uint8_t *)line;
    long runs = 0;
    size_t cut, i;

    for (cut = 0; cut <= length; cut++, runs++)
        (void)LLVMFuzzerTestOneInput(bytes, cut);
    for (cut = 0; cut < length; cut++) {
        char kept = line[cut];

        for (i = 0; i < sizeof(others); i++, runs++) { /* the NUL too */
            line[cut] = others[i];
            (void)LLVMFuzzerTestOneInput(bytes, length);
        }
        line[cut] = kept;
    }
    return runs;
}

int main(int argc, char **argv)
{
    FILE *seeds = argc == 2 ? fopen(argv[1], "r") : NULL;
    char line[FUZZ_TEXT_SIZE];
    long runs = 0;

    if (seeds == NULL) {
        fprintf(stderr, "usage: %s SEEDS\n", argv[0]);
        return 1;
    }
    while (fgets(line, sizeof(line), seeds) != NULL)
        runs += replay(line, strcspn(line, "\n"));
    (void)fclose(seeds);
    printf("%ld runs\n", runs);
    return runs > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
