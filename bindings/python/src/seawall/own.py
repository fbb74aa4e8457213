"""Policies written in Python, against the same verbs as the library's own."""
from __future__ import annotations

import enum
import inspect
import itertools
import weakref
from typing import TYPE_CHECKING, Any, Callable, Mapping

from . import callbacks
from ._library import FOREVER, NULL, ffi, lib, text
from .callbacks import driving
from .durations import Duration, hint, nanoseconds, seconds
from .errors import NAMES
from .faults import Fault
from .platform import Platform
from .policies import Policy

if TYPE_CHECKING:
    from .pipeline import Pipeline
    from .slot import Slot


class Answer(enum.IntEnum):
    """What a verb answers. Nothing, that is None, is its first one: PROCEED, PASS, KEEP."""

    PROCEED = 10
    """enter: run what is inside."""
    WAIT = 11
    """enter: ask me again; see :meth:`Turn.wait`."""
    REFUSE = 12
    """enter: no; see :meth:`Turn.refuse`."""
    PASS = 20
    """leave: hand the outcome on."""
    REPLACE = 21
    """leave: hand it on as I have changed it; see :meth:`Turn.succeed` and :meth:`Turn.fail`."""
    AGAIN = 22
    """leave: one more run; see :meth:`Turn.again`."""
    HOLD = 23
    """leave: not yet, others still run. With none it counts as PASS."""
    DIVERT = 24
    """leave: run my alternative; its end comes to my leave again. A second one counts as PASS."""
    KEEP = 30
    """tick: go on."""
    FORK = 31
    """tick: one more run beside those that go on; for a `width` of more than 1."""
    CUT_JOIN = 32
    """tick: this is the outcome; ask what runs to stop, and wait for it."""
    CUT_DETACH = 33
    """tick: this is the outcome, at once; for a policy that `detaches`."""


class RunOutcome:
    """How a run inside a policy ended."""

    __slots__ = ('_told', '_slot', 'value')

    def __init__(self, told: Any, slot: Slot) -> None:
        self._told, self._slot = ffi.new('seawall_outcome *', told[0]), slot
        self.value: Any = slot.value if told.status == 0 else None
        """What it returned, if it succeeded."""

    @property
    def ok(self) -> bool:
        return bool(self._told.status == 0)

    @property
    def status(self) -> str:
        """"ok", "failed", "open", "timed_out", ..."""
        return text(lib.seawall_status_name(self._told.status))

    @property
    def fault(self) -> Fault:
        return Fault(self._told.fault)

    @property
    def error(self) -> BaseException | None:
        """The exception that the call would raise for it; None for a success, and for a value that was judged a failure."""
        return None if self.ok else self._slot.reason_for(self._told)

    @property
    def code(self) -> int:
        """The operation's own code, 0 if it set none."""
        return int(self._told.code)

    @property
    def retry_after(self) -> float | None:
        return hint(self._told.retry_after)

    @property
    def attempts(self) -> int:
        """Attempts that were started below this policy."""
        return int(self._told.attempts)

    @property
    def reason(self) -> str:
        """Why a policy below made this its last word."""
        return text(lib.seawall_reason_name(self._told.reason))

    @property
    def counts(self) -> bool:
        """Whether it may be held against a dependency, or for it: an attempt was started, and its end is neither a refusal nor a
        cancellation."""
        return bool(lib.seawall_outcome_counts(self._told))

    def __repr__(self) -> str:
        return f'<RunOutcome {self.status}, {self.fault!s}, {self.attempts} attempts>'


