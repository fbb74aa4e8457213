"""One execution of the machine, in storage of its own, used over and over: what the blocking and the asyncio driver share."""
from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any, Callable, Iterable

from . import callbacks
from ._library import FOREVER, NULL, ffi, lib, text
from .attempt import Attempt, _current, _scope, inherited
from .callbacks import driving
from .cancel import CancelToken
from .cancel import _current as _token
from .durations import hint, nanoseconds
from .errors import FailedError, SeawallError, error_class, error_of, must
from .faults import Fault, Verdict
from .outcome import Report

if TYPE_CHECKING:
    from .pipeline import Pipeline

Call = tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]

START, CANCEL, WAIT, FINISHED, DRAINED = (lib.SEAWALL_STEP_START, lib.SEAWALL_STEP_CANCEL, lib.SEAWALL_STEP_WAIT,
                                          lib.SEAWALL_STEP_FINISHED, lib.SEAWALL_STEP_DRAINED)
_begin, exchange = lib.seawall_execution_begin_at, lib.seawall_execution_exchange_at
SUCCESS = ffi.new('seawall_result *')
CUT = ffi.new('seawall_result *', {'fault': lib.SEAWALL_FAULT_TIMEOUT})  # an attempt that was asked to stop
LATE = ffi.new('seawall_result *', {'fault': lib.SEAWALL_FAULT_IGNORED})  # one that ended after the result was known
_ALIGNMENT: int = lib.SEAWALL_EXECUTION_ALIGNMENT
_lost: list[Any] = []  # storage that the library may still look at: never freed


@callbacks.callback('void(uint64_t, void *)', surfaces=False)
def _wake(number: int, _user: Any) -> None:
    found = callbacks.kept(number)
    slot = found() if found is not None else None
    if slot is not None:
        slot.rung = True
        if slot.waiter is not None:
            slot.waiter()


