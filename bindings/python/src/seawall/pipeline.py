"""A pipeline: an ordered list of policies around a function or a coroutine, outermost first."""
from __future__ import annotations

import functools
import inspect
import weakref
from types import CoroutineType
from typing import Any, Awaitable, Callable, Mapping, ParamSpec, TypeVar

from . import callbacks
from ._library import NULL, ffi, lib, owned, text
from .aio import Run
from .attempt import Attempt
from .blocking import drive, refuse_side_by_side
from .errors import SeawallError, must, new_error
from .events import Event, EventStream, Listeners, listen
from .faults import Faults, Judged, Rule
from .outcome import Outcome, Report
from .platform import Platform, system
from .policies import Fallback, Policy
from .slot import Slot

P = ParamSpec('P')
R = TypeVar('R')

ResultRule = Callable[[Any], Judged]
"""What a value that was returned means: a fault kind, a Verdict, or None for success."""


@callbacks.callback('seawall_operation_fn', 0)
def _nothing(_attempt: Any, _user: Any) -> int:
    return 0


class Pipeline:
    """Policies around an operation, outermost first::

        pipeline = Pipeline(Timeout(request_timeout=2), Retry(), CircuitBreaker())

        @pipeline.guard
        def fetch(url): ...

    Immutable, and for any number of threads and event loops. ``faults`` maps exception types to fault kinds, over the defaults;
    ``judge_result`` may find fault with a value that was returned, which is then retried, counted, and at last returned as it is.
    """

    policies: tuple[Policy, ...]
    _flat: tuple[Policy, ...]
    _plain: bool
    _in_the_way: str | None

    def __init__(self, *policies: Policy, name: str = 'pipeline', faults: Mapping[type[BaseException], Rule] | None = None,
                 judge_result: ResultRule | None = None, platform: Platform | None = None) -> None:
        self.policies = policies
        platform = platform or next((one.platform for one in policies if one.platform is not None), None)
        self._set_up(name, faults, judge_result, platform)
        config, error, made = ffi.new('seawall_pipeline_config *'), new_error(), ffi.new('seawall_pipeline **')
        must(lib.seawall_pipeline_config_init(config, ffi.sizeof('seawall_pipeline_config')))
        config.listener, config.listener_user = listen, callbacks.pointer(self._number)
        filled = [policy._struct() for policy in policies]
        structs = ffi.new('seawall_policy *[]', [policy for policy, _ in filled])
        must(lib.seawall_pipeline_create(config, structs, len(filled), self._c_platform(), made, error), error)
        self._flat = flat(policies)
        # Nothing of Python's is asked on the way but the operation itself.
        self._plain = judge_result is None and not any(policy._calls_back for policy in self._flat)
        self._own(made[0], lib.seawall_pipeline_destroy)

    @classmethod
    def _adopt(cls, pointer: Any, name: str, platform: Platform | None, faults: Mapping[type[BaseException], Rule] | None,
               judge_result: ResultRule | None, alive: Any) -> Pipeline:
        """A pipeline that a registry has made."""
        self = cls.__new__(cls)
        self.policies, self._flat, self._plain = (), (), False
        self._set_up(name, faults, judge_result, platform)
        self._own(pointer, lib.seawall_pipeline_destroy, alive)
        return self

    def _set_up(self, name: str, faults: Mapping[type[BaseException], Rule] | None, judge_result: ResultRule | None,
                platform: Platform | None) -> None:
        self.name, self.platform, self.clock = name, platform, platform or system
        self.now = self.clock.now
        self.faults = faults if isinstance(faults, Faults) else Faults(faults)
        self._judge_result = judge_result
        self._listeners = Listeners(self)
        self._number = callbacks.keep(weakref.ref(self._listeners))
        weakref.finalize(self, callbacks.drop, self._number).atexit = False
        self._free: list[Slot] = []

    def _c_platform(self) -> Any:
        return self.platform._pointer if self.platform is not None else NULL

    def _own(self, pointer: Any, destroy: Any, *alive: Any) -> None:
        self._pointer = owned(pointer, destroy, self.platform, *alive)
        room, names = ffi.new('char[64]'), []
        for position in range(lib.seawall_pipeline_policy_count(pointer)):
            must(lib.seawall_pipeline_policy_name(pointer, position, room, 64))
            names.append(text(room))
        self.names = tuple(names)
        """The names of its policies by position, those of alternatives after the main chain."""
        self._in_the_way = self._who_is_in_the_way()

    def _who_is_in_the_way(self) -> str | None:
        """Which policy a blocking call cannot serve. The library's own driver knows, and enters nothing under a cancelled token."""
        for policy in self._flat:
            if isinstance(policy, Fallback) and policy._is_coroutine:
                return policy.name
        token, options, report = ffi.new('seawall_cancel **'), ffi.new('seawall_call_options *'), ffi.new('seawall_report *')
        must(lib.seawall_cancel_create(NULL, self._c_platform(), token, NULL))
        must(lib.seawall_call_options_init(options, ffi.sizeof('seawall_call_options')))
        must(lib.seawall_report_init(report, ffi.sizeof('seawall_report')))
        lib.seawall_cancel_trigger(token[0])
        options.cancel = token[0]
        lib.seawall_call_with(self._pointer, options, _nothing, NULL, report)
        lib.seawall_cancel_destroy(token[0])
        return self.names[report.policy] if report.status == lib.SEAWALL_UNSUPPORTED else None

    def __repr__(self) -> str:
        return f'<Pipeline {self.name!r}: {", ".join(self.names)}>'

    def _take(self) -> Slot:
        try:
            return self._free.pop()
        except IndexError:
            return Slot(self)

    def _put(self, slot: Slot) -> None:
        slot.forget()
        if not slot.lost:
            self._free.append(slot)

    def _stand_in(self, slot: Slot, attempt: Attempt | None = None) -> Callable[..., Any] | None:
        """The function that runs instead of the operation in the alternative of a fallback."""
        alternative = attempt.alternative if attempt is not None else slot.step.alternative
        if alternative == 0 or alternative > len(self._flat):
            return None
        policy = self._flat[alternative - 1]
        return policy._operation(slot, self) if isinstance(policy, Fallback) else None

    # --- calls ---

    def _call(self, function: Callable[..., R], args: tuple[Any, ...], kwargs: dict[str, Any]) -> R:
        if self._in_the_way is not None:
            refuse_side_by_side(self)
        try:
            slot = self._free.pop()
        except IndexError:
            slot = Slot(self)
        try:
            drive(self, slot, function, args, kwargs)
            value = slot.value if slot.report.status == 0 else slot.conclude()
        finally:
            slot.forget()
            if not slot.lost:
                self._free.append(slot)
        if type(value) is CoroutineType:
            value.close()
            raise TypeError('the operation is a coroutine: await pipeline.acall(...), or guard it where it is defined')
        return value  # type: ignore[no-any-return]

    async def _acall(self, function: Callable[..., Awaitable[R]], args: tuple[Any, ...], kwargs: dict[str, Any]) -> R:
        run = Run(self, self._take(), function, args, kwargs)
        try:
            await run.drive()
            return run.slot.conclude()  # type: ignore[no-any-return]
        finally:
            run.concluded()

    def call(self, function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Runs ``function(*args, **kwargs)`` under the pipeline, on this thread. Raises what the operation raised, or a SeawallError."""
        return self._call(function, args, kwargs)

    async def acall(self, function: Callable[P, Awaitable[R]], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """The same for a coroutine, in this task of an asyncio loop: no thread is used, and nothing blocks."""
        return await self._acall(function, args, kwargs)

    def guard(self, function: Callable[P, R]) -> Callable[P, R]:
        """A decorator: each call of the function, or of the coroutine, runs under the pipeline."""
        if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
            raise TypeError('a generator cannot be run again: guard the function that fetches one item')
        if inspect.iscoroutinefunction(function):
            @functools.wraps(function)
            async def guarded_coroutine(*args: P.args, **kwargs: P.kwargs) -> Any:
                return await self._acall(function, args, kwargs)  # type: ignore[arg-type]
            return guarded_coroutine  # type: ignore[return-value]

        call = self._call

        @functools.wraps(function)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            return call(function, args, kwargs)
        return guarded

    def outcome(self, function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Outcome[R]:
        """As :meth:`call`, but what came of it is returned as a value, with the report. Misuse is still raised."""
        if self._in_the_way is not None:
            refuse_side_by_side(self)
        slot = self._take()
        try:
            drive(self, slot, function, args, kwargs)
            return self._outcome(slot)
        finally:
            self._put(slot)

    async def aoutcome(self, function: Callable[P, Awaitable[R]], /, *args: P.args, **kwargs: P.kwargs) -> Outcome[R]:
        """The same for a coroutine."""
        run = Run(self, self._take(), function, args, kwargs)
        try:
            await run.drive()
            return self._outcome(run.slot)
        finally:
            run.concluded()

    def _outcome(self, slot: Slot) -> Outcome[Any]:
        value: Any = None
        error: BaseException | None = None
        try:
            value = slot.conclude()
        except BaseException as raised:
            if not isinstance(raised, Exception) and raised is not slot.error:
                raise
            error = raised
        report = error.report if isinstance(error, SeawallError) and error.report is not None else Report._of(slot.report, self.names)
        return Outcome(value, error, report)

    # --- events ---

    def events(self, size: int = 1024) -> EventStream:
        """What is decided from here on, to be iterated over: see :class:`EventStream`."""
        return self._listeners.stream(size)

    def on_event(self, function: Callable[[Event], Any]) -> Callable[[], None]:
        """Calls the function with every decision, on the thread or task that the call runs in. Answers a function that ends it."""
        return self._listeners.add(function)

    def log_events(self, logger: Any = None, level: int | None = None) -> Callable[[], None]:
        """Writes every decision to a logger ("seawall" if none is given), as a record with the event's fields. Answers a function that
        ends it."""
        return self._listeners.log(logger, level)


def flat(policies: tuple[Policy, ...]) -> tuple[Policy, ...]:
    """Policies by position as the library counts: the main chain, then that of each alternative."""
    found = list(policies)
    for policy in policies:
        below = getattr(policy, 'pipeline', None)
        if isinstance(below, Pipeline):
            found += below._flat
    return tuple(found)