class Turn:
    """The machine's question to a policy, and where the answer's details go. Good until the verb returns."""

    __slots__ = ('_turn', '_slot', '_frame', '_outcome')

    def __init__(self, turn: Any, slot: Slot, frame: list[Any], outcome: Any = None) -> None:
        self._turn, self._slot, self._frame, self._outcome = turn, slot, frame, outcome

    # --- what is told ---

    @property
    def frame(self) -> Any:
        """What this policy keeps of this one pass: None at first, then what was put here, in every verb until the pass ends."""
        return self._frame[0]

    @frame.setter
    def frame(self, kept: Any) -> None:
        self._frame[0] = kept

    @property
    def now(self) -> float:
        """The time on the platform's clock, in seconds."""
        return seconds(lib.seawall_turn_now(self._it()))

    @property
    def remaining(self) -> float:
        """Seconds left of the deadline in force here; math.inf if there is none."""
        deadline = lib.seawall_turn_deadline(self._it())
        return seconds(deadline if deadline == FOREVER else max(0, deadline - lib.seawall_turn_now(self._turn)))

    @property
    def args(self) -> tuple[Any, ...]:
        """What the guarded function was called with,"""
        return self._slot.call[1] if self._slot.call is not None else ()

    @property
    def kwargs(self) -> Mapping[str, Any]:
        """and by keyword."""
        return self._slot.call[2] if self._slot.call is not None else {}

    @property
    def inner(self) -> int:
        """Runs inside that still go on; in leave, besides the one that ended."""
        return int(lib.seawall_turn_inner(self._it()))

    @property
    def run(self) -> int:
        """leave: which run ended: 0 the first, 1 the first extra one that tick started."""
        return int(lib.seawall_turn_run(self._it()))

    @property
    def diverted(self) -> bool:
        """leave: whether it was the alternative's."""
        return bool(lib.seawall_turn_diverted(self._it()))

    @property
    def can_fork(self) -> bool:
        """tick: whether FORK would start a run now."""
        return bool(lib.seawall_turn_can_fork(self._it()))

    @property
    def cause(self) -> str | None:
        """drop: why: "deadline" or "cancellation"; None in other verbs."""
        cause = lib.seawall_turn_cause(self._it())
        return text(lib.seawall_cause_name(cause)) if cause else None

    # --- what is answered ---

    def shorten(self, limit: Duration) -> None:
        """enter, before it proceeds: what is inside has so long at most."""
        lib.seawall_turn_shorten(self._it(), self._in(limit))

    def tick_in(self, delay: Duration) -> None:
        """enter that proceeds, leave that holds, tick that keeps or forks: call my tick in so long; math.inf takes it back."""
        lib.seawall_turn_tick_at(self._it(), self._in(delay))

    def wait(self, delay: Duration = float('inf')) -> Answer:
        """``return turn.wait(0.1)`` from enter: ask me again in so long, or when the :meth:`waker` was called.

        It may be asked earlier, even at once: keep in ``turn.frame`` until when, and proceed by :meth:`now`.
        """
        return Answer(lib.seawall_turn_wait(self._it(), self._in(delay)))

    def waker(self) -> Callable[[], None]:
        """enter, before it waits: a function for any thread that has this run asked again. Calling it late, or twice, is no harm."""
        waker = ffi.new('seawall_waker *')
        lib.seawall_turn_waker(self._it(), waker)

        def wake() -> None:
            if waker.wake != NULL:
                waker.wake(waker.cookie, waker.user)
        return wake

    def refuse(self, status: str = 'full', retry_after: Duration = 0) -> Answer:
        """``return turn.refuse('limited', 0.5)`` from enter: nothing runs, and the call raises the error of that status."""
        if status not in NAMES or status == 'failed':
            raise ValueError(f'one cannot refuse with {status!r}')
        return Answer(lib.seawall_turn_refuse(self._it(), NAMES[status], nanoseconds(retry_after)))

    def again(self, delay: Duration = 0) -> Answer:
        """``return turn.again(0.1)`` from leave: one more run in so long."""
        return Answer(lib.seawall_turn_again(self._it(), self._in(delay)))

    def succeed(self, value: Any) -> Answer:
        """``return turn.succeed(value)`` from leave: the run has returned this. In tick, the outcome of a cut."""
        outcome = self._changed()
        outcome.status, outcome.fault, outcome.reason = lib.SEAWALL_OK, lib.SEAWALL_FAULT_NONE, lib.SEAWALL_REASON_NONE
        self._slot.value, self._slot.error = value, None
        return Answer.REPLACE

    def fail(self, error: Exception) -> Answer:
        """``return turn.fail(error)`` from leave: the run has raised this; its kind of fault is as the pipeline judges it. In tick,
        the outcome of a cut."""
        outcome, slot = self._changed(), self._slot
        assert slot.pipeline is not None
        verdict = slot.pipeline.faults.judge(error)
        outcome.status, outcome.fault, outcome.code = lib.SEAWALL_FAILED, int(verdict.fault), verdict.code
        outcome.retry_after = nanoseconds(verdict.retry_after) if verdict.retry_after is not None else 0
        slot.value, slot.error = None, error
        slot.remember(int(verdict.fault), error, None)
        return Answer.REPLACE

    def emit(self, number: int = 0, *, delay: Duration = 0, fault: Fault = Fault.NONE) -> None:
        """Tells those who listen to the pipeline of a decision, as an event of the kind "user_NUMBER"."""
        if number < 0:
            raise ValueError('the number of an event is not negative')
        lib.seawall_turn_emit(self._it(), lib.SEAWALL_EVENT_USER + number, nanoseconds(delay), int(fault), lib.SEAWALL_REASON_NONE)

    def _it(self) -> Any:
        if self._turn is None:
            raise RuntimeError('the verb that this turn belongs to has returned')
        return self._turn

    def _in(self, delay: Duration) -> int:
        return int(lib.seawall_time_add(lib.seawall_turn_now(self._it()), nanoseconds(delay)))

    def _changed(self) -> Any:
        self._it()
        if self._outcome is None:
            raise RuntimeError('there is no outcome to change here: leave and tick have one')
        return self._outcome


