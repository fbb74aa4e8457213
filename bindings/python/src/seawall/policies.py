"""The policies, and what they share. What can be set stands in the library's own tables: see help() of each class."""
from __future__ import annotations

import inspect
import weakref
from typing import TYPE_CHECKING, Any, Callable, ClassVar

from . import _settings, _snapshots, callbacks, given
from ._library import ffi, lib
from .attempt import Attempt, _current
from .breakers import BreakerPredicate, BreakerVerdict, Transition, listen, verdict_of
from .callbacks import driving
from .durations import Duration, nanoseconds, seconds
from .errors import InvalidError, must
from .faults import Fault
from .fields import fields
from .permits import BreakerPermit, BulkheadPermit, LimiterPermit
from .platform import Platform, pointer_of

if TYPE_CHECKING:
    from .pipeline import Pipeline
    from .slot import Slot

FOREVER_SECONDS = float('inf')

RetryPredicate = Callable[[BaseException, int], 'bool | None']
"""Of the exception and the number of the attempt: True repeat, False stop, None by the kind of fault."""


class Policy:
    """An object that a pipeline is made of: one of the library's, or an :class:`OwnPolicy`."""

    name: str
    platform: Platform | None = None
    _calls_back = False  # whether it calls functions of Python

    def _struct(self) -> tuple[Any, Any]:
        """The policy for a pipeline, and its name, which is to live until the pipeline has copied it."""
        policy, label = ffi.new('seawall_policy *'), ffi.new('char[]', given.string(self.name, 'the name of a policy'))
        must(lib.seawall_policy_init(policy, ffi.sizeof('seawall_policy')))
        must(self._write(policy, label))
        return policy, label

    def _write(self, policy: Any, label: Any) -> int:
        raise TypeError(f'{type(self).__name__} is no policy')

    def __repr__(self) -> str:
        return f'<{type(self).__name__} {self.name!r}>'


class _Made(Policy):
    """One that the library makes."""

    _fill: ClassVar[str] = ''
    _c_name: ClassVar[str]
    _pointer: Any

    def _write(self, policy: Any, label: Any) -> int:
        return int(getattr(lib, self._fill or f'seawall_{self._c_name}_policy')(self._pointer, label, policy))


def _number(owner: Any, thing: Any) -> Any:
    """The `user` of a callback of this object's, good for as long as the object is."""
    number = callbacks.keep(thing)
    weakref.finalize(owner, callbacks.drop, number).atexit = False
    return callbacks.pointer(number)


class CircuitBreaker(_settings.CircuitBreaker, _Made):
    """After repeated failures of a dependency it refuses calls for a while, then probes it.

    ``predicate(error, fault)`` may say what a failure counts as: a BreakerVerdict, or None: by its kind. Without a pipeline::

        with breaker.permit():
            query()
    """

    def _prepare(self, predicate: BreakerPredicate | None = None) -> None:
        if predicate is not None:
            given.function(predicate, 'the predicate')
            self._calls_back = True
            self._pointers = {'predicate': verdict_of, 'predicate_user': _number(self, predicate)}

    def permit(self) -> BreakerPermit:
        """Leave to do one call, as a context manager, for ``with`` and ``async with``. OpenError if it refuses."""
        return BreakerPermit(self)

    @property
    def state(self) -> str:
        """"closed", "open", "half_open", "forced_open", "disabled", "metrics_only"."""
        return self.snapshot().state

    def snapshot(self) -> _snapshots.BreakerSnapshot:
        return self._look(_snapshots.BreakerSnapshot)  # type: ignore[no-any-return]

    def force_open(self, duration: Duration = FOREVER_SECONDS) -> None:
        """Opens it now, for so long."""
        now = lib.seawall_platform_now(pointer_of(self.platform))
        must(lib.seawall_breaker_force_open(self._pointer, lib.seawall_time_add(now, nanoseconds(duration))))

    def close(self) -> None:
        """Closes it now, whatever its state."""
        must(lib.seawall_breaker_close(self._pointer))

    def disable(self) -> None:
        """Lets every call through and records nothing, until it is closed, reset or forced open."""
        must(lib.seawall_breaker_disable(self._pointer))

    def metrics_only(self) -> None:
        """Lets every call through and counts, until it is closed, reset or forced open."""
        must(lib.seawall_breaker_metrics_only(self._pointer))

    def reset(self) -> None:
        """Closes it and starts afresh."""
        must(lib.seawall_breaker_reset(self._pointer))

    def on_transition(self, function: Callable[[Transition], Any]) -> Callable[[], None]:
        """Calls the function with each change of state, in order. Answers a function that ends it."""
        number = callbacks.keep(given.function(function, 'who is told'))
        user = callbacks.pointer(number)
        must(lib.seawall_breaker_add_listener(self._pointer, listen, user))
        breaker = self._pointer

        def remove() -> None:
            lib.seawall_breaker_remove_listener(breaker, listen, user)
            callbacks.drop(number)
        return remove


