/* Dates as HTTP writes them (RFC 9110, section 5.6.7). */
#ifndef SW_BASE_HTTP_DATE_H
#define SW_BASE_HTTP_DATE_H

#include "base/text.h"

/*
 * Seconds since 1970 of a date in any of the three forms: "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
 * "Sun Nov  6 08:49:37 1994". The second one's year is the last with these digits that is not more than 50 years after `now`.
 * The name of the day is not held against the date. False: it is none of them, `*seconds` untouched.
 */
bool sw_parse_http_date(sw_span text, int64_t now, int64_t *seconds);

#endif