class Slot:
    """An execution, and what Python knows of the run in it."""

    __slots__ = ('x', 'step', 'report', 'result', 'rung', 'waiter', 'value', 'error', 'failures', 'surfaced', 'call', 'pipeline',
                 'lost', 'token', 'asked', 'generation', 'frames', 'diverted', '_storage', '_waker', '__weakref__')

    def __init__(self, pipeline: Pipeline) -> None:
        size = lib.seawall_execution_size(pipeline._pointer)
        self._storage = ffi.new('char[]', size + _ALIGNMENT)
        aligned = self._storage + -int(ffi.cast('uintptr_t', self._storage)) % _ALIGNMENT
        number = callbacks.keep(None)
        callbacks._kept[number] = weakref.ref(self, lambda _, drop=callbacks.drop: drop(number))  # type: ignore[misc]
        self._waker = ffi.new('seawall_waker *', {'wake': _wake, 'cookie': number})
        made = ffi.new('seawall_execution **')
        must(lib.seawall_execution_init(aligned, size, pipeline._pointer, self._waker, made))
        self.x: Any = made[0]
        self.step: Any = ffi.new('seawall_step *')
        self.report: Any = ffi.new('seawall_report *')
        must(lib.seawall_report_init(self.report, ffi.sizeof('seawall_report')))
        self.result: Any = ffi.new('seawall_result *')
        self.rung = False
        self.waiter: Callable[[], Any] | None = None
        self.lost = False
        self.token: CancelToken | None = None
        self.generation = 0  # one more when an attempt of the blocking driver has ended
        self.diverted: dict[int, BaseException] = {}  # for what a fallback's function stands in, by the fallback
        self.frames: dict[int, list[Any]] = {}  # what policies in Python keep of a pass
        self.forget()

    def forget(self) -> None:
        """Nothing of the last run is kept alive."""
        self.value: Any = None
        self.error: BaseException | None = None
        self.failures: dict[int, tuple[BaseException | None, Any]] | None = None  # by the fault that they were told as
        self.surfaced: BaseException | None = None
        self.call: Call | None = None
        self.pipeline: Pipeline | None = None
        self.asked: Attempt | None = None  # the attempt that the operation has asked for
        self.diverted.clear()
        self.frames.clear()

    def attempt(self) -> Attempt:
        """The attempt of the last START, for who asks."""
        if self.asked is None:
            step = self.step
            self.asked = Attempt(self.pipeline, step.number, step.route, step.alternative, step.deadline)
        return self.asked

    def begin(self, pipeline: Pipeline, call: Call | None, now: int, until: int = FOREVER) -> None:
        """Begins a run, and asks for the first step."""
        self.pipeline, self.call = pipeline, call
        token = _token.get()
        if token is not self.token:
            must(lib.seawall_execution_set_cancel(self.x, token._pointer if token is not None else NULL))
            self.token = token
        if _current.get() is not None or _scope.get() is not None:
            until = min(until, inherited(pipeline.clock))
        if pipeline._plain and not pipeline._listeners.functions:
            status = _begin(self.x, now, until) or exchange(self.x, 0, NULL, now, self.report, self.step)
            if status != 0:
                raise error_of(status)
            return
        before, driving.slot = driving.slot, self
        try:
            status = _begin(self.x, now, until)
        finally:
            driving.slot = before
        if status != 0:
            raise error_of(status)
        self.ask(0, NULL, now)

    def ask(self, attempt: int, result: Any, now: int) -> None:
        """Reports an attempt's end (0 and NULL: none) and learns what to do next: `step`, and `report` at the end."""
        before, driving.slot = driving.slot, self
        try:
            status = exchange(self.x, attempt, result, now, self.report, self.step)
        finally:
            driving.slot = before
        if self.surfaced is not None:
            raise self.surfaced
        if status != 0:
            raise error_of(status)

    def disown(self, attempt: int, error: BaseException, now: int) -> None:
        """Nobody knows how this attempt ended: it counts neither way."""
        self.error = error
        before, driving.slot = driving.slot, self
        try:
            must(lib.seawall_execution_disown_at(self.x, attempt, now))
        finally:
            driving.slot = before

    def succeeded(self, attempt: Attempt | None = None) -> Any:
        """The result to report for an attempt that has returned `value`."""
        attempt, value, self.error = attempt or self.attempt(), self.value, None
        judge = self.pipeline._judge_result  # type: ignore[union-attr]
        if judge is not None:
            judged = judge(value)
            if judged is not None:
                return self._result(attempt, judged if isinstance(judged, Verdict) else Verdict(Fault(judged)))
        if attempt.code or attempt.retry_after is not None:
            return self._result(attempt, Verdict(Fault.NONE))
        return SUCCESS

    def failed(self, attempt: Attempt, error: BaseException) -> Any:
        """The same for one that has raised."""
        self.value, self.error = None, error
        return self._result(attempt, self.pipeline.faults.judge(error))  # type: ignore[union-attr]

    def remember(self, fault: int, error: BaseException | None, value: Any) -> None:
        """What to raise, or to return, if this fault is the last word."""
        if self.failures is None:
            self.failures = {}
        self.failures[fault] = error, value

    def _result(self, attempt: Attempt, verdict: Verdict) -> Any:
        wish = attempt.retry_after if attempt.retry_after is not None else verdict.retry_after
        self.result.fault = int(verdict.fault)
        self.remember(int(verdict.fault), self.error, self.value)
        self.result.code = attempt.code or verdict.code
        self.result.retry_after = nanoseconds(wish) if wish is not None else 0
        return self.result

    def conclude(self) -> Any:
        """The call's value, or its exception."""
        if self.report.status == 0:
            return self.value
        told, pipeline = self.report, self.pipeline
        assert pipeline is not None
        if told.status == lib.SEAWALL_FAILED and self.failures is not None and told.fault in self.failures:
            error, value = self.failures[told.fault]
            if error is not None:
                raise error
            return value  # a result that was judged a failure is handed on as it is
        if told.status == lib.SEAWALL_CANCELLED and self.error is not None and not isinstance(self.error, Exception):
            raise self.error  # the operation's own end was that
        report = Report._of(told, pipeline.names)
        raise exception(told, pipeline, report) from self.error

    def reason_for(self, outcome: Any) -> BaseException:
        """The exception for an outcome that a fallback is to stand in for."""
        found = self.failures.get(outcome.fault) if self.failures is not None and outcome.status == lib.SEAWALL_FAILED else None
        if found is not None and found[0] is not None:
            return found[0]
        assert self.pipeline is not None
        return exception(outcome, self.pipeline)

    def abandon(self, now: int, attempts: Iterable[int]) -> bool:
        """Calls the run off, whatever it is doing, and gives up the attempts that are out. Whether nothing is left of it."""
        self.surfaced, before, driving.slot = None, driving.slot, self
        out = set(attempts)
        if self.step.kind == START:  # the last answer, which whoever asked may never have seen
            out.add(self.step.id)
        try:
            lib.seawall_execution_cancel_at(self.x, now)
            for attempt in out:
                lib.seawall_execution_disown_at(self.x, attempt, now)
            for _ in range(64):
                if exchange(self.x, 0, NULL, now, NULL, self.step) != 0 or self.step.kind == WAIT:
                    break
                if self.step.kind == DRAINED:
                    return True
        finally:
            driving.slot = before
            if self.surfaced is not None:  # another exception is on its way to the caller
                callbacks.tell(self.surfaced)
                self.surfaced = None
        self.lost = True
        _lost.append(self)
        return False


def exception(told: Any, pipeline: Pipeline, report: Report | None = None) -> SeawallError:
    """What stands for an outcome or a report."""
    policy = pipeline.names[told.policy] if 0 <= told.policy < len(pipeline.names) else None
    said = text(lib.seawall_status_message(told.status)) + (f' ({policy})' if policy else '')
    if told.status == lib.SEAWALL_FAILED:
        said += f': {Fault(told.fault)!s}'
    wait = hint(told.retry_after)
    wrong = error_class(told.status)(said + (f'; not before {wait:.3g} s' if wait else ''), retry_after=wait, policy=policy,
                                     report=report)
    if isinstance(wrong, FailedError):
        wrong.fault, wrong.code = Fault(told.fault), told.code
    return wrong
