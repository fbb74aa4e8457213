/* The fault table: the one place that says what each kind means to breakers and retries. */
#ifndef SW_BASE_FAULT_H
#define SW_BASE_FAULT_H

#include <seawall/fault.h>

typedef struct sw_fault_row {
    const char *name;
    bool counts;   /* held against a dependency */
    bool retried;  /* tried again by default */
    bool gives_up; /* ends a retry, and a hedge, at once by default */
} sw_fault_row;

/* Indexed by kind. The sets that fault.h spells out for static initialisers are this table's columns. */
extern const sw_fault_row sw_fault_table[SEAWALL_FAULT_COUNT];

#endif
