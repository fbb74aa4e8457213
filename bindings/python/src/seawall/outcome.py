"""How a guarded call went."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from ._library import lib, text
from .durations import hint, seconds
from .faults import Fault

T = TypeVar('T')


@dataclass(frozen=True)
class Report:
    """How a guarded call went. Times are in seconds; names are the library's."""

    status: str
    fault: Fault
    reason: str
    """Why this was the last word: "attempts", "deadline", "not_retryable", ..., "none"."""
    code: int
    retry_after: float | None
    elapsed: float
    attempts: int
    policy: str | None
    """Who refused or cut; None: nobody, or the caller's own deadline."""
    first_fault: Fault
    last_fault: Fault
    first_code: int
    last_code: int
    starved: int
    late: int

    @classmethod
    def _of(cls, told: Any, names: tuple[str, ...]) -> Report:
        return cls(
            status=text(lib.seawall_status_name(told.status)), fault=Fault(told.fault),
            reason=text(lib.seawall_reason_name(told.reason)), code=told.code, retry_after=hint(told.retry_after),
            elapsed=seconds(told.elapsed), attempts=told.attempts,
            policy=names[told.policy] if 0 <= told.policy < len(names) else None,
            first_fault=Fault(told.first_fault), last_fault=Fault(told.last_fault), first_code=told.first_code,
            last_code=told.last_code, starved=told.starved, late=told.late)


@dataclass(frozen=True)
class Outcome(Generic[T]):
    """What came of a call, as a value: the result or the exception, and the report."""

    value: T | None
    error: BaseException | None
    report: Report

    @property
    def ok(self) -> bool:
        """Whether it succeeded."""
        return self.report.status == 'ok'

    def unwrap(self) -> T:
        """The value; or raises what the call would have raised."""
        if self.error is not None:
            raise self.error
        return self.value  # type: ignore[return-value]
