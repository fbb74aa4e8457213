/* Filling a seawall_error. */
#ifndef SW_BASE_ERROR_H
#define SW_BASE_ERROR_H

#include <seawall/status.h>

/*
 * Fills `error` (NULL is allowed) and answers `status`, so that `return sw_error(...)` reads well. `key` may be "".
 * Control characters in either text become question marks. The format is printf's; no floating point conversions, which depend on
 * the locale (base/text.h prints numbers).
 */
__attribute__((format(printf, 4, 5))) seawall_status sw_error(seawall_error *error, seawall_status status,
                                                              const char *key, const char *format, ...);

#endif
