/* The toys' notes, and their kind of chance. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "toy.h"

static void reserve(toy_notes *notes, size_t more)
{
    size_t need = notes->length + more + 1;

    if (need <= notes->capacity)
        return;
    notes->capacity = need * 2;
    notes->text = realloc(notes->text, notes->capacity);
    if (notes->text == NULL)
        abort();
}

void toy_note(toy_notes *notes, const char *format, ...)
{
    va_list arguments;
    int length;

    if (notes == NULL)
        return;
    va_start(arguments, format);
    length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    reserve(notes, (size_t)length);
    va_start(arguments, format);
    (void)vsnprintf(notes->text + notes->length, (size_t)length + 1, format, arguments);
    va_end(arguments);
    notes->length += (size_t)length;
}

void toy_note_time(toy_notes *notes, const char *before, seawall_time t)
{
    if (t == SEAWALL_FOREVER)
        toy_note(notes, "%snever", before);
    else
        toy_note(notes, "%s%lld", before, (long long)t);
}

void toy_note_outcome(toy_notes *notes, const seawall_outcome *outcome)
{
    toy_note(notes, "%s", seawall_status_name(outcome->status));
    if (outcome->fault != SEAWALL_FAULT_NONE)
        toy_note(notes, " %s", seawall_fault_name(outcome->fault));
    toy_note(notes, " x%d", (int)outcome->attempts);
    if (outcome->code != 0)
        toy_note(notes, " code %lld", (long long)outcome->code);
    if (outcome->retry_after != 0)
        toy_note(notes, " after %lld", (long long)outcome->retry_after);
    if (outcome->policy != -1)
        toy_note(notes, " by %d", (int)outcome->policy);
    if (outcome->reason != SEAWALL_REASON_NONE)
        toy_note(notes, " %s", seawall_reason_name(outcome->reason));
}

void toy_notes_clear(toy_notes *notes)
{
    notes->length = 0;
    if (notes->text != NULL)
        notes->text[0] = '\0';
}

void toy_notes_free(toy_notes *notes)
{
    free(notes->text);
    *notes = (toy_notes){0};
}

uint64_t toy_hash(uint64_t seed, uint64_t n)
{
    uint64_t z = seed + (n + 1) * UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}
