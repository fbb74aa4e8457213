"""The blocking driver: a guarded call on this thread."""
from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING, Any, Callable

from ._library import NULL
from .attempt import _current
from .errors import BusyError
from .slot import DRAINED, START, SUCCESS, Slot, exchange

if TYPE_CHECKING:
    from .pipeline import Pipeline


def drive(pipeline: Pipeline, slot: Slot, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    """Runs the call to its end; the slot knows what came of it. If anything but the operation raises (a signal's handler, a rule, a
    predicate), the run is called off."""
    now, step, running, drained = pipeline.now, slot.step, 0, False
    plain = pipeline._plain and not pipeline._listeners.functions
    try:
        slot.begin(pipeline, (function, args, kwargs), now())
        while (kind := step.kind) != DRAINED:
            if kind == START:
                running = step.id
                call = function if plain else pipeline._stand_in(slot) or function
                token = _current.set((slot, slot.generation))
                try:
                    slot.value = call(*args, **kwargs)
                except Exception as error:
                    result = slot.failed(slot.attempt(), error)
                else:
                    result = SUCCESS if plain and slot.asked is None else slot.succeeded()
                finally:
                    _current.reset(token)
                    slot.generation += 1
                slot.asked = None
                if plain:
                    if exchange(slot.x, running, result, now(), slot.report, step) != 0:
                        raise BusyError
                else:
                    slot.ask(running, result, now())
                running = 0
            else:
                wait(pipeline, slot, step.until)
                slot.ask(0, NULL, now())
        drained = True
    finally:
        if not drained:
            slot.abandon(now(), [running] if running else [])


def wait(pipeline: Pipeline, slot: Slot, until: int, others: bool = False) -> None:
    """Until that time, or until the run's waker is called. `others`: threads of the run are at work meanwhile."""
    lock = threading.Lock()
    lock.acquire()

    def ring() -> None:
        with contextlib.suppress(RuntimeError):  # two that ring at once
            lock.release()

    slot.waiter = ring
    try:
        if not slot.rung:
            (pipeline.clock.wait_for_others if others else pipeline.clock.wait)(until, lock)
    finally:
        slot.waiter, slot.rung = None, False