@callbacks.callback('seawall_retry_predicate_fn', lib.SEAWALL_RETRY_BY_KIND)
def _worth_repeating(result: Any, attempt: int, user: Any) -> int:
    predicate, slot = callbacks.kept(callbacks.number_of(user)), driving.slot
    if predicate is None:
        return int(lib.SEAWALL_RETRY_BY_KIND)
    error = slot.error if slot is not None and slot.error is not None else fault_error(result)
    said = predicate(error, attempt)
    if said is None:
        return int(lib.SEAWALL_RETRY_BY_KIND)
    return int(lib.SEAWALL_RETRY_REPEAT if said else lib.SEAWALL_RETRY_STOP)


def fault_error(result: Any) -> BaseException:
    """A fault without an exception, as one."""
    from .errors import FailedError
    error = FailedError(str(Fault(result.fault)))
    error.fault, error.code = Fault(result.fault), result.code
    return error


class RetryBudget(_settings.RetryBudget, _settings.Component):
    """How much of the traffic may be retries, and hedges, before they are the overload."""

    def snapshot(self) -> _snapshots.RetryBudgetSnapshot:
        return self._look(_snapshots.RetryBudgetSnapshot)  # type: ignore[no-any-return]


class Retry(_settings.Retry, _Made):
    """Runs a failed operation again, after a growing, jittered delay, when that is likely to help.

    ``predicate(error, attempt)`` may know better than the sets: True repeat, False stop, None no opinion. ``budget`` is a RetryBudget.
    """

    def _prepare(self, predicate: RetryPredicate | None = None, budget: RetryBudget | None = None) -> None:
        self.budget = budget
        if predicate is not None:
            given.function(predicate, 'the predicate')
            self._calls_back = True
            self._pointers = {'predicate': _worth_repeating, 'predicate_user': _number(self, predicate)}
        if budget is not None:
            self._pointers['budget'] = given.instance(budget, RetryBudget, 'the budget')._pointer

    def delay(self, attempt: int, previous: Duration = 0) -> float:
        """The seconds to wait after that attempt has failed, jitter included."""
        found = ffi.new('seawall_duration *')
        before = nanoseconds(previous)
        if before < 0:
            raise InvalidError(f'previous: {previous} is below 0')
        must(lib.seawall_retry_delay(self._pointer, given.number(attempt, 'attempt', most=2**63 - 1), before, found))
        return seconds(found[0])


class Timeout(_settings.Timeout, _Made):
    """Limits how long the whole of what is inside may take, and what its phases may. See also :class:`AttemptTimeout`."""


class AttemptTimeout(Timeout):
    """The same, but of each run inside by ``attempt_timeout``: put it inside the retry."""

    _fill = 'seawall_timeout_attempt_policy'


