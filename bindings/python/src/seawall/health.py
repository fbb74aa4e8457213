"""Health checks: functions and coroutines by name, run on schedule, added up for liveness, readiness and startup."""
from __future__ import annotations

import asyncio
import atexit
import enum
import inspect
import os
import threading
import weakref
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, AsyncIterator, Callable, Union

from . import _snapshots, callbacks, given
from ._library import FOREVER, NULL, ffi, lib, owned, text, written
from .durations import seconds
from .errors import BusyError, InvalidError, SeawallError, error_of, must, new_error
from .fields import configured
from .given import string
from .platform import Platform, pointer_of, system


class HealthStatus(enum.IntEnum):
    """How something is."""

    UNKNOWN = 0
    PASS = 1
    WARN = 2
    FAIL = 3

    def __str__(self) -> str:
        return self.name.lower()


Finding = Union[HealthStatus, bool, str, 'tuple[HealthStatus, str]', None]
"""What a check's function answers: nothing or True: pass; False: fail; a text: warn, for that reason; a status; a status and a text. What
it raises is a failure, with the exception as its message."""

ENDPOINTS = {'live': lib.SEAWALL_HEALTH_LIVE, 'ready': lib.SEAWALL_HEALTH_READY, 'startup': lib.SEAWALL_HEALTH_STARTUP,
             'whole': lib.SEAWALL_HEALTH_WHOLE}
_started: set[Health] = set()  # those that a thread drives: none goes while its functions may be running


def _judged(found: Finding) -> tuple[HealthStatus, str]:
    if isinstance(found, tuple):
        return HealthStatus(found[0]), str(found[1])
    if isinstance(found, str):
        return HealthStatus.WARN, found
    if isinstance(found, HealthStatus):
        return found, ''
    if found is None or isinstance(found, bool):
        return (HealthStatus.FAIL if found is False else HealthStatus.PASS), ''
    if inspect.iscoroutine(found):
        found.close()
    raise TypeError(f'a check answers None, a bool, a text or a HealthStatus, not {found!r}')


def _said(message: str) -> bytes:
    """A message as the library keeps it: UTF-8 whatever is in it, and cut between two characters."""
    whole, room = message.encode(errors='replace'), lib.SEAWALL_HEALTH_MESSAGE_SIZE - 1
    return whole if len(whole) <= room else whole[:room].decode(errors='ignore').encode()


def _reason(error: BaseException) -> str:
    try:
        said = str(error)
    except Exception:
        said = ''
    return f'{type(error).__name__}: {said}' if said else type(error).__name__


@callbacks.callback('seawall_health_fn', lib.SEAWALL_HEALTH_FAIL, surfaces=False)
def _look(run: Any, user: Any) -> int:
    number = callbacks.number_of(user)
    kept = callbacks.kept(number)
    health = kept() if kept is not None else None
    function = health._functions.get(number) if health is not None else None
    if function is None:
        return int(lib.SEAWALL_HEALTH_UNKNOWN)
    try:
        if inspect.iscoroutinefunction(function):
            if health._later(function, run.ticket):
                return int(lib.SEAWALL_HEALTH_LATER)
            found = HealthStatus.UNKNOWN, 'a coroutine needs a loop that drives the checks: async with health.running()'
        else:
            found = function()
        status, message = _judged(found)
    except Exception as error:
        status, message = HealthStatus.FAIL, _reason(error)
    said = _said(message)
    ffi.memmove(run.message, said, len(said))
    return int(status)


def _forget(numbers: dict[str, int]) -> None:
    for number in numbers.values():
        callbacks.drop(number)


@dataclass(frozen=True)
class HealthChange:
    """A change: of a check's verdict, or, where ``endpoint`` is said, of an endpoint's grade. ``now`` is in seconds."""

    sequence: int
    endpoint: str | None
    name: str
    now: float
    before: HealthStatus
    after: HealthStatus
    message: str

    @classmethod
    def _of(cls, told: Any) -> HealthChange:
        names = {number: name for name, number in ENDPOINTS.items()}
        return cls(told.sequence, names.get(told.endpoint), text(told.name), seconds(told.now), HealthStatus(getattr(told, 'from')),
                   HealthStatus(told.to), text(told.message))


class Heartbeat:
    """What a worker's loop feeds, and a check watches: ``health.watch('worker', heartbeat, max_silence=30)``."""

    def __init__(self, *, platform: Platform | None = None) -> None:
        made, error = ffi.new('seawall_heartbeat **'), new_error()
        must(lib.seawall_heartbeat_create(pointer_of(platform), made, error), error)
        self._pointer: Any = owned(made[0], lib.seawall_heartbeat_destroy, platform)

    def feed(self) -> None:
        """Says "I am alive"."""
        lib.seawall_heartbeat_feed(self._pointer)


