"""The driver for pipelines with an executor: attempts run on its threads, side by side if need be, and the caller waits.

The caller's thread drives until the result is known. What is late then, a hedge that lost or what a timeout abandoned, is driven to its
end by the thread that it ends on.
"""
from __future__ import annotations

import collections
import contextvars
import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, Callable

from ._library import FOREVER, NULL
from .attempt import Attempt, _current
from .blocking import wait
from .callbacks import tell
from .errors import CancelledError, RefusedError
from .slot import CANCEL, CUT, DRAINED, FINISHED, LATE, START, Slot

if TYPE_CHECKING:
    from .pipeline import Pipeline


class Run:
    """One guarded call."""

    def __init__(self, pipeline: Pipeline, slot: Slot, function: Callable[..., Any], args: tuple[Any, ...],
                 kwargs: dict[str, Any]) -> None:
        self.pipeline, self.slot = pipeline, slot
        self.function, self.args, self.kwargs = function, args, kwargs
        self.out: dict[int, tuple[Attempt, Future[Any]]] = {}
        self.mail: collections.deque[tuple[int, Attempt, Future[Any]]] = collections.deque()  # attempts that have ended
        self.until = FOREVER
        self.finished = self.drained = False
        self.lock = threading.RLock()  # guards the rest, and all of it once the caller has left
        self.left = self.reading = False

    # --- what the machine wants ---

    def ask(self, attempt: int = 0, result: Any = NULL) -> None:
        """Reports an end, if there is one, and does whatever the machine wants next."""
        self.ask_once(attempt, result)
        self.follow()

    def follow(self) -> None:
        step = self.slot.step
        while (kind := step.kind) != DRAINED:
            if kind == START:
                self.start(step)
            elif kind == CANCEL:
                self.stop(step.id)
            elif kind == FINISHED:
                self.finished = True
            else:
                self.until = step.until
                return
            self.ask_once(0, NULL)
        self.finished = self.drained = True

    def ask_once(self, attempt: int, result: Any) -> None:
        try:
            self.slot.ask(attempt, result, self.pipeline.now())
        except BaseException as error:
            if not self.left or error is not self.slot.surfaced:
                raise
            self.slot.surfaced = None  # from a verb, say, and the call has its result
            tell(error)

    def start(self, step: Any) -> None:
        number = step.id
        attempt = Attempt(self.pipeline, step.number, step.route, step.alternative, step.deadline)
        call = self.pipeline._stand_in(self.slot, attempt) or self.function
        assert self.pipeline.executor is not None
        future: Future[Any] = Future()
        self.out[number] = attempt, future
        within: Callable[..., Any] = contextvars.copy_context().run
        try:
            future = self.pipeline.executor.submit(within, self.operation, attempt, call)
        except RefusedError as error:  # a bounded pool's
            future.set_exception(error)
        self.out[number] = attempt, future
        future.add_done_callback(lambda it: self.ended(number, attempt, it))

    def operation(self, attempt: Attempt, call: Callable[..., Any]) -> Any:
        _current.set(attempt)
        return call(*self.args, **self.kwargs)

    def stop(self, number: int) -> None:
        if number in self.out:
            attempt, future = self.out[number]
            attempt._stopped = True
            future.cancel()

    # --- ends of attempts ---

    def ended(self, number: int, attempt: Attempt, future: Future[Any]) -> None:
        """On whatever thread."""
        with self.lock:
            if self.drained:
                return
            self.mail.append((number, attempt, future))
            if not self.left:
                self.slot.rung = True
                if self.slot.waiter is not None:
                    self.slot.waiter()
                return
            self.read()
            self.release()

    def read(self) -> None:
        """Reports what has ended. What ends because of that comes to the same end of the mail."""
        if self.reading:
            return
        self.reading = True
        try:
            while self.mail and not self.drained:
                number, attempt, future = self.mail.popleft()
                result = self.result(attempt, future)
                self.out.pop(number, None)
                self.ask(number, result)
        finally:
            self.reading = False

    def result(self, attempt: Attempt, future: Future[Any]) -> Any:
        """What is reported for an attempt. Once the result is known a late end changes nothing."""
        error = CancelledError('its executor dropped it') if future.cancelled() else future.exception()
        if error is not None and not isinstance(error, Exception):
            if not self.left:
                raise error
            tell(error)
        if self.finished:
            return LATE
        if future.cancelled() and attempt._stopped:
            return CUT
        if error is not None:
            return self.slot.failed(attempt, error)
        self.slot.value = future.result()
        return self.slot.succeeded(attempt)

    # --- the call ---

    def drive(self) -> None:
        slot, done = self.slot, False
        try:
            slot.begin(self.pipeline, (self.function, self.args, self.kwargs), self.pipeline.now())
            self.follow()
            while not self.finished:
                wait(self.pipeline, slot, self.until, bool(self.out))
                self.read()
                if not self.finished:
                    self.ask()
            done = True
        finally:
            if not done:
                self.call_off()

    def call_off(self) -> None:
        """Nobody waits for the result any more."""
        with self.lock:
            self.finished = self.drained = True
            for attempt, future in self.out.values():
                attempt._stopped = True
                future.cancel()
            self.slot.abandon(self.pipeline.now(), list(self.out))

    def concluded(self) -> None:
        """The result was taken: from here on whoever ends drives."""
        with self.lock:
            self.left = True
            self.read()
            self.release()

    def release(self) -> None:
        if self.drained and self.slot is not None:
            slot, self.slot = self.slot, None  # type: ignore[assignment]
            self.pipeline._put(slot)
