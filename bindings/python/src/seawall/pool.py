"""Thread pools: a bounded crowd of threads that one dependency may keep busy, as an executor of concurrent.futures."""
from __future__ import annotations

import _thread
import atexit
import contextlib
import dataclasses
import functools
import threading
import weakref
from concurrent.futures import Executor, Future
from typing import Any, Callable, ParamSpec, TypeVar

from . import _settings, _snapshots, callbacks
from ._library import FOREVER, NULL, ffi, lib
from .durations import Duration, nanoseconds, seconds
from .errors import BusyError, ClosedError, InvalidError, error_of, must
from .platform import Platform, pointer_of

P = ParamSpec('P')
R = TypeVar('R')

_PRIORITIES = {'critical': lib.SEAWALL_PRIORITY_CRITICAL, 'high': lib.SEAWALL_PRIORITY_HIGH, 'normal': lib.SEAWALL_PRIORITY_NORMAL,
               'low': lib.SEAWALL_PRIORITY_LOW}
_alive: weakref.WeakSet[ThreadPool] = weakref.WeakSet()


class _Job:
    """What a job is about, until it has ended. A pool with jobs is in use, whether or not anybody else knows it."""

    def __init__(self, pool: ThreadPool, future: Future[Any], function: Callable[..., Any], args: tuple[Any, ...],
                 kwargs: dict[str, Any]) -> None:
        self.pool, self.future, self.function, self.args, self.kwargs = pool, future, function, args, kwargs


class _Inside(threading.local):
    """Whose jobs this thread runs, or tells of, at the moment: the ids of pools."""

    def __init__(self) -> None:
        self.pools: list[int] = []


_inside = _Inside()


@callbacks.callback('seawall_job_fn', 0, surfaces=False)
def _run(_work: Any, arg: Any) -> int:
    job = callbacks.kept(callbacks.number_of(arg))
    if job is None or not job.future.set_running_or_notify_cancel():
        return 0
    _inside.pools.append(id(job.pool))
    try:
        value = job.function(*job.args, **job.kwargs)
    except BaseException as error:
        job.future.set_exception(error)
    else:
        job.future.set_result(value)
    finally:
        job = None  # or the exception's traceback would keep it
        _inside.pools.pop()
    return 0


@callbacks.callback('seawall_job_done_fn', surfaces=False)
def _ended(result: Any, arg: Any) -> None:
    number = callbacks.number_of(arg)
    job = callbacks.kept(number)
    callbacks.drop(number)
    if job is None:
        return
    _inside.pools.append(id(job.pool))
    try:
        if result.end != lib.SEAWALL_JOB_DONE:
            if result.status == lib.SEAWALL_CANCELLED:
                job.future.cancel()
            if job.future.set_running_or_notify_cancel():
                job.future.set_exception(error_of(result.status, policy=job.pool.name))
        job.pool._left(number)
    finally:
        job = None  # perhaps the last who knew the pool
        _inside.pools.pop()


def _destroy(_alive: Platform | None, pointer: Any) -> None:
    lib.seawall_pool_destroy(pointer)


def _give_up(platform: Platform | None, pointer: Any, lib: Any = lib, inside: _Inside = _inside, destroy: Any = _destroy,
             start: Any = _thread.start_new_thread) -> None:
    """Nobody uses the pool any more. It waits for its threads to end, so none of them can: another one does. Also while the
    interpreter ends, when the names of modules are gone."""
    if not inside.pools:
        lib.seawall_pool_destroy(pointer)
        return
    try:
        start(destroy, (platform, pointer))
    except RuntimeError:  # there is no other
        lib.seawall_pool_stop(pointer)