class RateLimiter(_settings.RateLimiter, _Made):
    """So many permits in each period, and a burst after a pause. Without a pipeline::

        async with limiter.permit(timeout=1):
            ...
    """

    def permit(self, n: int = 1, *, timeout: Duration = 0) -> LimiterPermit:
        """n permits, as a context manager. Entering it waits for them; LimitedError at once if that would take longer than so."""
        return LimiterPermit(self, given.number(n, 'rate_limiter: permits'), timeout)

    def _at_once(self, n: int, status: int) -> None:
        """Says why the limiter takes so many for a mistake."""
        if status == lib.SEAWALL_INVALID:
            raise InvalidError(f'rate_limiter: permits: {n} are never there at once: the burst is {self.snapshot().burst}')

    def peek(self, n: int = 1) -> float:
        """Seconds until n permits are there; takes nothing."""
        wait = ffi.new('seawall_duration *')
        status = lib.seawall_limiter_peek(self._pointer, given.number(n, 'rate_limiter: permits'), wait)
        self._at_once(n, status)
        must(status)
        return seconds(wait[0])

    def drain(self, duration: Duration) -> None:
        """Empties the bucket, and keeps it empty for so long."""
        now = lib.seawall_platform_now(pointer_of(self.platform))
        must(lib.seawall_limiter_drain_until(self._pointer, lib.seawall_time_add(now, nanoseconds(duration))))

    def reset(self) -> None:
        """Fills the bucket now."""
        must(lib.seawall_limiter_reset(self._pointer))

    def snapshot(self) -> _snapshots.LimiterSnapshot:
        return self._look(_snapshots.LimiterSnapshot)  # type: ignore[no-any-return]


class Bulkhead(_settings.Bulkhead, _Made):
    """At most so many calls at the same time; a few more may wait for their turn, threads and tasks in one queue."""

    _alone: Pipeline | None = None

    def _queue(self) -> Pipeline:
        """A pipeline that has nothing but the bulkhead: how threads and tasks wait for a permit."""
        from .pipeline import Pipeline
        if self._alone is None:
            self._alone = Pipeline(self, name=self.name, platform=self.platform)
        return self._alone

    def permit(self, *, timeout: Duration = FOREVER_SECONDS) -> BulkheadPermit:
        """A permit, as a context manager. Entering it waits as `max_waiting` and `max_wait` allow, and for ``timeout`` at most; a
        FullError, or a TimedOutError, if that was in vain."""
        return BulkheadPermit(self, timeout)

    def resize(self, max_concurrent: int) -> None:
        """Changes the number of permits while it is in use."""
        status = lib.seawall_bulkhead_resize(self._pointer, given.number(max_concurrent, 'bulkhead.max_concurrent'))
        if status == lib.SEAWALL_INVALID:
            raise InvalidError(f'bulkhead.max_concurrent: {max_concurrent} is not {fields("bulkhead")["max_concurrent"].allowed}')
        must(status)

    def snapshot(self) -> _snapshots.BulkheadSnapshot:
        return self._look(_snapshots.BulkheadSnapshot)  # type: ignore[no-any-return]


class Hedge(_settings.Hedge, _Made):
    """When the answer is late it asks once more beside the first request, and takes what comes first. Functions need a pipeline with
    an ``executor`` for that."""

    def _prepare(self, retry_budget: RetryBudget | None = None) -> None:
        self.retry_budget = retry_budget
        if retry_budget is not None:
            self._pointers = {'retry_budget': given.instance(retry_budget, RetryBudget, 'the retry_budget')._pointer}

    def snapshot(self) -> _snapshots.HedgeSnapshot:
        return self._look(_snapshots.HedgeSnapshot)  # type: ignore[no-any-return]


@callbacks.callback('seawall_fallback_fn', lib.SEAWALL_FAULT_OTHER)
def _stand_in(outcome: Any, code: Any, _arg: Any, user: Any) -> int:
    fallback, slot = callbacks.kept(callbacks.number_of(user)), driving.slot
    fallback = fallback() if fallback is not None else None
    if fallback is None or slot is None:
        return int(lib.SEAWALL_FAULT_OTHER)
    if fallback._function is None:
        slot.value = fallback._value
        return 0
    pipeline, (_, args, kwargs) = slot.pipeline, slot.call
    error, attempt = slot.reason_for(outcome), Attempt(pipeline, outcome.attempts)
    attempt.code = code[0]
    token = _current.set(attempt)
    try:
        slot.value = fallback._function(error, *args, **kwargs)
        code[0] = attempt.code
        return 0
    except Exception as raised:
        raised.__context__ = error
        verdict = pipeline.faults.judge(raised)
        slot.remember(int(verdict.fault), raised, None)
        code[0] = verdict.code or attempt.code
        return int(verdict.fault)
    finally:
        _current.reset(token)


