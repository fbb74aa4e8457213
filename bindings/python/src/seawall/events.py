"""Decisions of a pipeline: as an iterator, as calls, as logging records."""
from __future__ import annotations

import asyncio
import collections
import logging
import threading
import weakref
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Callable, Iterator

from . import callbacks, given
from ._library import lib, text
from .durations import Duration, nanoseconds, seconds
from .faults import Fault

if TYPE_CHECKING:
    from .pipeline import Pipeline


@dataclass(frozen=True)
class Event:
    """Something that a policy decided. Times are in seconds, ``now`` on the platform's clock."""

    kind: str
    """"retry_scheduled", "retry_gave_up", "timed_out", "refused", ...; "user_0" and so on from an :class:`OwnPolicy`."""
    pipeline: str
    policy: str | None
    """Whose decision; None: the caller's deadline."""
    now: float
    delay: float
    fault: Fault
    attempts: int
    reason: str

    def __str__(self) -> str:
        said = f'{self.pipeline}: {self.policy or "caller"}: {self.kind}'
        said += f' after {self.delay:.3g} s' if self.delay else ''
        said += f', {self.fault!s}' if self.fault else ''
        return said + (f' ({self.reason})' if self.reason != 'none' else '')

    @classmethod
    def _of(cls, told: Any, pipeline: str, names: tuple[str, ...]) -> Event:
        user = told.kind - lib.SEAWALL_EVENT_USER
        return cls(kind=f'user_{user}' if user >= 0 else text(lib.seawall_event_name(told.kind)), pipeline=pipeline,
                   policy=names[told.policy] if 0 <= told.policy < len(names) else None, now=seconds(told.now), delay=seconds(told.delay),
                   fault=Fault(told.fault), attempts=told.attempts, reason=text(lib.seawall_reason_name(told.reason)))


class Fanout:
    """Who is told of events."""

    def __init__(self) -> None:
        self.functions: tuple[Callable[[Any], Any], ...] = ()
        self._in_child()
        callbacks.in_child(self)

    def _in_child(self) -> None:
        self.lock = threading.Lock()

    def tell(self, event: Any) -> None:
        for function in self.functions:
            try:
                function(event)
            except Exception as error:  # one must not keep it from the others, nor end the call
                callbacks.tell(error, function)

    def add(self, function: Callable[[Any], Any]) -> Callable[[], None]:
        given.function(function, 'who is told')
        with self.lock:
            self.functions = (*self.functions, function)

        def remove() -> None:
            with self.lock:
                kept = list(self.functions)
                if function in kept:
                    kept.remove(function)
                self.functions = tuple(kept)
        return remove

    def stream(self, size: int) -> EventStream:
        stream = EventStream(size)
        stream._remove = self.add(stream._push)
        return stream

    def log(self, logger: logging.Logger | None, level: int | None) -> Callable[[], None]:
        sink = logger or logging.getLogger('seawall')

        def write(event: Any) -> None:
            how = level if level is not None else LEVELS.get(event.kind, logging.INFO)
            if sink.isEnabledFor(how):
                sink.log(how, '%s', event, extra={f'seawall_{key}': value for key, value in asdict(event).items()})
        return self.add(write)


class Listeners(Fanout):
    """Who is told of a pipeline's decisions."""

    def __init__(self, pipeline: Pipeline) -> None:
        super().__init__()
        self.pipeline = weakref.ref(pipeline)

    def told(self, told: Any) -> None:
        pipeline = self.pipeline()
        if pipeline is not None:
            self.tell(Event._of(told, pipeline.name, pipeline.names))


@callbacks.callback('seawall_listener_fn', surfaces=False)
def listen(told: Any, user: Any) -> None:
    found = callbacks.kept(callbacks.number_of(user))
    listeners = found() if found is not None else None
    if listeners is not None and listeners.functions:
        listeners.told(told)


LEVELS = {'retry_gave_up': logging.WARNING, 'timed_out': logging.WARNING, 'refused': logging.WARNING,
          'fallback_failed': logging.WARNING, 'starved': logging.WARNING, 'transition': logging.WARNING}
"""At which level a kind of event is logged unless it is said; every other one as INFO."""


class EventStream:
    """Events as an iterator. It holds at most `size`: what comes while it is full pushes the oldest out, and ``dropped`` counts.

    ``for event in stream`` gives what is there and then ends; ``stream.get(timeout)`` waits; ``async for`` waits for ever. Use it as a
    context manager, or call :meth:`close`, to end it.
    """

    def __init__(self, size: int) -> None:
        if size < 1:
            raise ValueError('a stream of events holds one at least')
        self._events: collections.deque[Any] = collections.deque(maxlen=size)
        self._in_child()
        callbacks.in_child(self)
        self._remove: Callable[[], None] = lambda: None
        self.closed = False
        self.dropped = 0

    def _in_child(self) -> None:
        self._came = threading.Condition()
        self._waiting: list[tuple[asyncio.AbstractEventLoop, asyncio.Future[None]]] = []

    def _push(self, event: Any) -> None:
        with self._came:
            self.dropped += len(self._events) == self._events.maxlen
            self._events.append(event)
            self._wake()

    def _wake(self) -> None:
        self._came.notify_all()
        waiting, self._waiting = self._waiting, []
        for loop, future in waiting:
            try:
                loop.call_soon_threadsafe(lambda it: it.done() or it.set_result(None), future)
            except RuntimeError:
                pass  # its loop is closed

    def get(self, timeout: Duration | None = None) -> Any:
        """The next event, waiting for it if need be; None if the time is over or the stream is closed."""
        with self._came:
            self._came.wait_for(lambda: self._events or self.closed, None if timeout is None else nanoseconds(timeout) / 1e9)
            return self._events.popleft() if self._events else None

    def __iter__(self) -> Iterator[Any]:
        while self._events:
            try:
                yield self._events.popleft()
            except IndexError:
                return

    def __aiter__(self) -> EventStream:
        return self

    async def __anext__(self) -> Any:
        loop = asyncio.get_running_loop()
        while True:
            with self._came:
                if self._events:
                    return self._events.popleft()
                if self.closed:
                    raise StopAsyncIteration
                future = loop.create_future()
                self._waiting.append((loop, future))
            await future

    def close(self) -> None:
        """Ends it; what is in it can still be had."""
        self._remove()
        with self._came:
            self.closed = True
            self._wake()

    def __enter__(self) -> EventStream:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
