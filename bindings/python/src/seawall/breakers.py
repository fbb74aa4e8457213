"""What circuit breakers ask of Python, and what they tell it."""
from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Any, Callable

from . import callbacks
from ._library import lib, text
from .callbacks import driving
from .durations import seconds
from .faults import Fault


class BreakerVerdict(enum.IntEnum):
    """What a call that has failed counts as."""

    BY_KIND = 0
    FAILURE = 1
    SUCCESS = 2
    IGNORED = 3


BreakerPredicate = Callable[['BaseException | None', Fault], 'BreakerVerdict | None']
"""Of the exception (None if there is none) and the fault: a verdict, or None: by its kind."""


@callbacks.callback('seawall_breaker_predicate_fn', lib.SEAWALL_BREAKER_BY_KIND)
def verdict_of(result: Any, user: Any) -> int:
    predicate, slot = callbacks.kept(callbacks.number_of(user)), driving.slot
    if predicate is None:
        return int(lib.SEAWALL_BREAKER_BY_KIND)
    said = predicate(slot.error if slot is not None else None, Fault(result.fault))
    return int(lib.SEAWALL_BREAKER_BY_KIND if said is None else said)


@dataclass(frozen=True)
class Transition:
    """A change of a breaker's state. ``now`` is in seconds on the platform's clock."""

    sequence: int
    before: str
    after: str
    now: float
    rule: str
    """What opened it: "consecutive", "probes", ...; "none"."""
    value: int
    limit: int


    @classmethod
    def _of(cls, told: Any) -> Transition:
        name = lib.seawall_breaker_state_name
        return cls(told.sequence, text(name(getattr(told, 'from'))), text(name(told.to)), seconds(told.now),
                   text(lib.seawall_breaker_rule_name(told.rule)), told.value, told.limit)


@callbacks.callback('seawall_breaker_listener_fn', surfaces=False)
def listen(told: Any, user: Any) -> None:
    function = callbacks.kept(callbacks.number_of(user))
    if function is not None:
        function(Transition._of(told))