_passes = itertools.count(1)


def _asked(frame: Any, turn: Any, user: Any, outcome: Any = None) -> tuple[OwnPolicy, Turn, int]:
    """Whom the machine asks, and about which pass. What a policy keeps of it lives as long as the run at most."""
    found, slot, place = callbacks.kept(callbacks.number_of(user)), driving.slot, ffi.cast('int64_t *', frame)
    policy = found() if found is not None else None
    if policy is None or slot is None:
        raise ReferenceError('the policy is gone')
    if place[0] == 0:
        place[0] = next(_passes)
        slot.frames[place[0]] = [None]
    number = int(place[0])
    return policy, Turn(turn, slot, slot.frames.setdefault(number, [None]), outcome), number


def _done(turn: Turn, number: int, over: bool) -> None:
    if over:
        turn._slot.frames.pop(number, None)
    turn._turn = turn._outcome = None


@callbacks.callback('seawall_enter_fn', lib.SEAWALL_REFUSE)
def _enter(frame: Any, turn: Any, user: Any) -> int:
    policy, told, number = _asked(frame, turn, user)
    answer: Any = Answer.REFUSE
    try:
        answer = _number(policy.enter(told), Answer.PROCEED, 'enter')
    finally:
        _done(told, number, answer not in (Answer.PROCEED, Answer.WAIT))
    return int(answer)


@callbacks.callback('seawall_leave_fn', lib.SEAWALL_PASS)
def _leave(frame: Any, turn: Any, outcome: Any, user: Any) -> int:
    policy, told, number = _asked(frame, turn, user, outcome)
    answer: Any = Answer.PASS
    try:
        answer = _number(policy.leave(told, RunOutcome(outcome, told._slot)), Answer.PASS, 'leave')
    finally:
        _done(told, number, answer not in (Answer.AGAIN, Answer.HOLD, Answer.DIVERT))
    return int(answer)


@callbacks.callback('seawall_tick_fn', lib.SEAWALL_KEEP)
def _tick(frame: Any, turn: Any, outcome: Any, user: Any) -> int:
    policy, told, number = _asked(frame, turn, user, outcome)
    answer: Any = Answer.KEEP
    try:
        answer = _number(policy.tick(told), Answer.KEEP, 'tick')
    finally:
        _done(told, number, answer in (Answer.CUT_JOIN, Answer.CUT_DETACH))
    return int(answer)


@callbacks.callback('seawall_drop_fn')
def _drop(frame: Any, turn: Any, outcome: Any, user: Any) -> None:
    policy, told, number = _asked(frame, turn, user)
    try:
        policy.drop(told, RunOutcome(outcome, told._slot))
    finally:
        _done(told, number, True)


