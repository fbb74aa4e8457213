/**
 * @file seawall.h
 * @brief Everything: includes every public header and declares nothing.
 */
#ifndef SEAWALL_H
#define SEAWALL_H

#include <seawall/api.h>
#include <seawall/async.h>
#include <seawall/breaker.h>
#include <seawall/bulkhead.h>
#include <seawall/call.h>
#include <seawall/cancel.h>
#include <seawall/chaos.h>
#include <seawall/config.h>
#include <seawall/deadline.h>
#include <seawall/event.h>
#include <seawall/execution.h>
#include <seawall/fallback.h>
#include <seawall/fault.h>
#include <seawall/future.h>
#include <seawall/group.h>
#include <seawall/health.h>
#include <seawall/health_check.h>
#include <seawall/health_source.h>
#include <seawall/hedge.h>
#include <seawall/histogram.h>
#include <seawall/keyed.h>
#include <seawall/limiter.h>
#include <seawall/loader.h>
#include <seawall/metrics.h>
#include <seawall/outcome.h>
#include <seawall/permit.h>
#include <seawall/pipeline.h>
#include <seawall/platform.h>
#include <seawall/policy.h>
#include <seawall/pool.h>
#include <seawall/registry.h>
#include <seawall/registry_events.h>
#include <seawall/retry.h>
#include <seawall/retry_budget.h>
#include <seawall/status.h>
#include <seawall/time.h>
#include <seawall/timeout.h>
#include <seawall/timer.h>
#include <seawall/version.h>
#include <seawall/wheel.h>

#endif
