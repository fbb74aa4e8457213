/* What there is to be said of fields, and of the keys that name other sections. */
#ifndef SEAWALL_CHECK_EXPLAIN_H
#define SEAWALL_CHECK_EXPLAIN_H

#include <stdbool.h>

/* Of the one that is meant, "kind.key", or of all for NULL. Answers how many there were. */
int explain(const char *only, bool json);

#endif
