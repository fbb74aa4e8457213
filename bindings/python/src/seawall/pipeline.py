"""A pipeline: an ordered list of policies around a function or a coroutine, outermost first."""
from __future__ import annotations

import functools
import inspect
import re
import weakref
from concurrent.futures import Executor
from types import CoroutineType
from typing import Any, Awaitable, Callable, Mapping, ParamSpec, TypeVar

from . import callbacks, given
from ._library import NULL, ffi, lib, owned, text
from .aio import Run
from .attempt import Attempt
from .blocking import drive
from .errors import SeawallError, UnsupportedError, must, new_error
from .events import Event, EventStream, Listeners, listen
from .faults import Faults, Judged, Rule
from .outcome import Outcome, Report
from .platform import Platform, pointer_of, system
from .policies import Fallback, Policy
from .slot import Slot
from .threads import Run as Crew

_POOLED = ('Python drives its calls itself: take thread_pool out of the list of policies; with '
           'registry.pipeline(..., executor=seawall.ThreadPool()) attempts run on the threads of a pool')
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

    With an ``executor``, such as a ThreadPool, functions run on its threads and the caller waits: so a hedge can run two at once, and
    a timeout that abandons lets the caller go in time. Coroutines have no use for it.
    """

    policies: tuple[Policy, ...]
    _flat: tuple[Policy, ...]
    _plain: bool
    _in_the_way: tuple[str, str] | None
    _pooled: str | None = None
    """The pool of the library's own that a registry put into it."""
    _flags: tuple[int, ...]

    def __init__(self, *policies: Policy, name: str = 'pipeline', faults: Mapping[type[BaseException], Rule] | None = None,
                 judge_result: ResultRule | None = None, platform: Platform | None = None,
                 executor: Executor | None = None) -> None:
        self.policies, self.executor = policies, executor
        for policy in policies:
            given.instance(policy, Policy, 'each thing that a pipeline is made of')
        platform = platform or next((one.platform for one in policies if one.platform is not None), None)
        self._set_up(name, faults, judge_result, platform)
        config, error, made = ffi.new('seawall_pipeline_config *'), new_error(), ffi.new('seawall_pipeline **')
        must(lib.seawall_pipeline_config_init(config, ffi.sizeof('seawall_pipeline_config')))
        config.listener, config.listener_user = listen, callbacks.pointer(self._number)
        filled = [policy._struct() for policy in policies]
        structs = ffi.new('seawall_policy *[]', [policy for policy, _ in filled])
        must(lib.seawall_pipeline_create(config, structs, len(filled), self._c_platform(), made, error), error)
        self._flat = flat(policies)
        self._flags = tuple(policy.flags for policy, _ in filled)
        self._flags += tuple(flag for policy in policies if (below := alternative(policy)) is not None for flag in below._flags)
        # Nothing of Python's is asked on the way but the operation itself.
        self._plain = judge_result is None and not any(policy._calls_back for policy in self._flat)
        self._own(made[0], lib.seawall_pipeline_destroy)

    @classmethod
    def _adopt(cls, pointer: Any, name: str, platform: Platform | None, faults: Mapping[type[BaseException], Rule] | None,
               judge_result: ResultRule | None, executor: Executor | None, alive: Any) -> Pipeline:
        """A pipeline that a registry has made."""
        self = cls.__new__(cls)
        self.policies, self._flat, self._plain, self._flags, self.executor = (), (), False, (), executor
        self._set_up(name, faults, judge_result, platform)
        self._own(pointer, lib.seawall_pipeline_destroy, alive)
        return self

    def _set_up(self, name: str, faults: Mapping[type[BaseException], Rule] | None, judge_result: ResultRule | None,
                platform: Platform | None) -> None:
        given.string(name, 'the name of a pipeline')
        pointer_of(platform)
        if judge_result is not None:
            given.function(judge_result, 'judge_result')
        if self.executor is not None and not hasattr(self.executor, 'submit'):
            raise TypeError(f'the executor has a submit, unlike {self.executor!r}')
        self.name, self.platform, self.clock = name, platform, platform or system
        self.now = self.clock.now
        self.faults = faults if isinstance(faults, Faults) else Faults(faults)
        self._judge_result = judge_result
        self._listeners = Listeners(self)
        self._number = callbacks.keep(weakref.ref(self._listeners))
        weakref.finalize(self, callbacks.drop, self._number).atexit = False
        self._free: list[Slot] = []

    def _c_platform(self) -> Any:
        return pointer_of(self.platform)

    def _own(self, pointer: Any, destroy: Any, *alive: Any) -> None:
        self._pointer = owned(pointer, destroy, self.platform, *alive)
        room, names = ffi.new('char[64]'), []
        for position in range(lib.seawall_pipeline_policy_count(pointer)):
            must(lib.seawall_pipeline_policy_name(pointer, position, room, 64))
            names.append(text(room))
        self.names = tuple(names)
        """The names of its policies by position, those of alternatives after the main chain."""
        self._in_the_way = self._who_is_in_the_way()

    def _who_is_in_the_way(self) -> tuple[str, str] | None:
        """Which policy a blocking call cannot serve, and why."""
        for policy in self._flat:
            if isinstance(policy, Fallback) and policy._is_coroutine:
                return policy.name, 'its function is a coroutine, and so must be what is guarded'
        if self._pooled is not None:
            return self._pooled, _POOLED
        for flags, name in zip(self._flags, self.names):
            if flags & lib.SEAWALL_POLICY_INTERRUPTS:
                return name, ('Python interrupts no thread: with mode="abandon" and an executor for the pipeline the caller goes in '
                              'time and the function runs on; a coroutine can be interrupted')
        side_by_side = self._side_by_side()
        if self.executor is None and side_by_side is not None:
            return side_by_side, ('it needs threads to run attempts on: Pipeline(..., executor=seawall.ThreadPool()); '
                                  'or guard a coroutine')
        return None

    def _side_by_side(self) -> str | None:
        """Which policy one thread cannot serve. The library's own driver knows, and enters nothing under a cancelled token."""
        token, options, report = ffi.new('seawall_cancel **'), ffi.new('seawall_call_options *'), ffi.new('seawall_report *')
        must(lib.seawall_cancel_create(NULL, self._c_platform(), token, NULL))
        must(lib.seawall_call_options_init(options, ffi.sizeof('seawall_call_options')))
        must(lib.seawall_report_init(report, ffi.sizeof('seawall_report')))
        lib.seawall_cancel_trigger(token[0])
        options.cancel = token[0]
        lib.seawall_call_with(self._pointer, options, _nothing, NULL, report)
        lib.seawall_cancel_destroy(token[0])
        return self.names[report.policy] if report.status == lib.SEAWALL_UNSUPPORTED else None

    def _interrupting(self, which: tuple[bool, ...]) -> None:
        """Which of its policies interrupt: a registry knows, the pipeline itself does not. A registry's names say what each is."""
        self._flags = tuple(lib.SEAWALL_POLICY_INTERRUPTS if one else 0 for one in which)
        self._pooled = next((name for name in self.names if re.match('thread_pool( "|$)', name)), None)
        self._in_the_way = self._who_is_in_the_way()

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
        if self._in_the_way is not None or self.executor is not None:
            return _not_a_coroutine(self._call_aside(Slot.conclude, function, args, kwargs))  # type: ignore[no-any-return]
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
        return _not_a_coroutine(value) if type(value) is CoroutineType else value  # type: ignore[no-any-return]

    def _call_aside(self, taken: Callable[[Slot], Any], function: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        """A call whose attempts run on the executor; `taken` takes its result."""
        if self._in_the_way is not None:
            raise _unsupported(*self._in_the_way)
        run = Crew(self, self._take(), function, args, kwargs)
        try:
            run.drive()
            return taken(run.slot)
        finally:
            run.concluded()

    async def _acall(self, function: Callable[..., Awaitable[R]], args: tuple[Any, ...], kwargs: dict[str, Any]) -> R:
        if self._pooled is not None:
            raise _unsupported(self._pooled, _POOLED)
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
        given.function(function, 'what is guarded')
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
        if self._in_the_way is not None or self.executor is not None:
            return self._call_aside(self._outcome, function, args, kwargs)  # type: ignore[no-any-return]
        slot = self._take()
        try:
            drive(self, slot, function, args, kwargs)
            return self._outcome(slot)
        finally:
            self._put(slot)

    async def aoutcome(self, function: Callable[P, Awaitable[R]], /, *args: P.args, **kwargs: P.kwargs) -> Outcome[R]:
        """The same for a coroutine."""
        if self._pooled is not None:
            raise _unsupported(self._pooled, _POOLED)
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


def _unsupported(policy: str, why: str) -> UnsupportedError:
    return UnsupportedError(f'{policy}: {why}', policy=policy)


def _not_a_coroutine(value: Any) -> Any:
    if type(value) is CoroutineType:
        value.close()
        raise TypeError('the operation is a coroutine: await pipeline.acall(...), or guard it where it is defined')
    return value


def alternative(policy: Policy) -> Pipeline | None:
    """What the policy may run instead."""
    below = getattr(policy, 'pipeline', None)
    return below if isinstance(below, Pipeline) else None


def flat(policies: tuple[Policy, ...]) -> tuple[Policy, ...]:
    """Policies by position as the library counts: the main chain, then that of each alternative."""
    found = list(policies)
    for policy in policies:
        below = alternative(policy)
        if below is not None:
            found += below._flat
    return tuple(found)
