"""The attempt that is under way: what the operation may ask, and the deadline that everything below inherits."""
from __future__ import annotations

import enum
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import Any, Iterator

from ._library import FOREVER, ffi, lib, text
from .cancel import current_token
from .durations import Duration, nanoseconds, seconds
from .errors import InvalidError, must
from .given import string
from .platform import Platform, system


class Phase(enum.IntEnum):
    """A part of an operation with a limit of its own."""

    CONNECT = 0
    REQUEST = 1
    READ = 2
    WRITE = 3


class Attempt:
    """One attempt of a guarded call, for the operation to look at: see :func:`current_attempt`."""

    __slots__ = ('number', 'route', 'alternative', 'code', 'retry_after', '_pipeline', '_deadline', '_stopped')

    def __init__(self, pipeline: Any, number: int, route: int = 0, alternative: int = 0, deadline: int = FOREVER) -> None:
        self.number = number
        """1 for the call's first attempt, 2 for the next, ..."""
        self.route = route
        """Which of several runs side by side: 0 for the first, 1 for the first extra one."""
        self.alternative = alternative
        """0 in the main chain; else the position, plus 1, of the fallback that it runs for."""
        self.code = 0
        """The operation's own code (an errno, an HTTP status), kept with the outcome: set it."""
        self.retry_after: Duration | None = None
        """The server's own wish, not before: set it."""
        self._pipeline = pipeline
        self._deadline = deadline
        self._stopped = False  # asked to, on a thread of its own

    @property
    def platform(self) -> Platform:
        return self._pipeline.platform or system

    @property
    def remaining(self) -> float:
        """Seconds left until the deadline: 0 if it has passed, math.inf if there is none."""
        return seconds(self._left())

    @property
    def cancelled(self) -> bool:
        """Whether it should stop: its token was cancelled, its deadline has passed, or another one has won."""
        token = current_token()
        return self._stopped or (token is not None and token.cancelled) or self._left() == 0

    def _left(self) -> int:
        return FOREVER if self._deadline == FOREVER else max(0, self._deadline - self.platform.now())

    def phase(self, phase: Phase) -> float:
        """Seconds that a phase which begins now may take: its own limit or what is left of the deadline, whichever is less."""
        limit = lib.seawall_pipeline_phase_limit(self._pipeline._pointer, self.alternative, int(phase))
        return seconds(min(limit, self._left()))

    @property
    def timeout(self) -> float | None:
        """`remaining` as sockets and most clients want it: None if there is no deadline."""
        return None if self._deadline == FOREVER else self.remaining


# The attempt; or who can make it and which one it is: most operations never ask, and a context may outlive its attempt.
_current: ContextVar[Attempt | tuple[Any, int] | None] = ContextVar('seawall_attempt', default=None)
# (platform, deadline) of `with deadline(...)`; an attempt inside has its own.
_scope: ContextVar[tuple[Platform, int] | None] = ContextVar('seawall_deadline', default=None)


def current_attempt() -> Attempt:
    """The attempt that this code is part of. RuntimeError outside of one."""
    attempt = _under_way()
    if attempt is None:
        raise RuntimeError('there is no attempt here: this is not inside a guarded call')
    return attempt


def _under_way() -> Attempt | None:
    found = _current.get()
    if isinstance(found, tuple):
        slot, generation = found
        return slot.attempt() if slot.generation == generation else None  # type: ignore[no-any-return]
    return found


def inherited(platform: Platform) -> int:
    """The deadline that a call which begins here is under, on this platform's clock."""
    attempt, scope, found = _under_way(), _scope.get(), FOREVER
    if attempt is not None and attempt._deadline != FOREVER and attempt.platform is platform:
        found = attempt._deadline
    if scope is not None and scope[0] is platform:
        found = min(found, scope[1])
    return found


def remaining() -> float:
    """Seconds left of the deadline in force here, on the system's clock; math.inf if there is none."""
    found = inherited(system)
    return seconds(found if found == FOREVER else max(0, found - system.now()))


@contextmanager
def deadline(after: Duration, *, platform: Platform | None = None) -> Iterator[None]:
    """Puts the guarded calls of a ``with`` block, on this thread or in this task, under a deadline: so long from now, or the one
    that is in force already if that is earlier."""
    clock = platform or system
    until = lib.seawall_time_add(clock.now(), nanoseconds(after))
    token = _scope.set((clock, min(until, inherited(clock))))
    try:
        yield
    finally:
        with suppress(ValueError):  # a coroutine that nobody awaits any more is closed in any context
            _scope.reset(token)


def deadline_to_header(left: Duration) -> str:
    """What is left of a deadline, as a header's value for the next hop."""
    room = ffi.new('char[]', 64)
    must(lib.seawall_deadline_to_header(nanoseconds(left), room, 64, ffi.NULL))
    return text(room)


def deadline_from_header(value: str) -> float:
    """The seconds that such a header leaves; math.inf if it is blank. InvalidError for what is no whole number of milliseconds."""
    left = ffi.new('seawall_duration *')
    if lib.seawall_deadline_from_header(string(value, 'a header\'s value'), left) != lib.SEAWALL_OK:
        raise InvalidError(f'{value!r} is no deadline: a whole number of milliseconds')
    return seconds(left[0])
