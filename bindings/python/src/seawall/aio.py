"""The asyncio driver: a guarded call in this task. No thread, and nothing blocks.

The first attempt runs inside the task itself, as if it had been awaited there: its tracebacks, its context variables and its current
task are the caller's. Only extra attempts, those of a hedge, are tasks of their own. The machine interrupts the first one as
asyncio.timeout() does, by cancelling the task and taking the cancellation back.
"""
from __future__ import annotations

import asyncio
import contextlib
import inspect
from typing import TYPE_CHECKING, Any, Callable

from ._library import FOREVER, NULL
from .attempt import Attempt, _current
from .callbacks import tell
from .platform import Handle
from .slot import CANCEL, CUT, DRAINED, FINISHED, LATE, START, Slot

if TYPE_CHECKING:
    from .pipeline import Pipeline

_background: set[asyncio.Task[None]] = set()


class Run:
    """One guarded call of one task."""

    def __init__(self, pipeline: Pipeline, slot: Slot, function: Callable[..., Any], args: tuple[Any, ...],
                 kwargs: dict[str, Any]) -> None:
        self.pipeline, self.slot = pipeline, slot
        self.function, self.args, self.kwargs = function, args, kwargs
        self.loop = asyncio.get_running_loop()
        self.task = asyncio.current_task()
        self.inside = 0  # the attempt that runs in the caller's own task
        self.cut = False  # which was asked to stop
        self.next: Attempt | None = None  # the one that is to run there next, and its name
        self.next_id = 0
        self.aside: dict[int, asyncio.Task[None]] = {}
        self.asked: set[int] = set()  # those of them that were asked to stop
        self.timer: Handle | None = None
        self.timer_at = FOREVER
        self.news: asyncio.Future[None] | None = None
        self.finished = self.drained = self.taken = False
        self.left = False  # the call has come to its end, whatever still runs
        self.others = 0  # cancellations of our task that are none of ours
        self.wrong: BaseException | None = None
        slot.waiter = self.rung

    # --- what the machine wants ---

    def turn(self, attempt: int = 0, result: Any = NULL) -> None:
        """Reports an end, if there is one, and does whatever the machine wants next."""
        now = self.pipeline.now()
        if isinstance(result, BaseException):
            self.slot.disown(attempt, result, now)
            attempt, result = 0, NULL
        self.ask(attempt, result, now)
        self.follow()

    def ask(self, attempt: int, result: Any, now: int) -> None:
        try:
            self.slot.ask(attempt, result, now)
        except BaseException as error:
            if not self.left or error is not self.slot.surfaced:
                raise
            self.slot.surfaced = None  # from a verb, say, and the call has its result
            tell(error)

    def follow(self) -> None:
        step = self.slot.step
        while True:
            kind = step.kind
            if kind == START:
                self.start(step)
            elif kind == CANCEL:
                self.stop(step.id)
            elif kind == FINISHED:
                self.finished = True
            elif kind == DRAINED:
                self.finished = self.drained = True
                break
            else:
                self.arm(step.until)
                break
            self.ask(0, NULL, self.pipeline.now())
        if self.finished:
            self.disarm()
        if (self.finished or self.next is not None) and self.news is not None and not self.news.done():
            self.news.set_result(None)

    def start(self, step: Any) -> None:
        attempt = Attempt(self.pipeline, step.number, step.route, step.alternative, step.deadline)
        if self.inside == 0 and self.next is None:
            self.next, self.next_id = attempt, step.id
        else:
            task = self.loop.create_task(self.beside(step.id, attempt))
            self.aside[step.id] = task
            _background.add(task)
            task.add_done_callback(_background.discard)

    def stop(self, attempt: int) -> None:
        if attempt == self.inside and self.task is not None:
            self.cut = True
            self.task.cancel()
        elif attempt in self.aside:
            self.asked.add(attempt)
            self.aside[attempt].cancel()
        elif attempt == self.next_id:  # it has not begun
            self.next, self.next_id = None, 0
            self.loop.call_soon(self.quietly, attempt)

    def quietly(self, attempt: int = 0) -> None:
        """A turn that nobody waits for: from a timer, a waker, or the end of an attempt."""
        if self.drained:
            return
        try:
            if attempt:
                self.turn(attempt, CUT)
            else:
                self.turn()
        except BaseException as error:  # a predicate's, say: the call raises it
            self.fell(error)

    def fell(self, error: BaseException) -> None:
        if self.left:
            tell(error)
            return
        self.wrong = error
        if self.news is not None and not self.news.done():
            self.news.set_result(None)
        elif self.inside and self.task is not None:
            self.cut = True
            self.task.cancel()

    # --- time ---

    def arm(self, until: int) -> None:
        if self.timer is not None and self.timer_at <= until:
            return  # it fires, finds nothing to do, and is armed anew
        self.disarm()
        if until != FOREVER:
            self.timer_at = until
            self.timer = self.pipeline.clock.call_at(self.loop, until, self.fired)

    def disarm(self) -> None:
        if self.timer is not None:
            self.timer.cancel()
            self.timer, self.timer_at = None, FOREVER

    def fired(self) -> None:
        self.timer, self.timer_at = None, FOREVER
        self.quietly()

    def rung(self) -> None:
        """Something that the run waits for has come; on any thread."""
        try:
            self.loop.call_soon_threadsafe(self.quietly)
        except RuntimeError:
            pass  # the loop is closed: nobody waits any more

    # --- attempts ---

    async def beside(self, number: int, attempt: Attempt) -> None:
        """An extra attempt, in a task of its own."""
        _current.set(attempt)
        value, error = None, None
        try:
            value = await self.operation(attempt)
        except (Exception, asyncio.CancelledError) as raised:
            error = raised
        try:
            if not self.drained:
                result = self.result(attempt, value, error, number in self.asked)
                self.aside.pop(number, None)
                self.turn(number, result)
        except BaseException as raised:
            self.fell(raised)
        self.release()

    async def operation(self, attempt: Attempt) -> Any:
        call = self.pipeline._stand_in(self.slot, attempt) or self.function
        value = call(*self.args, **self.kwargs)
        return await value if inspect.isawaitable(value) else value

    async def within(self, attempt: Attempt, number: int) -> None:
        """An attempt in the caller's own task."""
        self.inside, self.cut = number, False
        token = _current.set(attempt)
        try:
            value = await self.operation(attempt)
        except asyncio.CancelledError as error:
            cut = self.taken_back()
            if not cut and self.task is not None and self.task.cancelling() > self.others:
                raise
            result = self.result(attempt, None, error, cut)
        except Exception as error:
            self.taken_back()
            result = self.result(attempt, None, error)
        else:
            self.taken_back()
            result = self.result(attempt, value, None)
        finally:
            with contextlib.suppress(ValueError):  # a coroutine that nobody awaits any more is closed in any context
                _current.reset(token)
        if self.wrong is not None:
            raise self.wrong
        self.inside = 0
        if not self.drained:
            self.turn(number, result)

    def result(self, attempt: Attempt, value: Any, error: BaseException | None, cut: bool = False) -> Any:
        """What is reported for an attempt. Once the result is known the slot belongs to it, and a late end changes nothing. An attempt
        that ends as cancelled though nobody asked it to is disowned: the exception itself stands for that."""
        if self.finished:
            return LATE
        if isinstance(error, asyncio.CancelledError):
            return CUT if cut else error
        if error is not None:
            return self.slot.failed(attempt, error)
        self.slot.value = value
        return self.slot.succeeded(attempt)

    def taken_back(self) -> bool:
        """Whether the cancellation of our task was the machine's alone; then it is taken back."""
        if not self.cut or self.task is None:
            return False
        self.cut = False
        return self.task.uncancel() <= self.others

    # --- the call ---

    async def drive(self) -> None:
        slot = self.slot
        self.others = self.task.cancelling() if self.task is not None else 0
        done = False
        try:
            slot.begin(self.pipeline, (self.function, self.args, self.kwargs), self.pipeline.now())
            self.follow()
            while not self.finished:
                if self.next is not None:
                    attempt, number = self.next, self.next_id
                    self.next, self.next_id = None, 0
                    await self.within(attempt, number)
                else:
                    self.news = self.loop.create_future()
                    await self.news
                    self.news = None
                if self.wrong is not None:
                    raise self.wrong
            done = True
        finally:
            self.left = True
            self.disarm()
            if not done:
                self.call_off()

    def call_off(self) -> None:
        """Nobody waits for the result any more."""
        out = [number for number in (self.inside, self.next_id, *self.aside) if number]
        for task in self.aside.values():
            with contextlib.suppress(RuntimeError):  # their loop is closed already: nothing of them runs any more
                task.cancel()
        self.finished = self.drained = True
        self.slot.abandon(self.pipeline.now(), out)

    def concluded(self) -> None:
        """The result was taken: the slot goes back, now or when nothing runs any more."""
        self.taken = True
        self.release()

    def release(self) -> None:
        if self.drained and self.taken:
            self.taken = False
            self.slot.waiter, self.slot.rung = None, False
            self.pipeline._put(self.slot)
