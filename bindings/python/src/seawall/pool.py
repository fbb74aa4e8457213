"""Thread pools: a bounded crowd of threads that one dependency may keep busy, as an executor of concurrent.futures."""
from __future__ import annotations

import atexit
import weakref
from concurrent.futures import Executor, Future
from typing import Any, Callable, ParamSpec, TypeVar

from . import _settings, _snapshots, callbacks
from ._library import FOREVER, NULL, ffi, lib
from .durations import Duration, nanoseconds, seconds
from .errors import error_of, must

P = ParamSpec('P')
R = TypeVar('R')

_PRIORITIES = {'critical': lib.SEAWALL_PRIORITY_CRITICAL, 'high': lib.SEAWALL_PRIORITY_HIGH, 'normal': lib.SEAWALL_PRIORITY_NORMAL,
               'low': lib.SEAWALL_PRIORITY_LOW}
_alive: weakref.WeakSet[ThreadPool] = weakref.WeakSet()


class _Job:
    """What a job is about, until it has ended."""

    def __init__(self, future: Future[Any], function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self.future, self.function, self.args, self.kwargs = future, function, args, kwargs


@callbacks.callback('seawall_job_fn', 0, surfaces=False)
def _run(_work: Any, arg: Any) -> int:
    job = callbacks.kept(callbacks.number_of(arg))
    if job is None or not job.future.set_running_or_notify_cancel():
        return 0
    try:
        value = job.function(*job.args, **job.kwargs)
    except BaseException as error:
        job.future.set_exception(error)
    else:
        job.future.set_result(value)
    return 0


@callbacks.callback('seawall_job_done_fn', surfaces=False)
def _ended(result: Any, arg: Any) -> None:
    number = callbacks.number_of(arg)
    job = callbacks.kept(number)
    callbacks.drop(number)
    if job is not None and result.end != lib.SEAWALL_JOB_DONE and job.future.set_running_or_notify_cancel():
        job.future.set_exception(error_of(result.status))


class ThreadPool(_settings.ThreadPool, _settings.Component, Executor):
    """A bounded number of threads and a bounded queue before them. Each job is a Future; one that finds no place raises FullError at
    once. asyncio's ``loop.run_in_executor(pool, ...)`` takes it as it is.

    A job that has waited for longer than its priority level allows is dropped: its future has a FullError. A future that is
    cancelled before it began is never run.
    """

    def _own(self, pointer: Any) -> None:
        super()._own(pointer)
        self._priority, self._timeout = lib.SEAWALL_PRIORITY_NORMAL, FOREVER
        _alive.add(self)

    def submit(self, function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        """Hands a call over. Never waits for a thread."""
        return self._submit(self._priority, self._timeout, function, args, kwargs)

    def _submit(self, priority: int, timeout: int, function: Callable[..., Any], args: Any, kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        number = callbacks.keep(_Job(future, function, args, kwargs))
        options = ffi.new('seawall_job_options *')
        must(lib.seawall_job_options_init(options, ffi.sizeof('seawall_job_options')))
        options.priority, options.done = priority, _ended
        if timeout != FOREVER:
            platform = self.platform._pointer if self.platform is not None else NULL
            options.deadline = lib.seawall_time_add(lib.seawall_platform_now(platform), timeout)
        status = lib.seawall_pool_submit(self._pointer, options, _run, callbacks.pointer(number), NULL)
        if status != 0:
            callbacks.drop(number)
            raise error_of(status, policy=self.name)
        return future

    def at(self, priority: str = 'normal', *, timeout: Duration = float('inf')) -> Executor:
        """The same pool for jobs of another priority level ("critical", "high", "normal", "low"), or that are to be dropped when they
        have not begun after so long."""
        return _View(self, _PRIORITIES[priority], nanoseconds(timeout))

    def drain(self, timeout: Duration = float('inf')) -> bool:
        """Refuses new jobs and waits for those that there are; what is left after so long is dropped, or left running: False."""
        platform = self.platform._pointer if self.platform is not None else NULL
        until = lib.seawall_time_add(lib.seawall_platform_now(platform), nanoseconds(timeout))
        status = lib.seawall_pool_drain_until(self._pointer, until)
        if status != lib.SEAWALL_TIMED_OUT:
            must(status)
        return bool(status == 0)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """As every executor's: refuses new jobs; drops those that wait, or runs them; waits for those that run."""
        if cancel_futures or not wait:
            must(lib.seawall_pool_stop(self._pointer))
        if wait:
            self.drain()

    def quantile(self, quantile: float, of: str = 'ran') -> float:
        """The seconds that this share of the jobs of the last 100 s did not exceed, of those they "waited" or "ran". It takes a pool
        with ``histograms=True``."""
        measure = {'waited': lib.SEAWALL_POOL_WAITED, 'ran': lib.SEAWALL_POOL_RAN}[of]
        found = ffi.new('seawall_duration *')
        must(lib.seawall_pool_quantile(self._pointer, measure, quantile, found, NULL))
        return seconds(found[0])

    def snapshot(self) -> _snapshots.PoolSnapshot:
        return self._look(_snapshots.PoolSnapshot)  # type: ignore[no-any-return]


class _View(Executor):
    """A pool's jobs of one level."""

    def __init__(self, pool: ThreadPool, priority: int, timeout: int) -> None:
        self._pool, self._priority, self._timeout = pool, priority, timeout

    def submit(self, function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        return self._pool._submit(self._priority, self._timeout, function, args, kwargs)


@atexit.register
def _end() -> None:
    """Threads of pools run Python: before the interpreter goes, what runs has ended, and what waits is dropped."""
    for pool in list(_alive):
        pool.shutdown(cancel_futures=True)
