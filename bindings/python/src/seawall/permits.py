"""Permits as context managers, for policies that are used without a pipeline: ``with`` blocks, ``async with`` does not."""
from __future__ import annotations

import asyncio
import threading
from types import TracebackType
from typing import TYPE_CHECKING, Any

from ._library import FOREVER, NULL, ffi, lib
from .blocking import wait
from .callbacks import driving
from .durations import Duration, hint, nanoseconds
from .errors import InvalidError, error_of, must
from .faults import Fault, Faults
from .platform import sleep_until, system
from .slot import START, SUCCESS, WAIT, Slot

if TYPE_CHECKING:
    from .pipeline import Pipeline
    from .policies import Bulkhead, CircuitBreaker, RateLimiter

_faults = Faults()
_duration = ffi.typeof('seawall_duration *')
_permit = ffi.typeof('seawall_permit *')


class _Report:
    """What a breaker's predicate may ask for while a permit is reported."""

    def __init__(self, error: BaseException | None) -> None:
        self.error, self.surfaced = error, None


class BreakerPermit:
    """Leave to do one call. Entering asks for it; what leaves the block is reported: nothing is a success, an exception the fault
    that it stands for, and what is no Exception counts neither way. :meth:`report` says it explicitly."""

    def __init__(self, breaker: CircuitBreaker) -> None:
        self.breaker = breaker
        self._permit: Any = None

    def __enter__(self) -> BreakerPermit:
        permit, wait = ffi.new(_permit), ffi.new(_duration)
        status = lib.seawall_breaker_try_acquire(self.breaker._pointer, permit, wait)
        if status != 0:
            raise error_of(status, retry_after=hint(wait[0]), policy=self.breaker.name)
        self._permit = permit
        return self

    def report(self, fault: Fault = Fault.NONE, error: BaseException | None = None) -> bool:
        """How the call went. False: the breaker has changed its state since, so it decided nothing. Once only."""
        permit, self._permit = self._permit, None
        if permit is None:
            raise InvalidError('this permit was reported, or never given')
        report = _Report(error)
        before, driving.slot = driving.slot, report
        try:
            kind = fault if type(fault) is Fault else Fault(fault)
            status = lib.seawall_breaker_report(self.breaker._pointer, permit, int(kind))
        finally:
            driving.slot = before
        if report.surfaced is not None:
            raise report.surfaced
        if status != lib.SEAWALL_STALE:
            must(status)
        return bool(status == 0)

    def __exit__(self, _kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None) -> None:
        if self._permit is not None:
            self.report(_faults.judge(error).fault if error is not None else Fault.NONE, error)

    async def __aenter__(self) -> BreakerPermit:
        return self.__enter__()

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.__exit__(kind, error, trace)


class LimiterPermit:
    """So many permits of a rate limiter. Leaving the block gives nothing back: they are spent; :meth:`refund` does."""

    def __init__(self, limiter: RateLimiter, n: int, timeout: Duration) -> None:
        self.limiter, self.n, self.timeout = limiter, n, timeout
        self._permit: Any = None

    def _reserve(self) -> int:
        """Takes them. Until when to wait."""
        clock = self.limiter.platform or system
        permit, wait, now = ffi.new(_permit), ffi.new(_duration), clock.now()
        timeout = nanoseconds(self.timeout)
        status = lib.seawall_limiter_reserve_at(self.limiter._pointer, self.n, timeout, now, permit, wait)
        if status != 0:
            limited = status == lib.SEAWALL_LIMITED
            self.limiter._at_once(self.n, status)
            raise error_of(status, retry_after=hint(wait[0]) if limited else None, policy=self.limiter.name)
        self._permit = permit
        return int(lib.seawall_time_add(now, wait[0]))

    def refund(self) -> bool:
        """Gives them back. False: too late, others were given after them."""
        permit, self._permit = self._permit, None
        if permit is None:
            raise InvalidError('these permits were given back, or never given')
        status = lib.seawall_limiter_refund(self.limiter._pointer, permit)
        if status != lib.SEAWALL_STALE:
            must(status)
        return bool(status == 0)

    def __enter__(self) -> LimiterPermit:
        clock, until, rung = self.limiter.platform or system, self._reserve(), threading.Lock()
        rung.acquire()
        try:
            while clock.now() < until:
                clock.wait(until, rung)
        except BaseException:
            self.refund()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        pass

    async def __aenter__(self) -> LimiterPermit:
        clock, until, loop = self.limiter.platform or system, self._reserve(), asyncio.get_running_loop()
        try:
            await sleep_until(clock, until, loop)
        except BaseException:
            self.refund()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        pass


async def _rung(pipeline: Pipeline, slot: Slot, loop: asyncio.AbstractEventLoop) -> None:
    """Until the run's time has come, or its waker is called."""
    come = loop.create_future()

    def ring() -> None:
        if not come.done():
            come.set_result(None)

    slot.waiter = lambda: loop.call_soon_threadsafe(ring)
    timer = pipeline.clock.call_at(loop, slot.step.until, ring) if slot.step.until != FOREVER else None
    try:
        if not slot.rung:
            await come
    finally:
        slot.waiter, slot.rung = None, False
        if timer is not None:
            timer.cancel()


class BulkheadPermit:
    """A permit of a bulkhead; leaving the block gives it back. One waits for it as an execution of a pipeline that has the bulkhead
    alone, whose attempt is the block: so threads and tasks stand in one queue, and either can be interrupted."""

    def __init__(self, bulkhead: Bulkhead, timeout: Duration) -> None:
        self._pipeline = bulkhead._queue()
        self._timeout = timeout
        self._held: Slot | None = None

    def _begin(self) -> Slot:
        if self._held is not None:
            raise InvalidError('this permit is held already')
        slot, now = self._pipeline._take(), self._pipeline.clock.now()
        slot.begin(self._pipeline, None, now, lib.seawall_time_add(now, nanoseconds(self._timeout)))
        return slot

    def _give_up(self, slot: Slot) -> None:
        slot.abandon(self._pipeline.clock.now(), [])
        self._pipeline._put(slot)

    def _hold(self, slot: Slot) -> None:
        if slot.step.kind == START:
            self._held = slot
            return
        try:
            slot.conclude()
        finally:
            self._pipeline._put(slot)

    def release(self) -> None:
        """Gives the permit back before the block ends."""
        slot, self._held = self._held, None
        if slot is None:
            raise InvalidError('this permit was given back, or never given')
        slot.ask(slot.step.id, SUCCESS, self._pipeline.clock.now())
        self._pipeline._put(slot)

    def __enter__(self) -> BulkheadPermit:
        slot = self._begin()
        try:
            while slot.step.kind == WAIT:
                wait(self._pipeline, slot, slot.step.until)
                slot.ask(0, NULL, self._pipeline.clock.now())
        except BaseException:
            self._give_up(slot)
            raise
        self._hold(slot)
        return self

    def __exit__(self, *_: object) -> None:
        if self._held is not None:
            self.release()

    async def __aenter__(self) -> BulkheadPermit:
        slot, loop = self._begin(), asyncio.get_running_loop()
        try:
            while slot.step.kind == WAIT:
                await _rung(self._pipeline, slot, loop)
                slot.ask(0, NULL, self._pipeline.clock.now())
        except BaseException:
            self._give_up(slot)
            raise
        self._hold(slot)
        return self

    async def __aexit__(self, *_: object) -> None:
        self.__exit__()


__all__ = ['BreakerPermit', 'BulkheadPermit', 'LimiterPermit']