class Health:
    """A set of checks. It is driven by a thread between :meth:`start` and :meth:`stop`, which runs functions on a few workers; or in
    asyncio, ``async with health.running():``, where coroutines are checks too and a function is called on the loop. In the child of a
    fork it is not started.

    Reading never waits for a check: there is always a last result.
    """

    def __init__(self, *, platform: Platform | None = None, **settings: Any) -> None:
        self.platform, self._clock = platform, platform or system
        config, made, error = configured('Health', 'health', 'seawall_health_config', settings), ffi.new('seawall_health **'), new_error()
        place = pointer_of(platform)
        must(lib.seawall_health_create(config, place, made, error), error)
        self._pointer: Any = owned(made[0], lib.seawall_health_destroy, platform)
        self._timers: Any = None
        self._process = 0  # that they were started in
        # What a check's function is, by number, and which check has which. They belong to the set, and die with it: a function knows
        # its module's globals, and with them the set as often as not. And the library calls nobody when a set ends, when the
        # interpreter may be past its own end.
        self._functions: dict[int, Callable[[], Any]] = {}
        self._numbers: dict[str, int] = {}
        self._hearts: list[Heartbeat] = []
        self._in_child()
        callbacks.in_child(self)
        weakref.finalize(self, _forget, self._numbers).atexit = False

    def _in_child(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    # --- checks ---

    def register(self, name: str, function: Callable[[], Any] | None = None, **settings: Any) -> None:
        """Adds a check: of a function or coroutine function (see `Finding`), or, with ``check=`` and ``target=``, one of those built
        in. Without either it is a slot, to be bound later."""
        self._call(lib.seawall_health_register, name, function, self._config(settings))

    def replace(self, name: str, function: Callable[[], Any] | None = None, **settings: Any) -> None:
        """Puts another check in the place of one."""
        self._call(lib.seawall_health_replace, name, function, self._config(settings))

    def bind(self, name: str, function: Callable[[], Any]) -> None:
        """Gives a check, a slot of a configuration file say, its function."""
        self._call(lib.seawall_health_bind, name, function)

    def check(self, name: str, **settings: Any) -> Callable[[Callable[[], Any]], Callable[[], Any]]:
        """A decorator: the function, or the coroutine function, is a check of this name."""
        def decorate(function: Callable[[], Any]) -> Callable[[], Any]:
            self.register(name, function, **settings)
            return function
        return decorate

    def watch(self, name: str, heartbeat: Heartbeat, **settings: Any) -> None:
        """Adds a check of a heartbeat."""
        binding = ffi.new('seawall_health_binding *')
        binding.size = ffi.sizeof('seawall_health_binding')
        self._hearts.append(heartbeat)  # its platform is to live as long as the check, which has the library's part of it
        binding.heartbeat = given.instance(heartbeat, Heartbeat, 'a heartbeat')._pointer
        error = new_error()
        config = self._config({'check': 'heartbeat', **settings})
        must(lib.seawall_health_register(self._pointer, string(name), config, binding, error), error)

    def _call(self, what: Any, name: str, function: Callable[[], Any] | None, *config: Any) -> None:
        error, binding, number = new_error(), NULL, 0
        if function is not None:
            given.function(function, f'the function of the check {name!r}')
            number = callbacks.keep(weakref.ref(self))
            self._functions[number] = function
            binding = ffi.new('seawall_health_binding *')
            binding.size = ffi.sizeof('seawall_health_binding')
            binding.function, binding.user = _look, callbacks.pointer(number)
        with self._lock:
            status = what(self._pointer, string(name), *config, binding, error)
            if status == 0:
                number, self._numbers[name] = self._numbers.get(name, 0), number
        self._let_go(number)
        must(status, error)

    def _let_go(self, number: int) -> None:
        callbacks.drop(number)
        self._functions.pop(number, None)

    @staticmethod
    def _config(settings: Any) -> Any:
        return configured('register', 'health_check', 'seawall_health_check_config', settings)

    def unregister(self, name: str) -> None:
        """Removes a check, and waits until a run of it is over."""
        with self._lock:
            number = self._numbers.pop(name, 0)
        status = lib.seawall_health_unregister(self._pointer, string(name))
        self._let_go(number)
        if status == lib.SEAWALL_INVALID:
            raise InvalidError(f'there is no check {name!r}')
        must(status)

    def check_now(self, name: str) -> None:
        """Makes a check due at once."""
        status = lib.seawall_health_check_now(self._pointer, string(name))
        if status == lib.SEAWALL_INVALID:
            raise InvalidError(f'there is no check {name!r}, or it has no function')
        must(status)

    # --- driving ---

    def start(self) -> None:
        """Drives the checks from a thread of the library's."""
        made, error = ffi.new('seawall_timers **'), new_error()
        must(lib.seawall_timers_create(NULL, pointer_of(self.platform), made, error), error)
        timers = owned(made[0], lib.seawall_timers_destroy, self.platform)
        must(lib.seawall_timers_start(timers, error), error)
        must(lib.seawall_health_start(self._pointer, timers, error), error)
        self._timers, self._process = timers, os.getpid()
        _started.add(self)

    @property
    def started(self) -> bool:
        """Whether a thread drives it."""
        return self._timers is not None and self._process == os.getpid()

    def stop(self) -> None:
        """Stops driving; checks stay with their last results."""
        if not self.started:
            raise InvalidError('it is not started')
        must(lib.seawall_health_stop(self._pointer))
        lib.seawall_timers_stop(self._timers)
        self._timers = None
        _started.discard(self)

    def __enter__(self) -> Health:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.started:  # not in the child of a fork
            self.stop()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Health]:
        """Drives the checks from this loop, for as long as the block lasts."""
        loop = asyncio.get_running_loop()
        if self.started or self._loop is not None:
            raise BusyError('something else drives these checks already')
        self._loop = loop
        descriptor = ffi.new('int32_t *')
        must(lib.seawall_health_descriptor(self._pointer, descriptor))
        due = asyncio.Event()
        loop.add_reader(descriptor[0], due.set)
        driver = loop.create_task(self._drive(due))
        try:
            yield self
        finally:
            loop.remove_reader(descriptor[0])
            for task in (driver, *self._tasks):
                task.cancel()
            await asyncio.gather(driver, *self._tasks, return_exceptions=True)
            self._loop = None

    async def _drive(self, due: asyncio.Event) -> None:
        until = ffi.new('seawall_time *')
        loop = asyncio.get_running_loop()
        while True:
            due.clear()
            must(lib.seawall_health_poll_at(self._pointer, self._clock.now(), until))
            handle = self._clock.call_at(loop, until[0], due.set) if until[0] != FOREVER else None
            try:
                await due.wait()
            finally:
                if handle is not None:
                    handle.cancel()

    def _later(self, function: Callable[[], Any], ticket: int) -> bool:
        """Begins a coroutine; what it finds is reported when it has. False: a thread drives the checks, and nothing can run it."""
        loop = self._loop
        if loop is None:
            return False
        task = loop.create_task(self._find(function, ticket))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return True

    async def _find(self, function: Callable[[], Any], ticket: int) -> None:
        try:
            status, message = _judged(await function())
        except Exception as error:
            status, message = HealthStatus.FAIL, _reason(error)
        lib.seawall_health_report(self._pointer, ticket, int(status), _said(message))

    def drain(self) -> None:
        """Readiness is off from now on and for good: call it before shutting down."""
        must(lib.seawall_health_drain(self._pointer))

    # --- reading ---

    def snapshot(self, endpoint: str = 'whole') -> _snapshots.HealthSnapshot:
        """How "live", "ready", "startup" or the "whole" is."""
        found = ffi.new('seawall_health_snapshot *')
        found.size = ffi.sizeof('seawall_health_snapshot')
        must(lib.seawall_health_get_snapshot(self._pointer, ENDPOINTS[endpoint], found))
        return _snapshots.HealthSnapshot._of(found)

    def checks(self) -> dict[str, _snapshots.HealthCheckSnapshot]:
        """How every check is."""
        found, checks = ffi.new('seawall_health_check_snapshot *'), {}
        for index in range(lib.seawall_health_count(self._pointer)):
            found.size = ffi.sizeof('seawall_health_check_snapshot')
            if lib.seawall_health_check_at(self._pointer, index, found) != lib.SEAWALL_OK:
                break
            checks[text(found.name)] = _snapshots.HealthCheckSnapshot._of(found)
        return checks

    def json(self, endpoint: str = 'whole') -> str:
        """An endpoint and its checks, as application/health+json."""
        return written(lambda room, size, needed: lib.seawall_health_json(self._pointer, ENDPOINTS[endpoint], room, size, needed))

    def line(self, endpoint: str = 'whole') -> str:
        """The same as one line of text."""
        return written(lambda room, size, needed: lib.seawall_health_line(self._pointer, ENDPOINTS[endpoint], room, size, needed))

    def respond(self, path: str) -> tuple[int, str]:
        """What to answer to a GET of "/health/live", "/health/ready", "/health/startup" or "/health": status and body. LookupError for
        any other path: answer 404."""
        status = ffi.new('int32_t *')
        try:
            body = written(lambda room, size, needed: lib.seawall_health_respond(self._pointer, string(path, 'a path'), status, room, size, needed))
        except InvalidError:
            raise LookupError(path) from None
        return status[0], body

    def events(self, after: int = 0) -> list[HealthChange]:
        """The changes after the one of this number, of the last 64, in order."""
        event = ffi.new('seawall_health_event *')
        found: list[HealthChange] = []
        while True:
            event.size = ffi.sizeof('seawall_health_event')
            status = lib.seawall_health_next_event(self._pointer, after, event)
            if status == lib.SEAWALL_STALE:
                return found
            if status != 0:
                raise error_of(status)
            after = event.sequence
            found.append(HealthChange._of(event))


@atexit.register
def _end() -> None:
    """Workers run Python: they end before the interpreter does."""
    for health in list(_started):
        try:
            if health.started:
                health.stop()
        except SeawallError as error:
            callbacks.tell(error)
