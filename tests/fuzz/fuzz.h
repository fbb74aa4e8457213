/*
 * What a fuzz target is: one function, handed any bytes, that ends the program where a property does not hold. libFuzzer drives
 * it with bytes of its own making (fuzz.py); replay.c drives it with the seeds, under any compiler.
 */
#ifndef SEAWALL_TEST_FUZZ_H
#define SEAWALL_TEST_FUZZ_H

#include <stddef.h>
#include <stdint.h>

#include <seawall/seawall.h>

/* What a target does itself is no news to the fuzzer, and is gone through again and again. */
#ifdef __clang__
#define FUZZ_UNSEEN __attribute__((no_sanitize("coverage")))
#else
#define FUZZ_UNSEEN
#endif

/* No text is longer: what lies beyond is cut off. */
#define FUZZ_TEXT_SIZE 512

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The bytes as a string, up to the first NUL. Answers its length. */
size_t fuzz_text(const uint8_t *data, size_t size, char text[FUZZ_TEXT_SIZE]);

/* Ends the program unless `holds`; `what` says which property it was. */
void fuzz_must(bool holds, const char *what);

#endif
