"""What may be raised: one class for each status of the library, and one for each category above them.

    SeawallError
        FailedError        the operation failed, and there is no exception of its own to raise
        RefusedError       OpenError, FullError (with ClosedError, a RuntimeError), LimitedError: nothing was let through
        EndedEarlyError    TimedOutError (a TimeoutError), CancelledError
        MisuseError        InvalidError (a ValueError), StaleError, BusyError, TooSmallError, UnsupportedError
        EnvironmentalError NoMemoryError (a MemoryError), NoResourcesError (an OSError)
"""
from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ._library import ffi, lib, text

if TYPE_CHECKING:
    from .faults import Fault
    from .outcome import Report


class SeawallError(Exception):
    """Anything that the library has to say against a request.

    ``status`` is its name for it ("open"), ``policy`` the name of the policy that refused or cut, ``retry_after`` how many seconds to
    wait before it makes sense to try again (None if nobody said), ``report`` how the guarded call went.
    """

    status = 'unknown'

    def __init__(self, message: str = '', *, retry_after: float | None = None, policy: str | None = None,
                 report: Report | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        self.policy = policy
        self.report = report


class FailedError(SeawallError):
    """The operation failed with a fault that no exception of its own stands for; ``fault`` and ``code`` say how."""

    status = 'failed'
    fault: Fault
    code = 0


class RefusedError(SeawallError):
    """A policy let nothing through: no attempt was started for it."""


class OpenError(RefusedError):
    """Refused by an open circuit breaker."""

    status = 'open'


class FullError(RefusedError):
    """Refused: no place left."""

    status = 'full'


class ClosedError(FullError, RuntimeError):
    """Refused by a thread pool that was shut down."""


class LimitedError(RefusedError):
    """Refused by a rate limit."""

    status = 'limited'


class EndedEarlyError(SeawallError):
    """Ended before its own end."""


class TimedOutError(EndedEarlyError, TimeoutError):
    """Ended by a deadline."""

    status = 'timed_out'


class CancelledError(EndedEarlyError):
    """Ended by a cancellation."""

    status = 'cancelled'


class MisuseError(SeawallError):
    """The caller's mistake."""


class InvalidError(MisuseError, ValueError):
    """A value, a combination or a moment that the contract forbids; ``key`` is the field to blame, if one is."""

    status = 'invalid'
    key = ''


@dataclass(frozen=True)
class Problem:
    """One mistake in a configuration file."""

    file: str
    line: int
    section: str
    key: str
    message: str
    text: str

    def __str__(self) -> str:
        return self.text


class ConfigError(InvalidError):
    """A configuration that is wrong: ``problems`` has every mistake."""

    problems: tuple[Problem, ...] = ()


class StaleError(MisuseError):
    """What the permit or handle stood for is over."""

    status = 'stale'


class BusyError(MisuseError):
    """Still in use."""

    status = 'busy'


class TooSmallError(MisuseError):
    """The caller's storage is too small."""

    status = 'too_small'


class UnsupportedError(MisuseError):
    """This driver cannot run this pipeline, or this library was built without that."""

    status = 'unsupported'


class EnvironmentalError(SeawallError):
    """The machine's fault."""


class NoMemoryError(EnvironmentalError, MemoryError):
    """There was no memory."""

    status = 'no_memory'


class NoResourcesError(EnvironmentalError, OSError):
    """The system gave no thread or no descriptor."""

    status = 'no_resources'


def _leaves(top: type[SeawallError]) -> dict[str, type[SeawallError]]:
    found = {top.status: top} if 'status' in vars(top) else {}
    for below in top.__subclasses__():
        found.update(_leaves(below))
    return found


_BY_NAME = {name: kind for name, kind in _leaves(SeawallError).items() if name != 'unknown'}
NAMES: dict[str, int] = {name: getattr(lib, f'SEAWALL_{name.upper()}') for name in _BY_NAME}
"""Each status that stands for an exception, by its name."""
# A status of a newer library is told by its category.
_BY_CATEGORY = {lib.SEAWALL_CATEGORY_FAILED: FailedError, lib.SEAWALL_CATEGORY_REFUSED: RefusedError,
                lib.SEAWALL_CATEGORY_ENDED_EARLY: EndedEarlyError, lib.SEAWALL_CATEGORY_MISUSE: MisuseError,
                lib.SEAWALL_CATEGORY_ENVIRONMENT: EnvironmentalError}


def error_class(status: int) -> type[SeawallError]:
    """The class that stands for a status."""
    return _BY_NAME.get(text(lib.seawall_status_name(status))) or _BY_CATEGORY[lib.seawall_status_category(status)]


def error_of(status: int, message: str = '', **more: Any) -> SeawallError:
    """The exception for a status, to be raised."""
    return error_class(status)(message or text(lib.seawall_status_message(status)), **more)


def must(status: int, error: Any = None) -> None:
    """Raises unless the status is OK. `error` is a seawall_error that the call has filled in."""
    if status == 0:
        return
    if error is None:
        raise error_of(status)
    wrong = error_of(status, text(error.message))
    if isinstance(wrong, InvalidError):
        wrong.key = text(error.key)
    raise wrong


def new_error() -> Any:
    """Room for the library's explanation."""
    return ffi.new('seawall_error *')
