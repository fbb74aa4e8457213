/**
 * @file time.h
 * @brief Times and durations: nanoseconds on the monotonic clock, in arithmetic that saturates.
 *
 * A time is an instant of the platform's clock; only differences mean anything. INT64_MAX stands for "never" as a
 * time and "without end" as a duration, and stays so whatever is added to it.
 */
#ifndef SEAWALL_TIME_H
#define SEAWALL_TIME_H

#include <seawall/api.h>

SEAWALL_BEGIN_DECLS

/** An instant, in nanoseconds. */
typedef int64_t seawall_time;
/** A length of time, in nanoseconds. */
typedef int64_t seawall_duration;

/** Never, or without end. */
#define SEAWALL_FOREVER INT64_MAX
/** #SEAWALL_FOREVER, which is no constant in seawall_ffi.h: some languages read none of 64 bits. Any thread; never blocks. */
SEAWALL_API seawall_time seawall_forever(void);

/** Constant durations from whole numbers, for initialisers; the functions below take any number and saturate. @{ */
#define SEAWALL_NANOSECONDS(n) SEAWALL_CAST(seawall_duration, n)
#define SEAWALL_MICROSECONDS(n) (SEAWALL_CAST(seawall_duration, n) * 1000)
#define SEAWALL_MILLISECONDS(n) (SEAWALL_CAST(seawall_duration, n) * 1000000)
#define SEAWALL_SECONDS(n) (SEAWALL_CAST(seawall_duration, n) * 1000000000)
/** @} */

/** A duration of n nanoseconds: n. Any thread; never blocks. */
SEAWALL_API seawall_duration seawall_nanoseconds(int64_t n);
/** A duration of n microseconds, saturating. Any thread; never blocks. */
SEAWALL_API seawall_duration seawall_microseconds(int64_t n);
/** A duration of n milliseconds, saturating. Any thread; never blocks. */
SEAWALL_API seawall_duration seawall_milliseconds(int64_t n);
/** A duration of n seconds, saturating. Any thread; never blocks. */
SEAWALL_API seawall_duration seawall_seconds(int64_t n);

/** t + d, saturating at both ends; #SEAWALL_FOREVER if either is. Any thread; never blocks. */
SEAWALL_API seawall_time seawall_time_add(seawall_time t, seawall_duration d);

/** How long from `now` until `t`: 0 if t has passed, #SEAWALL_FOREVER if t is; saturating. Any thread; never blocks. */
SEAWALL_API seawall_duration seawall_time_until(seawall_time t, seawall_time now);

/**
 * A duration in whole milliseconds, rounded up, as poll(2) wants it: 0 for a negative one, -1 for
 * #SEAWALL_FOREVER, INT32_MAX for what does not fit. Any thread; never blocks.
 */
SEAWALL_API int32_t seawall_poll_milliseconds(seawall_duration d);

/**
 * A duration as the two parts of a struct timeval, rounded up, as setsockopt(2) wants it for SO_RCVTIMEO and SO_SNDTIMEO. There 0
 * and 0 stand for "without end": only #SEAWALL_FOREVER gives them, and what is over gives one microsecond. Nothing is written if
 * a pointer is NULL. Any thread; never blocks.
 */
SEAWALL_API void seawall_socket_timeout(seawall_duration d, int64_t *seconds, int32_t *microseconds);

/**
 * A duration in whole milliseconds, rounded up, as libcurl wants it for CURLOPT_TIMEOUT_MS: hand it on as a `long`. There 0
 * stands for "no limit": only #SEAWALL_FOREVER gives it, and what is over gives 1. For CURLOPT_CONNECTTIMEOUT_MS libcurl takes 0
 * for its own default, 300 s. INT32_MAX for what does not fit. Any thread; never blocks.
 */
SEAWALL_API int64_t seawall_curl_milliseconds(seawall_duration d);

SEAWALL_END_DECLS

#endif