def _number(answer: Any, otherwise: Answer, verb: str) -> int:
    if answer is None:
        return otherwise
    if not isinstance(answer, Answer):
        raise TypeError(f'a verb answers an Answer or None, not {answer!r}')
    if answer // 10 != otherwise // 10:  # their numbers say whose they are
        raise ValueError(f'{verb} cannot answer {answer!r}')
    return answer


class OwnPolicy(Policy):
    """A policy of your own: a class with two verbs, and perhaps two more::

        class Cap(seawall.OwnPolicy):
            def __init__(self, limit):
                self.limit, self.running = limit, 0

            def enter(self, turn):
                if self.running >= self.limit:
                    return turn.refuse('full', retry_after=0.05)
                self.running += 1

            def leave(self, turn, outcome):
                self.running -= 1

    Verbs are called on the thread that a blocking call runs on, or in the loop of a coroutine: one at a time for one call, at the same
    time for calls on different threads. They must not block, and so are no coroutines. What one raises is raised by the call, which is
    called off. Each pass whose enter did not refuse ends exactly once: by a leave that passes or replaces, by a tick that cuts, or by
    drop. ``turn.frame`` is for what belongs to one pass; the object itself is shared by all.
    """

    width: int = 1
    """How many runs inside may go on at once: 1 to 16."""
    detaches: bool = False
    """Whether tick may answer CUT_DETACH."""
    alternative: Pipeline | None = None
    """What DIVERT runs the operation under."""
    connection_timeout: Duration = 0
    """What an attempt inside may take to connect, see :meth:`Attempt.phase`; 0: no limit."""
    read_timeout: Duration = 0
    write_timeout: Duration = 0
    _calls_back = True
    _user: Any = None

    def __init_subclass__(cls, **more: Any) -> None:
        super().__init_subclass__(**more)
        if 'name' not in vars(cls):
            cls.name = cls.__name__
        for verb in ('enter', 'leave', 'tick', 'drop'):
            if inspect.iscoroutinefunction(getattr(cls, verb)):
                raise TypeError(f'{cls.__name__}.{verb}: a verb answers at once, it is no coroutine')

    def __init__(self, *, name: str | None = None, platform: Platform | None = None) -> None:
        """Needs not be called by a subclass: all of it has defaults."""
        if name is not None:
            self.name = name
        self.platform = platform

    def enter(self, turn: Turn) -> Answer | None:
        """May the inside run? Asked again and again while it answers wait; asking early changes nothing."""
        return None

    def leave(self, turn: Turn, outcome: RunOutcome) -> Answer | None:
        """One run inside has ended: now what?"""
        return None

    def tick(self, turn: Turn) -> Answer | None:
        """The instant that was asked for has come, and runs inside still go on."""
        return None

    def drop(self, turn: Turn, outcome: RunOutcome) -> None:
        """The pass ends, and nobody is left to decide for. Write one if enter holds something while it answers wait, or if leave takes
        something; without it leave is called, and its answer ignored."""

    @property
    def pipeline(self) -> Pipeline | None:
        return self.alternative

    def _write(self, policy: Any, label: Any) -> int:
        if self._user is None:
            number = callbacks.keep(weakref.ref(self))
            weakref.finalize(self, callbacks.drop, number).atexit = False
            self._user = callbacks.pointer(number)
        policy.name, policy.frame_size, policy.self, policy.width = label, 8, self._user, self.width
        policy.flags = lib.SEAWALL_POLICY_DETACHES if self.detaches else 0
        policy.enter, policy.leave = _enter, _leave
        if type(self).tick is not OwnPolicy.tick:
            policy.tick = _tick
        if type(self).drop is not OwnPolicy.drop:
            policy.drop = _drop
        if self.platform is not None:
            policy.platform = self.platform._pointer
        if self.alternative is not None:
            policy.alternative = self.alternative._pointer
        policy.connection_timeout = nanoseconds(self.connection_timeout)
        policy.read_timeout, policy.write_timeout = nanoseconds(self.read_timeout), nanoseconds(self.write_timeout)
        return int(lib.SEAWALL_OK)


OwnPolicy.name = 'own'
