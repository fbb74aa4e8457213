"""Where time, waiting and random numbers come from. None, everywhere, is the system's.

A host needs three things of time: what it is, how to wait for it, and how to be called back by an event loop. They stand here, so that
a test with a manual clock rides out an hour of outage in a millisecond.
"""
from __future__ import annotations

import asyncio
import functools
import heapq
import itertools
import threading
import time
from typing import Any, Callable, Protocol

from . import callbacks, given
from ._library import FOREVER, NULL, ffi, lib, owned
from .durations import Duration, nanoseconds
from .errors import must, new_error

_LONGEST_WAIT = threading.TIMEOUT_MAX - 1


class Handle(Protocol):
    """A callback that was asked for and can be taken back."""

    def cancel(self) -> Any: ...


@callbacks.callback('seawall_random_fn', 0, surfaces=False)
def _draw(user: Any) -> int:
    source = callbacks.kept(callbacks.number_of(user))
    return int(source()) & (2**64 - 1) if source is not None else 0


class Platform:
    """Time, waiting, random numbers. Objects that are composed share one.

    ``seed`` makes the jitter repeat itself; ``random``, instead, is called for 64 random bits each time.
    """

    def __init__(self, *, seed: int | None = None, random: Callable[[], int] | None = None) -> None:
        self._pointer = ffi.new('seawall_platform *')
        must(lib.seawall_platform_init(self._pointer, ffi.sizeof('seawall_platform')))
        if random is not None:
            # The library reads the members whenever it likes: what they mean is kept for ever.
            given.function(random, 'the source of random numbers')
            self._pointer.random = _draw
            self._pointer.random_user = callbacks.pointer(callbacks.keep(random))
        elif seed is not None:
            made, error = ffi.new('seawall_random **'), new_error()
            must(lib.seawall_random_create(seed & (2**64 - 1), made, error), error)
            self._random = owned(made[0], lib.seawall_random_destroy)
            lib.seawall_random_install(self._random, self._pointer)

    def now(self) -> int:
        """What time it is, in nanoseconds."""
        return time.monotonic_ns()

    def wait(self, until: int, rung: threading.Lock) -> None:
        """Blocks this thread until then, or until `rung` is released; perhaps for less. Signals are handled meanwhile."""
        left = until - self.now()
        if left > 0 or until == FOREVER:
            rung.acquire(timeout=min(left / 1e9, _LONGEST_WAIT) if until != FOREVER else -1)

    def wait_for_others(self, until: int, rung: threading.Lock) -> None:
        """The same while other threads are at work for whom this one waits: a clock that waiting moves is not moved."""
        self.wait(until, rung)

    def call_at(self, loop: asyncio.AbstractEventLoop, until: int, function: Callable[[], Any]) -> Handle:
        """Has the loop call the function then."""
        return loop.call_later(max(0, until - self.now()) / 1e9, function)


class _System(Platform):
    now = staticmethod(time.monotonic_ns)  # type: ignore[assignment]

    def __init__(self) -> None:
        self._pointer = NULL


system: Platform = _System()
"""The platform that None stands for."""


def pointer_of(platform: Platform | None) -> Any:
    """As the library takes it."""
    return NULL if platform is None else given.instance(platform, Platform, 'the platform')._pointer


class _Timer:
    def __init__(self, call: Callable[[], Any]) -> None:
        self.call: Callable[[], Any] | None = call

    def cancel(self) -> None:
        self.call = None


class ManualClock(Platform):
    """A platform whose clock stands still until it is told to move.

    With ``auto_advance`` a blocking call that must wait moves the clock there at once. In asyncio nothing moves it but
    :meth:`advance`, which has the loops call what has become due.
    """

    def __init__(self, *, start: Duration = 0, auto_advance: bool = True, seed: int | None = None,
                 random: Callable[[], int] | None = None) -> None:
        super().__init__(seed=seed, random=random)
        made, error = ffi.new('seawall_manual_clock **'), new_error()
        must(lib.seawall_manual_clock_create(nanoseconds(start), auto_advance, made, error), error)
        self._clock = owned(made[0], lib.seawall_manual_clock_destroy)
        lib.seawall_manual_clock_install(self._clock, self._pointer)
        self._auto_advance = auto_advance
        self._in_child()
        callbacks.in_child(self)
        self._timers: list[tuple[int, int, asyncio.AbstractEventLoop, _Timer]] = []
        self._count = itertools.count()

    def _in_child(self) -> None:
        self._moved = threading.Condition()

    def now(self) -> int:
        return int(lib.seawall_manual_clock_now(self._clock))

    def advance(self, by: Duration) -> None:
        """Moves the clock."""
        self.advance_to(self.now() + nanoseconds(by))

    def advance_to(self, then: int) -> None:
        """Moves the clock to that time in nanoseconds, if it is not past it."""
        with self._moved:
            lib.seawall_manual_clock_advance(self._clock, max(0, then - self.now()))
            self._moved.notify_all()
            while self._timers and self._timers[0][0] <= self.now():
                _, _, loop, timer = heapq.heappop(self._timers)
                if timer.call is not None:
                    loop.call_soon_threadsafe(timer.call)

    def wait(self, until: int, rung: threading.Lock) -> None:
        if self._auto_advance and until != FOREVER:
            self.advance_to(until)
        else:
            self.wait_for_others(until, rung)

    def wait_for_others(self, until: int, rung: threading.Lock) -> None:
        while not rung.acquire(blocking=False):
            with self._moved:
                if self.now() >= until:
                    return
                self._moved.wait(0.05)

    def call_at(self, loop: asyncio.AbstractEventLoop, until: int, function: Callable[[], Any]) -> Handle:
        timer = _Timer(function)
        with self._moved:
            if until <= self.now():
                loop.call_soon(function)
            else:
                if len(self._timers) > 64 and sum(it[3].call is None for it in self._timers) > len(self._timers) // 2:
                    self._timers = [it for it in self._timers if it[3].call is not None]
                    heapq.heapify(self._timers)
                heapq.heappush(self._timers, (until, next(self._count), loop, timer))
        return timer


async def sleep_until(platform: Platform, until: int, loop: asyncio.AbstractEventLoop) -> None:
    """Sleeps in a task, on the platform's clock: late perhaps, never early."""
    while platform.now() < until:
        come = loop.create_future()
        handle = platform.call_at(loop, until, functools.partial(_settle, come))
        try:
            await come
        finally:
            handle.cancel()


def _settle(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