_diverting: weakref.WeakValueDictionary[int, Fallback] = weakref.WeakValueDictionary()


@callbacks.callback('seawall_leave_fn', lib.SEAWALL_PASS)
def _divert(frame: Any, turn: Any, outcome: Any, user: Any) -> int:
    fallback, slot = _diverting[int(ffi.cast('uintptr_t', user))], driving.slot
    answer = int(fallback._leave(frame, turn, outcome, user))
    if answer == lib.SEAWALL_DIVERT and slot is not None:
        slot.diverted[id(fallback)] = slot.reason_for(outcome)
    return answer


class Fallback(_settings.Fallback, _Made):
    """What to answer when the operation failed or was refused: one of

    - ``value``: that;
    - ``function``: what ``function(error, *args, **kwargs)`` answers, the error first and then what the call was called with; a
      coroutine function serves coroutines, and is run as an attempt of its own;
    - ``pipeline``: the same operation again, under another pipeline; with a ``function`` as well, that function instead.
    """

    _leave: Any = None

    def _prepare(self, value: Any = None, function: Callable[..., Any] | None = None, pipeline: Pipeline | None = None) -> None:
        from .pipeline import Pipeline
        if value is not None and (function is not None or pipeline is not None):
            raise TypeError('a fallback has a value, or a function, or a pipeline')
        if function is not None:
            given.function(function, 'what a fallback calls')
        if pipeline is not None:
            given.instance(pipeline, Pipeline, 'the pipeline')
        self._value, self._function = value, function
        self._is_coroutine = inspect.iscoroutinefunction(function)
        if pipeline is None and self._is_coroutine:
            pipeline = Pipeline(name=self.name, platform=self.platform)
        self.pipeline = pipeline
        self._calls_back = True
        if pipeline is None:
            self._pointers = {'function': _stand_in, 'function_user': _number(self, weakref.ref(self))}

    def _write(self, policy: Any, label: Any) -> int:
        if self.pipeline is None:
            return super()._write(policy, label)
        status = int(lib.seawall_fallback_pipeline_policy(self._pointer, label, self.pipeline._pointer, policy))
        if status == 0 and self._function is not None:
            # The function wants to know for what it stands in, and only this verb is told.
            self._leave = policy.leave
            _diverting[int(ffi.cast('uintptr_t', policy.self))] = self
            policy.leave = _divert
        return status

    def _operation(self, slot: Slot, pipeline: Pipeline) -> Callable[..., Any] | None:
        """What runs in the alternative; None: the operation itself."""
        if self._function is None:
            return None
        function: Callable[..., Any] = self._function
        error = slot.diverted.get(id(self))
        return lambda *args, **kwargs: function(error, *args, **kwargs)


class Chaos(_settings.Chaos, _Made):
    """Faults, latency and refusals at a rate, to see in a test how the rest of a pipeline takes them."""

    @property
    def enabled(self) -> bool:
        """Whether it is switched on. Set it at any time."""
        return bool(lib.seawall_chaos_is_enabled(self._pointer))

    @enabled.setter
    def enabled(self, on: bool) -> None:
        must(lib.seawall_chaos_set_enabled(self._pointer, on))

    def snapshot(self) -> _snapshots.ChaosSnapshot:
        return self._look(_snapshots.ChaosSnapshot)  # type: ignore[no-any-return]


__all__ = ['AttemptTimeout', 'BreakerVerdict', 'Bulkhead', 'Chaos', 'CircuitBreaker', 'Fallback', 'Hedge', 'Policy', 'RateLimiter',
           'Retry', 'RetryBudget', 'Timeout', 'Transition']