class ThreadPool(_settings.ThreadPool, _settings.Component, Executor):
    """A bounded number of threads and a bounded queue before them. Each job is a Future; one that finds no place raises FullError at
    once. asyncio's ``loop.run_in_executor(pool, ...)`` takes it as it is.

    A job that has waited for longer than its priority level allows is dropped: its future has a FullError. A future that is
    cancelled before it began is never run. A job that has been taken is run though nobody holds the pool any more, and though the
    interpreter is about to end.
    """

    def _own(self, pointer: Any) -> None:
        self._pointer = ffi.gc(pointer, functools.partial(_give_up, self.platform))
        self._priority, self._timeout = lib.SEAWALL_PRIORITY_NORMAL, FOREVER
        self._closed, self._refused = False, 0
        self._in_child()
        _alive.add(self)
        callbacks.in_child(self)

    def _in_child(self) -> None:
        self._jobs: set[int] = set()  # those that have not ended
        self._waiters: list[threading.Lock] = []

    def submit(self, function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        """Hands a call over. Never waits for a thread."""
        return self._submit(self._priority, self._timeout, function, args, kwargs)

    def _submit(self, priority: int, timeout: int, function: Callable[..., Any], args: Any, kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        number = callbacks.keep(_Job(self, future, function, args, kwargs))
        options = ffi.new('seawall_job_options *')
        must(lib.seawall_job_options_init(options, ffi.sizeof('seawall_job_options')))
        options.priority, options.done = priority, _ended
        if timeout != FOREVER:
            platform = pointer_of(self.platform)
            options.deadline = lib.seawall_time_add(lib.seawall_platform_now(platform), timeout)
        self._jobs.add(number)  # before the look at `_closed`: who closes it either sees the job, or is seen
        refused = self._closed
        status = lib.SEAWALL_FULL if refused else lib.seawall_pool_submit(self._pointer, options, _run, callbacks.pointer(number), NULL)
        if status != 0:
            self._refused += refused
            callbacks.drop(number)
            self._left(number)
            if self._closed and status == lib.SEAWALL_FULL:
                raise ClosedError('cannot schedule new futures after shutdown', policy=self.name)
            raise error_of(status, policy=self.name)
        return future

    def _left(self, number: int) -> None:
        """A job has ended, or was not taken. The last one of a pool that takes no more ends the threads."""
        self._jobs.discard(number)
        if self._closed and not self._jobs:
            lib.seawall_pool_stop(self._pointer)
            for rung in list(self._waiters):
                with contextlib.suppress(RuntimeError):  # two that ring at once
                    rung.release()

    def at(self, priority: str = 'normal', *, timeout: Duration = float('inf')) -> Executor:
        """The same pool for jobs of another priority level ("critical", "high", "normal", "low"), or that are to be dropped when they
        have not begun after so long."""
        return _View(self, _PRIORITIES[priority], nanoseconds(timeout))

    def drain(self, timeout: Duration = float('inf')) -> bool:
        """Refuses new jobs and waits for those that there are; what is left after so long is cancelled, or left running: False."""
        if id(self) in _inside.pools:
            raise BusyError('a job cannot wait for the end of its own pool')
        self._closed, left = True, nanoseconds(timeout)
        if left == FOREVER:
            self._await()
        platform = pointer_of(self.platform)
        status = lib.seawall_pool_drain_until(self._pointer, lib.seawall_time_add(lib.seawall_platform_now(platform), left))
        if status != lib.SEAWALL_TIMED_OUT:
            must(status)
        return bool(status == 0)

    def _await(self) -> None:
        """Waits for the last job where a signal can end the wait."""
        rung = threading.Lock()
        rung.acquire()
        self._waiters.append(rung)
        try:
            if self._jobs:
                rung.acquire()
        finally:
            self._waiters.remove(rung)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """As every executor's: refuses new jobs, with a RuntimeError; runs those that wait, or cancels their futures; waits for the last
        one, or lets them run."""
        self._closed = True
        if cancel_futures or not self._jobs:
            must(lib.seawall_pool_stop(self._pointer))
        if wait:
            self.drain()

    def quantile(self, quantile: float, of: str = 'ran') -> float:
        """The seconds that this share of the jobs of the last 100 s did not exceed, of those they "waited" or "ran". It takes a pool
        with ``histograms=True``."""
        measure = {'waited': lib.SEAWALL_POOL_WAITED, 'ran': lib.SEAWALL_POOL_RAN}[of]
        found = ffi.new('seawall_duration *')
        if not 0 <= quantile <= 1:
            raise InvalidError(f'quantile: {quantile} is not from 0 to 1')
        must(lib.seawall_pool_quantile(self._pointer, measure, quantile, found, NULL))
        return seconds(found[0])

    def snapshot(self) -> _snapshots.PoolSnapshot:
        found: _snapshots.PoolSnapshot = self._look(_snapshots.PoolSnapshot)
        if not self._closed:
            return found
        return dataclasses.replace(found, stopped=1, refused_stopped=found.refused_stopped + self._refused)


class _View(Executor):
    """A pool's jobs of one level."""

    def __init__(self, pool: ThreadPool, priority: int, timeout: int) -> None:
        self._pool, self._priority, self._timeout = pool, priority, timeout

    def submit(self, function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        return self._pool._submit(self._priority, self._timeout, function, args, kwargs)


@atexit.register
def _end() -> None:
    """Threads of pools run Python: before the interpreter goes, every job has ended."""
    pools = list(_alive)
    for pool in pools:
        pool._closed = True
    try:
        for pool in pools:
            pool.shutdown()
    except BaseException:  # a signal's: whoever sent it does not want to wait, and destroying them would
        for pool in pools:
            lib.seawall_pool_stop(pool._pointer)
            ffi.gc(pool._pointer, None)
        raise
