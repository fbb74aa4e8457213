/* Numbers that tell the permits of one object from those of another, of whatever kind. */
#ifndef SW_BASE_OWNER_H
#define SW_BASE_OWNER_H

#include <stdint.h>

/* 1 to 2^32 - 1; the same one again after as many objects. Any thread. */
uint64_t sw_new_owner(void);

#endif
