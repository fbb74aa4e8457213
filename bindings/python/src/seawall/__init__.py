"""Resilience for functions and coroutines: circuit breakers, retries, timeouts, bulkheads, rate limits, hedges and fallbacks.

    import seawall

    pipeline = seawall.Pipeline(
        seawall.Timeout(request_timeout=2.0),
        seawall.Retry(max_attempts=3),
        seawall.CircuitBreaker(failure_threshold=5, recovery_timeout=30),
    )

    @pipeline.guard
    def fetch(url): ...

    @pipeline.guard
    async def fetch_later(url): ...

Everything is done by libseawall; this package is a host of its machine, for threads and for asyncio.
"""
from ._library import lib as _lib, text as _text
from .attempt import Attempt, Phase, current_attempt, deadline, deadline_from_header, deadline_to_header, remaining
from .breakers import BreakerVerdict, Transition
from .cancel import CancelToken, current_token
from .durations import Duration
from .errors import (BusyError, CancelledError, ClosedError, ConfigError, EndedEarlyError, EnvironmentalError, FailedError, FullError,
                     InvalidError, LimitedError, MisuseError, NoMemoryError, NoResourcesError, OpenError, Problem, RefusedError, SeawallError,
                     StaleError, TimedOutError, TooSmallError, UnsupportedError)
from .events import Event, EventStream
from .faults import Fault, Faults, Verdict, grpc_status, http_response, http_status, retry_after
from .fields import Field, fields, help_text, kinds
from .health import Health, HealthChange, HealthStatus, Heartbeat
from .outcome import Outcome, Report
from .own import Answer, OwnPolicy, RunOutcome, Turn
from .permits import BreakerPermit, BulkheadPermit, LimiterPermit
from .pipeline import Pipeline
from .platform import ManualClock, Platform
from .policies import (AttemptTimeout, Bulkhead, Chaos, CircuitBreaker, Fallback, Hedge, Policy, RateLimiter, Retry, RetryBudget,
                       Timeout)
from .pool import ThreadPool
from .registry import Change, Origin, Registry, RegistryEvent, check_file, check_text

__version__: str = f'{_lib.SEAWALL_VERSION_MAJOR}.{_lib.SEAWALL_VERSION_MINOR}.{_lib.SEAWALL_VERSION_PATCH}'
"""The version that this package was made for."""
library_version: str = _text(_lib.seawall_version_string())
"""The version of the library that is running."""

__all__ = [
    'Answer', 'Attempt', 'AttemptTimeout', 'BreakerPermit', 'BreakerVerdict', 'Bulkhead', 'BulkheadPermit', 'BusyError',
    'CancelToken', 'CancelledError', 'Change', 'Chaos', 'CircuitBreaker', 'ClosedError', 'ConfigError', 'Duration',
    'EndedEarlyError', 'EnvironmentalError', 'Event', 'EventStream', 'FailedError', 'Fallback', 'Fault', 'Faults', 'Field', 'FullError',
    'Health', 'HealthChange', 'HealthStatus', 'Heartbeat', 'Hedge', 'InvalidError', 'LimitedError', 'LimiterPermit',
    'ManualClock', 'MisuseError', 'NoMemoryError', 'NoResourcesError', 'OpenError', 'Origin', 'Outcome', 'OwnPolicy', 'Phase',
    'Pipeline', 'Platform', 'Policy', 'Problem', 'RateLimiter', 'RefusedError', 'Registry', 'RegistryEvent', 'Report',
    'Retry', 'RetryBudget', 'RunOutcome', 'SeawallError', 'StaleError', 'ThreadPool', 'TimedOutError', 'Timeout',
    'TooSmallError', 'Transition', 'Turn', 'UnsupportedError', 'Verdict', 'check_file', 'check_text', 'current_attempt',
    'current_token', 'deadline', 'deadline_from_header', 'deadline_to_header', 'fields', 'grpc_status', 'help_text',
    'http_response', 'http_status', 'kinds', 'library_version', 'remaining', 'retry_after',
]
